"""CIDs of our objects (CIDv1, sha2-256; https://github.com/multiformats/cid).

Only two codecs are used: raw for sealed bytes, dag-cbor for objects that link to others. A
digest on chain therefore gives its CID, and a CID its digest.
"""

from __future__ import annotations

import base64
import hashlib
from enum import IntEnum

from medrec.domain.ids import Cid, Digest

MAX_BLOCK = 1 << 20
"""Bytes in a block at most: what every IPFS implementation accepts."""


class Codec(IntEnum):
    """Multicodec numbers."""

    RAW = 0x55
    DAG_CBOR = 0x71


def digest_of(data: bytes) -> Digest:
    """The sha2-256 of a block."""
    return Digest(hashlib.sha256(data).digest())


def cid_bytes(digest: Digest, codec: Codec) -> bytes:
    """The binary CIDv1 (36 bytes) of a digest."""
    return bytes([1, codec, 0x12, 0x20]) + digest


def cid_from_digest(digest: Digest, codec: Codec) -> Cid:
    """The CID of a block with that digest."""
    text = base64.b32encode(cid_bytes(digest, codec)).decode("ascii").lower().rstrip("=")
    return Cid("b" + text)


def cid_of(data: bytes, codec: Codec) -> Cid:
    """The CID of a block."""
    return cid_from_digest(digest_of(data), codec)


def parse_cid(cid: str) -> tuple[Codec, Digest]:
    """Codec and digest of one of our CIDs.

    Raises:
        ValueError: when it is not a base32 CIDv1 with sha2-256 and one of our codecs.
    """
    if not cid.startswith("b"):
        raise ValueError("not a base32 CID")
    text = cid[1:].upper()
    try:
        binary = base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError as error:
        raise ValueError("not a base32 CID") from error
    codec, digest = parse_cid_bytes(binary)
    if cid_from_digest(digest, codec) != cid:
        raise ValueError("not a canonical CID")
    return codec, digest


def parse_cid_bytes(binary: bytes) -> tuple[Codec, Digest]:
    """Codec and digest of a binary CID.

    Raises:
        ValueError: as `parse_cid`.
    """
    if len(binary) != 36 or binary[0] != 1 or binary[2:4] != b"\x12\x20":
        raise ValueError("not a sha2-256 CIDv1")
    return Codec(binary[1]), Digest(binary[4:])
