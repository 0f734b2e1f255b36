"""What a command prints: one JSON document, or lines for people; progress on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import click

from medrec.cli.settings import Settings
from medrec.domain.ids import Address

Document = Mapping[str, object] | Sequence[Mapping[str, object]]


def emit(settings: Settings, document: Document, lines: Sequence[str]) -> None:
    """Print the document with --json, the lines otherwise."""
    if settings.json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    for line in lines:
        click.echo(line)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Aligned columns, or a sentence's worth of nothing."""
    if not rows:
        return []
    every = [list(head), *(list(row) for row in rows)]
    widths = [max(len(row[i]) for row in every) for i in range(len(head))]
    lines = [
        "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in every
    ]
    return [lines[0], "  ".join("-" * w for w in widths), *lines[1:]]


def when(seconds: int) -> str:
    """RFC 3339 in UTC, for scripts."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_time(seconds: int) -> str:
    """Local date and time, for people."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M")


def until_both(seconds: int) -> str:
    """The end of access where the user is, with its UTC time."""
    return f"{local_time(seconds)} ({when(seconds)})"


class TerminalNotifier:
    """Says what the user waits for, on one line of standard error, on a terminal only."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()
        self._shown = False

    def progress(self, sentence: str, done: int = 0, total: int = 0) -> None:
        """Show a stage."""
        if not self._on:
            return
        count = f" {100 * done // total} %" if total else ""
        sys.stderr.write(f"\r\x1b[2K… {sentence}{count}")
        sys.stderr.flush()
        self._shown = True

    def warn(self, sentence: str) -> None:
        """Say it on standard error, on a terminal or not."""
        self.clear()
        click.echo(f"Note: {sentence}", err=True)

    def changed(self, subject: Address, what: str) -> None:
        """Nothing to repaint here."""

    def clear(self) -> None:
        """Take the line away before anything is printed."""
        if self._shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
            self._shown = False
