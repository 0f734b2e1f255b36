"""The register of doctors as an administrator reads it: who waits, who is verified, and why not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum

from medrec.chain.keccak import checksum
from medrec.clinical.text import clean, clean_lines
from medrec.crypto.credential import decode_credential
from medrec.crypto.kdf import fingerprint
from medrec.crypto.profile import Profile
from medrec.crypto.reasons import open_reason
from medrec.domain.cid import Codec, cid_from_digest
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import ZERO_ADDRESS, Address, Digest
from medrec.domain.people import Doctor, DoctorStatus
from medrec.errors import BadCredential, MedRecError, NetworkError, NoKey
from medrec.services.context import Context
from medrec.services.resealing import own_key_version
from medrec.services.trust import bound_key, fetch_profile

AT_ONCE = 8
"""Doctors asked about at the same time."""

LONGEST_NAME = 80


class Standing(StrEnum):
    """Where an administrator looks for a doctor."""

    WAITING = "waiting"
    VERIFIED = "verified"
    SUSPENDED = "suspended"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Decision:
    """What a verifier decided last about a doctor, and when (Unix seconds).

    ``valid_until`` (Unix seconds) is a credential's end; ``reason`` that of a refusal or
    suspension, empty where none was given or it is not sealed to this account.
    """

    status: DoctorStatus
    by: Address
    at: int
    block: int
    valid_until: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A registered doctor with the profile announced last.

    ``name`` has the title, ``plain_name`` is as papers have it. ``digest`` is that profile's;
    ``fingerprint`` the announced key's; ``registered`` and ``announced`` are Unix seconds,
    ``block`` that of the announcement. ``problem`` says why this doctor cannot be vouched for, in a
    sentence; empty when profile, key and chain fit together. ``again`` marks who was decided about
    before and has announced something new since.
    """

    doctor: Doctor
    name: str
    plain_name: str
    specialty: str
    licence: str
    digest: Digest
    fingerprint: str
    registered: int
    announced: int
    block: int
    standing: Standing
    again: bool
    problem: str
    decision: Decision | None

    @property
    def address(self) -> Address:
        """The doctor's id."""
        return self.doctor.id


async def candidates(context: Context) -> list[Candidate]:
    """Every registered doctor: those who wait longest first, then the rest by name.

    Raises:
        NetworkError subclasses: the node or the store is away.
    """
    announced = await _by_doctor(context, Action.DOCTOR_REGISTERED)
    decided = await _by_doctor(context, Action.DOCTOR_STATUS_CHANGED)
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(address: Address) -> Candidate | None:
        async with gate:
            doctor = await context.chain.doctor(address)
            if doctor is None:
                return None
            return await _candidate(context, doctor, announced[address], decided.get(address, []))

    # All are waited for, so that nothing goes on behind the back of who hears of a failure.
    found = await asyncio.gather(*map(one, announced), return_exceptions=True)
    for failure in found:
        if isinstance(failure, BaseException):
            raise failure
    return sorted((c for c in found if isinstance(c, Candidate)), key=_order)


async def decision(context: Context, doctor: Address) -> Decision | None:
    """What was decided last about a doctor; None where nothing was.

    Raises:
        NetworkError subclasses.
    """
    decided = await _by_doctor(context, Action.DOCTOR_STATUS_CHANGED)
    entries = decided.get(doctor)
    return await _decision(context, doctor, entries[-1]) if entries else None


async def _by_doctor(context: Context, action: Action) -> dict[Address, list[AuditEntry]]:
    found: dict[Address, list[AuditEntry]] = {}
    for entry in await context.local.entries(subject=ZERO_ADDRESS, actions=[action]):
        found.setdefault(checksum(entry.ref_address), []).append(entry)
    return found


async def _candidate(
    context: Context, doctor: Doctor, announced: list[AuditEntry], decided: list[AuditEntry]
) -> Candidate:
    last = announced[-1]
    profile, problem = await _profile(context, doctor, last)
    made = await _decision(context, doctor.id, decided[-1]) if decided else None
    again = _asks_again(doctor, last, decided)
    waits = doctor.status is DoctorStatus.PENDING or again
    return Candidate(
        doctor=doctor,
        name=_short(profile.display_name) if profile is not None else "",
        plain_name=_short(f"{profile.given} {profile.family}") if profile is not None else "",
        specialty=_short(profile.specialty) if profile is not None else "",
        licence=_short(profile.licence) if profile is not None else "",
        digest=last.digest,
        fingerprint=fingerprint(profile.encryption_key) if profile is not None else "",
        registered=announced[0].meta.time,
        announced=last.meta.time,
        block=last.block,
        standing=Standing.WAITING if waits else Standing[doctor.status.name],
        again=again,
        problem=problem,
        decision=made,
    )


def _short(text: str) -> str:
    return clean(text, LONGEST_NAME)


def _asks_again(doctor: Doctor, last: AuditEntry, decided: list[AuditEntry]) -> bool:
    """Whether something was announced that the last decision did not know of."""
    if doctor.status is DoctorStatus.VERIFIED:
        return doctor.profile != last.digest[:24]
    if doctor.status is not DoctorStatus.REFUSED or not decided:
        return False
    return (last.block, last.log_index) > (decided[-1].block, decided[-1].log_index)


async def _profile(
    context: Context, doctor: Doctor, last: AuditEntry
) -> tuple[Profile | None, str]:
    """The announced profile, and why it cannot be vouched for."""
    try:
        profile = await fetch_profile(context, doctor.id, last.digest)
    except NetworkError:
        raise
    except MedRecError as error:
        return None, error.sentence
    try:
        key = await bound_key(context, doctor.id)
        if (profile.encryption_key, profile.key_version) != (key.key, key.version):
            raise BadCredential(holder=doctor.id, why="its profile names another key.")
    except NetworkError:
        raise
    except MedRecError as error:
        return profile, error.sentence
    return profile, ""


async def _decision(context: Context, doctor: Address, entry: AuditEntry) -> Decision:
    status = DoctorStatus(entry.meta.kind)
    valid_until, reason = 0, ""
    if any(entry.digest):
        try:
            data = await context.store.get(cid_from_digest(entry.digest, Codec.RAW))
            if status is DoctorStatus.VERIFIED:
                valid_until = decode_credential(data)[0].valid_until
            else:
                reason = await _reason(context, data, doctor)
        except NetworkError:
            raise
        except MedRecError:
            # The decision stands on chain; what lies in the store only says more about it.
            valid_until, reason = 0, ""
    return Decision(status, entry.actor, entry.meta.time, entry.block, valid_until, reason)


async def _reason(context: Context, data: bytes, doctor: Address) -> str:
    for version in range(await own_key_version(context), 0, -1):
        try:
            return "\n".join(clean_lines(open_reason(data, context.key(version), doctor)))
        except NoKey:
            continue
    return ""


def _order(row: Candidate) -> tuple[bool, int, str, str]:
    waits = row.standing is Standing.WAITING
    return not waits, row.block if waits else 0, row.name.casefold(), row.address
