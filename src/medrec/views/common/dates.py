"""Days and times as people read them: "20 Nov 2026", "Today, 09:42"."""

from __future__ import annotations

from datetime import datetime

from PyQt6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

_MONTHS = (
    QT_TRANSLATE_NOOP("Dates", "Jan"),
    QT_TRANSLATE_NOOP("Dates", "Feb"),
    QT_TRANSLATE_NOOP("Dates", "Mar"),
    QT_TRANSLATE_NOOP("Dates", "Apr"),
    QT_TRANSLATE_NOOP("Dates", "May"),
    QT_TRANSLATE_NOOP("Dates", "Jun"),
    QT_TRANSLATE_NOOP("Dates", "Jul"),
    QT_TRANSLATE_NOOP("Dates", "Aug"),
    QT_TRANSLATE_NOOP("Dates", "Sep"),
    QT_TRANSLATE_NOOP("Dates", "Oct"),
    QT_TRANSLATE_NOOP("Dates", "Nov"),
    QT_TRANSLATE_NOOP("Dates", "Dec"),
)
_LONG_MONTHS = (
    QT_TRANSLATE_NOOP("Dates", "January"),
    QT_TRANSLATE_NOOP("Dates", "February"),
    QT_TRANSLATE_NOOP("Dates", "March"),
    QT_TRANSLATE_NOOP("Dates", "April"),
    QT_TRANSLATE_NOOP("Dates", "May"),
    QT_TRANSLATE_NOOP("Dates", "June"),
    QT_TRANSLATE_NOOP("Dates", "July"),
    QT_TRANSLATE_NOOP("Dates", "August"),
    QT_TRANSLATE_NOOP("Dates", "September"),
    QT_TRANSLATE_NOOP("Dates", "October"),
    QT_TRANSLATE_NOOP("Dates", "November"),
    QT_TRANSLATE_NOOP("Dates", "December"),
)
_DAYS = (
    QT_TRANSLATE_NOOP("Dates", "Mon"),
    QT_TRANSLATE_NOOP("Dates", "Tue"),
    QT_TRANSLATE_NOOP("Dates", "Wed"),
    QT_TRANSLATE_NOOP("Dates", "Thu"),
    QT_TRANSLATE_NOOP("Dates", "Fri"),
    QT_TRANSLATE_NOOP("Dates", "Sat"),
    QT_TRANSLATE_NOOP("Dates", "Sun"),
)
LAST = 253_402_300_799
"""Unix seconds: the end of the year 9999; nothing is later."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Dates", text)


def _now() -> datetime:
    return datetime.now().astimezone()


def moment(when: int | str) -> datetime | None:
    """A local time from Unix seconds or a FHIR date ("2026-11-20"); None if it is none."""
    if isinstance(when, int):
        return datetime.fromtimestamp(min(max(when, 0), LAST)).astimezone()
    text = when.strip()
    try:
        if len(text) == 4:
            return datetime(int(text), 1, 1).astimezone()
        if len(text) == 7:
            return datetime(int(text[:4]), int(text[5:]), 1).astimezone()
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        return None


def _date_text(at: datetime) -> str:
    return f"{at.day} {month(at.month)} {at.year}"


def month(number: int, long: bool = False) -> str:
    """The name of a month from 1 to 12, short unless `long`, in the reader's language."""
    return _tr((_LONG_MONTHS if long else _MONTHS)[number - 1])


def day(when: int | str) -> str:
    """ "20 Nov 2026"; "Nov 2026" or "2026" where FHIR says no more; what is no date, as it is."""
    at = moment(when)
    if at is None:
        return str(when)
    if isinstance(when, str) and len(when.strip()) == 4:
        return str(at.year)
    if isinstance(when, str) and len(when.strip()) == 7:
        return f"{month(at.month)} {at.year}"
    return _date_text(at)


def clock(when: int | str) -> str:
    """ "09:42"."""
    at = moment(when)
    return "" if at is None else f"{at.hour:02d}:{at.minute:02d}"


def has_time(when: int | str) -> bool:
    """Whether more than a day is known."""
    return isinstance(when, int) or "T" in when


def day_time(when: int | str) -> str:
    """ "Today, 09:42", "Yesterday, 18:05", "20 Nov 2026, 09:42"."""
    at = moment(when)
    if at is None:
        return str(when)
    if not has_time(when):
        return day_words(when)
    return f"{day_words(when)}, {clock(when)}"


def day_words(when: int | str) -> str:
    """ "Today", "Yesterday", "20 Nov 2026"."""
    at = moment(when)
    if at is None:
        return str(when)
    days = (_now().date() - at.date()).days
    if isinstance(when, str) and len(when.strip()) < 8:
        return day(when)
    return {0: _tr("Today"), 1: _tr("Yesterday")}.get(days, _date_text(at))


def short(when: int | str) -> str:
    """For the end of a row: "09:42" today, "Tue" within a week, "12 Nov", "12 Nov 2025"."""
    at = moment(when)
    if at is None:
        return str(when)
    now = _now()
    days = (now.date() - at.date()).days
    if days == 0 and has_time(when):
        return clock(when)
    if 0 < days < 7:
        return _tr(_DAYS[at.weekday()])
    if at.year == now.year:
        return f"{at.day} {month(at.month)}"
    return _date_text(at)


def ago(when: int) -> str:
    """ "just now", "5 min ago", "2 h ago", "3 days ago", then the day."""
    seconds = int(_now().timestamp()) - when
    if seconds < 60:
        return _tr("just now")
    if seconds < 3600:
        return _tr("{} min ago").format(seconds // 60)
    if seconds < 86400:
        return _tr("{} h ago").format(seconds // 3600)
    days = seconds // 86400
    if days == 1:
        return _tr("1 day ago")
    return _tr("{} days ago").format(days) if days < 14 else day(when)


def until(when: int) -> str:
    """ "in 5 days", "tomorrow", "today", "ended 3 Nov 2026"; the day when it is far away."""
    at = moment(when)
    if at is None or when >= LAST:
        return _tr("no end")
    days = (at.date() - _now().date()).days
    if days < 0 or when <= _now().timestamp():
        return _tr("ended {}").format(day(when))
    near = {0: _tr("today"), 1: _tr("tomorrow")}
    if days in near:
        return near[days]
    return _tr("in {} days").format(days) if days < 14 else _tr("until {}").format(day(when))


def month_head(when: int | str) -> str:
    """ "November 2026", for the heads of a timeline."""
    at = moment(when)
    return "" if at is None else f"{month(at.month, long=True)} {at.year}"


def age(born: str, at: int | None = None) -> int | None:
    """Whole years since a FHIR birth date; None when it is no date."""
    birth = moment(born)
    if birth is None:
        return None
    now = _now() if at is None else datetime.fromtimestamp(at).astimezone()
    return now.year - birth.year - ((now.month, now.day) < (birth.month, birth.day))
