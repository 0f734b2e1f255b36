"""Whose record it is: allergies always in sight, and honest about what is not known."""

from __future__ import annotations

from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from medrec.domain.categories import Category
from medrec.models.chart import ChartModel
from medrec.models.doctor.current import CurrentPatient
from medrec.models.rows import LoadState
from medrec.services.chart import Chart
from medrec.views.doctor.patient_head import NobodyChosen, PatientHead
from tests.support.charts import MISSING, PATIENT, QuietSession, allergy, chart
from tests.support.window import press, texts

NO_KNOWN = {
    "resourceType": "AllergyIntolerance",
    "code": {"coding": [{"code": "716186003", "display": "No known allergy"}]},
}


def head(qtbot: QtBot, shown: Chart, **more: Any) -> PatientHead:
    session = QuietSession()
    current = CurrentPatient(session, session)
    current.patient, current.name = PATIENT, "Amina Haddad"
    current.chart = ChartModel(session, PATIENT, session)
    current.chart.chart, current.chart.state = shown, LoadState.READY
    for name, value in more.items():
        setattr(current.chart, name, value)
    made = PatientHead(current)
    session.setParent(made)
    qtbot.addWidget(made)
    made.show()
    return made


CLOSED = frozenset({Category.ALLERGIES})


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (chart((), allergy("Latex", "mild"), allergy("Penicillin")), "Penicillin"),
        (chart((), NO_KNOWN), "No known allergies"),
        (chart(()), "No allergies on record"),
        (chart((), closed=CLOSED), "Allergies are closed to you"),
        (chart((), allergy("Penicillin"), closed=CLOSED), "Others may be closed to you"),
        (chart((), missing=MISSING), "Allergies may stand in records that are not shown now"),
        (chart((), NO_KNOWN, missing=MISSING), "Allergies may stand in records that are not"),
        (chart((), allergy("Penicillin"), missing=MISSING), "Others may not be shown now"),
    ],
)
def test_what_is_said_of_allergies(qtbot: QtBot, shown: Chart, said: str) -> None:
    made = head(qtbot, shown)
    assert said in made.allergies.accessibleName()
    assert made.allergies.isVisibleTo(made)


def test_the_severe_one_comes_first(qtbot: QtBot) -> None:
    made = head(qtbot, chart((), allergy("Latex", "mild"), allergy("Penicillin")))
    said = made.allergies.accessibleName()
    assert said.index("Penicillin") < said.index("Latex")
    assert "Severe" in texts(made.allergies) or "severe" in said


def test_name_access_and_what_is_logged(qtbot: QtBot) -> None:
    made = head(qtbot, chart(()))
    assert made.name.text() == "Amina Haddad"
    assert made.facts.toolTip() == made.avatar.toolTip() == PATIENT
    assert "born 14 Mar 1968" in made.facts.text()
    assert "access until" in made.facts.text()
    assert "Your looks are logged" in texts(made)
    assert made.identity.isVisibleTo(made)


def test_offline_is_said(qtbot: QtBot) -> None:
    made = head(qtbot, chart(()), stale=True)
    assert made.stale.isVisibleTo(made)
    assert "offline" in made.stale.text()


def test_a_network_of_before_that_is_away_is_said(qtbot: QtBot) -> None:
    made = head(qtbot, chart((), missing=MISSING))
    assert made.missing.isVisibleTo(made)
    assert made.missing.text().startswith(
        "Records from the network before, “Clinic of before”, are not shown now."
    )
    assert not head(qtbot, chart(())).missing.isVisibleTo(made)


def test_closed_allergies_can_be_asked_for(qtbot: QtBot) -> None:
    made = head(qtbot, chart((), closed=CLOSED))
    with qtbot.waitSignal(made.askRequested) as asked:
        press(made.allergies, "Ask")
    assert asked.args == [Category.ALLERGIES]


def test_nobody_is_no_dead_end(qtbot: QtBot) -> None:
    nobody = NobodyChosen()
    qtbot.addWidget(nobody)
    nobody.show()
    with qtbot.waitSignal(nobody.chooseRequested):
        press(nobody, "Choose a patient")
