"""What a command prints: one JSON document, or lines for people; progress on standard error."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import click

from medrec.cli.settings import Settings
from medrec.clinical.text import clean, printable
from medrec.domain.ids import Address

Document = Mapping[str, object] | Sequence[Mapping[str, object]]

LAST_MOMENT = 253_402_300_799
"""Unix seconds: the end of the year 9999 in UTC; no date goes further."""


def emit(settings: Settings, document: Document, lines: Sequence[str]) -> None:
    """Print the document with --json, the lines otherwise."""
    if settings.json:
        click.echo(as_json(document, indent=2))
        return
    for line in lines:
        click.echo(printable(line))


def as_json(document: Document, indent: int | None = None) -> str:
    """The document; what could steer a terminal stands in it as an escape, which means the same."""
    text = json.dumps(document, ensure_ascii=False, indent=indent)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Aligned columns, or a sentence's worth of nothing."""
    if not rows:
        return []
    every = [list(head), *([clean(cell) for cell in row] for row in rows)]
    widths = [max(columns(row[i]) for row in every) for i in range(len(head))]
    lines = [
        "  ".join(c + " " * (w - columns(c)) for c, w in zip(row, widths, strict=True)).rstrip()
        for row in every
    ]
    return [lines[0], "  ".join("-" * w for w in widths), *lines[1:]]


def columns(text: str) -> int:
    """How many columns of a terminal a text takes (Unicode UAX 11; marks take none)."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.category(c) in {"Mn", "Me", "Cf"}
        else 1 + (unicodedata.east_asian_width(c) in {"W", "F"})
        for c in text
    )


def when(seconds: int) -> str:
    """RFC 3339 in UTC, for scripts; what lies beyond `LAST_MOMENT` is shown as that."""
    moment = datetime.fromtimestamp(min(seconds, LAST_MOMENT), UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def local_time(seconds: int) -> str:
    """Local date and time, for people; as `when` beyond `LAST_MOMENT`."""
    moment = datetime.fromtimestamp(min(seconds, LAST_MOMENT), UTC)
    try:
        moment = moment.astimezone()
    except (OverflowError, ValueError):
        # East of Greenwich it is the year 10000 already.
        moment = moment.replace(tzinfo=None)
    return moment.strftime("%Y-%m-%d %H:%M")


def until_both(seconds: int) -> str:
    """The end of access where the user is, with its UTC time."""
    return f"{local_time(seconds)} ({when(seconds)})"


class TerminalNotifier:
    """Says what the user waits for, on one line of standard error, on a terminal only.

    With ``hold``, notes wait for `tell_notes`: beside a refusal in JSON nothing else may stand.
    """

    def __init__(self, hold: bool = False) -> None:
        self._on = sys.stderr.isatty()
        self._shown = False
        self._hold = hold
        self._held: list[str] = []

    def progress(self, sentence: str, done: int = 0, total: int = 0) -> None:
        """Show a stage."""
        if not self._on:
            return
        count = f" {100 * done // total} %" if total else ""
        sys.stderr.write(f"\r\x1b[2K… {clean(sentence, 100)}{count}")
        sys.stderr.flush()
        self._shown = True

    def warn(self, sentence: str) -> None:
        """Say it on standard error, on a terminal or not."""
        self._held.append(f"Note: {clean(sentence)}")
        if not self._hold:
            self.tell_notes()

    def tell_notes(self) -> None:
        """Say the notes that were held."""
        self.clear()
        for note in self._held:
            click.echo(note, err=True)
        self._held.clear()

    def changed(self, subject: Address, what: str) -> None:
        """Nothing to repaint here."""

    def clear(self) -> None:
        """Take the line away before anything is printed."""
        if self._shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
            self._shown = False
