"""Clinical facts: out of invented resources, and out of every real file that there is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from medrec.clinical.facts import VITALS, Facts, facts_of, merge
from medrec.clinical.facts_vitals import BLOOD_PRESSURE, HEART_RATE, SYSTOLIC, age, usual_ranges

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "fhir"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not on this machine")

ADULT_BORN = "1980-01-01"


def of(*resources: dict[str, Any], **more: Any) -> Facts:
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": resource} for resource in resources],
    }
    return facts_of(json.dumps(bundle).encode(), **more)


def coded(code: str, display: str = "", system: str = "http://loinc.org") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display or code}]}


def number(code: str, value: float, unit: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": coded(code),
        "effectiveDateTime": "2024-05-01T08:00:00Z",
        "valueQuantity": {"value": value, "unit": unit},
        **more,
    }


def pressure(systolic: float, diastolic: float, when: str) -> dict[str, Any]:
    parts = ((SYSTOLIC, systolic), ("8462-4", diastolic))
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": coded("85354-9", "Blood pressure"),
        "effectiveDateTime": when,
        "component": [
            {"code": coded(code), "valueQuantity": {"value": value, "unit": "mm[Hg]"}}
            for code, value in parts
        ],
    }


def allergy(what: str, **more: Any) -> dict[str, Any]:
    return {"resourceType": "AllergyIntolerance", "code": {"text": what}, **more}


def test_blood_pressure_becomes_two_series_of_one_group() -> None:
    facts = of(pressure(148, 92, "2025-02-01"), pressure(128, 82, "2024-02-01"))
    systolic, diastolic = sorted(facts.group(BLOOD_PRESSURE), key=lambda s: -s.last.value)
    assert (systolic.name, diastolic.name) == ("Systolic", "Diastolic")
    assert [point.value for point in systolic.points] == [128, 148]
    assert {series.kind for series in facts.series} == {VITALS}
    assert {series.unit for series in facts.series} == {"mmHg"}


@pytest.mark.parametrize(
    ("interpretation", "flag", "critical"),
    [
        ([coded("H", "High")], "high", False),
        ([coded("LL", "Critical low")], "low", True),
        ([coded("A", "Abnormal")], "abnormal", False),
        ([coded("N", "Normal")], "", False),
        ([{"text": "Higher than usual"}], "high", False),
        ([{"text": "allowed"}], "high", False),
    ],
)
def test_the_flag_of_the_file_counts_before_its_range(
    interpretation: list[Any], flag: str, critical: bool
) -> None:
    # The range alone would say "high".
    given = number(
        "4548-4",
        6.8,
        "%",
        interpretation=interpretation,
        referenceRange=[{"low": {"value": 4, "unit": "%"}, "high": {"value": 6, "unit": "%"}}],
    )
    point = of(given).series[0].last
    assert (point.flag, point.critical) == (flag, critical)
    assert (point.low, point.high) == (4, 6)


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([{"high": {"value": 6, "unit": "%"}}], (None, 6, "high")),
        ([{"low": {"value": 7, "unit": "%"}}], (7, None, "low")),
        ([{"high": {"value": 6, "unit": "mmol/mol"}}], (None, None, "")),
        ([{"high": {"value": 6}}, {"high": {"value": 9}}], (None, None, "")),
        ([{"high": {"value": 6}, "age": {"high": {"value": 12}}}], (None, None, "")),
    ],
)
def test_a_range_counts_only_where_it_is_meant(ranges: list[Any], expected: object) -> None:
    point = of(number("4548-4", 6.8, "%", referenceRange=ranges)).series[0].last
    assert (point.low, point.high, point.flag) == expected


def test_what_is_below_the_limit_of_detection_is_not_judged() -> None:
    given = number("1", 0, "mg", valueQuantity={"value": 0.1, "unit": "mg", "comparator": "<"})
    given["referenceRange"] = [{"low": {"value": 1, "unit": "mg"}}]
    point = of(given).series[0].last
    assert (point.text, point.flag) == ("<0.1", "")


def test_two_units_are_two_series() -> None:
    series = of(number("2345-7", 7.4, "mmol/L"), number("2345-7", 133, "mg/dL")).series
    assert sorted((s.unit, s.last.value) for s in series) == [("mg/dL", 133), ("mmol/L", 7.4)]


def test_usual_ranges_are_for_adults_and_for_what_came_without() -> None:
    before = of(number(HEART_RATE, 120, "/min"))
    child = usual_ranges(before, "2020-01-01").series[0].last
    unknown = usual_ranges(before, "").series[0].last
    adult = usual_ranges(before, ADULT_BORN).series[0].last
    assert (child.low, child.flag) == (unknown.low, unknown.flag) == (None, "")
    assert (adult.low, adult.high, adult.flag) == (60, 100, "high")
    assert adult.assumed


def test_a_range_of_the_file_stands_before_the_usual_one() -> None:
    given = number(HEART_RATE, 120, "/min", referenceRange=[{"high": {"value": 130}}])
    point = usual_ranges(of(given), ADULT_BORN).series[0].last
    assert (point.high, point.flag, point.assumed) == (130, "", "")


def test_another_unit_has_no_usual_range() -> None:
    given = number("8310-5", 98.6, "[degF]", category=[coded("vital-signs")])
    assert usual_ranges(of(given), ADULT_BORN).series[0].last.high is None


def test_severe_allergies_come_first() -> None:
    facts = of(
        allergy("Latex", reaction=[{"severity": "mild", "manifestation": [{"text": "rash"}]}]),
        allergy("Wasp", clinicalStatus=coded("resolved")),
        allergy("Peanut", criticality="high"),
        allergy("Penicillin", reaction=[{"severity": "severe", "manifestation": []}]),
    )
    told = [(a.title, a.critical, a.active) for a in facts.allergies]
    assert told == [
        ("Penicillin", True, True),
        ("Peanut", True, True),
        ("Latex", False, True),
        ("Wasp", False, False),
    ]
    assert facts.allergies[2].detail == "rash"


def test_no_known_allergy_is_no_allergy() -> None:
    known = allergy("none", code=coded("716186003", "No known allergy", "http://snomed.info/sct"))
    unknown = allergy("none", code=coded("no-allergy-info", "", "urn:x"))
    facts = of(known, unknown)
    assert facts.allergies == ()
    assert [(d.kind, d.title) for d in facts.denied] == [("no allergy", "No known allergy")]


@pytest.mark.parametrize(
    "mark",
    [
        {"status": "entered-in-error"},
        {"verificationStatus": coded("entered-in-error")},
    ],
)
def test_what_was_entered_in_error_is_left_out(mark: dict[str, Any]) -> None:
    facts = of(allergy("Penicillin", **mark), {**number(HEART_RATE, 80, "/min"), **mark})
    assert facts == Facts()


@pytest.mark.parametrize(
    ("status", "active"),
    [("active", True), ("completed", False), ("stopped", False), ("", True), ("on-hold", False)],
)
def test_a_medicine_is_current_until_it_is_stopped(status: str, active: bool) -> None:
    fact = of(
        {
            "resourceType": "MedicationRequest",
            "status": status,
            "medicationCodeableConcept": {"text": "Metformin 850 mg"},
            "dosageInstruction": [{"text": "2 x daily"}],
        }
    ).medications[0]
    assert (fact.title, fact.detail, fact.active) == ("Metformin 850 mg", "2 x daily", active)


def test_a_problem_ends_by_its_status_or_its_abatement() -> None:
    def condition(what: str, **more: Any) -> dict[str, Any]:
        return {"resourceType": "Condition", "code": {"text": what}, **more}

    facts = of(
        condition("Cold", clinicalStatus=coded("resolved")),
        condition("Sprain", abatementDateTime="2020-01-01"),
        condition("Cancer", verificationStatus=coded("refuted")),
        condition("Asthma", clinicalStatus=coded("recurrence"), severity={"text": "Mild"}),
    )
    assert [(p.title, p.active) for p in facts.problems if p.active] == [("Asthma", True)]
    assert facts.problems[0].severity == "mild"


def test_a_word_is_a_result_and_no_measurement() -> None:
    given = number("5778-6", 0, "", valueQuantity=None, valueString="Yellow")
    facts = of(given)
    assert facts.series == ()
    assert [(r.kind, r.title, r.detail) for r in facts.results] == [
        ("observation", "5778-6", "Yellow")
    ]
    assert of(given, kind="laboratory").results[0].kind == "result"


def test_the_kind_of_the_record_counts_where_the_file_names_none() -> None:
    assert of(number("4548-4", 6.8, "%"), kind="laboratory").series[0].kind == "laboratory"
    assert of(number("4548-4", 6.8, "%")).series[0].kind == "other"


def test_results_that_a_report_contains_are_found() -> None:
    report = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"text": "Panel"},
        "contained": [number("4548-4", 6.8, "%", category=[coded("laboratory")])],
    }
    facts = facts_of(json.dumps(report).encode(), ("ab", "0x1"))
    assert facts.documents[0].title == "Panel"
    assert facts.series[0].last.source == ("ab", "0x1")


def test_merging_says_once_what_is_said_twice() -> None:
    one = of(allergy("Penicillin"), pressure(120, 80, "2024-01-01"))
    both = merge([one, of(allergy("Penicillin"), pressure(130, 85, "2023-01-01")), one])
    assert len(both.allergies) == 1
    systolic = both.find(SYSTOLIC)
    assert systolic is not None
    assert [point.value for point in systolic.points] == [130, 120]
    assert merge([]) == Facts()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"null",
        b"[1, 2]",
        b'"text"',
        b"{}",
        b'{"resourceType": 7}',
        b'{"resourceType": "Observation", "component": "x", "valueQuantity": {"value": "eighty"}}',
        b'{"resourceType": "Observation", "code": {"text": "x"}, "valueInteger": 1e999}',
        b'{"resourceType": "AllergyIntolerance", "code": [], "reaction": {"severity": {}}}',
        b'{"resourceType": "Bundle", "entry": {"resource": [1]}}',
        b'{"resourceType": "Bundle", "entry": [null, {"resource": {"resourceType": "Condition"}}]}',
        b'{"a": 1, "a": 2}',
    ],
)
def test_nothing_that_is_given_stops_it(data: bytes) -> None:
    assert isinstance(facts_of(data), Facts)


def test_age_in_full_years() -> None:
    assert age("1968-03-14", 1_795_000_000) == 58
    assert age("1968", 1_795_000_000) is None


@needs_data
def test_every_real_file_can_be_read() -> None:
    files = sorted(DATA.rglob("*.json"))
    assert files
    for path in files:
        facts = facts_of(path.read_bytes())
        for series in facts.series:
            assert all((series.name, series.code, series.points)), path
            assert [p.when for p in series.points] == sorted(p.when for p in series.points)
        for name in ("problems", "allergies", "medications", "immunizations", "procedures"):
            assert all(fact.title for fact in getattr(facts, name)), path


@needs_data
def test_a_synthetic_patient_has_pressure_and_laboratory() -> None:
    for path in sorted((DATA / "synthea_r4").glob("*.json")):
        facts = facts_of(path.read_bytes())
        assert len(facts.group(BLOOD_PRESSURE)) == 2, path
        assert facts.of_kind("vitals"), path
        assert facts.encounters, path


@needs_data
def test_a_patient_summary_tells_criticality_and_denials() -> None:
    facts = facts_of((DATA / "ips" / "Bundle-IPS-examples-Bundle-01.json").read_bytes())
    assert [a.critical for a in facts.allergies] == [True]
    assert "penicillin" in facts.allergies[0].title
    assert [d.kind for d in facts.denied] == ["no allergy"]
