"""FHIR's JSON shape, which the models alone do not hold to.

fhir.resources 8.3 is loose where pydantic is: it takes "5" for a number and "true" for a boolean,
a number for a date, null and [] for anything optional or even required, JSON inside a string for
an element, Python's field names (``class_fhir``), and any code; it stumbles (KeyError, TypeError)
over a contained resource of unknown type. So each resource is walked here first, with the
models' own list of elements (https://hl7.org/fhir/R4/json.html).
"""

from __future__ import annotations

import re
import typing
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Any

from fhir.resources.R4B import fhirtypes, get_fhir_model_class
from fhir_core.fhirabstractmodel import FHIRAbstractModel
from fhir_core.types import FhirBase

from medrec.clinical.problems import (
    CODES,
    DROPPED_ELEMENTS,
    NOT_IN_R4,
    UNMODELLED,
    Problem,
    error,
    warning,
)

Model = type[FHIRAbstractModel]

_ABSTRACT = frozenset({"Resource", "DomainResource"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BASE64 = re.compile(r"[0-9A-Za-z+/=\s]*")
_DIV = re.compile(r"\s*<div[\s>]")
_ACTIVE = re.compile(r"<(?:script|iframe|object|embed|form)\b|\son\w+\s*=|javascript:", re.I)
_TARGET = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(?:/_history/[^/]+)?$")


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a type: its JSON kind, whether it repeats, and what it may hold."""

    kind: str
    many: bool
    required: bool
    type: Any = None
    codes: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Link:
    """A literal reference, found at a path."""

    path: str
    reference: str


def resource_model(name: object) -> Model | None:
    """The model of a resource type, None where there is none."""
    if not isinstance(name, str) or name in _ABSTRACT or not name.isalnum():
        return None
    if not hasattr(fhirtypes, name + "Type"):
        return None
    try:
        model: Model = get_fhir_model_class(name)
    except (ValueError, AttributeError):
        return None
    return model if model.has_resource_base() else None


@cache
def elements(model: Model) -> dict[str, Element]:
    """The elements of a type by their JSON names, ``_name`` for the extensions of a primitive."""
    found = {}
    for name, info in model.model_fields.items():
        if name in {"fhir_comments", "resource_type"}:
            continue
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        alias = info.alias or name
        codes = CODES.get((model.get_resource_type(), alias), _codes(extra.get("enum_values")))
        targets = extra.get("enum_reference_types") or []
        kind, many, held = _unwrap(info.annotation)
        found[alias] = Element(
            kind, many, info.is_required(), held, codes, frozenset(typing.cast(list[str], targets))
        )
    return found


def _codes(values: object) -> frozenset[str]:
    listed = values if isinstance(values, list) else []
    return frozenset() if {"+", "etc."} & set(listed) else frozenset(listed)


def _unwrap(annotation: Any) -> tuple[str, bool, Any]:
    many = False
    while True:
        origin, args = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is list:
            many, annotation = True, args[0]
        elif origin is typing.Annotated:
            marker = type(args[-1]).__name__.lower()
            return _kind(args[0], marker), many, marker
        elif NoneType in args:
            annotation = next(arg for arg in args if arg is not NoneType)
        else:
            break
    if isinstance(annotation, type) and issubclass(annotation, FhirBase):
        model = annotation.get_model_klass()
        return ("resource" if model.__name__ == "Resource" else "complex"), many, annotation
    return _kind(annotation, "boolean"), many, "boolean"


def _kind(base: Any, marker: str) -> str:
    if base is bool:
        return "boolean"
    if base is int:
        return "integer"
    return "decimal" if base is Decimal else "xhtml" if marker == "xhtml" else "string"


@dataclass(slots=True)
class Walk:
    """A walk through one resource; gathers problems and references.

    ``judgeable`` becomes False where the models would stumble or do not know R4's own form.
    ``entries_apart`` leaves out the resources of a Bundle's entries, which are walked on their own.
    """

    entries_apart: bool = False
    problems: list[Problem] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    judgeable: bool = True
    _local: set[str] = field(default_factory=set)

    def resource(self, value: object, path: str, contained: bool = False) -> None:
        """Walk a resource that stands at ``path``."""
        if not isinstance(value, dict):
            return self._stumble(path, f"must be a resource, not {_called(value)}.")
        kind = value.get("resourceType")
        if "resourceType" not in value:
            return self._stumble(path, "has no resourceType.")
        if isinstance(kind, str) and kind in UNMODELLED:
            self.judgeable = False
            self.problems.append(warning(path, f"is a {kind}, which is not checked further."))
            return None
        model = resource_model(kind)
        if model is None:
            return self._stumble(path, f"has the resourceType “{kind}”, which FHIR R4 lacks.")
        if kind in NOT_IN_R4:
            self.problems.append(warning(path, f"is a {kind}: R4B has it, R4 does not."))
        outside = self._local
        if not contained:
            self._local = _local_ids(value)
        self._object(value, model, path)
        self._local = outside
        return None

    def _stumble(self, path: str, message: str) -> None:
        self.judgeable = False
        self.problems.append(error(path, message))

    def _object(self, value: object, model: Model, path: str) -> None:
        if not isinstance(value, dict):
            return self._stumble(path, f"must be an object, not {_called(value)}.")
        if not value:
            self.problems.append(warning(path, "is an empty object."))
        known = elements(model)
        for name, held in value.items():
            if name == "resourceType" and model.has_resource_base():
                continue
            self._element(known.get(name), name, held, value, path)
        for name, element in known.items():
            if element.required and value.get(name) is None:
                self.problems.append(error(f"{path}.{name}", "is missing."))
        if model.__name__ == "Reference":
            self._reference(value, path)
        return None

    def _element(
        self, element: Element | None, name: str, held: object, parent: dict[str, Any], path: str
    ) -> None:
        path = f"{path}.{name}"
        if element is None:
            return self._unknown(name, path)
        if held is None:
            self.problems.append(warning(path, "is null."))
            return None
        if not element.many:
            return self._one(element, held, path)
        if not isinstance(held, list):
            return self._stumble(path, f"must be a list, not {_called(held)}.")
        if not held:
            self.problems.append(warning(path, "is an empty list."))
        twin = parent.get(name[1:] if name.startswith("_") else "_" + name)
        for index, item in enumerate(held):
            if item is None:
                self._null_item(element, name, twin, index, path)
            else:
                self._one(element, item, f"{path}[{index}]")
        return None

    def _unknown(self, name: str, path: str) -> None:
        if name == "fhir_comments":
            self.problems.append(warning(path, "is a comment of an older FHIR."))
        elif name in DROPPED_ELEMENTS:
            self.judgeable = False
            self.problems.append(warning(path, "is not checked further."))
        else:
            self.problems.append(error(path, "is no element of FHIR R4 in this place."))

    def _null_item(self, element: Element, name: str, twin: object, index: int, path: str) -> None:
        # Lists of a primitive and of its extensions are lined up by null.
        if element.kind in {"complex", "resource"} and not name.startswith("_"):
            return self._stumble(f"{path}[{index}]", "is null.")
        if not (isinstance(twin, list) and index < len(twin) and twin[index] is not None):
            self.problems.append(warning(f"{path}[{index}]", "is null."))
        return None

    def _one(self, element: Element, value: object, path: str) -> None:
        if element.kind == "resource":
            if not self.entries_apart:
                self.resource(value, path, contained=".contained[" in path[path.rfind(".") :])
        elif element.kind == "complex":
            self._targets(element, value, path)
            self._object(value, element.type.get_model_klass(), path)
        else:
            self.problems.extend(_primitive(element, value, path))

    def _targets(self, element: Element, value: object, path: str) -> None:
        if not element.targets or "Resource" in element.targets or not isinstance(value, dict):
            return
        named = value.get("reference")
        found = _TARGET.search(named) if isinstance(named, str) else None
        if found and found[1] not in element.targets and not (named or "").startswith("#"):
            allowed = ", ".join(sorted(element.targets))
            self.problems.append(warning(path, f"points to a {found[1]}; it should to {allowed}."))

    def _reference(self, value: dict[str, Any], path: str) -> None:
        named = value.get("reference")
        if not isinstance(named, str):
            return
        if not named.startswith("#"):
            self.links.append(Link(path, named))
        elif named != "#" and named[1:] not in self._local:
            self.problems.append(warning(path, f"points to “{named}”, which is not contained."))


def _local_ids(resource: dict[str, Any]) -> set[str]:
    contained = resource.get("contained")
    items = contained if isinstance(contained, list) else []
    return {str(item.get("id")) for item in items if isinstance(item, dict)}


def _called(value: object) -> str:
    names: dict[type, str] = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    names |= {NoneType: "null", Decimal: "a decimal"}
    return names.get(type(value), "a number")


_EXPECTED: dict[str, tuple[tuple[type, ...], str]] = {
    "boolean": ((bool,), "true or false"),
    "integer": ((int,), "a whole number"),
    "decimal": ((int, Decimal), "a number"),
    "string": ((str,), "text"),
    "xhtml": ((str,), "text"),
}


def _primitive(element: Element, value: object, path: str) -> typing.Iterator[Problem]:
    types, expected = _EXPECTED[element.kind]
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        yield error(path, f"must be {expected}, not {_called(value)}.")
        return
    if not isinstance(value, str):
        return
    if element.codes and value not in element.codes:
        allowed = ", ".join(sorted(element.codes))
        yield error(path, f"is “{value}”; FHIR R4 allows {allowed}.")
    if _CONTROL.search(value):
        yield warning(path, "has control characters, which are not shown.")
    if element.kind == "xhtml":
        yield from _narrative(value, path)
    elif element.type in {"uri", "canonical"} and any(c.isspace() for c in value):
        yield warning(path, "has a blank in an address.")
    elif element.type == "base64binary" and not _BASE64.fullmatch(value):
        yield error(path, "is not base64.")
    elif element.type == "id" and len(value) > 64:
        yield warning(path, "is longer than 64 characters.")


def _narrative(value: str, path: str) -> typing.Iterator[Problem]:
    if not _DIV.match(value) or not value.rstrip().endswith(("</div>", "/>")):
        yield warning(path, "is not XHTML in a div.")
    if _ACTIVE.search(value):
        yield warning(path, "has active contents; the text is shown without them.")
