"""What a patient sees of sharing: who has what until when, who asks, whose access has ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from medrec.chain.keccak import checksum
from medrec.clinical.text import clean
from medrec.crypto.kdf import fingerprint as key_fingerprint
from medrec.crypto.profile import Profile
from medrec.crypto.slots import permission_of
from medrec.domain.calls import GrantAccess, RevokeAccess
from medrec.domain.categories import Category, Permission
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import Address, RecordId, record_slot
from medrec.domain.outbox import JobState
from medrec.domain.people import DoctorStatus
from medrec.errors import FingerprintDiffers, MedRecError
from medrec.services import access, doctors
from medrec.services.context import Context
from medrec.services.rotation import FROM_TODAY
from medrec.services.trust import LONGEST_NAME, known_doctor, read_profile, vouched_doctor


@dataclass(frozen=True, slots=True)
class DoctorCard:
    """A doctor as people see one; ``verified`` says whether a verifier vouches now.

    Where nobody ever vouched, ``name`` is the address and ``family`` is empty.
    """

    doctor: Address
    name: str
    family: str = ""
    specialty: str = ""
    verified: bool = False
    suspended: bool = False

    @property
    def short(self) -> str:
        """As a sentence names the doctor again: “Dr. Raman”."""
        return f"Dr. {self.family}" if self.family else self.name


class Change(StrEnum):
    """What waits in the outbox and will change somebody's access."""

    GRANT = "grant"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True)
class Share:
    """A grant that runs, or that waits in the outbox to begin (``pending`` GRANT, ``new``).

    Times in Unix seconds; ``last_look`` is None where there was none.
    """

    doctor: DoctorCard
    permission: Permission
    until: int
    from_today: bool
    looks: int = 0
    last_look: int | None = None
    pending: Change | None = None
    new: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """An open request; times in Unix seconds."""

    doctor: DoctorCard
    permission: Permission
    until: int
    reason: str
    at: int


@dataclass(frozen=True, slots=True)
class EndedShare:
    """A grant that is over: at ``at`` (Unix seconds), by the patient's word or by its date."""

    doctor: DoctorCard
    at: int
    revoked: bool


async def shares(context: Context) -> list[Share]:
    """Running grants, those that end first on top; before them what waits to begin."""
    coming, going = await _pending(context)
    found = []
    for row in await access.listed(context):
        looks = await context.local.entries(
            subject=context.me, actor=row.doctor, actions=[Action.CONSULTED]
        )
        found.append(
            Share(
                doctor=await doctor_card(context, row.doctor),
                permission=row.permission,
                until=row.until,
                from_today=bool(await context.local.get(FROM_TODAY, row.doctor)),
                looks=len(looks),
                last_look=looks[-1].meta.time if looks else None,
                pending=_change(row.doctor, coming, going),
            )
        )
    running = {share.doctor.doctor for share in found}
    waiting = [
        await _new_share(context, call) for who, call in coming.items() if who not in running
    ]
    return waiting + sorted(found, key=lambda share: (share.until, share.doctor.name))


async def asked(context: Context) -> list[Asked]:
    """Open requests, the oldest first."""
    found = [
        Asked(
            doctor=await doctor_card(context, row.doctor),
            permission=row.request.permission,
            until=row.request.until,
            reason=clean(row.request.reason),
            at=row.request.made_at,
        )
        for row in await access.requests(context)
    ]
    return sorted(found, key=lambda row: row.at)


async def ended(context: Context) -> list[EndedShare]:
    """Grants that are over and were not given again, the last one on top."""
    now = await context.time()
    last: dict[bytes, AuditEntry] = {}
    for entry in await context.local.entries(
        subject=context.me, actions=[Action.ACCESS_GRANTED, Action.ACCESS_REVOKED]
    ):
        last[entry.ref_address] = entry
    found = []
    for raw, entry in last.items():
        revoked = entry.action == Action.ACCESS_REVOKED
        at = entry.meta.time if revoked else entry.meta.expiry
        if at <= now:
            card = await doctor_card(context, checksum(raw))
            found.append(EndedShare(card, at, revoked))
    return sorted(found, key=lambda row: -row.at)


async def directory(context: Context) -> list[DoctorCard]:
    """The doctors whom a verifier vouches for now, by name."""
    found = []
    for row in await doctors.listed(context):
        if row.doctor.status is DoctorStatus.VERIFIED:
            card = await doctor_card(context, row.doctor.id)
            if card.verified:
                found.append(card)
    return sorted(found, key=lambda card: (card.family.casefold(), card.name.casefold()))


async def find_doctor(
    context: Context, doctor: Address, fingerprint: str | None = None
) -> DoctorCard:
    """A doctor to whom access can be given; with the fingerprint that came with the address.

    Raises:
        UnknownDoctor, DoctorNotVerified, BadCredential, KeyWentBack, LowOrderKey.
        FingerprintDiffers: when the vouched key is another one.
    """
    found = await vouched_doctor(context, doctor)
    if fingerprint is not None and key_fingerprint(found.key.key) != fingerprint:
        raise FingerprintDiffers(holder=doctor, given=fingerprint)
    return _card(doctor, found.profile, verified=True)


async def doctor_card(context: Context, doctor: Address) -> DoctorCard:
    """A doctor as far as somebody vouches, or vouched before the doctor was suspended."""
    with suppress(MedRecError):
        return await find_doctor(context, doctor)
    with suppress(MedRecError):
        known = await known_doctor(context, doctor)
        if known.status is DoctorStatus.SUSPENDED:
            profile, _ = await read_profile(context, known)
            return _card(doctor, profile, suspended=True)
    return DoctorCard(doctor, doctor)


async def record_counts(context: Context) -> Mapping[Category, int]:
    """How many records of the account's own each category has."""
    created = await context.local.entries(subject=context.me, actions=[Action.RECORD_CREATED])
    counts = Counter(record_slot(RecordId(entry.ref)) for entry in created)
    return {c: counts[s] for c, s in context.slots.by_category.items() if counts[s]}


async def _pending(context: Context) -> tuple[dict[Address, GrantAccess], set[Address]]:
    coming: dict[Address, GrantAccess] = {}
    going: set[Address] = set()
    for job in await context.local.jobs([JobState.PENDING]):
        for step in job.steps:
            if isinstance(step.call, GrantAccess):
                coming[step.call.grantee] = step.call
            elif isinstance(step.call, RevokeAccess):
                going.update(step.call.grantees)
    return coming, going


def _change(who: Address, coming: Container[Address], going: Container[Address]) -> Change | None:
    if who in going:
        return Change.REVOKE
    return Change.GRANT if who in coming else None


async def _new_share(context: Context, call: GrantAccess) -> Share:
    return Share(
        doctor=await doctor_card(context, call.grantee),
        permission=permission_of(call.scope, context.slots),
        until=call.expiry,
        from_today=bool(await context.local.get(FROM_TODAY, call.grantee)),
        pending=Change.GRANT,
        new=True,
    )


def _card(
    doctor: Address, profile: Profile, *, verified: bool = False, suspended: bool = False
) -> DoctorCard:
    return DoctorCard(
        doctor=doctor,
        name=clean(profile.display_name, LONGEST_NAME),
        family=clean(profile.family, LONGEST_NAME),
        specialty=clean(profile.specialty, LONGEST_NAME),
        verified=verified,
        suspended=suspended,
    )
