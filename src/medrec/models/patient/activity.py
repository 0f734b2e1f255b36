"""The account's own trace: its entries in words, filtered, and whether it holds."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from PyQt6.QtCore import QObject, QSortFilterProxyModel, pyqtSignal

from medrec.domain.ids import Address, RecordId
from medrec.errors import IntegrityError, MedRecError
from medrec.models.patient import activity_words as words
from medrec.models.rows import RowsModel
from medrec.models.session import Session
from medrec.services import activity, alarm, audit
from medrec.services.activity import ActivityRow, Kind
from medrec.services.alarm import Examination
from medrec.services.audit import Verified
from medrec.services.origins import Checked, Missing, checked_before
from medrec.workers.jobs import Ended, JobHandle

YOU = "you"


class ActivityModel(RowsModel[ActivityRow]):
    """Every entry of the account's own trace, the newest on top.

    ``missing`` is a network of before that cannot be followed now; with ``kept`` entries of it are
    shown all the same.
    """

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self.names: Mapping[Address, str] = {}
        self.missing: Missing | None = None
        self.kept = False

    async def query(self) -> Sequence[ActivityRow]:
        """The entries, with the names of all who stand in them."""
        trace = await activity.listed(self.session.context)
        rows, self.missing, self.kept = trace.rows, trace.missing, trace.kept
        people = {row.actor for row in rows} | {row.about for row in rows if row.about}
        before = any(row.origin for row in rows)
        found = await self.session.names(sorted(people), before=before)
        self.names = {who: self._called(who, name) for who, name in found.items()}
        return rows

    @property
    def here(self) -> int:
        """How many of the entries are this network's."""
        return sum(row.origin is None for row in self.rows)

    def key(self, row: ActivityRow) -> Hashable:
        """The place in its network's chain."""
        return row.origin.place if row.origin is not None else "", row.number

    def text(self, row: ActivityRow) -> str:
        """“Dr. Priya Raman read laboratory”."""
        return words.sentence(row, self.names)

    def hint(self, row: ActivityRow) -> str:
        """Where it stands, for what was done in a network of before."""
        if row.origin is None:
            return ""
        return self.tr("In the network before, “{name}”").replace("{name}", row.origin.name)

    def concerns(self, subject: str) -> bool:
        """Only the account's own entries are shown."""
        return subject == self.session.me

    @property
    def people(self) -> list[tuple[Address, str]]:
        """Who acted, by name, the account itself first."""
        actors = {row.actor for row in self.rows}
        own = self.session.me
        named = [(who, self.names.get(who, who)) for who in actors]
        return sorted(named, key=lambda pair: (pair[0] != own, pair[1].casefold()))

    @property
    def faces(self) -> Mapping[str, str]:
        """The whole name behind “You”, for the initials."""
        own = self.session.me
        return {self._called(own, own): self.session.face(own)}

    def _called(self, who: Address, name: str) -> str:
        if who == self.session.me:
            return self.tr("You")
        return name


class MissingModel(RowsModel[ActivityRow]):
    """The entries that were verified here and that the network does not show."""

    def __init__(self, trace: TraceModel, entries: ActivityModel) -> None:
        super().__init__(trace.session, trace)
        self._trace, self._entries = trace, entries
        trace.changed.connect(self._take)

    async def query(self) -> Sequence[ActivityRow]:
        """What the examination found."""
        return self._found()

    def key(self, row: ActivityRow) -> Hashable:
        """The place in the chain."""
        return row.number

    def text(self, row: ActivityRow) -> str:
        """The entry in words."""
        return words.sentence(row, self._entries.names)

    def _found(self) -> list[ActivityRow]:
        found = self._trace.examination
        context = self.session.context
        missing = found.missing if found is not None else ()
        return [activity.row_of(context, number, entry) for number, entry in reversed(missing)]

    def _take(self) -> None:
        self.set_rows(self._found())


@dataclass(frozen=True, slots=True)
class ActivityFilter:
    """What of the trace is shown; an empty field leaves everything in."""

    kind: Kind | None = None
    actor: Address | None = None
    record: RecordId | None = None
    since: int = 0
    """Unix seconds."""

    def passes(self, row: ActivityRow) -> bool:
        """Whether an entry is shown."""
        return (
            (self.kind is None or row.kind is self.kind)
            and (self.actor is None or self.actor in (row.actor, row.about))
            and (self.record is None or row.record == self.record)
            and row.time >= self.since
        )


class FilteredActivity(QSortFilterProxyModel):
    """The entries that fit a filter."""

    def __init__(self, source: ActivityModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = source
        self.filter = ActivityFilter()
        self.setSourceModel(source)

    def set_filter(self, wanted: ActivityFilter) -> None:
        """Show what fits another filter."""
        if wanted != self.filter:
            self.filter = wanted
            self.invalidateRowsFilter()

    def filterAcceptsRow(self, source_row: int, _parent: object) -> bool:
        """Whether an entry is shown (Qt)."""
        return self.filter.passes(self._rows.rows[source_row])

    @property
    def shown(self) -> list[ActivityRow]:
        """The entries that fit."""
        return [row for row in self._rows.rows if self.filter.passes(row)]


def since_weeks(weeks: int, today: date | None = None) -> int:
    """The beginning of the week that many weeks ago, the current one counted, in Unix seconds."""
    day = today or datetime.now().astimezone().date()
    monday = day - timedelta(days=day.weekday(), weeks=weeks - 1)
    return int(datetime(monday.year, monday.month, monday.day).astimezone().timestamp())


class TraceState(StrEnum):
    """What is known of the trace."""

    CHECKING = "checking"
    HOLDS = "holds"
    UNKNOWN = "unknown"
    """No node answers: the last check stands."""
    BROKEN = "broken"


class TraceModel(QObject):
    """Whether the trace holds: followed all the time, recomputed from the first entry on request.

    ``examination`` compares both sides once it does not hold; ``before`` says what came of the
    same in the networks of before, once it was asked for. `changed` after every change.
    """

    changed = pyqtSignal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.verified: Verified | None = None
        self.before: Sequence[Checked] = ()
        self.checked_at = 0
        self.error: MedRecError | None = None
        self.examination: Examination | None = None
        self._job: JobHandle | None = None
        self._examining: JobHandle | None = None
        session.stateChanged.connect(self._on_state)

    @property
    def state(self) -> TraceState:
        """What is known now."""
        if self.alarm is not None:
            return TraceState.BROKEN
        if self._job is not None and self._job.state is None:
            return TraceState.CHECKING
        return TraceState.HOLDS if self.session.verified else TraceState.UNKNOWN

    @property
    def alarm(self) -> IntegrityError | None:
        """What does not match."""
        if self.session.alarm is not None:
            return self.session.alarm
        return self.error if isinstance(self.error, IntegrityError) else None

    @property
    def nodes(self) -> int:
        """How many nodes the network file names."""
        return len(self.session.context.network.rpc)

    def verify(self) -> JobHandle:
        """Read every entry from the node again and recompute the chain of heads."""
        if self._job is not None and self._job.state is None:
            return self._job
        context = self.session.context

        async def work() -> Verified:
            self.before = await checked_before(context)
            return await audit.verify(context, context.me)

        self._job = self.session.start(self.tr("Checking your activity"), work)
        self._job.ended.connect(self._on_verified)
        self.changed.emit()
        return self._job

    def ask_nodes(self) -> JobHandle | None:
        """Ask each node of the network whether it agrees; None where nothing is examined yet."""
        found = self.examination
        if found is None:
            return None
        context = self.session.context
        job = self.session.start(
            self.tr("Asking the network's nodes"), lambda: alarm.ask_nodes(context, found)
        )
        job.done.connect(self._on_examined)
        return job

    def use_better(self) -> JobHandle | None:
        """Go on with the node that agrees; None where none does."""
        found = self.examination
        if found is None or not found.better or (self._job and self._job.state is None):
            return None

        async def work() -> Verified:
            verified = await alarm.use_better(self.session.context, found)
            # The session looks at the node that is in use from now on.
            await self.session.refresh()
            return verified

        self._job = self.session.start(self.tr("Going on with another node"), work)
        self._job.ended.connect(self._on_verified)
        self.changed.emit()
        return self._job

    def _on_verified(self, how: Ended) -> None:
        job = self._job
        if job is not None and how is Ended.DONE:
            self.verified, self.error = job.result, None
            self.checked_at = self.session.context.clock.now()
        elif job is not None and isinstance(job.error, MedRecError):
            self.error = job.error
        self._on_state()

    def _on_state(self) -> None:
        found = self.alarm
        if found is None:
            self.examination = None
        elif self.examination is None or self.examination.why != found.sentence:
            self._examine(found)
        self.changed.emit()

    def _examine(self, found: IntegrityError) -> None:
        if self._examining is not None and self._examining.state is None:
            return
        context = self.session.context
        self._examining = self.session.start(
            self.tr("Comparing both histories"),
            lambda: alarm.examine(context, found),
            quiet=True,
        )
        self._examining.done.connect(self._on_examined)

    def _on_examined(self, examination: object) -> None:
        if self.alarm is not None and isinstance(examination, Examination):
            self.examination = examination
            self.changed.emit()
