"""Who looked lately, by person and day."""

from __future__ import annotations

from medrec.domain.categories import Category
from medrec.services import looks, records
from medrec.services.index import sync
from tests.support.world import DAY, LABS, NOTES, World, write


async def test_a_day_of_a_person_is_one_look(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    until = await world.now() + 20 * DAY
    await world.grant(patient, doctor, read=[LABS, NOTES], write=[NOTES], until=until)
    lab = await write(patient, patient.me, "Panel", LABS)
    note = await write(patient, patient.me, "Diary", NOTES)
    await sync(doctor)
    await records.listed(doctor, patient.me)
    await records.opened(doctor, patient.me, lab.record)
    await records.opened(doctor, patient.me, note.record)
    await records.opened(doctor, patient.me, note.record)
    await write(doctor, patient.me, "Visit", NOTES)
    await world.pass_time(3 * DAY)
    await records.opened(doctor, patient.me, lab.record)
    await sync(patient)

    later, first = await looks.lately(patient)

    assert (later.who, later.read, later.records, later.listed) == (
        doctor.me,
        (Category.LABORATORY,),
        1,
        False,
    )
    assert first.listed
    assert (first.read, first.records) == ((Category.LABORATORY, Category.NOTES), 2)
    assert (first.wrote, first.written) == ((Category.NOTES,), 1)
    assert later.when > first.when


async def test_the_last_change_names_who_made_it(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES], write=[NOTES])
    await write(doctor, patient.me, "Visit", NOTES)
    await sync(patient)
    change = await looks.last_change(patient)
    assert change is not None
    assert change.who == doctor.me


async def test_nobody_looked_at_a_new_record(world: World) -> None:
    patient = await world.patient()
    await sync(patient)
    assert await looks.lately(patient) == []


async def test_nothing_changed_before_registration(world: World) -> None:
    person = await world.person("nobody")
    assert await looks.last_change(person) is None
