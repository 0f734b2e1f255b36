"""The three ways in which a record's content key is kept: under W, in boxes, for the author."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from nacl import bindings, utils

from medrec.crypto import aead
from medrec.crypto.boxes import BOX_OVERHEAD, open_exact, seal_exact
from medrec.crypto.codec import encode
from medrec.crypto.kdf import KEY_SIZE, EncryptionKey, WrappingKey, blake2b, is_low_order
from medrec.domain.categories import Slot
from medrec.domain.ids import Address, Epoch, RecordId, address_bytes, record_slot
from medrec.errors import LowOrderKey, NoKey, SealBroken

WRAPPED = KEY_SIZE + aead.OVERHEAD
AUTHOR_BOX = KEY_SIZE + BOX_OVERHEAD
DIRECT_BOX = 2 * KEY_SIZE + BOX_OVERHEAD
LEAST_BOXES = 4
MOST_BOXES = 1024


@dataclass(frozen=True, slots=True)
class RecordContext:
    """What a record version is bound to: it opens nowhere else.

    ``chain_id`` and ``contract`` (ContractPatient) are those of origin; ``version`` counts from 1.
    """

    chain_id: int
    contract: Address
    patient: Address
    record: RecordId
    version: int
    slot: Slot
    epoch: Epoch
    author: Address

    def __post_init__(self) -> None:
        if len(self.record) != 32 or record_slot(self.record) != self.slot:
            raise ValueError("the record id names another slot")

    def associated_data(self) -> bytes:
        """The context as bytes, for the AEAD."""
        return encode(
            [
                "medrec/record/1",
                self.chain_id,
                address_bytes(self.contract),
                address_bytes(self.patient),
                self.record,
                self.version,
                self.slot,
                self.epoch.packed,
                address_bytes(self.author),
            ]
        )


@dataclass(frozen=True, slots=True)
class DirectKeys:
    """Whom a record is sealed to directly: X25519 public keys, each under a valid credential."""

    patient: bytes
    readers: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class AsReader:
    """Open as one of those a record was sealed to directly."""

    key: EncryptionKey


@dataclass(frozen=True, slots=True)
class AsAuthor:
    """Open as the author."""

    key: EncryptionKey


WrapTo = WrappingKey | DirectKeys
Opener = WrappingKey | AsReader | AsAuthor


def wrap_content_key(key: bytes, context: RecordContext, to: WrapTo) -> bytes | tuple[bytes, ...]:
    """The root's ``key``, in the form that ``to`` asks for.

    Raises:
        LowOrderKey: when the patient's key is not safe. A reader's unsafe key is left out: one
            bad key must not stop what is meant for the others.
    """
    if isinstance(to, WrappingKey):
        return aead.seal(to.key, key, context.associated_data())
    if is_low_order(to.patient):
        raise LowOrderKey(holder=context.patient)
    readers = {reader for reader in to.readers if not is_low_order(reader)}
    content = key + _binding(context)
    boxes = [seal_exact(public, content) for public in {to.patient, *readers}]
    return _with_decoys(boxes)


def unwrap(wrapped: bytes, context: RecordContext, w: WrappingKey) -> bytes:
    """The content key under W.

    Raises:
        SealBroken: when W or the context is another.
    """
    return aead.unseal(w.key, wrapped, context.associated_data(), "the record's key")


def open_direct(boxes: Sequence[bytes], context: RecordContext, key: EncryptionKey) -> bytes:
    """The content key from one's own box among many.

    Raises:
        NoKey: when none is one's own.
        SealBroken: when it was made for another context: copied from elsewhere.
    """
    for box in boxes:
        try:
            content = open_exact(key, box)
        except NoKey:
            continue
        if not hmac.compare_digest(content[KEY_SIZE:], _binding(context)):
            raise SealBroken(what="the record's key")
        return content[:KEY_SIZE]
    raise NoKey


def author_box(key: bytes, author_key: bytes, author: Address) -> bytes:
    """The root's ``ak``.

    Raises:
        LowOrderKey.
    """
    return seal_exact(author_key, key, author)


def open_author_box(box: bytes, key: EncryptionKey) -> bytes:
    """The content key for its author.

    Raises:
        NoKey.
    """
    return open_exact(key, box)


def _binding(context: RecordContext) -> bytes:
    """A box has no associated data: the context stands in it, or boxes could be copied."""
    return blake2b(context.associated_data(), "medrec/direct")


def _with_decoys(boxes: list[bytes]) -> tuple[bytes, ...]:
    """Fill up to a power of two with boxes that nobody opens, and mix."""
    count = max(LEAST_BOXES, 1 << (len(boxes) - 1).bit_length())
    if count > MOST_BOXES:
        raise ValueError("too many readers")
    while len(boxes) < count:
        nobody, _secret = bindings.crypto_box_keypair()
        boxes.append(seal_exact(nobody, utils.random(2 * KEY_SIZE)))
    secrets.SystemRandom().shuffle(boxes)
    return tuple(boxes)
