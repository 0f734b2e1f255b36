"""Tiles of record categories, avatars of people."""

from __future__ import annotations

from PyQt6.QtCore import QRectF, QSize
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from medrec.domain.categories import Category
from medrec.views.common.painting import (
    paint_avatar,
    paint_badge,
    paint_icon_tile,
    paint_tile,
)
from medrec.views.common.tokens import Family
from medrec.views.common.words import category_name, family_name

__all__ = [
    "Avatar",
    "CategoryTile",
    "IconTile",
    "paint_avatar",
    "paint_badge",
    "paint_icon_tile",
    "paint_tile",
]


class _Square(QWidget):
    def __init__(self, size: int, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._side = size
        self.setFixedSize(size, size)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)


class CategoryTile(_Square):
    """The icon of a category or family; its name is the tooltip."""

    def __init__(
        self, kind: Category | Family, size: int = 36, parent: QWidget | None = None
    ) -> None:
        super().__init__(size, parent)
        self._kind = kind
        self.set_kind(kind)

    def set_kind(self, kind: Category | Family) -> None:
        """Show another category."""
        self._kind = kind
        name = family_name(kind) if isinstance(kind, Family) else category_name(kind)
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        paint_tile(painter, QRectF(self.rect()), self._kind)
        painter.end()


class IconTile(_Square):
    """Any icon in a soft circle or tile; `ink` and `ground` are tokens."""

    def __init__(
        self,
        icon: str,
        ink: str = "accent_text",
        ground: str = "accent_soft",
        size: int = 36,
        circle: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(size, parent)
        self._icon, self._ink, self._ground, self._circle = icon, ink, ground, circle

    def set_icon(self, icon: str, ink: str = "", ground: str = "") -> None:
        """Show another icon."""
        self._icon, self._ink = icon, ink or self._ink
        self._ground = ground or self._ground
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        where = QRectF(self.rect())
        paint_icon_tile(painter, where, self._icon, self._ink, self._ground, self._circle)
        painter.end()


class Avatar(_Square):
    """A person's initials; the name is the tooltip."""

    def __init__(self, name: str, size: int = 40, parent: QWidget | None = None) -> None:
        super().__init__(size, parent)
        self._name = ""
        self.set_name(name)

    def set_name(self, name: str) -> None:
        """Show another person."""
        self._name = name
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.update()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        paint_avatar(painter, QRectF(self.rect()), self._name)
        painter.end()
