"""What the overview says in words."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from PyQt6.QtCore import QCoreApplication

from medrec.clinical.facts import Fact
from medrec.clinical.facts_vitals import BLOOD_PRESSURE, HEART_RATE, WEIGHT
from medrec.domain.categories import GENERAL, Category, Permission
from medrec.models.patient.highlights import HBA1C, Change, Highlight
from medrec.models.patient.overview import OpenRequest
from medrec.services.looks import Look
from medrec.services.names import YOU
from medrec.views.common import dates
from medrec.views.common.words import category_name

LONGEST_VALUE = 5
"""Digits of a value on a tile."""
MOST_NAMED = 2
"""Categories that are named in the list of who looked; more of them are counted."""


def tr(text: str) -> str:
    """The text in the language of the window."""
    return QCoreApplication.translate("Overview", text)


def capital(text: str) -> str:
    """With a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def listed(categories: Iterable[Category]) -> str:
    """Categories as they stand inside a sentence."""
    chosen = set(categories)
    if chosen >= set(GENERAL):
        rest = [category_name(c).lower() for c in Category if c in chosen - set(GENERAL)]
        return ", ".join([tr("everything but sensitive"), *rest])
    return ", ".join(category_name(c).lower() for c in Category if c in chosen)


def changed(who: str, when: int) -> str:
    """The line below the page's title."""
    if not when:
        return ""
    if who == YOU:
        return tr("Last change {when}, by you").format(when=_inside(dates.day_time(when)))
    return tr("Last change {when}, by {who}").format(when=_inside(dates.day_time(when)), who=who)


def asks(request: OpenRequest) -> str:
    """Who asks for what kind of access."""
    reads, writes = bool(request.permission.read), bool(request.permission.write)
    if reads and writes:
        return tr("{who} asks to read and write part of your record").format(who=request.name)
    if writes:
        return tr("{who} asks to write in your record").format(who=request.name)
    return tr("{who} asks to read part of your record").format(who=request.name)


def request_line(request: OpenRequest) -> str:
    """Specialty, categories and end of a request."""
    parts = [request.specialty, capital(_permission(request.permission))]
    parts.append(tr("until {day}").format(day=dates.day(request.until)))
    return "  ·  ".join(part for part in parts if part)


def look_line(look: Look) -> str:
    """What somebody did on one day."""
    parts = []
    if len(look.wrote) > MOST_NAMED:
        parts.append(tr("wrote {count} records").format(count=look.written))
    elif look.wrote:
        parts.append(tr("wrote {what}").format(what=listed(look.wrote)))
    if look.amended:
        parts.append(tr("amended {what}").format(what=listed(look.amended)))
    if look.archived:
        parts.append(tr("archived {what}").format(what=listed(look.archived)))
    if look.records and (parts or len(look.read) > MOST_NAMED):
        one = look.records == 1
        many = tr("read {count} records").format(count=look.records)
        parts.append(tr("read 1 record") if one else many)
    elif look.records:
        parts.append(tr("read {what}").format(what=listed(look.read)))
    elif look.listed and not parts:
        parts.append(tr("opened the list of your records"))
    return capital(", ".join(parts))


@dataclass(frozen=True, slots=True)
class TileWords:
    """The texts of one tile."""

    name: str
    value: str
    unit: str
    note: str


def tile_words(highlight: Highlight, change: Change | None) -> TileWords:
    """Name, value, unit and the line below of a tile."""
    at, now = dates.moment(highlight.when), dates.moment(int(time.time()))
    recent = at is not None and now is not None and (now.date() - at.date()).days < 2
    note = dates.day_time(highlight.when) if recent else dates.day(highlight.when)
    if change is not None and change.by:
        months = tr("1 month") if change.months == 1 else tr("{n} months").format(n=change.months)
        sign = "−" if change.by < 0 else "+"  # noqa: RUF001 - a real minus before a number
        note = tr("{change} {unit} in {months}").format(
            change=f"{sign}{abs(change.by):g}", unit=highlight.unit, months=months
        )
    return TileWords(name_of(highlight), _value(highlight), _unit(highlight), note)


def name_of(highlight: Highlight) -> str:
    """What a measurement is called on a tile or a plot."""
    series = highlight.series[0]
    if highlight.key == BLOOD_PRESSURE:
        return tr("Blood pressure")
    if series.code == HEART_RATE:
        return tr("Heart rate")
    if series.code == WEIGHT:
        return tr("Weight")
    return tr("HbA1c") if series.code in HBA1C else series.name


def span_words(highlight: Highlight) -> str:
    """How long a time a plot shows."""
    points = highlight.series[0].points
    months = max(1, round((points[-1].when - points[0].when) / (30.44 * 86_400)))
    if months <= 1:
        return tr("1 month")
    return tr("{n} months").format(n=months) if months <= 24 else _years(months)


def fact_line(fact: Fact) -> str:
    """The second line of a problem, medicine or allergy."""
    at = dates.moment(fact.when) if fact.when else None
    when = str(at.year) if at is not None else ""
    if fact.kind == "problem":
        since = tr("Since {year}").format(year=when) if when else ""
        return "  ·  ".join(part for part in (since, fact.detail) if part)
    if fact.kind == "allergy":
        return ", ".join(part for part in (fact.detail, when) if part)
    return fact.detail or (tr("Since {year}").format(year=when) if when else "")


def severity_words(fact: Fact) -> str:
    """How bad an allergy is; empty where nobody said."""
    names = {"severe": tr("Severe"), "moderate": tr("Moderate"), "mild": tr("Mild")}
    if fact.severity:
        return names[fact.severity]
    return tr("High risk") if fact.criticality == "high" else ""


def _permission(permission: Permission) -> str:
    read = listed(permission.read)
    if not permission.write:
        return read
    if permission.write == permission.read:
        return tr("{what} (reads and writes)").format(what=read)
    write = tr("writes {what}").format(what=listed(permission.write))
    return f"{read}; {write}" if read else write


def _value(highlight: Highlight) -> str:
    """The latest value, no longer than a tile can hold; the record keeps every digit."""
    if highlight.key == BLOOD_PRESSURE:
        return "/".join(f"{series.last.value:.0f}" for series in highlight.series)
    text, value = highlight.value, highlight.series[0].last.value
    digits = sum(character.isdigit() for character in text)
    if digits <= LONGEST_VALUE or not text.replace(".", "").isdigit():
        return text
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _unit(highlight: Highlight) -> str:
    return tr("bpm") if highlight.series[0].code == HEART_RATE else highlight.unit


def _years(months: int) -> str:
    return tr("{n} years").format(n=round(months / 12))


def _inside(text: str) -> str:
    """A date as it stands inside a sentence: "today", not "Today"."""
    return text[:1].lower() + text[1:] if text[:1].isalpha() else text
