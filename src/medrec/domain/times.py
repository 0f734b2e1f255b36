"""Times as people and scripts read them."""

from __future__ import annotations

from datetime import UTC, datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def rfc3339(seconds: int) -> str:
    """Unix seconds as RFC 3339 in UTC; what lies beyond year 9999 as the second's number."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return f"second {seconds}"


def told(seconds: int) -> str:
    """Unix seconds as a sentence tells them, where the reader is: “20 Nov 2026 at 09:42”.

    “the end of time” for what lies beyond year 9999.
    """
    try:
        at = datetime.fromtimestamp(seconds, UTC).astimezone()
    except (ValueError, OverflowError, OSError):
        return "the end of time"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year} at {at:%H:%M}"
