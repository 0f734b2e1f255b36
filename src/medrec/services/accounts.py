"""Accounts: made from new words or brought along, sealed in a vault, opened and signed in.

The vault opens before anything is signed: a planted vault must not turn the login signature
into a guessing oracle (DESIGN.md section 4).
"""

from __future__ import annotations

import asyncio
import re
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

from medrec.clinical.text import clean
from medrec.crypto.kdf import AccountRoot, account_root
from medrec.crypto.vault import (
    OpenedVault,
    VaultContents,
    VaultKind,
    new_key,
    open_vault,
    parse_key,
    seal_vault,
)
from medrec.crypto.words import new_words
from medrec.domain.calls import RotateAuthenticator
from medrec.domain.ids import Address
from medrec.domain.network import Network
from medrec.domain.outbox import Job, JobState, Step
from medrec.domain.ports import Chain, Notifier, VaultFiles, Wallet, Wallets
from medrec.domain.typed import Login
from medrec.errors import (
    AccountClosed,
    AccountExists,
    BadPrivateKey,
    NoSuchAccount,
    PasswordChangedElsewhere,
    StateMoved,
    WeakPassword,
    WrongPasswordOrKey,
)
from medrec.services.context import Context
from medrec.services.work import new_job, outbox

LEAST_PASSWORD = 8
"""Characters; the 8-character key adds 40 bits that nobody chooses."""

LONGEST_LABEL = 60
"""Characters of what a person calls an account."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is shown once: the 8-character key, and the words where they were made here."""

    name: str
    address: Address
    key: str = field(repr=False)
    words: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account of this computer: its name, what it is called, and its address where known."""

    name: str
    label: str
    address: Address | None


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An opened vault: the wallet, the root of all other keys, and the authenticator."""

    name: str
    wallet: Wallet
    authenticator: Wallet
    root: AccountRoot = field(repr=False)
    staged: bool = False
    """Whether it is the vault of a change of password that has not taken its place yet."""


class Accounts:
    """The vaults in one home."""

    def __init__(self, vaults: VaultFiles, wallets: Wallets) -> None:
        self._vaults = vaults
        self._wallets = wallets

    def listed(self) -> list[tuple[str, Address | None]]:
        """Name and address of each account."""
        return [(name, self._vaults.describe(name)) for name in self._vaults.names()]

    def address(self, name: str) -> Address | None:
        """An account's address, where it is known without opening the account.

        Raises:
            NoSuchAccount.
        """
        self._vaults.read(name)
        return self._vaults.describe(name)

    def named(self) -> list[KnownAccount]:
        """Each account with what its person calls it."""
        return [
            KnownAccount(name, self._vaults.label(name), self._vaults.describe(name))
            for name in self._vaults.names()
        ]

    def free_name(self, label: str) -> str:
        """A new account's name, made from what a person wants to call it.

        Raises:
            AccountExists: when another account is called so.
        """
        wanted = clean(label).casefold()
        known = self.named()
        if any(wanted == account.label.casefold() for account in known):
            raise AccountExists(name=clean(label))
        taken = {account.name.casefold() for account in known}
        return next(name for name in _names(wanted) if name not in taken)

    async def create(self, name: str, password: str) -> NewAccount:
        """A new account from 24 fresh words.

        Raises:
            AccountExists, BadAccountName, WeakPassword.
        """
        words = new_words()
        made = await self._seal(VaultContents.from_words(words, name), password)
        return NewAccount(made.name, made.address, made.key, words)

    async def import_words(
        self, name: str, words: str, password: str, key: str | None = None, label: str = ""
    ) -> NewAccount:
        """The account of a BIP-39 phrase; ``key`` is the 8-character key, drawn when None.

        ``label`` is what the person calls the account, where that is more than its name.

        Raises:
            BadWords, BadKeyFormat, and as `create`.
        """
        return await self._seal(VaultContents.from_words(words, name), password, key, label)

    async def import_key(
        self, name: str, private_key: str, password: str, key: str | None = None, label: str = ""
    ) -> NewAccount:
        """The account of a private key in hexadecimal.

        Raises:
            BadPrivateKey, and as `import_words`.
        """
        raw = _raw_key(private_key)
        return await self._seal(VaultContents.from_key(raw, name), password, key, label)

    async def import_keystore(
        self,
        name: str,
        keystore: str,
        keystore_password: str,
        password: str,
        key: str | None = None,
        label: str = "",
    ) -> NewAccount:
        """The account of a Web3 Secret Storage V3 file.

        Raises:
            BadKeystore, and as `import_words`.
        """
        raw = await asyncio.to_thread(self._wallets.open_keystore, keystore, keystore_password)
        return await self._seal(VaultContents.from_key(raw, name), password, key, label)

    async def address_of_words(self, words: str) -> Address:
        """The address of the account that these words open.

        Raises:
            BadWords.
        """
        return await asyncio.to_thread(self._address, VaultContents.from_words(words, ""))

    async def address_of_key(self, private_key: str) -> Address:
        """The address of the account of a private key in hexadecimal.

        Raises:
            BadPrivateKey.
        """
        contents = VaultContents.from_key(_raw_key(private_key), "")
        return await asyncio.to_thread(self._address, contents)

    async def key_in_keystore(self, keystore: str, keystore_password: str) -> str:
        """The private key in a Web3 Secret Storage V3 file, in hexadecimal.

        Raises:
            BadKeystore.
        """
        raw = await asyncio.to_thread(self._wallets.open_keystore, keystore, keystore_password)
        return raw.hex()

    async def export_keystore(self, name: str, password: str, key: str) -> str:
        """The wallet's private key as a V3 text under the same password.

        Raises:
            WrongPasswordOrKey, NoSuchAccount, VaultDamaged.
        """
        opened = await self._open(name, password, key)
        private_key = self._private_key(opened.contents)
        return await asyncio.to_thread(self._wallets.seal_keystore, private_key, password)

    async def unlock(self, name: str, password: str, key: str) -> Unlocked:
        """Open the vault, or the one that waits to take its place (see services.credentials).

        Raises:
            WrongPasswordOrKey, BadKeyFormat, NoSuchAccount, VaultDamaged.
        """
        staged = False
        try:
            opened = await self._open(name, password, key)
        except WrongPasswordOrKey:
            waiting = self._vaults.staged(name)
            if waiting is None:
                raise
            opened = await asyncio.to_thread(open_vault, waiting, password, key)
            staged = True
        wallet = self._wallets.from_key(self._private_key(opened.contents))
        if staged and self._vaults.describe(name) not in (None, wallet.address):
            # Somebody laid another account's vault there.
            raise WrongPasswordOrKey()
        return Unlocked(
            name,
            wallet,
            self._wallets.from_key(opened.authenticator_secret),
            account_root(opened.contents.account_secret()),
            staged,
        )

    async def _open(self, name: str, password: str, key: str) -> OpenedVault:
        return await asyncio.to_thread(open_vault, self._vaults.read(name), password, key)

    async def _seal(
        self, contents: VaultContents, password: str, key: str | None = None, label: str = ""
    ) -> NewAccount:
        name = contents.name
        with suppress(NoSuchAccount):
            self._vaults.describe(name)
            raise AccountExists(name=name)
        if len(password) < LEAST_PASSWORD:
            raise WeakPassword(least=LEAST_PASSWORD)
        address = self._address(contents)
        key = new_key() if key is None else parse_key(key)
        vault, _ = await asyncio.to_thread(seal_vault, contents, password, key)
        self._vaults.create(name, vault, address, clean(label, LONGEST_LABEL))
        return NewAccount(name, address, key)

    def _address(self, contents: VaultContents) -> Address:
        return self._wallets.from_key(self._private_key(contents)).address

    def _private_key(self, contents: VaultContents) -> bytes:
        secret = contents.account_secret()
        return self._wallets.derive(secret) if contents.kind is VaultKind.WORDS else secret


def _raw_key(text: str) -> bytes:
    try:
        return bytes.fromhex(text.strip().removeprefix("0x"))
    except ValueError:
        raise BadPrivateKey() from None


def _names(label: str) -> Iterator[str]:
    """Names of files from a label in any script: `Amina Haddad` gives amina-haddad, then -2."""
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain)[:50].strip("-") or "account"
    yield stem
    yield from (f"{stem}-{number}" for number in count(2))


async def sign_in(context: Context, authenticator: Wallet) -> None:
    """Show the registered authenticator a fresh signature, where the account is registered.

    Raises:
        PasswordChangedElsewhere: when the opened vault's authenticator is no longer the one.
        AccountClosed.
    """
    user = await context.chain.user(context.me)
    if user is None:
        return
    if not user.active:
        raise AccountClosed()
    at = await context.time()
    challenge = secrets.token_bytes(32)
    login = Login(context.me, challenge, at)
    signature = authenticator.sign_statement(login)
    if not await context.chain.authenticates(context.me, challenge, signature, at, at):
        raise PasswordChangedElsewhere()


async def take_over(context: Context) -> Job | None:
    """Make the opened vault the one that signs in, where the account was registered with another.

    For an account that was brought along with its own secret: copies of it under an older
    password stay out from then on. A change that waits in the outbox ends first: it may be sent
    already.

    Raises:
        Whatever the outbox raises.
    """
    await finish_rotations(context)
    user = await context.chain.user(context.me)
    if user is None or user.authenticator == context.authenticator:
        return None
    step = Step(RotateAuthenticator(context.me, user.authenticator, context.authenticator))
    job = new_job(context, "account-takeover", "Sign in from here", [step])
    return await outbox(context).submit(job, {})


async def finish_rotations(context: Context) -> bool:
    """Drive the changes of what signs the account in that wait, before their effect is judged.

    Returns:
        False where a later change, of another computer, has overtaken one.

    Raises:
        Whatever the outbox raises.
    """
    in_time = True
    for job in await context.local.jobs([JobState.PENDING]):
        if any(isinstance(step.call, RotateAuthenticator) for step in job.steps):
            try:
                await outbox(context).drive(job)
            except StateMoved:
                in_time = False
    return in_time


FEES = 10**18
"""Wei that an account gets on a network that funds accounts by itself."""


async def ensure_funds(
    network: Network, chain: Chain, address: Address, notifier: Notifier
) -> None:
    """On a development network, see to it that the account can pay its fees."""
    if not network.funded:
        return
    if await chain.balance(address) < FEES // 10:
        notifier.progress("Funding the account")
        await chain.fund(address, FEES)
