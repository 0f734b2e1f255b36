"""The ports: what the services need from the world outside, as protocols.

Each port has one conformance suite (tests/conformance) that the fake and the real gateway pass.
Every method raises only `medrec.errors.MedRecError` subclasses for what the world can do wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from medrec.domain.calls import Call
from medrec.domain.entries import AuditEntry, BlockRef
from medrec.domain.ids import (
    Address,
    ChainHead,
    Cid,
    Digest,
    JobId,
    RecordId,
    TxHash,
)
from medrec.domain.outbox import Job, JobState, SignedTransaction
from medrec.domain.people import Doctor, Grant, Patient, RecordHead, User
from medrec.domain.typed import KeyBinding, Statement


class Clock(Protocol):
    """The time, in Unix seconds."""

    def now(self) -> int:
        """The local clock's time."""
        ...


class Wallet(Protocol):
    """A secp256k1 key that signs; never shows its secret."""

    @property
    def address(self) -> Address:
        """The address of the key."""
        ...

    def sign_statement(self, statement: Statement) -> bytes:
        """The 65-byte EIP-712 signature (r, s, v) over a statement."""
        ...

    def sign_transaction(self, transaction: UnsignedTransaction) -> SignedTransaction:
        """The signed EIP-1559 transaction."""
        ...


class UnsignedTransaction(Protocol):
    """What the chain gateway prepared: opaque to the services but for its nonce."""

    @property
    def nonce(self) -> int:
        """The sender's nonce."""
        ...


class Wallets(Protocol):
    """Makes wallets from secrets, and checks what others signed."""

    def from_key(self, private_key: bytes) -> Wallet:
        """The wallet of a 32-byte private key.

        Raises:
            BadPrivateKey: when it is not a secp256k1 key.
        """
        ...

    def derive(self, seed: bytes) -> bytes:
        """The private key at m/44'/60'/0'/0/0 of a BIP-39 seed (BIP-32, BIP-44)."""
        ...

    def open_keystore(self, keystore: str, password: str) -> bytes:
        """The private key in a Web3 Secret Storage V3 text.

        Raises:
            BadKeystore: when the text is not a V3 keystore or the password does not open it.
        """
        ...

    def seal_keystore(self, private_key: bytes, password: str) -> str:
        """A Web3 Secret Storage V3 text for the key."""
        ...

    def signer(self, statement: Statement, signature: bytes) -> Address | None:
        """Who signed the statement; None where the signature is none at all."""
        ...


class Chain(Protocol):
    """The four contracts on one network. Reads are at the latest block unless said otherwise."""

    async def check_network(self) -> None:
        """Compare chain id and code hashes with the network file.

        Raises:
            WrongChain, WrongCode, NodeDown.
        """
        ...

    async def head(self) -> BlockRef:
        """The latest block."""
        ...

    async def block(self, number: int) -> BlockRef | None:
        """The block of that number, or None when the node has none."""
        ...

    async def entries(self, first: int, last: int) -> list[AuditEntry]:
        """All audit entries of blocks ``first`` to ``last``, in the order of the chain."""
        ...

    async def user(self, who: Address) -> User | None:
        """The registered user, or None."""
        ...

    async def key_binding(
        self, who: Address, transaction: TxHash
    ) -> tuple[KeyBinding, bytes] | None:
        """The key binding and signature in the calldata of the transaction that set the key.

        None when the transaction holds none for ``who``; the caller verifies the signature.
        """
        ...

    async def patient(self, who: Address) -> Patient | None:
        """The registered patient, or None."""
        ...

    async def doctor(self, who: Address) -> Doctor | None:
        """The registered doctor, or None."""
        ...

    async def grant(self, patient: Address, grantee: Address) -> Grant | None:
        """The grant slot of the pair, or None when there was never anything."""
        ...

    async def record(self, patient: Address, record: RecordId) -> RecordHead | None:
        """The record's head, or None."""
        ...

    async def audit_head(self, subject: Address, block: int | None = None) -> ChainHead:
        """The head of a subject's audit chain after ``block`` (latest when None)."""
        ...

    async def genesis_head(self, subject: Address) -> ChainHead:
        """The head with which a subject's chain begins; computed locally."""
        ...

    async def authenticates(
        self, login_id: Address, challenge: bytes, signature: bytes, issued_at: int, at: int
    ) -> bool:
        """Whether the signature over the login challenge is the registered authenticator's."""
        ...

    async def next_nonce(self, who: Address) -> int:
        """The first nonce that the node has not seen, pending transactions included."""
        ...

    async def balance(self, who: Address) -> int:
        """The balance in wei."""
        ...

    async def fund(self, who: Address, wei: int) -> None:
        """Send from the node's own account; only on networks marked ``funded``.

        Raises:
            NotFunded: when the node has no account of its own.
        """
        ...

    async def prepare(self, call: Call, sender: Address, nonce: int) -> UnsignedTransaction:
        """Simulate the call as ``sender`` and fill in gas and fees.

        Raises:
            ChainRefusal: the contract's reason, mapped, when the call would revert.
            NodeDown, NoFunds.
        """
        ...

    async def send(self, transaction: SignedTransaction) -> None:
        """Broadcast; a transaction that the node already knows or mined is no error.

        Raises:
            NonceTaken, FeeTooLow, NodeDown.
        """
        ...

    async def receipt_block(self, transaction: TxHash) -> tuple[int, bool] | None:
        """The block that mined the transaction and whether it succeeded; None while pending."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


class ContentStore(Protocol):
    """Blocks by CID (v1, sha2-256, raw or dag-cbor), up to 1 MiB each."""

    async def put(self, cid: Cid, data: bytes) -> None:
        """Store a block; putting it again is harmless.

        Raises:
            ValueError: when the CID is not the data's, or the block is over 1 MiB (our bug).
            StoreDown.
        """
        ...

    async def get(self, cid: Cid) -> bytes:
        """The block, checked against its CID.

        Raises:
            BlockMissing, BlockChanged, StoreDown.
        """
        ...

    async def has(self, cid: Cid) -> bool:
        """Whether the store itself holds the block."""
        ...

    async def pin(self, cid: Cid) -> None:
        """Keep the block and, for dag-cbor, everything that it links to.

        Raises:
            BlockMissing: when something linked is not there.
        """
        ...

    async def unpin(self, cid: Cid) -> None:
        """Let go of a pin; unknown pins are no error."""
        ...

    async def status(self) -> Mapping[str, str | int]:
        """For people: kind, location, number of blocks, bytes used."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


class LocalStore(Protocol):
    """The encrypted local database of one account on one network."""

    async def checkpoints(self) -> list[BlockRef]:
        """Blocks up to which the index was filled, newest first (some hundred are kept)."""
        ...

    async def append_entries(self, entries: Sequence[AuditEntry], upto: BlockRef) -> None:
        """Add entries and the checkpoint, in one transaction; the same again is harmless.

        Raises:
            ValueError: when an entry stands above ``upto`` (our bug).
        """
        ...

    async def roll_back(self, block: int) -> None:
        """Forget every checkpoint above ``block`` and every entry that none vouches for any more.

        Entries above the newest checkpoint that stays go too; without one, all of them.
        """
        ...

    async def entries(
        self,
        *,
        subject: Address | None = None,
        actor: Address | None = None,
        ref: bytes | None = None,
        actions: Sequence[int] = (),
    ) -> list[AuditEntry]:
        """Indexed entries that match everything given, in the order of the chain."""
        ...

    async def get(self, space: str, key: str) -> bytes | None:
        """A remembered value."""
        ...

    async def put(self, space: str, key: str, value: bytes) -> None:
        """Remember a value (highest key versions, verified heads, profiles, fingerprints)."""
        ...

    async def delete(self, space: str, key: str) -> None:
        """Forget a value."""
        ...

    async def items(self, space: str) -> dict[str, bytes]:
        """Everything remembered in a space."""
        ...

    async def add_job(self, job: Job, blocks: Mapping[Cid, bytes]) -> Job:
        """Write a job and its sealed blocks in one transaction; returns it with its id.

        It takes ``blocks``, and those spooled before that its steps name.
        """
        ...

    async def spool(self, job: JobId | None, blocks: Mapping[Cid, bytes]) -> None:
        """Keep sealed blocks until a job is through; None: for the job about to be added.

        Raises:
            NoSuchJob.
        """
        ...

    async def spooled(self, cid: Cid) -> bytes | None:
        """A block from the spool."""
        ...

    async def update_job(self, job: Job) -> None:
        """Overwrite a job's row; an ended job's blocks leave the spool (a draft's stay).

        Only a pending job keeps its nonces.

        Raises:
            NoSuchJob.
        """
        ...

    async def job(self, job: JobId) -> Job | None:
        """One job."""
        ...

    async def jobs(self, states: Sequence[JobState] = ()) -> list[Job]:
        """Jobs in the order of their creation."""
        ...

    async def reserve_nonce(self, job: JobId, who: Address, at_least: int) -> int:
        """The next nonce of ours that no unfinished job holds, not below ``at_least``.

        A nonce that the job holds and none of its steps has signed is given again: a crash
        between reserving and signing leaves no gap. Sign one step before reserving for the next.

        Raises:
            NoSuchJob.
        """
        ...

    async def release_nonce(self, job: JobId, who: Address, nonce: int) -> None:
        """Give back a reserved nonce that was never broadcast."""
        ...

    def exclusive(
        self, what: str = "outbox", wait: float = 120.0
    ) -> AbstractAsyncContextManager[None]:
        """While it is held, no other task or process holds the same (``"outbox"``, ``"index"``).

        Waits up to ``wait`` seconds; ends with its process; not to be entered twice by one task.

        Raises:
            OutboxBusy: when it was not free in time.
        """
        ...

    async def close(self) -> None:
        """Close the database."""
        ...


class VaultFiles(Protocol):
    """The sealed vaults on disk; bytes only, opened by medrec.crypto.vault."""

    def names(self) -> list[str]:
        """The accounts' names."""
        ...

    def read(self, name: str) -> bytes:
        """The sealed vault.

        Raises:
            NoSuchAccount.
        """
        ...

    def create(self, name: str, vault: bytes, address: Address) -> None:
        """Write a new vault, mode 0600, fsynced, and beside it the account's address (no secret).

        Raises:
            AccountExists, BadAccountName.
        """
        ...

    def describe(self, name: str) -> Address | None:
        """The address written at creation; None where it is not known.

        Raises:
            NoSuchAccount.
        """
        ...

    def replace(self, name: str, vault: bytes) -> None:
        """Replace a vault atomically.

        Raises:
            NoSuchAccount.
        """
        ...


class Keyring(Protocol):
    """Where the 8-character key may be remembered (the OS keyring)."""

    def recall(self, name: str) -> str | None:
        """The remembered key."""
        ...

    def remember(self, name: str, key: str) -> None:
        """Remember a key."""
        ...

    def forget(self, name: str) -> None:
        """Forget a key."""
        ...


class Notifier(Protocol):
    """Hears what happens while a person waits."""

    def progress(self, sentence: str, done: int = 0, total: int = 0) -> None:
        """A stage has begun or moved; ``total`` 0 where it can't be counted."""
        ...

    def changed(self, subject: Address, what: str) -> None:
        """A confirmed event changed something of the subject's (``what``: "access", "records")."""
        ...


__all__ = [
    "Chain",
    "Clock",
    "ContentStore",
    "Digest",
    "Keyring",
    "LocalStore",
    "Notifier",
    "UnsignedTransaction",
    "VaultFiles",
    "Wallet",
    "Wallets",
]
