"""The composition root: the only file that builds gateways and hands them to the services.

The window is opened from here before anything else is there: what it does not need for that is
imported where it is used.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from medrec.errors import MedRecError, NoNetwork

if TYPE_CHECKING:
    from medrec.domain.ids import Address
    from medrec.domain.network import Network
    from medrec.domain.ports import Keyring, Notifier, VaultFiles, Wallets
    from medrec.services.accounts import Accounts, Unlocked
    from medrec.services.context import Context


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        """Unix seconds."""
        return int(time.time())


@dataclass(frozen=True, slots=True)
class Place:
    """Where MedRec keeps its files, and which network file it was told to use."""

    home: Path
    network_file: Path | None = None

    def network_path(self) -> Path:
        """The network file: the one given, else the home's own, else the home's devnet's.

        Raises:
            NoNetwork.
        """
        if self.network_file is not None:
            return self.network_file
        for candidate in (self.home / "network.toml", self.home / "devnet" / "network.toml"):
            if candidate.is_file():
                return candidate
        raise NoNetwork()


def load_network(place: Place) -> Network:
    """The network of a place.

    Raises:
        NoNetwork, BadNetworkFile.
    """
    from medrec.chain.network_file import read_network

    return read_network(place.network_path())


def vault_files(place: Place) -> VaultFiles:
    """The vaults of a home."""
    from medrec.store.vaults import VaultFolder

    return VaultFolder(place.home)


def keyring_of(place: Place) -> Keyring:
    """Where the 8-character keys of a home's accounts may be remembered."""
    from medrec.store.keyring import OsKeyring

    return OsKeyring(place.home)


def wallets_for(network: Network | None) -> Wallets:
    """Wallets that sign for a network; without one, they can still make and open accounts."""
    from medrec.chain.wallets import LocalWallets

    return LocalWallets(network)


def accounts_of(place: Place, network: Network | None = None) -> Accounts:
    """The accounts of a home."""
    from medrec.services.accounts import Accounts

    return Accounts(vault_files(place), wallets_for(network))


@asynccontextmanager
async def session(
    place: Place,
    name: str,
    password: str,
    key: str,
    notifier: Notifier,
    *,
    online: bool = True,
    resume: bool = True,
) -> AsyncIterator[Context]:
    """An unlocked account on its network: signed in, index followed, outbox resumed.

    Without ``online`` only what lies on this machine is opened; without ``resume`` what waits in
    the outbox is left as it is.

    Raises:
        AccountError, NetworkError, IntegrityError subclasses, each with its sentence.
    """
    from medrec.chain.libraries import warm_up

    network = load_network(place)
    notifier.progress("Opening the account")
    # Argon2id keeps one core busy without the interpreter; web3 is imported meanwhile.
    warm_up()
    unlocked = await accounts_of(place, network).unlock(name, password, key)
    async with AsyncExitStack() as stack:
        context = await _connect(stack, place, network, unlocked, notifier)
        if online:
            await _go_online(place, context, unlocked)
        if online and resume:
            await _catch_up(context)
        yield context


async def take_over_account(
    place: Place, name: str, password: str, key: str, notifier: Notifier
) -> None:
    """After an import: the account signs in from here, also where it was registered before.

    Raises:
        NetworkError subclasses.
    """
    from medrec.services.accounts import ensure_funds, take_over
    from medrec.services.index import sync

    async with session(place, name, password, key, notifier, online=False) as context:
        await context.chain.check_network()
        await ensure_funds(context.network, context.chain, context.me, notifier)
        await sync(context)
        await take_over(context)


async def fund_address(place: Place, address: Address, notifier: Notifier) -> None:
    """On a network that funds accounts by itself, give a new account its fees.

    Raises:
        NetworkError subclasses.
    """
    from medrec.chain.gateway import Web3Chain
    from medrec.services.accounts import ensure_funds

    network = load_network(place)
    chain = Web3Chain(network)
    try:
        await ensure_funds(network, chain, address, notifier)
    finally:
        await chain.close()


async def _connect(
    stack: AsyncExitStack, place: Place, network: Network, unlocked: Unlocked, notifier: Notifier
) -> Context:
    """The account on a network and on those that it takes over from; nothing is asked yet."""
    here, *origins = [
        _context(stack, place, each, unlocked, notifier) for each in (network, *network.origins)
    ]
    return replace(here, origins=tuple(origins))


def _context(
    stack: AsyncExitStack, place: Place, network: Network, unlocked: Unlocked, notifier: Notifier
) -> Context:
    from medrec.chain.gateway import Web3Chain
    from medrec.crypto.kdf import database_key
    from medrec.crypto.slots import slot_map
    from medrec.ipfs.open import open_store
    from medrec.services.context import Context
    from medrec.store.database import open_database

    me = unlocked.wallet.address
    vaults = vault_files(place)
    local = open_database(_database_path(place, network, me), database_key(unlocked.root))
    stack.push_async_callback(local.close)
    chain = Web3Chain(network)
    stack.push_async_callback(chain.close)
    store = open_store(network.store)
    stack.push_async_callback(store.close)
    return Context(
        me=me,
        name=unlocked.name,
        label=vaults.label(unlocked.name),
        network=network,
        chain=chain,
        store=store,
        local=local,
        wallet=unlocked.wallet.on(network),
        wallets=wallets_for(network),
        clock=SystemClock(),
        notifier=notifier,
        root=unlocked.root,
        slots=slot_map(unlocked.root),
        authenticator=unlocked.authenticator.address,
        vaults=vaults,
        keyring=keyring_of(place),
    )


def _database_path(place: Place, network: Network, me: str) -> Path:
    """One database an account and deployment: another deployment has another history."""
    audit = network.contracts["ContractAudit"]
    return place.home / "db" / f"{network.chain_id}-{audit[2:10].lower()}-{me[2:].lower()}.db"


async def _go_online(place: Place, context: Context, unlocked: Unlocked) -> None:
    from medrec.services.accounts import ensure_funds, sign_in
    from medrec.services.credentials import settle
    from medrec.services.index import sync

    await context.chain.check_network()
    await settle(context, unlocked, vault_files(place))
    await sign_in(context, unlocked.authenticator)
    await ensure_funds(context.network, context.chain, context.me, context.notifier)
    context.notifier.progress("Following the chain")
    await sync(context)


async def catch_up(context: Context) -> None:
    """Go on with what waits in the outbox, and give out new keys where they are due.

    Raises:
        MedRecError subclasses, after which everything is in the outbox as it was.
    """
    from medrec.services import drafts
    from medrec.services.rotation import rotate_if_spoiled, serve_left_out
    from medrec.services.work import outbox

    await outbox(context).resume()
    if await rotate_if_spoiled(context) or await serve_left_out(context):
        # What waited for the new keys can go on.
        await outbox(context).resume()
    if await drafts.any_waiting(context):
        await drafts.send_waiting(context)


async def _catch_up(context: Context) -> None:
    """Go on with what waits; what still can't go on stays in the outbox and stops nothing."""
    from medrec.domain.outbox import JobState

    try:
        await catch_up(context)
        waiting = await context.local.jobs([JobState.PENDING])
        if waiting:
            context.notifier.warn(f"“{waiting[0].title}” still waits in the outbox.")
    except MedRecError as error:
        context.notifier.warn(error.sentence)
