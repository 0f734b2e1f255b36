"""Every form: valid FHIR, the same bytes each time, and the same texts again."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medrec.clinical.facts import facts_of
from medrec.clinical.forms import FORMS, FormKind, reopened
from medrec.clinical.forms.base import Texts
from medrec.clinical.summary import as_text
from medrec.clinical.validation import check
from tests.unit.clinical.forms.samples import NOW, SAMPLES, STAMP

KINDS = list(FORMS)


def built(kind: FormKind, texts: Texts) -> bytes:
    form = FORMS[kind]
    checked = form.check(texts, NOW)
    assert checked.value is not None, checked.findings
    return form.build(checked.value, STAMP)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_valid_fhir_without_a_remark(kind: FormKind) -> None:
    _, warnings = check(built(kind, SAMPLES[kind]))
    assert warnings == ()


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_fields_give_the_same_bytes(kind: FormKind) -> None:
    assert built(kind, SAMPLES[kind]) == built(kind, dict(reversed(SAMPLES[kind].items())))


@pytest.mark.parametrize("kind", KINDS)
def test_it_opens_in_its_form_again(kind: FormKind) -> None:
    data = built(kind, SAMPLES[kind])
    again = reopened(data)
    assert again is not None
    assert again.kind is kind
    assert again.stamp == STAMP or kind is FormKind.NOTE
    assert built(kind, again.texts) == data
    shown = {name: words for name, words in again.texts.items() if words}
    assert set(shown) == set(SAMPLES[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_it_reads_well_and_has_a_title(kind: FormKind) -> None:
    checked = FORMS[kind].check(SAMPLES[kind], NOW)
    assert FORMS[kind].title(checked.value)
    assert as_text(built(kind, SAMPLES[kind])).strip()


@pytest.mark.parametrize("kind", KINDS)
def test_what_somebody_else_changed_is_no_form_of_ours(kind: FormKind) -> None:
    resource = json.loads(built(kind, SAMPLES[kind]))
    resource["language"] = "de"
    assert reopened(json.dumps(resource).encode()) is None


@pytest.mark.parametrize("data", [b"", b"[]", b'{"resourceType":"Patient"}', b"%PDF-1.7"])
def test_other_files_are_no_form_of_ours(data: bytes) -> None:
    assert reopened(data) is None


def test_facts_are_found_again() -> None:
    vitals = facts_of(built(FormKind.VITALS, SAMPLES[FormKind.VITALS]))
    values = {series.code: series.points[-1].value for series in vitals.series}
    assert {"8480-6", "8462-4", "8867-4", "39156-5"} <= set(values)
    assert values["8480-6"] == 128
    result = facts_of(built(FormKind.LABORATORY, SAMPLES[FormKind.LABORATORY]))
    point = result.series[0].points[0]
    assert (point.value, point.unit, point.low, point.high, point.flag) == (6.8, "%", 4, 6, "high")
    allergy = facts_of(built(FormKind.ALLERGY, SAMPLES[FormKind.ALLERGY])).allergies[0]
    assert (allergy.title, allergy.severity, allergy.active) == ("Penicillin", "severe", True)
    problem = facts_of(built(FormKind.PROBLEM, SAMPLES[FormKind.PROBLEM])).problems[0]
    assert (problem.title, problem.active) == ("Type 2 diabetes", True)
    medicine = facts_of(built(FormKind.PRESCRIPTION, SAMPLES[FormKind.PRESCRIPTION]))
    assert medicine.medications[0].title == "Amoxicillin 500 mg"
    vaccine = facts_of(built(FormKind.IMMUNIZATION, SAMPLES[FormKind.IMMUNIZATION]))
    assert vaccine.immunizations[0].title == "Influenza, inactivated"


def test_digits_are_kept_as_typed() -> None:
    data = built(FormKind.VITALS, SAMPLES[FormKind.VITALS])
    assert b'"value":36.70' in data
    assert json.loads(data, parse_float=Decimal)["type"] == "collection"


TYPED = st.one_of(
    st.text(max_size=40),
    st.decimals(-10, 400, places=1, allow_nan=False).map(str),
    st.integers(0, 300).map(str),
    st.sampled_from(["2026-11-20", "2026-11", "2019", "2026-11-20T09:00", "yes", "d", "wk"]),
)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_is_typed_is_refused_by_field_or_gives_valid_fhir(
    kind: FormKind, data: st.DataObject
) -> None:
    changed = data.draw(st.dictionaries(st.sampled_from(FORMS[kind].fields), TYPED, max_size=4))
    checked = FORMS[kind].check(SAMPLES[kind] | changed, NOW)
    assert all(found.field in FORMS[kind].fields for found in checked.findings)
    if checked.value is None:
        assert checked.errors
        return
    written = FORMS[kind].build(checked.value, STAMP)
    check(written)
    again = reopened(written)
    assert again is not None
    assert built(kind, again.texts) == written
