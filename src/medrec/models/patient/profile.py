"""A patient's own data as they stand in the record, and whether a change of them waits."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.domain.calls import UpdateRecord
from medrec.domain.entries import Action
from medrec.domain.ids import record_slot
from medrec.domain.outbox import JobState
from medrec.errors import MedRecError
from medrec.models.rows import LoadState
from medrec.models.session import Session
from medrec.services import patients
from medrec.services.patients import PatientProfile
from medrec.workers.jobs import Ended, JobHandle


@dataclass(frozen=True, slots=True)
class OwnData:
    """The confirmed data; ``verified_at`` is None until a registrar has seen the papers."""

    profile: PatientProfile
    verified_at: int | None
    change_waits: bool
    """Whether a newer version waits in the outbox."""


class ProfileModel(QObject):
    """One's own data; `changed` after every reading."""

    changed = pyqtSignal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.state = LoadState.LOADING
        self.data: OwnData | None = None
        self.error: MedRecError | None = None
        self._job: JobHandle | None = None
        self._again = False
        session.changed.connect(self._on_changed)
        session.outboxChanged.connect(self._on_outbox)

    def reload(self) -> JobHandle:
        """Read it again; while it is being read, once more afterwards."""
        if self._job is not None and self._job.state is None:
            self._again = True
            return self._job
        self._job = self.session.start(self.tr("Reading your data"), self._read, quiet=True)
        self._job.ended.connect(self._on_ended)
        return self._job

    async def _read(self) -> OwnData:
        context = self.session.context
        profile = await patients.show(context, context.me)
        verified = await context.local.entries(
            subject=context.me, actions=[Action.IDENTITY_VERIFIED]
        )
        waiting = [
            job
            for job in await context.local.jobs([JobState.PENDING])
            if job.kind == patients.UPDATE
            or any(
                isinstance(step.call, UpdateRecord) and record_slot(step.call.record) == 0
                for step in job.steps
            )
        ]
        at = verified[-1].meta.time if verified and profile.verified else None
        return OwnData(profile, at, bool(waiting))

    def _on_changed(self, subject: str) -> None:
        if self._job is not None and subject in ("", self.session.me):
            self.reload()

    def _on_outbox(self) -> None:
        if self._job is not None:
            self.reload()

    def _on_ended(self, how: Ended) -> None:
        job = self._job
        if job is None:
            return
        if how is Ended.DONE:
            self.data, self.error, self.state = job.result, None, LoadState.READY
        elif how in (Ended.FAILED, Ended.CRASHED):
            self.error = job.error if isinstance(job.error, MedRecError) else MedRecError()
            self.state = LoadState.FAILED if self.data is None else LoadState.READY
        self.changed.emit()
        if self._again:
            self._again = False
            self.reload()
