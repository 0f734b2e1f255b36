"""The overview on a screen: new, full, waiting, failed, without a network."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from PyQt6.QtCore import QSize
from pytestqt.qtbot import QtBot

from medrec.clinical.facts import Fact, Facts, Point, Series
from medrec.domain.categories import GENERAL, Category, Permission
from medrec.domain.ids import Address, RecordId
from medrec.errors import NodeDown
from medrec.models.chart import ChartModel
from medrec.models.outbox import OutboxModel
from medrec.models.patient.highlights import Highlight
from medrec.models.patient.overview import Lately, LookRow, OpenRequest, OverviewModel
from medrec.models.patient.timeline import PatientTimeline
from medrec.models.rows import LoadState
from medrec.models.session import Session
from medrec.services.chart import Chart, ChartRecord
from medrec.services.looks import Look
from medrec.services.records import RecordRow
from medrec.views.common.focus import controls
from medrec.views.common.plots import SparkTile
from medrec.views.patient import overview_words as words
from medrec.views.patient.overview import OverviewPage
from medrec.views.patient.overview_cards import RequestCard
from tests.support.anvil import anvil_node, deployed
from tests.support.patient_desk import desk
from tests.support.world import World, world

__all__ = ["anvil_node", "deployed", "world"]

MONTH = 30 * 86_400
NOW = int(time.time())
HOUSE = Address("0x" + "22" * 20)
WEBER = Address("0x" + "33" * 20)


def series(code: str, name: str, values: list[float], unit: str, group: str = "") -> Series:
    first = NOW - len(values) * MONTH
    points = [
        Point(first + (n + 1) * MONTH - 60, v, f"{v:g}", unit, 90, 139)
        for n, v in enumerate(values)
    ]
    return Series(code, name, unit, "vitals", tuple(points), group)


FACTS = Facts(
    problems=(
        Fact("problem", "Type 2 diabetes", when="2014-03"),
        Fact("problem", "Migraine", active=False),
    ),
    medications=(Fact("medication", "Metformin 850 mg", "1 tablet, morning and evening"),),
    allergies=(
        Fact("allergy", "Penicillin", "Anaphylaxis", "2003", severity="severe"),
        Fact("allergy", "Latex", "Skin rash", severity="mild"),
    ),
    series=(
        series("8480-6", "Systolic", [148, 140, 128], "mmHg", "blood-pressure"),
        series("8462-4", "Diastolic", [92, 86, 82], "mmHg", "blood-pressure"),
        series("29463-7", "Weight", [76.2, 73, 71.4], "kg"),
    ),
)
RECORD = RecordRow(RecordId(b"\x03" * 32), Category.VITALS, "Visit", 1, HOUSE, NOW, False)
REQUEST = OpenRequest(
    WEBER,
    "Sofia Lindqvist",
    "Cardiology",
    Permission(frozenset({Category.VITALS, Category.PROBLEMS}), frozenset()),
    NOW + 90 * 86_400,
    "To plan the catheter.",
)
LOOKS = tuple(
    LookRow("Gregory House", Look(HOUSE, NOW - day * 86_400, (Category.LABORATORY,), 1))
    for day in range(8)
)


@pytest.fixture
async def page(world: World, qtbot: QtBot) -> AsyncIterator[OverviewPage]:
    """The page over a patient's session; tests fill its model."""
    async with desk(await world.person("amina")) as session:
        model = OverviewModel(session, ChartModel(session, session.me))
        shown = OverviewPage(model, OutboxModel(session), PatientTimeline(model.chart))
        qtbot.addWidget(shown)
        shown.resize(1064, 744)
        shown.show()
        yield shown


def fill(page: OverviewPage, facts: Facts = FACTS, lately: Lately | None = None) -> None:
    model = page._model
    record = ChartRecord(RECORD, facts=facts)
    me = model.session.me
    model.chart.chart = Chart(me, None, True, (record,), facts)
    model.chart.state = LoadState.READY
    model.lately = lately or Lately((REQUEST,), LOOKS, "Gregory House", NOW)
    model.chart.changed.emit()


def session_of(page: OverviewPage) -> Session:
    return page._model.session


async def test_a_full_record_shows_tiles_plot_looks_and_lists(page: OverviewPage) -> None:
    fill(page)
    tiles = page._tiles_box.findChildren(SparkTile)
    named = [tile.accessibleName() for tile in tiles]
    assert named[0].startswith("Blood pressure, 128/82 mmHg")
    assert "−4.8 kg in 2 months" in named[1]
    assert len(page.plot.plot.series) == 2
    assert page.problems.all_button.text() == "1 active"
    assert page.medications.all_button.text() == "All 1"
    assert page.allergies.all_button.text() == "2"
    assert page.looks._whole.text() == "Nothing is missing from this list"
    assert page.looks._rows.count() == 3
    assert page.page._subtitle.text().endswith(", by Gregory House")


async def test_a_large_window_shows_more_rows_not_bigger_type(page: OverviewPage) -> None:
    fill(page)
    page.resize(QSize(1500, 1000))
    assert page.looks._rows.count() == 6
    assert page.plot.plot.height() > 300
    page.resize(QSize(940, 560))
    assert page.looks._rows.count() == 3
    assert page._tiles.itemAtPosition(1, 0) is not None or page._tiles.count() <= 2


async def test_a_request_leads_to_sharing_or_is_put_off(page: OverviewPage, qtbot: QtBot) -> None:
    fill(page)
    (card,) = page.findChildren(RequestCard)
    assert card.accessibleName() == "Sofia Lindqvist asks to read part of your record"
    with qtbot.waitSignal(page.reviewRequested) as asked:
        card.reviewed.emit(WEBER)
    assert asked.args == [WEBER]
    page.put_off(WEBER)
    assert page._requests.count() == 0


async def test_tab_goes_as_people_read(page: OverviewPage) -> None:
    fill(page)
    await asyncio.sleep(0)
    order = list(controls(page))
    (card,) = page.findChildren(RequestCard)
    tile = page._tiles_box.findChildren(SparkTile)[0]
    every = page.problems.all_button
    asked = [widget for widget in order if card.isAncestorOf(widget)]
    assert order.index(asked[-1]) < order.index(tile) < order.index(every)


async def test_a_new_patient_reads_what_comes_next(page: OverviewPage, qtbot: QtBot) -> None:
    model = page._model
    model.chart.chart = Chart(model.session.me, None, False, (), Facts())
    model.chart.state = LoadState.READY
    model.chart.changed.emit()
    assert page._nothing.isVisible()
    assert page._empty.title == "No records yet"
    assert page._middle.isVisible()
    assert not page.plot.isVisible()
    with qtbot.waitSignal(page.addRequested):
        page._empty.button.click()


async def test_loading_shows_a_skeleton_and_nothing_that_is_not_known(page: OverviewPage) -> None:
    assert page._skeleton.isVisible()
    assert not page._middle.isVisible()


async def test_what_failed_says_why_and_can_be_tried_again(
    page: OverviewPage, qtbot: QtBot
) -> None:
    model = page._model
    model.chart.state, model.chart.error = LoadState.FAILED, NodeDown(url="http://nowhere")
    model.chart.changed.emit()
    assert page._failed.isVisible()
    assert "does not answer" in page._failed.text
    with qtbot.waitSignal(page.retried):
        page._failed.button.click()


async def test_without_a_network_reading_goes_on_below_a_banner(page: OverviewPage) -> None:
    fill(page)
    assert not page.offline.isVisible()
    session_of(page).online = session_of(page).verified = False
    session_of(page).stateChanged.emit()
    assert page.offline.isVisible()
    assert page.offline.text() == "You are offline. What was opened before stays readable."
    page._timeline.kept = 2
    page._timeline.loaded.emit()
    assert page.offline.text() == (
        "You are offline. 2 changes wait on this computer and go out by themselves."
    )
    assert "offline" in page.looks._whole.text()
    assert page.plot.isVisible()


async def test_a_new_block_builds_nothing_anew(page: OverviewPage) -> None:
    fill(page)
    before = page._tiles_box.findChildren(SparkTile)
    session_of(page).block += 1
    session_of(page).stateChanged.emit()
    assert page._tiles_box.findChildren(SparkTile) == before
    session_of(page).verified = False
    session_of(page).stateChanged.emit()
    assert page.looks._whole.text() == "Checking that nothing is missing"
    assert page._tiles_box.findChildren(SparkTile) == before


async def test_a_tile_shows_its_own_line(page: OverviewPage) -> None:
    fill(page)
    page._tiles_box.findChildren(SparkTile)[1].clicked.emit()
    assert [s.name for s in page.plot.plot.series] == ["Weight"]


async def test_without_measurements_there_is_no_tile(page: OverviewPage) -> None:
    fill(page, Facts(problems=FACTS.problems))
    assert not page._tiles_box.isVisible()
    assert page.plot.isVisible()
    assert not page.plot.plot.isVisible()


LAB, NOTES = Category.LABORATORY, Category.NOTES


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (Look(HOUSE, 1, (LAB,), 3, (Category.VITALS,)), "Wrote vitals, read 3 records"),
        (Look(HOUSE, 1, (LAB,), 1, (Category.VITALS,)), "Wrote vitals, read 1 record"),
        (Look(HOUSE, 1, (LAB, NOTES), 2), "Read laboratory, notes"),
        (Look(HOUSE, 1, GENERAL[:3], 7), "Read 7 records"),
        (Look(HOUSE, 1, (), 0, GENERAL[:3], written=4), "Wrote 4 records"),
        (Look(HOUSE, 1, (), 0, (), (LAB,), (), True), "Amended laboratory"),
        (Look(HOUSE, 1, (), 0, (), (), (NOTES,)), "Archived notes"),
        (Look(HOUSE, 1, listed=True), "Opened the list of your records"),
    ],
)
def test_a_look_in_words(look: Look, said: str) -> None:
    assert words.look_line(look) == said


@pytest.mark.parametrize(
    ("text", "shown"), [("91.1395", "91.1"), ("6.80", "6.80"), ("0.91385012", "0.91"), ("<5", "<5")]
)
def test_a_value_fits_its_tile(text: str, shown: str) -> None:
    value = float(text.strip("<"))
    one = Series("1", "X", "", "laboratory", (Point(NOW, value, text, ""),))
    assert words.tile_words(Highlight("x", (one,)), None).value == shown


def test_a_blood_pressure_is_told_in_whole_numbers() -> None:
    pair = tuple(
        Series(code, name, "mmHg", "vitals", (Point(NOW, value, str(value), "mmHg"),))
        for code, name, value in (("8480-6", "S", 134.633), ("8462-4", "D", 77.8928))
    )
    assert words.tile_words(Highlight("blood-pressure", pair), None).value == "135/78"


def test_everything_but_sensitive_is_said_as_such() -> None:
    assert words.listed(GENERAL) == "everything but sensitive"
    both = [*GENERAL, Category.MENTAL]
    assert words.listed(both) == "everything but sensitive, mental health"


@pytest.mark.parametrize(
    ("fact", "line", "severity"),
    [
        (Fact("problem", "Asthma", when="1999-05-01"), "Since 1999", ""),
        (Fact("allergy", "Nuts", "Hives", "1998", severity="moderate"), "Hives, 1998", "Moderate"),
        (Fact("allergy", "Wasps", criticality="high"), "", "High risk"),
        (Fact("medication", "Ramipril 5 mg", "1 in the morning"), "1 in the morning", ""),
        (Fact("medication", "Ramipril 5 mg", when="2020"), "Since 2020", ""),
    ],
)
def test_a_fact_in_words(fact: Fact, line: str, severity: str) -> None:
    assert words.fact_line(fact) == line
    assert words.severity_words(fact) == severity


@pytest.mark.parametrize(
    ("read", "write", "said"),
    [
        ({LAB}, set(), "asks to read part of your record"),
        ({LAB}, {LAB}, "asks to read and write part of your record"),
        (set(), {LAB}, "asks to write in your record"),
    ],
)
def test_a_request_in_words(read: set[Category], write: set[Category], said: str) -> None:
    wish = Permission(frozenset(read), frozenset(write))
    request = OpenRequest(HOUSE, "Gregory House", "Medicine", wish, NOW, "")
    assert words.asks(request) == f"Gregory House {said}"
    assert "laboratory" in words.request_line(request).lower()
