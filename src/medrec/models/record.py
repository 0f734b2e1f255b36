"""The record that is being looked at: opened, arriving, denied, or wrong."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from medrec.domain.ids import Address
from medrec.errors import MedRecError, NetworkError
from medrec.models.record_opening import Known, loading, open_comparison, open_page, troubled
from medrec.models.record_page import ComparePage, PageState, RecordPage
from medrec.models.session import Session
from medrec.workers.jobs import Ended, JobHandle

AGAIN_AFTER = 3000
"""Milliseconds until contents that are arriving are looked for again."""


class RecordModel(QObject):
    """One record's page; `changed` tells that `page` is another one (None: nothing is open)."""

    changed = pyqtSignal()
    compared = pyqtSignal(object)
    """`ComparePage` of the versions that were asked for."""
    compareFailed = pyqtSignal(object)
    """`MedRecError` of versions that cannot be compared."""

    def __init__(self, session: Session, patient: Address, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.patient = patient
        self.page: RecordPage | None = None
        self.known: Known | None = None
        self._version: int | None = None
        self._job: JobHandle | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(AGAIN_AFTER)
        self._later.timeout.connect(self.reload)
        session.changed.connect(self._on_changed)

    def open(self, known: Known, version: int | None = None) -> JobHandle:
        """Open a record; until it is there its page says that it is loading."""
        same = self.known is not None and self.known.record == known.record
        self.known, self._version = known, version
        if not same or self.page is None or self.page.state is not PageState.READY:
            self._show(loading(known))
        return self._start()

    def shows(self, known: Known) -> bool:
        """Whether the version that a list names is shown, checked, and nothing else is opened."""
        page = self.page
        return (
            self._job is None
            and page is not None
            and page.state is PageState.READY
            and (page.record, page.shown) == (known.record.hex(), known.version)
        )

    def reload(self) -> None:
        """Open what is shown once more."""
        if self.known is not None:
            self._start()

    def close(self) -> None:
        """Show nothing."""
        self._stop()
        self.known = None
        self._show(None)

    def compare(self, older: int, newer: int) -> JobHandle | None:
        """Open two versions of the record that is shown; see `compared`."""
        if self.known is None:
            return None
        record = self.known.record

        async def work() -> ComparePage:
            return await open_comparison(self.session, self.patient, record, older, newer)

        job = self.session.start(self.tr("Opening two versions"), work, quiet=True)
        job.done.connect(self.compared)
        job.failed.connect(self.compareFailed)
        return job

    def _start(self) -> JobHandle:
        self._stop()
        known, version = self.known, self._version
        if known is None:
            raise ValueError("no record to open")

        async def work() -> RecordPage:
            return await open_page(self.session, self.patient, known.record, version)

        job = self.session.start(self.tr("Opening the record"), work, quiet=True)
        self._job = job
        job.ended.connect(lambda how: self._on_ended(job, how))
        return job

    def _stop(self) -> None:
        self._later.stop()
        if self._job is not None:
            job, self._job = self._job, None
            job.cancel()

    def _on_ended(self, job: JobHandle, how: Ended) -> None:
        if job is not self._job or self.known is None or how is Ended.CANCELLED:
            return
        self._job = None
        if how is Ended.DONE:
            self._show(job.result)
            return
        error = job.error if isinstance(job.error, MedRecError) else MedRecError()
        if isinstance(error, NetworkError) and self.page and self.page.state is PageState.READY:
            # What was opened and checked stays readable while the network is away.
            return
        page = troubled(self.known, error)
        self._show(page)
        if page.state is PageState.ARRIVING:
            self._later.start()

    def _show(self, page: RecordPage | None) -> None:
        if page != self.page:
            self.page = page
            self.changed.emit()

    def _on_changed(self, subject: str) -> None:
        """Open it anew; not for a doctor, whose every opening is logged, when it is shown well."""
        if self.page is None or self._job is not None or subject not in ("", self.patient):
            return
        if self.page.state is not PageState.READY or self.patient == self.session.me:
            self._start()
