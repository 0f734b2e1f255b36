"""Replacing one's own encryption key: the newest is sealed to, the older ones still open."""

from __future__ import annotations

from medrec.clinical.patient import DoctorProfileFields
from medrec.domain.calls import RotateEncryptionKey
from medrec.domain.entries import Action
from medrec.domain.ids import address_word
from medrec.domain.outbox import Job, JobState, Step
from medrec.domain.typed import KeyBinding
from medrec.errors import NotRegisteredYet, UserInactive
from medrec.services import doctors
from medrec.services.context import Context
from medrec.services.work import new_job, outbox

KIND = "encryption-key"
"""The outbox's kind of a replaced encryption key."""


async def replace_key(context: Context) -> Job:
    """Register the next encryption key, bound to the account by the wallet's signature.

    It derives from the same words: it is for a key that leaked, not for words that did. A doctor's
    profile is announced again with it: until an administrator has verified that and patients have
    given access again, nothing more is sealed to the doctor.

    Raises:
        NotRegisteredYet, UserInactive, NetworkError subclasses.
        WaitsInOutbox: it is saved and goes out by itself.
    """
    user = await context.chain.user(context.me)
    if user is None:
        raise NotRegisteredYet(command="patient register")
    if not user.active:
        raise UserInactive(id=context.me)
    version = user.key_version + 1
    key = context.key(version).public
    binding = context.wallet.sign_statement(KeyBinding(key, version))
    steps = [Step(RotateEncryptionKey(context.me, key, version, binding))]
    blocks = {}
    doctor = await context.chain.doctor(context.me)
    if doctor is not None:
        profile, _ = await doctors.announced(context, context.me)
        named = {name: getattr(profile, name) for name in DoctorProfileFields.checks}
        again = doctors.announcing(context, DoctorProfileFields(**named), version, doctor.turn)
        steps, blocks = [*steps, *again.job.steps], dict(again.blocks)
    job = new_job(context, KIND, "Replace the encryption key", steps, {"version": version})
    return await outbox(context).submit(job, blocks)


async def replaced_at(context: Context) -> list[int]:
    """When the encryption key was replaced: Unix seconds, oldest first."""
    entries = await context.local.entries(
        ref=address_word(context.me), actions=[Action.ENCRYPTION_KEY_ROTATED]
    )
    return [entry.meta.time for entry in entries]


async def replacement_waits(context: Context) -> bool:
    """Whether a replaced key waits in the outbox."""
    return any(job.kind == KIND for job in await context.local.jobs([JobState.PENDING]))
