"""The chart on screen: its tabs, its states, what is closed, and the way by keyboard."""

from __future__ import annotations

from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from medrec.clinical.facts import LABORATORY
from medrec.domain.categories import Category
from medrec.errors import AccessEnded
from medrec.models.chart import ChartModel
from medrec.models.doctor.chart import ChartModels
from medrec.models.doctor.current import CurrentPatient
from medrec.models.rows import LoadState
from medrec.services.chart import Chart
from medrec.views.common.labels import Label
from medrec.views.doctor.chart import ChartPage
from medrec.views.doctor.chart_laboratory import LaboratoryTab
from medrec.views.doctor.chart_records import RecordsPane
from medrec.views.doctor.chart_tabs import SummaryTab, VitalsTab
from tests.support.charts import (
    PATIENT,
    QuietSession,
    allergy,
    chart,
    condition,
    medicine,
    pressure,
    record,
    result,
)
from tests.support.window import press, texts

RECORDS = (record(1, "Visit"), record(2, "Letter", Category.DOCUMENTS), record(3, "Panel"))
FULL = chart(
    RECORDS,
    condition("Asthma"),
    condition("Fracture", "resolved"),
    allergy("Penicillin"),
    pressure(148, 92, "2026-01-03"),
    pressure(128, 82, "2026-05-03"),
    result("HbA1c", 7.1, "2026-05-02"),
    result("HbA1c", 6.8, "2026-11-03"),
)


class Shown:
    """A chart page over a chart that was read."""

    def __init__(self, qtbot: QtBot, shown: Chart | None) -> None:
        session = QuietSession()
        self.current = CurrentPatient(session)
        self.current.patient, self.current.name = PATIENT, "Amina Haddad"
        self.model = ChartModel(session, PATIENT)
        self.current.chart = self.model
        self.page = ChartPage(self.current)
        qtbot.addWidget(self.page)
        self.page.resize(1064, 744)
        self.page.show()
        self.page.show_chart(ChartModels(self.model))
        if shown is not None:
            self.read(shown)

    def read(self, shown: Chart) -> None:
        self.model.chart, self.model.state = shown, LoadState.READY
        self.model.changed.emit()

    def tab(self, key: str) -> Any:
        self.page.tabs.set_current(key)
        return self.page.pane(key)


@pytest.fixture
def full(qtbot: QtBot) -> Shown:
    return Shown(qtbot, FULL)


def test_nobody_then_loading_then_the_summary(qtbot: QtBot) -> None:
    shown = Shown(qtbot, None)
    assert shown.page.inside.currentWidget() is shown.page.skeleton
    assert not shown.page.tabs.isEnabled()
    shown.read(FULL)
    assert isinstance(shown.page.inside.currentWidget(), SummaryTab)
    assert shown.page.tabs.isEnabled()
    shown.page.show_chart(None)
    assert "No patient is chosen" in texts(shown.page)


def test_the_summary_says_what_matters(full: Shown) -> None:
    summary = full.tab("summary")
    said = " ".join(texts(summary))
    assert "1 active" in said
    assert "1 outside the range" in said
    assert [row.series.name for row in summary.laboratory.list.model.rows] == ["HbA1c"]
    assert [one.name for one in summary.vitals.plot.series] == ["Systolic", "Diastolic"]


def test_a_refusal_stands_in_its_sentence_and_can_be_tried_again(qtbot: QtBot) -> None:
    shown = Shown(qtbot, None)
    shown.model.state, shown.model.error = LoadState.FAILED, AccessEnded(ended="2026-11-20")
    shown.model.changed.emit()
    page = shown.page
    assert page.inside.currentWidget() is page.failed
    assert page.failed.text == shown.model.error.sentence
    assert not page.write.isEnabled()


def test_what_is_closed_is_said_and_not_taken_for_nothing(qtbot: QtBot) -> None:
    closed = frozenset({Category.PROBLEMS, Category.LABORATORY, Category.VITALS})
    shown = Shown(qtbot, chart((), closed=closed))
    said = " ".join(texts(shown.tab("summary")))
    assert "Closed to you" in said
    assert "Laboratory results are closed to you" in said
    assert "Vitals are closed to you" in said
    assert "closed" in shown.tab("laboratory").none.title
    assert "closed" in shown.tab("vitals").none.title


def test_what_is_closed_can_be_asked_for_where_it_is_missing(qtbot: QtBot) -> None:
    closed = frozenset({Category.PROBLEMS, Category.LABORATORY, Category.VITALS})
    shown = Shown(qtbot, chart((), closed=closed))
    asked: list[Category] = []
    shown.page.askRequested.connect(asked.append)
    summary = shown.tab("summary")
    press(summary.problems, "Ask")
    press(summary.vitals, "Ask")
    press(summary.laboratory, "Ask")
    press(shown.tab("laboratory"), "Ask")
    press(shown.tab("vitals"), "Ask")
    laboratory, vitals = Category.LABORATORY, Category.VITALS
    assert asked == [Category.PROBLEMS, vitals, laboratory, laboratory, vitals]
    shown.read(chart(()))
    assert not shown.page.pane("vitals").none.button.isVisible()


def test_how_a_medicine_is_taken_is_never_cut(qtbot: QtBot) -> None:
    long = "1 tablet, 2 times a day. Morning and evening, with a meal and a glass of water"
    shown = Shown(qtbot, chart((), medicine("Metformin 850 mg", long)))
    qtbot.wait(20)
    line = next(one for one in shown.page.findChildren(Label) if one.text().startswith(long))
    assert line.wordWrap()
    assert line.height() >= 2 * line.fontMetrics().height()


def test_a_tab_that_is_asked_for_takes_the_place_of_two_versions(full: Shown) -> None:
    page = full.page
    page._whole.setCurrentWidget(page.compare)
    page.go_to("vitals")
    assert page.pane("vitals").isVisible()
    page._whole.setCurrentWidget(page.compare)
    QTest.keyClick(page, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    assert page.pane("laboratory").isVisible()


def test_nothing_on_record_is_said_too(qtbot: QtBot) -> None:
    shown = Shown(qtbot, chart(()))
    said = " ".join(texts(shown.tab("summary")))
    assert "None on record." in said
    assert "No laboratory results yet." in said
    assert shown.tab("laboratory").none.title == "No laboratory results yet"


def test_a_result_leads_to_its_plot(full: Shown) -> None:
    summary = full.tab("summary")
    summary.laboratory.list.opened.emit(FULL.facts.of_kind(LABORATORY)[0])
    assert full.page.tabs.current == "laboratory"
    laboratory = full.page.pane("laboratory")
    assert isinstance(laboratory, LaboratoryTab)
    assert laboratory.plot_card.isVisibleTo(laboratory)
    assert [one.name for one in laboratory.plot.series] == ["HbA1c"]
    laboratory.search.setText("nothing like it")
    assert laboratory.none.title == "No result fits"
    laboratory.search.setText("hba")
    assert laboratory.list.model.rowCount() == 1


def test_enter_on_a_result_opens_it(full: Shown, qtbot: QtBot) -> None:
    laboratory = full.tab("laboratory")
    view = laboratory.list.view
    view.setCurrentIndex(laboratory.list.model.index(0))
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert laboratory.plot_card.isVisibleTo(laboratory)


def test_vitals_as_table(full: Shown) -> None:
    vitals = full.tab("vitals")
    assert isinstance(vitals, VitalsTab)
    (plot,) = vitals._plots
    vitals.as_table.set_current(1)
    assert plot.table.rowCount() == 4
    assert plot._view is not None
    assert plot._view.isVisibleTo(vitals)


def test_timeline_and_documents_show_their_records(full: Shown, qtbot: QtBot) -> None:
    timeline = full.tab("timeline")
    assert isinstance(timeline, RecordsPane)
    assert timeline.list.model().rowCount() == 3
    documents = full.tab("documents")
    assert documents.list.model().rowCount() == 3  # notes count as documents
    with qtbot.waitSignal(timeline.recordChosen) as chosen:
        full.page.open_record(RECORDS[0].row.record.hex())
    assert chosen.args[0].title == "Visit"
    assert full.page.tabs.current == "timeline"


def test_chips_and_search_narrow_the_timeline(full: Shown, qtbot: QtBot) -> None:
    from medrec.views.common.tokens import Family

    timeline = full.tab("timeline")
    timeline.chips.choose(Family.DOCUMENTS)
    assert timeline.list.model().rowCount() == 3
    timeline.search.setText("letter")
    qtbot.waitUntil(lambda: timeline.list.model().rowCount() == 1)
    timeline.search.setText("nothing")
    qtbot.waitUntil(lambda: timeline.list.model().rowCount() == 0)
    assert timeline.states.empty.title == "Nothing fits"
    timeline.search.setText("")
    timeline.year.set_value(1970)
    qtbot.waitUntil(lambda: timeline.list.model().rowCount() == 3)


def test_tabs_by_keyboard(full: Shown, qtbot: QtBot) -> None:
    with qtbot.waitExposed(full.page):
        full.page.activateWindow()
    QTest.keyClick(full.page, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    assert full.page.tabs.current == "laboratory"
    full.page.tabs.setFocus()
    QTest.keyClick(full.page.tabs, Qt.Key.Key_Right)
    assert full.page.tabs.current == "documents"


def test_write_only_where_the_patient_lets(qtbot: QtBot, full: Shown) -> None:
    with qtbot.waitSignal(full.page.writeRequested):
        press(full.page, "Write")
    from medrec.domain.categories import Permission

    reads = Shown(qtbot, chart((), permission=Permission(frozenset({Category.NOTES}))))
    assert not reads.page.write.isEnabled()
    assert "has not let you write" in reads.page.write.toolTip()


def test_whether_it_is_in_front_is_told(full: Shown, qtbot: QtBot) -> None:
    with qtbot.waitSignal(full.page.watched) as watched:
        full.page.hide()
    assert watched.args == [False]


@pytest.mark.parametrize("size", [(800, 560), (960, 580), (1376, 900)])
def test_nothing_is_cut_off_on_small_windows(full: Shown, size: tuple[int, int]) -> None:
    full.page.resize(*size)
    for key in full.page.tabs.keys:
        pane = full.tab(key)
        QTest.qWait(1)
        assert pane.minimumSizeHint().width() <= size[0], key


def test_results_by_day_lead_to_the_plot_too(full: Shown, qtbot: QtBot) -> None:
    laboratory = full.tab("laboratory")
    laboratory.by_day.set_current(1)
    assert laboratory.days_view.isVisibleTo(laboratory)
    assert not laboratory.list.isVisibleTo(laboratory)
    assert not laboratory.grab().isNull()
    laboratory.days_view.setCurrentIndex(laboratory.days.index(0, 0))
    QTest.keyClick(laboratory.days_view, Qt.Key.Key_Return)
    assert [one.name for one in laboratory.plot.series] == ["HbA1c"]
