"""Typed facts out of FHIR: what a chart, a banner or a plot shows without reading FHIR itself.

Pure functions over the bytes of a resource or a Bundle. What was entered in error is left out;
what cannot be understood is left out too, and never keeps the rest from being read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from typing import Any

from medrec.clinical import jsontext
from medrec.clinical.facts_series import Measured, kind_of, measured
from medrec.clinical.facts_types import (
    LABORATORY,
    NOWHERE,
    OTHER,
    VITALS,
    Fact,
    Facts,
    Point,
    Series,
    Source,
)
from medrec.clinical.headlines import headline, interpretation
from medrec.clinical.names import Names, type_of
from medrec.clinical.overview import resources_of
from medrec.clinical.text import clean
from medrec.clinical.values import at, choice, concept, each, items, order, text
from medrec.errors import NotFhir, NotJson

__all__ = [
    "LABORATORY",
    "NOWHERE",
    "OTHER",
    "VITALS",
    "Fact",
    "Facts",
    "Point",
    "Series",
    "Source",
    "facts_of",
    "merge",
]

DEEPEST = 3
"""Bundles inside Bundles that are looked into."""

_ENDED = frozenset({"inactive", "resolved", "remission"})
_STOPPED = frozenset({"stopped", "completed", "cancelled", "draft", "not-taken", "on-hold"})
_NOT_DONE = frozenset({"not-done", "cancelled", "stopped"})
_SEVERITIES = ("severe", "moderate", "mild")
_NONE_KNOWN = {
    "716186003": "allergy",
    "409137002": "allergy",
    "428607008": "allergy",
    "429625007": "allergy",
    "no-known-allergies": "allergy",
    "no-known-medication-allergies": "allergy",
    "no-known-food-allergies": "allergy",
    "no-known-environmental-allergies": "allergy",
    "160245001": "problem",
    "no-known-problems": "problem",
    "no-known-medications": "medication",
}
"""SNOMED CT and IPS codes for "there is none"."""
_NOT_TOLD = frozenset(
    {
        "no-allergy-info",
        "no-problem-info",
        "no-medication-info",
        "no-immunization-info",
        "no-procedure-info",
    }
)
"""IPS codes for "nothing is known", which is no statement at all."""


def facts_of(
    data: bytes, source: Source = NOWHERE, *, kind: str = OTHER, written: int = 0
) -> Facts:
    """What FHIR JSON says, a single resource or a Bundle; empty for anything else.

    ``source`` is kept in every fact. ``kind`` ("vitals", "laboratory") is what observations are
    that name no category, ``written`` (Unix seconds) the time of those that name none.
    A 2 MB Bundle takes some tenths of a second: call it in a thread.
    """
    try:
        value = jsontext.decode(data)
    except (NotJson, NotFhir):
        return Facts()
    names = Names(value)
    found: dict[str, list[Fact]] = {}
    numbers: list[Measured] = []
    for resource in _resources(value, 0):
        if _in_error(resource):
            continue
        if type_of(resource) == "Observation":
            own = list(measured(resource, source, kind, written))
            numbers += own
            if own:
                continue
        for fact in _facts(resource, names):
            other = fact.kind == "result" and kind_of(resource, kind) != LABORATORY
            told = replace(fact, source=source, kind="observation" if other else fact.kind)
            found.setdefault(_PLACES[fact.kind], []).append(told)
    lists = {name: _sorted(facts) for name, facts in found.items()}
    return Facts(**lists, series=_series(numbers))


def merge(many: Iterable[Facts]) -> Facts:
    """The facts of several records as one; what is said twice in the same words stands once."""
    found: dict[str, list[Fact]] = {name: [] for name in _LISTS}
    numbers: list[Measured] = []
    for facts in many:
        for name in _LISTS:
            found[name] += getattr(facts, name)
        numbers += (
            Measured(series.code, series.name, series.kind, series.group, point)
            for series in facts.series
            for point in series.points
        )
    lists = {name: _sorted(facts) for name, facts in found.items()}
    return Facts(**lists, series=_series(numbers))


def _resources(value: Any, depth: int) -> Iterator[Any]:
    if type_of(value) != "Bundle":
        yield value
        if type_of(value) == "DiagnosticReport":
            yield from (c for c in items(at(value, "contained")) if type_of(c) == "Observation")
        return
    for resource in resources_of(value):
        if type_of(resource) == "Bundle" and depth >= DEEPEST:
            continue
        yield from _resources(resource, depth + 1)


def _in_error(resource: Any) -> bool:
    codes = {text(at(c, "code")) for c in items(at(resource, "verificationStatus", "coding"))}
    return "entered-in-error" in {*codes, text(at(resource, "status"))}


def _facts(resource: Any, names: Names) -> Iterator[Fact]:
    make = _MAKERS.get(type_of(resource))
    if make is None:
        return
    about = {*_codes(at(resource, "code")), *_codes(at(resource, "medicationCodeableConcept"))}
    about |= _codes(at(resource, "vaccineCode"))
    if about & _NOT_TOLD:
        return
    fact = make(resource, names)
    denied = next((_NONE_KNOWN[code] for code in about if code in _NONE_KNOWN), None)
    if denied is None:
        yield fact
    elif fact.active:
        yield replace(fact, kind=f"no {denied}")


def _codes(value: Any) -> set[str]:
    return {text(at(coding, "code")) for coding in items(at(value, "coding"))} - {""}


def _state(resource: Any, name: str) -> str:
    value = at(resource, name)
    return text(at(value, "coding", 0, "code")) or concept(value)


def _line(kind: str, resource: Any, names: Names) -> Fact:
    line = headline(resource, names)
    status = text(at(resource, "status"))
    return Fact(kind, clean(line.what, 160), clean(line.value, 400), line.when, status)


def _problem(resource: Any, names: Names) -> Fact:
    fact = _line("problem", resource, names)
    clinical = _state(resource, "clinicalStatus")
    refuted = _state(resource, "verificationStatus") == "refuted"
    over = clinical in _ENDED or (not clinical and bool(choice(resource, "abatement")))
    status = "refuted" if refuted else clinical
    severity = concept(at(resource, "severity")).lower()
    return replace(
        fact,
        status=status,
        active=not (over or refuted),
        severity=next((word for word in _SEVERITIES if word in severity), ""),
    )


def _allergy(resource: Any, names: Names) -> Fact:
    fact = _line("allergy", resource, names)
    reactions = items(at(resource, "reaction"))
    said = {text(at(reaction, "severity")) for reaction in reactions}
    clinical = _state(resource, "clinicalStatus")
    refuted = _state(resource, "verificationStatus") == "refuted"
    when = text(at(resource, "lastOccurrence")) or fact.when
    criticality = text(at(resource, "criticality"))
    return replace(
        fact,
        detail=clean(each(_reaction, reactions), 400),
        when=when if order(when) > float("-inf") else fact.when,
        status="refuted" if refuted else clinical,
        active=clinical not in _ENDED and not refuted,
        severity=next((word for word in _SEVERITIES if word in said), ""),
        criticality=criticality if criticality in {"low", "high"} else "",
    )


def _reaction(reaction: Any) -> str:
    return each(concept, at(reaction, "manifestation")) or text(at(reaction, "description"))


def _medication(resource: Any, names: Names) -> Fact:
    fact = _line("medication", resource, names)
    stopped = fact.status in _STOPPED or at(resource, "doNotPerform") is True
    return replace(fact, active=not stopped)


def _done(kind: str) -> Callable[[Any, Names], Fact]:
    def make(resource: Any, names: Names) -> Fact:
        fact = _line(kind, resource, names)
        return replace(fact, active=fact.status not in _NOT_DONE)

    return make


def _result(resource: Any, names: Names) -> Fact:
    fact = _line("result", resource, names)
    return replace(fact, status=interpretation(resource))


_MAKERS: dict[str, Callable[[Any, Names], Fact]] = {
    "AllergyIntolerance": _allergy,
    "CarePlan": _done("document"),
    "Composition": _done("document"),
    "Condition": _problem,
    "DiagnosticReport": _done("document"),
    "DocumentReference": _done("document"),
    "Encounter": _done("encounter"),
    "ImagingStudy": _done("document"),
    "Immunization": _done("immunization"),
    "MedicationRequest": _medication,
    "MedicationStatement": _medication,
    "Observation": _result,
    "Procedure": _done("procedure"),
}
_PLACES = {
    "problem": "problems",
    "allergy": "allergies",
    "medication": "medications",
    "immunization": "immunizations",
    "procedure": "procedures",
    "encounter": "encounters",
    "result": "results",
    "observation": "results",
    "document": "documents",
    "no allergy": "denied",
    "no problem": "denied",
    "no medication": "denied",
}
_LISTS = tuple(field.name for field in fields(Facts) if field.name != "series")


def _sorted(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """What is active first, then what is dangerous, then the latest; each statement once."""
    kept: dict[Fact, Fact] = {}
    for fact in facts:
        kept.setdefault(replace(fact, source=NOWHERE), fact)
    return tuple(sorted(kept.values(), key=_rank))


def _rank(fact: Fact) -> tuple[bool, bool, int, float]:
    severity = _SEVERITIES.index(fact.severity) if fact.severity in _SEVERITIES else 3
    dangerous = severity if fact.kind == "allergy" else 3
    return (
        not fact.active,
        not (fact.kind == "allergy" and fact.critical),
        dangerous,
        -order(fact.when),
    )


def _series(numbers: Iterable[Measured]) -> tuple[Series, ...]:
    """Measurements by code and unit, oldest first; one that stands in two records stands once."""
    kept: dict[tuple[str, str, str], dict[tuple[int, str], Point]] = {}
    heads: dict[tuple[str, str, str], Measured] = {}
    for one in numbers:
        key = (one.code, one.point.unit, one.kind)
        heads.setdefault(key, one)
        kept.setdefault(key, {}).setdefault((one.point.when, one.point.text), one.point)
    made = []
    for (code, unit, kind), points in kept.items():
        head = heads[code, unit, kind]
        ordered = tuple(sorted(points.values(), key=lambda point: point.when))
        made.append(Series(code, head.name, unit, kind, ordered, head.group))
    return tuple(sorted(made, key=lambda series: (series.kind, series.name, series.unit)))
