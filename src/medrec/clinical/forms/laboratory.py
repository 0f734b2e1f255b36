"""A laboratory result: one Observation with its reference range and what that makes of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from medrec.clinical.forms.base import Checked, Fields, Limits, Stamp, Texts, decimal_of
from medrec.clinical.forms.build import (
    LOINC,
    Resource,
    author_of,
    code_of,
    coding,
    concept,
    encode,
    head,
    hl7,
    note,
    number_of,
    patient_of,
    quantity,
    words_of,
)
from medrec.clinical.values import at

NAME = "laboratory"
FIELDS = ("collected", "test", "code", "value", "unit", "low", "high", "comment")

_ANY = Limits.of("-999999999", "999999999")
_CODE = re.compile(r"\d{1,7}-\d")
_COMPARED = re.compile(r"(<=|>=|<|>)\s*(.+)")
_FLAGS = {"L": "Low", "H": "High", "N": "Normal"}


@dataclass(frozen=True, slots=True)
class LabResult:
    """One result: a number with a unit (perhaps "<" a number), or words such as "negative"."""

    collected: str
    test: str
    value: Decimal | None
    words: str = ""
    comparator: str = ""
    unit: str = ""
    code: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    comment: str = ""

    @property
    def flag(self) -> str:
        """L, H or N by the reference range; empty where that does not say it for certain."""
        value, low, high = self.value, self.low, self.high
        if value is None or (low is None and high is None):
            return ""
        # "< 5" is below 5 for certain; whether it is below 3 nobody knows.
        under, over = self.comparator in {"<", "<="}, self.comparator in {">", ">="}
        if (
            low is not None
            and not over
            and (value < low or (self.comparator == "<" and value == low))
        ):
            return "L"
        if (
            high is not None
            and not under
            and (value > high or (self.comparator == ">" and value == high))
        ):
            return "H"
        return "" if self.comparator else "N"


def loinc_holds(code: str) -> bool:
    """Whether a LOINC code's check digit (Luhn, modulo 10) is right."""
    digits, _, last = code.partition("-")
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return (10 - total % 10) % 10 == int(last)


def check(texts: Texts, now: datetime) -> Checked[LabResult]:
    """A result from what was typed."""
    fields = Fields(texts, now)
    collected = fields.moment("collected")
    test = fields.line("test", 120, needed="Write what was measured.")
    code = fields.line("code", 12)
    if code and not (code.isascii() and _CODE.fullmatch(code) and loinc_holds(code)):
        fields.error("code", "This is no LOINC code: its check digit is wrong.")
    comparator, value, words = _value(fields)
    unit = fields.line("unit", 30)
    if value is not None and not unit:
        fields.warn("unit", "A number without a unit. It can be saved.")
    low, high = fields.number("low", _ANY), fields.number("high", _ANY)
    if low is not None and high is not None and low > high:
        fields.error("high", "It must not be below the lower end.")
    found = LabResult(
        collected,
        test,
        value,
        words,
        comparator,
        unit if value is not None else "",
        code,
        low,
        high,
        fields.paragraph("comment", 2000),
    )
    if found.flag in {"L", "H"}:
        below = found.flag == "L"
        fields.warn("value", "Below the range: it is marked low." if below else _ABOVE)
    return fields.done(found)


_ABOVE = "Above the range: it is marked high."


def _value(fields: Fields) -> tuple[str, Decimal | None, str]:
    raw = fields.line("value", 200, needed="Write the result.")
    compared = _COMPARED.fullmatch(raw)
    comparator, rest = (compared[1], compared[2]) if compared else ("", raw)
    try:
        return comparator, decimal_of(rest), ""
    except ValueError:
        if comparator:
            fields.error("value", f"Write a number after {comparator}.")
        return "", None, raw


def build(result: LabResult, stamp: Stamp) -> bytes:
    """An Observation of the category laboratory."""
    category = coding(hl7("observation-category"), "laboratory", "Laboratory")
    codings = [coding(LOINC, result.code, result.test)] if result.code else []
    found = head("Observation", NAME, stamp) | {
        "status": "final",
        "category": [concept("Laboratory", category)],
        "code": concept(result.test, *codings),
        "subject": patient_of(stamp),
        "effectiveDateTime": result.collected,
        "issued": stamp.written,
        "performer": [author_of(stamp)],
    }
    if result.value is None:
        found["valueString"] = result.words
    else:
        found["valueQuantity"] = quantity(result.value, result.unit, "", result.comparator)
    if flag := result.flag:
        system = hl7("v3-ObservationInterpretation")
        found["interpretation"] = [concept("", coding(system, flag, _FLAGS[flag]))]
    found["note"] = note(result.comment)
    found["referenceRange"] = _range(result)
    return encode(found)


def _range(result: LabResult) -> list[Resource]:
    ends = {
        name: quantity(end, result.unit)
        for name, end in (("low", result.low), ("high", result.high))
        if end is not None
    }
    return [ends] if ends else []


def title(result: LabResult) -> str:
    """What the record is called."""
    value = result.words if result.value is None else f"{result.comparator}{result.value:f}"
    return f"{result.test}: {value} {result.unit}".rstrip()


def read(resource: Any) -> dict[str, str]:
    """The texts of a record that this form wrote."""
    number = at(resource, "valueQuantity")
    compared = words_of(at(number, "comparator")) + number_of(at(number, "value"))
    ends = at(resource, "referenceRange", 0)
    return {
        "collected": words_of(at(resource, "effectiveDateTime")),
        "test": words_of(at(resource, "code", "text")),
        "code": code_of(at(resource, "code")),
        "value": compared or words_of(at(resource, "valueString")),
        "unit": words_of(at(number, "unit")),
        "low": number_of(at(ends, "low", "value")),
        "high": number_of(at(ends, "high", "value")),
        "comment": words_of(at(resource, "note", 0, "text")),
    }
