"""What people are called: only a name that a verifier vouches for stands for somebody."""

from __future__ import annotations

from medrec.clinical.patient import DoctorProfileFields
from medrec.services import doctors
from medrec.services.index import sync
from medrec.services.names import YOU, names_of
from tests.support.world import World


async def test_the_own_account_and_verified_doctors_have_names(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor("House")
    await sync(patient)
    called = await names_of(patient, [patient.me, doctor.me, patient.me])
    assert called == {patient.me: YOU, doctor.me: "Dr. Gregory House"}


async def test_nobody_else_has(world: World) -> None:
    pending, patient = await world.doctor("Pending", verified=False), await world.patient()
    suspended = await world.doctor("Suspended")
    await world.suspend(suspended)
    reader = await world.doctor("Reader")
    people = [pending.me, suspended.me, patient.me]
    assert await names_of(reader, people) == {who: who for who in people}


async def test_a_new_name_counts_when_it_is_verified(world: World) -> None:
    doctor, patient = await world.doctor("House"), await world.patient()
    await doctors.update(doctor, DoctorProfileFields("Lisa", "Cuddy", "Endocrinology", "L-2"))
    await sync(patient)
    assert (await names_of(patient, [doctor.me]))[doctor.me] == "Dr. Gregory House"
    await world.verify(doctor)
    await sync(patient)
    assert (await names_of(patient, [doctor.me]))[doctor.me] == "Dr. Lisa Cuddy"


async def test_two_doctors_of_one_name_are_told_apart(world: World) -> None:
    one, other = await world.doctor("Twin"), await world.doctor("Twin")
    reader = await world.patient()
    called = await names_of(reader, [one.me, other.me])
    assert called == {who: f"Dr. Gregory Twin ({who})" for who in (one.me, other.me)}
