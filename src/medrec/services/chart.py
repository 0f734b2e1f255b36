"""A patient's chart: every readable record opened once, with the clinical facts in it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from medrec.clinical.facts import LABORATORY, OTHER, VITALS, Facts, facts_of, merge
from medrec.clinical.facts_vitals import usual_ranges
from medrec.clinical.patient import Demographics, from_fhir
from medrec.clinical.preview import preview_of
from medrec.clinical.reading import FHIR_JSON
from medrec.clinical.summary import time_of
from medrec.clinical.values import order
from medrec.crypto.codec import encode
from medrec.crypto.fields import Fields
from medrec.crypto.slots import permission_of
from medrec.domain.categories import GRANTABLE, Category, Permission, Slot
from medrec.domain.entries import AuditEntry
from medrec.domain.ids import Address, Digest, RecordId, address_bytes, record_creator
from medrec.domain.people import Grant
from medrec.errors import InputRefused, IntegrityError, NetworkError
from medrec.services.contents import SPACE, Contents, keep, kept, read_contents, shelf
from medrec.services.context import Context
from medrec.services.reading import RecordReader
from medrec.services.records import RecordRow, chart_of, rows_of

_INDEX = "index"
_ROW = ("record", "category", "title", "version", "author", "time", "archived", "why", "digest")
_NOTHING = Facts()
_KINDS = {Category.VITALS: VITALS, Category.LABORATORY: LABORATORY}


@dataclass(frozen=True, slots=True)
class ChartRecord:
    """One record of a chart, with what its last version says.

    ``when`` is the clinical time, or when it was written (Unix seconds). ``media_type`` is empty
    where the record could not be opened; ``row.why`` says so.
    """

    row: RecordRow
    media_type: str = ""
    when: int = 0
    attachments: int = 0
    facts: Facts = _NOTHING
    preview: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole chart, as far as the account may read it.

    ``facts`` are those of all records that are not archived. ``closed`` are the categories that
    the account may not read, ``permission`` and ``until`` (Unix seconds) a doctor's access, None
    for one's own record. ``allergies_reviewed`` is when allergies were last written about.
    ``stale_since`` is when the chart was last read from the network, where it is not now.
    ``slots`` are the patient's slots that the account was told of.
    """

    patient: Address
    demographics: Demographics | None
    verified: bool
    records: tuple[ChartRecord, ...]
    facts: Facts
    closed: frozenset[Category] = frozenset()
    allergies_reviewed: int | None = None
    permission: Permission | None = None
    until: int | None = None
    stale_since: int | None = None
    slots: Mapping[Slot, Category] = field(default_factory=dict, repr=False)

    def record(self, key: str) -> ChartRecord | None:
        """The record of an id in hex."""
        return next((r for r in self.records if r.row.record.hex() == key), None)


async def load(context: Context, patient: Address) -> Chart:
    """Open the chart, oldest record first; a doctor's look is logged before anything is opened.

    One's own chart is given as it was last seen when the network is away.

    Raises:
        UnknownPatient, NoAccess, AccessEnded, DoctorNotVerified, and what the outbox raises when
        the look cannot be logged.
        NetworkError subclasses: when nothing is kept here.
    """
    if patient != context.me:
        return await _read(context, patient)
    try:
        chart = await _read(context, patient)
    except NetworkError:
        known = await _remembered(context)
        if known is None:
            raise
        return known
    return chart


async def _read(context: Context, patient: Address) -> Chart:
    reader, created = await chart_of(context, patient)
    digests: dict[RecordId, Digest] = {}

    async def look(record: RecordId, last: AuditEntry) -> Contents:
        digests[record] = last.digest
        return await _contents(reader, record, last)

    rows = await rows_of(reader, created, look)
    known = await context.chain.patient(patient)
    verified = known is not None and known.verified
    by_category = reader.keys.slots.by_category
    slots = {slot: category for category, slot in by_category.items()}
    chart = replace(await _chart(context, patient, rows, verified), slots=slots)
    if patient == context.me:
        await _remember(context, rows, digests, verified)
        return chart
    return _limited(chart, reader, reader.grant)


def _limited(chart: Chart, reader: RecordReader, grant: Grant | None) -> Chart:
    """The chart with what its reader may and may not open."""
    if grant is None:
        return chart
    permission = permission_of(grant.scope, reader.keys.slots)
    closed = frozenset(GRANTABLE) - permission.read
    return replace(chart, closed=closed, permission=permission, until=grant.expiry)


async def _contents(reader: RecordReader, record: RecordId, last: AuditEntry) -> Contents:
    """The record's last version: kept from before, or opened and checked now."""
    context, patient = reader.context, reader.patient
    version = last.meta.version
    before = await kept(context, patient, record, version, last.digest)
    if before is not None:
        return before
    opened = await reader.read(record)
    main = opened.manifest.parts[0].media_type
    contents = await read_contents(reader, opened, main == FHIR_JSON or main.startswith("text/"))
    if opened.entry.digest == last.digest:
        await keep(context, patient, record, opened.version, contents)
    return contents


async def _chart(
    context: Context,
    patient: Address,
    rows: Sequence[tuple[RecordRow, Contents | None]],
    verified: bool,
) -> Chart:
    person = await asyncio.to_thread(_person, patient, rows)
    born = person.birth_date if person is not None else ""
    made = shelf(context).made
    records = []
    for row, contents in rows:
        source = (row, contents.digest if contents is not None else None, born)
        before, record = made.get((patient, row.record), (None, None))
        if before != source:
            record = await asyncio.to_thread(_parsed, row, contents, born)
            made[patient, row.record] = source, record
        records.append(record)
    facts = await asyncio.to_thread(merge, [r.facts for r in records if not r.row.archived])
    return Chart(
        patient=patient,
        demographics=person,
        verified=verified,
        records=tuple(records),
        facts=facts,
        allergies_reviewed=_reviewed(records),
    )


def _person(
    patient: Address, rows: Sequence[tuple[RecordRow, Contents | None]]
) -> Demographics | None:
    """The patient's own data: the first record of identity that the patient created."""
    for row, contents in rows:
        own = record_creator(row.record) == address_bytes(patient)
        if row.category is Category.IDENTITY and own and contents is not None:
            try:
                return from_fhir(contents.data or b"")
            except InputRefused:
                return None
    return None


def _parsed(row: RecordRow, contents: Contents | None, born: str) -> ChartRecord:
    if contents is None:
        return ChartRecord(row, when=row.time)
    data = contents.data or b""
    facts, when = Facts(), row.time
    if contents.media_type == FHIR_JSON:
        source = (row.record.hex(), row.author)
        kind = _KINDS.get(row.category, OTHER)
        facts = usual_ranges(facts_of(data, source, kind=kind, written=row.time), born)
        when = clinical_time(contents.media_type, data, row.time)
    return ChartRecord(
        row=row,
        media_type=contents.media_type,
        when=when,
        attachments=len(contents.attachments),
        facts=facts,
        preview=preview_of(contents.media_type, data),
    )


def clinical_time(media_type: str, data: bytes, written: int) -> int:
    """When it happened that a record tells of, or when it was written (Unix seconds)."""
    if media_type != FHIR_JSON:
        return written
    try:
        found = order(time_of(data))
    except InputRefused:
        return written
    return written if found == float("-inf") else int(found)


def _reviewed(records: Sequence[ChartRecord]) -> int | None:
    """When somebody last wrote about allergies."""
    told = [
        record.row.time
        for record in records
        if not record.row.archived
        and (
            record.row.category is Category.ALLERGIES
            or record.facts.allergies
            or any(fact.kind == "no allergy" for fact in record.facts.denied)
        )
    ]
    return max(told, default=None)


async def _remember(
    context: Context,
    rows: Sequence[tuple[RecordRow, Contents | None]],
    digests: dict[RecordId, Digest],
    verified: bool,
) -> None:
    """Keep the list of one's own records; their contents are kept already."""
    listed = [_dump_row(row, digests.get(row.record)) for row, _ in rows]
    plain = {"v": 1, "at": await context.time(), "verified": verified, "rows": listed}
    await context.local.put(SPACE, _INDEX, encode(plain))


async def known_titles(context: Context) -> dict[RecordId, str]:
    """The titles of one's own records as the chart last opened them on this computer."""
    index = await _kept_index(context)
    if index is None:
        return {}
    return {row.record: row.title for row, _ in index[0] if row.title}


async def _kept_index(
    context: Context,
) -> tuple[list[tuple[RecordRow, Digest | None]], int, bool] | None:
    """The kept list of one's own records, when it was made, and whether one was verified."""
    blob = await context.local.get(SPACE, _INDEX)
    if blob is None:
        return None
    try:
        fields = Fields.decode(blob, ("at", "verified", "rows"), "the kept chart")
        pairs = [_load_row(item) for item in fields.items("rows")]
        return pairs, fields.integer("at"), fields.boolean("verified")
    except IntegrityError:
        return None


async def _remembered(context: Context) -> Chart | None:
    """One's own chart as it was when the network last answered."""
    index = await _kept_index(context)
    if index is None:
        return None
    pairs, at, verified = index
    rows: list[tuple[RecordRow, Contents | None]] = []
    for row, digest in pairs:
        found = None
        if digest is not None:
            found = await kept(context, context.me, row.record, row.version, digest)
        rows.append((row, found))
    slots = {slot: category for category, slot in context.slots.by_category.items()}
    return replace(await _chart(context, context.me, rows, verified), stale_since=at, slots=slots)


def _dump_row(row: RecordRow, digest: Digest | None) -> dict[str, object]:
    return {
        "v": 1,
        "record": bytes(row.record),
        "category": row.category.value,
        "title": row.title,
        "version": row.version,
        "author": row.author,
        "time": row.time,
        "archived": row.archived,
        "why": row.why,
        "digest": bytes(digest) if digest is not None else None,
    }


def _load_row(item: object) -> tuple[RecordRow, Digest | None]:
    fields = Fields(item, {*_ROW, "v"}, "a kept row")
    row = RecordRow(
        record=RecordId(fields.raw("record", 32)),
        category=Category(fields.text("category")),
        title=None if fields.value("title") is None else fields.text("title"),
        version=fields.integer("version"),
        author=fields.address("author"),
        time=fields.integer("time"),
        archived=fields.boolean("archived"),
        why=fields.text("why"),
    )
    return row, None if fields.value("digest") is None else fields.digest("digest")
