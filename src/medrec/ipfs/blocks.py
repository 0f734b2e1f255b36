"""What both stores ask of a block before it goes in and after it comes out."""

from __future__ import annotations

from medrec.domain.cid import MAX_BLOCK, Codec, digest_of, parse_cid
from medrec.domain.ids import Cid
from medrec.errors import BlockChanged


def check_own_block(cid: Cid, data: bytes) -> Codec:
    """The codec of a block that we are about to store.

    Raises:
        ValueError: when it is over 1 MiB or the CID is not its own: our bug.
    """
    if len(data) > MAX_BLOCK:
        raise ValueError(f"a block of {len(data)} bytes is over 1 MiB")
    codec, digest = parse_cid(cid)
    if digest_of(data) != digest:
        raise ValueError("the CID is not the block's")
    return codec


def check_stored_block(cid: Cid, data: bytes) -> None:
    """Check what a store gave back.

    Raises:
        BlockChanged: when the bytes do not hash to the CID.
    """
    _, digest = parse_cid(cid)
    if len(data) > MAX_BLOCK or digest_of(data) != digest:
        raise BlockChanged(cid=cid)
