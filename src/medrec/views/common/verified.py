"""What this computer has checked: badges, the strip of a record, the ribbon of the chain."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PyQt6.QtCore import QPointF, QRectF, QSize, Qt
from PyQt6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from medrec.views.common import theme
from medrec.views.common.cards import Icon
from medrec.views.common.fonts import Type, font, strong
from medrec.views.common.icons import paint_icon
from medrec.views.common.labels import Label
from medrec.views.common.layout import Flow, boxed, hbox
from medrec.views.common.painting import TONES, Tone, box, paint_dot, paint_text
from medrec.views.common.theme import set_look

_FIXED = QSizePolicy.Policy.Fixed


class Verified(StrEnum):
    """How far the checking is."""

    YES = "yes"
    CHECKING = "checking"
    STALE = "stale"
    """Checked some time ago."""
    NO = "no"
    """What was seen does not match."""


_LOOKS = {
    Verified.YES: (Tone.SUCCESS, "shield-check"),
    Verified.CHECKING: (Tone.ACCENT, "loader-circle"),
    Verified.STALE: (Tone.WARNING, "clock"),
    Verified.NO: (Tone.DANGER, "shield-alert"),
}


class VerifiedBadge(QWidget):
    """A state of checking, in words: "Verified up to block 1,204,331"."""

    def __init__(
        self, state: Verified = Verified.YES, text: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._text = state, text
        self.setSizePolicy(_FIXED, _FIXED)
        self.set(state, text)

    @property
    def state(self) -> Verified:
        """What is shown."""
        return self._state

    def text(self) -> str:
        """The words."""
        return self._text

    def set(self, state: Verified, text: str) -> None:
        """Show another state."""
        self._state, self._text = state, text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        words = QFontMetrics(strong(font(Type.SMALL))).horizontalAdvance(self._text)
        return QSize(words + 16 + 8 + 26, 36)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        tone, name = _LOOKS[self._state]
        colours = TONES[tone]
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        box(painter, self.rect(), 8, colours.ground)
        spot = QRectF(self.width() - 29 if mirrored else 13, (self.height() - 16) / 2, 16, 16)
        paint_icon(painter, spot, name, theme.colour(colours.icon).name())
        words = QRectF(self.rect()).adjusted(*((12, 0, -37, 0) if mirrored else (37, 0, -8, 0)))
        paint_text(painter, words, self._text, strong(font(Type.SMALL)), colours.text)
        painter.end()


class StateDot(QWidget):
    """A dot with its word: the network, a node."""

    def __init__(self, text: str, tone: Tone = Tone.SUCCESS, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._tone = text, tone
        theme.set_type(self, Type.SMALL_STRONG)
        self.setSizePolicy(_FIXED, _FIXED)
        self.set(text, tone)

    def text(self) -> str:
        """The word."""
        return self._text

    def set(self, text: str, tone: Tone) -> None:
        """Show another state."""
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 18, max(20, metrics.height()))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        colour = "strong" if self._tone is Tone.NEUTRAL else self._tone.value
        middle = self.height() / 2
        paint_dot(painter, QPointF(self.width() - 4 if mirrored else 4, middle), colour)
        words = QRectF(self.rect()).adjusted(*((0, 0, -16, 0) if mirrored else (16, 0, 2, 0)))
        paint_text(painter, words, self._text, self.font(), "text_2")
        painter.end()


class VerifiedStrip(QFrame):
    """The checks of one record; one that fails makes it an alarm with a sentence of its own."""

    def __init__(
        self,
        title: str,
        checks: Sequence[tuple[str, bool]] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(14)
        self._icon = Icon("shield-check", 20, "success_text")
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        words = QVBoxLayout()
        words.setSpacing(5)
        self._title = Label(title, Type.SMALL_STRONG, "success_text", wrap=True)
        words.addWidget(self._title)
        self._checks = Flow(spacing=18, line_spacing=4)
        words.addLayout(self._checks)
        row.addLayout(words, 1)
        self.set(title, checks)

    def set(self, title: str, checks: Sequence[tuple[str, bool]]) -> None:
        """Show other checks: each is a word and whether it holds."""
        good = all(ok for _, ok in checks)
        set_look(self, "card", "success" if good else "danger")
        ink = "success_text" if good else "danger_text"
        self._icon.set_icon("shield-check" if good else "shield-alert", ink)
        self._title.setText(title)
        self._title.set_colour(ink)
        while (item := self._checks.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for word, ok in checks:
            icon = Icon(
                "circle-check" if ok else "circle-x", 14, f"{'success' if ok else 'danger'}"
            )
            self._checks.addWidget(boxed(hbox(icon, Label(word, Type.CAPTION), spacing=6)))
        self.setAccessibleName(". ".join((title, *(word for word, _ in checks))))
        self.updateGeometry()


class ChainRibbon(QWidget):
    """Linked squares: a picture of entries that hang together, broken where they do not."""

    def __init__(self, broken: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._broken = broken
        self.setMinimumHeight(12)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_broken(self, broken: bool) -> None:
        """Whether the last links do not hold."""
        self._broken = broken
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(240, 12)

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        count = max(self.width() // 23, 2)
        step = (self.width() - 10) / (count - 1)
        middle = self.height() / 2
        sound = count - 3 if self._broken else count
        painter.setPen(QPen(theme.colour("success"), 2))
        painter.drawLine(QPointF(5, middle), QPointF(5 + step * (sound - 1), middle))
        for index in range(count):
            square = QRectF(index * step + 1, middle - 4, 8, 8)
            if index < sound:
                box(painter, square, 2, "success")
            else:
                box(painter, square, 2, "surface", "danger", 1.5)
        painter.end()
