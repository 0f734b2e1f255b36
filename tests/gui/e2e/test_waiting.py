"""What is decided in a window while no node or no store answers: kept, and done once, later.

Also when the program is closed in between and opened again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QWidget

from medrec.clinical.forms import FormKind
from medrec.domain.entries import Action
from medrec.domain.people import Role
from medrec.views.common.record.timeline import TimelineView
from medrec.views.doctor.register import RegisterPage as DoctorPage
from medrec.views.doctor.write import WritePage
from medrec.views.patient.record_dialogs import ArchiveDialog
from medrec.views.patient.register import RegisterPage
from tests.gui.e2e.acts import click_row, dialog_of, open_chart, row_of
from tests.gui.e2e.test_outages import EVERYTHING
from tests.support.cli import Person
from tests.support.devnet import TestNetwork, folder_network
from tests.support.gate import Gate, gate
from tests.support.window import Window, click, texts, type_into

__all__ = ["folder_network"]

WHY = "Written twice."


@pytest.fixture
def node(folder_network: TestNetwork) -> Iterator[Gate]:
    """The node of the network, behind a gate."""
    with gate(folder_network.document["rpc"]) as found:
        yield found


@pytest.fixture
def file(folder_network: TestNetwork, node: Gate) -> Path:
    """The network file that leads through the gate."""
    text = folder_network.file.read_text(encoding="utf-8")
    # Beside the real one: a folder store's place is told from there.
    file = folder_network.file.with_name("gate-of-who-waits.toml")
    file.write_text(text.replace(folder_network.document["rpc"], node.url), encoding="utf-8")
    return file


@asynccontextmanager
async def at_home(person: Person, file: Path, online: bool = True) -> AsyncIterator[Window]:
    """The person's desktop, signed in; closed at the end."""
    window = Window(person.home, file)
    await window.open()
    await window.sign_in(person.name, person.password, person.key)
    try:
        if not online:
            offline = window.desktop.door.sign_in.offline
            await window.until(offline.isVisible, "nothing offers to sign in offline")
            click(offline)
        await window.signed_in()
        yield window
    finally:
        await window.close()


async def lose(window: Window, node: Gate) -> None:
    """Nothing passes any more, and the window has noticed."""
    node.deaf_to = set(EVERYTHING)
    await window.until(lambda: not window.session.online)


async def find(window: Window, node: Gate) -> None:
    """Everything passes again, and what waited has gone out."""
    node.deaf_to = set()
    await window.until(lambda: window.session.online and window.session.verified)
    await window.until(lambda: not window.workspace.outbox.waiting, "something still waits")
    await window.calm()


async def done(window: Window, *actions: Action) -> list[Action]:
    """What of these the account has done, as the checked trace has it."""
    await window.session.refresh()
    local = window.session.context.local
    found = await local.entries(actor=window.session.me, actions=list(actions))
    return [Action(entry.action) for entry in found]


@contextmanager
def store_away(network: TestNetwork) -> Iterator[None]:
    """The folder of the store is somewhere else."""
    folder = network.blocks.parent
    aside = folder.with_name("away")
    folder.rename(aside)
    try:
        yield
    finally:
        aside.rename(folder)


async def test_a_record_is_archived_once(
    folder_network: TestNetwork, node: Gate, file: Path, tmp_path: Path, qapp: object
) -> None:
    ivy = folder_network.patient("ivy")
    note = tmp_path / "diary.txt"
    note.write_text("Slept well.")
    ivy("record", "add", "--category", "documents", ivy.address, note)
    async with at_home(ivy, file) as window:
        page = await window.go("records")
        view = page.findChild(TimelineView)
        click_row(view, await row_of(window, view, "diary"))
        await window.calm()
        await lose(window, node)
        (archive,) = [a for a in page.detail.menu.actions() if a.text() == "Archive"]
        archive.trigger()
        dialog = await dialog_of(window, ArchiveDialog)
        type_into(dialog.field.editor, WHY)
        click(dialog.action)
        await window.said("Saved here, not yet shared")
        await row_of(window, view, "Archive a record")
    # The program is closed and opened again before the node is back.
    async with at_home(ivy, file, online=False) as window:
        *_, job = await window.session.context.local.jobs()
        assert job.result["reason"] == WHY
        assert await done(window, Action.RECORD_ARCHIVED) == []
        await find(window, node)
        assert await done(window, Action.RECORD_ARCHIVED) == [Action.RECORD_ARCHIVED]
    async with at_home(ivy, file) as window:
        await window.calm()
        assert await done(window, Action.RECORD_ARCHIVED) == [Action.RECORD_ARCHIVED]


@pytest.mark.parametrize("role", [Role.PATIENT, Role.DOCTOR])
async def test_a_registration_waits_and_is_made_once(
    folder_network: TestNetwork, node: Gate, file: Path, role: Role, qapp: object
) -> None:
    person = folder_network.person(f"new-{role.name.lower()}")
    async with at_home(person, file) as window:
        page = await page_of(window, role)
        await lose(window, node)
        if isinstance(page, RegisterPage):
            for name, text in {
                "given": "Amina",
                "family": "Haddad",
                "birth_date": "1968-03-14",
            }.items():
                type_into(page.form.texts[name].editor, text)
            page.form.sex.set_value("female")
        else:
            page.form.set_texts("Lukas", "Meyer", "General practice", "GP-20417")
        click(page.submit)
        await window.until(lambda: "not yet shared" in page.note.text())
        assert not page.submit.isEnabled()
    async with at_home(person, file, online=False) as window:
        page = await page_of(window, role)
        await window.until(lambda: "not yet shared" in page.note.text())
        assert not page.submit.isEnabled()
        typed = page.form.texts if isinstance(page, RegisterPage) else page.form.fields
        assert typed["family"].text() in {"Haddad", "Meyer"}
        await find(window, node)
        await window.until(lambda: window.session.role is role)
        all_of_it = [Action.USER_REGISTERED, Action.PATIENT_REGISTERED, Action.RECORD_CREATED]
        if role is Role.DOCTOR:
            all_of_it = [Action.USER_REGISTERED, Action.DOCTOR_REGISTERED]
        assert await done(window, *Action) == all_of_it


async def page_of(window: Window, role: Role) -> RegisterPage | DoctorPage:
    """The page that registers in a role."""
    window.workspace.go(role.name.lower())
    await window.calm()
    page = window.page
    assert isinstance(page, RegisterPage | DoctorPage)
    return page


@pytest.mark.parametrize("seen", [True, False], ids=["envelope seen before", "never seen"])
async def test_a_doctor_writes_while_the_store_is_away(
    folder_network: TestNetwork, seen: bool, qapp: object
) -> None:
    name = "seen" if seen else "unseen"
    patient = folder_network.patient(f"{name}-patient")
    doctor = folder_network.doctor(f"{name}-doctor")
    vitals = ("--read", "vitals", "--write", "vitals", "--until", "2099-12-31")
    patient("access", "grant", doctor.address, *vitals)
    known = folder_network.created(patient)
    async with at_home(doctor, folder_network.file) as window:
        await open_chart(window, patient.name.capitalize())
        page = await window.go("write")
        assert isinstance(page, WritePage)
        click(page.kinds.items[FormKind.VITALS])
        form = page.forms[FormKind.VITALS]
        await window.until(form.isVisible)
        type_into(form.fields["pulse"].editor, "68")
        await window.calm()
        if not seen:
            local = window.session.context.local
            for cid in await local.items("copies"):
                await local.delete("copies", cid)
        with store_away(folder_network):
            click(page.save)
            await window.said("not yet shared")
            await window.until(lambda: any("wait" in t for t in texts(topbar(window))))
            assert folder_network.created(patient) == known
            jobs = await window.session.context.local.jobs()
            sealed = [job for job in jobs if job.kind == "record-add"]
            assert len(sealed) == (1 if seen else 0), "what can be sealed lies sealed"
        window.session._try_again = 0.0
        await window.until(lambda: not window.workspace.outbox.waiting, "something still waits")
        await window.calm()
    async with at_home(doctor, folder_network.file) as window:
        await window.calm()
    assert len(folder_network.created(patient)) == len(known) + 1


def topbar(window: Window) -> QWidget:
    """The outbox in the top bar."""
    return window.workspace.view.topbar.outbox
