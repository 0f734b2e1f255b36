"""An allergy or intolerance: one AllergyIntolerance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from medrec.clinical.forms.base import Checked, Fields, Stamp, Texts
from medrec.clinical.forms.build import (
    Resource,
    author_of,
    code_of,
    coding,
    concept,
    encode,
    head,
    hl7,
    note,
    patient_of,
    words_of,
)
from medrec.clinical.values import at

NAME = "allergy"
FIELDS = (
    "substance",
    "group",
    "type",
    "criticality",
    "severity",
    "reaction",
    "onset",
    "status",
    "certainty",
    "comment",
)

GROUPS = {
    "medication": "Medicine",
    "food": "Food",
    "environment": "Environment",
    "biologic": "Vaccine or blood product",
}
TYPES = {"allergy": "Allergy", "intolerance": "Intolerance"}
CRITICALITIES = {
    "high": "High: may threaten life",
    "low": "Low",
    "unable-to-assess": "Not known",
}
SEVERITIES = {"mild": "Mild", "moderate": "Moderate", "severe": "Severe"}
STATES = {"active": "Active", "inactive": "Inactive", "resolved": "Resolved"}
CERTAINTIES = {"confirmed": "Confirmed", "unconfirmed": "Not confirmed", "refuted": "Refuted"}


@dataclass(frozen=True, slots=True)
class Allergy:
    """To what, how dangerous, and what happened."""

    substance: str
    group: str
    type: str
    criticality: str
    severity: str
    reaction: str
    onset: str = ""
    status: str = "active"
    certainty: str = "confirmed"
    comment: str = ""


def check(texts: Texts, now: datetime) -> Checked[Allergy]:
    """An allergy from what was typed."""
    fields = Fields(texts, now)
    found = Allergy(
        substance=fields.line("substance", 200, needed="Write the substance."),
        group=fields.choice("group", GROUPS, "medication"),
        type=fields.choice("type", TYPES, "allergy"),
        criticality=fields.choice("criticality", CRITICALITIES, "unable-to-assess"),
        severity=fields.choice("severity", SEVERITIES, "moderate"),
        reaction=fields.line("reaction", 300),
        onset=fields.day("onset"),
        status=fields.choice("status", STATES, "active"),
        certainty=fields.choice("certainty", CERTAINTIES, "confirmed"),
        comment=fields.paragraph("comment", 2000),
    )
    if not found.reaction:
        fields.warn("reaction", "What happened is not said. It can be saved.")
    if found.severity == "severe" and found.criticality == "low":
        fields.warn("criticality", "Low, although the reaction was severe. It can be saved.")
    return fields.done(found)


def build(allergy: Allergy, stamp: Stamp) -> bytes:
    """An AllergyIntolerance."""
    found = head("AllergyIntolerance", NAME, stamp)
    if allergy.certainty != "refuted":
        found["clinicalStatus"] = _state("clinical", allergy.status, STATES)
    return encode(
        found
        | {
            "verificationStatus": _state("verification", allergy.certainty, CERTAINTIES),
            "type": allergy.type,
            "category": [allergy.group],
            "criticality": allergy.criticality,
            "code": {"text": allergy.substance},
            "patient": patient_of(stamp),
            "onsetDateTime": allergy.onset,
            "recordedDate": stamp.written,
            "recorder": author_of(stamp),
            "note": note(allergy.comment),
            "reaction": [
                {
                    "manifestation": [{"text": allergy.reaction or "Not said"}],
                    "severity": allergy.severity,
                }
            ],
        }
    )


def _state(which: str, code: str, words: dict[str, str]) -> Resource:
    return concept("", coding(hl7(f"allergyintolerance-{which}"), code, words[code]))


def title(allergy: Allergy) -> str:
    """What the record is called."""
    kind = TYPES[allergy.type]
    return f"{kind}: {allergy.substance}"


def read(resource: Any) -> dict[str, str]:
    """The texts of a record that this form wrote."""
    reaction = words_of(at(resource, "reaction", 0, "manifestation", 0, "text"))
    return {
        "substance": words_of(at(resource, "code", "text")),
        "group": words_of(at(resource, "category", 0)),
        "type": words_of(at(resource, "type")),
        "criticality": words_of(at(resource, "criticality")),
        "severity": words_of(at(resource, "reaction", 0, "severity")),
        "reaction": "" if reaction == "Not said" else reaction,
        "onset": words_of(at(resource, "onsetDateTime")),
        "status": code_of(at(resource, "clinicalStatus")) or "active",
        "certainty": code_of(at(resource, "verificationStatus")),
        "comment": words_of(at(resource, "note", 0, "text")),
    }
