"""Closing an account: access ends, then the account; what was written stays.

Nothing on the chain and nothing sealed is deleted by it: entries remain, and records stay sealed
where they are. The wallet still exists; what ends is that anybody counts it as a user.
"""

from __future__ import annotations

from medrec.domain.calls import Deactivate
from medrec.domain.entries import Action
from medrec.domain.ids import address_word
from medrec.domain.outbox import Job, Step
from medrec.errors import AccountClosed, NotRegisteredYet
from medrec.services import access
from medrec.services.context import Context
from medrec.services.work import new_job, outbox

KIND = "account-close"


async def close_account(context: Context) -> Job:
    """End every running access to a patient's record, then the account, for ever.

    Raises:
        NotRegisteredYet, AccountClosed, NetworkError subclasses: nothing has changed.
        WaitsInOutbox: what is saved goes out by itself; where it is the end of an access, the
            account is not closed yet.
    """
    user = await context.chain.user(context.me)
    if user is None:
        raise NotRegisteredYet(command="patient register")
    if not user.active:
        raise AccountClosed()
    if await context.chain.patient(context.me) is not None:
        running = [row.doctor for row in await access.listed(context)]
        if running:
            context.notifier.progress("Ending every access")
            await access.revoke(context, running)
    job = new_job(context, KIND, "Close the account", [Step(Deactivate(context.me))])
    return await outbox(context).submit(job, {})


async def is_closed(context: Context) -> bool:
    """Whether the chain says that the account was closed."""
    entries = await context.local.entries(
        ref=address_word(context.me), actions=[Action.USER_DEACTIVATED]
    )
    return bool(entries)
