"""One line for one resource: what, its value, what to watch, when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from medrec.clinical.names import Names, label_of, spaced, type_of
from medrec.clinical.values import (
    at,
    choice,
    concept,
    dosage,
    each,
    items,
    joined,
    moment,
    order,
    period,
    quantity,
    reference_text,
    span,
    text,
)

_DATES = (
    "effectiveDateTime",
    "effectiveInstant",
    "effectivePeriod",
    "performedDateTime",
    "performedPeriod",
    "occurrenceDateTime",
    "occurrencePeriod",
    "onsetDateTime",
    "onsetPeriod",
    "started",
    "period",
    "authoredOn",
    "dateAsserted",
    "whenHandedOver",
    "recordedDate",
    "date",
    "dateTime",
    "createdDateTime",
    "recorded",
    "issued",
    "billablePeriod",
    "created",
    "startDate",
    "timestamp",
)
_QUIET = frozenset(
    {
        "",
        "active",
        "available",
        "completed",
        "confirmed",
        "current",
        "final",
        "finished",
        "order",
        "accepted",
        "generated",
    }
)

INTERPRETATIONS = {
    "H": "high",
    "HH": "critically high",
    "L": "low",
    "LL": "critically low",
    "A": "abnormal",
    "AA": "critically abnormal",
    "N": "",
}
"""HL7's flags, for those that come without a display; N is normal."""


@dataclass(frozen=True, slots=True)
class Headline:
    """What a list shows of a resource; ``when`` is FHIR's own text, to sort and show by."""

    what: str
    value: str = ""
    flag: str = ""
    when: str = ""

    @property
    def date(self) -> str:
        """When, for people: the day."""
        return moment(self.when)[:10]


def headline(resource: Any, names: Names) -> Headline:
    """The line of any resource; never empty."""
    kind = type_of(resource)
    make = _MAKERS.get(kind, _other)
    what, value, flag = make(resource, names)
    flags = joined((flag, status_flag(resource)))
    return Headline(what or spaced(kind or "Resource"), value, flags, date_of(resource))


def date_of(resource: Any) -> str:
    """The clinical date, as FHIR writes it; empty where there is none."""
    for name in _DATES:
        value = at(resource, name)
        found = at(value, "start") or at(value, "end") if isinstance(value, dict) else value
        if isinstance(found, str) and order(found) > float("-inf"):
            return text(found)
    return ""


def status_flag(resource: Any) -> str:
    """What makes a resource other than it looks: entered in error, not done, refuted, stopped."""
    states = [at(resource, "status"), at(resource, "lifecycleStatus")]
    for name in ("clinicalStatus", "verificationStatus"):
        concept_ = at(resource, name)
        states.append(at(concept_, "coding", 0, "code") or concept(concept_))
    words = [text(state).replace("-", " ") for state in states if text(state) not in _QUIET]
    if at(resource, "doNotPerform") is True:
        words.insert(0, "do not give")
    return joined(words)


def observed(resource: Any) -> str:
    """The value of an Observation or of one of its components."""
    shown = choice(resource, "value")
    if shown:
        return shown
    parts = items(at(resource, "component"))
    if parts:
        return joined(joined((concept(at(p, "code")), observed(p)), " ") for p in parts)
    absent = concept(at(resource, "dataAbsentReason"))
    return f"no value: {absent}" if absent else ""


def interpretation(observation: Any) -> str:
    """High, low, abnormal: as it was said, else by the one reference range that there is."""
    said = items(at(observation, "interpretation"))
    if said:
        return each(_interpreted, said)
    return _against_range(observation)


def _interpreted(value: Any) -> str:
    if at(value, "coding", 0, "code") == "N":
        return ""
    shown = concept(value)
    return INTERPRETATIONS.get(shown, shown)


def _against_range(observation: Any) -> str:
    ranges = items(at(observation, "referenceRange"))
    value = at(observation, "valueQuantity")
    if len(ranges) != 1 or at(ranges[0], "appliesTo") or at(ranges[0], "age"):
        return ""
    if at(value, "comparator"):
        return ""
    amount = _comparable(value, value)
    low, high = (_comparable(at(ranges[0], side), value) for side in ("low", "high"))
    if amount is None:
        return ""
    if low is not None and amount < low:
        return "below range"
    return "above range" if high is not None and amount > high else ""


def _comparable(limit: Any, value: Any) -> Decimal | int | None:
    amount = at(limit, "value")
    same = all(at(limit, n) in (None, at(value, n)) for n in ("unit", "code"))
    if isinstance(amount, bool) or not same:
        return None
    return amount if isinstance(amount, int | Decimal) else None


def reference_range(value: Any) -> str:
    """A reference range of an Observation."""
    return text(at(value, "text")) or joined((span(value), each(concept, at(value, "appliesTo"))))


Made = tuple[str, str, str]
Maker = Callable[[Any, Names], Made]


def medication(resource: Any, names: Names) -> str:
    """The medicine of a MedicationRequest, MedicationStatement and their kin."""
    coded = concept(at(resource, "medicationCodeableConcept"))
    return coded or names.refer(at(resource, "medicationReference"), resource)


def _observation(resource: Any, names: Names) -> Made:
    ranges = each(reference_range, at(resource, "referenceRange"))
    value = observed(resource)
    shown = f"{value} (range {ranges})" if value and ranges else value
    parts = each(interpretation, at(resource, "component"))
    return concept(at(resource, "code")), shown, interpretation(resource) or parts


def _allergy(resource: Any, names: Names) -> Made:
    reactions = items(at(resource, "reaction"))
    shown = joined(each(concept, at(reaction, "manifestation")) for reaction in reactions)
    severe = any(at(reaction, "severity") == "severe" for reaction in reactions)
    high = "high risk" if at(resource, "criticality") == "high" else ""
    what = concept(at(resource, "code")) or concept(at(resource, "reaction", 0, "substance"))
    return what, shown, joined((high, "severe" if severe else ""))


def _condition(resource: Any, names: Names) -> Made:
    ended = choice(resource, "abatement")
    value = joined(
        (
            concept(at(resource, "severity")),
            each(concept, at(resource, "bodySite")),
            f"until {ended}" if ended else "",
        )
    )
    return concept(at(resource, "code")), value, ""


def _medicine(resource: Any, names: Names) -> Made:
    doses = each(dosage, at(resource, "dosageInstruction") or at(resource, "dosage"), "; ")
    return medication(resource, names), doses, ""


def _immunization(resource: Any, names: Names) -> Made:
    dose = joined(
        (
            choice(at(resource, "protocolApplied", 0), "doseNumber"),
            quantity_of(resource),
        )
    )
    return concept(at(resource, "vaccineCode")), f"dose {dose}" if dose else "", ""


def quantity_of(resource: Any) -> str:
    """The dose of an Immunization."""
    return quantity(at(resource, "doseQuantity"))


def _report(resource: Any, names: Names) -> Made:
    conclusion = text(at(resource, "conclusion")) or each(concept, at(resource, "conclusionCode"))
    results = len(items(at(resource, "result")))
    value = conclusion or (f"{results} results" if results else "")
    return concept(at(resource, "code")), value, ""


def _encounter(resource: Any, names: Names) -> Made:
    what = each(concept, at(resource, "type")) or concept(at(resource, "class"))
    reason = each(concept, at(resource, "reasonCode"))
    return what, joined((reason, names.refer(at(resource, "serviceProvider"), resource))), ""


def _procedure(resource: Any, names: Names) -> Made:
    value = joined((each(concept, at(resource, "bodySite")), concept(at(resource, "outcome"))))
    return concept(at(resource, "code")), value, ""


def _document(resource: Any, names: Names) -> Made:
    what = text(at(resource, "description")) or concept(at(resource, "type"))
    return what, each(reference_text, at(resource, "author")), ""


def _composition(resource: Any, names: Names) -> Made:
    author = joined(names.refer(who, resource) for who in items(at(resource, "author")))
    return text(at(resource, "title")) or concept(at(resource, "type")), author, ""


def _plan(resource: Any, names: Names) -> Made:
    what = text(at(resource, "title")) or each(concept, at(resource, "category"))
    reasons = joined(names.refer(a, resource) for a in items(at(resource, "addresses")))
    when = period(at(resource, "period"))
    return what, joined((text(at(resource, "description")), reasons, when)), ""


def _patient(resource: Any, names: Names) -> Made:
    born = moment(at(resource, "birthDate"))
    died = choice(resource, "deceased")
    value = joined((text(at(resource, "gender")), f"born {born}" if born else ""))
    dead = "" if died in {"", "no"} else "deceased" if died == "yes" else f"deceased {died[:10]}"
    return label_of(resource), value, dead


def _other(resource: Any, names: Names) -> Made:
    return label_of(resource), "", ""


_MAKERS: dict[str, Maker] = {
    "AllergyIntolerance": _allergy,
    "CarePlan": _plan,
    "Composition": _composition,
    "Condition": _condition,
    "DiagnosticReport": _report,
    "DocumentReference": _document,
    "Encounter": _encounter,
    "Immunization": _immunization,
    "MedicationAdministration": _medicine,
    "MedicationDispense": _medicine,
    "MedicationRequest": _medicine,
    "MedicationStatement": _medicine,
    "Observation": _observation,
    "Patient": _patient,
    "Procedure": _procedure,
}
