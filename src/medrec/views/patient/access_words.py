"""What the sharing screens say in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from html import escape

from PyQt6.QtCore import QCoreApplication, QLocale

from medrec.domain.categories import GENERAL, GRANTABLE, Category, Permission
from medrec.models.patient.grant import GrantForm, Problem
from medrec.views.common import dates
from medrec.views.common.words import category_name

SOON = 14
"""Days before its end from which a grant is said to end soon."""

_MONTH = 30


def tr(text: str) -> str:
    """The text in the language of the window."""
    return QCoreApplication.translate("Sharing", text)


def listed(categories: Iterable[Category]) -> str:
    """Categories inside a sentence: “problems, vitals and laboratory”."""
    chosen = frozenset(categories)
    if chosen >= frozenset(GRANTABLE):
        return tr("everything, also what is sensitive")
    if chosen >= frozenset(GENERAL):
        rest = [category_name(c).lower() for c in GRANTABLE if c in chosen - frozenset(GENERAL)]
        return joined([tr("everything but what is sensitive"), *rest])
    return joined([category_name(c).lower() for c in Category if c in chosen])


def joined(parts: list[str]) -> str:
    """A list inside a sentence."""
    if len(parts) < 2:
        return "".join(parts)
    return tr("{list} and {last}").format(list=", ".join(parts[:-1]), last=parts[-1])


def inside(when: str) -> str:
    """A time inside a sentence: “today, 09:42”."""
    return when[:1].lower() + when[1:]


def lately(when: int) -> str:
    """“Today, 09:42”, else the day alone."""
    return dates.day_time(when) if ":" in dates.short(when) else dates.short(when)


def long_day(day: date) -> str:
    """“28 February 2027”."""
    return f"{day.day} {QLocale().monthName(day.month)} {day.year}"


def left(until: int, now: int) -> tuple[str, bool]:
    """How long a grant still runs, and whether it ends soon."""
    day, today = dates.moment(until), dates.moment(now)
    days = max((day.date() - today.date()).days, 0) if day and today else 0
    if days < 1:
        return tr("ends today"), True
    if days <= SOON:
        text = tr("ends in 1 day") if days == 1 else tr("ends in {count} days")
        return text.format(count=days), True
    if days < 2 * _MONTH:
        return tr("in {count} days").format(count=days), False
    months = round(days / 30.44)
    if months < 24:
        return tr("in {count} months").format(count=months), False
    return tr("in {count} years").format(count=round(days / 365.25)), False


def grant_sentence(form: GrantForm) -> str:
    """The grant in one sentence, in rich text: what matters is bold."""
    if form.doctor is None:
        return tr("Choose whom you give access to.")
    who, permission = form.doctor.name, form.permission
    if not permission.read and not permission.write:
        return tr("{who} may open <b>your identity only</b>.").format(who=escape(who))
    until = tr("until {day}").format(day=long_day(form.day))
    parts = [_reads(who, permission, until)]
    parts.append(_writes(permission))
    parts.append(
        tr("Only what is written <b>from today on</b> opens; the history stays closed.")
        if form.from_today
        else tr("The history opens too.")
    )
    return " ".join(part for part in parts if part)


def _reads(who: str, permission: Permission, until: str) -> str:
    if not permission.read:
        sentence = tr("{who} may <b>read nothing</b> but your identity, <b>{until}</b>.")
        return sentence.format(who=escape(who), until=until)
    sentence = tr("{who} may <b>read</b> your identity, {what} <b>{until}</b>.")
    return sentence.format(who=escape(who), what=listed(permission.read), until=until)


def _writes(permission: Permission) -> str:
    if not permission.write:
        return tr("Writing stays closed.")
    if permission.write == permission.read:
        return tr("The same may be <b>written</b>.")
    return tr("{what} may be <b>written</b>.").format(what=capital(listed(permission.write)))


def capital(text: str) -> str:
    """With a capital first letter."""
    return text[:1].upper() + text[1:]


def problem(found: Problem, form: GrantForm) -> str:
    """Why a step can't be left, and what to do."""
    if found is Problem.NARROWER:
        return narrower(form)
    return {
        Problem.NOBODY: tr("Choose whom you give access to."),
        Problem.NOTHING: tr("Open at least one category."),
        Problem.OVER: tr("That day is over. Choose today or a day to come."),
    }[found]


def narrower(form: GrantForm) -> str:
    """Why a running grant can't simply lose something."""
    short = form.doctor.short if form.doctor is not None else ""
    taken = form.taken_away.read | form.taken_away.write
    what = listed(taken) if taken else tr("the history")
    return tr(
        "{who} holds the keys of {what} already: changing the grant does not take them away. "
        "Revoke the access, which makes new keys, then give it again without them."
    ).format(who=short, what=what)
