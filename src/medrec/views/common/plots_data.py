"""What plots show, and where their ticks stand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from medrec.clinical.facts_types import Series
from medrec.views.common import dates

DAY = 86_400.0
_MOST_TICKS = 6
_SHORT = 5
_ROOM = 0.1
"""Share of a step that stays free above the highest point and below the lowest."""


@dataclass(frozen=True, slots=True)
class PlotPoint:
    """A point: Unix seconds, value, the value as it was written, "low" or "high" where it is out
    of its range ("abnormal" where it is not said on which side), who wrote it."""

    when: float
    value: float
    text: str = ""
    out: str = ""
    author: str = ""

    @property
    def shown(self) -> str:
        """The value for people."""
        return self.text or f"{self.value:g}"

    @property
    def short(self) -> str:
        """The value with at most four figures, where there is little room."""
        return self.shown if len(self.shown) <= _SHORT else f"{self.value:.4g}"


@dataclass(frozen=True, slots=True)
class PlotSeries:
    """A line: its points, oldest first, and the reference range, None where a side is open."""

    name: str
    points: tuple[PlotPoint, ...]
    unit: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def has_range(self) -> bool:
        """Whether there is a reference range."""
        return self.low is not None or self.high is not None

    @property
    def range_text(self) -> str:
        """The range for people; empty where there is none."""
        if self.low is not None and self.high is not None:
            return f"{self.low:g}–{self.high:g}"  # noqa: RUF001 - a dash between numbers
        if self.low is not None:
            return f"≥ {self.low:g}"
        return f"≤ {self.high:g}" if self.high is not None else ""


def plot_series(series: Series, names: Mapping[str, str] | None = None) -> PlotSeries:
    """A clinical series as a line; ``names`` are what the authors' addresses are called."""
    called = names or {}
    points = tuple(
        PlotPoint(p.when, p.value, p.text, p.flag, called.get(p.source[1], p.source[1]))
        for p in series.points
    )
    last = series.points[-1] if series.points else None
    low, high = (last.low, last.high) if last else (None, None)
    return PlotSeries(series.name, points, series.unit, low, high)


def nice_step(span: float, most: int = _MOST_TICKS) -> float:
    """The step between round numbers that cuts ``span`` into at most ``most`` pieces."""
    if span <= 0 or not math.isfinite(span):
        return 1.0
    raw = span / most
    power = 10.0 ** math.floor(math.log10(raw))
    return next((m * power for m in (1, 2, 2.5, 5) if m * power >= raw), 10 * power)


def value_range(series: Sequence[PlotSeries]) -> tuple[float, float, float]:
    """Bottom, top and step of the axis: all values, and the ranges as far as they lie near."""
    values = [p.value for s in series for p in s.points if math.isfinite(p.value)]
    if not values:
        return 0.0, 1.0, 0.5
    low, high = min(values), max(values)
    reach = max(high - low, abs(high) * 0.1, 1e-9)
    edges = [edge for s in series for edge in (s.low, s.high) if edge is not None]
    near = [edge for edge in edges if low - reach <= edge <= high + reach]
    low, high = min([low, *near]), max([high, *near])
    if high - low < 1e-9:
        low, high = low - reach / 2, high + reach / 2
    step = nice_step(high - low)
    bottom = math.floor(low / step + 1e-9) * step
    top = math.ceil(high / step - 1e-9) * step
    # A point on the very edge would be cut in half.
    if min(values) - bottom < _ROOM * step:
        bottom -= step
    if top - max(values) < _ROOM * step:
        top += step
    if bottom < 0 <= low:
        bottom = 0.0
    return bottom, top, step


def value_ticks(bottom: float, top: float, step: float) -> list[tuple[float, str]]:
    """The ticks of the value axis with their texts."""
    count = round((top - bottom) / step)
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) + (1 if _halves(step) else 0)
    return [(bottom + i * step, f"{bottom + i * step:.{digits}f}") for i in range(count + 1)]


def _halves(step: float) -> bool:
    lead = step / 10.0 ** math.floor(math.log10(step) + 1e-9)
    return abs(lead - 2.5) < 1e-6 and step < 10


def time_ticks(
    start: float, end: float, most: int, zone: tzinfo | None = None
) -> list[tuple[float, str]]:
    """The ticks of the time axis, at most about ``most``: years, months, days or hours.

    ``zone`` None is that of this computer.
    """
    days = (end - start) / DAY
    if days > 366 * 1.5:
        return _years(start, end, most, zone)
    if days > 45:
        return _months(start, end, most, zone)
    if days > 2:
        return _days(start, end, most, zone)
    return _hours(start, end, most, zone)


def _years(start: float, end: float, most: int, zone: tzinfo | None) -> list[tuple[float, str]]:
    first, last = (datetime.fromtimestamp(t, zone).year for t in (start, end))
    step = max(1, math.ceil((last - first + 1) / max(most, 1)))
    found = [(datetime(y, 1, 1, tzinfo=zone).timestamp(), str(y)) for y in range(first, last + 1)]
    kept = [(when, name) for when, name in found if start <= when <= end]
    return kept[::step]


def _months(start: float, end: float, most: int, zone: tzinfo | None) -> list[tuple[float, str]]:
    begin = datetime.fromtimestamp(start, zone)
    year, month = begin.year, begin.month
    found = []
    while (when := datetime(year, month, 1, tzinfo=zone).timestamp()) <= end:
        if when >= start:
            found.append((when, dates.month(month)))
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    step = max(1, math.ceil(len(found) / max(most, 1)))
    return found[::step]


def _days(start: float, end: float, most: int, zone: tzinfo | None) -> list[tuple[float, str]]:
    begin = datetime.fromtimestamp(start, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    step = max(1, math.ceil((end - start) / DAY / max(most, 1)))
    found = []
    day = begin
    while day.timestamp() <= end:
        if day.timestamp() >= start:
            found.append((day.timestamp(), f"{day.day} {dates.month(day.month)}"))
        day += timedelta(days=step)
    return found


def _hours(start: float, end: float, most: int, zone: tzinfo | None) -> list[tuple[float, str]]:
    hours = max((end - start) / 3600, 0.01)
    step = next((s for s in (1, 2, 3, 6, 12, 24) if hours / s <= max(most, 1)), 24)
    begin = datetime.fromtimestamp(start, zone).replace(minute=0, second=0, microsecond=0)
    found = []
    while begin.timestamp() <= end:
        if begin.timestamp() >= start and begin.hour % step == 0:
            found.append((begin.timestamp(), f"{begin:%H:%M}"))
        begin += timedelta(hours=1)
    return found
