"""A replaced encryption key: the new one is sealed to, the old one still opens; then closing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from medrec.crypto.kdf import fingerprint
from medrec.domain.categories import Category, Permission
from medrec.domain.outbox import JobState
from medrec.domain.people import DoctorStatus
from medrec.errors import (
    AccountClosed,
    BadCredential,
    NodeDown,
    NotRegisteredYet,
    WaitsInOutbox,
)
from medrec.services import access, administration, patients, records
from medrec.services.closing import close_account
from medrec.services.contact import own_contact
from medrec.services.holders import live_readers
from medrec.services.index import sync
from medrec.services.own_keys import replace_key, replaced_at
from medrec.services.trust import known_doctor, patient_key, vouched_doctor
from tests.support.liar import failing, lying
from tests.support.vaulted import KEY, PASSWORD, vaulted
from tests.support.world import DAY, NOTES, SOMEBODY, World, write


async def test_a_patients_new_key_is_sealed_to_and_the_old_one_still_opens(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    # Who may write and not read seals directly to the patient's key.
    await world.grant(patient, doctor, [], [NOTES])
    before = await write(doctor, patient.me, "Sealed to the first key")
    wish = Permission(frozenset({Category.NOTES}), frozenset())
    other = await world.doctor("Other")
    await sync(other)
    await access.request(other, patient.me, wish, await world.now() + DAY, "Asked before.")
    await sync(patient)
    await replace_key(patient)
    await sync(patient)
    assert len(await replaced_at(patient)) == 1
    await sync(doctor)
    key = await patient_key(doctor, patient.me)
    assert (key.version, key.key) == (2, patient.key(2).public)
    after = await write(doctor, patient.me, "Sealed to the second key")
    await sync(patient)
    for record, title in ((before, "Sealed to the first"), (after, "Sealed to the second")):
        _, opened = await records.opened(patient, patient.me, record.record)
        assert opened.manifest.title == f"{title} key"
    (asked,) = await access.requests(patient)
    assert asked.request.reason == "Asked before."
    shown = (await own_contact(patient)).fingerprint
    assert "".join(shown.split()) == fingerprint(patient.key(2).public)
    await replace_key(patient)
    await sync(patient)
    assert len(await replaced_at(patient)) == 2


async def test_a_doctors_new_key_counts_once_it_is_verified_and_access_given_again(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    note = await write(patient, patient.me, "Before")
    await replace_key(doctor)
    await sync(patient)
    with pytest.raises(BadCredential):
        await vouched_doctor(patient, doctor.me)
    assert await live_readers(patient, patient.me, await world.now()) == {}
    await sync(world.admin)
    admin = world.admin
    await sync(admin)
    await administration.verify_doctor(admin, doctor.me)
    await sync(patient)
    assert (await vouched_doctor(patient, doctor.me)).key.version == 2
    await world.grant(patient, doctor, [NOTES], [NOTES])
    await sync(doctor)
    _, opened = await records.opened(doctor, patient.me, note.record)
    assert opened.manifest.title == "Before"
    assert (await known_doctor(patient, doctor.me)).status is DoctorStatus.VERIFIED


async def test_nobody_without_an_account_and_nothing_without_a_network(world: World):
    stranger = await world.person("stranger")
    for act in (replace_key, close_account):
        with pytest.raises(NotRegisteredYet):
            await act(stranger)
    patient = await world.patient()
    away = replace(patient, chain=lying(patient.chain, user=failing(NodeDown(url="x"))))
    for act in (replace_key, close_account):
        with pytest.raises(NodeDown):
            await act(away)
    assert await patient.local.jobs([JobState.PENDING]) == []


async def test_a_closed_account_gives_no_access_and_signs_in_nowhere(world: World, tmp_path: Path):
    desk = vaulted(await world.person("zoe"), tmp_path)
    patient = desk.context
    await patients.register(patient, SOMEBODY)
    doctor = await world.doctor()
    await sync(patient)
    await world.grant(patient, doctor, [NOTES], [NOTES])
    note = await write(doctor, patient.me, "Visit")
    await sync(patient)
    await close_account(patient)
    await sync(patient)
    assert await access.listed(patient) == []
    user = await patient.chain.user(patient.me)
    assert user is not None
    assert not user.active
    # What was written stays where it is, and its owner's keys still open it.
    _, opened = await records.opened(patient, patient.me, note.record)
    assert opened.manifest.title == "Visit"
    with pytest.raises(AccountClosed):
        await desk.sign_in(PASSWORD, KEY)
    with pytest.raises(AccountClosed):
        await close_account(patient)


async def test_an_account_is_not_closed_before_access_has_ended(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    await sync(patient)
    cut = lying(patient.chain, send=failing(NodeDown(url="x")))
    with pytest.raises(WaitsInOutbox):
        await close_account(replace(patient, chain=cut))
    user = await patient.chain.user(patient.me)
    assert user is not None
    assert user.active
    (waits,) = await patient.local.jobs([JobState.PENDING])
    assert waits.kind == "access-revoke"
