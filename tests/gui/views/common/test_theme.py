"""One theme is in force everywhere, and can be changed while windows are open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fontTools.ttLib import TTFont
from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QColor, QFont, QFontInfo, QIcon, QPalette, QPixmap
from PyQt6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from medrec.config import resources_dir
from medrec.views.common import theme
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.focus import FocusRing
from medrec.views.common.fonts import Type, font, load_fonts, numeric, set_text_scale
from medrec.views.common.icons import (
    CATEGORY_ICONS,
    FAMILY_ICONS,
    icon,
    known,
    pixmap,
)
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import vbox
from medrec.views.common.tokens import TOKENS, Theme

Themes = Callable[[Theme | None], None]


@pytest.fixture
def themes(qapp: QApplication):
    yield lambda wanted: theme.apply_theme(qapp, wanted)
    theme.apply_theme(qapp, Theme.LIGHT)


LATIN = "AZaz09 ÀÿĀžŁłŞşȘțŐűẞßµΩαωИя–—‘’“”…·•−×÷≤≥±°²³½€№←↑→↓↗"


def middle(picture: QPixmap):
    image = picture.toImage()
    found = [
        image.pixelColor(x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).alpha() == 255
    ]
    return found[0].name().upper()


class TestTheme:
    @pytest.mark.parametrize("wanted", list(Theme))
    def test_palette_and_tokens_follow(self, qapp: QApplication, themes: Themes, wanted: Theme):
        themes(wanted)
        look = TOKENS[wanted]
        assert theme.tokens() is look
        assert theme.current() is wanted
        palette = qapp.palette()
        assert palette.color(QPalette.ColorRole.Window) == QColor(look.window)
        disabled = QPalette.ColorGroup.Disabled
        assert palette.color(disabled, QPalette.ColorRole.Text) == QColor(look.text_3)
        assert look.accent in qapp.styleSheet()

    def test_none_follows_the_system(self, qapp: QApplication, themes: Themes):
        themes(None)
        assert theme.current() is theme.system_theme(qapp)

    def test_open_widgets_take_the_new_colours(self, qtbot: QtBot, themes: Themes):
        label = Label("Amina", colour="danger")
        qtbot.addWidget(label)
        label.show()
        themes(Theme.DARK)
        label.ensurePolished()
        found = label.palette().color(QPalette.ColorRole.WindowText)
        assert found == QColor(TOKENS[Theme.DARK].danger)

    def test_a_change_is_said(self, qtbot: QtBot, themes: Themes):
        with qtbot.waitSignal(theme.theme_bus.changed):
            themes(Theme.CONTRAST)

    def test_a_property_takes_effect(self, qtbot: QtBot):
        edit = QLineEdit()
        qtbot.addWidget(edit)
        theme.set_look(edit, "state", "error")
        assert edit.property("state") == "error"
        theme.set_look(edit, "state", "error")

    def test_less_motion_is_none(self, motion: None):
        assert theme.duration(180) == 180
        theme.set_calm(True)
        assert theme.duration(180) == 0

    def test_a_hex_value_is_a_colour_too(self):
        assert theme.colour(TOKENS[Theme.LIGHT].text) == theme.colour("text")


class TestFonts:
    def test_the_fonts_are_ours(self, qapp: QApplication):
        families = load_fonts()
        assert {"MedRec Sans", "Noto Sans Arabic", "JetBrains Mono"} <= set(families)
        assert QFontInfo(font(Type.BODY)).family() == "MedRec Sans"
        assert QFontInfo(font(Type.CODE)).family() == "JetBrains Mono"

    @pytest.mark.parametrize("role", list(Type))
    def test_no_role_is_below_nine_points(self, role: Type):
        assert font(role).pointSizeF() >= 9

    def test_weights_are_cut_and_not_emboldened(self):
        widths = []
        for weight in (QFont.Weight.Normal, QFont.Weight.Medium, QFont.Weight.DemiBold):
            held = QFont(font(Type.BODY))
            held.setWeight(weight)
            info = QFontInfo(held)
            assert info.family() == "MedRec Sans"
            assert info.weight() == weight
            widths.append(info.styleName())

    def test_the_files_are_small_and_cover_what_names_are_written_with(self):
        folder = resources_dir() / "fonts"
        for path in folder.glob("*.ttf"):
            with TTFont(path) as opened:
                family = opened["name"].getDebugName(16)
                characters = set(opened.getBestCmap())
            assert path.stat().st_size < 200_000, path.name
            assert (folder / f"{family.replace(' ', '')}-LICENSE.txt").is_file()
            letters = "ءابتثجحخدذرزسشصضطظعغفقكلمنهويىةپچژگ،؟" if "Arabic" in family else LATIN
            missing = {c for c in letters if ord(c) not in characters}
            assert missing == set(), path.name

    def test_figures_of_one_width_leave_the_role_alone(self):
        made = numeric(font(Type.BODY))
        assert made.featureTags() != []
        assert font(Type.BODY).featureTags() == []

    def test_text_can_be_made_larger(self, qtbot: QtBot, qapp: QApplication, themes: Themes):
        label = Label("Amina")
        qtbot.addWidget(label)
        before = label.font().pointSizeF()
        try:
            set_text_scale(1.5)
            themes(Theme.LIGHT)
            assert label.font().pointSizeF() == pytest.approx(before * 1.5)
        finally:
            set_text_scale(1.0)
            themes(Theme.LIGHT)
        assert label.font().pointSizeF() == pytest.approx(before)


class TestIcons:
    def test_every_category_and_family_has_an_icon(self):
        for name in (*CATEGORY_ICONS.values(), *FAMILY_ICONS.values()):
            assert known(name), name
        assert not known("no-such-icon")

    def test_an_icon_has_the_colour_that_is_asked_for(self, qapp: QApplication):
        look = TOKENS[Theme.LIGHT]
        assert middle(pixmap("square", 32, look.danger, 1)) == look.danger

    def test_it_is_drawn_at_the_ratio_of_the_screen(self, qapp: QApplication):
        made = pixmap("pill", 16, TOKENS[Theme.LIGHT].text, 2)
        assert (made.width(), made.devicePixelRatio()) == (32, 2)

    @pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
    def test_a_menu_gets_it_sharp(self, qapp: QApplication, ratio: float):
        made = icon("pill").pixmap(QSize(16, 16), ratio)
        assert (made.width(), made.devicePixelRatio()) == (16 * ratio, ratio)

    def test_the_files_take_any_colour_and_name_their_licence(self):
        files = sorted((resources_dir() / "icons").glob("*.svg"))
        assert len(files) > 150
        for path in files:
            text = path.read_text(encoding="utf-8")
            assert 'stroke="currentColor"' in text, path.name
            assert "@license lucide-static" in text, path.name
        assert (resources_dir() / "icons" / "LICENSE").is_file()

    def test_it_follows_theme_and_mode(self, qapp: QApplication, themes: Themes):
        made = icon("square", "danger")
        size = QSize(32, 32)
        assert middle(made.pixmap(size)) == TOKENS[Theme.LIGHT].danger
        themes(Theme.DARK)
        assert middle(made.pixmap(size)) == TOKENS[Theme.DARK].danger
        greyed = made.pixmap(size, QIcon.Mode.Disabled)
        assert middle(greyed) == TOKENS[Theme.DARK].text_3
        assert middle(icon("square").pixmap(size)) == TOKENS[Theme.DARK].text_2


class TestFocusRing:
    def test_it_is_there_for_keys_and_gone_for_the_mouse(self, qtbot: QtBot, qapp: QApplication):
        window = QWidget()
        qtbot.addWidget(window)
        first, second = Button("First"), Button("Second", Kind.PRIMARY)
        window.setLayout(vbox(first, second, margins=12))
        window.show()
        window.activateWindow()
        qtbot.waitExposed(window)
        handle = window.windowHandle()
        assert handle is not None
        first.setFocus()
        qtbot.keyClick(handle, Qt.Key.Key_Tab)
        qtbot.waitUntil(lambda: qapp.focusWidget() is second)
        rings = window.findChildren(FocusRing)
        assert [ring.widget() for ring in rings if ring.isVisible()] == [second]
        ring = rings[0]
        assert ring.geometry().contains(second.geometry().adjusted(-3, -3, 3, 3))
        qtbot.mouseClick(handle, Qt.MouseButton.LeftButton, pos=window.rect().topLeft())
        assert all(not r.isVisible() for r in window.findChildren(FocusRing))


class TestLabels:
    def test_a_paragraph_says_what_it_was_given(self, qtbot: QtBot):
        label = Label("1 < 2 & 3", wrap=True)
        qtbot.addWidget(label)
        assert label.text() == "1 < 2 & 3"
        assert "&lt;" in super(Label, label).text()
        assert label.accessibleName() == "1 < 2 & 3"

    def test_a_long_line_is_whole_in_the_tooltip(self, qtbot: QtBot):
        label = ElidedLabel("laboratory-report-of-the-third-of-november.pdf")
        qtbot.addWidget(label)
        label.resize(80, 20)
        label.show()
        assert label.toolTip() == label.text()
        label.resize(900, 20)
        assert label.toolTip() == ""
        label.set_colour("danger")
        label.setText("a")
        assert label.accessibleName() == "a"

    def test_text_stands_at_the_leading_edge(self, qtbot: QtBot):
        label = Label("Amina")
        qtbot.addWidget(label)
        label.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        assert label.alignment() & Qt.AlignmentFlag.AlignRight
        label.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        assert label.alignment() & Qt.AlignmentFlag.AlignLeft

    def test_text_can_be_marked(self, qtbot: QtBot):
        label = Label("0x8f3A").selectable()
        qtbot.addWidget(label)
        assert label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByKeyboard
        label.set_role(Type.CODE)
        assert label.font().family() == font(Type.CODE).family()
