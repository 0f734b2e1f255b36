"""Asking for access: on a real chain, with what is refused in its sentence beside the field."""

from __future__ import annotations

from pathlib import Path

import pytest
import segno
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from medrec.controllers.doctor.asking import Asking
from medrec.domain.categories import Permission
from medrec.models.session import Session
from medrec.services import access, asked
from medrec.services.contact import own_contact
from medrec.services.index import sync
from medrec.views.doctor.ask import AskDialog
from medrec.workers.codes import texts_in
from tests.support.anvil import anvil_node, deployed
from tests.support.patient_desk import ShellThatListens, desk, settled, until
from tests.support.window import click
from tests.support.world import DAY, NOTES, World, world

__all__ = ["anvil_node", "deployed", "world"]

STRANGER = "0x" + "12" * 20


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    made.resize(1100, 800)
    qtbot.addWidget(made)
    made.show()
    return made


def opened(session: Session, window: QWidget) -> tuple[AskDialog, ShellThatListens]:
    shell = ShellThatListens(window)
    asking = Asking(session, shell, session)  # type: ignore[arg-type]
    dialog = asking.open()
    dialog.reason.set_text("First visit")
    return dialog, shell


async def test_by_qr_code_the_patient_is_asked(
    world: World, window: QWidget, tmp_path: Path
) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    code = tmp_path / "code.png"
    segno.make((await own_contact(patient)).text, error="m").save(str(code), scale=6)
    async with desk(doctor) as session:
        dialog, shell = opened(session, window)
        dialog.imageGiven.emit(code)
        await settled(session)
        assert dialog.contact is not None
        assert dialog.contact.address == patient.me
        assert dialog.fingerprint.text()
        dialog.label.set_text("Yuki")
        click(dialog.send)
        await until(lambda: shell.toasts)
        assert shell.toasts[0][0] == "Asked"
        assert await asked.label_of(session.context, patient.me) == "Yuki"
        await settled(session)
    await sync(patient)
    (row,) = await access.requests(patient)
    assert (row.doctor, row.request.reason) == (doctor.me, "First visit")
    assert NOTES in row.request.permission.read


async def test_a_picture_without_a_code(world: World, window: QWidget, tmp_path: Path) -> None:
    async with desk(await world.doctor()) as session:
        dialog, _ = opened(session, window)
        blank = QImage(40, 40, QImage.Format.Format_RGB32)
        blank.fill(0)
        for given in (blank, tmp_path / "missing.png"):
            dialog.imageGiven.emit(given)
            await settled(session)
            assert dialog.who.error == "No QR code was found in this image."


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nonsense", "nonsense"),
        (STRANGER, "registered"),
    ],
)
async def test_who_cannot_be_asked_is_told_beside_the_field(
    world: World, window: QWidget, text: str, told: str
) -> None:
    async with desk(await world.doctor()) as session:
        dialog, shell = opened(session, window)
        dialog.who.set_text(text)
        click(dialog.send)
        await settled(session)
        assert told in dialog.who.error
        assert not dialog.send.busy
        assert shell.toasts == []


async def test_a_fingerprint_that_differs(world: World, window: QWidget) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    async with desk(doctor) as session:
        dialog, _ = opened(session, window)
        dialog.who.set_text(patient.me)
        dialog.fingerprint.set_text("00" * 16)
        click(dialog.send)
        await settled(session)
        assert "fingerprint" in dialog.fingerprint.error.lower()


async def test_a_second_open_request_is_refused_in_its_sentence(
    world: World, window: QWidget
) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    async with desk(doctor) as session:
        await access.request(
            session.context,
            patient.me,
            Permission(frozenset({NOTES})),
            await world.now() + DAY,
            "a visit",
        )
        dialog, _ = opened(session, window)
        dialog.who.set_text(patient.me)
        click(dialog.send)
        await settled(session)
        assert "already asked" in dialog.trouble.text()


async def test_a_dialog_that_was_closed_is_told_by_a_toast(world: World, window: QWidget) -> None:
    doctor = await world.doctor()
    async with desk(doctor) as session:
        dialog, shell = opened(session, window)
        dialog.who.set_text(STRANGER)
        click(dialog.send)
        dialog.reject()
        await until(lambda: shell.toasts)
        assert shell.toasts[0][2] == "danger"


async def test_codes_of_a_large_picture(tmp_path: Path, qapp: object) -> None:
    code = tmp_path / "large.png"
    segno.make("ethereum:0x1").save(str(code), scale=200)
    assert await texts_in(code) == ["ethereum:0x1"]
