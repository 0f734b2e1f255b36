"""The chain: four contracts on one network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from medrec.domain.calls import Call
from medrec.domain.entries import AuditEntry, BlockRef
from medrec.domain.ids import Address, ChainHead, RecordId, TxHash
from medrec.domain.network import Network, NodeState
from medrec.domain.outbox import SignedTransaction
from medrec.domain.people import Doctor, Grant, Patient, RecordHead, User
from medrec.domain.typed import KeyBinding


class UnsignedTransaction(Protocol):
    """What the chain gateway prepared: opaque to the services but for its nonce."""

    @property
    def nonce(self) -> int:
        """The sender's nonce."""
        ...


class Chain(Protocol):
    """The four contracts on one network. Reads are at the latest block unless said otherwise."""

    async def check_network(self) -> None:
        """Compare chain id and code hashes with the network file.

        Raises:
            WrongChain, WrongCode, NodeDown.
        """
        ...

    async def codes(self) -> dict[str, bytes]:
        """keccak-256 of the code at each contract's address, by the contract's name."""
        ...

    async def nodes(self) -> list[NodeState]:
        """Each node of the network, asked by itself and in the network file's order.

        A node that is away, slow or wrong is told as such; nothing is raised for it.
        """
        ...

    @property
    def node(self) -> str:
        """The address of the node in use, as the network file has it."""
        ...

    def use_node(self, url: str) -> None:
        """Ask another node of the network from now on; the others still step in for it.

        Raises:
            ValueError: when the network file does not name it.
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

    async def announces(self, successor: Network) -> bool:
        """Whether these contracts name every contract of a network as what follows them.

        Only their administrator can make them say so.
        """
        ...

    async def successors(self, first: int, last: int) -> list[Address]:
        """Contracts announced in blocks ``first`` to ``last``, and not withdrawn.

        They may lie on another chain.
        """
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

    async def wrote(self, entry: AuditEntry) -> bool:
        """Whether the entry's actor signed the very write of a record that the entry tells of.

        What a node shows is rebuilt and its signature recovered, so that no node can make up who
        wrote something.
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

    async def records(
        self, patient: Address, records: Sequence[RecordId]
    ) -> Mapping[RecordId, RecordHead | None]:
        """The heads of many records of a patient, in few requests: one or so for a hundred."""
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
