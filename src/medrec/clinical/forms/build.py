"""The pieces of FHIR R4 that the forms are built of, and JSON that keeps every digit."""

from __future__ import annotations

import json
import uuid
from decimal import Decimal
from typing import Any

from medrec.clinical.forms.base import Stamp
from medrec.clinical.values import at, items, text

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
URI_SYSTEM = "urn:ietf:rfc:3986"
FORM = "urn:medrec:form"
"""The system of the tag by which a form knows its own records again."""

_HL7 = "http://terminology.hl7.org/CodeSystem/"

Resource = dict[str, Any]


def hl7(name: str) -> str:
    """A code system of HL7's own terminology."""
    return _HL7 + name


def coding(system: str, code: str, display: str = "") -> Resource:
    """A Coding."""
    return _filled({"system": system, "code": code, "display": display})


def concept(words: str, *codings: Resource) -> Resource:
    """A CodeableConcept."""
    return _filled({"coding": list(codings), "text": words})


def quantity(value: Decimal | int, unit: str, code: str = "", comparator: str = "") -> Resource:
    """A Quantity; ``code`` is the unit in UCUM."""
    system = UCUM if code else ""
    return _filled(
        {"value": value, "comparator": comparator, "unit": unit, "system": system, "code": code}
    )


def person(address: str, name: str) -> Resource:
    """A Reference to somebody by address (ERC-681), with the name to show."""
    identifier = {"system": URI_SYSTEM, "value": f"ethereum:{address}"}
    return _filled({"identifier": identifier, "display": name})


def patient_of(stamp: Stamp) -> Resource:
    """The person whom it is about."""
    return person(stamp.patient, stamp.patient_name)


def author_of(stamp: Stamp) -> Resource:
    """The person who writes it."""
    return person(stamp.author, stamp.author_name)


def head(kind: str, form: str, stamp: Stamp, name: str = "") -> Resource:
    """The beginning of a resource: type, id, the form's tag; ``name`` is a part of the form."""
    return {
        "resourceType": kind,
        "id": part_id(stamp, name) if name else stamp.id,
        "meta": {"tag": [coding(FORM, form)]},
    }


def part_id(stamp: Stamp, name: str) -> str:
    """The UUID of a part of what is written, always the same for the same id and name."""
    # A UUID of version 4 by its bits: FHIR's readers, ours among them, complain of others.
    return str(uuid.UUID(bytes=uuid.uuid5(uuid.UUID(stamp.id), name).bytes, version=4))


def note(words: str) -> list[Resource]:
    """Annotations: one, or none."""
    return [{"text": words}] if words else []


def encode(resource: Resource) -> bytes:
    """Compact UTF-8 JSON of what is not empty; always the same bytes for the same resource."""
    return _json(_filled(resource)).encode()


def _filled(value: Resource) -> Resource:
    return {name: held for name, held in value.items() if held not in ("", None, [], {})}


def _json(value: Any) -> str:
    if isinstance(value, dict):
        pairs = (f"{_json(name)}:{_json(held)}" for name, held in value.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    if isinstance(value, Decimal):
        return format(value, "f")
    return json.dumps(value, ensure_ascii=False)


def form_of(resource: Any) -> str:
    """The form that a resource was written with; empty where it was none of ours."""
    for tag in items(at(resource, "meta", "tag")):
        if at(tag, "system") == FORM:
            return text(at(tag, "code"))
    return ""


def code_of(value: Any) -> str:
    """The first code of a CodeableConcept."""
    return text(at(value, "coding", 0, "code"))


def number_of(value: Any) -> str:
    """A number as it stands there."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return ""
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def words_of(value: Any) -> str:
    """A text as it stands there, with its lines."""
    return value if isinstance(value, str) else ""
