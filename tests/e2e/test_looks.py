"""How looks are logged as time goes by."""

from __future__ import annotations

from pathlib import Path

from tests.support.devnet import running
from tests.support.nodes import needs_its_clock


@needs_its_clock
def test_a_chart_that_stays_open_is_logged_once_an_hour(tmp_path: Path) -> None:
    """On a network of its own: those who share one share its time."""
    with running(tmp_path / "home", "folder") as network:
        olga, doctor = network.patient("olga"), network.doctor("watchful")
        olga("access", "grant", doctor.address, "--read", "all", "--until", "2099-12-31")
        for _ in range(2):
            doctor("record", "list", olga.address)
        network.rpc("evm_increaseTime", 3700)
        network.rpc("evm_mine")
        doctor("record", "list", olga.address)
        rows = olga("audit", "list", olga.address)
        looks = [row["record"] for row in rows if row["action"] == "consulted"]
        assert looks == ["0" * 64] * 2
