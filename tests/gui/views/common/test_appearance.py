"""The card of the look: it asks, and shows what is in force."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medrec.views.common.appearance import THEMES, AppearanceCard
from medrec.views.common.theme import apply_theme, set_calm, theme_bus
from medrec.views.common.tokens import Theme


def test_less_motion_is_asked_for_by_a_click_and_by_the_space_bar(
    qtbot: QtBot, motion: None
) -> None:
    card = AppearanceCard()
    qtbot.addWidget(card)
    card.show()
    assert not card.calm.isChecked()
    with qtbot.waitSignal(theme_bus.calmAsked) as asked:
        qtbot.mouseClick(card.calm, Qt.MouseButton.LeftButton)
    assert asked.args == [True]
    with qtbot.waitSignal(theme_bus.calmAsked) as asked:
        qtbot.keyClick(card.calm, Qt.Key.Key_Space)
    assert asked.args == [False]
    set_calm(True)
    assert card.calm.isChecked()


def test_a_theme_is_asked_for_and_what_is_in_force_is_shown(
    qtbot: QtBot, qapp: QApplication
) -> None:
    card = AppearanceCard()
    qtbot.addWidget(card)
    card.show()
    assert THEMES[card.themes.current] == "light"
    with qtbot.waitSignal(theme_bus.themeAsked) as asked:
        qtbot.keyClick(card.themes, Qt.Key.Key_Right)
    assert asked.args == ["dark"]
    try:
        with qtbot.assertNotEmitted(theme_bus.themeAsked):
            apply_theme(qapp, Theme.CONTRAST)
        assert THEMES[card.themes.current] == "contrast"
    finally:
        apply_theme(qapp, Theme.LIGHT)
