"""Links of DAG-CBOR blocks, also of blocks that strangers made."""

from __future__ import annotations

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrec.domain.cid import Codec, cid_bytes, digest_of
from medrec.errors import BadObject
from medrec.ipfs.links import links_of
from tests.support.blocks import cbor_of, link, node, node_of, raw, raw_of

_BINARY = cid_bytes(digest_of(b""), Codec.RAW)


def test_finds_links_at_any_depth_in_their_order() -> None:
    one, two, three = raw().cid, node().cid, raw().cid
    block = cbor_of({"a": [link(one), {"b": {"c": link(two)}}], "d": link(three), "e": [link(one)]})
    assert links_of(block.cid, block.data) == [one, two, three, one]


def test_a_block_without_links_has_none() -> None:
    block = cbor_of({"v": 1, "bytes": b"\x00" + _BINARY})
    assert links_of(block.cid, block.data) == []


def test_a_raw_block_is_never_looked_into() -> None:
    inner = raw()
    block = raw_of(cbor_of(link(inner.cid)).data)
    assert links_of(block.cid, block.data) == []


@pytest.mark.parametrize(
    "value",
    [
        cbor2.CBORTag(42, _BINARY),
        cbor2.CBORTag(42, b""),
        cbor2.CBORTag(42, b"\x00"),
        cbor2.CBORTag(42, b"\x00" + _BINARY + b"\x00"),
        cbor2.CBORTag(42, b"\x00\x01\x70" + _BINARY[2:]),
        cbor2.CBORTag(42, "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
        cbor2.CBORTag(42, cbor2.CBORTag(42, b"\x00" + _BINARY)),
        cbor2.CBORTag(43, b"\x00" + _BINARY),
        cbor2.CBORTag(35, "(a+)+$"),
        cbor2.CBORTag(0, "2026-01-01T00:00:00Z"),
        cbor2.CBORTag(2, b"\xff" * 100),
        cbor2.CBORTag(28, []),
    ],
    ids=lambda value: f"{value.tag}-{value.value!r:.20}",
)
def test_refuses_links_and_tags_of_other_kinds(value: cbor2.CBORTag) -> None:
    block = cbor_of({"link": value})
    with pytest.raises(BadObject):
        links_of(block.cid, block.data)


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff", b"\x81" * 100_000, b"\x9f\x01\xff", b"\x5b" + b"\xff" * 8, b"\xa1\x61a"],
    ids=["empty", "break", "nested", "indefinite", "huge-length", "cut"],
)
def test_refuses_what_is_not_dag_cbor(data: bytes) -> None:
    block = node_of(data)
    with pytest.raises(BadObject):
        links_of(block.cid, block.data)


@given(st.binary(max_size=200))
def test_any_bytes_give_links_or_a_refusal(data: bytes) -> None:
    block = node_of(data)
    try:
        links = links_of(block.cid, data)
    except BadObject:
        return
    assert all(cid.startswith("b") for cid in links)
