"""Looks: a doctor's reading is logged before the content appears."""

from __future__ import annotations

from medrec.domain.calls import LogConsultation
from medrec.domain.entries import Action
from medrec.domain.ids import CHART, ZERO_DIGEST, Address, Digest, RecordId
from medrec.domain.outbox import Job, JobState, Step
from medrec.services.context import Context
from medrec.services.work import new_job, outbox

CHART_LOOK = 3600
"""Seconds in which opening the chart again is the same look."""


async def log_look(
    context: Context, patient: Address, record: RecordId, digest: Digest
) -> Job | None:
    """Log that the account looked at a version; nothing for one's own record.

    A look that still waits in the outbox is the same one: nothing of it was shown yet.
    """
    if context.me == patient:
        return None
    for job in await context.local.jobs([JobState.PENDING]):
        if not job.steps:
            continue
        waits = job.steps[-1].call
        if isinstance(waits, LogConsultation) and (waits.patient, waits.record, waits.digest) == (
            patient,
            record,
            digest,
        ):
            return await outbox(context).retry(job.id)
    call = LogConsultation(patient, record, await context.time(), digest)
    job = new_job(context, "consultation", "Log a look", [Step(call)], {"patient": patient})
    return await outbox(context).submit(job, {})


async def log_chart_look(context: Context, patient: Address) -> Job | None:
    """Log that the account opened the chart, at most once an hour."""
    if context.me == patient:
        return None
    now = await context.time()
    entries = await context.local.entries(
        subject=patient, actor=context.me, ref=CHART, actions=[Action.CONSULTED]
    )
    if entries and now - entries[-1].meta.time < CHART_LOOK:
        return None
    return await log_look(context, patient, CHART, ZERO_DIGEST)
