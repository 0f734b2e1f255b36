"""The records page on a screen: chips, years, authors, words, 10,000 rows, small windows."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from PyQt6.QtGui import QAction
from PyQt6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from medrec.clinical.facts import Facts
from medrec.domain.categories import Category
from medrec.domain.ids import Address, RecordId
from medrec.errors import NodeDown
from medrec.models.chart import ChartModel
from medrec.models.outbox import OutboxModel
from medrec.models.patient.timeline import PatientTimeline
from medrec.models.record import RecordModel
from medrec.models.record_page import PageState, RecordPage, VersionLine
from medrec.models.rows import LoadState
from medrec.services.chart import Chart, ChartRecord
from medrec.services.records import RecordRow
from medrec.views.common.record.timeline_delegate import TimelineDelegate
from medrec.views.common.tokens import Family
from medrec.views.patient.records import LIST_NARROW, LIST_WIDE, RecordsPage
from tests.support.anvil import anvil_node, deployed
from tests.support.counting import counted
from tests.support.patient_desk import desk, settled, until
from tests.support.world import World, world

__all__ = ["anvil_node", "deployed", "world"]

HOUSE, WEBER = Address("0x" + "22" * 20), Address("0x" + "33" * 20)
NAMES = {HOUSE: "Gregory House", WEBER: "Eva Weber"}
NOW = int(time.time())
DAY = 86_400
CATEGORIES = tuple(Category)


@dataclass
class Shown:
    """The page and its models."""

    page: RecordsPage
    timeline: PatientTimeline
    record: RecordModel

    def fill(self, records: tuple[ChartRecord, ...]) -> None:
        chart = self.timeline.chart
        chart.chart = Chart(chart.patient, None, True, records, Facts())
        chart.names = {**NAMES, chart.patient: "you"}
        chart.state = LoadState.READY
        chart.changed.emit()


@pytest.fixture
async def shown(world: World, qtbot: QtBot) -> AsyncIterator[Shown]:
    async with desk(await world.person("amina")) as session:
        timeline = PatientTimeline(ChartModel(session, session.me))
        record = RecordModel(session, session.me)
        page = RecordsPage(timeline, record, OutboxModel(session))
        qtbot.addWidget(page)
        page.resize(1064, 744)
        page.show()
        yield Shown(page, timeline, record)
        await settled(session)


def record(number: int, author: Address = HOUSE, when: int = 0) -> ChartRecord:
    category = CATEGORIES[number % len(CATEGORIES)]
    row = RecordRow(
        RecordId(number.to_bytes(32, "big")),
        category,
        f"Record {number}",
        1,
        author,
        when or NOW - number * DAY,
        False,
    )
    return ChartRecord(row, "text/plain", row.time, 0, Facts(), f"contents {number}")


async def test_ten_thousand_rows_scroll_and_filter(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    QAbstractItemModelTester(shown.timeline, QAbstractItemModelTester.FailureReportingMode.Fatal)
    shown.fill(tuple(record(n) for n in range(10_000)))
    assert shown.timeline.rowCount() == 10_000
    bar = shown.page.list.verticalScrollBar()
    assert bar is not None
    await until(lambda: bar.maximum() > 500_000)
    drawn = counted(monkeypatch, TimelineDelegate, "paint")
    height = shown.page.list.viewport().height()
    in_sight = height // shown.page.list.rows_delegate.row_height() + 3
    for step in range(20):
        bar.setValue(bar.maximum() * step // 20)
        drawn.taken()
        shown.page.list.grab()
        assert 0 < drawn.taken() <= in_sight
    shown.page.search.setText("contents 9999")
    await until(lambda: shown.timeline.rowCount() == 1)
    assert shown.timeline.rows[0].title == "Record 9999"
    shown.page.search.clear()
    await until(lambda: shown.timeline.rowCount() == 10_000)


async def test_chips_count_families_and_filter(shown: Shown) -> None:
    shown.fill(tuple(record(n) for n in range(28)))
    filter_row = shown.page.filter
    assert filter_row.all.accessibleName() == "All, 28"
    documents = filter_row.chips[Family.DOCUMENTS]
    assert documents.accessibleName() == "Documents, 6"
    documents.click()
    assert {row.category for row in shown.timeline.rows} == {
        Category.IMAGING,
        Category.NOTES,
        Category.DOCUMENTS,
    }
    assert documents.isChecked()
    assert not filter_row.all.isChecked()
    documents.click()
    assert shown.timeline.rowCount() == 28
    assert filter_row.all.isChecked()


async def test_years_authors_and_rare_families_are_in_the_menu(shown: Shown) -> None:
    year = time.localtime(NOW).tm_year
    long_ago = NOW - 3 * 365 * DAY
    shown.fill((record(1), record(2, WEBER), record(3, shown.timeline.chart.patient, long_ago)))
    texts = [action.text() for action in _actions(shown)]
    assert texts[:2] == ["Identity", "Sensitive"]
    assert [str(year), "Eva Weber", "Gregory House", "You"] == [
        text for text in texts if text in (str(year), "Eva Weber", "Gregory House", "You")
    ]
    _choose(shown, "Eva Weber")
    assert [row.author for row in shown.timeline.rows] == ["Eva Weber"]
    assert shown.page.filter.more.text() == "Eva Weber"
    _choose(shown, "Any author")
    _choose(shown, str(year))
    assert shown.timeline.rowCount() == 2
    _choose(shown, "Sensitive")
    assert shown.timeline.rowCount() == 0
    assert shown.page.states.empty.title == "Nothing fits"
    shown.page.states.acted.emit()
    assert shown.timeline.rowCount() == 3
    assert shown.page.filter.more.text() == "More"


def _actions(shown: Shown) -> list[QAction]:
    return [action for action in shown.page.filter.menu().actions() if action.text()]


def _choose(shown: Shown, text: str) -> None:
    next(action for action in _actions(shown) if action.text() == text).trigger()


async def test_an_empty_record_offers_to_add_a_document(shown: Shown, qtbot: QtBot) -> None:
    shown.fill(())
    assert shown.page.states.currentWidget() is shown.page.states.empty
    assert shown.page.states.empty.title == "No records yet"
    with qtbot.waitSignal(shown.page.addRequested):
        shown.page.states.acted.emit()


async def test_what_failed_can_be_tried_again(shown: Shown, qtbot: QtBot) -> None:
    chart = shown.timeline.chart
    chart.state, chart.error = LoadState.FAILED, NodeDown(url="http://nowhere")
    chart.changed.emit()
    assert "does not answer" in shown.page.states.failed.text
    with qtbot.waitSignal(shown.page.retried):
        shown.page.states.retry.emit()


async def test_a_denied_record_says_so_and_shows_nothing(shown: Shown) -> None:
    shown.fill((record(1),))
    assert shown.page._detail.currentWidget() is shown.page.nothing
    shown.record.page = RecordPage(
        "01" * 32,
        "Record 1",
        Category.LABORATORY,
        (VersionLine(1, "Gregory House", NOW),),
        1,
        state=PageState.DENIED,
        trouble="You may not read laboratory results of this patient. You may ask for it.",
    )
    shown.record.changed.emit()
    assert shown.page._detail.currentWidget() is shown.page.detail
    assert shown.page.detail.resource is None


async def test_the_list_gives_way_on_a_small_window(shown: Shown) -> None:
    assert shown.page._list_card.width() == LIST_WIDE
    shown.page.resize(960, 584)
    assert shown.page._list_card.width() == LIST_NARROW
    assert shown.page.minimumSizeHint().width() <= 960


async def test_rows_that_wait_are_settled_not_opened(shown: Shown, qtbot: QtBot) -> None:
    shown.fill((record(1),))
    with qtbot.waitSignal(shown.page.recordChosen) as chosen:
        assert shown.page.select(record(1).row.record.hex())
    assert chosen.args[0].title == "Record 1"
    assert not shown.page.select("ff" * 32)
