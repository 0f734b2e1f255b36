"""`medrec.domain.ports.LocalStore` in memory; it passes tests/conformance/test_local_store.py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from copy import deepcopy
from dataclasses import replace

from medrec.domain.entries import AuditEntry, BlockRef
from medrec.domain.ids import Address, ChainHead, Cid, JobId
from medrec.domain.outbox import Job, JobState
from medrec.errors import NoSuchJob, OutboxBusy

CHECKPOINTS_KEPT = 256


class FakeStore:
    """Everything in dictionaries; nothing outlives the object."""

    def __init__(self) -> None:
        self._entries: dict[tuple[int, int], AuditEntry] = {}
        self._checkpoints: dict[int, BlockRef] = {}
        self._remembered: dict[tuple[str, str], bytes] = {}
        self._jobs: dict[JobId, Job] = {}
        self._blocks: dict[Cid, bytes] = {}
        self._holds: set[tuple[JobId, Cid]] = set()
        self._nonces: dict[tuple[Address, int], JobId] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def checkpoints(self) -> list[BlockRef]:
        return [self._checkpoints[number] for number in sorted(self._checkpoints, reverse=True)]

    async def append_entries(self, entries: Sequence[AuditEntry], upto: BlockRef) -> None:
        if any(entry.block > upto.number for entry in entries):
            raise ValueError("an entry stands above its checkpoint")
        self._entries |= {(entry.block, entry.log_index): entry for entry in entries}
        self._checkpoints[upto.number] = upto
        for number in sorted(self._checkpoints)[:-CHECKPOINTS_KEPT]:
            del self._checkpoints[number]

    async def roll_back(self, block: int) -> None:
        self._checkpoints = {n: ref for n, ref in self._checkpoints.items() if n <= block}
        last = max(self._checkpoints, default=-1)
        self._entries = {at: entry for at, entry in self._entries.items() if at[0] <= last}

    async def entries(
        self,
        *,
        subject: Address | None = None,
        actor: Address | None = None,
        ref: bytes | None = None,
        actions: Sequence[int] = (),
    ) -> list[AuditEntry]:
        return [
            entry
            for _, entry in sorted(self._entries.items(), key=lambda item: item[0])
            if subject in (None, entry.subject)
            and actor in (None, entry.actor)
            and ref in (None, entry.ref)
            and (not actions or entry.action in actions)
        ]

    async def tip(self, subject: Address, block: int | None = None) -> tuple[int, ChainHead] | None:
        entries = await self.entries(subject=subject)
        upto = [e for e in entries if block is None or e.block <= block]
        return (len(upto), upto[-1].head) if upto else None

    async def get(self, space: str, key: str) -> bytes | None:
        return self._remembered.get((space, key))

    async def put(self, space: str, key: str, value: bytes) -> None:
        self._remembered[space, key] = value

    async def delete(self, space: str, key: str) -> None:
        self._remembered.pop((space, key), None)

    async def items(self, space: str) -> dict[str, bytes]:
        return {key: value for (s, key), value in self._remembered.items() if s == space}

    async def add_job(self, job: Job, blocks: Mapping[Cid, bytes]) -> Job:
        saved = replace(job, id=JobId(len(self._jobs) + 1))
        self._jobs[saved.id] = deepcopy(saved)
        self._keep(blocks)
        self._hold(saved.id, [*blocks, *_named(saved)])
        return saved

    async def spool(self, job: JobId | None, blocks: Mapping[Cid, bytes]) -> None:
        if job is not None:
            self._check_known(job)
        self._keep(blocks)
        if job is not None:
            self._hold(job, list(blocks))

    async def spooled(self, cid: Cid) -> bytes | None:
        return self._blocks.get(cid)

    async def update_job(self, job: Job) -> None:
        self._check_known(job.id)
        self._jobs[job.id] = deepcopy(job)
        if job.state is not JobState.PENDING:
            self._nonces = {at: owner for at, owner in self._nonces.items() if owner != job.id}
        if job.state in (JobState.PENDING, JobState.DRAFT):
            self._hold(job.id, _named(job))
        else:
            self._let_go(job.id)

    async def job(self, job: JobId) -> Job | None:
        return deepcopy(self._jobs.get(job))

    async def jobs(self, states: Sequence[JobState] = ()) -> list[Job]:
        return [deepcopy(job) for job in self._jobs.values() if not states or job.state in states]

    async def reserve_nonce(self, job: JobId, who: Address, at_least: int) -> int:
        self._check_known(job)
        signed = {step.signed.nonce for step in self._jobs[job].steps if step.signed is not None}
        own = [
            nonce
            for (holder, nonce), owner in self._nonces.items()
            if (holder, owner) == (who, job) and nonce >= at_least and nonce not in signed
        ]
        nonce = min(own, default=at_least)
        while not own and (who, nonce) in self._nonces:
            nonce += 1
        self._nonces[who, nonce] = job
        return nonce

    async def release_nonce(self, job: JobId, who: Address, nonce: int) -> None:
        if self._nonces.get((who, nonce)) == job:
            del self._nonces[who, nonce]

    def exclusive(
        self, what: str = "outbox", wait: float = 120.0
    ) -> AbstractAsyncContextManager[None]:
        return self._hold_lock(self._locks.setdefault(what, asyncio.Lock()), wait)

    async def close(self) -> None:
        """Nothing is open."""

    @asynccontextmanager
    async def _hold_lock(self, lock: asyncio.Lock, wait: float) -> AsyncIterator[None]:
        try:
            await asyncio.wait_for(lock.acquire(), wait)
        except TimeoutError as error:
            raise OutboxBusy() from error
        try:
            yield
        finally:
            lock.release()

    def _check_known(self, job: JobId) -> None:
        if job not in self._jobs:
            raise NoSuchJob(job=job)

    def _keep(self, blocks: Mapping[Cid, bytes]) -> None:
        self._blocks = {**blocks, **self._blocks}

    def _hold(self, job: JobId, cids: Sequence[Cid]) -> None:
        self._holds |= {(job, cid) for cid in cids if cid in self._blocks}

    def _let_go(self, job: JobId) -> None:
        gone = {cid for holder, cid in self._holds if holder == job}
        self._holds = {hold for hold in self._holds if hold[0] != job}
        for cid in gone - {cid for _, cid in self._holds}:
            del self._blocks[cid]


def _named(job: Job) -> list[Cid]:
    return [cid for step in job.steps for cid in (*step.before, *step.after)]
