"""DAG-CBOR: what is written, and everything that is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrec.crypto.codec import MAX_TEXT, Link, decode, encode
from medrec.domain.categories import Category
from medrec.domain.cid import Codec, cid_of
from medrec.domain.ids import Cid
from medrec.errors import BadObject, InputRefused

LINK = Link(cid_of(b"something", Codec.RAW))

objects = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 64), (1 << 64) - 1)
    | st.binary(max_size=40)
    | st.text(max_size=20)
    | st.binary(max_size=4).map(lambda data: Link(cid_of(data, Codec.DAG_CBOR))),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=20,
)


@given(objects)
def test_what_is_encoded_decodes_to_itself(obj: object) -> None:
    assert decode(encode(obj)) == obj


@given(st.binary(max_size=60))
def test_arbitrary_bytes_are_refused_or_are_the_one_encoding(data: bytes) -> None:
    try:
        obj = decode(data)
    except BadObject:
        return
    assert encode(obj) == data


@given(objects, st.binary(min_size=1, max_size=3))
def test_trailing_bytes_are_refused(obj: object, tail: bytes) -> None:
    with pytest.raises(BadObject):
        decode(encode(obj) + tail)


@given(st.lists(objects, min_size=1, max_size=4), st.integers(1, 1000))
def test_a_cut_object_is_refused(obj: list[object], cut: int) -> None:
    data = encode(obj)
    with pytest.raises(BadObject):
        decode(data[: -(cut % len(data) or 1)])


def test_keys_are_sorted_by_length_first() -> None:
    assert encode({"bb": 1, "c": 2, "a": 3}) == bytes.fromhex("a3616103616302626262" + "01")


def test_a_link_is_tag_42_with_the_identity_prefix() -> None:
    assert encode(LINK)[:5] == bytes.fromhex("d82a582500")
    assert decode(encode([LINK])) == [LINK]


def test_enums_of_text_are_plain_text() -> None:
    assert encode(Category.VITALS) == encode("vitals")


@pytest.mark.parametrize(
    ("why", "data"),
    [
        ("nothing at all", ""),
        ("a duplicate key", "a2616101616102"),
        ("keys in another order", "a2616201616102"),
        ("longer keys first", "a262626201616102"),
        ("a key that is no text", "a10102"),
        ("an indefinite list", "9f01ff"),
        ("an indefinite map", "bf616101ff"),
        ("indefinite bytes", "5f4101ff"),
        ("indefinite text", "7f6161ff"),
        ("an integer in a long form", "1801"),
        ("a length in a long form", "580100"),
        ("a two-byte integer for one byte", "1900ff"),
        ("a bignum", "c249010000000000000000"),
        ("a bignum that would fit", "c24101"),
        ("a time", "c11a514b67b0"),
        ("a shared value", "d81c80"),
        ("a value that contains itself", "d81c81d81d00"),
        ("a reference to nothing", "d81d00"),
        ("a half float", "f93c00"),
        ("a double", "fb3ff0000000000000"),
        ("not a number", "f97e00"),
        ("undefined", "f7"),
        ("a simple value", "e0"),
        ("another tag", "d82b4100"),
        ("a link without prefix", "d82a4101"),
        ("an empty link", "d82a40"),
        ("a link of text", "d82a6100"),
        ("text that is not UTF-8", "61ff"),
        ("two objects", "0001"),
        ("an absurd length", "5b7fffffffffffffff"),
        ("an absurd list", "9b7fffffffffffffff"),
        ("a deep nest", "81" * 5000 + "00"),
    ],
)
def test_refused(why: str, data: str) -> None:
    with pytest.raises(BadObject):
        decode(bytes.fromhex(data))


def test_a_link_to_another_hash_is_refused() -> None:
    data = bytearray(encode(LINK))
    data[7] = 0x13
    with pytest.raises(BadObject):
        decode(bytes(data))


@pytest.mark.parametrize(
    "obj",
    [1.5, {1: 2}, object(), {b"a": 1}, {"a": {3}}],
    ids=["float", "int key", "object", "bytes key", "set"],
)
def test_what_has_no_encoding(obj: object) -> None:
    with pytest.raises(TypeError):
        encode(obj)


@pytest.mark.parametrize(
    "obj",
    [1 << 64, -(1 << 64) - 1, Link(Cid("bnonsense"))],
    ids=["large", "small", "link"],
)
def test_what_is_out_of_range(obj: object) -> None:
    with pytest.raises(ValueError, match=r"bits|CID"):
        encode(obj)


@pytest.mark.parametrize(
    "text", ["scan\udce9.pdf", "\ud800", "x" * (MAX_TEXT + 1)], ids=["byte", "half", "long"]
)
def test_text_that_a_person_has_to_correct(text: str) -> None:
    with pytest.raises(InputRefused):
        encode([text])
    with pytest.raises(InputRefused):
        encode({text: 1})


def test_text_that_is_too_long_is_not_read_either() -> None:
    long = b"x" * (MAX_TEXT + 1)
    with pytest.raises(BadObject):
        decode(b"\x7a" + len(long).to_bytes(4, "big") + long)
    assert decode(b"\x7a" + MAX_TEXT.to_bytes(4, "big") + long[:-1])


def test_nesting_is_bounded_when_encoding() -> None:
    nest: list[object] = []
    for _ in range(100):
        nest = [nest]
    with pytest.raises(ValueError, match="nested"):
        encode(nest)
