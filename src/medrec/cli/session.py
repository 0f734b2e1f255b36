"""How a command reaches the services: settings, an unlocked account, one event loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TypeVar

import click

from medrec.app import Place, keyring_of, session, vault_files
from medrec.cli.inputs import account_key, password
from medrec.cli.output import TerminalNotifier
from medrec.cli.settings import Settings, settings_of
from medrec.domain.ids import Address
from medrec.domain.ports import Notifier
from medrec.services.context import Context
from medrec.services.names import names_of

T = TypeVar("T")


def place_of(settings: Settings) -> Place:
    """Home and network file of this run."""
    return Place(settings.home_dir(), settings.network_file())


def key_of(place: Place, name: str) -> str:
    """The 8-character key: from the environment, the system's keyring, or asked for.

    Raises:
        SecretNeeded.
    """
    if "MEDREC_KEY" in os.environ:
        return account_key()
    return keyring_of(place).recall(name) or account_key()


def current() -> Settings:
    """The settings of the running command."""
    return settings_of(click.get_current_context())


def with_account(
    work: Callable[[Context], Awaitable[T]], *, online: bool = True, resume: bool = True
) -> T:
    """Unlock the chosen account, do the work, close everything.

    ``online`` and ``resume`` are those of `session`.

    Raises:
        Whatever the session or the work refuses.
    """
    settings = current()
    place = place_of(settings)
    place.network_path()
    name = settings.account_name(vault_files(place).names())
    vault_files(place).read(name)
    secret, key = password(), key_of(place, name)
    notifier = TerminalNotifier(hold=settings.json)

    async def go() -> T:
        opened = session(place, name, secret, key, notifier, online=online, resume=resume)
        async with opened as context:
            return await work(context)

    try:
        done = asyncio.run(go())
        notifier.tell_notes()
        return done
    finally:
        notifier.clear()


async def names(context: Context, addresses: Iterable[Address]) -> Mapping[Address, str]:
    """What people are called in lines for people; documents keep the addresses."""
    if current().json:
        return {who: who for who in addresses}
    return await names_of(context, addresses)


def waiting(work: Callable[[Notifier], Awaitable[T]]) -> T:
    """Do work that needs no account, with progress."""
    notifier = TerminalNotifier()

    async def go() -> T:
        return await work(notifier)

    try:
        return asyncio.run(go())
    finally:
        notifier.clear()
