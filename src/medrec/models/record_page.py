"""What the page of one record shows: its versions, its contents and what was checked."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from medrec.domain.categories import Category


class PageState(StrEnum):
    """Whether the contents are there."""

    READY = "ready"
    LOADING = "loading"
    ARRIVING = "arriving"
    BROKEN = "broken"
    DENIED = "denied"
    FAILED = "failed"


class CheckName(StrEnum):
    """The four checks, in the order in which they are made and shown."""

    ON_CHAIN = "on chain"
    CONTENTS = "contents"
    SEAL = "seal"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Check:
    """One check; ``passed`` is None while it has not been made."""

    name: CheckName
    passed: bool | None = None
    note: str = ""


PASSED: tuple[Check, ...] = tuple(Check(name, True) for name in CheckName)
"""All four checks passed, as they have whenever the services return a record."""


def failed(at: CheckName, note: str = "") -> tuple[Check, ...]:
    """The checks when the one ``at`` failed: those before it passed, the rest was not made."""
    order = list(CheckName)
    place = order.index(at)
    return tuple(
        Check(
            name, True if i < place else False if i == place else None, note if i == place else ""
        )
        for i, name in enumerate(order)
    )


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version: who wrote it, when (Unix seconds), its digest (hex) and block, and why.

    ``face`` is the whole name behind “you”, for the initials; empty where ``author`` is one.
    ``origin`` is the name of the network of before in which the version lies.
    """

    number: int
    author: str
    when: int
    digest: str = ""
    block: int = 0
    reason: str = ""
    author_address: str = ""
    face: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class AttachmentLine:
    """One attachment; ``size`` in bytes, 0 where it is not known."""

    name: str
    media_type: str
    size: int = 0


@dataclass(frozen=True, slots=True)
class ReaderLine:
    """Who read the record, how often, and when last (Unix seconds); ``face`` as `VersionLine`'s."""

    name: str
    times: int
    last: int = 0
    address: str = ""
    face: str = ""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """Everything that the page of a record shows; the version ``shown`` is one of ``versions``.

    ``when`` is the clinical time or, where there is none, when it was written (Unix seconds);
    ``trouble`` is the sentence for every state but READY. ``readers`` is None where the account
    is not told who read it.
    """

    record: str
    title: str
    category: Category
    versions: tuple[VersionLine, ...]
    shown: int
    when: int = 0
    media_type: str = ""
    data: bytes = b""
    name: str = ""
    attachments: tuple[AttachmentLine, ...] = ()
    checks: tuple[Check, ...] = PASSED
    readers: tuple[ReaderLine, ...] | None = ()
    state: PageState = PageState.READY
    trouble: str = ""
    archived: bool = False
    may_amend: bool = False
    may_archive: bool = False
    may_ask_correction: bool = False

    @property
    def version(self) -> VersionLine | None:
        """The version that is shown."""
        return next((line for line in self.versions if line.number == self.shown), None)

    @property
    def before(self) -> VersionLine | None:
        """The version before the shown one, where that begins the record's part in this network."""
        shown = self.version
        if shown is None or shown.origin:
            return None
        line = next((line for line in self.versions if line.number == shown.number - 1), None)
        return line if line is not None and line.origin else None

    @property
    def latest(self) -> int:
        """The number of the current version."""
        return max((line.number for line in self.versions), default=0)


@dataclass(frozen=True, slots=True)
class VersionContents:
    """One side of a comparison: a version with its opened contents and attachments."""

    line: VersionLine
    media_type: str
    data: bytes
    attachments: tuple[AttachmentLine, ...] = ()
    unbroken: bool = True
    """Whether it follows the version before it, by the digests on the chain."""
    current: bool = False


@dataclass(frozen=True, slots=True)
class ComparePage:
    """Two versions of one record, the older one first."""

    title: str
    category: Category
    older: VersionContents
    newer: VersionContents
    versions: int = 2
