"""`medrec status`: account, network, store and outbox at a glance."""

from __future__ import annotations

import click

from medrec.cli.output import emit
from medrec.cli.session import current, with_account
from medrec.cli.settings import Command
from medrec.domain.outbox import JobState
from medrec.errors import OriginDenies, StoreDown
from medrec.services.context import Context
from medrec.services.origins import announced, follow


@click.command(cls=Command)
def command() -> None:
    """Account, network, store and outbox at a glance."""

    async def work(context: Context) -> dict[str, object]:
        return await _gather(context)

    found = with_account(work)
    told = {k: ", ".join(v) if isinstance(v, list) else v for k, v in found.items()}
    emit(current(), found, [f"{key.replace('_', ' '):14} {value}" for key, value in told.items()])
    if "announced" in found:
        click.echo(
            "Note: The administrator of this network announced contracts that follow these ones. "
            "Nothing changes until you open the new network file: ask your administrator for it.",
            err=True,
        )


async def _gather(context: Context) -> dict[str, object]:
    head = await context.chain.head()
    user = await context.chain.user(context.me)
    points = await context.local.checkpoints()
    try:
        status = dict(await context.store.status())
        store = ", ".join(f"{k} {v}" for k, v in status.items())
    except StoreDown as error:
        store = error.sentence
    waiting = await context.local.jobs([JobState.PENDING])
    drafts = await context.local.jobs([JobState.DRAFT])
    try:
        follows = ", ".join(origin.network.name for origin in await follow(context))
    except OriginDenies as error:
        follows = error.sentence
    successors = await announced(context)
    return {
        "account": context.name,
        "address": context.me,
        "role": user.role.name.lower() if user else "not registered",
        "network": context.network.name,
        "chain_id": context.network.chain_id,
        "block": head.number,
        "verified_up_to": points[0].number if points else 0,
        "store": store,
        "waiting": len(waiting),
        "drafts": len(drafts),
        **({"follows": follows} if follows else {}),
        **({"announced": successors} if successors else {}),
    }
