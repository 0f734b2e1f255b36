"""The outbox: what the world does to a job on its way, and where the job stands then."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from medrec.domain.calls import AddRecord
from medrec.domain.entries import Action
from medrec.domain.ids import Epoch, JobId, RecordId
from medrec.domain.outbox import Job, JobState, SignedTransaction, Step, StepState
from medrec.errors import (
    AccessEnded,
    CannotCancel,
    CannotRetry,
    EpochStale,
    FeeTooLow,
    MedRecError,
    NodeDown,
    NonceTaken,
    NoSuchJob,
    SlotSpoiled,
    StillWaiting,
    StoreDown,
    VersionConflict,
    WaitsInOutbox,
)
from medrec.services import access
from medrec.services import outbox as outbox_module
from medrec.services.context import Context
from medrec.services.holders import spoiled_slots
from medrec.services.index import sync
from medrec.services.keyring import keys_to
from medrec.services.reading import RecordReader
from medrec.services.work import new_job, outbox
from medrec.services.writing import add_record
from tests.support.crash import Fuse, fused
from tests.support.fake_store import FakeStore
from tests.support.liar import failing, lying
from tests.support.world import (
    HOUR,
    LABS,
    NOTES,
    Recorder,
    World,
    amend,
    draft,
    elsewhere,
    read,
    write,
)

NODE_DOWN, STORE_DOWN = NodeDown(url="the node"), StoreDown(location="the store")


async def _pair(world: World) -> tuple[Context, Context]:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    await sync(doctor)
    return patient, doctor


async def _waiting(author: Context, patient: Context, title: str = "waits") -> Job:
    """A record whose transaction is signed and was taken by no node."""
    cut_off = replace(author, chain=lying(author.chain, send=failing(NODE_DOWN)))
    with pytest.raises(WaitsInOutbox):
        await write(cut_off, patient.me, title)
    (job,) = await author.local.jobs([JobState.PENDING])
    return job


async def _titles(patient: Context) -> list[str]:
    await sync(patient)
    reader = await RecordReader.open(patient, patient.me)
    created = await patient.local.entries(subject=patient.me, actions=[Action.RECORD_CREATED])
    return [(await reader.read(RecordId(e.ref))).manifest.title for e in created]


async def test_a_record_goes_through_and_leaves_nothing_behind(world: World):
    patient, doctor = await _pair(world)
    written = await write(doctor, patient.me, "a note")
    (step,) = written.job.steps
    assert written.job.state is JobState.DONE
    assert step.state is StepState.DONE
    assert step.signed is not None
    assert await doctor.chain.receipt_block(step.signed.hash) == (step.block, True)
    assert isinstance(doctor.local, FakeStore)
    assert not doctor.local._holds
    assert not doctor.local._nonces
    pins = {path.name for path in (world.store_folder / "pins").iterdir()}
    assert step.after[0] in pins
    assert step.before[-1] not in pins, "the pending copy is let go"


async def test_down_at_any_call_it_waits_or_was_never_saved(world: World):
    """The node or the store away at each single call in turn; tried again, it is done once."""
    patient, doctor = await _pair(world)
    fuse = Fuse()
    await add_record(fused(doctor, fuse), patient.me, draft("counted"))
    calls = [at for at, name in enumerate(fuse.names) if not name.startswith("local.")]
    for at in calls:
        known = {job.id for job in await doctor.local.jobs()}
        down = STORE_DOWN if fuse.names[at].startswith("store.") else NODE_DOWN
        try:
            await add_record(fused(doctor, Fuse(at, error=down)), patient.me, draft(f"call {at}"))
        except MedRecError as error:
            told = error
        else:
            # Confirmed already: what follows it is done when the store is back.
            await outbox(doctor).resume()
            continue
        saved = [job for job in await doctor.local.jobs() if job.id not in known]
        if isinstance(told, WaitsInOutbox):
            (job,) = saved
            assert (job.state, job.error_code) == (JobState.PENDING, down.code), fuse.names[at]
            assert job.attempts == 1
            await outbox(doctor).resume()
        else:
            assert isinstance(told, NodeDown | StoreDown), fuse.names[at]
            assert not saved, fuse.names[at]
        assert {job.state for job in await doctor.local.jobs()} == {JobState.DONE}
    titles = await _titles(patient)
    assert len(titles) == len(set(titles))


async def test_what_follows_a_confirmed_transaction_is_no_failure(world: World):
    """The store goes away after the confirmation: the person is not told that it failed."""
    patient, doctor = await _pair(world)
    confirmed = False

    async def send(honest: Any, signed: SignedTransaction) -> None:
        nonlocal confirmed
        await honest(signed)
        confirmed = True

    async def put(honest: Any, *args: Any) -> None:
        if confirmed:
            raise STORE_DOWN
        await honest(*args)

    ill = replace(doctor, chain=lying(doctor.chain, send=send), store=lying(doctor.store, put=put))
    written = await write(ill, patient.me, "a note")
    assert written.job.state is JobState.PENDING
    assert isinstance(doctor.notifier, Recorder)
    assert doctor.notifier.warned
    (ended,) = await outbox(doctor).resume()
    assert ended.state is JobState.DONE
    assert await _titles(patient) == ["Personal data", "a note"]


async def test_a_nonce_taken_by_another_machine_is_replaced(world: World):
    patient, doctor = await _pair(world)
    job = await _waiting(doctor, patient)
    taken = job.steps[0].signed
    assert taken is not None
    await write(elsewhere(world, doctor), patient.me, "by the other machine")
    done = await outbox(doctor).retry(job.id)
    assert done.state is JobState.DONE
    signed = done.steps[0].signed
    assert signed is not None
    assert signed.nonce > taken.nonce
    assert sorted(await _titles(patient)) == ["Personal data", "by the other machine", "waits"]


@pytest.mark.parametrize("error", [NonceTaken(nonce=1), FeeTooLow(nonce=1)])
async def test_what_a_node_refuses_for_ever_stays_in_the_outbox(world: World, error: Exception):
    patient, doctor = await _pair(world)
    tries = 0

    async def send(_: Any, signed: SignedTransaction) -> None:
        nonlocal tries
        tries += 1
        raise error

    with pytest.raises(WaitsInOutbox):
        await write(replace(doctor, chain=lying(doctor.chain, send=send)), patient.me, "waits")
    assert tries == outbox_module.TRIES
    (job,) = await doctor.local.jobs([JobState.PENDING])
    (ended,) = await outbox(doctor).resume()
    assert (ended.id, ended.state) == (job.id, JobState.DONE)


async def test_a_fee_too_low_is_raised_at_the_same_nonce(world: World):
    patient, doctor = await _pair(world)
    seen: list[int] = []

    async def send(honest: Any, signed: SignedTransaction) -> None:
        seen.append(signed.nonce)
        if len(seen) == 1:
            raise FeeTooLow(nonce=signed.nonce)
        await honest(signed)

    written = await write(
        replace(doctor, chain=lying(doctor.chain, send=send)), patient.me, "a note"
    )
    assert written.job.state is JobState.DONE
    assert len(seen) == 2
    assert seen[0] == seen[1]


async def test_a_transaction_that_reverts_is_explained_and_kept(world: World):
    """It was sent before the revocation and mined after it."""
    patient, doctor = await _pair(world)
    job = await _waiting(doctor, patient)
    await world.revoke(patient, doctor)
    with pytest.raises(AccessEnded):
        await outbox(doctor).retry(job.id)
    kept = await doctor.local.job(job.id)
    assert kept is not None
    assert (kept.state, kept.error_code) == (JobState.DRAFT, "AccessEnded")
    assert all([await doctor.local.spooled(cid) for cid in kept.steps[0].after])

    # Given access again, the draft can be sent after all: sealed again under the new keys.
    await world.grant(patient, doctor, [NOTES], [NOTES])
    done = await outbox(doctor).retry(job.id)
    assert done.state is JobState.DONE
    assert (await _titles(patient))[-1] == "waits"


async def test_a_draft_can_be_given_up(world: World):
    patient, doctor = await _pair(world)
    job = await _waiting(doctor, patient)
    await world.revoke(patient, doctor)
    with pytest.raises(AccessEnded):
        await outbox(doctor).retry(job.id)
    given_up = await outbox(doctor).cancel(job.id)
    assert given_up.state is JobState.CANCELLED
    assert isinstance(doctor.local, FakeStore)
    assert not doctor.local._holds
    assert await outbox(doctor).resume() == []


async def test_a_version_conflict_is_a_draft(world: World):
    patient, doctor = await _pair(world)
    written = await write(doctor, patient.me, "one")
    cut_off = replace(doctor, chain=lying(doctor.chain, send=failing(NODE_DOWN)))
    with pytest.raises(WaitsInOutbox):
        await amend(cut_off, patient.me, written.record, "two, late")
    await amend(elsewhere(world, doctor), patient.me, written.record, "two")
    (job,) = await doctor.local.jobs([JobState.PENDING])
    with pytest.raises(VersionConflict):
        await outbox(doctor).retry(job.id)
    kept = await doctor.local.job(job.id)
    assert kept is not None
    assert kept.state is JobState.DRAFT
    assert (await read(patient, patient.me, written.record)).manifest.title == "two"


async def test_a_stale_epoch_is_sealed_again(world: World):
    patient, doctor = await _pair(world)
    gone = await world.doctor("gone")
    await world.grant(patient, gone, [NOTES])
    job = await _waiting(doctor, patient)
    await world.revoke(patient, gone)
    done = await outbox(doctor).retry(job.id)
    old, new = job.steps[0].call, done.steps[0].call
    assert isinstance(old, AddRecord)
    assert isinstance(new, AddRecord)
    assert (old.record, old.patient) == (new.record, new.patient)
    assert old.epoch < new.epoch
    assert old.digest != new.digest
    assert job.steps[0].before[:-1] == done.steps[0].before[:-1], "the body stays as it is"
    opened = await read(patient, patient.me, new.record)
    assert opened.manifest.title == "waits"


async def test_a_write_only_record_is_sealed_again_to_those_who_read_now(world: World):
    patient, laboratory, gone, stays = (
        await world.patient(),
        await world.doctor("laboratory"),
        await world.doctor("gone"),
        await world.doctor("stays"),
    )
    await world.grant(patient, laboratory, [], [LABS])
    for reader in (gone, stays):
        await world.grant(patient, reader, [LABS])
    await sync(laboratory)
    cut_off = replace(laboratory, chain=lying(laboratory.chain, send=failing(NODE_DOWN)))
    with pytest.raises(WaitsInOutbox):
        await write(cut_off, patient.me, "a result", LABS)
    await world.revoke(patient, gone)
    (done,) = await outbox(laboratory).resume()
    assert done.state is JobState.DONE
    call = done.steps[0].call
    assert isinstance(call, AddRecord)
    for reader in (patient, stays):
        assert (await read(reader, patient.me, call.record)).manifest.title == "a result"


async def test_a_revocation_that_another_came_before_is_made_again(world: World):
    """A person asked for it, and nobody may find out later that it was given up."""
    patient, doctor = await _pair(world)
    other = await world.doctor("other")
    await world.grant(patient, other, [NOTES])
    cut_off = replace(patient, chain=lying(patient.chain, send=failing(NODE_DOWN)))
    with pytest.raises(WaitsInOutbox):
        await access.revoke(cut_off, [doctor.me])
    twin = elsewhere(world, patient)
    await sync(twin)
    await access.revoke(twin, [other.me])
    assert len(await patient.local.jobs([JobState.PENDING])) == 1
    stays = await world.doctor("stays")
    await sync(twin)
    await world.grant(twin, stays, [NOTES], [NOTES])
    (done,) = await outbox(patient).resume()
    assert done.state is JobState.DONE
    held = await patient.chain.grant(patient.me, doctor.me)
    assert held is not None
    assert not held.live(await world.now() + 1)
    assert await _reads_what_is_written_now(stays, patient)
    assert not await spoiled_slots(patient, patient.me, await world.now())


async def _reads_what_is_written_now(reader: Context, patient: Context) -> bool:
    written = await write(patient, patient.me, "after all of it")
    return (await read(reader, patient.me, written.record)).manifest.title == "after all of it"


async def test_a_grant_that_a_revocation_came_before_is_decided_again_by_a_person(world: World):
    patient, doctor = await _pair(world)
    other = await world.doctor("other")
    cut_off = replace(patient, chain=lying(patient.chain, send=failing(NODE_DOWN)))
    with pytest.raises(WaitsInOutbox):
        await world.grant(cut_off, other, [NOTES])
    twin = elsewhere(world, patient)
    await sync(twin)
    await access.revoke(twin, [doctor.me])
    (job,) = await patient.local.jobs([JobState.PENDING])
    with pytest.raises(EpochStale):
        await outbox(patient).retry(job.id)
    failed = await patient.local.job(job.id)
    assert failed is not None
    assert failed.state is JobState.FAILED
    with pytest.raises(CannotRetry):
        await outbox(patient).retry(job.id)


async def test_new_keys_are_not_given_to_those_whose_access_ended_while_they_waited(world: World):
    patient, doctor = await _pair(world)
    short = await world.doctor("short")
    await world.grant(patient, short, [NOTES], until=await world.now() + HOUR)
    cut_off = replace(patient, chain=lying(patient.chain, send=failing(NODE_DOWN)))
    with pytest.raises(WaitsInOutbox):
        await access.revoke(cut_off, [doctor.me])
    await world.pass_time(2 * HOUR)
    (done,) = await outbox(patient).resume()
    assert done.state is JobState.DONE
    written = await write(patient, patient.me, "after both")
    with pytest.raises(AccessEnded):
        await read(short, patient.me, written.record)
    await sync(short)
    keys = await keys_to(short, patient.me)
    epoch = (await patients_epoch(patient)).packed
    assert all(envelope.epoch.packed < epoch for envelope in keys.envelopes)


async def patients_epoch(patient: Context) -> Epoch:
    """The patient's epoch on the chain."""
    found = await patient.chain.patient(patient.me)
    assert found is not None
    return found.epoch


async def test_a_refusal_nobody_watched_is_told(world: World):
    """Refused when the next session begins, it must not vanish."""
    patient, doctor = await _pair(world)
    cut_off = replace(doctor, chain=lying(doctor.chain, send=failing(NODE_DOWN)))
    with pytest.raises(WaitsInOutbox):
        await write(cut_off, patient.me, "too late")
    await world.revoke(patient, doctor)
    heard = Recorder()
    assert await outbox(replace(doctor, notifier=heard)).resume() == []
    (told,) = heard.warned
    assert "too late" in told
    assert "ended" in told


async def test_another_process_that_sends_is_not_waited_for_at_the_start(world: World):
    patient, _ = await _pair(world)
    cut_off = replace(patient, chain=lying(patient.chain, send=failing(NODE_DOWN)))
    with pytest.raises(WaitsInOutbox):
        await write(cut_off, patient.me, "slow")
    async with patient.local.exclusive():
        assert await outbox(patient).resume() == []
    (done,) = await outbox(patient).resume()
    assert done.state is JobState.DONE


async def test_one_stuck_job_stops_no_other(world: World):
    patient, doctor = await _pair(world)
    expiring = await world.doctor("expiring")
    await world.grant(patient, expiring, [NOTES], until=await world.now() + HOUR)
    stuck = await _waiting(doctor, patient, "stuck")
    second_patient = await world.patient("second")
    await world.grant(second_patient, doctor, [NOTES], [NOTES])
    cut_off = replace(
        doctor,
        chain=lying(doctor.chain, send=failing(NODE_DOWN)),
        store=lying(doctor.store, put=failing(STORE_DOWN)),
    )
    with pytest.raises(WaitsInOutbox):
        await write(cut_off, second_patient.me, "free")
    await world.pass_time(2 * HOUR)

    (ended,) = await outbox(doctor).resume()
    assert (ended.title, ended.state) == ("Add “free”", JobState.DONE)
    left = await doctor.local.job(stuck.id)
    assert left is not None
    assert (left.state, left.error_code) == (JobState.PENDING, "SlotSpoiled")
    with pytest.raises(SlotSpoiled):
        await outbox(doctor).retry(stuck.id)


async def test_no_confirmation_leaves_it_pending(world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(outbox_module, "PATIENCE", 0.1)
    patient, doctor = await _pair(world)

    async def no_receipt(_: Any, transaction: bytes) -> None:
        return None

    slow = replace(doctor, chain=lying(doctor.chain, receipt_block=no_receipt))
    with pytest.raises(StillWaiting):
        await write(slow, patient.me, "mined and not seen")
    (job,) = await doctor.local.jobs([JobState.PENDING])
    assert job.steps[0].state is StepState.SIGNED
    with pytest.raises(CannotCancel):
        await outbox(doctor).cancel(job.id)
    (ended,) = await outbox(doctor).resume()
    assert ended.state is JobState.DONE
    assert (await _titles(patient)).count("mined and not seen") == 1


async def test_cancelling(world: World):
    patient, doctor = await _pair(world)
    with pytest.raises(NoSuchJob):
        await outbox(doctor).cancel(JobId(999))
    with pytest.raises(NoSuchJob):
        await outbox(doctor).retry(JobId(999))
    done = (await write(doctor, patient.me, "done")).job
    with pytest.raises(CannotCancel):
        await outbox(doctor).cancel(done.id)
    assert (await outbox(doctor).retry(done.id)).state is JobState.DONE

    cut_off = replace(doctor, store=lying(doctor.store, put=failing(STORE_DOWN)))
    with pytest.raises(WaitsInOutbox):
        await write(cut_off, patient.me, "never mind")
    (job,) = await doctor.local.jobs([JobState.PENDING])
    cancelled = await outbox(doctor).cancel(job.id)
    assert cancelled.state is JobState.CANCELLED
    assert await outbox(doctor).resume() == []
    assert (await outbox(doctor).retry(job.id)).state is JobState.CANCELLED
    assert await _titles(patient) == ["Personal data", "done"]

    signed = await _waiting(doctor, patient, "already signed")
    with pytest.raises(CannotCancel):
        await outbox(doctor).cancel(signed.id)


async def test_no_fee_no_transaction(world: World):
    patient, doctor = await _pair(world)
    await world.rpc("anvil_setBalance", doctor.me, "0x0")
    with pytest.raises(WaitsInOutbox):
        await write(doctor, patient.me, "without fees")
    (job,) = await doctor.local.jobs([JobState.PENDING])
    assert job.error_code == "NoFunds"
    assert isinstance(doctor.local, FakeStore)
    assert not doctor.local._nonces, "no nonce is kept from others"
    await world.rpc("anvil_setBalance", doctor.me, hex(10**18))
    (ended,) = await outbox(doctor).resume()
    assert ended.state is JobState.DONE


async def test_a_job_waits_for_the_depth_that_the_network_asks_for(world: World):
    patient, doctor = await _pair(world)
    deep = replace(doctor, network=replace(doctor.network, confirmations=3))

    async def send(honest: Any, signed: SignedTransaction) -> None:
        await honest(signed)
        await world.rpc("anvil_mine", "0x1")

    mined = 0

    async def head(honest: Any) -> Any:
        nonlocal mined
        mined += 1
        if mined > 8:
            await world.rpc("anvil_mine", "0x1")
        return await honest()

    deep = replace(deep, chain=lying(doctor.chain, send=send, head=head))
    written = await write(deep, patient.me, "deep")
    block = written.job.steps[0].block
    assert block is not None
    assert (await doctor.chain.head()).number - block + 1 >= 3
    assert (await _titles(patient))[-1] == "deep"


async def test_two_drivers_of_one_job_do_it_once(world: World):

    patient, doctor = await _pair(world)
    job = await _waiting(doctor, patient)
    one, two = await asyncio.gather(outbox(doctor).retry(job.id), outbox(doctor).retry(job.id))
    assert one.state is two.state is JobState.DONE
    assert (await _titles(patient)).count("waits") == 1


async def test_a_job_of_no_step_is_done(world: World):
    person = await world.person("somebody")
    job = await outbox(person).submit(new_job(person, "nothing", "Nothing", []), {})
    assert job.state is JobState.DONE


async def test_a_signed_step_without_its_transaction_is_signed_again(world: World):
    """A row that an older version left so."""
    patient, doctor = await _pair(world)
    job = await _waiting(doctor, patient)
    (step,) = job.steps
    odd: Step = replace(step, signed=None)
    await doctor.local.update_job(replace(job, steps=(odd,)))
    done = await outbox(doctor).retry(job.id)
    assert done.state is JobState.DONE
