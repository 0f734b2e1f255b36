"""The desktop's door: `medrec.controllers.gate.Gate` on a real home."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from medrec.app import (
    Place,
    accounts_of,
    catch_up,
    keyring_of,
    load_network,
    session,
    take_over_account,
)
from medrec.controllers.gate import Opened
from medrec.domain.network import Network
from medrec.domain.ports import Chain, Notifier
from medrec.errors import FileUnreadable, NoNetwork
from medrec.models.entry import AccountChoice
from medrec.services.accounts import NewAccount
from medrec.services.network_check import NetworkReport, inspect
from medrec.services.new_account import (
    AccountDraft,
    Brought,
    Recognised,
    create_drafted,
    draft_account,
    import_recognised,
    recognise,
)
from medrec.store.demo import ROLES, read_demo
from medrec.store.preferences import Preferences, read_preferences, write_preferences

_LARGEST = 1 << 20
"""Bytes of a keystore file: a real one has less than a thousand."""


class HomeGate:
    """The accounts, keyring, networks and settings of one home.

    What touches the disk or the keyring runs in a thread: neither may hold up the window.
    """

    def __init__(self, place: Place) -> None:
        self._place = place

    @property
    def place(self) -> Place:
        """Home and network file in use."""
        return self._place

    async def accounts(self) -> list[AccountChoice]:
        """The accounts of this computer, the demo's people first."""
        return await asyncio.to_thread(self._accounts)

    async def keyring_exists(self) -> bool:
        """Whether there is a keyring that could remember keys."""
        return await asyncio.to_thread(keyring_of(self._place).exists)

    async def recall(self, name: str) -> str | None:
        """An account's 8-character key, where the keyring holds it."""
        return await asyncio.to_thread(keyring_of(self._place).recall, name)

    async def remember(self, name: str, key: str) -> bool:
        """Keep a key in the keyring; whether it was kept."""
        keyring = keyring_of(self._place)

        def keep() -> bool:
            if keyring.recall(name) != key:
                keyring.remember(name, key)
            return keyring.recall(name) == key

        return await asyncio.to_thread(keep)

    async def forget(self, name: str) -> None:
        """Take a key out of the keyring."""
        await asyncio.to_thread(keyring_of(self._place).forget, name)

    async def invented(self, name: str) -> tuple[str, str] | None:
        """Password and key of one of the demo's invented people."""
        people = await asyncio.to_thread(read_demo, self._place.home)
        person = people.get(name)
        return None if person is None else (person.password, person.key)

    async def check_label(self, label: str) -> None:
        """See to it that a new account may be called so.

        Raises:
            AccountExists.
        """
        await asyncio.to_thread(accounts_of(self._place).free_name, label)

    async def draft(self) -> AccountDraft:
        """New words and a new key, in memory only."""
        return await asyncio.to_thread(draft_account)

    async def create(self, label: str, draft: AccountDraft, password: str) -> NewAccount:
        """Write the account of a draft.

        Raises:
            AccountExists, WeakPassword, FileUnreadable.
        """
        return await create_drafted(accounts_of(self._place), label, draft, password)

    async def recognise(self, brought: Brought) -> Recognised:
        """Open what a person brings along; nothing is written.

        Raises:
            BadWords, BadPrivateKey, BadKeystore.
        """
        return await recognise(accounts_of(self._place), brought)

    async def read_text(self, path: Path) -> str:
        """A small text file: a keystore.

        Raises:
            FileUnreadable.
        """
        return await asyncio.to_thread(_small_text, path)

    async def bring_in(self, label: str, found: Recognised, password: str) -> NewAccount:
        """Write the account of what was brought along.

        Raises:
            AccountExists, WeakPassword, FileUnreadable.
        """
        return await import_recognised(accounts_of(self._place), label, found, password)

    async def take_over(self, name: str, password: str, key: str, notifier: Notifier) -> None:
        """Let an imported account sign in from here.

        Raises:
            NetworkError subclasses.
        """
        await take_over_account(self._place, name, password, key, notifier)

    async def unlock(
        self, name: str, password: str, key: str, notifier: Notifier, online: bool = True
    ) -> Opened:
        """Open an account; the caller closes it.

        Raises:
            AccountError, NetworkError, IntegrityError subclasses.
        """
        stack = AsyncExitStack()
        opening = session(self._place, name, password, key, notifier, online=online, resume=False)
        context = await stack.enter_async_context(opening)
        person = (await asyncio.to_thread(read_demo, self._place.home)).get(name)
        if person is not None:
            # As the door calls the account.
            context = replace(context, label=person.label)
        return Opened(context, online, stack.aclose, partial(catch_up, context))

    async def network(self) -> Network | None:
        """The network in use, or None where none was opened yet.

        Raises:
            BadNetworkFile, FileUnreadable.
        """
        try:
            return await asyncio.to_thread(load_network, self._place)
        except NoNetwork:
            return None

    async def network_state(self) -> NetworkReport | None:
        """The network in use and its nodes as they answer now.

        Raises:
            BadNetworkFile, FileUnreadable.
        """
        network = await self.network()
        return None if network is None else await inspect(network, await _connector())

    async def read_network(self, path: Path) -> NetworkReport:
        """A network file, checked against its nodes.

        Raises:
            BadNetworkFile, FileUnreadable.
        """
        network = await asyncio.to_thread(load_network, replace(self._place, network_file=path))
        return await inspect(network, await _connector())

    async def use_network(self, network: Network) -> None:
        """Use a network from now on: it becomes the home's own.

        Raises:
            FileUnreadable.
        """
        await asyncio.to_thread(_keep_network, self._place.home, network)
        self._place = Place(self._place.home)

    async def preferences(self) -> Preferences:
        """The desktop's settings."""
        return await asyncio.to_thread(read_preferences, self._place.home)

    async def set_preferences(self, preferences: Preferences) -> None:
        """Keep the desktop's settings.

        Raises:
            FileUnreadable.
        """
        await asyncio.to_thread(write_preferences, self._place.home, preferences)

    def _accounts(self) -> list[AccountChoice]:
        people = read_demo(self._place.home)
        found = []
        for known in accounts_of(self._place).named():
            person = people.get(known.name)
            if person is None:
                found.append(AccountChoice(known.name, known.label, known.address))
            else:
                role = ROLES[person.role]
                found.append(AccountChoice(known.name, person.label, known.address, role, True))
        order = {name: number for number, name in enumerate(people)}
        return sorted(found, key=lambda row: order.get(row.name, len(order)))


async def _connector() -> type[Chain]:
    # web3 takes half a second to import: not in the window's thread.
    return await asyncio.to_thread(_gateway)


def _gateway() -> type[Chain]:
    from medrec.chain.gateway import Web3Chain
    from medrec.chain.libraries import provider_class

    provider_class()
    return Web3Chain


def _keep_network(home: Path, network: Network) -> None:
    from medrec.chain.network_file import write_network
    from medrec.store.files import make_private_dir

    path = home / "network.toml"
    try:
        make_private_dir(home)
        write_network(path, network)
    except OSError as error:
        raise FileUnreadable(name=path.name, why=f"{error.strerror}.") from error


def _small_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) <= _LARGEST:
            return data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadable(name=path.name, why="it is not a readable text file.") from error
    raise FileUnreadable(name=path.name, why="it is far too large.")
