"""A doctor's patients and requests, as the entries and the doctor's own copies tell them."""

from __future__ import annotations

import pytest

from medrec.domain.categories import Category, Permission
from medrec.domain.entries import Action
from medrec.domain.ids import CHART
from medrec.errors import DoctorNotVerified, NothingToWithdraw
from medrec.services import access, asked, chart, my_patients
from medrec.services.index import sync
from medrec.services.my_patients import AccessState, RequestState
from tests.support.world import DAY, LABS, NOTES, World, elsewhere, write

BOTH = Permission(frozenset({NOTES, LABS}), frozenset({NOTES}))


async def test_patients_by_what_the_doctor_may_do(world: World) -> None:
    doctor = await world.doctor()
    running, waiting, over = [await world.patient(name) for name in ("a", "b", "c")]
    await write(running, running.me, "Diary")
    await world.grant(running, doctor, read=[NOTES], write=[NOTES])
    await world.grant(over, doctor, read=[NOTES])
    await world.revoke(over, doctor)
    await sync(doctor)
    await asked.set_label(doctor, waiting.me, "Yuki")
    await access.request(doctor, waiting.me, BOTH, await world.now() + DAY, "a visit")
    await sync(doctor)

    first, second, third = (await my_patients.listed(doctor)).rows

    assert (first.patient, first.state) == (running.me, AccessState.RUNNING)
    assert first.name == "Ada Lovelace"
    assert first.permission == Permission(frozenset({NOTES}), frozenset({NOTES}))
    assert first.last is not None
    assert (first.last.category, first.last.author) == (NOTES, running.me)
    assert (second.patient, second.state, second.name) == (waiting.me, AccessState.WAITING, "Yuki")
    assert second.since
    assert (third.patient, third.state) == (over.me, AccessState.ENDED)
    assert 0 < third.until <= await world.now()


async def test_the_look_at_personal_data_is_logged_once(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES])
    await my_patients.listed(doctor)
    await sync(doctor)
    await my_patients.listed(doctor)
    again = elsewhere(world, doctor)
    await sync(again)
    await my_patients.listed(again)
    await sync(doctor)
    looks = await doctor.local.entries(subject=patient.me, actions=[Action.CONSULTED])
    assert len(looks) == 1
    assert looks[0].ref != CHART


async def test_what_others_wrote_since_the_last_look_is_new(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES], write=[NOTES])
    await sync(doctor)
    await chart.load(doctor, patient.me)
    await write(patient, patient.me, "Diary")
    await write(doctor, patient.me, "Visit")
    await write(patient, patient.me, "Closed", LABS)
    await sync(doctor)
    [row] = (await my_patients.listed(doctor)).rows
    assert row.new == 1


async def test_a_doctor_who_waits_has_no_list(world: World) -> None:
    doctor = await world.doctor(verified=False)
    await sync(doctor)
    with pytest.raises(DoctorNotVerified):
        await my_patients.listed(doctor)


async def test_requests_and_what_became_of_them(world: World) -> None:
    doctor = await world.doctor()
    end = await world.now() + DAY
    people = [await world.patient(str(number)) for number in range(5)]
    await sync(doctor)
    for patient in people:
        await access.request(doctor, patient.me, BOTH, end, "a visit")
    full, part, refused, withdrawn, silent = people
    await world.grant(full, doctor, read=[NOTES, LABS], write=[NOTES])
    await world.grant(part, doctor, read=[NOTES], write=[NOTES])
    await sync(refused)
    await access.decline(refused, doctor.me)
    await access.withdraw(doctor, withdrawn.me)
    await sync(doctor)

    found = {row.patient: row for row in await my_patients.requests(doctor)}

    states = [found[patient.me].state for patient in people]
    assert states == [
        RequestState.GRANTED,
        RequestState.IN_PART,
        RequestState.REFUSED,
        RequestState.WITHDRAWN,
        RequestState.OPEN,
    ]
    assert found[part.me].missing == (Category.LABORATORY,)
    copy = found[silent.me].asked
    assert copy is not None
    assert (copy.permission, copy.until, copy.reason) == (BOTH, end, "a visit")
    await world.pass_time(2 * DAY)
    later = {row.patient: row.state for row in await my_patients.requests(doctor)}
    assert later[silent.me] is RequestState.UNANSWERED


async def test_on_another_computer_the_words_are_not_known(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await sync(doctor)
    await access.request(doctor, patient.me, BOTH, await world.now() + DAY, "a visit")
    other = elsewhere(world, doctor)
    await sync(other)
    [row] = await my_patients.requests(other)
    assert (row.state, row.asked) == (RequestState.OPEN, None)


async def test_only_an_open_request_is_withdrawn(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await sync(doctor)
    with pytest.raises(NothingToWithdraw):
        await access.withdraw(doctor, patient.me)
    await access.request(doctor, patient.me, BOTH, await world.now() + DAY, "a visit")
    await access.withdraw(doctor, patient.me)
    await sync(patient)
    assert await access.requests(patient) == []
    # And the doctor may ask again.
    await access.request(doctor, patient.me, BOTH, await world.now() + DAY, "another visit")
