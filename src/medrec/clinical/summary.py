"""FHIR for people: a title, a date, and lines for the terminal and, later, for the desktop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from medrec.clinical import jsontext
from medrec.clinical.details import ROWS, details
from medrec.clinical.headlines import date_of, headline
from medrec.clinical.names import NOUNS, Names, spaced, type_of
from medrec.clinical.narrative import narrative_lines
from medrec.clinical.overview import (
    MOST_LINES,
    bundle_title,
    counts,
    in_error,
    patients_of,
    requests_of,
    resources_of,
    sections,
)
from medrec.clinical.text import clean
from medrec.clinical.tree import tree
from medrec.clinical.values import at, concept, items, moment, order, text

LONGEST_TITLE = 100
"""Characters of a title."""

_BARE = frozenset({"Observation", "Condition", "Composition", "Procedure"})


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A line: label, value, what to watch ("high", "entered in error"), date, depth.

    A line without value, flag and date is a heading. All text is safe on a terminal.
    """

    label: str
    value: str = ""
    flag: str = ""
    date: str = ""
    level: int = 0


def title_of(data: bytes) -> str:
    """A short title for a record of FHIR JSON; never empty.

    Raises:
        NotJson, NotFhir: when it is no JSON.
    """
    value = jsontext.decode(data)
    names = Names(value)
    if type_of(value) == "Bundle":
        return clean(bundle_title(value, resources_of(value), names), LONGEST_TITLE)
    return clean(_title(value, names), LONGEST_TITLE)


def _title(value: Any, names: Names) -> str:
    kind = type_of(value)
    noun = NOUNS.get(kind) or spaced(kind or "Record")
    what = headline(value, names).what
    if kind in _BARE or what in {"", noun, spaced(kind)}:
        return what or noun
    return f"{noun}: {what}"


def time_of(data: bytes) -> str | None:
    """The clinical date as FHIR writes it (YYYY, YYYY-MM, YYYY-MM-DD or with time and zone).

    A Bundle's is its document's, else its own, else the latest of its entries.

    Raises:
        NotJson, NotFhir: when it is no JSON.
    """
    value = jsontext.decode(data)
    if type_of(value) != "Bundle":
        return date_of(value) or None
    resources = resources_of(value)
    composed = [date_of(r) for r in resources if type_of(r) == "Composition"]
    own = [date_of(value)]
    latest = max((date_of(r) for r in resources), key=order, default="")
    return next((found for found in (*composed, *own, latest) if found), None)


def summarise(data: bytes) -> list[SummaryLine]:
    """What FHIR JSON says, as lines for people; never empty.

    Raises:
        NotJson, NotFhir: when it is no JSON.
    """
    value = jsontext.decode(data)
    names = Names(value)
    if type_of(value) == "Bundle":
        lines = list(_bundle(value, names))
    else:
        lines = list(_resource(value, names))
    return lines or [SummaryLine("Empty", "there is nothing in it")]


def as_text(data: bytes) -> str:
    """`summarise` as text, labels in a column, for a terminal without colours.

    Raises:
        NotJson, NotFhir: when it is no JSON.
    """
    lines = summarise(data)
    width = min(28, max(len(line.label) + 2 * line.level for line in lines))
    return "\n".join(_shown(line, width) for line in lines) + "\n"


def _shown(line: SummaryLine, width: int) -> str:
    label = "  " * line.level + line.label
    flag = f"[{line.flag}]" if line.flag else ""
    rest = "  ".join(part for part in (line.value, flag, line.date) if part)
    return f"{label:<{width}}  {rest}".rstrip() if rest else label


def _bundle(bundle: Any, names: Names) -> Iterator[SummaryLine]:
    resources = resources_of(bundle)
    first = resources[0] if resources else {}
    yield SummaryLine(bundle_title(bundle, resources, names), date=_day(bundle, first))
    if type_of(first) == "Composition":
        author = headline(first, names).value
        if author:
            yield SummaryLine("Author", author)
    for patient in patients_of(resources):
        line = headline(patient, names)
        yield SummaryLine("Patient", f"{line.what}, {line.value}".rstrip(", "), line.flag)
    yield SummaryLine("Contains", counts(resources) or "no resource")
    for section in sections(resources, names):
        yield SummaryLine(section.title)
        for line in section.lines:
            yield SummaryLine(line.what, line.value, line.flag, line.date, 1)
        if section.more:
            yield SummaryLine("…", f"and {section.more} more", level=1)
    for request in requests_of(bundle)[:MOST_LINES]:
        yield SummaryLine("Request", request)
    wrong = sum(in_error(resource) for resource in resources)
    if wrong:
        yield SummaryLine("Left out", f"{wrong} entered in error")
    if type_of(first) == "Composition":
        yield from _sections_of(first, names, 0)


def _day(bundle: Any, first: Any) -> str:
    when = date_of(first) if type_of(first) == "Composition" else ""
    return moment(when or at(bundle, "timestamp"))[:10]


def _resource(value: Any, names: Names) -> Iterator[SummaryLine]:
    kind = type_of(value)
    line = headline(value, names)
    shown = _headline_value(value, line.value)
    yield SummaryLine(_title(value, names), shown, line.flag, line.date)
    rows = list(details(value, names) if kind in ROWS else tree(value))
    yield from (SummaryLine(row.label, row.value, row.flag, level=row.level) for row in rows)
    if kind == "Composition":
        yield from _sections_of(value, names, 0)
    if kind in ROWS:
        said = {line.what, *(row.value for row in rows)}
        yield from _contained(value, names, said)
    if len(rows) <= 1 or (kind not in ROWS and at(value, "text", "status") != "generated"):
        for told in narrative_lines(at(value, "text", "div")):
            yield SummaryLine("Text", told)


def _contained(resource: Any, names: Names, said: set[str]) -> Iterator[SummaryLine]:
    for contained in items(at(resource, "contained")):
        inner = headline(contained, names)
        if inner.what not in said:
            label = spaced(type_of(contained) or "Contained")
            yield SummaryLine(label, inner.what, inner.flag, inner.date)


def _headline_value(value: Any, shown: str) -> str:
    return shown if type_of(value) == "Observation" and not at(value, "component") else ""


def _sections_of(composition: Any, names: Names, level: int) -> Iterator[SummaryLine]:
    """The sections of a document: their titles, entries and narrative."""
    for section in items(at(composition, "section")):
        title = text(at(section, "title")) or concept(at(section, "code")) or "Section"
        yield SummaryLine(title, level=level)
        empty_text = at(section, "text", "status") == "empty"
        told = [] if empty_text else narrative_lines(at(section, "text", "div"))
        for line in told:
            yield SummaryLine("", line, level=level + 1)
        if not told:
            for entry in items(at(section, "entry")):
                found = names.find(entry, composition)
                shown = headline(found, names) if found else None
                what = shown.what if shown else names.refer(entry, composition)
                value = shown.value if shown else ""
                yield SummaryLine(what, value, shown.flag if shown else "", level=level + 1)
        if not told and not at(section, "entry"):
            empty = concept(at(section, "emptyReason"))
            yield SummaryLine("", empty or "nothing", level=level + 1)
        if level < 5:
            yield from _sections_of(section, names, level + 1)
