"""FHIR R4 validation, entry by entry, with the path of each problem.

Errors refuse a file, warnings do not. Errors: JSON that has not FHIR's shape (see
`medrec.clinical.structure`), what the R4B models of fhir.resources refuse (cardinality, types,
formats of dates, codes and ids), codes outside of required value sets. Warnings: unresolved
references, sections that an International Patient Summary should have, narrative that is not
XHTML, null and empty elements, R4 types that the R4B models do not have.

What the models refuse and R4 allows, here only a warning: a UUID that is not of version 4.
What nobody checks here: FHIRPath invariants, profiles, codes of clinical terminologies.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from medrec.clinical import jsontext
from medrec.clinical.problems import Problem, Severity, error, warning
from medrec.clinical.text import clean
from medrec.errors import NotFhir

if TYPE_CHECKING:
    from medrec.clinical.structure import Link

MOST_ERRORS = 3
"""Errors that a refusal names; the number of the others follows."""

MOST_WARNINGS = 20
"""Warnings that `check` passes on; the number of the others follows."""


def check(data: bytes, name: str = "The file") -> tuple[str, tuple[str, ...]]:
    """The resource type of valid FHIR R4 JSON and the warnings about it, as sentences.

    Raises:
        NotJson, NotFhir: naming the first problems and where they are.
    """
    value = jsontext.decode(data, name)
    if isinstance(value, dict) and "resourceType" not in value:
        raise NotFhir(name=clean(name), why="it is JSON, but has no resourceType.")
    problems = list(validate_value(value))
    errors = [str(p) for p in problems if p.severity is Severity.ERROR]
    if errors or not isinstance(value, dict):
        raise NotFhir(name=clean(name), why=" ".join(_first(errors, MOST_ERRORS)))
    warnings = [jsontext.BOM_WARNING] if data.startswith(jsontext.BOM) else []
    warnings += [str(p) for p in problems]
    return str(value["resourceType"]), tuple(_first(warnings, MOST_WARNINGS))


def validate(data: bytes, name: str = "The file") -> Iterator[Problem]:
    """Problems of FHIR R4 JSON, in the order of the entries.

    Between two problems, and between two entries of a Bundle, other threads get their turn: one
    entry takes some milliseconds.

    Raises:
        NotJson, NotFhir: when there is no JSON value to look at (see `jsontext.decode`).
    """
    yield from validate_value(jsontext.decode(data, name))


def validate_value(value: object) -> Iterator[Problem]:
    """Problems of decoded JSON, decimals as `Decimal`."""
    for _, problems in by_entry(value):
        yield from problems


def by_entry(value: object) -> Iterator[tuple[int, Iterator[Problem]]]:
    """The problems of decoded JSON with the number of the Bundle's entry that they belong to.

    What concerns the resource as a whole, or none of its entries, has the number -1. Each
    iterator is to be read before the next one is asked for.
    """
    if not isinstance(value, dict):
        yield -1, iter([error("The JSON", "is not an object, so it is no FHIR resource.")])
        return
    kind = value.get("resourceType")
    path = kind if isinstance(kind, str) and kind.isalnum() else "The resource"
    if kind == "Bundle" and isinstance(value.get("entry"), list):
        yield from _bundle(value)
    else:
        yield -1, _judge(value, path, [])


def _bundle(bundle: dict[str, Any]) -> Iterator[tuple[int, Iterator[Problem]]]:
    from medrec.clinical.bundles import check_bundle

    links: list[Link] = []
    yield -1, _judge(bundle, "Bundle", links, entries_apart=True)
    for index, entry in enumerate(bundle["entry"]):
        if isinstance(entry, dict) and entry.get("resource") is not None:
            yield index, _judge(entry["resource"], f"Bundle.entry[{index}].resource", links)
    yield -1, check_bundle(bundle, links)


def _judge(
    resource: Any, path: str, links: list[Link], *, entries_apart: bool = False
) -> Iterator[Problem]:
    from medrec.clinical.structure import Walk

    walk = Walk(entries_apart=entries_apart)
    walk.resource(resource, path)
    links.extend(walk.links)
    yield from walk.problems
    if walk.judgeable:
        told = {problem.path for problem in walk.problems}
        judged = _without_resources(resource) if entries_apart else resource
        try:
            found = list(_by_models(judged, path))
        except _STUMBLES:
            # The models stumble only over what has been told, or else over what nobody foresaw.
            refused = any(problem.severity is Severity.ERROR for problem in walk.problems)
            found = [] if refused else [error(path, "cannot be read by the FHIR models.")]
        yield from (problem for problem in found if problem.path not in told)


def _without_resources(bundle: dict[str, Any]) -> dict[str, Any]:
    entries = [
        {name: held for name, held in entry.items() if name != "resource"}
        for entry in bundle["entry"]
        if isinstance(entry, dict)
    ]
    return {**bundle, "entry": entries}


def _by_models(resource: dict[str, Any], path: str) -> Iterator[Problem]:
    from pydantic import ValidationError

    from medrec.clinical.structure import resource_model

    model = resource_model(resource["resourceType"])
    try:
        if model is not None:
            model.model_validate(resource)
    except ValidationError as refusal:
        for found in refusal.errors(include_url=False, include_context=False, include_input=False):
            where = path + "".join(_step(step) for step in found["loc"])
            say = warning if found["type"] in _TOO_STRICT else error
            yield say(where, _message(found["type"], found["msg"]))


_STUMBLES = (TypeError, KeyError, AttributeError, ValueError, ArithmeticError, RecursionError)
_TOO_STRICT = frozenset({"uuid_version"})
_MESSAGES = {
    "extra_forbidden": "is no element of FHIR R4 in this place.",
    "missing": "is missing.",
    "model_field_validation.missing": "is missing.",
    "string_pattern_mismatch": "has characters that are not allowed there.",
    "uuid_version": "is a UUID of another version than 4.",
    "string_too_long": "is too long.",
}


def _step(step: int | str) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return "" if step == "root" else f".{step}"


def _message(kind: str, text: str) -> str:
    if kind in _MESSAGES:
        return _MESSAGES[kind]
    if "value is expected from this list" in text:
        return "has several values where FHIR R4 allows one."
    if "Expect any of field value" in text:
        return "has no value where FHIR R4 wants one: " + text.partition("list ")[2]
    if "does not match spec regex" in text or "pars" in kind:
        return "is not a date, time or number as FHIR writes it."
    return "is refused: " + text.removeprefix("Value error, ").rstrip(".") + "."


def _first(sentences: list[str], most: int) -> list[str]:
    more = len(sentences) - most
    return sentences[:most] + ([f"And {more} more."] if more > 0 else [])
