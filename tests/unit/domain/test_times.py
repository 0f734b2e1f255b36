"""Times as people and scripts read them."""

import time
from collections.abc import Iterator

import pytest

from medrec.domain.times import rfc3339, told

AT = 1_790_000_000
"""2026-09-21 14:13:20 in UTC."""


@pytest.fixture
def living_in(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    """The computer's time zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def test_seconds_are_read_in_utc() -> None:
    assert rfc3339(0) == "1970-01-01T00:00:00Z"
    assert rfc3339(1_790_000_000) == "2026-09-21T14:13:20Z"


def test_what_no_calendar_holds_is_shown_as_its_number() -> None:
    assert rfc3339(2**40 - 1) == f"second {2**40 - 1}"


@pytest.mark.parametrize(
    ("living_in", "text"),
    [
        ("UTC", "21 Sep 2026 at 14:13"),
        ("Asia/Tokyo", "21 Sep 2026 at 23:13"),
        ("Pacific/Auckland", "22 Sep 2026 at 02:13"),
    ],
    indirect=["living_in"],
)
@pytest.mark.usefixtures("living_in")
def test_a_sentence_tells_the_time_where_the_reader_is(text: str) -> None:
    assert told(AT) == text


@pytest.mark.parametrize("seconds", [2**40 - 1, 2**64 - 1])
def test_a_sentence_tells_of_no_second_beyond_the_calendar(seconds: int) -> None:
    assert told(seconds) == "the end of time"
