"""Activity: every look and every change, whether the trace holds, and the alarm if not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PyQt6.QtCore import QModelIndex, QSize, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from medrec.domain.ids import Address, RecordId
from medrec.models.patient.activity import (
    ActivityFilter,
    ActivityModel,
    FilteredActivity,
    MissingModel,
    TraceModel,
    TraceState,
    since_weeks,
)
from medrec.services import activity
from medrec.services.activity import ActivityRow, Bucket, Kind
from medrec.views.common import dates
from medrec.views.common.badges import Chip
from medrec.views.common.buttons import Button
from medrec.views.common.buttons import Kind as ButtonKind
from medrec.views.common.cards import Card
from medrec.views.common.choices import SegmentedControl
from medrec.views.common.fields import Choice
from medrec.views.common.layout import Flow, Page, Scroll, hbox
from medrec.views.common.lists import ListView
from medrec.views.common.plots_bars import Bars, BarStack
from medrec.views.common.states import Empty, Skeleton, StateStack
from medrec.views.patient.activity_alarm import AlarmView
from medrec.views.patient.activity_before import BeforeBanners
from medrec.views.patient.activity_rows import ActivityDelegate, LooksBars
from medrec.views.patient.activity_trace import TraceCard

WEEKS = 12
LOW = 540
"""Height in pixels, below the head, in which list and chart take turns."""
PERIODS = (12, 52, 0)
"""Weeks that may be shown; 0 is everything."""


class ActivityPage(Page):
    """The trace: badge, chart, list; in their place the alarm when it does not hold."""

    verifyAsked = pyqtSignal()
    exportAsked = pyqtSignal()
    nodesAsked = pyqtSignal()
    betterAsked = pyqtSignal()
    reportAsked = pyqtSignal()
    rowOpened = pyqtSignal(object)
    """The `ActivityRow` whose record is to be shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.export = Button("", ButtonKind.SECONDARY, "download")
        self.verify = Button("", ButtonKind.SECONDARY, "refresh-cw")
        super().__init__("", "", self.export, self.verify, scroll=False, parent=parent)
        self.set_title(self.tr("Activity"))
        self.set_subtitle(
            self.tr("Every look through MedRec and every change, in order. Nobody can remove one.")
        )
        self.export.setText(self.tr("Export"))
        self.verify.setText(self.tr("Verify again"))
        self._model: ActivityModel | None = None
        self._trace: TraceModel | None = None
        self._shown: FilteredActivity | None = None
        self.trace = TraceCard()
        self.before = BeforeBanners()
        self.above.addWidget(self.before)
        self.charts = ChartRow()
        self.entries = EntriesCard()
        self.alarm = AlarmView()
        self._stack = _Rest()
        normal = QWidget()
        column = QVBoxLayout(normal)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.trace)
        column.addWidget(self.charts)
        column.addWidget(self.entries, 1)
        self._stack.addWidget(normal)
        self._stack.addWidget(Scroll(self.alarm))
        self.body.addWidget(self._stack, 1)
        self._connect()

    def _connect(self) -> None:
        self.verify.clicked.connect(self.verifyAsked)
        self.export.clicked.connect(self.exportAsked)
        self.alarm.nodesAsked.connect(self.nodesAsked)
        self.alarm.betterAsked.connect(self.betterAsked)
        self.alarm.reportAsked.connect(self.reportAsked)
        self.alarm.verifyAsked.connect(self.verifyAsked)
        self.entries.filtered.connect(self._filter)
        self.entries.opened.connect(self.rowOpened)
        self.entries.viewed.connect(self._arrange)
        self._stack.resized.connect(self._arrange)
        self.charts.span.changed.connect(self._show_charts)

    def set_models(
        self,
        model: ActivityModel,
        shown: FilteredActivity,
        trace: TraceModel,
        missing: MissingModel,
    ) -> None:
        """Show these from now on."""
        self._model, self._shown, self._trace = model, shown, trace
        self.entries.set_models(model, shown)
        self.alarm.set_missing(missing, lambda: model.names)
        for signal in (model.loaded, model.modelReset, model.rowsInserted):
            signal.connect(self._show)
        trace.changed.connect(self._show_trace)
        self._show()
        self._show_trace()

    def arrive(self, **facts: object) -> None:
        """Come from elsewhere: ``record`` (in hex) shows the entries of one record only."""
        record = facts.get("record")
        if isinstance(record, str):
            self.entries.set_record(RecordId(bytes.fromhex(record)))

    def _arrange(self) -> None:
        low = self._stack.height() < LOW
        self.entries.view.setVisible(low)
        chart = low and self.entries.view.current == 1
        self.charts.setVisible(chart or not low)
        self.entries.show_list(not chart)

    def _filter(self, wanted: ActivityFilter) -> None:
        if self._shown is not None:
            self._shown.set_filter(wanted)
            self._show_count()
        self._show_charts()

    def _show(self) -> None:
        if self._model is not None and self._shown is not None:
            self.entries.set_people(self._model.people)
            self._show_count()
            self._show_charts()
            self._show_trace()

    def _show_count(self) -> None:
        model, shown = self._model, self._shown
        if model is not None and shown is not None:
            self.entries.show_count(shown.rowCount(), len(model.rows))

    def _show_charts(self) -> None:
        model = self._model
        if model is None:
            return
        wanted = self.entries.filter
        plain = ActivityFilter(actor=wanted.actor, record=wanted.record)
        self.charts.show_rows([r for r in model.rows if plain.passes(r)], model)

    def _show_trace(self) -> None:
        trace, model = self._trace, self._model
        if trace is None or model is None:
            return
        broken = trace.state is TraceState.BROKEN
        self._stack.setCurrentIndex(1 if broken else 0)
        self.verify.setVisible(not broken)
        self.verify.set_busy(trace.state is TraceState.CHECKING, self.tr("Checking"))
        self.trace.show_trace(trace, model.here)
        self.before.show_trace(trace, model)
        if broken:
            self.alarm.show_trace(trace)


class _Rest(QStackedWidget):
    """What the head leaves: smaller than its parts want, which then take turns."""

    LEAST = 240
    resized = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(self.LEAST)

    def hasHeightForWidth(self) -> bool:
        """Qt's question: lists scroll inside."""
        return False

    def sizeHint(self) -> QSize:
        """Qt's question."""
        return QSize(super().sizeHint().width(), self.LEAST)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Tell of it (Qt)."""
        super().resizeEvent(event)
        self.resized.emit()


class ChartRow(QWidget):
    """Entries a week or month by kind, and who looked how often."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = Bars()
        self.bars.setMinimumHeight(110)
        self.span = SegmentedControl([self.tr("Weeks"), self.tr("Months")])
        self._card = Card(self.tr("Entries"))
        self._card.head.addWidget(self.bars.legend)
        self._card.head.addWidget(self.span)
        self._card.body.addWidget(self.bars)
        self.looks = LooksBars()
        self._side = Card(self.tr("Looks by person"))
        self._side.body.addWidget(self.looks)
        self._side.body.addStretch(1)
        self._side.setFixedWidth(300)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self._card, 1)
        row.addWidget(self._side)
        self.setMaximumHeight(220)

    def show_rows(self, rows: Sequence[ActivityRow], model: ActivityModel) -> None:
        """Count these entries."""
        today = datetime.now().astimezone().date()
        weekly = self.span.current == 0
        if weekly:
            buckets = activity.weeks(rows, WEEKS, today)
            self._side.set_note(self.tr("{count} weeks").format(count=WEEKS))
        else:
            buckets = activity.months(rows, WEEKS, today)
            self._side.set_note(self.tr("{count} months").format(count=WEEKS))
        self.bars.set_bars(
            [self._label(bucket, weekly) for bucket in buckets],
            [
                BarStack(self.tr("Looks"), "accent", tuple(b.looks for b in buckets)),
                BarStack(self.tr("Writes"), "success", tuple(b.writes for b in buckets)),
                BarStack(self.tr("Access"), "warning", tuple(b.access for b in buckets)),
            ],
            self.tr("Entries by kind"),
        )
        begin = buckets[0].start
        since = datetime(begin.year, begin.month, begin.day).astimezone().timestamp()
        found = activity.looks_by_person(row for row in rows if row.time >= since)
        self.looks.set_rows(
            [(model.names.get(who, who), count) for who, count in found], model.faces
        )

    def _label(self, bucket: Bucket, weekly: bool) -> str:
        start = bucket.start
        return f"{start.day} {dates.month(start.month)}" if weekly else dates.month(start.month)


class EntriesCard(Card):
    """The list with its filters."""

    filtered = pyqtSignal(object)
    """The `ActivityFilter` that is wanted."""
    opened = pyqtSignal(object)
    viewed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.set_padding(0, 0)
        self.filter = ActivityFilter()
        self._people: Sequence[tuple[Address, str]] | None = None
        kinds = (
            (None, self.tr("All"), ""),
            (Kind.LOOK, self.tr("Looks"), "eye"),
            (Kind.WRITE, self.tr("Writes"), "pen-line"),
            (Kind.ACCESS, self.tr("Access"), "key-round"),
            (Kind.ACCOUNT, self.tr("Account"), "user-cog"),
        )
        self.chips = {kind: Chip(text, icon) for kind, text, icon in kinds}
        self.record = Chip(self.tr("One record only"), "x")
        self.view = SegmentedControl([self.tr("List"), self.tr("Chart")])
        self.person = self._choice(self.tr("Person"), 140)
        self.period = self._choice(self.tr("Period"), 140)
        names = {0: self.tr("All the time"), 52: self.tr("Last 52 weeks")}
        usual = self.tr("Last 12 weeks")
        self.period.set_items([(names.get(weeks, usual), weeks) for weeks in PERIODS])
        self.period.set_value(0)
        chips = Flow(*self.chips.values(), self.record)
        chips.setContentsMargins(0, 5, 0, 5)
        bar = hbox(chips, self.view, self.person, self.period)
        bar.setStretch(0, 1)
        bar.setContentsMargins(15, 11, 15, 11)
        self.body.setSpacing(0)
        self.body.addLayout(bar)
        self.list = ListView()
        self.list.setUniformItemSizes(True)
        self.list.setProperty("rounded", 9)
        self.list.setAccessibleName(self.tr("Entries"))
        self.stack = StateStack(self.list, empty=self._empty(), skeleton=Skeleton(4, 42))
        self.body.addWidget(self.stack, 1)
        self._connect()

    def _empty(self) -> Empty:
        text = self.tr("Each look, change and grant appears here.")
        return Empty("history", self.tr("Nothing has happened yet."), text)

    def _choice(self, name: str, width: int) -> Choice:
        choice = Choice("")
        choice.hide_foot()
        choice.editor.setAccessibleName(name)
        choice.editor.setMinimumHeight(34)
        choice.setFixedWidth(width)
        return choice

    def _connect(self) -> None:
        self.chips[None].setChecked(True)
        for kind, chip in self.chips.items():
            chip.clicked.connect(lambda _, kind=kind: self._set(kind=kind))
        self.record.hide()
        self.record.setChecked(True)
        self.record.clicked.connect(lambda: self.set_record(None))
        self.person.changed.connect(lambda _: self._set())
        self.period.changed.connect(lambda _: self._set())
        self.view.changed.connect(lambda _: self.viewed.emit())
        self.list.opened.connect(self._open)

    def set_models(self, model: ActivityModel, shown: FilteredActivity) -> None:
        """Show these entries."""
        self.list.setItemDelegate(ActivityDelegate(lambda: model.names, self.list))
        self.list.setModel(shown)
        self.stack.follow(model)

    def set_people(self, people: Sequence[tuple[Address, str]]) -> None:
        """Whom the list can be filtered by."""
        if people != self._people:
            self._people = people
            items: list[tuple[str, object]] = [(self.tr("Everybody"), None)]
            self.person.set_items([*items, *((name, who) for who, name in people)])

    def set_record(self, record: RecordId | None) -> None:
        """Show the entries of one record only, or of all."""
        self.record.setVisible(record is not None)
        self.record.setChecked(True)
        self._set(record=record)

    def show_count(self, count: int, of: int) -> None:
        """How many of all the entries fit the filter."""
        if of:
            text = self.tr("Choose another kind, person or time.")
            self.stack.set_empty(self.tr("No entry fits."), text)
            self.stack.set_state("ready" if count else "empty")
        for kind, chip in self.chips.items():
            chip.set_count(count if kind is self.filter.kind else None)

    def show_list(self, shown: bool) -> None:
        """Whether the rows are seen, or only the bar above them."""
        self.stack.setVisible(shown)

    def _set(self, **changes: object) -> None:
        kind = changes.get("kind", self.filter.kind)
        record = changes.get("record", self.filter.record)
        actor, weeks = self.person.value(), self.period.value()
        self.filter = ActivityFilter(
            kind=kind if isinstance(kind, Kind) else None,
            actor=Address(actor) if isinstance(actor, str) else None,
            record=RecordId(record) if isinstance(record, bytes) else None,
            since=since_weeks(weeks) if isinstance(weeks, int) and weeks else 0,
        )
        for of, chip in self.chips.items():
            chip.setChecked(of is self.filter.kind)
        self.filtered.emit(self.filter)

    def _open(self, index: QModelIndex) -> None:
        row = index.data(ActivityModel.ROW)
        if isinstance(row, ActivityRow) and row.record is not None:
            self.opened.emit(row)
