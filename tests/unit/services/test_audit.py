"""The audit as people read and verify it (nodes that lie about it: tests/attack)."""

from __future__ import annotations

import pytest

from medrec.chain.audit import first_wrong, next_head
from medrec.domain.entries import Action
from medrec.domain.ids import ZERO_ADDRESS
from medrec.errors import UnknownPatient
from medrec.services import audit, records
from medrec.services.index import by_subject, subject_name, sync
from tests.support.world import NOTES, World, amend, elsewhere, write


async def test_a_whole_story_is_in_the_audit(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    written = await write(doctor, patient.me, "one")
    await amend(doctor, patient.me, written.record, "two")
    await sync(doctor)
    await records.opened(doctor, patient.me, written.record)
    await world.revoke(patient, doctor)
    await sync(patient)
    rows = await audit.listed(patient, patient.me)
    labels = [Action(entry.action).label for _, entry in rows]
    assert labels == [
        "registered",
        "record-created",
        "granted",
        "record-created",
        "record-updated",
        "consulted",
        "revoked",
    ]
    assert [index for index, _ in rows] == list(range(7))
    assert [e.actor == doctor.me for _, e in rows] == [False, False, False, True, True, True, False]
    of_record = await audit.listed(patient, patient.me, written.record)
    assert [index for index, _ in of_record] == [3, 4, 5]
    verified = await audit.verify(patient, patient.me)
    assert verified.entries == 7
    assert verified.head == rows[-1][1].head
    assert verified.block >= rows[-1][1].block


async def test_anybody_may_verify_and_only_patients_can_be_verified(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    fresh = elsewhere(world, doctor)
    assert (await audit.verify(fresh, patient.me)).entries == 2, "without an index of its own"
    for who in (doctor.me, ZERO_ADDRESS):
        with pytest.raises(UnknownPatient):
            await audit.verify(doctor, who)
        with pytest.raises(UnknownPatient):
            await audit.listed(doctor, who)


async def test_chains_of_heads(world: World):
    patient = await world.patient()
    await write(patient, patient.me, "a note")
    await sync(patient)
    own = await patient.local.entries(subject=patient.me)
    start = await patient.chain.genesis_head(patient.me)
    assert first_wrong(start, own) is None
    assert first_wrong(start, []) is None
    assert first_wrong(start, own[1:]) == 0
    assert first_wrong(start, [own[0], own[2]]) == 1
    assert next_head(start, own[0]) == own[0].head
    assert set(by_subject(own)) == {patient.me}
    assert subject_name(ZERO_ADDRESS) == "the common register"
    assert subject_name(patient.me) == patient.me
