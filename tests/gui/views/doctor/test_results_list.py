"""Results as a table: columns that fit, rows that are drawn in every look."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medrec.models.doctor.results import result_rows
from medrec.views.common.theme import apply_theme
from medrec.views.common.tokens import Theme
from medrec.views.doctor.results_list import ResultsList, columns
from tests.support.charts import chart, result

ROWS = result_rows(
    chart((), result("HbA1c", 7.1, "2026-05-02"), result("HbA1c", 6.8, "2026-11-03")).facts.series
)


@pytest.mark.parametrize("width", [420, 560, 604, 688, 1016, 1440])
@pytest.mark.parametrize("mirrored", [False, True])
def test_columns_lie_side_by_side_within_the_row(width: int, mirrored: bool) -> None:
    row = QRectF(0, 0, width, 34)
    at = columns(row, mirrored)
    places = [at.name, at.value, at.unit, at.flag, at.trend, at.range, at.change]
    if mirrored:
        places.reverse()
    kept = [place for place in places if place.width()]
    assert all(a.right() <= b.left() + 0.5 for a, b in pairwise(kept))
    assert kept[0].left() >= 0
    assert kept[-1].right() <= width


@pytest.mark.parametrize("theme", list(Theme))
def test_rows_are_drawn_in_every_look(qtbot: QtBot, qapp: QApplication, theme: Theme) -> None:
    made = ResultsList()
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.show()
    made.set_rows(ROWS)
    apply_theme(qapp, theme)
    try:
        assert not made.grab().isNull()
    finally:
        apply_theme(qapp, Theme.LIGHT)


def test_a_click_opens_a_result(qtbot: QtBot) -> None:
    made = ResultsList(whole=True)
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.show()
    made.set_rows(ROWS)
    where = made.view.visualRect(made.model.index(0)).center()
    with qtbot.waitSignal(made.opened) as opened:
        QTest.mouseClick(made.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert opened.args[0].name == "HbA1c"
