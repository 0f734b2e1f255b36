"""The patient's overview: what is asked, what was measured, who looked, what is known."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from medrec.clinical.facts import Facts
from medrec.domain.ids import Address
from medrec.models.outbox import OutboxModel
from medrec.models.patient.highlights import Highlight, highlights, plotted
from medrec.models.patient.overview import OverviewModel
from medrec.models.patient.timeline import PatientTimeline
from medrec.models.rows import LoadState
from medrec.views.common.badges import Tone
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Card
from medrec.views.common.drop import DropTarget
from medrec.views.common.fonts import text_scale
from medrec.views.common.layout import Page, clear
from medrec.views.common.record.before import MissingBanner
from medrec.views.common.states import Message, Skeleton
from medrec.views.common.tokens import Family
from medrec.views.patient import overview_words as words
from medrec.views.patient.offline import OfflineBanner
from medrec.views.patient.overview_cards import (
    FactsCard,
    LooksCard,
    PlotCard,
    RequestCard,
    spark_tile,
)

ROOMY = 1300
"""Width of the page in pixels from which lists show more rows and the plot is higher."""
TIGHT = 1000
"""Width below which the tiles stand two by two."""
NARROW = 780
"""Width below which the list of who looked stands below the plot."""
GAP = 12
PLOT_LOW, PLOT_HIGH = 152, 306
"""Heights of the plot: so that a window of 800 shows everything, and a large one more of it."""


class OverviewPage(QWidget):
    """One screen of what matters now; everything on it leads to where there is more."""

    reviewRequested = pyqtSignal(object)
    """The address of the doctor whose request is to be answered."""
    laterRequested = pyqtSignal(object)
    addRequested = pyqtSignal()
    exportRequested = pyqtSignal()
    activityRequested = pyqtSignal()
    recordsRequested = pyqtSignal(object)
    """The family whose records are wanted."""
    retried = pyqtSignal()
    filesDropped = pyqtSignal(list)
    """Paths that were dropped on the page."""

    def __init__(
        self,
        model: OverviewModel,
        outbox: OutboxModel,
        timeline: PatientTimeline,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._outbox = outbox
        self._timeline = timeline
        self._put_off: set[Address] = set()
        self._rows, self._columns = 3, 4
        self._shown: object = None
        self._build()
        self.drop = DropTarget(self, self.tr("Drop files to add them to your record"))
        self.drop.dropped.connect(self.filesDropped)
        model.changed.connect(self.refresh)
        outbox.loaded.connect(self._show_offline)
        timeline.loaded.connect(self._show_offline)
        self.refresh()

    def put_off(self, doctor: Address) -> None:
        """Show a request no more until the next sign-in; it waits under Sharing."""
        self._put_off.add(doctor)
        self._show_requests()

    def refresh(self) -> None:
        """Show what the model has."""
        lately, state = self._model.lately, self._model.state
        session = self._model.session
        chart = self._model.chart.chart
        away = chart is not None and chart.missing is not None
        self.looks.show_check(session.verified, session.online, session.block, away)
        self._show_offline()
        self._skeleton.setVisible(state is LoadState.LOADING)
        self._failed.setVisible(state is LoadState.FAILED)
        self._nothing.setVisible(state is LoadState.EMPTY)
        if state is LoadState.FAILED and self._model.chart.error is not None:
            self._failed.set(
                self.tr("Your record could not be opened"), self._model.chart.error.sentence
            )
        ready = state is LoadState.READY
        for part in (self.plot, self.facts_box):
            part.setVisible(ready)
        self._middle.setVisible(ready or state is LoadState.EMPTY)
        self._tiles_box.setVisible(ready and self._tiles.count() > 0)
        # A new block is no reason to build everything anew, nor to take the focus away.
        shown = (lately, self._model.chart.chart if ready else None, self._rows, self._columns)
        if shown != self._shown:
            self._shown = shown
            self.page.set_subtitle(words.changed(lately.changed_by, lately.changed_at))
            self._show_requests()
            self.looks.show_looks(lately.looks, 6 if self._rows > 3 else 3)
            if ready:
                self._show_chart()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """More rows where there is room; fewer beside each other where there is little (Qt)."""
        super().resizeEvent(event)
        # Larger text needs the room of a smaller window.
        width = self.width() / text_scale()
        rows = 5 if width >= ROOMY else 3
        columns = 2 if width < TIGHT else 4
        self._beside.setDirection(
            QBoxLayout.Direction.TopToBottom if width < NARROW else QBoxLayout.Direction.LeftToRight
        )
        if (rows, columns) != (self._rows, self._columns):
            self._rows, self._columns = rows, columns
            height = PLOT_HIGH if rows > 3 else PLOT_LOW
            self.plot.set_plot_height(round(height * max(1.0, text_scale())))
            self.plot.plot.legend.set_compact(columns < 4)
            self.refresh()

    def _build(self) -> None:
        export = Button(self.tr("Export"), Kind.SECONDARY, "download")
        add = Button(self.tr("Add document"), Kind.PRIMARY, "plus")
        export.clicked.connect(self.exportRequested)
        add.clicked.connect(self.addRequested)
        self.page = Page(self.tr("Your record"), "", export, add)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.page)
        body = self.page.body
        body.setSpacing(GAP)
        self.offline = OfflineBanner()
        body.addWidget(self.offline)
        self.missing = MissingBanner()
        body.addWidget(self.missing)
        self._requests = QVBoxLayout()
        self._requests.setSpacing(GAP)
        body.addLayout(self._requests)
        self._build_states(body)
        self._tiles_box = QWidget()
        self._tiles = QGridLayout(self._tiles_box)
        self._tiles.setContentsMargins(0, 0, 0, 0)
        self._tiles.setSpacing(16)
        body.addWidget(self._tiles_box)
        self._build_middle(body)
        self._build_facts(body)
        body.addStretch(1)

    def _build_states(self, body: QVBoxLayout) -> None:
        self._skeleton = Skeleton(rows=5)
        self._failed = Message(
            "circle-alert",
            self.tr("Your record could not be opened"),
            "",
            self.tr("Try again"),
            Tone.DANGER,
        )
        self._failed.acted.connect(self.retried)
        self._empty = Message(
            "folder-heart",
            self.tr("No records yet"),
            self.tr(
                "They appear here when a doctor writes one or you add a document. "
                "Under Sharing you let a doctor read and write."
            ),
            self.tr("Add document"),
            action_icon="plus",
        )
        self._empty.acted.connect(self.addRequested)
        self._nothing = Card()
        self._nothing.body.addWidget(self._empty)
        for part in (self._skeleton, self._failed, self._nothing):
            body.addWidget(part)

    def _build_middle(self, body: QVBoxLayout) -> None:
        self._middle = QWidget()
        self._beside = row = QHBoxLayout(self._middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self.plot = PlotCard()
        self.looks = LooksCard()
        self.plot.set_plot_height(PLOT_LOW)
        self.looks.allRequested.connect(self.activityRequested)
        row.addWidget(self.plot, 2)
        row.addWidget(self.looks, 1)
        body.addWidget(self._middle)

    def _build_facts(self, body: QVBoxLayout) -> None:
        self.facts_box = QWidget()
        row = QHBoxLayout(self.facts_box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        self.problems = FactsCard(
            self.tr("Problems"), "stethoscope", self.tr("Nobody has written down a problem.")
        )
        self.medications = FactsCard(
            self.tr("Medications"), "pill", self.tr("Nobody has written down a medicine.")
        )
        self.allergies = FactsCard(
            self.tr("Allergies"), "shield-alert", self.tr("Nobody has written down an allergy.")
        )
        for card, family in (
            (self.problems, Family.PROBLEMS),
            (self.medications, Family.MEDICATIONS),
            (self.allergies, Family.ALLERGIES),
        ):
            card.opened.connect(lambda family=family: self.recordsRequested.emit(family))
            row.addWidget(card, 1)
        body.addWidget(self.facts_box)

    def _show_offline(self) -> None:
        session, chart = self._model.session, self._model.chart
        since = chart.chart.stale_since if chart.chart is not None else None
        waiting = self._outbox.waiting + self._timeline.kept
        self.offline.show_state(session.online, waiting, since)
        self.missing.show_chart(chart.chart)

    def _show_requests(self) -> None:
        shown = [r for r in self._model.lately.requests if r.doctor not in self._put_off]
        now = [self._requests.itemAt(i).widget() for i in range(self._requests.count())]  # type: ignore[union-attr]
        if [card.request for card in now if isinstance(card, RequestCard)] == shown:
            return
        clear(self._requests)
        for request in shown:
            card = RequestCard(request)
            card.reviewed.connect(self.reviewRequested)
            card.putOff.connect(self.laterRequested)
            self._requests.addWidget(card)

    def _plot_it(self, highlight: Highlight) -> None:
        self.plot.show_highlight(highlight, self._model.chart.names)

    def _show_chart(self) -> None:
        facts = self._model.facts
        clear(self._tiles)
        chosen = highlights(facts)
        for number, highlight in enumerate(chosen):
            tile = spark_tile(highlight)
            tile.clicked.connect(lambda h=highlight: self._plot_it(h))
            self._tiles.addWidget(tile, number // self._columns, number % self._columns)
        for column in range(4):
            self._tiles.setColumnStretch(column, 1 if column < self._columns else 0)
        self._tiles_box.setVisible(bool(chosen))
        self.plot.show_highlight(plotted(facts), self._model.chart.names)
        problems = [fact for fact in facts.problems if fact.active]
        medicines = [fact for fact in facts.medications if fact.active]
        allergies = [fact for fact in facts.allergies if fact.active]
        active = self.tr("{n} active").format(n=len(problems))
        self.problems.show_facts(problems, self._rows, active)
        every = self.tr("All {n}").format(n=len(medicines))
        self.medications.show_facts(medicines, self._rows, every)
        self.allergies.set_empty(self._no_allergies(facts))
        self.allergies.show_facts(allergies, self._rows, str(len(allergies)))

    def _no_allergies(self, facts: Facts) -> str:
        """What is said where there is no allergy to show."""
        chart = self._model.chart.chart
        if chart is not None and chart.missing is not None and not chart.missing_kept:
            return self.tr("They may stand in records that are not shown now.")
        if any(fact.kind == "no allergy" for fact in facts.denied):
            return self.tr("No known allergies.")
        return self.tr("Nobody has written down an allergy.")
