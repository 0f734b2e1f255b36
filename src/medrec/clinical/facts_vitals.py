"""The vital signs that MedRec knows by their LOINC codes, and the usual ranges of adults.

The ranges stand in only where a file gives none, and only for adults at rest. They colour a plot;
they diagnose nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from medrec.clinical.facts_types import Facts, Point, Series
from medrec.clinical.units import shown_unit
from medrec.clinical.values import order

SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"
HEART_RATE, RESPIRATION, TEMPERATURE = "8867-4", "9279-1", "8310-5"
SATURATION, WEIGHT, HEIGHT, BMI = "2708-6", "29463-7", "8302-2", "39156-5"
BLOOD_PRESSURE = "blood-pressure"

ADULT = 18
"""Years from which the usual ranges of adults are used."""

_YEAR = 365.2425 * 86_400


@dataclass(frozen=True, slots=True)
class Vital:
    """A vital sign: its name and, where there is one, the usual range of adults in one unit."""

    name: str
    group: str = ""
    low: float | None = None
    high: float | None = None
    units: frozenset[str] = frozenset()
    source: str = ""


_ESH = "ESH 2023 (hypertension from 140/90), hypotension below 90/60"
_PRESSURE = frozenset({"mm[Hg]", "mmHg", "mm Hg"})
_PER_MINUTE = frozenset({"/min", "{beats}/min", "beats/min", "beats/minute", "1/min", "bpm"})
_BREATHS = frozenset({"/min", "{breaths}/min", "breaths/min", "breaths/minute", "1/min"})

VITALS_BY_CODE = {
    SYSTOLIC: Vital("Systolic", BLOOD_PRESSURE, 90, 139, _PRESSURE, _ESH),
    DIASTOLIC: Vital("Diastolic", BLOOD_PRESSURE, 60, 89, _PRESSURE, _ESH),
    HEART_RATE: Vital("Pulse", "", 60, 100, _PER_MINUTE, "American Heart Association"),
    RESPIRATION: Vital("Respiration", "", 12, 20, _BREATHS, "NEWS2, RCP 2017"),
    TEMPERATURE: Vital(
        "Temperature", "", 36.1, 38.0, frozenset({"Cel", "°C", "degrees C", "C"}), "NEWS2, RCP 2017"
    ),
    SATURATION: Vital("SpO₂", "", 95, 100, frozenset({"%", "percent"}), "WHO pulse oximetry, 2011"),
    WEIGHT: Vital("Weight"),
    HEIGHT: Vital("Height"),
    BMI: Vital(
        "BMI", "", 18.5, 24.9, frozenset({"kg/m2", "kg/m²"}), "WHO 2000 (normal weight of adults)"
    ),
}
"""By LOINC code (https://loinc.org, FHIR's vital signs profiles)."""

SAME = {
    "3141-9": WEIGHT,
    "3142-7": WEIGHT,
    "3137-7": HEIGHT,
    "59408-5": SATURATION,
    "8331-1": TEMPERATURE,
    "8884-9": HEART_RATE,
}
"""Codes that say how something was measured, beside the code of what was measured."""


def usual_ranges(facts: Facts, born: str) -> Facts:
    """The facts with the usual ranges of adults where a vital sign came without a range.

    ``born`` is the birth date as FHIR writes it; without one nobody is taken for an adult.
    """
    birth = order(born)
    if birth == float("-inf"):
        return facts
    grown = birth + ADULT * _YEAR
    return replace(facts, series=tuple(_with_ranges(series, grown) for series in facts.series))


def age(born: str, at: int) -> int | None:
    """Full years at ``at`` (Unix seconds); None where the birth date is not known to the day."""
    if len(born) != 10 or order(born) == float("-inf"):
        return None
    birth, now = datetime.fromisoformat(born), datetime.fromtimestamp(at, UTC)
    return now.year - birth.year - ((now.month, now.day) < (birth.month, birth.day))


def _with_ranges(series: Series, grown: float) -> Series:
    vital = VITALS_BY_CODE.get(series.code)
    shown = {shown_unit(unit) for unit in vital.units} if vital else set()
    if vital is None or series.kind != "vitals" or series.unit not in shown:
        return series
    points = tuple(_with_range(point, vital, grown) for point in series.points)
    return replace(series, points=points)


def _with_range(point: Point, vital: Vital, grown: float) -> Point:
    if point.low is not None or point.high is not None or point.when < grown:
        return point
    flag = point.flag
    if not flag and point.text[:1] not in {"<", ">", "≤", "≥"}:
        if vital.low is not None and point.value < vital.low:
            flag = "low"
        elif vital.high is not None and point.value > vital.high:
            flag = "high"
    return replace(point, low=vital.low, high=vital.high, flag=flag, assumed=vital.source)
