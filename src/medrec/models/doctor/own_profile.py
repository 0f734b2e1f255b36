"""The doctor's own profile and standing, read again when the register of doctors changes."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.errors import MedRecError
from medrec.models.rows import LoadState
from medrec.models.session import Session
from medrec.services.own_profile import OwnProfile, own_profile
from medrec.workers.jobs import Ended, JobHandle


class OwnProfileModel(QObject):
    """``profile`` is what the last reading gave; ``error`` why the last reading failed."""

    changed = pyqtSignal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.state = LoadState.LOADING
        self.profile: OwnProfile | None = None
        self.error: MedRecError | None = None
        self._query: JobHandle | None = None
        self._again = False
        session.changed.connect(self._on_changed)

    def reload(self) -> JobHandle:
        """Read it again; while it is being read, once more afterwards."""
        if self._query is not None and self._query.state is None:
            self._again = True
            return self._query

        async def read() -> OwnProfile:
            return await own_profile(self.session.context)

        self._query = self.session.start(self.tr("Reading your profile"), read, quiet=True)
        self._query.ended.connect(self._on_ended)
        return self._query

    def _on_changed(self, subject: str) -> None:
        if self._query is not None:
            self.reload()

    def _on_ended(self, how: Ended) -> None:
        query = self._query
        if query is not None and how is Ended.DONE:
            self.profile, self.error, self.state = query.result, None, LoadState.READY
        elif query is not None and how in (Ended.FAILED, Ended.CRASHED):
            failure = query.error
            self.error = failure if isinstance(failure, MedRecError) else MedRecError()
            self.state = LoadState.FAILED
        self.changed.emit()
        if self._again:
            self._again = False
            self.reload()
