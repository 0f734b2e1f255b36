"""Schema steps: each one up, with data, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import apsw
import pytest

from medrec.errors import DatabaseTooNew, MedRecError
from medrec.store.connection import connect
from medrec.store.database import open_database
from medrec.store.schema import SchemaStep, migrate, schema_steps, schema_version
from tests.support.local_data import some_bytes

KEY = some_bytes("key")
DATA = Path(__file__).parent / "data"
STEPS = schema_steps()


def new_database(path: Path) -> apsw.Connection:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    return connect(path, KEY)


def everything(db: apsw.Connection) -> dict[str, list[Any]]:
    """All rows of all tables, by the table's name."""
    tables = db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    return {
        str(name): db.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall()  # noqa: S608
        for (name,) in tables
    }


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_step_keeps_every_row_of_the_version_before(tmp_path: Path, step: SchemaStep) -> None:
    db = new_database(tmp_path / "local.db")
    before = STEPS[: step.number - 1]
    migrate(db, before)
    if before:
        db.execute((DATA / f"{len(before):04}.sql").read_text("utf-8"))
    old = everything(db)
    assert all(old.values()), "the fixture has rows in every table"

    migrate(db, STEPS[: step.number])

    assert schema_version(db) == step.number
    assert {name: everything(db)[name] for name in old} == old
    assert db.execute("PRAGMA integrity_check").get == "ok"
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    db.close()


async def test_a_database_of_an_old_program_opens_with_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "local.db"
    db = new_database(path)
    migrate(db, STEPS[:1])
    db.execute((DATA / "0001.sql").read_text("utf-8"))
    db.close()

    store = open_database(path, KEY)
    assert [(entry.block, entry.log_index) for entry in await store.entries()] == [
        (7, 0), (7, 1), (9, 4),
    ]  # fmt: skip
    assert [point.number for point in await store.checkpoints()] == [9, 7]
    assert await store.items("heads") == {"": b""}
    assert await store.jobs() == []
    await store.close()


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    db = new_database(tmp_path / "local.db")
    migrate(db, STEPS)
    before = db.total_changes()
    migrate(db, STEPS)
    assert db.total_changes() == before
    db.close()


def test_a_step_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    db = new_database(tmp_path / "local.db")
    migrate(db, STEPS[:1])
    bad = SchemaStep(2, "0002_bad", "CREATE TABLE half (a); INSERT INTO nowhere VALUES (1);")
    with pytest.raises(apsw.SQLError):
        migrate(db, [STEPS[0], bad])
    assert schema_version(db) == 1
    assert "half" not in everything(db)
    migrate(db, STEPS)
    assert schema_version(db) == len(STEPS)
    db.close()


def test_a_newer_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "local.db"
    db = new_database(path)
    migrate(db, STEPS)
    db.pragma("user_version", len(STEPS) + 5)
    db.close()
    before = path.read_bytes()

    with pytest.raises(DatabaseTooNew) as refused:
        open_database(path, KEY)

    assert "newer MedRec" in refused.value.sentence
    assert isinstance(refused.value, MedRecError)
    assert path.read_bytes() == before


def test_two_processes_migrate_once(tmp_path: Path) -> None:
    path = tmp_path / "local.db"
    first = new_database(path)
    second = connect(path, KEY)
    migrate(first, STEPS)
    migrate(second, STEPS)
    assert schema_version(second) == len(STEPS)
    first.close()
    second.close()


def test_steps_are_counted_without_a_gap(tmp_path: Path) -> None:
    (tmp_path / "0001_a.sql").write_text("CREATE TABLE a (x);", "utf-8")
    (tmp_path / "notes.txt").write_text("not a step", "utf-8")
    assert [step.number for step in schema_steps(tmp_path)] == [1]
    (tmp_path / "0003_c.sql").write_text("CREATE TABLE c (x);", "utf-8")
    with pytest.raises(RuntimeError, match="missing"):
        schema_steps(tmp_path)


def test_no_step_ends_its_own_transaction() -> None:
    for step in STEPS:
        code = "\n".join(line.split("--")[0] for line in step.sql.splitlines()).upper()
        assert not {"COMMIT", "ROLLBACK", "BEGIN", "END;"} & set(code.split())
