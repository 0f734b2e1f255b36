"""Which of a chart's measurements a patient sees first: four tiles and one plot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from medrec.clinical.facts import LABORATORY, VITALS, Facts, Series
from medrec.clinical.facts_vitals import BLOOD_PRESSURE, HEART_RATE, WEIGHT

TILES = 4

HBA1C = ("4548-4", "17856-6", "59261-8")
"""LOINC: HbA1c in per cent (two methods) and in mmol/mol (IFCC)."""

YEAR = 365 * 86_400
MONTH = 30 * 86_400
ENOUGH = 3
"""Points from which on a line says something."""


@dataclass(frozen=True, slots=True)
class Highlight:
    """What one tile shows: one series, or the two of a blood pressure."""

    key: str
    series: tuple[Series, ...]

    @property
    def when(self) -> int:
        """The time of the latest value, in Unix seconds."""
        return max(series.last.when for series in self.series)

    @property
    def flag(self) -> str:
        """The flag of the latest values: "", "low", "high" or "abnormal"."""
        return next((s.last.flag for s in self.series if s.last.flag), "")

    @property
    def value(self) -> str:
        """The latest value without its unit: 128/82, 6.8."""
        return "/".join(series.last.text for series in self.series)

    @property
    def unit(self) -> str:
        """The unit of the latest value."""
        return self.series[0].unit


@dataclass(frozen=True, slots=True)
class Change:
    """How a value moved: ``by`` in its unit, over ``months``."""

    by: float
    months: int


def highlights(facts: Facts, most: int = TILES) -> tuple[Highlight, ...]:
    """The tiles: what everybody knows by name first, then what is flagged, then the latest."""
    chosen: dict[str, Highlight] = {}
    for highlight in _candidates(facts):
        chosen.setdefault(highlight.key, highlight)
    return tuple(chosen.values())[:most]


def plotted(facts: Facts) -> Highlight | None:
    """What the plot shows: the blood pressure, else the longest line that there is."""
    pressure = _pressure(facts)
    if pressure is not None and len(pressure.series[0].points) >= ENOUGH:
        return pressure
    lines = [s for s in facts.series if s.kind in (VITALS, LABORATORY) and len(s.points) >= ENOUGH]
    longest = max(lines, key=lambda s: (len(s.points), s.last.when), default=None)
    return None if longest is None else _of(longest)


def change_of(highlight: Highlight) -> Change | None:
    """How a weight moved within the last year; None for anything else, or where it is too new."""
    series = highlight.series[0]
    if series.code != WEIGHT:
        return None
    last = series.last
    within = [p for p in series.points if last.when - YEAR - MONTH <= p.when]
    months = round((last.when - within[0].when) / MONTH)
    if months < 1:
        return None
    return Change(round(last.value - within[0].value, 1), min(months, 12))


def _candidates(facts: Facts) -> Iterator[Highlight]:
    pressure = _pressure(facts)
    if pressure is not None:
        yield pressure
    for code in (HEART_RATE, WEIGHT):
        found = facts.find(code)
        if found is not None:
            yield _of(found)
    sugar = [s for code in HBA1C if (s := facts.find(code)) is not None]
    if sugar:
        yield _of(max(sugar, key=lambda s: s.last.when))
    rest = [s for s in facts.series if s.kind in (VITALS, LABORATORY) and not s.group]
    rest.sort(key=lambda s: (not s.last.flag, -s.last.when, s.name))
    yield from map(_of, rest)


def _pressure(facts: Facts) -> Highlight | None:
    pair = facts.group(BLOOD_PRESSURE)
    if not pair:
        return None
    # Systolic first, as it is said.
    ordered = sorted(pair, key=lambda series: -series.last.value)[:2]
    return Highlight(BLOOD_PRESSURE, tuple(ordered))


def _of(series: Series) -> Highlight:
    return Highlight(f"{series.code} {series.unit}", (series,))
