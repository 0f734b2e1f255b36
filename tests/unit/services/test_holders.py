"""Who holds a current key, which slots are spoiled by that, and which epoch it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from medrec.domain.categories import IDENTITY_SLOT, Category, Scope
from medrec.domain.ids import Address, Epoch
from medrec.errors import HistoryForked, UnknownPatient
from medrec.services.context import Context
from medrec.services.holders import current_epoch, live_readers, spoiled_slots
from medrec.services.index import sync
from medrec.services.rotation import rotate_if_spoiled
from tests.support.fake_store import FakeStore
from tests.support.liar import lying
from tests.support.world import DAY, HOUR, LABS, NOTES, World, elsewhere


async def _spoiled(patient: Context) -> set[Category]:
    await sync(patient)
    slots = await spoiled_slots(patient, patient.me, await patient.time())
    found = {patient.slots.category(slot) for slot in slots}
    return {category for category in found if category is not None}


async def _readers(patient: Context) -> dict[Address, Scope]:
    await sync(patient)
    return await live_readers(patient, patient.me, await patient.time())


async def test_nothing_is_spoiled_while_all_who_hold_keys_may_read(world: World):
    patient, one, two = await world.patient(), await world.doctor("one"), await world.doctor("two")
    assert await _spoiled(patient) == set()
    await world.grant(patient, one, [NOTES])
    await world.grant(patient, two, [LABS], [NOTES])
    assert await _spoiled(patient) == set()
    readers = await _readers(patient)
    assert readers[one.me].read == {patient.slots.slot(NOTES)}
    assert readers[two.me].write == {patient.slots.slot(NOTES)}


async def test_an_expired_grant_spoils_its_slots_and_identity(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    end = await world.now() + HOUR
    await world.grant(patient, doctor, [NOTES], [LABS], until=end)
    assert await spoiled_slots(patient, patient.me, end - 1) == frozenset()
    at_end = await spoiled_slots(patient, patient.me, end)
    assert at_end == {IDENTITY_SLOT, patient.slots.slot(NOTES)}, "write-only gives no key"
    assert await live_readers(patient, patient.me, end) == {}


async def test_extending_in_time_spoils_nothing(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], until=await world.now() + HOUR)
    await world.grant(patient, doctor, [NOTES], until=await world.now() + DAY)
    await world.pass_time(2 * HOUR)
    assert await _spoiled(patient) == set()


async def test_a_suspension_spoils_and_reinstating_heals(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES])
    await world.suspend(doctor)
    assert await _spoiled(patient) == {Category.IDENTITY, NOTES}
    assert await _readers(patient) == {}
    await world.pass_time(1)
    await world.verify(doctor)
    assert await _spoiled(patient) == set()


async def test_a_revocation_starts_clean_keys(world: World):
    patient, gone, stays = (
        await world.patient(),
        await world.doctor("gone"),
        await world.doctor("stays"),
    )
    for doctor in (gone, stays):
        await world.grant(patient, doctor, [NOTES])
    await world.revoke(patient, gone)
    assert await _spoiled(patient) == set()
    assert set(await _readers(patient)) == {stays.me}


async def test_a_revocation_heals_what_was_spoiled_before(world: World):
    patient, expired, revoked = (
        await world.patient(),
        await world.doctor("expired"),
        await world.doctor("revoked"),
    )
    await world.grant(patient, expired, [LABS], until=await world.now() + HOUR)
    await world.grant(patient, revoked, [NOTES])
    await world.pass_time(2 * HOUR)
    assert await _spoiled(patient) == {Category.IDENTITY, LABS}
    await world.revoke(patient, revoked)
    assert await _spoiled(patient) == set()


async def test_revoking_several_at_once(world: World):
    patient, one, two = await world.patient(), await world.doctor("one"), await world.doctor("two")
    for doctor in (one, two):
        await world.grant(patient, doctor, [NOTES])
    await world.revoke(patient, one, two)
    assert await _spoiled(patient) == set()
    assert await _readers(patient) == {}
    assert await current_epoch(patient, patient.me) == Epoch(0, 1), "one epoch for all of them"


async def test_rotating_only_where_it_is_due(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], until=await world.now() + HOUR)
    assert await rotate_if_spoiled(patient) is None
    await world.pass_time(2 * HOUR)
    await world.rotate(patient)
    assert await _spoiled(patient) == set()
    assert await rotate_if_spoiled(patient) is None
    assert await rotate_if_spoiled(doctor) is None, "only a patient has keys to change"


async def test_the_epoch_is_that_of_the_entries(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES])
    await sync(patient)
    assert await current_epoch(patient, patient.me) == Epoch(0, 0)
    with pytest.raises(UnknownPatient):
        await current_epoch(patient, doctor.me)
    behind = elsewhere(world, patient)
    await sync(behind)
    await world.revoke(patient, doctor)
    assert await current_epoch(behind, patient.me) == Epoch(0, 1), "what is not indexed yet counts"

    true = await patient.chain.patient(patient.me)
    assert true is not None
    for wrong in (Epoch(0, 0), Epoch(0, 2), Epoch(1, 0)):

        async def lie(_: Any, who: Address, epoch: Epoch = wrong) -> object:
            return replace(true, epoch=epoch)

        liar = replace(patient, chain=lying(patient.chain, patient=lie))
        with pytest.raises(HistoryForked):
            await current_epoch(liar, patient.me)


async def test_the_epoch_may_move_while_it_is_compared(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES])
    await sync(patient)
    behind = replace(patient, local=FakeStore())
    await sync(behind)
    revoked = False

    async def patient_then(honest: Any, who: Address) -> Any:
        nonlocal revoked
        before = await honest(who)
        if not revoked:
            revoked = True
            await world.revoke(patient, doctor)
            await sync(behind)
        return before

    racing = replace(behind, chain=lying(patient.chain, patient=patient_then))
    assert await current_epoch(racing, patient.me) == Epoch(0, 1)
