"""A patient's records as people read them: the list, the history, one version."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from medrec.crypto.record import Manifest
from medrec.domain.categories import Category, Slot
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import Address, RecordId, record_slot
from medrec.domain.people import RecordHead
from medrec.errors import IntegrityError, UnknownPatient
from medrec.services.consultations import log_chart_look, log_look
from medrec.services.context import Context
from medrec.services.reading import OpenedRecord, RecordReader

AT_ONCE = 8
"""Records that are opened at the same time: a network's delay is waited for together."""


class Titled(Protocol):
    """Whatever was found in a record, as far as a row needs it."""

    @property
    def title(self) -> str:
        """The record's title."""
        ...


L = TypeVar("L", bound=Titled)


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record in the list. ``title`` is None where it cannot be opened, and ``why`` says so."""

    record: RecordId
    category: Category
    title: str | None
    version: int
    author: Address
    time: int
    archived: bool
    why: str = ""


async def listed(context: Context, patient: Address) -> list[RecordRow]:
    """The records that the account may read, oldest first; a doctor's look is logged first.

    Raises:
        UnknownPatient, NoAccess, AccessEnded, DoctorNotVerified.
    """
    reader, created = await chart_of(context, patient)

    async def look(record: RecordId, last: AuditEntry) -> Manifest:
        return (await reader.read(record)).manifest

    return [row for row, _ in await rows_of(reader, created, look)]


async def chart_of(context: Context, patient: Address) -> tuple[RecordReader, list[AuditEntry]]:
    """Open a chart: a reader, and the entries that created what the account may read.

    A doctor's look is on the chain before this returns.

    Raises:
        UnknownPatient, NoAccess, AccessEnded, DoctorNotVerified.
    """
    if await context.chain.patient(patient) is None:
        raise UnknownPatient(patient=patient)
    reader = await RecordReader.open(context, patient)
    await log_chart_look(context, patient)
    created = await context.local.entries(subject=patient, actions=[Action.RECORD_CREATED])
    return reader, [e for e in created if reader.readable(Slot(record_slot(RecordId(e.ref))))]


async def rows_of(
    reader: RecordReader,
    created: Sequence[AuditEntry],
    look: Callable[[RecordId, AuditEntry], Awaitable[L]],
) -> list[tuple[RecordRow, L | None]]:
    """The row of each record with what ``look`` made of its last version, some at a time.

    ``look`` is given the record and the entry of its last version; where it finds the record
    wrong, the row says why and stands without.
    """
    turn = asyncio.Semaphore(AT_ONCE)
    done = 0
    wanted = [RecordId(entry.ref) for entry in created]
    heads = await reader.context.chain.records(reader.patient, wanted)

    async def one(entry: AuditEntry) -> tuple[RecordRow, L | None]:
        nonlocal done
        async with turn:
            record = RecordId(entry.ref)
            found = await _row(reader, record, entry, heads[record], look)
        done += 1
        reader.context.notifier.progress("Opening records", done, len(created))
        return found

    rows: list[tuple[RecordRow, L | None]] = []
    for found in await asyncio.gather(*map(one, created), return_exceptions=True):
        if isinstance(found, BaseException):
            raise found
        rows.append(found)
    return rows


async def _row(
    reader: RecordReader,
    record: RecordId,
    created: AuditEntry,
    head: RecordHead | None,
    look: Callable[[RecordId, AuditEntry], Awaitable[L]],
) -> tuple[RecordRow, L | None]:
    category = reader.keys.category(Slot(record_slot(record)))
    try:
        history, head = await reader.history(record, head)
    except IntegrityError as error:
        # One record that is wrong hides no other.
        time = created.meta.time
        row = RecordRow(record, category, None, 1, created.actor, time, False, error.sentence)
        return row, None
    last = history[-1]
    found: L | None = None
    why = ""
    try:
        found = await look(record, last)
    except IntegrityError as error:
        why = error.sentence
    row = RecordRow(
        record=record,
        category=category,
        title=None if found is None else found.title,
        version=head.version,
        author=last.actor,
        time=last.meta.time,
        archived=head.archived,
        why=why,
    )
    return row, found


async def history(context: Context, patient: Address, record: RecordId) -> list[AuditEntry]:
    """The entries of all versions of a record, oldest first.

    Raises:
        UnknownPatient, NoSuchRecord, WrongRecordChain, NoAccess, AccessEnded.
    """
    reader = await RecordReader.open(context, patient)
    versions, _ = await reader.history(record)
    return versions


async def opened(
    context: Context, patient: Address, record: RecordId, version: int | None = None
) -> tuple[RecordReader, OpenedRecord]:
    """Open a version; a doctor's look is on the chain before this returns.

    Raises:
        As `RecordReader.read`, and what the outbox raises when the look cannot be logged.
    """
    reader = await RecordReader.open(context, patient)
    found = await reader.read(record, version)
    await log_look(context, patient, record, found.entry.digest)
    return reader, found
