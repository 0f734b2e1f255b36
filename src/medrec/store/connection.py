"""One encrypted SQLite connection, its settings, and the mapping of SQLite's errors to ours.

SQLite3 Multiple Ciphers encrypts and authenticates every page of the database, its journal and
its write-ahead log with ChaCha20-Poly1305 (https://utelle.github.io/SQLite3MultipleCiphers/,
cipher "sqleet: ChaCha20"); the key is used as it is, without a password's derivation.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from medrec.errors import DatabaseBusy, DatabaseDamaged, DatabaseUnwritable, MedRecError

KEY_SIZE = 32
BUSY_MS = 10_000
"""How long a call waits for another process's transaction."""

_UNREADABLE = "the key does not fit it, or the file was changed."

_MAPPED: dict[type[apsw.Error], tuple[type[MedRecError], dict[str, object]]] = {
    apsw.NotADBError: (DatabaseDamaged, {"why": _UNREADABLE}),
    apsw.CorruptError: (DatabaseDamaged, {"why": "a part of the file was changed or is missing."}),
    apsw.FormatError: (DatabaseDamaged, {"why": "the file is not in SQLite's format."}),
    apsw.EmptyError: (DatabaseDamaged, {"why": "the file is empty."}),
    apsw.BusyError: (DatabaseBusy, {}),
    apsw.LockedError: (DatabaseBusy, {}),
    apsw.ProtocolError: (DatabaseBusy, {}),
    apsw.FullError: (DatabaseUnwritable, {"why": "the disk is full."}),
    apsw.IOError: (DatabaseUnwritable, {"why": "the disk reports an error."}),
    apsw.CantOpenError: (DatabaseUnwritable, {"why": "its file cannot be opened."}),
    apsw.ReadOnlyError: (DatabaseUnwritable, {"why": "it is not writable."}),
    apsw.PermissionsError: (DatabaseUnwritable, {"why": "the system does not permit it."}),
    apsw.AuthError: (DatabaseUnwritable, {"why": "the system does not permit it."}),
    apsw.NoLFSError: (DatabaseUnwritable, {"why": "the disk does not take files so large."}),
    apsw.NoMemError: (DatabaseUnwritable, {"why": "the memory is full."}),
}


@contextmanager
def our_errors() -> Iterator[None]:
    """Turn what the world did to the file into our errors; SQL that is wrong stays a bug.

    Raises:
        DatabaseDamaged, DatabaseBusy, DatabaseUnwritable.
    """
    try:
        yield
    except apsw.Error as error:
        for known, (ours, facts) in _MAPPED.items():
            if isinstance(error, known):
                raise ours(**facts) from error
        raise


def connect(path: Path, key: bytes) -> apsw.Connection:
    """Open an existing file (an empty one becomes a new database) with its 32-byte key.

    Raises:
        ValueError: when the key has another length (our bug).
        DatabaseDamaged, DatabaseBusy, DatabaseUnwritable.
    """
    if len(key) != KEY_SIZE:
        raise ValueError("a database key has 32 bytes")
    with our_errors():
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        try:
            _set_key(connection, key)
            _configure(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def _set_key(connection: apsw.Connection, key: bytes) -> None:
    connection.pragma("cipher", "chacha20")
    try:
        accepted = connection.pragma("key", "raw:" + key.hex()) == "ok"
    except apsw.Error:
        accepted = False
    # Raised here, not above: no chained exception may hold the statement with the key in it.
    if not accepted:
        raise DatabaseDamaged(why="this build of SQLite cannot encrypt.")
    # The first read is what tells a wrong key.
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()


def _configure(connection: apsw.Connection) -> None:
    connection.set_busy_timeout(BUSY_MS)
    # Freed pages (a large attachment that has been sent) can be given back to the disk.
    if connection.execute("PRAGMA page_count").get == 0:
        connection.pragma("auto_vacuum", "INCREMENTAL")
    connection.pragma("journal_mode", "WAL")
    connection.pragma("synchronous", "FULL")
    connection.pragma("temp_store", "MEMORY")
    connection.pragma("secure_delete", True)
    connection.pragma("foreign_keys", True)
    connection.pragma("journal_size_limit", 16 << 20)


@contextmanager
def transaction(connection: apsw.Connection) -> Iterator[None]:
    """One writing transaction: everything in it, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # A full disk makes SQLite roll back by itself.
        if not connection.get_autocommit():
            connection.execute("ROLLBACK")
        raise
