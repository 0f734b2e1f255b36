"""A version of a record, opened through the services, as the page that a view shows."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from medrec.crypto.record import Part
from medrec.domain.categories import Category, Slot
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import Address, RecordId, address_bytes, record_creator, record_slot
from medrec.errors import (
    AccessEnded,
    Arriving,
    BadObject,
    BlockChanged,
    CategoryNotShared,
    IntegrityError,
    KeyCommitmentWrong,
    MedRecError,
    NetworkError,
    NoAccess,
    NoKey,
    SealBroken,
    Truncated,
)
from medrec.models.record_page import (
    PASSED,
    AttachmentLine,
    Check,
    CheckName,
    ComparePage,
    PageState,
    ReaderLine,
    RecordPage,
    VersionContents,
    VersionLine,
    failed,
)
from medrec.models.session import Session
from medrec.models.timeline_row import TimelineRow
from medrec.services import records
from medrec.services.chart import clinical_time
from medrec.services.contents import kept
from medrec.services.reading import OpenedRecord, RecordReader

SHOWN_WHOLE = 48 << 20
"""Bytes of a record's own file that are taken into memory to be shown; a larger one is saved."""

_FAILED_AT: Mapping[type[IntegrityError], CheckName] = {
    BlockChanged: CheckName.CONTENTS,
    BadObject: CheckName.CONTENTS,
    KeyCommitmentWrong: CheckName.SEAL,
    NoKey: CheckName.SEAL,
    SealBroken: CheckName.SEAL,
    Truncated: CheckName.COMPLETE,
}

_DENIED = (NoAccess, AccessEnded, CategoryNotShared)


@dataclass(frozen=True, slots=True)
class Known:
    """What a list already shows of a record, while it is being opened or cannot be."""

    record: RecordId
    title: str
    category: Category
    when: int = 0
    version: int = 1
    author: str = ""
    author_address: str = ""

    @classmethod
    def of(cls, row: TimelineRow) -> Known | None:
        """What a row of a timeline shows; None for one that is not a record yet."""
        if not isinstance(row.key, str):
            return None
        return cls(
            RecordId(bytes.fromhex(row.key)),
            row.title,
            row.category,
            row.when,
            row.version,
            row.author,
            row.author_address,
        )


async def open_page(
    session: Session, patient: Address, record: RecordId, version: int | None = None
) -> RecordPage:
    """Open a version (the last when None); a doctor's look is logged first.

    One's own record that was opened before is shown as it is kept here when the network is away.

    Raises:
        As `medrec.services.records.opened` and `RecordReader.stream`.
    """
    try:
        return await _open(session, patient, record, version)
    except NetworkError:
        kept_here = await _kept_page(session, patient, record, version)
        if kept_here is None:
            raise
        return kept_here


async def _open(
    session: Session, patient: Address, record: RecordId, version: int | None
) -> RecordPage:
    reader, opened = await records.opened(session.context, patient, record, version)
    history, _ = await reader.history(record)
    looks = await _looks(session, patient, record)
    called = await session.names(e.actor for e in (*history, *looks))
    main = opened.manifest.parts[0]
    whole = main.size <= SHOWN_WHOLE
    may = _changeable(session, reader, opened)
    data = await reader.part_bytes(opened, main) if whole else b""
    written = opened.manifest.created or opened.entry.meta.time
    theirs = record_creator(record) != address_bytes(patient)
    return RecordPage(
        record=record.hex(),
        title=opened.manifest.title,
        category=opened.category,
        versions=_lines(session, history, called, opened.version, opened.manifest.note),
        shown=opened.version,
        when=await asyncio.to_thread(clinical_time, main.media_type, data, written),
        media_type=main.media_type,
        data=data,
        name=main.name,
        attachments=_attachments(opened.manifest.parts if not whole else opened.manifest.parts[1:]),
        checks=PASSED,
        readers=_readers(session, looks, called) if patient == session.me else None,
        archived=opened.archived,
        may_amend=may,
        may_archive=may,
        may_ask_correction=theirs and patient == session.me and not opened.archived,
    )


async def open_comparison(
    session: Session, patient: Address, record: RecordId, older: int, newer: int
) -> ComparePage:
    """Two versions of a record beside each other; a doctor's look at each is logged.

    Raises:
        As `open_page`.
    """
    sides = [await _contents(session, patient, record, n) for n in (older, newer)]
    (left, opened), (right, last) = sides
    return ComparePage(last.manifest.title, opened.category, left, right, last.versions)


async def _kept_page(
    session: Session, patient: Address, record: RecordId, version: int | None
) -> RecordPage | None:
    """The page of a version of one's own that was opened before, out of the local database."""
    context = session.context
    if patient != session.me:
        return None
    written = [Action.RECORD_CREATED, Action.RECORD_UPDATED, Action.RECORD_ARCHIVED]
    entries = await context.local.entries(subject=patient, ref=record, actions=written)
    history = [entry for entry in entries if entry.action != Action.RECORD_ARCHIVED]
    number = len(history) if version is None else version
    category = context.slots.category(Slot(record_slot(record)))
    if not 1 <= number <= len(history) or category is None:
        return None
    found = await kept(context, patient, record, number, history[number - 1].digest)
    if found is None:
        return None
    looks = await _looks(session, patient, record)
    called = await session.names(e.actor for e in (*history, *looks))
    mine = record_creator(record) == address_bytes(patient)
    archived = len(entries) > len(history)
    lines = [AttachmentLine(a.name, a.media_type, a.size) for a in found.attachments]
    own = AttachmentLine(found.name, found.media_type, found.size)
    at = found.created or history[number - 1].meta.time
    return RecordPage(
        record=record.hex(),
        title=found.title,
        category=category,
        versions=_lines(session, history, called, number, found.note),
        shown=number,
        when=await asyncio.to_thread(clinical_time, found.media_type, found.data or b"", at),
        media_type=found.media_type,
        data=found.data or b"",
        name=found.name,
        attachments=tuple(lines if found.data is not None else [own, *lines]),
        readers=_readers(session, looks, called),
        archived=archived,
        # Both wait on this computer until the network is back; archiving does not.
        may_amend=mine and not archived and category is not Category.IDENTITY,
        may_ask_correction=not mine and not archived,
    )


def loading(known: Known) -> RecordPage:
    """The page while a record is being opened."""
    return _without_contents(known, PageState.LOADING, "", ())


def troubled(known: Known, error: MedRecError) -> RecordPage:
    """The page of a record that cannot be shown, with the check that it failed."""
    if isinstance(error, Arriving):
        return _without_contents(known, PageState.ARRIVING, error.sentence, ())
    if isinstance(error, IntegrityError):
        at = _FAILED_AT.get(type(error), CheckName.ON_CHAIN)
        return _without_contents(known, PageState.BROKEN, error.sentence, failed(at))
    state = PageState.DENIED if isinstance(error, _DENIED) else PageState.FAILED
    return _without_contents(known, state, error.sentence, ())


def _without_contents(
    known: Known, state: PageState, trouble: str, checks: tuple[Check, ...]
) -> RecordPage:
    line = VersionLine(known.version, known.author, known.when, author_address=known.author_address)
    return RecordPage(
        record=known.record.hex(),
        title=known.title,
        category=known.category,
        versions=(line,),
        shown=known.version,
        when=known.when,
        checks=checks,
        readers=None,
        state=state,
        trouble=trouble,
    )


async def _contents(
    session: Session, patient: Address, record: RecordId, version: int
) -> tuple[VersionContents, OpenedRecord]:
    reader, opened = await records.opened(session.context, patient, record, version)
    history, _ = await reader.history(record)
    called = await session.names(entry.actor for entry in history)
    main = opened.manifest.parts[0]
    side = VersionContents(
        line=_lines(session, history, called, version, opened.manifest.note)[version - 1],
        media_type=main.media_type,
        data=await reader.part_bytes(opened, main) if main.size <= SHOWN_WHOLE else b"",
        attachments=_attachments(opened.manifest.parts[1:]),
        current=opened.version == opened.versions,
    )
    return side, opened


def _lines(
    session: Session,
    history: Sequence[AuditEntry],
    called: Mapping[Address, str],
    opened: int,
    note: str,
) -> tuple[VersionLine, ...]:
    lines = [
        VersionLine(
            number=number,
            author=called[entry.actor],
            when=entry.meta.time,
            digest=entry.digest.hex(),
            block=entry.block,
            author_address=entry.actor,
            face=session.face(entry.actor),
        )
        for number, entry in enumerate(history, 1)
    ]
    # Why a version was written lies sealed in it: known of the opened one only.
    lines[opened - 1] = replace(lines[opened - 1], reason=note)
    return tuple(lines)


def _attachments(parts: Sequence[Part]) -> tuple[AttachmentLine, ...]:
    return tuple(AttachmentLine(part.name, part.media_type, part.size) for part in parts)


async def _looks(session: Session, patient: Address, record: RecordId) -> list[AuditEntry]:
    if patient != session.me:
        return []
    return await session.context.local.entries(
        subject=patient, ref=record, actions=[Action.CONSULTED]
    )


def _readers(
    session: Session, looks: Sequence[AuditEntry], called: Mapping[Address, str]
) -> tuple[ReaderLine, ...]:
    times = Counter(entry.actor for entry in looks)
    last = {entry.actor: entry.meta.time for entry in looks}
    return tuple(
        ReaderLine(called[who], times[who], last[who], who, session.face(who))
        for who in sorted(times, key=lambda who: last[who], reverse=True)
    )


def _changeable(session: Session, reader: RecordReader, opened: OpenedRecord) -> bool:
    """Whether the account may write the next version of it, as far as can be told from here."""
    by_patient = record_creator(opened.record) == address_bytes(reader.patient)
    if opened.archived or by_patient != (reader.patient == session.me):
        return False
    if reader.grant is None:
        return opened.category is not Category.IDENTITY
    return Slot(record_slot(opened.record)) in reader.grant.scope.write
