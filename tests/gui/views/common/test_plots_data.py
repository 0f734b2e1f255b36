from __future__ import annotations

from datetime import UTC, datetime

import pytest

from medrec.clinical.facts_types import Point, Series
from medrec.views.common.plots_data import (
    PlotPoint,
    PlotSeries,
    nice_step,
    plot_series,
    time_ticks,
    value_range,
    value_ticks,
)


def at(year: int, month: int, day: int, hour: int = 0) -> float:
    return datetime(year, month, day, hour, tzinfo=UTC).timestamp()


def line(*values: float, low: float | None = None, high: float | None = None) -> PlotSeries:
    points = tuple(PlotPoint(i * 86400.0, value) for i, value in enumerate(values))
    return PlotSeries("S", points, "u", low, high)


@pytest.mark.parametrize(
    ("span", "step"), [(100, 20), (7, 2), (0.3, 0.05), (0, 1), (float("inf"), 1), (1234, 250)]
)
def test_steps_are_round(span: float, step: float) -> None:
    assert nice_step(span) == pytest.approx(step)


def test_the_axis_holds_all_values_and_near_ranges() -> None:
    bottom, top, step = value_range([line(148, 128, low=90, high=139), line(94, 82, low=60)])
    assert (bottom, top, step) == (60, 160, 20)
    assert value_ticks(bottom, top, step)[0] == (60, "60")


def test_a_range_far_away_does_not_flatten_the_line() -> None:
    bottom, top, _ = value_range([line(5.0, 5.2, high=200)])
    assert top < 10
    assert bottom > 0


def test_one_value_and_none_have_an_axis() -> None:
    bottom, top, step = value_range([line(70)])
    assert bottom < 70 < top
    assert value_range([]) == (0.0, 1.0, 0.5)
    assert len(value_ticks(bottom, top, step)) >= 2


def test_small_steps_show_their_digits() -> None:
    assert [text for _, text in value_ticks(4.0, 4.5, 0.25)] == ["4.00", "4.25", "4.50"]
    assert [text for _, text in value_ticks(0, 5, 2.5)] == ["0.0", "2.5", "5.0"]


def test_months_are_named_over_a_year() -> None:
    ticks = time_ticks(at(2025, 12, 5), at(2026, 11, 10), 12, UTC)
    assert [text for _, text in ticks][:3] == ["Jan", "Feb", "Mar"]
    assert len(time_ticks(at(2025, 12, 5), at(2026, 11, 10), 4, UTC)) <= 4


def test_years_days_and_hours() -> None:
    years = time_ticks(at(2015, 6, 1), at(2026, 6, 1), 6, UTC)
    assert [text for _, text in years] == ["2016", "2018", "2020", "2022", "2024", "2026"]
    days = time_ticks(at(2026, 11, 1), at(2026, 11, 11), 6, UTC)
    assert [text for _, text in days][:2] == ["1 Nov", "3 Nov"]
    hours = time_ticks(at(2026, 11, 1, 8), at(2026, 11, 1, 14), 8, UTC)
    assert [text for _, text in hours][:2] == ["08:00", "09:00"]


def test_a_clinical_series_becomes_a_line_with_names() -> None:
    point = Point(0, 6.8, "6.80", "%", 4.0, 6.0, "high", ("ab", "0xdoctor"))
    shown = plot_series(
        Series("4548-4", "HbA1c", "%", "laboratory", (point,)), {"0xdoctor": "Dr. T"}
    )
    assert shown.points[0] == PlotPoint(0, 6.8, "6.80", "high", "Dr. T")
    assert shown.range_text == "4–6"


@pytest.mark.parametrize(
    ("low", "high", "text"), [(60, None, "≥ 60"), (None, 2.6, "≤ 2.6"), (None, None, "")]
)
def test_open_ranges(low: float | None, high: float | None, text: str) -> None:
    assert line(1, low=low, high=high).range_text == text


def test_a_label_has_few_figures() -> None:
    assert PlotPoint(0, 134.63321, "134.633").short == "134.6"
    assert PlotPoint(0, 6.8, "6.80").short == "6.80"
    assert PlotPoint(0, 71.4).shown == "71.4"
