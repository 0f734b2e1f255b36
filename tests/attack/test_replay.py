"""Running ahead, replaying, and one wallet on two machines."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from typing import Any

import pytest

from medrec.domain.calls import AddRecord, GrantAccess, LogConsultation, RevokeAccess, UpdateRecord
from medrec.domain.categories import Scope
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import (
    ZERO_ADDRESS,
    ChainHead,
    Digest,
    Epoch,
    RecordId,
    new_record_id,
)
from medrec.domain.outbox import JobState
from medrec.errors import (
    BadObject,
    BlockMissing,
    ChainRefusal,
    EpochStale,
    MedRecError,
    NarrowingRefused,
    NoKey,
    SealBroken,
    StaleVersion,
    StateMoved,
    VersionConflict,
)
from medrec.services import access, patients
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.keyring import keys_to
from medrec.services.reading import RecordReader
from medrec.services.work import outbox
from medrec.services.writing import update_record
from tests.attack.forger import forged
from tests.support.anvil import submit
from tests.support.liar import lying
from tests.support.world import (
    DAY,
    LABS,
    NOTES,
    SOMEBODY,
    World,
    amend,
    draft,
    elsewhere,
    read,
    write,
)


async def test_record_id_of_another_creator_cannot_be_taken(world: World):
    """Somebody sees the transaction, and runs ahead with the same record id."""
    patient, victim, squatter = (
        await world.patient(),
        await world.doctor("victim"),
        await world.doctor("squatter"),
    )
    for doctor in (victim, squatter):
        await world.grant(patient, doctor, [NOTES], [NOTES])
    slot = patient.slots.slot(NOTES)
    record = new_record_id(slot, victim.me, secrets.token_bytes(11))
    for via in (ZERO_ADDRESS, victim.me, patient.me):
        stolen = AddRecord(patient.me, record, Epoch(0, 0), _digest(), via)
        with pytest.raises(ChainRefusal):
            await submit(world.chain(), stolen, _wallet(squatter))
    await submit(
        world.chain(), AddRecord(patient.me, record, Epoch(0, 0), _digest()), _wallet(victim)
    )
    again = AddRecord(patient.me, record, Epoch(0, 0), _digest())
    with pytest.raises(ChainRefusal):
        await submit(world.chain(), again, _wallet(victim))


async def test_nobody_writes_logs_or_grants_for_somebody_else(world: World):
    patient, doctor, stranger = (
        await world.patient(),
        await world.doctor("doctor"),
        await world.doctor("stranger"),
    )
    await world.grant(patient, doctor, [NOTES], [NOTES])
    written = await write(doctor, patient.me, "a note")
    held = await stranger.chain.doctor(stranger.me)
    head = await stranger.chain.record(patient.me, written.record)
    assert held is not None
    assert head is not None
    scope = Scope(frozenset({patient.slots.slot(NOTES)}))
    now = await world.now()
    attempts = [
        GrantAccess(
            patient.me, stranger.me, held.profile, scope, now + DAY, 0, Epoch(0, 0), 0, _digest()
        ),
        RevokeAccess(patient.me, (doctor.me,), Epoch(0, 0), _digest()),
        UpdateRecord(patient.me, written.record, head.chain, Epoch(0, 0), _digest()),
        LogConsultation(patient.me, written.record, now, _digest()),
        LogConsultation(patient.me, written.record, now, _digest(), doctor.me),
    ]
    for call in attempts:
        with pytest.raises(ChainRefusal):
            await submit(world.chain(), call, _wallet(stranger))
    await submit(
        world.chain(), LogConsultation(patient.me, written.record, now, _digest()), _wallet(doctor)
    )


async def test_envelope_of_another_patient_is_no_key_here(world: World):
    """A patient announces, as their own, the envelope that another patient made for the doctor."""
    rich, poor, doctor = (
        await world.patient("rich"),
        await world.patient("poor"),
        await world.doctor(),
    )
    await world.grant(rich, doctor, [NOTES])
    (genuine,) = await rich.local.entries(subject=rich.me, actions=[Action.ACCESS_GRANTED])
    known = await doctor.chain.doctor(doctor.me)
    assert known is not None
    replayed = GrantAccess(
        patient=poor.me,
        grantee=doctor.me,
        profile=known.profile,
        scope=Scope(frozenset({poor.slots.slot(NOTES)})),
        expiry=await world.now() + DAY,
        kind=0,
        expected_epoch=Epoch(0, 0),
        expected_expiry=0,
        envelope=genuine.digest,
    )
    await submit(world.chain(), replayed, _wallet(poor))
    await sync(doctor)
    with pytest.raises(BadObject):
        await keys_to(doctor, poor.me)
    assert (await keys_to(doctor, rich.me)).envelopes[0].patient == rich.me


async def test_old_envelope_replayed_by_the_node_is_found(world: World):
    """The bundle of the revocation is replaced by the old envelope, so that old keys are used."""
    patient, doctor, gone = (
        await world.patient(),
        await world.doctor("doctor"),
        await world.doctor("gone"),
    )
    for each in (doctor, gone):
        await world.grant(patient, each, [NOTES], [NOTES])
    (old,) = await patient.local.entries(
        subject=patient.me, ref=_ref(doctor), actions=[Action.ACCESS_GRANTED]
    )
    await world.revoke(patient, gone)

    def replay(entries: list[AuditEntry]) -> list[AuditEntry]:
        return [
            replace(e, digest=old.digest) if e.action == Action.ACCESS_REVOKED else e
            for e in entries
        ]

    forgery = await forged(world, doctor, replay)
    liar = replace(elsewhere(world, doctor), chain=forgery.node(doctor.chain))
    with pytest.raises((BadObject, NoKey, BlockMissing, MedRecError)) as caught:
        await write(liar, patient.me, "under the old key")
    assert caught.value.code in ("BadObject", "Arriving", "NoKey")
    await write(doctor, patient.me, "under the new key")


async def test_old_bundle_replayed_for_a_new_epoch_is_refused(world: World):
    patient, doctor, *others = (
        await world.patient(),
        await world.doctor("doctor"),
        await world.doctor("one"),
        await world.doctor("two"),
    )
    for each in (doctor, *others):
        await world.grant(patient, each, [NOTES], [NOTES])
    for gone in others:
        await world.revoke(patient, gone)
    first, second = await patient.local.entries(subject=patient.me, actions=[Action.ACCESS_REVOKED])

    def replay(entries: list[AuditEntry]) -> list[AuditEntry]:
        return [
            replace(e, digest=first.digest) if e.digest == second.digest else e for e in entries
        ]

    forgery = await forged(world, doctor, replay)
    liar = replace(elsewhere(world, doctor), chain=forgery.node(doctor.chain))
    await sync(liar)
    with pytest.raises((BadObject, NoKey)):
        (await keys_to(liar, patient.me)).wrapping_key(patient.slots.slot(NOTES), Epoch(0, 2))
    await sync(doctor)
    (await keys_to(doctor, patient.me)).wrapping_key(patient.slots.slot(NOTES), Epoch(0, 2))


async def test_root_of_another_record_opens_nowhere_else(world: World):
    """A doctor anchors, as a new record, the sealed root of another patient's or record's."""
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES, LABS], [NOTES, LABS])
    genuine = await write(patient, patient.me, "genuine")
    opened = await read(doctor, patient.me, genuine.record)
    for category in (NOTES, LABS):
        slot = patient.slots.slot(category)
        record = new_record_id(slot, doctor.me, secrets.token_bytes(11))
        call = AddRecord(patient.me, record, Epoch(0, 0), opened.entry.digest)
        await submit(world.chain(), call, _wallet(doctor))
        with pytest.raises(SealBroken):
            await read(patient, patient.me, record)
    assert (await read(patient, patient.me, genuine.record)).manifest.title == "genuine"


async def test_held_back_grant_does_not_revive_a_revoked_doctor(world: World):
    """A grant that was signed before the revocation is sent after it."""
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES])
    known = await doctor.chain.doctor(doctor.me)
    (granted,) = await patient.local.entries(subject=patient.me, actions=[Action.ACCESS_GRANTED])
    assert known is not None
    call = GrantAccess(
        patient=patient.me,
        grantee=doctor.me,
        profile=known.profile,
        scope=Scope(frozenset({patient.slots.slot(NOTES)})),
        expiry=await world.now() + 9 * DAY,
        kind=0,
        expected_epoch=Epoch(0, 0),
        expected_expiry=0,
        envelope=granted.digest,
    )
    with pytest.raises(StateMoved):
        await submit(world.chain(), call, _wallet(patient))
    held = await patient.chain.grant(patient.me, doctor.me)
    assert held is not None
    await world.revoke(patient, doctor)
    for expected in (0, held.expiry):
        with pytest.raises(EpochStale):
            await submit(world.chain(), replace(call, expected_expiry=expected), _wallet(patient))


async def test_narrowing_goes_only_by_revoking(world: World):
    """A grant of less would leave the doctor the keys of more."""
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES, LABS])
    with pytest.raises(NarrowingRefused):
        await world.grant(patient, doctor, [NOTES])


async def test_two_machines_of_one_doctor_write_at_once(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    other = elsewhere(world, doctor)
    titles = [f"note {n}" for n in range(6)]

    async def one_after_another(machine: Context, mine: list[str]) -> None:
        for title in mine:
            await write(machine, patient.me, title)

    await asyncio.gather(
        one_after_another(doctor, titles[::2]), one_after_another(other, titles[1::2])
    )
    await sync(patient)
    created = await patient.local.entries(
        subject=patient.me, actor=doctor.me, actions=[Action.RECORD_CREATED]
    )
    assert len(created) == len({e.ref for e in created}) == len(titles)
    reader = await RecordReader.open(patient, patient.me)
    seen = [(await reader.read(RecordId(e.ref))).manifest.title for e in created]
    assert sorted(seen) == sorted(titles)


async def test_two_machines_amend_the_same_version(world: World):
    """One wins, the other is told; neither version is lost without a word."""
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    written = await write(doctor, patient.me, "one")
    other = elsewhere(world, doctor)
    await sync(other)
    raced = 0

    async def just_in_time(honest: Any, *args: Any) -> Any:
        nonlocal raced
        if not raced:
            raced += 1
            await amend(other, patient.me, written.record, "two, by the other machine")
        return await honest(*args)

    slow = replace(doctor, chain=lying(doctor.chain, prepare=just_in_time))
    with pytest.raises(VersionConflict):
        await amend(slow, patient.me, written.record, "two, by this machine")
    (kept,) = await doctor.local.jobs([JobState.DRAFT])
    assert kept.error_code == "VersionConflict"
    opened = await read(patient, patient.me, written.record)
    assert (opened.version, opened.manifest.title) == (2, "two, by the other machine")


async def test_two_machines_of_one_patient_revoke_past_each_other(world: World):
    patient, one, two = (
        await world.patient(),
        await world.doctor("one"),
        await world.doctor("two"),
    )
    for doctor in (one, two):
        await world.grant(patient, doctor, [NOTES])
    other = elsewhere(world, patient)
    await sync(other)
    raced = 0

    async def just_in_time(honest: Any, *args: Any) -> Any:
        nonlocal raced
        if not raced:
            raced += 1
            await access.revoke(other, [one.me])
        return await honest(*args)

    slow = replace(patient, chain=lying(patient.chain, prepare=just_in_time))
    await access.revoke(slow, [two.me])
    now = await world.now() + 1
    for doctor in (one, two):
        held = await world.chain().grant(patient.me, doctor.me)
        assert held is not None
        assert not held.live(now)


async def test_the_same_registration_on_two_machines_is_made_once(world: World):
    person = await world.person("patient")
    other = elsewhere(world, person)
    await sync(other)
    results = await asyncio.gather(
        patients.register(person, SOMEBODY),
        patients.register(other, SOMEBODY),
        return_exceptions=True,
    )
    assert any(not isinstance(result, BaseException) for result in results)
    for result in results:
        assert not isinstance(result, BaseException) or isinstance(result, MedRecError), result
    for machine in (person, other):
        await outbox(machine).resume()
    await sync(person)
    for action in (Action.USER_REGISTERED, Action.PATIENT_REGISTERED):
        assert len(await person.local.entries(actor=person.me, actions=[action])) == 1
    shown = await patients.show(person, person.me)
    assert shown.demographics == SOMEBODY


async def test_stale_version_is_a_conflict_and_not_a_lost_update(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    written = await write(doctor, patient.me, "one")
    await amend(doctor, patient.me, written.record, "two")
    with pytest.raises(StaleVersion):
        await update_record(doctor, patient.me, written.record, draft("three"), base_version=1)
    call = UpdateRecord(patient.me, written.record, ChainHead(bytes(27)), Epoch(0, 0), _digest())
    with pytest.raises(VersionConflict):
        await submit(world.chain(), call, _wallet(doctor))


def _wallet(person: Context) -> Any:
    return person.wallet


def _digest() -> Digest:
    return Digest(secrets.token_bytes(32))


def _ref(person: Context) -> bytes:
    return bytes(12) + bytes.fromhex(person.me[2:])
