"""What the account may do now, asked before anything is sealed or shown."""

from __future__ import annotations

from medrec.domain.ids import Address
from medrec.domain.people import DoctorStatus, Grant
from medrec.domain.times import told
from medrec.errors import (
    AccessEnded,
    DoctorNotVerified,
    NoAccess,
    NotRegisteredYet,
    NotYours,
    UnknownPatient,
)
from medrec.services.context import Context


async def live_grant(context: Context, patient: Address) -> Grant:
    """The account's live grant to a patient's record.

    Raises:
        UnknownPatient, NotRegisteredYet, NotYours, DoctorNotVerified, NoAccess, AccessEnded.
    """
    if await context.chain.patient(patient) is None:
        raise UnknownPatient(patient=patient)
    await verified_self(context)
    grant = await context.chain.grant(patient, context.me)
    if grant is None or grant.expiry == 0:
        raise NoAccess()
    if not grant.live(await context.time()):
        raise AccessEnded(ended=told(grant.expiry))
    return grant


async def verified_self(context: Context) -> None:
    """See to it that the account is a verified doctor.

    Raises:
        NotRegisteredYet, NotYours, DoctorNotVerified.
    """
    doctor = await context.chain.doctor(context.me)
    if doctor is None:
        if await context.chain.user(context.me) is None:
            raise NotRegisteredYet(command="doctor register")
        raise NotYours(
            needed="a doctor's", hint="Only doctors read and write other people's records."
        )
    if doctor.status is not DoctorStatus.VERIFIED:
        raise DoctorNotVerified(doctor="This account", status=STATUS_WORDS[doctor.status])


STATUS_WORDS = {
    DoctorStatus.PENDING: "not verified yet",
    DoctorStatus.VERIFIED: "verified",
    DoctorStatus.SUSPENDED: "suspended",
    DoctorStatus.REFUSED: "refused",
}
