"""Making jobs, and the outbox with all that it needs to seal again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medrec.domain.calls import Call
from medrec.domain.ids import Cid, JobId
from medrec.domain.outbox import Job, Step
from medrec.services.context import Context
from medrec.services.outbox import Outbox
from medrec.services.resealing import reseal_record

UNSAVED = JobId(0)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A job that is not in the outbox yet, and the sealed blocks that go with it."""

    job: Job
    blocks: Mapping[Cid, bytes]


def new_job(
    context: Context,
    kind: str,
    title: str,
    steps: Sequence[Step],
    result: dict[str, str | int] | None = None,
) -> Job:
    """A job that is not in the outbox yet."""
    return Job(
        id=UNSAVED,
        account=context.me,
        kind=kind,
        title=title,
        created=context.clock.now(),
        steps=tuple(steps),
        result=result or {},
    )


def outbox(context: Context) -> Outbox:
    """The outbox: it prepares wishes, and makes again what was sealed under older keys."""
    # Rotations and what wishes become are jobs themselves.
    from medrec.services.rotation import make_again
    from medrec.services.wishes import make_ready

    return Outbox(
        context,
        {
            "record-add": reseal_record,
            "record-update": reseal_record,
            "record-register": reseal_record,
            "access-revoke": make_again,
            "key-rotate": make_again,
        },
        make_ready,
    )


async def rehearse(context: Context, call: Call) -> None:
    """Ask the node whether the contract takes a call, before anything is stored for it.

    Raises:
        ChainRefusal: what the contract refuses; NetworkError subclasses.
    """
    sender = context.wallet.address
    await context.chain.prepare(call, sender, await context.chain.next_nonce(sender))
