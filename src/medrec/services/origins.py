"""Taking over: records of before are opened where they were written, under their origin's seals.

A new version of the contracts stands at new addresses; nobody moves anything there. What was
written stays under the old contracts, whose addresses are part of every seal, and is read by the
old network's rights, keys and history. That a network follows another is said twice: by its file,
which a person chose, and by the old contracts, in which only their administrator can say it. A
record that is carried on gets its next version in the new contracts, and that version names the
one it follows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from medrec.chain.audit import EMPTY_RECORD, next_record_chain
from medrec.crypto.record import KeptPart, PartSource
from medrec.domain.entries import AuditEntry
from medrec.domain.ids import Address, ChainHead, RecordId, address_bytes, record_creator
from medrec.domain.network import Network
from medrec.domain.outbox import JobState
from medrec.errors import (
    AccessEnded,
    DoctorNotVerified,
    MedRecError,
    NoAccess,
    NoKey,
    NoSuchGrant,
    NoSuchRecord,
    NoSuchVersion,
    NotRegisteredYet,
    NotTheAuthorsKind,
    OriginDenies,
    OriginDiffers,
    OriginUnknown,
    StaleVersion,
    UnknownPatient,
)
from medrec.services import access, audit, records, writing
from medrec.services.access import AccessRow
from medrec.services.audit import Verified
from medrec.services.context import Context
from medrec.services.index import check_subject, sync
from medrec.services.keyring import Keys
from medrec.services.reading import OpenedRecord, RecordReader
from medrec.services.records import RecordRow
from medrec.services.work import outbox
from medrec.services.writing import Draft, WrittenRecord

_REFERENCE = re.compile(
    r"Carried on from version ([1-9][0-9]{0,7}) of record ([0-9a-f]{64}) in the contract "
    r"(0x[0-9a-fA-F]{40}) on chain ([1-9][0-9]{0,19}), head ([0-9a-f]{54})\."
)

Amendment = tuple[PartSource, Sequence[PartSource], str | None, str | None]
"""A new main file, new attachments, a title, and what the file suggests as one."""


@dataclass(frozen=True, slots=True)
class Reference:
    """The version that a carried record goes on from: where it lies, and the record's head then."""

    chain_id: int
    contract: Address
    record: RecordId
    version: int
    head: ChainHead

    @property
    def note(self) -> str:
        """The reference as it stands in the sealed description, in words that people can read."""
        return (
            f"Carried on from version {self.version} of record {self.record.hex()} in the contract "
            f"{self.contract} on chain {self.chain_id}, head {self.head.hex()}."
        )

    @classmethod
    def of_note(cls, note: str) -> Reference | None:
        """The reference in a description, where it holds one."""
        found = _REFERENCE.fullmatch(note)
        if found is None:
            return None
        version, record, contract, chain_id, head = found.groups()
        return cls(
            int(chain_id),
            Address(contract),
            RecordId(bytes.fromhex(record)),
            int(version),
            ChainHead(bytes.fromhex(head)),
        )


@dataclass(frozen=True, slots=True)
class PlacedRow:
    """A row of the list, and the network of before in which the record lies; None: in this one."""

    row: RecordRow
    origin: Network | None = None
    before: int = 0
    """Versions that the record had before it was carried on into this network."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An opened version and where it lies; versions are counted through all networks."""

    reader: RecordReader
    opened: OpenedRecord
    origin: Network | None
    version: int
    versions: int


Layer = tuple[Context, Sequence[AuditEntry]]
"""A network, and the entries of a record's versions there, checked against its head."""


async def follow(context: Context) -> tuple[Context, ...]:
    """The networks of before, each checked and its index followed; the latest one first.

    Raises:
        OriginDenies: when one does not announce what follows it.
        WrongChain, WrongCode, NodeDown, AuditBroken, HistoryForked.
    """
    newer = context.network
    for older in context.origins:
        await older.chain.check_network()
        if not await older.chain.announces(newer):
            raise OriginDenies(name=older.network.name)
        older.notifier.progress(f"Following “{older.network.name}”")
        await sync(older)
        if await older.local.jobs([JobState.PENDING]):
            # A look that was not logged yet.
            await outbox(older).resume()
        newer = older.network
    return context.origins


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
    for place in (*reversed(await follow(context)), context):
        origin = None if place is context else place.network
        try:
            rows = await records.listed(place, patient)
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


async def opened(
    context: Context, patient: Address, record: RecordId, version: int | None = None
) -> Placed:
    """Open a version where it was written; a doctor's look is logged there before this returns.

    Raises:
        OriginDiffers: when what it was carried on from is not what its author named.
        OriginUnknown: when it was carried on from a network that the file does not name.
        As `follow` and `records.opened`.
    """
    layers = await _layers(context, patient, record)
    last = sum(len(entries) for _, entries in layers)
    number = last if version is None else version
    if not 1 <= number <= last:
        raise NoSuchVersion(version=number, last=last)
    at, inside = _position(layers, number)
    place = layers[at][0]
    reader, found = await records.opened(place, patient, record, inside)
    await _check_origin(reader, found, layers[at - 1] if at else None)
    return Placed(reader, found, None if place is context else place.network, number, last)


async def history(
    context: Context, patient: Address, record: RecordId
) -> list[tuple[AuditEntry, Network | None]]:
    """The entries of all versions, oldest first, each with the network of before that holds it.

    Raises:
        As `follow`, and as `RecordReader.open` in the network of the last version.
    """
    layers = await _layers(context, patient, record)
    await RecordReader.open(layers[-1][0], patient)
    return [
        (entry, None if place is context else place.network)
        for place, entries in layers
        for entry in entries
    ]


async def update(
    context: Context,
    patient: Address,
    record: RecordId,
    file: Amendment,
    base_version: int | None = None,
) -> WrittenRecord:
    """Write the next version in this network; a record of before is carried on into it.

    A carried record keeps its id, which names its author: only that author carries it on.

    Raises:
        StaleVersion, and as `follow`, `writing.amended` and `writing.update_record`.
    """
    layers = await _layers(context, patient, record)
    place, entries = layers[-1]
    last = sum(len(own) for _, own in layers)
    if base_version is not None and base_version != last:
        raise StaleVersion(last=last, base=base_version)
    draft = await writing.amended(place, patient, record, *file)
    if place is context:
        done = await writing.update_record(context, patient, record, draft)
        return replace(done, version=last + 1)
    if record_creator(record) != address_bytes(context.me):
        raise NotTheAuthorsKind(creator="another doctor", who="that doctor")
    await _bring(place, context, draft)
    network = place.network
    reference = Reference(*network.place, record, len(entries), _head_after(entries))
    draft = replace(draft, note=reference.note)
    return replace(await writing.add_record(context, patient, draft, record), version=last + 1)


async def revoke(context: Context, doctor: Address) -> None:
    """End a doctor's access in this network and then in those of before, wherever it runs.

    Raises:
        NoSuchGrant: where it runs nowhere.
        As `follow`, after the access in this network has ended.
    """
    ended = await _revoked(context, doctor)
    for older in await follow(context):
        ended = await _revoked(older, doctor) or ended
    if not ended:
        raise NoSuchGrant(doctor=doctor)


async def _revoked(place: Context, doctor: Address) -> bool:
    try:
        await access.revoke(place, [doctor])
    except (NoSuchGrant, NotRegisteredYet):
        return False
    return True


async def access_listed(context: Context) -> list[tuple[AccessRow, Network | None]]:
    """Running access here and, with its network, in those of before. Raises as `follow`."""
    found: list[tuple[AccessRow, Network | None]] = []
    for place in (context, *await follow(context)):
        origin = None if place is context else place.network
        found += [(row, origin) for row in await access.listed(place)]
    return found


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


async def _layers(context: Context, patient: Address, record: RecordId) -> list[Layer]:
    """The networks that hold versions of a record, the oldest first.

    Raises:
        NoSuchRecord, WrongRecordChain, and as `follow`.
    """
    layers: list[Layer] = []
    for place in (*reversed(await follow(context)), context):
        await check_subject(place, patient)
        reader = RecordReader(place, patient, Keys(place, patient), None)
        with suppress(NoSuchRecord):
            layers.append((place, (await reader.history(record))[0]))
    if not layers:
        raise NoSuchRecord(record=record.hex())
    return layers


def _position(layers: Sequence[Layer], number: int) -> tuple[int, int]:
    """Which layer holds the version of that number, and its number there."""
    for at, (_, entries) in enumerate(layers):
        if number <= len(entries):
            return at, number
        number -= len(entries)
    raise ValueError("there are fewer versions")


async def _check_origin(reader: RecordReader, found: OpenedRecord, earlier: Layer | None) -> None:
    """Compare what the first version in a network says it goes on from with what lies there."""
    first = found
    if earlier is not None and found.version > 1:
        try:
            first = await reader.read(found.record, 1)
        except NoKey:
            # Shared from a later day on: the first version is not for this account's eyes.
            return
    if first.version > 1:
        return
    named = Reference.of_note(first.manifest.note)
    if named is None and earlier is None:
        return
    if named is None or earlier is None:
        raise OriginDiffers() if named is None else OriginUnknown(contract=named.contract)
    place, entries = earlier
    upto = entries[: named.version]
    shown = Reference(*place.network.place, found.record, len(upto), _head_after(upto))
    if shown != named:
        raise OriginDiffers()


def _head_after(entries: Sequence[AuditEntry]) -> ChainHead:
    chain = EMPTY_RECORD
    for entry in entries:
        chain = next_record_chain(chain, entry.actor, entry.meta.epoch, entry.digest)
    return chain


async def _bring(place: Context, context: Context, draft: Draft) -> None:
    """Put the sealed attachments that an amendment keeps into this network's store."""
    if place.network.store == context.network.store:
        return
    for part in draft.parts:
        for cid in part.blocks if isinstance(part, KeptPart) else ():
            await context.store.put(cid, await place.store.get(cid))
