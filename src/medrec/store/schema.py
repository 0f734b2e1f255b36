"""The local database's schema: numbered SQL steps, each in one transaction.

A step is migrations/local/NNNN_name.sql; the database's ``user_version`` is the number of the
last one that it went through. Steps are never changed once released.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import apsw

from medrec.config import migrations_dir
from medrec.errors import DatabaseTooNew
from medrec.store.connection import our_errors, transaction

_STEP = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")


@dataclass(frozen=True, slots=True)
class SchemaStep:
    """A numbered step; ``sql`` may hold several statements, none that begins or ends anything."""

    number: int
    name: str
    sql: str


def schema_steps(folder: Path | None = None) -> list[SchemaStep]:
    """The steps in their order, counted from 1 without a gap.

    Raises:
        RuntimeError: when the program's own files are incomplete.
    """
    folder = folder or migrations_dir() / "local"
    found = [
        SchemaStep(int(match[1]), path.stem, path.read_text("utf-8"))
        for path in sorted(folder.glob("*.sql"))
        if (match := _STEP.fullmatch(path.name))
    ]
    if not found or [step.number for step in found] != list(range(1, len(found) + 1)):
        raise RuntimeError(f"schema steps are missing in {folder}")
    return found


def schema_version(connection: apsw.Connection) -> int:
    """The number of the last step that the database went through; 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").get)


def migrate(connection: apsw.Connection, steps: list[SchemaStep]) -> None:
    """Take the database through the steps that it lacks.

    Raises:
        DatabaseTooNew: when it went through steps that this program does not know.
    """
    with our_errors():
        for step in steps:
            if schema_version(connection) < step.number:
                _apply(connection, step)
        found = schema_version(connection)
    if found > len(steps):
        raise DatabaseTooNew(found=found, known=len(steps))


def _apply(connection: apsw.Connection, step: SchemaStep) -> None:
    with transaction(connection):
        # Another process may have come first while we waited for the lock.
        if schema_version(connection) >= step.number:
            return
        connection.execute(step.sql)
        connection.execute(f"PRAGMA user_version = {step.number}")
