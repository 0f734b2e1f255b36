"""One row of a timeline: a confirmed record, or one that is still on its way."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

from medrec.domain.categories import Category


class Pending(StrEnum):
    """How far a row that is not confirmed yet has come."""

    SAVING = "saving"
    CONFIRMING = "confirming"
    WAITING = "waiting"
    CONFLICT = "conflict"
    NOT_SAVED = "not saved"


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """What a timeline shows of one record.

    ``when`` are Unix seconds (0: unknown), ``progress`` runs from 0 to 1 (negative: uncounted).
    ``why`` says, where ``title`` cannot be read or the row was not saved, what happened. ``origin``
    is the name of the network of before in which the record lies.
    """

    key: Hashable
    category: Category
    title: str
    author: str
    when: int
    version: int = 1
    attachments: int = 0
    pending: Pending | None = None
    progress: float = -1.0
    archived: bool = False
    why: str = ""
    author_address: str = ""
    origin: str = ""
