"""The readable page of a resource as data: parts with lines, which a window lays out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Look(StrEnum):
    """How a part is laid out."""

    FACTS = "facts"
    RESULTS = "results"
    LIST = "list"
    NARRATIVE = "narrative"
    TREE = "tree"


class Tone(StrEnum):
    """How much a flag is to be watched."""

    HIGH = "high"
    LOW = "low"
    DANGER = "danger"
    WARNING = "warning"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Flag:
    """What to watch, in a word or two."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a part.

    ``when`` and ``until`` are FHIR's own dates, shown in place of an empty ``value`` of a fact.
    ``target`` names what the line leads to in its `Document`; empty where it leads nowhere.
    """

    label: str
    value: str = ""
    unit: str = ""
    flag: Flag | None = None
    range: str = ""
    when: str = ""
    until: str = ""
    target: str = ""
    level: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines, or a narrative, under a heading; a folded one is opened by whoever wants it."""

    title: str
    look: Look
    lines: tuple[Line, ...] = ()
    markup: str = ""
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A resource for people; ``type`` is FHIR's name for it, ``kind`` that in words."""

    key: str
    type: str
    kind: str
    title: str
    flag: Flag | None = None
    when: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Embedded:
    """A file that stands inside a resource."""

    name: str
    media_type: str
    data: bytes


_HIGH = ("high", "above range")
_LOW = ("low", "below range")
_DANGER = ("severe", "high risk", "abnormal", "critical", "do not give", "deceased", "positive")
_WARNING = ("entered in error", "not done", "refuted", "unconfirmed", "preliminary", "on hold")
_SHOWN = {"above range": "High", "below range": "Low"}


def flag_of(said: str) -> Flag | None:
    """The flag for the words that a headline gives; None where there are none."""
    if not said:
        return None
    low = said.lower()
    shown = _SHOWN.get(low) or low[:1].upper() + low[1:]
    if "risk" in low or "severe" in low:
        return Flag(shown, Tone.DANGER)
    for words, tone in ((_HIGH, Tone.HIGH), (_LOW, Tone.LOW)):
        if low.removeprefix("critically ") in words:
            return Flag(shown, tone)
    if any(word in low for word in _DANGER):
        return Flag(shown, Tone.DANGER)
    if any(word in low for word in _WARNING):
        return Flag(shown, Tone.WARNING)
    return Flag(shown)
