"""Things to have done before something can be signed: a card for each, ticked as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from medrec.views.common import theme
from medrec.views.common.fonts import Type
from medrec.views.common.icons import paint_icon
from medrec.views.common.labels import Label
from medrec.views.common.layout import hbox
from medrec.views.common.lists import line_height
from medrec.views.common.painting import box, paint_text

_MARK, _ROOM = 18, 44


class CheckCard(QAbstractButton):
    """A check with a second line that says what is meant."""

    def __init__(self, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(title)
        self._second = text
        self.setCheckable(True)
        self.setAccessibleDescription(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Two lines with air around them (Qt)."""
        return QSize(240, line_height(Type.ROW) + line_height(Type.CAPTION) + 20)

    def minimumSizeHint(self) -> QSize:
        """The lines are elided where there is no room (Qt)."""
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent | None) -> None:
        """Draw card, mark and words (Qt)."""
        painter = QPainter(self)
        painter.setLayoutDirection(self.layoutDirection())
        live, on = self.isEnabled(), self.isChecked()
        hover = live and self.underMouse()
        fill = "hover" if hover else "surface" if live else "sunken"
        box(painter, self.rect(), 8, fill, "accent_line" if on and live else "border")
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = self.width() - 14 - _MARK if mirrored else 14
        self._mark(painter, QRectF(left, (self.height() - _MARK) / 2, _MARK, _MARK))
        words = self.rect().adjusted(14 if mirrored else _ROOM, 0, -_ROOM if mirrored else -14, 0)
        first, second = line_height(Type.ROW), line_height(Type.CAPTION)
        top = (self.height() - first - second - 2) // 2
        where = QRect(words.left(), top, words.width(), first)
        paint_text(painter, where, self.text(), Type.ROW, "text" if live else "text_3")
        where = QRect(words.left(), top + first + 2, words.width(), second)
        paint_text(painter, where, self._second, Type.CAPTION, "text_3")
        painter.end()

    def _mark(self, painter: QPainter, rect: QRectF) -> None:
        live = self.isEnabled()
        if not self.isChecked():
            box(painter, rect, 5, "surface" if live else "sunken", "strong", 1.5)
            return
        box(painter, rect, 5, "accent" if live else "border_2")
        ink = theme.tokens().on_accent if live else theme.tokens().text_3
        paint_icon(painter, rect.adjusted(2, 2, -2, -2), "check", ink)


class Checklist(QWidget):
    """Several checks under a heading that counts them."""

    changed = pyqtSignal(bool)
    """Whether all are done."""

    def __init__(
        self, title: str, checks: Sequence[tuple[str, str]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.cards = [CheckCard(text, second) for text, second in checks]
        self._count = Label("", Type.SMALL, "text_3")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(hbox(Label(title, Type.HEADING), self._count, None))
        for card in self.cards:
            card.toggled.connect(self._tell)
            column.addWidget(card)
        self._tell()

    @property
    def complete(self) -> bool:
        """Whether all are done."""
        return all(card.isChecked() for card in self.cards)

    def clear(self) -> None:
        """Begin anew: it is about somebody else."""
        for card in self.cards:
            card.setChecked(False)

    def _tell(self) -> None:
        done = sum(card.isChecked() for card in self.cards)
        text = self.tr("%1 of %2 done")
        self._count.setText(text.replace("%1", str(done)).replace("%2", str(len(self.cards))))
        self.changed.emit(self.complete)
