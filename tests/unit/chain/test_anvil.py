"""The devnet's node: its state survives stops, kills and damage."""

import asyncio
import json
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from medrec.chain import devnode
from medrec.chain.anvil import find_anvil, states
from medrec.chain.devnode import DevNode
from medrec.chain.local_rpc import ask
from medrec.chain.node_keeper import LOCK, command_line
from medrec.errors import DevnetFailed, ToolMissing
from medrec.loopback import free_port

pytestmark = pytest.mark.anvil

WHO = "0x" + "11" * 20


@pytest.fixture
async def node(tmp_path: Path) -> AsyncIterator[DevNode]:
    """A node of the test's own; stopped at the end."""
    anvil = DevNode(tmp_path / "node", chain_id=4711, port=free_port())
    yield anvil
    await anvil.down()


def pay(url: str, wei: int) -> None:
    """Make a block that changes a balance."""
    port = int(url.rsplit(":", 1)[1])
    sender = ask(port, "eth_accounts")[0]
    ask(port, "eth_sendTransaction", {"from": sender, "to": WHO, "value": hex(wei)})


def balance(url: str) -> int:
    """What was paid."""
    return int(ask(int(url.rsplit(":", 1)[1]), "eth_getBalance", WHO, "latest"), 16)


def note(folder: Path) -> dict[str, int]:
    """The keeper's note."""
    content: dict[str, int] = json.loads((folder / LOCK).read_text())
    return content


def wait_for_copies(folder: Path, more_than: int) -> None:
    """Until the keeper has written a state newer than the number."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        kept = states(folder)
        if kept and int(kept[0].stem.removeprefix("state-")) > more_than:
            return
        time.sleep(0.05)
    raise AssertionError("no state was kept")


async def test_up_status_down(node: DevNode, tmp_path: Path) -> None:
    assert not (await node.status()).running
    url = await node.up()
    assert await node.up() == url
    status = await node.status()
    assert (status.running, status.url, status.chain_id, status.block) == (True, url, 4711, 0)
    assert (tmp_path / "node" / "anvil.log").stat().st_mode & 0o777 == 0o600
    await node.down()
    await node.down()
    assert not (await node.status()).running


async def test_the_state_survives_a_stop(node: DevNode, tmp_path: Path) -> None:
    url = await node.up()
    for _ in range(5):
        pay(url, 7)
    await node.down()
    assert all(p.stat().st_mode & 0o777 == 0o600 for p in states(tmp_path / "node"))
    assert balance(await node.up()) == 35
    assert (await node.status()).block == 5


async def test_few_copies_are_kept(node: DevNode, tmp_path: Path) -> None:
    folder = tmp_path / "node"
    url = await node.up()
    for number in range(5):
        pay(url, 1)
        wait_for_copies(folder, number)
    await node.down()
    assert len(states(folder)) == 3


async def test_a_damaged_state_is_passed_over(node: DevNode, tmp_path: Path) -> None:
    folder = tmp_path / "node"
    url = await node.up()
    pay(url, 7)
    wait_for_copies(folder, 0)
    await node.down()
    newest = states(folder)[0]
    (folder / "state-999999999.json").write_bytes(newest.read_bytes()[:-100])
    assert balance(await node.up()) == 7


async def test_damage_to_all_states_is_said(node: DevNode, tmp_path: Path) -> None:
    folder = tmp_path / "node"
    pay(await node.up(), 7)
    await node.down()
    for state in states(folder):
        state.write_text("{}")
    with pytest.raises(DevnetFailed, match="None of the kept states"):
        await node.up()
    assert not (await node.status()).running


@pytest.mark.parametrize("victim", ["node", "keeper"])
async def test_a_kill_loses_nothing_that_was_kept(
    node: DevNode, tmp_path: Path, victim: str
) -> None:
    folder = tmp_path / "node"
    pay(await node.up(), 7)
    kept = int(states(folder)[0].stem.removeprefix("state-")) if states(folder) else 0
    wait_for_copies(folder, kept)
    before = note(folder)
    os.kill(before[victim], signal.SIGKILL)
    deadline = time.monotonic() + 10
    while (await node.status()).running and time.monotonic() < deadline:
        time.sleep(0.05)
    assert balance(await node.up()) == 7
    assert note(folder)["node"] != before["node"]
    assert str(folder) not in command_line(before["node"])


async def test_a_process_that_is_not_ours_is_left_alone(node: DevNode, tmp_path: Path) -> None:
    folder = tmp_path / "node"
    folder.mkdir()
    # The note of a run long ago, whose numbers are another program's by now.
    (folder / LOCK).write_text(json.dumps({"keeper": os.getpid(), "node": os.getpid(), "port": 1}))
    assert not (await node.status()).running
    await node.down()
    await node.up()
    assert note(folder)["keeper"] != os.getpid()


async def test_a_port_that_is_taken(node: DevNode, tmp_path: Path) -> None:
    url = await node.up()
    other = DevNode(tmp_path / "other", port=int(url.rsplit(":", 1)[1]))
    with pytest.raises(DevnetFailed, match="--port"):
        await other.up()
    elsewhere = DevNode(tmp_path / "node", chain_id=4711, port=free_port())
    with pytest.raises(DevnetFailed, match="already"):
        await elsewhere.up()


async def test_nodes_that_start_at_once_take_each_another_port(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each finds the usual port free, and one alone gets it."""
    monkeypatch.setattr(devnode, "PORT", free_port())
    nodes = [DevNode(tmp_path / str(number), chain_id=4711 + number) for number in range(3)]
    try:
        urls = await asyncio.gather(*(node.up() for node in nodes))
        assert len(set(urls)) == len(nodes)
    finally:
        for node in nodes:
            await node.down()


async def test_the_port_stays_the_same(tmp_path: Path) -> None:
    port = free_port()
    first = DevNode(tmp_path, port=port)
    await first.up()
    await first.down()
    again = DevNode(tmp_path)
    assert await again.up() == f"http://127.0.0.1:{port}"
    await again.down()


async def test_another_chain_in_the_folder(node: DevNode, tmp_path: Path) -> None:
    await node.up()
    with pytest.raises(DevnetFailed, match="chain 4711"):
        await DevNode(tmp_path / "node", chain_id=1).up()


def test_anvil_is_found_where_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert os.access(find_anvil(), os.X_OK)
    monkeypatch.setenv("MEDREC_ANVIL", str(tmp_path / "none"))
    with pytest.raises(ToolMissing, match="MEDREC_ANVIL"):
        find_anvil()
    monkeypatch.delenv("MEDREC_ANVIL")
    monkeypatch.setattr("medrec.chain.anvil.tools_dir", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolMissing, match="make setup"):
        find_anvil()
    program = tmp_path / "anvil"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert find_anvil() == str(program)


async def test_a_program_that_ends_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "broken"
    program.write_text("#!/bin/sh\necho no chain today >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("MEDREC_ANVIL", str(program))
    with pytest.raises(DevnetFailed, match="did not start"):
        await DevNode(tmp_path / "node", port=free_port()).up()
