"""What the sharing screens say: the grant in one sentence, and how long it runs."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from medrec.domain.categories import GENERAL, GRANTABLE, Category, Permission
from medrec.domain.ids import Address
from medrec.models.patient.grant import Ending, GrantForm, Problem
from medrec.services.access_overview import DoctorCard, Share
from medrec.views.common.tokens import Family
from medrec.views.patient import access_words as words
from medrec.views.patient.access_rows import FamilyTag, kinds

DOCTOR = DoctorCard(Address("0x" + "11" * 20), "Dr. Priya <b>Raman</b>", "Raman", verified=True)
C = Category
NOON = int(datetime(2026, 11, 25, 12, tzinfo=UTC).timestamp())
DAY = 86_400


@pytest.fixture
def form(qapp: object) -> GrantForm:
    made = GrantForm(date(2026, 11, 25))
    made.set_ending(Ending.DATE, date(2027, 2, 28))
    return made


def test_the_grant_in_one_sentence(form: GrantForm):
    assert words.grant_sentence(form) == "Choose whom you give access to."
    form.set_doctor(DOCTOR)
    assert "your identity only" in words.grant_sentence(form)
    form.set_permission(Permission(frozenset({C.PROBLEMS, C.VITALS, C.LABORATORY})))
    assert words.grant_sentence(form) == (
        "Dr. Priya &lt;b&gt;Raman&lt;/b&gt; may <b>read</b> your identity, problems, vitals and "
        "laboratory <b>until 28 February 2027</b>. Writing stays closed. The history opens too."
    )
    form.set_permission(Permission(frozenset({C.VITALS}), frozenset({C.VITALS})))
    assert "The same may be <b>written</b>." in words.grant_sentence(form)
    form.set_permission(Permission(frozenset(), frozenset({C.LABORATORY})))
    form.set_from_today(True)
    sentence = words.grant_sentence(form)
    assert "<b>read nothing</b> but your identity" in sentence
    assert "Laboratory may be <b>written</b>." in sentence
    assert "the history stays closed" in sentence


def test_categories_in_a_sentence():
    assert words.listed([C.NOTES]) == "notes"
    assert words.listed(GENERAL) == "everything but what is sensitive"
    assert words.listed([*GENERAL, C.GENETIC]) == "everything but what is sensitive and genetics"
    assert words.listed(GRANTABLE) == "everything, also what is sensitive"
    assert words.joined([]) == ""


@pytest.mark.parametrize(
    ("days", "text", "soon"),
    [
        (0, "ends today", True),
        (1, "ends in 1 day", True),
        (7, "ends in 7 days", True),
        (30, "in 30 days", False),
        (217, "in 7 months", False),
        (1000, "in 3 years", False),
    ],
)
def test_how_long_it_runs(days: int, text: str, soon: bool):
    assert words.left(NOON + days * DAY, NOON) == (text, soon)


def test_why_a_step_cannot_be_left(form: GrantForm):
    held = Share(DOCTOR, Permission(frozenset({C.NOTES})), NOON + 90 * DAY, False)
    form.start(held=held)
    form.set_permission(Permission(frozenset({C.VITALS})))
    assert "Dr. Raman holds the keys of notes already" in words.problem(Problem.NARROWER, form)
    form.set_permission(held.permission)
    form.set_from_today(True)
    assert "holds the keys of the history already" in words.narrower(form)
    assert words.problem(Problem.OVER, form).startswith("That day is over.")
    assert words.inside("Today, 09:42") == "today, 09:42"


def test_a_part_of_a_family_is_not_shown_as_the_whole(qapp: object):
    some = frozenset({C.PROBLEMS, C.NOTES, C.ALLERGIES, C.IMMUNIZATIONS})
    assert kinds(some) == [Family.IDENTITY, Family.PROBLEMS, Family.ALLERGIES, C.NOTES]
    assert kinds(frozenset(GRANTABLE)) == list(Family)
    assert kinds(frozenset()) == [Family.IDENTITY]
    assert FamilyTag(C.NOTES).accessibleName() == "Notes"
