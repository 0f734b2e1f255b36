"""Blocks and small graphs for the stores' tests; always new, so that tests never share one."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import cbor2

from medrec.domain.cid import Codec, cid_bytes, cid_of, parse_cid
from medrec.domain.ids import Cid


@dataclass(frozen=True)
class Block:
    """A block and its CID."""

    cid: Cid
    data: bytes


def raw(size: int = 100) -> Block:
    """A raw block of random bytes."""
    return raw_of(os.urandom(size))


def raw_of(data: bytes) -> Block:
    """A raw block of these bytes."""
    return Block(cid_of(data, Codec.RAW), data)


def node(links: Sequence[Cid] = ()) -> Block:
    """A DAG-CBOR block with these links and something random."""
    return cbor_of({"nonce": os.urandom(16), "links": [link(cid) for cid in links]})


def cbor_of(value: object) -> Block:
    """A block of codec dag-cbor that holds a value."""
    return node_of(cbor2.dumps(value))


def node_of(data: bytes) -> Block:
    """A block of codec dag-cbor of these bytes."""
    return Block(cid_of(data, Codec.DAG_CBOR), data)


def link(cid: Cid) -> cbor2.CBORTag:
    """A DAG-CBOR link: tag 42 over a zero byte and the binary CID."""
    codec, digest = parse_cid(cid)
    return cbor2.CBORTag(42, b"\x00" + cid_bytes(digest, codec))
