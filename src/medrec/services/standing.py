"""Who the account is on its network: role, name, and what is said below the name."""

from __future__ import annotations

from dataclasses import dataclass

from medrec.crypto.codec import encode
from medrec.crypto.fields import Fields
from medrec.domain.people import DoctorStatus, Role
from medrec.errors import MedRecError, NetworkError
from medrec.services import doctors, patients
from medrec.services.context import Context
from medrec.services.trust import known_doctor

_SPACE, _KEY = "standing", "me"
_FIELDS = ("role", "title", "detail", "status")


@dataclass(frozen=True, slots=True)
class Standing:
    """An account as people see it; ``role`` None where it has not registered yet.

    ``detail`` is a doctor's specialty; ``status`` a doctor's standing.
    """

    role: Role | None
    title: str
    detail: str = ""
    status: DoctorStatus | None = None


async def standing(context: Context) -> Standing:
    """Who the account is, remembered for when the network is away.

    Raises:
        NetworkError subclasses: when nothing was remembered.
    """
    try:
        found = await _ask(context)
    except NetworkError:
        remembered = await context.local.get(_SPACE, _KEY)
        if remembered is None:
            raise
        return _load(remembered)
    blob = _dump(found)
    if await context.local.get(_SPACE, _KEY) != blob:
        await context.local.put(_SPACE, _KEY, blob)
    return found


async def remembered(context: Context) -> Standing | None:
    """Who the account was when the network last answered."""
    blob = await context.local.get(_SPACE, _KEY)
    return None if blob is None else _load(blob)


async def _ask(context: Context) -> Standing:
    user = await context.chain.user(context.me)
    if user is None:
        return Standing(None, context.called)
    if user.role is Role.PATIENT:
        return Standing(user.role, await _patient_name(context))
    if user.role is Role.DOCTOR:
        return await _doctor(context)
    return Standing(user.role, context.called)


async def _patient_name(context: Context) -> str:
    before = await remembered(context)
    try:
        person = (await patients.show(context, context.me)).demographics
    except MedRecError:
        return before.title if before is not None else context.called
    return f"{person.given} {person.family}"


async def _doctor(context: Context) -> Standing:
    status = (await known_doctor(context, context.me)).status
    try:
        profile, _ = await doctors.announced(context, context.me)
    except MedRecError:
        return Standing(Role.DOCTOR, context.called, status=status)
    return Standing(Role.DOCTOR, profile.display_name, profile.specialty, status)


def _dump(who: Standing) -> bytes:
    return encode(
        {
            "v": 1,
            "role": int(who.role) if who.role else 0,
            "title": who.title,
            "detail": who.detail,
            "status": int(who.status) if who.status else 0,
        }
    )


def _load(blob: bytes) -> Standing:
    fields = Fields.decode(blob, _FIELDS, "the remembered standing")
    role, status = fields.integer("role"), fields.integer("status")
    return Standing(
        Role(role) if role else None,
        fields.text("title"),
        fields.text("detail"),
        DoctorStatus(status) if status else None,
    )
