from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medrec.clinical.problems import Problem, Severity
from medrec.clinical.validation import check, validate
from medrec.errors import InputRefused, NotFhir
from tests.unit.clinical.support import harmless

OBSERVATION: dict[str, Any] = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"text": "Pulse"},
}
EXTENSION = {"url": "http://example.org/why"}


def problems(resource: object) -> list[Problem]:
    return list(validate(json.dumps(resource).encode()))


def found(resource: object) -> list[tuple[Severity, str]]:
    return [(problem.severity, problem.path) for problem in problems(resource)]


def observation(**elements: Any) -> dict[str, Any]:
    return OBSERVATION | elements


def test_a_good_resource_has_no_problem() -> None:
    assert problems(OBSERVATION) == []


@pytest.mark.parametrize(
    ("resource", "path"),
    [
        (observation(status="bogus"), "Observation.status"),
        (observation(status=5), "Observation.status"),
        ({"resourceType": "Observation", "code": {"text": "x"}}, "Observation.status"),
        ({"resourceType": "Observation", "status": "final"}, "Observation.code"),
        (observation(code={"coding": [{"system": 5}]}), "Observation.code.coding[0].system"),
        (observation(code={"coding": [{"code": "a  b"}]}), "Observation.code.coding[0].code"),
        (observation(code=[{"text": "x"}]), "Observation.code"),
        (observation(category={"text": "x"}), "Observation.category"),
        (observation(valueQuantity={"value": "5"}), "Observation.valueQuantity.value"),
        (observation(valueQuantity={"comparator": "="}), "Observation.valueQuantity.comparator"),
        (observation(valueInteger="5"), "Observation.valueInteger"),
        (observation(valueInteger=5.0), "Observation.valueInteger"),
        (observation(valueInteger=2**40), "Observation.valueInteger"),
        (observation(valueBoolean="true"), "Observation.valueBoolean"),
        (observation(valueBoolean=1), "Observation.valueBoolean"),
        (observation(valueInteger=True), "Observation.valueInteger"),
        (observation(valueString=""), "Observation.valueString"),
        (observation(valueString="a", valueInteger=5), "Observation"),
        (observation(effectiveDateTime="2020-02-30"), "Observation.effectiveDateTime"),
        (observation(effectiveDateTime=1234567), "Observation.effectiveDateTime"),
        (observation(effectiveDateTime="2020-02-03T10:00"), "Observation.effectiveDateTime"),
        (observation(nonsense=5), "Observation.nonsense"),
        (observation(code={"text": "x", "bad": 1}), "Observation.code.bad"),
        (observation(note=[None]), "Observation.note[0]"),
        (
            observation(extension=[{"url": "http://example.org/why", "valueUrl": ["a"]}]),
            "Observation.extension[0].valueUrl",
        ),
        (observation(id="a b"), "Observation.id"),
        (observation(resource_type="Observation"), "Observation.resource_type"),
        (
            observation(component=[{"code": {"text": "a"}}, {"valueString": "x"}]),
            "Observation.component[1].code",
        ),
        (observation(extension=[{"valueString": "x"}]), "Observation.extension[0].url"),
        (
            observation(extension=[EXTENSION | {"valueBase64Binary": "aG%lsbG8="}]),
            "Observation.extension[0].valueBase64Binary",
        ),
        (observation(contained=[{"resourceType": "Bogus"}]), "Observation.contained[0]"),
        (observation(contained=[{"id": "a"}]), "Observation.contained[0]"),
        (observation(contained=[{"resourceType": "Period"}]), "Observation.contained[0]"),
        (observation(contained=[{"resourceType": ["Patient"]}]), "Observation.contained[0]"),
        (observation(contained=["{}"]), "Observation.contained[0]"),
        ({"resourceType": "Patient", "birthDate": "1980-13-01"}, "Patient.birthDate"),
        ({"resourceType": "Patient", "gender": "M"}, "Patient.gender"),
        (
            {"resourceType": "Encounter", "status": "finished", "class_fhir": {"code": "AMB"}},
            "Encounter.class_fhir",
        ),
        ({"resourceType": "Bundle", "entry": []}, "Bundle.type"),
        ({"resourceType": "Bundle", "type": "collection", "entry": {}}, "Bundle.entry"),
        ({"resourceType": "Bundle", "type": "collection", "entry": [5]}, "Bundle.entry[0]"),
        ({"resourceType": "Period", "start": "2020"}, "Period"),
        ({"resourceType": "Resource"}, "Resource"),
        ({"resourceType": "BundleEntry"}, "BundleEntry"),
        ({"resourceType": ["Patient"]}, "The resource"),
        ({"resourceType": ""}, "The resource"),
        ([], "The JSON"),
        ("Patient", "The JSON"),
    ],
)
def test_what_is_not_fhir_is_an_error_with_its_path(resource: object, path: str) -> None:
    assert (Severity.ERROR, path) in found(resource)


@pytest.mark.parametrize(
    ("resource", "path"),
    [
        (observation(note=[]), "Observation.note"),
        (observation(note=None), "Observation.note"),
        (observation(code={}), "Observation.code"),
        (observation(id="x" * 65), "Observation.id"),
        (observation(fhir_comments="x"), "Observation.fhir_comments"),
        (observation(subject={"reference": "Nope/1"}), "Observation.subject"),
        (observation(subject={"reference": "#p"}), "Observation.subject"),
        (observation(implicitRules="x y"), "Observation.implicitRules"),
        (observation(valueString="a\x1b[2J"), "Observation.valueString"),
        (observation(text={"status": "generated", "div": "hello"}), "Observation.text.div"),
        (
            observation(text={"status": "generated", "div": "<div><script>x</script></div>"}),
            "Observation.text.div",
        ),
        (
            observation(
                extension=[
                    EXTENSION | {"valueUuid": "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8"}
                ]
            ),
            "Observation.extension[0].valueUuid",
        ),
        (
            observation(extension=[EXTENSION | {"valueMeta": {}}]),
            "Observation.extension[0].valueMeta",
        ),
        (
            observation(contained=[{"resourceType": "SubstancePolymer", "id": "a"}]),
            "Observation.contained[0]",
        ),
        ({"resourceType": "SubstancePolymer"}, "SubstancePolymer"),
    ],
)
def test_what_is_imperfect_is_only_a_warning(resource: object, path: str) -> None:
    assert found(resource) == [(Severity.WARNING, path)]


@pytest.mark.parametrize(
    "resource",
    [
        observation(status="entered-in-error"),
        observation(
            subject={"reference": "#p"}, contained=[{"resourceType": "Patient", "id": "p"}]
        ),
        observation(note=[{"text": "x"}], valueQuantity={"value": 5.10, "comparator": "<="}),
        observation(extension=[EXTENSION | {"valueBase64Binary": "aGVs\nbG8="}]),
        {
            "resourceType": "Observation",
            "code": {"text": "x"},
            "_status": {"extension": [EXTENSION | {"valueCode": "unknown"}]},
        },
        {
            "resourceType": "Patient",
            "name": [
                {
                    "given": ["A", None],
                    "_given": [None, {"extension": [EXTENSION | {"valueString": "b"}]}],
                }
            ],
        },
    ],
)
def test_what_r4_allows_passes(resource: object) -> None:
    assert problems(resource) == []


def test_an_entry_of_a_bundle_is_named_by_its_number() -> None:
    entries = [{"resource": OBSERVATION} for _ in range(13)]
    entries[12] = {"resource": observation(code={"coding": [{}, {"system": 7}]})}
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    errors = [p.path for p in problems(bundle) if p.severity is Severity.ERROR]
    assert errors == ["Bundle.entry[12].resource.code.coding[1].system"]


def document(*sections: str, reference: str = "Patient/p") -> dict[str, Any]:
    composition = {
        "resourceType": "Composition",
        "id": "c",
        "status": "final",
        "date": "2026-03-02",
        "title": "Summary",
        "author": [{"display": "Dr Weiss"}],
        "type": {"coding": [{"system": "http://loinc.org", "code": "60591-5"}]},
        "subject": {"reference": reference},
        "section": [{"code": {"coding": [{"code": code}]}} for code in sections],
    }
    if not sections:
        del composition["section"]
    entries = [
        {"fullUrl": "http://example.org/Composition/c", "resource": composition},
        {
            "fullUrl": "http://example.org/Patient/p",
            "resource": {"resourceType": "Patient", "id": "p"},
        },
    ]
    return {
        "resourceType": "Bundle",
        "type": "document",
        "timestamp": "2026-03-02T10:00:00Z",
        "identifier": {"value": "1"},
        "entry": entries,
    }


def test_a_whole_patient_summary() -> None:
    assert problems(document("11450-4", "48765-2", "10160-0")) == []


def test_a_patient_summary_without_its_sections_warns() -> None:
    assert [p.message for p in problems(document("48765-2"))] == [
        "lacks “Problem list”, which a patient summary should have.",
        "lacks “Medication summary”, which a patient summary should have.",
    ]


def test_unresolved_references_of_a_document_warn_once() -> None:
    bundle = document("11450-4", "48765-2", "10160-0", reference="Patient/gone")
    bundle["entry"][0]["resource"]["author"] = [{"reference": "Patient/gone"}]
    assert [str(p) for p in problems(bundle)] == [
        "Bundle.entry[0].resource.author[0] points to “Patient/gone”, which is not in this Bundle."
    ]


def test_a_document_that_does_not_begin_with_its_composition_warns() -> None:
    bundle = document("11450-4", "48765-2", "10160-0")
    bundle["entry"].reverse()
    assert found(bundle) == [(Severity.WARNING, "Bundle.entry[0]")]


def test_a_refusal_names_the_first_errors_and_counts_the_rest() -> None:
    entries = [{"resource": observation(status=number)} for number in range(9)]
    data = json.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries}).encode()
    with pytest.raises(NotFhir) as refusal:
        check(data, "batch.json")
    assert "Bundle.entry[2].resource.status must be text, not a number." in refusal.value.sentence
    assert "Bundle.entry[3]" not in refusal.value.sentence
    assert "And 6 more." in refusal.value.sentence


def test_a_refusal_cannot_drive_the_terminal() -> None:
    with pytest.raises(NotFhir) as refusal:
        check(json.dumps(observation(**{"\x1b]0;owned\x07": 1})).encode(), "a.json")
    assert refusal.value.sentence.isprintable()


def test_every_official_and_real_file_is_accepted(shared: Path) -> None:
    warned = {}
    files = sorted((shared / "fhir").rglob("*.json"))
    assert len(files) > 100
    for file in files:
        _, warnings = check(file.read_bytes(), file.name)
        if warnings:
            warned[file.name] = warnings
    ips = {name: told for name, told in warned.items() if (shared / "fhir" / "ips" / name).exists()}
    assert set(ips) == {
        "CY_249867.json",
        "US_Interoperability_Institute_Rose Cox Burnett-IPS.json",
    }
    assert "Medication summary" in ips["CY_249867.json"][0]


async def test_the_loop_lives_while_a_large_bundle_is_validated() -> None:
    entries = [{"resource": OBSERVATION} for _ in range(3000)]
    data = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()
    await asyncio.to_thread(check, json.dumps(OBSERVATION).encode())
    work = asyncio.create_task(asyncio.to_thread(check, data))
    turns = 0
    while not work.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert await work == ("Bundle", ())
    # A call that held the interpreter for all of the entries would let it turn once or twice.
    assert turns > 20


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place inside a JSON value."""
    steps: list[Any] = []
    if isinstance(value, dict):
        steps = list(value)
    elif isinstance(value, list):
        steps = list(range(len(value)))
    return [path, *(found for step in steps for found in places(value[step], (*path, step)))]


@given(data=st.data(), instead=JSON)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_mutated_resources_give_problems_or_our_refusal(data: st.DataObject, instead: Any) -> None:
    samples = Path(__file__).resolve().parents[2] / "data" / "fhir"
    name = data.draw(st.sampled_from(["bundle.json", "blood-pressure.json", "prescription.json"]))
    value = json.loads((samples / name).read_bytes())
    *way, last = data.draw(st.sampled_from(places(value)[1:]))
    target = value
    for step in way:
        target = target[step]
    target[last] = instead
    try:
        sentences = [str(problem) for problem in problems(value)]
    except InputRefused as refusal:
        sentences = [refusal.sentence]
    assert all(map(harmless, sentences))
