"""Two versions of a record beside each other: rows, and which of them changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from medrec.clinical.narrative import narrative_lines
from medrec.clinical.page import Flag, Line, Look, Part
from medrec.clinical.readable import Document
from medrec.clinical.reading import FHIR_JSON
from medrec.clinical.text import clean
from medrec.errors import MedRecError

_LONGEST_TEXT = 400_000
_MOST_LINES = 3000


@dataclass(frozen=True, slots=True)
class Side:
    """What one version says in a row; ``when`` and ``until`` are FHIR's own dates."""

    value: str = ""
    unit: str = ""
    flag: Flag | None = None
    range: str = ""
    when: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class CompareRow:
    """A row: its part and label, what either version says; None where a version lacks the row."""

    group: str
    label: str
    older: Side | None
    newer: Side | None

    @property
    def changed(self) -> bool:
        """Whether the versions differ in it."""
        return self.older != self.newer


def compare(older: tuple[str, bytes], newer: tuple[str, bytes]) -> list[CompareRow]:
    """The rows of two versions, each given as media type and contents, in the order of the newer.

    Where the bytes differ at least one row is changed; call it in a thread for several MB.
    """
    rows = _rows(older, newer)
    if older[1] != newer[1] and not any(row.changed for row in rows):
        rows += [row for row in _everything(older, newer) if row.changed]
    if older[1] != newer[1] and not any(row.changed for row in rows):
        rows.append(
            CompareRow("", "File", _size(older[1]), Side(f"{_bytes(newer[1])}, other bytes"))
        )
    return rows


def _rows(older: tuple[str, bytes], newer: tuple[str, bytes]) -> list[CompareRow]:
    documents = _documents(older, newer)
    if documents is not None:
        return _aligned(*(_entries(document.page().parts) for document in documents))
    texts = [_text(*version) for version in (older, newer)]
    if texts[0] is not None and texts[1] is not None:
        return list(_text_rows(texts[0], texts[1]))
    return [
        CompareRow("", "Kind", Side(older[0]), Side(newer[0])),
        CompareRow("", "Size", _size(older[1]), _size(newer[1])),
    ]


def _everything(older: tuple[str, bytes], newer: tuple[str, bytes]) -> list[CompareRow]:
    """The rows of whole trees: for what the page does not show."""
    documents = _documents(older, newer)
    if documents is None:
        return []
    parts = ([Part("Elsewhere in the file", Look.TREE, d.everything(""))] for d in documents)
    return _aligned(*(_entries(part) for part in parts))


def _documents(*versions: tuple[str, bytes]) -> tuple[Document, Document] | None:
    if any(media_type != FHIR_JSON for media_type, _ in versions):
        return None
    try:
        first, second = (Document(data) for _, data in versions)
    except MedRecError:
        return None
    return first, second


Key = tuple[str, str, int]


def _entries(parts: Iterable[Part]) -> dict[Key, Side]:
    """The lines of the parts by part, label and how often that label came before."""
    found: dict[Key, Side] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for part in parts:
        for group, line in _lines(part):
            found[group, line.label, seen[group, line.label]] = Side(
                line.value, line.unit, line.flag, line.range, line.when, line.until
            )
            seen[group, line.label] += 1
    return found


def _lines(part: Part) -> Iterator[tuple[str, Line]]:
    for line in part.lines:
        yield part.title, line
    for told in narrative_lines(part.markup, 200) if part.markup else ():
        yield part.title, Line("", told)


def _aligned(older: dict[Key, Side], newer: dict[Key, Side]) -> list[CompareRow]:
    """Both sides in one order: the newer's, with what only the older has where it stood."""
    matcher = SequenceMatcher(None, list(older), list(newer), autojunk=False)
    before, after = list(older), list(newer)
    order: list[Key] = []
    for _, low, high, start, end in matcher.get_opcodes():
        order += [key for key in before[low:high] if key not in newer]
        order += after[start:end]
    return [CompareRow(k[0], k[1], older.get(k), newer.get(k)) for k in dict.fromkeys(order)]


def _text(media_type: str, data: bytes) -> list[str] | None:
    if not media_type.startswith("text/") or len(data) > _LONGEST_TEXT:
        return None
    return [clean(line) for line in data.decode("utf-8", "replace").splitlines()][:_MOST_LINES]


def _text_rows(older: list[str], newer: list[str]) -> Iterator[CompareRow]:
    matcher = SequenceMatcher(None, older, newer, autojunk=False)
    for _, low, high, start, end in matcher.get_opcodes():
        for place in range(max(high - low, end - start)):
            left = Side(older[low + place]) if low + place < high else None
            right = Side(newer[start + place]) if start + place < end else None
            yield CompareRow("", "", left, right)


def _size(data: bytes) -> Side:
    return Side(_bytes(data))


def _bytes(data: bytes) -> str:
    return f"{len(data):,} bytes"
