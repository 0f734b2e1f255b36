"""Observations as measurements: value, unit, reference range and flag as the file gives them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from medrec.clinical.facts_types import LABORATORY, OTHER, VITALS, Point, Source
from medrec.clinical.facts_vitals import SAME, VITALS_BY_CODE
from medrec.clinical.headlines import date_of
from medrec.clinical.text import clean
from medrec.clinical.units import shown_unit
from medrec.clinical.values import at, concept, items, number, order, text

LOINC = "http://loinc.org"
"""https://terminology.hl7.org/LOINC.html"""

_CATEGORIES = {"vital-signs": VITALS, "laboratory": LABORATORY}
_COMPARATORS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_FLAGS = {
    "H": "high",
    "HH": "high",
    "HU": "high",
    "HX": "high",
    "L": "low",
    "LL": "low",
    "LU": "low",
    "LX": "low",
    "A": "abnormal",
    "AA": "abnormal",
}
"""HL7 v3 ObservationInterpretation."""
_CRITICAL = frozenset({"HH", "LL", "AA", "HU", "LU"})
_NORMAL = frozenset({"N", "normal"})


@dataclass(frozen=True, slots=True)
class Measured:
    """One value with the series that it belongs to."""

    code: str
    name: str
    kind: str
    group: str
    point: Point


def measured(observation: Any, source: Source, kind: str, written: int) -> Iterator[Measured]:
    """The numbers of an Observation and of its components.

    ``kind`` is taken where the Observation names no category, ``written`` where it has no date.
    """
    when = order(date_of(observation))
    seconds = int(when) if when != float("-inf") else written
    own = kind_of(observation, kind)
    for part in (observation, *items(at(observation, "component"))):
        point = _point(part, seconds, source)
        if point is None:
            continue
        code = code_of(part)
        vital = VITALS_BY_CODE.get(code)
        name = vital.name if vital else clean(concept(at(part, "code")), 100)
        if name:
            yield Measured(
                code or name,
                name,
                VITALS if vital else own,
                vital.group if vital else "",
                point,
            )


def kind_of(observation: Any, otherwise: str = OTHER) -> str:
    """Vital sign or laboratory, by the Observation's category; another category is "other"."""
    said = [
        text(at(coding, "code"))
        for category in items(at(observation, "category"))
        for coding in items(at(category, "coding"))
    ]
    for code in said:
        if code in _CATEGORIES:
            return _CATEGORIES[code]
    if code_of(observation) in VITALS_BY_CODE:
        return VITALS
    return OTHER if said else otherwise


def code_of(part: Any) -> str:
    """The code that makes a series; a known vital sign's own code where one is among several."""
    codes = [
        (text(at(coding, "system")), text(at(coding, "code")))
        for coding in items(at(part, "code", "coding"))
    ]
    loinc = [SAME.get(code, code) for system, code in codes if system == LOINC]
    known = [code for code in loinc if code in VITALS_BY_CODE]
    return next(iter((*known, *loinc, *(code for _, code in codes if code))), "")


def flag_of(part: Any) -> tuple[str, bool] | None:
    """The flag that the file gives and whether it is critical; None where it gives none."""
    found: tuple[str, bool] | None = None
    for said in items(at(part, "interpretation")):
        codes = [text(at(coding, "code")) for coding in items(at(said, "coding"))]
        for code in codes:
            if code in _FLAGS:
                return _FLAGS[code], code in _CRITICAL
        words = concept(said).lower()
        for word in ("high", "low", "abnormal"):
            if word in words.split() or f"{word}er" in words.split():
                return word, "critical" in words
        if _NORMAL & {*codes, words}:
            found = ("", False)
    return found


def _point(part: Any, when: int, source: Source) -> Point | None:
    amount = at(part, "valueQuantity")
    value = _float(at(amount, "value"))
    if value is None:
        whole = at(part, "valueInteger")
        value = _float(whole)
        if value is None:
            return None
        return _flagged(part, Point(when, value, number(whole), "", source=source), None)
    comparator = _COMPARATORS.get(text(at(amount, "comparator")), "")
    shown = comparator + number(at(amount, "value"))
    return _flagged(part, Point(when, value, shown, _unit(amount), source=source), amount)


def _flagged(part: Any, point: Point, amount: Any) -> Point:
    low, high = _range(part, amount)
    said = flag_of(part)
    critical = False
    if said is not None:
        flag, critical = said
    elif point.text[:1] in {"<", ">", "≤", "≥"}:
        flag = ""
    elif low is not None and point.value < low:
        flag = "low"
    else:
        flag = "high" if high is not None and point.value > high else ""
    return Point(
        point.when,
        point.value,
        point.text,
        point.unit,
        low,
        high,
        flag,
        point.source,
        critical,
    )


def _range(part: Any, amount: Any) -> tuple[float | None, float | None]:
    """The one normal range of the file; None where there are several or they speak of others."""
    ranges = [r for r in items(at(part, "referenceRange")) if _normal(r)]
    if len(ranges) != 1 or at(ranges[0], "appliesTo") or at(ranges[0], "age"):
        return None, None
    return _limit(at(ranges[0], "low"), amount), _limit(at(ranges[0], "high"), amount)


def _normal(given: Any) -> bool:
    codes = {text(at(c, "code")) for c in items(at(given, "type", "coding"))}
    return not codes or "normal" in codes


def _limit(limit: Any, amount: Any) -> float | None:
    same = all(at(limit, name) in (None, at(amount, name)) for name in ("unit", "code"))
    return _float(at(limit, "value")) if same else None


def _unit(amount: Any) -> str:
    unit = text(at(amount, "unit")) or text(at(amount, "code"))
    return clean(shown_unit(unit), 40)


def _float(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    found = float(value)
    return found if math.isfinite(found) else None
