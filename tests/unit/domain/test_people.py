"""Who is who on chain: numbers as the contracts have them, and when a grant runs."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrec.domain.categories import IDENTITY_SLOT, Scope, Slot
from medrec.domain.ids import Epoch
from medrec.domain.people import DoctorStatus, Grant, PatientStatus, Role
from tests.support.local_data import DOCTOR, PATIENT

CONTRACTS = Path(__file__).parents[3] / "contracts"

GRANT = Grant(
    patient=PATIENT,
    grantee=DOCTOR,
    scope=Scope(frozenset({Slot(2)}), frozenset({Slot(3)})),
    since=1_000,
    expiry=2_000,
    epoch=Epoch(0, 0),
    kind=0,
    profile_version=1,
    request_open=False,
    requests=0,
)


@pytest.mark.parametrize(
    ("at", "live"), [(0, False), (999, False), (1_000, True), (1_999, True), (2_000, False)]
)
def test_grant_runs_from_its_beginning_until_before_its_end(at: int, live: bool):
    assert GRANT.live(at) is live


@given(st.integers(0, 3_000))
def test_grant_that_was_revoked_at_its_beginning_never_ran(at: int):
    assert not replace(GRANT, expiry=GRANT.since).live(at)


def test_request_alone_is_no_grant():
    assert not replace(GRANT, since=0, expiry=0, request_open=True).live(0)


def test_scope_says_what_may_be_read_and_identity_always_may():
    assert GRANT.reads(Slot(2))
    assert GRANT.reads(IDENTITY_SLOT)
    assert not GRANT.reads(Slot(3)), "to write is not to read"
    assert replace(GRANT, scope=Scope()).reads(IDENTITY_SLOT)


def test_numbers_are_those_of_the_contracts():
    sources = "\n".join(path.read_text(encoding="utf-8") for path in CONTRACTS.rglob("*.sol"))
    found = {
        name: int(number)
        for name, number in re.findall(r"uint8 internal constant (\w+) = (\d+);", sources)
    }
    for status in DoctorStatus:
        assert found[f"DOCTOR_{status.name}"] == status
    for state in PatientStatus:
        assert found[f"PATIENT_{state.name}"] == state


def test_roles_are_told_apart():
    assert [role.value for role in Role] == [1, 2, 3, 4]
