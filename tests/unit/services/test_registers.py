"""Patients and doctors: registering, updating, showing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medrec.clinical.patient import Demographics, DoctorProfileFields, IdentityClaim
from medrec.domain.calls import RegisterPatient
from medrec.domain.cid import Codec, cid_from_digest
from medrec.domain.entries import Action
from medrec.domain.outbox import Step
from medrec.domain.people import DoctorStatus, Role
from medrec.errors import (
    AlreadyVerified,
    BadCredential,
    DoctorExists,
    IdentityTaken,
    NoAccess,
    NotRegisteredYet,
    NotYours,
    PatientExists,
    UnknownDoctor,
    UnknownPatient,
)
from medrec.services import administration, audit, doctors, patients
from medrec.services.index import sync
from medrec.services.registration import register_step
from medrec.services.trust import vouched_doctor
from medrec.services.work import new_job, outbox
from tests.support.world import NOTES, SOMEBODY, World

FIELDS = DoctorProfileFields("Gregory", "House", "Diagnostics", "NJ-1")


async def test_a_patient_registers_once(world: World):
    patient = await world.patient()
    user = await patient.chain.user(patient.me)
    assert user is not None
    assert (user.role, user.active, user.key_version) == (Role.PATIENT, True, 1)
    assert user.encryption_key == patient.key(1).public
    assert user.authenticator == patient.authenticator
    shown = await patients.show(patient, patient.me)
    assert (shown.demographics, shown.version, shown.verified) == (SOMEBODY, 1, False)
    with pytest.raises(PatientExists):
        await patients.register(patient, SOMEBODY)


async def test_a_patient_corrects_their_data(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES])
    moved = replace(SOMEBODY, address="Rue de l’Université 7, Genève", phone="+41 22 000 00 00")
    await patients.update(patient, moved)
    for who in (patient, doctor):
        await sync(who)
        shown = await patients.show(who, patient.me)
        assert (shown.demographics, shown.version) == (moved, 2)


async def test_who_is_no_patient(world: World):
    doctor, nobody = await world.doctor(), await world.person("nobody")
    with pytest.raises(NotYours):
        await patients.register(doctor, SOMEBODY)
    for who in (doctor, nobody):
        with pytest.raises(NotRegisteredYet):
            await patients.update(who, SOMEBODY)
        with pytest.raises(NotRegisteredYet):
            await patients.show(who, who.me)
    with pytest.raises(UnknownPatient):
        await patients.show(doctor, nobody.me)
    patient = await world.patient()
    await sync(doctor)
    with pytest.raises(NoAccess):
        await patients.show(doctor, patient.me)


async def test_registration_goes_on_where_the_first_record_is_missing(world: World):
    """Registered by another program, or with the job's last step given up."""
    person = await world.person("patient")
    steps = [await register_step(person, Role.PATIENT), Step(RegisterPatient())]
    await outbox(person).submit(new_job(person, "elsewhere", "Elsewhere", steps), {})
    await patients.register(person, SOMEBODY)
    assert (await patients.show(person, person.me)).demographics == SOMEBODY


async def test_a_doctor_registers_and_waits(world: World):
    doctor = await world.doctor("pending", verified=False)
    known = await doctor.chain.doctor(doctor.me)
    assert known is not None
    assert known.status is DoctorStatus.PENDING
    with pytest.raises(DoctorExists):
        await doctors.register(doctor, FIELDS)
    await sync(doctor)
    profile, digest = await doctors.announced(doctor, doctor.me)
    assert profile.family == "Pending"
    assert await doctor.store.has(cid_from_digest(digest, Codec.RAW))  # type: ignore[arg-type]


async def test_a_patient_is_no_doctor(world: World):
    patient = await world.patient()
    with pytest.raises(NotYours):
        await doctors.register(patient, FIELDS)
    with pytest.raises(NotRegisteredYet):
        await doctors.update(patient, FIELDS)


async def test_a_new_profile_counts_when_it_was_verified(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    married = replace(FIELDS, family="House-Cuddy")
    await doctors.update(doctor, married)
    await sync(patient)
    assert (await vouched_doctor(patient, doctor.me)).profile.family == "Doctor"
    await world.verify(doctor)
    await sync(patient)
    assert (await vouched_doctor(patient, doctor.me)).profile.family == "House-Cuddy"


async def test_the_register_lists_everybody(world: World):
    verified, pending = (
        await world.doctor("verified"),
        await world.doctor("pending", verified=False),
    )
    await sync(verified)
    rows = {row.doctor.id: row for row in await doctors.listed(verified)}
    assert rows[verified.me].doctor.status is DoctorStatus.VERIFIED
    assert rows[pending.me].doctor.status is DoctorStatus.PENDING
    profile = rows[verified.me].profile
    assert profile is not None
    assert profile.family == "Verified"
    (entry,) = await verified.local.entries(actor=verified.me, actions=[Action.DOCTOR_REGISTERED])
    world.block_file(cid_from_digest(entry.digest, Codec.RAW)).unlink()
    rows = {row.doctor.id: row for row in await doctors.listed(verified)}
    assert rows[verified.me].profile is None
    assert rows[pending.me].profile is not None


async def test_only_an_administrator_vouches(world: World):
    patient, doctor, other = (
        await world.patient(),
        await world.doctor("doctor", verified=False),
        await world.doctor("other"),
    )
    for stranger in (patient, doctor, other):
        await sync(stranger)
        with pytest.raises(NotYours):
            await administration.verify_doctor(stranger, doctor.me)
        with pytest.raises(NotYours):
            await administration.suspend_doctor(stranger, other.me)
        claim = IdentityClaim("Ada", "Lovelace", "1985-12-10", "X")
        with pytest.raises(NotYours):
            await administration.verify_identity(stranger, patient.me, claim)
        with pytest.raises(NotYours):
            await audit.everything(stranger)


async def test_the_administrators_acts(world: World):
    doctor, admin = await world.doctor("doctor"), world.admin
    await sync(admin)
    with pytest.raises(AlreadyVerified):
        await administration.verify_doctor(admin, doctor.me)
    with pytest.raises(UnknownDoctor):
        await administration.verify_doctor(admin, admin.me)
    with pytest.raises(UnknownDoctor):
        await administration.suspend_doctor(admin, admin.me)
    everything = await audit.everything(admin)
    assert [index for index, _ in everything] == list(range(len(everything)))
    assert {e.subject for _, e in everything} >= {"0x" + "0" * 40}


async def test_an_identity_belongs_to_one_patient(world: World):
    one, two, admin = await world.patient("one"), await world.patient("two"), world.admin
    await sync(admin)
    claim = IdentityClaim("Ada", "Lovelace", "1985-12-10", "ID 42-" + one.me[-6:])
    await administration.verify_identity(admin, one.me, claim)
    assert (await patients.show(one, one.me)).verified
    same = IdentityClaim("ada", "LOVELACE", "1985-12-10", "id42" + one.me[-6:])
    with pytest.raises(IdentityTaken):
        await administration.verify_identity(admin, two.me, same)
    assert not (await patients.show(two, two.me)).verified
    with pytest.raises((UnknownPatient, BadCredential)):
        await administration.verify_identity(admin, admin.me, claim)


async def test_one_persons_demographics_say_nothing_in_their_repr():
    assert "Lovelace" not in repr(SOMEBODY)
    assert isinstance(SOMEBODY, Demographics)
