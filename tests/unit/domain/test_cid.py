"""CIDs against known ones, and what is none of ours."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrec.domain.cid import (
    Codec,
    cid_bytes,
    cid_from_digest,
    cid_of,
    digest_of,
    parse_cid,
    parse_cid_bytes,
)
from medrec.domain.ids import Digest

KNOWN = [
    # The empty block and "hello world" as raw leaves, and DAG-CBOR of the empty map, as Kubo 0.42
    # names them (`ipfs add --cid-version=1 --raw-leaves`, `ipfs block put --cid-codec=dag-cbor`).
    (b"", Codec.RAW, "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
    (b"hello world", Codec.RAW, "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"),
    (b"\xa0", Codec.DAG_CBOR, "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua"),
]


@pytest.mark.parametrize(("data", "codec", "cid"), KNOWN)
def test_known_cids(data: bytes, codec: Codec, cid: str):
    assert cid_of(data, codec) == cid
    assert parse_cid(cid) == (codec, Digest(hashlib.sha256(data).digest()))


def test_the_parts_of_a_cid():
    """Version 1, the codec, sha2-256 (0x12), 32 bytes (0x20), the digest (multiformats/cid)."""
    digest = digest_of(b"x")
    assert cid_bytes(digest, Codec.DAG_CBOR) == bytes([1, 0x71, 0x12, 0x20]) + digest
    assert len(cid_from_digest(digest, Codec.RAW)) == 59


@given(st.binary(min_size=32, max_size=32), st.sampled_from(Codec))
def test_round_trip(digest: bytes, codec: Codec):
    cid = cid_from_digest(Digest(digest), codec)
    assert cid.startswith("b")
    assert cid == cid.lower()
    assert parse_cid(cid) == (codec, digest)
    assert parse_cid_bytes(cid_bytes(Digest(digest), codec)) == (codec, digest)


def _text(binary: bytes) -> str:
    return "b" + base64.b32encode(binary).decode().lower().rstrip("=")


GOOD = cid_bytes(digest_of(b"x"), Codec.RAW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "b",
        "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG",  # version 0
        "zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA",  # base58
        "f01551220" + "00" * 32,  # base16
        _text(b"\x01\x70" + GOOD[2:]),  # dag-pb
        _text(b"\x01\x55\x1b" + GOOD[3:]),  # keccak-256
        _text(b"\x02" + GOOD[1:]),
        _text(GOOD[:-1]),
        _text(GOOD + b"\x00"),
        _text(GOOD).upper(),
        "b" + _text(GOOD)[1:].upper(),
        _text(GOOD) + "=",
        _text(GOOD)[:-1] + "!",
        " " + _text(GOOD),
        "bé" + _text(GOOD)[2:],
    ],
)
def test_what_is_no_cid_of_ours(text: str):
    with pytest.raises(ValueError):  # noqa: PT011 - the class is all that is promised
        parse_cid(text)


@given(st.text(max_size=70))
def test_nothing_else_escapes(text: str):
    try:
        codec, digest = parse_cid(text)
    except ValueError:
        return
    assert cid_from_digest(digest, codec) == text


def test_unused_bits_at_the_end_are_refused():
    """Base32 of 36 bytes leaves two bits over: they must be zero, or one block had four names."""
    cid = cid_of(b"x", Codec.RAW)
    alphabet = "abcdefghijklmnopqrstuvwxyz234567"
    other = alphabet[alphabet.index(cid[-1]) | 1]
    if other != cid[-1]:
        with pytest.raises(ValueError, match="canonical"):
            parse_cid(cid[:-1] + other)
