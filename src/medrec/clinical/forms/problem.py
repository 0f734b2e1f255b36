"""A problem: one Condition of the problem list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from medrec.clinical.forms.base import Checked, Fields, Stamp, Texts, before
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

NAME = "problem"
FIELDS = ("name", "status", "certainty", "severity", "onset", "ended", "comment")

STATES = {
    "active": "Active",
    "recurrence": "Come back",
    "remission": "In remission",
    "inactive": "Inactive",
    "resolved": "Resolved",
}
CERTAINTIES = {
    "confirmed": "Confirmed",
    "provisional": "Provisional",
    "differential": "One of several",
    "refuted": "Refuted",
}
SEVERITIES = {"": "Not said", "mild": "Mild", "moderate": "Moderate", "severe": "Severe"}
_ENDED = frozenset({"remission", "inactive", "resolved"})


@dataclass(frozen=True, slots=True)
class ProblemEntry:
    """What somebody has, since when, and how sure that is."""

    name: str
    status: str = "active"
    certainty: str = "confirmed"
    severity: str = ""
    onset: str = ""
    ended: str = ""
    comment: str = ""


def check(texts: Texts, now: datetime) -> Checked[ProblemEntry]:
    """A problem from what was typed."""
    fields = Fields(texts, now)
    found = ProblemEntry(
        name=fields.line("name", 200, needed="Write the problem."),
        status=fields.choice("status", STATES, "active"),
        certainty=fields.choice("certainty", CERTAINTIES, "confirmed"),
        severity=fields.choice("severity", SEVERITIES, ""),
        onset=fields.day("onset"),
        ended=fields.day("ended"),
        comment=fields.paragraph("comment", 2000),
    )
    if found.ended and found.status not in _ENDED:
        fields.error("ended", "It has an end, so it is not active: change the status.")
    if found.ended and found.onset and before(found.ended, found.onset):
        fields.error("ended", "The end lies before the beginning.")
    return fields.done(found)


def build(problem: ProblemEntry, stamp: Stamp) -> bytes:
    """A Condition of the category problem-list-item."""
    category = coding(hl7("condition-category"), "problem-list-item", "Problem List Item")
    found = head("Condition", NAME, stamp)
    found["clinicalStatus"] = _state("condition-clinical", problem.status, STATES)
    found["verificationStatus"] = _state("condition-ver-status", problem.certainty, CERTAINTIES)
    found["category"] = [concept("", category)]
    if problem.severity:
        found["severity"] = {"text": SEVERITIES[problem.severity]}
    return encode(
        found
        | {
            "code": {"text": problem.name},
            "subject": patient_of(stamp),
            "onsetDateTime": problem.onset,
            "abatementDateTime": problem.ended,
            "recordedDate": stamp.written,
            "recorder": author_of(stamp),
            "note": note(problem.comment),
        }
    )


def _state(system: str, code: str, words: dict[str, str]) -> Resource:
    return concept("", coding(hl7(system), code, words[code]))


def title(problem: ProblemEntry) -> str:
    """What the record is called."""
    return problem.name


def read(resource: Any) -> dict[str, str]:
    """The texts of a record that this form wrote."""
    severity = words_of(at(resource, "severity", "text")).lower()
    return {
        "name": words_of(at(resource, "code", "text")),
        "status": code_of(at(resource, "clinicalStatus")),
        "certainty": code_of(at(resource, "verificationStatus")),
        "severity": severity,
        "onset": words_of(at(resource, "onsetDateTime")),
        "ended": words_of(at(resource, "abatementDateTime")),
        "comment": words_of(at(resource, "note", 0, "text")),
    }
