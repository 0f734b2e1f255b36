"""The forms by themselves: what they show, compute, warn of, and give back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from medrec.clinical.facts import Fact, Facts, Point, Series
from medrec.clinical.forms import FORMS, FormKind
from medrec.domain.categories import Category
from medrec.domain.imports import FilePreview
from medrec.views.common.fields import Field
from medrec.views.doctor.write import _FORMS
from medrec.views.doctor.write_document import DocumentForm
from medrec.views.doctor.write_form import FormView
from medrec.views.doctor.write_laboratory import LaboratoryForm
from medrec.views.doctor.write_prescription import PrescriptionForm
from medrec.views.doctor.write_simple import NoteForm
from medrec.views.doctor.write_vitals import VitalsForm
from tests.unit.clinical.forms.samples import SAMPLES

WHEN = 1_790_000_000


def series(code: str, name: str, unit: str, kind: str, *values: float) -> Series:
    points = tuple(
        Point(WHEN + i * 86_400, value, f"{value:g}", unit, 4.0, 6.0)
        for i, value in enumerate(values)
    )
    return Series(code, name, unit, kind, points)


FACTS = Facts(
    allergies=(
        Fact("allergy", "Penicillin", "anaphylaxis", "2003", "active", "severe"),
        Fact("allergy", "Peanut", "hives", "", "active", "moderate"),
        Fact("allergy", "Codeine", "", "", "inactive", "mild", active=False),
    ),
    series=(
        series("8480-6", "Systolic", "mmHg", "vitals", 139, 131, 133),
        series("29463-7", "Weight", "kg", "vitals", 73, 72),
        series("4548-4", "HbA1c", "%", "laboratory", 7.1, 6.8),
    ),
)


def shown(form: FormView, qtbot: QtBot) -> FormView:
    qtbot.addWidget(form)
    form.resize(620, 620)
    form.show_facts(FACTS)
    form.show()
    return form


def text_field(form: FormView, name: str) -> Field:
    field = form.fields[name]
    assert isinstance(field, Field)
    return field


@pytest.mark.parametrize("kind", list(FORMS))
def test_a_form_has_the_fields_of_its_kind_and_gives_back_what_it_was_given(
    kind: FormKind, qtbot: QtBot
) -> None:
    form = shown(_FORMS[kind](), qtbot)
    assert set(form.fields) == set(FORMS[kind].fields)
    form.set_texts(SAMPLES[kind])
    if isinstance(form, PrescriptionForm):
        form.medicine.set_text(SAMPLES[kind]["medicine"])
    given = form.texts()
    now = datetime.now().astimezone()
    first = FORMS[kind].check(SAMPLES[kind], now).value
    second = FORMS[kind].check(given, now).value
    assert second is not None
    moments = {"measured", "collected", "date"}
    for name in FORMS[kind].fields:
        if name not in moments:
            assert given[name] == SAMPLES[kind].get(name, given[name])
    assert FORMS[kind].title(first) == FORMS[kind].title(second)
    form.set_texts({})
    assert form.empty


@pytest.mark.parametrize("kind", list(FormKind))
def test_everything_is_reached_by_keyboard_and_has_a_name(kind: FormKind, qtbot: QtBot) -> None:
    form = shown(_FORMS[kind](), qtbot)
    tab = Qt.FocusPolicy.TabFocus
    reached = [w for w in form.findChildren(QWidget) if w.focusPolicy().value & tab.value]
    assert len(reached) >= len(form.fields) - 1
    for widget in reached:
        if widget.isVisible() and widget.inherits("QLineEdit") and widget.parent() is not None:
            assert widget.accessibleName() or widget.objectName() == "qt_spinbox_lineedit"


def test_what_is_wrong_is_said_when_a_field_is_left(qtbot: QtBot) -> None:
    form = shown(VitalsForm(), qtbot)
    field = text_field(form, "saturation")
    field.set_text("108")
    findings = FORMS[FormKind.VITALS].check(form.texts(), datetime.now().astimezone()).findings
    form.show_findings(findings)
    assert field.error == ""
    field.left.emit()
    form.show_findings(findings)
    assert field.error == "Between 50 and 100"
    assert form.shown_errors() == 1
    form.focus_first_error()
    assert QApplication.focusWidget() in (field.editor, None)


def test_vitals_say_what_is_usual_and_compute_the_rest(qtbot: QtBot) -> None:
    form = shown(VitalsForm(), qtbot)
    assert isinstance(form, VitalsForm)
    below = text_field(form, "systolic")._below.text()
    assert below == "Usual 131\N{EN DASH}139"
    text_field(form, "weight").set_text("71,4")
    assert text_field(form, "weight")._below.text().startswith("\N{MINUS SIGN}0.6 kg since")
    text_field(form, "height").set_text("164")
    assert form.bmi.text() == "26.5"
    text_field(form, "height").set_text("")
    assert form.bmi.text() == ""


def test_a_known_test_brings_its_unit_and_range(qtbot: QtBot) -> None:
    form = shown(LaboratoryForm(), qtbot)
    text_field(form, "test").set_text("HbA1c")
    text_field(form, "test").left.emit()
    texts = form.texts()
    assert (texts["unit"], texts["code"], texts["low"], texts["high"]) == ("%", "4548-4", "4", "6")
    assert text_field(form, "test")._below.text().startswith("6.8 % on")


def test_an_allergy_stands_against_a_prescription(qtbot: QtBot) -> None:
    form = shown(PrescriptionForm(), qtbot)
    assert isinstance(form, PrescriptionForm)
    form.medicine.set_text("Metformin 500 mg")
    assert not form.warning.isVisible()
    form.medicine.set_text("Codeine 30 mg")
    assert not form.warning.isVisible(), "an allergy that is over warns of nothing"
    form.medicine.set_text("Amoxicillin 500 mg")
    assert form.warning.isVisible()
    assert form.warning.lines.text() == (
        "Penicillin allergy, severe: anaphylaxis, 2003 (penicillins)"
    )
    assert [finding.field for finding in form.own_findings()] == ["override"]
    form.warning.anyway.setChecked(True)
    assert form.own_findings()[0].message == "Write why you prescribe it all the same."
    form.warning.reason.set_text("Tolerated in 2019")
    assert form.own_findings() == ()
    assert form.texts()["override"] == "Tolerated in 2019"
    form.warning.anyway.setChecked(False)
    assert form.texts()["override"] == ""
    form.medicine.set_text("Metformin 500 mg")
    assert form.own_findings() == ()


def test_the_amount_of_a_course_is_counted(qtbot: QtBot) -> None:
    form = shown(PrescriptionForm(), qtbot)
    form.set_texts({"medicine": "X", "dose": "1", "times": "3", "per": "d", "days": "7"})
    assert text_field(form, "amount")._below.text() == "The course takes 21"


def test_a_document_says_what_it_is(qtbot: QtBot, tmp_path: Path) -> None:
    form = shown(DocumentForm(), qtbot)
    assert isinstance(form, DocumentForm)
    assert form.own_findings()[0].message == "Choose a file."
    path = tmp_path / "letter.txt"
    path.write_text("Dear colleague")
    looked: list[object] = []
    form.looked.connect(looked.append)
    form.file.chosen.emit(path)
    assert looked == [path]
    assert form.own_findings() == ()
    seen = FilePreview(path, 14, b"", "text", "text/plain", "letter", Category.DOCUMENTS)
    form.show_preview(seen)
    assert "text/plain" in form.file.detail.text()
    assert form.texts() == {"file": str(path), "title": "", "plain": "no"}
    path.unlink()
    assert form.own_findings()[0].message == "The file is no longer there."
    form.show_error("It cannot be read.")
    assert form.empty


def test_a_long_note_grows_and_tab_leaves_it(qtbot: QtBot) -> None:
    form = shown(NoteForm(), qtbot)
    area = text_field(form, "subjective").editor
    before = area.height()
    text_field(form, "subjective").set_text("\n".join(["line"] * 9))
    assert area.minimumHeight() > before
    area.setFocus()
    QTest.keyClick(area, Qt.Key.Key_Tab)
    assert "\t" not in text_field(form, "subjective").text()
