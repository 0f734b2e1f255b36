"""One suite for `LocalStore`: the encrypted database and the fake in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from medrec.domain.entries import Action
from medrec.domain.ids import JobId
from medrec.domain.outbox import JobState, Step, StepState
from medrec.domain.ports import LocalStore
from medrec.errors import NoSuchJob, OutboxBusy
from medrec.store.database import open_database
from tests.support.fake_store import FakeStore
from tests.support.local_data import (
    DOCTOR,
    OTHER,
    PATIENT,
    block_ref,
    entry,
    every_call,
    full_job,
    new_job,
    sealed,
    signed,
    some_bytes,
)


@pytest.fixture(params=["sqlite", "fake"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[LocalStore]:
    made: LocalStore
    if request.param == "sqlite":
        made = open_database(tmp_path / "local.db", some_bytes("key"))
    else:
        made = FakeStore()
    yield made
    await made.close()


# --- the index ---------------------------------------------------------------------------------


async def test_a_new_store_is_empty(store: LocalStore) -> None:
    assert await store.checkpoints() == []
    assert await store.entries() == []
    assert await store.jobs() == []
    assert await store.items("anything") == {}


async def test_entries_come_back_as_they_were_in_the_order_of_the_chain(store: LocalStore) -> None:
    late, first, second = entry(9), entry(7, 1), entry(7, 10)
    await store.append_entries([late, second, first], block_ref(9))
    assert await store.entries() == [first, second, late]
    assert await store.checkpoints() == [block_ref(9)]


async def test_the_largest_meta_word_and_addresses_keep_their_form(store: LocalStore) -> None:
    large = replace(entry(1), meta_word=2**256 - 1, ref=b"\xff" * 32)
    await store.append_entries([large], block_ref(1))
    assert await store.entries() == [large]


async def test_entries_are_found_by_everything_given(store: LocalStore) -> None:
    record = some_bytes("record")
    looked = entry(1, 0, ref=record)
    created = entry(1, 1, ref=record, action=Action.RECORD_CREATED)
    granted = entry(2, 0, actor=PATIENT, action=Action.ACCESS_GRANTED)
    elsewhere = entry(3, 0, subject=OTHER)
    rows = [looked, created, granted, elsewhere]
    await store.append_entries(rows, block_ref(3))

    assert await store.entries(subject=PATIENT) == [looked, created, granted]
    assert await store.entries(actor=DOCTOR) == [looked, created, elsewhere]
    assert await store.entries(ref=record) == [looked, created]
    assert await store.entries(actions=[Action.CONSULTED]) == [looked, elsewhere]
    wanted = [Action.RECORD_CREATED, Action.ACCESS_GRANTED]
    assert await store.entries(subject=PATIENT, actions=wanted) == [created, granted]
    found = await store.entries(
        subject=PATIENT, actor=DOCTOR, ref=record, actions=[Action.CONSULTED]
    )
    assert found == [looked]
    assert await store.entries(subject=OTHER, ref=record) == []


async def test_a_filter_is_a_value_never_a_piece_of_sql(store: LocalStore) -> None:
    await store.append_entries([entry(1)], block_ref(1))
    assert await store.entries(subject="' OR '1'='1") == []  # type: ignore[arg-type]
    await store.put("x'); DROP TABLE entries; --", "k", b"v")
    assert await store.entries() == [entry(1)]


async def test_the_same_range_again_is_harmless(store: LocalStore) -> None:
    rows = [entry(1), entry(2)]
    await store.append_entries(rows, block_ref(2))
    await store.append_entries(rows, block_ref(2))
    assert await store.entries() == rows
    assert await store.checkpoints() == [block_ref(2)]


async def test_an_empty_range_still_moves_the_checkpoint(store: LocalStore) -> None:
    await store.append_entries([], block_ref(5))
    await store.append_entries([], block_ref(6))
    assert await store.checkpoints() == [block_ref(6), block_ref(5)]


async def test_entries_above_their_checkpoint_are_a_bug(store: LocalStore) -> None:
    with pytest.raises(ValueError, match="above"):
        await store.append_entries([entry(2), entry(4)], block_ref(3))
    assert await store.entries() == []
    assert await store.checkpoints() == []


async def test_old_checkpoints_leave_and_the_newest_stay(store: LocalStore) -> None:
    for number in range(300):
        await store.append_entries([], block_ref(number))
    kept = await store.checkpoints()
    assert kept == [block_ref(number) for number in range(299, 299 - len(kept), -1)]
    assert 200 <= len(kept) < 300


async def test_roll_back_forgets_what_stands_above(store: LocalStore) -> None:
    for number in (10, 20, 30):
        await store.append_entries([entry(number - 1), entry(number)], block_ref(number))
    await store.roll_back(20)
    assert await store.entries() == [entry(9), entry(10), entry(19), entry(20)]
    assert await store.checkpoints() == [block_ref(20), block_ref(10)]
    await store.append_entries([entry(21)], block_ref(21, "other history"))
    assert (await store.checkpoints())[0] == block_ref(21, "other history")


async def test_roll_back_keeps_no_entry_that_no_checkpoint_vouches_for(store: LocalStore) -> None:
    await store.append_entries([entry(5)], block_ref(10))
    await store.append_entries([entry(15)], block_ref(20))
    await store.roll_back(17)
    assert await store.entries() == [entry(5)]
    await store.roll_back(3)
    assert await store.entries() == []
    assert await store.checkpoints() == []


# --- what is remembered ------------------------------------------------------------------------


async def test_a_subjects_tip_is_its_last_head_up_to_a_block(store: LocalStore) -> None:
    entries = [entry(1, 0), entry(1, 1), entry(3, 0)]
    await store.append_entries(entries, block_ref(3))
    subject = entries[0].subject
    own = [e for e in entries if e.subject == subject]
    assert await store.tip(subject) == (len(own), own[-1].head)
    early = [e for e in own if e.block <= 2]
    assert await store.tip(subject, 2) == (len(early), early[-1].head)
    assert await store.tip(subject, 0) is None


async def test_values_are_remembered_by_space_and_key(store: LocalStore) -> None:
    await store.put("heads", "a", b"1")
    await store.put("heads", "b", b"")
    await store.put("keys", "a", b"\x00\xff")
    await store.put("heads", "a", b"2")
    assert await store.get("heads", "a") == b"2"
    assert await store.get("heads", "b") == b""
    assert await store.get("keys", "a") == b"\x00\xff"
    assert await store.get("keys", "b") is None
    assert await store.items("heads") == {"a": b"2", "b": b""}


async def test_a_value_is_forgotten_once_and_again(store: LocalStore) -> None:
    await store.put("s", "k", b"v")
    await store.delete("s", "k")
    await store.delete("s", "k")
    assert await store.get("s", "k") is None


# --- the outbox --------------------------------------------------------------------------------


async def test_a_job_comes_back_with_every_kind_of_call(store: LocalStore) -> None:
    saved = await store.add_job(full_job(), {})
    assert saved == replace(full_job(), id=saved.id)
    read = await store.job(saved.id)
    assert read == saved
    assert read is not None
    assert [type(step.call) for step in read.steps] == [type(call) for call in every_call()]


async def test_jobs_come_in_the_order_of_their_creation_by_state(store: LocalStore) -> None:
    jobs = [await store.add_job(new_job(title=f"job {n}"), {}) for n in range(4)]
    assert len({job.id for job in jobs}) == 4
    done = replace(jobs[1], state=JobState.DONE)
    draft = replace(jobs[2], state=JobState.DRAFT, error="Refused.", error_code="NoAccess")
    await store.update_job(done)
    await store.update_job(draft)
    assert await store.jobs() == [jobs[0], done, draft, jobs[3]]
    assert await store.jobs([JobState.PENDING]) == [jobs[0], jobs[3]]
    assert await store.jobs([JobState.DRAFT, JobState.DONE]) == [done, draft]
    assert await store.jobs([JobState.FAILED]) == []


async def test_an_update_is_read_back(store: LocalStore) -> None:
    job = await store.add_job(new_job(), {})
    step = replace(job.steps[0], state=StepState.SIGNED, signed=signed(7))
    changed = replace(job, steps=(step,), attempts=3, result={"cid": "b", "version": 2})
    await store.update_job(changed)
    assert await store.job(job.id) == changed


async def test_an_unknown_job_is_refused(store: LocalStore) -> None:
    unknown = JobId(12345)
    assert await store.job(unknown) is None
    with pytest.raises(NoSuchJob):
        await store.update_job(replace(new_job(), id=unknown))
    with pytest.raises(NoSuchJob):
        await store.spool(unknown, dict([sealed(1)]))
    with pytest.raises(NoSuchJob):
        await store.reserve_nonce(unknown, DOCTOR, 0)
    assert await store.spooled(sealed(1)[0]) is None


async def test_blocks_stay_until_the_job_ends(store: LocalStore) -> None:
    (cid, data), (later, more) = sealed("first"), sealed("later", 1 << 20)
    job = await store.add_job(new_job(), {cid: data})
    await store.spool(job.id, {later: more})
    await store.update_job(replace(job, attempts=1))
    assert await store.spooled(cid) == data
    assert await store.spooled(later) == more
    await store.update_job(replace(job, state=JobState.DRAFT))
    assert await store.spooled(cid) == data


@pytest.mark.parametrize("state", [JobState.DONE, JobState.FAILED, JobState.CANCELLED])
async def test_an_ended_job_leaves_no_block(store: LocalStore, state: JobState) -> None:
    (given, data), (before, body), (root, top) = sealed(1), sealed(2), sealed(3)
    await store.spool(None, {before: body})
    await store.spool(None, {root: top})
    step = Step(every_call()[0], before=(before,), after=(root,))
    job = await store.add_job(new_job(step), {given: data})
    await store.update_job(replace(job, state=state))
    assert [await store.spooled(cid) for cid in (given, before, root)] == [None] * 3
    assert await store.job(job.id) == replace(job, state=state)


async def test_a_block_that_two_jobs_need_stays_for_the_second(store: LocalStore) -> None:
    cid, data = sealed("public profile")
    first = await store.add_job(new_job(), {cid: data})
    second = await store.add_job(new_job(), {cid: data})
    await store.update_job(replace(first, state=JobState.CANCELLED))
    assert await store.spooled(cid) == data
    await store.update_job(replace(second, state=JobState.DONE))
    assert await store.spooled(cid) is None


async def test_one_job_does_not_take_what_was_sealed_for_another(store: LocalStore) -> None:
    cid, data = sealed("for the second")
    await store.spool(None, {cid: data})
    first = await store.add_job(new_job(), {})
    await store.update_job(replace(first, state=JobState.DONE))
    assert await store.spooled(cid) == data
    second = await store.add_job(new_job(Step(every_call()[0], before=(cid,))), {})
    await store.update_job(replace(second, state=JobState.DONE))
    assert await store.spooled(cid) is None


async def test_a_job_sealed_again_takes_its_new_blocks_along(store: LocalStore) -> None:
    (old, _), (new, data) = sealed("old"), sealed("new")
    job = await store.add_job(new_job(Step(every_call()[0], before=(old,))), dict([sealed("old")]))
    await store.spool(None, {new: data})
    again = replace(job, steps=(replace(job.steps[0], before=(new,)),))
    await store.update_job(again)
    assert await store.spooled(new) == data
    await store.update_job(replace(again, state=JobState.DONE))
    assert await store.spooled(old) is None
    assert await store.spooled(new) is None


# --- nonces ------------------------------------------------------------------------------------


async def test_two_jobs_never_hold_one_nonce(store: LocalStore) -> None:
    first, second = [await store.add_job(new_job(), {}) for _ in range(2)]
    assert await store.reserve_nonce(first.id, DOCTOR, 5) == 5
    assert await store.reserve_nonce(second.id, DOCTOR, 5) == 6
    assert await store.reserve_nonce(second.id, OTHER, 5) == 5


async def test_a_nonce_reserved_and_never_signed_is_given_again(store: LocalStore) -> None:
    first, second = [await store.add_job(new_job(), {}) for _ in range(2)]
    assert await store.reserve_nonce(first.id, DOCTOR, 5) == 5
    assert await store.reserve_nonce(second.id, DOCTOR, 5) == 6
    assert await store.reserve_nonce(first.id, DOCTOR, 5) == 5
    assert await store.reserve_nonce(first.id, DOCTOR, 8) == 8


async def test_a_signed_nonce_is_not_given_again(store: LocalStore) -> None:
    job = await store.add_job(new_job(Step(every_call()[0]), Step(every_call()[1])), {})
    nonce = await store.reserve_nonce(job.id, DOCTOR, 0)
    step = replace(job.steps[0], state=StepState.SIGNED, signed=signed(nonce))
    await store.update_job(replace(job, steps=(step, job.steps[1])))
    assert await store.reserve_nonce(job.id, DOCTOR, 0) == 1


async def test_a_released_nonce_is_the_next_given(store: LocalStore) -> None:
    first, second = [await store.add_job(new_job(), {}) for _ in range(2)]
    nonce = await store.reserve_nonce(first.id, DOCTOR, 3)
    await store.release_nonce(second.id, DOCTOR, nonce)
    assert await store.reserve_nonce(second.id, DOCTOR, 3) == 4
    await store.release_nonce(first.id, DOCTOR, nonce)
    await store.release_nonce(first.id, DOCTOR, nonce)
    third = await store.add_job(new_job(), {})
    assert await store.reserve_nonce(third.id, DOCTOR, 3) == 3


@pytest.mark.parametrize("state", [s for s in JobState if s is not JobState.PENDING])
async def test_only_a_pending_job_keeps_its_nonces(store: LocalStore, state: JobState) -> None:
    first, second = [await store.add_job(new_job(), {}) for _ in range(2)]
    await store.reserve_nonce(first.id, DOCTOR, 3)
    await store.update_job(replace(first, state=state))
    assert await store.reserve_nonce(second.id, DOCTOR, 3) == 3


async def test_jobs_at_once_get_nonces_of_their_own(store: LocalStore) -> None:
    jobs = [await store.add_job(new_job(), {}) for _ in range(20)]
    given = await asyncio.gather(*(store.reserve_nonce(job.id, DOCTOR, 100) for job in jobs))
    assert sorted(given) == list(range(100, 120))


# --- the driver's lock -------------------------------------------------------------------------


async def test_one_at_a_time_drives_the_outbox(store: LocalStore) -> None:
    inside, most = 0, 0

    async def drive() -> None:
        nonlocal inside, most
        async with store.exclusive():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1

    await asyncio.gather(*(drive() for _ in range(4)))
    assert most == 1


async def test_who_waits_too_long_is_told(store: LocalStore) -> None:
    async with store.exclusive():
        with pytest.raises(OutboxBusy):
            async with store.exclusive(wait=0.1):
                pytest.fail("two drive at once")
        async with store.exclusive("index", wait=0.1):
            pass
    async with store.exclusive(wait=0.1):
        pass


async def test_the_lock_is_free_after_an_error(store: LocalStore) -> None:
    with pytest.raises(RuntimeError, match="inside"):
        async with store.exclusive():
            raise RuntimeError("inside")
    async with store.exclusive(wait=0.1):
        pass


async def test_closing_twice_is_harmless(store: LocalStore) -> None:
    await store.close()
    await store.close()


async def test_tasks_have_the_lock_in_the_order_in_which_they_asked(store: LocalStore) -> None:
    order: list[int] = []

    async def drive(number: int) -> None:
        async with store.exclusive():
            order.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*(drive(number) for number in range(30)))
    assert order == list(range(30))


async def test_a_task_that_is_cancelled_while_it_waits_stops_nobody(store: LocalStore) -> None:
    async with store.exclusive():
        waiting = asyncio.ensure_future(store.exclusive().__aenter__())
        await asyncio.sleep(0.01)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    async with store.exclusive(wait=1):
        pass
