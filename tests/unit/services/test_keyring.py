"""Which keys open what: derived by the patient, found in envelopes and bundles by a doctor."""

from __future__ import annotations

import pytest

from medrec.crypto.kdf import epoch_state, wrapping_key
from medrec.domain.categories import Category, Slot
from medrec.domain.cid import Codec, cid_from_digest
from medrec.domain.entries import Action
from medrec.domain.ids import Epoch
from medrec.errors import Arriving, NoAccess, NoKey
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.keyring import keys_to
from tests.support.world import HOUR, LABS, NOTES, World, elsewhere, write


def _w(patient: Context, category: Category, epoch: Epoch) -> bytes:
    return wrapping_key(epoch_state(patient.root, category, epoch)).key


async def test_the_patient_derives_everything(world: World):
    patient = await world.patient()
    keys = await keys_to(patient, patient.me)
    assert keys.owner
    assert keys.envelopes == ()
    for category in Category:
        slot = patient.slots.slot(category)
        assert keys.category(slot) is category
        assert keys.wrapping_key(slot, Epoch(0, 5)).key == _w(patient, category, Epoch(0, 5))
    spare = next(Slot(s) for s in range(1, 16) if patient.slots.category(Slot(s)) is None)
    with pytest.raises(NoKey):
        keys.category(spare)


async def test_a_doctor_without_a_grant_has_none(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await sync(doctor)
    with pytest.raises(NoAccess):
        await keys_to(doctor, patient.me)


async def test_a_grant_with_history_opens_every_older_epoch_and_no_newer(world: World):
    patient, early, doctor = (
        await world.patient(),
        await world.doctor("early"),
        await world.doctor("doctor"),
    )
    await world.grant(patient, early, [NOTES])
    await world.revoke(patient, early)
    await world.grant(patient, doctor, [NOTES], [LABS])
    keys = await keys_to(doctor, patient.me)
    notes, labs = patient.slots.slot(NOTES), patient.slots.slot(LABS)
    for index in (0, 1):
        assert keys.wrapping_key(notes, Epoch(0, index)).key == _w(patient, NOTES, Epoch(0, index))
    for slot, epoch in ((notes, Epoch(0, 2)), (notes, Epoch(1, 0)), (labs, Epoch(0, 1))):
        with pytest.raises(NoKey):
            keys.wrapping_key(slot, epoch)
    assert keys.category(labs) is LABS, "a writer is told where to write"


async def test_bundles_bring_the_newer_keys(world: World):
    patient, stays = await world.patient(), await world.doctor("stays")
    await world.grant(patient, stays, [NOTES])
    for name in ("one", "two", "three"):
        leaver = await world.doctor(name)
        await world.grant(patient, leaver, [NOTES])
        await world.revoke(patient, leaver)
    await sync(stays)
    keys = await keys_to(stays, patient.me)
    notes = patient.slots.slot(NOTES)
    assert [e.epoch for e in keys.envelopes] == [Epoch(0, n) for n in (3, 2, 1, 0)]
    for index in range(4):
        assert keys.wrapping_key(notes, Epoch(0, index)).key == _w(patient, NOTES, Epoch(0, index))
    bundles = [e.bundle for e in keys.envelopes]
    assert bundles[2:] == [None, None], "there was no bundle before the first"
    assert None not in bundles[:2], "each names the bundle before"


async def test_from_today_lists_single_epochs(world: World):
    patient, doctor, leaver = (
        await world.patient(),
        await world.doctor("today"),
        await world.doctor("leaver"),
    )
    await write(patient, patient.me, "before")
    await world.grant(patient, doctor, [NOTES], from_today=True)
    await world.grant(patient, leaver, [NOTES])
    await world.revoke(patient, leaver)
    await sync(doctor)
    keys = await keys_to(doctor, patient.me)
    notes = patient.slots.slot(NOTES)
    newest = keys.envelopes[0].slots[notes]
    assert newest.states == ()
    assert sorted(newest.wraps) == [Epoch(0, 1), Epoch(0, 2)]
    with pytest.raises(NoKey):
        keys.wrapping_key(notes, Epoch(0, 0))
    assert keys.wrapping_key(Slot(0), Epoch(0, 0)), "identity is open under every grant"


async def test_a_second_from_today_grant_keeps_its_first_day(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await write(patient, patient.me, "before")
    await world.grant(patient, doctor, [NOTES], from_today=True)
    await write(patient, patient.me, "after")
    await world.grant(
        patient, doctor, [NOTES], from_today=True, until=await world.now() + HOUR * 99
    )
    known = await patient.chain.patient(patient.me)
    assert known is not None
    assert known.epoch == Epoch(0, 1), "the keys were changed once"
    keys = await keys_to(doctor, patient.me)
    assert keys.wrapping_key(patient.slots.slot(NOTES), Epoch(0, 1))


async def test_from_today_of_an_empty_record_changes_no_keys(world: World):
    patient, doctor, leaver = (
        await world.patient(),
        await world.doctor("today"),
        await world.doctor("leaver"),
    )
    await world.grant(patient, leaver, [NOTES])
    await world.revoke(patient, leaver)
    await world.grant(patient, doctor, [NOTES], from_today=True)
    known = await patient.chain.patient(patient.me)
    assert known is not None
    assert known.epoch == Epoch(0, 1), "nothing was written in this epoch"


async def test_the_history_can_be_opened_later(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await write(patient, patient.me, "before")
    await world.grant(patient, doctor, [NOTES], from_today=True)
    await world.grant(patient, doctor, [NOTES])
    keys = await keys_to(doctor, patient.me)
    assert keys.wrapping_key(patient.slots.slot(NOTES), Epoch(0, 0))


async def test_after_a_restore_from_words_nobody_loses_and_nobody_gains(world: World):
    """A bundle made without the memory of who was given the history."""
    patient, history, today, leaver = (
        await world.patient(),
        await world.doctor("history"),
        await world.doctor("today"),
        await world.doctor("leaver"),
    )
    await write(patient, patient.me, "before")
    await world.grant(patient, history, [NOTES])
    await world.grant(patient, today, [NOTES], from_today=True)
    await world.grant(patient, leaver, [NOTES])
    restored = elsewhere(world, patient)
    await world.revoke(restored, leaver)
    notes = patient.slots.slot(NOTES)
    for doctor in (history, today):
        await sync(doctor)
    full, part = await keys_to(history, patient.me), await keys_to(today, patient.me)
    for index in range(3):
        assert full.wrapping_key(notes, Epoch(0, index))
    for index in (1, 2):
        assert part.wrapping_key(notes, Epoch(0, index))
    with pytest.raises(NoKey):
        part.wrapping_key(notes, Epoch(0, 0))


async def test_what_is_announced_and_not_there_yet_is_arriving(world: World):
    patient, doctor, leaver = (
        await world.patient(),
        await world.doctor("doctor"),
        await world.doctor("leaver"),
    )
    await world.grant(patient, doctor, [NOTES])
    await world.grant(patient, leaver, [NOTES])
    await world.revoke(patient, leaver)
    await sync(doctor)
    (granted,) = await doctor.local.entries(
        subject=patient.me, ref=_ref(doctor), actions=[Action.ACCESS_GRANTED]
    )
    (revoked,) = await doctor.local.entries(subject=patient.me, actions=[Action.ACCESS_REVOKED])
    notes = patient.slots.slot(NOTES)
    bundle = world.block_file(cid_from_digest(revoked.digest, Codec.DAG_CBOR))
    kept = bundle.read_bytes()
    bundle.unlink()
    keys = await keys_to(doctor, patient.me)
    assert keys.missing
    assert keys.wrapping_key(notes, Epoch(0, 0))
    with pytest.raises(Arriving):
        keys.wrapping_key(notes, Epoch(0, 1))
    world.block_file(cid_from_digest(granted.digest, Codec.RAW)).unlink()
    with pytest.raises(Arriving):
        await keys_to(doctor, patient.me)
    bundle.write_bytes(kept)
    assert (await keys_to(doctor, patient.me)).wrapping_key(notes, Epoch(0, 1))


def _ref(person: Context) -> bytes:
    return bytes(12) + bytes.fromhex(person.me[2:])
