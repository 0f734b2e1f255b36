from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from medrec.clinical.page import Line, Look, Page, Tone
from medrec.clinical.readable import Document
from medrec.errors import NotJson


def encoded(**resource: Any) -> bytes:
    return json.dumps(resource).encode()


def bundle(*entries: tuple[str, dict[str, Any]]) -> bytes:
    listed = [{"fullUrl": url, "resource": resource} for url, resource in entries]
    return encoded(resourceType="Bundle", type="collection", entry=listed)


def lines_of(page: Page, title: str) -> tuple[Line, ...]:
    return next(part.lines for part in page.parts if part.title == title)


def test_a_value_stands_with_unit_flag_and_range() -> None:
    page = Document(
        encoded(
            resourceType="Observation",
            status="final",
            code={"text": "HbA1c"},
            effectiveDateTime="2026-11-03T08:15:00Z",
            valueQuantity={"value": 6.8, "unit": "%"},
            referenceRange=[{"low": {"value": 4.0}, "high": {"value": 6.0}}],
        )
    ).page()
    (line,) = lines_of(page, "Result")
    assert (line.label, line.value, line.unit, line.range) == ("HbA1c", "6.8", "%", "4.0–6.0")
    assert line.flag is not None
    assert (line.flag.text, line.flag.tone) == ("High", Tone.HIGH)
    assert (page.kind, page.title, page.when) == ("Result", "HbA1c", "2026-11-03T08:15:00Z")


def test_components_are_rows_of_the_same_table() -> None:
    parts = [
        {
            "code": {"coding": [{"code": code, "display": name}]},
            "valueQuantity": {"value": value, "unit": "mm[Hg]"},
        }
        for code, name, value in (("8480-6", "Systolic", 128), ("8462-4", "Diastolic", 82))
    ]
    observed = {"resourceType": "Observation", "code": {"text": "Pressure"}, "component": parts}
    lines = lines_of(Document(encoded(**observed)).page(), "Results")
    assert [(line.label, line.value, line.unit) for line in lines] == [
        ("Systolic", "128", "mmHg"),
        ("Diastolic", "82", "mmHg"),
    ]
    whole = Document(bundle(("urn:uuid:1", observed))).page()
    (line,) = lines_of(whole, "Other observations")
    assert (line.value, line.unit) == ("128/82", "mmHg")


def test_a_report_shows_its_results_and_leads_to_them() -> None:
    result = {
        "resourceType": "Observation",
        "code": {"text": "Potassium"},
        "valueQuantity": {"value": 5.6, "unit": "mmol/L"},
        "interpretation": [{"coding": [{"code": "H"}]}],
    }
    report = {
        "resourceType": "DiagnosticReport",
        "code": {"text": "Metabolic panel"},
        "result": [{"reference": "urn:uuid:2"}, {"reference": "Observation/9", "display": "Iron"}],
    }
    document = Document(bundle(("urn:uuid:1", report), ("urn:uuid:2", result)))
    first, second = lines_of(document.page("0"), "Results")
    assert (first.label, first.value, first.target) == ("Potassium", "5.6", "1")
    assert (second.label, second.value, second.target) == ("Iron", "not in this file", "")
    assert document.page(first.target).title == "Potassium"


def test_a_reference_into_contained_resources_is_followed() -> None:
    document = Document(
        encoded(
            resourceType="Condition",
            id="c",
            code={"text": "Asthma"},
            subject={"reference": "#p"},
            contained=[{"resourceType": "Patient", "id": "p", "name": [{"text": "Amina Haddad"}]}],
        )
    )
    fact = next(line for part in document.page().parts for line in part.lines if line.target)
    assert (fact.label, fact.value) == ("Patient", "Amina Haddad")
    assert document.page(fact.target).type == "Patient"


def test_dates_are_left_to_whoever_lays_them_out() -> None:
    page = Document(
        encoded(
            resourceType="Encounter",
            status="finished",
            period={"start": "2026-10-14T09:00:00Z", "end": "2026-10-14T09:20:00Z"},
        )
    ).page()
    fact = next(line for part in page.parts for line in part.lines if line.label == "Period")
    assert (fact.value, fact.when, fact.until) == (
        "",
        "2026-10-14T09:00:00Z",
        "2026-10-14T09:20:00Z",
    )


def test_a_type_without_rows_is_a_tree_that_is_never_empty() -> None:
    page = Document(encoded(resourceType="Basic", code={"text": "Consent form"}, author={})).page()
    (tree,) = [part for part in page.parts if part.look is Look.TREE]
    assert [(line.label, line.value) for line in tree.lines] == [("Code", "Consent form")]


def test_a_narrative_has_nothing_that_acts_or_loads() -> None:
    div = (
        '<div onclick="x()" style="background:url(http://e.org/a)"><script>bad()</script>'
        '<img src="http://e.org/i.png"/><a href="http://e.org">Seen</a>'
        '<table><tr><td colspan="2">Well</td></tr></table></div>'
    )
    page = Document(
        encoded(
            resourceType="Condition", code={"text": "A"}, text={"status": "additional", "div": div}
        )
    ).page()
    (told,) = [part.markup for part in page.parts if part.look is Look.NARRATIVE]
    assert "Seen" in told
    assert 'colspan="2"' in told
    assert not any(word in told for word in ("http", "script", "img", "onclick", "style", "href"))


def test_a_file_inside_a_resource_opens() -> None:
    document = Document(
        encoded(
            resourceType="DocumentReference",
            status="current",
            content=[
                {
                    "attachment": {
                        "contentType": "application/pdf",
                        "data": base64.b64encode(b"%PDF-1.7").decode(),
                        "title": "Letter",
                    }
                }
            ],
        )
    )
    (line,) = lines_of(document.page(), "Files")
    held = document.embedded(line.target)
    assert held is not None
    assert (held.name, held.media_type, held.data) == ("Letter", "application/pdf", b"%PDF-1.7")
    assert document.embedded("!7") is None
    assert document.embedded("") is None


def test_what_is_in_error_stands_apart() -> None:
    wrong = {"resourceType": "Condition", "code": {"text": "Gout"}, "verificationStatus": {
        "coding": [{"code": "entered-in-error"}]}}  # fmt: skip
    right = {"resourceType": "Condition", "code": {"text": "Asthma"}}
    page = Document(bundle(("urn:uuid:1", wrong), ("urn:uuid:2", right))).page()
    assert [line.label for line in lines_of(page, "Problems")] == ["Asthma"]
    assert [line.label for line in lines_of(page, "Entered in error")] == ["Gout"]
    assert len(lines_of(page, "All entries")) == 2


def test_no_json_is_refused() -> None:
    with pytest.raises(NotJson):
        Document(b"{")


def test_every_resource_of_the_shared_data_has_something_to_read(shared: Path) -> None:
    files = sorted((shared / "fhir").rglob("*.json"))
    assert files
    for path in files:
        document = Document(path.read_bytes())
        entries = document.root.get("entry", []) if document.page().type == "Bundle" else []
        for key in ["", *(str(place) for place in range(len(entries)))]:
            page = document.page(key)
            assert page.title, path
            assert any(part.lines or part.markup for part in page.parts), (path, key)
            for line in (line for part in page.parts for line in part.lines if line.target):
                assert line.target in document or document.embedded(line.target), path
