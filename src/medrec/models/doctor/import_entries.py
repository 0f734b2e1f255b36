"""The resources of a file that is looked at, filtered by what is to be said of them."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QObject

from medrec.domain.imports import EntryState, ImportEntry
from medrec.models.listing import ListModel


class ImportEntries(ListModel[ImportEntry]):
    """Rows of `ImportEntry`; what concerns the whole file stands first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._all: tuple[ImportEntry, ...] = ()
        self._state: EntryState | None = None
        self._type = ""

    def set_entries(self, entries: Sequence[ImportEntry]) -> None:
        """Show another file's resources, without a filter."""
        self._all = tuple(entries)
        self._state, self._type = None, ""
        self._show()

    def filter(self, state: EntryState | None, type_: str = "") -> None:
        """Show only those in a state (None: all) and of a type ("": all)."""
        if (state, type_) != (self._state, self._type):
            self._state, self._type = state, type_
            self._show()

    def hint(self, row: ImportEntry) -> str:
        """What is wrong with it, and where."""
        return "\n".join(f"{path} {message}" for path, message in row.problems)

    def text(self, row: ImportEntry) -> str:
        """The row in words, as a screen reader says it."""
        states = {
            EntryState.READY: self.tr("ready"),
            EntryState.REMARK: self.tr("remark"),
            EntryState.REFUSED: self.tr("refused"),
        }
        problems = "; ".join(f"{path} {message}" for path, message in row.problems)
        parts = (row.title, row.type, row.detail, states[row.state], problems)
        return ", ".join(part for part in parts if part)

    def _show(self) -> None:
        self.replace(
            [
                entry
                for entry in self._all
                if (self._state is None or entry.state is self._state)
                and (not self._type or entry.type == self._type)
            ]
        )
