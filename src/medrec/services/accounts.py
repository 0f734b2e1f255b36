"""Accounts: made from new words or brought along, sealed in a vault, opened and signed in.

The vault opens before anything is signed: a planted vault must not turn the login signature
into a guessing oracle (DESIGN.md section 4).
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import suppress
from dataclasses import dataclass, field

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
from medrec.domain.outbox import Job, Step
from medrec.domain.ports import Chain, Notifier, VaultFiles, Wallet, Wallets
from medrec.domain.typed import Login
from medrec.errors import (
    AccountExists,
    BadPrivateKey,
    NoSuchAccount,
    PasswordChangedElsewhere,
    WeakPassword,
)
from medrec.services.context import Context
from medrec.services.work import new_job, outbox

LEAST_PASSWORD = 8
"""Characters; the 8-character key adds 40 bits that nobody chooses."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What is shown once: the 8-character key, and the words where they were made here."""

    name: str
    address: Address
    key: str = field(repr=False)
    words: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Unlocked:
    """An opened vault: the wallet, the root of all other keys, and the authenticator."""

    name: str
    wallet: Wallet
    authenticator: Wallet
    root: AccountRoot = field(repr=False)


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

    async def create(self, name: str, password: str) -> NewAccount:
        """A new account from 24 fresh words.

        Raises:
            AccountExists, BadAccountName, WeakPassword.
        """
        words = new_words()
        made = await self._seal(VaultContents.from_words(words, name), password)
        return NewAccount(made.name, made.address, made.key, words)

    async def import_words(
        self, name: str, words: str, password: str, key: str | None = None
    ) -> NewAccount:
        """The account of a BIP-39 phrase; ``key`` is the 8-character key, drawn when None.

        Raises:
            BadWords, BadKeyFormat, and as `create`.
        """
        return await self._seal(VaultContents.from_words(words, name), password, key)

    async def import_key(
        self, name: str, private_key: str, password: str, key: str | None = None
    ) -> NewAccount:
        """The account of a private key in hexadecimal.

        Raises:
            BadPrivateKey, and as `import_words`.
        """
        text = private_key.strip().removeprefix("0x")
        try:
            raw = bytes.fromhex(text)
        except ValueError:
            raise BadPrivateKey() from None
        return await self._seal(VaultContents.from_key(raw, name), password, key)

    async def import_keystore(
        self,
        name: str,
        keystore: str,
        keystore_password: str,
        password: str,
        key: str | None = None,
    ) -> NewAccount:
        """The account of a Web3 Secret Storage V3 file.

        Raises:
            BadKeystore, and as `import_words`.
        """
        raw = await asyncio.to_thread(self._wallets.open_keystore, keystore, keystore_password)
        return await self._seal(VaultContents.from_key(raw, name), password, key)

    async def export_keystore(self, name: str, password: str, key: str) -> str:
        """The wallet's private key as a V3 text under the same password.

        Raises:
            WrongPasswordOrKey, NoSuchAccount, VaultDamaged.
        """
        opened = await self._open(name, password, key)
        private_key = self._private_key(opened.contents)
        return await asyncio.to_thread(self._wallets.seal_keystore, private_key, password)

    async def unlock(self, name: str, password: str, key: str) -> Unlocked:
        """Open the vault.

        Raises:
            WrongPasswordOrKey, BadKeyFormat, NoSuchAccount, VaultDamaged.
        """
        opened = await self._open(name, password, key)
        return Unlocked(
            name,
            self._wallets.from_key(self._private_key(opened.contents)),
            self._wallets.from_key(opened.authenticator_secret),
            account_root(opened.contents.account_secret()),
        )

    async def _open(self, name: str, password: str, key: str) -> OpenedVault:
        return await asyncio.to_thread(open_vault, self._vaults.read(name), password, key)

    async def _seal(
        self, contents: VaultContents, password: str, key: str | None = None
    ) -> NewAccount:
        name = contents.name
        with suppress(NoSuchAccount):
            self._vaults.describe(name)
            raise AccountExists(name=name)
        if len(password) < LEAST_PASSWORD:
            raise WeakPassword(least=LEAST_PASSWORD)
        address = self._wallets.from_key(self._private_key(contents)).address
        key = new_key() if key is None else parse_key(key)
        vault, _ = await asyncio.to_thread(seal_vault, contents, password, key)
        self._vaults.create(name, vault, address)
        return NewAccount(name, address, key)

    def _private_key(self, contents: VaultContents) -> bytes:
        secret = contents.account_secret()
        return self._wallets.derive(secret) if contents.kind is VaultKind.WORDS else secret


async def sign_in(context: Context, authenticator: Wallet) -> None:
    """Show the registered authenticator a fresh signature, where the account is registered.

    Raises:
        PasswordChangedElsewhere: when the opened vault's authenticator is no longer the one.
    """
    if await context.chain.user(context.me) is None:
        return
    at = await context.time()
    challenge = secrets.token_bytes(32)
    login = Login(context.me, challenge, at)
    signature = authenticator.sign_statement(login)
    if not await context.chain.authenticates(context.me, challenge, signature, at, at):
        raise PasswordChangedElsewhere()


async def take_over(context: Context) -> Job | None:
    """Make the opened vault the one that signs in, where the account was registered with another.

    For an account that was brought along with its own secret: copies of it under an older
    password stay out from then on.

    Raises:
        Whatever the outbox raises.
    """
    user = await context.chain.user(context.me)
    if user is None or user.authenticator == context.authenticator:
        return None
    step = Step(RotateAuthenticator(context.me, context.authenticator))
    job = new_job(context, "account-takeover", "Sign in from here", [step])
    return await outbox(context).submit(job, {})


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
