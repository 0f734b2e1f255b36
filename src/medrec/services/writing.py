"""Writing records: checked, sealed, spooled, then handed to the outbox."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medrec.crypto.boxes import seal_to
from medrec.crypto.record import (
    KeptPart,
    ManifestFields,
    PartSource,
    RecordContext,
    SealedRecord,
    Witness,
    WrapTo,
    pending_copy,
    seal_record,
)
from medrec.domain.calls import AddRecord, ArchiveRecord, UpdateRecord
from medrec.domain.categories import Category, Slot
from medrec.domain.cid import Codec, cid_of, digest_of
from medrec.domain.ids import (
    Address,
    Cid,
    Epoch,
    RecordId,
    address_bytes,
    new_record_id,
    record_creator,
    record_slot,
)
from medrec.domain.outbox import Job, Step
from medrec.domain.people import RecordHead
from medrec.domain.threads import outlast
from medrec.errors import (
    CategoryNotShared,
    NoSuchRecord,
    NotTheAuthorsKind,
    RecordIsArchived,
    SlotSpoiled,
    StaleVersion,
    UnknownPatient,
)
from medrec.services.context import Context
from medrec.services.holders import current_epoch, spoiled_slots
from medrec.services.keyring import Keys, keys_to
from medrec.services.reading import OpenedRecord, RecordReader
from medrec.services.resealing import direct_keys, own_key_version, record_context
from medrec.services.rights import live_grant
from medrec.services.rotation import rotate_if_spoiled
from medrec.services.titles import was_suggested
from medrec.services.trust import patient_key
from medrec.services.wishes import Facts, Wish, fulfil
from medrec.services.work import Prepared, new_job, outbox


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to write: the first part is the record's own file."""

    category: Category
    title: str
    parts: Sequence[PartSource | KeptPart]
    base_version: int | None = None
    """The version that an amendment was made from."""
    mark: str = ""
    """The caller's name for this wish: it stands in its job's result under ``draft``, and a new
    record's id follows from it, so that the wish never becomes two records."""
    note: str = ""
    """What the sealed description says of the version beside its title."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed version that waits for its job: the step and the blocks not spooled yet."""

    record: RecordId
    step: Step
    blocks: Mapping[Cid, bytes]
    sealed: SealedRecord


@dataclass(frozen=True, slots=True)
class WrittenRecord:
    """A version that is on the chain and in the store."""

    record: RecordId
    version: int
    job: Job


@dataclass(frozen=True, slots=True)
class _Pen:
    """The right and the key to write one slot."""

    slot: Slot
    epoch: Epoch
    key: WrapTo


async def add_record(
    context: Context, patient: Address, draft: Draft, record: RecordId | None = None
) -> WrittenRecord:
    """Write a new record; ``record`` is the id of one that is carried on from another network.

    Raises:
        UnknownPatient, NoAccess, AccessEnded, CategoryNotShared, DoctorNotVerified, SlotSpoiled,
        and whatever the outbox raises.
    """
    return await _submit(context, await prepare_add(context, patient, draft, record))


async def prepare_add(
    context: Context, patient: Address, draft: Draft, record: RecordId | None = None
) -> Prepared:
    """The job of a new record, sealed; nothing is sent. Raises as `add_record`."""
    slot = None if record is None else Slot(record_slot(record))
    pen = await _pen(context, patient, draft.category, slot)
    record = record or new_record_id(pen.slot, context.me, _random(draft))
    sealed = await _seal(context, patient, record, 1, pen, draft)
    return _prepared(context, "record-add", f"Add “{draft.title}”", sealed, 1, draft.mark)


def _random(draft: Draft) -> bytes:
    return digest_of(draft.mark.encode())[:11] if draft.mark else secrets.token_bytes(11)


async def seal_new(context: Context, patient: Address, draft: Draft, epoch: Epoch) -> Sealed:
    """Seal a patient's own first record before the patient is registered."""
    keys = Keys(context, patient)
    slot = context.slots.slot(draft.category)
    pen = _Pen(slot, epoch, keys.wrapping_key(slot, epoch))
    record = new_record_id(slot, context.me, secrets.token_bytes(11))
    return await _seal(context, patient, record, 1, pen, draft)


async def update_record(
    context: Context,
    patient: Address,
    record: RecordId,
    draft: Draft,
    base_version: int | None = None,
) -> WrittenRecord:
    """Write the next version of a record; attachments that the draft keeps are not sealed again.

    Raises:
        NoSuchRecord, NotTheAuthorsKind, RecordIsArchived, StaleVersion, VersionConflict, and as
        `add_record`.
    """
    prepared = await prepare_update(context, patient, record, draft, base_version)
    return await _submit(context, prepared)


async def prepare_update(
    context: Context,
    patient: Address,
    record: RecordId,
    draft: Draft,
    base_version: int | None = None,
) -> Prepared:
    """The job of a record's next version, sealed; nothing is sent. Raises as `update_record`."""
    head = await _changeable(context, patient, record)
    for base in (base_version, draft.base_version):
        if base is not None and base != head.version:
            raise StaleVersion(last=head.version, base=base)
    pen = await _pen(context, patient, draft.category, Slot(record_slot(record)))
    version = head.version + 1
    sealed = await _seal(context, patient, record, version, pen, draft, head)
    title = f"Amend “{draft.title}”"
    return _prepared(context, "record-update", title, sealed, version, draft.mark)


async def archive_record(
    context: Context,
    patient: Address,
    record: RecordId,
    reason: str,
    base_version: int | None = None,
) -> Job:
    """Archive a record; the reason is kept sealed to the patient. Without a network it waits.

    ``base_version`` is the last version that whoever archives has seen.

    Raises:
        NoSuchRecord, NotTheAuthorsKind, RecordIsArchived, StaleVersion, and as `add_record`.
    """
    facts: dict[str, str | int] = {"patient": patient, "record": record.hex(), "reason": reason}
    if base_version is not None:
        facts["base"] = base_version
    about = f"archive {record.hex()}"
    return await fulfil(context, Wish("record-archive", "Archive a record", facts, about))


async def plan_archive(context: Context, facts: Facts) -> Prepared:
    """The job that archives a record. Raises as `archive_record`."""
    patient, reason = Address(str(facts["patient"])), str(facts["reason"])
    record = RecordId(bytes.fromhex(str(facts["record"])))
    head = await _changeable(context, patient, record)
    base = facts.get("base")
    if base is not None and base != head.version:
        raise StaleVersion(last=head.version, base=base)
    if patient != context.me:
        await live_grant(context, patient)
    reader = await _patient_key(context, patient)
    box = seal_to(reader, reason.encode(), 1024)
    cid, digest = cid_of(box, Codec.RAW), digest_of(box)
    call = ArchiveRecord(patient, record, head.chain, digest)
    job = new_job(
        context,
        "record-archive",
        "Archive a record",
        [Step(call, before=(cid,))],
        result={"record": record.hex(), "version": head.version},
    )
    return Prepared(job, {cid: box})


async def amended(
    context: Context,
    patient: Address,
    record: RecordId,
    main: PartSource,
    attachments: Sequence[PartSource],
    title: str | None,
    suggested: str | None = None,
) -> Draft:
    """The draft of an amendment: a new main file, new attachments, the other ones kept.

    Without a ``title`` the old one stays, but for one that was taken from the old file: then it is
    what the new file suggests.

    Raises:
        NoSuchRecord, RecordIsArchived, and as `RecordReader.read`.
    """
    await _changeable(context, patient, record)
    reader = await RecordReader.open(context, patient)
    opened: OpenedRecord = await reader.read(record)
    if title is None and suggested is not None and await was_suggested(reader, opened):
        title = suggested
    names = {part.name for part in attachments}
    kept = [part for part in opened.manifest.parts[1:] if part.name not in names]
    return Draft(
        opened.category,
        title or opened.manifest.title,
        (main, *kept, *attachments),
        opened.version,
    )


async def _changeable(context: Context, patient: Address, record: RecordId) -> RecordHead:
    """The head of a record that the account may change, as far as the record itself goes."""
    if await context.chain.patient(patient) is None:
        raise UnknownPatient(patient=patient)
    head = await context.chain.record(patient, record)
    if head is None:
        raise NoSuchRecord(record=record.hex())
    _check_creator(context, patient, record)
    if head.archived:
        raise RecordIsArchived()
    return head


def _check_creator(context: Context, patient: Address, record: RecordId) -> None:
    by_patient = record_creator(record) == address_bytes(patient)
    if by_patient and context.me != patient:
        raise NotTheAuthorsKind(creator="the patient", who="the patient")
    if not by_patient and context.me == patient:
        raise NotTheAuthorsKind(creator="a doctor", who="a doctor")


async def _pen(
    context: Context, patient: Address, category: Category, slot: Slot | None = None
) -> _Pen:
    if patient == context.me:
        await rotate_if_spoiled(context)
    if await context.chain.patient(patient) is None:
        raise UnknownPatient(patient=patient)
    grant = await live_grant(context, patient) if patient != context.me else None
    keys = await keys_to(context, patient)
    epoch = await current_epoch(context, patient)
    if slot is None:
        slot = keys.slots.by_category.get(category)
    if slot is None or (grant is not None and slot not in grant.scope.write):
        raise CategoryNotShared(category=category.value)
    if slot in await spoiled_slots(context, patient, await context.time()):
        raise SlotSpoiled(category=category.value)
    if grant is not None and not grant.reads(slot):
        return _Pen(slot, epoch, await direct_keys(context, patient, slot))
    # The first key of a category takes 65,535 hashes.
    return _Pen(slot, epoch, await asyncio.to_thread(keys.wrapping_key, slot, epoch))


async def _seal(
    context: Context,
    patient: Address,
    record: RecordId,
    version: int,
    pen: _Pen,
    draft: Draft,
    head: RecordHead | None = None,
) -> Sealed:
    bound = record_context(context, patient, record, version, pen.epoch)
    author = context.key(await own_key_version(context)).public
    witness = await _witness(context, patient)
    fields = ManifestFields(draft.title, context.clock.now(), witness, draft.note)
    sealed = await _in_thread(context, bound, fields, draft, pen, author)
    copy = pending_copy(sealed.root, await _patient_key(context, patient), author)
    copy_cid = cid_of(copy, Codec.DAG_CBOR)
    if head is None:
        call: AddRecord | UpdateRecord = AddRecord(patient, record, pen.epoch, sealed.digest)
    else:
        call = UpdateRecord(patient, record, head.chain, pen.epoch, sealed.digest)
    step = Step(call, before=(*sealed.blocks, copy_cid), after=(sealed.cid,))
    return Sealed(record, step, {sealed.cid: sealed.root, copy_cid: copy}, sealed)


async def _in_thread(
    context: Context,
    bound: RecordContext,
    fields: ManifestFields,
    draft: Draft,
    pen: _Pen,
    author: bytes,
) -> SealedRecord:
    """Seal in a thread; each block goes to the spool as it is made, so memory stays flat."""
    loop = asyncio.get_running_loop()
    total = sum(part.size for part in draft.parts if isinstance(part, PartSource))
    done = 0
    stopped = threading.Event()

    async def keep(cid: Cid, block: bytes) -> None:
        nonlocal done
        await context.local.spool(None, {cid: block})
        done = min(done + len(block), total)
        context.notifier.progress("Sealing", done, total)

    def emit(cid: Cid, block: bytes) -> None:
        if stopped.is_set():
            raise _Stopped
        asyncio.run_coroutine_threadsafe(keep(cid, block), loop).result()

    context.notifier.progress("Sealing")
    sealing = asyncio.ensure_future(
        asyncio.to_thread(seal_record, bound, fields, draft.parts, pen.key, author, emit)
    )
    # Stopped, it goes on to the end of this block, not of a large file. It must not be left behind:
    # it would wait for ever for a loop that has ended.
    return await outlast(sealing, stopped.set)


class _Stopped(Exception):
    """Ends a sealing thread; no `CancelledError`, which a pool's thread does not survive."""


async def _witness(context: Context, patient: Address) -> Witness:
    """What this client had verified last: block, its hash, the patient's audit head."""
    points = await context.local.checkpoints()
    tip = await context.local.tip(patient)
    head = tip[1] if tip else await context.chain.genesis_head(patient)
    if points:
        return Witness(points[0].number, points[0].hash, head)
    latest = await context.chain.head()
    return Witness(latest.number, latest.hash, head)


async def _patient_key(context: Context, patient: Address) -> bytes:
    if patient == context.me:
        return context.key(await own_key_version(context)).public
    return (await patient_key(context, patient)).key


def _prepared(
    context: Context, kind: str, title: str, sealed: Sealed, version: int, mark: str = ""
) -> Prepared:
    result: dict[str, str | int] = {"record": sealed.record.hex(), "version": version}
    if mark:
        result["draft"] = mark
    return Prepared(new_job(context, kind, title, [sealed.step], result=result), sealed.blocks)


async def _submit(context: Context, prepared: Prepared) -> WrittenRecord:
    return written(await outbox(context).submit(prepared.job, prepared.blocks))


def written(job: Job) -> WrittenRecord:
    """What a job that wrote a version made."""
    record = RecordId(bytes.fromhex(str(job.result["record"])))
    return WrittenRecord(record, int(job.result["version"]), job)
