"""Results as rows: order, ranges, changes."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QAbstractItemModelTester

from medrec.models.doctor.results import ResultsModel, result_rows, short
from medrec.models.doctor.results_by_day import ResultsByDayModel
from tests.support.charts import chart, result

TESTING = QAbstractItemModelTester.FailureReportingMode.Fatal


def test_flags_of_the_latest_day_come_first() -> None:
    facts = chart(
        (),
        result("Calm", 4.1, "2026-11-03"),
        result("HbA1c", 7.1, "2026-05-02"),
        result("HbA1c", 6.8, "2026-11-03"),
        result("Old", 9.9, "2020-01-01"),
    ).facts
    rows = result_rows(facts.series)
    assert [row.series.name for row in rows] == ["HbA1c", "Calm", "Old"]
    assert (rows[0].change, rows[0].range_text) == ("−0.3", "≤ 6")
    assert rows[1].change == ""


def test_the_model_resets_only_for_other_rows(qapp: object) -> None:
    model = ResultsModel()
    QAbstractItemModelTester(model, TESTING, model)
    first = result_rows(chart((), result("HbA1c", 7.1, "2026-05-02")).facts.series)
    later = result_rows(chart((), result("HbA1c", 6.8, "2026-06-02")).facts.series)
    resets: list[object] = []
    changes: list[object] = []
    model.modelReset.connect(lambda: resets.append(1))
    model.dataChanged.connect(lambda *_: changes.append(1))
    model.set_rows(first)
    model.set_rows(first)
    model.set_rows(later)
    assert (len(resets), len(changes)) == (1, 1)
    assert model.data(model.index(0)) == "HbA1c, 6.8 %, high, ≤ 6"
    assert model.data(model.index(3)) is None


def test_results_by_day_have_a_column_a_day(qapp: object) -> None:
    model = ResultsByDayModel()
    QAbstractItemModelTester(model, TESTING, model)
    shown = chart(
        (),
        *(result("HbA1c", 5 + month / 10, f"2026-{month:02}-02") for month in range(1, 9)),
        result("Potassium", 4.1, "2026-08-02", high=5.1),
    )
    model.set_rows(result_rows(shown.facts.series))
    assert len(model.days) == 6
    across = Qt.Orientation.Horizontal
    heads = [model.headerData(n, across) for n in range(model.columnCount())]
    assert (heads[0], heads[2], heads[-1]) == ("Result", "2 Aug 2026", "Range")
    cells = [
        [model.data(model.index(row, column)) for column in range(model.columnCount())]
        for row in range(2)
    ]
    assert cells[1] == ["Potassium", "%", "4.1", "", "", "", "", "", "≤ 5.1"]
    assert [cell for cell in cells[0] if "↑" in cell] == []
    model.set_rows(result_rows(chart((), result("HbA1c", 6.8, "2026-11-03")).facts.series))
    assert model.data(model.index(0, 2)) == "6.8 ↑"
    assert model.data(model.index(0, 2), ResultsByDayModel.FLAG) == "high"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("164.49612", "164.5"),
        ("76.0061", "76.01"),
        ("6.8", "6.8"),
        ("4.10", "4.10"),
        ("<0.1", "<0.1"),
        ("≥ many", "≥ many"),
        ("12000", "12000"),
        ("0.00012", "0.00012"),
    ],
)
def test_a_table_shows_four_digits(text: str, shown: str) -> None:
    assert short(text) == shown
