"""Vital signs: one Bundle with an Observation for each sign (FHIR R4 vital signs profiles)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from medrec.clinical.forms.base import Checked, Fields, Limits, Stamp, Texts
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
    part_id,
    patient_of,
    quantity,
    words_of,
)
from medrec.clinical.values import at, items

NAME = "vitals"


@dataclass(frozen=True, slots=True)
class Sign:
    """One vital sign: LOINC code, display, unit to show, unit in UCUM, limits."""

    code: str
    display: str
    unit: str
    ucum: str
    limits: Limits


SIGNS = {
    "systolic": Sign(
        "8480-6", "Systolic blood pressure", "mmHg", "mm[Hg]", Limits.of("40", "300", "90", "180")
    ),
    "diastolic": Sign(
        "8462-4", "Diastolic blood pressure", "mmHg", "mm[Hg]", Limits.of("20", "200", "50", "110")
    ),
    "pulse": Sign("8867-4", "Heart rate", "bpm", "/min", Limits.of("20", "300", "45", "120")),
    "saturation": Sign("2708-6", "Oxygen saturation", "%", "%", Limits.of("50", "100", "92")),
    "temperature": Sign(
        "8310-5", "Body temperature", "°C", "Cel", Limits.of("25", "45", "35", "38.5")
    ),
    "breathing": Sign(
        "9279-1", "Respiratory rate", "/min", "/min", Limits.of("3", "80", "10", "25")
    ),
    "weight": Sign("29463-7", "Body weight", "kg", "kg", Limits.of("0.3", "500")),
    "height": Sign("8302-2", "Body height", "cm", "cm", Limits.of("20", "260")),
}
"""The signs by their fields. The ranges of what is usual are those of adults at rest."""

BMI = Sign("39156-5", "Body mass index", "kg/m²", "kg/m2", Limits.of("5", "150"))
PRESSURE = ("85354-9", "Blood pressure")

POSITIONS = {
    "": "Not said",
    "sitting-left": "Sitting, left arm",
    "sitting-right": "Sitting, right arm",
    "lying-left": "Lying, left arm",
    "lying-right": "Lying, right arm",
    "standing-left": "Standing, left arm",
    "standing-right": "Standing, right arm",
}
FIELDS = ("measured", "position", *SIGNS, "comment")
_COMPONENTS = ("systolic", "diastolic")


@dataclass(frozen=True, slots=True)
class Vitals:
    """What was measured at one time; ``values`` by field, each with the digits as typed."""

    measured: str
    position: str
    values: tuple[tuple[str, Decimal], ...]
    comment: str = ""

    @property
    def bmi(self) -> Decimal | None:
        """Body mass index in kg/m², where weight and height are both there."""
        held = dict(self.values)
        if "weight" not in held or "height" not in held:
            return None
        return body_mass_index(held["weight"], held["height"])


def body_mass_index(weight: Decimal, height: Decimal) -> Decimal:
    """Kilograms by metres squared, to one decimal; ``height`` is in centimetres."""
    metres = height / 100
    return (weight / (metres * metres)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def check(texts: Texts, now: datetime) -> Checked[Vitals]:
    """Vitals from what was typed."""
    fields = Fields(texts, now)
    measured = fields.moment("measured")
    position = fields.choice("position", POSITIONS, "")
    values = {name: fields.number(name, sign.limits) for name, sign in SIGNS.items()}
    upper, lower = values["systolic"], values["diastolic"]
    if fields.raw("systolic") and not fields.raw("diastolic"):
        fields.error("diastolic", "A blood pressure has both values.")
    if fields.raw("diastolic") and not fields.raw("systolic"):
        fields.error("systolic", "A blood pressure has both values.")
    if upper is not None and lower is not None and lower >= upper:
        fields.error("diastolic", "It must be below the systolic value.")
    if not any(fields.raw(name) for name in SIGNS):
        fields.error("systolic", "Write one value at least.")
    found = Vitals(
        measured,
        position,
        tuple((name, value) for name, value in values.items() if value is not None),
        fields.paragraph("comment", 2000),
    )
    if (bmi := found.bmi) is not None and not BMI.limits.low <= bmi <= BMI.limits.high:
        fields.error("height", "Weight and height do not fit together.")
    return fields.done(found)


def build(vitals: Vitals, stamp: Stamp) -> bytes:
    """A Bundle (collection) of Observations."""
    held = dict(vitals.values)
    made: list[tuple[str, Resource]] = []
    if "systolic" in held:
        made.append(("pressure", _pressure(vitals, held, stamp)))
    for name, value in vitals.values:
        if name not in _COMPONENTS:
            made.append((name, _observation(vitals, name, SIGNS[name], value, stamp)))
    if (bmi := vitals.bmi) is not None:
        made.append(("bmi", _observation(vitals, "bmi", BMI, bmi, stamp)))
    if vitals.comment:
        made[0][1]["note"] = note(vitals.comment)
    entries = [
        {"fullUrl": f"urn:uuid:{part_id(stamp, name)}", "resource": resource}
        for name, resource in made
    ]
    bundle = head("Bundle", NAME, stamp)
    return encode(bundle | {"type": "collection", "timestamp": stamp.written, "entry": entries})


def title(vitals: Vitals) -> str:
    """What the record is called."""
    held = dict(vitals.values)
    parts = []
    if "systolic" in held:
        parts.append(f"{held['systolic']:f}/{held['diastolic']:f} mmHg")
    for name, value in vitals.values:
        if name not in _COMPONENTS:
            unit = SIGNS[name].unit
            parts.append(f"{value:f}{'' if unit in {'%', '/min'} else ' '}{unit}")
    return "Vitals: " + ", ".join(parts[:3]) + (", …" if len(parts) > 3 else "")


def read(bundle: Any) -> dict[str, str]:
    """The texts of a record that this form wrote."""
    codes = {sign.code: name for name, sign in SIGNS.items()}
    texts: dict[str, str] = {}
    for entry in items(at(bundle, "entry")):
        resource = at(entry, "resource")
        texts.setdefault("measured", words_of(at(resource, "effectiveDateTime")))
        if said := words_of(at(resource, "note", 0, "text")):
            texts["comment"] = said
        for held in (resource, *items(at(resource, "component"))):
            if name := codes.get(code_of(at(held, "code"))):
                texts[name] = number_of(at(held, "valueQuantity", "value"))
        position = words_of(at(resource, "bodySite", "text"))
        if position:
            texts["position"] = next((c for c, words in POSITIONS.items() if words == position), "")
    return texts


def _base(vitals: Vitals, name: str, stamp: Stamp) -> Resource:
    category = coding(hl7("observation-category"), "vital-signs", "Vital Signs")
    return head("Observation", NAME, stamp, name) | {
        "status": "final",
        "category": [concept("Vital signs", category)],
        "code": {},
        "subject": patient_of(stamp),
        "effectiveDateTime": vitals.measured,
        "issued": stamp.written,
        "performer": [author_of(stamp)],
    }


def _observation(vitals: Vitals, name: str, sign: Sign, value: Decimal, stamp: Stamp) -> Resource:
    return _base(vitals, name, stamp) | {
        "code": concept(sign.display, coding(LOINC, sign.code, sign.display)),
        "valueQuantity": quantity(value, sign.unit, sign.ucum),
    }


def _pressure(vitals: Vitals, held: dict[str, Decimal], stamp: Stamp) -> Resource:
    code, display = PRESSURE
    found = _base(vitals, "pressure", stamp) | {
        "code": concept(display, coding(LOINC, code, display))
    }
    if vitals.position:
        found["bodySite"] = {"text": POSITIONS[vitals.position]}
    found["component"] = [
        {
            "code": concept(SIGNS[name].display, coding(LOINC, SIGNS[name].code)),
            "valueQuantity": quantity(held[name], SIGNS[name].unit, SIGNS[name].ucum),
        }
        for name in _COMPONENTS
    ]
    return found
