"""The composition root: which network, which files, what happens when an account is opened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from medrec import app
from medrec.app import Place, accounts_of, load_network, session
from medrec.chain.libraries import account_class
from medrec.chain.network_file import write_network
from medrec.crypto.words import new_words
from medrec.domain.outbox import JobState
from medrec.errors import (
    BadNetworkFile,
    FileUnreadable,
    NodeDown,
    NoNetwork,
    WaitsInOutbox,
    WrongChain,
    WrongCode,
    WrongPasswordOrKey,
)
from medrec.ipfs.folder import FolderStore
from medrec.services import patients
from tests.support.anvil import Deployed, anvil_node, deployed
from tests.support.liar import failing, lying
from tests.support.world import SOMEBODY, Recorder

__all__ = ["anvil_node", "deployed"]

account_class()

PASSWORD = "correct horse battery"


def test_the_network_file_that_counts(tmp_path: Path):
    place = Place(tmp_path)
    with pytest.raises(NoNetwork):
        place.network_path()
    devnet = tmp_path / "devnet" / "network.toml"
    devnet.parent.mkdir()
    devnet.touch()
    assert place.network_path() == devnet
    own = tmp_path / "network.toml"
    own.touch()
    assert place.network_path() == own
    given = tmp_path / "given.toml"
    assert Place(tmp_path, given).network_path() == given
    with pytest.raises(FileUnreadable):
        load_network(Place(tmp_path, given))
    with pytest.raises(BadNetworkFile):
        load_network(place)


def test_databases_of_two_networks_are_two(deployed: Deployed, tmp_path: Path):
    place, network = Place(tmp_path), deployed.network
    other_audit = {**network.contracts, "ContractAudit": network.contracts["ContractDoctor"]}
    paths = {
        app._database_path(place, each, who)
        for each in (network, replace(network, chain_id=1), replace(network, contracts=other_audit))
        for who in (deployed.admin.address, network.contracts["ContractDoctor"])
    }
    assert len(paths) == 6
    assert all(path.parent == tmp_path / "db" for path in paths)


async def test_a_session_from_the_first_to_the_second(deployed: Deployed, tmp_path: Path):
    """A new account is funded and registers; opened again, it goes on with what waited."""
    place = _place(deployed, tmp_path)
    network = load_network(place)
    words = new_words()
    made = await accounts_of(place, network).import_words(
        "alice", words, PASSWORD, label="Alice at work"
    )
    with pytest.raises(WrongPasswordOrKey):
        async with session(place, "alice", PASSWORD + "?", made.key, Recorder()):
            raise AssertionError("opened")
    assert not (tmp_path / "db").exists(), "nothing is made for a wrong password"
    async with session(place, "alice", PASSWORD, made.key, Recorder()) as context:
        assert context.me == made.address
        assert (context.name, context.called) == ("alice", "Alice at work")
        assert await context.chain.balance(context.me) > 0
        cut_off = replace(
            context, chain=lying(context.chain, send=failing(NodeDown(url="the node")))
        )
        with pytest.raises(WaitsInOutbox):
            await patients.register(cut_off, SOMEBODY)
    recorder = Recorder()
    async with session(place, "alice", PASSWORD, made.key, recorder, resume=False) as context:
        assert len(await context.local.jobs([JobState.PENDING])) == 1
    async with session(place, "alice", PASSWORD, made.key, recorder) as context:
        assert not await context.local.jobs([JobState.PENDING])
        assert (await patients.show(context, context.me)).demographics == SOMEBODY
    assert recorder.said[0] == "Opening the account"
    assert "Following the chain" in recorder.said


async def test_without_a_node_what_is_here_can_be_opened(deployed: Deployed, tmp_path: Path):
    place = _place(deployed, tmp_path, rpc=("http://127.0.0.1:9",))
    made = await accounts_of(place, load_network(place)).create("alice", PASSWORD)
    with pytest.raises(NodeDown):
        async with session(place, "alice", PASSWORD, made.key, Recorder()):
            raise AssertionError("opened")
    async with session(place, "alice", PASSWORD, made.key, Recorder(), online=False) as context:
        assert await context.local.jobs() == []


async def test_another_chain_or_other_code_opens_nothing(deployed: Deployed, tmp_path: Path):
    network = deployed.network
    hashes = {**network.code_hashes, "ContractAudit": bytes(32)}
    for changes, error in (
        ({"chain_id": network.chain_id + 1}, WrongChain),
        ({"code_hashes": hashes}, WrongCode),
    ):
        home = tmp_path / error.__name__
        place = _place(deployed, home, **changes)
        made = await accounts_of(place, load_network(place)).create("alice", PASSWORD)
        with pytest.raises(error):
            async with session(place, "alice", PASSWORD, made.key, Recorder()):
                raise AssertionError("opened")


async def test_an_address_is_funded_before_its_account_is_opened(
    deployed: Deployed, tmp_path: Path
):
    place = _place(deployed, tmp_path)
    wallet = deployed.wallet()
    await app.fund_address(place, wallet.address, Recorder())
    await app.fund_address(place, wallet.address, Recorder())


def _place(deployed: Deployed, home: Path, **changes: object) -> Place:
    home.mkdir(exist_ok=True, parents=True)
    store = FolderStore.create(home / "store")
    network = replace(deployed.network, store=store, **changes)  # type: ignore[arg-type]
    write_network(home / "network.toml", network)
    return Place(home)
