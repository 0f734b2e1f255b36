"""A person of a world's whose account lies in a vault, as on a real computer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from medrec.chain.wallets import LocalWallet, LocalWallets
from medrec.crypto.vault import VaultContents, seal_vault
from medrec.services.accounts import Accounts, sign_in
from medrec.services.context import Context
from medrec.services.credentials import Credentials, settle
from medrec.store.vaults import VaultFolder

PASSWORD, KEY = "correct horse battery", "ABCD-2345"


class MemoryKeyring:
    """`medrec.domain.ports.Keyring` in memory; a broken one keeps nothing."""

    def __init__(self, broken: bool = False) -> None:
        self.kept: dict[str, str] = {}
        self.broken = broken

    def exists(self) -> bool:
        return not self.broken

    def recall(self, name: str) -> str | None:
        return self.kept.get(name)

    def remember(self, name: str, key: str) -> None:
        if not self.broken:
            self.kept[name] = key

    def forget(self, name: str) -> None:
        self.kept.pop(name, None)


@dataclass
class Vaulted:
    """One computer of a person's: the vault opens with `PASSWORD` and ``key``."""

    context: Context
    vaults: VaultFolder
    accounts: Accounts
    credentials: Credentials
    ring: MemoryKeyring
    key: str = KEY

    async def sign_in(self, password: str, key: str) -> Context:
        """What the composition root does between the password and the first screen."""
        unlocked = await self.accounts.unlock(self.context.name, password, key)
        context = replace(self.context, authenticator=unlocked.authenticator.address)
        await settle(context, unlocked, self.vaults)
        await sign_in(context, unlocked.authenticator)
        return context


def vaulted(person: Context, home: Path, words: str = "") -> Vaulted:
    """Give somebody who is not registered yet a vault in a home.

    With ``words`` the vault holds these instead of the person's own key (for showing them).
    """
    assert isinstance(person.wallet, LocalWallet)
    name = person.name
    contents = VaultContents.from_key(person.wallet._key.secret, name)
    if words:
        contents = VaultContents.from_words(words, name)
    vault, secret = seal_vault(contents, PASSWORD, KEY)
    vaults, wallets, ring = VaultFolder(home), LocalWallets(person.network), MemoryKeyring()
    vaults.create(name, vault, person.me)
    context = replace(
        person,
        authenticator=wallets.from_key(secret).address,
        vaults=vaults,
        keyring=ring,
    )
    credentials = Credentials(name, vaults, wallets, ring)
    return Vaulted(context, vaults, Accounts(vaults, wallets), credentials, ring)
