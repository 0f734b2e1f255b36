"""Registering, whatever the role: the job, and what the page says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.controllers.shell import Shell
from medrec.domain.outbox import Job, JobState
from medrec.models.session import Session
from medrec.workers.jobs import Ended, JobHandle, Work

KEPT = (JobState.PENDING, JobState.DRAFT, JobState.FAILED)


class Form(Protocol):
    """A page on which somebody registers."""

    def fill(self, facts: Mapping[str, str | int]) -> None:
        """Show what was typed before the program was closed."""

    def set_pending(self, sentence: str) -> None:
        """How far it is."""

    def set_registered(self) -> None:
        """It stands on the chain."""

    def set_waiting(self, sentence: str) -> None:
        """It goes out by itself later."""

    def set_failed(self, sentence: str) -> None:
        """It was refused; an empty sentence is a defect of the program."""


class Registering(QObject):
    """Starts a registration and shows how far it is; one that waits is found again.

    ``kind`` is that of the registration's job: while one is under way no other can be begun.
    """

    registered = pyqtSignal()
    """The registration stands on the chain."""

    def __init__(
        self, session: Session, form: Form, shell: Shell, kind: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._form, self._shell, self._kind = session, form, shell, kind
        self._running: JobHandle | None = None
        self._waits = False
        self._looking: JobHandle | None = None
        session.outboxChanged.connect(self._look)
        self._look()

    def begin(self, title: str, first: str, work: Work) -> None:
        """Start it; ``first`` is said until the work tells of a stage."""
        handle = self._session.start(title, work)
        self._running = handle
        self._form.set_pending(first)
        handle.progressed.connect(lambda sentence, *_: self._form.set_pending(sentence))
        handle.ended.connect(lambda how: self._on_ended(handle, how))
        handle.warned.connect(lambda sentence: self._shell.toast(title, sentence, "warning"))

    def _look(self) -> None:
        """What became of a registration that is not being watched here."""
        if self._running is not None or self._looking is not None:
            return
        self._looking = self._session.start(
            self.tr("Looking for a registration that waits"), self._kept, quiet=True
        )
        self._looking.ended.connect(self._on_looked)

    async def _kept(self) -> Job | None:
        jobs = await self._session.context.local.jobs(KEPT)
        return next((job for job in reversed(jobs) if job.kind == self._kind), None)

    def _on_looked(self, how: Ended) -> None:
        handle, self._looking = self._looking, None
        if handle is None or how is not Ended.DONE or self._running is not None:
            return
        kept: Job | None = handle.result
        waited, self._waits = self._waits, kept is not None and kept.state is JobState.PENDING
        if self._waits == waited and (kept is None or waited):
            return
        if kept is not None and kept.is_wish and not waited:
            self._form.fill(kept.result)
        if self._waits and kept is not None:
            self._form.set_waiting(kept.error or self.tr("It goes out by itself."))
        elif self._session.role is None:
            dropped = self.tr("The registration that waited was dropped.")
            self._form.set_failed(kept.error if kept is not None else dropped)

    def _on_ended(self, handle: JobHandle, how: Ended) -> None:
        self._running = None
        self._waits = handle.waits
        # What did not go well stands in the form, and there alone.
        if how is Ended.DONE:
            self._shell.toast(self.tr("You are registered"))
            self._form.set_registered()
            self.registered.emit()
        elif how is Ended.CANCELLED:
            self._form.set_failed(self.tr("Registering was stopped."))
        elif handle.waits:
            self._form.set_waiting(handle.sentence)
        else:
            self._form.set_failed(handle.sentence)
