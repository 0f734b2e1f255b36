"""A vaccination: one Immunization."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from medrec.clinical.forms.base import Checked, Fields, Limits, Stamp, Texts, before
from medrec.clinical.forms.build import (
    Resource,
    author_of,
    encode,
    head,
    note,
    number_of,
    patient_of,
    quantity,
    words_of,
)
from medrec.clinical.values import at

NAME = "immunization"
FIELDS = (
    "vaccine",
    "given",
    "site",
    "dose",
    "number",
    "series",
    "lot",
    "expires",
    "maker",
    "comment",
)

SITES = {
    "": "Not said",
    "left-arm": "Left upper arm",
    "right-arm": "Right upper arm",
    "left-thigh": "Left thigh",
    "right-thigh": "Right thigh",
    "mouth": "By mouth",
    "nose": "By nose",
}


@dataclass(frozen=True, slots=True)
class Vaccination:
    """What was given, when, which dose of how many, from which lot."""

    vaccine: str
    given: str
    site: str = ""
    dose: Decimal | None = None
    number: int | None = None
    series: int | None = None
    lot: str = ""
    expires: str = ""
    maker: str = ""
    comment: str = ""


def check(texts: Texts, now: datetime) -> Checked[Vaccination]:
    """A vaccination from what was typed."""
    fields = Fields(texts, now)
    small = Limits.of("1", "20", "", "6")
    found = Vaccination(
        vaccine=fields.line("vaccine", 200, needed="Write the vaccine."),
        given=fields.day("given", needed="When was it given?"),
        site=fields.choice("site", SITES, ""),
        dose=fields.number("dose", Limits.of("0.01", "20", "", "5")),
        number=fields.whole("number", small),
        series=fields.whole("series", small),
        lot=fields.line("lot", 60),
        expires=fields.day("expires", to_come=True),
        maker=fields.line("maker", 120),
        comment=fields.paragraph("comment", 2000),
    )
    if found.expires and len(found.expires) < 7:
        fields.error("expires", "Write the day or the month.")
    elif found.expires and before(found.expires, found.given):
        fields.warn("expires", "The lot had expired when it was given. It can be saved.")
    if found.number and found.series and found.number > found.series:
        fields.error("number", f"The series has {found.series}.")
    if found.series and not found.number and fields.raw("number") == "":
        fields.error("number", "Which dose of the series?")
    return fields.done(found)


def build(vaccination: Vaccination, stamp: Stamp) -> bytes:
    """An Immunization that was completed."""
    found = head("Immunization", NAME, stamp) | {
        "status": "completed",
        "vaccineCode": {"text": vaccination.vaccine},
        "patient": patient_of(stamp),
        "occurrenceDateTime": vaccination.given,
        "recorded": stamp.written,
        "primarySource": True,
    }
    if vaccination.maker:
        found["manufacturer"] = {"display": vaccination.maker}
    found["lotNumber"] = vaccination.lot
    found["expirationDate"] = vaccination.expires
    if vaccination.site:
        found["site"] = {"text": SITES[vaccination.site]}
    if vaccination.dose is not None:
        found["doseQuantity"] = quantity(vaccination.dose, "mL", "mL")
    found["performer"] = [{"actor": author_of(stamp)}]
    found["note"] = note(vaccination.comment)
    found["protocolApplied"] = _protocol(vaccination)
    return encode(found)


def _protocol(vaccination: Vaccination) -> list[Resource]:
    if vaccination.number is None:
        return []
    found: Resource = {"doseNumberPositiveInt": vaccination.number}
    if vaccination.series is not None:
        found["seriesDosesPositiveInt"] = vaccination.series
    return [found]


def title(vaccination: Vaccination) -> str:
    """What the record is called."""
    dose = f", dose {vaccination.number}" if vaccination.number else ""
    return vaccination.vaccine + dose


def read(resource: Any) -> dict[str, str]:
    """The texts of a record that this form wrote."""
    protocol = at(resource, "protocolApplied", 0)
    site = words_of(at(resource, "site", "text"))
    return {
        "vaccine": words_of(at(resource, "vaccineCode", "text")),
        "given": words_of(at(resource, "occurrenceDateTime")),
        "site": next((code for code, words in SITES.items() if words == site), ""),
        "dose": number_of(at(resource, "doseQuantity", "value")),
        "number": number_of(at(protocol, "doseNumberPositiveInt")),
        "series": number_of(at(protocol, "seriesDosesPositiveInt")),
        "lot": words_of(at(resource, "lotNumber")),
        "expires": words_of(at(resource, "expirationDate")),
        "maker": words_of(at(resource, "manufacturer", "display")),
        "comment": words_of(at(resource, "note", 0, "text")),
    }
