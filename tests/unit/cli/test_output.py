"""What is printed: safe on a terminal, aligned, and one JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from medrec.cli.output import (
    LAST_MOMENT,
    TerminalNotifier,
    as_json,
    columns,
    emit,
    local_time,
    table,
    when,
)
from medrec.cli.settings import Settings

HOSTILE = "a\x1b]0;owned\x07b\x9b2Jc\u202ed\x7f\ud800e"


def steering(text: str) -> Iterator[str]:
    """The characters of a text that could steer a terminal."""
    return (c for c in text if not c.isprintable() and c != "\n")


def test_lines_cannot_drive_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    emit(Settings(), {}, [HOSTILE, *table(["name"], [[HOSTILE + "\nsecond line"]])])
    shown = capsys.readouterr().out
    assert not list(steering(shown))
    assert "owned" in shown
    assert len(shown.splitlines()) == 4


def test_json_cannot_drive_the_terminal_and_means_the_same() -> None:
    text = as_json({"title": HOSTILE, "name": "Zoë 𝛼"}, indent=2)
    assert not list(steering(text))
    assert json.loads(text) == {"title": HOSTILE, "name": "Zoë 𝛼"}
    assert "Zoë 𝛼" in text


def test_columns_stay_aligned_with_wide_and_combining_characters() -> None:
    lines = table(["who", "what"], [["山田太郎", "x"], ["Zoe\u0308", "x"], ["Ann", "x"]])
    assert {columns(line[: line.rindex("x")]) for line in lines[2:]} == {10}


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Adak", "UTC"])
def test_moments_beyond_every_calendar_can_be_shown(
    monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    import time

    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        for moment in (LAST_MOMENT, (1 << 40) - 1, 1 << 200):
            assert when(moment) == "9999-12-31T23:59:59Z"
            assert local_time(moment).startswith("9999-12-3")
    finally:
        monkeypatch.undo()
        time.tzset()


def test_notes_wait_beside_json_and_are_told_at_once_otherwise(
    capsys: pytest.CaptureFixture[str],
) -> None:
    held = TerminalNotifier(hold=True)
    held.warn("It waits.\x1b[2J")
    assert capsys.readouterr().err == ""
    held.tell_notes()
    assert capsys.readouterr().err == "Note: It waits.\ufffd[2J\n"
    TerminalNotifier().warn("Now.")
    assert capsys.readouterr().err == "Note: Now.\n"
