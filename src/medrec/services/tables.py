"""Tables as CSV (RFC 4180) for other programs: never over another file, never by half."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from medrec.errors import FileExists, FileUnreadable
from medrec.store.files import write_new

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The table in UTF-8 with the mark by which spreadsheets know it; lines end with CR LF."""
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(head)
    for row in rows:
        table.writerow([plain(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def plain(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if isinstance(cell, int):
        return cell
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text


def save_csv(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table, mode 0600. It blocks: call it in a thread.

    Raises:
        FileExists: it is left as it is.
        FileUnreadable: the disk does not take it.
    """
    try:
        write_new(path, csv_of(head, rows))
    except FileExistsError as error:
        raise FileExists(name=path.name) from error
    except OSError as error:
        raise FileUnreadable(name=path.name, why=f"{error.strerror}.") from error
