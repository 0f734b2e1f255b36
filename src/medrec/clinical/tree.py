"""Any FHIR resource as an indented list of its elements, for types without rows of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from medrec.clinical.details import Detail
from medrec.clinical.names import spaced
from medrec.clinical.values import (
    annotation,
    at,
    attachment,
    concept,
    human_name,
    identifier,
    joined,
    moment,
    period,
    quantity,
    reference_text,
    text,
)

MOST_ROWS = 400
"""After these the tree ends with the number of rows left out: the file has them all."""

_SILENT = frozenset({"resourceType", "id", "meta", "text", "implicitRules", "language"})
_DEEPEST = 12
_LONGEST_WORD = 200

Show = Callable[[Any], str]

_BY_SHAPE: tuple[tuple[frozenset[str], frozenset[str], Show], ...] = (
    (frozenset({"coding"}), frozenset({"coding", "text", "id"}), concept),
    (
        frozenset({"code"}),
        frozenset({"code", "system", "display", "version", "userSelected", "id"}),
        concept,
    ),
    (frozenset({"text"}), frozenset({"text", "id"}), lambda value: text(value["text"])),
    (
        frozenset({"value"}),
        frozenset({"value", "unit", "code", "system", "comparator", "currency", "id"}),
        quantity,
    ),
    (frozenset({"start"}), frozenset({"start", "end", "id"}), period),
    (frozenset({"end"}), frozenset({"start", "end", "id"}), period),
    (
        frozenset({"reference"}),
        frozenset({"reference", "display", "type", "identifier", "id"}),
        reference_text,
    ),
    (frozenset({"display"}), frozenset({"display", "type", "id"}), reference_text),
    (
        frozenset({"family"}),
        frozenset({"family", "given", "prefix", "suffix", "text", "use", "period", "id"}),
        human_name,
    ),
    (
        frozenset({"contentType"}),
        frozenset(
            {"contentType", "data", "url", "title", "size", "hash", "creation", "language", "id"}
        ),
        attachment,
    ),
    (
        frozenset({"text", "time"}),
        frozenset({"text", "time", "authorString", "authorReference", "id"}),
        annotation,
    ),
    (
        frozenset({"value", "use"}),
        frozenset({"value", "use", "system", "type", "period", "assigner", "id"}),
        identifier,
    ),
)


def tree(value: Any) -> Iterator[Detail]:
    """The elements of a resource, at most `MOST_ROWS`."""
    rows = _object(value, 0) if isinstance(value, dict) else _value("Value", value, 0)
    shown = 0
    for row in rows:
        if shown < MOST_ROWS:
            yield row
        shown += 1
    if shown > MOST_ROWS:
        yield Detail("…", f"and {shown - MOST_ROWS} more rows in the file")


def _object(value: dict[str, Any], level: int) -> Iterator[Detail]:
    for name, held in value.items():
        if name.startswith("_") or (level == 0 and name in _SILENT):
            continue
        if name in {"extension", "modifierExtension"}:
            yield from _extensions(held, level)
        else:
            yield from _value(spaced(name), held, level)


def _extensions(value: Any, level: int) -> Iterator[Detail]:
    for extension in value if isinstance(value, list) else []:
        label = text(at(extension, "url")).rstrip("/").rsplit("/", 1)[-1] or "extension"
        held = (
            {name: inner for name, inner in extension.items() if name not in {"url", "id"}}
            if isinstance(extension, dict)
            else {}
        )
        if len(held) == 1 and (value := next(iter(held.values()))) and "extension" not in held:
            yield from _value(label, value, level)
        else:
            yield from _value(label, held, level)


def _value(label: str, value: Any, level: int) -> Iterator[Detail]:
    if value is None or value in ({}, []):
        return
    short = _short(value)
    if short is not None:
        if short:
            yield Detail(label, short, level=level)
    elif level >= _DEEPEST:
        yield Detail(label, "…", level=level)
    elif isinstance(value, list):
        for item in value:
            yield from _value(label, item, level)
    else:
        yield Detail(label, "", level=level)
        yield from _object(value, level + 1)


def _short(value: Any) -> str | None:
    """One line where one will do; None where the value needs rows of its own."""
    if isinstance(value, str):
        coded = len(value) > _LONGEST_WORD and not any(c.isspace() for c in value)
        return f"({len(value)} characters)" if coded else moment(value)
    if not isinstance(value, dict | list):
        return text(value)
    if isinstance(value, list):
        parts = [_short(item) for item in value[:20]]
        simple = all(part is not None and len(part) < 60 for part in parts) and len(value) <= 20
        return joined(part for part in parts if part) if simple else None
    names = set(value)
    for needed, known, show in _BY_SHAPE:
        if needed <= names <= known:
            return show(value)
    return None
