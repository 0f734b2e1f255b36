"""Days and times as people read them."""

from __future__ import annotations

from datetime import datetime

import pytest

from medrec.views.common import dates

NOW = datetime(2026, 11, 20, 9, 42).astimezone()
"""A Friday."""


def at(*parts: int) -> int:
    return int(datetime(*parts).astimezone().timestamp())  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "_now", lambda: NOW)


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (at(2026, 11, 20, 9, 42), "20 Nov 2026"),
        ("2026-11-03", "3 Nov 2026"),
        ("2026-11", "Nov 2026"),
        ("2014", "2014"),
        ("long ago", "long ago"),
        ("2026-13-45", "2026-13-45"),
    ],
)
def test_day(when: int | str, text: str):
    assert dates.day(when) == text


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (at(2026, 11, 20, 9, 40), "Today, 09:40"),
        (at(2026, 11, 19, 18, 5), "Yesterday, 18:05"),
        (at(2026, 11, 3, 8, 15), "3 Nov 2026, 08:15"),
        ("2026-11-20", "Today"),
        ("2026-11", "Nov 2026"),
        ("soon", "soon"),
    ],
)
def test_day_and_time(when: int | str, text: str):
    assert dates.day_time(when) == text


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (at(2026, 11, 20, 9, 40), "09:40"),
        (at(2026, 11, 17, 9, 40), "Tue"),
        (at(2026, 11, 12, 9, 40), "12 Nov"),
        (at(2025, 11, 12, 9, 40), "12 Nov 2025"),
        ("?", "?"),
    ],
)
def test_short(when: int | str, text: str):
    assert dates.short(when) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (5, "just now"),
        (300, "5 min ago"),
        (7200, "2 h ago"),
        (86400, "1 day ago"),
        (3 * 86400, "3 days ago"),
        (40 * 86400, "11 Oct 2026"),
    ],
)
def test_ago(seconds: int, text: str):
    assert dates.ago(int(NOW.timestamp()) - seconds) == text


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (at(2026, 11, 20, 20, 0), "today"),
        (at(2026, 11, 20, 9, 0), "ended 20 Nov 2026"),
        (at(2026, 11, 21, 1, 0), "tomorrow"),
        (at(2026, 11, 27, 1, 0), "in 7 days"),
        (at(2027, 2, 28, 1, 0), "until 28 Feb 2027"),
        (at(2026, 1, 1, 1, 0), "ended 1 Jan 2026"),
        (dates.LAST, "no end"),
        (2**63, "no end"),
    ],
)
def test_until(when: int, text: str):
    assert dates.until(when) == text


def test_months_ages_and_clocks():
    assert dates.month_head(at(2026, 11, 3, 1, 1)) == "November 2026"
    assert dates.month_head("x") == ""
    assert dates.clock("2026") == "00:00"
    assert dates.clock("x") == ""
    assert dates.age("1968-03-14") == 58
    assert dates.age("1968-12-14") == 57
    assert dates.age("1968-03-14", at(2000, 1, 1)) == 31
    assert dates.age("unknown") is None
    assert dates.day_words("x") == "x"
