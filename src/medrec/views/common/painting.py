"""What painted widgets and delegates draw alike: boxes, tiles, avatars, badges, lines of text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PyQt6.QtCore import QPointF, QRect, QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from medrec.domain.categories import Category
from medrec.views.common import theme
from medrec.views.common.fonts import Type, font
from medrec.views.common.icons import CATEGORY_ICONS, FAMILY_ICONS, paint_icon
from medrec.views.common.tokens import Family, family_of


class Tone(StrEnum):
    """What a colour says; a word always says it too."""

    SUCCESS = "success"
    ACCENT = "accent"
    WARNING = "warning"
    DANGER = "danger"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class ToneColours:
    """Token names for a tone: soft ground, text, icon, edge ("" for none)."""

    ground: str
    text: str
    icon: str
    edge: str


TONES = {
    Tone.SUCCESS: ToneColours("success_soft", "success_text", "success_text", ""),
    Tone.ACCENT: ToneColours("accent_soft", "accent_text", "accent_text", ""),
    Tone.WARNING: ToneColours("warning_soft", "warning_text", "warning_text", ""),
    Tone.DANGER: ToneColours("danger_soft", "danger_text", "danger_text", ""),
    Tone.NEUTRAL: ToneColours("sunken", "text_2", "text_2", "border"),
}

_FILLED = ToneColours("danger", "on_danger", "on_danger", "")

BADGE_HEIGHT, BADGE_SMALL = 24, 20
_ICON_SHARE = 0.58


def box(
    painter: QPainter, rect: QRect | QRectF, radius: float, fill: str = "", edge: str = "",
    width: float = 1.0,
) -> None:  # fmt: skip
    """A rounded box in token colours; its edge lies inside of the rectangle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    half = width / 2 if edge else 0
    inner = QRectF(rect).adjusted(half, half, -half, -half)
    painter.setPen(QPen(theme.colour(edge), width) if edge else QPen(Qt.PenStyle.NoPen))
    painter.setBrush(theme.colour(fill) if fill else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(inner, max(radius - half, 0), max(radius - half, 0))


def text_width(text: str, role: Type) -> float:
    """How wide a line of text is, in logical pixels."""
    return QFontMetricsF(font(role)).horizontalAdvance(text)


def paint_text(
    painter: QPainter, rect: QRect | QRectF, text: str, role: Type | QFont = Type.BODY,
    colour: str = "text", align: Qt.AlignmentFlag | None = None,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> None:  # fmt: skip
    """One line of text, vertically centred, elided when the rectangle is too narrow.

    AlignLeft (the default) is the leading edge and AlignRight the trailing one: both follow the
    layout direction of the painter.
    """
    held = role if isinstance(role, QFont) else font(role)
    metrics = QFontMetricsF(held)
    where = QRectF(rect)
    shown = metrics.elidedText(text, elide, where.width() + 0.5)
    painter.setFont(held)
    painter.setPen(theme.colour(colour))
    # Qt itself turns left and right around when the painter draws from right to left.
    leading = Qt.AlignmentFlag.AlignLeft
    flags = (leading if align is None else align) | Qt.AlignmentFlag.AlignVCenter
    if painter.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        # Isolated, or "3 Nov" and "128 mmHg" would be turned around.
        shown = f"\u2068{shown}\u2069"
    painter.drawText(where, flags | Qt.TextFlag.TextSingleLine, shown)


def paint_tile(painter: QPainter, rect: QRect | QRectF, kind: Category | Family) -> None:
    """The icon of a category or family in its tinted tile."""
    family = kind if isinstance(kind, Family) else family_of(kind)
    name = FAMILY_ICONS[kind] if isinstance(kind, Family) else CATEGORY_ICONS[kind]
    ink, tile = theme.family_colour(family)
    paint_icon_tile(painter, rect, name, ink, tile)


def paint_icon_tile(
    painter: QPainter, rect: QRect | QRectF, name: str, ink: str, tile: str, round_: bool = False
) -> None:
    """Any icon in a tinted tile, or in a circle; colours are tokens or hex values."""
    where = QRectF(rect)
    side = where.height()
    radius = side / 2 if round_ else min(8.0, max(6.0, side * 0.22))
    box(painter, where, radius, tile)
    share = 0.5 if round_ else _ICON_SHARE
    icon = QRectF(0, 0, side * share, side * share)
    icon.moveCenter(where.center())
    paint_icon(painter, icon, name, theme.colour(ink).name())


def initials(name: str) -> str:
    """The letters for a person: first and last word, without titles ("Dr. Lukas Meyer": LM)."""
    words = [w for w in name.split() if w and not w.endswith(".") and w[0].isalpha()]
    if not words:
        return "?"
    picked = words if len(words) == 1 else [words[0], words[-1]]
    return "".join(w[0] for w in picked).upper()


def paint_avatar(
    painter: QPainter, rect: QRect | QRectF, name: str, selected: bool = False
) -> None:
    """A person's initials in a circle of one neutral tint; in a selected row it is lighter."""
    where = QRectF(rect)
    box(painter, where, where.height() / 2, "surface" if selected else "accent_soft")
    held = QFont(font(Type.SMALL_STRONG))
    held.setPointSizeF(held.pointSizeF() * where.height() / 38)
    held.setWeight(QFont.Weight.DemiBold)
    painter.setFont(held)
    painter.setPen(theme.colour("accent_text"))
    painter.drawText(where, Qt.AlignmentFlag.AlignCenter, initials(name))


def badge_height(small: bool = False) -> int:
    """How high a badge is: more than the look says only for readers with larger text."""
    line = QFontMetricsF(font(Type.CAPTION_STRONG)).height()
    return max(BADGE_SMALL if small else BADGE_HEIGHT, round(line) + (4 if small else 6))


def badge_width(text: str, icon: str = "", small: bool = False) -> float:
    """How wide a badge is."""
    pad = 14 if small else 16
    held = text_width(text, Type.CAPTION_STRONG) if text else 0
    return pad + held + (14 + (5 if text else 0) if icon else 0)


def paint_badge(
    painter: QPainter, where: QRectF | QPointF, text: str, tone: Tone = Tone.NEUTRAL,
    icon: str = "", small: bool = False, filled: bool = False,
) -> QRectF:  # fmt: skip
    """A badge, in a rectangle or with its top right corner at a point; returns where it lies.

    A filled one is for what is severe: the tone's full colour instead of its soft ground.
    """
    if isinstance(where, QPointF):
        width = badge_width(text, icon, small)
        height = badge_height(small)
        where = QRectF(where.x() - width, where.y(), width, height)
    colours = _FILLED if filled else TONES[tone]
    box(painter, where, 6, colours.ground, colours.edge)
    pad = 7 if small else 8
    inner = where.adjusted(pad, 0, -pad, 0)
    mirrored = painter.layoutDirection() is Qt.LayoutDirection.RightToLeft
    if icon:
        side = 14.0
        spot = QRectF(inner.right() - side if mirrored else inner.x(), 0, side, side)
        spot.moveTop(inner.center().y() - side / 2)
        paint_icon(painter, spot, icon, theme.colour(colours.icon).name())
        inner.adjust(*((0, 0, -side - 5, 0) if mirrored else (side + 5, 0, 0, 0)))
    paint_text(painter, inner, text, Type.CAPTION_STRONG, colours.text)
    return where


def paint_dot(painter: QPainter, centre: QPointF, colour: str, radius: float = 4) -> None:
    """A filled dot."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.colour(colour)))
    painter.drawEllipse(centre, radius, radius)
