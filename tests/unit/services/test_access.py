"""Access: asked for, granted, declined, revoked, and who has what."""

from __future__ import annotations

import pytest

from medrec.crypto.kdf import fingerprint
from medrec.domain.calls import GrantAccess
from medrec.domain.categories import GENERAL, Category, Permission, Scope
from medrec.domain.entries import Action
from medrec.domain.ids import Epoch, short_address
from medrec.domain.outbox import JobState
from medrec.errors import (
    BadDate,
    DoctorNotVerified,
    FingerprintDiffers,
    MedRecError,
    NoSuchGrant,
    NothingToDecline,
    NotRegisteredYet,
    NotYours,
    RequestIsOpen,
    UnknownDoctor,
    UnknownPatient,
)
from medrec.services import access, patients
from medrec.services.access import GrantDraft
from medrec.services.context import Context
from medrec.services.index import sync
from tests.support.anvil import submit
from tests.support.world import DAY, HOUR, LABS, MENTAL, NOTES, Recorder, World, elsewhere, write

ASKED = Permission(frozenset({NOTES, LABS}), frozenset({NOTES}))


async def _ask(doctor: Context, patient: Context, **more: str) -> None:
    await sync(doctor)
    until = await doctor.time() + DAY
    await access.request(doctor, patient.me, ASKED, until, "Bypass operation on Tuesday", **more)


async def test_a_request_is_read_by_the_patient_alone(world: World):
    patient, doctor = await world.patient(), await world.doctor("asking")
    await _ask(doctor, patient)
    await sync(patient)
    (row,) = await access.requests(patient)
    assert row.doctor == doctor.me
    assert row.name == "Dr. Gregory Asking"
    assert row.request.permission == ASKED
    assert row.request.reason == "Bypass operation on Tuesday"
    assert row.request.made_at <= row.request.until - DAY + 60
    assert all(b"Bypass" not in block for block in world.stored())
    assert await access.requests(doctor) == []


async def test_who_cannot_be_given_access_is_named_where_somebody_vouched(world: World):
    patient, suspended, pending = (
        await world.patient(),
        await world.doctor("suspended"),
        await world.doctor("pending", verified=False),
    )
    await world.suspend(suspended)
    await sync(patient)
    until = await patient.time() + DAY
    said = []
    for doctor in (suspended, pending):
        with pytest.raises(DoctorNotVerified) as refused:
            await access.grant(patient, GrantDraft(doctor.me, ASKED, until))
        said.append(refused.value.sentence)
        with pytest.raises(NoSuchGrant) as nothing:
            await access.revoke(patient, [doctor.me])
        said.append(nothing.value.sentence)
    only = "only a verified doctor can do this."
    unknown = f"The doctor {short_address(pending.me)}"
    assert said == [
        f"Dr. Gregory Suspended is suspended: {only}",
        "Dr. Gregory Suspended has no access to your record now. Nothing was changed.",
        f"{unknown} is not verified yet: {only}",
        f"{unknown} has no access to your record now. Nothing was changed.",
    ]


async def test_requests_are_answered_once(world: World):
    patient, granted, declined = (
        await world.patient(),
        await world.doctor("granted"),
        await world.doctor("declined"),
    )
    for doctor in (granted, declined):
        await _ask(doctor, patient)
    with pytest.raises(RequestIsOpen):
        await _ask(granted, patient)
    await world.grant(patient, granted, [NOTES])
    await sync(patient)
    assert [row.doctor for row in await access.requests(patient)] == [declined.me]
    await access.decline(patient, declined.me)
    await sync(patient)
    assert await access.requests(patient) == []
    for doctor in (granted, declined, patient):
        with pytest.raises(NothingToDecline):
            await access.decline(patient, doctor.me)
    await _ask(declined, patient)
    await sync(patient)
    assert [row.doctor for row in await access.requests(patient)] == [declined.me]


async def test_who_may_ask_whom(world: World):
    patient, doctor, pending = (
        await world.patient(),
        await world.doctor(),
        await world.doctor("pending", verified=False),
    )
    now = await world.now()
    with pytest.raises(UnknownPatient):
        await access.request(doctor, pending.me, ASKED, now + DAY, "a reason")
    with pytest.raises(DoctorNotVerified):
        await access.request(pending, patient.me, ASKED, now + DAY, "a reason")
    with pytest.raises(NotYours):
        await access.request(patient, patient.me, ASKED, now + DAY, "a reason")
    with pytest.raises(BadDate):
        await access.request(doctor, patient.me, ASKED, now - 1, "a reason")


async def test_the_fingerprint_that_the_patient_gave(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    with pytest.raises(FingerprintDiffers):
        await _ask(doctor, patient, fingerprint="00" * 16)
    given = fingerprint(patient.key(1).public)
    spelled = " ".join(given[i : i + 4].upper() for i in range(0, len(given), 4))
    await _ask(doctor, patient, fingerprint=spelled)


async def test_what_was_granted_is_seen_by_both_and_by_nobody_else(world: World):
    patient, doctor, other = (
        await world.patient(),
        await world.doctor(),
        await world.doctor("other"),
    )
    await world.grant(patient, doctor, [NOTES, LABS], [NOTES, MENTAL])
    expected = Permission(frozenset({NOTES, LABS}), frozenset({NOTES, MENTAL}))
    for who in (patient, doctor):
        assert await access.check(who, patient.me, doctor.me) == expected
        (row,) = await access.listed(who)
        assert (row.patient, row.doctor, row.permission) == (patient.me, doctor.me, expected)
        assert row.until > await world.now()
    with pytest.raises(NotYours):
        await access.check(other, patient.me, doctor.me)
    assert await access.check(patient, patient.me, other.me) == Permission()
    assert await access.listed(other) == []
    with pytest.raises(UnknownPatient):
        await access.check(patient, other.me, doctor.me)
    with pytest.raises(UnknownDoctor):
        await access.check(patient, patient.me, patient.me)


async def test_a_doctor_may_ask_what_they_have_before_any_envelope(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    assert await access.check(doctor, patient.me, doctor.me) == Permission()


async def test_what_ended_is_not_listed(world: World):
    patient, expired, revoked, suspended = (
        await world.patient(),
        await world.doctor("expired"),
        await world.doctor("revoked"),
        await world.doctor("suspended"),
    )
    await world.grant(patient, expired, [NOTES], until=await world.now() + HOUR)
    await world.grant(patient, revoked, [NOTES])
    await world.grant(patient, suspended, [NOTES])
    await world.revoke(patient, revoked)
    await world.suspend(suspended)
    await world.pass_time(2 * HOUR)
    await sync(patient)
    for doctor in (expired, revoked, suspended):
        assert await access.check(patient, patient.me, doctor.me) == Permission()
    assert [row.doctor for row in await access.listed(patient)] == [suspended.me]


async def test_general_is_all_but_what_is_sensitive(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, GENERAL, GENERAL)
    held = await access.check(patient, patient.me, doctor.me)
    assert held.read == held.write == frozenset(GENERAL)
    assert MENTAL not in held.read


async def test_grants_that_are_refused(world: World):
    patient, doctor, pending = (
        await world.patient(),
        await world.doctor(),
        await world.doctor("pending", verified=False),
    )
    await sync(patient)
    now = await world.now()
    permission = Permission(frozenset({NOTES}))
    cases: list[tuple[Context, GrantDraft, type[MedRecError]]] = [
        (patient, GrantDraft(doctor.me, permission, now - 1), BadDate),
        (patient, GrantDraft(pending.me, permission, now + DAY), DoctorNotVerified),
        (patient, GrantDraft(patient.me, permission, now + DAY), UnknownDoctor),
        (doctor, GrantDraft(doctor.me, permission, now + DAY), NotRegisteredYet),
    ]
    before = len(world.stored())
    for who, draft, error in cases:
        with pytest.raises(error):
            await access.grant(who, draft)
    assert len(world.stored()) == before
    assert not await patient.local.jobs([JobState.PENDING, JobState.DRAFT])


async def test_revoking_what_is_not_there(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await sync(patient)
    with pytest.raises(NoSuchGrant):
        await access.revoke(patient, [doctor.me])
    await world.grant(patient, doctor, [NOTES])
    await world.revoke(patient, doctor)
    await sync(patient)
    with pytest.raises(NoSuchGrant):
        await access.revoke(patient, [doctor.me])
    with pytest.raises(NotRegisteredYet):
        await access.revoke(doctor, [doctor.me])


async def test_access_given_again_after_a_revocation(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES])
    await world.revoke(patient, doctor)
    await world.grant(patient, doctor, [LABS])
    assert (await access.check(doctor, patient.me, doctor.me)).read == {LABS}


async def test_a_bad_key_of_one_reader_stops_no_revocation(world: World):
    """One who stays has a key that no credential covers any more: the others get theirs."""
    patient, gone, stays, suspended = (
        await world.patient(),
        await world.doctor("gone"),
        await world.doctor("stays"),
        await world.doctor("suspended"),
    )
    for doctor in (gone, stays, suspended):
        await world.grant(patient, doctor, [NOTES], [NOTES])
    await world.suspend(suspended)
    await world.revoke(patient, gone)
    written = await write(stays, patient.me, "after")
    assert written.job.state is JobState.DONE


async def test_one_patients_bad_envelope_hides_no_other_patient(world: World):
    """Somebody announces an envelope of nothing to a doctor: the doctor's list still works."""
    good, bad, doctor = (
        await world.patient("good"),
        await world.patient("bad"),
        await world.doctor(),
    )
    await world.grant(good, doctor, [NOTES])
    known = await doctor.chain.doctor(doctor.me)
    (granted,) = await good.local.entries(subject=good.me, actions=[Action.ACCESS_GRANTED])
    assert known is not None
    scope = Scope(frozenset({bad.slots.slot(NOTES)}))
    call = GrantAccess(
        bad.me,
        doctor.me,
        known.profile,
        scope,
        await world.now() + DAY,
        0,
        Epoch(0, 0),
        0,
        granted.digest,
    )
    await submit(world.chain(), call, bad.wallet)  # type: ignore[arg-type]
    await sync(doctor)
    rows = {row.patient: row.permission for row in await access.listed(doctor)}
    assert rows[good.me].read == {NOTES}
    assert rows[bad.me] == Permission()
    assert isinstance(doctor.notifier, Recorder)
    assert any(short_address(bad.me) in said for said in doctor.notifier.warned)


async def test_the_same_access_on_another_machine(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES])
    for person in (patient, doctor):
        machine = elsewhere(world, person)
        await sync(machine)
        (row,) = await access.listed(machine)
        assert row.permission == Permission(frozenset({NOTES}))


async def test_identity_is_in_every_grant_and_in_no_scope(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [Category.IDENTITY])
    held = await world.chain().grant(patient.me, doctor.me)
    assert held is not None
    assert held.scope == Scope()
    shown = await patients.show(doctor, patient.me)
    assert shown.demographics.family == "Lovelace"
