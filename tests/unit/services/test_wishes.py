"""What is decided without a network waits in the outbox, and happens once when it is back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from medrec.clinical.patient import DoctorProfileFields, IdentityClaim
from medrec.domain.calls import ArchiveRecord
from medrec.domain.categories import Permission
from medrec.domain.entries import Action
from medrec.domain.outbox import Job, JobState
from medrec.domain.people import DoctorStatus
from medrec.errors import (
    NodeDown,
    NoSuchGrant,
    NotTheAuthorsKind,
    RecordIsArchived,
    StaleVersion,
    StoreDown,
    WaitsInOutbox,
)
from medrec.services import access, administration, doctors, my_patients, patients
from medrec.services.access import GrantDraft
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.my_patients import RequestState
from medrec.services.work import outbox
from medrec.services.writing import archive_record
from tests.support.liar import failing, lying
from tests.support.world import DAY, NOTES, SOMEBODY, Recorder, World, amend, elsewhere, write

READ = Permission(frozenset({NOTES}))


class Away:
    """A chain of which no node answers."""

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: object, **__: object) -> None:
            raise NodeDown(url="http://nowhere")

        return fail


def offline(context: Context) -> Context:
    """The same person at the same computer, without a node."""
    return replace(context, chain=Away())  # type: ignore[arg-type]  # every method fails


async def waits(work: Awaitable[object]) -> None:
    """See that something is said to be saved, and why it is not shared."""
    with pytest.raises(WaitsInOutbox, match="Saved here, not yet shared: The Ethereum node"):
        await work


async def kept(context: Context, *states: JobState) -> list[Job]:
    """The wishes in the outbox."""
    return [job for job in await context.local.jobs(states) if job.is_wish]


async def back(context: Context) -> list[Job]:
    """The network is back: what waits goes out."""
    await sync(context)
    return await outbox(context).resume()


async def actions(context: Context, *wanted: Action) -> int:
    """How often the account has done one of these."""
    await sync(context)
    entries = await context.local.entries(actor=context.me, actions=list(wanted))
    return len(entries)


async def test_a_reason_that_was_typed_archives_once(world: World) -> None:
    patient = await world.patient()
    note = await write(patient, patient.me, "Diary")
    await waits(archive_record(offline(patient), patient.me, note.record, "Written twice."))
    (wish,) = await kept(patient, JobState.PENDING)
    assert wish.result["reason"] == "Written twice."
    await asyncio.gather(back(patient), back(patient))
    assert await actions(patient, Action.RECORD_ARCHIVED) == 1
    job = await patient.local.job(wish.id)
    assert job is not None
    assert (job.state, job.kind, job.created) == (JobState.DONE, "record-archive", wish.created)
    assert isinstance(job.steps[0].call, ArchiveRecord)
    assert "reason" not in job.result, "what was typed stays no longer than it has to"


@pytest.mark.parametrize("role", ["patient", "doctor"])
async def test_a_registration_waits_and_what_is_typed_later_counts(world: World, role: str) -> None:
    person = await world.person(role)
    register: Callable[[str], Awaitable[object]]
    if role == "patient":
        register = lambda family: patients.register(  # noqa: E731
            offline(person), replace(SOMEBODY, family=family)
        )
    else:
        register = lambda family: doctors.register(  # noqa: E731
            offline(person), DoctorProfileFields("Ada", family, "Surgery", "L-1")
        )
    await waits(register("Byron"))
    await waits(register("Lovelace"))
    assert [job.state for job in await person.local.jobs()] == [
        JobState.CANCELLED,
        JobState.PENDING,
    ]
    assert (await person.local.jobs())[0].result == {}, "dropped with what was typed"
    await back(person)
    await back(person)
    await sync(person)
    if role == "patient":
        assert (await patients.show(person, person.me)).demographics.family == "Lovelace"
        assert await actions(person, Action.RECORD_CREATED) == 1
    else:
        assert (await doctors.announced(person, person.me))[0].family == "Lovelace"
    assert await actions(person, Action.USER_REGISTERED) == 1


async def test_profiles_that_are_changed_wait(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    moved = replace(SOMEBODY, address="Ockham Park")
    await waits(patients.update(offline(patient), moved, 1))
    await waits(doctors.update(offline(doctor), DoctorProfileFields("G", "H", "Surgery", "L-2")))
    await back(patient)
    await back(doctor)
    await sync(patient)
    assert (await patients.show(patient, patient.me)).demographics == moved
    await sync(doctor)
    assert (await doctors.announced(doctor, doctor.me))[0].licence == "L-2"


async def test_what_was_written_meanwhile_is_not_written_over(world: World) -> None:
    patient = await world.patient()
    note = await write(patient, patient.me, "Diary")
    await waits(archive_record(offline(patient), patient.me, note.record, "Old.", 1))
    await waits(patients.update(offline(patient), replace(SOMEBODY, phone="+33 1 23 45"), 1))
    other = elsewhere(world, patient)
    await amend(other, patient.me, note.record, "Diary, amended")
    await patients.update(other, replace(SOMEBODY, phone="+33 6 78 90"), 1)
    heard = Recorder()
    await back(replace(patient, notifier=heard))
    drafts = await kept(patient, JobState.DRAFT)
    assert [job.error_code for job in drafts] == [StaleVersion.__name__] * 2
    assert [job.result.get("reason") for job in drafts] == ["Old.", None]
    assert len(heard.warned) == 2
    with pytest.raises(StaleVersion):
        await outbox(patient).retry(drafts[0].id)
    (again,) = [job for job in await kept(patient, JobState.DRAFT) if job.id == drafts[0].id]
    assert again.result["reason"] == "Old."
    assert await actions(patient, Action.RECORD_ARCHIVED) == 0


async def test_what_is_refused_at_once_leaves_nothing(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES], write=[NOTES])
    theirs = await write(doctor, patient.me, "Visit")
    before = len(await patient.local.jobs())
    with pytest.raises(NotTheAuthorsKind):
        await archive_record(patient, patient.me, theirs.record, "Wrong.")
    with pytest.raises(NoSuchGrant):
        await access.revoke(patient, [patient.me])
    assert len(await patient.local.jobs()) == before


async def test_access_is_given_and_ended_in_the_order_of_the_decisions(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    until = await world.now() + DAY
    grant = GrantDraft(doctor.me, READ, until)
    await waits(access.grant(offline(patient), grant))
    await waits(access.revoke(offline(patient), [doctor.me]))
    (last,) = await kept(patient, JobState.PENDING)
    assert last.kind == "access-revoke", "nothing gives again what was ended last"
    await back(patient)
    assert [job.error_code for job in await kept(patient)] == [NoSuchGrant.__name__]
    await access.grant(patient, grant)
    await waits(access.revoke(offline(patient), [doctor.me]))
    await back(patient)
    held = await patient.chain.grant(patient.me, doctor.me)
    assert held is not None
    assert not held.live(await world.now())
    assert await actions(patient, Action.ACCESS_REVOKED) == 1


async def test_a_grant_waits_for_new_keys_that_are_due(world: World) -> None:
    patient, doctor, gone = await world.patient(), await world.doctor(), await world.doctor("gone")
    await world.grant(patient, gone, read=[NOTES], until=await world.now() + 60)
    await world.pass_time(120)
    await sync(patient)
    # New keys come first: they are on their way, and the grant is not made yet.
    away = replace(patient, chain=lying(patient.chain, send=failing(NodeDown(url="x"))))
    with pytest.raises(WaitsInOutbox):
        await access.grant(away, GrantDraft(doctor.me, READ, await world.now() + DAY))
    assert [job.kind for job in await patient.local.jobs([JobState.PENDING])] == [
        "key-rotate",
        "access-grant",
    ]
    await back(patient)
    held = await patient.chain.grant(patient.me, doctor.me)
    assert held is not None
    assert held.live(await world.now())
    assert await actions(patient, Action.ACCESS_GRANTED) == 2


async def test_a_grant_to_somebody_who_was_never_seen_waits_for_the_store(world: World) -> None:
    patient, doctor = elsewhere(world, await world.patient()), await world.doctor()
    await sync(patient)
    down = replace(patient, store=lying(patient.store, get=failing(StoreDown(location="x"))))
    with pytest.raises(WaitsInOutbox):
        await access.grant(down, GrantDraft(doctor.me, READ, await world.now() + DAY))
    await back(down)
    assert [job.kind for job in await kept(patient, JobState.PENDING)] == ["access-grant"]
    await back(patient)
    assert await actions(patient, Action.ACCESS_GRANTED) == 1


async def test_a_request_is_asked_refused_and_taken_back(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    until = await world.now() + DAY
    ask = (patient.me, READ, until, "High blood pressure")
    await waits(access.request(offline(doctor), *ask))
    (mine,) = await my_patients.requests(doctor)
    assert (mine.state, mine.patient) == (RequestState.SENDING, patient.me)
    assert mine.asked is not None
    assert (mine.asked.permission, mine.asked.reason) == (READ, "High blood pressure")
    await back(doctor)
    await sync(patient)
    (row,) = await access.requests(patient)
    assert row.request.reason == "High blood pressure"
    await waits(access.decline(offline(patient), doctor.me))
    await back(patient)
    assert await actions(patient, Action.REQUEST_DECLINED) == 1
    await access.request(doctor, *ask)
    await waits(access.withdraw(offline(doctor), patient.me))
    await back(doctor)
    assert await actions(doctor, Action.REQUEST_WITHDRAWN) == 1


async def test_an_office_s_last_decision_counts(world: World) -> None:
    doctor, admin = await world.doctor(verified=False), world.admin
    await sync(admin)
    await waits(administration.verify_doctor(offline(admin), doctor.me))
    await waits(administration.refuse_doctor(offline(admin), doctor.me, "No licence."))
    (wish,) = await kept(admin, JobState.PENDING)
    assert (wish.kind, wish.result["reason"]) == ("doctor-refuse", "No licence.")
    await back(admin)
    found = await admin.chain.doctor(doctor.me)
    assert found is not None
    assert found.status is DoctorStatus.REFUSED
    await waits(administration.verify_doctor(offline(admin), doctor.me))
    await back(admin)
    await waits(administration.suspend_doctor(offline(admin), doctor.me, "Asked to."))
    await back(admin)
    found = await admin.chain.doctor(doctor.me)
    assert found is not None
    assert found.status is DoctorStatus.SUSPENDED


async def test_nobody_s_papers_are_kept(world: World) -> None:
    patient, admin = await world.patient(), world.admin
    claim = IdentityClaim("Ada", "Lovelace", "1985-12-10", "AB 123")
    with pytest.raises(NodeDown):
        await administration.verify_identity(offline(admin), patient.me, claim)
    assert await admin.local.jobs() == []


async def test_what_is_dropped_while_it_is_made_ready_stays_dropped(world: World) -> None:
    patient = await world.patient()
    note = await write(patient, patient.me, "Diary")
    await waits(archive_record(offline(patient), patient.me, note.record, "Old."))
    (wish,) = await kept(patient, JobState.PENDING)

    async def dropped(honest: Any, *args: object) -> object:
        await outbox(patient).cancel(wish.id)
        return await honest(*args)

    await outbox(replace(patient, chain=lying(patient.chain, record=dropped))).resume()
    job = await patient.local.job(wish.id)
    assert job is not None
    assert (job.state, job.result) == (JobState.CANCELLED, {})
    assert await actions(patient, Action.RECORD_ARCHIVED) == 0


async def test_done_elsewhere_meanwhile_is_said(world: World) -> None:
    patient = await world.patient()
    note = await write(patient, patient.me, "Diary")
    await waits(archive_record(offline(patient), patient.me, note.record, "Old."))
    await archive_record(elsewhere(world, patient), patient.me, note.record, "Old.")
    await sync(patient)
    (wish,) = await kept(patient)
    with pytest.raises(RecordIsArchived):
        await outbox(patient).retry(wish.id)
