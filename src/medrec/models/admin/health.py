"""How network and store are, looked at again and again while the page is open."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.domain.network import Network
from medrec.errors import MedRecError
from medrec.models.rows import LoadState
from medrec.models.session import Session
from medrec.services import health
from medrec.services.health import Health
from medrec.workers.jobs import Ended, JobHandle


class HealthModel(QObject):
    """The last look at everything; `health` stays while it is looked again."""

    stateChanged = pyqtSignal()
    changed = pyqtSignal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.state = LoadState.LOADING
        self.error: MedRecError | None = None
        self.health: Health | None = None
        self._query: JobHandle | None = None

    @property
    def network(self) -> Network:
        """What the network file says."""
        return self.session.context.network

    @property
    def looking(self) -> bool:
        """Whether a look is under way."""
        return self._query is not None and self._query.state is None

    def reload(self) -> JobHandle:
        """Look again; while one look is under way, that one."""
        if self._query is not None and self.looking:
            return self._query
        context = self.session.context
        self._query = self.session.start(
            self.tr("Checking network and storage"), lambda: health.look(context), quiet=True
        )
        self._query.ended.connect(self._on_ended)
        self.changed.emit()
        return self._query

    def _on_ended(self, how: Ended) -> None:
        query = self._query
        if query is None or how is Ended.CANCELLED:
            return
        if how is Ended.DONE:
            self.health, self.error = query.result, None
            self._set(LoadState.READY)
        elif self.health is None:
            self.error = query.error if isinstance(query.error, MedRecError) else MedRecError()
            self._set(LoadState.FAILED)
        self.changed.emit()

    def _set(self, state: LoadState) -> None:
        if state is not self.state:
            self.state = state
            self.stateChanged.emit()
