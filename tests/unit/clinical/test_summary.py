from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medrec.clinical.details import ROWS
from medrec.clinical.summary import SummaryLine, as_text, summarise, time_of, title_of
from medrec.errors import NotFhir, NotJson
from tests.unit.clinical.support import harmless


def encoded(**resource: Any) -> bytes:
    return json.dumps(resource).encode()


def bundle(*resources: dict[str, Any]) -> bytes:
    entries = [{"resource": resource} for resource in resources]
    return encoded(resourceType="Bundle", type="collection", entry=entries)


def observation(
    name: str, value: Any, day: str, category: str = "laboratory", **more: Any
) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": name},
        "category": [{"coding": [{"code": category}]}],
        "effectiveDateTime": day,
        "valueQuantity": {"value": value, "unit": "u"},
        **more,
    }


def shown(data: bytes) -> list[tuple[str, str]]:
    return [(line.label, line.value) for line in summarise(data)]


@pytest.mark.parametrize(
    ("name", "title", "time"),
    [
        ("blood-pressure.json", "Blood pressure", "2026-03-02T09:40:00+01:00"),
        ("prescription.json", "Prescription: lisinopril 10 MG Oral Tablet", "2026-03-02"),
        ("allergy.json", "Allergy: Penicillin", "2004"),
        ("bundle.json", "Amal Haddad, 4 entries", "2026-03-02T10:05:00+01:00"),
    ],
)
def test_titles_and_times(samples: Path, name: str, title: str, time: str) -> None:
    data = (samples / name).read_bytes()
    assert title_of(data) == title
    assert time_of(data) == time


def test_a_blood_pressure(samples: Path) -> None:
    lines = summarise((samples / "blood-pressure.json").read_bytes())
    assert lines[:3] == [
        SummaryLine("Blood pressure", flag="High", date="2026-03-02"),
        SummaryLine("Systolic blood pressure", "148.0 mmHg", "High", level=1),
        SummaryLine("Diastolic blood pressure", "91 mmHg", level=1),
    ]
    assert SummaryLine("Patient", "Amal Haddad") in lines
    assert SummaryLine("Date", "2026-03-02 09:40 +01:00") in lines


def test_a_prescription(samples: Path) -> None:
    lines = shown((samples / "prescription.json").read_bytes())
    assert ("Dosage", "One tablet each morning") in lines
    assert ("Prescribed by", "Dr Jonas Weiss") in lines
    assert ("Dispense", "30 tablet, 2 repeats") in lines


def test_a_bundle_puts_allergies_first(samples: Path) -> None:
    lines = summarise((samples / "bundle.json").read_bytes())
    headings = [line.label for line in lines if not line.level and not line.value]
    assert headings == ["Amal Haddad, 4 entries", "Allergies", "Problems", "Latest laboratory"]
    assert SummaryLine("Patient", "Amal Haddad, female, born 1971-11-05") in lines
    assert SummaryLine("Peanut", flag="high risk", level=1) in lines
    potassium = SummaryLine(
        "Potassium", "4.10 mmol/L (range 3.5 to 5.1 mmol/L)", date="2026-03-01", level=1
    )
    assert potassium in lines


def test_the_text_is_in_columns(samples: Path) -> None:
    lines = as_text((samples / "allergy.json").read_bytes()).splitlines()
    assert lines[0] == "Allergy: Penicillin  [high risk, severe]  2004"
    assert "Reaction             Wheal, severe" in lines


def test_only_the_latest_of_each_value_is_shown() -> None:
    data = bundle(
        observation("Potassium", 4, "2026-01-01"),
        observation("Potassium", 5, "2026-03-01"),
        observation("Sodium", 140, "2025-12-31"),
        observation("Pulse", 72, "2026", "vital-signs"),
    )
    assert [(line.label, line.value) for line in summarise(data) if line.level] == [
        ("Pulse", "72 u"),
        ("Potassium", "5 u"),
        ("Sodium", "140 u"),
    ]


def test_what_was_entered_in_error_never_passes_for_the_latest() -> None:
    data = bundle(
        observation("Potassium", 4, "2026-01-01"),
        observation("Potassium", 9, "2026-03-01") | {"status": "entered-in-error"},
    )
    assert ("Potassium", "4 u") in shown(data)
    assert ("Potassium", "9 u") not in shown(data)
    assert ("Left out", "1 entered in error") in shown(data)


def test_active_problems_stand_before_resolved_ones() -> None:
    def condition(name: str, status: str, onset: str) -> dict[str, Any]:
        return {
            "resourceType": "Condition",
            "code": {"text": name},
            "onsetDateTime": onset,
            "clinicalStatus": {"coding": [{"code": status}]},
        }

    data = bundle(
        condition("Sprain", "resolved", "2025-01-01"),
        condition("Asthma", "active", "1990"),
        condition("Diabetes", "active", "2010-05"),
    )
    lines = [(line.label, line.flag) for line in summarise(data) if line.level]
    assert lines == [("Diabetes", ""), ("Asthma", ""), ("Sprain", "resolved")]


def test_all_allergies_are_shown_however_many() -> None:
    allergies = [
        {"resourceType": "AllergyIntolerance", "code": {"text": f"Allergen {n}"}} for n in range(60)
    ]
    labels = [label for label, _ in shown(bundle(*allergies))]
    assert all(f"Allergen {number}" in labels for number in range(60))


def test_long_lists_are_cut_and_counted() -> None:
    data = bundle(*(observation(f"Test {n}", n, "2026-01-01") for n in range(50)))
    assert ("…", "and 30 more") in shown(data)


@pytest.mark.parametrize(
    ("more", "flag"),
    [
        (
            {"referenceRange": [{"low": {"value": 3}, "high": {"value": 5, "unit": "u"}}]},
            "above range",
        ),
        ({"referenceRange": [{"low": {"value": 7, "unit": "u"}}]}, "below range"),
        ({"referenceRange": [{"high": {"value": 6, "unit": "u"}}]}, ""),
        ({"referenceRange": [{"high": {"value": 5, "unit": "v"}}]}, ""),
        ({"referenceRange": [{"high": {"value": 5}}, {"high": {"value": 6}}]}, ""),
        ({"referenceRange": [{"high": {"value": 5, "unit": {"a": 1}}}]}, ""),
        ({"referenceRange": [{"high": {"value": True}}]}, ""),
        ({"referenceRange": [{"high": {"value": 5}, "appliesTo": [{"text": "men"}]}]}, ""),
        ({"interpretation": [{"coding": [{"code": "HH"}]}]}, "critically high"),
        ({"interpretation": [{"coding": [{"code": "N", "display": "Normal"}]}]}, ""),
        ({"interpretation": [{"text": "borderline"}]}, "borderline"),
        ({"status": "preliminary"}, "preliminary"),
    ],
)
def test_flags_of_an_observation(more: dict[str, Any], flag: str) -> None:
    resource = observation("Potassium", 6, "2026-01-01") | more
    assert summarise(encoded(**resource))[0].flag == flag


@pytest.mark.parametrize(
    ("resource", "flag"),
    [
        (
            {"resourceType": "Immunization", "status": "not-done", "vaccineCode": {"text": "BCG"}},
            "not done",
        ),
        ({"resourceType": "MedicationRequest", "status": "stopped"}, "stopped"),
        (
            {"resourceType": "MedicationRequest", "status": "active", "doNotPerform": True},
            "do not give",
        ),
        (
            {
                "resourceType": "AllergyIntolerance",
                "verificationStatus": {"coding": [{"code": "refuted"}]},
            },
            "refuted",
        ),
        (
            {"resourceType": "Patient", "deceasedDateTime": "2026-01-05T10:00:00Z"},
            "deceased 2026-01-05",
        ),
        ({"resourceType": "Patient", "deceasedBoolean": False}, ""),
        ({"resourceType": "DocumentReference", "status": "entered-in-error"}, "entered in error"),
    ],
)
def test_what_a_reader_must_not_miss(resource: dict[str, Any], flag: str) -> None:
    assert summarise(encoded(**resource))[0].flag == flag


def test_references_are_named_where_the_bundle_knows_them() -> None:
    data = encoded(
        resourceType="Bundle",
        type="collection",
        entry=[
            {
                "fullUrl": "urn:uuid:1",
                "resource": {"resourceType": "Medication", "code": {"text": "Aspirin"}},
            },
            {
                "fullUrl": "http://example.org/MedicationStatement/2",
                "resource": {
                    "resourceType": "MedicationStatement",
                    "status": "active",
                    "medicationReference": {"reference": "urn:uuid:1"},
                },
            },
        ],
    )
    assert ("Aspirin", "") in shown(data)


def test_contained_resources_are_named() -> None:
    data = encoded(
        resourceType="MedicationRequest",
        status="active",
        contained=[{"resourceType": "Medication", "id": "m", "code": {"text": "Aspirin"}}],
        medicationReference={"reference": "#m"},
    )
    assert title_of(data) == "Prescription: Aspirin"


def test_a_document_shows_its_sections() -> None:
    composition = {
        "resourceType": "Composition",
        "title": "Discharge letter",
        "date": "2026-02-01",
        "author": [{"display": "Dr Weiss"}],
        "section": [
            {
                "title": "Course",
                "text": {"div": "<div>Went <b>well</b></div>"},
                "section": [{"title": "Surgery", "emptyReason": {"text": "none was needed"}}],
            },
            {"code": {"text": "Findings"}, "entry": [{"display": "Chest X-ray"}]},
        ],
    }
    entry = [{"resource": composition}]
    lines = shown(encoded(resourceType="Bundle", type="document", entry=entry))
    assert lines[0] == ("Discharge letter", "")
    assert ("Author", "Dr Weiss") in lines
    assert lines[-6:] == [
        ("Course", ""),
        ("", "Went well"),
        ("Surgery", ""),
        ("", "none was needed"),
        ("Findings", ""),
        ("Chest X-ray", ""),
    ]


def test_a_batch_shows_its_requests() -> None:
    data = encoded(
        resourceType="Bundle",
        type="batch",
        entry=[{"request": {"method": "GET", "url": "/Patient/1"}}],
    )
    assert ("Request", "GET /Patient/1") in shown(data)


def test_an_unknown_type_is_a_readable_tree() -> None:
    data = encoded(
        resourceType="Coverage",
        status="active",
        type={"coding": [{"display": "Public"}]},
        period={"start": "2026-01-01"},
        payor=[{"display": "AOK"}, {"reference": "Organization/2"}],
        costToBeneficiary=[
            {"type": {"text": "copay"}, "valueMoney": {"value": 10, "currency": "EUR"}}
        ],
        extension=[{"url": "http://example.org/card-number", "valueString": "A 12"}],
    )
    assert shown(data) == [
        ("Coverage: Public", ""),
        ("Status", "active"),
        ("Type", "Public"),
        ("Period", "since 2026-01-01"),
        ("Payor", "AOK, Organization/2"),
        ("Cost to beneficiary", ""),
        ("Type", "copay"),
        ("Value money", "10 EUR"),
        ("card-number", "A 12"),
    ]


def test_a_long_tree_is_cut_and_counted() -> None:
    items = [{"text": "a b", "linkId": str(n), "type": "string"} for n in range(500)]
    lines = shown(encoded(resourceType="Questionnaire", status="active", item=items))
    assert lines[-1][1].endswith("more rows in the file")
    assert len(lines) < 500


def test_what_is_not_shown_is_named() -> None:
    data = encoded(resourceType="Condition", code={"text": "Cough"}, stage=[{"summary": {}}])
    assert ("Also in the file", "Stage") in shown(data)


@pytest.mark.parametrize("data", [b"{}", b"[]", b'"x"', b'{"resourceType": 5}', b"null", b"5"])
def test_there_is_always_something(data: bytes) -> None:
    assert title_of(data)
    assert as_text(data).strip()
    assert time_of(data) is None


@pytest.mark.parametrize(("data", "refusal"), [(b"{", NotJson), (b'{"a":1,"a":2}', NotFhir)])
def test_what_is_no_json(data: bytes, refusal: type[Exception]) -> None:
    for read in (summarise, title_of, time_of, as_text):
        with pytest.raises(refusal):
            read(data)


def test_a_record_cannot_drive_the_terminal() -> None:
    evil = "\x1b[2J\x1b]52;c;cm0gLXJm\x07\u202e"
    data = encoded(
        resourceType="Observation",
        status=evil,
        code={"text": evil},
        valueString=evil,
        note=[{"text": evil}],
        component=[{"code": {"text": evil}, "valueString": evil}],
        effectiveDateTime=evil,
        text={"status": "generated", "div": f"<div>{evil}</div>"},
        **{evil: evil},
    )
    tree = encoded(resourceType=evil, **{evil: {evil: [evil, {evil: 1}]}})
    for harm in (data, tree, bundle(json.loads(data), json.loads(tree))):
        assert all(map(harmless, as_text(harm).splitlines()))
        assert harmless(title_of(harm))


def test_every_real_file_is_readable(shared: Path) -> None:
    for file in sorted((shared / "fhir").rglob("*.json")):
        data = file.read_bytes()
        lines = summarise(data)
        assert len(lines) >= 2, file.name
        assert all(harmless(f"{line.label}{line.value}{line.flag}{line.date}") for line in lines)
        assert any(line.value for line in lines), file.name
        assert 0 < len(title_of(data)) <= 100


def test_each_type_of_the_real_files_says_what_it_is_about(shared: Path) -> None:
    bare = []
    for file in sorted((shared / "fhir").rglob("*.json")):
        value = json.loads(file.read_bytes())
        if value["resourceType"] in ROWS and not title_of(file.read_bytes()).strip(" :"):
            bare.append(file.name)
    assert bare == []


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.sampled_from(["2026-03-02", "0001-01-01T00:00:00+14:00", "final", "#a", "Patient/1"])
)
SHAPES = st.recursive(
    SCALARS.filter(lambda value: not isinstance(value, float) or abs(value) < 1e300),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4), inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                sorted(
                    {row.element for rows in ROWS.values() for row in rows}
                    | {
                        "coding",
                        "code",
                        "value",
                        "component",
                        "section",
                        "entry",
                        "resource",
                        "contained",
                        "resourceType",
                        "text",
                        "div",
                        "interpretation",
                        "referenceRange",
                        "low",
                        "high",
                        "valueQuantity",
                        "effectivePeriod",
                        "extension",
                        "url",
                        "name",
                        "fullUrl",
                        "id",
                    }
                )
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(kind=st.sampled_from([*ROWS, "Bundle", "Coverage", "Medication"]), value=SHAPES)
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_shape_is_shown_harmlessly(kind: str, value: Any) -> None:
    resource = {"resourceType": kind, **(value if isinstance(value, dict) else {"code": value})}
    data = json.dumps(resource).encode()
    lines = summarise(data)
    assert lines
    assert all(harmless(line) for line in as_text(data).splitlines())
    assert harmless(title_of(data))
    time_of(data)


@given(data=st.data(), instead=SHAPES)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_mutated_samples_are_shown_harmlessly(data: st.DataObject, instead: Any) -> None:
    samples = Path(__file__).resolve().parents[2] / "data" / "fhir"
    name = data.draw(st.sampled_from(["bundle.json", "blood-pressure.json", "prescription.json"]))
    value = json.loads((samples / name).read_bytes())
    target: Any = value
    while True:
        steps = list(target) if isinstance(target, dict) else list(range(len(target)))
        step = data.draw(st.sampled_from(steps))
        deeper = target[step]
        if not isinstance(deeper, dict | list) or not deeper or data.draw(st.booleans()):
            target[step] = instead
            break
        target = deeper
    changed = json.dumps(value).encode()
    assert all(map(harmless, as_text(changed).splitlines()))
    assert title_of(changed)
