"""The tabs of a chart beside the records: summary, vital signs, laboratory, who looked."""

from __future__ import annotations

from PyQt6.QtCore import QRect, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QPainter, QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QStyleOptionViewItem, QVBoxLayout, QWidget

from medrec.clinical.facts import Facts, Series
from medrec.domain.categories import Category
from medrec.models.chart import ChartModel
from medrec.models.doctor.looks import LookRow, LooksModel
from medrec.models.doctor.results import short
from medrec.services.chart import Chart
from medrec.services.names import YOU
from medrec.views.common import dates
from medrec.views.common.cards import Card
from medrec.views.common.choices import SegmentedControl
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Scroll, clear, hbox, vbox
from medrec.views.common.lists import ListView, RowDelegate
from medrec.views.common.painting import paint_avatar, paint_text
from medrec.views.common.plots import LinePlot, plot_series
from medrec.views.common.states import Empty, Message, StateStack
from medrec.views.common.words import category_name
from medrec.views.doctor.chart_cards import (
    FactsCard,
    LaboratoryCard,
    VitalsCard,
    by_text,
    vitals_of,
)

SIDE_WIDE, SIDE_NARROW = 312, 284
NARROW_BELOW = 980
ROOMY = 1360
"""Pixels of width from which on the plot is higher."""
PLOT, PLOT_WIDE = 180, 300
TALL, CARD = 190, 256
"""Heights of a plot of the vital signs, and of its card."""
_BESIDE = 24
"""Pixels of the gap between the columns and of the scroll bar."""


class SummaryTab(QWidget):
    """What matters on one page: problems, medicines, immunizations; vitals, laboratory."""

    laboratoryRequested = pyqtSignal(object)
    """The `Series` to show, or None for all."""
    askRequested = pyqtSignal(object)
    """A `Category` that is closed, which the doctor wants to ask for."""

    def __init__(self, chart: ChartModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart = chart
        self._shown: tuple[Facts, frozenset[Category]] | None = None
        none = self.tr("None on record.")
        self.problems = FactsCard(self.tr("Problems"), "stethoscope", none)
        self.medications = FactsCard(self.tr("Medications"), "pill", none)
        self.immunizations = FactsCard(self.tr("Immunizations"), "syringe", none)
        self.procedures = FactsCard(self.tr("Procedures"), "clipboard-check", none)
        self.vitals = VitalsCard()
        self.laboratory = LaboratoryCard()
        self.laboratory.opened.connect(self.laboratoryRequested)
        self.laboratory.allRequested.connect(lambda: self.laboratoryRequested.emit(None))
        self._connect_asking()
        self._side = QWidget()
        cards = (self.problems, self.medications, self.immunizations, self.procedures)
        self._side.setLayout(vbox(*cards, None, spacing=16))
        right = vbox(self.vitals, self.laboratory, None, spacing=16)
        content = QWidget()
        row = hbox(self._side, right, spacing=16)
        row.setStretch(1, 1)
        content.setLayout(row)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Scroll(content))
        chart.changed.connect(self.refresh)
        self.refresh()

    def _connect_asking(self) -> None:
        for card, category in (
            (self.problems, Category.PROBLEMS),
            (self.medications, Category.MEDICATIONS),
            (self.immunizations, Category.IMMUNIZATIONS),
            (self.procedures, Category.PROBLEMS),
            (self.vitals, Category.VITALS),
            (self.laboratory, Category.LABORATORY),
        ):
            card.asked.connect(lambda category=category: self.askRequested.emit(category))

    def refresh(self) -> None:
        """Show the facts of the chart."""
        chart = self._chart.chart
        if chart is None or self._shown == (chart.facts, chart.closed):
            return
        facts, closed = chart.facts, chart.closed
        self._shown = facts, closed
        active = sum(fact.active for fact in facts.problems)
        count = self.tr("{n} active").format(n=active)
        self.problems.show_facts(facts.problems, count, Category.PROBLEMS in closed)
        current = sum(fact.active for fact in facts.medications)
        count = self.tr("{n} current").format(n=current)
        self.medications.show_facts(facts.medications, count, Category.MEDICATIONS in closed)
        count = str(len(facts.immunizations))
        self.immunizations.show_facts(facts.immunizations, count, Category.IMMUNIZATIONS in closed)
        count = str(len(facts.procedures))
        self.procedures.show_facts(facts.procedures, count, Category.PROBLEMS in closed)
        self.procedures.setVisible(bool(facts.procedures))
        self.vitals.show_facts(facts, self._chart.names, Category.VITALS in closed)
        self.laboratory.show_facts(facts, Category.LABORATORY in closed)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Narrower cards on small windows; the vitals' head takes what room there is (Qt)."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW_BELOW
        side = SIDE_NARROW if narrow else SIDE_WIDE
        self._side.setFixedWidth(side)
        high = PLOT_WIDE if self.width() >= ROOMY else PLOT
        self.vitals.plot.setFixedHeight(high)
        self.vitals.fit(self.width() - side - _BESIDE)


class VitalsTab(QWidget):
    """Every vital sign over time, as plots or as tables."""

    askRequested = pyqtSignal(object)
    """`Category.VITALS`, where it is closed."""

    def __init__(self, chart: ChartModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart = chart
        self._plots: list[LinePlot] = []
        self._todo: list[tuple[str, tuple[Series, ...]]] = []
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.setInterval(0)
        self._next.timeout.connect(self._build)
        self._shown: tuple[Facts, frozenset[Category]] | None = None
        self.as_table = SegmentedControl([self.tr("Plot"), self.tr("Table")])
        self.as_table.changed.connect(self._switch)
        self.note = Label("", Type.SMALL, "text_3", wrap=True)
        self._grid_holder = QWidget()
        self._grid = QGridLayout(self._grid_holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(16)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self.none = Message("heart-pulse", self.tr("No vital signs yet"))
        self.none.acted.connect(lambda: self.askRequested.emit(Category.VITALS))
        content = QWidget()
        bar = hbox(self.note, self.as_table)
        bar.setStretch(0, 1)
        content.setLayout(vbox(bar, self._grid_holder, self.none, None, spacing=12))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Scroll(content))
        chart.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the vital signs of the chart."""
        chart = self._chart.chart
        if chart is None or self._shown == (chart.facts, chart.closed):
            return
        self._shown = chart.facts, chart.closed
        clear(self._grid)
        self._plots = []
        self._todo = vitals_of(chart.facts)
        self._reserve((len(self._todo) + 1) // 2)
        self.none.setVisible(not self._todo)
        self.as_table.setVisible(bool(self._todo))
        if not self._todo:
            self._say_none(chart)
        self.note.setText(self._sources(self._todo))
        self._build()

    def _reserve(self, rows: int) -> None:
        """Give the plots their room before they are there: nothing moves while they come."""
        for row in range(max(rows, self._grid.rowCount())):
            self._grid.setRowMinimumHeight(row, CARD if row < rows else 0)

    def _build(self) -> None:
        """Build the next plot; the window stays alive between two of them."""
        if not self._todo:
            return
        name, series = self._todo.pop(0)
        place = len(self._plots)
        self._grid.addWidget(self._card(name, series), place // 2, place % 2)
        self._switch(self.as_table.current)
        self._next.start()

    def _say_none(self, chart: Chart) -> None:
        if Category.VITALS in chart.closed:
            words = self.tr("You may ask for them.")
            self.none.set(self.tr("Vitals are closed to you"), words, self.tr("Ask"))
        else:
            self.none.set(self.tr("No vital signs yet"), action="")

    def _sources(self, measured: list[tuple[str, tuple[Series, ...]]]) -> str:
        """Where ranges come from that the files do not give."""
        assumed = {one.last.assumed for _, series in measured for one in series}
        named = "; ".join(sorted(assumed - {""}))
        if not named:
            return ""
        words = self.tr("Where a record gives no range, the usual one of adults is shown: {names}.")
        return words.format(names=named)

    def _card(self, name: str, series: tuple[Series, ...]) -> Card:
        last = " / ".join(short(one.last.text) for one in series)
        card = Card(name, f"{last} {series[0].unit}".strip())
        plot = LinePlot()
        plot.setFixedHeight(TALL)
        card.head.addWidget(plot.legend)
        plot.legend.set_compact(True)
        plot.set_series([plot_series(one, by_text(self._chart.names)) for one in series], name)
        card.body.addWidget(plot)
        self._plots.append(plot)
        return card

    def _switch(self, choice: int) -> None:
        for plot in self._plots:
            plot.show_table(choice == 1)


class LookDelegate(RowDelegate):
    """Draws `LookRow`s: who, what, when."""

    def paint_row(
        self, painter: QPainter, rect: QRect, row: LookRow, option: QStyleOptionViewItem
    ) -> None:
        """Draw a person's day."""
        face, rest = self.split(rect, 36, option)
        spot = QRect(0, 0, 36, 36)
        spot.moveCenter(face.center())
        paint_avatar(painter, spot, row.face or row.name)
        text, when = self.split_end(rest, 170, option)
        name = self.tr("You") if row.name == YOU else row.name
        self.two_lines(painter, text, name, self.said(row))
        end = Qt.AlignmentFlag.AlignRight
        paint_text(painter, when, dates.day_time(row.look.when), Type.SMALL, "text_2", align=end)

    def said(self, row: LookRow) -> str:
        """What the person did on that day."""
        look = row.look
        parts = [self.tr("opened the chart")] if look.listed else []
        for words, categories in (
            (self.tr("read {what}"), look.read),
            (self.tr("wrote {what}"), look.wrote),
            (self.tr("amended {what}"), look.amended),
            (self.tr("archived {what}"), look.archived),
        ):
            if categories:
                names = ", ".join(category_name(c).lower() for c in categories)
                parts.append(words.format(what=names))
        told = ", ".join(parts) or self.tr("read a record that is closed to you")
        return told[:1].upper() + told[1:]


class LooksTab(QWidget):
    """Who looked at the record, and who wrote in it: what the patient sees too."""

    def __init__(self, looks: LooksModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = ListView()
        self.list.setModel(looks)
        self.list.setItemDelegate(LookDelegate(parent=self.list))
        self.list.setAccessibleName(self.tr("Who looked"))
        self.stack = StateStack(
            self.list, empty=Empty("eye", self.tr("Nobody has looked through MedRec yet"))
        )
        self.stack.follow(looks)
        card = Card(self.tr("Who looked"), self.tr("every look through MedRec"))
        card.set_padding(4, 16)
        card.head.setContentsMargins(16, 0, 16, 0)
        card.body.addWidget(self.stack, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(card)
