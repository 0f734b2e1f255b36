"""Lucide icons that take the colour of the theme, the mode and the screen's ratio as drawn."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from PyQt6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PyQt6.QtSvg import QSvgRenderer

from medrec.config import resources_dir
from medrec.domain.categories import Category
from medrec.views.common import theme
from medrec.views.common.tokens import Family

CATEGORY_ICONS: Mapping[Category, str] = MappingProxyType(
    {
        Category.IDENTITY: "id-card",
        Category.PROBLEMS: "stethoscope",
        Category.MEDICATIONS: "pill",
        Category.ALLERGIES: "shield-alert",
        Category.IMMUNIZATIONS: "syringe",
        Category.VITALS: "heart-pulse",
        Category.LABORATORY: "flask-conical",
        Category.IMAGING: "scan",
        Category.NOTES: "notebook-pen",
        Category.DOCUMENTS: "file-text",
        Category.MENTAL: "brain",
        Category.SEXUAL: "venus-and-mars",
        Category.GENETIC: "dna",
        Category.SUBSTANCE: "wine",
    }
)

FAMILY_ICONS: Mapping[Family, str] = MappingProxyType(
    {
        Family.IDENTITY: "id-card",
        Family.PROBLEMS: "stethoscope",
        Family.MEDICATIONS: "pill",
        Family.ALLERGIES: "shield-alert",
        Family.VITALS: "heart-pulse",
        Family.LABORATORY: "flask-conical",
        Family.DOCUMENTS: "file-text",
        Family.SENSITIVE: "eye-off",
    }
)


def known(name: str) -> bool:
    """Whether there is an icon of this name."""
    return (resources_dir() / "icons" / f"{name}.svg").is_file()


@cache
def _drawing(name: str) -> bytes:
    return (resources_dir() / "icons" / f"{name}.svg").read_bytes()


_TURNED = {
    "arrow-left": "arrow-right",
    "arrow-right": "arrow-left",
    "chevron-left": "chevron-right",
    "chevron-right": "chevron-left",
}


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    coloured = _drawing(name).replace(b"currentColor", colour.encode())
    return QSvgRenderer(QByteArray(coloured))


def pixmap(name: str, size: int, colour_hex: str, ratio: float = 1.0) -> QPixmap:
    """An icon of `size` logical pixels in a colour, sharp at the device's ratio; cached."""
    key = f"medrec:{name}:{size}:{colour_hex}:{ratio:.3f}"
    found = QPixmapCache.find(key)
    if found is not None and not found.isNull():
        return found
    made = QPixmap(QSize(size, size) * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    _renderer(name, colour_hex).render(painter, QRectF(0, 0, size, size))
    painter.end()
    QPixmapCache.insert(key, made)
    return made


def turned(name: str) -> str:
    """The icon for reading from right to left: what points forward points the other way."""
    return _TURNED.get(name, name)


def paint_icon(painter: QPainter, rect: QRect | QRectF, name: str, colour_hex: str) -> None:
    """Draw an icon as vectors into a rectangle, for delegates and painted widgets."""
    _renderer(name, colour_hex).render(painter, QRectF(rect))


class _Engine(QIconEngine):
    """Draws one icon in the colours of the theme in force: a new theme needs no new icon."""

    def __init__(self, name: str, colour: str | None) -> None:
        super().__init__()
        self._name, self._colour = name, colour

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._colour)

    def paint(
        self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, _state: QIcon.State
    ) -> None:
        if painter is None:
            return
        side = min(rect.width(), rect.height())
        where = QRect(QPoint(0, 0), QSize(side, side))
        where.moveCenter(rect.center())
        paint_icon(painter, where, self._name, self._hex(mode))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, _state: QIcon.State, scale: float
    ) -> QPixmap:
        side = max(min(size.width(), size.height()), 1)
        return QPixmap(pixmap(self._name, side, self._hex(mode), scale))

    def _hex(self, mode: QIcon.Mode) -> str:
        look = theme.tokens()
        if mode is QIcon.Mode.Disabled:
            return look.text_3
        if self._colour is None:
            return look.text_2
        if self._colour.startswith("#"):
            return QColor(self._colour).name()
        return str(getattr(look, self._colour))


def icon(name: str, colour: str | None = None) -> QIcon:
    """The Lucide icon `name`; `colour` is the name of a token ("danger"), text_2 when left out."""
    return QIcon(_Engine(name, colour))
