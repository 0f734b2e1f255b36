"""Drafts: kept on this computer while they are written, and sent by themselves when they wait.

A draft goes away only when what it says is on the chain, or when its author discards it. While a
job of the outbox carries it, the draft is told apart by its own id (``mark``), so that however
often it is sent, it becomes one record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from medrec.clinical.forms import FORMS, FormKind, Stamp, instant, reopened
from medrec.clinical.reading import FHIR_JSON
from medrec.crypto.record import PartSource
from medrec.domain.categories import Category
from medrec.domain.entries import Action
from medrec.domain.ids import Address, RecordId, address_bytes
from medrec.domain.imports import AddDocument
from medrec.domain.outbox import Job, JobState
from medrec.errors import (
    AccessEnded,
    CannotCancel,
    InputRefused,
    MedRecError,
    NetworkError,
    NoAccess,
    OutboxBusy,
    SlotSpoiled,
    StaleVersion,
    StillWaiting,
    VersionConflict,
    WaitsInOutbox,
)
from medrec.services.carrying import update
from medrec.services.context import Context
from medrec.services.draft_rows import (
    SavedDraft,
    forget,
    keep_file,
    kept_file,
    listed,
    new_id,
    restore,
    save,
)
from medrec.services.importing import main_part, part_of
from medrec.services.index import sync
from medrec.services.names import names_of
from medrec.services.origins import opened
from medrec.services.sources import in_memory
from medrec.services.work import outbox
from medrec.services.writing import Draft, add_record

__all__ = [
    "Outcome",
    "SavedDraft",
    "Sent",
    "Theirs",
    "any_waiting",
    "discard",
    "listed",
    "new_id",
    "on_top",
    "restore",
    "resume",
    "save",
    "send",
    "send_waiting",
    "take_back",
    "theirs",
]

STOPPED = "You stopped it before it was sent. It is kept on this computer."
_WAITS = (NetworkError, WaitsInOutbox, StillWaiting, OutboxBusy, SlotSpoiled)
_CONFLICTS = (StaleVersion, VersionConflict)


class Sent(StrEnum):
    """What became of a draft that was sent."""

    SENT = "sent"
    """It is on the chain; the draft is gone."""
    WAITING = "waiting"
    """Saved here, not yet shared: it goes out by itself."""
    KEPT = "kept"
    """It cannot be sent as it is; ``sentence`` says why, and the draft stays."""
    CONFLICT = "conflict"
    """Somebody wrote a newer version meanwhile; the draft stays."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How sending a draft ended."""

    state: Sent
    draft: SavedDraft
    sentence: str = ""
    record: RecordId | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Theirs:
    """The version that somebody wrote meanwhile; ``texts`` None where it is no form of ours.

    ``time`` is in Unix seconds.
    """

    version: int
    author: str
    time: int
    title: str
    texts: Mapping[str, str] | None


async def discard(context: Context, draft: SavedDraft) -> None:
    """Forget a draft, and end its job where nothing was sent yet.

    Raises:
        CannotCancel: it is being sent already.
    """
    job = await _job_of(context, draft)
    if job is not None and job.state in (JobState.PENDING, JobState.DRAFT):
        await outbox(context).cancel(job.id)
    await forget(context, draft.id)


async def take_back(context: Context, draft: SavedDraft) -> SavedDraft:
    """A waiting draft to write on; it no longer goes out by itself.

    Raises:
        CannotCancel: it is being sent already.
    """
    job = await _job_of(context, draft)
    if job is not None and job.state in (JobState.PENDING, JobState.DRAFT):
        await outbox(context).cancel(job.id)
    return await save(context, replace(draft, waiting=False, problem="", written=""))


async def send(context: Context, draft: SavedDraft) -> Outcome:
    """Write a draft to the patient's record; it is kept until that is confirmed.

    Raises:
        InputRefused: the form has errors; ask `FORMS` first.
    """
    written = draft.written or instant(context.clock.now() or await context.time())
    kept = await save(context, replace(draft, written=written, problem="", conflict=False))
    try:
        return await _sent(context, kept)
    except asyncio.CancelledError:
        await asyncio.shield(_cancelled(context, kept))
        raise
    except _WAITS as error:
        return await _wait(context, kept, error.sentence)
    except MedRecError as error:
        return await _keep(context, kept, error)


async def _wait(context: Context, draft: SavedDraft, sentence: str) -> Outcome:
    is_file = draft.kind is FormKind.DOCUMENT and await _job_of(context, draft) is None
    if is_file and not await keep_file(context, draft):
        sentence += f" Leave the file where it is: {draft.texts.get('file', '')}"
    waits = await save(context, replace(draft, waiting=True, problem=sentence))
    return Outcome(Sent.WAITING, waits, sentence)


async def _sent(context: Context, draft: SavedDraft) -> Outcome:
    job = await _job_of(context, draft)
    if job is None or job.state in (JobState.FAILED, JobState.CANCELLED):
        await sync(context)
        job = await _write(context, draft)
    elif job.state is not JobState.DONE:
        job = await outbox(context).retry(job.id)
    if job.state is JobState.DONE:
        await forget(context, draft.id)
    else:
        # It is on the chain; what follows in the store ends the job, and the draft with it.
        await save(context, replace(draft, waiting=True))
    record, version = str(job.result["record"]), int(job.result["version"])
    if draft.base_version is not None:
        # The job counts the versions in this network alone.
        version = draft.base_version + 1
    return Outcome(Sent.SENT, draft, "", RecordId(bytes.fromhex(record)), version)


async def _write(context: Context, draft: SavedDraft) -> Job:
    main, title = await _content(context, draft)
    if draft.record is None:
        wish = Draft(draft.category, title, (main,), mark=draft.id)
        return (await add_record(context, draft.patient, wish)).job
    # Two amendments of one draft are two wishes: the second stands on another version.
    file = (main, (), title, None)
    base = draft.base_version
    return (await update(context, draft.patient, draft.record, file, base, draft.id)).job


async def _content(context: Context, draft: SavedDraft) -> tuple[PartSource, str]:
    if draft.kind is FormKind.DOCUMENT:
        order = AddDocument(
            Path(draft.texts.get("file", "")),
            draft.category,
            draft.texts.get("title", "").strip(),
            bytes.fromhex(draft.texts.get("digest", "")),
            plain=draft.texts.get("plain") == "yes",
        )
        kept = await kept_file(context, draft.id)
        return await (main_part(context, order) if kept is None else part_of(order, kept))
    form = FORMS[draft.kind]
    checked = form.check(draft.texts, draft.now)
    if checked.value is None:
        first = checked.errors[0]
        raise InputRefused(what=f"“{first.field}”", why=first.message)
    data = form.build(checked.value, stamp_of(context, draft))
    name = f"{draft.kind.value}.json"
    return in_memory(name, FHIR_JSON, data), form.title(checked.value)


def stamp_of(context: Context, draft: SavedDraft) -> Stamp:
    """Who writes the draft about whom, and when."""
    return Stamp(
        id=draft.resource,
        written=draft.written,
        patient=draft.patient,
        patient_name=draft.patient_name,
        author=context.me,
        author_name=draft.author_name,
    )


async def _job_of(context: Context, draft: SavedDraft) -> Job | None:
    """The last job that carried the draft."""
    jobs = await context.local.jobs()
    carried = [job for job in jobs if job.result.get("draft") == draft.id]
    return carried[-1] if carried else None


async def _drop_job(context: Context, draft: SavedDraft) -> None:
    """The draft itself is kept: the outbox need not keep a refused copy of it."""
    job = await _job_of(context, draft)
    if job is not None and job.state in (JobState.DRAFT, JobState.PENDING):
        with suppress(CannotCancel):
            await outbox(context).cancel(job.id)


async def _keep(context: Context, draft: SavedDraft, error: MedRecError) -> Outcome:
    await _drop_job(context, draft)
    conflict = isinstance(error, _CONFLICTS)
    sentence = error.sentence
    if isinstance(error, NoAccess | AccessEnded):
        sentence = await _ended(context, draft, error)
    kept = replace(draft, waiting=False, written="", problem=sentence, conflict=conflict)
    kept = await save(context, kept)
    return Outcome(Sent.CONFLICT if conflict else Sent.KEPT, kept, sentence)


async def _cancelled(context: Context, draft: SavedDraft) -> None:
    """The author stopped it: what was not sent stays a draft, what was goes on."""
    job = await _job_of(context, draft)
    if job is not None and job.state is JobState.PENDING:
        try:
            await outbox(context).cancel(job.id)
        except MedRecError:
            await save(context, replace(draft, waiting=True))
            return
    await save(context, replace(draft, waiting=False, written="", problem=STOPPED))


async def _ended(context: Context, draft: SavedDraft, error: MedRecError) -> str:
    """When the patient ended the access, in words; else what the error says."""
    revoked = await context.local.entries(subject=draft.patient, actions=[Action.ACCESS_REVOKED])
    mine = [e for e in revoked if e.ref_address == address_bytes(context.me)]
    if not mine:
        return f"Not saved: {error.sentence} Your text is kept as a draft on this computer."
    at = datetime.fromtimestamp(mine[-1].meta.time, UTC).astimezone()
    today = datetime.fromtimestamp(context.clock.now(), UTC).astimezone().date() == at.date()
    when = f"at {at:%H:%M}" if today else f"on {at.day} {at:%b %Y}"
    return (
        f"Not saved: {draft.patient_name or 'the patient'} ended your access {when}. "
        "Your text is kept as a draft on this computer."
    )


async def any_waiting(context: Context) -> bool:
    """Whether a draft goes out by itself as soon as it can."""
    return any(draft.waiting for draft in await listed(context))


async def send_waiting(context: Context) -> list[Outcome]:
    """Send every draft that waits, oldest first; those that wait on are not told of."""
    ended: list[Outcome] = []
    for draft in reversed(await listed(context)):
        if draft.waiting:
            found = await send(context, draft)
            if found.state is Sent.WAITING:
                continue
            if found.state is not Sent.SENT:
                context.notifier.warn(found.sentence)
            ended.append(found)
    return ended


async def resume(context: Context) -> list[Outcome]:
    """The network is back: what waits in the outbox goes out, then the drafts that wait."""
    await outbox(context).resume()
    return await send_waiting(context)


async def theirs(context: Context, draft: SavedDraft) -> Theirs:
    """The version that stands where the draft wanted to; a doctor's look is logged.

    Raises:
        As `origins.opened`.
    """
    if draft.record is None:
        raise InputRefused(what="The draft", why="it amends no record.")
    await sync(context)
    placed = await opened(context, draft.patient, draft.record)
    reader, found = placed.reader, placed.opened
    main = found.manifest.parts[0]
    texts: Mapping[str, str] | None = None
    if main.media_type == FHIR_JSON:
        again = await asyncio.to_thread(reopened, await reader.part_bytes(found, main))
        if again is not None and again.kind is draft.kind:
            texts = again.texts
    author = found.entry.actor
    name = (await names_of(reader.context, [author]))[author]
    return Theirs(placed.version, name, found.entry.meta.time, found.manifest.title, texts)


async def on_top(context: Context, draft: SavedDraft, version: int) -> SavedDraft:
    """The draft as an amendment of the newer version; nothing of what was typed changes."""
    changed = replace(
        draft, id=new_id(), base_version=version, conflict=False, problem="", written=""
    )
    kept = await save(context, changed)
    await forget(context, draft.id)
    return kept


def draft_for(
    patient: Address,
    patient_name: str,
    author_name: str,
    kind: FormKind,
    category: Category,
    texts: Mapping[str, str],
) -> SavedDraft:
    """A new draft."""
    return SavedDraft(new_id(), patient, patient_name, author_name, kind, category, texts)
