"""New keys: for all who keep access, also for those who could not be given them at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medrec.clinical.patient import DoctorProfileFields
from medrec.domain.cid import Codec, cid_from_digest
from medrec.domain.entries import Action
from medrec.domain.ids import Digest
from medrec.domain.outbox import JobState
from medrec.errors import MedRecError, StoreDown
from medrec.services import access, doctors
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.rotation import serve_left_out
from tests.support.liar import failing, lying
from tests.support.world import NOTES, World, elsewhere, read, write


async def left_out(world: World) -> tuple[Context, Context]:
    """A revocation on a machine that had seen no key yet, while the store was away."""
    patient, gone, stays = (
        await world.patient(),
        await world.doctor("gone"),
        await world.doctor("stays"),
    )
    for doctor in (gone, stays):
        await world.grant(patient, doctor, [NOTES])
    fresh = elsewhere(world, patient)
    await sync(fresh)
    down = failing(StoreDown(location="the store"))
    await access.revoke(replace(fresh, store=lying(fresh.store, get=down)), [gone.me])
    await sync(fresh)
    return fresh, stays


async def opens(reader: Context, patient: Context, title: str) -> bool:
    written = await write(patient, patient.me, title)
    try:
        return (await read(reader, patient.me, written.record)).manifest.title == title
    except MedRecError:
        return False


async def test_who_was_left_out_is_given_keys_when_the_store_is_back(world: World) -> None:
    patient, stays = await left_out(world)
    assert not await opens(stays, patient, "without keys")
    assert await serve_left_out(patient) is not None
    assert await opens(stays, patient, "with keys")
    assert await serve_left_out(patient) is None, "once is enough"


async def test_while_the_store_is_away_nothing_is_tried(world: World) -> None:
    patient, _ = await left_out(world)
    down = failing(StoreDown(location="the store"))
    assert await serve_left_out(replace(patient, store=lying(patient.store, get=down))) is None


async def test_a_bundle_that_is_lost_is_made_again(world: World) -> None:
    patient, gone, stays = (
        await world.patient(),
        await world.doctor("gone"),
        await world.doctor("stays"),
    )
    for doctor in (gone, stays):
        await world.grant(patient, doctor, [NOTES])
    await world.revoke(patient, gone)
    revoked = await patient.local.entries(subject=patient.me, actions=[Action.ACCESS_REVOKED])
    world.block_file(cid_from_digest(Digest(revoked[-1].digest), Codec.DAG_CBOR)).unlink()
    assert await serve_left_out(patient) is not None
    assert await opens(stays, patient, "again")
    await world.revoke(patient, stays)
    assert await patient.local.jobs([JobState.PENDING, JobState.FAILED]) == []


@pytest.mark.parametrize("revoking", [True, False])
async def test_nothing_is_made_where_all_have_their_keys(world: World, revoking: bool) -> None:
    patient, one, other = (
        await world.patient(),
        await world.doctor("one"),
        await world.doctor("two"),
    )
    await world.grant(patient, one, [NOTES])
    if revoking:
        await world.revoke(patient, one)
    await world.grant(patient, other, [NOTES])
    assert await serve_left_out(patient) is None


async def test_nobody_without_a_good_credential_makes_the_keys_change(world: World) -> None:
    patient, stays = await left_out(world)
    await world.suspend(stays)
    await doctors.update(stays, DoctorProfileFields("Another", "Name", "None", "L-9"))
    await sync(patient)
    assert await serve_left_out(patient) is None
