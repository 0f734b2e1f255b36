"""Tables of the outbox: jobs, the spool of sealed blocks, reserved nonces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import apsw

from medrec.domain.ids import Address, Cid, JobId
from medrec.domain.outbox import Job, JobState
from medrec.errors import NoSuchJob
from medrec.store.rows import job_body, job_of

_ENDED = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


def add_job(connection: apsw.Connection, job: Job, blocks: Mapping[Cid, bytes]) -> Job:
    """Write the job; it holds the blocks given and those in the spool that its steps name."""
    connection.execute(
        "INSERT INTO jobs (state, body) VALUES (?, ?)", (job.state.value, job_body(job))
    )
    saved = replace(job, id=JobId(connection.last_insert_rowid()))
    _keep(connection, blocks)
    _hold(connection, saved.id, [*blocks, *_named(job)])
    return saved


def spool(connection: apsw.Connection, job: JobId | None, blocks: Mapping[Cid, bytes]) -> None:
    """Keep blocks, held by the job if there is one already."""
    if job is not None:
        _check_known(connection, job)
    _keep(connection, blocks)
    if job is not None:
        _hold(connection, job, blocks)


def spooled(connection: apsw.Connection, cid: Cid) -> bytes | None:
    """A block of the spool."""
    data = connection.execute("SELECT data FROM blocks WHERE cid = ?", (cid,)).get
    return None if data is None else bytes(data)


def update_job(connection: apsw.Connection, job: Job) -> None:
    """Overwrite the row, and let go of what an ended job no longer needs."""
    connection.execute(
        "UPDATE jobs SET state = ?, body = ? WHERE id = ?",
        (job.state.value, job_body(job), job.id),
    )
    if not connection.changes():
        raise NoSuchJob(job=job.id)
    if job.state is not JobState.PENDING:
        connection.execute("DELETE FROM nonces WHERE job = ?", (job.id,))
    if job.state in _ENDED:
        _let_go(connection, job.id)
    else:
        _hold(connection, job.id, _named(job))


def find_job(connection: apsw.Connection, job: JobId) -> Job | None:
    """One job."""
    rows: list[tuple[Any, ...]] = connection.execute(
        "SELECT id, state, body FROM jobs WHERE id = ?", (job,)
    ).fetchall()
    return job_of(*rows[0]) if rows else None


def find_jobs(connection: apsw.Connection, states: Sequence[JobState]) -> list[Job]:
    """Jobs in the order of their creation; all where no state is named."""
    wanted = [state.value for state in states or JobState]
    rows: list[tuple[Any, ...]] = connection.execute(
        f"SELECT id, state, body FROM jobs WHERE state IN ({', '.join('?' * len(wanted))}) "  # noqa: S608 - only placeholders
        "ORDER BY id",
        wanted,
    ).fetchall()
    return [job_of(*row) for row in rows]


def reserve_nonce(connection: apsw.Connection, job: JobId, who: Address, at_least: int) -> int:
    """The job's own unsigned nonce if it has one, else the lowest that is free."""
    known = find_job(connection, job)
    if known is None:
        raise NoSuchJob(job=job)
    signed = {step.signed.nonce for step in known.steps if step.signed is not None}
    rows: list[tuple[Any, ...]] = connection.execute(
        "SELECT nonce, job FROM nonces WHERE who = ? AND nonce >= ? ORDER BY nonce",
        (who, at_least),
    ).fetchall()
    taken = {int(nonce): int(holder) for nonce, holder in rows}
    for held, holder in taken.items():
        if holder == job and held not in signed:
            return held
    nonce = at_least
    while nonce in taken:
        nonce += 1
    connection.execute("INSERT INTO nonces (who, nonce, job) VALUES (?, ?, ?)", (who, nonce, job))
    return nonce


def release_nonce(connection: apsw.Connection, job: JobId, who: Address, nonce: int) -> None:
    """Give back a nonce that the job holds."""
    connection.execute(
        "DELETE FROM nonces WHERE job = ? AND who = ? AND nonce = ?", (job, who, nonce)
    )


def sweep(connection: apsw.Connection) -> None:
    """Drop blocks that no job holds: a crash came between their sealing and their job.

    Only for a process that is alone. While any job is under way nothing is dropped: what a crash
    left is small, and a block too many is better than one too few.
    """
    connection.execute(
        "DELETE FROM blocks WHERE cid NOT IN (SELECT cid FROM holds) "
        "AND NOT EXISTS (SELECT 1 FROM jobs WHERE state IN (?, ?))",
        (JobState.PENDING.value, JobState.DRAFT.value),
    )


def _named(job: Job) -> list[Cid]:
    return [cid for step in job.steps for cid in (*step.before, *step.after)]


def _keep(connection: apsw.Connection, blocks: Mapping[Cid, bytes]) -> None:
    connection.executemany("INSERT OR IGNORE INTO blocks (cid, data) VALUES (?, ?)", blocks.items())


def _hold(connection: apsw.Connection, job: JobId, cids: Iterable[Cid]) -> None:
    connection.executemany(
        "INSERT OR IGNORE INTO holds (job, cid) SELECT ?, cid FROM blocks WHERE cid = ?",
        [(job, cid) for cid in cids],
    )


def _let_go(connection: apsw.Connection, job: JobId) -> None:
    held = connection.execute("SELECT cid FROM holds WHERE job = ?", (job,)).fetchall()
    connection.execute("DELETE FROM holds WHERE job = ?", (job,))
    connection.executemany(
        "DELETE FROM blocks WHERE cid = ? "
        "AND NOT EXISTS (SELECT 1 FROM holds WHERE holds.cid = blocks.cid)",
        held,
    )


def _check_known(connection: apsw.Connection, job: JobId) -> None:
    if connection.execute("SELECT id FROM jobs WHERE id = ?", (job,)).get is None:
        raise NoSuchJob(job=job)
