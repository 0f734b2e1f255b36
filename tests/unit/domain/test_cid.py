"""CIDs: known ones, all that is not ours, one spelling alone."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrec.domain.cid import (
    MAX_BLOCK,
    Codec,
    cid_bytes,
    cid_from_digest,
    cid_of,
    digest_of,
    parse_cid,
    parse_cid_bytes,
)
from medrec.domain.ids import Digest

# As `ipfs block put` answers (--cid-codec raw, dag-cbor): no bytes, "hello\n", the empty map.
KNOWN = [
    (b"", Codec.RAW, "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
    (b"hello\n", Codec.RAW, "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am"),
    (b"\xa0", Codec.DAG_CBOR, "bafyreigbtj4x7ip5legnfznufuopl4sg4knzc2cof6duas4b3q2fy6swua"),
]

digests = st.binary(min_size=32, max_size=32).map(Digest)
codecs = st.sampled_from(Codec)


@pytest.mark.parametrize(("data", "codec", "cid"), KNOWN)
def test_known_cids(data: bytes, codec: Codec, cid: str):
    assert cid_of(data, codec) == cid
    assert parse_cid(cid) == (codec, digest_of(data))


@given(digests, codecs)
def test_digest_and_codec_come_back(digest: Digest, codec: Codec):
    cid = cid_from_digest(digest, codec)
    assert len(cid) == 59
    assert parse_cid(cid) == (codec, digest)
    assert parse_cid_bytes(cid_bytes(digest, codec)) == (codec, digest)


@given(digests)
def test_same_digest_in_two_codecs_is_two_cids(digest: Digest):
    assert cid_from_digest(digest, Codec.RAW) != cid_from_digest(digest, Codec.DAG_CBOR)


def _cid(binary: bytes) -> str:
    return "b" + base64.b32encode(binary).decode().lower().rstrip("=")


GOOD = KNOWN[0][2]
DIGEST = digest_of(b"")
FOREIGN = {
    "empty": "",
    "only the prefix": "b",
    "version 0": "QmbFMke1KXqnYyBBWxB74N4c5SBnJMVAiMNRcGu6x1AwQH",
    "base58": "zb2rhe5P4gXftAwvA4eXQ5HJwsER2owDyS9sKaQRRVQPn93bA",
    "base64": "m" + base64.b64encode(cid_bytes(DIGEST, Codec.RAW)).decode(),
    "upper case prefix": "B" + GOOD[1:],
    "upper case": "b" + GOOD[1:].upper(),
    "one letter in upper case": GOOD[:-1] + GOOD[-1].upper(),
    "a space after it": GOOD + " ",
    "a line's end": GOOD + "\n",
    "padding": GOOD + "======",
    "cut": GOOD[:-1],
    "too long": GOOD + "a",
    "not in the alphabet": GOOD[:-1] + "1",
    "a path": "../" + GOOD,
    "beyond ASCII": GOOD[:-1] + "ü",
    "a zero byte": GOOD[:-1] + "\0",
    "loose last bits": GOOD[:-1] + "v",
    "version 2": _cid(b"\x02" + cid_bytes(DIGEST, Codec.RAW)[1:]),
    "dag-pb": _cid(bytes([1, 0x70, 0x12, 0x20]) + DIGEST),
    "sha2-512": _cid(bytes([1, 0x55, 0x13, 0x40]) + bytes(64)),
    "identity": _cid(bytes([1, 0x55, 0x00, 0x03]) + b"abc"),
    "another hash of 32 bytes": _cid(bytes([1, 0x55, 0x1B, 0x20]) + DIGEST),
    "a wrong length": _cid(bytes([1, 0x55, 0x12, 0x1F]) + DIGEST),
    "a digest cut": _cid(cid_bytes(DIGEST, Codec.RAW)[:-1]),
    "a digest too long": _cid(cid_bytes(DIGEST, Codec.RAW) + b"\0"),
    "a codec of two bytes": _cid(bytes([1, 0x80 | 0x55, 0x00, 0x12, 0x20]) + DIGEST),
}


@pytest.mark.parametrize("cid", FOREIGN.values(), ids=FOREIGN)
def test_what_is_not_ours_is_refused(cid: str):
    with pytest.raises(ValueError, match=r"not a|is not a valid Codec"):
        parse_cid(cid)


@given(st.text(max_size=80))
def test_any_text_is_a_cid_of_ours_or_a_value_error(text: str):
    for candidate in (text, "b" + text):
        try:
            codec, digest = parse_cid(candidate)
        except ValueError:
            continue
        assert cid_from_digest(digest, codec) == candidate


@given(st.binary(max_size=40))
def test_any_bytes_are_a_cid_of_ours_or_a_value_error(binary: bytes):
    try:
        codec, digest = parse_cid_bytes(binary)
    except ValueError:
        return
    assert cid_bytes(digest, codec) == binary


def test_block_limit_is_what_every_implementation_takes():
    assert MAX_BLOCK == 1024 * 1024
