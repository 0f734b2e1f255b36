"""After a takeover the windows show what was written before, marked, and open it where it lies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from PyQt6.QtCore import QObject, Qt
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from medrec.controllers.doctor.workspace import pages as doctors_pages
from medrec.controllers.patient.records import RecordsController
from medrec.domain.ids import RecordId
from medrec.errors import NodeDown
from medrec.models.chart import ChartModel
from medrec.models.doctor.patients import PatientsModel
from medrec.models.outbox import OutboxModel
from medrec.models.patient.timeline import PatientTimeline
from medrec.models.record import RecordModel
from medrec.models.record_page import PageState, RecordPage
from medrec.models.session import Session
from medrec.models.timeline_row import TimelineRow
from medrec.services import carrying
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.references import Reference
from medrec.services.sources import in_memory
from medrec.services.writing import Draft, add_record
from medrec.views.doctor.archive import ArchiveDialog
from medrec.views.doctor.chart import ChartPage
from medrec.views.doctor.chart_records import RecordsPane
from medrec.views.doctor.patients_rows import PatientDelegate
from medrec.views.patient.record_dialogs import CorrectionDialog
from medrec.views.patient.records import RecordsPage
from tests.support.anvil import anvil_node, deployed
from tests.support.liar import failing, lying
from tests.support.patient_desk import ShellThatListens, desk, settled
from tests.support.takeover import SCAN, Successor, clinic, successor
from tests.support.window import texts
from tests.support.world import NOTES, draft, world, write

__all__ = ["anvil_node", "clinic", "deployed", "successor", "world"]

pytestmark = pytest.mark.anvil


class Records(QObject):
    """A patient's page of records."""

    def __init__(self, session: Session, window: QWidget) -> None:
        super().__init__(window)
        self.session = session
        self.timeline = PatientTimeline(ChartModel(session, session.me, window), window)
        self.record = RecordModel(session, session.me, window)
        self.view = RecordsPage(self.timeline, self.record, OutboxModel(session, window), window)
        self.view.resize(window.size())
        self.shell = ShellThatListens(window)
        self.controller = RecordsController(
            session, self.view, self.timeline, self.record, self.shell, self.view
        )
        window.show()

    def row(self, record: RecordId) -> TimelineRow:
        return next(row for row in self.timeline.rows if row.key == record.hex())

    async def open(self, record: RecordId) -> RecordPage:
        if not self.view.select(record.hex()) or self.record.page is None:
            raise AssertionError("it is not in the list")
        self.record.reload()
        await settled(self.session)
        page = self.view.detail.page
        assert page is not None
        assert page.record == record.hex()
        return page

    def says(self, sentence: str) -> bool:
        return any(sentence in text for text in texts(self.view))


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(1064, 744)
    qtbot.addWidget(made)
    return made


async def test_a_patient_reads_what_was_written_before(
    successor: Successor, window: QWidget
) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    name = before.world.network.name
    async with desk(ada) as session:
        at = Records(session, window)
        await settled(session)
        row = at.row(before.notes)
        assert (row.title, row.version, row.origin) == ("Third note", 3, name)
        # Who wrote it is vouched for by the verifiers of before alone.
        assert row.author == "Dr. Gregory Okafor"
        assert f"from the network of before, {name}" in at.timeline.text(row)
        page = await at.open(before.notes)
        assert (page.state, page.shown) == (PageState.READY, 3)
        assert [line.origin for line in page.versions] == [name] * 3
        assert at.says(f"From the network before, “{name}”: it lies there as it was written.")
        assert at.says("A correction is asked for in this network.")
        assert (page.may_amend, page.may_archive, page.may_ask_correction) == (False, False, True)
        at.view.detail.compareRequested.emit(2, 3)
        await settled(session)
        assert at.view._stack.currentWidget() is at.view.compare
        assert texts(at.view.compare).count("From before") == 2
        at.view.compare.backRequested.emit()
        # A file of before, opened inside the window.
        await at.open(before.scan)
        at.view.detail.attachmentOpened.emit("scan.bin")
        await settled(session)
        assert at.view._stack.currentWidget() is at.view.file
        assert at.shell.handles[-1].result[1] == SCAN
        at.view.show_list()
        # What is asked goes to its author in this network.
        await at.open(before.notes)
        at.view.detail.correctionRequested.emit()
        dialog = at.controller.writing.dialog
        assert isinstance(dialog, CorrectionDialog)
        dialog.given.emit("It was the left hand.")
        await settled(session)
        await session.refresh()
        await settled(session)
        asked = [r for r in at.timeline.rows if r.title == "Correction asked for: Third note"]
        assert [r.origin for r in asked] == [""]


async def test_a_carried_record_says_what_it_goes_on_from(
    successor: Successor, window: QWidget
) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    meyer = await successor.doctor(before.meyer)
    await successor.world.grant(ada, meyer, [NOTES], [NOTES])
    text = in_memory("note.txt", "text/plain", b"Carried on.")
    await carrying.update(meyer, ada.me, before.notes, (text, (), "Fourth note", None))
    # And one that does not go on from what lies there.
    entry = Reference(*before.world.network.place, before.own, 1, cast("Any", bytes(27)))
    parts = draft("Not so").parts
    await add_record(ada, ada.me, Draft(NOTES, "Not so", parts, note=entry.note), before.own)
    await sync(ada)
    name = before.world.network.name
    async with desk(ada) as session:
        at = Records(session, window)
        await settled(session)
        row = at.row(before.notes)
        assert (row.title, row.version, row.origin) == ("Fourth note", 4, "")
        page = await at.open(before.notes)
        assert [line.origin for line in page.versions] == [name, name, name, ""]
        assert page.versions[3].reason == ""
        assert at.says(f"Goes on from version 3 in the network before, “{name}”")
        at.view.detail.versionChosen.emit(2)
        await settled(session)
        assert at.view.detail.page is not None
        assert (at.view.detail.page.title, at.view.detail.page.shown) == ("Second note", 2)
        assert at.says(f"From the network before, “{name}”")
        wrong = at.row(before.own)
        assert wrong.title == ""
        assert "does not go on from what the network of before shows" in wrong.why
        page = await at.open(before.own)
        assert page.state is PageState.BROKEN
        assert at.says("does not go on from what the network of before shows")
        assert not page.data


async def test_a_network_of_before_that_is_away_is_said(
    successor: Successor, window: QWidget
) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    new = (await write(ada, ada.me, "In the new contracts")).record
    await sync(ada)
    there = ada.origins[0]
    chain = lying(there.chain, check_network=failing(NodeDown(url="http://before")))
    async with desk(ada) as session:
        at = Records(session, window)
        await settled(session)
        assert not at.view.missing.isVisibleTo(at.view)
        await at.open(before.scan)
        session.context = replace(session.context, origins=(replace(there, chain=chain),))
        at.controller.reload()
        await settled(session)
        name = before.world.network.name
        assert at.view.missing.isVisibleTo(at.view)
        assert at.says(f"“{name}”, are as they were read last. The Ethereum node")
        # What was opened before stays readable, and this network goes on.
        assert (await at.open(before.scan)).state is PageState.READY
        assert (await at.open(new)).state is PageState.READY


class Pages(ShellThatListens):
    """The pages of a doctor, in a window of their own."""

    def chart(self, session: Session) -> ChartPage:
        specs = {s.key: s for s in doctors_pages(session, cast("Any", self))}
        page = specs["chart"].build()
        assert isinstance(page, ChartPage)
        page.setParent(self.window)
        page.resize(self.window.size())
        page.show()
        return page


async def opened(page: ChartPage, session: Session, record: RecordId) -> tuple[RecordsPane, Any]:
    """A record of the chart, open."""
    assert page.open_record(record.hex())
    await settled(session)
    pane = page.pane("timeline")
    assert isinstance(pane, RecordsPane)
    return pane, pane.detail.page


async def test_a_doctor_reads_and_archives_what_was_written_before(
    successor: Successor, window: QWidget
) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    meyer: Context = await successor.doctor(before.meyer)
    await successor.world.grant(ada, meyer, [NOTES], [NOTES])
    name = before.world.network.name
    window.show()
    async with desk(meyer) as session:
        shell = Pages(window)
        page = shell.chart(session)
        page.arrive(patient=ada.me, name="")
        await settled(session)
        assert not page.head.missing.isVisibleTo(page)
        pane, shown = await opened(page, session, before.scan)
        assert (shown.state, shown.versions[0].origin) == (PageState.READY, name)
        assert (shown.may_amend, shown.may_archive) == (True, True)
        assert any("A new version of it is written in this network." in t for t in texts(pane))
        pane.detail.archiveRequested.emit()
        dialog = window.findChild(ArchiveDialog, options=Qt.FindChildOption.FindChildrenRecursively)
        assert dialog is not None
        dialog.given.emit("A mistake.")
        await settled(session)
        assert ("Archived", "", "success") in shell.toasts
        assert page.models is not None
        page.models.chart.reload()
        await settled(session)
        [row] = [r for r in page.models.timeline.rows if r.key == before.scan.hex()]
        assert (row.archived, row.origin) == (True, name)
        # The patient's own note is the patient's to write on.
        pane, shown = await opened(page, session, before.own)
        assert (shown.may_amend, shown.may_archive) == (False, False)
        assert any("Only its author writes it on" in t for t in texts(pane))
        # One of his own, amended: the form is asked for it, with the version that stands now.
        _, shown = await opened(page, session, before.notes)
        assert shown.may_amend
        pane.detail.amendRequested.emit()
        assert shell.went[-1] == ("write", {"record": before.notes.hex(), "version": 3})


async def test_a_doctor_finds_the_patients_of_before(successor: Successor, window: QWidget) -> None:
    """The patient has not followed yet: the record of before is read, and nothing is written."""
    before = successor.clinic
    meyer = await successor.doctor(before.meyer)
    name = before.world.network.name
    window.show()
    async with desk(meyer) as session:
        model = PatientsModel(session, window)
        model.reload()
        await settled(session)
        [row] = model.rows
        assert (row.name, row.who.origin) == ("Ada Lovelace", name)
        assert f"in the network before, {name}" in model.text(row)
        assert PatientDelegate(window).about(row) == "In the network before"
        page = Pages(window).chart(session)
        page.arrive(patient=row.who.patient, name=row.name)
        await settled(session)
        _, shown = await opened(page, session, before.notes)
        assert (shown.state, shown.may_amend) == (PageState.READY, False)
        assert not page.write.isEnabled()
