"""What appears fades in, can be used at once, and leaves nothing behind; or appears at once."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QAbstractAnimation, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QApplication, QGraphicsDropShadowEffect, QWidget
from pytestqt.qtbot import QtBot

from medrec.views.common.badges import Badge
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.dialogs import Dialog, confirm
from medrec.views.common.motion import DIALOG, POPOVER, TOAST, Fade
from medrec.views.common.shell.popovers import Hit, NetworkPopover, Popover, SearchResults
from medrec.views.common.theme import apply_theme
from medrec.views.common.toasts import Toasts
from medrec.views.common.tokens import Theme


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    return made


def fades(window: QWidget) -> list[Fade]:
    return window.findChildren(Fade)


def ask(window: QWidget) -> Dialog:
    return confirm(window, "End access?", "This cannot be undone.", "Revoke access", danger=True)


def middle(window: QWidget) -> QColor:
    """What is seen of a dialog's panel, in the middle between its words and its edge."""
    return window.grab().toImage().pixelColor(500, 700 // 2 - 60)


def edge(window: QWidget) -> QColor:
    return window.grab().toImage().pixelColor(5, 5)


def finish(qtbot: QtBot, fade: Fade) -> None:
    with qtbot.waitSignal(fade.finished):
        fade.setCurrentTime(fade.duration())


def test_a_toast_fades_in_and_is_painted_without_a_detour_afterwards(
    qtbot: QtBot, window: QWidget, motion: None
) -> None:
    toast = Toasts(window).show("Saved", "To your record.")
    (fade,) = fades(window)
    assert fade.duration() == TOAST
    fade.pause()
    hidden = toast.geometry().center()
    fade.setCurrentTime(0)
    before = window.grab().toImage().pixelColor(hidden)
    fade.resume()
    finish(qtbot, fade)
    assert toast.graphicsEffect() is None
    assert window.grab().toImage().pixelColor(hidden) != before
    qtbot.waitUntil(lambda: not fades(window))


@pytest.mark.parametrize("theme", [Theme.LIGHT, Theme.DARK])
def test_a_dialog_and_its_scrim_fade_in(
    qtbot: QtBot, qapp: QApplication, window: QWidget, motion: None, theme: Theme
) -> None:
    apply_theme(qapp, theme)
    try:
        bare, ground = edge(window), middle(window)
        dialog = ask(window)
        (fade,) = fades(window)
        fade.pause()
        assert fade.duration() == DIALOG
        fade.setCurrentTime(0)
        assert (edge(window), middle(window)) == (bare, ground)
        fade.setCurrentTime(DIALOG // 3)
        half = edge(window)
        fade.resume()
        finish(qtbot, fade)
        whole = edge(window)
        assert bare.lightness() > half.lightness() > whole.lightness()
        effect = dialog._panel.graphicsEffect()
        assert isinstance(effect, QGraphicsDropShadowEffect) is (theme is Theme.LIGHT)
        dialog.reject()
    finally:
        apply_theme(qapp, Theme.LIGHT)


def test_a_dialog_is_answered_before_it_has_faded_in(
    qtbot: QtBot, window: QWidget, motion: None
) -> None:
    dialog = ask(window)
    (fade,) = fades(window)
    assert fade.state() is QAbstractAnimation.State.Running
    button = next(b for b in dialog.findChildren(Button) if b.kind is Kind.DANGER)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not fades(window))


def popover(window: QWidget) -> Popover:
    made = NetworkPopover("Clinic", [("Block", "7")], Badge("Verified"), window)
    made.show_below(window)
    return made


def panel(popover: Popover) -> int:
    """How much of a popover's panel is seen, from 0 to 255."""
    return popover.grab().toImage().pixelColor(popover.width() // 2, 6).alpha()


def test_a_popover_fades_in_over_the_page(qtbot: QtBot, window: QWidget, motion: None) -> None:
    shown = popover(window)
    (fade,) = fades(window)
    assert fade.duration() == POPOVER
    fade.pause()
    fade.setCurrentTime(0)
    assert panel(shown) == 0
    fade.setCurrentTime(POPOVER // 3)
    assert 0 < panel(shown) < 255
    fade.resume()
    finish(qtbot, fade)
    assert panel(shown) == 255
    assert shown.graphicsEffect() is None
    shown.close()


def test_a_popover_may_be_closed_before_it_has_faded_in(
    qtbot: QtBot, window: QWidget, motion: None
) -> None:
    shown = popover(window)
    shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    assert fades(window)
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not fades(window))
    assert window.findChildren(Popover) == []


def test_what_was_found_fades_in_once_for_all_that_is_typed(
    qtbot: QtBot, window: QWidget, motion: None
) -> None:
    found = SearchResults(window)
    found.show_hits([Hit("Records", "Page", "folder-heart", "records")], window)
    (fade,) = fades(window)
    fade.pause()
    found.hide()
    found.show_hits([], window)
    assert fades(window) == [fade]
    fade.resume()
    finish(qtbot, fade)
    qtbot.waitUntil(lambda: not fades(window))
    found.show_hits([], window)
    assert fades(window) == []
    assert found.graphicsEffect() is None


def test_with_less_motion_all_is_there_at_once(window: QWidget) -> None:
    bare = edge(window)
    shown = popover(window)
    assert panel(shown) == 255
    shown.close()
    toast, dialog = Toasts(window).show("Saved"), ask(window)
    assert fades(window) == []
    assert toast.graphicsEffect() is None
    assert edge(window).lightness() < bare.lightness()
    dialog.reject()
