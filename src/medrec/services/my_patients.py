"""A doctor's patients: who let the doctor read, what and until when, and what came of requests."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from medrec.clinical.patient import Demographics, from_fhir
from medrec.crypto.slots import permission_of
from medrec.domain.categories import Category, Permission, Scope, Slot
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import CHART, Address, JobId, RecordId, address_word, record_slot
from medrec.domain.outbox import Job, JobState
from medrec.domain.people import Grant
from medrec.errors import IntegrityError, MedRecError, NoAccess
from medrec.services.access_before import running_unseen
from medrec.services.asked import Copy, copy_of, label_of, wished
from medrec.services.consultations import log_look
from medrec.services.contents import keep, kept, read_contents
from medrec.services.context import Context
from medrec.services.keyring import Keys, keys_to
from medrec.services.origins import Missing, reached
from medrec.services.patients import profile_record
from medrec.services.reading import RecordReader
from medrec.services.rights import verified_self

AT_ONCE = 4
WRITES = (Action.RECORD_CREATED, Action.RECORD_UPDATED)
ANSWERS = {
    Action.REQUEST_WITHDRAWN: "withdrawn",
    Action.REQUEST_DECLINED: "refused",
    Action.ACCESS_GRANTED: "granted",
}


class AccessState(StrEnum):
    """Whether the doctor may read now."""

    RUNNING = "running"
    WAITING = "waiting"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Last:
    """The last record that the doctor may read: what, by whom, when (Unix seconds)."""

    category: Category | None
    author: Address
    time: int


@dataclass(frozen=True, slots=True)
class MyPatient:
    """One patient of the doctor's.

    ``until`` is the end of the access, running or over, or 0; ``since`` when it was asked for.
    ``new`` counts what others wrote since the doctor opened the chart last. ``name`` is what the
    patient's own data say, else what the doctor typed, else empty. ``origin`` names the network of
    before in which alone access runs: it opens what was written there, and nothing is written.
    """

    patient: Address
    state: AccessState
    name: str = ""
    person: Demographics | None = None
    permission: Permission = Permission()  # noqa: RUF009 - frozen
    until: int = 0
    since: int = 0
    last: Last | None = None
    new: int = 0
    origin: str = ""


@dataclass(frozen=True, slots=True)
class MyPatients:
    """A doctor's patients; ``missing`` is a network in which more may let the doctor read."""

    rows: tuple[MyPatient, ...] = ()
    missing: Missing | None = None


class RequestState(StrEnum):
    """What became of a request."""

    SENDING = "sending"
    OPEN = "open"
    GRANTED = "granted"
    IN_PART = "granted in part"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    UNANSWERED = "not answered"
    NOT_SENT = "not sent"


@dataclass(frozen=True, slots=True)
class MyRequest:
    """A request of the doctor's; times in Unix seconds, ``answered`` 0 while it is open.

    ``asked`` is None where it was made on another computer. ``job`` and ``error`` are those of a
    request that is not on the chain yet.
    """

    patient: Address
    state: RequestState
    made: int
    name: str = ""
    asked: Copy | None = None
    answered: int = 0
    missing: tuple[Category, ...] = ()
    job: JobId | None = None
    error: str = ""


async def listed(context: Context) -> MyPatients:
    """The doctor's patients: running access first, by the last record; then waiting, then ended.

    Access that runs in a network of before counts where none is open or asked for in this one, as
    far as that network can be read. The personal data of each patient are opened for the list; that
    look is logged once for each version of them.

    Raises:
        NotRegisteredYet, NotYours, DoctorNotVerified: while nobody vouches for the doctor.
    """
    found = {row.patient: row for row in await _listed(context)}
    places, missing = await reached(context)
    for place in places:
        with suppress(MedRecError):
            for row in await _listed(place):
                here = found.get(row.patient)
                if row.state is AccessState.RUNNING and (
                    here is None or here.state is AccessState.ENDED
                ):
                    found[row.patient] = _of_before(row, place)
    if missing is not None:
        unseen = await running_unseen(context, context.origins[len(places) :], None, context.me)
        shown = {row.patient for row in found.values() if row.state is not AccessState.ENDED}
        if unseen is not None and unseen <= shown:
            missing = None
    order = list(AccessState)
    rows = sorted(
        found.values(), key=lambda row: (order.index(row.state), -_latest(row), row.patient)
    )
    return MyPatients(tuple(rows), missing)


def _of_before(row: MyPatient, place: Context) -> MyPatient:
    read = Permission(row.permission.read)
    return replace(row, permission=read, new=0, origin=place.network.name)


async def _listed(context: Context) -> list[MyPatient]:
    await verified_self(context)
    now = await context.time()
    entries = await _about_me(context)
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(patient: Address) -> MyPatient | None:
        async with turn:
            return await _patient(context, patient, entries, now)

    people = dict.fromkeys(entry.subject for entry in entries)
    return [row for row in await asyncio.gather(*map(one, people)) if row is not None]


async def requests(context: Context) -> list[MyRequest]:
    """The doctor's requests, the newest first; those that are not on the chain yet on top."""
    now = await context.time()
    waiting = [
        await _unsent(context, job)
        for job in await context.local.jobs((JobState.PENDING, JobState.FAILED, JobState.DRAFT))
        if job.kind == "access-request"
    ]
    entries = await _about_me(context)
    sent = []
    for place, entry in enumerate(entries):
        if entry.action == Action.ACCESS_REQUESTED:
            later = [e for e in entries[place + 1 :] if e.subject == entry.subject]
            sent.append(await _request(context, entry, later, now))
    return waiting + sent[::-1]


async def _about_me(context: Context) -> list[AuditEntry]:
    actions = (Action.ACCESS_REQUESTED, Action.ACCESS_REVOKED, *ANSWERS)
    return await context.local.entries(ref=address_word(context.me), actions=list(actions))


async def _patient(
    context: Context, patient: Address, entries: Sequence[AuditEntry], now: int
) -> MyPatient | None:
    own = [entry for entry in entries if entry.subject == patient]
    held = await context.chain.grant(patient, context.me)
    label = await label_of(context, patient)
    if held is not None and held.live(now):
        return await _running(context, held, label)
    if held is not None and held.request_open:
        asked = [e for e in own if e.action == Action.ACCESS_REQUESTED]
        since = asked[-1].meta.time if asked else 0
        return MyPatient(patient, AccessState.WAITING, label, since=since)
    grants = [e for e in own if e.action in (Action.ACCESS_GRANTED, Action.ACCESS_REVOKED)]
    if not grants:
        return None
    last = grants[-1]
    until = last.meta.time if last.action == Action.ACCESS_REVOKED else last.meta.expiry
    return MyPatient(patient, AccessState.ENDED, label, until=until)


async def _running(context: Context, held: Grant, label: str) -> MyPatient:
    patient = held.patient
    keys = await _keys(context, patient)
    permission = permission_of(held.scope, keys.slots) if keys is not None else Permission()
    person = await _person(context, patient)
    name = f"{person.given} {person.family}" if person is not None else label
    written = await context.local.entries(subject=patient, actions=list(WRITES))
    shown = [e for e in written if held.reads(Slot(record_slot(RecordId(e.ref))))]
    looks = await context.local.entries(
        subject=patient, actor=context.me, ref=CHART, actions=[Action.CONSULTED]
    )
    seen = (looks[-1].block, looks[-1].log_index) if looks else (0, 0)
    others = [e for e in shown if (e.block, e.log_index) > seen and e.actor != context.me]
    clinical = [e for e in shown if record_slot(RecordId(e.ref)) != 0]
    return MyPatient(
        patient=patient,
        state=AccessState.RUNNING,
        name=name,
        person=person,
        permission=permission,
        until=held.expiry,
        since=held.since,
        last=_last(clinical, keys),
        new=len({e.ref for e in others}) if looks else 0,
    )


def _last(shown: Sequence[AuditEntry], keys: Keys | None) -> Last | None:
    if not shown:
        return None
    entry = shown[-1]
    slot = Slot(record_slot(RecordId(entry.ref)))
    category = keys.slots.category(slot) if keys is not None else None
    return Last(category, entry.actor, entry.meta.time)


async def _keys(context: Context, patient: Address) -> Keys | None:
    try:
        return await keys_to(context, patient)
    except (IntegrityError, NoAccess):
        # One patient's envelope that cannot be opened hides no other patient.
        return None


async def _person(context: Context, patient: Address) -> Demographics | None:
    """A patient's own data, opened once a version, the look logged; None where they cannot be."""
    try:
        record = await profile_record(context, patient)
        if record is None:
            return None
        written = await context.local.entries(subject=patient, ref=record, actions=list(WRITES))
        digest = written[-1].digest
        found = await kept(context, patient, record, len(written), digest)
        if found is None:
            reader = await RecordReader.open(context, patient)
            opened = await reader.read(record)
            seen = await context.local.entries(
                subject=patient, actor=context.me, ref=record, actions=[Action.CONSULTED]
            )
            if all(entry.digest != opened.entry.digest for entry in seen):
                await log_look(context, patient, record, opened.entry.digest)
            found = await read_contents(reader, opened, True)
            await keep(context, patient, record, opened.version, found)
        return from_fhir(found.data or b"")
    except MedRecError:
        return None


def _latest(row: MyPatient) -> int:
    return row.last.time if row.last is not None else row.since or row.until


async def _unsent(context: Context, job: Job) -> MyRequest:
    patient = Address(str(job.result.get("patient", "")))
    if job.is_wish:
        copy: Copy | None = wished(job.result, job.created)
    else:
        digest = getattr(job.steps[-1].call, "request", None)
        copy = await copy_of(context, digest) if digest is not None else None
    state = RequestState.SENDING if job.state is JobState.PENDING else RequestState.NOT_SENT
    return MyRequest(
        patient=patient,
        state=state,
        made=job.created,
        name=await name_of(context, patient),
        asked=copy,
        job=job.id,
        error=job.error,
    )


async def _request(
    context: Context, entry: AuditEntry, later: Sequence[AuditEntry], now: int
) -> MyRequest:
    asked = await copy_of(context, entry.digest)
    answer = next((e for e in later if e.action in ANSWERS), None)
    missing: tuple[Category, ...] = ()
    if answer is None:
        over = asked is not None and asked.until <= now
        state = RequestState.UNANSWERED if over else RequestState.OPEN
    elif answer.action == Action.ACCESS_GRANTED:
        missing = await _missing(context, answer, asked)
        state = RequestState.IN_PART if missing else RequestState.GRANTED
    else:
        state = RequestState(ANSWERS[Action(answer.action)])
    return MyRequest(
        patient=entry.subject,
        state=state,
        made=entry.meta.time,
        name=await name_of(context, entry.subject),
        asked=asked,
        answered=answer.meta.time if answer is not None else 0,
        missing=missing,
    )


async def _missing(
    context: Context, answer: AuditEntry, asked: Copy | None
) -> tuple[Category, ...]:
    """What was asked for and not given; nothing where that is not known."""
    keys = await _keys(context, answer.subject)
    if keys is None or asked is None:
        return ()
    given = permission_of(Scope.unpack(answer.meta.scope), keys.slots)
    return tuple(
        c
        for c in Category
        if c in asked.permission.read - given.read or c in asked.permission.write - given.write
    )


async def name_of(context: Context, patient: Address) -> str:
    """The patient's name as it was read in this session, else what the doctor typed, else empty."""
    record = await profile_record(context, patient)
    if record is not None:
        written = await context.local.entries(subject=patient, ref=record, actions=list(WRITES))
        found = await kept(context, patient, record, len(written), written[-1].digest)
        if found is not None and found.data:
            person = from_fhir(found.data)
            return f"{person.given} {person.family}"
    return await label_of(context, patient)
