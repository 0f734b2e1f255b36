"""One account's password, 8-character key and words on this computer.

A change of password makes another vault and, with it, another authenticator. The order of it, so
that a crash at any point locks nobody out:

    1. the new vault is made, its key is shown and written down by its owner
    2. it is laid beside the old one                                 (both passwords open)
    3. the chain is told of the new authenticator, by the outbox     (both passwords open)
    4. once that is confirmed it takes the old one's place           (only the new one opens)

Between 3 and 4 the old vault opens and its authenticator is refused: `settle` says so, and whoever
comes with the new password finishes what is left.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from medrec.crypto.vault import (
    OpenedVault,
    VaultContents,
    VaultKind,
    new_key,
    open_vault,
    parse_key,
    seal_vault,
)
from medrec.domain.calls import RotateAuthenticator
from medrec.domain.entries import Action
from medrec.domain.ids import Address, address_word
from medrec.domain.outbox import Job, JobState, Step
from medrec.domain.ports import Keyring, VaultFiles, Wallets
from medrec.errors import (
    ChainRefusal,
    FileUnreadable,
    NoKeyringHere,
    NoSuchAccount,
    NotRegisteredYet,
    PasswordChangedElsewhere,
    PasswordChangedHere,
    PasswordChangeWaits,
    WeakPassword,
)
from medrec.services.accounts import LEAST_PASSWORD, Unlocked, finish_rotations, take_over
from medrec.services.context import Context
from medrec.services.work import new_job, outbox
from medrec.store.files import write_over

KIND = "password-change"
"""The outbox's kind of a change of password."""


@dataclass(frozen=True, slots=True)
class NewCredentials:
    """A vault that is made and not in force yet; ``key`` is shown, the rest is not for people."""

    key: str = field(repr=False)
    vault: bytes = field(repr=False)
    authenticator: Address


class Credentials:
    """What opens one account on this computer."""

    def __init__(self, name: str, vaults: VaultFiles, wallets: Wallets, keyring: Keyring) -> None:
        self.name = name
        self._vaults = vaults
        self._wallets = wallets
        self._keyring = keyring

    @classmethod
    def of(cls, context: Context) -> Credentials:
        """Those of a signed-in account.

        Raises:
            NoSuchAccount: when it was opened without a vault.
        """
        if context.vaults is None or context.keyring is None:
            raise NoSuchAccount(name=context.name)
        return cls(context.name, context.vaults, context.wallets, context.keyring)

    async def words(self, password: str, key: str) -> str | None:
        """The words of the account; None where it was made from a private key.

        Raises:
            WrongPasswordOrKey, BadKeyFormat, VaultDamaged.
        """
        contents = (await self._open(password, key)).contents
        return contents.secret.decode() if contents.kind is VaultKind.WORDS else None

    async def check(self, password: str, key: str) -> None:
        """See to it that it is the account's person who asks.

        Raises:
            WrongPasswordOrKey, BadKeyFormat, VaultDamaged.
        """
        await self._open(password, key)

    async def prepare(self, password: str, key: str, new_password: str) -> NewCredentials:
        """Make the vault of a new password, with a new 8-character key; nothing changes yet.

        Raises:
            WrongPasswordOrKey, BadKeyFormat, VaultDamaged, WeakPassword.
        """
        if len(new_password) < LEAST_PASSWORD:
            raise WeakPassword(least=LEAST_PASSWORD)
        contents = (await self._open(password, key)).contents
        drawn = new_key()
        vault, secret = await asyncio.to_thread(seal_vault, contents, new_password, drawn)
        return NewCredentials(drawn, vault, self._wallets.from_key(secret).address)

    async def change(self, context: Context, new: NewCredentials) -> Job:
        """Put new credentials in force: the old ones go on until the chain has confirmed it.

        Raises:
            NotRegisteredYet, PasswordChangeWaits.
            WaitsInOutbox: it is saved; the old password goes on until it is through.
            ChainRefusal: nothing was changed.
        """
        user = await context.chain.user(context.me)
        if user is None:
            raise NotRegisteredYet(command="patient register")
        if await change_waits(context):
            raise PasswordChangeWaits()
        await asyncio.to_thread(self._vaults.stage, self.name, new.vault)
        step = Step(RotateAuthenticator(context.me, user.authenticator, new.authenticator))
        job = new_job(context, KIND, "Change password and key", [step])
        try:
            done = await outbox(context).submit(job, {})
        except ChainRefusal:
            await asyncio.to_thread(self._vaults.unstage, self.name)
            raise
        await asyncio.to_thread(self._vaults.promote, self.name)
        if await self.remembered():
            await asyncio.to_thread(self._keyring.remember, self.name, new.key)
        return done

    async def save_keystore(self, path: Path, password: str, key: str) -> None:
        """Write the wallet's private key as a Web3 Secret Storage V3 file under the same password.

        Whoever chose the path has agreed to replace what is there.

        Raises:
            WrongPasswordOrKey, BadKeyFormat, VaultDamaged, FileUnreadable.
        """
        contents = (await self._open(password, key)).contents
        secret = _private_key(self._wallets, contents)
        text = await asyncio.to_thread(self._wallets.seal_keystore, secret, password)
        try:
            await asyncio.to_thread(write_over, path, text.encode())
        except OSError as error:
            raise FileUnreadable(name=path.name, why=f"{error.strerror}.") from error

    async def remembered(self) -> bool:
        """Whether the system's keyring keeps the 8-character key."""
        return await asyncio.to_thread(self._keyring.recall, self.name) is not None

    async def keyring_exists(self) -> bool:
        """Whether this computer has a keyring that protects what it holds."""
        return await asyncio.to_thread(self._keyring.exists)

    async def remember(self, password: str, key: str) -> None:
        """Keep the 8-character key in the system's keyring, where it opens the account.

        Raises:
            WrongPasswordOrKey, BadKeyFormat, VaultDamaged, NoKeyringHere.
        """
        await self._open(password, key)
        plain = parse_key(key)
        await asyncio.to_thread(self._keyring.remember, self.name, plain)
        if await asyncio.to_thread(self._keyring.recall, self.name) != plain:
            raise NoKeyringHere()

    async def forget(self) -> None:
        """Take the 8-character key out of the system's keyring."""
        await asyncio.to_thread(self._keyring.forget, self.name)

    async def _open(self, password: str, key: str) -> OpenedVault:
        vault = await asyncio.to_thread(self._vaults.read, self.name)
        return await asyncio.to_thread(open_vault, vault, password, key)


async def settle(context: Context, unlocked: Unlocked, vaults: VaultFiles) -> None:
    """Finish a change of password that a crash or an outage left half way, before signing in.

    Raises:
        PasswordChangedHere: when the old password was used and only the new one counts.
        PasswordChangedElsewhere: when what waited here was overtaken by a later change.
        Whatever the outbox raises.
    """
    if await asyncio.to_thread(vaults.staged, unlocked.name) is None:
        return
    if unlocked.staged:
        if not await finish_rotations(context):
            await asyncio.to_thread(vaults.unstage, unlocked.name)
            raise PasswordChangedElsewhere()
        await take_over(context)
        await asyncio.to_thread(vaults.promote, unlocked.name)
        return
    user = await context.chain.user(context.me)
    if user is not None and user.authenticator != context.authenticator:
        raise PasswordChangedHere()
    if not await change_waits(context):
        await asyncio.to_thread(vaults.unstage, unlocked.name)


async def changed_at(context: Context) -> list[int]:
    """When password and key were changed, on any computer: Unix seconds, oldest first."""
    entries = await context.local.entries(actor=context.me, actions=[Action.AUTHENTICATOR_ROTATED])
    return [entry.meta.time for entry in entries]


async def registered_at(context: Context) -> int | None:
    """When the account was registered (Unix seconds); None before that."""
    entries = await context.local.entries(
        ref=address_word(context.me), actions=[Action.USER_REGISTERED]
    )
    return entries[0].meta.time if entries else None


async def change_waits(context: Context) -> bool:
    """Whether a change of password waits in the outbox."""
    return any(job.kind == KIND for job in await context.local.jobs([JobState.PENDING]))


def _private_key(wallets: Wallets, contents: VaultContents) -> bytes:
    secret = contents.account_secret()
    return wallets.derive(secret) if contents.kind is VaultKind.WORDS else secret
