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
    OriginDenies,
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
from medrec.services import origins
from medrec.services.chart import clinical_time
from medrec.services.contents import kept
from medrec.services.context import Context
from medrec.services.origins import Placed, Versions
from medrec.services.reading import RecordReader
from medrec.services.references import Reference
from medrec.services.rights import live_grant

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
    origin: str = ""

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
            row.origin,
        )


async def open_page(
    session: Session, patient: Address, record: RecordId, version: int | None = None
) -> RecordPage:
    """Open a version (the last when None); a doctor's look is logged first.

    One's own record that was opened before is shown as it is kept here when the network is away.

    Raises:
        As `medrec.services.origins.opened` and `RecordReader.stream`.
    """
    try:
        return await _open(session, patient, record, version)
    except OriginDenies:
        raise
    except NetworkError:
        kept_here = await _kept_page(session, patient, record, version)
        if kept_here is None:
            raise
        return kept_here


async def _open(
    session: Session, patient: Address, record: RecordId, version: int | None
) -> RecordPage:
    placed = await origins.opened(session.context, patient, record, version)
    reader, opened = placed.reader, placed.opened
    looks = await _looks(session, patient, record)
    called = await _called(session, placed.entries, looks)
    main = opened.manifest.parts[0]
    whole = main.size <= SHOWN_WHOLE
    may_amend, may_archive = await _rights(session, placed)
    data = await reader.part_bytes(opened, main) if whole else b""
    written = opened.manifest.created or opened.entry.meta.time
    theirs = record_creator(record) != address_bytes(patient)
    return RecordPage(
        record=record.hex(),
        title=opened.manifest.title,
        category=opened.category,
        versions=_lines(session, placed.entries, called, placed.version, opened.manifest.note),
        shown=placed.version,
        when=await asyncio.to_thread(clinical_time, main.media_type, data, written),
        media_type=main.media_type,
        data=data,
        name=main.name,
        attachments=_attachments(opened.manifest.parts if not whole else opened.manifest.parts[1:]),
        checks=PASSED,
        readers=_readers(session, looks, called) if patient == session.me else None,
        archived=placed.archived,
        may_amend=may_amend,
        may_archive=may_archive,
        may_ask_correction=theirs and patient == session.me and not placed.archived,
    )


async def open_comparison(
    session: Session, patient: Address, record: RecordId, older: int, newer: int
) -> ComparePage:
    """Two versions of a record beside each other; a doctor's look at each is logged.

    Raises:
        As `open_page`.
    """
    sides = [await _contents(session, patient, record, n) for n in (older, newer)]
    (left, placed), (right, last) = sides
    return ComparePage(
        last.opened.manifest.title, placed.opened.category, left, right, last.versions
    )


async def _kept_page(
    session: Session, patient: Address, record: RecordId, version: int | None
) -> RecordPage | None:
    """The page of a version of one's own that was opened before, out of the local database."""
    context = session.context
    if patient != session.me:
        return None
    written = await _known_versions(context, record)
    number = len(written) if version is None else version
    category = context.slots.category(Slot(record_slot(record)))
    if not 1 <= number <= len(written) or category is None:
        return None
    place, entry = written[number - 1]
    found = await kept(place, patient, record, entry.meta.version, entry.digest)
    if found is None:
        return None
    history = [(e, None if p is context else p.network) for p, e in written]
    looks = await _looks(session, patient, record)
    called = await _called(session, history, looks)
    mine = record_creator(record) == address_bytes(patient)
    archived = await _known_archived(written[-1][0], record)
    lines = [AttachmentLine(a.name, a.media_type, a.size) for a in found.attachments]
    own = AttachmentLine(found.name, found.media_type, found.size)
    at = found.created or entry.meta.time
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


async def _known_versions(context: Context, record: RecordId) -> list[tuple[Context, AuditEntry]]:
    """The entries of one's own record that the indexes hold, oldest first, and where they lie."""
    wanted = [Action.RECORD_CREATED, Action.RECORD_UPDATED]
    return [
        (place, entry)
        for place in (*reversed(context.origins), context)
        for entry in await place.local.entries(subject=context.me, ref=record, actions=wanted)
    ]


async def _known_archived(place: Context, record: RecordId) -> bool:
    actions = [Action.RECORD_ARCHIVED]
    return bool(await place.local.entries(subject=place.me, ref=record, actions=actions))


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
    line = VersionLine(
        known.version,
        known.author,
        known.when,
        author_address=known.author_address,
        origin=known.origin,
    )
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
) -> tuple[VersionContents, Placed]:
    placed = await origins.opened(session.context, patient, record, version)
    manifest = placed.opened.manifest
    called = await _called(session, placed.entries, ())
    main = manifest.parts[0]
    lines = _lines(session, placed.entries, called, version, manifest.note)
    whole = main.size <= SHOWN_WHOLE
    side = VersionContents(
        line=lines[version - 1],
        media_type=main.media_type,
        data=await placed.reader.part_bytes(placed.opened, main) if whole else b"",
        attachments=_attachments(manifest.parts[1:]),
        current=placed.version == placed.versions,
    )
    return side, placed


async def _called(
    session: Session, history: Versions, looks: Sequence[AuditEntry]
) -> Mapping[Address, str]:
    who = [entry.actor for entry, _ in history] + [entry.actor for entry in looks]
    return await session.names(who, before=any(origin is not None for _, origin in history))


def _lines(
    session: Session,
    history: Versions,
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
            origin="" if origin is None else origin.name,
        )
        for number, (entry, origin) in enumerate(history, 1)
    ]
    # Why a version was written lies sealed in it: known of the opened one only. What a carried
    # record goes on from was compared, and is said by the page in its own words.
    reason = "" if Reference.of_note(note) is not None else note
    lines[opened - 1] = replace(lines[opened - 1], reason=reason)
    return tuple(lines)


def _attachments(parts: Sequence[Part]) -> tuple[AttachmentLine, ...]:
    return tuple(AttachmentLine(part.name, part.media_type, part.size) for part in parts)


async def _looks(session: Session, patient: Address, record: RecordId) -> list[AuditEntry]:
    if patient != session.me:
        return []
    found: list[AuditEntry] = []
    for place in (session.context, *session.context.origins):
        found += await place.local.entries(subject=patient, ref=record, actions=[Action.CONSULTED])
    return found


def _readers(
    session: Session, looks: Sequence[AuditEntry], called: Mapping[Address, str]
) -> tuple[ReaderLine, ...]:
    times = Counter(entry.actor for entry in looks)
    last: dict[Address, int] = {}
    for entry in looks:
        last[entry.actor] = max(entry.meta.time, last.get(entry.actor, 0))
    return tuple(
        ReaderLine(called[who], times[who], last[who], who, session.face(who))
        for who in sorted(times, key=lambda who: last[who], reverse=True)
    )


async def _rights(session: Session, placed: Placed) -> tuple[bool, bool]:
    """Whether the account may write the next version, and archive, as far as is known here.

    A next version lies in this network. A record of before goes on by the hand of its author alone,
    and is archived where it lies.
    """
    reader, record = placed.reader, placed.opened.record
    creator, patient = record_creator(record), reader.patient
    by_patient = creator == address_bytes(patient)
    if placed.archived or by_patient != (patient == session.me):
        return False, False
    if patient == session.me:
        free = placed.opened.category is not Category.IDENTITY
        return free, free
    context = session.context
    slot = Slot(record_slot(record))
    last = placed.entries[-1][1]
    here = await _writes(reader, context, slot)
    if last is None:
        return here, here
    mine = creator == address_bytes(session.me)
    holder = next(place for place in context.origins if place.network == last)
    return mine and here, mine and await _writes(reader, holder, slot)


async def _writes(reader: RecordReader, place: Context, slot: Slot) -> bool:
    """Whether a doctor may write in a slot of the patient's in a network."""
    grant = reader.grant
    if place is not reader.context:
        try:
            grant = await live_grant(place, reader.patient)
        except MedRecError:
            return False
    return grant is not None and slot in grant.scope.write
