"""The sign-in page by itself: keys, focus, names, and every state at every size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QLineEdit, QWidget

from medrec.domain.ids import Address
from medrec.domain.network import Network, StoreConfig
from medrec.domain.people import Role
from medrec.errors import NodeDown
from medrec.models.entry import AccountChoice, AccountsModel
from medrec.services.network_check import NetworkReport, NodeReport
from medrec.views.common.entry.keyfield import KeyField, LargeKey
from medrec.views.common.entry.signin import SignInPage

ADDRESS = Address("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")
NETWORK = Network(
    "Rivage Clinic network", 31001, ("http://a", "http://b"), {}, {}, 1, frozenset([ADDRESS]),
    frozenset([ADDRESS]), StoreConfig("folder", "/store"),
)  # fmt: skip
REPORT = NetworkReport(
    NETWORK, (NodeReport("http://a", 1_204_331, 1), NodeReport("http://b", 1_204_330, 1))
)


@pytest.fixture
def page(qapp: object) -> Iterator[SignInPage]:
    made = SignInPage()
    model = AccountsModel(made)
    made.set_accounts(model)
    model.set_rows(
        [
            AccountChoice("amina", "Amina Haddad", ADDRESS, Role.PATIENT, True),
            AccountChoice("lukas", "Dr. Lukas Meyer", ADDRESS),
            AccountChoice("zoe", "Zoë"),
        ]
    )
    made.resize(1280, 800)
    made.show()
    made.choose("lukas")
    yield made
    made.close()
    made.deleteLater()


def test_arrows_choose_and_enter_goes_on(page: SignInPage):
    chosen: list[str] = []
    page.accountChosen.connect(chosen.append)
    page.accounts.setFocus()
    QTest.keyClick(page.accounts, Qt.Key.Key_Down)
    QTest.keyClick(page.accounts, Qt.Key.Key_Up)
    QTest.keyClick(page.accounts, Qt.Key.Key_Home)
    assert chosen == ["zoe", "lukas", "amina"]
    QTest.keyClick(page.accounts, Qt.Key.Key_Return)
    assert page.password.line.hasFocus()
    index = page.accounts.model().index(2, 0)
    where = page.accounts.visualRect(index).center()
    QTest.mouseClick(page.accounts.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert page.accounts.name() == "zoe"


def test_enter_signs_in_with_what_was_typed(page: SignInPage):
    asked: list[tuple[object, ...]] = []
    page.signInAsked.connect(lambda *typed: asked.append(typed))
    QTest.keyClicks(page.password.line, "secret words")
    QTest.keyClicks(page.key.line, "k7qm2txd")
    QTest.keyClick(page.key.line, Qt.Key.Key_Return)
    assert asked == [("lukas", "secret words", "K7QM-2TXD", False)]
    page.set_keyring(True)
    page.remember.setChecked(True)
    page.submit.click()
    assert asked[1] == ("lukas", "secret words", "K7QM-2TXD", True)


def test_while_it_opens_nothing_else_is_asked_and_esc_cancels(page: SignInPage):
    asked: list[tuple[object, ...]] = []
    cancelled: list[bool] = []
    page.signInAsked.connect(lambda *typed: asked.append(typed))
    page.cancelAsked.connect(lambda: cancelled.append(True))
    page.show_progress("Following the chain", 3, 10)
    QTest.keyClick(page.submit, Qt.Key.Key_Return)
    page.submit.click()
    assert asked == []
    assert not page.password.isEnabled()
    assert page.cancel.hasFocus()
    QTest.keyClick(page.cancel, Qt.Key.Key_Escape)
    assert cancelled == [True]
    page.show_idle()
    assert page.password.isEnabled()
    assert page.new.isVisible()


def test_the_network_is_said_in_words(page: SignInPage):
    line = page.line
    page.set_network(REPORT)
    assert line.text() == "Rivage Clinic network block 1,204,331, 2 nodes agree"
    down = NodeReport("http://b", error=NodeDown(url="http://b"))
    page.set_network(replace(REPORT, nodes=(REPORT.nodes[0], down)))
    assert "1 of 2 nodes answer" in line.text()
    page.set_network(replace(REPORT, nodes=(REPORT.nodes[0],)))
    assert line.text().endswith("block 1,204,331")
    page.set_network(replace(REPORT, nodes=(down,)))
    assert "You are offline" in line.text()
    page.set_network(None)
    assert "No network" in line.text()
    page.set_network_error("The file is broken.")
    assert line.text() == "The file is broken."
    assert line.accessibleName() == line.text()


def test_an_offer_does_not_write_over_what_is_typed(page: SignInPage):
    page.set_keyring(True)
    QTest.keyClicks(page.key.line, "k7")
    page.offer("", "AAAA-BBBB", False)
    assert page.key.text() == "K7"
    page.clear_secrets()
    page.offer("", "AAAA-BBBB", False)
    assert page.key.text() == "AAAA-BBBB"
    assert page.remember.isChecked()


def test_a_secret_that_was_shown_is_hidden_when_it_is_forgotten(page: SignInPage):
    QTest.keyClicks(page.password.line, "secret")
    page.password.line.setEchoMode(QLineEdit.EchoMode.Normal)
    page.clear_secrets()
    assert page.password.text() == ""
    assert page.password.line.echoMode() is QLineEdit.EchoMode.Password
    assert not page.password.line.isUndoAvailable()


def test_everything_has_a_name_and_is_reached_by_tab(page: SignInPage):
    page.set_keyring(True)
    page.offer("", "", False)
    wanted = {page.accounts, page.password.line, page.key.line, page.remember, page.submit}
    wanted |= {page.new, page.restore, page.bring, page.line.open}
    for widget in wanted:
        assert widget.accessibleName() or _text(widget)
    page.accounts.setFocus()
    seen: list[QWidget] = []
    for _ in range(30):
        seen.append(page.focusWidget() or page)
        QTest.keyClick(seen[-1], Qt.Key.Key_Tab)
    assert wanted <= set(seen)
    order = [w for w in dict.fromkeys(seen) if w in wanted]
    assert order[:5] == [
        page.accounts,
        page.password.line,
        page.key.line,
        page.remember,
        page.submit,
    ]


@pytest.mark.parametrize("size", [(1024, 640), (1280, 720), (1920, 1080)])
def test_the_button_is_seen_at_every_size(page: SignInPage, size: tuple[int, int]):
    page.resize(*size)
    QTest.qWait(1)
    page.show_refused("Password and 8-character key do not fit together: try again.")
    QTest.qWait(20)
    top = page.submit.mapTo(page, page.submit.rect().topLeft())
    bottom = page.submit.mapTo(page, page.submit.rect().bottomRight())
    assert top.y() >= 0
    assert bottom.y() < page.line.y()
    assert bottom.x() < page.width()
    assert page.hero.width() + 432 <= size[0]


def test_a_key_is_written_with_its_dash(qapp: object):
    field = KeyField("Key")
    field.show()
    complete: list[bool] = []
    field.completed.connect(lambda: complete.append(True))
    QTest.keyClicks(field.line, "k7qm")
    assert field.text() == "K7QM"
    QTest.keyClicks(field.line, "2")
    assert field.text() == "K7QM-2"
    QTest.keyClick(field.line, Qt.Key.Key_Backspace)
    assert field.text() == "K7QM"
    QTest.keyClicks(field.line, "-2txdzzz")
    assert field.text() == "K7QM-2TXD"
    assert complete
    field.line.setCursorPosition(1)
    QTest.keyClick(field.line, Qt.Key.Key_Delete)
    assert field.text() == "KQM2-TXD"
    QTest.keyClicks(field.line, "o")
    assert field.text() == "K0QM-2TXD"
    assert field.line.cursorPosition() == 2
    field.close()


def test_the_large_key_is_read_letter_by_letter(qapp: object):
    large = LargeKey()
    large.set_key("K7QM-2TXD")
    assert large.accessibleName() == "K 7 Q M - 2 T X D"
    assert large.text() == "K7QM-2TXD"
    large.set_key("")
    assert large.accessibleName() == ""


def _text(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, QAbstractButton) else ""


def test_in_a_low_window_only_what_tells_something_new_stays(page: SignInPage) -> None:
    page.resize(1024, 640)
    assert not page._subtitle.isVisible()
    page.set_locked(True)
    assert page._subtitle.isVisible()
    page.set_locked(False)
    page.resize(1280, 800)
    assert page._subtitle.isVisible()
