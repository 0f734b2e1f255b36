"""The devnet of a home: up, up again, down, up where it was, reset; on a real node, with a folder.

What people see of it, and Kubo, are tried end to end.
"""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from medrec.chain.gateway import Web3Chain
from medrec.chain.network_file import read_network
from medrec.chain.wallets import LocalWallets
from medrec.errors import AccountExists, GethMissing, OtherNode, ToolMissing
from medrec.ipfs.daemon import KuboDaemon
from medrec.loopback import free_port
from medrec.services.accounts import Accounts
from medrec.services.devnet import CHAIN_IDS, Devnet, Up
from medrec.store.vaults import VaultFolder


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
async def devnet(home: Path) -> AsyncIterator[Devnet]:
    """A devnet that is stopped at the end, whatever the test did."""
    found = Devnet(home)
    yield found
    await found.down()


async def start(devnet: Devnet, kind: str = "folder") -> Up:
    try:
        return await devnet.up(kind, free_port())
    except ToolMissing as missing:
        pytest.skip(missing.sentence)


async def test_life_of_a_devnet(devnet: Devnet, home: Path):
    said: list[str] = []
    first = await start(devnet)
    assert first.fresh
    assert (first.store, first.notes) == ("folder", ())
    network = read_network(first.network_file)
    assert network.rpc == (first.rpc,)
    assert network.funded
    assert CHAIN_IDS <= network.chain_id < CHAIN_IDS + 10_000
    admin = VaultFolder(home).describe("admin")
    assert admin is not None
    assert network.verifiers == network.registrars == frozenset({admin})
    chain = Web3Chain(network)
    await chain.check_network()
    before = await chain.head()
    await chain.close()

    again = await devnet.up(progress=said.append)
    assert not again.fresh
    assert (again.network_file, again.rpc, again.admin) == (
        first.network_file,
        first.rpc,
        first.admin,
    )
    assert said, "a person is told what it waits for"
    status = await devnet.status()
    assert status["node"]["running"]  # type: ignore[index]
    assert status["node"]["chain_id"] == network.chain_id  # type: ignore[index]
    assert status["network"] == str(first.network_file)

    await devnet.down()
    await devnet.down()
    assert not (await devnet.status())["node"]["running"]  # type: ignore[index]
    later = await Devnet(home).up()
    assert not later.fresh
    chain = Web3Chain(read_network(later.network_file))
    await chain.check_network()
    found = await chain.block(before.number)
    await chain.close()
    assert found == before, "the chain goes on where it was"
    assert later.admin == first.admin

    await devnet.reset()
    assert not first.network_file.exists()
    assert [path.name for path in (home / "devnet").iterdir()] == ["admin.json"]
    assert VaultFolder(home).names() == ["admin"], "accounts stay"


async def test_administrators_secrets_are_for_the_owner_alone(devnet: Devnet, home: Path):
    up = await start(devnet)
    path = home / "devnet" / "admin.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "devnet").stat().st_mode) == 0o700
    for secret in (up.admin.password, up.admin.key):
        assert secret not in repr(up)
        assert secret not in repr(up.admin)
        assert secret not in up.network_file.read_text()


async def test_account_of_ones_own_called_admin_is_left_alone(devnet: Devnet, home: Path):
    accounts = Accounts(VaultFolder(home), LocalWallets(None))
    mine = await accounts.create("admin", "a password of my own")
    up = await start(devnet)
    assert up.admin.name.startswith("admin-")
    assert (await accounts.unlock("admin", "a password of my own", mine.key)).wallet is not None
    network = read_network(up.network_file)
    assert network.verifiers == {VaultFolder(home).describe(up.admin.name)}
    with pytest.raises(AccountExists):
        await accounts.create(up.admin.name, "another password")


async def test_folder_steps_in_where_kubo_cannot_be_had(
    devnet: Devnet, home: Path, monkeypatch: pytest.MonkeyPatch
):
    async def missing(self: KuboDaemon) -> None:
        raise ToolMissing(tool="Kubo")

    monkeypatch.setattr(KuboDaemon, "up", missing)
    up = await start(devnet, "kubo")
    assert up.store == "folder"
    assert "make kubo" in up.notes[0]
    config = read_network(up.network_file).store
    assert (config.kind, config.location) == ("folder", str(home / "devnet" / "blocks"))
    assert (await devnet.status())["store"]["kind"] == "folder"  # type: ignore[index]


async def test_nothing_there_yet(devnet: Devnet, home: Path):
    status = await devnet.status()
    assert status["network"] is None
    assert not status["node"]["running"]  # type: ignore[index]
    await devnet.down()
    await devnet.reset()
    assert not (home / "devnet").exists()


async def test_on_geth_it_keeps_its_node_and_its_chain_id(devnet: Devnet):
    try:
        first = await devnet.up("folder", free_port(), node="geth")
    except GethMissing as missing:
        pytest.skip(missing.sentence)
    network = read_network(first.network_file)
    assert CHAIN_IDS <= network.chain_id < CHAIN_IDS + 10_000
    chain = Web3Chain(network)
    await chain.check_network()
    await chain.close()
    again = await devnet.up()
    assert (again.rpc, again.fresh) == (first.rpc, False)
    assert (await devnet.status())["node"]["program"] == "geth"  # type: ignore[index]
    with pytest.raises(OtherNode, match="runs on geth"):
        await devnet.up(node="anvil")
    await devnet.reset()
    assert (await devnet.status())["node"]["program"] == "anvil"  # type: ignore[index]


async def test_without_geth_nothing_is_begun_on_it(
    devnet: Devnet, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("MEDREC_GETH", str(tmp_path / "none"))
    with pytest.raises(GethMissing):
        await devnet.up("folder", free_port(), node="geth")
    assert (await start(devnet)).fresh
    assert (await devnet.status())["node"]["program"] == "anvil"  # type: ignore[index]


async def test_anvil_with_a_period_makes_blocks_by_itself(devnet: Devnet):
    up = await devnet.up("folder", free_port(), node="anvil", block_time=1)
    chain = Web3Chain(read_network(up.network_file))
    before = (await chain.head()).number
    for _ in range(100):
        if (await chain.head()).number > before:
            break
        await asyncio.sleep(0.1)
    assert (await chain.head()).number > before
    await chain.close()
