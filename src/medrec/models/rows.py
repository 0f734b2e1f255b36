"""Rows that are read again from the services, told to views row by row."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from enum import StrEnum
from typing import TypeVar

from PyQt6.QtCore import QModelIndex, QObject, pyqtSignal

from medrec.errors import MedRecError
from medrec.models.listing import ListModel
from medrec.models.session import Session
from medrec.workers.jobs import Ended, JobHandle

T = TypeVar("T")

MANY = 64
"""Rows that come, go or move at once; with more of them views are told to look again."""


class LoadState(StrEnum):
    """What a view shows instead of, or with, the rows."""

    LOADING = "loading"
    READY = "ready"
    EMPTY = "empty"
    FAILED = "failed"


class RowsModel(ListModel[T]):
    """A list of frozen dataclasses, read again whenever something confirmed has changed.

    A row that stays is the same row for its views: selection and scroll position survive, and
    only what changed is drawn again.
    """

    stateChanged = pyqtSignal()
    loaded = pyqtSignal()
    """The rows are those of a query that has just ended."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.state = LoadState.LOADING
        self.error: MedRecError | None = None
        self._query: JobHandle | None = None
        self._again = False
        session.changed.connect(self._on_changed)

    async def query(self) -> Sequence[T]:
        """The rows as they are now.

        Raises:
            MedRecError subclasses: shown instead of the rows.
        """
        raise NotImplementedError

    def key(self, row: T) -> Hashable:
        """What makes two rows the same row."""
        raise NotImplementedError

    def concerns(self, subject: str) -> bool:
        """Whether a change of that subject's entries may change the rows."""
        return True

    def reload(self) -> JobHandle:
        """Read the rows again; while they are being read, once more afterwards."""
        if self._query is not None and self._query.state is None:
            self._again = True
            return self._query
        if not self.rows:
            self._set_state(LoadState.LOADING)
        self._query = self.session.start(self.tr("Reading"), self.query, quiet=True)
        self._query.ended.connect(self._on_ended)
        return self._query

    def set_rows(self, rows: Sequence[T]) -> None:
        """Take new rows over, with the smallest signals that tell the difference."""
        new = list(rows)
        old_keys = [self.key(row) for row in self.rows]
        new_keys = [self.key(row) for row in new]
        if old_keys == new_keys:
            self._replace(new)
        elif not self._step_by_step(new, old_keys, new_keys):
            self.replace(new)
        self.error = None
        self._set_state(LoadState.READY if self.rows else LoadState.EMPTY)

    def _replace(self, new: list[T]) -> None:
        for number, (old, row) in enumerate(zip(self.rows, new, strict=True)):
            if old != row:
                self.rows[number] = row
                self.dataChanged.emit(self.index(number), self.index(number))

    def _step_by_step(
        self, new: list[T], old_keys: list[Hashable], new_keys: list[Hashable]
    ) -> bool:
        """Remove and insert row by row; False where that would be too much or rows moved."""
        kept, wanted = set(new_keys), set(old_keys)
        if len(kept) != len(new_keys) or len(wanted) != len(old_keys):
            return False
        staying = [key for key in old_keys if key in kept]
        if staying != [key for key in new_keys if key in wanted]:
            return False
        if len(old_keys) + len(new_keys) - 2 * len(staying) > MANY:
            return False
        for number in reversed(range(len(old_keys))):
            if old_keys[number] not in kept:
                self.beginRemoveRows(QModelIndex(), number, number)
                del self.rows[number]
                self.endRemoveRows()
        for number, key in enumerate(new_keys):
            if key not in wanted:
                self.beginInsertRows(QModelIndex(), number, number)
                self.rows.insert(number, new[number])
                self.endInsertRows()
        self._replace(new)
        return True

    def _on_changed(self, subject: str) -> None:
        if self._query is not None and (not subject or self.concerns(subject)):
            self.reload()

    def _on_ended(self, how: Ended) -> None:
        query = self._query
        if query is None:
            return
        if how is Ended.DONE:
            self.set_rows(query.result)
            self.loaded.emit()
        elif how is Ended.FAILED and isinstance(query.error, MedRecError):
            self.error = query.error
            self._set_state(LoadState.FAILED)
        elif how is Ended.CRASHED:
            self.error = MedRecError()
            self._set_state(LoadState.FAILED)
        if self._again:
            self._again = False
            self.reload()

    def _set_state(self, state: LoadState) -> None:
        if state is not self.state or state is LoadState.FAILED:
            self.state = state
            self.stateChanged.emit()
