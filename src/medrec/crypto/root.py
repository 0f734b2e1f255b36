"""The root block of a sealed record: public, and saying nothing but sizes, slot and epoch.

DAG-CBOR {v, epoch, slot, key, kc, ak, header, size, body, links}. ``key`` is the content key,
either under W with the record's context as associated data, or (written directly, while the slot
is spoiled) a list, padded in number, of boxes for the patient and each live reader. ``kc``
commits to the content key: an AEAD ciphertext alone can be made to open under two keys to two
texts. ``ak`` is the content key sealed to the author.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from medrec.crypto.codec import Link, encode
from medrec.crypto.fields import Fields
from medrec.crypto.kdf import WrappingKey, key_commitment
from medrec.crypto.stream import HEADER
from medrec.crypto.wrapping import (
    AUTHOR_BOX,
    DIRECT_BOX,
    MOST_BOXES,
    WRAPPED,
    AsAuthor,
    AsReader,
    Opener,
    RecordContext,
    open_author_box,
    open_direct,
    unwrap,
)
from medrec.domain.categories import SLOTS, Slot
from medrec.domain.cid import Codec, cid_from_digest, digest_of
from medrec.domain.ids import Cid, Digest, Epoch
from medrec.errors import BlockChanged, KeyCommitmentWrong, NoKey, SealBroken

MOST_BODY_BLOCKS = 16
_FIELDS = ("epoch", "slot", "key", "kc", "ak", "header", "size", "body", "links")


@dataclass(frozen=True, slots=True)
class Root:
    """A decoded root block.

    ``key`` is bytes (under W) or the boxes of a directly sealed record; ``size`` is the Padmé
    class of all that is sealed, in bytes; ``links`` are all blocks of body and parts.
    """

    epoch: Epoch
    slot: Slot
    key: bytes | tuple[bytes, ...] = field(repr=False)
    kc: bytes = field(repr=False)
    ak: bytes = field(repr=False)
    header: bytes = field(repr=False)
    size: int
    body: tuple[Cid, ...]
    links: tuple[Cid, ...] = field(repr=False)

    @property
    def direct(self) -> bool:
        """Whether it was sealed directly to patient and readers."""
        return not isinstance(self.key, bytes)


def encode_root(root: Root) -> bytes:
    """The block whose sha2-256 stands on chain."""
    return encode(
        {
            "v": 1,
            "epoch": root.epoch.packed,
            "slot": root.slot,
            "key": root.key,
            "kc": root.kc,
            "ak": root.ak,
            "header": root.header,
            "size": root.size,
            "body": [Link(cid) for cid in root.body],
            "links": [Link(cid) for cid in root.links],
        }
    )


def read_root(data: bytes, digest: Digest) -> Root:
    """The root whose digest stands on chain.

    Raises:
        BlockChanged: when the bytes are not those of the digest.
        BadObject.
    """
    if digest_of(data) != digest:
        raise BlockChanged(cid=cid_from_digest(digest, Codec.DAG_CBOR))
    return decode_root(data)


def decode_root(data: bytes) -> Root:
    """The root of a block that is known to be the right one.

    Raises:
        BadObject.
    """
    fields = Fields.decode(data, _FIELDS, "the record")
    root = Root(
        epoch=fields.epoch("epoch"),
        slot=Slot(fields.integer("slot", SLOTS - 1)),
        key=_key(fields),
        kc=fields.raw("kc", 32),
        ak=fields.raw("ak", AUTHOR_BOX),
        header=fields.raw("header", HEADER),
        size=fields.integer("size"),
        body=fields.links("body"),
        links=fields.links("links"),
    )
    if not 1 <= len(root.body) <= MOST_BODY_BLOCKS:
        raise fields.bad("body")
    if list(root.links) != sorted({*root.links, *root.body}):
        raise fields.bad("links")
    return root


def _key(fields: Fields) -> bytes | tuple[bytes, ...]:
    if isinstance(fields.value("key"), bytes):
        return fields.raw("key", WRAPPED)
    boxes = fields.items("key")
    sized = [box for box in boxes if isinstance(box, bytes) and len(box) == DIRECT_BOX]
    if len(sized) != len(boxes) or not 1 <= len(boxes) <= MOST_BOXES:
        raise fields.bad("key")
    return tuple(sized)


def content_key(root: Root, context: RecordContext, opener: Opener) -> bytes:
    """The content key, checked against the author's commitment.

    Raises:
        SealBroken: when the root was made for another record, version, epoch, patient, chain or
            author than ``context``, or W is another.
        NoKey: when the opener has no part in it.
        KeyCommitmentWrong: when the key found is not the one committed to.
    """
    if (root.slot, root.epoch) != (context.slot, context.epoch):
        raise SealBroken(what="the record")
    key = _kept_key(root, context, opener)
    check_commitment(root, key)
    return key


def _kept_key(root: Root, context: RecordContext, opener: Opener) -> bytes:
    if isinstance(opener, AsAuthor):
        return open_author_box(root.ak, opener.key)
    if isinstance(opener, AsReader) and not isinstance(root.key, bytes):
        return open_direct(root.key, context, opener.key)
    if isinstance(opener, WrappingKey) and isinstance(root.key, bytes):
        return unwrap(root.key, context, opener)
    raise NoKey


def check_commitment(root: Root, key: bytes) -> None:
    """Compare a content key with kc.

    Raises:
        KeyCommitmentWrong.
    """
    if not hmac.compare_digest(key_commitment(key), root.kc):
        raise KeyCommitmentWrong
