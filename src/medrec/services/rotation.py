"""Bundles: the new envelopes of all who stay when a patient's keys move to the next epoch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from medrec.chain.keccak import checksum
from medrec.crypto.bundle import Bundle, encode_bundle
from medrec.crypto.envelope import Envelope, SlotKey, seal_envelope
from medrec.crypto.kdf import epoch_state
from medrec.domain.calls import RevokeAccess, RotateKeys
from medrec.domain.categories import IDENTITY_SLOT, Scope, Slot
from medrec.domain.cid import Codec, cid_from_digest, cid_of, digest_of
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import Address, Cid, Digest, Epoch, address_word
from medrec.domain.outbox import Job, JobState, Step
from medrec.errors import (
    BlockChanged,
    BlockMissing,
    DoctorNotVerified,
    EpochStale,
    IntegrityError,
    StoreDown,
    StoreRefused,
    UnknownDoctor,
)
from medrec.services.context import Context
from medrec.services.holders import current_epoch, live_readers, spoiled_slots
from medrec.services.index import sync
from medrec.services.keyring import Keys, read_bundle
from medrec.services.trust import TrustedKey, called, remembered_key, vouched_doctor
from medrec.services.work import new_job, outbox

FROM_TODAY = "from-today"
"""Local space: grantee -> packed epoch from which a from-today grant opens records, empty where
the history is open."""

LAST_MINUTES = 120
"""Seconds. Whose access ends so soon is given no new keys: it may end before they are published,
and then nobody would know that they are held."""


@dataclass(frozen=True, slots=True)
class NewBundle:
    """A bundle with the blocks that go with it."""

    cid: Cid
    digest: Digest
    blocks: Mapping[Cid, bytes]
    left_out: tuple[Address, ...]
    """Grantees whose key or credential was not good: they get no new keys."""


async def make_envelope(
    context: Context,
    key: TrustedKey,
    scope: Scope,
    epoch: Epoch,
    since: Epoch | None,
    bundle: Cid | None,
) -> bytes:
    """The grantee's sealed envelope; ``since`` is the first epoch of a from-today grant."""
    own = Keys(context, context.me)
    slots: dict[Slot, SlotKey] = {}
    for slot in sorted({IDENTITY_SLOT} | scope.read | scope.write):
        category = own.category(slot)
        if slot != IDENTITY_SLOT and slot not in scope.read:
            slots[slot] = SlotKey(category)
        elif since is None or slot == IDENTITY_SLOT:
            slots[slot] = SlotKey(
                category, states=((epoch, epoch_state(context.root, category, epoch)),)
            )
        else:
            wraps = {e: own.wrapping_key(slot, e) for e in _epochs(since, epoch)}
            slots[slot] = SlotKey(category, wraps=wraps)
    envelope = Envelope(
        chain_id=context.network.chain_id,
        contract=context.doctor_contract,
        patient=context.me,
        grantee=key.holder,
        key_version=key.version,
        epoch=epoch,
        bundle=bundle,
        slots=slots,
    )
    return seal_envelope(envelope, key.key)


async def make_bundle(context: Context, epoch: Epoch, without: Iterable[Address] = ()) -> NewBundle:
    """The bundle of a new epoch for all live readers but ``without``."""
    previous = await _previous_bundle(context)
    blocks: dict[Cid, bytes] = {}
    envelopes: dict[Address, Cid] = {}
    left_out: list[Address] = []
    gone = set(without)
    readers = await live_readers(context, context.me, await context.time() + LAST_MINUTES)
    for reader, scope in readers.items():
        if reader in gone:
            continue
        try:
            key = await _reader_key(context, reader)
            since = await from_today(context, reader)
            sealed = await make_envelope(context, key, scope, epoch, since, previous)
        except (DoctorNotVerified, UnknownDoctor, IntegrityError, StoreDown, StoreRefused) as error:
            who = await called(context, reader)
            context.notifier.warn(f"{who} is given no new keys. {error.sentence}")
            left_out.append(reader)
            continue
        cid = cid_of(sealed, Codec.RAW)
        blocks[cid] = sealed
        envelopes[reader] = cid
    data = encode_bundle(
        Bundle(
            chain_id=context.network.chain_id,
            contract=context.doctor_contract,
            patient=context.me,
            epoch=epoch,
            previous=previous,
            envelopes=envelopes,
            supplements={},
        )
    )
    cid = cid_of(data, Codec.DAG_CBOR)
    return NewBundle(cid, digest_of(data), {**blocks, cid: data}, tuple(left_out))


async def _previous_bundle(context: Context) -> Cid | None:
    """The bundle to link; None where the store has lost some of it, or it would keep no new one."""
    cid = await latest_bundle(context, context.me)
    if cid is not None:
        try:
            await context.store.pin(cid)
        except (BlockMissing, BlockChanged):
            return None
        except (StoreDown, StoreRefused):
            return cid
    return cid


async def _reader_key(context: Context, reader: Address) -> TrustedKey:
    """The reader's vouched key; what was vouched for before where the store gives no answer.

    A revocation waits for no store, and nobody loses access by one missing block.
    """
    try:
        return (await vouched_doctor(context, reader)).key
    except (StoreDown, StoreRefused, BlockMissing, BlockChanged):
        known = await remembered_key(context, reader)
        if known is None:
            raise
        return known


async def latest_bundle(context: Context, patient: Address) -> Cid | None:
    """The CID of the last bundle that the patient announced."""
    entries = await context.local.entries(
        subject=patient,
        actions=[Action.ACCESS_REVOKED, Action.KEYS_ROTATED, Action.BUNDLE_PUBLISHED],
    )
    for entry in reversed(entries):
        if any(entry.digest):
            return cid_from_digest(entry.digest, Codec.DAG_CBOR)
    return None


async def rotate_if_spoiled(context: Context) -> Job | None:
    """Start the next epoch where somebody whose access has ended holds a current key.

    The patient's client does this whenever it is on line, so that writers need not wait.
    """
    if await context.chain.patient(context.me) is None:
        return None
    if not await spoiled_slots(context, context.me, await context.time()):
        return None
    if await _changing_keys(context):
        return None
    context.notifier.progress("Somebody's access has ended: changing the keys")
    return await start_epoch(context, await current_epoch(context, context.me))


async def serve_left_out(context: Context) -> Job | None:
    """Start the next epoch where somebody with access was left out of the last new keys.

    They were made while the store was away or the reader's credential was not good; now both are.
    """
    keys_made = await context.local.entries(
        subject=context.me, actions=[Action.ACCESS_REVOKED, Action.KEYS_ROTATED]
    )
    if not keys_made or await _changing_keys(context):
        return None
    try:
        served = await _served(context, keys_made[-1])
    except (StoreDown, StoreRefused):
        return None
    readers = await live_readers(context, context.me, await context.time() + LAST_MINUTES)
    for reader in readers.keys() - served:
        try:
            await vouched_doctor(context, reader)
        except (DoctorNotVerified, UnknownDoctor, IntegrityError, StoreDown, StoreRefused):
            continue
        context.notifier.progress("Somebody was left without the new keys: making them again")
        return await start_epoch(context, await current_epoch(context, context.me))
    return None


async def _served(context: Context, keys_made: AuditEntry) -> set[Address]:
    """Who was given the keys of an epoch: by its bundle, or by a grant since."""
    since = await context.local.entries(subject=context.me, actions=[Action.ACCESS_GRANTED])
    served = {
        checksum(entry.ref_address)
        for entry in since
        if (entry.block, entry.log_index) > (keys_made.block, keys_made.log_index)
    }
    try:
        blob = await context.store.get(cid_from_digest(keys_made.digest, Codec.DAG_CBOR))
    except (BlockMissing, BlockChanged):
        # It was never published, or is lost: nobody can be given anything by it.
        return served
    bundle = read_bundle(context, blob, context.me)
    return served | set(bundle.envelopes)


async def _changing_keys(context: Context) -> bool:
    pending = await context.local.jobs([JobState.PENDING])
    return any(job.steps and job.kind in ("key-rotate", "access-revoke") for job in pending)


async def start_epoch(context: Context, current: Epoch) -> Job:
    """Go on to the epoch after ``current``, with new keys for all who have access."""
    epoch = current.next()
    bundle = await make_bundle(context, epoch)
    call = RotateKeys(context.me, current, epoch, bundle.digest)
    step = Step(call, after=publishing_order(bundle))
    job = new_job(context, "key-rotate", "Change the keys", [step])
    return await outbox(context).submit(job, bundle.blocks)


async def make_again(context: Context, job: Job) -> Job:
    """A revocation or a rotation that waited, with new keys for those who have access now.

    What a person has revoked is not given up because another machine changed the keys first.

    Raises:
        EpochStale: when the job holds neither.
    """
    await sync(context)
    (step,) = job.steps
    if not isinstance(step.call, RevokeAccess | RotateKeys):
        raise EpochStale()
    current = await current_epoch(context, context.me)
    without = step.call.grantees if isinstance(step.call, RevokeAccess) else ()
    bundle = await make_bundle(context, current.next(), without)
    call: RevokeAccess | RotateKeys
    if isinstance(step.call, RevokeAccess):
        call = replace(step.call, expected_epoch=current, bundle=bundle.digest)
    else:
        call = RotateKeys(context.me, current, current.next(), bundle.digest)
    await context.local.spool(job.id, bundle.blocks)
    renewed = Step(call, after=publishing_order(bundle))
    return replace(job, steps=(renewed,))


def publishing_order(bundle: NewBundle) -> tuple[Cid, ...]:
    """Envelopes first, the bundle that links to them last."""
    return (*(cid for cid in bundle.blocks if cid != bundle.cid), bundle.cid)


async def from_today(context: Context, grantee: Address) -> Epoch | None:
    """The first epoch that the grantee is given keys of; None where the history is open.

    Where this database does not know (restored from words, another machine), it is the epoch of
    the last grant: with the envelope of then that is all of a grant that opens the history, and
    no more than a from-today grant gave.
    """
    stored = await context.local.get(FROM_TODAY, grantee)
    if stored is not None:
        return Epoch.unpack(int.from_bytes(stored, "big")) if stored else None
    granted = await context.local.entries(
        subject=context.me,
        ref=address_word(grantee),
        actions=[Action.ACCESS_GRANTED],
    )
    return granted[-1].meta.epoch if granted else None


def _epochs(first: Epoch, last: Epoch) -> Iterable[Epoch]:
    epoch = first
    while epoch < last:
        yield epoch
        epoch = epoch.next()
    yield last
