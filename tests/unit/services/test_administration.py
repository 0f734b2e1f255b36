"""The administrator vouches for the very key and profile that were checked, and for no other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from medrec.clinical.patient import DoctorProfileFields, IdentityClaim
from medrec.crypto.credential import SignerRole, decode_credential
from medrec.crypto.kdf import encryption_key
from medrec.domain.calls import VerifyIdentity
from medrec.domain.cid import Codec, cid_from_digest
from medrec.domain.ids import Address
from medrec.domain.people import User
from medrec.errors import BadCredential, NotYours
from medrec.services import administration, doctors
from medrec.services.context import Context
from medrec.services.index import sync
from tests.support.liar import Lie, lying
from tests.support.world import World

CLAIM = IdentityClaim("Ada", "Lovelace", "1985-12-10", "ID-7")


def changing_key(context: Context, whose: Address, key: bytes, times: int) -> Context:
    """A node that shows another key of somebody's the first ``times`` it is asked."""
    left = [times]

    async def told(honest: Lie, who: Address) -> Any:
        found: User | None = await honest(who)
        if who != whose or found is None or left[0] <= 0:
            return found
        left[0] -= 1
        return replace(found, encryption_key=key)

    return replace(context, chain=lying(context.chain, user=told))


@pytest.mark.parametrize("times", [1, 2, 99])
async def test_no_credential_for_a_patients_key_shown_only_once(world: World, times: int) -> None:
    patient, admin = await world.patient(), world.admin
    await sync(admin)
    other = encryption_key(admin.root, 9).public
    liar = changing_key(admin, patient.me, other, times)
    with pytest.raises(BadCredential):
        await administration.verify_identity(liar, patient.me, CLAIM)
    assert not any(other in block for block in world.stored())


async def test_the_credential_names_the_patients_own_key(world: World) -> None:
    patient, admin = await world.patient(), world.admin
    await sync(admin)
    claim = replace(CLAIM, id_number=patient.me)
    job = await administration.verify_identity(admin, patient.me, claim)
    call = job.steps[0].call
    assert isinstance(call, VerifyIdentity)
    blob = await admin.store.get(cid_from_digest(call.credential, Codec.RAW))
    statement, _ = decode_credential(blob, SignerRole.REGISTRAR)
    assert (statement.holder, statement.encryption_key) == (patient.me, patient.key(1).public)


async def test_no_credential_for_a_doctors_key_that_the_doctor_did_not_sign(world: World) -> None:
    doctor, admin = await world.doctor(verified=False), world.admin
    await sync(admin)
    liar = changing_key(admin, doctor.me, encryption_key(admin.root, 9).public, 99)
    with pytest.raises(BadCredential):
        await administration.verify_doctor(liar, doctor.me)


async def test_what_was_vouched_for_is_told(world: World) -> None:
    doctor, admin = await world.doctor("House", verified=False), world.admin
    await sync(admin)
    job = await administration.verify_doctor(admin, doctor.me)
    assert job.result == {
        "doctor": doctor.me,
        "name": "Dr. Gregory House",
        "specialty": "Internal medicine",
        "licence": "L-1",
    }


async def test_only_administrators_vouch(world: World) -> None:
    doctor = await world.doctor()
    with pytest.raises(NotYours):
        await administration.verify_doctor(doctor, doctor.me)
    with pytest.raises(NotYours):
        await administration.suspend_doctor(doctor, doctor.me)


async def test_a_profile_can_be_announced_again_after_another(world: World) -> None:
    """The same bytes as an earlier announcement are a new act, not one that was done already."""
    doctor = await world.doctor("House")
    first = DoctorProfileFields("Gregory", "House", "Internal medicine", "L-1")
    await doctors.update(doctor, replace(first, specialty="Nephrology"))
    await doctors.update(doctor, first)
    await sync(doctor)
    profile, _ = await doctors.announced(doctor, doctor.me)
    assert profile.specialty == "Internal medicine"
