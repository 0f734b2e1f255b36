"""The doctor's pages together: choose a patient, open the chart, read, withdraw a request."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from medrec.clinical.forms import FormKind
from medrec.controllers.doctor.workspace import pages
from medrec.controllers.shell import PageSpec
from medrec.domain.categories import Category, Permission
from medrec.domain.entries import Action
from medrec.domain.ids import CHART, RecordId
from medrec.models.record_page import PageState
from medrec.models.session import Session
from medrec.models.timeline_row import Pending
from medrec.services import access, drafts
from medrec.services.context import Context
from medrec.services.drafts import SavedDraft
from medrec.services.index import sync
from medrec.services.sources import in_memory
from medrec.services.writing import Draft, add_record
from medrec.views.common import file_dialogs
from medrec.views.doctor.archive import ArchiveDialog
from medrec.views.doctor.ask import AskDialog
from medrec.views.doctor.chart import ChartPage
from medrec.views.doctor.chart_records import RecordsPane
from medrec.views.doctor.patients import PatientsPage
from medrec.views.doctor.requests import RequestsPage
from tests.support.anvil import anvil_node, deployed
from tests.support.patient_desk import ShellThatListens, desk, settled, until
from tests.support.qtest import QTest
from tests.support.strays import Strays
from tests.support.window import click, press, texts
from tests.support.world import DAY, NOTES, World, amend, world, write

__all__ = ["anvil_node", "deployed", "world"]


class Pages(ShellThatListens):
    """The pages of a doctor, in a window of their own."""

    def open(self, session: Session) -> None:
        self.specs: dict[str, PageSpec] = {s.key: s for s in pages(session, cast("Any", self))}
        self.built: dict[str, QWidget] = {}

    def go(self, key: str, **facts: object) -> None:
        super().go(key, **facts)
        if key in ("write", "import"):
            return
        if key not in self.built:
            page = self.specs[key].build()
            page.setParent(self.window)
            page.resize(self.window.size())
            self.built[key] = page
        for name, page in self.built.items():
            page.setVisible(name == key)
        if facts:
            cast("Any", self.built[key]).arrive(**facts)


@dataclass
class Desk:
    session: Session
    shell: Pages

    @property
    def chart(self) -> ChartPage:
        page = self.shell.built["chart"]
        assert isinstance(page, ChartPage)
        return page

    async def open_chart(self, patient: Context) -> ChartPage:
        self.shell.go("chart", patient=patient.me, name="")
        await settled(self.session)
        return self.chart

    async def open_record(self, record: RecordId) -> RecordsPane:
        assert self.chart.open_record(record.hex())
        await settled(self.session)
        pane = self.chart.pane("timeline")
        assert isinstance(pane, RecordsPane)
        return pane

    def page_of_record(self) -> Any:
        assert self.chart.models is not None
        return self.chart.models.record.page


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(1064, 744)
    qtbot.addWidget(made)
    made.show()
    return made


@asynccontextmanager
async def at_desk(doctor: Context, window: QWidget, **changes: Any) -> AsyncIterator[Desk]:
    async with desk(doctor, **changes) as session:
        shell = Pages(window)
        shell.open(session)
        await settled(session)
        yield Desk(session, shell)
        await settled(session)


async def test_from_the_list_into_the_chart_and_the_look_is_said(
    world: World, window: QWidget
) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await write(patient, patient.me, "Diary")
    await world.grant(patient, doctor, read=[NOTES], write=[NOTES])
    async with at_desk(doctor, window) as at:
        at.shell.go("patients")
        await settled(at.session)
        page = at.shell.built["patients"]
        assert isinstance(page, PatientsPage)
        page.list.opened.emit(page.model.index(0))
        await settled(at.session)
        assert at.shell.went[-1][0] == "chart"
        assert at.chart.head.name.text() == "Ada Lovelace"
        assert ("Chart opened", "Ada Lovelace sees that you looked.", "neutral") in at.shell.toasts
        looks = await at.session.context.local.entries(ref=CHART, actions=[Action.CONSULTED])
        assert [look.actor for look in looks] == [doctor.me]


async def test_a_record_is_opened_amended_and_its_file_shown(
    world: World, window: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES], write=[NOTES])
    parts = (
        in_memory("note.txt", "text/plain", b"The note."),
        in_memory("more.txt", "text/plain", b"More of it."),
    )
    done = await add_record(doctor, patient.me, Draft(NOTES, "Visit", parts))
    async with at_desk(doctor, window) as at:
        await at.open_chart(patient)
        pane = await at.open_record(done.record)
        assert at.page_of_record().state is PageState.READY
        pane.detail.amendRequested.emit()
        assert at.shell.went[-1] == ("write", {"record": done.record.hex(), "version": 1})
        pane.detail.attachmentOpened.emit("more.txt")
        await settled(at.session)
        assert at.chart.file.name == "more.txt"
        monkeypatch.setattr(
            file_dialogs,
            "ask_save",
            lambda _parent, _title, name, chosen: chosen(tmp_path / name),
        )
        at.chart.file.saveRequested.emit("more.txt")
        await settled(at.session)
        assert (tmp_path / "more.txt").read_bytes() == b"More of it."
        at.chart.file.backRequested.emit()
        assert at.chart.pane("timeline") is not None
        looks = await at.session.context.local.entries(ref=done.record, actions=[Action.CONSULTED])
        assert looks


async def test_a_click_on_the_open_record_opens_its_newer_version_and_no_look_is_logged_twice(
    world: World, window: QWidget
) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES], write=[NOTES])
    done = await write(doctor, patient.me, "Visit")
    async with at_desk(doctor, window) as at:
        await at.open_chart(patient)
        pane = await at.open_record(done.record)
        await amend(doctor, patient.me, done.record, "Visit, amended")
        at.session.changed.emit(patient.me)
        await settled(at.session)
        row = pane.list.current()
        assert row is not None
        assert (row.title, row.version) == ("Visit, amended", 2)
        assert at.page_of_record().title == "Visit"
        for _ in range(2):
            await click_row(at, pane)
            assert (at.page_of_record().title, at.page_of_record().shown) == ("Visit, amended", 2)
        looks = await at.session.context.local.entries(ref=done.record, actions=[Action.CONSULTED])
        assert len(looks) == 2


async def click_row(at: Desk, pane: RecordsPane) -> None:
    place = pane.list.visualRect(pane.list.currentIndex()).center()
    QTest.mouseClick(pane.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    await settled(at.session)
    await at.session.refresh()
    await settled(at.session)


async def test_archiving_asks_why_and_the_chart_follows(world: World, window: QWidget) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES], write=[NOTES])
    done = await write(doctor, patient.me, "Visit")
    async with at_desk(doctor, window) as at:
        await at.open_chart(patient)
        pane = await at.open_record(done.record)
        pane.detail.archiveRequested.emit()
        (dialog,) = window.findChildren(ArchiveDialog)
        click(dialog.go)
        assert dialog.reason.error
        dialog.reason.set_text("Written for somebody else.")
        click(dialog.go)
        await settled(at.session)
        assert ("Archived", "", "success") in at.shell.toasts
        at.session.changed.emit(patient.me)
        await settled(at.session)
        assert at.chart.models is not None
        shown = at.chart.models.chart.chart
        assert shown is not None
        assert [r.row.archived for r in shown.records if r.row.record == done.record] == [True]


async def test_a_reason_that_was_refused_is_still_there(world: World, window: QWidget) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES], write=[NOTES])
    done = await write(doctor, patient.me, "Visit")
    async with at_desk(doctor, window) as at:
        await at.open_chart(patient)
        pane = await at.open_record(done.record)
        pane.detail.archiveRequested.emit()
        (dialog,) = window.findChildren(ArchiveDialog)
        await world.revoke(patient, doctor)
        dialog.reason.set_text("Written for somebody else.")
        click(dialog.go)
        await until(lambda: any(d is not dialog for d in window.findChildren(ArchiveDialog)))
        (again,) = [d for d in window.findChildren(ArchiveDialog) if d is not dialog]
        assert again.reason.text() == "Written for somebody else."
        assert "ended" in again.reason.error


async def test_a_revoked_doctor_reads_the_refusal(world: World, window: QWidget) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES])
    async with at_desk(doctor, window) as at:
        await at.open_chart(patient)
        await world.revoke(patient, doctor)
        await sync(at.session.context)
        await settled(at.session)
        at.session.changed.emit(patient.me)
        await settled(at.session)
        page = at.chart
        assert page.inside.currentWidget() is page.failed
        assert page.models is not None
        assert page.models.chart.error is not None
        assert page.failed.text == page.models.chart.error.sentence


@pytest.mark.parametrize("case", ["stranger", "suspended", "expired"])
async def test_who_may_not_read_is_told_why(world: World, window: QWidget, case: str) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    if case != "stranger":
        await world.grant(patient, doctor, read=[NOTES], until=await world.now() + 60)
    if case == "suspended":
        await world.suspend(doctor)
    if case == "expired":
        await world.pass_time(2 * DAY)
    async with at_desk(doctor, window) as at:
        page = await at.open_chart(patient)
        assert page.inside.currentWidget() is page.failed
        assert page.failed.text
        words = {"stranger": "access", "suspended": "suspended", "expired": "ended"}
        assert words[case] in page.failed.text


async def test_a_closed_category_is_asked_for_with_what_is_open(
    world: World, window: QWidget
) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES])
    async with at_desk(doctor, window) as at:
        page = await at.open_chart(patient)
        assert "closed" in page.head.allergies.accessibleName()
        press(page.head.allergies, "Ask")
        (dialog,) = window.findChildren(AskDialog)
        assert dialog.contact is not None
        assert dialog.contact.address == patient.me
        wanted = dialog.matrix.permission.read
        assert {NOTES, Category.ALLERGIES} <= wanted
        dialog.reject()


@pytest.mark.parametrize("key", ["write", "import"])
async def test_closed_allergies_are_asked_for_while_writing_and_importing(
    world: World, window: QWidget, key: str
) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES], write=[NOTES])
    async with at_desk(doctor, window) as at:
        await at.open_chart(patient)
        built: Any = at.shell.specs[key].build()
        built.setParent(window)
        built.show()
        press(built.head.allergies, "Ask")
        (dialog,) = window.findChildren(AskDialog)
        assert {NOTES, Category.ALLERGIES} <= dialog.matrix.permission.read
        dialog.reject()


async def test_another_patient_takes_the_place_of_the_first(world: World, window: QWidget) -> None:
    doctor, first, second = await world.doctor(), await world.patient("a"), await world.patient("b")
    for patient in (first, second):
        await write(patient, patient.me, f"Diary of {patient.name}")
        await world.grant(patient, doctor, read=[NOTES])
    async with at_desk(doctor, window) as at:
        await at.open_chart(first)
        before = at.chart.models
        page = await at.open_chart(second)
        assert page.models is not before
        assert page.models is not None
        titles = [row.title for row in page.models.timeline.rows]
        assert "Diary of b" in titles
        assert "Diary of a" not in titles


async def test_a_request_is_withdrawn_and_the_count_follows(world: World, window: QWidget) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    async with at_desk(doctor, window) as at:
        end = await world.now() + DAY
        wanted = Permission(frozenset({NOTES}))
        await access.request(at.session.context, patient.me, wanted, end, "a visit")
        await sync(at.session.context)
        at.shell.go("requests")
        at.session.changed.emit(patient.me)
        await settled(at.session)
        page = at.shell.built["requests"]
        assert isinstance(page, RequestsPage)
        count = at.shell.specs["requests"].count
        assert count is not None
        assert count.value == 1
        await until(lambda: page.open.lines)
        page.open.lines[0].acted.emit(page.open.lines[0].request)
        from medrec.views.common.dialogs import Dialog

        (dialog,) = window.findChildren(Dialog)
        assert any("stays in the patient's trace" in text for text in texts(dialog))
        dialog.accept()
        await settled(at.session)
        assert ("Withdrawn", "", "success") in at.shell.toasts
        await sync(at.session.context)
        at.session.changed.emit(patient.me)
        await settled(at.session)
        assert count.value == 0
        assert page.answered.lines[0].state_text() == "Withdrawn"


async def test_what_could_not_be_saved_is_a_row_that_leads_to_the_draft(
    world: World, window: QWidget
) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES], write=[NOTES])
    async with at_desk(doctor, window) as at:
        kept = SavedDraft(
            drafts.new_id(), patient.me, "Ada", "Dr. D", FormKind.NOTE, NOTES, {"title": "Visit"}
        )
        await drafts.save(at.session.context, kept)
        stuck = replace(kept, id=drafts.new_id(), problem="Not saved: the access ended.")
        await drafts.save(at.session.context, stuck)
        page = await at.open_chart(patient)
        assert page.models is not None
        first, *rest = page.models.timeline.rows
        assert first.pending is Pending.NOT_SAVED
        assert first.why == stuck.problem
        assert all(row.pending is None for row in rest)
        page.tabs.set_current("timeline")
        pane = page.pane("timeline")
        assert isinstance(pane, RecordsPane)
        pane.list.acted.emit(first)
        assert at.shell.went[-1] == ("write", {"draft": stuck.id})


async def test_the_search_finds_patients_and_records_of_the_open_chart(
    world: World, window: QWidget
) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await write(patient, patient.me, "Cough diary")
    await world.grant(patient, doctor, read=[NOTES])
    async with at_desk(doctor, window) as at:
        shared = at.shell.specs["patients"].build.__self__  # type: ignore[attr-defined]
        at.shell.go("patients")
        await settled(at.session)
        (hit,) = shared.find("lovelace")
        assert (hit.key, hit.facts["patient"]) == ("chart", patient.me)
        at.shell.go(hit.key, **hit.facts)
        await settled(at.session)
        (found,) = shared.find("cough")
        at.shell.go(found.key, **found.facts)
        await settled(at.session)
        assert at.chart.tabs.current == "timeline"
        assert at.page_of_record().title == "Cough diary"


async def test_no_piece_of_a_page_appears_as_a_window_of_its_own(
    world: World, window: QWidget
) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[Category.NOTES], write=[Category.NOTES])
    record = await write(patient, patient.me, "Visit")
    strays = Strays(window)
    async with at_desk(doctor, window) as at:
        for key in ("patients", "requests", "profile"):
            at.shell.go(key)
            await settled(at.session)
        page = await at.open_chart(patient)
        for tab in page.tabs.keys:
            page.go_to(tab)
            await settled(at.session)
        await at.open_record(record.record)
        for key in ("write", "import"):
            built = at.shell.specs[key].build()
            built.setParent(window)
            built.show()
            await settled(at.session)
    assert strays.found == []


async def test_the_keyboard_goes_on_in_the_chart_that_was_chosen(
    world: World, window: QWidget, qtbot: QtBot
) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[Category.NOTES], write=[])
    async with at_desk(doctor, window) as at:
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        page = await at.open_chart(patient)
        assert page.tabs.hasFocus()
