"""Calls as they lie in the outbox: every kind written and read back, and nothing else read."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import get_args

import cbor2
import pytest

from medrec.domain.calls import (
    AddRecord,
    Call,
    GrantAccess,
    RegisterUser,
    RevokeAccess,
    SetDoctorStatus,
    dump,
    load,
)
from medrec.domain.categories import Scope
from medrec.domain.ids import ZERO_ADDRESS, Epoch, RecordId
from medrec.domain.people import DoctorStatus, Role
from tests.support.local_data import DOCTOR, PATIENT, every_call

CALLS = every_call()
by_name = pytest.mark.parametrize("call", CALLS, ids=lambda call: type(call).__name__)


def test_every_kind_of_call_is_tried():
    assert {type(call) for call in CALLS} == set(get_args(Call))


@by_name
def test_comes_back_as_it_was(call: Call):
    again = load(dump(call))
    assert again == call
    assert type(again) is type(call)
    for field in fields(call):
        assert type(getattr(again, field.name)) is type(getattr(call, field.name)), field.name


@by_name
def test_plain_form_holds_only_plain_values(call: Call):
    """So that it can be read without this program's classes."""
    for value in dump(call).values():
        for part in value if isinstance(value, list) else [value]:
            assert type(part) in (str, bytes, int)


@by_name
def test_survives_cbor(call: Call):
    assert load(cbor2.loads(cbor2.dumps(dump(call), canonical=True))) == call


@by_name
def test_names_its_class_and_all_its_fields(call: Call):
    plain = dump(call)
    assert plain.pop("call") == type(call).__name__
    assert list(plain) == [field.name for field in fields(call)]


@by_name
def test_missing_field_is_an_error(call: Call):
    for name in [field.name for field in fields(call)]:
        plain = dump(call)
        del plain[name]
        with pytest.raises(KeyError):
            load(plain)


@pytest.mark.parametrize("name", ["", "Call", "dict", "addRecord", "object", "medrec.errors"])
def test_class_that_is_no_call_is_an_error(name: str):
    with pytest.raises(KeyError):
        load(dump(CALLS[0]) | {"call": name})
    with pytest.raises(KeyError):
        load({})


def test_numbers_that_are_no_role_or_status_are_errors():
    user = next(call for call in CALLS if isinstance(call, RegisterUser))
    with pytest.raises(ValueError, match="Role"):
        load(dump(user) | {"role": 99})
    status = next(call for call in CALLS if isinstance(call, SetDoctorStatus))
    with pytest.raises(ValueError, match="DoctorStatus"):
        load(dump(status) | {"status": 0})


def test_number_that_is_no_epoch_is_an_error():
    call = next(call for call in CALLS if isinstance(call, AddRecord))
    with pytest.raises(ValueError, match="epoch"):
        load(dump(call) | {"epoch": 1 << 32})


def test_words_of_the_chain_stand_as_their_numbers():
    grant = next(call for call in CALLS if isinstance(call, GrantAccess))
    plain = dump(grant)
    assert plain["expected_epoch"] == grant.expected_epoch.packed
    assert plain["scope"] == grant.scope.packed
    user = RegisterUser(Role.PATIENT, DOCTOR, bytes(32), bytes(65))
    assert json.dumps(dump(user)["role"]) == "1"


def test_who_is_revoked_stays_in_order():
    call = next(call for call in CALLS if isinstance(call, RevokeAccess))
    many = replace(call, grantees=(PATIENT, DOCTOR))
    assert load(dump(many)) == many != call
    assert load(dump(replace(call, grantees=()))) == replace(call, grantees=())


def test_without_via_one_acts_for_oneself():
    record, digest = RecordId(bytes(32)), CALLS[4].digest  # type: ignore[union-attr]
    call = AddRecord(PATIENT, record, Epoch(0, 0), digest)
    assert call.via == ZERO_ADDRESS
    assert load(dump(call)) == call


def test_calls_are_told_apart_by_their_contents():
    assert len({*CALLS, *every_call()}) == len(CALLS)
    assert (
        GrantAccess(
            PATIENT,
            DOCTOR,
            b"",
            Scope(),
            0,
            0,
            Epoch(0, 0),
            CALLS[3].commitment,  # type: ignore[union-attr]
        )
        not in CALLS
    )
    assert {DoctorStatus.PENDING, DoctorStatus.VERIFIED} == {1, 2}
