"""The 24 words, shown once to be written down."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from medrec.views.common import theme
from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.cards import Card, Icon
from medrec.views.common.fonts import Type, font
from medrec.views.common.labels import Label
from medrec.views.common.layout import boxed, hbox, vbox
from medrec.views.common.painting import box, paint_text
from medrec.views.common.tiles import IconTile

CELL, LOWEST, GAP = 46, 36, 8
HIDDEN = "•••••••"


class WordGrid(QWidget):
    """Numbered words in columns: read down the first, then the next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self.covered = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def words(self) -> tuple[str, ...]:
        """The words."""
        return self._words

    def set_words(self, words: Sequence[str]) -> None:
        """Show these words, or none."""
        self._words = tuple(words)
        self._changed()

    def cover(self, covered: bool) -> None:
        """Hide the words from people who pass by."""
        self.covered = covered
        self._changed()

    def sizeHint(self) -> QSize:
        """Six rows of four (Qt)."""
        return QSize(672, self._rows() * (self._cell(CELL) + GAP) - GAP)

    def minimumSizeHint(self) -> QSize:
        """Lower where the window is low (Qt)."""
        return QSize(360, self._rows() * (self._cell(LOWEST) + GAP) - GAP)

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """Fewer columns where there is no room (Qt)."""
        super().resizeEvent(a0)
        self.updateGeometry()

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the words (Qt)."""
        painter = QPainter(self)
        # The words are English whatever the direction: a number, then the word.
        painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        columns, rows = self._columns(), self._rows()
        cell = (self.height() + GAP) / rows - GAP
        wide = (self.width() - GAP * (columns - 1)) / columns
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        for number, word in enumerate(self._words):
            column, row = divmod(number, rows)
            left = column * (wide + GAP)
            x = self.width() - left - wide if mirrored else left
            self._paint_cell(painter, QRectF(x, row * (cell + GAP), wide, cell), number + 1, word)
        painter.end()

    def _paint_cell(self, painter: QPainter, rect: QRectF, number: int, word: str) -> None:
        box(painter, rect, 8, "sunken", "border")
        painter.setPen(theme.colour("text_3"))
        painter.setFont(font(Type.SMALL))
        spot = QRectF(rect.left() + 8, rect.top(), 22, rect.height())
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(spot, side, str(number))
        shown = HIDDEN if self.covered else word
        left = Qt.AlignmentFlag.AlignLeft
        paint_text(painter, rect.adjusted(42, 0, -8, 0), shown, Type.HEADING, "text", left)

    def _columns(self) -> int:
        return 4 if self.width() >= 520 else 3

    def _rows(self) -> int:
        return -(-max(len(self._words), 24) // self._columns())

    def _cell(self, least: int) -> int:
        line = font(Type.HEADING).pointSizeF() * 96 / 72
        return max(least, round(line * least / 20))

    def _changed(self) -> None:
        shown = () if self.covered else self._words
        self.setAccessibleName(", ".join(f"{n} {word}" for n, word in enumerate(shown, 1)))
        self.updateGeometry()
        self.update()


class WordsStep(QWidget):
    """The words, and what they are."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.grid = WordGrid()
        self.hide_words = Button("", Kind.SECONDARY, size=Size.ROW)
        self.hide_words.clicked.connect(lambda: self.cover(not self.grid.covered))
        left = Card()
        left.set_padding(24, 24)
        left.body.addWidget(self.grid)
        text = self.tr("Make sure nobody is looking at your screen.")
        warning = Label(text, Type.SMALL, "text_2", wrap=True)
        below = hbox(Icon("eye-off", 16), warning, self.hide_words)
        below.setAlignment(warning, Qt.AlignmentFlag.AlignVCenter)
        below.setStretch(1, 1)
        left.body.addLayout(below)
        right = Card()
        right.set_padding(24, 24)
        for each in self._advice():
            right.body.addWidget(each)
        right.body.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        row.addWidget(left, 9)
        row.addWidget(right, 4)
        self.cover(False)

    def cover(self, covered: bool) -> None:
        """Hide the words, or show them again."""
        self.grid.cover(covered)
        self.hide_words.setText(self.tr("Show the words") if covered else self.tr("Hide the words"))
        self.hide_words.set_icon("eye" if covered else "eye-off")

    def _advice(self) -> list[QWidget]:
        return [
            _advice(
                "pen-line",
                self.tr("Write them on paper"),
                self.tr("In this order, by hand. Two copies in two places are better than one."),
            ),
            _advice(
                "key-round",
                self.tr("They are the record"),
                self.tr("Anyone with these words can open everything."),
            ),
            _advice(
                "triangle-alert",
                self.tr("We cannot give them back"),
                self.tr("Lose the words and the password, and the record stays closed for good."),
                "warning",
            ),
            _advice(
                "copy",
                self.tr("No copy button"),
                self.tr("Other programs can read the clipboard."),
                "neutral",
            ),
        ]


def _advice(icon: str, title: str, text: str, tone: str = "accent") -> QWidget:
    ink, tile = {
        "accent": ("accent_text", "accent_soft"),
        "warning": ("warning_text", "warning_soft"),
        "neutral": ("text_2", "sunken"),
    }[tone]
    words: QVBoxLayout = vbox(
        Label(title, Type.ROW_STRONG), Label(text, Type.SMALL, "text_2", wrap=True), spacing=2
    )
    square = IconTile(icon, ink, tile)
    row = hbox(square, words, spacing=14)
    row.setAlignment(square, Qt.AlignmentFlag.AlignTop)
    row.setStretch(1, 1)
    return boxed(row)
