"""A doctor's own profile as it was announced, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from medrec.crypto.profile import Profile
from medrec.domain.people import DoctorStatus
from medrec.errors import IntegrityError, NotRegisteredYet
from medrec.services.context import Context
from medrec.services.doctors import announced
from medrec.services.verification import Decision, decision


@dataclass(frozen=True, slots=True)
class OwnProfile:
    """``profile`` is the last announced one, None where it cannot be read.

    ``counts`` says whether it is the verified one; ``decision`` is what was decided last.
    """

    status: DoctorStatus
    profile: Profile | None
    counts: bool
    decision: Decision | None


async def own_profile(context: Context) -> OwnProfile:
    """The account's own profile.

    Raises:
        NotRegisteredYet: when the account is no doctor's.
        NetworkError subclasses.
    """
    doctor = await context.chain.doctor(context.me)
    if doctor is None:
        raise NotRegisteredYet(command="doctor register")
    try:
        profile, digest = await announced(context, context.me)
    except IntegrityError:
        return OwnProfile(doctor.status, None, False, await decision(context, context.me))
    counts = doctor.status is DoctorStatus.VERIFIED and digest.startswith(doctor.profile)
    return OwnProfile(doctor.status, profile, counts, await decision(context, context.me))
