"""Dialogs ask over the window, toasts tell in its corner, pages frame it."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QEnterEvent, QKeySequence, QShortcut
from PyQt6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from medrec.views.common.buttons import Button, Kind
from medrec.views.common.dialogs import Dialog, confirm
from medrec.views.common.fields import Field
from medrec.views.common.layout import (
    Divider,
    Flow,
    Page,
    boxed,
    centred,
    clear,
    hbox,
    spacer,
    vbox,
)
from medrec.views.common.painting import Tone
from medrec.views.common.tiles import Avatar
from medrec.views.common.toasts import MOST, Toasts


@pytest.fixture
def window(qtbot: QtBot):
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    button = Button("Revoke", Kind.DANGER_OUTLINE)
    made.setLayout(vbox(button, None))
    made.show()
    made.activateWindow()
    qtbot.waitExposed(made)
    qtbot.waitUntil(made.isActiveWindow)
    button.setFocus()
    return made


def ask(window: QWidget):
    return confirm(window, "End access?", "This cannot be undone.", "Revoke access", danger=True)


class TestDialog:
    def test_the_safe_choice_has_the_focus(self, qtbot: QtBot, window: QWidget, qapp: QApplication):
        dialog = ask(window)
        held = qapp.focusWidget()
        assert isinstance(held, Button)
        assert (held.text(), held.kind) == ("Cancel", Kind.SECONDARY)
        assert dialog.accessibleName() == "End access?"
        dialog.reject()

    def test_it_grows_with_its_content(self, qtbot: QtBot, window: QWidget):
        dialog = ask(window)
        before = dialog._panel.height()
        dialog.body.addWidget(Field("Reason"))
        qtbot.waitUntil(lambda: dialog._panel.height() > before + 60)
        assert dialog._scroll.verticalScrollBar().maximum() == 0
        dialog.reject()

    def test_yes(self, qtbot: QtBot, window: QWidget):
        dialog = ask(window)
        yes = next(b for b in dialog.findChildren(Button) if b.kind is Kind.DANGER)
        with qtbot.waitSignal(dialog.accepted):
            qtbot.keyClick(yes, Qt.Key.Key_Return)
        assert not dialog.isVisible()

    def test_escape_is_no_and_the_focus_goes_back(
        self, qtbot: QtBot, window: QWidget, qapp: QApplication
    ):
        before = qapp.focusWidget()
        dialog = ask(window)
        with qtbot.waitSignal(dialog.rejected):
            qtbot.keyClick(qapp.focusWidget(), Qt.Key.Key_Escape)
        assert qapp.focusWidget() is before

    def test_it_covers_the_window_and_follows_its_size(self, window: QWidget, qapp: QApplication):
        dialog = ask(window)
        assert dialog.rect() == window.rect()
        window.resize(800, 500)
        qapp.processEvents()
        assert dialog.rect() == window.rect()
        panel = dialog._panel.geometry()
        assert abs(panel.center().x() - window.rect().center().x()) <= 1
        assert dialog.rect().contains(panel)
        dialog.reject()

    def test_tab_stays_inside(self, qtbot: QtBot, window: QWidget, qapp: QApplication):
        dialog = ask(window)
        seen = set()
        for _ in range(5):
            qtbot.keyClick(qapp.focusWidget(), Qt.Key.Key_Tab)
            seen.add(qapp.focusWidget())
            assert dialog.isAncestorOf(qapp.focusWidget())
        qtbot.keyClick(qapp.focusWidget(), Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
        assert dialog.isAncestorOf(qapp.focusWidget())
        assert len(seen) == 2
        dialog.reject()

    def test_shortcuts_of_the_window_wait(self, qtbot: QtBot, window: QWidget, qapp: QApplication):
        pressed = []
        shortcut = QShortcut(QKeySequence("Ctrl+K"), window)
        shortcut.activated.connect(lambda: pressed.append(1))
        dialog = ask(window)
        handle = window.windowHandle()
        qtbot.keyClick(handle, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        assert pressed == []
        dialog.reject()
        qtbot.keyClick(handle, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        assert pressed == [1]

    def test_a_click_beside_it_does_nothing(self, qtbot: QtBot, window: QWidget):
        dialog = ask(window)
        qtbot.mouseClick(dialog, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
        assert dialog.isVisible()
        dialog.reject()

    def test_long_content_scrolls_and_buttons_stay(
        self, qtbot: QtBot, window: QWidget, qapp: QApplication
    ):
        dialog = Dialog(window, "Many", subtitle="things")
        for number in range(40):
            dialog.body.addWidget(QLabel(f"Line {number}"))
        field = Field("Reason")
        dialog.body.insertWidget(0, field)
        dialog.first_focus = field
        close = dialog.add_button(Button("Close"))
        dialog.add_leading(QLabel("3 of 40"))
        dialog.set_title("Many things")
        dialog.open()
        qapp.processEvents()
        assert dialog._panel.height() <= window.height() - 48
        assert dialog._panel.rect().contains(close.mapTo(dialog._panel, close.rect().center()))
        assert field.editor.hasFocus()
        window.grab()
        dialog.reject()

    def test_without_a_window_it_is_one(self, qtbot: QtBot):
        dialog = Dialog(None, "Choose a network")
        qtbot.addWidget(dialog)
        dialog.add_button(Button("Close"))
        dialog.open()
        assert dialog.isWindow()
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()


class TestToasts:
    def test_at_most_three_and_errors_stay(self, window: QWidget):
        toasts = Toasts(window)
        error = toasts.show("Not saved", tone=Tone.DANGER)
        assert error.stays
        for number in range(4):
            toasts.show(f"Saved {number}")
        assert len(toasts.shown) == MOST
        assert error in toasts.shown
        toasts.clear()
        assert toasts.shown == ()

    def test_what_was_said_in_passing_goes_with_the_page_before(self, window: QWidget) -> None:
        toasts = Toasts(window)
        toasts.show("Chart opened", tone=Tone.NEUTRAL)
        saved = toasts.show("Saved", tone=Tone.SUCCESS)
        error = toasts.show("Not saved", tone=Tone.DANGER)
        waits = toasts.show("Choose the new file", tone=Tone.NEUTRAL, sticky=True)
        assert toasts.shown == (saved, error, waits)
        toasts.pass_by()
        assert toasts.shown == (saved, error, waits)
        toasts.clear()
        toasts.show("Chart opened", tone=Tone.NEUTRAL)
        toasts.pass_by()
        assert toasts.shown == ()

    def test_it_goes_by_itself_unless_the_pointer_is_there(self, qtbot: QtBot, window: QWidget):
        toast = Toasts(window).show("Saved", "Anchored in block 7")
        toast.leaveEvent(None)  # wherever the pointer of this machine was
        assert toast._clock.isActive()
        spot = QPointF(3, 3)
        QApplication.sendEvent(toast, QEnterEvent(spot, spot, spot))
        assert not toast._clock.isActive()
        toast.leaveEvent(None)
        assert toast._clock.isActive()
        with qtbot.waitSignal(toast.gone):
            toast._clock.setInterval(1)

    def test_its_action_and_its_close(self, qtbot: QtBot, window: QWidget):
        toasts, done = Toasts(window), []
        toast = toasts.show("Saved", action="Show", on_action=lambda: done.append(1))
        toast.action.click()
        assert done == [1]
        assert toasts.shown == ()
        toasts.show("Saved").closer.click()
        assert toasts.shown == ()

    def test_it_lies_in_the_trailing_corner(self, window: QWidget, qapp: QApplication):
        toasts = Toasts(window)
        first = toasts.show("One", "A second line")
        second = toasts.show("Two")
        assert first.geometry().bottom() < second.geometry().top()
        assert second.geometry().right() == window.width() - 25
        window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        window.resize(900, 600)
        qapp.processEvents()
        assert second.geometry().left() == 24
        assert second.accessibleName() == "Two"


class TestPage:
    def test_head_body_and_footer(self, qtbot: QtBot):
        page = Page("Sharing", "Who can open what", Button("Give access", Kind.PRIMARY))
        qtbot.addWidget(page)
        page.body.addWidget(QLabel("rows"))
        page.set_lead(Avatar("Amina Haddad"))
        page.set_footer(Button("Save"))
        page.resize(1920, 900)
        page.show()
        assert page.title == page.accessibleName() == "Sharing"
        page.set_title("Your record")
        page.set_subtitle("")
        assert page.title == "Your record"
        page.set_footer(None)
        page.grab()

    def test_content_is_never_wider_than_the_look_allows(self, qtbot: QtBot, qapp: QApplication):
        page = Page("Overview")
        qtbot.addWidget(page)
        card = QLabel("x")
        page.body.addWidget(card)
        page.resize(2200, 900)
        page.show()
        qapp.processEvents()
        assert card.width() == 1440
        left = card.mapTo(page, card.rect().topLeft()).x()
        assert abs(left - (2200 - 1440) // 2) <= 4

    def test_without_scrolling_the_body_fills(self, qtbot: QtBot, qapp: QApplication):
        page = Page("Records", scroll=False)
        qtbot.addWidget(page)
        inner = QWidget()
        page.body.addWidget(inner, 1)
        page.resize(1280, 720)
        page.show()
        qapp.processEvents()
        assert page.scroller is None
        assert inner.height() > 560


class TestLayouts:
    def test_rows_and_columns(self, qtbot: QtBot):
        one, two = QLabel("1"), QLabel("2")
        held = boxed(vbox(hbox(one, None, two), Divider(), spacer(), spacer(4, 4)))
        qtbot.addWidget(held)
        held.resize(300, 80)
        held.show()
        assert two.geometry().left() > one.geometry().right()
        assert Divider(vertical=True).maximumWidth() == 1
        layout = held.layout()
        clear(layout)
        assert layout.count() == 0

    def test_a_flow_goes_to_the_next_line(self, qtbot: QtBot):
        buttons = [Button(f"Filter {n}") for n in range(6)]
        flow = Flow(*buttons)
        held = boxed(flow)
        qtbot.addWidget(held)
        held.resize(260, 400)
        held.show()
        assert buttons[5].y() > buttons[0].y()
        assert flow.heightForWidth(260) > flow.heightForWidth(2000)
        assert flow.count() == 6
        assert flow.itemAt(9) is None
        assert flow.takeAt(9) is None
        held.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        flow.setGeometry(held.rect())
        assert buttons[0].geometry().right() >= held.width() - 2

    def test_centred(self, qtbot: QtBot):
        inner = QLabel("x")
        held = centred(inner, 200)
        qtbot.addWidget(held)
        held.resize(600, 40)
        held.show()
        assert inner.width() == 200
        assert abs(inner.x() - 200) <= 1
