"""Whose key is it: nothing is sealed to a key before somebody trusted has vouched for it.

A doctor's key needs a verifier's credential. A patient's key needs a registrar's credential, the
fingerprint that the patient gave, or the binding that the wallet behind the patient's address
signed over it: the address itself came from the patient. A node cannot invent any of the three.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from medrec.clinical.text import clean
from medrec.crypto.credential import SignerRole, check_credential, decode_credential
from medrec.crypto.kdf import fingerprint as key_fingerprint
from medrec.crypto.kdf import is_low_order
from medrec.crypto.profile import Profile, decode_profile
from medrec.domain.cid import Codec, cid_from_digest
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import ZERO_ADDRESS, Address, Digest, address_word, short_address
from medrec.domain.people import Doctor, DoctorStatus, User
from medrec.errors import (
    BadCredential,
    DoctorNotVerified,
    FingerprintDiffers,
    KeyWentBack,
    LowOrderKey,
    MedRecError,
    UnknownDoctor,
    UnknownPatient,
)
from medrec.services.context import Context
from medrec.services.copies import fetch
from medrec.services.rights import STATUS_WORDS

LONGEST_NAME = 60
SEEN_KEYS = "seen-keys"
"""Local space: id -> version (4 bytes) and key (32) of the newest key seen."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """An X25519 key that somebody vouched for."""

    holder: Address
    key: bytes
    version: int


@dataclass(frozen=True, slots=True)
class VouchedDoctor:
    """A doctor whose credential was checked."""

    doctor: Doctor
    profile: Profile
    key: TrustedKey


async def patient_key(
    context: Context, patient: Address, fingerprint: str | None = None
) -> TrustedKey:
    """The patient's key, vouched for.

    Raises:
        UnknownPatient, FingerprintDiffers, BadCredential, KeyWentBack, LowOrderKey.
    """
    user = await context.chain.user(patient)
    if user is None or await context.chain.patient(patient) is None:
        raise UnknownPatient(patient=patient)
    if fingerprint is not None:
        given = "".join(fingerprint.split()).replace("-", "").replace(":", "").lower()
        own = key_fingerprint(user.encryption_key)
        if given != own:
            raise FingerprintDiffers(holder=patient, given=fingerprint)
    elif not await _registrar_vouches(context, user):
        await _check_binding(context, user)
    return await _accept(context, user)


async def bound_key(context: Context, holder: Address) -> TrustedKey:
    """A user's key as its owner's wallet signed it: what a verifier may vouch for.

    Raises:
        UnknownDoctor, BadCredential, KeyWentBack, LowOrderKey.
    """
    user = await context.chain.user(holder)
    if user is None:
        raise UnknownDoctor(doctor=holder)
    await _check_binding(context, user)
    return await _accept(context, user)


async def vouched_doctor(context: Context, address: Address) -> VouchedDoctor:
    """A verified doctor with profile and key, checked against the verifier's credential.

    Raises:
        UnknownDoctor, DoctorNotVerified, BadCredential, KeyWentBack, LowOrderKey.
    """
    doctor = await known_doctor(context, address)
    if doctor.status is not DoctorStatus.VERIFIED:
        status = STATUS_WORDS[doctor.status]
        raise DoctorNotVerified(doctor=await called(context, address), status=status)
    user = await context.chain.user(address)
    if user is None or not user.active:
        name = await called(context, address)
        raise DoctorNotVerified(doctor=name, status="no longer registered")
    profile = await credential_at(context, doctor, user)
    return VouchedDoctor(doctor, profile, await _accept(context, user))


async def called(context: Context, address: Address) -> str:
    """A doctor at the beginning of a sentence: “Dr. Ada Roe”, or “The doctor 0x…”.

    The name is one that a verifier vouches for, or vouched for before the doctor was suspended.
    """
    with suppress(MedRecError):
        doctor = await known_doctor(context, address)
        if doctor.status in (DoctorStatus.VERIFIED, DoctorStatus.SUSPENDED):
            profile, _ = await read_profile(context, doctor)
            return clean(profile.display_name, LONGEST_NAME)
    return f"The doctor {short_address(address)}"


async def known_doctor(context: Context, address: Address) -> Doctor:
    """The registered doctor.

    Raises:
        UnknownDoctor.
    """
    doctor = await context.chain.doctor(address)
    if doctor is None:
        raise UnknownDoctor(doctor=address)
    return doctor


async def credential_at(context: Context, doctor: Doctor, user: User) -> Profile:
    """Check the doctor's credential against profile and key; returns the profile.

    Raises:
        BadCredential.
    """
    entries = await doctor_entries(context, doctor.id, Action.DOCTOR_STATUS_CHANGED)
    if not entries or entries[-1].meta.kind != DoctorStatus.VERIFIED:
        raise BadCredential(holder=doctor.id, why="no verifier vouches for it now.")
    profile, digest = await read_profile(context, doctor)
    blob = await fetch(context, cid_from_digest(entries[-1].digest, Codec.RAW))
    statement, signature = decode_credential(blob)
    check_credential(
        statement,
        context.wallets.signer(statement, signature),
        context.network.verifiers,
        holder=doctor.id,
        profile_digest=digest,
        encryption_key=user.encryption_key,
        key_version=user.key_version,
        at=await context.time(),
    )
    return profile


async def read_profile(context: Context, doctor: Doctor) -> tuple[Profile, Digest]:
    """The public profile that stands on chain for the doctor, and its whole digest.

    Raises:
        BadCredential: when no announced profile has the digest that the contract holds.
    """
    for entry in reversed(await doctor_entries(context, doctor.id, Action.DOCTOR_REGISTERED)):
        if entry.digest[:24] == doctor.profile:
            return await fetch_profile(context, doctor.id, entry.digest), entry.digest
    raise BadCredential(holder=doctor.id, why="its profile is not the announced one.")


async def fetch_profile(context: Context, holder: Address, digest: Digest) -> Profile:
    """A profile object from the store, checked to be the holder's.

    Raises:
        BadCredential: when it names somebody else.
    """
    profile = decode_profile(await fetch(context, cid_from_digest(digest, Codec.RAW)))
    if profile.holder != holder:
        raise BadCredential(holder=holder, why="its profile belongs to somebody else.")
    return profile


async def doctor_entries(context: Context, doctor: Address, action: Action) -> list[AuditEntry]:
    """The common register's entries of one kind about a doctor, oldest first."""
    return await context.local.entries(
        subject=ZERO_ADDRESS, ref=address_word(doctor), actions=[action]
    )


async def _registrar_vouches(context: Context, user: User) -> bool:
    entries = await context.local.entries(subject=user.id, actions=[Action.IDENTITY_VERIFIED])
    if not entries or not any(entries[-1].ref):
        return False
    blob = await fetch(context, cid_from_digest(Digest(entries[-1].ref), Codec.RAW))
    statement, signature = decode_credential(blob, SignerRole.REGISTRAR)
    if statement.key_version < user.key_version:
        return False
    check_credential(
        statement,
        context.wallets.signer(statement, signature),
        context.network.registrars,
        holder=user.id,
        profile_digest=entries[-1].digest,
        encryption_key=user.encryption_key,
        key_version=user.key_version,
        at=await context.time(),
    )
    return True


async def _check_binding(context: Context, user: User) -> None:
    """The wallet behind the address signed this very key (the transaction's calldata has it)."""
    entries = await _key_entries(context, user.id)
    if not entries:
        raise BadCredential(holder=user.id, why="its registration is not to be found.")
    found = await context.chain.key_binding(user.id, entries[-1].transaction)
    if found is None:
        raise BadCredential(holder=user.id, why="its owner's signature is not to be found.")
    binding, signature = found
    if (
        binding.key != user.encryption_key
        or binding.key_version != user.key_version
        or context.wallets.signer(binding, signature) != user.id
    ):
        raise BadCredential(holder=user.id, why="its owner did not sign it.")


async def remembered_key(context: Context, holder: Address) -> TrustedKey | None:
    """The newest key that was vouched for here, where the audit still names it; else None."""
    seen = await context.local.get(SEEN_KEYS, holder)
    entries = await _key_entries(context, holder)
    if seen is None or not entries:
        return None
    version, key = int.from_bytes(seen[:4], "big"), seen[4:]
    if (version, key) != (entries[-1].meta.version, entries[-1].digest):
        return None
    return TrustedKey(holder, key, version)


async def _key_entries(context: Context, who: Address) -> list[AuditEntry]:
    return await context.local.entries(
        ref=address_word(who),
        actions=[Action.USER_REGISTERED, Action.ENCRYPTION_KEY_ROTATED],
    )


async def _accept(context: Context, user: User) -> TrustedKey:
    """Refuse a key older than, or other than, one seen before; remember this one.

    The entry that set a key names it and its version, so a fresh client has seen it too.
    """
    if is_low_order(user.encryption_key):
        raise LowOrderKey(holder=user.id)
    entries = await _key_entries(context, user.id)
    if entries and user.key_version < entries[-1].meta.version:
        raise KeyWentBack(holder=user.id)
    same_version = entries and user.key_version == entries[-1].meta.version
    if same_version and user.encryption_key != entries[-1].digest:
        raise BadCredential(holder=user.id, why="the audit names another key.")
    seen = await context.local.get(SEEN_KEYS, user.id)
    if seen is not None:
        version, key = int.from_bytes(seen[:4], "big"), seen[4:]
        if user.key_version < version:
            raise KeyWentBack(holder=user.id)
        if user.key_version == version and user.encryption_key != key:
            raise BadCredential(holder=user.id, why="another key of the same version was seen.")
    stored = user.key_version.to_bytes(4, "big") + user.encryption_key
    await context.local.put(SEEN_KEYS, user.id, stored)
    return TrustedKey(user.id, user.encryption_key, user.key_version)
