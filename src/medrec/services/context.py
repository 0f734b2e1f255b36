"""What every use case works with: one unlocked account on one network."""

from __future__ import annotations

from dataclasses import dataclass, field

from medrec.crypto.kdf import AccountRoot, EncryptionKey, encryption_key
from medrec.crypto.slots import SlotMap
from medrec.domain.ids import Address
from medrec.domain.network import Network
from medrec.domain.ports import (
    Chain,
    Clock,
    ContentStore,
    Keyring,
    LocalStore,
    Notifier,
    VaultFiles,
    Wallet,
    Wallets,
)


@dataclass(frozen=True)
class Context:
    """An unlocked account with its gateways.

    ``me`` is the account's id; ``slots`` is the account's own slot map, which means something
    only where the account is a patient.
    """

    me: Address
    name: str
    network: Network
    chain: Chain
    store: ContentStore
    local: LocalStore
    wallet: Wallet
    wallets: Wallets
    clock: Clock
    notifier: Notifier
    root: AccountRoot = field(repr=False)
    slots: SlotMap = field(repr=False)
    authenticator: Address
    """The address of the authenticator that the opened vault holds."""
    label: str = ""
    """What the account is called on this computer, where that is more than its name."""
    vaults: VaultFiles | None = None
    keyring: Keyring | None = None
    """Where the account's vault lies and its key may be remembered; None without a vault."""

    origins: tuple[Context, ...] = ()
    """The same account on the networks that this one takes over from, the latest first."""

    @property
    def called(self) -> str:
        """What the account is called before anybody has vouched for a name."""
        return self.label or self.name

    def key(self, version: int) -> EncryptionKey:
        """My X25519 key of that version."""
        return encryption_key(self.root, version)

    async def time(self) -> int:
        """The time by which rights are judged: the local clock, or the chain if it is ahead."""
        head = await self.chain.head()
        return max(self.clock.now(), head.time)

    @property
    def doctor_contract(self) -> Address:
        """The contract that stands in envelopes and bundles."""
        return self.network.contracts["ContractDoctor"]

    @property
    def record_contract(self) -> Address:
        """The contract that stands in the associated data of records."""
        return self.network.contracts["ContractPatient"]
