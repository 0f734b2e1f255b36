"""A chart as the windows see it: its facts, and its records as a timeline."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from PyQt6.QtCore import QObject, Qt, QTimer, pyqtSignal

from medrec.domain.calls import AddRecord, ArchiveRecord, UpdateRecord
from medrec.domain.categories import Category, Slot
from medrec.domain.ids import Address, RecordId, record_slot
from medrec.domain.outbox import Job, JobState, StepState
from medrec.errors import MedRecError, NetworkError
from medrec.models.rows import LoadState, RowsModel
from medrec.models.session import Session
from medrec.models.timeline_row import Pending, TimelineRow
from medrec.services import chart as charts
from medrec.services.chart import Chart, ChartRecord
from medrec.workers.jobs import Ended, JobHandle

WAITING = (JobState.PENDING, JobState.DRAFT, JobState.FAILED)
LONGEST_WAIT = 86_400
"""Seconds after which the end of an access is looked at again."""
_CONFLICTS = frozenset({"VersionConflict", "StaleVersion"})
_MOVES = (StepState.PREPARED, StepState.STORED, StepState.SIGNED)


class ChartModel(QObject):
    """One patient's chart; `changed` after every reading, and when its state is another one.

    ``chart`` stays when a later reading fails because the network is away; ``stale`` says so.
    While nobody watches it, a doctor's chart is not read again: every reading is a look.
    """

    changed = pyqtSignal()

    def __init__(self, session: Session, patient: Address, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.patient = patient
        self.chart: Chart | None = None
        self.state = LoadState.LOADING
        self.error: MedRecError | None = None
        self.stale = False
        self.names: Mapping[Address, str] = {}
        self._watched = patient == session.me
        self._outdated = False
        self._again = False
        self._job: JobHandle | None = None
        self._entries: tuple[Chart, Sequence[Entry]] | None = None
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        # A coarse timer may be seconds late, and somebody may read who may no longer.
        self._end.setTimerType(Qt.TimerType.PreciseTimer)
        self._end.timeout.connect(self._on_end)
        session.changed.connect(self._on_changed)

    @property
    def own(self) -> bool:
        """Whether it is the account's own record."""
        return self.patient == self.session.me

    def reload(self) -> JobHandle:
        """Open the chart (a doctor's look is logged first); while that runs, once more after."""
        if self._job is not None and self._job.state is None:
            self._again = True
            return self._job
        self._outdated = False
        if self.chart is None and self.state is not LoadState.LOADING:
            self.state = LoadState.LOADING
            self.changed.emit()
        self._job = self.session.start(self.tr("Opening the chart"), self._read, quiet=True)
        self._job.ended.connect(self._on_ended)
        return self._job

    def watch(self, on: bool) -> None:
        """Tell whether the chart is in front of somebody: only then is it kept up to date."""
        self._watched = on or self.own
        if on and self._outdated:
            self.reload()

    def close(self) -> None:
        """Stop reading and listening."""
        self.session.changed.disconnect(self._on_changed)
        if self._job is not None:
            self._job.ended.disconnect(self._on_ended)
            self._job.cancel()
            self._job = None

    async def _read(self) -> tuple[Chart, Mapping[Address, str]]:
        chart = await charts.load(self.session.context, self.patient)
        person = chart.demographics
        if person is not None and not self.own:
            self.session.learn_name(self.patient, f"{person.given} {person.family}")
        authors = {record.row.author for record in chart.records}
        names = await self.session.names(sorted(authors), before=True)
        # Ten thousand rows take longer than the window may stand still.
        self._entries = chart, await asyncio.to_thread(entries_of, chart, names)
        return chart, names

    @property
    def entries(self) -> Sequence[Entry]:
        """The records as rows of a timeline, the newest first, with what filters ask for."""
        if self.chart is None:
            return ()
        if self._entries is None or self._entries[0] is not self.chart:
            self._entries = self.chart, entries_of(self.chart, self.names)
        return self._entries[1]

    def _on_changed(self, subject: str) -> None:
        if self._job is None or subject not in ("", self.patient):
            return
        if self._watched:
            self.reload()
        else:
            self._outdated = True

    def _on_ended(self, how: Ended) -> None:
        job = self._job
        if job is None:
            return
        if how is Ended.DONE:
            self.chart, self.names = job.result
            self.error = None
            self.stale = self.chart is not None and self.chart.stale_since is not None
            self.state = LoadState.READY
            self._wait_for_end()
        elif how in (Ended.FAILED, Ended.CRASHED):
            self._fail(job.error if isinstance(job.error, MedRecError) else MedRecError())
        self.changed.emit()
        if self._again:
            self._again = False
            self.reload()

    def _wait_for_end(self) -> None:
        """Be there when the access ends: no entry of the chain tells of that moment."""
        until = self.chart.ends if self.chart is not None else None
        if until is None:
            self._end.stop()
            return
        left = until - self.session.context.clock.now() + 1
        self._end.start(1000 * min(max(left, 1), LONGEST_WAIT))

    def _on_end(self) -> None:
        until = self.chart.ends if self.chart is not None else None
        if until is None or until > self.session.context.clock.now():
            self._wait_for_end()
        elif self._watched:
            self.reload()
        else:
            self._outdated = True

    def _fail(self, error: MedRecError) -> None:
        self.error = error
        if self.chart is not None and isinstance(error, NetworkError):
            self.stale = True
            return
        # Access that has ended takes what it had opened off the screen.
        self.chart = None
        self.state = LoadState.FAILED


@dataclass(frozen=True, slots=True)
class TimelineFilter:
    """What of the timeline is shown; an empty field leaves everything in."""

    year: int | None = None
    categories: frozenset[Category] = frozenset()
    author: Address | None = None
    text: str = ""

    def passes(self, entry: Entry) -> bool:
        """Whether a record is shown."""
        return (
            (not self.categories or entry.row.category in self.categories)
            and (self.year is None or entry.year == self.year)
            and (self.author is None or entry.row.author_address == self.author)
            and all(word in entry.words for word in self.text.casefold().split())
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """A row with what filters ask for, worked out once."""

    row: TimelineRow
    year: int
    words: str


class TimelineModel(RowsModel[TimelineRow]):
    """The records of a chart, newest first, with what is still on its way on top.

    A row's key is the record's id in hex, or ("job", id) while it waits in the outbox.
    """

    def __init__(self, chart: ChartModel, parent: QObject | None = None) -> None:
        super().__init__(chart.session, parent)
        self.chart = chart
        self.filter = TimelineFilter()
        self._entries: Sequence[Entry] = ()
        self._waiting: list[TimelineRow] = []
        chart.changed.connect(self._on_chart)
        chart.session.outboxChanged.connect(self.reload)
        self._on_chart()

    def set_filter(self, wanted: TimelineFilter) -> None:
        """Show what fits; rows that stay keep their place."""
        if wanted != self.filter:
            self.filter = wanted
            self._show()

    @property
    def years(self) -> list[int]:
        """The years that there are records of, newest first."""
        return sorted({entry.year for entry in self._entries}, reverse=True)

    @property
    def authors(self) -> list[tuple[Address, str]]:
        """Who wrote, by name."""
        found = {Address(e.row.author_address): e.row.author for e in self._entries}
        return sorted(found.items(), key=lambda pair: pair[1].casefold())

    @property
    def counts(self) -> Counter[Category]:
        """How many records each category has, whatever the filter."""
        return Counter(entry.row.category for entry in self._entries)

    @property
    def total(self) -> int:
        """How many records there are, whatever the filter."""
        return len(self._entries)

    async def query(self) -> Sequence[TimelineRow]:
        """What waits in the outbox on top of the chart as it was read last."""
        context = self.session.context
        jobs = await context.local.jobs(WAITING)
        slots = self.chart.chart.slots if self.chart.chart is not None else {}
        found = [pending_row(job, self.chart.patient, slots) for job in jobs]
        self._waiting = [row for row in reversed(found) if row is not None]
        return self._rows()

    def key(self, row: TimelineRow) -> Hashable:
        """The record's id in hex, or the job's."""
        return row.key

    def text(self, row: TimelineRow) -> str:
        """Title, what it is about, who wrote it and when."""
        when = datetime.fromtimestamp(row.when).astimezone().date().isoformat()
        said = [row.title or row.why, str(row.category), row.author, when if row.when else ""]
        if row.origin:
            said.append(self.tr("from the network of before, {name}").format(name=row.origin))
        if row.pending is not None:
            said.append(str(row.pending))
        return ", ".join(part for part in said if part)

    def concerns(self, subject: str) -> bool:
        """The chart is listened to instead."""
        return False

    def _on_chart(self) -> None:
        chart = self.chart.chart
        self._entries = self.chart.entries
        if chart is None:
            self.set_rows([])
            self.error = self.chart.error
            self._set_state(self.chart.state)
        else:
            self._show()

    def _show(self) -> None:
        if self.chart.chart is not None:
            self.set_rows(self._rows())

    def set_rows(self, rows: Sequence[TimelineRow]) -> None:
        """Take rows over; without a chart the state stays that of the chart."""
        super().set_rows(rows)
        if self.chart.chart is None:
            self.error = self.chart.error
            self._set_state(self.chart.state)

    def _rows(self) -> list[TimelineRow]:
        fitting = [entry.row for entry in self._entries if self.filter.passes(entry)]
        chosen = self.filter.categories
        waiting = [row for row in self._waiting if not chosen or row.category in chosen]
        return waiting + fitting


def entries_of(chart: Chart, names: Mapping[Address, str]) -> list[Entry]:
    """The records of a chart as rows, the newest first; of one second, the later one first."""
    made = [_entry(record, names) for record in reversed(chart.records)]
    return sorted(made, key=lambda entry: entry.row.when, reverse=True)


def _entry(record: ChartRecord, names: Mapping[Address, str]) -> Entry:
    row = record.row
    author = names.get(row.author, row.author)
    shown = TimelineRow(
        key=row.record.hex(),
        category=row.category,
        title=row.title or "",
        author=author,
        when=record.when,
        version=record.version,
        attachments=record.attachments,
        archived=row.archived,
        why=row.why,
        author_address=row.author,
        origin=record.origin,
    )
    words = " ".join((shown.title, author, row.category.value, record.preview)).casefold()
    return Entry(shown, datetime.fromtimestamp(record.when).astimezone().year, words)


def pending_row(job: Job, patient: Address, slots: Mapping[Slot, Category]) -> TimelineRow | None:
    """A job that writes a patient's record as a row; None for any other job."""
    record = _record_of(job, patient)
    if record is None:
        return None
    done = sum(_done(step.state) for step in job.steps)
    row = TimelineRow(
        key=("job", job.id),
        category=slots.get(Slot(record_slot(record)), Category.DOCUMENTS),
        title=job.title,
        author="",
        when=job.created,
        progress=done / (len(_MOVES) * max(len(job.steps), 1)),
        why=job.error,
    )
    return replace(row, pending=_pending(job))


def _record_of(job: Job, patient: Address) -> RecordId | None:
    """The record of the patient's that a job writes, or that a wish is about."""
    if not job.steps:
        about, mine = job.result.get("record"), job.result.get("patient") == patient
        return RecordId(bytes.fromhex(str(about))) if about and mine else None
    call = job.steps[-1].call
    if isinstance(call, AddRecord | UpdateRecord | ArchiveRecord) and call.patient == patient:
        return call.record
    return None


def _done(state: StepState) -> int:
    return _MOVES.index(state) if state in _MOVES else len(_MOVES)


def _pending(job: Job) -> Pending:
    if job.state is not JobState.PENDING:
        return Pending.CONFLICT if job.error_code in _CONFLICTS else Pending.NOT_SAVED
    if job.error:
        return Pending.WAITING
    sent = any(step.state is StepState.SIGNED for step in job.steps)
    return Pending.CONFIRMING if sent else Pending.SAVING
