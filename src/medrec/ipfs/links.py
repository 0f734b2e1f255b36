"""The links of a DAG-CBOR block (https://ipld.io/specs/codecs/dag-cbor/spec/)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from medrec.domain.cid import Codec, cid_from_digest, parse_cid, parse_cid_bytes
from medrec.domain.ids import Cid
from medrec.errors import BadObject

if TYPE_CHECKING:
    from cbor2 import CBORTag

_LINK_TAG = 42
# What cbor2 would build Python objects from (dates, shared references, regular expressions...):
# DAG-CBOR knows no tag but 42, and a stranger's block must not choose what we construct.
_FOREIGN_TAGS = (
    *(0, 1, 2, 3, 4, 5, 25, 28, 29, 30, 35, 36, 37, 52, 54, 100, 256, 258, 260, 261, 1004),
    *(43000, 55799),
)


def links_of(cid: Cid, block: bytes) -> list[Cid]:
    """The CIDs that a block links to, in the order they stand; none for a raw block.

    Raises:
        BadObject: when a dag-cbor block is not CBOR, has a tag other than 42, or links to
            something that is not one of our CIDs.
    """
    codec, _ = parse_cid(cid)
    if codec is Codec.RAW:
        return []
    import cbor2

    links: list[Cid] = []

    def collect(tag: CBORTag, *_: object) -> None:
        links.append(_link(tag))

    try:
        cbor2.loads(
            block,
            tag_hook=collect,
            semantic_decoders=dict.fromkeys(_FOREIGN_TAGS, _refuse),
            allow_indefinite=False,
        )
    except (cbor2.CBORDecodeError, ValueError) as error:
        raise BadObject(why="it is not DAG-CBOR.") from error
    return links


def _link(tag: CBORTag) -> Cid:
    value = tag.value
    if tag.tag != _LINK_TAG or not isinstance(value, bytes) or value[:1] != b"\x00":
        raise ValueError("not a DAG-CBOR link")
    codec, digest = parse_cid_bytes(value[1:])
    return cid_from_digest(digest, codec)


def _refuse(*_: Any) -> None:
    raise ValueError("a tag that DAG-CBOR does not know")
