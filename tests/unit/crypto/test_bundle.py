"""Bundles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from medrec.crypto.bundle import Bundle, decode_bundle, encode_bundle
from medrec.crypto.codec import Link, decode, encode
from medrec.domain.categories import Slot
from medrec.domain.cid import Codec, cid_of
from medrec.domain.ids import Epoch
from medrec.errors import BadObject
from tests.unit.crypto.builders import CHAIN, CONTRACT, DOCTOR, OTHER, PATIENT

RAW = cid_of(b"envelope", Codec.RAW)
EXPECTED: dict[str, Any] = {"chain_id": CHAIN, "contract": CONTRACT, "patient": PATIENT}
BUNDLE = Bundle(
    CHAIN,
    CONTRACT,
    PATIENT,
    Epoch(0, 4),
    cid_of(b"before", Codec.DAG_CBOR),
    {DOCTOR: RAW, OTHER: cid_of(b"another", Codec.RAW)},
    {Slot(3): cid_of(b"supplement", Codec.RAW), Slot(12): cid_of(b"second", Codec.RAW)},
)


def links(obj: object) -> set[Link]:
    """Every tag 42 in an object: what a recursive pin follows."""
    if isinstance(obj, Link):
        return {obj}
    items = obj.values() if isinstance(obj, dict) else obj if isinstance(obj, list) else ()
    return {link for item in items for link in links(item)}


@pytest.mark.parametrize(
    "bundle",
    [BUNDLE, replace(BUNDLE, previous=None, envelopes={}, supplements={})],
    ids=["full", "first"],
)
def test_it_survives_the_store(bundle: Bundle) -> None:
    assert decode_bundle(encode_bundle(bundle), **EXPECTED) == bundle


def test_everything_is_linked() -> None:
    expected = {*BUNDLE.envelopes.values(), *BUNDLE.supplements.values(), BUNDLE.previous}
    assert {link.cid for link in links(decode(encode_bundle(BUNDLE)))} == expected


def test_the_order_of_making_does_not_matter() -> None:
    turned = replace(BUNDLE, envelopes=dict(reversed(list(BUNDLE.envelopes.items()))))
    assert encode_bundle(turned) == encode_bundle(BUNDLE)


@pytest.mark.parametrize(
    "other", [{"chain_id": 1}, {"contract": OTHER}, {"patient": OTHER}], ids=str
)
def test_another_patient_s_bundle(other: dict[str, object]) -> None:
    with pytest.raises(BadObject, match="somebody or something else"):
        decode_bundle(encode_bundle(BUNDLE), **{**EXPECTED, **other})


@pytest.mark.parametrize(
    "changes",
    [
        {"envelopes": {"Dr Smith": Link(RAW)}},
        {"envelopes": {DOCTOR: RAW}},
        {"envelopes": []},
        {"supplements": {"16": Link(RAW)}},
        {"supplements": {"03": Link(RAW)}},
        {"supplements": {"-1": Link(RAW)}},
        {"supplements": {"3\n": Link(RAW)}},
        {"supplements": {"٣": Link(RAW)}},
        {"supplements": {"3": b"x"}},
        {"previous": b""},
        {"epoch": 1 << 32},
        {"v": 2},
        {"more": 1},
    ],
    ids=repr,
)
def test_a_malformed_bundle(changes: dict[str, object]) -> None:
    fields = decode(encode_bundle(BUNDLE))
    assert isinstance(fields, dict)
    with pytest.raises(BadObject):
        decode_bundle(encode({**fields, **changes}), **EXPECTED)
