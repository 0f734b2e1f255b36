"""Taking over: records of before are opened where they were written, under their origin's seals.

A new version of the contracts stands at new addresses; nobody moves anything there. What was
written stays under the old contracts, whose addresses are part of every seal, and is read by the
old network's rights, keys and history. That a network follows another is said twice: by its file,
which a person chose, and by the old contracts, in which only their administrator can say it. A
record that is carried on gets its next version in the new contracts, and that version names the
one it follows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from medrec.crypto.record import Manifest
from medrec.domain.entries import AuditEntry
from medrec.domain.ids import Address, RecordId
from medrec.domain.network import Network
from medrec.domain.outbox import JobState
from medrec.errors import (
    AccessEnded,
    DoctorNotVerified,
    MedRecError,
    NoAccess,
    NoKey,
    NoSuchRecord,
    NoSuchVersion,
    NotRegisteredYet,
    OriginDenies,
    UnknownPatient,
)
from medrec.services import audit, records
from medrec.services.audit import Verified
from medrec.services.context import Context
from medrec.services.index import check_subject, sync
from medrec.services.layers import Layer, bare, last_before, layer_of
from medrec.services.reading import OpenedRecord, RecordReader
from medrec.services.records import RecordRow
from medrec.services.references import check_reference, named
from medrec.services.work import outbox

T = TypeVar("T")

Versions = list[tuple[AuditEntry, Network | None]]
"""Entries of a record's versions, oldest first, each with the network of before that holds it."""


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row of the list, and the network of before in which the record lies; None: in this one."""

    row: RecordRow
    origin: Network | None = None
    before: int = 0
    """Versions that the record had before it was carried on into this network."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An opened version and where it lies; versions are counted through all networks.

    ``entries`` are those of all versions; ``archived`` is what the last network says.
    """

    reader: RecordReader
    opened: OpenedRecord
    origin: Network | None
    version: int
    entries: Versions
    archived: bool

    @property
    def versions(self) -> int:
        """How many versions there are."""
        return len(self.entries)


@dataclass(frozen=True, slots=True)
class Missing:
    """A network of before that cannot be read now, and why; nor are those before it."""

    network: Network
    error: MedRecError


Followed = tuple[tuple[Context, ...], Missing | None]
"""The networks of before that could be followed, the latest first, and what stopped."""


async def follow(context: Context) -> tuple[Context, ...]:
    """The networks of before, each checked and its index followed; the latest one first.

    Raises:
        OriginDenies: when one does not announce what follows it.
        WrongChain, WrongCode, NodeDown, AuditBroken, HistoryForked.
    """
    places, missing = await reached(context)
    if missing is not None:
        raise missing.error
    return places


async def reached(context: Context) -> Followed:
    """The networks of before as far as they can be followed; what stops is told, not raised."""
    places: list[Context] = []
    newer = context.network
    for older in context.origins:
        try:
            await _follow(older, newer)
        except MedRecError as error:
            return tuple(places), Missing(older.network, error)
        places.append(older)
        newer = older.network
    return tuple(places), None


async def _follow(older: Context, newer: Network) -> None:
    await older.chain.check_network()
    if not await older.chain.announces(newer):
        raise OriginDenies(name=older.network.name)
    older.notifier.progress(f"Following “{older.network.name}”")
    await sync(older)
    if await older.local.jobs([JobState.PENDING]):
        # A look that was not logged yet.
        await outbox(older).resume()


async def announced(context: Context) -> list[Address]:
    """Contracts that the administrator announced as what follows these ones.

    It is news and changes nothing: MedRec goes on with the network of its file until somebody gives
    it another one.
    """
    head = await context.chain.head()
    return await context.chain.successors(context.network.deployed_at, head.number)


async def listed(context: Context, patient: Address) -> list[PlacedRow]:
    """The records that the account may read in this network and those of before, oldest first.

    Raises:
        As `follow`, and as `records.listed` where no network lets the account read.
    """
    found: dict[RecordId, PlacedRow] = {}
    refused: MedRecError | None = None
    opened = False
    older = await follow(context)
    for number, place in enumerate((*reversed(older), context)):
        origin = origin_of(place, context)
        try:
            rows = await _rows(place, older[len(older) - number :], patient)
        except (UnknownPatient, NoAccess, NotRegisteredYet, AccessEnded, DoctorNotVerified) as no:
            refused = no
            continue
        opened = True
        for row in rows:
            earlier = found.pop(row.record, None)
            before = 0 if earlier is None else earlier.before + earlier.row.version
            found[row.record] = PlacedRow(row, origin, before)
    if refused is not None and not opened:
        raise refused
    return list(found.values())


async def _rows(place: Context, older: Sequence[Context], patient: Address) -> list[RecordRow]:
    """One network's rows; what does not go on from those before it stands without its title."""
    reader, created = await records.chart_of(place, patient)
    for earlier in older:
        await check_subject(earlier, patient)

    async def look(record: RecordId, last: AuditEntry) -> Manifest:
        found = await reader.read(record)
        layer = await last_before(older, patient, record)
        await check_reference(reader, record, found.version, found.manifest.note, layer)
        return found.manifest

    return [row for row, _ in await records.rows_of(reader, created, look)]


async def opened(
    context: Context,
    patient: Address,
    record: RecordId,
    version: int | None = None,
    followed: Followed | None = None,
) -> Placed:
    """Open a version where it was written; a doctor's look is logged there before this returns.

    A network of before that cannot be read now stops only what goes on from it. ``followed`` is
    what `reached` said just now, for who opens many.

    Raises:
        OriginDiffers: when what it was carried on from is not what its author named.
        OriginUnknown: when it was carried on from a network that the file does not name.
        As `follow` and `records.opened`.
    """
    layers = await layers_of(context, patient, record, followed)
    last = sum(len(entries) for _, entries in layers)
    number = last if version is None else version
    if not 1 <= number <= last:
        raise NoSuchVersion(version=number, last=last)
    at, inside = _position(layers, number)
    place = layers[at][0]
    reader, found = await records.opened(place, patient, record, inside)
    earlier = layers[at - 1] if at else None
    await check_reference(reader, record, inside, found.manifest.note, earlier)
    archived = found.archived
    if layers[at] is not layers[-1]:
        archived = (await bare(layers[-1][0], patient).history(record))[1].archived
    entries = _entries(layers, context)
    return Placed(reader, found, origin_of(place, context), number, entries, archived)


async def history(context: Context, patient: Address, record: RecordId) -> Versions:
    """The entries of all versions, oldest first, each with the network of before that holds it.

    Raises:
        As `follow`, and as `RecordReader.open` in the network of the last version.
    """
    layers = await layers_of(context, patient, record)
    await RecordReader.open(layers[-1][0], patient)
    return _entries(layers, context)


async def verify(context: Context, patient: Address) -> list[tuple[Network, Verified]]:
    """Recompute a patient's chain of entries in this network and in those of before.

    Raises:
        UnknownPatient: when no network knows the patient.
        As `follow` and `audit.verify`.
    """
    found = []
    for place in (context, *await follow(context)):
        if await place.chain.patient(patient) is not None:
            found.append((place.network, await audit.verify(place, patient)))
    if not found:
        raise UnknownPatient(patient=patient)
    return found


async def trace(
    context: Context, patient: Address, record: RecordId | None = None
) -> list[tuple[int, AuditEntry, Network | None]]:
    """A patient's entries (a record's alone where one is given) by time, with their indexes.

    Raises:
        UnknownPatient: when no network knows the patient.
        As `follow`.
    """
    chains: list[list[tuple[int, AuditEntry, Network | None]]] = []
    unknown: UnknownPatient | None = None
    for place in (*reversed(await follow(context)), context):
        try:
            rows = await audit.listed(place, patient, record)
        except UnknownPatient as error:
            unknown = error
            continue
        origin = origin_of(place, context)
        chains.append([(index, entry, origin) for index, entry in rows])
    if unknown is not None and not chains:
        raise unknown
    return merged(chains, lambda row: row[1].meta.time)


def merged(chains: Iterable[Iterable[T]], time: Callable[[T], int]) -> list[T]:
    """What stands in several chains, by time; each chain keeps its own order.

    A network of before may have gone on after the next one began, and a look that was entered
    later than it was tells the earlier time.
    """
    timed = []
    for chain in chains:
        latest = 0
        for one in chain:
            latest = max(latest, time(one))
            timed.append((latest, one))
    return [one for _, one in sorted(timed, key=lambda pair: pair[0])]


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of recomputing one's own chain in a network of before: one of the two."""

    network: Network
    verified: Verified | None = None
    error: MedRecError | None = None


async def checked_before(context: Context) -> list[Checked]:
    """Recompute the account's own chain in each network of before; what fails is told."""
    places, missing = await reached(context)
    found = []
    for place in places:
        try:
            if await place.chain.patient(place.me) is not None:
                found.append(Checked(place.network, await audit.verify(place, place.me)))
        except MedRecError as error:
            found.append(Checked(place.network, error=error))
    if missing is not None:
        found.append(Checked(missing.network, error=missing.error))
    return found


async def layers_of(
    context: Context, patient: Address, record: RecordId, followed: Followed | None = None
) -> list[Layer]:
    """The networks that hold versions of a record, the oldest first.

    Raises:
        NoSuchRecord, WrongRecordChain, and as `follow` where the record may go on from something
        that cannot be read now.
    """
    older, missing = followed or await reached(context)
    layers: list[Layer] = []
    for place in (*reversed(older), context):
        await check_subject(place, patient)
        found = await layer_of(place, patient, record)
        if found is not None:
            layers.append(found)
    if missing is not None and (not layers or await _goes_on(layers[0], patient, record)):
        raise missing.error
    if not layers:
        raise NoSuchRecord(record=record.hex())
    return layers


async def _goes_on(first: Layer, patient: Address, record: RecordId) -> bool:
    """Whether a record says that it goes on from one in a network before its first one here."""
    reader = await RecordReader.open(first[0], patient)
    try:
        return await named(reader, record) is not None
    except NoKey:
        return False


def _entries(layers: Sequence[Layer], context: Context) -> Versions:
    return [(e, origin_of(place, context)) for place, entries in layers for e in entries]


def origin_of(place: Context, context: Context) -> Network | None:
    """The network of a place, where it is one of before; None for this one."""
    return None if place is context else place.network


def _position(layers: Sequence[Layer], number: int) -> tuple[int, int]:
    """Which layer holds the version of that number, and its number there."""
    for at, (_, entries) in enumerate(layers):
        if number <= len(entries):
            return at, number
        number -= len(entries)
    raise ValueError("there are fewer versions")
