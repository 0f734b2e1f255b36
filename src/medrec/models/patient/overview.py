"""The patient's overview: open requests, who looked, the last change, and the chart's facts."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.clinical.facts import Facts
from medrec.domain.categories import Permission
from medrec.domain.ids import Address
from medrec.errors import MedRecError, NetworkError
from medrec.models.chart import ChartModel
from medrec.models.rows import LoadState
from medrec.models.session import Session
from medrec.services import access, looks
from medrec.services.access import RequestRow
from medrec.services.looks import LastChange, Look
from medrec.services.trust import vouched_doctor
from medrec.workers.jobs import Ended, JobHandle

LOOKS = 12
"""Person-days of the list of who looked."""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A doctor's request as the patient reads it; ``until`` in Unix seconds."""

    doctor: Address
    name: str
    specialty: str
    permission: Permission
    until: int
    reason: str


@dataclass(frozen=True, slots=True)
class LookRow:
    """A person's day in the record, with the person's name; ``face`` as `Session.face`."""

    name: str
    look: Look
    face: str = ""


@dataclass(frozen=True, slots=True)
class Lately:
    """What the trace says: requests, looks, and who changed the record last and when."""

    requests: tuple[OpenRequest, ...] = ()
    looks: tuple[LookRow, ...] = ()
    changed_by: str = ""
    changed_at: int = 0


class OverviewModel(QObject):
    """What the overview shows; `changed` after every reading of either half."""

    changed = pyqtSignal()

    def __init__(self, session: Session, chart: ChartModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.chart = chart
        self.lately = Lately()
        self.error: MedRecError | None = None
        self._job: JobHandle | None = None
        self._again = False
        session.changed.connect(self._on_changed)
        session.stateChanged.connect(self.changed)
        chart.changed.connect(self.changed)

    @property
    def facts(self) -> Facts:
        """What the readable records say."""
        return self.chart.chart.facts if self.chart.chart is not None else Facts()

    @property
    def records(self) -> int:
        """How many records there are beside the personal data."""
        chart = self.chart.chart
        return 0 if chart is None else sum(r.row.record[0] != 0 for r in chart.records)

    @property
    def state(self) -> LoadState:
        """LOADING until the chart is there, EMPTY for a record without entries of a clinic."""
        if self.chart.chart is None:
            return self.chart.state
        return LoadState.READY if self.records else LoadState.EMPTY

    def reload(self) -> JobHandle:
        """Read requests and looks again; while that runs, once more afterwards."""
        if self._job is not None and self._job.state is None:
            self._again = True
            return self._job
        self._job = self.session.start(self.tr("Reading"), self._read, quiet=True)
        self._job.ended.connect(self._on_ended)
        return self._job

    async def _read(self) -> Lately:
        context = self.session.context
        found = await looks.lately(context, LOOKS)
        last = await looks.last_change(context)
        people = [look.who for look in found] + ([last.who] if last else [])
        called = await self.session.names(people, before=True)
        return Lately(
            requests=await self._requests(),
            looks=tuple(
                LookRow(called[look.who], look, self.session.face(look.who)) for look in found
            ),
            changed_by=called[last.who] if last else "",
            changed_at=_when(last),
        )

    async def _requests(self) -> tuple[OpenRequest, ...]:
        try:
            rows = await access.requests(self.session.context)
        except NetworkError:
            # Without the network nobody knows what was answered meanwhile: the last that was known.
            return self.lately.requests
        called = await self.session.names(row.doctor for row in rows)
        return tuple([await self._request(row, called[row.doctor]) for row in rows])

    async def _request(self, row: RequestRow, name: str) -> OpenRequest:
        try:
            vouched = await vouched_doctor(self.session.context, row.doctor)
            specialty = vouched.profile.specialty
        except MedRecError:
            specialty = ""
        asked = row.request
        return OpenRequest(row.doctor, name, specialty, asked.permission, asked.until, asked.reason)

    def _on_changed(self, subject: str) -> None:
        if self._job is not None and subject in ("", self.session.me):
            self.reload()

    def _on_ended(self, how: Ended) -> None:
        job = self._job
        if job is not None and how is Ended.DONE:
            self.lately, self.error = job.result, None
            self.changed.emit()
        elif job is not None and how in (Ended.FAILED, Ended.CRASHED):
            self.error = job.error if isinstance(job.error, MedRecError) else MedRecError()
            self.changed.emit()
        if self._again:
            self._again = False
            self.reload()


def _when(last: LastChange | None) -> int:
    return last.when if last is not None else 0
