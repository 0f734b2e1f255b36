"""Deployment on a real node: once, resumed after a crash, on a new chain of the same id."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from medrec.chain import deploy as deployment
from medrec.chain.deploy import deploy, steps
from medrec.chain.deployer import Deployer, artifact, same_code
from medrec.chain.gateway import Web3Chain
from medrec.chain.local_rpc import ask
from medrec.chain.network_file import read_network, write_network
from medrec.chain.rpc import hex_bytes
from medrec.chain.wallets import LocalWallet
from medrec.domain.calls import SetDoctorStatus
from medrec.domain.ids import ZERO_DIGEST, Address, short_address
from medrec.domain.network import CONTRACTS, FORWARDER, Network, StoreConfig
from medrec.domain.people import DoctorStatus
from medrec.errors import DeploymentFailed, NodeDown, NoFunds, RoleMissing, WrongCode
from tests.support.anvil import AnvilNode, fresh_node

pytestmark = pytest.mark.anvil

TRANSACTIONS = 5 + 2
"""The forwarder, four contracts, two roles."""


@pytest.fixture
def node(tmp_path: Path) -> Iterator[AnvilNode]:
    """A node of the test's own."""
    with fresh_node(tmp_path / "node") as started:
        yield started


@pytest.fixture
def wallet() -> LocalWallet:
    """A new deployer."""
    return LocalWallet(secrets.token_bytes(32))


async def run(
    node: AnvilNode,
    wallet: LocalWallet,
    folder: Path,
    *,
    admin: Address | None = None,
    funded: bool = True,
) -> Network:
    """Deploy from a wallet into a folder."""
    store = StoreConfig("folder", str(folder / "store"))
    out = folder / "network.toml"
    who = admin or wallet.address
    return await deploy(node.url, wallet, who, store, out, "test", funded, lambda _: None)


def sent(node: AnvilNode, wallet: LocalWallet) -> int:
    """How many transactions the wallet sent."""
    return int(ask(node.port, "eth_getTransactionCount", wallet.address, "latest"), 16)


async def test_everything_is_deployed_and_wired(
    node: AnvilNode, wallet: LocalWallet, tmp_path: Path
) -> None:
    network = await run(node, wallet, tmp_path)
    assert set(network.contracts) == {*CONTRACTS, FORWARDER}
    assert (network.chain_id, network.rpc) == (node.chain_id, (node.url,))
    assert network.verifiers == network.registrars == {wallet.address}
    assert sent(node, wallet) == TRANSACTIONS
    chain = Web3Chain(network)
    await chain.check_network()
    assert await chain.entries(0, network.deployed_at) == []
    await chain.close()


async def test_a_second_run_does_nothing(
    node: AnvilNode, wallet: LocalWallet, tmp_path: Path
) -> None:
    first = await run(node, wallet, tmp_path)
    assert await run(node, wallet, tmp_path) == first
    assert sent(node, wallet) == TRANSACTIONS


async def test_what_an_administrator_added_stays(
    node: AnvilNode, wallet: LocalWallet, tmp_path: Path
) -> None:
    network = await run(node, wallet, tmp_path)
    other = LocalWallet(secrets.token_bytes(32)).address
    changed = replace(
        network,
        verifiers=network.verifiers | {other},
        rpc=(*network.rpc, "http://127.0.0.1:1"),
        confirmations=5,
    )
    write_network(tmp_path / "network.toml", changed)
    assert await run(node, wallet, tmp_path) == changed


async def test_the_roles_go_to_the_administrator(
    node: AnvilNode, wallet: LocalWallet, tmp_path: Path
) -> None:
    admin = LocalWallet(secrets.token_bytes(32)).address
    network = await run(node, wallet, tmp_path, admin=admin)
    assert network.verifiers == {admin}
    chain = Web3Chain(network)
    call = SetDoctorStatus(wallet.address, bytes(24), 0, 0, DoctorStatus.VERIFIED, ZERO_DIGEST)
    with pytest.raises(RoleMissing):
        await chain.prepare(call, wallet.address, TRANSACTIONS)
    await chain.close()


@pytest.mark.parametrize("survived", range(TRANSACTIONS))
async def test_a_run_that_was_cut_goes_on(
    node: AnvilNode,
    wallet: LocalWallet,
    tmp_path: Path,
    survived: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = Deployer.transact
    left = survived

    async def cut(self: Deployer, to: Address | None, data: bytes) -> None:
        nonlocal left
        if left == 0:
            raise KeyboardInterrupt
        left -= 1
        await whole(self, to, data)

    with monkeypatch.context() as patch:
        patch.setattr(Deployer, "transact", cut)
        with pytest.raises(KeyboardInterrupt):
            await run(node, wallet, tmp_path)
    assert sent(node, wallet) == survived
    assert not (tmp_path / "network.toml").exists()
    network = await run(node, wallet, tmp_path)
    assert sent(node, wallet) == TRANSACTIONS
    chain = Web3Chain(network)
    await chain.check_network()
    await chain.close()


async def test_another_transaction_in_between_starts_afresh(
    node: AnvilNode, wallet: LocalWallet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Deployer.create

    async def cut(self: Deployer, name: str, arguments: bytes) -> None:
        await whole(self, name, arguments)
        if name == "ContractPatient":
            await self.transact(self.wallet.address, b"")
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Deployer, "create", cut)
        with pytest.raises(KeyboardInterrupt):
            await run(node, wallet, tmp_path)
    network = await run(node, wallet, tmp_path)
    assert sent(node, wallet) == 4 + TRANSACTIONS
    chain = Web3Chain(network)
    await chain.check_network()
    await chain.close()


async def test_a_new_chain_of_the_same_id(
    node: AnvilNode, wallet: LocalWallet, tmp_path: Path
) -> None:
    await run(node, wallet, tmp_path)
    with fresh_node(tmp_path / "fresh") as fresh:
        network = await run(fresh, wallet, tmp_path)
        assert sent(fresh, wallet) == TRANSACTIONS
        assert network.rpc == (fresh.url,)


async def test_each_chain_has_its_record(
    node: AnvilNode, wallet: LocalWallet, tmp_path: Path
) -> None:
    await run(node, wallet, tmp_path)
    with fresh_node(tmp_path / "other", chain_id=777) as other:
        await run(other, wallet, tmp_path)
    record = json.loads((tmp_path / "network.toml.migrations.json").read_text())
    assert set(record) == {"31337", "777"}
    assert record["777"]["done"] == [s.NAME for s in steps() if not hasattr(s, "wanted")]
    assert read_network(tmp_path / "network.toml").chain_id == 777


async def test_a_deployer_without_funds(
    node: AnvilNode, wallet: LocalWallet, tmp_path: Path
) -> None:
    with pytest.raises(NoFunds, match=short_address(wallet.address)):
        await run(node, wallet, tmp_path, funded=False)


async def test_a_damaged_record_is_not_guessed_at(
    node: AnvilNode, wallet: LocalWallet, tmp_path: Path
) -> None:
    (tmp_path / "network.toml.migrations.json").write_text('{"31337": {"do')
    with pytest.raises(DeploymentFailed, match="damaged"):
        await run(node, wallet, tmp_path)


async def test_a_peer_that_names_another_address_stops_it(
    node: AnvilNode, wallet: LocalWallet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from medrec.chain.proxies.user_authentication import UserAuthentication

    whole = UserAuthentication.constructor

    def wrong(forwarder: Address, audit: Address) -> bytes:
        return whole(forwarder, wallet.address)

    monkeypatch.setattr(UserAuthentication, "constructor", staticmethod(wrong))
    with pytest.raises(DeploymentFailed, match="0001_contracts"):
        await run(node, wallet, tmp_path)
    assert not (tmp_path / "network.toml").exists()


async def test_no_node(wallet: LocalWallet, tmp_path: Path) -> None:
    store = StoreConfig("folder", "store")
    with pytest.raises(NodeDown):
        await deploy(
            "http://127.0.0.1:1", wallet, wallet.address, store, tmp_path / "n", "x", False, print
        )


def test_steps_are_numbered_and_named_after_their_files() -> None:
    found = steps()
    assert [step.NAME for step in found] == sorted(step.NAME for step in found)
    assert len(found) >= 2
    assert deployment.FUNDS > 0


def test_code_is_compared_but_for_its_immutables() -> None:
    made = artifact("ContractAudit")
    code = bytearray(hex_bytes(made["deployedBytecode"]["object"]))
    places = [p for ps in made["deployedBytecode"]["immutableReferences"].values() for p in ps]
    for place in places:
        code[place["start"] : place["start"] + place["length"]] = b"\7" * place["length"]
    assert same_code(bytes(code), made)
    code[0] ^= 1
    assert not same_code(bytes(code), made)
    assert not same_code(b"", made)


async def taken_over(
    node: AnvilNode, wallet: LocalWallet, folder: Path, before: Network, name: str = "new.toml"
) -> Network:
    """Deploy contracts that follow a network."""
    store = StoreConfig("folder", str(folder / "store"))
    out, who = folder / name, wallet.address
    return await deploy(node.url, wallet, who, store, out, "new", True, lambda _: None, before)


async def test_a_new_version_is_announced_by_the_old_one(
    node: AnvilNode, wallet: LocalWallet, tmp_path: Path
) -> None:
    old = await run(node, wallet, tmp_path)
    chain = Web3Chain(old)
    new = await taken_over(node, wallet, tmp_path, old)
    assert new.origins == (old,)
    assert sent(node, wallet) == 2 * TRANSACTIONS + len(new.contracts)
    assert await chain.announces(new)
    head = (await chain.head()).number
    assert set(await chain.successors(0, head)) == set(new.contracts.values())
    # Only the very contracts, on the very chain; and nothing is said the other way round.
    assert not await chain.announces(replace(new, chain_id=new.chain_id + 1))
    assert not await chain.announces(old)
    follower = Web3Chain(new)
    assert not await follower.announces(old)
    assert await taken_over(node, wallet, tmp_path, old) == new
    assert sent(node, wallet) == 2 * TRANSACTIONS + len(new.contracts)
    third = await taken_over(node, wallet, tmp_path, new, "third.toml")
    assert [o.contracts for o in third.origins] == [new.contracts, old.contracts]
    assert third.origins[0].origins == ()
    await chain.close()
    await follower.close()


async def test_a_takeover_goes_on_where_it_was_cut(
    node: AnvilNode, wallet: LocalWallet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = await run(node, wallet, tmp_path)
    whole, left = Deployer.transact, TRANSACTIONS + 2

    async def cut(self: Deployer, to: Address | None, data: bytes) -> None:
        nonlocal left
        if left == 0:
            raise KeyboardInterrupt
        left -= 1
        await whole(self, to, data)

    with monkeypatch.context() as patch:
        patch.setattr(Deployer, "transact", cut)
        with pytest.raises(KeyboardInterrupt):
            await taken_over(node, wallet, tmp_path, old)
    assert not (tmp_path / "new.toml").exists()
    new = await taken_over(node, wallet, tmp_path, old)
    assert sent(node, wallet) == 2 * TRANSACTIONS + len(new.contracts)
    chain = Web3Chain(old)
    assert await chain.announces(new)
    await chain.close()


async def test_only_the_administrator_of_before_announces(
    node: AnvilNode, wallet: LocalWallet, tmp_path: Path
) -> None:
    old = await run(node, wallet, tmp_path)
    stranger = LocalWallet(secrets.token_bytes(32))
    with pytest.raises(
        DeploymentFailed, match=f"only {short_address(wallet.address)} can announce"
    ):
        await taken_over(node, stranger, tmp_path, old)
    assert sent(node, stranger) == 0
    hashes = {**old.code_hashes, "ContractAudit": bytes(32)}
    with pytest.raises(WrongCode):
        await taken_over(node, wallet, tmp_path, replace(old, code_hashes=hashes))
    assert sent(node, wallet) == TRANSACTIONS
