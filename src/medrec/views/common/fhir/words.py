"""What clinical contents are called on the screen."""

from __future__ import annotations

import re

from PyQt6.QtCore import QCoreApplication

from medrec.clinical.page import Flag, Line, Tone
from medrec.views.common import dates
from medrec.views.common.painting import Tone as Look

_CONTEXT = "Clinical"
_DATE = re.compile(
    r"\b(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d)(?::\d\d(?:\.\d+)?)?)?(?: (UTC|[+-]\d\d:\d\d))?\b"
)
_MONTH = re.compile(r"\b(until|since|from|to|born) (\d{4}-\d\d)(?![-\d])")
_AS_WRITTEN = frozenset({"Identifier"})
_CODES = frozenset(
    {"Status", "Sex", "Kind", "Category", "Criticality", "Intent", "Priority", "Deceased"}
)
_LOOKS = {
    Tone.HIGH: (Look.DANGER, "arrow-up"),
    Tone.LOW: (Look.DANGER, "arrow-down"),
    Tone.DANGER: (Look.DANGER, "triangle-alert"),
    Tone.WARNING: (Look.WARNING, "circle-alert"),
    Tone.PLAIN: (Look.NEUTRAL, ""),
}


def words(text: str) -> str:
    """A heading or label of `medrec.clinical`, in the language of the screen."""
    return QCoreApplication.translate(_CONTEXT, text) if text else ""


def flag_look(flag: Flag) -> tuple[str, Look, str]:
    """Text, tone and icon of a flag's badge."""
    look, icon = _LOOKS[flag.tone]
    return words(flag.text), look, icon


def when(line: Line) -> str:
    """The date of a line, or its two dates; empty where there is none."""
    start, end = (moment(text) for text in (line.when, line.until))
    if line.until and line.when:
        return f"{start} – {end}"  # noqa: RUF001 - a dash between dates
    if line.until:
        return QCoreApplication.translate(_CONTEXT, "until %1").replace("%1", end)
    return start


def moment(text: str) -> str:
    """A FHIR date for people, with the time where there is one."""
    if not text:
        return ""
    return dates.day_time(text) if "T" in text else dates.day(text)


def day(text: str) -> str:
    """The day of a FHIR date for people."""
    return dates.day(text) if text else ""


def people(text: str) -> str:
    """Text with its dates as people write them; `medrec.clinical` writes them as FHIR does."""
    whole = _MONTH.sub(lambda found: f"{found[1]} {day(found[2])}", text)
    return _DATE.sub(_date, whole)


def _date(found: re.Match[str]) -> str:
    date, time, zone = found.groups()
    if not time:
        return day(date)
    return moment(f"{date}T{time}:00{'Z' if zone in {None, 'UTC'} else zone}")


def fact(line: Line) -> str:
    """The value of a fact for people."""
    shown = line.value or when(line)
    if line.label in _AS_WRITTEN:
        return shown
    if line.label in _CODES and len(shown) < 40:
        shown = shown[:1].upper() + shown[1:]
    return people(shown)


def said(line: Line) -> str:
    """A line in words, as a screen reader says it."""
    value = people(f"{line.value} {line.unit}".strip()) or when(line)
    parts = [line.label, value, words(line.flag.text) if line.flag else ""]
    if line.range:
        text = QCoreApplication.translate(_CONTEXT, "range %1")
        parts.append(text.replace("%1", line.range))
    if line.value and line.when:
        parts.append(day(line.when))
    return ", ".join(part for part in parts if part)
