"""Whether the administrator announced contracts that follow those of the account's network."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from medrec.domain.ids import Address
from medrec.models.session import Session
from medrec.services.origins import announced
from medrec.workers.jobs import JobHandle

LOOK_EVERY = 600_000
"""Milliseconds between two looks: a takeover is prepared for weeks."""


class AnnouncementModel(QObject):
    """``contracts`` are those announced; `changed` tells that they are other ones.

    It is news and changes nothing: only a network file that a person opens does.
    """

    changed = pyqtSignal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.contracts: frozenset[Address] = frozenset()
        self._job: JobHandle | None = None
        self._asked = False
        session.stateChanged.connect(self._on_state)
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> JobHandle:
        """Ask the chain; what cannot be asked now is asked at the next look."""
        if self._job is None or self._job.state is not None:
            context = self.session.context
            title = self.tr("Looking for news of the network")
            self._job = self.session.start(title, lambda: announced(context), quiet=True)
            self._job.done.connect(self._on_found)
        return self._job

    def _on_state(self) -> None:
        """The network is there for the first time."""
        if self.session.online and not self._asked:
            self.look()

    def _on_found(self, contracts: list[Address]) -> None:
        self._asked = True
        found = frozenset(contracts)
        if found != self.contracts:
            self.contracts = found
            self.changed.emit()
