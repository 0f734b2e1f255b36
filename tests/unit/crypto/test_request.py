"""Requests for access."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrec.crypto.boxes import seal_to
from medrec.crypto.codec import encode
from medrec.crypto.request import Request, encode_and_seal, open_request
from medrec.domain.categories import Category, Permission
from medrec.domain.ids import short_address
from medrec.errors import BadObject, LowOrderKey, NoKey
from tests.unit.crypto.builders import (
    DOCTOR,
    DOCTOR_KEY,
    LOW_ORDER,
    OTHER,
    PATIENT,
    PATIENT_KEY,
    flipped,
)

PERMISSION = Permission(frozenset({Category.MENTAL, Category.VITALS}), frozenset({Category.VITALS}))
REQUEST = Request(PATIENT, DOCTOR, PERMISSION, 2_000_000_000, "the follow-up", 1_900_000_000)


def reopened(data: bytes) -> Request:
    return open_request(data, PATIENT_KEY, patient=PATIENT, doctor=DOCTOR)


@given(
    st.frozensets(st.sampled_from(list(Category))),
    st.frozensets(st.sampled_from(list(Category))),
    st.text(max_size=600),
)
def test_the_patient_opens_it(
    read: frozenset[Category], write: frozenset[Category], reason: str
) -> None:
    request = replace(REQUEST, permission=Permission(read, write), reason=reason)
    assert reopened(encode_and_seal(request, PATIENT_KEY.public)) == request


def test_short_requests_all_have_one_size() -> None:
    everything = Permission(frozenset(Category), frozenset(Category))
    sizes = {
        len(encode_and_seal(replace(REQUEST, permission=p, reason=r), PATIENT_KEY.public))
        for p in (Permission(), PERMISSION, everything)
        for r in ("", "x" * 200)
    }
    assert sizes == {1024}


def test_nobody_else_opens_it() -> None:
    with pytest.raises(NoKey):
        open_request(
            encode_and_seal(REQUEST, PATIENT_KEY.public),
            DOCTOR_KEY,
            patient=PATIENT,
            doctor=DOCTOR,
        )


@given(st.integers(0, 1024 * 8 - 1))
def test_a_flipped_bit_opens_nothing(bit: int) -> None:
    with pytest.raises(NoKey):
        reopened(flipped(encode_and_seal(REQUEST, PATIENT_KEY.public), bit))


def test_another_doctor_cannot_send_it_again_as_their_own() -> None:
    data = encode_and_seal(REQUEST, PATIENT_KEY.public)
    with pytest.raises(BadObject, match="other people"):
        open_request(data, PATIENT_KEY, patient=PATIENT, doctor=OTHER)
    with pytest.raises(BadObject, match="other people"):
        open_request(data, PATIENT_KEY, patient=OTHER, doctor=DOCTOR)


@pytest.mark.parametrize(
    "changes",
    [
        {"read": ["vitals", "vitals"]},
        {"read": ["vitals", "problems"]},
        {"write": ["psychiatry"]},
        {"write": [1]},
        {"until": "tomorrow"},
        {"v": 2},
    ],
    ids=str,
)
def test_a_malformed_request(changes: dict[str, object]) -> None:
    fields: dict[str, object] = {
        "v": 1,
        "patient": PATIENT,
        "doctor": DOCTOR,
        "read": [],
        "write": [],
        "until": 1,
        "reason": "",
        "made": 1,
    }
    plain = encode({**fields, **changes})
    with pytest.raises(BadObject):
        reopened(seal_to(PATIENT_KEY.public, plain, 1024))


def test_no_request_to_an_unsafe_key() -> None:
    with pytest.raises(LowOrderKey, match=short_address(PATIENT)):
        encode_and_seal(REQUEST, LOW_ORDER[0])
