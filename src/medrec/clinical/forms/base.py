"""What the forms share: texts as typed, findings per field, and who writes about whom when."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Generic, TypeVar

from medrec.clinical.problems import Severity
from medrec.clinical.text import MARK, clean, clean_lines
from medrec.domain.ids import Address

T = TypeVar("T")

Texts = Mapping[str, str]
"""What stands in a form's fields, by field, as it was typed: what a draft keeps."""

SKEW = 300
"""Seconds that a clock may be ahead before a time counts as one to come."""

DIGITS = 12
"""Digits that a number may have."""

_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"\d{4}-\d{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:[.,]\d{1,6})?")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong (an error, not saved) or unusual (a warning, never refused) in one field."""

    field: str
    message: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Checked(Generic[T]):
    """The checked fields, or None where an error stands among the findings."""

    value: T | None
    findings: tuple[Finding, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings for which nothing can be saved."""
        return tuple(f for f in self.findings if f.severity is Severity.ERROR)


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who writes about whom, when (a FHIR instant), and the UUID of what is written."""

    id: str
    written: str
    patient: Address
    patient_name: str
    author: Address
    author_name: str

    @property
    def now(self) -> datetime:
        """When it is written."""
        return datetime.fromisoformat(self.written)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a number may be at all, and what is usual; both ends belong to it."""

    low: Decimal
    high: Decimal
    usual_low: Decimal | None = None
    usual_high: Decimal | None = None

    @classmethod
    def of(cls, low: str, high: str, usual_low: str = "", usual_high: str = "") -> Limits:
        """From decimal texts; an empty one is no limit of what is usual."""
        usual = [Decimal(text) if text else None for text in (usual_low, usual_high)]
        return cls(Decimal(low), Decimal(high), *usual)


def decimal_of(text: str) -> Decimal:
    """A number as people type it, with a point or a comma; its digits are kept.

    Raises:
        ValueError: when it is none.
    """
    kept = unicodedata.normalize("NFKC", text).strip().replace("\u2212", "-")
    if not _NUMBER.fullmatch(kept):
        raise ValueError("not a number")
    try:
        return Decimal(kept.replace(",", "."))
    except InvalidOperation:
        raise ValueError("not a number") from None


def instant(seconds: int) -> str:
    """Unix seconds as a FHIR instant in the time zone of this computer."""
    return datetime.fromtimestamp(seconds, UTC).astimezone().isoformat(timespec="seconds")


@dataclass
class Fields:
    """Reads typed texts and gathers what is wrong with them, all of it at once."""

    texts: Texts
    now: datetime
    findings: list[Finding] = field(default_factory=list)

    def error(self, name: str, message: str) -> None:
        """Note what keeps the form from being saved."""
        self.findings.append(Finding(name, message))

    def warn(self, name: str, message: str) -> None:
        """Note what is unusual and may still be right."""
        self.findings.append(Finding(name, message, Severity.WARNING))

    def raw(self, name: str) -> str:
        """The text of a field, normalised, without blanks around it."""
        return unicodedata.normalize("NFC", self.texts.get(name, "")).strip()

    def line(self, name: str, longest: int = 120, *, needed: str = "") -> str:
        """One line of text; ``needed`` is the sentence that asks for it."""
        raw = self.raw(name)
        kept = clean(raw)
        if not kept and needed:
            self.error(name, needed)
        elif MARK in kept and MARK not in raw:
            self.error(name, "It has characters that cannot be shown.")
        elif len(kept) > longest:
            self.error(name, f"At most {longest} characters; these are {len(kept)}.")
        return kept

    def paragraph(self, name: str, longest: int = 20_000) -> str:
        """Lines of text, or nothing."""
        kept = "\n".join(clean_lines(self.raw(name)))
        if len(kept) > longest:
            self.error(name, f"At most {longest} characters; these are {len(kept)}.")
        return kept

    def choice(self, name: str, codes: Collection[str], otherwise: str) -> str:
        """One of the codes; ``otherwise`` where nothing is chosen."""
        kept = self.raw(name) or otherwise
        if kept not in codes:
            self.error(name, "Choose one from the list.")
        return kept

    def number(self, name: str, limits: Limits, *, needed: str = "") -> Decimal | None:
        """A number within limits, or None where the field is empty or wrong."""
        raw = self.raw(name)
        if not raw:
            if needed:
                self.error(name, needed)
            return None
        try:
            value = decimal_of(raw)
        except ValueError:
            self.error(name, "Write a number, such as 36.7.")
            return None
        if not limits.low <= value <= limits.high:
            self.error(name, f"Between {limits.low} and {limits.high}")
            return None
        if limits.usual_low is not None and value < limits.usual_low:
            self.warn(name, "Unusually low. It can be saved.")
        if limits.usual_high is not None and value > limits.usual_high:
            self.warn(name, "Unusually high. It can be saved.")
        return value

    def whole(self, name: str, limits: Limits, *, needed: str = "") -> int | None:
        """A whole number within limits, or None where the field is empty or wrong."""
        value = self.number(name, limits, needed=needed)
        if value is None:
            return None
        if value != value.to_integral_value():
            self.error(name, "Write a whole number.")
            return None
        return int(value)

    def moment(self, name: str) -> str:
        """A time that has passed, as a FHIR dateTime with its zone; now where nothing is given."""
        raw = self.raw(name)
        if not raw:
            return self.now.isoformat(timespec="seconds")
        try:
            found = datetime.fromisoformat(raw)
        except ValueError:
            self.error(name, "Write a day and a time, such as 20 Nov 2026, 09:40.")
            return ""
        if found.tzinfo is None:
            found = found.astimezone()
        if (found - self.now).total_seconds() > SKEW:
            self.error(name, "This time is still to come.")
        elif (self.now - found).days > 366:
            self.warn(name, "More than a year ago. It can be saved.")
        return found.isoformat(timespec="seconds")

    def day(self, name: str, *, needed: str = "", to_come: bool = False) -> str:
        """A day, a month or a year (YYYY-MM-DD, YYYY-MM, YYYY), or nothing."""
        raw = self.raw(name)
        if not raw:
            if needed:
                self.error(name, needed)
            return ""
        if (first := _first_day(raw)) is None:
            self.error(name, "Write a day, a month or a year: 2026-11-20, 2026-11 or 2026.")
            return ""
        if not to_come and first > self.now.date():
            self.error(name, "This day is still to come.")
        elif self.now.year - first.year > 130:
            self.error(name, "This lies more than 130 years back.")
        return raw

    def done(self, value: T) -> Checked[T]:
        """The value with the findings, or without it where there is an error among them."""
        wrong = any(found.severity is Severity.ERROR for found in self.findings)
        return Checked(None if wrong else value, tuple(self.findings))


def _first_day(text: str) -> date | None:
    if not text.isascii():
        return None
    forms = ((_YEAR, "-01-01"), (_MONTH, "-01"), (_DAY, ""))
    for pattern, rest in forms:
        if pattern.fullmatch(text):
            try:
                return date.fromisoformat(text + rest)
            except ValueError:
                return None
    return None


def before(earlier: str, later: str) -> bool:
    """Whether a partial day lies before another for certain."""
    first, second = _first_day(earlier), _first_day(later)
    shared = min(len(earlier), len(later))
    return first is not None and second is not None and earlier[:shared] < later[:shared]
