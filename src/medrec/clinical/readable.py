"""FHIR JSON as pages for people: one for the file, one for everything that it leads to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from medrec.clinical import jsontext, page_parts
from medrec.clinical.details import ROWS
from medrec.clinical.headlines import headline
from medrec.clinical.names import NOUNS, Names, label_of, spaced, type_of
from medrec.clinical.overview import (
    bundle_title,
    groups,
    in_error,
    patients_of,
    requests_of,
    resources_of,
)
from medrec.clinical.page import Embedded, Line, Look, Page, Part, flag_of
from medrec.clinical.values import at, items, text

ROOT = ""
"""The key of the file itself."""

_KINDS = {
    **NOUNS,
    "Observation": "Result",
    "Condition": "Problem",
    "Composition": "Document",
    "CarePlan": "Care plan",
    "Bundle": "Collection",
}
_RESULTS = frozenset({"Latest vital signs", "Latest laboratory", "Other observations"})
EVERYTHING = "Everything in the file"


class Document:
    """A decoded file of FHIR JSON, and the pages of all resources in it by their keys.

    Decoding takes up to a second for several MB: do it in a thread. Pages are made on demand.
    """

    def __init__(self, data: bytes, name: str = "The file") -> None:
        """Decode ``data``.

        Raises:
            NotJson, NotFhir: when it is no JSON.
        """
        self.root: Any = jsontext.decode(data, name)
        self.names = Names(self.root)
        self._resources: dict[str, Any] = {ROOT: self.root}
        self._add_contained(ROOT, self.root)
        for place, entry in enumerate(items(at(self.root, "entry"))):
            resource = at(entry, "resource")
            if type_of(self.root) == "Bundle" and isinstance(resource, dict):
                self._resources[str(place)] = resource
                self._add_contained(str(place), resource)
        self._keys = {id(resource): key for key, resource in self._resources.items()}

    def _add_contained(self, key: str, resource: Any) -> None:
        for held in items(at(resource, "contained")):
            if isinstance(held, dict):
                self._resources.setdefault(f"{key}#{text(at(held, 'id'))}", held)

    def key(self, resource: Any) -> str:
        """The key of a resource of this document; empty for anything else, and for the root."""
        return self._keys.get(id(resource), ROOT) if isinstance(resource, dict) else ROOT

    def __contains__(self, key: object) -> bool:
        """Whether there is a resource of this key."""
        return key in self._resources

    def page(self, key: str = ROOT) -> Page:
        """The page of a resource; of the file itself where there is none of that key."""
        resource = self._resources.get(key, self.root)
        kind = type_of(resource)
        if kind == "Bundle":
            return self._bundle(key, resource)
        line = headline(resource, self.names)
        parts = tuple(part for part in self._parts(key, resource) if part is not None)
        named = _KINDS.get(kind) or spaced(kind or "Record")
        return Page(key, kind, named, line.what, flag_of(line.flag), line.when, parts)

    def embedded(self, target: str) -> Embedded | None:
        """The file inside a resource that a line's target names."""
        key, mark, place = target.partition("!")
        if not mark or key not in self._resources:
            return None
        held = list(page_parts.files(self._resources[key]))
        return held[int(place)] if place.isdigit() and int(place) < len(held) else None

    def everything(self, key: str) -> tuple[Line, ...]:
        """Every element of a resource, indented."""
        return page_parts.whole(self._resources.get(key, self.root))

    def _parts(self, key: str, resource: Any) -> list[Part | None]:
        if type_of(resource) not in ROWS:
            return self._plain_parts(key, resource)
        names, of = self.names, self.key
        parts: list[Part | None] = [*page_parts.results(resource, names, of)]
        parts.append(page_parts.facts(resource, names, of))
        parts.append(page_parts.file_part(resource, key))
        if type_of(resource) == "Composition":
            parts += page_parts.sections(resource, resource, names, of)
        told = {line.target for part in parts if part is not None for line in part.lines}
        parts.append(page_parts.contained(resource, names, of, told))
        parts.append(page_parts.narrative(resource))
        parts.append(Part(EVERYTHING, Look.TREE, folded=True))
        return parts

    def _plain_parts(self, key: str, resource: Any) -> list[Part | None]:
        """For a type without rows of its own: links, files and words, then the whole tree."""
        return [
            page_parts.file_part(resource, key),
            self._links(resource),
            page_parts.narrative(resource),
            Part("", Look.TREE, page_parts.whole(resource)),
        ]

    def _links(self, resource: Any) -> Part | None:
        found: dict[str, Line] = {}
        for reference in _references(resource):
            held = self.names.find(reference, resource)
            key = self.key(held)
            if key and key not in found and held is not None:
                kind = _KINDS.get(type_of(held)) or spaced(type_of(held))
                found[key] = Line(label_of(held) or kind, kind, target=key)
        return Part("Refers to", Look.LIST, tuple(found.values())) if found else None

    def _bundle(self, key: str, bundle: Any) -> Page:
        resources = resources_of(bundle)
        first = resources[0] if resources else {}
        title = bundle_title(bundle, resources, self.names)
        kind = _KINDS["Composition" if at(bundle, "type") == "document" else "Bundle"]
        when = headline(first, self.names).when if type_of(first) == "Composition" else ""
        parts = [*self._people(first, resources), *self._groups(resources)]
        if type_of(first) == "Composition":
            told = page_parts.sections(first, first, self.names, self.key)
            parts += [replace(part, folded=True) for part in told]
        parts += self._rest(bundle, resources)
        when = when or text(at(bundle, "timestamp"))
        return Page(key, "Bundle", kind, title, None, when, tuple(parts))

    def _people(self, first: Any, resources: list[dict[str, Any]]) -> list[Part]:
        lines = []
        for patient in patients_of(resources)[:20]:
            line = page_parts.listed(patient, self.names, self.key)
            shown = f"{line.label}, {line.value}".rstrip(", ")
            lines.append(Line("Patient", shown, flag=line.flag, target=line.target))
        if type_of(first) == "Composition":
            for author in items(at(first, "author")):
                target = self.key(self.names.find(author, first))
                lines.append(Line("Author", self.names.refer(author, first), target=target))
        return [Part("", Look.FACTS, tuple(line for line in lines if line.value))] if lines else []

    def _groups(self, resources: list[dict[str, Any]]) -> list[Part]:
        parts = []
        for group in groups(resources, self.names):
            if group.title in _RESULTS:
                lines = tuple(
                    page_parts.result_line(resource, self.names, self.key)
                    for _, resource in group.lines
                )
                parts.append(Part(group.title, Look.RESULTS, lines))
            else:
                lines = tuple(
                    Line(
                        line.what,
                        line.value,
                        flag=flag_of(line.flag),
                        when=line.when,
                        target=self.key(resource),
                    )
                    for line, resource in group.lines
                )
                parts.append(Part(group.title, Look.LIST, lines))
        return parts

    def _rest(self, bundle: Any, resources: list[dict[str, Any]]) -> list[Part]:
        parts = []
        wrong = [r for r in resources if in_error(r)]
        if wrong:
            lines = tuple(page_parts.listed(r, self.names, self.key) for r in wrong)
            parts.append(Part("Entered in error", Look.LIST, lines, folded=True))
        asked = tuple(Line(request) for request in requests_of(bundle))
        if asked:
            parts.append(Part("Requests", Look.LIST, asked))
        every = tuple(self._any(resource) for resource in resources)
        if every:
            parts.append(Part("All entries", Look.LIST, every, folded=True))
        elif not asked:
            parts.append(Part("", Look.TREE, page_parts.whole(bundle)))
        return parts

    def _any(self, resource: dict[str, Any]) -> Line:
        line = page_parts.listed(resource, self.names, self.key)
        kind = _KINDS.get(type_of(resource)) or spaced(type_of(resource) or "Record")
        value = f"{kind}: {line.value}" if line.value else kind
        return Line(line.label, value, flag=line.flag, when=line.when, target=line.target)


def _references(value: Any, depth: int = 0) -> list[Any]:
    """All References in a resource, without those of contained ones."""
    found: list[Any] = []
    if depth > 12:
        return found
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            found.append(value)
        for name, held in value.items():
            if name != "contained":
                found += _references(held, depth + 1)
    elif isinstance(value, list):
        for held in value:
            found += _references(held, depth + 1)
    return found
