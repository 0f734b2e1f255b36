"""The local database of one account on one network, behind the port `LocalStore`.

SQLite's work runs in one thread of its own, one transaction a call. Several processes may have
the same file open; they wait for each other's transactions.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TypeVar

import apsw

from medrec.domain.entries import AuditEntry, BlockRef
from medrec.domain.ids import Address, ChainHead, Cid, JobId
from medrec.domain.outbox import Job, JobState
from medrec.domain.threads import outlast
from medrec.errors import DatabaseDamaged, DatabaseUnwritable
from medrec.store import index, outbox
from medrec.store.connection import connect, our_errors, transaction
from medrec.store.files import make_private_dir, sync_dir
from medrec.store.locks import FileLock, hold
from medrec.store.schema import SchemaStep, migrate, schema_steps

T = TypeVar("T")


def open_database(path: Path, key: bytes) -> SqliteStore:
    """Open the encrypted database, or make it (mode 0600) with its folder (0700).

    ``key`` is 32 bytes from the vault. It takes some milliseconds, and longer when the schema is
    brought up to date.

    Raises:
        DatabaseDamaged: a wrong key, or a file that was changed.
        DatabaseTooNew, DatabaseBusy, DatabaseUnwritable.
    """
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="medrec-store")
    try:
        connection, lock = thread.submit(_open, path, key, schema_steps()).result()
    except BaseException:
        thread.shutdown()
        raise
    return SqliteStore(path, connection, lock, thread)


class SqliteStore:
    """`medrec.domain.ports.LocalStore` over SQLite; made by `open_database`.

    A call that is cancelled ends only when its transaction has, one way or the other.
    """

    def __init__(
        self, path: Path, connection: apsw.Connection, lock: FileLock, thread: ThreadPoolExecutor
    ) -> None:
        self._path = path
        self._connection = connection
        self._lock = lock
        self._thread = thread
        self._closed = False

    def __repr__(self) -> str:
        return f"SqliteStore({self._path.name!r})"

    async def checkpoints(self) -> list[BlockRef]:
        """Blocks up to which the index was filled, newest first."""
        return await self._read(index.checkpoints)

    async def append_entries(self, entries: Sequence[AuditEntry], upto: BlockRef) -> None:
        """Add entries and the checkpoint, in one transaction."""
        if any(entry.block > upto.number for entry in entries):
            raise ValueError("an entry stands above its checkpoint")
        await self._write(lambda db: index.append_entries(db, entries, upto))

    async def roll_back(self, block: int) -> None:
        """Forget every checkpoint above ``block`` and what none vouches for any more."""
        await self._write(lambda db: index.roll_back(db, block))

    async def entries(
        self,
        *,
        subject: Address | None = None,
        actor: Address | None = None,
        ref: bytes | None = None,
        actions: Sequence[int] = (),
    ) -> list[AuditEntry]:
        """Indexed entries that match everything given, in the order of the chain."""
        return await self._read(lambda db: index.find_entries(db, subject, actor, ref, actions))

    async def tip(self, subject: Address, block: int | None = None) -> tuple[int, ChainHead] | None:
        """How many entries a subject has up to ``block``, and the head after the last of them."""
        return await self._read(lambda db: index.tip(db, subject, block))

    async def get(self, space: str, key: str) -> bytes | None:
        """A remembered value."""
        return await self._read(lambda db: index.get(db, space, key))

    async def put(self, space: str, key: str, value: bytes) -> None:
        """Remember a value."""
        await self._write(lambda db: index.put(db, space, key, value))

    async def delete(self, space: str, key: str) -> None:
        """Forget a value."""
        await self._write(lambda db: index.delete(db, space, key))

    async def items(self, space: str) -> dict[str, bytes]:
        """Everything remembered in a space."""
        return await self._read(lambda db: index.items(db, space))

    async def add_job(self, job: Job, blocks: Mapping[Cid, bytes]) -> Job:
        """Write a job and its sealed blocks in one transaction; returns it with its id."""
        return await self._write(lambda db: outbox.add_job(db, job, blocks))

    async def spool(self, job: JobId | None, blocks: Mapping[Cid, bytes]) -> None:
        """Keep sealed blocks until a job is through; None: for the job about to be added."""
        await self._write(lambda db: outbox.spool(db, job, blocks))

    async def spooled(self, cid: Cid) -> bytes | None:
        """A block from the spool."""
        return await self._read(lambda db: outbox.spooled(db, cid))

    async def update_job(self, job: Job) -> None:
        """Overwrite a job's row; an ended job's blocks and nonces leave."""
        await self._write(lambda db: outbox.update_job(db, job))

    async def job(self, job: JobId) -> Job | None:
        """One job."""
        return await self._read(lambda db: outbox.find_job(db, job))

    async def jobs(self, states: Sequence[JobState] = ()) -> list[Job]:
        """Jobs in the order of their creation."""
        return await self._read(lambda db: outbox.find_jobs(db, states))

    async def reserve_nonce(self, job: JobId, who: Address, at_least: int) -> int:
        """The next nonce of ours that no unfinished job holds, not below ``at_least``."""
        return await self._write(lambda db: outbox.reserve_nonce(db, job, who, at_least))

    async def release_nonce(self, job: JobId, who: Address, nonce: int) -> None:
        """Give back a reserved nonce that was never broadcast."""
        await self._write(lambda db: outbox.release_nonce(db, job, who, nonce))

    def exclusive(
        self, what: str = "outbox", wait: float = 120.0
    ) -> AbstractAsyncContextManager[None]:
        """While it is held, no other task or process holds the same."""
        return hold(self._path.with_name(f"{self._path.name}.{what}.lock"), wait)

    async def close(self) -> None:
        """Close the database, after the calls that are under way; again is harmless."""
        if self._closed:
            return
        self._closed = True
        try:
            await self._run(self._connection.close)
        finally:
            self._thread.shutdown(wait=False)
            self._lock.close()

    async def _read(self, work: Callable[[apsw.Connection], T]) -> T:
        return await self._run(lambda: work(self._connection))

    async def _write(self, work: Callable[[apsw.Connection], T]) -> T:
        def in_transaction() -> T:
            with transaction(self._connection):
                return work(self._connection)

        return await self._run(in_transaction)

    async def _run(self, work: Callable[[], T]) -> T:
        def mapped() -> T:
            with our_errors():
                return work()

        submitted = self._thread.submit(mapped)
        # A transaction cannot be left in the middle; one that has not begun need not begin.
        return await outlast(asyncio.wrap_future(submitted), submitted.cancel)


def _open(path: Path, key: bytes, steps: list[SchemaStep]) -> tuple[apsw.Connection, FileLock]:
    """The connection, and the lock that tells other processes that we have the file open."""
    try:
        make_private_dir(path.parent)
        lock = FileLock(path.with_name(path.name + ".lock"))
    except OSError as error:
        raise DatabaseUnwritable(why=f"{error.strerror}.") from error
    try:
        alone = lock.take()
        if not alone:
            lock.share()
        if alone and not path.exists():
            _create(path, key, steps)
        connection = _open_existing(path, key, steps, alone)
        lock.share()
    except BaseException:
        lock.close()
        raise
    return connection, lock


def _create(path: Path, key: bytes, steps: list[SchemaStep]) -> None:
    """A complete database under another name first: an empty file is then always a damaged one."""
    new = path.with_name(path.name + ".new")
    try:
        for old in (new, *(Path(f"{new}{end}") for end in ("-wal", "-shm"))):
            old.unlink(missing_ok=True)
        os.close(os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        connection = connect(new, key)
        try:
            migrate(connection, steps)
        finally:
            connection.close()
        new.replace(path)
        sync_dir(path.parent)
    except OSError as error:
        raise DatabaseUnwritable(why=f"{error.strerror}.") from error


def _open_existing(path: Path, key: bytes, steps: list[SchemaStep], alone: bool) -> apsw.Connection:
    if path.is_file() and path.stat().st_size == 0:
        raise DatabaseDamaged(why="the file is empty.")
    connection = connect(path, key)
    try:
        migrate(connection, steps)
        if alone:
            _tidy(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _tidy(connection: apsw.Connection) -> None:
    with our_errors():
        with transaction(connection):
            outbox.sweep(connection)
        connection.execute("PRAGMA incremental_vacuum").fetchall()
