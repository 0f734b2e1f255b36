from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medrec.clinical import values
from tests.unit.clinical.support import harmless


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("4.10"), "4.10"),
        (Decimal("179.4479551521441"), "179.448"),
        (Decimal("0.000123456789"), "0.000123457"),
        (Decimal("1234567.89"), "1234568"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E+999999"), "1E+999999"),
        (7, "7"),
        (True, ""),
        (None, ""),
        ([5], ""),
    ],
)
def test_numbers(value: object, shown: str) -> None:
    assert values.number(value) == shown


@pytest.mark.parametrize(
    ("show", "value", "shown"),
    [
        (values.concept, {"text": "Cough", "coding": [{"display": "Tussis"}]}, "Cough"),
        (values.concept, {"coding": [{"code": "1"}, {"display": "Tussis"}]}, "Tussis"),
        (values.concept, {"coding": [{"code": "49727002"}]}, "49727002"),
        (values.concept, {"display": "Female", "code": "F"}, "Female"),
        (values.quantity, {"value": 5, "unit": "mg", "comparator": "<="}, "≤5 mg"),
        (values.quantity, {"value": Decimal("44.0"), "unit": "%"}, "44.0%"),
        (values.quantity, {"value": 3, "code": "mm[Hg]"}, "3 mmHg"),
        (
            values.span,
            {"low": {"value": 1, "unit": "g"}, "high": {"value": 2, "unit": "g"}},
            "1 to 2 g",
        ),
        (values.span, {"high": {"value": 2, "unit": "g"}}, "up to 2 g"),
        (
            values.ratio,
            {"numerator": {"value": 1, "unit": "mg"}, "denominator": {"value": 2, "unit": "mL"}},
            "1 mg / 2 mL",
        ),
        (values.moment, "2026-03-02T09:40:12.123+01:00", "2026-03-02 09:40 +01:00"),
        (values.moment, "2026-03-02T09:40:00Z", "2026-03-02 09:40 UTC"),
        (values.moment, "2026-03", "2026-03"),
        (values.period, {"start": "2026", "end": "2027"}, "2026 to 2027"),
        (values.period, {"start": "2026"}, "since 2026"),
        (values.period, {"end": "2027"}, "until 2027"),
        (
            values.human_name,
            {"prefix": ["Dr"], "given": ["Ana", "M."], "family": "Núñez"},
            "Dr Ana M. Núñez",
        ),
        (values.best_name, [{"use": "old", "family": "A"}, {"use": "usual", "family": "B"}], "B"),
        (
            values.address,
            {"line": ["12 Rue X"], "postalCode": "75001", "city": "Paris"},
            "12 Rue X, 75001 Paris",
        ),
        (values.telecom, {"value": "+33", "use": "work", "system": "phone"}, "+33 (work phone)"),
        (values.annotation, {"text": "Better", "time": "2026-01-01"}, "Better (2026-01-01)"),
        (
            values.attachment,
            {"contentType": "application/pdf", "data": "AAAA"},
            "application/pdf, 3 bytes",
        ),
        (values.dosage, {"text": "One each morning"}, "One each morning"),
        (
            values.dosage,
            {
                "doseAndRate": [{"doseQuantity": {"value": 2, "unit": "tablet"}}],
                "timing": {
                    "repeat": {
                        "frequency": 3,
                        "period": 1,
                        "periodUnit": "d",
                        "boundsDuration": {"value": 7, "unit": "days"},
                    }
                },
                "asNeededBoolean": True,
            },
            "2 tablet, 3 times every day, for 7 days, as needed",
        ),
        (
            values.timing,
            {"repeat": {"frequency": 1, "period": 8, "periodUnit": "h"}},
            "1 time every 8 hours",
        ),
    ],
)
def test_data_types(show: Callable[[Any], str], value: object, shown: str) -> None:
    assert show(value) == shown


def test_a_choice_is_found_whatever_its_type() -> None:
    assert values.choice({"valueBoolean": False}, "value") == "no"
    assert values.choice({"onsetAge": {"value": 40, "unit": "years"}}, "onset") == "40 years"
    assert values.choice({"valueset": "x", "value": 1}, "value") == ""


def test_moments_are_put_in_order() -> None:
    written = ["2026", "2026-03-02T00:30:00+02:00", "2026-03-01T23:00:00Z", "2026-03-02", "soon"]
    assert sorted(written, key=values.order) == [
        "soon",
        "2026",
        "2026-03-02T00:30:00+02:00",
        "2026-03-01T23:00:00Z",
        "2026-03-02",
    ]


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals()
    | st.text(max_size=8)
    | st.sampled_from(["2026-03-02", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "text",
                    "coding",
                    "code",
                    "display",
                    "value",
                    "unit",
                    "low",
                    "high",
                    "start",
                    "end",
                    "given",
                    "family",
                    "line",
                    "timing",
                    "repeat",
                    "period",
                    "doseAndRate",
                    "reference",
                    "valueQuantity",
                    "valueTiming",
                    "time",
                    "use",
                    "exponent",
                    "data",
                    "size",
                ]
            )
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
SHOWS = [
    values.text,
    values.number,
    values.concept,
    values.quantity,
    values.span,
    values.ratio,
    values.moment,
    values.period,
    values.human_name,
    values.best_name,
    values.address,
    values.telecom,
    values.identifier,
    values.annotation,
    values.attachment,
    values.dosage,
    values.timing,
    values.reference_text,
    lambda value: values.choice(value, "value"),
]


@given(ANYTHING, st.sampled_from(SHOWS))
@settings(max_examples=600, deadline=None)
def test_anything_gives_one_harmless_line(value: Any, show: Callable[[Any], str]) -> None:
    assert harmless(show(value))
    assert isinstance(values.order(value), float)
