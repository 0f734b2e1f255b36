"""What is said of a file before it becomes a record: resource by resource, and whose it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrec.clinical import jsontext
from medrec.clinical.entries import category_of, entries, people_in, suggest, whose
from medrec.clinical.patient import Demographics
from medrec.clinical.validation import check
from medrec.domain.categories import Category
from medrec.domain.imports import EntryState, FilePerson, Whose
from medrec.errors import InputRefused

DATA = Path(__file__).parents[2] / "data" / "fhir"
ADA = Demographics("Ada Maria", "Lovelace", "1985-12-10", "female")


def refused(data: bytes) -> bool:
    try:
        check(data)
    except InputRefused:
        return True
    return False


@pytest.mark.parametrize("path", sorted(DATA.glob("*.json")), ids=lambda path: path.stem)
def test_a_file_has_a_refused_entry_where_it_is_refused(path: Path) -> None:
    data = path.read_bytes()
    try:
        value = jsontext.decode(data)
    except InputRefused:
        assert refused(data)
        return
    found = {entry.index: entry for entry in entries(value)}
    states = {entry.state for entry in found.values()}
    assert (EntryState.REFUSED in states) is refused(data)
    for entry in found.values():
        assert (entry.state is EntryState.READY) is (entry.problems == ())


@pytest.mark.parametrize("value", [None, 3, [], {}, {"resourceType": 5}, {"resourceType": "X"}])
def test_what_is_no_resource_is_refused(value: object) -> None:
    assert [entry.state for entry in entries(value)] == [EntryState.REFUSED]


@pytest.mark.parametrize(
    ("resource", "category"),
    [
        ({"resourceType": "Condition"}, Category.PROBLEMS),
        ({"resourceType": "MedicationStatement"}, Category.MEDICATIONS),
        ({"resourceType": "Immunization"}, Category.IMMUNIZATIONS),
        ({"resourceType": "ImagingStudy"}, Category.IMAGING),
        ({"resourceType": "DiagnosticReport", "result": [{}]}, Category.LABORATORY),
        ({"resourceType": "DiagnosticReport", "imagingStudy": [{}]}, Category.IMAGING),
        ({"resourceType": "DiagnosticReport"}, Category.DOCUMENTS),
        (
            {"resourceType": "Observation", "category": [{"coding": [{"code": "vital-signs"}]}]},
            Category.VITALS,
        ),
        (
            {"resourceType": "Observation", "category": [{"coding": [{"code": "laboratory"}]}]},
            Category.LABORATORY,
        ),
        ({"resourceType": "Basic"}, Category.DOCUMENTS),
        ({}, Category.DOCUMENTS),
    ],
)
def test_where_one_would_look_for_it(resource: dict[str, object], category: Category) -> None:
    assert category_of(resource) is category


def test_a_mixed_file_goes_to_the_documents() -> None:
    kinds = ["Patient", "Condition", "Condition", "Immunization"]
    value = {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": k}} for k in kinds]}
    assert suggest(value) is Category.DOCUMENTS
    value["entry"] = [{"resource": {"resourceType": k}} for k in kinds[:3]]
    assert suggest(value) is Category.PROBLEMS
    assert suggest({"resourceType": "Bundle"}) is Category.DOCUMENTS
    assert suggest({"resourceType": "Patient"}) is Category.DOCUMENTS


def test_people_are_found_once() -> None:
    ada = {
        "resourceType": "Patient",
        "name": [{"family": "Lovelace", "given": ["Ada"]}],
        "birthDate": "1985-12-10",
    }
    bundle = {"resourceType": "Bundle", "entry": [{"resource": ada}, {"resource": ada}]}
    assert people_in(bundle) == (FilePerson("Ada Lovelace", "1985-12-10"),)
    assert people_in({"resourceType": "Condition", "contained": [ada]}) == people_in(ada)


@pytest.mark.parametrize(
    ("people", "verdict"),
    [
        ([("Ada Lovelace", "1985-12-10")], Whose.SAME),
        ([("LOVELACE, Maria", "1985-12-10")], Whose.SAME),
        ([("Ada Lovelace", "")], Whose.UNKNOWN),
        ([("", "1985-12-10")], Whose.UNKNOWN),
        ([("Ada Lovelace", "1985-12")], Whose.UNKNOWN),
        ([("Ada Byron", "1985-12-10")], Whose.DIFFERENT),
        ([("Ada Lovelace", "1985-12-11")], Whose.DIFFERENT),
        ([("Ada Lovelace", "1985-12-10"), ("Grace Hopper", "")], Whose.SEVERAL),
        ([], Whose.UNKNOWN),
    ],
)
def test_whose_data_it_is(people: list[tuple[str, str]], verdict: Whose) -> None:
    assert whose([FilePerson(*person) for person in people], ADA) is verdict


def test_nobody_to_compare_with() -> None:
    assert whose([FilePerson("Ada Lovelace", "1985-12-10")], None) is Whose.UNKNOWN
