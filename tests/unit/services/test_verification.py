"""Who waits to be verified, and what was decided: as an administrator and as the doctor read it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medrec.clinical.patient import DoctorProfileFields
from medrec.crypto.kdf import encryption_key, fingerprint
from medrec.crypto.reasons import LONGEST
from medrec.domain.people import DoctorStatus
from medrec.errors import (
    AlreadyVerified,
    DoctorNotVerified,
    NoReason,
    NotYours,
    ProfileMoved,
    StoreDown,
    UnknownDoctor,
)
from medrec.services import administration, doctors, verification
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.trust import vouched_doctor
from medrec.services.verification import Candidate, Standing
from tests.support.liar import failing, lying
from tests.support.world import DAY, World

WHY = "The licence L-1 belongs to Dr. Anna Berg, who called us."


async def seen(admin: Context, doctor: Context) -> Candidate:
    await sync(admin)
    return next(c for c in await verification.candidates(admin) if c.address == doctor.me)


async def test_whoever_registers_waits(world: World) -> None:
    doctor = await world.doctor("Solheim", verified=False)
    found = await seen(world.admin, doctor)
    assert (found.name, found.specialty, found.licence) == (
        "Dr. Gregory Solheim",
        "Internal medicine",
        "L-1",
    )
    assert (found.standing, found.again, found.problem, found.decision) == (
        Standing.WAITING,
        False,
        "",
        None,
    )
    assert found.fingerprint == fingerprint(doctor.key(1).public)
    assert found.digest[:24] == found.doctor.profile


async def test_a_credential_is_told(world: World) -> None:
    doctor, admin = await world.doctor(), world.admin
    found = await seen(admin, doctor)
    assert found.standing is Standing.VERIFIED
    assert found.decision is not None
    assert (found.decision.status, found.decision.by) == (DoctorStatus.VERIFIED, admin.me)
    assert found.decision.valid_until > found.decision.at + 700 * DAY


async def test_a_refusal_is_read_by_the_doctor_and_the_verifier_alone(world: World) -> None:
    doctor, admin = await world.doctor(verified=False), world.admin
    await sync(admin)
    await administration.refuse_doctor(admin, doctor.me, f"\n  {WHY}\n")
    found = await seen(admin, doctor)
    assert found.standing is Standing.REFUSED
    assert found.decision is not None
    assert found.decision.reason == WHY
    await sync(doctor)
    told = await verification.decision(doctor, doctor.me)
    assert told is not None
    assert (told.status, told.reason, told.by) == (DoctorStatus.REFUSED, WHY, admin.me)
    stranger = await world.patient()
    read = await verification.decision(stranger, doctor.me)
    assert read is not None
    assert read.reason == ""
    assert not any(b"Berg" in block for block in world.stored())
    with pytest.raises(DoctorNotVerified):
        await vouched_doctor(doctor, doctor.me)


async def test_the_length_of_a_reason_does_not_show(world: World) -> None:
    one, two, admin = await world.doctor("a", False), await world.doctor("b", False), world.admin
    await sync(admin)
    sizes = []
    for doctor, text in ((one, "No."), (two, WHY)):
        before = set(world.stored())
        await administration.refuse_doctor(admin, doctor.me, text)
        sizes.append(sum(len(block) for block in set(world.stored()) - before))
    assert sizes[0] == sizes[1]


@pytest.mark.parametrize("reason", ["", "  \n\t "])
async def test_a_refusal_needs_a_reason(world: World, reason: str) -> None:
    doctor, admin = await world.doctor(verified=False), world.admin
    await sync(admin)
    with pytest.raises(NoReason):
        await administration.refuse_doctor(admin, doctor.me, reason)
    assert (await seen(admin, doctor)).standing is Standing.WAITING


async def test_a_long_reason_is_cut_and_no_control_character_kept(world: World) -> None:
    doctor, admin = await world.doctor(verified=False), world.admin
    await sync(admin)
    await administration.refuse_doctor(admin, doctor.me, "\x1b[31m" + "y" * 5_000)
    found = (await seen(admin, doctor)).decision
    assert found is not None
    assert len(found.reason) == LONGEST
    assert "\x1b" not in found.reason


async def test_suspended_with_a_reason_and_reinstated(world: World) -> None:
    doctor, admin = await world.doctor(), world.admin
    await sync(admin)
    await administration.suspend_doctor(admin, doctor.me, WHY)
    found = await seen(admin, doctor)
    assert found.standing is Standing.SUSPENDED
    assert found.decision is not None
    assert found.decision.reason == WHY
    await administration.verify_doctor(admin, doctor.me, found.digest)
    assert (await seen(admin, doctor)).standing is Standing.VERIFIED
    await sync(doctor)
    assert (await vouched_doctor(doctor, doctor.me)).doctor.status is DoctorStatus.VERIFIED


async def test_suspended_without_a_reason(world: World) -> None:
    doctor, admin = await world.doctor(), world.admin
    await world.suspend(doctor)
    found = await seen(admin, doctor)
    assert found.standing is Standing.SUSPENDED
    assert found.decision is not None
    assert found.decision.reason == ""


async def test_who_announces_something_new_asks_again(world: World) -> None:
    fields = DoctorProfileFields("Gregory", "House", "Internal medicine", "L-1")
    doctor, refused = await world.doctor("House"), await world.doctor("Wilson", verified=False)
    admin = world.admin
    await sync(admin)
    await administration.refuse_doctor(admin, refused.me, WHY)
    await doctors.update(doctor, replace(fields, specialty="Nephrology"))
    await doctors.update(refused, replace(fields, licence="L-2"))
    for who, status in ((doctor, DoctorStatus.VERIFIED), (refused, DoctorStatus.REFUSED)):
        found = await seen(admin, who)
        assert (found.standing, found.again) == (Standing.WAITING, True)
        assert found.doctor.status is status
    assert (await seen(admin, doctor)).specialty == "Nephrology"
    await administration.verify_doctor(admin, doctor.me)
    after = await seen(admin, doctor)
    assert (after.standing, after.again) == (Standing.VERIFIED, False)
    # The profile that stands, announced once more: there is nothing to decide.
    await doctors.update(doctor, replace(fields, specialty="Nephrology"))
    assert (await seen(admin, doctor)).standing is Standing.VERIFIED


async def test_no_other_profile_is_verified_than_the_one_looked_at(world: World) -> None:
    doctor, admin = await world.doctor(verified=False), world.admin
    looked_at = (await seen(admin, doctor)).digest
    await doctors.update(doctor, DoctorProfileFields("Eve", "Evil", "Surgery", "L-9"))
    await sync(admin)
    with pytest.raises(ProfileMoved):
        await administration.verify_doctor(admin, doctor.me, looked_at)
    assert (await seen(admin, doctor)).doctor.status is DoctorStatus.PENDING


async def test_the_oldest_wait_comes_first_then_names(world: World) -> None:
    admin = world.admin
    await world.doctor("Zola")
    await world.doctor("Adams")
    late = await world.doctor("Early", verified=False)
    later = await world.doctor("Aaron", verified=False)
    await sync(admin)
    found = await verification.candidates(admin)
    waiting = [c.address for c in found if c.standing is Standing.WAITING]
    assert waiting.index(late.me) < waiting.index(later.me)
    rest = [c.name.casefold() for c in found if c.standing is not Standing.WAITING]
    assert rest == sorted(rest)


async def test_a_key_that_the_doctor_did_not_sign_is_a_problem(world: World) -> None:
    doctor, admin = await world.doctor(verified=False), world.admin

    async def told(honest: object, who: object) -> object:
        user = await honest(who)  # type: ignore[operator]
        other = encryption_key(admin.root, 9).public
        return replace(user, encryption_key=other) if who == doctor.me else user

    liar = replace(admin, chain=lying(admin.chain, user=told))
    found = await seen(liar, doctor)
    assert found.problem
    # The reason of a refusal is then sealed to the verifiers alone.
    await administration.refuse_doctor(liar, doctor.me, WHY)
    made = await verification.decision(liar, doctor.me)
    assert made is not None
    assert made.reason == WHY
    await sync(doctor)
    read = await verification.decision(doctor, doctor.me)
    assert read is not None
    assert read.reason == ""


async def test_a_profile_that_is_not_in_the_store(world: World) -> None:
    from medrec.domain.cid import Codec, cid_from_digest

    doctor, admin = await world.doctor(verified=False), world.admin
    found = await seen(admin, doctor)
    world.block_file(cid_from_digest(found.digest, Codec.RAW)).unlink()
    lost = await seen(admin, doctor)
    assert (lost.name, lost.licence) == ("", "")
    assert "does not have" in lost.problem


async def test_a_store_that_is_away_is_told_as_such(world: World) -> None:
    await world.doctor(verified=False)
    admin = world.admin
    await sync(admin)
    down = lying(admin.store, get=failing(StoreDown(location="here")))
    with pytest.raises(StoreDown):
        await verification.candidates(replace(admin, store=down))


async def test_only_verifiers_decide(world: World) -> None:
    doctor, admin = await world.doctor(), world.admin
    with pytest.raises(NotYours):
        await administration.refuse_doctor(doctor, doctor.me, WHY)
    await sync(admin)
    with pytest.raises(AlreadyVerified):
        await administration.verify_doctor(admin, doctor.me)
    with pytest.raises(UnknownDoctor):
        await administration.refuse_doctor(admin, admin.me, WHY)
