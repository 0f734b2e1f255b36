"""Every entry of everybody as a table: texts are made only for the rows that are seen."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from PyQt6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, pyqtSignal

from medrec.domain.ids import ZERO_ADDRESS, Address, short_address
from medrec.domain.people import Role
from medrec.errors import MedRecError
from medrec.models.admin import words
from medrec.models.rows import LoadState, RowsModel
from medrec.models.session import Session
from medrec.services import ledger
from medrec.services.ledger import Ledger, LedgerRow, Place, Sieve
from medrec.services.names import YOU
from medrec.workers.jobs import Ended, JobHandle


class Column(IntEnum):
    """The columns."""

    NUMBER = 0
    WHO = 1
    DID = 2
    SUBJECT = 3
    WHEN = 4


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at the index gave; ``new`` rows stand on top of those before, None: others."""

    ledger: Ledger
    names: Mapping[Address, str]
    rows: tuple[LedgerRow, ...]
    new: int | None = None


EMPTY = Ledger((), {}, {}, {})


class AuditModel(QAbstractTableModel):
    """The entries that a `Sieve` lets through; reading and sieving are jobs."""

    ROW = RowsModel.ROW

    stateChanged = pyqtSignal()
    loaded = pyqtSignal()
    """The rows are those that were asked for last."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.state = LoadState.LOADING
        self.error: MedRecError | None = None
        self.ledger = EMPTY
        self.names: Mapping[Address, str] = {}
        self.rows: tuple[LedgerRow, ...] = ()
        self.sieve = Sieve()
        self.newest_first = True
        self._query: JobHandle | None = None
        self._again = False
        self._looked_at, self._stale = True, False
        session.changed.connect(self._on_changed)

    def reload(self) -> JobHandle:
        """Read the index again; while it is being read, once more afterwards."""
        if self._query is not None and self._query.state is None:
            self._again = True
            return self._query
        if not self.rows:
            self._set_state(LoadState.LOADING)
        self._stale = False
        return self._start(self._read)

    def set_sieve(self, sieve: Sieve) -> None:
        """Show other entries."""
        if sieve != self.sieve:
            self.sieve = sieve
            self._sieve_again()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """The order of the chain, or the other way around, whichever column is asked (Qt)."""
        newest_first = order is Qt.SortOrder.DescendingOrder
        if newest_first != self.newest_first:
            self.newest_first = newest_first
            self._sieve_again()

    def place(self, row: LedgerRow) -> Place:
        """Where an entry stands in its subject's chain."""
        return self.ledger.place(row)

    def person(self, who: Address) -> str:
        """What somebody is called."""
        return words.person(who, self.names, self.ledger.roles)

    def people(self, role: Role) -> list[tuple[str, Address]]:
        """Everybody of a role, by name."""
        named = [(self.person(who), who) for who in self.ledger.people(role)]
        return sorted(named, key=lambda pair: pair[0].casefold())

    def said(self, row: LedgerRow) -> str:
        """An entry in words, as a screen reader says it."""
        sentence = self.tr("Entry %1: %2 %3, for %4, %5")
        texts = (
            f"{row.number:,}",
            self.person(row.entry.actor),
            words.did(row),
            self.person(row.entry.subject),
            local_time(row.entry.meta.time),
        )
        for number, text in enumerate(texts, 1):
            sentence = sentence.replace(f"%{number}", text)
        return sentence

    def row(self, index: QModelIndex) -> LedgerRow | None:
        """The entry at an index."""
        return self.rows[index.row()] if 0 <= index.row() < len(self.rows) else None

    def rowCount(self, parent: QModelIndex = QModelIndex()) -> int:
        """How many entries are shown (Qt)."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex = QModelIndex()) -> int:
        """The columns (Qt)."""
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The heads of the columns (Qt)."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == Column.WHEN:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        heads = (
            self.tr("No."),
            self.tr("Who"),
            self.tr("Did"),
            self.tr("For"),
            self.tr("When"),
        )
        return heads[section] if 0 <= section < len(heads) else None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """An entry under `ROW`, and its texts, made when they are asked for (Qt)."""
        row = self.row(index) if index.isValid() else None
        if row is None:
            return None
        if role == self.ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, Column(index.column()))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.said(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._address(row, Column(index.column()))
        return None

    def _text(self, row: LedgerRow, column: Column) -> str:
        if column is Column.NUMBER:
            return f"{row.number:,}"
        if column is Column.WHO:
            return self.person(row.entry.actor)
        if column is Column.DID:
            return words.did(row)
        if column is Column.SUBJECT:
            return self._subject(row.entry.subject)
        return local_time(row.entry.meta.time)

    def _subject(self, who: Address) -> str:
        """The name, or the bare address: whose record it is stands in the head of the column."""
        return self.person(who) if who == ZERO_ADDRESS or who in self.names else short_address(who)

    def _address(self, row: LedgerRow, column: Column) -> str | None:
        when = local_time(row.entry.meta.time)
        at = {
            Column.WHO: row.entry.actor,
            Column.SUBJECT: row.entry.subject,
            Column.WHEN: when,
        }
        return at.get(column)

    async def _read(self) -> Seen:
        book = await ledger.load(self.session.context)
        named = [*book.people(Role.DOCTOR), *book.people(Role.ADMINISTRATOR)]
        found = await self.session.names(named)
        names = {who: self._called(who, name) for who, name in found.items()}
        return await self._seen(book, names)

    async def _sieve(self) -> Seen:
        return await self._seen(self.ledger, self.names)

    async def _seen(self, book: Ledger, names: Mapping[Address, str]) -> Seen:
        rows = await ledger.sieved(book, self.sieve, self.newest_first)
        before = self.rows if names == self.names else ()
        # In a thread: ten thousand rows are not compared while a window waits to be drawn.
        new = await asyncio.to_thread(_grown, before, rows) if before else None
        return Seen(book, names, rows, new if self.newest_first or not new else None)

    def _called(self, who: Address, name: str) -> str:
        if name == YOU:
            return self.tr("You")
        return name if name == who else words.doctor_title(name, who)

    def _sieve_again(self) -> None:
        if self._query is None or self._query.state is None:
            self._again = self._query is not None
            return
        self._start(self._sieve)

    def _start(self, work: Any) -> JobHandle:
        self._query = self.session.start(self.tr("Reading the audit"), work, quiet=True)
        self._query.ended.connect(self._on_ended)
        return self._query

    def set_seen(self, seen: bool) -> None:
        """Whether somebody looks: what changes meanwhile is read when somebody looks again."""
        self._looked_at = seen
        if seen and self._stale:
            self.reload()

    def _on_changed(self, _subject: str) -> None:
        if self._query is None:
            return
        if self._looked_at:
            self.reload()
        else:
            self._stale = True

    def _on_ended(self, how: Ended) -> None:
        query = self._query
        if query is None:
            return
        if how is Ended.DONE:
            self._take(query.result)
        elif how in (Ended.FAILED, Ended.CRASHED):
            error = query.error
            self.error = error if isinstance(error, MedRecError) else MedRecError()
            self._set_state(LoadState.FAILED)
        if self._again:
            self._again = False
            self.reload()

    def _take(self, seen: Seen) -> None:
        if seen.new:
            self.beginInsertRows(QModelIndex(), 0, seen.new - 1)
            self.ledger, self.rows = seen.ledger, seen.rows
            self.endInsertRows()
        elif seen.new == 0:
            self.ledger = seen.ledger
        else:
            self.beginResetModel()
            self.ledger, self.names, self.rows = seen.ledger, seen.names, seen.rows
            self.endResetModel()
        self.error = None
        self._set_state(LoadState.READY if self.rows else LoadState.EMPTY)
        self.loaded.emit()

    def _set_state(self, state: LoadState) -> None:
        if state is not self.state or state is LoadState.FAILED:
            self.state = state
            self.stateChanged.emit()


def _grown(before: Sequence[LedgerRow], after: Sequence[LedgerRow]) -> int | None:
    """How many rows stand on top of those before; None where those are not all there."""
    new = len(after) - len(before)
    return new if new >= 0 and after[new:] == before else None


def local_time(seconds: int) -> str:
    """Unix seconds as a time here, to the second."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S")
