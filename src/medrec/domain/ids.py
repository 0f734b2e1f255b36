"""Identifiers as distinct types, so that a patient's address is never passed as a digest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NewType

Address = NewType("Address", str)
"""An Ethereum address in its EIP-55 spelling; a person's *id* is the first wallet's address."""

Digest = NewType("Digest", bytes)
"""A 32-byte digest: sha2-256 of a stored object, or a commitment."""

RecordId = NewType("RecordId", bytes)
"""32 bytes: slot (1) | creator's address (20) | random (11)."""

TxHash = NewType("TxHash", bytes)
"""A 32-byte transaction hash."""

ChainHead = NewType("ChainHead", bytes)
"""A 27-byte head of a hash chain: a subject's audit chain or a record's chain of digests."""

Cid = NewType("Cid", str)
"""A CIDv1 in base32 (multibase prefix b), sha2-256, codec raw or dag-cbor."""

JobId = NewType("JobId", int)

ZERO_ADDRESS = Address("0x" + "00" * 20)
ZERO_DIGEST = Digest(bytes(32))
CHART = RecordId(bytes(32))
"""The record id of a look at the chart as a whole (the list of records)."""


def short_address(address: str) -> str:
    """The beginning and the end of an address, where no name is known and a line is narrow."""
    return f"{address[:6]}…{address[-4:]}" if len(address) > 12 else address


@dataclass(frozen=True, slots=True, order=True)
class Epoch:
    """A key epoch: generation (16 bits) and index (16 bits); on chain generation << 16 | index."""

    generation: int
    index: int

    def __post_init__(self) -> None:
        if not (0 <= self.generation <= 0xFFFF and 0 <= self.index <= 0xFFFF):
            raise ValueError("epoch out of range")

    @classmethod
    def unpack(cls, packed: int) -> Epoch:
        """The epoch of its uint32 form."""
        return cls(packed >> 16, packed & 0xFFFF)

    @property
    def packed(self) -> int:
        """The uint32 that stands on chain."""
        return self.generation << 16 | self.index

    def next(self) -> Epoch:
        """The epoch that a revocation starts: index + 1, rolling into the next generation."""
        if self.index == 0xFFFF:
            return Epoch(self.generation + 1, 0)
        return Epoch(self.generation, self.index + 1)


def address_bytes(address: Address) -> bytes:
    """The 20 bytes of an address."""
    return bytes.fromhex(address[2:])


def address_word(address: Address) -> bytes:
    """The 32-byte word in which an entry's ``ref`` names an address, right-aligned."""
    return address_bytes(address).rjust(32, b"\0")


def record_creator(record: RecordId) -> bytes:
    """The 20 address bytes of the principal who created the record."""
    return record[1:21]


def record_slot(record: RecordId) -> int:
    """The slot that the record id names."""
    return record[0]


def new_record_id(slot: int, creator: Address, random: bytes) -> RecordId:
    """The id of a new record; ``random`` is 11 bytes from the system's CSPRNG."""
    if len(random) != 11:
        raise ValueError("a record id takes 11 random bytes")
    return RecordId(bytes([slot]) + address_bytes(creator) + random)
