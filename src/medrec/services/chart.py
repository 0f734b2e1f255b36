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
from medrec.crypto.slots import permission_of
from medrec.domain.categories import GRANTABLE, Category, Permission, Slot
from medrec.domain.entries import AuditEntry
from medrec.domain.ids import Address, Digest, RecordId, address_bytes, record_creator
from medrec.errors import (
    AccessEnded,
    DoctorNotVerified,
    InputRefused,
    MedRecError,
    NetworkError,
    NoAccess,
    NotRegisteredYet,
    OriginDenies,
    UnknownPatient,
)
from medrec.services.chart_index import Rows, known_titles, remember, remembered
from medrec.services.contents import Contents, keep, kept, read_contents, shelf
from medrec.services.context import Context
from medrec.services.index import check_subject
from medrec.services.layers import last_before, written_before
from medrec.services.origins import Missing, reached
from medrec.services.reading import RecordReader
from medrec.services.records import RecordRow, chart_of, rows_of
from medrec.services.references import check_reference

__all__ = ["Chart", "ChartRecord", "clinical_time", "known_titles", "load"]

REFUSED = (UnknownPatient, NoAccess, NotRegisteredYet, AccessEnded, DoctorNotVerified)
"""What one network answers while another may still let the account read."""

_NOTHING = Facts()
_KINDS = {Category.VITALS: VITALS, Category.LABORATORY: LABORATORY}


@dataclass(frozen=True, slots=True)
class ChartRecord:
    """One record of a chart, with what its last version says.

    ``when`` is the clinical time, or when it was written (Unix seconds). ``media_type`` is empty
    where the record could not be opened; ``row.why`` says so. ``origin`` names the network of
    before in which it lies, and ``before`` counts the versions in networks before its own.
    """

    row: RecordRow
    media_type: str = ""
    when: int = 0
    attachments: int = 0
    facts: Facts = _NOTHING
    preview: str = ""
    origin: str = ""
    before: int = 0

    @property
    def version(self) -> int:
        """Its last version, counted through all networks."""
        return self.before + self.row.version


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole chart, as far as the account may read it.

    ``facts`` are those of all records that are not archived. ``closed`` are the categories that
    the account may not read, ``permission`` and ``until`` (Unix seconds) a doctor's access, None
    for one's own record. ``allergies_reviewed`` is when allergies were last written about.
    ``stale_since`` is when the chart was last read from the network, where it is not now.
    ``missing`` is a network of before that could not be read; what lies there is not in the chart,
    or as it was read last where ``missing_kept``. ``ends`` is when the first access to a part of it
    ends. ``slots`` are the patient's slots that the account was told of.
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
    missing: Missing | None = None
    missing_kept: bool = False
    ends: int | None = None
    slots: Mapping[Slot, Category] = field(default_factory=dict, repr=False)

    def record(self, key: str) -> ChartRecord | None:
        """The record of an id in hex."""
        return next((r for r in self.records if r.row.record.hex() == key), None)


@dataclass
class _Layer:
    """What one network holds of the chart; ``reader`` is None where it was read before."""

    place: Context
    rows: Rows
    verified: bool
    reader: RecordReader | None = None
    at: int | None = None


async def load(context: Context, patient: Address) -> Chart:
    """Open the chart, oldest record first; a doctor's look is logged before anything is opened.

    Records of the networks before are among them, read where they lie. One's own chart is given as
    it was last seen when the network is away.

    Raises:
        UnknownPatient, NoAccess, AccessEnded, DoctorNotVerified where no network lets the account
        read, and what the outbox raises when the look cannot be logged.
        NetworkError subclasses: when nothing is kept here.
    """
    older, missing = await reached(context)
    layers: list[_Layer] = []
    refused: MedRecError | None = None
    if missing is not None:
        for place in reversed(context.origins[len(older) :]):
            layers += await _as_it_was(place, patient, missing.error)
    for number, place in enumerate((*reversed(older), context)):
        before = None if missing is not None else older[len(older) - number :]
        try:
            layers.append(await _read(place, before, patient))
        except REFUSED as no:
            refused = no
        except MedRecError as error:
            kept_here = await _as_it_was(place, patient, error)
            if place is context and not kept_here:
                raise
            layers += kept_here
            missing = missing or Missing(place.network, error)
    if refused is not None and not layers:
        raise refused
    chart = await _chart(context, patient, layers)
    if chart.stale_since is not None:
        return chart
    return replace(chart, missing=missing, missing_kept=any(x.at is not None for x in layers))


async def _as_it_was(place: Context, patient: Address, error: MedRecError) -> list[_Layer]:
    """One's own records in a network that is away, as they were read last."""
    away = isinstance(error, NetworkError) and not isinstance(error, OriginDenies)
    known = await remembered(place) if away and patient == place.me else None
    return [] if known is None else [_Layer(place, known.rows, known.verified, at=known.at)]


async def _read(place: Context, older: Sequence[Context] | None, patient: Address) -> _Layer:
    reader, created = await chart_of(place, patient)
    digests: dict[RecordId, Digest] = {}
    if older:
        for earlier in older:
            await check_subject(earlier, patient)

    async def look(record: RecordId, last: AuditEntry) -> Contents:
        digests[record] = last.digest
        contents = await _contents(reader, record, last)
        if older is not None:
            await _check(reader, older, record, last, contents)
        return contents

    rows = await rows_of(reader, created, look)
    known = await place.chain.patient(patient)
    verified = known is not None and known.verified
    if patient == place.me:
        await remember(place, rows, digests, verified)
    return _Layer(place, rows, verified, reader)


async def _check(
    reader: RecordReader,
    older: Sequence[Context],
    record: RecordId,
    last: AuditEntry,
    contents: Contents,
) -> None:
    """Compare a carried record with its origin, once for each of its versions."""
    earlier = await last_before(older, reader.patient, record)
    checked = shelf(reader.context).checked
    found = (reader.patient, record, last.digest, len(earlier[1]) if earlier is not None else 0)
    if found not in checked:
        await check_reference(reader, record, last.meta.version, contents.note, earlier)
        checked.add(found)


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


async def _chart(context: Context, patient: Address, layers: Sequence[_Layer]) -> Chart:
    person = await _person(patient, layers)
    born = person.birth_date if person is not None else ""
    found: dict[RecordId, ChartRecord] = {}
    slots: dict[Slot, Category] = {}
    for layer in layers:
        for record in await _records(context, patient, layer, born):
            found.pop(record.row.record, None)
            found[record.row.record] = record
        named = context.slots if layer.reader is None else layer.reader.keys.slots
        slots |= {slot: category for category, slot in named.by_category.items()}
    records = tuple(found.values())
    facts = await asyncio.to_thread(merge, [r.facts for r in records if not r.row.archived])
    here = layers[-1]
    return _limited(
        Chart(
            patient=patient,
            demographics=person,
            verified=here.verified and here.place is context,
            records=records,
            facts=facts,
            allergies_reviewed=_reviewed(records),
            stale_since=here.at if here.place is context else None,
            slots=slots,
        ),
        context,
        layers,
    )


def _limited(chart: Chart, context: Context, layers: Sequence[_Layer]) -> Chart:
    """The chart with what its reader may and may not open; written is in this network alone."""
    readers = [layer.reader for layer in layers if layer.reader is not None]
    grants = [reader.grant for reader in readers if reader.grant is not None]
    if not grants:
        return chart
    permission = permission_of(grants[-1].scope, readers[-1].keys.slots)
    if layers[-1].place is not context:
        permission = Permission(permission.read, frozenset())
    return replace(
        chart,
        closed=frozenset(GRANTABLE) - permission.read,
        permission=permission,
        until=grants[-1].expiry,
        ends=min(grant.expiry for grant in grants),
    )


async def _records(
    context: Context, patient: Address, layer: _Layer, born: str
) -> list[ChartRecord]:
    """The records of one network, with where they lie."""
    place = layer.place
    made = shelf(place).made
    places = (context, *context.origins)
    older = places[next(i for i, one in enumerate(places) if one is place) + 1 :]
    records = []
    for row, contents in layer.rows:
        source = (row, contents.digest if contents is not None else None, born)
        before, record = made.get((patient, row.record), (None, None))
        if before != source:
            record = await asyncio.to_thread(_parsed, row, contents, born)
            made[patient, row.record] = source, record
        if context.origins:
            record = replace(
                record,
                origin="" if place is context else place.network.name,
                before=await written_before(older, patient, row.record),
            )
        records.append(record)
    return records


async def _person(patient: Address, layers: Sequence[_Layer]) -> Demographics | None:
    """The patient's own data: what the latest network that holds them says."""
    for layer in reversed(layers):
        person = await asyncio.to_thread(_told, patient, layer.rows)
        if person is not None:
            return person
    return None


def _told(patient: Address, rows: Rows) -> Demographics | None:
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
