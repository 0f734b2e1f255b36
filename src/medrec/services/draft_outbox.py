"""Drafts as the outbox shows them: what waits without a job, or could not be sent."""

from __future__ import annotations

from pathlib import Path

from medrec.clinical.forms import FORMS, FormKind
from medrec.domain.outbox import JobState
from medrec.errors import KeptAsDraft, WaitsInOutbox
from medrec.services.context import Context
from medrec.services.draft_rows import SavedDraft, listed, restore
from medrec.services.drafts import Outcome, Sent, discard, send


async def unsent(context: Context) -> list[SavedDraft]:
    """Drafts that wait without a job of their own, or could not be sent; oldest first."""
    carried = {job.result.get("draft") for job in await context.local.jobs([JobState.PENDING])}
    found = [draft for draft in await listed(context) if draft.waiting or draft.problem]
    return [draft for draft in reversed(found) if draft.id not in carried]


def title_of(draft: SavedDraft) -> str:
    """What a draft is called where nobody sees its form."""
    if draft.kind is FormKind.DOCUMENT:
        named = draft.texts.get("title", "").strip()
        return named or Path(draft.texts.get("file", "")).name or "Document"
    form = FORMS[draft.kind]
    value = form.check(draft.texts, draft.now).value
    return form.title(value) if value is not None else draft.kind.value.capitalize()


async def send_again(context: Context, draft: str) -> Outcome | None:
    """Send a draft by its id; None where it is gone.

    Raises:
        WaitsInOutbox: it waits on.
        KeptAsDraft: it was refused, and why.
    """
    found = await restore(context, draft)
    if found is None:
        return None
    outcome = await send(context, found)
    if outcome.state is Sent.WAITING:
        raise WaitsInOutbox(why=outcome.sentence)
    if outcome.state is not Sent.SENT:
        raise KeptAsDraft(why=outcome.sentence)
    return outcome


async def drop(context: Context, draft: str) -> None:
    """Forget a draft by its id.

    Raises:
        CannotCancel: it is being sent already.
    """
    found = await restore(context, draft)
    if found is not None:
        await discard(context, found)
