"""Sealing again: the keys moved on while a record waited, and only its wrapping is made anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from medrec.crypto.record import decode_root
from medrec.domain.calls import AddRecord, UpdateRecord
from medrec.domain.categories import Category, Permission
from medrec.domain.entries import Action
from medrec.domain.ids import Cid, Epoch, RecordId
from medrec.domain.outbox import Job, JobState, Step, StepState
from medrec.errors import (
    EpochStale,
    HistoryForked,
    NodeDown,
    RequestIsOpen,
    SlotSpoiled,
    StoreDown,
    WaitsInOutbox,
)
from medrec.ipfs.folder import FolderStore
from medrec.services import access
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.reading import RecordReader
from medrec.services.resealing import reseal_record
from medrec.services.sources import in_memory
from medrec.services.work import outbox
from medrec.services.writing import Draft, add_record
from tests.support.fake_store import FakeStore
from tests.support.liar import failing, lying
from tests.support.world import DAY, HOUR, NOTES, World, amend, elsewhere, read, write

NODE_DOWN = NodeDown(url="the node")


@pytest.fixture
async def patient(world: World) -> Context:
    return await world.patient()


@pytest.fixture
async def doctor(world: World, patient: Context) -> Context:
    """May read and write notes."""
    doctor = await world.doctor("writer")
    await world.grant(patient, doctor, [NOTES], [NOTES])
    return doctor


def unsigned(context: Context) -> Context:
    """The node goes away when a transaction is to be prepared: what precedes it is stored."""
    return replace(context, chain=lying(context.chain, prepare=failing(NODE_DOWN)))


async def waiting(author: Context, patient: Context, title: str = "waits") -> Job:
    """A new note that is stored, and whose transaction is not signed."""
    with pytest.raises(WaitsInOutbox):
        await write(unsigned(author), patient.me, title)
    (job,) = await author.local.jobs([JobState.PENDING])
    assert job.steps[0].state is StepState.STORED
    return job


async def next_epoch(world: World, patient: Context) -> Context:
    """Somebody is given access and loses it; returns them, with the keys that they keep."""
    gone = await world.doctor("gone")
    await world.grant(patient, gone, [NOTES])
    await world.revoke(patient, gone)
    return gone


def call_of(job: Job) -> AddRecord | UpdateRecord:
    call = job.steps[-1].call
    assert isinstance(call, AddRecord | UpdateRecord)
    return call


def pins(world: World) -> set[Cid]:
    return set(FolderStore(world.store_folder)._files.pins())


async def test_wrapping_alone_is_new(world: World, patient: Context, doctor: Context):
    job = await waiting(doctor, patient)
    old_root = await doctor.local.spooled(job.steps[0].after[0])
    assert old_root is not None
    await next_epoch(world, patient)
    (done,) = await outbox(doctor).resume()
    assert done.state is JobState.DONE
    old, new = call_of(job), call_of(done)
    assert (old.patient, old.record) == (new.patient, new.record)
    assert new.epoch == old.epoch.next()
    before, after = (
        decode_root(old_root),
        decode_root(await doctor.store.get(done.steps[0].after[0])),
    )
    assert before.links == after.links
    assert (before.body, before.header, before.kc) == (after.body, after.header, after.kc)
    assert (before.key, before.epoch) != (after.key, after.epoch)
    assert (await read(patient, patient.me, new.record)).manifest.title == "waits"
    assert (await read(doctor, patient.me, new.record)).manifest.title == "waits"


async def test_what_was_sealed_under_the_old_keys_is_never_published(
    world: World, patient: Context, doctor: Context
):
    """Whoever was revoked holds those keys, and looks at every block of the store."""
    job = await waiting(doctor, patient)
    old_root = await doctor.local.spooled(job.steps[0].after[0])
    await next_epoch(world, patient)
    await outbox(doctor).resume()
    assert old_root not in world.stored()


async def test_nothing_of_the_first_sealing_stays_pinned(
    world: World, patient: Context, doctor: Context
):
    before = pins(world)
    job = await waiting(doctor, patient)
    old_copy = job.steps[0].before[-1]
    assert old_copy in pins(world)
    await next_epoch(world, patient)
    kept = pins(world) - {old_copy}
    (done,) = await outbox(doctor).resume()
    assert pins(world) - kept == {done.steps[0].after[0]}
    assert old_copy not in pins(world)
    assert before < pins(world)
    assert isinstance(doctor.local, FakeStore)
    assert not doctor.local._holds
    assert not doctor.local._blocks


async def test_attachments_come_back_byte_for_byte(world: World, patient: Context, doctor: Context):
    """Some megabytes: their blocks are neither sealed nor stored again."""
    scan = bytes(range(256)) * 12_000
    parts = (
        in_memory("note.txt", "text/plain", b"See the scan."),
        in_memory("scan.bin", "application/octet-stream", scan),
    )
    puts: list[Cid] = []

    async def put(honest: Any, cid: Cid, data: bytes) -> None:
        puts.append(cid)
        await honest(cid, data)

    counted = replace(doctor, store=lying(doctor.store, put=put))
    await sync(doctor)
    with pytest.raises(WaitsInOutbox):
        await add_record(unsigned(counted), patient.me, Draft(Category.NOTES, "scan", parts))
    first = list(puts)
    await next_epoch(world, patient)
    (done,) = await outbox(counted).resume()
    body = [cid for cid in first if cid not in done.steps[0].before[-1:]][:-1]
    assert len(body) >= 2
    assert list(done.steps[0].before[:-1]) == body
    reader = await RecordReader.open(patient, patient.me)
    await sync(patient)
    opened = await reader.read(call_of(done).record)
    assert await reader.part_bytes(opened, opened.manifest.parts[1]) == scan


async def test_amendment_stays_the_version_it_was(world: World, patient: Context, doctor: Context):
    written = await write(doctor, patient.me, "one")
    with pytest.raises(WaitsInOutbox):
        await amend(unsigned(doctor), patient.me, written.record, "two")
    await next_epoch(world, patient)
    (done,) = await outbox(doctor).resume()
    assert done.result["version"] == 2
    for version, title in ((1, "one"), (2, "two")):
        opened = await read(patient, patient.me, written.record, version)
        assert (opened.version, opened.manifest.title) == (version, title)


async def test_keys_that_move_again_and_again(world: World, patient: Context, doctor: Context):
    job = await waiting(doctor, patient)
    for _ in range(3):
        await next_epoch(world, patient)
        await sync(doctor)
        again = await reseal_record(doctor, (await doctor.local.jobs([JobState.PENDING]))[0])
        await doctor.local.update_job(again)
    (done,) = await outbox(doctor).resume()
    assert call_of(done).epoch == Epoch(0, call_of(job).epoch.index + 3)
    assert (await read(patient, patient.me, call_of(done).record)).manifest.title == "waits"
    assert isinstance(doctor.local, FakeStore)
    assert not doctor.local._blocks, "no sealing in between is left behind"


async def test_keys_that_move_between_sealing_and_sending(
    world: World, patient: Context, doctor: Context
):
    """Each time that it is sealed again, they move once more; then it gives up for now."""
    job = await waiting(doctor, patient)
    moves = 0

    async def prepare(honest: Any, *args: Any) -> Any:
        nonlocal moves
        if moves < 2:
            moves += 1
            await next_epoch(world, patient)
        return await honest(*args)

    restless = replace(doctor, chain=lying(doctor.chain, prepare=prepare))
    done = await outbox(restless).retry(job.id)
    assert moves == 2
    assert done.state is JobState.DONE
    assert call_of(done).epoch == Epoch(0, call_of(job).epoch.index + 2)
    created = await doctor.local.entries(
        subject=patient.me, actor=doctor.me, actions=[Action.RECORD_CREATED]
    )
    assert [RecordId(entry.ref) for entry in created] == [call_of(job).record]


async def test_patients_own_note(world: World, patient: Context):
    """The patient's second machine waits while the first one revokes."""
    with pytest.raises(WaitsInOutbox):
        await write(unsigned(patient), patient.me, "diary")
    await next_epoch(world, patient)
    (done,) = await outbox(patient).resume()
    assert (await read(patient, patient.me, call_of(done).record)).manifest.title == "diary"


async def test_not_without_a_newer_epoch(patient: Context, doctor: Context):
    """A node that calls an epoch stale which is not: nothing is sealed to what it makes up."""
    job = await waiting(doctor, patient)
    with pytest.raises(EpochStale):
        await reseal_record(doctor, job)
    chain = lying(doctor.chain, prepare=failing(EpochStale(current=9)))
    with pytest.raises(EpochStale):
        await outbox(replace(doctor, chain=chain)).retry(job.id)
    kept = await doctor.local.job(job.id)
    assert kept is not None
    assert kept.state is JobState.DRAFT, "it is still there for an honest node"
    assert (await outbox(doctor).retry(job.id)).state is JobState.DONE


async def test_epoch_that_the_entries_do_not_give_is_refused(
    world: World, patient: Context, doctor: Context
):
    job = await waiting(doctor, patient)

    async def ahead(honest: Any, who: str) -> Any:
        return replace(await honest(who), epoch=Epoch(0, 7))

    liar = replace(doctor, chain=lying(doctor.chain, patient=ahead))
    with pytest.raises(HistoryForked):
        await reseal_record(liar, job)
    assert await doctor.local.job(job.id) == job


async def test_not_under_keys_of_one_whose_access_has_ended(
    world: World, patient: Context, doctor: Context
):
    expiring = await world.doctor("expiring")
    job = await waiting(doctor, patient)
    await next_epoch(world, patient)
    await world.grant(patient, expiring, [NOTES], until=await world.now() + HOUR)
    await world.pass_time(2 * HOUR)
    with pytest.raises(SlotSpoiled):
        await reseal_record(doctor, job)
    await world.rotate(patient)
    (done,) = await outbox(doctor).resume()
    assert done.state is JobState.DONE
    assert (await read(patient, patient.me, call_of(done).record)).manifest.title == "waits"


async def test_not_without_the_sealed_root(world: World, patient: Context, doctor: Context):
    job = await waiting(doctor, patient)
    await next_epoch(world, patient)
    assert isinstance(doctor.local, FakeStore)
    doctor.local._blocks.clear()
    with pytest.raises(EpochStale):
        await reseal_record(doctor, job)


async def test_what_is_signed_or_no_record_stays_as_it_is(
    world: World, patient: Context, doctor: Context
):
    away = replace(doctor, chain=lying(doctor.chain, send=failing(NODE_DOWN)))
    with pytest.raises(WaitsInOutbox):
        await write(away, patient.me, "signed")
    (job,) = await doctor.local.jobs([JobState.PENDING])
    await next_epoch(world, patient)
    other = replace(job, steps=(*job.steps, Step(job.steps[0].call, signed=job.steps[0].signed)))
    assert (await reseal_record(doctor, other)).steps == other.steps


async def test_store_that_is_away_while_it_is_sealed_again(
    world: World, patient: Context, doctor: Context
):
    job = await waiting(doctor, patient)
    await next_epoch(world, patient)
    down = failing(StoreDown(location="the store"))
    away = replace(doctor, store=lying(doctor.store, put=down, pin=down, unpin=down))
    with pytest.raises(WaitsInOutbox):
        await outbox(away).retry(job.id)
    (done,) = await outbox(doctor).resume()
    assert done.state is JobState.DONE
    assert (await read(patient, patient.me, call_of(done).record)).manifest.title == "waits"


async def test_cancelled_job_leaves_nothing_pinned(world: World, patient: Context, doctor: Context):
    before = pins(world)
    job = await waiting(doctor, patient)
    assert before < pins(world)
    await outbox(doctor).cancel(job.id)
    assert pins(world) == before


async def test_refused_request_leaves_nothing_pinned(
    world: World, patient: Context, doctor: Context
):
    """What was stored for it is let go, like that of a cancelled job."""
    permission = Permission(frozenset({NOTES}))
    until = await world.now() + DAY
    before = pins(world)
    with pytest.raises(WaitsInOutbox):
        await access.request(unsigned(doctor), patient.me, permission, until, "first")
    twin = elsewhere(world, doctor)
    await sync(twin)
    await access.request(twin, patient.me, permission, until, "second")
    assert len(pins(world) - before) == 2
    (job,) = await doctor.local.jobs([JobState.PENDING])
    with pytest.raises(RequestIsOpen):
        await outbox(doctor).retry(job.id)
    assert len(pins(world) - before) == 1
    assert not pins(world) & set(job.steps[0].before)


async def test_cancelling_needs_no_store(world: World, patient: Context, doctor: Context):
    """What it still keeps of the job is sealed; the job is over all the same."""
    job = await waiting(doctor, patient)
    away = replace(doctor, store=lying(doctor.store, unpin=failing(StoreDown(location="x"))))
    assert (await outbox(away).cancel(job.id)).state is JobState.CANCELLED
