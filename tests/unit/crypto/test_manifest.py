"""Manifests."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrec.crypto.codec import Link, decode, encode
from medrec.crypto.manifest import (
    MAX_PARTS,
    MAX_SIZE,
    Part,
    decode_manifest,
    encode_manifest,
)
from medrec.crypto.stream import CHUNK
from medrec.domain.cid import Codec, cid_of
from medrec.errors import BadObject
from tests.unit.crypto.builders import FIELDS

CIDS = tuple(cid_of(bytes([i]), Codec.RAW) for i in range(3))
PART = Part("scan.dcm", "application/dicom", 1000, 400, True, bytes(32), bytes(24), CIDS[:1])
PLAIN: dict[str, object] = {
    "name": "a",
    "type": "b",
    "size": 10,
    "stored": 10,
    "deflated": False,
    "key": bytes(32),
    "header": bytes(24),
    "blocks": [Link(CIDS[0])],
}


@given(st.text(max_size=50), st.text(max_size=50), st.integers(0, 1 << 40))
def test_it_survives_sealing(title: str, note: str, created: int) -> None:
    fields = replace(FIELDS, title=title, note=note, created=created)
    parts = (PART, replace(PART, deflated=False, stored=1000, blocks=CIDS))
    opened = decode_manifest(encode_manifest(fields, parts))
    assert (opened.title, opened.note, opened.created) == (title, note, created)
    assert (opened.witness, opened.parts) == (fields.witness, parts)
    assert opened.blocks == set(CIDS)


def changed(**changes: object) -> bytes:
    fields = decode(encode_manifest(FIELDS, ()))
    assert isinstance(fields, dict)
    return encode({**fields, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"title": 1},
        {"created": -1},
        {"witness": [1, bytes(32)]},
        {"witness": [1, bytes(31), bytes(27)]},
        {"witness": [1, bytes(32), bytes(32)]},
        {"witness": [-1, bytes(32), bytes(27)]},
        {"witness": [True, bytes(32), bytes(27)]},
        {"witness": None},
        {"parts": {}},
        {"parts": [1]},
        {"parts": [PLAIN] * (MAX_PARTS + 1)},
        {"parts": [{**PLAIN, "size": 1, "stored": 2}]},
        {"parts": [{**PLAIN, "size": MAX_SIZE + 1, "deflated": True}]},
        {"parts": [{**PLAIN, "size": MAX_SIZE, "deflated": True}] * 2},
        {"parts": [{**PLAIN, "key": bytes(31)}]},
        {"parts": [{**PLAIN, "header": bytes(25)}]},
        {"parts": [{**PLAIN, "deflated": 1}]},
        {"parts": [{**PLAIN, "blocks": []}]},
        {"parts": [{**PLAIN, "blocks": [CIDS[0]]}]},
        {"parts": [{**PLAIN, "size": CHUNK + 1, "stored": CHUNK + 1}]},
        {"more": 1},
    ],
    ids=lambda changes: repr(changes)[:60],
)
def test_a_malformed_manifest(changes: dict[str, object]) -> None:
    with pytest.raises(BadObject):
        decode_manifest(changed(**changes))


def test_part_keys_do_not_show() -> None:
    part = replace(PART, key=b"\xab" * 32)
    assert repr(part.key) not in repr(part)
    assert part.key.hex() not in repr(part)
