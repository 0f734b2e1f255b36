"""What is shown of one resource, row by row, for each type that clinics exchange."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from medrec.clinical.headlines import interpretation, observed, reference_range
from medrec.clinical.names import Names, spaced, type_of
from medrec.clinical.values import (
    address,
    annotation,
    at,
    attachment,
    choice,
    concept,
    dosage,
    each,
    human_name,
    identifier,
    items,
    joined,
    moment,
    period,
    quantity,
    telecom,
    text,
)


@dataclass(frozen=True, slots=True)
class Detail:
    """A row: label, value, what to watch, how far it is indented, and the element it shows."""

    label: str
    value: str
    flag: str = ""
    level: int = 0
    element: str = ""


Show = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Row:
    """How an element is shown: ``name[x]`` for a choice, references when ``show`` is None.

    ``apart``: each item of a list gets a row of its own.
    """

    label: str
    element: str
    show: Show | None = None
    apart: bool = False


def _reaction(value: Any) -> str:
    shown = joined(
        (
            concept(at(value, "substance")),
            each(concept, at(value, "manifestation")),
            text(at(value, "description")),
            text(at(value, "severity")),
            moment(at(value, "onset")),
        )
    )
    return joined((shown, each(annotation, at(value, "note"))), "; ")


def _actor(value: Any) -> str:
    who = text(at(value, "actor", "display")) or text(at(value, "individual", "display"))
    function = concept(at(value, "function")) or each(concept, at(value, "type"))
    return f"{who} ({function})" if who and function else who or function


def _dose_number(value: Any) -> str:
    series = text(at(value, "series"))
    of = choice(value, "seriesDoses")
    dose = choice(value, "doseNumber")
    return joined((f"dose {dose}" if dose else "", f"of {of}" if of else "", series), " ")


def _content(value: Any) -> str:
    return attachment(at(value, "attachment"))


def _contact(value: Any) -> str:
    who = human_name(at(value, "name"))
    role = each(concept, at(value, "relationship"))
    return joined((who, role, each(telecom, at(value, "telecom"))))


def _language(value: Any) -> str:
    return concept(at(value, "language"))


def _activity(value: Any) -> str:
    detail = at(value, "detail")
    what = concept(at(detail, "code")) or text(at(detail, "description"))
    state = text(at(detail, "status")).replace("-", " ")
    return joined((what or text(at(value, "reference", "display")), state))


def _dispense(value: Any) -> str:
    amount, length = quantity(at(value, "quantity")), quantity(at(value, "expectedSupplyDuration"))
    again = text(at(value, "numberOfRepeatsAllowed"))
    return joined(
        (
            amount,
            f"for {length}" if length else "",
            f"{again} repeats" if again else "",
            period(at(value, "validityPeriod")),
        )
    )


_SUBJECT = Row("Patient", "subject")
_STATUS = Row("Status", "status", text)
_NOTE = Row("Note", "note", annotation, apart=True)
_ENCOUNTER = Row("Encounter", "encounter")
_REASONS = (Row("Reason", "reasonCode", concept), Row("Reason", "reasonReference"))
_PERFORMERS = Row("By", "performer")

ROWS: dict[str, tuple[Row, ...]] = {
    "AllergyIntolerance": (
        Row("Patient", "patient"),
        Row("Kind", "type", text),
        Row("Category", "category", text),
        Row("Criticality", "criticality", text),
        Row("Status", "clinicalStatus", concept),
        Row("Verified", "verificationStatus", concept),
        Row("Since", "onset[x]"),
        Row("Last occurrence", "lastOccurrence", moment),
        Row("Recorded", "recordedDate", moment),
        Row("Recorded by", "recorder"),
        Row("Told by", "asserter"),
        Row("Reaction", "reaction", _reaction, apart=True),
        _NOTE,
    ),
    "CarePlan": (
        _SUBJECT,
        _STATUS,
        Row("Intent", "intent", text),
        Row("Period", "period", period),
        Row("Description", "description", text),
        Row("For", "addresses"),
        Row("Goal", "goal"),
        Row("Activity", "activity", _activity, apart=True),
        Row("Author", "author"),
        _NOTE,
    ),
    "Composition": (
        _SUBJECT,
        _STATUS,
        Row("Kind", "type", concept),
        Row("Date", "date", moment),
        Row("Author", "author"),
        Row("Custodian", "custodian"),
        _ENCOUNTER,
    ),
    "Condition": (
        _SUBJECT,
        Row("Status", "clinicalStatus", concept),
        Row("Verified", "verificationStatus", concept),
        Row("Category", "category", concept),
        Row("Severity", "severity", concept),
        Row("Body site", "bodySite", concept),
        Row("Since", "onset[x]"),
        Row("Until", "abatement[x]"),
        Row("Recorded", "recordedDate", moment),
        Row("Told by", "asserter"),
        _ENCOUNTER,
        _NOTE,
    ),
    "DiagnosticReport": (
        _SUBJECT,
        _STATUS,
        Row("Category", "category", concept),
        Row("Date", "effective[x]"),
        Row("Issued", "issued", moment),
        _PERFORMERS,
        Row("Read by", "resultsInterpreter"),
        Row("Result", "result", apart=True),
        Row("Conclusion", "conclusion", text),
        Row("Conclusion", "conclusionCode", concept),
        Row("Images", "imagingStudy"),
        Row("Form", "presentedForm", attachment, apart=True),
        _ENCOUNTER,
    ),
    "DocumentReference": (
        _SUBJECT,
        _STATUS,
        Row("Kind", "type", concept),
        Row("Category", "category", concept),
        Row("Date", "date", moment),
        Row("Author", "author"),
        Row("Custodian", "custodian"),
        Row("Description", "description", text),
        Row("Content", "content", _content, apart=True),
    ),
    "Encounter": (
        _SUBJECT,
        _STATUS,
        Row("Kind", "class", concept),
        Row("Type", "type", concept),
        Row("Period", "period", period),
        *_REASONS,
        Row("With", "participant", _actor),
        Row("At", "serviceProvider"),
        Row("Length", "length", quantity),
        Row(
            "Discharged to",
            "hospitalization",
            lambda value: concept(at(value, "dischargeDisposition")),
        ),
    ),
    "Immunization": (
        Row("Patient", "patient"),
        _STATUS,
        Row("Why not", "statusReason", concept),
        Row("Given", "occurrence[x]"),
        Row("Dose", "protocolApplied", _dose_number),
        Row("Amount", "doseQuantity", quantity),
        Row("Site", "site", concept),
        Row("Route", "route", concept),
        Row("Lot", "lotNumber", text),
        Row("Expires", "expirationDate", moment),
        Row("Maker", "manufacturer"),
        Row("By", "performer", _actor),
        Row("At", "location"),
        *_REASONS,
        _NOTE,
    ),
    "MedicationRequest": (
        _SUBJECT,
        _STATUS,
        Row("Intent", "intent", text),
        Row("Priority", "priority", text),
        Row("Dosage", "dosageInstruction", dosage, apart=True),
        *_REASONS,
        Row("Prescribed", "authoredOn", moment),
        Row("Prescribed by", "requester"),
        Row("Dispense", "dispenseRequest", _dispense),
        _ENCOUNTER,
        _NOTE,
    ),
    "MedicationStatement": (
        _SUBJECT,
        _STATUS,
        Row("Why", "statusReason", concept),
        Row("Taken", "effective[x]"),
        Row("Dosage", "dosage", dosage, apart=True),
        *_REASONS,
        Row("Told", "dateAsserted", moment),
        Row("Told by", "informationSource"),
        _NOTE,
    ),
    "Observation": (
        _SUBJECT,
        _STATUS,
        Row("Category", "category", concept),
        Row("Date", "effective[x]"),
        Row("Issued", "issued", moment),
        Row("Range", "referenceRange", reference_range),
        Row("Body site", "bodySite", concept),
        Row("Method", "method", concept),
        Row("Member", "hasMember", apart=True),
        _PERFORMERS,
        _ENCOUNTER,
        _NOTE,
    ),
    "Patient": (
        Row("Name", "name", human_name),
        Row("Sex", "gender", text),
        Row("Born", "birthDate", moment),
        Row("Deceased", "deceased[x]"),
        Row("Address", "address", address, apart=True),
        Row("Contact", "telecom", telecom),
        Row("Speaks", "communication", _language),
        Row("Marital status", "maritalStatus", concept),
        Row("Contact person", "contact", _contact, apart=True),
        Row("Doctor", "generalPractitioner"),
        Row("Identifier", "identifier", identifier),
    ),
    "Procedure": (
        _SUBJECT,
        _STATUS,
        Row("Why not", "statusReason", concept),
        Row("Done", "performed[x]"),
        Row("Category", "category", concept),
        Row("Body site", "bodySite", concept),
        *_REASONS,
        Row("Outcome", "outcome", concept),
        Row("Complication", "complication", concept),
        Row("By", "performer", _actor),
        Row("At", "location"),
        Row("Follow-up", "followUp", concept),
        _ENCOUNTER,
        _NOTE,
    ),
}
"""The rows of each type, in the order of reading."""

_TITLES = frozenset(
    {
        "code",
        "vaccineCode",
        "medicationCodeableConcept",
        "medicationReference",
        "title",
    }
)
_SILENT = frozenset(
    {
        "resourceType",
        "id",
        "meta",
        "text",
        "implicitRules",
        "language",
        "contained",
        "extension",
        "modifierExtension",
        "component",
        "interpretation",
        "section",
        "identifier",
    }
)


def details(resource: dict[str, Any], names: Names) -> Iterator[Detail]:
    """The rows of a resource whose type is in `ROWS`, and what else the file holds, by name."""
    kind = type_of(resource)
    covered = set(_TITLES | _SILENT)
    if kind == "Observation":
        covered |= {name for name in resource if name.startswith(("value", "dataAbsent"))}
        yield from _components(resource)
    for row in ROWS[kind]:
        covered |= _elements(row, resource)
        yield from _row(row, resource, names)
    others = [name for name in resource if name not in covered and not name.startswith("_")]
    if others:
        yield Detail("Also in the file", ", ".join(spaced(name) for name in others[:20]))


def _elements(row: Row, resource: dict[str, Any]) -> set[str]:
    if not row.element.endswith("[x]"):
        return {row.element}
    return {name for name in resource if name.startswith(row.element[:-3])}


def _row(row: Row, resource: dict[str, Any], names: Names) -> Iterator[Detail]:
    if row.element.endswith("[x]"):
        shown = [choice(resource, row.element[:-3])]
    else:
        values = items(resource.get(row.element))
        show = row.show or (lambda value: names.refer(value, resource))
        shown = [show(value) for value in values]
    shown = list(dict.fromkeys(value for value in shown if value))
    if row.apart:
        yield from (Detail(row.label, value, element=row.element) for value in shown)
    elif shown:
        yield Detail(row.label, ", ".join(shown), element=row.element)


def _components(observation: dict[str, Any]) -> Iterator[Detail]:
    for part in items(observation.get("component")):
        label = concept(at(part, "code")) or "Part"
        yield Detail(label, observed(part) or "no value", interpretation(part), 1, "component")
