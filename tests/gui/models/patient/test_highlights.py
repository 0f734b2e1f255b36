"""Which measurements a patient sees first."""

from __future__ import annotations

from dataclasses import replace

from medrec.clinical.facts import Facts, Point, Series
from medrec.models.patient.highlights import change_of, highlights, plotted

MONTH = 30 * 86_400


def line(
    code: str, name: str, *values: float, kind: str = "vitals", unit: str = "", group: str = ""
) -> Series:
    points = tuple(
        Point((number + 1) * MONTH, value, f"{value:g}", unit)
        for number, value in enumerate(values)
    )
    return Series(code, name, unit, kind, points, group)


SYSTOLIC = line("8480-6", "Systolic", 140, 135, 128, unit="mmHg", group="blood-pressure")
DIASTOLIC = line("8462-4", "Diastolic", 90, 85, 82, unit="mmHg", group="blood-pressure")
PULSE = line("8867-4", "Pulse", 70, 68, unit="/min")
WEIGHT = line("29463-7", "Weight", 76.2, 74, 71.4, unit="kg")
HBA1C = line("4548-4", "Hemoglobin A1c", 7.0, 6.8, kind="laboratory", unit="%")
SODIUM = line("2951-2", "Sodium", 140, kind="laboratory", unit="mmol/L")


def test_the_four_that_everybody_knows_come_first() -> None:
    facts = Facts(series=(DIASTOLIC, SODIUM, HBA1C, WEIGHT, PULSE, SYSTOLIC))
    chosen = highlights(facts)
    assert [h.value for h in chosen] == ["128/82", "68", "71.4", "6.8"]
    assert [h.unit for h in chosen] == ["mmHg", "/min", "kg", "%"]


def test_without_them_what_is_flagged_comes_first() -> None:
    low = replace(SODIUM, points=(replace(SODIUM.last, flag="low"),))
    potassium = line("2823-3", "Potassium", 4.1, 4.2, kind="laboratory", unit="mmol/L")
    chosen = highlights(Facts(series=(potassium, low)))
    assert [h.series[0].name for h in chosen] == ["Sodium", "Potassium"]
    assert chosen[0].flag == "low"


def test_nothing_measured_gives_no_tile_and_no_plot() -> None:
    assert highlights(Facts()) == ()
    assert plotted(Facts()) is None


def test_the_blood_pressure_is_plotted_else_the_longest_line() -> None:
    both = plotted(Facts(series=(DIASTOLIC, SYSTOLIC, WEIGHT)))
    assert both is not None
    assert [s.name for s in both.series] == ["Systolic", "Diastolic"]
    other = plotted(Facts(series=(WEIGHT, PULSE)))
    assert other is not None
    assert other.series == (WEIGHT,)


def test_a_single_value_is_no_line() -> None:
    assert plotted(Facts(series=(SODIUM,))) is None


def test_a_weight_tells_how_it_moved() -> None:
    weight = highlights(Facts(series=(WEIGHT,)))[0]
    change = change_of(weight)
    assert change is not None
    assert (change.by, change.months) == (-4.8, 2)
    assert change_of(highlights(Facts(series=(PULSE,)))[0]) is None
