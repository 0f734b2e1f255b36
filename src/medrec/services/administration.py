"""The administrator's acts: vouching for doctors, suspending them, verifying identities."""

from __future__ import annotations

from medrec.clinical.patient import IdentityClaim
from medrec.clinical.text import clean_lines
from medrec.crypto.credential import SignerRole, encode_credential
from medrec.crypto.kdf import identity_commitment
from medrec.crypto.reasons import LONGEST, READERS, encode_reason
from medrec.domain.calls import SetDoctorStatus, VerifyIdentity
from medrec.domain.cid import Codec, cid_of, digest_of
from medrec.domain.ids import ZERO_DIGEST, Address, Cid, Digest
from medrec.domain.outbox import Job, Step
from medrec.domain.people import Doctor, DoctorStatus, Role
from medrec.domain.typed import Credential
from medrec.errors import (
    AccountRegistered,
    AlreadyVerified,
    BadCredential,
    InputRefused,
    IntegrityError,
    NoReason,
    NotYours,
    ProfileMoved,
    UnknownPatient,
)
from medrec.services.context import Context
from medrec.services.doctors import announced
from medrec.services.registration import register_step
from medrec.services.resealing import own_key_version
from medrec.services.trust import TrustedKey, bound_key, known_doctor, patient_key
from medrec.services.wishes import Facts, Wish, fulfil
from medrec.services.work import Prepared, new_job, outbox, rehearse

CREDENTIAL_LIFE = 2 * 365 * 86_400
"""Seconds that a credential holds: two years, then it is looked at again."""

REGISTER, _REGISTER = "admin-register", "Register as an administrator"
_SUSPEND = ("doctor-suspend", "Suspend a doctor")
_REFUSE = ("doctor-refuse", "Refuse a doctor")


async def register(context: Context) -> Job | None:
    """Register the administrator's account as a user, once, so that it can sign in.

    Raises:
        Whatever the outbox raises; without a network it waits.
    """
    try:
        return await fulfil(context, Wish(REGISTER, _REGISTER, {}, REGISTER))
    except AccountRegistered:
        return None


async def plan_register(context: Context, facts: Facts) -> Prepared:
    """The job that registers an administrator.

    Raises:
        AccountRegistered.
    """
    if await context.chain.user(context.me) is not None:
        raise AccountRegistered()
    step = await register_step(context, Role.ADMINISTRATOR)
    return Prepared(new_job(context, REGISTER, _REGISTER, [step]), {})


async def verify_doctor(context: Context, address: Address, seen: Digest | None = None) -> Job:
    """Vouch for a doctor's announced profile and key with a signed public credential.

    It also reinstates: whoever was suspended or refused is vouched for anew. ``seen`` is the
    digest of the profile that the administrator looked at, where it was shown before. Without a
    network it waits.

    Raises:
        NotYours, UnknownDoctor, BadCredential, AlreadyVerified.
        ProfileMoved: when another profile was announced since it was looked at.
    """
    facts: dict[str, str | int] = {"doctor": address}
    if seen is not None:
        facts["seen"] = seen.hex()
    wish = Wish("doctor-verify", "Verify a doctor", facts, _standing_of(address))
    return await fulfil(context, wish)


async def plan_verify(context: Context, facts: Facts) -> Prepared:
    """The job that vouches for a doctor. Raises as `verify_doctor`."""
    address = Address(str(facts["doctor"]))
    seen = Digest(bytes.fromhex(str(facts["seen"]))) if "seen" in facts else None
    _needs(context, context.network.verifiers)
    doctor = await known_doctor(context, address)
    key = await bound_key(context, address)
    profile, digest = await announced(context, address)
    if seen is not None and seen != digest:
        raise ProfileMoved()
    if profile.encryption_key != key.key or profile.key_version != key.version:
        raise BadCredential(holder=address, why="its profile names another key.")
    if doctor.status is DoctorStatus.VERIFIED and doctor.profile == digest[:24]:
        raise AlreadyVerified(doctor=address)
    signed = await _credential(context, key, Digest(digest), SignerRole.VERIFIER)
    cid = cid_of(signed, Codec.RAW)
    call = _status_call(doctor, digest[:24], DoctorStatus.VERIFIED, digest_of(signed))
    step = Step(call, before=(cid,))
    title = f"Verify {profile.display_name}"
    vouched: dict[str, str | int] = {
        "doctor": address,
        "name": profile.display_name,
        "specialty": profile.specialty,
        "licence": profile.licence,
    }
    job = new_job(context, "doctor-verify", title, [step], vouched)
    return Prepared(job, {cid: signed})


async def refuse_doctor(context: Context, address: Address, reason: str) -> Job:
    """Refuse a doctor who waits; the reason is sealed to the doctor and the verifiers.

    Without a network it waits.

    Raises:
        NotYours, UnknownDoctor, NoReason.
    """
    if not _tidy(reason):
        raise NoReason()
    facts: dict[str, str | int] = {"doctor": address, "reason": _tidy(reason)}
    return await fulfil(context, Wish(*_REFUSE, facts, _standing_of(address)))


async def plan_refuse(context: Context, facts: Facts) -> Prepared:
    """The job that refuses a doctor. Raises as `refuse_doctor`."""
    return await _close(context, facts, DoctorStatus.REFUSED)


async def suspend_doctor(context: Context, address: Address, reason: str = "") -> Job:
    """Suspend a doctor: grants stop opening anything at once.

    A reason, where one is given, is sealed to the doctor and the verifiers. Without a network it
    waits.

    Raises:
        NotYours, UnknownDoctor.
    """
    facts: dict[str, str | int] = {"doctor": address, "reason": _tidy(reason)}
    return await fulfil(context, Wish(*_SUSPEND, facts, _standing_of(address)))


async def plan_suspend(context: Context, facts: Facts) -> Prepared:
    """The job that suspends a doctor. Raises as `suspend_doctor`."""
    return await _close(context, facts, DoctorStatus.SUSPENDED)


async def _close(context: Context, facts: Facts, status: DoctorStatus) -> Prepared:
    address, reason = Address(str(facts["doctor"])), str(facts["reason"])
    _needs(context, context.network.verifiers)
    doctor = await known_doctor(context, address)
    blocks: dict[Cid, bytes] = {}
    digest = ZERO_DIGEST
    if reason:
        sealed = encode_reason(address, reason, await _readers(context, address))
        blocks[cid_of(sealed, Codec.RAW)] = sealed
        digest = digest_of(sealed)
    call = _status_call(doctor, doctor.profile, status, digest)
    kind, title = _REFUSE if status is DoctorStatus.REFUSED else _SUSPEND
    job = new_job(context, kind, title, [Step(call, before=tuple(blocks))], {"doctor": address})
    return Prepared(job, blocks)


def _status_call(
    doctor: Doctor, profile: bytes, status: DoctorStatus, credential: Digest
) -> SetDoctorStatus:
    """The call that sets a status, naming what the doctor was when it was looked at."""
    return SetDoctorStatus(
        doctor.id, profile, doctor.profile_version, doctor.since, status, credential
    )


async def _readers(context: Context, doctor: Address) -> list[bytes]:
    """Keys of the doctor and of the verifiers: only such as their owners' wallets signed.

    A doctor whose key nobody can trust may be refused for that very reason; the verifiers read it.
    """
    own = context.key(await own_key_version(context)).public
    keys = [own]
    others = sorted(context.network.verifiers - {context.me})
    for holder in [doctor, *others][: READERS - 1]:
        try:
            keys.append((await bound_key(context, holder)).key)
        except (IntegrityError, InputRefused):
            continue
    return keys


async def verify_identity(context: Context, patient: Address, claim: IdentityClaim) -> Job:
    """Bind an identity, as a keyed commitment, to one patient, and vouch for the patient's key.

    It does not wait for a network: nobody's papers are kept on this computer.

    Raises:
        NotYours, UnknownPatient, IdentityAlreadyVerified, IdentityTaken.
    """
    _needs(context, context.network.registrars)
    key = await patient_key(context, patient)
    person = await context.chain.patient(patient)
    if person is None:
        raise UnknownPatient(patient=patient)
    commitment = identity_commitment(
        context.root, id_number=claim.id_number, birth_date=claim.birth_date
    )
    signed = await _credential(context, key, commitment, SignerRole.REGISTRAR)
    cid = cid_of(signed, Codec.RAW)
    call = VerifyIdentity(patient, person.turn, commitment, digest_of(signed))
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


def _standing_of(doctor: Address) -> str:
    """The question that verifying, refusing and suspending a doctor answer."""
    return f"standing {doctor}"


def _tidy(reason: str) -> str:
    return "\n".join(clean_lines(reason))[:LONGEST]


def _needs(context: Context, holders: frozenset[Address]) -> None:
    if context.me not in holders:
        raise NotYours(
            needed="an administrator's of this network",
            hint="Use the account that the network file names.",
        )
