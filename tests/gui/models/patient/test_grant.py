"""A grant in the making."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from medrec.domain.categories import GENERAL, GRANTABLE, Category, Permission
from medrec.domain.ids import Address
from medrec.models.patient.grant import (
    Ending,
    GrantForm,
    Preset,
    Problem,
    Step,
    end_of,
    months_later,
)
from medrec.services.access_overview import Asked, DoctorCard, Share

TODAY = date(2026, 11, 25)
DOCTOR = DoctorCard(Address("0x" + "11" * 20), "Dr. Priya Raman", "Raman", verified=True)
NOTES, LABS, ALLERGIES = Category.NOTES, Category.LABORATORY, Category.ALLERGIES
LATER = end_of(date(2027, 2, 28))
ASKED = Asked(DOCTOR, Permission(frozenset({NOTES, LABS}), frozenset({NOTES})), LATER, "why", 1)
HELD = Share(DOCTOR, Permission(frozenset({NOTES}), frozenset({NOTES})), LATER, False)


@pytest.fixture
def form(qapp: object) -> GrantForm:
    return GrantForm(TODAY)


def test_step_by_step(form: GrantForm):
    told: list[Step] = []
    form.changed.connect(lambda: told.append(form.step))
    assert form.step is Step.WHO
    assert form.go_on() is Problem.NOBODY
    form.set_doctor(DOCTOR)
    assert form.go_on() is None
    assert form.step is Step.WHAT
    assert form.go_on() is Problem.NOTHING
    form.choose(Preset.GENERAL)
    assert form.permission.read == frozenset(GENERAL)
    assert form.go_on() is None
    form.set_ending(Ending.DATE, date(2026, 11, 24))
    assert form.go_on() is Problem.OVER
    form.set_ending(Ending.VISIT)
    assert form.go_on() is None
    assert form.step is Step.CONFIRM
    draft = form.draft()
    assert (draft.doctor, draft.permission.write) == (DOCTOR.doctor, frozenset())
    assert datetime.fromtimestamp(draft.until).astimezone().date() == TODAY
    assert form.go_back()
    assert form.step is Step.UNTIL
    assert told


def test_a_request_is_answered_as_asked_or_otherwise(form: GrantForm):
    form.start(asked=ASKED)
    assert (form.step, form.doctor) == (Step.WHAT, DOCTOR)
    assert form.permission == ASKED.permission
    assert form.day == date(2027, 2, 28)
    assert not form.go_back(), "nobody else is to be chosen"
    assert form.allergies_closed
    form.open_allergies()
    assert form.permission.read == {NOTES, LABS, ALLERGIES}
    assert not form.allergies_closed
    form.choose(Preset.NOTHING)
    assert form.permission == Permission()
    assert not form.allergies_closed
    form.choose(Preset.ASKED)
    assert form.permission == ASKED.permission


def test_a_running_grant_is_widened_but_not_narrowed(form: GrantForm):
    form.start(held=HELD)
    assert form.until == HELD.until, "its end stays to the second"
    form.set_permission(Permission(frozenset({NOTES, LABS}), frozenset({NOTES})))
    assert form.problem() is None
    form.set_permission(Permission(frozenset({LABS}), frozenset()))
    assert form.problem() is Problem.NARROWER
    assert form.taken_away == Permission(frozenset({NOTES}), frozenset({NOTES}))
    form.set_permission(HELD.permission)
    form.set_from_today(True)
    assert form.problem() is Problem.NARROWER, "the history was open"
    form.set_from_today(False)
    form.set_ending(Ending.DATE, date(2026, 12, 1))
    assert form.problem(Step.CONFIRM) is None, "an earlier end takes no key away"


def test_who_has_something_and_asks_for_more_keeps_it(form: GrantForm):
    more = Permission(frozenset({LABS}), frozenset())
    form.start(asked=Asked(DOCTOR, more, LATER, "", 1), held=HELD)
    assert form.permission == Permission(frozenset({NOTES, LABS}), frozenset({NOTES}))
    form.start()
    form.set_doctor(DOCTOR, HELD)
    assert form.permission == HELD.permission
    assert form.go_back() is False


def test_identity_is_no_choice(form: GrantForm):
    form.set_permission(Permission(frozenset({Category.IDENTITY, NOTES}), frozenset()))
    assert form.permission.read == {NOTES}
    form.choose(Preset.ALL)
    assert form.permission.read == frozenset(GRANTABLE)
    form.choose(Preset.BASICS)
    assert ALLERGIES in form.permission.read
    assert NOTES not in form.permission.read


def test_what_may_be_written_stays_where_it_may_be_read(form: GrantForm):
    form.set_permission(Permission(frozenset(), frozenset({NOTES, LABS})))
    form.choose(Preset.BASICS)
    assert form.permission.write == {LABS}


def test_an_incomplete_form_gives_no_draft(form: GrantForm):
    with pytest.raises(ValueError, match="not complete"):
        form.draft()


def test_an_end_beyond_any_calendar(form: GrantForm):
    form.start(asked=Asked(DOCTOR, ASKED.permission, 2**39, "", 1))
    assert form.day.year > TODAY.year + 90


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 12, 1), 1, date(2028, 1, 1)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months(day: date, months: int, then: date):
    assert months_later(day, months) == then
