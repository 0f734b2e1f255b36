"""What opens below the top bar: the outbox, the network, and what a search found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PyQt6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    pyqtBoundSignal,
    pyqtSignal,
)
from PyQt6.QtGui import QPainter, QPaintEvent, QStandardItem, QStandardItemModel
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLayout,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from medrec.domain.outbox import JobState, StepState
from medrec.models.outbox import OutboxModel, OutboxRow, RunningRow
from medrec.views.common.buttons import Button, IconButton, Kind, Size
from medrec.views.common.cards import Icon
from medrec.views.common.focus import focus_first
from medrec.views.common.fonts import Type, text_scale
from medrec.views.common.icons import paint_icon
from medrec.views.common.labels import Label
from medrec.views.common.layout import Divider, Scroll, boxed, clear, hbox, vbox
from medrec.views.common.lists import ROW_ROLE, ListView, RowDelegate, centred, line_height
from medrec.views.common.motion import POPOVER, fade_in
from medrec.views.common.painting import box, paint_text, text_width
from medrec.views.common.progress import ProgressBar
from medrec.views.common.theme import set_look, tokens

Index = QModelIndex | QPersistentModelIndex

WIDTH = 420
EDGE = 8
"""Pixels between a popover and the edge of the window."""

HIGHEST = 420
"""Pixels of a popover's list, which scrolls from there on."""

FOUND = 560
"""Pixels of the width of what was found: a title and, beside it, who and when."""

MOST_SEEN = 8
"""Rows of what was found that are seen at once."""

_FOUND_ROW = 40


class Popover(QFrame):
    """A raised panel that closes by Escape or a click elsewhere."""

    def __init__(self, parent: QWidget, width: int = WIDTH) -> None:
        kind = Qt.WindowType
        flags = kind.Popup | kind.FramelessWindowHint | kind.NoDropShadowWindowHint
        super().__init__(parent, flags)
        # Without this the square window shows behind the rounded edge.
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setFixedWidth(round(width * max(text_scale(), 1.0)))
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 14, 16, 14)
        self.body.setSpacing(10)
        self._anchor: QWidget | None = None

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the panel: a translucent window has no ground of its own (Qt)."""
        painter = QPainter(self)
        box(painter, self.rect(), 10, "raised", "border_2")
        painter.end()

    def show_below(self, anchor: QWidget) -> None:
        """Open below a control, within the window, trailing edges in line."""
        self._anchor = anchor
        self.place()
        self.show()
        focus_first(self)
        fade_in(self, POPOVER)

    def place(self) -> None:
        """Be as high as the content, below the control."""
        anchor = self._anchor
        window = anchor.window() if anchor is not None else None
        if anchor is None or window is None:
            return
        self.adjustSize()
        right_to_left = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = 0 if right_to_left else anchor.width() - self.width()
        at = anchor.mapTo(window, QPoint(left, anchor.height() + 8))
        most = window.width() - self.width() - EDGE
        self.move(window.mapToGlobal(QPoint(max(EDGE, min(at.x(), most)), at.y())))


class OutboxPopover(Popover):
    """What waits, how far it is, and what needs the person, in plain words."""

    retryAsked = pyqtSignal(int)
    cancelAsked = pyqtSignal(int)
    dropAsked = pyqtSignal(int)
    stopAsked = pyqtSignal(int)
    """The number of an action that runs."""

    openAsked = pyqtSignal(object)
    """The `OutboxRow` of a draft that somebody wants to go on with."""

    def __init__(self, model: OutboxModel, parent: QWidget, can_open: bool = False) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Outbox"))
        self._model, self._can_open = model, can_open
        self._state: object = None
        self._moving: dict[int, tuple[Label, ProgressBar]] = {}
        self._note = Label("", Type.SMALL, "text_2")
        self.body.addLayout(hbox(Label(self.tr("Outbox"), Type.HEADING), None, self._note))
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(12)
        self._inside = QWidget()
        self._inside.setLayout(self._list)
        self._scroll = Scroll(self._inside)
        self.body.addWidget(self._scroll)
        for signal in (model.rowsInserted, model.rowsRemoved, model.dataChanged, model.modelReset):
            signal.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Show the rows as they are now."""
        rows, running = list(self._model.rows), self._model.running
        self._note.setText(self._counts())
        state = (rows, [action.number for action in running])
        if state == self._state:
            # Only the bars have moved: buttons stay, and with them the keyboard's place.
            for action in running:
                self._show_progress(action)
            return
        self._state = state
        self._moving.clear()
        clear(self._list)
        parts = [self._running_row(row) for row in running] + [self._row(row) for row in rows]
        if not parts:
            parts = [self._nothing()]
        for number, part in enumerate(parts):
            if number:
                self._list.addWidget(Divider())
            self._list.addWidget(part)
            # A part that is not shown yet would have no height.
            part.show()
        self._fit()
        if self.isVisible() and self.focusWidget() is None:
            focus_first(self)

    def _counts(self) -> str:
        waiting, failed = self._model.waiting, self._model.failed
        said = []
        if waiting:
            said.append(self.tr("{waiting} waiting").format(waiting=waiting))
        if failed:
            said.append(self.tr("{failed} not saved").format(failed=failed))
        return "  ·  ".join(said)

    def _nothing(self) -> QWidget:
        line = hbox(spacing=10)
        line.addWidget(Icon("circle-check", 18, "success"), 0, Qt.AlignmentFlag.AlignTop)
        text = self.tr("Everything is saved and confirmed.")
        line.addWidget(Label(text, Type.SMALL, "text_2", wrap=True), 1)
        return boxed(line)

    def _fit(self) -> None:
        margins = self.body.contentsMargins()
        wide = self.width() - margins.left() - margins.right()
        high = self._list.totalHeightForWidth(wide)
        if high < 0:
            high = self._list.totalSizeHint().height()
        gap = 10 if high > HIGHEST else 0
        right_to_left = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        self._list.setContentsMargins(*((gap, 0, 0, 0) if right_to_left else (0, 0, gap, 0)))
        self._scroll.setFixedHeight(min(HIGHEST, high + 2))
        if self.isVisible():
            self.place()

    def _show_progress(self, row: RunningRow) -> None:
        said, bar = self._moving[row.number]
        said.setText(row.stage or self.tr("Under way"))
        bar.set_progress(row.done, row.total)

    def _running_row(self, row: RunningRow) -> QWidget:
        said, bar = Label("", Type.SMALL, "text_2", wrap=True), ProgressBar()
        self._moving[row.number] = said, bar
        self._show_progress(row)
        stop = IconButton("x", self.tr("Stop: {title}").format(title=row.title), 28)
        stop.clicked.connect(lambda: self.stopAsked.emit(row.number))
        words = vbox(Label(row.title, Type.ROW_STRONG, wrap=True), said, bar, spacing=4)
        line = _line("upload", "accent", words)
        line.addWidget(stop, 0, Qt.AlignmentFlag.AlignTop)
        return boxed(line)

    def _row(self, row: OutboxRow) -> QWidget:
        name, colour = _sign(row)
        failed = row.state is not JobState.PENDING
        said = Label(
            row.error or _stage(self, row),
            Type.SMALL,
            "danger_text" if failed else "text_2",
            wrap=True,
        )
        words = vbox(Label(row.title, Type.ROW_STRONG, wrap=True), said, spacing=4)
        if not failed:
            bar = ProgressBar()
            bar.set_progress(row.done, row.total)
            words.addWidget(bar)
        words.addLayout(self._buttons(row))
        return boxed(_line(name, colour, words))

    def _buttons(self, row: OutboxRow) -> QHBoxLayout:
        number = int(row.job_id)
        buttons: list[QWidget | None] = [None]
        if row.state is JobState.DRAFT and row.draft and self._can_open:
            buttons.append(self._button(self.tr("Open draft"), row, self.openAsked, row))
        if row.state is not JobState.FAILED:
            buttons.append(self._button(self.tr("Try again"), row, self.retryAsked, number))
        if row.cancellable:
            buttons.append(self._button(self.tr("Drop"), row, self.cancelAsked, number))
        elif row.state is JobState.FAILED:
            buttons.append(self._button(self.tr("Dismiss"), row, self.dropAsked, number))
        return hbox(*buttons)

    def _button(self, text: str, row: OutboxRow, asked: pyqtBoundSignal, what: object) -> Button:
        first = text == self.tr("Try again")
        button = Button(text, Kind.SECONDARY if first else Kind.QUIET, size=Size.ROW)
        button.setAccessibleDescription(row.title)
        button.clicked.connect(lambda: asked.emit(what))
        return button


def _line(icon: str, colour: str, words: QLayout) -> QHBoxLayout:
    line = hbox(spacing=10)
    line.addWidget(Icon(icon, 18, colour), 0, Qt.AlignmentFlag.AlignTop)
    line.addLayout(words, 1)
    return line


def _sign(row: OutboxRow) -> tuple[str, str]:
    if row.state is not JobState.PENDING:
        return "circle-alert", "danger"
    if row.error:
        return "clock", "warning"
    return ("upload", "accent") if row.cancellable else ("clock", "accent")


def _stage(widget: QWidget, row: OutboxRow) -> str:
    words = {
        StepState.PREPARED: widget.tr("Sealed on this computer; being stored"),
        StepState.STORED: widget.tr("Stored; being sent"),
        StepState.SIGNED: widget.tr("Sent; waits to be confirmed"),
        StepState.CONFIRMED: widget.tr("Confirmed; being published"),
        StepState.DONE: widget.tr("Confirmed"),
    }
    return words[row.stage]


class NetworkPopover(Popover):
    """What this computer knows of its network."""

    def __init__(
        self, title: str, facts: Sequence[tuple[str, str]], badge: QWidget, parent: QWidget
    ) -> None:
        super().__init__(parent, 360)
        self.setAccessibleName(self.tr("Network"))
        self.body.addLayout(hbox(Label(title, Type.HEADING), None, badge))
        self.body.addWidget(Divider())
        for name, value in facts:
            line = Label(value, Type.ROW, "text", wrap=True)
            if name:
                self.body.addLayout(vbox(Label(name, Type.CAPTION, "text_3"), line, spacing=1))
            else:
                self.body.addWidget(line)


@dataclass(frozen=True)
class Hit:
    """Something that a search found: where it leads is a page's key, and facts for it."""

    title: str
    note: str
    icon: str
    key: str
    facts: dict[str, object] = field(default_factory=dict)


class _FoundRows(RowDelegate):
    """What was found in the text's colour, what it is in a muted one at the end."""

    def __init__(self, parent: QWidget) -> None:
        high = max(_FOUND_ROW, line_height(Type.ROW) + 16)
        super().__init__(height=high, line=False, parent=parent)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are alike, whatever the size of the text (Qt)."""
        return QSize(120, max(_FOUND_ROW, line_height(Type.ROW) + 16))

    def paint_row(
        self, painter: QPainter, rect: QRect, row: Hit, option: QStyleOptionViewItem
    ) -> None:
        """Icon, title, note."""
        spot, rest = self.split(rect, 18, option)
        paint_icon(painter, centred(spot, 18, 18), row.icon, tokens().text_2)
        wide = min(round(text_width(row.note, Type.SMALL)) + 2, rest.width() // 2)
        title, note = self.split_end(rest, wide, option)
        paint_text(painter, title, row.title, Type.ROW)
        end = Qt.AlignmentFlag.AlignRight
        paint_text(painter, note, row.note, Type.SMALL, "text_3", end)


class SearchResults(QFrame):
    """What was found, below the field, which keeps the focus: arrows and Enter choose."""

    chosen = pyqtSignal(object)
    """The `Hit`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        set_look(self, "card", "raised")
        self._hits = QStandardItemModel(self)
        self.list = ListView(self, single=True)
        self.list.setModel(self._hits)
        self.list.setItemDelegate(_FoundRows(self.list))
        self.list.setAccessibleName(self.tr("Search results"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        set_look(self.list, "plain", "true")
        self.list.opened.connect(self._choose)
        self._nothing = Label(self.tr("Nothing found"), Type.BODY, "text_2")
        self._nothing.setContentsMargins(12, 6, 12, 6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 6)
        layout.setSpacing(0)
        layout.addWidget(self._nothing)
        layout.addWidget(self.list)
        self.hide()

    def show_hits(self, hits: Sequence[Hit], below: QWidget) -> None:
        """Show what was found for the text in the field."""
        self._hits.clear()
        for hit in hits:
            item = QStandardItem(hit.title)
            item.setData(hit, ROW_ROLE)
            item.setData(f"{hit.title}, {hit.note}", Qt.ItemDataRole.AccessibleTextRole)
            self._hits.appendRow(item)
        self._nothing.setVisible(not hits)
        self.list.setVisible(bool(hits))
        self.list.setCurrentIndex(self._hits.index(0, 0))
        high = self.list.sizeHintForRow(0) * min(MOST_SEEN, len(hits))
        self._place(below, 14 + (high or self._nothing.sizeHint().height()))
        self.raise_()
        if self.isHidden():
            self.show()
            fade_in(self, POPOVER)

    def _place(self, below: QWidget, high: int) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        wide = min(max(below.width(), FOUND), parent.width() - below.width() // 2)
        right_to_left = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = below.width() - wide if right_to_left else 0
        at = below.mapTo(parent, QPoint(left, below.height() + 6))
        self.setGeometry(at.x(), at.y(), wide, high)

    def step(self, by: int) -> None:
        """Move the choice."""
        rows = self._hits.rowCount()
        if rows:
            row = (self.list.currentIndex().row() + by) % rows
            self.list.setCurrentIndex(self._hits.index(row, 0))

    def choose_current(self) -> None:
        """Go where the chosen one leads."""
        index = self.list.currentIndex()
        if index.isValid() and self.isVisible():
            self._choose(index)

    def _choose(self, index: QModelIndex) -> None:
        hit = index.data(ROW_ROLE)
        self.hide()
        self.chosen.emit(hit)
