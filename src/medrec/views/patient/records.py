"""The patient's records: a timeline with filters, one record beside it, versions compared."""

from __future__ import annotations

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PyQt6.QtWidgets import QStackedLayout, QStackedWidget, QWidget

from medrec.models.chart import TimelineFilter
from medrec.models.outbox import OutboxModel
from medrec.models.patient.timeline import PatientTimeline
from medrec.models.record import RecordModel
from medrec.models.record_page import ComparePage
from medrec.models.timeline_row import TimelineRow
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Card
from medrec.views.common.drop import DropTarget
from medrec.views.common.fields import SearchField
from medrec.views.common.file_page import FilePage
from medrec.views.common.layout import Page, hbox
from medrec.views.common.record.before import MissingBanner
from medrec.views.common.record.compare import VersionsCompare
from medrec.views.common.record.detail import RecordDetail
from medrec.views.common.record.timeline import TimelineView
from medrec.views.common.states import Empty, Message, StateStack
from medrec.views.common.tokens import Family
from medrec.views.patient.offline import OfflineBanner
from medrec.views.patient.records_filter import RecordsFilter

LIST_WIDE, LIST_NARROW = 440, 360
NARROW = 1000
"""Width of the page in pixels below which the list is narrower."""
SEARCH_AFTER = 180
"""Milliseconds after the last letter until the list is searched."""


class RecordsPage(QWidget):
    """Everything in the record, the newest first."""

    recordChosen = pyqtSignal(object)
    """The `TimelineRow` that is to be opened."""
    pendingChosen = pyqtSignal(object)
    """The `TimelineRow` of something that waits in the outbox."""
    addRequested = pyqtSignal()
    filesDropped = pyqtSignal(list)
    """Paths that were dropped on the page."""
    exportRequested = pyqtSignal()
    retried = pyqtSignal()
    arrived = pyqtSignal(dict)
    """Facts of ``Shell.go``."""

    def __init__(
        self,
        timeline: PatientTimeline,
        record: RecordModel,
        outbox: OutboxModel,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._timeline = timeline
        self._record = record
        self._outbox = outbox
        self._stack = QStackedLayout(self)
        self.page = self._build_page()
        self.compare = VersionsCompare()
        self.compare.backRequested.connect(self.show_list)
        self.file = FilePage()
        self.file.backRequested.connect(self.show_list)
        for shown in (self.page, self.compare, self.file):
            self._stack.addWidget(shown)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self.search.setFocus)
        self.search.setToolTip(find.key().toString(QKeySequence.SequenceFormat.NativeText))
        self.drop = DropTarget(self, self.tr("Drop files to add them to your record"))
        self.drop.dropped.connect(self.filesDropped)
        record.changed.connect(self._show_record)
        timeline.chart.changed.connect(self.refresh)
        timeline.session.stateChanged.connect(self.refresh)
        outbox.loaded.connect(self.refresh)
        timeline.loaded.connect(self.refresh)
        self._show_record()
        self.refresh()

    def arrive(self, **facts: object) -> None:
        """Come here with a wish: a family, a record, a file to add."""
        self.arrived.emit(facts)

    def show_list(self) -> None:
        """Back to the timeline."""
        self.file.close_file()
        self._stack.setCurrentWidget(self.page)

    def show_comparison(self, page: ComparePage) -> None:
        """Two versions beside each other."""
        self.compare.show_page(page)
        self._stack.setCurrentWidget(self.compare)

    def show_file(self, name: str, media_type: str, data: bytes) -> None:
        """A file of the record that is open, inside the window."""
        title = self._record.page.title if self._record.page is not None else ""
        self.file.show_file(title, name, media_type, data)
        self._stack.setCurrentWidget(self.file)

    def choose_family(self, family: Family | None) -> None:
        """Show the records of one family, or of all."""
        self.search.clear()
        self.filter.clear()
        if family is not None:
            self.filter.choose(family)

    def select(self, key: str) -> bool:
        """Mark and open a record by its id in hex; whether it is in the list."""
        return self.list.select_key(key)

    def refresh(self) -> None:
        """What is said above the list, and where it is empty."""
        session, chart = self._timeline.session, self._timeline.chart
        since = chart.chart.stale_since if chart.chart is not None else None
        waiting = self._outbox.waiting + self._timeline.kept
        self.offline.show_state(session.online, waiting, since)
        self.missing.show_chart(chart.chart)
        shown = self._timeline.filter
        if shown == TimelineFilter():
            self.states.set_empty(
                self.tr("No records yet"),
                self.tr("They appear here when a doctor writes one or you add a document."),
                self.tr("Add document"),
            )
        else:
            self.states.set_empty(
                self.tr("Nothing fits"),
                self.tr("No record fits what you are looking for."),
                self.tr("Show all records"),
            )

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """The list is narrower on small windows (Qt)."""
        super().resizeEvent(event)
        self._list_card.setFixedWidth(LIST_NARROW if self.width() < NARROW else LIST_WIDE)

    def _build_page(self) -> Page:
        export = Button(self.tr("Export"), Kind.SECONDARY, "download")
        add = Button(self.tr("Add document"), Kind.PRIMARY, "plus")
        export.clicked.connect(self.exportRequested)
        add.clicked.connect(self.addRequested)
        page = Page(self.tr("Records"), "", export, add, scroll=False)
        self.filter = RecordsFilter(self._timeline)
        self.filter.changed.connect(lambda _: self.refresh())
        self.offline = OfflineBanner()
        page.above.addWidget(self.filter)
        page.above.addWidget(self.offline)
        self.missing = MissingBanner()
        page.above.addWidget(self.missing)
        row = hbox(self._build_list(), self._build_detail(), spacing=16)
        row.setStretch(1, 1)
        page.body.addLayout(row, 1)
        return page

    def _build_list(self) -> QWidget:
        self._list_card = Card()
        self._list_card.set_padding(8, 12)
        inside = self._list_card.layout()
        if inside is not None:
            # The list reaches the lower edge: a row that goes on below is seen to go on.
            inside.setContentsMargins(8, 12, 8, 1)
        self._list_card.setFixedWidth(LIST_NARROW)
        self.search = SearchField(self.tr("Search titles, authors and contents"))
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(SEARCH_AFTER)
        self._typing.timeout.connect(lambda: self.filter.set_text(self.search.text()))
        self.search.textChanged.connect(lambda _: self._typing.start())
        self.list = TimelineView()
        self.list.setModel(self._timeline)
        self.list.chosen.connect(self._on_chosen)
        self.list.opened.connect(self._on_chosen)
        self.list.acted.connect(self.pendingChosen)
        self.states = StateStack(
            self.list,
            empty=Empty("folder-heart", self.tr("No records yet")),
            error_title=self.tr("Your record could not be opened"),
        )
        self.states.follow(self._timeline)
        self.states.retry.connect(self.retried)
        self.states.acted.connect(self._on_empty)
        search = hbox(self.search)
        search.setContentsMargins(6, 0, 6, 0)
        self._list_card.body.addLayout(search)
        self._list_card.body.addWidget(self.states, 1)
        return self._list_card

    def _build_detail(self) -> QWidget:
        card = Card()
        card.set_padding(0, 0)
        self.detail = RecordDetail()
        self.nothing = Message(
            "folder-heart",
            self.tr("No record is open"),
            self.tr("Choose one on the left, or drop a file here to add it."),
        )
        self._detail = QStackedWidget()
        self._detail.addWidget(self.nothing)
        self._detail.addWidget(self.detail)
        card.body.addWidget(self._detail)
        return card

    def _show_record(self) -> None:
        page = self._record.page
        self._detail.setCurrentWidget(self.nothing if page is None else self.detail)
        if page is not None:
            self.detail.show_page(page)

    def _on_chosen(self, row: TimelineRow) -> None:
        if isinstance(row.key, str):
            self.recordChosen.emit(row)

    def _on_empty(self) -> None:
        if self._timeline.filter == TimelineFilter():
            self.addRequested.emit()
        else:
            self.choose_family(None)
