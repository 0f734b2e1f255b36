"""The outbox driver: takes a job from its last written state to one of its end states.

Every move is written down before the next one is made, so that a crash between any two goes on
from there: blocks before the transaction, the signed transaction before its broadcast, what
follows it only when it is confirmed (DESIGN.md section 5).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from medrec.domain.calls import AddRecord, UpdateRecord
from medrec.domain.ids import Cid, JobId, record_slot
from medrec.domain.outbox import Job, JobState, SignedTransaction, Step, StepState
from medrec.errors import (
    AccountError,
    CannotCancel,
    CannotRetry,
    ChainRefusal,
    EpochStale,
    FeeTooLow,
    InputRefused,
    MedRecError,
    NetworkError,
    NodeRefused,
    NoFunds,
    NonceTaken,
    NoSuchJob,
    OutboxBusy,
    SlotSpoiled,
    StillWaiting,
    WaitsInOutbox,
)
from medrec.services.context import Context
from medrec.services.effects import find_effect
from medrec.services.holders import overtaken, spoiled_slots
from medrec.services.index import sync

Reseal = Callable[[Context, Job], Awaitable[Job]]
"""Seals a job's objects again under the current epoch."""

Ready = Callable[[Context, JobId, float], Awaitable[None]]
"""Gives a wish (a job without steps) its steps, after so many seconds at most for another process.

Raises:
    WaitsInOutbox: it stays a wish. ChainRefusal, InputRefused, AccountError: it is kept as a draft.
"""

REFUSALS = (ChainRefusal, InputRefused, AccountError)
"""What does not pass by itself: a person has to look."""

PATIENCE = 90.0
"""Seconds to wait for a confirmation before the job is left to the outbox."""

TURN = 120.0
"""Seconds to wait for another process of this account that sends."""

NO_TIME = 0.5

CONFIRMED = (StepState.CONFIRMED, StepState.DONE)

TRIES = 4
"""How often a job is sealed or signed again before it is left to the outbox."""


class Outbox:
    """Drives jobs. ``resealers`` are keyed by the job's kind; ``ready`` is for wishes."""

    def __init__(
        self,
        context: Context,
        resealers: Mapping[str, Reseal] | None = None,
        ready: Ready | None = None,
    ) -> None:
        self._context = context
        self._resealers = dict(resealers or {})
        self._ready = ready

    async def submit(self, job: Job, blocks: Mapping[Cid, bytes]) -> Job:
        """Write the job down, then drive it.

        Raises:
            WaitsInOutbox: it is saved, and the node or the store is away.
            ChainRefusal: the contract refused; see the job's state.
        """
        saved = await self._context.local.add_job(job, blocks)
        return await self.drive(saved)

    async def resume(self) -> list[Job]:
        """Drive every job that is still pending, oldest first; returns those that ended.

        What is refused now is told: whoever asked for it is no longer looking. Where another
        process drives the outbox, that one does it.
        """
        ended = []
        for job in await self._context.local.jobs([JobState.PENDING]):
            try:
                ended.append(await self.drive(job, wait=NO_TIME))
            except OutboxBusy:
                break
            except REFUSALS as error:
                self._context.notifier.warn(f"“{job.title}” was refused. {error.sentence}")
            except MedRecError:
                continue
        return ended

    async def retry(self, job_id: JobId) -> Job:
        """Drive one job again, also one that became a draft.

        Raises:
            NoSuchJob, CannotRetry, and as `drive`.
        """
        job = await self._find(job_id)
        if job.state is JobState.FAILED:
            raise CannotRetry(job=job_id)
        if job.state is JobState.DRAFT:
            job = await self._save(replace(job, state=JobState.PENDING, error="", error_code=""))
        return await self.drive(job) if job.state is JobState.PENDING else job

    async def cancel(self, job_id: JobId) -> Job:
        """End a job of which nothing was sent yet; put away one that has failed.

        Raises:
            NoSuchJob, CannotCancel.
        """
        async with self._context.local.exclusive():
            job = await self._find(job_id)
            if job.state is JobState.DONE:
                raise CannotCancel(job=job_id, why="it is done.")
            sent = (StepState.SIGNED, StepState.CONFIRMED, StepState.DONE)
            failed = job.state is JobState.FAILED
            if not failed and any(step.state in sent for step in job.steps):
                raise CannotCancel(job=job_id, why="it was already sent.")
            # What somebody typed for a wish stays nowhere.
            result = {} if job.is_wish else job.result
            cancelled = await self._save(replace(job, state=JobState.CANCELLED, result=result))
            if not failed:
                await self._let_go(job)
            return cancelled

    async def drive(self, job: Job, wait: float = TURN) -> Job:
        """Take a job as far as it goes, after ``wait`` seconds at most for another process.

        Raises:
            WaitsInOutbox, StillWaiting: it stays pending.
            ChainRefusal: it failed, or is kept as a draft where something was written.
            InputRefused, AccountError: a wish cannot be done as it is; it is kept as a draft.
        """
        if job.is_wish and self._ready is not None:
            await self._ready(self._context, job.id, wait)
        async with self._context.local.exclusive(wait=wait):
            current = await self._find(job.id)
            if current.state is not JobState.PENDING or current.is_wish:
                return current
            try:
                await self._send_others(current.id)
                return await self._drive(current)
            except NetworkError as error:
                noted = await self._note(current.id, error)
                if all(step.state in CONFIRMED for step in noted.steps):
                    self._context.notifier.warn(
                        "It is confirmed. What was sealed with it follows when the store is back."
                    )
                    return noted
                raise WaitsInOutbox(why=error.sentence) from error
            except ChainRefusal as error:
                await self._refuse(current.id, error)
                raise
            except MedRecError as error:
                await self._note(current.id, error)
                raise

    async def _drive(self, job: Job) -> Job:
        for index in range(len(job.steps)):
            for attempt in range(TRIES):
                try:
                    job = await self._drive_step(job, index)
                    break
                except EpochStale:
                    job = await self._reseal(job, attempt)
                except (NonceTaken, FeeTooLow):
                    job = await self._unsign(await self._find(job.id), index)
                    if attempt == TRIES - 1:
                        raise
        return await self._save(replace(job, state=JobState.DONE, error="", error_code=""))

    async def _drive_step(self, job: Job, index: int) -> Job:
        moves = {
            StepState.PREPARED: self._put_before,
            StepState.STORED: self._sign,
            StepState.SIGNED: self._broadcast,
            StepState.CONFIRMED: self._put_after,
        }
        signings = 0
        while (state := job.steps[index].state) is not StepState.DONE:
            signings += state is StepState.STORED
            if signings > TRIES:
                raise StillWaiting()
            step = await moves[state](job, job.steps[index])
            job = await self._save(_with_step(job, index, step))
        return job

    async def _put_before(self, job: Job, step: Step) -> Step:
        await self._publish(step.before)
        return replace(step, state=StepState.STORED)

    async def _sign(self, job: Job, step: Step) -> Step:
        context = self._context
        await sync(context)
        effect = await find_effect(context.local, context.me, step)
        if effect is not None:
            return replace(step, state=StepState.CONFIRMED, block=effect.block)
        if await self._spoiled(step):
            raise SlotSpoiled(category="this")
        if await overtaken(context, step):
            raise EpochStale()
        chain_next = await context.chain.next_nonce(context.wallet.address)
        nonce = await context.local.reserve_nonce(job.id, context.wallet.address, chain_next)
        try:
            unsigned = await context.chain.prepare(step.call, context.wallet.address, nonce)
        except MedRecError:
            await context.local.release_nonce(job.id, context.wallet.address, nonce)
            raise
        signed = await asyncio.to_thread(context.wallet.sign_transaction, unsigned)
        return replace(step, state=StepState.SIGNED, signed=signed)

    async def _broadcast(self, job: Job, step: Step) -> Step:
        if step.signed is None:
            return replace(step, state=StepState.STORED)
        moved = await self._send(job, step, step.signed)
        return moved or await self._confirm(step, step.signed)

    async def _send(self, job: Job, step: Step, signed: SignedTransaction) -> Step | None:
        """Broadcast; the step's new state instead where that is not, or no longer, due.

        What no node takes gives its nonce back: it would stop all that come after it.
        """
        context = self._context
        if await context.chain.receipt_block(signed.hash) is not None:
            return None
        effect = await self._effect(step)
        if effect is not None:
            return effect
        if await self._spoiled(step) or await overtaken(context, step):
            await context.local.release_nonce(job.id, context.wallet.address, signed.nonce)
            return replace(step, state=StepState.STORED, signed=None)
        try:
            await context.chain.send(signed)
        except (NodeRefused, NoFunds):
            await self._unsign(job, job.steps.index(step))
            raise
        return None

    async def _send_others(self, driven: JobId) -> None:
        """Send what other jobs have signed: a nonce that never went out stops all after it."""
        for job in await self._context.local.jobs([JobState.PENDING]):
            for index, step in enumerate(job.steps):
                if job.id == driven or step.state is not StepState.SIGNED or step.signed is None:
                    continue
                try:
                    moved = await self._send(job, step, step.signed)
                    if moved is not None:
                        await self._save(_with_step(job, index, moved))
                except (NonceTaken, FeeTooLow):
                    await self._unsign(job, index)
                except MedRecError:
                    continue

    async def _spoiled(self, step: Step) -> bool:
        """Whether somebody's access has ended meanwhile who could open what would be published."""
        call, context = step.call, self._context
        if not isinstance(call, AddRecord | UpdateRecord):
            return False
        spoiled = await spoiled_slots(context, call.patient, await context.time())
        return record_slot(call.record) in spoiled

    async def _effect(self, step: Step) -> Step | None:
        await sync(self._context)
        effect = await find_effect(self._context.local, self._context.me, step)
        if effect is None:
            return None
        return replace(step, state=StepState.CONFIRMED, block=effect.block)

    async def _confirm(self, step: Step, signed: SignedTransaction) -> Step:
        """Wait until the effect stands at the configured depth."""
        context = self._context
        context.notifier.progress("Waiting for the chain to confirm")
        pause, waited = 0.02, 0.0
        while waited < PATIENCE:
            mined = await context.chain.receipt_block(signed.hash)
            if mined is not None:
                number, succeeded = mined
                if not succeeded:
                    # Simulated before it is signed anew, it gives the reason.
                    return replace(step, state=StepState.STORED, signed=None)
                head = await context.chain.head()
                if head.number - number + 1 >= context.network.confirmations:
                    effect = await self._effect(step)
                    if effect is not None:
                        return effect
            await asyncio.sleep(pause)
            waited, pause = waited + pause, min(pause * 1.5, 1.0)
        raise StillWaiting()

    async def _put_after(self, job: Job, step: Step) -> Step:
        await self._publish(step.after)
        if step.after:
            for cid in step.before[-1:]:
                await self._context.store.unpin(cid)
        return replace(step, state=StepState.DONE)

    async def _publish(self, cids: Sequence[Cid]) -> None:
        """Store blocks from the spool, and pin the last, which links to all the others."""
        for done, cid in enumerate(cids):
            block = await self._context.local.spooled(cid)
            if block is not None:
                if len(cids) > 8:
                    self._context.notifier.progress("Storing sealed blocks", done, len(cids))
                await self._context.store.put(cid, block)
        for cid in cids[-1:]:
            await self._context.store.pin(cid)

    async def _reseal(self, job: Job, attempt: int) -> Job:
        reseal = self._resealers.get(job.kind)
        if reseal is None or attempt == TRIES - 1:
            raise EpochStale()
        self._context.notifier.progress("The keys have changed meanwhile: sealing again")
        old = await self._find(job.id)
        new = await self._save(await reseal(self._context, old))
        await self._let_go(old, new)
        return new

    async def _let_go(self, job: Job, instead: Job | None = None) -> None:
        """Unpin what was stored for transactions that are not made, or not as they were."""
        kept = {cid for step in instead.steps for cid in step.before} if instead else set()
        for step in job.steps:
            for cid in step.before[-1:]:
                if step.state not in CONFIRMED and cid not in kept:
                    # A pin too many is no reason to stop.
                    with suppress(NetworkError):
                        await self._context.store.unpin(cid)

    async def _unsign(self, job: Job, index: int) -> Job:
        step = job.steps[index]
        if step.signed is not None:
            await self._context.local.release_nonce(
                job.id, self._context.wallet.address, step.signed.nonce
            )
        return await self._save(
            _with_step(job, index, replace(step, state=StepState.STORED, signed=None))
        )

    async def _refuse(self, job_id: JobId, error: ChainRefusal) -> None:
        job = await self._find(job_id)
        written = any(isinstance(step.call, AddRecord | UpdateRecord) for step in job.steps)
        state = JobState.DRAFT if written else JobState.FAILED
        await self._save(replace(job, state=state, error=error.sentence, error_code=error.code))
        if state is JobState.FAILED:
            await self._let_go(job)

    async def _note(self, job_id: JobId, error: MedRecError) -> Job:
        job = await self._find(job_id)
        return await self._save(
            replace(job, error=error.sentence, error_code=error.code, attempts=job.attempts + 1)
        )

    async def _find(self, job_id: JobId) -> Job:
        job = await self._context.local.job(job_id)
        if job is None:
            raise NoSuchJob(job=job_id)
        return job

    async def _save(self, job: Job) -> Job:
        await self._context.local.update_job(job)
        return job


def _with_step(job: Job, index: int, step: Step) -> Job:
    return replace(job, steps=(*job.steps[:index], step, *job.steps[index + 1 :]))
