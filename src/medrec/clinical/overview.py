"""A Bundle at a glance: who, allergies first, problems, medicines, vitals, laboratory, the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from medrec.clinical.headlines import Headline, headline
from medrec.clinical.names import Names, spaced, type_of
from medrec.clinical.text import clean
from medrec.clinical.values import at, concept, items, order, text

MOST_LINES = 20
"""Lines of a section; the number of the others follows."""

_VITALS = frozenset({"vital-signs"})
_LABORATORY = frozenset({"laboratory"})
_ENDED = frozenset(
    {
        "resolved",
        "inactive",
        "remission",
        "stopped",
        "completed",
        "cancelled",
        "refuted",
        "ended",
    }
)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, its lines, and how many more there are."""

    title: str
    lines: tuple[Headline, ...]
    more: int = 0


Line = tuple[Headline, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Group:
    """A heading, and all its lines with the resource of each."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    title: str
    types: frozenset[str]
    fits: Callable[[Any], bool] = lambda resource: True
    latest_of_each: bool = False

    def holds(self, resource: Any) -> bool:
        return (type_of(resource) in self.types or not self.types) and self.fits(resource)


def _category(codes: frozenset[str]) -> Callable[[Any], bool]:
    def fits(observation: Any) -> bool:
        concepts = items(at(observation, "category"))
        found = {text(at(c, "code")) for one in concepts for c in items(at(one, "coding"))}
        return bool(found & codes)

    return fits


def _other_observation(observation: Any) -> bool:
    return not _category(_VITALS | _LABORATORY)(observation)


_MEDICINES = frozenset(
    {
        "MedicationRequest",
        "MedicationStatement",
        "MedicationAdministration",
        "MedicationDispense",
    }
)
_OBSERVATIONS = frozenset({"Observation"})
_PLANS = (
    _Plan("Allergies", frozenset({"AllergyIntolerance"})),
    _Plan("Problems", frozenset({"Condition"})),
    _Plan("Medicines", _MEDICINES),
    _Plan("Latest vital signs", _OBSERVATIONS, _category(_VITALS), latest_of_each=True),
    _Plan("Latest laboratory", _OBSERVATIONS, _category(_LABORATORY), latest_of_each=True),
    _Plan("Other observations", _OBSERVATIONS, _other_observation, latest_of_each=True),
    _Plan("Vaccinations", frozenset({"Immunization"})),
    _Plan("Procedures", frozenset({"Procedure"})),
    _Plan("Reports", frozenset({"DiagnosticReport", "ImagingStudy", "DocumentReference"})),
    _Plan("Plans", frozenset({"CarePlan", "Goal"})),
    _Plan("Encounters", frozenset({"Encounter"})),
)
_EVERYTHING = _Plan("Entries", frozenset())
_ALWAYS_WHOLE = frozenset({"Allergies"})


def resources_of(bundle: Any) -> list[dict[str, Any]]:
    """The resources of a Bundle's entries."""
    found = (at(entry, "resource") for entry in items(at(bundle, "entry")))
    return [resource for resource in found if isinstance(resource, dict)]


def requests_of(bundle: Any) -> list[str]:
    """What a batch asks for without sending anything: GET and DELETE."""
    entries = [e for e in items(at(bundle, "entry")) if at(e, "resource") is None]
    asked = (
        f"{text(at(e, 'request', 'method'))} {text(at(e, 'request', 'url'))}".strip()
        for e in entries
    )
    return [request for request in asked if request]


def counts(resources: list[dict[str, Any]]) -> str:
    """How many of each type: 12 Observation, 3 Condition."""
    counted = Counter(spaced(type_of(resource) or "unknown") for resource in resources)
    return ", ".join(f"{number} {name}" for name, number in counted.most_common())


def patients_of(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The Patients among them."""
    return [resource for resource in resources if type_of(resource) == "Patient"]


def sections(resources: list[dict[str, Any]], names: Names) -> Iterator[Section]:
    """The sections that have something to show; what counts now stands before the past."""
    for group in groups(resources, names):
        shown = [line for line, _ in group.lines]
        most = len(shown) if group.title in _ALWAYS_WHOLE else MOST_LINES
        yield Section(group.title, tuple(shown[:most]), len(shown[most:]))


def groups(resources: list[dict[str, Any]], names: Names) -> Iterator[Group]:
    """As `sections`, whole, and each line with its resource."""
    valid = [resource for resource in resources if not in_error(resource)]
    clinical = any(type_of(r) in plan.types for r in valid for plan in _PLANS)
    for plan in _PLANS if clinical else (_EVERYTHING,):
        fitting = [r for r in valid if plan.holds(r)]
        if not fitting:
            continue
        lines = [(_ended(r), (_brief(headline(r, names)), r)) for r in fitting]
        lines.sort(key=lambda line: order(line[1][0].when), reverse=True)
        lines.sort(key=lambda line: line[0])
        shown = _each_once([line for _, line in lines], by_value=not plan.latest_of_each)
        yield Group(plan.title, tuple(shown))


def in_error(resource: Any) -> bool:
    """Whether its author took it back: it must not pass for the latest value."""
    verified = at(resource, "verificationStatus", "coding", 0, "code")
    return "entered-in-error" in {str(at(resource, "status")), str(verified)}


def _brief(line: Headline) -> Headline:
    return replace(line, what=clean(line.what, 100), value=clean(line.value, 160))


def _ended(resource: Any) -> bool:
    states = (
        text(at(resource, "status")) if type_of(resource) in _MEDICINES else "",
        text(at(resource, "clinicalStatus", "coding", 0, "code")),
        text(at(resource, "verificationStatus", "coding", 0, "code")),
    )
    return not _ENDED.isdisjoint(states)


def _each_once(lines: list[Line], *, by_value: bool) -> list[Line]:
    kept: dict[tuple[str, ...], Line] = {}
    for line, resource in lines:
        key = (line.what, line.value, line.flag, line.when) if by_value else (line.what,)
        kept.setdefault(key, (line, resource))
    return list(kept.values())


def bundle_title(bundle: Any, resources: list[dict[str, Any]], names: Names) -> str:
    """The document's title, else whose data it is."""
    first = resources[0] if resources else {}
    if type_of(first) == "Composition":
        titled = text(at(first, "title")) or concept(at(first, "type"))
        if titled:
            return titled
    people = patients_of(resources)
    whose = headline(people[0], names).what if len(people) == 1 else ""
    kind = text(at(bundle, "type")).replace("-", " ")
    count = f"{len(resources)} {'entry' if len(resources) == 1 else 'entries'}"
    return f"{whose}, {count}" if whose else f"Bundle ({kind}), {count}" if kind else count
