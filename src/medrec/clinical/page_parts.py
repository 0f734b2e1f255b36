"""The parts of one resource's page: results, facts, narrative, files, and everything else."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from typing import Any

from medrec.clinical.details import ROWS, Detail, details
from medrec.clinical.headlines import (
    date_of,
    headline,
    interpretation,
    observed,
    reference_range,
    status_flag,
)
from medrec.clinical.markup import safe_markup
from medrec.clinical.names import Names, spaced, type_of
from medrec.clinical.page import Embedded, Line, Look, Part, flag_of
from medrec.clinical.tree import tree
from medrec.clinical.units import shown_unit
from medrec.clinical.values import (
    at,
    choice,
    concept,
    each,
    items,
    joined,
    number,
    order,
    text,
)

Key = Callable[[Any], str]
"""The key of a resource of the document; empty for anything else."""

_COMPARATORS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_FILE_HOLDERS = ("presentedForm", "content", "photo")
_DEEPEST = 5


def short_range(resource: Any) -> str:
    """The reference range as laboratories print it: 4.0-6.0 with a dash, ≥ 60."""
    ranges = items(at(resource, "referenceRange"))
    if len(ranges) != 1 or at(ranges[0], "text") or at(ranges[0], "appliesTo"):
        return each(reference_range, ranges, "; ")
    low, high = (number(at(ranges[0], side, "value")) for side in ("low", "high"))
    if low and high:
        return f"{low}–{high}"  # noqa: RUF001 - a dash between numbers
    return f"≥ {low}" if low else f"≤ {high}" if high else ""


def amount(observation: Any) -> tuple[str, str]:
    """The value of an Observation or component, and its unit."""
    value = at(observation, "valueQuantity")
    shown = number(at(value, "value"))
    if not shown:
        return observed(observation), ""
    comparator = _COMPARATORS.get(text(at(value, "comparator")), "")
    return f"{comparator} {shown}".strip(), _unit(value)


def _unit(value: Any) -> str:
    return shown_unit(text(at(value, "unit")) or text(at(value, "code")))


def result_line(observation: Any, names: Names, key: Key, level: int = 0) -> Line:
    """An Observation, or one of its components, as a row of a table of results."""
    value, unit = amount(observation)
    if items(at(observation, "component")) and not choice(observation, "value"):
        value = pressure(observation) or value
        unit = _one_unit(observation) if "/" in value else unit
    parts = each(interpretation, at(observation, "component"))
    said = joined((interpretation(observation) or parts, status_flag(observation)))
    label = concept(at(observation, "code")) or spaced(type_of(observation) or "Result")
    return Line(
        label,
        value or "no value",
        unit,
        flag_of(said),
        short_range(observation),
        date_of(observation),
        target=key(observation),
        level=level,
    )


def pressure(observation: Any) -> str:
    """128/82 for a blood pressure; empty for anything else."""
    found = {}
    for part in items(at(observation, "component")):
        code = at(part, "code", "coding", 0, "code")
        if code in {"8480-6", "8462-4"}:
            found[code] = number(at(part, "valueQuantity", "value"))
    both = (found.get("8480-6", ""), found.get("8462-4", ""))
    return "/".join(both) if all(both) else ""


def _one_unit(observation: Any) -> str:
    units = {_unit(at(part, "valueQuantity")) for part in items(at(observation, "component"))}
    return units.pop() if len(units) == 1 else ""


def results(resource: Any, names: Names, key: Key) -> Iterator[Part]:
    """The values of an Observation, or the results of a report, as a table."""
    kind = type_of(resource)
    if kind == "Observation":
        yield from _observation(resource, names, key)
    elif kind == "DiagnosticReport":
        lines = tuple(_report_lines(items(at(resource, "result")), resource, names, key, 0))
        if lines:
            yield Part("Results", Look.RESULTS, lines)


def _observation(resource: Any, names: Names, key: Key) -> Iterator[Part]:
    own = result_line(resource, names, lambda _: "")
    components = items(at(resource, "component"))
    lines = [result_line(part, names, lambda _: "", 0) for part in components]
    if choice(resource, "value") or not components:
        lines.insert(0, own)
    members = items(at(resource, "hasMember"))
    lines += _report_lines(members, resource, names, key, 0)
    yield Part("Results" if len(lines) > 1 else "Result", Look.RESULTS, tuple(lines))


def _report_lines(
    references: list[Any], inside: Any, names: Names, key: Key, level: int
) -> Iterator[Line]:
    for reference in references:
        found = names.find(reference, inside)
        if found is None:
            yield Line(names.refer(reference, inside) or "Result", "not in this file", level=level)
        else:
            yield result_line(found, names, key, level)
            members = items(at(found, "hasMember"))
            if members and level < _DEEPEST:
                yield from _report_lines(members, found, names, key, level + 1)
            for part in items(at(found, "component")) if not pressure(found) else ():
                yield result_line(part, names, lambda _: "", level + 1)


_RESULT_ELEMENTS = frozenset({"component", "result", "hasMember", "referenceRange"})


def facts(resource: dict[str, Any], names: Names, key: Key) -> Part | None:
    """The rows of a type that has rows of its own, references with what they lead to."""
    lines: list[Line] = []
    for row in details(resource, names):
        if row.element and row.element not in _RESULT_ELEMENTS:
            lines += _fact(row, resource, names, key)
    return Part("", Look.FACTS, tuple(lines)) if lines else None


def _fact(row: Detail, resource: dict[str, Any], names: Names, key: Key) -> Iterator[Line]:
    held = items(resource.get(row.element))
    followed = [r for r in held if key(names.find(r, resource))]
    dates = _dates(row, resource)
    if followed:
        for reference in held:
            target = key(names.find(reference, resource))
            label = names.refer(reference, resource)
            if label and (row.value == label or label in row.value):
                yield Line(row.label, label, target=target)
    elif dates:
        yield Line(row.label, when=dates[0], until=dates[1])
    else:
        yield Line(row.label, row.value, flag=flag_of(row.flag), level=row.level)


def _dates(row: Detail, resource: dict[str, Any]) -> tuple[str, str] | None:
    """The date or the period that a row shows, as FHIR writes it; None for anything else."""
    names = [row.element]
    if row.element.endswith("[x]"):
        names = [f"{row.element[:-3]}{kind}" for kind in ("DateTime", "Instant", "Period")]
    held = next((resource[name] for name in names if name in resource), None)
    if isinstance(held, dict) and set(held) <= {"start", "end", "id"}:
        start, end = text(held.get("start")), text(held.get("end"))
        return (start, end) if start or end else None
    if isinstance(held, str) and len(held) >= 4 and order(held) > float("-inf"):
        return text(held), ""
    return None


def listed(resource: Any, names: Names, key: Key) -> Line:
    """A resource as a line of a list."""
    line = headline(resource, names)
    return Line(
        line.what, line.value, flag=flag_of(line.flag), when=line.when, target=key(resource)
    )


def narrative(resource: Any) -> Part | None:
    """The narrative that the author wrote; folded where it only repeats the data."""
    markup = safe_markup(at(resource, "text", "div"))
    if not markup:
        return None
    folded = at(resource, "text", "status") == "generated" and type_of(resource) in ROWS
    return Part("In the author's words", Look.NARRATIVE, markup=markup, folded=folded)


def sections(
    composition: Any, inside: Any, names: Names, key: Key, level: int = 0
) -> Iterator[Part]:
    """The sections of a document: narrative, then what they refer to."""
    for section in items(at(composition, "section")):
        title = text(at(section, "title")) or concept(at(section, "code")) or "Section"
        empty = at(section, "text", "status") == "empty"
        markup = "" if empty else safe_markup(at(section, "text", "div"))
        lines = tuple(_entry(e, inside, names, key) for e in items(at(section, "entry")))
        if markup:
            yield Part(title, Look.NARRATIVE, lines, markup)
        elif lines:
            yield Part(title, Look.LIST, lines)
        elif not at(section, "section"):
            why = concept(at(section, "emptyReason")) or "nothing in this section"
            yield Part(title, Look.FACTS, (Line("", why),))
        if level < _DEEPEST:
            yield from sections(section, inside, names, key, level + 1)


def _entry(reference: Any, inside: Any, names: Names, key: Key) -> Line:
    found = names.find(reference, inside)
    if found is not None:
        return listed(found, names, key)
    return Line(names.refer(reference, inside) or "Entry", "not in this file")


def contained(resource: Any, names: Names, key: Key, told: set[str]) -> Part | None:
    """What a resource carries inside itself, without what lines lead to already."""
    held = [one for one in items(at(resource, "contained")) if key(one) not in told]
    lines = tuple(listed(one, names, key) for one in held)
    return Part("Inside this record", Look.LIST, lines) if lines else None


def files(resource: Any) -> Iterator[Embedded]:
    """The files that stand inside a resource, in base64."""
    if type_of(resource) == "Binary":
        yield from _file(at(resource, "data"), at(resource, "contentType"), "Binary")
    for name in _FILE_HOLDERS:
        for held in items(at(resource, name)):
            carried = at(held, "attachment") if at(held, "attachment") is not None else held
            title = text(at(carried, "title")) or spaced(name)
            yield from _file(at(carried, "data"), at(carried, "contentType"), title)


def _file(data: Any, media_type: Any, name: str) -> Iterator[Embedded]:
    if isinstance(data, str) and data:
        try:
            raw = base64.b64decode("".join(data.split()), validate=True)
        except (binascii.Error, ValueError):
            return
        yield Embedded(name, text(media_type) or "application/octet-stream", raw)


def file_part(resource: Any, key: str) -> Part | None:
    """The files inside a resource as lines that open them."""
    lines = tuple(
        Line(
            held.name,
            f"{held.media_type}, {_kilobytes(len(held.data))}",
            target=f"{key}!{place}",
        )
        for place, held in enumerate(files(resource))
    )
    return Part("Files", Look.LIST, lines) if lines else None


def _kilobytes(size: int) -> str:
    return f"{size} bytes" if size < 1000 else f"{size / 1000:,.0f} KB"


def whole(resource: Any) -> tuple[Line, ...]:
    """Every element of a resource, indented."""
    return tuple(
        Line(row.label, row.value, flag=flag_of(row.flag), level=row.level)
        for row in tree(resource)
    )
