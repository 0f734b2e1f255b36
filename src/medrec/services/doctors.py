"""Doctors: registration with a public profile, its updates, and the register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from medrec.chain.keccak import checksum
from medrec.clinical.patient import DoctorProfileFields
from medrec.crypto.profile import Profile, encode_profile
from medrec.domain.calls import RegisterDoctor
from medrec.domain.cid import Codec, cid_of, digest_of
from medrec.domain.entries import Action
from medrec.domain.ids import ZERO_ADDRESS, Address
from medrec.domain.outbox import Job, Step
from medrec.domain.people import Doctor, Role
from medrec.errors import DoctorExists, IntegrityError, NotRegisteredYet, NotYours
from medrec.services.context import Context
from medrec.services.registration import FIRST_KEY, register_step
from medrec.services.resealing import own_key_version
from medrec.services.trust import doctor_entries, fetch_profile, read_profile
from medrec.services.wishes import Facts, Wish, fulfil
from medrec.services.work import Prepared, new_job

REGISTER, UPDATE = "doctor-register", "doctor-update"


@dataclass(frozen=True, slots=True)
class RegisteredDoctor:
    """A doctor of the register; the profile is None where it cannot be read or checked."""

    doctor: Doctor
    profile: Profile | None


async def register(context: Context, fields: DoctorProfileFields) -> Job:
    """Register the account as a doctor who waits to be verified.

    Without a network it waits; what is typed later takes its place.

    Raises:
        DoctorExists, NotYours, and whatever the outbox raises.
    """
    return await fulfil(context, Wish(REGISTER, "Register as a doctor", asdict(fields), REGISTER))


async def plan_register(context: Context, facts: Facts) -> Prepared:
    """The job that registers a doctor. Raises as `register`."""
    if await context.chain.doctor(context.me) is not None:
        raise DoctorExists()
    user = await context.chain.user(context.me)
    if user is not None and user.role is not Role.DOCTOR:
        raise NotYours(needed="free", hint="It is registered in another role.")
    version = user.key_version if user is not None else FIRST_KEY
    first = [] if user is not None else [await register_step(context, Role.DOCTOR)]
    title = "Register as a doctor"
    profile = _encoded(context, fields_of(facts), version)
    return _announcing(context, profile, 0, first, (REGISTER, title))


async def update(context: Context, fields: DoctorProfileFields) -> Job:
    """Announce a new profile; an administrator verifies it before it counts.

    Without a network it waits; what is typed later takes its place.

    Raises:
        NotRegisteredYet.
    """
    return await fulfil(context, Wish(UPDATE, "Announce a profile", asdict(fields), UPDATE))


async def plan_update(context: Context, facts: Facts) -> Prepared:
    """The job that announces a profile. Raises as `update`."""
    doctor = await context.chain.doctor(context.me)
    if doctor is None:
        raise NotRegisteredYet(command="doctor register")
    version = await own_key_version(context)
    return announcing(context, fields_of(facts), version, doctor.turn)


def fields_of(facts: Facts) -> DoctorProfileFields:
    """The profile that a wish was made of."""
    return DoctorProfileFields(**{name: str(facts[name]) for name in DoctorProfileFields.checks})


async def listed(context: Context) -> list[RegisteredDoctor]:
    """Every registered doctor, oldest first."""
    entries = await context.local.entries(subject=ZERO_ADDRESS, actions=[Action.DOCTOR_REGISTERED])
    found = []
    for raw in dict.fromkeys(e.ref_address for e in entries):
        doctor = await context.chain.doctor(checksum(raw))
        if doctor is not None:
            found.append(RegisteredDoctor(doctor, await _profile(context, doctor)))
    return found


async def announced(context: Context, doctor: Address) -> tuple[Profile, bytes]:
    """The last announced profile, whether it counts already or not, and its digest.

    Raises:
        IntegrityError subclasses: when it is not in the store or not the doctor's.
    """
    entries = await doctor_entries(context, doctor, Action.DOCTOR_REGISTERED)
    digest = entries[-1].digest
    return await fetch_profile(context, doctor, digest), digest


async def _profile(context: Context, doctor: Doctor) -> Profile | None:
    try:
        profile, _ = await read_profile(context, doctor)
    except IntegrityError:
        return None
    return profile


def announcing(context: Context, fields: DoctorProfileFields, version: int, turn: int) -> Prepared:
    """The job that announces a profile with the key of that version, after so many others."""
    profile = _encoded(context, fields, version)
    return _announcing(context, profile, turn, [], (UPDATE, "Announce a profile"))


def _announcing(
    context: Context, profile: bytes, turn: int, first: Sequence[Step], named: tuple[str, str]
) -> Prepared:
    """The job of that kind and title, ``named``."""
    cid = cid_of(profile, Codec.RAW)
    steps = [*first, Step(RegisterDoctor(turn, digest_of(profile)), before=(cid,))]
    return Prepared(new_job(context, *named, steps, {"doctor": context.me}), {cid: profile})


def _encoded(context: Context, fields: DoctorProfileFields, version: int) -> bytes:
    return encode_profile(
        Profile(
            holder=context.me,
            given=fields.given,
            family=fields.family,
            specialty=fields.specialty,
            licence=fields.licence,
            encryption_key=context.key(version).public,
            key_version=version,
        )
    )
