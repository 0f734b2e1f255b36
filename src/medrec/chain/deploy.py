"""`medrec deploy`: the numbered steps of migrations/chain, run once per chain."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from medrec.chain.abi import AbiMismatch
from medrec.chain.deployer import Deployer, Record, Records
from medrec.chain.keccak import keccak256
from medrec.chain.network_file import read_network, write_network
from medrec.chain.rpc import Rpc, hex_int
from medrec.chain.wallets import LocalWallet
from medrec.chain.writes import fund
from medrec.config import migrations_dir
from medrec.domain.ids import Address
from medrec.domain.network import Network, StoreConfig
from medrec.domain.ports import Wallet
from medrec.errors import NodeRefused

FUNDS = 10 * 10**18
"""Wei that the deployer is given on a network that funds accounts."""


async def deploy(
    rpc_url: str,
    wallet: Wallet,
    admin: Address,
    store: StoreConfig,
    out: Path,
    name: str,
    funded: bool,
    progress: Callable[[str], None],
    takes_over: Network | None = None,
) -> Network:
    """Run every step that the chain has not had, and write the network file to ``out``.

    Run again it changes nothing on the chain; after a crash it goes on. What an administrator
    added to the file (verifiers, registrars, nodes, relays, depth) stays. Finished steps are
    recorded beside ``out``, by chain id.

    Args:
        rpc_url: the node.
        wallet: pays, and becomes the default admin of the roles.
        admin: gets the roles of verifier and registrar.
        store: where sealed objects lie, for the network file.
        funded: the node's own account pays the deployer, and later every new account.
        progress: hears a sentence for each thing done.
        takes_over: the network of before, where the new one follows another: its contracts
            announce the new ones, and the file names it as an origin.

    Raises:
        DeploymentFailed: a step failed, or read back something else than it wrote.
        NodeDown, NoFunds, NotFunded, BadNetworkFile.
    """
    if not isinstance(wallet, LocalWallet):
        raise TypeError("the deployer signs with a LocalWallet")
    rpc = Rpc([rpc_url])
    try:
        chain_id = hex_int(await rpc.request("eth_chainId"))
        records = Records(out.with_name(out.name + ".migrations.json"))
        deployer = Deployer(rpc, chain_id, wallet, admin, records, progress, takes_over)
        await _forget_another_chain(deployer)
        await _run(deployer, funded)
        network = await _described(deployer, rpc_url, store, name, funded)
    except AbiMismatch as error:
        raise NodeRefused(why=f"its answer was not understood ({error}).") from error
    finally:
        await rpc.close()
    network = _kept(out, network)
    write_network(out, network)
    return read_network(out)


def steps() -> list[ModuleType]:
    """The modules of migrations/chain in the order of their numbers."""
    found = []
    for path in sorted((migrations_dir() / "chain").glob("[0-9]*.py")):
        spec = importlib.util.spec_from_file_location(f"migrations_chain_{path.stem}", path)
        if spec is None or spec.loader is None:
            raise ImportError(path.name)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found.append(module)
    return found


async def _forget_another_chain(deployer: Deployer) -> None:
    """A chain of the same id that lacks what was recorded as done is a new one (a devnet's)."""
    record = deployer.record
    if record.done and not all([await deployer.code(a) for a in record.addresses.values()]):
        deployer.record = Record()


async def _run(deployer: Deployer, funded: bool) -> None:
    wanted = [s for s in steps() if not hasattr(s, "wanted") or s.wanted(deployer)]
    due = [step for step in wanted if step.NAME not in deployer.record.done]
    for step in due:
        # What cannot succeed in the end is not begun: contracts that were deployed stay for ever.
        if hasattr(step, "check"):
            deployer.step = step.NAME
            await step.check(deployer)
    if due and funded:
        balance = await deployer.rpc.request("eth_getBalance", deployer.wallet.address, "latest")
        if hex_int(balance) < FUNDS // 2:
            await fund(deployer.rpc, deployer.wallet.address, FUNDS)
    for step in due:
        deployer.step = step.NAME
        await step.up(deployer)
        deployer.record.done.append(step.NAME)
        deployer.save()


async def _described(
    deployer: Deployer, rpc_url: str, store: StoreConfig, name: str, funded: bool
) -> Network:
    addresses = deployer.record.addresses
    hashes = {n: keccak256(await deployer.code(a)) for n, a in addresses.items()}
    before = deployer.takes_over
    return Network(
        name=name,
        chain_id=deployer.chain_id,
        rpc=(rpc_url,),
        contracts=addresses,
        code_hashes=hashes,
        deployed_at=deployer.record.block,
        verifiers=frozenset({deployer.admin}),
        registrars=frozenset({deployer.admin}),
        store=store,
        funded=funded,
        origins=() if before is None else (replace(before, origins=()), *before.origins),
    )


def _kept(out: Path, fresh: Network) -> Network:
    """The new description with what an administrator added to the old one."""
    if not out.is_file():
        return fresh
    old = read_network(out)
    if (old.chain_id, dict(old.contracts)) != (fresh.chain_id, dict(fresh.contracts)):
        return fresh
    return replace(
        fresh,
        rpc=(*fresh.rpc, *(url for url in old.rpc[1:] if url not in fresh.rpc)),
        verifiers=old.verifiers | fresh.verifiers,
        registrars=old.registrars | fresh.registrars,
        confirmations=old.confirmations,
        relays=old.relays,
        origins=fresh.origins or old.origins,
    )
