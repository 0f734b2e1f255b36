"""What the forms refuse, what they only remark upon, and what they compute."""

from __future__ import annotations

from decimal import Decimal

import pytest

from medrec.clinical.forms import FORMS, FormKind, clashes
from medrec.clinical.forms.laboratory import loinc_holds
from medrec.clinical.forms.prescription import amount_for
from medrec.clinical.forms.vitals import body_mass_index
from medrec.clinical.problems import Severity
from tests.unit.clinical.forms.samples import NOW, SAMPLES

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def found(kind: FormKind, /, **changed: str) -> dict[str, tuple[Severity, str]]:
    checked = FORMS[kind].check(SAMPLES[kind] | changed, NOW)
    return {finding.field: (finding.severity, finding.message) for finding in checked.findings}


@pytest.mark.parametrize(
    ("field", "typed", "severity"),
    [
        ("saturation", "108", ERROR),
        ("saturation", "88", WARNING),
        ("temperature", "367", ERROR),
        ("temperature", "39.4", WARNING),
        ("temperature", "warm", ERROR),
        ("pulse", "1e2", ERROR),
        ("pulse", "150", WARNING),
        ("systolic", "80", ERROR),
        ("systolic", "", ERROR),
        ("diastolic", "", ERROR),
        ("diastolic", "130", ERROR),
        ("weight", "714", ERROR),
        ("height", "1.64", ERROR),
        ("measured", "2026-11-20T10:40+01:00", ERROR),
        ("measured", "2024-11-20T10:40+01:00", WARNING),
        ("measured", "yesterday", ERROR),
        ("position", "upside down", ERROR),
    ],
)
def test_vitals(field: str, typed: str, severity: Severity) -> None:
    told = found(FormKind.VITALS, **{field: typed})
    assert any(level is severity for level, _ in told.values())
    refused = FORMS[FormKind.VITALS].check(SAMPLES[FormKind.VITALS] | {field: typed}, NOW)
    assert (refused.value is None) is (severity is ERROR)


def test_all_problems_are_told_at_once() -> None:
    told = found(FormKind.VITALS, saturation="108", pulse="x", temperature="9")
    assert set(told) == {"saturation", "pulse", "temperature"}


def test_the_sentence_names_the_limits() -> None:
    assert found(FormKind.VITALS, saturation="108")["saturation"][1] == "Between 50 and 100"


def test_no_value_at_all() -> None:
    checked = FORMS[FormKind.VITALS].check({}, NOW)
    assert [f.message for f in checked.errors] == ["Write one value at least."]


def test_body_mass_index() -> None:
    assert body_mass_index(Decimal("71.4"), Decimal(164)) == Decimal("26.5")


@pytest.mark.parametrize(
    ("typed", "low", "high", "flag"),
    [
        ("6.8", "4", "6", "H"),
        ("6.8", "7", "", "L"),
        ("5", "4", "6", "N"),
        ("5", "", "", ""),
        ("< 4", "4", "6", "L"),
        ("<5", "4", "6", ""),
        (">6", "4", "6", "H"),
        (">=6", "4", "6", ""),
        ("negative", "4", "6", ""),
    ],
)
def test_what_a_result_is_by_its_range(typed: str, low: str, high: str, flag: str) -> None:
    texts = SAMPLES[FormKind.LABORATORY] | {"value": typed, "low": low, "high": high}
    checked = FORMS[FormKind.LABORATORY].check(texts, NOW)
    assert checked.value.flag == flag
    assert (flag in {"L", "H"}) is bool(checked.findings)


@pytest.mark.parametrize(
    ("field", "typed", "severity"),
    [
        ("unit", "", WARNING),
        ("code", "4548-5", ERROR),
        ("code", "HbA1c", ERROR),
        ("value", "", ERROR),
        ("value", "< much", ERROR),
        ("high", "3", ERROR),
        ("test", "", ERROR),
    ],
)
def test_laboratory(field: str, typed: str, severity: Severity) -> None:
    assert found(FormKind.LABORATORY, **{field: typed})[field][0] is severity


@pytest.mark.parametrize("code", ["85354-9", "8480-6", "39156-5", "29463-7", "718-7"])
def test_check_digits_of_loinc(code: str) -> None:
    assert loinc_holds(code)
    assert not loinc_holds(code[:-1] + str((int(code[-1]) + 1) % 10))


@pytest.mark.parametrize(
    ("field", "typed", "severity"),
    [
        ("medicine", "", ERROR),
        ("dose", "", ERROR),
        ("dose", "0", ERROR),
        ("times", "2.5", ERROR),
        ("times", "12", WARNING),
        ("days", "800", ERROR),
        ("amount", "14", WARNING),
        ("amount", "100", WARNING),
        ("unit", "spoon", ERROR),
    ],
)
def test_prescription(field: str, typed: str, severity: Severity) -> None:
    assert found(FormKind.PRESCRIPTION, **{field: typed})[field][0] is severity


@pytest.mark.parametrize(
    ("dose", "times", "per", "days", "amount"),
    [("1", 3, "d", 7, 21), ("0.5", 1, "d", 7, 4), ("1", 1, "wk", 28, 4), ("2", 1, "mo", 45, 3)],
)
def test_what_a_course_takes(dose: str, times: int, per: str, days: int, amount: int) -> None:
    assert amount_for(Decimal(dose), times, per, days) == amount


@pytest.mark.parametrize(
    ("kind", "field", "typed", "severity"),
    [
        (FormKind.ALLERGY, "substance", " ", ERROR),
        (FormKind.ALLERGY, "reaction", "", WARNING),
        (FormKind.ALLERGY, "criticality", "low", WARNING),
        (FormKind.ALLERGY, "onset", "2027", ERROR),
        (FormKind.ALLERGY, "onset", "2023-02-30", ERROR),
        (FormKind.ALLERGY, "onset", "1850", ERROR),
        (FormKind.IMMUNIZATION, "given", "", ERROR),
        (FormKind.IMMUNIZATION, "given", "2026-11-21", ERROR),
        (FormKind.IMMUNIZATION, "expires", "2026-09", WARNING),
        (FormKind.IMMUNIZATION, "number", "3", ERROR),
        (FormKind.IMMUNIZATION, "number", "", ERROR),
        (FormKind.PROBLEM, "name", "", ERROR),
        (FormKind.PROBLEM, "ended", "2020", ERROR),
        (FormKind.NOTE, "title", "x" * 121, ERROR),
        (FormKind.NOTE, "title", "a\x00b", ERROR),
        (FormKind.NOTE, "kind", "1-8", ERROR),
    ],
)
def test_the_others(kind: FormKind, field: str, typed: str, severity: Severity) -> None:
    assert found(kind, **{field: typed})[field][0] is severity


def test_a_problem_ends_after_it_began() -> None:
    told = found(FormKind.PROBLEM, status="resolved", onset="2020-05", ended="2020-04")
    assert told["ended"][0] is ERROR
    assert not found(FormKind.PROBLEM, status="resolved", onset="2020-05", ended="2020")


def test_an_empty_note() -> None:
    assert "subjective" in found(FormKind.NOTE, subjective="", plan=" ")


@pytest.mark.parametrize(
    ("medicine", "allergy", "why"),
    [
        ("Amoxicillin 500 mg", "Penicillin", "penicillins"),
        ("Penicillin V 250 mg", "penicillin allergy", ""),
        ("Cefuroxime 250 mg", "Penicillin", "cephalosporins, related to penicillins"),
        ("Ibuprofen 400 mg", "Aspirin", "non-steroidal anti-inflammatories"),
        ("Métamizole", "metamizole", ""),
    ],
)
def test_allergies_against_a_medicine(medicine: str, allergy: str, why: str) -> None:
    assert [clash.why for clash in clashes(medicine, [allergy, "Latex"])] == [why]


@pytest.mark.parametrize(
    ("medicine", "allergy"), [("Metformin 500 mg", "Peanut"), ("Paracetamol tablet", "tablet dye")]
)
def test_other_medicines_pass(medicine: str, allergy: str) -> None:
    assert clashes(medicine, [allergy]) == []
