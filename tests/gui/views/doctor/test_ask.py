"""Filling in a request: whom, what, until when, why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PyQt6.QtCore import QDate
from PyQt6.QtGui import QGuiApplication, QImage
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from medrec.domain.categories import Category, Permission
from medrec.domain.ids import Address
from medrec.services.contact import Contact
from medrec.views.doctor.ask import AskDialog
from tests.support.window import click

WHOM = Contact(Address("0x" + "11" * 20), "ab" * 16)


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[AskDialog]:
    window = QWidget()
    window.resize(1100, 800)
    qtbot.addWidget(window)
    window.show()
    made = AskDialog(window)
    made.open()
    yield made
    window.close()


def test_all_that_is_missing_is_said(dialog: AskDialog) -> None:
    dialog.matrix.set_permission(Permission())
    sent: list[object] = []
    dialog.submitted.connect(sent.append)
    click(dialog.send)
    assert dialog.who.error == "Whom do you ask?"
    assert dialog.reason.error
    assert dialog.what_error.isVisibleTo(dialog)
    assert sent == []


def test_a_whole_request(dialog: AskDialog, qtbot: QtBot) -> None:
    dialog.set_contact(WHOM)
    dialog.reason.set_text("First visit")
    dialog.label.set_text("Yuki")
    dialog.end.set_current(2)
    with qtbot.waitSignal(dialog.submitted) as sent:
        click(dialog.send)
    draft = sent.args[0]
    assert (draft.patient, draft.fingerprint) == (WHOM.address, WHOM.fingerprint)
    assert (draft.reason, draft.label) == ("First visit", "Yuki")
    assert Category.MENTAL not in draft.permission.read
    end = QDate.currentDate().addMonths(12)
    assert dialog.day.date() == end
    assert dialog.send.busy


def test_another_address_forgets_the_code(dialog: AskDialog, qtbot: QtBot) -> None:
    dialog.set_contact(WHOM)
    with qtbot.waitSignal(dialog.contactEntered) as entered:
        dialog.who.set_text("0xabc")
        dialog.who.left.emit()
    assert entered.args == ["0xabc"]
    dialog.set_contact_error("That is no address.")
    assert dialog.who.error == "That is no address."
    assert dialog.contact is None


def test_pasting_a_text_and_a_picture(dialog: AskDialog, qtbot: QtBot) -> None:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    clipboard.setText(f"ethereum:{WHOM.address}\n?medrec=1")
    with qtbot.waitSignal(dialog.contactEntered):
        click(dialog.paste)
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(0)
    clipboard.setImage(image)
    with qtbot.waitSignal(dialog.imageGiven):
        click(dialog.paste)
    clipboard.clear()


def test_a_file_that_is_dropped(dialog: AskDialog, qtbot: QtBot, tmp_path: Path) -> None:
    with qtbot.waitSignal(dialog.imageGiven) as given:
        dialog._drop.dropped.emit([tmp_path / "qr.png"])
    assert given.args == [tmp_path / "qr.png"]


@pytest.mark.parametrize("about", ["who", "fingerprint", ""])
def test_a_refusal_is_told_where_it_belongs(dialog: AskDialog, about: str) -> None:
    dialog.set_busy(True)
    dialog.set_error("It does not fit.", about)
    field = {"who": dialog.who, "fingerprint": dialog.fingerprint}.get(about)
    assert not dialog.send.busy
    if field is not None:
        assert field.error == "It does not fit."
    else:
        assert dialog.trouble.text() == "It does not fit."


def test_asking_again_knows_whom_and_what(dialog: AskDialog) -> None:
    wanted = Permission(frozenset({Category.NOTES}))
    dialog.contactEntered.connect(lambda _: dialog.set_contact(Contact(WHOM.address)))
    dialog.prefill(WHOM.address, "Yuki", wanted)
    assert dialog.contact == Contact(WHOM.address)
    assert dialog.label.text() == "Yuki"
    assert Category.NOTES in dialog.matrix.permission.read
