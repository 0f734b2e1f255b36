"""A FHIR file looked at from its first entry to its last, in steps that others can be told of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from medrec.clinical import jsontext
from medrec.clinical.entries import entries, people_in, suggest
from medrec.clinical.reading import inspect_file
from medrec.clinical.summary import title_of
from medrec.domain.categories import Category
from medrec.domain.imports import FilePerson, ImportEntry


@dataclass(frozen=True, slots=True)
class Begun:
    """It is FHIR, and has so many entries."""

    total: int


@dataclass(frozen=True, slots=True)
class Ended:
    """What the file is as a whole."""

    resource_type: str
    title: str
    category: Category
    people: tuple[FilePerson, ...]


Step = Begun | ImportEntry | Ended


def look(name: str, data: bytes) -> Iterator[Step]:
    """Look at JSON: how many entries, each of them, then the whole. It takes a second for 4 MB.

    Of a file that cannot be saved as it is, and is no resource, nothing comes.

    Raises:
        NotJson, NotFhir: when there is no resource to look at.
    """
    value = jsontext.decode(data, name)
    if not isinstance(value, dict) or not isinstance(value.get("resourceType"), str):
        inspect_file(name, data)
        return
    kind, listed = value["resourceType"], value.get("entry")
    yield Begun(len(listed) if kind == "Bundle" and isinstance(listed, list) else 1)
    yield from entries(value)
    yield Ended(kind, title_of(data), suggest(value), people_in(value))
