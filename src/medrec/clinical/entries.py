"""What is in a FHIR file, resource by resource, and whose data it is, before it is saved."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from medrec.clinical.headlines import headline
from medrec.clinical.names import Names, spaced, type_of
from medrec.clinical.overview import resources_of
from medrec.clinical.patient import Demographics
from medrec.clinical.problems import Problem, Severity
from medrec.clinical.text import clean
from medrec.clinical.validation import by_entry
from medrec.clinical.values import at, best_name, items, text
from medrec.domain.categories import Category
from medrec.domain.imports import EntryState, FilePerson, ImportEntry, Whose

MOST_PROBLEMS = 5
"""Problems that are told of one entry; the number of the others follows."""

MOSTLY = 0.8
"""The part of a file's resources that makes their category the file's own."""

_TYPES = {
    "Patient": Category.IDENTITY,
    "Condition": Category.PROBLEMS,
    "Procedure": Category.PROBLEMS,
    "Encounter": Category.PROBLEMS,
    "EpisodeOfCare": Category.PROBLEMS,
    "Goal": Category.PROBLEMS,
    "CarePlan": Category.PROBLEMS,
    "CareTeam": Category.PROBLEMS,
    "Medication": Category.MEDICATIONS,
    "MedicationRequest": Category.MEDICATIONS,
    "MedicationStatement": Category.MEDICATIONS,
    "MedicationDispense": Category.MEDICATIONS,
    "MedicationAdministration": Category.MEDICATIONS,
    "AllergyIntolerance": Category.ALLERGIES,
    "Immunization": Category.IMMUNIZATIONS,
    "ImmunizationRecommendation": Category.IMMUNIZATIONS,
    "Specimen": Category.LABORATORY,
    "ImagingStudy": Category.IMAGING,
    "Media": Category.IMAGING,
    "MolecularSequence": Category.GENETIC,
    "ClinicalImpression": Category.NOTES,
}
_BESIDE = frozenset(
    {
        "Patient",
        "Practitioner",
        "PractitionerRole",
        "Organization",
        "Location",
        "Provenance",
        "Composition",
        "Encounter",
        "Claim",
        "ExplanationOfBenefit",
        "Coverage",
        "Device",
        "RelatedPerson",
    }
)
"""Types that do not say what a file is about."""

_IMAGING = frozenset({"imaging", "RAD", "RX", "CT", "NMR", "CUS", "RUS", "LP29684-5", "18726-0"})


def category_of(resource: Any) -> Category:
    """The category in which one would look for a resource."""
    kind = type_of(resource)
    if kind == "Observation":
        codes = _categories(resource)
        if "vital-signs" in codes:
            return Category.VITALS
        return Category.LABORATORY if "laboratory" in codes else Category.PROBLEMS
    if kind == "DiagnosticReport":
        if at(resource, "imagingStudy") or _categories(resource) & _IMAGING:
            return Category.IMAGING
        return Category.LABORATORY if at(resource, "result") else Category.DOCUMENTS
    return _TYPES.get(kind, Category.DOCUMENTS)


def _categories(resource: Any) -> frozenset[str]:
    concepts = items(at(resource, "category"))
    return frozenset(text(at(c, "code")) for one in concepts for c in items(at(one, "coding")))


def suggest(resource: Any) -> Category:
    """The category of a whole file: that of nearly all of its resources, else documents."""
    if type_of(resource) != "Bundle":
        found = category_of(resource)
        return Category.DOCUMENTS if found is Category.IDENTITY else found
    told = [r for r in resources_of(resource) if type_of(r) not in _BESIDE]
    counted = Counter(map(category_of, told))
    if not counted:
        return Category.DOCUMENTS
    category, number = counted.most_common(1)[0]
    return category if number >= MOSTLY * len(told) else Category.DOCUMENTS


def entries(value: Any) -> Iterator[ImportEntry]:
    """Every resource with what is wrong with it, in the order of the file; one takes some ms.

    What concerns the file as a whole comes with the index -1, where there is something. References
    are known only at the end: an entry that comes a second time replaces the first.
    """
    names = Names(value)
    bundle = type_of(value) == "Bundle" and isinstance(at(value, "entry"), list)
    told: dict[int, list[Problem]] = {}
    for index, problems in by_entry(value):
        found = list(problems)
        if index >= 0:
            told[index] = found
            yield _entry(index, at(value, "entry", index, "resource"), _path(index), names, found)
        elif not bundle:
            yield _entry(0, value, type_of(value), names, found)
        elif found:
            yield from _of_all(value, names, told, found)


_IN_ENTRY = re.compile(r"Bundle\.entry\[(\d+)\]\.resource\b")


def _path(index: int) -> str:
    return f"Bundle.entry[{index}].resource"


def _of_all(
    bundle: Any, names: Names, told: dict[int, list[Problem]], problems: list[Problem]
) -> Iterator[ImportEntry]:
    """The entries that problems of the whole Bundle belong to, and what belongs to none."""
    whole: list[Problem] = []
    again: dict[int, None] = {}
    for problem in problems:
        found = _IN_ENTRY.match(problem.path)
        index = int(found[1]) if found else -1
        if index in told:
            told[index].append(problem)
            again[index] = None
        else:
            whole.append(problem)
    for index in again:
        resource = at(bundle, "entry", index, "resource")
        yield _entry(index, resource, _path(index), names, told[index])
    if whole:
        yield _entry(-1, bundle, "Bundle", names, whole)


def _entry(
    index: int, resource: Any, path: str, names: Names, problems: list[Problem]
) -> ImportEntry:
    refused = any(problem.severity is Severity.ERROR for problem in problems)
    remark = EntryState.REMARK if problems else EntryState.READY
    kind = clean(type_of(resource), 60) or "Unknown"
    title, detail = _words(resource, names, kind)
    first = sorted(problems, key=lambda p: p.severity is not Severity.ERROR)[:MOST_PROBLEMS]
    told = [(p.path.removeprefix(path).lstrip(".") or kind, p.message) for p in first]
    if len(problems) > len(first):
        told.append((kind, f"has {len(problems) - len(first)} more."))
    return ImportEntry(
        index,
        kind,
        title,
        detail,
        category_of(resource),
        EntryState.REFUSED if refused else remark,
        tuple(told),
    )


def _words(resource: Any, names: Names, kind: str) -> tuple[str, str]:
    try:
        line = headline(resource, names)
    except (TypeError, KeyError, AttributeError, ValueError, ArithmeticError):
        # A resource that is refused anyway may be of any shape.
        return spaced(kind), ""
    parts = (clean(part, 120) for part in (line.value, line.date))
    return clean(line.what, 120) or spaced(kind), " · ".join(part for part in parts if part)


def people_in(value: Any) -> tuple[FilePerson, ...]:
    """The Patients of a file, each once."""
    bundle = type_of(value) == "Bundle"
    held = resources_of(value) if bundle else [value, *items(at(value, "contained"))]
    found = [
        FilePerson(clean(best_name(at(r, "name")), 120), clean(text(at(r, "birthDate")), 10))
        for r in held
        if type_of(r) == "Patient"
    ]
    return tuple(dict.fromkeys(found))


def whose(people: Iterable[FilePerson], patient: Demographics | None) -> Whose:
    """Whether the people of a file are the patient, by name and birth date.

    Two files may share a Patient's id and be about two people, so ids say nothing.
    """
    told = list(people)
    if len(told) > 1:
        return Whose.SEVERAL
    if not told or patient is None:
        return Whose.UNKNOWN
    person = told[0]
    birth = patient.birth_date
    if person.birth_date and person.birth_date != birth[: len(person.birth_date)]:
        return Whose.DIFFERENT
    ours = _name_words(patient.given), _name_words(patient.family)
    theirs = _name_words(person.name)
    if theirs and not (ours[0] & theirs and ours[1] <= theirs):
        return Whose.DIFFERENT
    return Whose.SAME if theirs and person.birth_date == birth else Whose.UNKNOWN


_LETTERS = re.compile(r"[^\W_]+")


def _name_words(name: str) -> frozenset[str]:
    folded = unicodedata.normalize("NFKD", name).casefold()
    return frozenset(_LETTERS.findall("".join(c for c in folded if not unicodedata.combining(c))))
