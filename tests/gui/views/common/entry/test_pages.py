"""Every page of the door, in every theme, from right to left and in large type: nothing is cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from medrec.domain.people import Role
from medrec.errors import NodeDown, OriginDenies
from medrec.models.entry import AccountChoice, AccountsModel
from medrec.services.network_check import NetworkReport, NodeReport
from medrec.views.common.entry import create, restore
from medrec.views.common.entry.view import EntryView
from medrec.views.common.fonts import set_text_scale
from medrec.views.common.theme import apply_theme
from medrec.views.common.tokens import Theme
from tests.gui.views.common.entry.test_signin import ADDRESS, NETWORK, REPORT

WORDS = ("meadow copper lantern orbit velvet harvest window silent " * 3).split()


@pytest.fixture(params=["light", "dark", "contrast", "right to left", "large"])
def view(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[EntryView]:
    kind = str(request.param)
    themes = {theme.value: theme for theme in Theme}
    set_text_scale(1.5 if kind == "large" else 1.0)
    apply_theme(qapp, themes.get(kind, Theme.LIGHT))
    if kind == "right to left":
        qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    made = EntryView()
    made.resize(1280, 800)
    made.show()
    yield made
    made.close()
    made.deleteLater()
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    set_text_scale(1.0)
    apply_theme(qapp, Theme.LIGHT)


def test_sign_in(view: EntryView):
    page, model = view.sign_in, AccountsModel(view)
    page.set_accounts(model)
    _look(view)
    model.set_rows(
        [AccountChoice("amina", "Amina Haddad", ADDRESS, Role.PATIENT, True)]
        + [AccountChoice(f"n{n}", f"Somebody {n}", ADDRESS) for n in range(20)]
    )
    page.set_keyring(True)
    page.choose("amina")
    page.offer("demo password", "K7QM-2TXD", True)
    page.set_network(REPORT)
    _look(view)
    page.show_progress("Following the chain", 1, 3)
    _look(view)
    page.show_refused("Password and 8-character key do not fit together.")
    _look(view)
    page.show_offline(NodeDown(url="http://node-a").sentence)
    page.set_locked(True)
    _look(view)


def test_create(view: EntryView):
    page = view.creation
    view.show_create()
    page.set_draft(WORDS, (2, 9, 17), "K7QM-2TXD", True)
    for step in create.Step:
        page.show_step(step)
        if step is create.Step.CHECK:
            page.show_wrong_words((9,))
        _look(view)
        assert page.stepper.current == step
        assert page.accessibleName()
    page.show_trouble("The disk is full.")
    _look(view)


def test_restore(view: EntryView):
    page = view.restore
    view.show_restore()
    for kind in restore.KINDS:
        page.choose_kind(kind)
        page.show_secret_error("This does not open.")
        _look(view)
    page.set_found(ADDRESS, "Amina", "K7QM-2TXD")
    for step in restore.Step:
        page.show_step(step)
        _look(view)
    page.show_progress("Following the chain", 0, 0)
    _look(view)
    page.show_waiting(NodeDown(url="http://node-a").sentence)
    _look(view)


def test_network(view: EntryView):
    page = view.network
    view.show_network()
    page.reset(first=True)
    _look(view)
    page.show_reading("clinic.toml")
    _look(view)
    away = NodeReport("http://b", error=NodeDown(url="http://b"))
    page.show_report(NetworkReport(NETWORK, (REPORT.nodes[0], away)))
    _look(view)
    follows = replace(NETWORK, origins=(replace(NETWORK, name="Clinic of before"),))
    page.show_report(NetworkReport(follows, REPORT.nodes))
    _look(view)
    assert "takes over from “Clinic of before”" in page.lines()[-1].text()
    assert "register here again" in page.lines()[-1].text()
    assert page.use.isVisibleTo(page)
    denied = OriginDenies(name="Clinic of before")
    page.show_report(NetworkReport(follows, REPORT.nodes, denied))
    _look(view)
    assert page.lines()[-1].text() == denied.sentence
    assert not page.use.isVisibleTo(page)
    page.show_report(NetworkReport(follows, REPORT.nodes, NodeDown(url="http://b")))
    assert page.use.isVisibleTo(page)
    page.show_error("The network file x.toml cannot be used: it is not TOML.")
    _look(view)


def _look(view: EntryView) -> None:
    """Draw it, and see that every button and text has the room it needs."""
    QApplication.processEvents()
    QApplication.processEvents()
    assert not view.grab().isNull()
    page = view.currentWidget()
    assert page is not None
    for child in page.findChildren(QWidget):
        if not child.isVisibleTo(page):
            continue
        if isinstance(child, QLabel) and child.wordWrap():
            needed = child.heightForWidth(child.width())
            assert child.height() >= needed - 1, f"“{child.text()}” is cut"
        elif isinstance(child, QLabel | QAbstractButton):
            needed = child.minimumSizeHint().width()
            assert child.width() >= needed - 1, f"“{child.text()}” is cut"


def tabbed(page: QWidget, first: QWidget, count: int) -> list[QWidget | None]:
    """What Tab reaches one after the other."""
    first.setFocus()
    reached = []
    for _ in range(count):
        QTest.keyClick(page, Qt.Key.Key_Tab)
        reached.append(page.focusWidget())
    return reached


def test_tab_reaches_the_chosen_role_and_the_way_to_bring_an_account(qtbot: QtBot) -> None:
    creation, bringing = create.CreatePage(), restore.RestorePage()
    for page in (creation, bringing):
        qtbot.addWidget(page)
        page.resize(1280, 800)
        page.show()
    creation.activateWindow()
    qtbot.waitUntil(creation.isActiveWindow)
    creation.show_step(create.Step.WHO)
    assert creation.focusWidget() is creation.who.name.editor
    creation.who.roles.choose(Role.DOCTOR)
    reached = tabbed(creation, creation.go, 2)
    assert reached == [creation.who.roles.cards[Role.DOCTOR], creation.who.name.editor]
    bringing.activateWindow()
    qtbot.waitUntil(bringing.isActiveWindow)
    assert bringing.secret.kinds in tabbed(bringing, bringing.secret.words.editor, 8)
