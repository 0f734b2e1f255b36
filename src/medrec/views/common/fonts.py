"""One font a role: sizes from the tokens of LOOK.md, scaled to the screen and the reader."""

from __future__ import annotations

import sys
from enum import StrEnum
from functools import cache

from PyQt6.QtGui import QFont, QFontDatabase, QGuiApplication

from medrec.config import resources_dir

SANS = ("MedRec Sans", "Noto Sans Arabic", "Noto Sans", "Segoe UI", "sans-serif")
MONO = ("JetBrains Mono", "Noto Sans Arabic", "monospace")
_PERCENT = QFont.SpacingType.PercentageSpacing


class Type(StrEnum):
    """What a text is; it decides size and weight."""

    HERO = "hero"
    FIGURE = "figure"
    PAGE_TITLE = "page title"
    TITLE = "title"
    HEADING = "heading"
    BODY = "body"
    ROW = "row"
    ROW_STRONG = "row strong"
    SMALL = "small"
    SMALL_STRONG = "small strong"
    CAPTION = "caption"
    CAPTION_STRONG = "caption strong"
    CODE = "code"


_SIZES: dict[Type, tuple[float, QFont.Weight]] = {
    Type.HERO: (24, QFont.Weight.DemiBold),
    Type.FIGURE: (17.25, QFont.Weight.DemiBold),
    Type.PAGE_TITLE: (16.5, QFont.Weight.DemiBold),
    Type.TITLE: (13.5, QFont.Weight.DemiBold),
    Type.HEADING: (11.25, QFont.Weight.DemiBold),
    Type.BODY: (10.5, QFont.Weight.Normal),
    Type.ROW: (10.5, QFont.Weight.Medium),
    Type.ROW_STRONG: (10.5, QFont.Weight.DemiBold),
    Type.SMALL: (9.75, QFont.Weight.Normal),
    Type.SMALL_STRONG: (9.75, QFont.Weight.Medium),
    Type.CAPTION: (9, QFont.Weight.Normal),
    Type.CAPTION_STRONG: (9, QFont.Weight.Medium),
    Type.CODE: (9.75, QFont.Weight.Normal),
}
"""Points at 96 dots per inch, and the weight."""

_scale = 1.0


@cache
def load_fonts() -> tuple[str, ...]:
    """Give our fonts to Qt, once; needs an application. Returns the families."""
    families: list[str] = []
    for path in sorted((resources_dir() / "fonts").glob("*.ttf")):
        number = QFontDatabase.addApplicationFont(str(path))
        families.extend(QFontDatabase.applicationFontFamilies(number))
    return tuple(dict.fromkeys(families))


def set_text_scale(scale: float) -> None:
    """The reader's text size, 1.0 for what LOOK.md says; the theme has to be applied again."""
    global _scale  # noqa: PLW0603  # one reader a process, as with the theme
    _scale = scale
    font.cache_clear()


def text_scale() -> float:
    """The reader's text size."""
    return _scale


@cache
def font(role: Type) -> QFont:
    """The font of a role. It is shared: copy it before changing it."""
    points, weight = _SIZES[role]
    made = QFont()
    made.setFamilies(list(MONO if role is Type.CODE else SANS))
    made.setPointSizeF(points * _scale * _platform())
    made.setWeight(weight)
    if points >= 15:
        made.setLetterSpacing(_PERCENT, 98)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def line_height(role: Type) -> int:
    """The height of a line of a role: by our own font, a fallback's box may be twice as high."""
    return round(font(role).pointSizeF() * 96 / 72 * 1.3)


def numeric(base: QFont) -> QFont:
    """The same font with figures of one width, for columns of numbers only."""
    made = QFont(base)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def strong(base: QFont) -> QFont:
    """The same font in weight 600."""
    made = QFont(base)
    made.setWeight(QFont.Weight.DemiBold)
    return made


def _platform() -> float:
    """macOS counts 72 points an inch where the others count 96."""
    screen = QGuiApplication.primaryScreen()
    if sys.platform == "darwin" and screen is not None:
        return 96 / screen.logicalDotsPerInchY()
    return 1.0
