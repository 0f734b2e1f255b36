"""People as they describe themselves, and the FHIR Patient that a patient's record begins with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from medrec.clinical import fields, jsontext
from medrec.clinical.fields import Check, CheckedFields
from medrec.errors import NotFhir

URI_SYSTEM = "urn:ietf:rfc:3986"
"""FHIR's identifier system for values that are URIs."""


@dataclass(frozen=True, slots=True, repr=False)
class Demographics(CheckedFields):
    """A patient's own data; address and phone may be empty, the birth date is YYYY-MM-DD.

    Raises:
        BadFields: with every problem.
    """

    checks: ClassVar[Mapping[str, Check]] = {
        "given": fields.line(100, lettered=True),
        "family": fields.line(100, lettered=True),
        "birth_date": fields.birth_date,
        "sex": fields.sex,
        "address": fields.address,
        "phone": fields.phone,
    }
    given: str
    family: str
    birth_date: str
    sex: str
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class DoctorProfileFields(CheckedFields):
    """What a doctor says to be; it becomes public.

    Raises:
        BadFields: with every problem.
    """

    checks: ClassVar[Mapping[str, Check]] = {
        "given": fields.line(100, lettered=True),
        "family": fields.line(100, lettered=True),
        "specialty": fields.line(100, lettered=True),
        "licence": fields.line(60),
    }
    given: str
    family: str
    specialty: str
    licence: str


@dataclass(frozen=True, slots=True, repr=False)
class IdentityClaim(CheckedFields):
    """What a registrar reads from somebody's papers.

    Raises:
        BadFields: with every problem.
    """

    checks: ClassVar[Mapping[str, Check]] = {
        "given": fields.line(100, lettered=True),
        "family": fields.line(100, lettered=True),
        "birth_date": fields.birth_date,
        "id_number": fields.line(60),
    }
    given: str
    family: str
    birth_date: str
    id_number: str


def to_fhir(person: Demographics, patient: str) -> bytes:
    """A FHIR R4 Patient in compact UTF-8 JSON, always the same bytes for the same data.

    ``patient`` is the Ethereum address, which becomes the identifier as a URI (ERC-681).
    """
    resource: dict[str, Any] = {
        "resourceType": "Patient",
        "identifier": [{"system": URI_SYSTEM, "value": f"ethereum:{patient}"}],
        "active": True,
        "name": [{"use": "official", "family": person.family, "given": person.given.split()}],
        "gender": person.sex,
        "birthDate": person.birth_date,
    }
    if person.phone:
        resource["telecom"] = [{"system": "phone", "value": person.phone}]
    if person.address:
        resource["address"] = [{"text": person.address}]
    return json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()


def from_fhir(data: bytes) -> Demographics:
    """The data of a FHIR Patient: the official name, or else the first; the first phone, address.

    Raises:
        NotJson, NotFhir: not a Patient.
        BadFields: a Patient that lacks what we need to know.
    """
    value = jsontext.decode(data, "The patient's data")
    if not isinstance(value, dict) or value.get("resourceType") != "Patient":
        raise NotFhir(name="The patient's data", why="it is no Patient.")
    name = _chosen(value.get("name"), "use", "official")
    return Demographics.of(
        {
            "given": " ".join(_texts(name.get("given"))),
            "family": name.get("family"),
            "birth_date": value.get("birthDate"),
            "sex": value.get("gender") or "unknown",
            "address": _address(_chosen(value.get("address"), "use", "home")),
            "phone": _phone(value.get("telecom")),
        }
    )


def _chosen(listed: object, name: str, wanted: str) -> dict[str, Any]:
    items = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    fitting = [item for item in items if item.get(name) == wanted]
    return (fitting or items or [{}])[0]


def _phone(telecom: object) -> object:
    chosen = _chosen(telecom, "system", "phone")
    return chosen.get("value") if chosen.get("system") == "phone" else ""


def _address(address: dict[str, Any]) -> object:
    if address.get("text"):
        return address["text"]
    city = " ".join(_texts([address.get("postalCode"), address.get("city")]))
    parts = [*_texts(address.get("line")), city, *_texts([address.get("country")])]
    return ", ".join(part for part in parts if part)


def _texts(listed: object) -> list[str]:
    return [item for item in listed if isinstance(item, str)] if isinstance(listed, list) else []
