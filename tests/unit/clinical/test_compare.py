from __future__ import annotations

import json
from typing import Any

from medrec.clinical.compare import CompareRow, compare

FHIR = "application/fhir+json"


def panel(**values: float) -> tuple[str, bytes]:
    results = [
        {"resourceType": "Observation", "id": name, "code": {"text": name},
         "valueQuantity": {"value": value, "unit": "mmol/L"}}
        for name, value in values.items()
    ]  # fmt: skip
    report: dict[str, Any] = {
        "resourceType": "DiagnosticReport",
        "code": {"text": "Panel"},
        "contained": results,
        "result": [{"reference": f"#{name}"} for name in values],
    }
    return FHIR, json.dumps(report).encode()


def values(rows: list[CompareRow], group: str) -> list[tuple[str, str, str, bool]]:
    return [
        (
            row.label,
            row.older.value if row.older else "",
            row.newer.value if row.newer else "",
            row.changed,
        )
        for row in rows
        if row.group == group
    ]


def test_a_changed_value_is_marked_and_the_others_are_not() -> None:
    rows = compare(panel(glucose=7.4, potassium=5.6), panel(glucose=7.4, potassium=4.4))
    assert values(rows, "Results") == [
        ("glucose", "7.4", "7.4", False),
        ("potassium", "5.6", "4.4", True),
    ]


def test_rows_that_one_version_lacks_stand_in_their_place() -> None:
    rows = compare(panel(a=1, b=2, c=3), panel(a=1, c=3, d=4))
    assert values(rows, "Results") == [
        ("a", "1", "1", False),
        ("b", "2", "", True),
        ("c", "3", "3", False),
        ("d", "", "4", True),
    ]


def test_the_same_bytes_have_no_change() -> None:
    assert not any(row.changed for row in compare(panel(a=1), panel(a=1)))


def test_what_the_page_does_not_show_is_told_all_the_same() -> None:
    def condition(system: str) -> tuple[str, bytes]:
        extension = [{"url": "http://e.org/x", "valueString": system}]
        resource = {"resourceType": "Condition", "code": {"text": "A"}, "extension": extension}
        return FHIR, json.dumps(resource).encode()

    changed = [row for row in compare(condition("one"), condition("two")) if row.changed]
    assert [(row.group, row.older and row.older.value) for row in changed] == [
        ("Elsewhere in the file", "one")
    ]


def test_other_bytes_with_the_same_meaning_are_told() -> None:
    kind, data = panel(a=1)
    rows = compare((kind, data), (kind, data + b"\n"))
    assert [row.label for row in rows if row.changed] == ["File"]


def test_texts_are_compared_by_line() -> None:
    rows = compare(("text/plain", b"one\ntwo\nthree"), ("text/plain", b"one\n2\nthree\nfour"))
    assert values(rows, "") == [
        ("", "one", "one", False),
        ("", "two", "2", True),
        ("", "three", "three", False),
        ("", "", "four", True),
    ]


def test_other_files_are_compared_by_size_and_bytes() -> None:
    rows = compare(("image/png", b"abc"), ("image/png", b"abd"))
    assert [row.label for row in rows if row.changed] == ["File"]


def test_what_claims_to_be_fhir_and_is_not_is_compared_as_a_file() -> None:
    rows = compare((FHIR, b"{"), (FHIR, b"{}}"))
    assert [row.label for row in rows if row.changed] == ["Size"]
