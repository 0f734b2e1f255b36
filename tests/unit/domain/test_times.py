"""Times as people and scripts read them."""

from medrec.domain.times import rfc3339


def test_seconds_are_read_in_utc() -> None:
    assert rfc3339(0) == "1970-01-01T00:00:00Z"
    assert rfc3339(1_790_000_000) == "2026-09-21T14:13:20Z"


def test_what_no_calendar_holds_is_shown_as_its_number() -> None:
    assert rfc3339(2**40 - 1) == f"second {2**40 - 1}"
