"""Who and what references point to, in words."""

from __future__ import annotations

import re
from typing import Any

from medrec.clinical.text import clean
from medrec.clinical.values import at, best_name, concept, items, reference_text, text

_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
NOUNS = {
    "AllergyIntolerance": "Allergy",
    "DiagnosticReport": "Report",
    "DocumentReference": "Document",
    "Immunization": "Vaccination",
    "MedicationAdministration": "Medicine given",
    "MedicationDispense": "Medicine dispensed",
    "MedicationRequest": "Prescription",
    "MedicationStatement": "Medicine",
}
"""What people call a kind of resource, where that is not its FHIR name in words."""

_PEOPLE = frozenset({"Patient", "Practitioner", "RelatedPerson", "Person"})


def type_of(resource: Any) -> str:
    """The resource's type, as it stands there."""
    return text(at(resource, "resourceType"))


def spaced(name: str) -> str:
    """A FHIR name in words: MedicationRequest, Medication request."""
    words = _WORDS.sub(" ", clean(name, 80)).split(" ")
    first = words[0][:1].upper() + words[0][1:]
    rest = (word if word.isupper() else word[:1].lower() + word[1:] for word in words[1:])
    return " ".join((first, *rest))


def label_of(resource: Any) -> str:
    """A few words for what the resource is about; empty where it says nothing."""
    kind = type_of(resource)
    if kind in _PEOPLE:
        return best_name(at(resource, "name"))
    for name in ("title", "code", "vaccineCode", "medicationCodeableConcept", "name"):
        shown = concept(at(resource, name))
        if shown:
            return shown
    if kind == "Device":
        return concept(at(resource, "type")) or text(at(resource, "deviceName", 0, "name"))
    if kind == "PractitionerRole":
        return concept(at(resource, "code", 0)) or concept(at(resource, "specialty", 0))
    described = at(resource, "description")
    return concept(described) or concept(at(resource, "type")) or concept(at(resource, "type", 0))


class Names:
    """The labels of the resources that a document can refer to: entries and contained ones."""

    def __init__(self, root: Any) -> None:
        self._here: dict[str, Any] = {}
        for entry in items(at(root, "entry")):
            self._add(entry)

    def _add(self, entry: Any) -> None:
        resource = at(entry, "resource")
        if not isinstance(resource, dict):
            return
        url = at(entry, "fullUrl")
        if isinstance(url, str):
            self._here[url] = resource
            self._here.setdefault("/".join(url.rsplit("/", 2)[-2:]), resource)
        if isinstance(resource.get("id"), str):
            self._here.setdefault(f"{type_of(resource)}/{resource['id']}", resource)

    def find(self, reference: Any, inside: Any = None) -> dict[str, Any] | None:
        """The resource that a Reference points to, here or contained in ``inside``."""
        named = at(reference, "reference")
        if not isinstance(named, str):
            return None
        if named.startswith("#"):
            fitting = (c for c in items(at(inside, "contained")) if at(c, "id") == named[1:])
            found = next(fitting, None)
        else:
            found = self._here.get(named) or self._here.get(named.partition("/_history/")[0])
        return found if isinstance(found, dict) else None

    def refer(self, reference: Any, inside: Any = None) -> str:
        """A Reference in words: its display, what it points to, or else where."""
        display = text(at(reference, "display"))
        if display:
            return display
        found = self.find(reference, inside)
        if found is not None:
            return label_of(found) or spaced(type_of(found))
        shown = reference_text(reference)
        return text(at(reference, "type")) if shown.startswith(("urn:", "#")) else shown
