"""Sealing again when the patient's epoch moved while a record waited in the outbox.

Only the wrapping of the content key changes: the author opens it with the author's own key, and
wraps it under the new epoch's W, or seals it directly to those who may read now. The body
stays as it is (DESIGN.md section 4, Order).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from medrec.crypto.kdf import EncryptionKey
from medrec.crypto.record import (
    DirectKeys,
    RecordContext,
    Root,
    WrapTo,
    decode_root,
    pending_copy,
    rewrap,
)
from medrec.domain.calls import AddRecord, UpdateRecord
from medrec.domain.categories import Slot
from medrec.domain.cid import Codec, cid_of
from medrec.domain.ids import Address, Cid, Epoch, RecordId, record_slot
from medrec.domain.outbox import Job, Step, StepState
from medrec.errors import (
    DoctorNotVerified,
    EpochStale,
    IntegrityError,
    NoKey,
    SlotSpoiled,
    UnknownDoctor,
)
from medrec.services.context import Context
from medrec.services.holders import current_epoch, live_readers, spoiled_slots
from medrec.services.index import sync
from medrec.services.keyring import keys_to
from medrec.services.trust import called, patient_key, vouched_doctor

T = TypeVar("T")


async def reseal_record(context: Context, job: Job) -> Job:
    """The job with its record sealed under the patient's current epoch.

    Raises:
        EpochStale: when the job holds no record that could be sealed again.
        NoAccess, NoKey, Arriving, SlotSpoiled.
    """
    await sync(context)
    steps = []
    for step in job.steps:
        if isinstance(step.call, AddRecord | UpdateRecord) and step.signed is None:
            steps.append(await _reseal_step(context, job, step, step.call))
        else:
            steps.append(step)
    return replace(job, steps=tuple(steps))


async def _reseal_step(
    context: Context, job: Job, step: Step, call: AddRecord | UpdateRecord
) -> Step:
    blob = await context.local.spooled(step.after[0])
    epoch = await current_epoch(context, call.patient)
    if blob is None or epoch <= call.epoch:
        raise EpochStale()
    slot = Slot(record_slot(call.record))
    if slot in await spoiled_slots(context, call.patient, await context.time()):
        raise SlotSpoiled(category="this")
    return await _wrapped_anew(context, job, step, call, decode_root(blob), epoch)


async def _wrapped_anew(
    context: Context,
    job: Job,
    step: Step,
    call: AddRecord | UpdateRecord,
    root: Root,
    epoch: Epoch,
) -> Step:
    keys = await keys_to(context, call.patient)
    slot = root.slot
    version = int(job.result.get("version", 1))
    now = record_context(context, call.patient, call.record, version, epoch)
    own = await own_key_version(context)
    to: WrapTo
    if root.direct:
        to = await direct_keys(context, call.patient, slot)
    else:
        to = keys.wrapping_key(slot, epoch)
    sealed = rewrap(root, context.key(own), now, to)
    target = await patient_key(context, call.patient) if not keys.owner else None
    reader = target.key if target is not None else context.key(own).public
    copy = pending_copy(sealed.root, reader, context.key(own).public)
    copy_cid = cid_of(copy, Codec.DAG_CBOR)
    await context.local.spool(job.id, {sealed.cid: sealed.root, copy_cid: copy})
    return replace(
        step,
        call=replace(call, epoch=epoch, digest=sealed.digest),
        before=_with_new_copy(step.before, copy_cid),
        after=(sealed.cid,),
        state=StepState.PREPARED,
    )


async def direct_keys(context: Context, patient: Address, slot: Slot) -> DirectKeys:
    """A writer who may not read seals to the patient and to each live reader."""
    keys = []
    for reader, scope in (await live_readers(context, patient, await context.time())).items():
        if slot not in scope.read:
            continue
        try:
            keys.append((await vouched_doctor(context, reader)).key.key)
        except (DoctorNotVerified, UnknownDoctor, IntegrityError) as error:
            # Nobody's bad key keeps the others from what is written for them.
            who = await called(context, reader)
            context.notifier.warn(f"{who} is given no key. {error.sentence}")
    return DirectKeys((await patient_key(context, patient)).key, tuple(keys))


def _with_new_copy(before: tuple[Cid, ...], copy: Cid) -> tuple[Cid, ...]:
    """The pending copy stands last."""
    return (*before[:-1], copy)


async def own_key_version(context: Context) -> int:
    """The version of the account's current encryption key; 1 before it is registered."""
    user = await context.chain.user(context.me)
    return user.key_version if user is not None else 1


async def with_own_key(context: Context, opening: Callable[[EncryptionKey], T]) -> T:
    """What one of the account's keys opens, the newest tried first.

    Raises:
        NoKey: when none does; else what ``opening`` raises.
    """
    for version in range(await own_key_version(context), 0, -1):
        try:
            return opening(context.key(version))
        except NoKey:
            continue
    raise NoKey()


def record_context(
    context: Context, patient: Address, record: RecordId, version: int, epoch: Epoch
) -> RecordContext:
    """What the seal of one version by this account is bound to."""
    return RecordContext(
        chain_id=context.network.chain_id,
        contract=context.record_contract,
        patient=patient,
        record=record,
        version=version,
        slot=Slot(record_slot(record)),
        epoch=epoch,
        author=context.me,
    )
