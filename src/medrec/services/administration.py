"""The administrator's acts: vouching for doctors, suspending them, verifying identities."""

from __future__ import annotations

from medrec.clinical.patient import IdentityClaim
from medrec.crypto.credential import SignerRole, encode_credential
from medrec.crypto.kdf import identity_commitment
from medrec.domain.calls import SetDoctorStatus, VerifyIdentity
from medrec.domain.cid import Codec, cid_of, digest_of
from medrec.domain.ids import ZERO_DIGEST, Address, Digest
from medrec.domain.outbox import Job, Step
from medrec.domain.people import DoctorStatus, Role
from medrec.domain.typed import Credential
from medrec.errors import (
    AlreadyVerified,
    BadCredential,
    NotYours,
)
from medrec.services.context import Context
from medrec.services.doctors import announced
from medrec.services.registration import register_step
from medrec.services.trust import TrustedKey, bound_key, known_doctor, patient_key
from medrec.services.work import new_job, outbox, rehearse

CREDENTIAL_LIFE = 2 * 365 * 86_400
"""Seconds that a credential holds: two years, then it is looked at again."""


async def register(context: Context) -> Job | None:
    """Register the administrator's account as a user, once, so that it can sign in."""
    if await context.chain.user(context.me) is not None:
        return None
    step = await register_step(context, Role.ADMINISTRATOR)
    job = new_job(context, "admin-register", "Register as an administrator", [step])
    return await outbox(context).submit(job, {})


async def verify_doctor(context: Context, address: Address) -> Job:
    """Vouch for a doctor's announced profile and key with a signed public credential.

    Raises:
        NotYours, UnknownDoctor, BadCredential, AlreadyVerified.
    """
    _needs(context, context.network.verifiers)
    doctor = await known_doctor(context, address)
    key = await bound_key(context, address)
    profile, digest = await announced(context, address)
    if profile.encryption_key != key.key or profile.key_version != key.version:
        raise BadCredential(holder=address, why="its profile names another key.")
    if doctor.status is DoctorStatus.VERIFIED and doctor.profile == digest[:24]:
        raise AlreadyVerified(doctor=address)
    signed = await _credential(context, key, Digest(digest), SignerRole.VERIFIER)
    cid = cid_of(signed, Codec.RAW)
    call = SetDoctorStatus(address, digest[:24], DoctorStatus.VERIFIED, digest_of(signed))
    step = Step(call, before=(cid,))
    title = f"Verify {profile.display_name}"
    vouched: dict[str, str | int] = {
        "doctor": address,
        "name": profile.display_name,
        "specialty": profile.specialty,
        "licence": profile.licence,
    }
    job = new_job(context, "doctor-verify", title, [step], vouched)
    return await outbox(context).submit(job, {cid: signed})


async def suspend_doctor(context: Context, address: Address) -> Job:
    """Suspend a doctor: grants stop opening anything at once.

    Raises:
        NotYours, UnknownDoctor.
    """
    _needs(context, context.network.verifiers)
    doctor = await known_doctor(context, address)
    call = SetDoctorStatus(address, doctor.profile, DoctorStatus.SUSPENDED, ZERO_DIGEST)
    job = new_job(context, "doctor-suspend", "Suspend a doctor", [Step(call)], {"doctor": address})
    return await outbox(context).submit(job, {})


async def verify_identity(context: Context, patient: Address, claim: IdentityClaim) -> Job:
    """Bind an identity, as a keyed commitment, to one patient, and vouch for the patient's key.

    Raises:
        NotYours, UnknownPatient, IdentityAlreadyVerified, IdentityTaken.
    """
    _needs(context, context.network.registrars)
    key = await patient_key(context, patient)
    commitment = identity_commitment(
        context.root, id_number=claim.id_number, birth_date=claim.birth_date
    )
    signed = await _credential(context, key, commitment, SignerRole.REGISTRAR)
    cid = cid_of(signed, Codec.RAW)
    call = VerifyIdentity(patient, commitment, digest_of(signed))
    await rehearse(context, call)
    job = new_job(
        context,
        "identity-verify",
        "Verify an identity",
        [Step(call, before=(cid,))],
        {"patient": patient},
    )
    return await outbox(context).submit(job, {cid: signed})


async def _credential(
    context: Context, key: TrustedKey, profile: Digest, role: SignerRole
) -> bytes:
    """Our signature over the very key that was checked, not over one that is asked for again."""
    statement = Credential(
        holder=key.holder,
        profile_digest=profile,
        encryption_key=key.key,
        key_version=key.version,
        valid_until=await context.time() + CREDENTIAL_LIFE,
    )
    return encode_credential(statement, context.wallet.sign_statement(statement), role)


def _needs(context: Context, holders: frozenset[Address]) -> None:
    if context.me not in holders:
        raise NotYours(
            needed="an administrator's of this network",
            hint="Use the account that the network file names.",
        )
