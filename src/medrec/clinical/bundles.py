"""What holds between the entries of a Bundle: references, documents, the IPS's sections."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from medrec.clinical.problems import Problem, warning
from medrec.clinical.structure import Link

_RELATIVE = re.compile(r"^([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]+)(?:/_history/[^/]+)?$")
_IPS = "60591-5"
IPS_SECTIONS = {
    "11450-4": "Problem list",
    "48765-2": "Allergies and intolerances",
    "10160-0": "Medication summary",
}
"""LOINC codes of the sections an IPS must have (https://hl7.org/fhir/uv/ips/)."""


def check_bundle(bundle: dict[str, Any], links: Iterable[Link]) -> Iterator[Problem]:
    """Warnings about a Bundle as a whole; ``links`` are the references of all its entries."""
    entries = [e for e in _list(bundle.get("entry")) if isinstance(e, dict)]
    yield from _references(bundle.get("type"), entries, links)
    if bundle.get("type") == "document":
        yield from _document(bundle, entries)


def _references(
    kind: object, entries: list[dict[str, Any]], links: Iterable[Link]
) -> Iterator[Problem]:
    urls = [url for entry in entries if isinstance(url := entry.get("fullUrl"), str)]
    here = set(urls) | {"/".join(url.rsplit("/", 2)[-2:]) for url in urls}
    here |= {f"{r.get('resourceType')}/{r.get('id')}" for r in map(_resource, entries)}
    for url in sorted({url for url in urls if urls.count(url) > 1 and kind != "history"}):
        yield warning("Bundle", f"has the fullUrl “{url}” more than once.")
    seen: set[str] = set()
    for link in links:
        named = link.reference.partition("#")[0]
        if named in here or named in seen or not _belongs_here(kind, named):
            continue
        relative = _RELATIVE.match(named)
        if relative and f"{relative[1]}/{relative[2]}" in here:
            continue
        seen.add(named)
        yield warning(link.path, f"points to “{named}”, which is not in this Bundle.")


def _belongs_here(kind: object, reference: str) -> bool:
    if reference.startswith(("urn:uuid:", "urn:oid:")):
        return True
    return kind == "document" and _RELATIVE.match(reference) is not None


def _document(bundle: dict[str, Any], entries: list[dict[str, Any]]) -> Iterator[Problem]:
    first = _resource(entries[0]) if entries else {}
    if first.get("resourceType") != "Composition":
        yield warning("Bundle.entry[0]", "should be the Composition of this document.")
        return
    for name in ("identifier", "timestamp"):
        if name not in bundle:
            yield warning(f"Bundle.{name}", "is missing, which a document should have.")
    if _IPS in _codes(first.get("type")):
        sections = [_codes(s.get("code")) for s in _sections(first)]
        held = set().union(*sections)
        for code, title in IPS_SECTIONS.items():
            if code not in held:
                path = "Bundle.entry[0].resource.section"
                yield warning(path, f"lacks “{title}”, which a patient summary should have.")


def _sections(composition: dict[str, Any]) -> list[dict[str, Any]]:
    return [s for s in _list(composition.get("section")) if isinstance(s, dict)]


def _codes(concept: object) -> set[str]:
    codings = _list(concept.get("coding")) if isinstance(concept, dict) else []
    return {str(c.get("code")) for c in codings if isinstance(c, dict)}


def _resource(entry: dict[str, Any]) -> dict[str, Any]:
    resource = entry.get("resource")
    return resource if isinstance(resource, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
