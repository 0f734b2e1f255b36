"""The import page: what it shows of a file, and what it asks before anything is saved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from medrec.clinical.patient import Demographics
from medrec.domain.categories import Category
from medrec.domain.imports import (
    AddDocument,
    EntryState,
    FilePerson,
    FilePreview,
    ImportEntry,
    Whose,
)
from medrec.models.chart import ChartModel
from medrec.models.doctor.current import CurrentPatient
from medrec.views.common.theme import apply_theme
from medrec.views.common.tokens import Theme
from medrec.views.doctor.import_fhir import ImportPage
from tests.support.charts import PATIENT, QuietSession, chart

AMINA = Demographics("Amina", "Haddad", "1968-03-14", "female")
READY = ImportEntry(0, "Condition", "Asthma", "2019", Category.PROBLEMS, EntryState.READY)
REMARK = ImportEntry(
    1,
    "Immunization",
    "Tetanus",
    "",
    Category.IMMUNIZATIONS,
    EntryState.REMARK,
    (("occurrenceDateTime", "is only a year."), ("lotNumber", "is null.")),
)
REFUSED = replace(REMARK, index=2, type="Observation", state=EntryState.REFUSED)
SEEN = FilePreview(
    Path("visit.json"),
    1_800_000,
    b"d" * 32,
    "fhir",
    "application/fhir+json",
    "Visit",
    Category.PROBLEMS,
    "Bundle",
    (READY, REMARK),
    (FilePerson("Amina Haddad", "1968-03-14"),),
    Whose.SAME,
    seconds=0.6,
)


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication) -> Iterator[ImportPage]:
    session = QuietSession()
    current = CurrentPatient(session, session)
    current.patient, current.name = PATIENT, "Amina Haddad"
    current.chart = ChartModel(session, PATIENT, session)
    current.chart.chart = chart(())
    made = ImportPage(current)
    session.setParent(made)
    qtbot.addWidget(made)
    made.set_chosen(True)
    made.set_categories([Category.DOCUMENTS, Category.PROBLEMS])
    made.resize(1064, 744)
    made.show()
    yield made
    apply_theme(qapp, Theme.LIGHT)
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def wishes(page: ImportPage) -> list[object]:
    heard: list[object] = []
    page.saveAsked.connect(heard.append)
    return heard


def test_a_file_with_remarks_is_saved_whole(page: ImportPage) -> None:
    heard = wishes(page)
    page.show_preview(SEEN, AMINA)
    assert page.area.detail.text() == (
        "Bundle, FHIR R4  ·  1.8 MB  ·  2 resources  ·  read in 0.6 s"
    )
    assert page.category.value() is Category.PROBLEMS
    assert page.promise.text() == ("One record in problems. Amina Haddad sees it, with your name.")
    page.save.click()
    assert heard == [AddDocument(SEEN.path, Category.PROBLEMS, "Visit", SEEN.digest)]


def test_rows_are_filtered_by_state_and_type(page: ImportPage) -> None:
    page.show_preview(replace(SEEN, entries=(READY, REMARK, REFUSED)), AMINA)
    assert page.model.rowCount() == 3
    page.chips[EntryState.REFUSED].click()
    assert [row.index for row in page.model.rows] == [2]
    page.chips[None].click()
    page.types.set_value("Condition")
    assert [row.index for row in page.model.rows] == [0]
    assert page.model.data(page.model.index(0), Qt.ItemDataRole.ToolTipRole) is None


def test_not_fhir_is_kept_as_a_document(page: ImportPage) -> None:
    heard = wishes(page)
    page.show_preview(replace(SEEN, entries=(READY, REFUSED)), AMINA)
    assert "not valid FHIR" in page.banner.text()
    page.save.click()
    assert heard == [AddDocument(SEEN.path, Category.PROBLEMS, "Visit", plain=True)]
    page.show_preview(replace(SEEN, entries=(), refusal="visit.json is cut."), AMINA)
    assert page.other.text == "visit.json is cut."
    assert not page.listing.isVisible()


def test_doubt_has_to_be_settled(page: ImportPage) -> None:
    heard = wishes(page)
    page.show_preview(replace(SEEN, whose=Whose.DIFFERENT), AMINA)
    page.save.click()
    assert heard == []
    assert page.whose.error.isVisible()
    page.whose.anyway.click()
    assert not page.whose.error.isVisible()
    page.save.click()
    assert len(heard) == 1
    page.show_preview(replace(SEEN, whose=Whose.SEVERAL), AMINA)
    assert not page.whose.anyway.isChecked()


def test_rights_that_come_later_still_suggest(page: ImportPage) -> None:
    page.set_categories([])
    page.show_preview(SEEN, AMINA)
    assert page.category.value() is None
    page.set_categories([Category.VITALS, Category.PROBLEMS])
    assert page.category.value() is Category.PROBLEMS
    page.set_categories([Category.VITALS])
    page.show_preview(SEEN, AMINA)
    assert page.category.value() is Category.VITALS


def test_a_title_and_a_category_are_needed(page: ImportPage) -> None:
    heard = wishes(page)
    page.show_preview(SEEN, AMINA)
    page.title.set_text(" ")
    page.save.click()
    assert page.title.error == "Write a title."
    page.set_categories([])
    page.title.set_text("Visit")
    page.save.click()
    assert page.category.error
    assert heard == []


@pytest.mark.parametrize("theme", list(Theme))
def test_it_is_drawn_in_every_theme_and_direction(
    page: ImportPage, qapp: QApplication, theme: Theme
) -> None:
    apply_theme(qapp, theme)
    page.show_reading(SEEN.path)
    page.show_progress("Checking the entries", 3, 9)
    assert page.sentence.text() == "Checking the entries  3 of 9"
    assert not page.grab().isNull()
    page.show_preview(replace(SEEN, entries=(READY, REMARK, REFUSED)), AMINA)
    for width in (1064, 900):
        page.resize(width, 600)
        assert not page.grab().isNull()
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert not page.grab().isNull()
    page.show_error("It is empty.")
    assert page.other.title == "This file cannot be read"
