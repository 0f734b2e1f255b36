"""Buttons: one primary a view, and what is dangerous takes two steps."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PyQt6.QtCore import QPoint, QRectF, QSize, Qt, QTimer
from PyQt6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QPushButton, QSizePolicy, QToolButton, QWidget

from medrec.views.common import theme
from medrec.views.common.fonts import Type
from medrec.views.common.icons import paint_icon, turned
from medrec.views.common.painting import box, paint_text
from medrec.views.common.theme import set_type


class Kind(StrEnum):
    """What a button is for."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    QUIET = "quiet"
    DANGER_OUTLINE = "danger-outline"
    """First step: opens the dialog."""
    DANGER = "danger"
    """Last step: does it."""


class Size(StrEnum):
    """Heights of a button: 32 in rows, 36, 44 on the sign-in."""

    ROW = "row"
    NORMAL = "normal"
    LARGE = "large"


_HEIGHTS = {Size.ROW: 32, Size.NORMAL: 36, Size.LARGE: 44}
_PADDING = {Size.ROW: 12, Size.NORMAL: 16, Size.LARGE: 20}
_GAP = 8
_ICON = 16
_TURN = 50
"""Milliseconds between two positions of the icon that turns."""


@dataclass(frozen=True, slots=True)
class _Look:
    fill: str
    hover: str
    pressed: str
    text: str
    edge: str = ""


_LOOKS = {
    Kind.PRIMARY: _Look("accent", "accent_hover", "accent_pressed", "on_accent"),
    Kind.SECONDARY: _Look("raised", "hover", "selected", "text", "border_2"),
    Kind.QUIET: _Look("", "hover", "selected", "accent_text"),
    Kind.DANGER_OUTLINE: _Look("raised", "danger_soft", "danger_soft", "danger_text", "border_2"),
    Kind.DANGER: _Look("danger", "danger_hover", "danger_hover", "on_danger"),
}


class Button(QPushButton):
    """A button with words, and an icon if you like."""

    def __init__(
        self,
        text: str,
        kind: Kind = Kind.SECONDARY,
        icon: str = "",
        size: Size = Size.NORMAL,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._kind, self._icon, self._size = kind, icon, size
        self._busy, self._busy_text, self._turned = False, "", 0
        self._trailing_icon = False
        self._clock = QTimer(self)
        self._clock.setInterval(_TURN)
        self._clock.timeout.connect(self._turn)
        self.shown_state = ""
        set_type(self, Type.SMALL_STRONG if size is Size.ROW else Type.ROW)
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAutoDefault(False)

    @property
    def kind(self) -> Kind:
        """What the button is for."""
        return self._kind

    @property
    def busy(self) -> bool:
        """Whether it shows that its work goes on."""
        return self._busy

    def set_kind(self, kind: Kind) -> None:
        """Look and mean something else."""
        self._kind = kind
        self.update()

    def set_icon(self, icon: str, trailing: bool = False) -> None:
        """Show another icon ("" for none), behind the words if `trailing`."""
        self._icon, self._trailing_icon = icon, trailing
        self.updateGeometry()
        self.update()

    def set_busy(self, busy: bool, text: str = "") -> None:
        """Show that the work goes on: the width stays, the icon turns, clicks do nothing."""
        if busy and not self._busy:
            self.setMinimumWidth(self.width() if self.isVisible() else self.sizeHint().width())
        elif not busy and self._busy:
            self.setMinimumWidth(0)
        self._busy, self._busy_text = busy, text if busy else ""
        self.setAccessibleDescription(text if busy else "")
        if busy and theme.duration(1):
            self._clock.start()
        else:
            self._clock.stop()
        self.updateGeometry()
        self.update()

    def hitButton(self, pos: QPoint) -> bool:
        return not self._busy and super().hitButton(pos)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None or self._busy:
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)

    def click(self) -> None:
        """Do what the button does, unless it is doing it."""
        if not self._busy:
            super().click()

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self._words())
        icon = _ICON + _GAP if self._icon or self._busy else 0
        pad = _PADDING[self._size] if self._kind is not Kind.QUIET else 10
        height = max(_HEIGHTS[self._size], self.fontMetrics().height() + 12)
        return QSize(words + icon + 2 * pad, height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        look = _LOOKS[self._kind]
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        fill, text, edge = self._colours(look)
        if fill or edge:
            box(painter, self.rect(), 8, fill, edge)
        words = self._words()
        width = self.fontMetrics().horizontalAdvance(words)
        icon = "loader-circle" if self._busy else self._icon
        total = width + (_ICON + _GAP if icon else 0)
        left = (self.width() - total) / 2
        if icon:
            mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
            behind = self._trailing_icon != mirrored
            at = left + width + _GAP if behind else left
            left += 0 if behind else _ICON + _GAP
            self._paint_icon(painter, at, icon, text)
        where = QRectF(left - 1, 0, width + 2, self.height())
        paint_text(painter, where, words, self.font(), text, Qt.AlignmentFlag.AlignHCenter)
        painter.end()

    def _paint_icon(self, painter: QPainter, left: float, name: str, colour: str) -> None:
        spot = QRectF(left, (self.height() - _ICON) / 2, _ICON, _ICON)
        painter.save()
        if self._busy:
            painter.translate(spot.center())
            painter.rotate(self._turned)
            painter.translate(-spot.center())
        paint_icon(painter, spot, name, theme.colour(colour).name())
        painter.restore()

    def _colours(self, look: _Look) -> tuple[str, str, str]:
        if not self.isEnabled() or self.shown_state == "disabled":
            quiet = self._kind is Kind.QUIET
            return ("" if quiet else "sunken"), "text_3", ("" if quiet else "border")
        if self.isDown() or self.isChecked() or self.shown_state == "pressed":
            return look.pressed, look.text, look.edge
        if self.underMouse() or self.shown_state == "hover":
            return look.hover, look.text, look.edge
        return look.fill, look.text, look.edge

    def _words(self) -> str:
        return (self._busy and self._busy_text) or self.text()

    def _turn(self) -> None:
        self._turned = (self._turned + 18) % 360
        self.update()


class IconButton(QToolButton):
    """An icon alone: its name is in the tooltip and for screen readers."""

    def __init__(
        self,
        icon: str,
        name: str,
        size: int = 32,
        colour: str = "text_2",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon, self._side, self._colour = icon, size, colour
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.setFixedSize(size, size)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def set_icon(self, icon: str, name: str = "") -> None:
        """Show another icon, with another name if it does something else now."""
        self._icon = icon
        if name:
            self.setToolTip(name)
            self.setAccessibleName(name)
        self.update()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        if self.isEnabled() and (self.isDown() or self.isChecked()):
            box(painter, self.rect(), 8, "selected")
        elif self.isEnabled() and self.underMouse():
            box(painter, self.rect(), 8, "hover")
        side = 18.0 if self._side >= 36 else 16.0
        spot = QRectF(0, 0, side, side)
        spot.moveCenter(QRectF(self.rect()).center())
        name = self._colour if self.isEnabled() else "text_3"
        backwards = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        icon = turned(self._icon) if backwards else self._icon
        paint_icon(painter, spot, icon, theme.colour(name).name())
        painter.end()
