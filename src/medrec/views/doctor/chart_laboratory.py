"""The laboratory of a chart: the latest results or all by day, and the plot of one below."""

from __future__ import annotations

from PyQt6.QtCore import QModelIndex, pyqtSignal
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from medrec.clinical.facts import LABORATORY, Fact, Series
from medrec.domain.categories import Category
from medrec.models.chart import ChartModel
from medrec.models.doctor.results import ResultRow, result_rows
from medrec.models.doctor.results_by_day import ResultsByDayModel
from medrec.models.rows import RowsModel
from medrec.services.chart import Chart
from medrec.views.common import theme
from medrec.views.common.cards import Card
from medrec.views.common.choices import SegmentedControl
from medrec.views.common.fonts import Type, font, numeric
from medrec.views.common.inputs import SearchField
from medrec.views.common.layout import clear, hbox, vbox
from medrec.views.common.lists import TableView
from medrec.views.common.plots import LinePlot, plot_series
from medrec.views.common.states import Message
from medrec.views.doctor.chart_cards import FactLine, by_text
from medrec.views.doctor.results_list import ResultsList

MOST_WORDS = 4
UNIT_COLUMN, DAY_COLUMN, RANGE_COLUMN = 92, 104, 92


class FlaggedCells(QStyledItemDelegate):
    """Cells in which a value outside of its range is red, beside the mark that says so."""

    def initStyleOption(self, option: QStyleOptionViewItem | None, index: QModelIndex) -> None:
        """Qt's question."""
        super().initStyleOption(option, index)
        if option is None:
            return
        option.font = font(Type.ROW) if index.column() == 0 else numeric(font(Type.SMALL))
        if index.data(ResultsByDayModel.FLAG):
            option.font = numeric(font(Type.SMALL_STRONG))
            red = theme.colour("danger_text")
            option.palette.setColor(QPalette.ColorRole.Text, red)
            option.palette.setColor(QPalette.ColorRole.HighlightedText, red)


class LaboratoryTab(QWidget):
    """All results; the one that is chosen is plotted below."""

    askRequested = pyqtSignal(object)
    """`Category.LABORATORY`, where it is closed."""

    def __init__(self, chart: ChartModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart = chart
        self._chosen: tuple[str, str] | None = None
        self.search = SearchField(self.tr("Find a result"))
        self.search.setMaximumWidth(280)
        self.search.textChanged.connect(lambda _: self.refresh())
        self.flagged = SegmentedControl([self.tr("All"), self.tr("Outside the range")])
        self.flagged.changed.connect(lambda _: self.refresh())
        self.by_day = SegmentedControl([self.tr("Latest"), self.tr("By day")])
        self.by_day.changed.connect(lambda _: self.refresh())
        self.list = ResultsList()
        self.list.opened.connect(self.show_series)
        self._make_days()
        self.none = Message("flask-conical", self.tr("No laboratory results yet"))
        self.none.acted.connect(lambda: self.askRequested.emit(Category.LABORATORY))
        self._make_plot()
        self.words = Card(self.tr("Results in words"), icon="file-text")
        table = Card()
        table.set_padding(0, 0)
        table.body.setSpacing(0)
        # What lies in a card is not clipped by its round corners.
        table.body.setContentsMargins(0, 0, 0, 8)
        bar = hbox(self.by_day, self.flagged, None, self.search)
        bar.setContentsMargins(16, 10, 16, 10)
        table.body.addLayout(bar)
        table.body.addWidget(self.list, 1)
        table.body.addWidget(self.days_view, 1)
        table.body.addWidget(self.none, 1)
        column = vbox(table, self.plot_card, self.words, spacing=16)
        column.setStretch(0, 3)
        column.setStretch(1, 2)
        self.setLayout(column)
        chart.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the results that fit."""
        chart = self._chart.chart
        if chart is None:
            return
        rows = result_rows(chart.facts.of_kind(LABORATORY))
        wanted = self.search.text().casefold().split()
        only = self.flagged.current == 1
        shown = [
            row
            for row in rows
            if (row.series.last.flag or not only)
            and all(word in row.series.name.casefold() for word in wanted)
        ]
        self.list.set_rows(shown)
        days = self.by_day.current == 1
        self.list.setVisible(bool(shown) and not days)
        self._show_days(shown if days else [])
        self.none.setVisible(not shown)
        if rows:
            self.none.set(self.tr("No result fits"), action="")
        elif Category.LABORATORY in chart.closed:
            words = self.tr("Laboratory results are closed to you")
            self.none.set(words, self.tr("You may ask for them."), self.tr("Ask"))
        else:
            self.none.set(self.tr("No laboratory results yet"), action="")
        self._show_words(chart)
        fitting = [s for s in chart.facts.series if (s.code, s.unit) == self._chosen]
        if fitting:
            self._plot(fitting[0])

    def _make_plot(self) -> None:
        self.plot = LinePlot()
        self.plot_card = Card(self.tr("Over time"))
        self.as_table = SegmentedControl([self.tr("Plot"), self.tr("Table")])
        self.as_table.changed.connect(lambda choice: self.plot.show_table(choice == 1))
        self.plot_card.head.addWidget(self.plot.legend)
        self.plot_card.head.addWidget(self.as_table)
        self.plot_card.body.addWidget(self.plot, 1)
        self.plot_card.hide()

    def _make_days(self) -> None:
        self.days = ResultsByDayModel(self)
        self.days_view = TableView(row_height=36)
        self.days_view.setModel(self.days)
        self.days_view.setItemDelegate(FlaggedCells(self.days_view))
        self.days_view.setAccessibleName(self.tr("Results by day"))
        self.days_view.opened.connect(lambda index: self.show_series(_series_at(index)))
        self.days_view.clicked.connect(lambda index: self.show_series(_series_at(index)))

    def _show_days(self, rows: list[ResultRow]) -> None:
        self.days_view.setVisible(bool(rows))
        if not rows:
            return
        self.days.set_rows(rows)
        days = [DAY_COLUMN] * len(self.days.days)
        self.days_view.set_columns(0, UNIT_COLUMN, *days, RANGE_COLUMN)

    def show_series(self, series: Series | None) -> None:
        """Plot one result below the table; None for none."""
        self._chosen = (series.code, series.unit) if series is not None else None
        self.plot_card.setVisible(series is not None)
        if series is not None:
            self._plot(series)

    def _plot(self, series: Series) -> None:
        self.plot_card.set_title(series.name)
        self.plot_card.set_note(series.unit)
        self.plot.set_series([plot_series(series, by_text(self._chart.names))], series.name)

    def _show_words(self, chart: Chart) -> None:
        clear(self.words.body)
        latest: dict[str, Fact] = {}
        for fact in chart.facts.results:
            if fact.kind == "result":
                latest.setdefault(fact.title, fact)
        told = list(latest.values())[:MOST_WORDS]
        for fact in told:
            self.words.body.addWidget(FactLine(fact))
        self.words.setVisible(bool(told))


def _series_at(index: QModelIndex) -> Series | None:
    row = index.data(RowsModel.ROW)
    return row.series if isinstance(row, ResultRow) else None
