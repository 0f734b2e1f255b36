"""A grant in the making: to whom, what, until when, and whether that may be confirmed."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, datetime, time
from enum import IntEnum, StrEnum

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.domain.categories import GENERAL, GRANTABLE, Category, Permission
from medrec.services.access import GrantDraft
from medrec.services.access_overview import Asked, DoctorCard, Share

LONGEST_YEARS = 100
CLINICAL_BASICS = frozenset(
    {
        Category.PROBLEMS,
        Category.MEDICATIONS,
        Category.ALLERGIES,
        Category.IMMUNIZATIONS,
        Category.VITALS,
        Category.LABORATORY,
    }
)


class Step(IntEnum):
    """The steps of giving access."""

    WHO = 0
    WHAT = 1
    UNTIL = 2
    CONFIRM = 3


class Ending(StrEnum):
    """How the end of a grant is chosen."""

    VISIT = "visit"
    """The end of today."""
    QUARTER = "quarter"
    """Three months."""
    YEAR = "year"
    DATE = "date"


class Preset(StrEnum):
    """Sets of categories that people choose at once."""

    ASKED = "asked"
    BASICS = "basics"
    GENERAL = "general"
    ALL = "all"
    NOTHING = "nothing"


class Problem(StrEnum):
    """Why a step can't be left."""

    NOBODY = "nobody"
    NOTHING = "nothing"
    OVER = "over"
    NARROWER = "narrower"
    """It would take away what a running grant gives: only new keys can do that."""


def end_of(day: date) -> int:
    """The last second of a day where the user is, in Unix seconds."""
    return int(datetime.combine(day, time(23, 59, 59)).astimezone().timestamp())


def months_later(day: date, months: int) -> date:
    """The same day some months later; the month's last day where it has no such day."""
    whole = day.year * 12 + day.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


class GrantForm(QObject):
    """What the wizard has gathered; `changed` after every change.

    ``asked`` is the request that is answered, ``held`` the running grant that is changed.
    """

    changed = pyqtSignal()

    def __init__(self, today: date | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._today = today
        self.counts: Mapping[Category, int] = {}
        self.start()

    @property
    def today(self) -> date:
        """The day from which presets count."""
        return self._today or datetime.now().astimezone().date()

    def start(
        self,
        doctor: DoctorCard | None = None,
        asked: Asked | None = None,
        held: Share | None = None,
    ) -> None:
        """Begin anew: with nobody, a doctor, a request to answer, or a grant to change."""
        self.asked, self.held = asked, held
        self.doctor = doctor or (asked.doctor if asked else held.doctor if held else None)
        self.permission = Permission()
        self.from_today = False
        self.ending, self.day = Ending.QUARTER, months_later(self.today, 3)
        if held is not None:
            self._take_over(held)
        if asked is not None:
            self.permission = _both(self.permission, asked.permission)
            self._take_end(asked.until)
        self.step = self._first = Step.WHO if self.doctor is None else Step.WHAT
        self.changed.emit()

    def set_doctor(self, doctor: DoctorCard | None, held: Share | None = None) -> None:
        """Choose whom to give access to; ``held`` is what the doctor has already."""
        self.doctor, self.held = doctor, held
        if held is not None:
            self._take_over(held)
        self.changed.emit()

    def set_permission(self, permission: Permission) -> None:
        """Choose what may be read and written; identity is in every grant and not in here."""
        identity = {Category.IDENTITY}
        self.permission = Permission(permission.read - identity, permission.write - identity)
        self.changed.emit()

    def choose(self, preset: Preset) -> None:
        """Take one of the sets; what may be written stays where it may be read."""
        if preset is Preset.ASKED and self.asked is not None:
            self.set_permission(self.asked.permission)
            return
        sets = {
            Preset.BASICS: CLINICAL_BASICS,
            Preset.GENERAL: frozenset(GENERAL),
            Preset.ALL: frozenset(GRANTABLE),
        }
        read = sets.get(preset, frozenset())
        self.set_permission(Permission(read, self.permission.write & read))

    def open_allergies(self) -> None:
        """Let allergies be read too."""
        read = self.permission.read | {Category.ALLERGIES}
        self.set_permission(Permission(read, self.permission.write))

    def set_ending(self, ending: Ending, day: date | None = None) -> None:
        """Choose the end; ``day`` where it is a date."""
        self.ending, self.day = ending, self.last_day(ending) or day or self.day
        self.changed.emit()

    def last_day(self, ending: Ending) -> date | None:
        """The day on which an ending falls; None for one that is chosen."""
        days = {
            Ending.VISIT: self.today,
            Ending.QUARTER: months_later(self.today, 3),
            Ending.YEAR: months_later(self.today, 12),
        }
        return days.get(ending)

    def set_from_today(self, from_today: bool) -> None:
        """Choose whether the history stays closed."""
        self.from_today = from_today
        self.changed.emit()

    @property
    def until(self) -> int:
        """The end, in Unix seconds."""
        if self.held is not None and self.day == _day_of(self.held.until):
            return self.held.until
        return end_of(self.day)

    @property
    def allergies_closed(self) -> bool:
        """Whether something may be read, but not the allergies."""
        return bool(self.permission.read) and Category.ALLERGIES not in self.permission.read

    @property
    def taken_away(self) -> Permission:
        """What a running grant gives and this one would not."""
        if self.held is None:
            return Permission()
        old = self.held.permission
        return Permission(old.read - self.permission.read, old.write - self.permission.write)

    @property
    def narrower(self) -> bool:
        """Whether it takes away from a running grant what only new keys can take away."""
        if self.held is None:
            return False
        closes_history = self.from_today and not self.held.from_today
        return bool(self.taken_away.read or self.taken_away.write) or closes_history

    def problem(self, step: Step | None = None) -> Problem | None:
        """Why a step (the current one) can't be left."""
        at = self.step if step is None else step
        if at in (Step.WHO, Step.CONFIRM) and self.doctor is None:
            return Problem.NOBODY
        if at in (Step.WHAT, Step.CONFIRM) and not (self.permission.read or self.permission.write):
            return Problem.NOTHING
        if at in (Step.UNTIL, Step.CONFIRM) and self.day < self.today:
            return Problem.OVER
        if at is not Step.WHO and self.narrower:
            return Problem.NARROWER
        return None

    def go_on(self) -> Problem | None:
        """To the next step, or why not."""
        problem = self.problem()
        if problem is None and self.step is not Step.CONFIRM:
            self.step = Step(self.step + 1)
            self.changed.emit()
        return problem

    def go_back(self) -> bool:
        """To the step before; False where this is the first."""
        if self.step is self._first:
            return False
        self.step = Step(self.step - 1)
        self.changed.emit()
        return True

    def draft(self) -> GrantDraft:
        """The grant that was confirmed.

        Raises:
            ValueError: when there still is a problem (our bug).
        """
        if self.doctor is None or self.problem(Step.CONFIRM) is not None:
            raise ValueError("the form is not complete")
        return GrantDraft(self.doctor.doctor, self.permission, self.until, self.from_today)

    def _take_over(self, held: Share) -> None:
        self.permission = _both(self.permission, held.permission)
        self.from_today = held.from_today
        self._take_end(held.until)

    def _take_end(self, until: int) -> None:
        self.ending, self.day = Ending.DATE, max(_day_of(until), self.today)


def _both(one: Permission, other: Permission) -> Permission:
    return Permission(one.read | other.read, one.write | other.write)


def _day_of(seconds: int) -> date:
    latest = date(datetime.now().astimezone().year + LONGEST_YEARS, 1, 1)
    try:
        return min(datetime.fromtimestamp(seconds).astimezone().date(), latest)
    except (OverflowError, OSError, ValueError):
        return latest
