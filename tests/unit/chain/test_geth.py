"""geth as the devnet's node: a chain of its own, an account that funds, state that survives."""

import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from medrec.chain.devnode import DevNode
from medrec.chain.geth import find_geth
from medrec.chain.local_rpc import ask
from medrec.chain.node_keeper import command_line
from medrec.errors import DevnetFailed, GethMissing, ToolMissing
from medrec.loopback import free_port
from tests.unit.chain.test_anvil import WHO, balance, note, pay

CHAIN = 313_370_077


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[DevNode]:
    """A node of the test's own, with a block every second; stopped at the end."""
    try:
        find_geth()
    except GethMissing as missing:
        pytest.skip(missing.sentence)
    geth = DevNode(tmp_path / "node", "geth", chain_id=CHAIN, port=free_port(), block_time=1)
    yield geth
    await geth.down()


def wait_until_paid(url: str, wei: int) -> None:
    """Until a block holds the payments."""
    deadline = time.monotonic() + 20
    while balance(url) != wei:
        assert time.monotonic() < deadline
        time.sleep(0.05)


async def test_a_chain_of_its_own_that_funds_and_survives(node: DevNode, tmp_path: Path) -> None:
    url = await node.up()
    assert await node.up() == url
    status = await node.status()
    assert (status.program, status.running, status.chain_id) == ("geth", True, CHAIN)
    port = int(url.rsplit(":", 1)[1])
    assert int(ask(port, "eth_chainId"), 16) == CHAIN
    pay(url, 7)
    wait_until_paid(url, 7)
    paid_in = int(ask(port, "eth_blockNumber"), 16)
    genesis = ask(port, "eth_getBlockByNumber", "0x0", False)["hash"]
    await node.down()
    assert not (await node.status()).running
    url = await node.up()
    assert balance(url) == 7
    assert ask(port, "eth_getBlockByNumber", "0x0", False)["hash"] == genesis
    assert int(ask(port, "eth_blockNumber"), 16) >= paid_in
    assert int(ask(port, "eth_getBalance", WHO, "0x1"), 16) == 0, "it has every older state"
    for path in (tmp_path / "node").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


async def test_blocks_come_without_transactions(node: DevNode) -> None:
    url = await node.up()
    port = int(url.rsplit(":", 1)[1])
    deadline = time.monotonic() + 20
    while int(ask(port, "eth_blockNumber"), 16) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    block = ask(port, "eth_getBlockByNumber", "0x2", False)
    assert block["transactions"] == []


@pytest.mark.parametrize("victim", ["node", "keeper"])
async def test_a_kill_loses_nothing(node: DevNode, tmp_path: Path, victim: str) -> None:
    folder = tmp_path / "node"
    url = await node.up()
    pay(url, 7)
    wait_until_paid(url, 7)
    before = note(folder)
    os.kill(before[victim], signal.SIGKILL)
    deadline = time.monotonic() + 10
    while (await node.status()).running and time.monotonic() < deadline:
        time.sleep(0.05)
    assert balance(await node.up()) == 7
    assert note(folder)["node"] != before["node"]
    assert str(folder) not in command_line(before["node"])


async def test_another_rhythm_needs_a_stop(node: DevNode, tmp_path: Path) -> None:
    url = await node.up()
    port = int(url.rsplit(":", 1)[1])
    other = DevNode(tmp_path / "node", "geth", chain_id=CHAIN, port=port, block_time=2)
    with pytest.raises(DevnetFailed, match="every 1 s"):
        await other.up()


async def test_a_geth_that_makes_no_chain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "broken"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("MEDREC_GETH", str(program))
    with pytest.raises(DevnetFailed, match="could not make a chain"):
        await DevNode(tmp_path / "node", "geth", port=free_port()).up()


def test_geth_is_found_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MEDREC_GETH", str(tmp_path / "none"))
    with pytest.raises(GethMissing) as caught:
        find_geth()
    assert isinstance(caught.value, ToolMissing)
    assert "make geth" not in caught.value.sentence, "a window has no shell"
    assert "make geth" in caught.value.next_command
    monkeypatch.delenv("MEDREC_GETH")
    monkeypatch.setattr("medrec.chain.geth.tools_dir", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GethMissing):
        find_geth()
    program = tmp_path / "geth"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert find_geth() == str(program)
