"""The patient's pages: built on the first visit, counted, searched; the overview leads on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from medrec.controllers.patient.workspace import PatientPages, pages
from medrec.domain.categories import Category, Permission
from medrec.services import access
from medrec.services.index import sync
from medrec.views.common.shell.popovers import Hit
from medrec.views.common.tokens import Family
from medrec.views.patient.activity import ActivityPage
from medrec.views.patient.overview import OverviewPage
from medrec.views.patient.overview_cards import RequestCard
from medrec.views.patient.records import RecordsPage
from tests.support.anvil import anvil_node, deployed
from tests.support.patient_desk import ShellThatListens, desk, settled, until
from tests.support.world import DAY, NOTES, World, world, write

__all__ = ["anvil_node", "deployed", "world"]

Finder = Callable[[str], Sequence[Hit]]


@dataclass
class SearchingShell(ShellThatListens):
    """A shell with a search."""

    finders: list[Finder] = field(default_factory=list)

    def add_finder(self, finder: Finder) -> None:
        self.finders.append(finder)


async def test_the_pages_of_a_patient_in_their_order(world: World, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    async with desk(await world.patient()) as session:
        specs = pages(session, ShellThatListens(window))
        assert [spec.key for spec in specs] == [
            "overview",
            "records",
            "sharing",
            "activity",
            "profile",
        ]
        assert specs[2].count is not None
        await settled(session)


async def test_each_page_is_built_and_shows_what_is_there(world: World, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    patient = await world.patient()
    await write(patient, patient.me, "Visit")
    async with desk(patient) as session:
        made = [spec.build() for spec in pages(session, ShellThatListens(window))[:4]]
        for page in made:
            qtbot.addWidget(page)
        await settled(session)
        overview, records = made[0], made[1]
        assert isinstance(overview, OverviewPage)
        assert isinstance(records, RecordsPage)
        assert overview.page.title == "Your record"
        assert records.list.model() is not None
        assert records._timeline.rowCount() == 2


async def test_the_records_open_the_latest_one_after_the_overview_was_read(
    world: World, qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    patient = await world.patient()
    await write(patient, patient.me, "Visit")
    async with desk(patient) as session:
        own = PatientPages(session, ShellThatListens(window))
        qtbot.addWidget(own.build_overview())
        await settled(session)
        page = own.build_records()
        qtbot.addWidget(page)
        assert isinstance(page, RecordsPage)
        await until(lambda: page.detail.page is not None and page.detail.page.data)
        assert page.detail.page is not None
        assert page.detail.page.title == "Visit"
        await settled(session)


async def test_the_activity_calls_records_by_their_titles(world: World, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    patient = await world.patient()
    async with desk(patient) as session:
        own = PatientPages(session, ShellThatListens(window))
        qtbot.addWidget(own.build_overview())
        page = own.build_activity()
        qtbot.addWidget(page)
        await settled(session)
        assert isinstance(page, ActivityPage)
        await write(patient, patient.me, "Visit")
        session.changed.emit(patient.me)
        await settled(session)
        model = page.entries.list.model()
        assert model is not None
        assert model.index(0, 0).data() == "You wrote Visit (notes)"
        page.resize(1000, 700)
        page.show()
        page.grab()


async def test_an_open_request_is_counted_and_leads_to_sharing(world: World, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    patient, doctor = await world.patient(), await world.doctor()
    await sync(doctor)
    wish = Permission(frozenset({Category.VITALS}), frozenset())
    await access.request(doctor, patient.me, wish, await world.now() + DAY, "")
    async with desk(patient) as session:
        shell = ShellThatListens(window)
        own = PatientPages(session, shell)
        page = own.build_overview()
        qtbot.addWidget(page)
        await settled(session)
        assert isinstance(page, OverviewPage)
        assert own.requests.value == 1
        (card,) = page.findChildren(RequestCard)
        card.reviewed.emit(card.request.doctor)
        assert shell.went == [("sharing", {"doctor": doctor.me})]
        card.putOff.emit(card.request.doctor)
        assert shell.toasts[-1] == (
            "Put off",
            "The request waits for you under Sharing.",
            "neutral",
        )
        assert own.requests.value == 1
        page.addRequested.emit()
        page.exportRequested.emit()
        page.activityRequested.emit()
        page.recordsRequested.emit(Family.ALLERGIES)
        assert shell.went[1:] == [
            ("records", {"add": True}),
            ("records", {"export": True}),
            ("activity", {}),
            ("records", {"family": Family.ALLERGIES}),
        ]


async def test_the_search_finds_records_by_title_author_and_contents(
    world: World, qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    patient, doctor = await world.patient(), await world.doctor("house")
    await world.grant(patient, doctor, read=[NOTES], write=[NOTES])
    await write(doctor, patient.me, "Limping")
    await write(patient, patient.me, "Diary")
    async with desk(patient) as session:
        shell = SearchingShell(window)
        page = pages(session, shell)[0].build()
        qtbot.addWidget(page)
        await settled(session)
        (find,) = shell.finders
        assert [hit.title for hit in find("house limp")] == ["Limping"]
        (mine,) = find("diary")
        assert mine.note.startswith("You")
        assert mine.key == "records"
        assert set(mine.facts) == {"record"}
        assert find("nothing of the kind") == []
