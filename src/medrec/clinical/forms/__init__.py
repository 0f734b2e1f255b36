"""The forms that doctors write with: typed texts, checked, become FHIR R4 JSON and back.

A form's record is opened in its form again only where the form would write the very same bytes:
nothing that somebody else put there is lost by an amendment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from medrec.clinical import jsontext
from medrec.clinical.forms import (
    allergy,
    immunization,
    laboratory,
    note,
    prescription,
    problem,
    vitals,
)
from medrec.clinical.forms.base import Checked, Finding, Stamp, Texts, instant
from medrec.clinical.forms.build import form_of, words_of
from medrec.clinical.forms.interactions import Clash, clashes
from medrec.clinical.values import at
from medrec.domain.categories import Category
from medrec.domain.ids import Address
from medrec.errors import MedRecError

__all__ = [
    "FORMS",
    "Checked",
    "Clash",
    "Finding",
    "Form",
    "FormKind",
    "Reopened",
    "Stamp",
    "Texts",
    "clashes",
    "instant",
    "reopened",
]


class FormKind(StrEnum):
    """What a doctor writes, in the order of the list at the left."""

    NOTE = "note"
    VITALS = "vitals"
    LABORATORY = "laboratory"
    PRESCRIPTION = "prescription"
    ALLERGY = "allergy"
    IMMUNIZATION = "immunization"
    PROBLEM = "problem"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its fields by name, the categories it may be saved in (the usual one first).

    ``check`` takes the texts and the time, ``build`` the checked value and a stamp, ``title``
    names the record, ``read`` gives the texts of a resource that the form wrote.
    """

    kind: FormKind
    fields: tuple[str, ...]
    categories: tuple[Category, ...]
    check: Callable[[Texts, datetime], Checked[Any]]
    build: Callable[[Any, Stamp], bytes]
    title: Callable[[Any], str]
    read: Callable[[Any], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Reopened:
    """A record in its form again: what was typed, and who wrote it when."""

    kind: FormKind
    texts: Texts
    stamp: Stamp


_SENSITIVE = (Category.MENTAL, Category.SEXUAL, Category.GENETIC, Category.SUBSTANCE)


def _form(kind: FormKind, module: Any, *categories: Category) -> Form:
    return Form(
        kind,
        module.FIELDS,
        categories,
        module.check,
        module.build,
        module.title,
        module.read,
    )


FORMS: Mapping[FormKind, Form] = {
    form.kind: form
    for form in (
        _form(FormKind.NOTE, note, Category.NOTES, *_SENSITIVE),
        _form(FormKind.VITALS, vitals, Category.VITALS),
        _form(FormKind.LABORATORY, laboratory, Category.LABORATORY, *_SENSITIVE[1:]),
        _form(FormKind.PRESCRIPTION, prescription, Category.MEDICATIONS),
        _form(FormKind.ALLERGY, allergy, Category.ALLERGIES),
        _form(FormKind.IMMUNIZATION, immunization, Category.IMMUNIZATIONS),
        _form(FormKind.PROBLEM, problem, Category.PROBLEMS, *_SENSITIVE),
    )
}
"""Every form but the document's, which is a file."""


def reopened(data: bytes) -> Reopened | None:
    """The form and texts of a record; None where no form of ours would write these bytes."""
    try:
        resource = jsontext.decode(data)
        kind = FormKind(form_of(resource))
        form = FORMS[kind]
        texts = form.read(resource)
        stamp = _stamp(resource)
        checked = form.check(texts, stamp.now)
        same = checked.value is not None and form.build(checked.value, stamp) == data
    except (MedRecError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return Reopened(kind, texts, stamp) if same else None


def _stamp(resource: Any) -> Stamp:
    """Who wrote a form's resource about whom, from wherever its type keeps that."""
    first = at(resource, "entry", 0, "resource") or resource
    patient = at(first, "subject") or at(first, "patient")
    author = (
        at(first, "performer", 0, "actor")
        or at(first, "performer", 0)
        or at(first, "author", 0)
        or at(first, "requester")
        or at(first, "recorder")
    )
    times = ("timestamp", "issued", "authoredOn", "recordedDate", "recorded", "date")
    written = next((words for name in times if (words := words_of(at(resource, name)))), "")
    return Stamp(
        id=words_of(at(resource, "id")),
        written=written,
        patient=_address(patient),
        patient_name=words_of(at(patient, "display")),
        author=_address(author),
        author_name=words_of(at(author, "display")),
    )


def _address(reference: Any) -> Address:
    value = words_of(at(reference, "identifier", "value"))
    return Address(value.removeprefix("ethereum:"))
