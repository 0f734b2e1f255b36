"""One connection: keyed, set up, and its errors ours."""

from __future__ import annotations

import os
import traceback
from pathlib import Path

import apsw
import pytest

from medrec.errors import DatabaseDamaged, DatabaseUnwritable, MedRecError
from medrec.store import connection as module
from medrec.store.connection import connect, our_errors, transaction
from tests.support.local_data import some_bytes

KEY = some_bytes("key")

BUGS = {
    "SQLError", "ConstraintError", "MismatchError", "MisuseError", "RangeError", "TooBigError",
    "InternalError", "AbortError", "InterruptError", "SchemaChangeError", "NotFoundError",
    "ThreadingViolationError", "ConnectionClosedError", "CursorClosedError", "BindingsError",
    "ExecTraceAbort", "ExecutionCompleteError", "ExtensionLoadingError", "ForkingViolationError",
    "IncompleteExecutionError", "VFSNotImplementedError", "VFSFileClosedError", "NoFTS5Error",
    "InvalidContextError", "ConnectionNotClosedError", "JSONNotAllowedError",
}  # fmt: skip
"""What only wrong SQL or wrong use of apsw brings about."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "local.db"
    os.close(os.open(made, os.O_CREAT | os.O_RDWR, 0o600))
    return made


def test_every_error_of_sqlite_is_ours_or_a_bug() -> None:
    classes = {
        name: value
        for name, value in vars(apsw).items()
        if isinstance(value, type) and issubclass(value, apsw.Error) and value is not apsw.Error
    }
    for name, cls in classes.items():
        ours = next((o for known, (o, _) in module._MAPPED.items() if issubclass(cls, known)), None)
        assert (ours is not None) != (name in BUGS), name
        if ours is not None:
            with pytest.raises(ours) as caught, our_errors():
                raise cls("what SQLite said")
            assert isinstance(caught.value.__cause__, cls)
            assert isinstance(caught.value, MedRecError)


def test_settings_stand(path: Path) -> None:
    db = connect(path, KEY)
    assert db.pragma("cipher") == "chacha20"
    assert db.pragma("journal_mode") == "wal"
    assert db.pragma("synchronous") == 2
    assert db.pragma("temp_store") == 2
    assert db.pragma("secure_delete") == 1
    assert db.pragma("foreign_keys") == 1
    assert db.pragma("auto_vacuum") == 2
    db.close()


def test_a_key_of_another_length_is_a_bug(path: Path) -> None:
    for key in (b"", KEY[:31], KEY + b"\x00"):
        with pytest.raises(ValueError, match="32 bytes"):
            connect(path, key)


def test_the_key_is_in_no_exception(path: Path) -> None:
    db = connect(path, KEY)
    db.execute("CREATE TABLE a (x)")
    db.close()
    wrong = some_bytes("wrong")
    with pytest.raises(DatabaseDamaged) as caught:
        connect(path, wrong)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert wrong.hex() not in shown.lower()
    assert repr(wrong) not in shown


class RefusingConnection:
    """A build of SQLite that answers the key's pragma like plain SQLite, or fails on it."""

    def __init__(self, error: apsw.Error | None) -> None:
        self._error = error

    def pragma(self, name: str, value: object = None) -> object:
        if name == "key" and self._error is not None:
            raise self._error
        return None


@pytest.mark.parametrize("error", [None, apsw.SQLError('near "PRAGMA key = raw:...": failed')])
def test_a_build_that_cannot_encrypt_is_refused(error: apsw.Error | None) -> None:
    with pytest.raises(DatabaseDamaged) as caught:
        module._set_key(RefusingConnection(error), KEY)  # type: ignore[arg-type]
    assert "cannot encrypt" in caught.value.sentence
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnwritable):
        connect(tmp_path, KEY)


def test_a_transaction_is_whole_or_not_at_all(path: Path) -> None:
    db = connect(path, KEY)
    db.execute("CREATE TABLE a (x)")
    with pytest.raises(apsw.SQLError), transaction(db):
        db.execute("INSERT INTO a VALUES (1); INSERT INTO nowhere VALUES (1)")
    assert db.execute("SELECT count(*) FROM a").get == 0
    with transaction(db):
        db.execute("INSERT INTO a VALUES (1)")
    assert db.execute("SELECT count(*) FROM a").get == 1
    db.close()


def test_a_full_disk_is_told_and_the_connection_goes_on(path: Path) -> None:
    db = connect(path, KEY)
    db.execute("CREATE TABLE a (x)")
    db.pragma("max_page_count", 20)
    with pytest.raises(DatabaseUnwritable, match="disk is full"), our_errors(), transaction(db):
        db.execute("INSERT INTO a VALUES (zeroblob(1000000))")
    with transaction(db):
        db.execute("INSERT INTO a VALUES (1)")
    assert db.execute("SELECT count(*) FROM a").get == 1
    db.close()
