"""`medrec outbox`: what waits to be sent."""

from __future__ import annotations

import click

from medrec.cli.output import emit, table, when
from medrec.cli.session import current, with_account
from medrec.cli.settings import Group
from medrec.domain.ids import JobId
from medrec.domain.outbox import Job, JobState
from medrec.services.context import Context
from medrec.services.work import outbox

JOB = click.IntRange(1, (1 << 63) - 1)
WAITING = (JobState.PENDING, JobState.DRAFT, JobState.FAILED)


@click.group(cls=Group)
def command() -> None:
    """What waits to be sent."""


@command.command("list")
@click.option("--all", "every", is_flag=True, help="Also what is done or cancelled.")
def list_(every: bool) -> None:
    """The jobs that wait, failed, or are kept as drafts."""

    async def work(context: Context) -> list[Job]:
        return await context.local.jobs(() if every else WAITING)

    jobs = with_account(work, online=False)
    emit(
        current(),
        [_document(job) for job in jobs],
        table(
            ["job", "what", "state", "since", "why"],
            [[str(j.id), j.title, j.state.value, when(j.created), j.error] for j in jobs],
        )
        or ["Nothing waits: all is confirmed."],
    )


@command.command()
@click.argument("job", type=JOB, required=False)
def retry(job: int | None) -> None:
    """Go on with one job, or with all that wait."""

    async def work(context: Context) -> list[Job]:
        box = outbox(context)
        if job is not None:
            return [await box.retry(JobId(job))]
        return [await box.retry(j.id) for j in await context.local.jobs([JobState.PENDING])]

    jobs = with_account(work, resume=False)
    emit(
        current(),
        [_document(j) for j in jobs],
        [f"{j.title}: {j.state.value}" for j in jobs] or ["Nothing waits."],
    )


@command.command()
@click.argument("job", type=JOB)
def cancel(job: int) -> None:
    """Drop a job of which nothing was sent yet."""

    async def work(context: Context) -> Job:
        return await outbox(context).cancel(JobId(job))

    done = with_account(work, online=False)
    emit(current(), _document(done), [f"{done.title}: cancelled."])


def _document(job: Job) -> dict[str, object]:
    return {
        "job": job.id,
        "kind": job.kind,
        "title": job.title,
        "state": job.state.value,
        "created": when(job.created),
        "error": job.error or None,
        "code": job.error_code or None,
        "steps": [step.state.value for step in job.steps],
    }
