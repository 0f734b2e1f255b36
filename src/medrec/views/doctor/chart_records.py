"""The records of a chart as a timeline, with the one that is open beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from medrec.domain.categories import Category
from medrec.models.chart import TimelineFilter, TimelineModel
from medrec.models.record import RecordModel
from medrec.models.timeline_row import TimelineRow
from medrec.views.common.badges import Chip
from medrec.views.common.cards import Card
from medrec.views.common.fields import Choice
from medrec.views.common.inputs import SearchField
from medrec.views.common.layout import Flow, hbox, vbox
from medrec.views.common.record.detail import RecordDetail
from medrec.views.common.record.timeline import TimelineView
from medrec.views.common.states import Empty, Message, StateStack
from medrec.views.common.tokens import Family, members
from medrec.views.common.words import family_name

WIDE, NARROW = 420, 360
NARROW_BELOW = 980
SEARCH_AFTER = 180
"""Milliseconds after the last letter until the list is searched."""


class FamilyChips(QWidget):
    """All, or the records of one family; only families that have records have a chip."""

    changed = pyqtSignal(object)
    """The categories that are shown; empty for all."""

    def __init__(self, families: Sequence[Family], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._family: Family | None = None
        self._counts: dict[Category, int] = {}
        self._roomy = True
        row = Flow(spacing=8)
        self.setLayout(row)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.all = Chip(self.tr("All"))
        self.all.setChecked(True)
        self.all.clicked.connect(lambda: self.choose(None))
        row.addWidget(self.all)
        self.chips: dict[Family, Chip] = {}
        for family in families:
            chip = Chip(family_name(family), kind=family)
            chip.clicked.connect(lambda _, family=family: self.choose(family))
            chip.hide()
            self.chips[family] = chip
            row.addWidget(chip)

    def choose(self, family: Family | None) -> None:
        """Show one family, or all; the same one again is all."""
        self._family = None if family is self._family else family
        self.all.setChecked(self._family is None)
        for one, chip in self.chips.items():
            chip.setChecked(one is self._family)
        chosen = self._family
        self.changed.emit(frozenset(members(chosen)) if chosen is not None else frozenset())

    def set_roomy(self, roomy: bool) -> None:
        """Whether there is room for the number of each family."""
        if roomy is not self._roomy:
            self._roomy = roomy
            self.set_counts(self._counts)

    def set_counts(self, counts: dict[Category, int]) -> None:
        """How many records there are of each category."""
        self._counts = counts
        for family, chip in self.chips.items():
            number = sum(counts.get(category, 0) for category in members(family))
            chip.set_count(number if self._roomy else None)
            chip.setVisible(bool(number))
        self.all.set_count(sum(counts.values()))


class RecordsPane(QWidget):
    """A timeline with chips, years and search at one side, the open record at the other."""

    recordChosen = pyqtSignal(object)
    """The `TimelineRow` that is to be opened."""
    pendingChosen = pyqtSignal(object)
    """The `TimelineRow` of something that waits for the doctor."""

    def __init__(
        self,
        timeline: TimelineModel,
        record: RecordModel,
        base: frozenset[Category] = frozenset(),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._timeline, self._record, self._base = timeline, record, base
        families = [f for f in Family if not base or any(c in base for c in members(f))]
        self.chips = FamilyChips(families, self)
        self.chips.changed.connect(self._filtered)
        self.chips.setVisible(len(families) > 1)
        self.search = SearchField(self.tr("Search records"))
        self.year = Choice("", [(self.tr("All years"), 0)])
        self.year.hide_foot()
        self.year.editor.setAccessibleName(self.tr("Year"))
        self.year.setFixedWidth(130)
        self.year.changed.connect(lambda _: self._filtered())
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(SEARCH_AFTER)
        self._typing.timeout.connect(self._filtered)
        self.search.textChanged.connect(lambda _: self._typing.start())
        self._categories: frozenset[Category] = frozenset()
        self._years: list[int] = []
        self.list = TimelineView()
        self.list.setModel(timeline)
        self.list.chosen.connect(self._chosen)
        self.list.opened.connect(self._chosen)
        self.list.acted.connect(self.pendingChosen)
        self.detail = RecordDetail()
        whole = vbox(self.chips, self._row(), spacing=12)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setStretch(1, 1)
        self.setLayout(whole)
        record.changed.connect(self._show_record)
        timeline.chart.changed.connect(self.refresh)
        self._show_record()
        self.refresh()

    def _row(self) -> QWidget:
        self._card = Card()
        self._card.set_padding(6, 12)
        self.states = StateStack(
            self.list,
            empty=Empty("folder-heart", self.tr("No records here")),
            error_title=self.tr("The chart could not be opened"),
        )
        self.states.follow(self._timeline)
        self.states.retry.connect(self._timeline.chart.reload)
        bar = hbox(self.search, self.year)
        bar.setStretch(0, 1)
        bar.setContentsMargins(6, 0, 6, 0)
        self._card.body.addLayout(bar)
        self._card.body.addWidget(self.states, 1)
        right = Card()
        right.set_padding(0, 0)
        self.nothing = Message(
            "folder-heart",
            self.tr("No record is open"),
            self.tr("Choose one in the list. Opening a record is logged."),
        )
        self._detail = QStackedWidget()
        self._detail.addWidget(self.nothing)
        self._detail.addWidget(self.detail)
        right.body.addWidget(self._detail)
        holder = QWidget()
        row = hbox(self._card, right, spacing=16)
        row.setStretch(1, 1)
        holder.setLayout(row)
        return holder

    def refresh(self) -> None:
        """Follow the chart: counts, years, what is said where there is nothing."""
        counts = self._timeline.counts
        shown = {c: n for c, n in counts.items() if not self._base or c in self._base}
        self.chips.set_counts(shown)
        self._show_years(self._timeline.years)
        filtered = self._timeline.filter != TimelineFilter(categories=self._base)
        if filtered:
            self.states.set_empty(self.tr("Nothing fits"), self.tr("Search for less."))
        else:
            self.states.set_empty(
                self.tr("No records here"),
                self.tr("They appear when somebody writes one that you may read."),
            )

    def _show_years(self, years: list[int]) -> None:
        """The years to choose from; what was chosen stays, and nothing is told."""
        if years == self._years:
            return
        self._years = years
        self.year.blockSignals(True)
        self.year.set_items([(self.tr("All years"), 0), *((str(year), year) for year in years)])
        self.year.blockSignals(False)

    def open_key(self, key: str) -> bool:
        """Mark and open a record by its id in hex; False where the list does not hold it."""
        return self.list.select_key(key)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """The list is narrower on small windows (Qt)."""
        super().resizeEvent(event)
        narrow = self.width() < NARROW_BELOW
        self._card.setFixedWidth(NARROW if narrow else WIDE)
        self.chips.set_roomy(not narrow)

    def _filtered(self, categories: object = None) -> None:
        if isinstance(categories, frozenset):
            self._categories = categories
        chosen = self._categories & self._base if self._base else self._categories
        year = self.year.value()
        self._timeline.set_filter(
            replace(
                self._timeline.filter,
                categories=chosen or self._base,
                year=year if isinstance(year, int) and year else None,
                text=self.search.text().strip(),
            )
        )
        self.refresh()

    def _show_record(self) -> None:
        page = self._record.page
        self._detail.setCurrentWidget(self.nothing if page is None else self.detail)
        if page is not None and self.isVisible():
            self.detail.show_page(page)

    def show_again(self) -> None:
        """The pane has come to the front: show the record that is open."""
        page = self._record.page
        if page is not None:
            self.detail.show_page(page)

    def _chosen(self, row: TimelineRow) -> None:
        if isinstance(row.key, str):
            self.recordChosen.emit(row)
