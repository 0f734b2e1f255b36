"""Wishes: what somebody decided while the network was away, kept in the outbox until it is back.

A wish is a job without steps. Its result holds the facts that were decided; the steps, which need
the chain's state, are made of them as soon as they can be, once, under a lock that all processes of
the account share. From then on it is a job like any other, so that it happens exactly once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from medrec.domain.ids import JobId
from medrec.domain.outbox import ABOUT, Job, JobState
from medrec.errors import MedRecError, NetworkError, OutboxBusy, StillWaiting, WaitsInOutbox
from medrec.services.context import Context
from medrec.services.outbox import REFUSALS
from medrec.services.work import Prepared, new_job, outbox

Facts = Mapping[str, str | int]
Plan = Callable[[Context, Facts], Awaitable[Prepared]]
"""Makes the job of the facts; it refuses what cannot be done, and sends nothing."""

LATER = (NetworkError, WaitsInOutbox, StillWaiting, OutboxBusy)
"""What keeps a wish from being prepared now, and passes by itself."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody decided, in facts that can be kept; ``kind`` names its plan.

    ``about`` names the question that it answers, such as one doctor's access: a decision on the
    same question that still waits without steps is dropped.
    """

    kind: str
    title: str
    facts: Facts = field(repr=False)
    about: str = ""


async def fulfil(context: Context, wish: Wish) -> Job:
    """Do it now, or keep it until the network is back.

    Raises:
        WaitsInOutbox: it is saved and goes out by itself.
        MedRecError subclasses: as its plan and the outbox; nothing is kept of what is refused.
    """
    if wish.about:
        await supersede(context, wish.about)
    try:
        prepared = await _plan(wish.kind)(context, wish.facts)
    except LATER as error:
        await _keep(context, wish, error)
        raise WaitsInOutbox(why=_why(error)) from error
    return await outbox(context).submit(prepared.job, prepared.blocks)


async def put_off(context: Context, wish: Wish, error: MedRecError) -> None:
    """Keep a wish without trying it, for a network that ``error`` keeps from being used at all."""
    if wish.about:
        await supersede(context, wish.about)
    await _keep(context, wish, error)


async def _keep(context: Context, wish: Wish, error: MedRecError) -> None:
    facts = {**wish.facts, ABOUT: wish.about}
    job = new_job(context, wish.kind, wish.title, [], facts)
    await context.local.add_job(_noted(job, error), {})


async def make_ready(context: Context, job_id: JobId, wait: float) -> None:
    """Give a wish its steps; whoever comes second finds them. Other jobs are left alone.

    Raises:
        WaitsInOutbox: it stays a wish.
        ChainRefusal, InputRefused, AccountError: it is kept as a draft; a person has to look.
        IntegrityError, JobError: it stays a wish, and may go through later.
        OutboxBusy: after ``wait`` seconds another process still prepares.
    """
    # Not under the outbox's own lock: new keys, which are a job too, may be due first.
    async with context.local.exclusive("wishes", wait=wait):
        job = await context.local.job(job_id)
        if job is None or not job.is_wish or job.state is not JobState.PENDING:
            return
        try:
            prepared = await _plan(job.kind)(context, job.result)
        except LATER as error:
            await _save(context, _noted(job, error), wait)
            raise WaitsInOutbox(why=_why(error)) from error
        except REFUSALS as error:
            await _save(context, replace(_noted(job, error), state=JobState.DRAFT), wait)
            raise
        except MedRecError as error:
            await _save(context, _noted(job, error), wait)
            raise
        await context.local.spool(job_id, prepared.blocks)
        await _save(context, replace(prepared.job, id=job_id, created=job.created), wait)


async def waiting(context: Context, *kinds: str) -> list[Job]:
    """The wishes of these kinds that are kept here, oldest first."""
    jobs = await context.local.jobs([JobState.PENDING, JobState.DRAFT])
    return [job for job in jobs if job.is_wish and job.kind in kinds]


async def supersede(context: Context, about: str) -> None:
    """Drop the wishes that answer a question on which somebody has decided anew."""
    for job in await context.local.jobs([JobState.PENDING, JobState.DRAFT]):
        if job.is_wish and job.result[ABOUT] == about:
            await outbox(context).cancel(job.id)


async def _save(context: Context, job: Job, wait: float) -> None:
    """Write the row, unless somebody has dropped the wish meanwhile."""
    async with context.local.exclusive(wait=wait):
        now = await context.local.job(job.id)
        if now is not None and now.state is JobState.PENDING:
            await context.local.update_job(job)


def _noted(job: Job, error: MedRecError) -> Job:
    said = error.sentence
    return replace(job, error=said, error_code=error.code, attempts=job.attempts + 1)


def _why(error: MedRecError) -> str:
    """The reason for which something waits, without saying twice that it waits."""
    return str(error.facts["why"]) if isinstance(error, WaitsInOutbox) else error.sentence


def _plan(kind: str) -> Plan:
    # Every use case that has a plan makes wishes itself.
    from medrec.services.plans import PLANS

    return PLANS[kind]
