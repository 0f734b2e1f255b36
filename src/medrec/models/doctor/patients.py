"""The doctor's patients and requests as rows."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.clinical.facts_vitals import age
from medrec.domain.ids import short_address
from medrec.errors import NetworkError
from medrec.models.rows import LoadState, RowsModel
from medrec.models.session import Session
from medrec.services import my_patients
from medrec.services.my_patients import AccessState, MyPatient, MyRequest, RequestState
from medrec.services.origins import Missing

SOON = 14 * 86_400
"""Seconds before the end of an access in which it is told."""

OPEN = (RequestState.SENDING, RequestState.NOT_SENT, RequestState.OPEN)


class Shown(StrEnum):
    """Which patients are shown."""

    ALL = "all"
    SOON = "ends soon"
    WAITING = "waiting"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class PatientRow:
    """A patient as a list shows one: ``name`` is the address, shortened, where none is known.

    ``author`` wrote the last record, ``years`` is the age, ``now`` the time by which all that was
    said (Unix seconds).
    """

    who: MyPatient
    name: str
    author: str = ""
    years: int | None = None
    now: int = 0

    @property
    def ends_soon(self) -> bool:
        """Whether the access ends within `SOON`."""
        return self.who.state is AccessState.RUNNING and self.who.until - self.now < SOON

    def shown_in(self, shown: Shown) -> bool:
        """Whether it belongs to one of the chips."""
        return {
            Shown.ALL: self.who.state is not AccessState.ENDED,
            Shown.SOON: self.ends_soon,
            Shown.WAITING: self.who.state is AccessState.WAITING,
            Shown.ENDED: self.who.state is AccessState.ENDED,
        }[shown]


class PatientsModel(RowsModel[PatientRow]):
    """The doctor's patients, filtered by chip and text; `counted` when the numbers changed.

    ``missing`` is a network of before in which more may let the doctor read.
    """

    counted = pyqtSignal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        self.everybody: list[PatientRow] = []
        self.shown = Shown.ALL
        self.words = ""
        self.missing: Missing | None = None

    def show_only(self, shown: Shown, words: str = "") -> None:
        """Show what fits."""
        self.shown, self.words = shown, words.casefold().strip()
        if self.state is not LoadState.LOADING and self.error is None:
            super().set_rows(self._fitting())

    def count(self, shown: Shown) -> int:
        """How many a chip stands for."""
        return sum(row.shown_in(shown) for row in self.everybody)

    def set_rows(self, rows: Sequence[PatientRow]) -> None:
        """Take all patients over, and show those that fit."""
        self.everybody = list(rows)
        super().set_rows(self._fitting())
        self.counted.emit()

    async def query(self) -> Sequence[PatientRow]:
        """The doctor's patients, in the order of the services."""
        context = self.session.context
        try:
            listed = await my_patients.listed(context)
        except NetworkError:
            # Without the network the list stays as it was; opening a chart then says why not.
            if self.everybody:
                return self.everybody
            raise
        self.missing, found = listed.missing, listed.rows
        now = await context.time()
        authors = {row.last.author for row in found if row.last}
        names = await self.session.names(authors, before=any(row.origin for row in found))
        return [_row(who, names.get(who.last.author, "") if who.last else "", now) for who in found]

    def key(self, row: PatientRow) -> Hashable:
        """The patient's address."""
        return row.who.patient

    def text(self, row: PatientRow) -> str:
        """Name, standing, what may be read."""
        read, _ = row.who.permission.names()
        where = [self.tr("in the network before, {name}").format(name=row.who.origin)]
        return ", ".join((row.name, row.who.state.value, *(where if row.who.origin else ()), *read))

    def _fitting(self) -> list[PatientRow]:
        return [
            row
            for row in self.everybody
            if row.shown_in(self.shown)
            and (self.words in row.name.casefold() or self.words in row.who.patient.casefold())
        ]


def _row(who: MyPatient, author: str, now: int) -> PatientRow:
    born = who.person.birth_date if who.person is not None else ""
    return PatientRow(who, who.name or short_address(who.patient), author, age(born, now), now)


class RequestsModel(RowsModel[MyRequest]):
    """What the doctor asked for, the newest first."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(session, parent)
        session.outboxChanged.connect(self._on_outbox)

    @property
    def open(self) -> list[MyRequest]:
        """The requests without an answer, and those on their way."""
        return [row for row in self.rows if row.state in OPEN]

    @property
    def answered(self) -> list[MyRequest]:
        """The requests that are over, one way or another."""
        return [row for row in self.rows if row.state not in OPEN]

    async def query(self) -> Sequence[MyRequest]:
        """The doctor's requests."""
        try:
            return await my_patients.requests(self.session.context)
        except NetworkError:
            if self.rows:
                return self.rows
            raise

    def key(self, row: MyRequest) -> Hashable:
        """Whom and when; a request that waits here, its job."""
        return ("job", row.job) if row.job is not None else (row.patient, row.made)

    def text(self, row: MyRequest) -> str:
        """Whom, what became of it, why it was asked."""
        reason = row.asked.reason if row.asked is not None else ""
        return ", ".join(p for p in (row.name or row.patient, row.state.value, reason) if p)

    def _on_outbox(self) -> None:
        if self.state is not LoadState.LOADING:
            self.reload()
