"""Entries are painted in every theme and both directions, wide and narrow."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medrec.domain.categories import Category
from medrec.domain.entries import Action
from medrec.domain.ids import Address, RecordId
from medrec.services.activity import ActivityRow, kind_of
from medrec.views.common.lists import ROW_ROLE, ListView
from medrec.views.common.theme import apply_theme
from medrec.views.common.tokens import Theme
from medrec.views.patient.activity_rows import ActivityDelegate, LooksBars, look_of

WHO = Address("0x" + "11" * 20)
NOON = int(datetime(2026, 11, 25, 12, tzinfo=UTC).timestamp())


def _row(action: int, number: int = 1) -> ActivityRow:
    record = RecordId(bytes(32)) if action == Action.CONSULTED else None
    category = Category.VITALS if record is not None else None
    return ActivityRow(number, NOON, 7, WHO, action, kind_of(action), record, category)


@pytest.mark.parametrize("theme", list(Theme))
@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2])
@pytest.mark.parametrize("width", [420, 1000])
def test_every_entry_is_painted(
    qtbot: QtBot, qapp: QApplication, theme: Theme, direction: Qt.LayoutDirection, width: int
):
    apply_theme(qapp, theme)
    try:
        view = ListView()
        qtbot.addWidget(view)
        view.setLayoutDirection(direction)
        model = QStandardItemModel(view)
        for number, action in enumerate([*Action, 99]):
            item = QStandardItem()
            item.setData(_row(action, number), ROW_ROLE)
            model.appendRow(item)
        view.setItemDelegate(ActivityDelegate(lambda: {WHO: "Dr. Priya Raman"}, view))
        view.setModel(model)
        view.resize(width, 1500)
        image = view.grab().toImage()
        colours = {image.pixel(x, y) for x in range(0, width, 3) for y in range(0, 400, 3)}
        assert len(colours) > 8
    finally:
        apply_theme(qapp, Theme.LIGHT)


def test_what_is_dangerous_looks_so():
    assert look_of(_row(Action.ACCESS_REVOKED))[1] == "danger_text"
    assert look_of(_row(Action.CONSULTED))[0] == "eye"
    assert look_of(_row(99))[0] == "user-cog"


def test_looks_by_person_are_said_too(qtbot: QtBot):
    bars = LooksBars()
    qtbot.addWidget(bars)
    bars.set_rows([])
    assert bars.accessibleName() == "Nobody looked"
    bars.resize(240, 60)
    bars.grab()
    bars.set_rows([(f"Dr. {n}", 9 - n) for n in range(6)])
    assert bars.accessibleName() == "Dr. 0: 9; Dr. 1: 8; Dr. 2: 7; Dr. 3: 6"
    bars.resize(bars.sizeHint())
    bars.grab()


def test_the_initials_beside_you_are_those_of_the_person(qtbot: QtBot):
    bars = LooksBars()
    qtbot.addWidget(bars)
    bars.resize(240, 60)
    bars.set_rows([("Maria Lopez", 3)])
    wanted = bars.grab(QRect(0, 0, 30, 40)).toImage()
    bars.set_rows([("You", 3)])
    assert bars.grab(QRect(0, 0, 30, 40)).toImage() != wanted
    bars.set_rows([("You", 3)], {"You": "Maria Lopez"})
    assert bars.grab(QRect(0, 0, 30, 40)).toImage() == wanted
