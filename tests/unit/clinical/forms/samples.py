"""Texts as people type them, for each form."""

from __future__ import annotations

from datetime import datetime

from medrec.clinical.forms import FormKind, Stamp
from medrec.domain.ids import Address

NOW = datetime.fromisoformat("2026-11-20T09:41:00+01:00")

STAMP = Stamp(
    id="8d0a5f0e-2f7c-4f4e-9d7a-0c1b2a3d4e5f",
    written="2026-11-20T09:41:00+01:00",
    patient=Address("0x" + "Aa" * 20),
    patient_name="Amina Haddad",
    author=Address("0x" + "bB" * 20),
    author_name="Dr. Lukas Meyer",
)

SAMPLES: dict[FormKind, dict[str, str]] = {
    FormKind.NOTE: {
        "title": "Check-up",
        "kind": "11506-3",
        "date": "2026-11-20T09:00+01:00",
        "subjective": "Sleeps well.\n\nNo <pain> & no fever.",
        "plan": "Come back in May.",
    },
    FormKind.VITALS: {
        "measured": "2026-11-20T09:40+01:00",
        "position": "sitting-left",
        "systolic": "128",
        "diastolic": "82",
        "pulse": "68",
        "saturation": "98",
        "temperature": "36,70",
        "breathing": "14",
        "weight": "71.4",
        "height": "164",
        "comment": "Rested five minutes.",
    },
    FormKind.LABORATORY: {
        "collected": "2026-11-19T07:30+01:00",
        "test": "HbA1c",
        "code": "4548-4",
        "value": "6.80",
        "unit": "%",
        "low": "4.0",
        "high": "6.0",
        "comment": "Fasting.",
    },
    FormKind.PRESCRIPTION: {
        "medicine": "Amoxicillin 500 mg",
        "dose": "1",
        "unit": "capsule",
        "times": "3",
        "per": "d",
        "days": "7",
        "amount": "21",
        "refills": "0",
        "needed": "no",
        "instructions": "With food",
        "reason": "Otitis media",
        "override": "tolerated in 2019",
    },
    FormKind.ALLERGY: {
        "substance": "Penicillin",
        "group": "medication",
        "type": "allergy",
        "criticality": "high",
        "severity": "severe",
        "reaction": "Anaphylaxis",
        "onset": "2003",
        "status": "active",
        "certainty": "confirmed",
        "comment": "Seen in hospital.",
    },
    FormKind.IMMUNIZATION: {
        "vaccine": "Influenza, inactivated",
        "given": "2026-10-14",
        "site": "left-arm",
        "dose": "0.5",
        "number": "1",
        "series": "2",
        "lot": "AB-123",
        "expires": "2027-06",
        "maker": "Sanofi",
        "comment": "No reaction.",
    },
    FormKind.PROBLEM: {
        "name": "Type 2 diabetes",
        "status": "active",
        "certainty": "confirmed",
        "severity": "moderate",
        "onset": "2019-05",
        "comment": "Found at a check-up.",
    },
}
