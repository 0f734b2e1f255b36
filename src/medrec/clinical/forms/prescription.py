"""A prescription: one MedicationRequest with dose, timing, duration and amount."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import Any

from medrec.clinical.forms.base import Checked, Fields, Limits, Stamp, Texts
from medrec.clinical.forms.build import (
    Resource,
    author_of,
    encode,
    head,
    number_of,
    patient_of,
    quantity,
    words_of,
)
from medrec.clinical.values import at, items

NAME = "prescription"
FIELDS = (
    "medicine",
    "dose",
    "unit",
    "times",
    "per",
    "days",
    "amount",
    "refills",
    "needed",
    "instructions",
    "reason",
    "override",
)

UNITS = {
    "tablet": "tablets",
    "capsule": "capsules",
    "drop": "drops",
    "puff": "puffs",
    "spray": "sprays",
    "patch": "patches",
    "sachet": "sachets",
    "suppository": "suppositories",
    "mL": "mL",
    "mg": "mg",
    "g": "g",
    "µg": "µg",
    "unit": "units",
}
"""Units of a dose, and how several are called."""

_UCUM = {"mL": "mL", "mg": "mg", "g": "g", "µg": "ug", "unit": "[IU]"}
PERIODS = {"d": "a day", "wk": "a week", "mo": "a month"}
_DAYS = {"d": 1, "wk": 7, "mo": 30}
_OVERRIDE = "Prescribed although an allergy is recorded, because: "


@dataclass(frozen=True, slots=True)
class Prescription:
    """What to take, how much, how often, for how long, and how much is handed out."""

    medicine: str
    dose: Decimal
    unit: str
    times: int
    per: str
    days: int | None
    amount: Decimal | None
    refills: int | None = None
    needed: bool = False
    instructions: str = ""
    reason: str = ""
    override: str = ""

    @property
    def sentence(self) -> str:
        """The dose in words: 1 tablet, 3 times a day, for 7 days."""
        unit = self.unit if self.dose <= 1 else UNITS[self.unit]
        often = "once" if self.times == 1 else f"{self.times} times"
        parts = [f"{self.dose:f} {unit}", f"{often} {PERIODS[self.per]}"]
        if self.needed:
            parts.append("when needed")
        if self.days:
            parts.append(f"for {self.days} {'day' if self.days == 1 else 'days'}")
        return ", ".join(parts) + (f". {self.instructions}" if self.instructions else "")


def amount_for(dose: Decimal, times: int, per: str, days: int) -> Decimal:
    """What the whole course takes, rounded up to whole units."""
    whole = dose * times * days / _DAYS[per]
    return whole.to_integral_value(ROUND_CEILING)


def check(texts: Texts, now: datetime) -> Checked[Prescription]:
    """A prescription from what was typed; whether an allergy forbids it is not known here."""
    fields = Fields(texts, now)
    medicine = fields.line("medicine", 200, needed="Write the medicine, with its strength.")
    dose = fields.number("dose", Limits.of("0.001", "100000"), needed="How much at a time?")
    unit = fields.choice("unit", UNITS, "tablet")
    times = fields.whole("times", Limits.of("1", "48", "", "8"), needed="How often?")
    per = fields.choice("per", PERIODS, "d")
    days = fields.whole("days", Limits.of("1", "730", "", "366"))
    amount = fields.number("amount", Limits.of("0.001", "100000"))
    refills = fields.whole("refills", Limits.of("0", "24", "", "12"))
    found = Prescription(
        medicine,
        dose or Decimal(1),
        unit,
        times or 1,
        per,
        days,
        amount,
        refills,
        fields.choice("needed", ("yes", "no"), "no") == "yes",
        " ".join(fields.paragraph("instructions", 1000).split()),
        fields.line("reason", 300),
        fields.line("override", 500),
    )
    whole = unit in UNITS and per in PERIODS and dose is not None and times is not None
    if whole and days is not None and amount is not None:
        _compare(fields, found, days, amount)
    return fields.done(found)


def _compare(fields: Fields, found: Prescription, days: int, amount: Decimal) -> None:
    wanted = amount_for(found.dose, found.times, found.per, days)
    if amount < wanted:
        fields.warn("amount", f"The course takes {wanted:f}. It can be saved.")
    elif amount > wanted * 2:
        fields.warn("amount", f"Much more than the course takes ({wanted:f}). It can be saved.")


def build(prescription: Prescription, stamp: Stamp) -> bytes:
    """A MedicationRequest, active from now."""
    found = head("MedicationRequest", NAME, stamp) | {
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": prescription.medicine},
        "subject": patient_of(stamp),
        "authoredOn": stamp.written,
        "requester": author_of(stamp),
    }
    if prescription.reason:
        found["reasonCode"] = [{"text": prescription.reason}]
    if prescription.override:
        found["note"] = [{"text": _OVERRIDE + prescription.override}]
    found["dosageInstruction"] = [_dosage(prescription)]
    found["dispenseRequest"] = _dispense(prescription)
    return encode(found)


def _dosage(prescription: Prescription) -> Resource:
    repeat: Resource = {}
    if prescription.days is not None:
        repeat["boundsDuration"] = quantity(prescription.days, "days", "d")
    repeat |= {
        "frequency": prescription.times,
        "period": 1,
        "periodUnit": prescription.per,
    }
    found: Resource = {"text": prescription.sentence}
    if prescription.instructions:
        found["patientInstruction"] = prescription.instructions
    found["timing"] = {"repeat": repeat}
    if prescription.needed:
        found["asNeededBoolean"] = True
    dose = quantity(prescription.dose, prescription.unit, _UCUM.get(prescription.unit, ""))
    return found | {"doseAndRate": [{"doseQuantity": dose}]}


def _dispense(prescription: Prescription) -> Resource:
    found: Resource = {}
    if prescription.refills is not None:
        found["numberOfRepeatsAllowed"] = prescription.refills
    if prescription.amount is not None:
        code = _UCUM.get(prescription.unit, "")
        found["quantity"] = quantity(prescription.amount, prescription.unit, code)
    if prescription.days is not None:
        found["expectedSupplyDuration"] = quantity(prescription.days, "days", "d")
    return found


def title(prescription: Prescription) -> str:
    """What the record is called."""
    return prescription.medicine


def read(resource: Any) -> dict[str, str]:
    """The texts of a record that this form wrote."""
    dosage = at(resource, "dosageInstruction", 0)
    repeat = at(dosage, "timing", "repeat")
    dose = at(dosage, "doseAndRate", 0, "doseQuantity")
    notes = [words_of(at(one, "text")) for one in items(at(resource, "note"))]
    override = next((one for one in notes if one.startswith(_OVERRIDE)), "")
    return {
        "medicine": words_of(at(resource, "medicationCodeableConcept", "text")),
        "dose": number_of(at(dose, "value")),
        "unit": words_of(at(dose, "unit")),
        "times": number_of(at(repeat, "frequency")),
        "per": words_of(at(repeat, "periodUnit")),
        "days": number_of(at(repeat, "boundsDuration", "value")),
        "amount": number_of(at(resource, "dispenseRequest", "quantity", "value")),
        "refills": number_of(at(resource, "dispenseRequest", "numberOfRepeatsAllowed")),
        "needed": "yes" if at(dosage, "asNeededBoolean") is True else "no",
        "instructions": words_of(at(dosage, "patientInstruction")),
        "reason": words_of(at(resource, "reasonCode", 0, "text")),
        "override": override.removeprefix(_OVERRIDE),
    }
