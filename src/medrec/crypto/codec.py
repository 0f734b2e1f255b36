"""Strict DAG-CBOR (https://ipld.io/specs/codecs/dag-cbor/spec/): one object, one encoding.

Definite lengths, shortest integers, text keys sorted length-first, tag 42 for links and no other
tag, and no floating point, which none of our objects needs. Whoever decodes knows therefore that
the bytes are the only ones that say what they say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cbor2

from medrec.domain.cid import cid_bytes, cid_from_digest, parse_cid, parse_cid_bytes
from medrec.domain.ids import Cid
from medrec.errors import BadObject, InputRefused

LINK_TAG = 42
MAX_DEPTH = 32
MAX_TEXT = 1 << 16
"""Characters in one text: what is longer belongs into a part of its own."""


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A link to another object: what IPFS follows when it pins recursively."""

    cid: Cid

    def to_bytes(self) -> bytes:
        """The identity multibase prefix 0x00 and the binary CID, as tag 42 wraps it."""
        codec, digest = parse_cid(self.cid)
        return b"\x00" + cid_bytes(digest, codec)


def encode(obj: object) -> bytes:
    """The one encoding of None, bool, int, str, bytes, `Link`, lists and str-keyed mappings.

    Raises:
        TypeError: for any other type.
        ValueError: for an integer over 64 bits, a malformed link, or absurd nesting.
        InputRefused: for text over 65,536 characters, or that is no valid Unicode.
    """
    return cbor2.dumps(_to_cbor(obj, 0), canonical=True)


def decode(data: bytes) -> object:
    """What ``data`` encodes: dict, list, str, bytes, int, bool, None or `Link`.

    Raises:
        BadObject: when the bytes are not exactly what `encode` gives for what they say.
    """
    try:
        loaded = cbor2.loads(data, max_depth=MAX_DEPTH)
        obj = _from_cbor(loaded, 0)
        again = encode(obj)
    except (cbor2.CBORError, TypeError, ValueError, OverflowError, InputRefused) as error:
        raise BadObject(why="it is not strict DAG-CBOR.") from error
    if again != data:
        raise BadObject(why="it is not in its one allowed encoding.")
    return obj


def _to_cbor(obj: object, depth: int) -> object:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if obj is None or isinstance(obj, bool | bytes):
        return obj
    if isinstance(obj, int):
        if not -(1 << 64) <= obj < 1 << 64:
            raise ValueError("integers have 64 bits")
        return int(obj)
    if isinstance(obj, str):
        return _text(obj)
    if isinstance(obj, Link):
        return cbor2.CBORTag(LINK_TAG, obj.to_bytes())
    if isinstance(obj, list | tuple):
        return [_to_cbor(item, depth + 1) for item in obj]
    if isinstance(obj, Mapping):
        if not all(isinstance(key, str) for key in obj):
            raise TypeError("the keys of a map are text")
        return {_text(key): _to_cbor(value, depth + 1) for key, value in obj.items()}
    raise TypeError(f"{type(obj).__name__} has no encoding")


def _text(text: str) -> str:
    """People's input, and file names, come here unchecked: what is wrong is theirs to correct."""
    if len(text) > MAX_TEXT:
        raise InputRefused(what="The text", why="it has over 65,536 characters.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InputRefused(what="The text or file name", why="it is not valid Unicode.") from error
    return str(text)


def _from_cbor(loaded: object, depth: int) -> object:
    if depth > MAX_DEPTH:
        raise ValueError("nested too deeply")
    if isinstance(loaded, cbor2.CBORTag):
        return _link(loaded)
    if isinstance(loaded, list | tuple):
        return [_from_cbor(item, depth + 1) for item in loaded]
    if isinstance(loaded, Mapping):
        return {key: _from_cbor(value, depth + 1) for key, value in loaded.items()}
    return loaded


def _link(tag: cbor2.CBORTag) -> Link:
    if tag.tag != LINK_TAG or not isinstance(tag.value, bytes) or tag.value[:1] != b"\x00":
        raise ValueError("only links are tagged")
    codec, digest = parse_cid_bytes(tag.value[1:])
    return Link(cid_from_digest(digest, codec))
