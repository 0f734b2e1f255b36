"""`medrec devnet` and `medrec demo`: harmless twice, state kept, a fresh start without alarms."""

from __future__ import annotations

import os
import re
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from medrec.loopback import free_port
from tests.support.cli import DATA, Person, medrec
from tests.support.devnet import PATIENT, TestNetwork, running
from tests.support.nodes import NODE, needs_a_devnet

pytestmark = needs_a_devnet


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestNetwork]:
    """A network of its own, over a folder."""
    with running(tmp_path_factory.mktemp("own") / "home", "folder") as found:
        yield found


@pytest.fixture(scope="module")
def olga(network: TestNetwork) -> Person:
    """A patient with one record of their own."""
    olga = network.patient("olga")
    note = DATA / "fhir" / "blood-pressure.json"
    olga("record", "add", olga.address, note, "--category", "vitals")
    return olga


def status(network: TestNetwork) -> Any:
    """What `devnet status` says."""
    return medrec("devnet", "status", "--home", network.home, "--json").document


def test_up_twice_is_harmless(network: TestNetwork, olga: Person) -> None:
    before, sent = dict(network.document), network.transactions()
    process = status(network)["node"]["pid"]
    assert network.up() == before
    again = medrec("devnet", "up", "--home", network.home, "--json").document
    assert again == before
    assert (network.transactions(), status(network)["node"]["pid"]) == (sent, process)
    other = str(free_port())
    moved = medrec("devnet", "up", "--home", network.home, "--port", other, "--json")
    assert moved.refusal.code == "DevnetFailed"


def test_down_and_up_keeps_everything(network: TestNetwork, olga: Person) -> None:
    before, sent, records = dict(network.document), network.transactions(), network.created(olga)
    network.down()
    assert status(network)["node"]["running"] is False
    network.down()
    assert network.up() == before
    assert (network.transactions(), network.created(olga)) == (sent, records)
    assert olga("audit", "verify", olga.address)["entries"] >= len(records)


def test_a_killed_node_comes_back_where_it_was(network: TestNetwork, olga: Person) -> None:
    sent, records = network.transactions(), network.created(olga)
    time.sleep(2)
    os.kill(status(network)["node"]["pid"], signal.SIGKILL)
    network.up()
    assert (network.transactions(), network.created(olga)) == (sent, records)
    rows = olga("record", "list", olga.address)
    assert {row["record"] for row in rows} == set(records)


def test_the_administrators_secrets_are_the_owners_alone(network: TestNetwork) -> None:
    secret = network.document["admin"]["password"].encode()
    holding = [p for p in network.home.rglob("*") if p.is_file() and secret in p.read_bytes()]
    assert [path.name for path in holding] == ["admin.json"]
    for path in network.home.rglob("*"):
        if not path.is_relative_to(network.home / "devnet" / "node" / "cache"):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_a_reset_starts_anew_and_the_same_homes_go_on(network: TestNetwork, olga: Person) -> None:
    old, admin = network.rpc("eth_chainId"), network.document["admin"]
    assert medrec("devnet", "reset", "--home", network.home, "--json").document
    assert status(network)["node"]["running"] is False
    network.up()
    assert network.rpc("eth_chainId") != old
    assert network.document["admin"] == admin
    assert not list(network.blocks.rglob("*/*"))
    assert olga.refused("patient", "show").code == "NotRegisteredYet"
    olga.tells({**PATIENT, "given": "Olga"}, "patient", "register")
    assert olga("audit", "verify", olga.address)["verified"] is True
    assert len(olga("record", "list", olga.address)) == 1


def test_the_demo_tells_the_whole_main_job_and_leaves_nothing_running(tmp_path: Path) -> None:
    if NODE == "geth":
        # Without a network it begins one on anvil; one that is there it goes on with.
        for verb in (["up", "--node", "geth"], ["down"]):
            assert medrec("devnet", *verb, "--home", tmp_path / "home").status == 0
    # All of it is one command: on geth it waits for a block some fifty times.
    done = medrec("demo", "--headless", "--home", tmp_path / "home", timeout=600)
    assert done.status == 0, done.stderr
    assert done.stderr == ""
    steps = [int(number) for number in re.findall(r"^ ?(\d+)  \S", done.stdout, re.MULTILINE)]
    assert steps == list(range(1, len(steps) + 1))
    assert len(steps) >= 10
    for word in (
        "registers",
        "verifies",
        "asks",
        "agrees",
        "byte for byte",
        "version 2",
        "revokes",
    ):
        assert word in done.stdout
    told = medrec("devnet", "status", "--home", tmp_path / "home", "--json").document
    assert (told["node"]["program"], told["node"]["running"]) == (NODE, False)
