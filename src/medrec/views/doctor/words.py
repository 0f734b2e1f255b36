"""How the doctor's screens say things: people, ages, ends, what became of a request."""

from __future__ import annotations

from datetime import UTC, datetime

from PyQt6.QtCore import QCoreApplication

from medrec.clinical.facts import Fact
from medrec.clinical.facts_vitals import age
from medrec.clinical.patient import Demographics
from medrec.views.common import dates

DAY = 86_400
LONG = 24
"""Characters that share a line with a day even in a narrow column."""
translate = QCoreApplication.translate


def sex(person: Demographics) -> str:
    """A person's sex as a word; empty where it is not known."""
    return {
        "female": translate("DoctorWords", "Woman"),
        "male": translate("DoctorWords", "Man"),
        "other": translate("DoctorWords", "Other"),
    }.get(person.sex, "")


def sex_and_age(person: Demographics, now: int) -> str:
    """“Woman, 58”."""
    years = age(person.birth_date, now)
    parts = (sex(person), str(years) if years is not None else "")
    return ", ".join(part for part in parts if part)


def how_and_since(fact: Fact) -> str:
    """Below a fact: how, and since when; behind long words the day has a line of its own."""
    day = dates.day(fact.when) if fact.when else ""
    if day and fact.kind in ("problem", "medication"):
        day = translate("DoctorWords", "since {day}").format(day=day)
    between = "\n" if len(fact.detail) > LONG else "  ·  "
    return between.join(part for part in (fact.detail, day) if part)


def right_now() -> int:
    """The clock of this computer, in Unix seconds: for words such as “in 3 months” only."""
    return int(datetime.now(UTC).timestamp())


def until(end: int, now: int) -> str:
    """How long it is until an end: “in 3 months”, “ends in 7 days”, “ended”."""
    days = (end - now) // DAY
    if days < 0:
        return translate("DoctorWords", "ended")
    if days == 0:
        return translate("DoctorWords", "ends today")
    if days == 1:
        return translate("DoctorWords", "ends tomorrow")
    if days < 14:
        return translate("DoctorWords", "ends in %n days", "", int(days))
    if days < 60:
        return translate("DoctorWords", "in %n weeks", "", int(days // 7))
    return translate("DoctorWords", "in %n months", "", int(days // 30))


def ago(then: int, now: int) -> str:
    """How long ago: “today”, “2 days ago”, “3 weeks ago”."""
    days = max(now - then, 0) // DAY
    if days == 0:
        return translate("DoctorWords", "today")
    if days == 1:
        return translate("DoctorWords", "yesterday")
    if days < 21:
        return translate("DoctorWords", "%n days ago", "", int(days))
    if days < 60:
        return translate("DoctorWords", "%n weeks ago", "", int(days // 7))
    return translate("DoctorWords", "%n months ago", "", int(days // 30))
