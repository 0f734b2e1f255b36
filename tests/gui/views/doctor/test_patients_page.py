"""The list of patients on screen."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medrec.domain.categories import Category, Permission
from medrec.errors import DoctorNotVerified, NodeDown
from medrec.models.doctor.patients import PatientRow, PatientsModel, Shown
from medrec.models.rows import LoadState
from medrec.services.my_patients import AccessState, Last, MyPatient
from medrec.views.common.theme import apply_theme
from medrec.views.common.tokens import Theme
from medrec.views.doctor.patients import PatientsPage
from tests.support.charts import AMINA, DAY, MISSING, OTHER, PATIENT, QuietSession
from tests.support.window import click, press, texts

NOW = 1_795_000_000
READS = Permission(frozenset({Category.NOTES, Category.VITALS}), frozenset({Category.NOTES}))
RUNNING = PatientRow(
    MyPatient(
        PATIENT,
        AccessState.RUNNING,
        "Amina Haddad",
        AMINA,
        READS,
        NOW + 300 * DAY,
        last=Last(Category.VITALS, OTHER, NOW - DAY),
        new=2,
    ),
    "Amina Haddad",
    "you",
    58,
    NOW,
)
SOON = PatientRow(
    MyPatient(OTHER, AccessState.RUNNING, "Tomás", None, READS, NOW + 3 * DAY), "Tomás", now=NOW
)
ENDED = PatientRow(MyPatient(OTHER, AccessState.ENDED, "", until=NOW - DAY), "0x3333…3333", now=NOW)


def page(qtbot: QtBot, *rows: PatientRow) -> PatientsPage:
    session = QuietSession()
    model = PatientsModel(session, session)
    made = PatientsPage(model)
    session.setParent(made)
    qtbot.addWidget(made)
    made.resize(1040, 700)
    made.show()
    model.set_rows(rows)
    return made


@pytest.mark.parametrize("theme", list(Theme))
@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2])
def test_rows_are_drawn_in_every_look(
    qtbot: QtBot, qapp: QApplication, theme: Theme, direction: Qt.LayoutDirection
) -> None:
    made = page(qtbot, RUNNING, SOON)
    made.setLayoutDirection(direction)
    apply_theme(qapp, theme)
    try:
        assert not made.grab().isNull()
        made.resize(800, 560)
        assert not made.grab().isNull()
    finally:
        apply_theme(qapp, Theme.LIGHT)


def test_enter_opens_a_chart(qtbot: QtBot) -> None:
    made = page(qtbot, RUNNING)
    made.list.setCurrentIndex(made.model.index(0))
    with qtbot.waitSignal(made.opened) as opened:
        QTest.keyClick(made.list, Qt.Key.Key_Return)
    assert opened.args == [RUNNING]


def test_chips_and_search(qtbot: QtBot) -> None:
    made = page(qtbot, RUNNING, SOON, ENDED)
    assert "2 patients" in texts(made)
    click(made.chips[Shown.SOON])
    assert [row.name for row in made.model.rows] == ["Tomás"]
    click(made.chips[Shown.ALL])
    made.search.setText("amina")
    assert [row.name for row in made.model.rows] == ["Amina Haddad"]
    made.search.setText("nobody")
    assert made.stack.empty.title == "Nobody fits"


def test_an_empty_list_leads_to_asking(qtbot: QtBot) -> None:
    made = page(qtbot)
    with qtbot.waitSignal(made.askRequested):
        press(made.stack.empty, "Ask for access")


def test_who_waits_to_be_verified_is_told(qtbot: QtBot) -> None:
    made = page(qtbot)
    made.model.error = DoctorNotVerified(doctor=OTHER, status="not verified yet")
    made.model._set_state(LoadState.FAILED)
    assert made.either.currentWidget() is made.waits
    assert made.waits.title == "You wait to be verified"
    assert not made.ask.isEnabled()
    made.model.set_rows([RUNNING])
    assert made.ask.isEnabled()


def test_who_is_suspended_is_told(qtbot: QtBot) -> None:
    made = page(qtbot)
    made.model.error = DoctorNotVerified(doctor=OTHER, status="suspended")
    made.model._set_state(LoadState.FAILED)
    assert made.waits.title == "You are suspended"


def test_a_node_that_is_away_is_said_in_its_sentence(qtbot: QtBot) -> None:
    made = page(qtbot)
    made.model.error = NodeDown(url="http://node")
    made.model._set_state(LoadState.FAILED)
    assert made.stack.failed.text == made.model.error.sentence


def test_a_network_of_before_that_is_away_is_told(qtbot: QtBot) -> None:
    made = page(qtbot, RUNNING)
    assert made.missing.isHidden()
    made.model.missing = MISSING
    made.model.loaded.emit()
    assert made.missing.isVisible()
    said = " ".join(texts(made.missing))
    assert "“Clinic of before”, may not be listed now." in said
    assert MISSING.error.sentence in said
    made.model.missing = None
    made.model.loaded.emit()
    assert made.missing.isHidden()
