"""Data that people give about themselves: cleaned, checked, and all problems told at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import ClassVar, Self

from medrec.clinical.text import MARK, clean
from medrec.errors import BadFields

Check = Callable[[str], str]
"""Gives the text as it is kept; raises ValueError with what follows the field's name."""

OLDEST = 130
"""Years that nobody's birth lies back."""

SEXES = ("male", "female", "other", "unknown")
"""https://hl7.org/fhir/R4/valueset-administrative-gender.html"""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class CheckedFields:
    """Base of frozen dataclasses whose text fields are checked when they are made.

    ``checks`` names a check for each field. Made with wrong values, they raise BadFields with
    every problem; `of` also tells what is missing or unknown. What people said about themselves
    stays out of ``repr``, and so out of logs.
    """

    __slots__ = ()
    checks: ClassVar[Mapping[str, Check]] = {}

    def __post_init__(self) -> None:
        kept, problems = _checked(self.checks, {name: getattr(self, name) for name in self.checks})
        _refuse(problems)
        for name, value in kept.items():
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"

    @classmethod
    def of(cls, given: object) -> Self:
        """From a JSON object; fields that may be empty may be left out.

        Raises:
            BadFields: naming everything that is missing, unknown or wrong.
        """
        if not isinstance(given, Mapping):
            raise BadFields(why=f"it must be one JSON object with {_listed(cls.checks)}.")
        unknown = [clean(name, 40) for name in given if name not in cls.checks]
        values = {name: given.get(name, "") for name in cls.checks}
        kept, problems = _checked(cls.checks, values)
        if unknown:
            problems.append(f"{_listed(unknown)} is not known (known: {_listed(cls.checks)})")
        _refuse(problems)
        return cls(**kept)


def _checked(
    checks: Mapping[str, Check], values: Mapping[str, object]
) -> tuple[dict[str, str], list[str]]:
    kept, problems = {}, []
    for name, check in checks.items():
        value = values[name]
        try:
            kept[name] = check(_text(value))
        except ValueError as wrong:
            problems.append(f"{name} {wrong}")
    return kept, problems


def _text(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError("must be text")
    return unicodedata.normalize("NFC", value).strip()


def _refuse(problems: list[str]) -> None:
    if problems:
        raise BadFields(why="; ".join(problems) + ".")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def line(longest: int, *, needed: bool = True, lettered: bool = False) -> Check:
    """A check for one line of text of up to ``longest`` characters."""

    def check(text: str) -> str:
        kept = clean(text)
        if needed and not kept:
            raise ValueError("is missing")
        if MARK in kept and MARK not in text:
            raise ValueError("has characters that cannot be shown")
        if len(kept) > longest:
            raise ValueError(f"is longer than {longest} characters")
        if lettered and not any(character.isalpha() for character in kept):
            raise ValueError("has no letter")
        return kept

    return check


def address(text: str) -> str:
    """A check for a postal address or nothing; its lines are joined by commas."""
    parts = (part.strip().rstrip(",") for part in text.splitlines())
    return line(300, needed=False)(", ".join(part for part in parts if part))


def birth_date(text: str) -> str:
    """A check for a real day as YYYY-MM-DD, not in the future, not over `OLDEST` years ago."""
    if not text:
        raise ValueError("is missing")
    if not _DAY.fullmatch(text):
        raise ValueError("must be a day as YYYY-MM-DD")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("is not a day of the calendar") from None
    # The day where the user is: a child born this morning in Auckland has a birth date.
    today = datetime.now().astimezone().date()
    if day > today:
        raise ValueError("lies in the future")
    if today.year - day.year > OLDEST:
        raise ValueError(f"lies more than {OLDEST} years back")
    return day.isoformat()


def sex(text: str) -> str:
    """A check for one of FHIR's administrative genders."""
    if not text:
        raise ValueError("is missing")
    if text.lower() not in SEXES:
        raise ValueError(f"must be one of {', '.join(SEXES)}")
    return text.lower()


def phone(text: str) -> str:
    """A check for something that can be dialled, or nothing; loose, as numbers are written."""
    kept = line(40, needed=False)(text)
    digits = sum(character.isdigit() for character in kept)
    if kept and (not 3 <= digits <= 20 or set(kept) - set("0123456789 +-./()#*,;extEXT")):
        raise ValueError("is not a telephone number")
    return kept
