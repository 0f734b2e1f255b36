"""The records page at work on a real chain: opened, compared, saved, added, corrected, archived."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDragEnterEvent, QDropEvent
from PyQt6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from medrec.controllers.patient.records import RecordsController
from medrec.domain.categories import Category
from medrec.domain.cid import Codec, cid_from_digest
from medrec.errors import NodeDown
from medrec.models.chart import ChartModel
from medrec.models.outbox import OutboxModel
from medrec.models.patient.timeline import PatientTimeline
from medrec.models.record import RecordModel
from medrec.models.record_page import PageState
from medrec.models.session import Session
from medrec.models.timeline_row import Pending
from medrec.services import corrections
from medrec.services.chart import load
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.sources import in_memory
from medrec.services.writing import Draft, add_record
from medrec.views.common.add_document import AddDocumentDialog
from medrec.views.common.tokens import Family
from medrec.views.common.viewers.text import TextViewer
from medrec.views.patient.record_dialogs import ArchiveDialog, CorrectionDialog, SettleDialog
from medrec.views.patient.records import RecordsPage
from tests.support.anvil import anvil_node, deployed
from tests.support.patient_desk import ShellThatListens, desk, settled, until
from tests.support.world import NOTES, World, amend, world, write

__all__ = ["anvil_node", "deployed", "world"]


class Away:
    """A chain whose node does not answer."""

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: object, **__: object) -> None:
            raise NodeDown(url="http://nowhere")

        return fail


@dataclass
class Screen:
    """The page with its models and controller, in a window."""

    session: Session
    window: QWidget
    page: RecordsPage
    record: RecordModel
    timeline: PatientTimeline
    controller: RecordsController
    shell: ShellThatListens

    async def open(self, title: str) -> None:
        row = next(row for row in self.timeline.rows if row.title == title)
        if self.page.list.current() == row:
            self.record.reload()
        assert self.page.select(str(row.key))
        await settled(self.session)

    def said(self) -> str:
        """Everything that the record's page says."""
        labels = self.page.detail.findChildren(QLabel)
        return "\n".join(label.text() for label in labels if label.isVisibleTo(self.page))


class Screens:
    """Makes screens and closes them."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self._open: list[Any] = []

    async def of(self, context: Context, **changes: Any) -> Screen:
        door = desk(context, **changes)
        session = await door.__aenter__()
        self._open.append(door)
        window = QWidget()
        self._qtbot.addWidget(window)
        window.resize(1064, 744)
        timeline = PatientTimeline(ChartModel(session, session.me, window), window)
        record = RecordModel(session, session.me, window)
        page = RecordsPage(timeline, record, OutboxModel(session, window), window)
        page.resize(window.size())
        shell = ShellThatListens(window)
        controller = RecordsController(session, page, timeline, record, shell, page)
        window.show()
        await settled(session)
        return Screen(session, window, page, record, timeline, controller, shell)

    async def close(self) -> None:
        for door in self._open:
            await door.__aexit__(None, None, None)


@pytest.fixture
async def screens(qtbot: QtBot) -> AsyncIterator[Screens]:
    made = Screens(qtbot)
    yield made
    await made.close()


async def test_a_record_opens_with_its_versions_side_by_side(
    world: World, screens: Screens
) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES], write=[NOTES])
    note = await write(doctor, patient.me, "Visit")
    await amend(doctor, patient.me, note.record, "Visit, amended")
    screen = await screens.of(patient)
    await screen.open("Visit, amended")
    shown = screen.page.detail.page
    assert shown is not None
    assert (shown.state, shown.shown) == (PageState.READY, 2)
    screen.page.detail.versionChosen.emit(1)
    await settled(screen.session)
    assert screen.page.detail.page is not None
    assert screen.page.detail.page.title == "Visit"
    screen.page.detail.compareRequested.emit(1, 2)
    await settled(screen.session)
    assert screen.page._stack.currentWidget() is screen.page.compare
    screen.page.compare.backRequested.emit()
    assert screen.page._stack.currentWidget() is screen.page.page


async def test_the_latest_record_is_open_from_the_start(world: World, screens: Screens) -> None:
    patient = await world.patient()
    await write(patient, patient.me, "Visit")
    screen = await screens.of(patient)
    assert screen.record.page is not None
    assert screen.record.page.title == "Visit"
    assert screen.page.list.current() == screen.timeline.rows[0]


async def test_an_attachment_opens_inside_and_is_saved_byte_for_byte(
    world: World, screens: Screens, tmp_path: Path
) -> None:
    patient = await world.patient()
    scan = secrets.token_bytes(2 << 20)
    parts = (
        in_memory("letter.txt", "text/plain", b"Dear Sir\r\n"),
        in_memory("remark.txt", "text/plain", b"Seen."),
        in_memory("scan.bin", "application/octet-stream", scan),
    )
    await sync(patient)
    await add_record(patient, patient.me, Draft(Category.DOCUMENTS, "Letter", parts))
    screen = await screens.of(patient)
    await screen.open("Letter")

    screen.page.detail.attachmentOpened.emit("remark.txt")
    await settled(screen.session)
    assert screen.page._stack.currentWidget() is screen.page.file
    assert isinstance(screen.page.file.viewer, TextViewer)
    screen.page.file.back.click()
    assert screen.page._stack.currentWidget() is screen.page.page

    for name, wanted in (("scan.bin", scan), ("", b"Dear Sir\r\n")):
        if name:
            screen.page.detail.attachmentSaved.emit(name)
        else:
            screen.page.detail.saveRequested.emit()
        target = tmp_path / f"out-{name}"
        _answer(screen.window, target)
        await settled(screen.session)
        assert target.read_bytes() == wanted
        assert screen.shell.toasts[-2][:2] == ("Saved", str(target))


def _answer(window: QWidget, target: Path) -> None:
    dialog = window.findChildren(QFileDialog)[-1]
    dialog.fileSelected.emit(str(target))
    dialog.close()


async def test_everything_is_exported_into_a_new_folder(
    world: World, screens: Screens, tmp_path: Path
) -> None:
    patient = await world.patient()
    await write(patient, patient.me, "Visit")
    screen = await screens.of(patient)
    screen.page.exportRequested.emit()
    folder = tmp_path / "mine"
    folder.mkdir()
    _answer(screen.window, folder)
    await settled(screen.session)
    (made,) = folder.iterdir()
    assert made.name.startswith("MedRec record ")
    assert sorted(p.name for p in made.iterdir()) == ["0001 Personal data", "0002 Visit"]
    title, said, tone = next(t for t in screen.shell.toasts if t[0] == "2 records saved")
    assert (title, tone) == ("2 records saved", "success")
    assert said.startswith(str(made))
    assert "not sealed any more" in said


async def test_a_dropped_file_becomes_a_record(
    world: World, screens: Screens, tmp_path: Path
) -> None:
    file = tmp_path / "retina.txt"
    file.write_text("left and right")
    screen = await screens.of(await world.patient())
    _drop(screen.page, file)
    dialog = screen.controller.writing.dialog
    assert isinstance(dialog, AddDocumentDialog)
    await settled(screen.session)
    dialog.title.set_text("Retinal photographs")
    dialog.add.click()
    await settled(screen.session)
    await screen.session.refresh()
    await settled(screen.session)
    assert screen.timeline.rows[0].title == "Retinal photographs"
    assert screen.timeline.rows[0].pending is None
    assert ("Saved to your record", "Retinal photographs", "success") in screen.shell.toasts


def _drop(page: RecordsPage, *files: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    copy, none, left = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier, Qt.MouseButton
    enter = QDragEnterEvent(QPoint(10, 10), copy, data, left.LeftButton, none)
    QApplication.sendEvent(page, enter)
    assert enter.isAccepted()
    assert page.drop.isVisible()
    event = QDropEvent(QPointF(10, 10), copy, data, left.LeftButton, none)
    QApplication.sendEvent(page, event)
    assert not page.drop.isVisible()


async def test_several_dropped_files_are_asked_about_one_after_the_other(
    world: World, screens: Screens, tmp_path: Path
) -> None:
    files = [tmp_path / "one.txt", tmp_path / "two.txt"]
    for file in files:
        file.write_text(file.name)
    screen = await screens.of(await world.patient())
    _drop(screen.page, *files)
    first = screen.controller.writing.dialog
    assert isinstance(first, AddDocumentDialog)
    assert first.area.path == files[0]
    first.reject()
    second = screen.controller.writing.dialog
    assert isinstance(second, AddDocumentDialog)
    assert second.area.path == files[1]
    await settled(screen.session)


async def test_what_is_no_file_is_not_taken(world: World, screens: Screens) -> None:
    screen = await screens.of(await world.patient())
    data = QMimeData()
    data.setText("not a file")
    enter = QDragEnterEvent(
        QPoint(10, 10),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(screen.page, enter)
    assert not screen.page.drop.isVisible()


async def test_without_a_network_a_document_waits_as_a_row(
    world: World, screens: Screens, tmp_path: Path
) -> None:
    patient = await world.patient()
    await sync(patient)
    await load(patient, patient.me)
    world.clock.at = await world.now()
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir")
    screen = await screens.of(patient, chain=Away())
    assert screen.page.offline.isVisible()
    screen.controller.writing.add([file])
    dialog = screen.controller.writing.dialog
    assert isinstance(dialog, AddDocumentDialog)
    await settled(screen.session)
    dialog.title.set_text("Letter")
    dialog.add.click()
    await settled(screen.session)
    row = screen.timeline.rows[0]
    assert (row.title, row.pending) == ("Letter", Pending.WAITING)
    assert "1 change waits on this computer" in screen.page.offline.text()
    waits = "Saved here, not yet shared. It goes out by itself."
    assert (
        screen.shell.toasts[-2] == ("Add “Letter”", waits, "warning")
        or (
            "Add “Letter”",
            waits,
            "warning",
        )
        in screen.shell.toasts
    )


async def test_an_empty_file_is_refused_in_words(
    world: World, screens: Screens, tmp_path: Path
) -> None:
    file = tmp_path / "empty.txt"
    file.touch()
    screen = await screens.of(await world.patient())
    screen.controller.writing.add([file])
    dialog = screen.controller.writing.dialog
    assert isinstance(dialog, AddDocumentDialog)
    await settled(screen.session)
    assert dialog.note.text() == "empty.txt is empty. Nothing was saved."


async def test_a_correction_is_asked_of_the_author(world: World, screens: Screens) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES], write=[NOTES])
    await write(doctor, patient.me, "Visit")
    screen = await screens.of(patient)
    await screen.open("Visit")
    screen.page.detail.correctionRequested.emit()
    dialog = screen.controller.writing.dialog
    assert isinstance(dialog, CorrectionDialog)
    dialog.action.click()
    assert dialog.field.error == "Say what should be corrected."
    dialog.field.set_text("It was Tuesday.")
    dialog.action.click()
    await settled(screen.session)
    await screen.session.refresh()
    await settled(screen.session)
    asked = screen.timeline.rows[0]
    assert asked.title == "Correction asked for: Visit"
    await screen.open(asked.title)
    page = screen.page.detail.page
    assert page is not None
    found = corrections.from_fhir(page.data)
    assert found is not None
    assert (found.text, found.author) == ("It was Tuesday.", doctor.me)


async def test_a_correction_waits_as_a_row_while_the_network_is_away(
    world: World, screens: Screens
) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES], write=[NOTES])
    await write(doctor, patient.me, "Visit")
    await sync(patient)
    await load(patient, patient.me)
    screen = await screens.of(patient, chain=Away())
    await screen.open("Visit")
    screen.page.detail.correctionRequested.emit()
    dialog = screen.controller.writing.dialog
    assert isinstance(dialog, CorrectionDialog)
    dialog.field.set_text("It was Tuesday.")
    dialog.action.click()
    await settled(screen.session)
    row = screen.timeline.rows[0]
    assert (row.title, row.pending) == ("Ask for a correction", Pending.WAITING)


async def test_one_s_own_document_is_amended_and_archived(
    world: World, screens: Screens, tmp_path: Path
) -> None:
    patient = await world.patient()
    await write(patient, patient.me, "Diary")
    screen = await screens.of(patient)
    await screen.open("Diary")
    screen.page.detail.amendRequested.emit()
    dialog = screen.controller.writing.dialog
    assert isinstance(dialog, AddDocumentDialog)
    newer = tmp_path / "diary.txt"
    newer.write_text("Better now.")
    dialog.choose(newer)
    await settled(screen.session)
    dialog.title.set_text("Diary")
    dialog.add.click()
    await settled(screen.session)
    await screen.session.refresh()
    await settled(screen.session)
    page = screen.record.page
    assert page is not None
    assert (page.latest, page.data) == (2, b"Better now.")

    screen.page.detail.archiveRequested.emit()
    reason = screen.controller.writing.dialog
    assert isinstance(reason, ArchiveDialog)
    reason.field.set_text("A private matter.")
    reason.action.click()
    await settled(screen.session)
    await screen.session.refresh()
    await settled(screen.session)
    assert screen.record.page is not None
    assert screen.record.page.archived
    assert ("Archived", "", "success") in screen.shell.toasts


async def test_a_reason_that_was_refused_is_still_there(world: World, screens: Screens) -> None:
    patient = await world.patient()
    diary = await write(patient, patient.me, "Diary")
    screen = await screens.of(patient)
    await screen.open("Diary")
    screen.page.detail.archiveRequested.emit()
    first = screen.controller.writing.dialog
    assert isinstance(first, ArchiveDialog)
    await amend(patient, patient.me, diary.record, "Diary")
    first.field.set_text("A private matter.")
    first.action.click()
    await settled(screen.session)
    again = screen.controller.writing.dialog
    assert isinstance(again, ArchiveDialog)
    assert again is not first
    assert again.field.text() == "A private matter."
    assert "version 2" in again.field.error


async def test_a_newer_version_meanwhile_is_a_conflict_in_words(
    world: World, screens: Screens, tmp_path: Path
) -> None:
    patient = await world.patient()
    diary = await write(patient, patient.me, "Diary")
    screen = await screens.of(patient)
    await screen.open("Diary")
    screen.page.detail.amendRequested.emit()
    dialog = screen.controller.writing.dialog
    assert isinstance(dialog, AddDocumentDialog)
    await amend(patient, patient.me, diary.record, "Diary")
    newer = tmp_path / "diary.txt"
    newer.write_text("Better now.")
    dialog.choose(newer)
    await settled(screen.session)
    dialog.add.click()
    await settled(screen.session)
    assert any("yours was made from version 1" in said for _, said, _ in screen.shell.toasts)
    assert screen.timeline.rows[0].pending is Pending.CONFLICT

    screen.page.list.acted.emit(screen.timeline.rows[0])
    settle = screen.controller.writing.dialog
    assert isinstance(settle, SettleDialog)
    settle.send.click()
    await settled(screen.session)
    await screen.session.refresh()
    await settled(screen.session)
    assert screen.record.page is not None
    assert (screen.record.page.latest, screen.record.page.data) == (3, b"Better now.")
    assert all(row.pending is None for row in screen.timeline.rows)


async def test_what_was_not_saved_may_be_dropped(
    world: World, screens: Screens, tmp_path: Path
) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Dear Sir")
    screen = await screens.of(await world.patient())
    screen.controller.writing.add([file])
    dialog = screen.controller.writing.dialog
    assert isinstance(dialog, AddDocumentDialog)
    await settled(screen.session)
    file.unlink()
    dialog.title.set_text("Letter")
    dialog.add.click()
    await settled(screen.session)
    row = screen.timeline.rows[0]
    assert row.pending is Pending.NOT_SAVED
    screen.page.list.acted.emit(row)
    settle = screen.controller.writing.dialog
    assert isinstance(settle, SettleDialog)
    settle.drop.click()
    await settled(screen.session)
    assert [row.title for row in screen.timeline.rows] == ["Personal data"]


async def test_a_changed_block_is_said_on_the_page_and_shows_nothing(
    world: World, screens: Screens
) -> None:
    patient = await world.patient()
    note = await write(patient, patient.me, "Visit")
    screen = await screens.of(patient)
    entry = (await screen.session.context.local.entries(ref=note.record))[0]
    block = world.block_file(cid_from_digest(entry.digest, Codec.DAG_CBOR))
    block.write_bytes(block.read_bytes()[:-1] + b"\x00")
    await screen.open("Visit")
    page = screen.page.detail.page
    assert page is not None
    assert page.state is PageState.BROKEN
    assert "was changed or damaged" in screen.said()


async def test_contents_that_arrive_later_appear_by_themselves(
    world: World, screens: Screens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medrec.models.record.AGAIN_AFTER", 30)
    patient = await world.patient()
    note = await write(patient, patient.me, "Visit")
    await sync(patient)
    entry = (await patient.local.entries(ref=note.record))[0]
    block = world.block_file(cid_from_digest(entry.digest, Codec.DAG_CBOR))
    kept = block.read_bytes()
    screen = await screens.of(patient)
    block.unlink()
    await screen.open("Visit")
    page = screen.page.detail.page
    assert page is not None
    assert page.state is PageState.ARRIVING
    assert "arriving" in screen.said()
    block.write_bytes(kept)
    await until(lambda: screen.record.page and screen.record.page.state is PageState.READY)


async def test_other_pages_lead_to_a_family_a_record_or_a_new_document(
    world: World, screens: Screens
) -> None:
    patient = await world.patient()
    note = await write(patient, patient.me, "Visit")
    screen = await screens.of(patient)
    screen.page.arrive(family=Family.MEDICATIONS)
    assert screen.timeline.rows == []
    assert screen.page.states.empty.title == "Nothing fits"
    screen.page.states.acted.emit()
    assert len(screen.timeline.rows) == 2
    screen.page.arrive(record=note.record.hex())
    await settled(screen.session)
    assert screen.page.detail.page is not None
    assert screen.page.detail.page.title == "Visit"
    screen.page.arrive(add=True)
    assert isinstance(screen.controller.writing.dialog, AddDocumentDialog)


async def test_a_node_that_is_down_from_the_start_says_what_to_do(
    world: World, screens: Screens
) -> None:
    patient = await world.patient()
    screen = await screens.of(replace(patient, chain=Away()))
    assert screen.page.states.currentWidget() is screen.page.states.failed
    assert "does not answer" in screen.page.states.failed.text
