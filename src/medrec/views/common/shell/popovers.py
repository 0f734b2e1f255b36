"""What opens below the top bar: the outbox, the network, and what a search found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PyQt6.QtCore import QPoint, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from medrec.domain.outbox import JobState, StepState
from medrec.models.outbox import OutboxModel, OutboxRow, RunningRow
from medrec.views.common.buttons import Button, IconButton, Kind
from medrec.views.common.cards import Icon
from medrec.views.common.fonts import Type
from medrec.views.common.icons import icon
from medrec.views.common.labels import Label
from medrec.views.common.layout import boxed, hbox, vbox
from medrec.views.common.progress import ProgressBar

WIDTH = 420


class Popover(QFrame):
    """A raised panel that closes by Escape or a click elsewhere."""

    def __init__(self, parent: QWidget, width: int = WIDTH) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("popover")
        self.setFixedWidth(width)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 14, 16, 14)
        self.body.setSpacing(10)

    def show_below(self, anchor: QWidget) -> None:
        """Open below a control, within the window, trailing edges in line."""
        self.adjustSize()
        right_to_left = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        corner = anchor.rect().bottomLeft() if right_to_left else anchor.rect().bottomRight()
        at = anchor.mapToGlobal(corner + QPoint(0, 8))
        self.move(at if right_to_left else QPoint(at.x() - self.width(), at.y()))
        self.show()


class OutboxPopover(Popover):
    """What waits, how far it is, and what needs the person, in plain words."""

    retryAsked = pyqtSignal(int)
    cancelAsked = pyqtSignal(int)
    dropAsked = pyqtSignal(int)
    stopAsked = pyqtSignal(int)
    """The number of an action that runs."""

    def __init__(self, model: OutboxModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Outbox"))
        self._model = model
        self._note = Label("", Type.SMALL, "text_2")
        self.body.addLayout(hbox(Label(self.tr("Outbox"), Type.HEADING), None, self._note))
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        inside = QWidget()
        inside.setLayout(self._list)
        self._scroll = QScrollArea()
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setMaximumHeight(420)
        self.body.addWidget(self._scroll)
        for signal in (model.rowsInserted, model.rowsRemoved, model.dataChanged, model.modelReset):
            signal.connect(self.fill)
        self.fill()

    def fill(self) -> None:
        """Show the rows as they are now."""
        while (item := self._list.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        rows, running = self._model.rows, self._model.running
        for action in running:
            self._list.addWidget(self._running_row(action))
        if rows:
            text = self.tr("{waiting} waiting · {failed} not saved")
            self._note.setText(text.format(waiting=self._model.waiting, failed=self._model.failed))
        else:
            self._note.setText("")
        if not rows and not running:
            self._list.addWidget(
                Label(self.tr("Everything is saved and confirmed."), Type.BODY, "text_2")
            )
        for row in rows:
            self._list.addWidget(self._row(row))
        self._list.addStretch(1)
        self._scroll.setMinimumHeight(min(420, 48 + 96 * (len(rows) + len(running))))

    def _running_row(self, row: RunningRow) -> QWidget:
        bar = ProgressBar()
        bar.set_progress(row.done, row.total)
        stop = IconButton("x", self.tr("Stop: {title}").format(title=row.title))
        stop.clicked.connect(lambda: self.stopAsked.emit(row.number))
        words = Label(row.stage or self.tr("Under way"), Type.SMALL, "text_2", wrap=True)
        line = hbox(spacing=10)
        line.addWidget(Icon("upload", 18, "accent"), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(vbox(Label(row.title, Type.ROW), words, bar, spacing=4), 1)
        line.addWidget(stop, 0, Qt.AlignmentFlag.AlignTop)
        return boxed(line)

    def _row(self, row: OutboxRow) -> QWidget:
        name, colour = _sign(row)
        lines = vbox(
            Label(row.title, Type.ROW),
            Label(row.error or _stage(self, row), Type.SMALL, "text_2", wrap=True),
            spacing=4,
        )
        if row.state is JobState.PENDING:
            bar = ProgressBar()
            bar.set_progress(row.done, row.total)
            lines.addWidget(bar)
        lines.addLayout(self._buttons(row))
        line = hbox(spacing=10)
        line.addWidget(Icon(name, 18, colour), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(lines, 1)
        return boxed(line)

    def _buttons(self, row: OutboxRow) -> QHBoxLayout:
        buttons: list[QWidget | None] = [None]
        if row.state is not JobState.FAILED:
            retry = Button(self.tr("Try again"), Kind.SECONDARY)
            retry.clicked.connect(lambda: self.retryAsked.emit(int(row.job_id)))
            buttons.append(retry)
        if row.cancellable:
            drop = Button(self.tr("Drop"), Kind.QUIET)
            drop.clicked.connect(lambda: self.cancelAsked.emit(int(row.job_id)))
            buttons.append(drop)
        elif row.state is JobState.FAILED:
            dismiss = Button(self.tr("Dismiss"), Kind.QUIET)
            dismiss.clicked.connect(lambda: self.dropAsked.emit(int(row.job_id)))
            buttons.append(dismiss)
        return hbox(*buttons)


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

    def __init__(self, title: str, facts: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent, 360)
        self.body.addWidget(Label(title, Type.HEADING))
        for name, value in facts:
            line = Label(value, Type.SMALL, "text", wrap=True)
            self.body.addLayout(vbox(Label(name, Type.CAPTION, "text_3"), line, spacing=1))


@dataclass(frozen=True)
class Hit:
    """Something that a search found: where it leads is a page's key, and facts for it."""

    title: str
    note: str
    icon: str
    key: str
    facts: dict[str, object] = field(default_factory=dict)


class SearchResults(QFrame):
    """What was found, below the field, which keeps the focus: arrows and Enter choose."""

    chosen = pyqtSignal(object)
    """The `Hit`."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("popover")
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Search results"))
        self.list.setIconSize(QSize(18, 18))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.itemClicked.connect(self._choose)
        self._nothing = Label(self.tr("Nothing found"), Type.SMALL, "text_2")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self._nothing)
        layout.addWidget(self.list)
        self.hide()

    def show_hits(self, hits: Sequence[Hit], below: QWidget) -> None:
        """Show what was found for the text in the field."""
        self.list.clear()
        for hit in hits:
            item = QListWidgetItem(icon(hit.icon), f"{hit.title}    {hit.note}".rstrip())
            item.setData(Qt.ItemDataRole.UserRole, hit)
            self.list.addItem(item)
        self._nothing.setVisible(not hits)
        self.list.setVisible(bool(hits))
        self.list.setCurrentRow(0)
        parent = self.parentWidget()
        at = below.mapTo(parent, below.rect().bottomLeft()) if parent else QPoint()
        high = 20 + (36 * min(8, len(hits)) if hits else 24)
        self.setGeometry(at.x(), at.y() + 6, max(below.width(), 400), high)
        self.raise_()
        self.show()

    def step(self, by: int) -> None:
        """Move the choice."""
        rows = self.list.count()
        if rows:
            self.list.setCurrentRow((self.list.currentRow() + by) % rows)

    def choose_current(self) -> None:
        """Go where the chosen one leads."""
        item = self.list.currentItem()
        if item is not None and self.isVisible():
            self._choose(item)

    def _choose(self, item: QListWidgetItem) -> None:
        self.hide()
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))
