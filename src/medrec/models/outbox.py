"""The outbox as rows: what waits, what could not be done, what is kept as a draft."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QObject

from medrec.domain.ids import JobId
from medrec.domain.outbox import Job, JobState, StepState
from medrec.models.rows import RowsModel
from medrec.models.session import Session
from medrec.services import draft_outbox
from medrec.services.draft_rows import SavedDraft
from medrec.services.work import outbox

SHOWN = (JobState.PENDING, JobState.DRAFT, JobState.FAILED)
MOVES = (
    StepState.PREPARED,
    StepState.STORED,
    StepState.SIGNED,
    StepState.CONFIRMED,
    StepState.DONE,
)


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A job as people see it: ``done`` of ``total`` moves, its error as a sentence."""

    job_id: JobId
    title: str
    kind: str
    state: JobState
    stage: StepState
    done: int
    total: int
    created: int
    error: str = ""
    patient: str = ""
    draft: str = ""
    """The id of the draft that it is, where no job carries it yet; ``job_id`` is below 0 then."""
    sent: bool = False
    """Whether a transaction of it may be on its way, or is confirmed."""

    @property
    def cancellable(self) -> bool:
        """Whether it can still be taken back."""
        return self.state is not JobState.FAILED and not self.sent


@dataclass(frozen=True, slots=True)
class RunningRow:
    """An action that runs now: its stage in words, ``done`` of ``total`` (0: not counted)."""

    number: int
    title: str
    stage: str
    done: int
    total: int


class OutboxModel(RowsModel[OutboxRow]):
    """Jobs that have not ended well, the oldest first; and what runs now."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        session.outboxChanged.connect(self.reload)

    async def query(self) -> Sequence[OutboxRow]:
        """The rows of the encrypted local database; it needs no network."""
        context = self.session.context
        jobs = await context.local.jobs(SHOWN)
        unsent = await draft_outbox.unsent(context)
        waiting = [draft_row(draft, -number) for number, draft in enumerate(unsent, 1)]
        return [*(outbox_row(job) for job in jobs), *waiting]

    def set_rows(self, rows: Sequence[OutboxRow]) -> None:
        """Show these rows; the session sees to it that none is shown as waiting that has ended."""
        self.session.shown_pending = frozenset(
            row.job_id for row in rows if row.state is JobState.PENDING and not row.draft
        )
        super().set_rows(rows)

    def key(self, row: OutboxRow) -> Hashable:
        """The job's id, or the draft's."""
        return row.draft or row.job_id

    def again(self, job_id: int) -> Callable[[], Awaitable[object]]:
        """The work that tries a row again."""
        context, row = self.session.context, self._row_of(job_id)
        if row is None or not row.draft:
            return lambda: outbox(context).retry(JobId(job_id))
        draft = row.draft
        return lambda: draft_outbox.send_again(context, draft)

    def dropping(self, job_id: int) -> Callable[[], Awaitable[object]]:
        """The work that gives a row up."""
        context, row = self.session.context, self._row_of(job_id)
        if row is None or not row.draft:
            return lambda: outbox(context).cancel(JobId(job_id))
        draft = row.draft
        return lambda: draft_outbox.drop(context, draft)

    def _row_of(self, job_id: int) -> OutboxRow | None:
        return next((row for row in self.rows if row.job_id == job_id), None)

    def text(self, row: OutboxRow) -> str:
        """The title and how far it is."""
        if row.error:
            return f"{row.title}: {row.error}"
        return self.tr("{title}: {done} of {total}").format(
            title=row.title, done=row.done, total=row.total
        )

    @property
    def running(self) -> list[RunningRow]:
        """The actions that run now, in the order in which they were begun."""
        handles = [job for job in self.session.jobs.running if not job.quiet]
        return [RunningRow(job.number, job.title, *job.stage) for job in handles]

    def stop(self, number: int) -> None:
        """Stop an action that runs; what it has written down stays in the outbox."""
        for job in self.session.jobs.running:
            if job.number == number:
                job.cancel()

    @property
    def waiting(self) -> int:
        """How many jobs still go out by themselves."""
        return sum(row.state is JobState.PENDING for row in self.rows)

    @property
    def failed(self) -> int:
        """How many need the person: refused, or kept as drafts."""
        return len(self.rows) - self.waiting


def draft_row(draft: SavedDraft, number: int) -> OutboxRow:
    """A draft that waits, or could not be sent, as a row; its name is that of its form."""
    return OutboxRow(
        job_id=JobId(number),
        title=draft_outbox.title_of(draft),
        kind="draft",
        state=JobState.PENDING if draft.waiting else JobState.DRAFT,
        stage=StepState.PREPARED,
        done=0,
        total=len(MOVES) - 1,
        created=draft.saved,
        error=draft.problem,
        patient=draft.patient,
        draft=draft.id,
    )


def outbox_row(job: Job) -> OutboxRow:
    """A job as a row: its moves are those of all its steps."""
    done = sum(MOVES.index(step.state) for step in job.steps)
    total = (len(MOVES) - 1) * max(len(job.steps), 1)
    return OutboxRow(
        job_id=job.id,
        title=job.title,
        kind=job.kind,
        state=job.state,
        stage=_stage(job),
        done=done,
        total=total,
        created=job.created,
        error=job.error,
        patient=str(job.result.get("patient", "")),
        sent=any(MOVES.index(step.state) >= MOVES.index(StepState.SIGNED) for step in job.steps),
    )


def _stage(job: Job) -> StepState:
    """The state of the first step that is not done; a wish has not begun."""
    if not job.steps:
        return StepState.PREPARED
    states = (step.state for step in job.steps if step.state is not StepState.DONE)
    return next(states, StepState.DONE)
