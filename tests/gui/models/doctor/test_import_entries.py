"""The resources of a file as rows: filtered, said in words, fit for any view."""

from __future__ import annotations

from PyQt6.QtTest import QAbstractItemModelTester

from medrec.domain.categories import Category
from medrec.domain.imports import EntryState, ImportEntry
from medrec.models.doctor.import_entries import ImportEntries

READY = ImportEntry(0, "Condition", "Asthma", "2019", Category.PROBLEMS, EntryState.READY)
BAD = ImportEntry(
    1,
    "Observation",
    "Weight",
    "",
    Category.VITALS,
    EntryState.REFUSED,
    (("valueQuantity.value", "must be a number, not text."),),
)


def test_it_is_a_good_model_with_ten_thousand_rows(qapp: object) -> None:
    model = ImportEntries()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.set_entries([READY, BAD] * 5000)
    assert model.rowCount() == 10_000
    model.filter(EntryState.REFUSED)
    assert model.rowCount() == 5000
    model.filter(EntryState.REFUSED, "Condition")
    assert model.rowCount() == 0
    model.set_entries([READY])
    assert model.rowCount() == 1


def test_a_row_says_everything(qapp: object) -> None:
    model = ImportEntries()
    model.set_entries([BAD])
    index = model.index(0)
    assert model.data(index, model.ROW) is BAD
    words = "Weight, Observation, refused, valueQuantity.value must be a number, not text."
    assert model.data(index) == words
