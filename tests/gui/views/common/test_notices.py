"""Banners, checks, steps, tabs, and the sheet that shows them all."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QImage
from PyQt6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from medrec.views.common import theme
from medrec.views.common.badges import Badge, Tone
from medrec.views.common.banner import AlarmPanel, AllergyBanner, AllergyItem, Banner
from medrec.views.common.buttons import Button, IconButton
from medrec.views.common.labels import Label
from medrec.views.common.stepper import Stepper
from medrec.views.common.tabs import Tabs
from medrec.views.common.tokens import TOKENS, Theme
from medrec.views.common.verified import (
    ChainRibbon,
    StateDot,
    Verified,
    VerifiedBadge,
    VerifiedStrip,
)
from medrec.views.gallery.__main__ import main


class TestBanners:
    def test_an_alarm_says_what_and_what_to_do(self, qtbot: QtBot):
        ask = Button("Ask another node")
        alarm = AlarmPanel("It does not match", "Nothing is lost.", [ask])
        qtbot.addWidget(alarm)
        alarm.resize(800, 120)
        alarm.show()
        assert ask.isVisible()
        assert alarm.accessibleName() == "It does not match. Nothing is lost."
        assert alarm.property("card") == "danger"

    @pytest.mark.parametrize("tone", list(Tone))
    def test_a_notice_has_an_action_and_can_be_closed(self, qtbot: QtBot, tone: Tone):
        banner = Banner("2 changes wait.", tone, action="Show", title="Offline", closable=True)
        qtbot.addWidget(banner)
        banner.show()
        with qtbot.waitSignal(banner.acted):
            banner.button.click()
        banner.set_text("3 changes wait.")
        assert banner.text() == banner.accessibleName() == "3 changes wait."
        closer = banner.findChild(IconButton)
        assert closer is not None
        with qtbot.waitSignal(banner.closed):
            closer.click()
        assert not banner.isVisible()


class TestAllergies:
    ITEMS = (
        AllergyItem("Latex", "skin rash", "mild"),
        AllergyItem("Peanut", "hives", "moderate"),
        AllergyItem("Penicillin", "anaphylaxis, 2003", "severe"),
    )

    def test_the_severe_one_stands_first_with_a_filled_badge(self, qtbot: QtBot):
        banner = AllergyBanner(self.ITEMS, "14 Oct 2026")
        qtbot.addWidget(banner)
        banner.resize(1000, 48)
        banner.show()
        texts = [label.text() for label in banner.findChildren(Label)]
        assert texts.index("Penicillin") < texts.index("Peanut") < texts.index("Latex")
        assert "hives, moderate" in texts
        assert "Reviewed 14 Oct 2026" in texts
        assert [badge.text() for badge in banner.findChildren(Badge)] == ["Severe"]
        assert banner.accessibleName().startswith("Allergies: Penicillin anaphylaxis, 2003 severe")

    def test_nothing_is_cut_where_it_is_narrow(self, qtbot: QtBot, qapp: QApplication):
        banner = AllergyBanner(self.ITEMS, "14 Oct 2026")
        qtbot.addWidget(banner)
        wide = banner.heightForWidth(1200)
        narrow = banner.heightForWidth(520)
        assert narrow > wide
        banner.resize(520, narrow)
        banner.show()
        qapp.processEvents()
        for label in banner.findChildren(QLabel):
            assert label.width() >= label.sizeHint().width()

    def test_none_known(self, qtbot: QtBot):
        banner = AllergyBanner(reviewed="14 Oct 2026")
        qtbot.addWidget(banner)
        assert banner.accessibleName() == "No known allergies, reviewed on 14 Oct 2026"
        banner.set_none()
        assert banner.accessibleName() == "No known allergies"
        assert banner.property("card") == "sunken"

    def test_closed_is_not_none(self, qtbot: QtBot):
        banner = AllergyBanner()
        qtbot.addWidget(banner)
        banner.set_closed()
        banner.show()
        assert banner.accessibleName() == "Allergies are closed to you"
        assert banner.property("card") == "warning"
        button = next(b for b in banner.findChildren(Button) if b.isVisible())
        with qtbot.waitSignal(banner.asked):
            button.click()


class TestVerified:
    @pytest.mark.parametrize("state", list(Verified))
    def test_a_badge_says_its_state(self, qtbot: QtBot, state: Verified):
        badge = VerifiedBadge(state, "Verified up to block 7")
        qtbot.addWidget(badge)
        assert badge.accessibleName() == badge.text() == "Verified up to block 7"
        assert badge.state is state
        badge.grab()

    def test_a_failed_check_turns_the_strip_into_an_alarm(self, qtbot: QtBot):
        strip = VerifiedStrip("Verified", [("On the chain", True), ("Contents match", True)])
        qtbot.addWidget(strip)
        assert strip.property("card") == "success"
        strip.set("Changed copy", [("On the chain", True), ("Contents match", False)])
        assert strip.property("card") == "danger"
        assert strip.accessibleName() == "Changed copy. On the chain. Contents match"
        strip.grab()

    def test_a_dot_has_its_word(self, qtbot: QtBot):
        dot = StateDot("Block 7")
        qtbot.addWidget(dot)
        dot.set("No network", Tone.DANGER)
        assert dot.accessibleName() == dot.text() == "No network"
        dot.grab()
        dot.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        dot.set("Unknown", Tone.NEUTRAL)
        dot.grab()

    def test_a_broken_ribbon_looks_different(self, qtbot: QtBot):
        ribbon = ChainRibbon()
        qtbot.addWidget(ribbon)
        ribbon.resize(300, 12)
        whole = ribbon.grab().toImage()
        ribbon.set_broken(True)
        assert ribbon.grab().toImage() != whole


class TestStepper:
    def test_it_says_where_somebody_is(self, qtbot: QtBot):
        stepper = Stepper(("Who", "What", "Until when"))
        qtbot.addWidget(stepper)
        assert stepper.accessibleName() == "Step 1 of 3: Who"
        stepper.set_current(2)
        assert stepper.current == 2
        assert stepper.accessibleName() == "Step 3 of 3: Until when"
        for width in (stepper.sizeHint().width(), 160):
            stepper.resize(width, 30)
            stepper.grab()
        stepper.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        stepper.grab()


class TestTabs:
    @pytest.fixture
    def tabs(self, qtbot: QtBot):
        made = Tabs((("summary", "Summary"), ("timeline", "Timeline"), ("vitals", "Vitals")))
        qtbot.addWidget(made)
        made.resize(500, 40)
        made.show()
        return made

    def test_arrows_and_clicks_choose(self, qtbot: QtBot, tabs: Tabs):
        with qtbot.waitSignal(tabs.changed) as said:
            qtbot.keyClick(tabs, Qt.Key.Key_Right)
        assert said.args == ["timeline"]
        qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=QPoint(10, 20))
        assert tabs.current == "summary"
        qtbot.keyClick(tabs, Qt.Key.Key_Left)
        assert tabs.current == "summary"
        tabs.set_current("vitals")
        assert tabs.accessibleName() == "Vitals"
        tabs.set_current("no such tab")
        assert tabs.current == "vitals"
        assert tabs.keys == ("summary", "timeline", "vitals")

    def test_a_count_makes_room(self, tabs: Tabs):
        before = tabs.sizeHint().width()
        tabs.set_count("timeline", 64)
        assert tabs.sizeHint().width() > before
        tabs.set_current("timeline")
        assert tabs.accessibleName() == "Timeline, 64"
        tabs.grab()

    def test_from_right_to_left_the_arrows_turn(self, qtbot: QtBot, tabs: Tabs):
        tabs.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        qtbot.keyClick(tabs, Qt.Key.Key_Left)
        assert tabs.current == "timeline"
        tabs.grab()


@pytest.mark.parametrize("wanted", list(Theme))
def test_the_gallery_is_drawn_in_every_theme(qapp: QApplication, tmp_path: Path, wanted: Theme):
    picture = tmp_path / "gallery.png"
    try:
        assert main(["--theme", wanted.value, "--screenshot", str(picture)]) == 0
    finally:
        theme.apply_theme(qapp, Theme.LIGHT)
    image = QImage(str(picture))
    assert image.width() == 1280
    assert image.pixelColor(3, 3).name() == TOKENS[wanted].window.lower()
