"""The manifest: the sealed description of a record version, and of its parts.

Each part is sealed on its own under its own key, so that a large attachment streams and an
amendment keeps what it does not change by carrying the part's entry on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from medrec.crypto.codec import Link, decode, encode
from medrec.crypto.fields import Fields
from medrec.crypto.stream import CHUNK, HEADER, STREAM_KEY
from medrec.domain.ids import ChainHead, Cid

MAX_PARTS = 1000
MAX_SIZE = 8 << 30
"""Bytes of all parts together: the links to more blocks would not fit into one root block."""

_FIELDS = ("v", "title", "created", "witness", "note", "parts")
_PART_FIELDS = ("name", "type", "size", "stored", "deflated", "key", "header", "blocks")


@dataclass(frozen=True, slots=True)
class PartSource:
    """A part to be sealed: ``size`` bytes from what ``open`` opens."""

    name: str
    media_type: str
    size: int
    open: Callable[[], BinaryIO] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Part:
    """A sealed part: what it is, its own key, and its blocks in order.

    ``size`` is that of the original bytes, ``stored`` that of what was sealed before padding:
    less than ``size`` where it was deflated (zlib, RFC 1950).
    """

    name: str
    media_type: str
    size: int
    stored: int
    deflated: bool
    key: bytes = field(repr=False)
    header: bytes = field(repr=False)
    blocks: tuple[Cid, ...] = field(repr=False)


KeptPart = Part
"""A part that an amendment carries on from the version before, without sealing it again."""


@dataclass(frozen=True, slots=True)
class Witness:
    """What the writer had verified last: a block and the patient's audit head after it."""

    block: int
    block_hash: bytes
    audit_head: ChainHead


@dataclass(frozen=True, slots=True)
class ManifestFields:
    """What a version says of itself; ``created`` in Unix seconds."""

    title: str
    created: int
    witness: Witness
    note: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The opened description of a record version."""

    title: str
    created: int
    witness: Witness
    note: str
    parts: tuple[Part, ...]

    @property
    def blocks(self) -> frozenset[Cid]:
        """The blocks of all parts."""
        return frozenset(cid for part in self.parts for cid in part.blocks)


def encode_manifest(fields: ManifestFields, parts: tuple[Part, ...]) -> bytes:
    """The plaintext of the body."""
    witness = fields.witness
    return encode(
        {
            "v": 1,
            "title": fields.title,
            "created": fields.created,
            "witness": [witness.block, witness.block_hash, witness.audit_head],
            "note": fields.note,
            "parts": [
                {
                    "name": part.name,
                    "type": part.media_type,
                    "size": part.size,
                    "stored": part.stored,
                    "deflated": part.deflated,
                    "key": part.key,
                    "header": part.header,
                    "blocks": [Link(cid) for cid in part.blocks],
                }
                for part in parts
            ],
        }
    )


def decode_manifest(data: bytes) -> Manifest:
    """The manifest of a plaintext.

    Raises:
        BadObject.
    """
    fields = Fields(decode(data), _FIELDS, "the record")
    if fields.integer("v") != 1:
        raise fields.bad("v")
    items = fields.items("parts")
    if len(items) > MAX_PARTS:
        raise fields.bad("parts")
    parts = tuple(_part(item) for item in items)
    if sum(part.size for part in parts) > MAX_SIZE:
        raise fields.bad("parts")
    return Manifest(
        title=fields.text("title"),
        created=fields.integer("created"),
        witness=_witness(fields),
        note=fields.text("note"),
        parts=parts,
    )


def _witness(fields: Fields) -> Witness:
    match fields.items("witness"):
        case [int(block), bytes(block_hash), bytes(head)] if (
            type(block) is int and block >= 0 and len(block_hash) == 32 and len(head) == 27
        ):
            return Witness(block, block_hash, ChainHead(head))
        case _:
            raise fields.bad("witness")


def _part(item: object) -> Part:
    fields = Fields(item, _PART_FIELDS, "a part of the record")
    part = Part(
        name=fields.text("name"),
        media_type=fields.text("type"),
        size=fields.integer("size", MAX_SIZE),
        stored=fields.integer("stored", MAX_SIZE),
        deflated=fields.boolean("deflated"),
        key=fields.raw("key", STREAM_KEY),
        header=fields.raw("header", HEADER),
        blocks=fields.links("blocks"),
    )
    if len(part.blocks) < max(1, -(-part.stored // CHUNK)):
        raise fields.bad("blocks")
    if not part.deflated and part.stored != part.size:
        raise fields.bad("stored")
    return part
