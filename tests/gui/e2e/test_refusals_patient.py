"""What a patient is refused, and what is away or damaged while a patient reads and writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from medrec.controllers.patient.record_writing import RecordWriting
from medrec.errors import (
    BlockChanged,
    NodeDown,
    NotTheAuthorsKind,
    PatientExists,
    StoreDown,
)
from medrec.models.record_page import PageState
from medrec.views.common.add_document import AddDocumentDialog
from medrec.views.common.record.detail import RecordDetail
from medrec.views.common.record.timeline import TimelineView
from medrec.views.common.shell.popovers import OutboxPopover
from medrec.views.patient.register import RegisterPage
from tests.gui.e2e.acts import click_row, dialog_of, gone, row_of
from tests.gui.e2e.test_outages import EVERYTHING
from tests.support.devnet import PATIENT, TestNetwork
from tests.support.gate import gate
from tests.support.refusals import (
    FHIR,
    Desk,
    Nothing,
    Ward,
    elsewhere,
    nothing_waits,
    refused,
)
from tests.support.window import Window, click, press, texts, type_into

TYPED = {"given": "Nina", "family": "Novák", "birth_date": "1984-02-29"}


async def opened(window: Window, title: str) -> RecordDetail:
    """A record of the patient's own list, opened."""
    page = await window.go("records")
    view = page.findChild(TimelineView)
    click_row(view, await row_of(window, view, title))
    await window.calm()
    detail: RecordDetail = page.findChild(RecordDetail)
    await window.until(lambda: any(title in text for text in texts(detail)))
    return detail


async def add_document(window: Window, path: Path) -> None:
    """A file is dropped on the page, and added."""
    window.workspace.go("records", files=[path])
    dialog = await dialog_of(window, AddDocumentDialog)
    await window.until(lambda: dialog.add.isEnabled() and dialog.title.text())
    await window.calm()
    click(dialog.add)
    await window.until(lambda: gone(dialog))


async def outbox(window: Window) -> OutboxPopover:
    """The outbox, opened from the top bar."""
    click(window.workspace.view.topbar.outbox)
    return await dialog_of(window, OutboxPopover)


async def goes_out_once(window: Window, network: TestNetwork, known: list[str]) -> None:
    """The way on: the button in the outbox shares what waits, one time."""
    popover = await outbox(window)
    press(popover, "Try again")
    await window.calm()
    await window.said("Done")
    popover.close()
    await window.until(lambda: not window.workspace.outbox.rows)
    me = next(who for who in network.people if who.address == window.session.me)
    assert len(network.created(me)) == len(known) + 1


async def test_a_patient_registered_twice(ward: Ward, desk: Desk):
    nina = ward.network.person("nina")
    window = await desk.sits(nina)
    window.workspace.go("patient")
    page = window.page
    assert isinstance(page, RegisterPage)
    await window.calm()
    for name, text in TYPED.items():
        type_into(page.form.texts[name].editor, text)
    page.form.sex.set_value("other")
    # Registered on a second computer, before this one looks at the chain again.
    assert window.session._follower is not None
    window.session._follower.cancel()
    elsewhere(nina).tells({**PATIENT, "given": "Nina"}, "patient", "register")
    nothing = Nothing(ward.network)
    click(page.submit)
    await window.calm()
    await refused(window, PatientExists())
    assert {name: page.form.texts[name].text() for name in TYPED} == TYPED
    assert nothing.happened()
    # The window finds the way on by itself: the account is a patient's already.
    await window.session.refresh()
    await window.until(lambda: "sharing" in window.workspace.view.rail.items)
    await nothing_waits(window)


async def test_a_prescription_amended_by_the_patient(ward: Ward, desk: Desk):
    window = await desk.sits(ward.paul)
    detail = await opened(window, "Lisinopril")
    await window.until(lambda: detail.page is not None and detail.page.state is PageState.READY)
    offered = [action.text() for action in detail.menu.actions()]
    assert "Write a new version" not in offered
    assert "Archive" not in offered
    assert "Ask for a correction" in offered
    # A page that does not know the rule asks all the same.
    writing = window.page.findChild(RecordWriting)
    shown = writing._record.page
    assert shown is not None
    writing._record.page = replace(shown, may_amend=True)
    writing.amend()
    dialog = await dialog_of(window, AddDocumentDialog)
    dialog.choose(FHIR / "prescription.json")
    await window.calm()
    nothing = Nothing(ward.network)
    click(dialog.add)
    await window.until(lambda: gone(dialog))
    await window.calm()
    error = NotTheAuthorsKind(creator="a doctor", who="a doctor")
    await refused(window, error)
    assert nothing.happened()
    history = ward.paul("record", "history", ward.paul.address, ward.prescription)
    assert [version["version"] for version in history] == [1]
    # It stands in the outbox as not saved, and can be put away.
    for toast in window.main.toasts.shown:
        click(toast.closer)
    popover = await outbox(window)
    await refused(window, error)
    press(popover, "Drop")
    await window.calm()
    popover.close()
    await window.said("Dropped")
    await nothing_waits(window)


async def test_a_block_that_was_changed_on_disk(ward: Ward, desk: Desk, tmp_path: Path):
    quinn = ward.quinn
    before = set(ward.network.blocks.rglob("*"))
    note = tmp_path / "letter.txt"
    note.write_text("Penicillin: never.")
    order = ("record", "add", quinn.address, note, "--category", "notes", "--title", "Old letter")
    written = quinn(*order)
    window = await desk.sits(quinn)
    fresh = [p for p in ward.network.blocks.rglob("*") if p.is_file() and p not in before]
    whole = {path: path.read_bytes() for path in fresh}
    for path, data in whole.items():
        path.chmod(0o600)
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    nothing = Nothing(ward.network)
    detail = await opened(window, "Old letter")
    await refused(window, BlockChanged(cid=written["cid"]))
    assert detail.page is not None
    assert (detail.page.state, detail.page.data) == (PageState.BROKEN, b"")
    assert not any("Penicillin" in text for text in texts(window.main))
    assert nothing.happened()
    await nothing_waits(window)
    for path, data in whole.items():
        path.write_bytes(data)
    press(detail, "Check again")
    await window.until(lambda: detail.page is not None and detail.page.state is PageState.READY)
    assert detail.page.data == note.read_bytes()


@contextmanager
def moved(folder: Path) -> Iterator[None]:
    """The store's folder is elsewhere for a while."""
    aside = folder.with_name("blocks-elsewhere")
    folder.rename(aside)
    try:
        yield
    finally:
        aside.rename(folder)


async def test_a_store_that_is_away(ward: Ward, desk: Desk, tmp_path: Path):
    window = await desk.sits(ward.quinn)
    known = ward.network.created(ward.quinn)
    note = tmp_path / "diary.txt"
    note.write_text("Slept well.")
    nothing = Nothing(ward.network)
    with moved(ward.network.blocks.parent):
        await add_document(window, note)
        await window.said("Saved here, not yet shared. It goes out by itself.")
        popover = await outbox(window)
        location = window.session.context.network.store.location
        await refused(window, StoreDown(location=location))
        await window.until(lambda: window.workspace.outbox.rows)
        popover.close()
    assert nothing.happened()
    assert ward.network.created(ward.quinn) == known
    await goes_out_once(window, ward.network, known)


async def test_a_node_that_goes_while_writing(ward: Ward, desk: Desk, tmp_path: Path):
    quinn, network = ward.quinn, ward.network
    with gate(network.document["rpc"]) as before:
        file = network.file.with_name("gate-of-quinn.toml")
        text = network.file.read_text(encoding="utf-8")
        file.write_text(text.replace(network.document["rpc"], before.url), encoding="utf-8")
        window = await desk.sits(quinn, file)
        await window.go("records")
        known = network.created(quinn)
        note = tmp_path / "diary-2.txt"
        note.write_text("Slept better.")
        nothing = Nothing(network)
        before.deaf_to = set(EVERYTHING)
        await add_document(window, note)
        await window.said("Saved here, not yet shared. It goes out by itself.")
        popover = await outbox(window)
        await refused(window, NodeDown(url=before.url))
        popover.close()
        assert nothing.happened()
        before.deaf_to = set()
        await window.until(lambda: window.session.online)
        await window.calm()
        await window.until(lambda: not window.workspace.outbox.rows)
        assert len(network.created(quinn)) == len(known) + 1
        await window.close()
        desk.windows.remove(window)
