"""Buttons, badges, chips, tiles: by keyboard, with a name, in every state."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from medrec.domain.categories import Category
from medrec.views.common.badges import Badge, CategoryBadge, Chip, CountPill, Tone
from medrec.views.common.buttons import Button, IconButton, Kind, Size
from medrec.views.common.cards import Card, Icon
from medrec.views.common.clipboard import copy_button
from medrec.views.common.layout import vbox
from medrec.views.common.painting import initials
from medrec.views.common.progress import ProgressBar, Spinner
from medrec.views.common.tiles import Avatar, CategoryTile, IconTile
from medrec.views.common.tokens import TOKENS, Family, Theme


class TestButton:
    @pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
    def test_keys_press_it(self, qtbot: QtBot, key: Qt.Key):
        button = Button("Save", Kind.PRIMARY)
        qtbot.addWidget(button)
        button.show()
        with qtbot.waitSignal(button.clicked):
            qtbot.keyClick(button, key)

    def test_busy_does_nothing_and_keeps_its_width(self, qtbot: QtBot):
        button = Button("Save to the record", Kind.PRIMARY)
        qtbot.addWidget(button)
        button.show()
        pressed = []
        button.clicked.connect(lambda: pressed.append(1))
        width = button.width()
        button.set_busy(True, "Saving\N{HORIZONTAL ELLIPSIS}")
        assert button.busy
        assert button.minimumWidth() == width
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.keyClick(button, Qt.Key.Key_Space)
        button.click()
        assert pressed == []
        button.set_busy(False)
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert pressed == [1]
        assert button.text() == "Save to the record"

    @pytest.mark.parametrize("kind", list(Kind))
    def test_every_kind_is_drawn_in_its_colour(self, qtbot: QtBot, kind: Kind):
        button = Button("Revoke", kind)
        qtbot.addWidget(button)
        button.resize(120, 36)
        look = TOKENS[Theme.LIGHT]
        found = button.grab().toImage().pixelColor(12, 10).name().upper()
        expected = {Kind.PRIMARY: look.accent, Kind.DANGER: look.danger}
        if kind in expected:
            assert found == expected[kind]
        button.setEnabled(False)
        greyed = button.grab().toImage().pixelColor(12, 10).name().upper()
        if kind is not Kind.QUIET:
            assert greyed == look.sunken

    def test_heights(self, qtbot: QtBot):
        for size, height in ((Size.ROW, 32), (Size.NORMAL, 36), (Size.LARGE, 44)):
            button = Button("Save", size=size, icon="save")
            qtbot.addWidget(button)
            assert button.sizeHint().height() == height

    def test_kind_and_icon_can_change(self, qtbot: QtBot):
        button = Button("More")
        qtbot.addWidget(button)
        narrow = button.sizeHint().width()
        button.set_icon("chevron-down", trailing=True)
        assert button.sizeHint().width() > narrow
        button.set_kind(Kind.QUIET)
        assert button.kind is Kind.QUIET
        button.grab()

    def test_an_icon_alone_has_a_name(self, qtbot: QtBot):
        button = IconButton("x", "Close")
        qtbot.addWidget(button)
        assert (button.toolTip(), button.accessibleName()) == ("Close", "Close")
        with qtbot.waitSignal(button.clicked):
            qtbot.keyClick(button, Qt.Key.Key_Return)
        button.set_icon("check", "Done")
        assert button.accessibleName() == "Done"
        button.grab()

    def test_copying_says_that_it_did(self, qtbot: QtBot, qapp: QApplication):
        button = copy_button("0x8f3A", "Copy the address")
        qtbot.addWidget(button)
        button.click()
        clipboard = qapp.clipboard()
        assert clipboard is not None
        assert clipboard.text() == "0x8f3A"
        assert button.accessibleName() == "Copied"
        qtbot.waitUntil(lambda: button.accessibleName() == "Copy the address", timeout=3000)


class TestBadges:
    @pytest.mark.parametrize("tone", list(Tone))
    def test_a_badge_says_a_word(self, qtbot: QtBot, tone: Tone):
        badge = Badge("Waiting", tone, "clock")
        qtbot.addWidget(badge)
        assert badge.accessibleName() == badge.text() == "Waiting"
        assert badge.tone is tone
        assert badge.sizeHint().height() == 24
        badge.grab()

    def test_it_grows_with_its_word(self, qtbot: QtBot):
        badge = Badge("A", small=True)
        qtbot.addWidget(badge)
        before = badge.sizeHint().width()
        badge.set("Verified doctor", Tone.SUCCESS, "circle-check")
        assert badge.sizeHint().width() > before
        assert badge.accessibleName() == "Verified doctor"

    def test_a_chip_is_toggled_by_key(self, qtbot: QtBot):
        chip = Chip("Vitals", kind=Category.VITALS, count=18)
        qtbot.addWidget(chip)
        chip.show()
        with qtbot.waitSignal(chip.toggled):
            qtbot.keyClick(chip, Qt.Key.Key_Space)
        assert chip.isChecked()
        assert chip.accessibleName() == "Vitals, 18"
        chip.set_count(None)
        assert chip.accessibleName() == "Vitals"
        chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        chip.grab()

    def test_a_count_of_nothing_is_not_shown(self, qtbot: QtBot):
        window = QWidget()
        qtbot.addWidget(window)
        pill = CountPill(2)
        window.setLayout(vbox(pill))
        window.show()
        assert pill.isVisible()
        pill.set_count(0)
        assert not pill.isVisible()
        pill.set_count(120)
        assert pill.isVisible()
        pill.grab()

    def test_a_category_is_named(self, qtbot: QtBot):
        for kind in (Category.IMAGING, Family.SENSITIVE):
            badge = CategoryBadge(kind)
            qtbot.addWidget(badge)
            badge.grab()
            assert badge.accessibleName() in ("Imaging", "Sensitive")


class TestTiles:
    @pytest.mark.parametrize("kind", [*Category, *Family])
    def test_a_tile_has_the_name_of_what_it_stands_for(self, qtbot: QtBot, kind: Category | Family):
        tile = CategoryTile(kind)
        qtbot.addWidget(tile)
        assert tile.toolTip() == tile.accessibleName() != ""
        tile.grab()

    @pytest.mark.parametrize(
        ("name", "letters"),
        [
            ("Dr. Lukas Meyer", "LM"),
            ("Amina Haddad", "AH"),
            ("Prof. Dr. Jean-Marc von Tessier", "JT"),
            ("clinic", "C"),
            ("", "?"),
            ("\u0623\u0645\u064a\u0646\u0629 \u062d\u062f\u0627\u062f", "\u0623\u062d"),
        ],
    )
    def test_initials(self, name: str, letters: str):
        assert initials(name) == letters

    def test_an_avatar_follows_the_person(self, qtbot: QtBot):
        avatar = Avatar("Amina Haddad")
        qtbot.addWidget(avatar)
        avatar.set_name("Dr. Lukas Meyer")
        assert avatar.accessibleName() == "Dr. Lukas Meyer"
        avatar.grab()

    def test_any_icon_in_a_circle(self, qtbot: QtBot):
        tile = IconTile("lock", circle=True)
        qtbot.addWidget(tile)
        tile.set_icon("lock-open", "success_text", "success_soft")
        found = tile.grab().toImage().pixelColor(18, 3).name().upper()
        assert found == TOKENS[Theme.LIGHT].success_soft


class TestCards:
    def test_a_card_has_a_head_and_a_body(self, qtbot: QtBot):
        action = Button("All activity", Kind.QUIET, size=Size.ROW)
        card = Card("Who looked", "12 months", action, "eye")
        qtbot.addWidget(card)
        card.body.addWidget(Icon("eye"))
        card.show()
        assert card.accessibleName() == "Who looked"
        card.set_title("Who looked lately")
        card.set_note("")
        card.set_look("danger")
        assert card.property("card") == "danger"
        assert action.isVisible()

    def test_a_flush_list_reaches_the_edges(self, qtbot: QtBot):
        card = Card()
        qtbot.addWidget(card)
        inner = QWidget()
        card.add_flush(inner)
        card.resize(300, 200)
        card.show()
        assert inner.width() == 298


class TestProgress:
    def test_a_bar_fills_from_the_leading_edge(self, qtbot: QtBot):
        bar = ProgressBar(width=100)
        qtbot.addWidget(bar)
        bar.resize(100, 4)
        bar.set_progress(1, 2)
        look = TOKENS[Theme.LIGHT]
        image = bar.grab().toImage()
        assert image.pixelColor(20, 2).name().upper() == look.accent
        assert image.pixelColor(80, 2).name().upper() == look.border_2
        bar.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        image = bar.grab().toImage()
        assert image.pixelColor(80, 2).name().upper() == look.accent

    def test_uncounted_work_shows_a_part(self, qtbot: QtBot):
        bar = ProgressBar()
        qtbot.addWidget(bar)
        bar.set_progress(5, 0)
        assert bar.maximum() == 0
        bar.grab()

    def test_a_spinner_turns_only_while_it_is_seen(self, qtbot: QtBot):
        spinner = Spinner()
        qtbot.addWidget(spinner)
        spinner.show()
        before = spinner.grab().toImage()
        if spinner._clock.isActive():
            qtbot.waitUntil(lambda: spinner.grab().toImage() != before)
        spinner.hide()
        assert not spinner._clock.isActive()


def test_what_points_back_points_the_other_way_from_right_to_left(qtbot: QtBot):
    for icon, turns in (("arrow-left", True), ("download", False)):
        button = IconButton(icon, "Back")
        qtbot.addWidget(button)
        before = button.grab().toImage()
        button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        after = button.grab().toImage()
        assert (after != before) is turns
        button.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
