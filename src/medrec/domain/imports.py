"""A file that is about to become a record: what is in it, whose data it is, where it may go."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from medrec.domain.categories import Category


@dataclass(frozen=True, slots=True)
class AddDocument:
    """The wish to add a file as a record, byte for byte.

    An empty ``title`` is taken from the file. ``digest`` is the sha2-256 of the bytes that were
    looked at, empty where nobody did: other bytes are checked anew. ``plain`` keeps a file that
    is not valid FHIR as a document that nobody reads as FHIR.
    """

    path: Path
    category: Category
    title: str = ""
    digest: bytes = b""
    plain: bool = False


class EntryState(StrEnum):
    """What is to be said of a resource in a file."""

    READY = "ready"
    REMARK = "remark"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ImportEntry:
    """One resource of a file: its place in the Bundle, type, words, and what is wrong with it.

    ``index`` is -1 for what concerns the file as a whole; ``problems`` are paths inside the
    resource with their sentences.
    """

    index: int
    type: str
    title: str
    detail: str
    category: Category
    state: EntryState
    problems: tuple[tuple[str, str], ...] = ()


class Whose(StrEnum):
    """Whether a file's own Patient is the patient of the record, by name and birth date."""

    SAME = "same"
    DIFFERENT = "different"
    SEVERAL = "several"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FilePerson:
    """A person as a file describes them; the birth date is FHIR's text."""

    name: str
    birth_date: str


@dataclass(frozen=True, slots=True)
class FilePreview:
    """What was found out about a file before anything is saved.

    ``size`` is in bytes; ``kind`` is that of `medrec.clinical.media.Kind`; ``resource_type`` is
    empty where the file is no FHIR; ``seconds`` is how long the reading took; ``refusal`` is the
    sentence for which the file is not FHIR though it claims to be.
    """

    path: Path
    size: int
    digest: bytes
    kind: str
    media_type: str
    title: str
    category: Category
    resource_type: str = ""
    entries: tuple[ImportEntry, ...] = ()
    people: tuple[FilePerson, ...] = ()
    whose: Whose = Whose.UNKNOWN
    warnings: tuple[str, ...] = ()
    refusal: str = ""
    seconds: float = field(default=0.0, compare=False)

    @property
    def types(self) -> tuple[tuple[str, int], ...]:
        """How many resources of each type, most first."""
        counted = Counter(entry.type for entry in self.entries if entry.index >= 0)
        return tuple(counted.most_common())

    def count(self, state: EntryState) -> int:
        """How many resources are ready, have a remark, or are refused."""
        return sum(entry.state is state for entry in self.entries if entry.index >= 0)

    @property
    def refused(self) -> bool:
        """Whether the file cannot be saved as FHIR."""
        return bool(self.refusal) or any(e.state is EntryState.REFUSED for e in self.entries)
