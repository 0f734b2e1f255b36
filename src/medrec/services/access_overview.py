"""What a patient sees of sharing: who has what until when, who asks, whose access has ended."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from medrec.chain.keccak import checksum
from medrec.clinical.text import clean
from medrec.crypto.profile import Profile
from medrec.domain.categories import Permission
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import Address
from medrec.domain.people import DoctorStatus
from medrec.errors import MedRecError
from medrec.services import access, doctors
from medrec.services.context import Context
from medrec.services.rotation import FROM_TODAY
from medrec.services.trust import known_doctor, read_profile, vouched_doctor

LONGEST_NAME = 60


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


@dataclass(frozen=True, slots=True)
class Share:
    """A running grant; times in Unix seconds, ``last_look`` None where there was none."""

    doctor: DoctorCard
    permission: Permission
    until: int
    from_today: bool
    looks: int
    last_look: int | None


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
    """Running grants, those that end first on top."""
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
            )
        )
    return sorted(found, key=lambda share: (share.until, share.doctor.name))


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


async def find_doctor(context: Context, doctor: Address) -> DoctorCard:
    """A doctor to whom access can be given.

    Raises:
        UnknownDoctor, DoctorNotVerified, BadCredential, KeyWentBack, LowOrderKey.
    """
    return _card(doctor, (await vouched_doctor(context, doctor)).profile, verified=True)


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


def _card(
    doctor: Address, profile: Profile, *, verified: bool = False, suspended: bool = False
) -> DoctorCard:
    return DoctorCard(
        doctor=doctor,
        name=f"Dr. {clean(profile.display_name, LONGEST_NAME)}",
        family=clean(profile.family, LONGEST_NAME),
        specialty=clean(profile.specialty, LONGEST_NAME),
        verified=verified,
        suspended=suspended,
    )
