"""Calls as they wait in the outbox: plain and back, for every class."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from medrec.domain import calls
from medrec.domain.calls import AddRecord, Call, GrantAccess, RegisterUser, RevokeAccess, dump, load
from medrec.domain.categories import Scope, Slot
from medrec.domain.ids import ZERO_ADDRESS, ZERO_DIGEST, Address, Digest, Epoch, RecordId
from medrec.domain.people import DoctorStatus, Role
from tests.support.local_data import DOCTOR, PATIENT, every_call


def test_the_sample_holds_every_class():
    assert {type(call) for call in every_call()} == set(get_args(Call))


@pytest.mark.parametrize("call", every_call(), ids=lambda call: type(call).__name__)
def test_round_trip(call: Call):
    plain = dump(call)
    again = load(plain)
    assert again == call
    assert type(again) is type(call)
    for name in calls.fields(call):
        assert type(getattr(again, name.name)) is type(getattr(call, name.name))


@pytest.mark.parametrize("call", every_call(), ids=lambda call: type(call).__name__)
def test_plain_form_is_made_of_plain_values(call: Call):
    for value in dump(call).values():
        assert type(value) in (str, bytes, int, list)
        if type(value) is list:
            assert all(type(item) is str for item in value)
    json.dumps(dump(call), default=bytes.hex)


def test_enums_epochs_and_scopes_come_back_as_themselves():
    call = RegisterUser(Role.DOCTOR, DOCTOR, bytes(32), bytes(65))
    assert dump(call)["role"] == 2
    restored = load(dump(call))
    assert isinstance(restored, RegisterUser)
    assert restored.role is Role.DOCTOR
    scope = Scope(frozenset({Slot(3)}), frozenset({Slot(15)}))
    grant = GrantAccess(PATIENT, DOCTOR, bytes(24), scope, 9, 0, Epoch(1, 2), 8, ZERO_DIGEST)
    assert dump(grant)["scope"] == 1 << 3 | 1 << 31
    assert dump(grant)["expected_epoch"] == 1 << 16 | 2
    assert load(dump(grant)) == grant
    status = next(c for c in every_call() if isinstance(c, calls.SetDoctorStatus))
    restored = load(dump(status))
    assert isinstance(restored, calls.SetDoctorStatus)
    assert isinstance(restored.status, DoctorStatus)


def test_several_grantees_stay_a_tuple():
    call = RevokeAccess(PATIENT, (DOCTOR, PATIENT), Epoch(0, 0), Digest(bytes(32)))
    assert dump(call)["grantees"] == [DOCTOR, PATIENT]
    assert load(dump(call)) == call


def test_via_is_nobody_where_not_given():
    call = AddRecord(PATIENT, RecordId(bytes(32)), Epoch(0, 0), Digest(bytes(32)))
    assert call.via == ZERO_ADDRESS == Address("0x" + "0" * 40)


@pytest.mark.parametrize("name", ["", "Epoch", "dump", "__import__", "Transfer"])
def test_other_classes_are_refused(name: str):
    with pytest.raises(KeyError):
        load({"call": name})


def test_a_missing_field_is_refused():
    plain = dump(every_call()[0])
    plain.pop("role")
    with pytest.raises(KeyError):
        load(plain)
    with pytest.raises(KeyError):
        load({})
