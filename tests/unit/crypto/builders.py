"""Invented people, keys and records for the tests of medrec.crypto."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from medrec.crypto import kdf
from medrec.crypto.record import (
    Manifest,
    ManifestFields,
    Opener,
    Part,
    PartReader,
    PartSource,
    RecordContext,
    Root,
    SealedRecord,
    Witness,
    WrapTo,
    content_key,
    open_manifest,
    read_root,
    seal_record,
)
from medrec.domain.categories import Category, Slot
from medrec.domain.ids import Address, ChainHead, Cid, Epoch, RecordId, new_record_id

CHAIN = 31337
CONTRACT = Address("0x" + "c0" * 20)
PATIENT = Address("0x" + "a1" * 20)
DOCTOR = Address("0x" + "d1" * 20)
OTHER = Address("0x" + "d2" * 20)
SLOT = Slot(5)
EPOCH = Epoch(0, 3)

PATIENT_ROOT = kdf.account_root(bytes(range(64)))
DOCTOR_ROOT = kdf.account_root(bytes(range(32)))
OTHER_ROOT = kdf.account_root(bytes(range(100, 132)))
PATIENT_KEY = kdf.encryption_key(PATIENT_ROOT, 1)
DOCTOR_KEY = kdf.encryption_key(DOCTOR_ROOT, 1)
OTHER_KEY = kdf.encryption_key(OTHER_ROOT, 1)

WITNESS = Witness(17, bytes(range(32)), ChainHead(bytes(range(27))))
FIELDS = ManifestFields("Blood pressure", 1_750_000_000, WITNESS, "as measured at home")

LOW_ORDER = [
    bytes.fromhex(point)
    for point in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000080",
    )
]
"""The points of low order on Curve25519 (https://cr.yp.to/ecdh.html#validate), one unreduced."""


def w_of(epoch: Epoch = EPOCH, category: Category = Category.VITALS) -> kdf.WrappingKey:
    """The patient's W of a category in an epoch."""
    return kdf.wrapping_key(kdf.epoch_state(PATIENT_ROOT, category, epoch))


def record_id(slot: Slot = SLOT, creator: Address = DOCTOR, last: int = 1) -> RecordId:
    """A record id with fixed "random" bytes."""
    return new_record_id(slot, creator, bytes(10) + bytes([last]))


CONTEXT = RecordContext(CHAIN, CONTRACT, PATIENT, record_id(), 1, SLOT, EPOCH, DOCTOR)

OTHER_CONTEXTS = {
    "chain": replace(CONTEXT, chain_id=1),
    "contract": replace(CONTEXT, contract=OTHER),
    "patient": replace(CONTEXT, patient=OTHER),
    "record": replace(CONTEXT, record=record_id(last=2)),
    "version": replace(CONTEXT, version=2),
    "slot": replace(CONTEXT, slot=Slot(6), record=record_id(Slot(6))),
    "epoch": replace(CONTEXT, epoch=Epoch(0, 4)),
    "author": replace(CONTEXT, author=OTHER),
}


def source(data: bytes, name: str = "reading.json", media_type: str = "text/json") -> PartSource:
    """A part whose bytes are at hand."""
    return PartSource(name, media_type, len(data), partial(io.BytesIO, data))


@dataclass
class Sealed:
    """A sealed record with the blocks that it emitted."""

    record: SealedRecord
    blocks: dict[Cid, bytes]

    @property
    def root(self) -> Root:
        """The decoded root."""
        return read_root(self.record.root, self.record.digest)


def sealed(
    *parts: PartSource | Part,
    key: WrapTo | None = None,
    context: RecordContext = CONTEXT,
    author: bytes = DOCTOR_KEY.public,
) -> Sealed:
    """A record of the doctor, under W where no key is given."""
    blocks: dict[Cid, bytes] = {}
    to = w_of() if key is None else key
    record = seal_record(context, FIELDS, parts, to, author, blocks.__setitem__)
    return Sealed(record, blocks)


def opened(made: Sealed, opener: Opener, context: RecordContext = CONTEXT) -> Manifest:
    """The manifest as somebody with ``opener`` reads it."""
    key = content_key(made.root, context, opener)
    return open_manifest(made.root, key, made.blocks.__getitem__)


def read_part(part: Part, blocks: dict[Cid, bytes] | Sequence[bytes]) -> bytes:
    """A part's original bytes."""
    reader = PartReader(part)
    given = [blocks[cid] for cid in part.blocks] if isinstance(blocks, dict) else blocks
    data = b"".join(reader.feed(block) for block in given)
    reader.finish()
    return data


def flipped(data: bytes, bit: int) -> bytes:
    """``data`` with one bit turned over; ``bit`` is taken modulo the length."""
    changed = bytearray(data)
    changed[bit // 8 % len(data)] ^= 1 << bit % 8
    return bytes(changed)
