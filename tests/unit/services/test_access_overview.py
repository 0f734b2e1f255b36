"""What a patient sees of sharing."""

from __future__ import annotations

import pytest

from medrec.domain.categories import Permission
from medrec.domain.ids import ZERO_DIGEST
from medrec.errors import DoctorNotVerified, UnknownDoctor
from medrec.services import access
from medrec.services import access_overview as overview
from medrec.services.consultations import log_chart_look, log_look
from medrec.services.index import sync
from tests.support.world import DAY, HOUR, LABS, NOTES, World, write


async def test_running_grants_with_names_and_looks(world: World):
    patient, often, never = (
        await world.patient(),
        await world.doctor("often"),
        await world.doctor("never"),
    )
    await world.grant(patient, often, [NOTES, LABS], [NOTES], until=await world.now() + 2 * DAY)
    await world.grant(patient, never, [NOTES], from_today=True)
    written = await write(patient, patient.me, "a note")
    await sync(often)
    await log_chart_look(often, patient.me)
    await log_look(often, patient.me, written.record, ZERO_DIGEST)
    await sync(patient)
    first, second = await overview.shares(patient)
    assert (first.doctor.doctor, second.doctor.doctor) == (never.me, often.me), "ends first"
    assert first.doctor.name == "Dr. Gregory Never"
    assert first.doctor.short == "Dr. Never"
    assert first.doctor.specialty == "Internal medicine"
    assert first.from_today
    assert not second.from_today
    assert (first.looks, first.last_look) == (0, None)
    assert second.looks == 2
    assert second.last_look is not None
    assert second.permission == Permission(frozenset({NOTES, LABS}), frozenset({NOTES}))
    assert await overview.ended(patient) == []


async def test_what_has_ended_and_why(world: World):
    patient, expired, revoked, again = (
        await world.patient(),
        await world.doctor("expired"),
        await world.doctor("revoked"),
        await world.doctor("again"),
    )
    await world.grant(patient, expired, [NOTES], until=await world.now() + HOUR)
    await world.grant(patient, revoked, [NOTES])
    await world.grant(patient, again, [NOTES])
    await world.revoke(patient, revoked, again)
    await world.pass_time(2 * HOUR)
    await world.grant(patient, again, [NOTES])
    await sync(patient)
    rows = await overview.ended(patient)
    assert [(row.doctor.short, row.revoked) for row in rows] == [
        ("Dr. Expired", False),
        ("Dr. Revoked", True),
    ]
    now = await world.now()
    assert all(row.at <= now for row in rows)


async def test_a_request_with_its_doctor(world: World):
    patient, doctor = await world.patient(), await world.doctor("asking")
    await sync(doctor)
    until = await world.now() + DAY
    wanted = Permission(frozenset({NOTES}))
    await access.request(doctor, patient.me, wanted, until, "A heart\nexamination")
    await sync(patient)
    (row,) = await overview.asked(patient)
    assert row.doctor.name == "Dr. Gregory Asking"
    assert row.doctor.verified
    assert (row.permission, row.until) == (wanted, until)
    assert row.reason == "A heart examination"
    assert row.at <= await world.now()


async def test_the_register_holds_only_whom_somebody_vouches_for(world: World):
    patient, good, pending, suspended = (
        await world.patient(),
        await world.doctor("good"),
        await world.doctor("pending", verified=False),
        await world.doctor("suspended"),
    )
    await world.suspend(suspended)
    await sync(patient)
    found = {card.doctor: card for card in await overview.directory(patient)}
    assert good.me in found
    assert pending.me not in found
    assert suspended.me not in found
    with pytest.raises(DoctorNotVerified):
        await overview.find_doctor(patient, pending.me)
    with pytest.raises(UnknownDoctor):
        await overview.find_doctor(patient, patient.me)
    was = await overview.doctor_card(patient, suspended.me)
    assert (was.name, was.verified, was.suspended) == ("Dr. Gregory Suspended", False, True)
    nobody = await overview.doctor_card(patient, pending.me)
    assert (nobody.name, nobody.verified) == (pending.me, False)
    assert nobody.short == pending.me
