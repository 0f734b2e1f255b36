"""The records' intents: open one, another version of it, two beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer

from medrec.controllers.patient.record_files import RecordFiles
from medrec.controllers.patient.record_writing import RecordWriting
from medrec.controllers.shell import Shell
from medrec.errors import MedRecError
from medrec.models.chart import TimelineModel
from medrec.models.record import RecordModel
from medrec.models.record_opening import Known
from medrec.models.session import Session
from medrec.models.timeline_row import TimelineRow
from medrec.views.common.tokens import Family
from medrec.views.patient.records import RecordsPage


class RecordsController(QObject):
    """Opens what is chosen; saving files and writing have controllers of their own."""

    def __init__(
        self,
        session: Session,
        page: RecordsPage,
        timeline: TimelineModel,
        record: RecordModel,
        shell: Shell,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._page = page
        self._timeline = timeline
        self._record = record
        self._shell = shell
        self._wanted: str | None = None
        self.files = RecordFiles(session, page, record, shell, self)
        self.writing = RecordWriting(session, page, record, shell, self)
        page.recordChosen.connect(self._open)
        page.pendingChosen.connect(self._settle)
        page.retried.connect(self.reload)
        page.arrived.connect(self._arrive)
        page.detail.versionChosen.connect(self._open_version)
        page.detail.compareRequested.connect(record.compare)
        page.detail.retried.connect(record.reload)
        page.compare.openRequested.connect(self._open_version)
        record.compared.connect(page.show_comparison)
        record.compareFailed.connect(self._not_compared)
        timeline.stateChanged.connect(self._open_wanted)
        timeline.chart.changed.connect(self._open_wanted)
        if timeline.chart.chart is None:
            self.reload()
        timeline.reload()
        # After the wishes with which the page was asked for, if there are any.
        QTimer.singleShot(0, self._open_wanted)

    def reload(self) -> None:
        """Read the chart again."""
        self._timeline.chart.reload()

    def open(self, key: str) -> None:
        """Open a record by its id in hex, as soon as the list holds it."""
        self._wanted = key
        self._open_wanted()

    def _open(self, row: TimelineRow) -> None:
        known = Known.of(row)
        if known is not None:
            self._record.open(known)

    def _open_version(self, number: int) -> None:
        self._page.show_list()
        if self._record.known is not None:
            self._record.open(self._record.known, number)

    def _open_wanted(self) -> None:
        """What another page wants, else the latest record, so that the page is never half empty."""
        if self._wanted is not None:
            if self._page.select(self._wanted):
                self._wanted = None
        elif self._record.known is None:
            first = next((row for row in self._timeline.rows if isinstance(row.key, str)), None)
            if first is not None:
                self._page.select(str(first.key))

    def _not_compared(self, error: MedRecError) -> None:
        self._shell.toast(self.tr("The versions cannot be compared"), error.sentence, tone="danger")

    def _settle(self, row: TimelineRow) -> None:
        """What waits for the person is sent once more; a job is settled in the outbox."""
        if isinstance(row.key, tuple) and row.key[0] == "draft":
            self.writing.settle(row)
        else:
            self._shell.toast(row.title, row.why, tone="warning")

    def _arrive(self, facts: Mapping[str, object]) -> None:
        """Wishes of other pages: ``family``, ``record`` (hex), ``add``, ``files``, ``export``."""
        if "family" in facts:
            family = facts["family"]
            self._page.choose_family(family if isinstance(family, Family) else None)
        if isinstance(facts.get("record"), str):
            self._page.choose_family(None)
            self.open(str(facts["record"]))
        files = facts.get("files")
        if isinstance(files, list):
            self.writing.add([path for path in files if isinstance(path, Path)])
        elif facts.get("add"):
            self.writing.add([])
        if facts.get("export"):
            self.files.export()
