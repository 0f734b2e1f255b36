"""Access: asked for, granted, declined, revoked, and who has what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from medrec.chain.keccak import checksum
from medrec.crypto.request import Request, encode_and_seal, open_request
from medrec.crypto.slots import permission_of, scope_of
from medrec.domain.calls import (
    DeclineRequest,
    GrantAccess,
    RequestAccess,
    RevokeAccess,
    WithdrawRequest,
)
from medrec.domain.categories import Permission
from medrec.domain.cid import Codec, cid_from_digest, cid_of, digest_of
from medrec.domain.entries import Action
from medrec.domain.ids import Address, Epoch, address_word, short_address
from medrec.domain.outbox import Job, Step
from medrec.domain.people import DoctorStatus, Grant
from medrec.errors import (
    BadDate,
    IntegrityError,
    MedRecError,
    NoAccess,
    NoSuchGrant,
    NothingToDecline,
    NothingToWithdraw,
    NotYours,
    UnknownPatient,
)
from medrec.services.asked import permission_facts, permission_from, remember
from medrec.services.context import Context
from medrec.services.holders import own_patient
from medrec.services.keyring import keys_to
from medrec.services.resealing import with_own_key
from medrec.services.rights import verified_self
from medrec.services.rotation import (
    FROM_TODAY,
    from_today,
    latest_bundle,
    make_bundle,
    make_envelope,
    publishing_order,
    rotate_if_spoiled,
    start_epoch,
)
from medrec.services.trust import called, known_doctor, patient_key, vouched_doctor
from medrec.services.wishes import Facts, Wish, fulfil, supersede
from medrec.services.work import Prepared, new_job


@dataclass(frozen=True, slots=True)
class GrantDraft:
    """What a patient gives: to whom, what, until when (Unix seconds), the history or not."""

    doctor: Address
    permission: Permission
    until: int
    from_today: bool = False


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One grant as people see it: the other party, categories, end in Unix seconds."""

    patient: Address
    doctor: Address
    permission: Permission
    until: int


@dataclass(frozen=True, slots=True)
class RequestRow:
    """An open request as the patient reads it."""

    doctor: Address
    request: Request
    name: str


async def request(
    context: Context,
    patient: Address,
    permission: Permission,
    until: int,
    reason: str,
    fingerprint: str | None = None,
) -> Job:
    """Ask a patient for access; what, until when and why is sealed to the patient.

    Without a network it waits.

    Raises:
        UnknownPatient, DoctorNotVerified, FingerprintDiffers, BadCredential, BadDate.
    """
    facts: dict[str, str | int] = {"patient": patient, "until": until, "reason": reason}
    facts |= permission_facts(permission)
    if fingerprint is not None:
        facts["fingerprint"] = fingerprint
    wish = Wish("access-request", "Ask for access", facts, f"request {patient}")
    return await fulfil(context, wish)


async def plan_request(context: Context, facts: Facts) -> Prepared:
    """The job that asks for access. Raises as `request`."""
    patient, until = Address(str(facts["patient"])), int(facts["until"])
    fingerprint = str(facts["fingerprint"]) if "fingerprint" in facts else None
    now = await context.time()
    _check_end(until, now)
    if await context.chain.patient(patient) is None:
        raise UnknownPatient(patient=patient)
    await verified_self(context)
    key = await patient_key(context, patient, fingerprint)
    wanted, reason = permission_from(facts), str(facts["reason"])
    asked = Request(patient, context.me, wanted, until, reason, made_at=now)
    box = encode_and_seal(asked, key.key)
    cid = cid_of(box, Codec.RAW)
    held = await context.chain.grant(patient, context.me)
    made = held.requests if held is not None else 0
    step = Step(RequestAccess(patient, made, digest_of(box)), before=(cid,))
    await remember(context, asked, digest_of(box))
    job = new_job(context, "access-request", "Ask for access", [step], {"patient": patient})
    return Prepared(job, {cid: box})


async def withdraw(context: Context, patient: Address) -> Job:
    """Take one's own request back. Without a network it waits.

    Raises:
        NothingToWithdraw: when the patient has no open request of the account's.
    """
    wish = ("access-withdraw", "Withdraw a request", {"patient": patient}, f"request {patient}")
    return await fulfil(context, Wish(*wish))


async def plan_withdraw(context: Context, facts: Facts) -> Prepared:
    """The job that takes a request back. Raises as `withdraw`."""
    patient = Address(str(facts["patient"]))
    state = await context.chain.grant(patient, context.me)
    if state is None or not state.request_open:
        raise NothingToWithdraw(patient=patient)
    step = Step(WithdrawRequest(patient, state.requests))
    job = new_job(context, "access-withdraw", "Withdraw a request", [step], {"patient": patient})
    return Prepared(job, {})


async def requests(context: Context) -> list[RequestRow]:
    """The requests that wait for the patient's answer."""
    rows = []
    entries = await context.local.entries(subject=context.me, actions=[Action.ACCESS_REQUESTED])
    for entry in {e.ref: e for e in entries}.values():
        grant = await context.chain.grant(context.me, entry.actor)
        if grant is None or not grant.request_open:
            continue
        try:
            box = await context.store.get(cid_from_digest(entry.digest, Codec.RAW))
            mine = partial(open_request, box, patient=context.me, doctor=entry.actor)
            asked = await with_own_key(context, mine)
        except IntegrityError as error:
            # Whoever asks with a digest of nothing hides nobody else's request.
            who = await called(context, entry.actor)
            context.notifier.warn(f"{who} asks for what cannot be read. {error.sentence}")
            continue
        try:
            name = (await vouched_doctor(context, entry.actor)).profile.display_name
        except MedRecError:
            name = ""
        rows.append(RequestRow(entry.actor, asked, name))
    return rows


async def grant(context: Context, draft: GrantDraft) -> Job:
    """Give a verified doctor access to categories until a date. Without a network it waits.

    Raises:
        NotRegisteredYet, UnknownDoctor, DoctorNotVerified, BadCredential, BadDate.
    """
    facts: dict[str, str | int] = {"doctor": draft.doctor, "until": draft.until}
    facts |= permission_facts(draft.permission) | {"from-today": int(draft.from_today)}
    wish = Wish("access-grant", "Give access", facts, _access_of(draft.doctor))
    done = await fulfil(context, wish)
    if not draft.from_today:
        await context.local.put(FROM_TODAY, draft.doctor, b"")
    return done


async def plan_grant(context: Context, facts: Facts) -> Prepared:
    """The job that gives access. Raises as `grant`."""
    draft = _draft_of(facts)
    _check_end(draft.until, await context.time())
    await own_patient(context)
    doctor = await vouched_doctor(context, draft.doctor)
    await rotate_if_spoiled(context)
    if draft.from_today:
        await _part_from_history(context, draft)
    patient = await own_patient(context)
    scope = scope_of(draft.permission, context.slots)
    since = await _since(context, draft, patient.epoch)
    sealed = await make_envelope(
        context, doctor.key, scope, patient.epoch, since, await latest_bundle(context, context.me)
    )
    cid = cid_of(sealed, Codec.RAW)
    before = await context.chain.grant(context.me, draft.doctor)
    call = GrantAccess(
        patient=context.me,
        grantee=draft.doctor,
        profile=doctor.doctor.profile,
        scope=scope,
        expiry=draft.until,
        kind=0,
        expected_epoch=patient.epoch,
        expected_expiry=before.expiry if before is not None else 0,
        envelope=digest_of(sealed),
    )
    job = new_job(
        context,
        "access-grant",
        f"Give access to {doctor.profile.display_name}",
        [Step(call, after=(cid,))],
        {"doctor": draft.doctor},
    )
    if since is not None:
        # Before it is sent: a bundle made after a crash must not open the history either.
        await context.local.put(FROM_TODAY, draft.doctor, since.packed.to_bytes(4, "big"))
    return Prepared(job, {cid: sealed})


async def decline(context: Context, doctor: Address) -> Job:
    """Turn a request down. Without a network it waits.

    Raises:
        NothingToDecline: when the doctor has no open request.
    """
    wish = ("access-decline", "Decline a request", {"doctor": doctor}, _access_of(doctor))
    return await fulfil(context, Wish(*wish))


async def plan_decline(context: Context, facts: Facts) -> Prepared:
    """The job that turns a request down. Raises as `decline`."""
    doctor = Address(str(facts["doctor"]))
    await own_patient(context)
    state = await context.chain.grant(context.me, doctor)
    if state is None or not state.request_open:
        raise NothingToDecline(doctor=await called(context, doctor))
    step = Step(DeclineRequest(context.me, doctor, state.requests))
    job = new_job(context, "access-decline", "Decline a request", [step], {"doctor": doctor})
    return Prepared(job, {})


async def revoke(context: Context, doctors: Sequence[Address]) -> Job:
    """End access at once and start new keys, which those who stay are given.

    Without a network it waits; the access runs on until the chain says that it has ended.

    Raises:
        NoSuchGrant: when a doctor has no running access.
    """
    for doctor in doctors:
        # What would give it again after the revocation is not wished any more.
        await supersede(context, _access_of(doctor))
    done = await fulfil(context, revocation(doctors))
    for doctor in doctors:
        await context.local.delete(FROM_TODAY, doctor)
    return done


def revocation(doctors: Sequence[Address]) -> Wish:
    """The wish to end access."""
    about = _access_of(doctors[0]) if len(doctors) == 1 else ""
    return Wish("access-revoke", "Revoke access", {"doctors": " ".join(doctors)}, about)


async def plan_revoke(context: Context, facts: Facts) -> Prepared:
    """The job that ends access. Raises as `revoke`."""
    doctors = [Address(doctor) for doctor in str(facts["doctors"]).split()]
    patient = await own_patient(context)
    now = await context.time()
    for doctor in doctors:
        held = await context.chain.grant(context.me, doctor)
        if held is None or not held.live(now):
            raise NoSuchGrant(doctor=await called(context, doctor))
    epoch = patient.epoch.next()
    context.notifier.progress("Making new keys for those who keep access")
    bundle = await make_bundle(context, epoch, doctors)
    call = RevokeAccess(context.me, tuple(doctors), patient.epoch, bundle.digest)
    step = Step(call, after=publishing_order(bundle))
    result: dict[str, str | int] = {"doctor": ", ".join(doctors)}
    job = new_job(context, "access-revoke", "Revoke access", [step], result)
    return Prepared(job, bundle.blocks)


async def listed(context: Context) -> list[AccessRow]:
    """For a patient: who has running access. For a doctor: to whom."""
    now = await context.time()
    if await context.chain.patient(context.me) is not None:
        entries = await context.local.entries(subject=context.me, actions=[Action.ACCESS_GRANTED])
        pairs = {(context.me, checksum(e.ref_address)) for e in entries}
    else:
        mine = address_word(context.me)
        entries = await context.local.entries(ref=mine, actions=[Action.ACCESS_GRANTED])
        pairs = {(e.subject, context.me) for e in entries}
    rows = []
    for patient, doctor in sorted(pairs):
        held = await context.chain.grant(patient, doctor)
        if held is not None and held.live(now):
            permission = await _permission(context, held)
            rows.append(AccessRow(patient, doctor, permission, held.expiry))
    return rows


async def check(context: Context, patient: Address, doctor: Address) -> Permission:
    """What a doctor may read and write now, by category.

    Raises:
        UnknownPatient, UnknownDoctor; NotYours when the account is neither of the two.
    """
    if await context.chain.patient(patient) is None:
        raise UnknownPatient(patient=patient)
    await known_doctor(context, doctor)
    if context.me not in (patient, doctor):
        raise NotYours(
            needed="the patient or the doctor", hint="Only those two know the categories."
        )
    held = await context.chain.grant(patient, doctor)
    if held is None or not held.live(await context.time()):
        return Permission()
    standing = await context.chain.doctor(doctor)
    if standing is None or standing.status is not DoctorStatus.VERIFIED:
        return Permission()
    return await _permission(context, held)


async def _permission(context: Context, held: Grant) -> Permission:
    if held.patient == context.me:
        return permission_of(held.scope, context.slots)
    try:
        keys = await keys_to(context, held.patient)
    except NoAccess:
        return Permission()
    except IntegrityError as error:
        # One patient's envelope that cannot be opened hides no other patient.
        who = short_address(held.patient)
        context.notifier.warn(f"What {who} shares cannot be read. {error.sentence}")
        return Permission()
    return permission_of(held.scope, keys.slots)


async def _part_from_history(context: Context, draft: GrantDraft) -> None:
    """See to it that nothing written so far lies under the keys of a new from-today grant."""
    patient = await own_patient(context)
    if await _running_from_today(context, draft) is not None:
        return
    written = await context.local.entries(
        subject=context.me, actions=[Action.RECORD_CREATED, Action.RECORD_UPDATED]
    )
    if any(entry.meta.epoch == patient.epoch for entry in written):
        context.notifier.progress("Changing the keys, so that the history stays closed")
        await start_epoch(context, patient.epoch)


async def _since(context: Context, draft: GrantDraft, epoch: Epoch) -> Epoch | None:
    """From-today stays what it was for a running grant, unless the history is opened now."""
    if not draft.from_today:
        return None
    return await _running_from_today(context, draft) or epoch


async def _running_from_today(context: Context, draft: GrantDraft) -> Epoch | None:
    """Since when a running from-today grant opens what the draft covers; a new category: None."""
    held = await context.chain.grant(context.me, draft.doctor)
    if held is None or not held.live(await context.time()):
        return None
    if not scope_of(draft.permission, context.slots).read <= held.scope.read:
        return None
    return await from_today(context, draft.doctor)


def _draft_of(facts: Facts) -> GrantDraft:
    doctor, until = Address(str(facts["doctor"])), int(facts["until"])
    return GrantDraft(doctor, permission_from(facts), until, bool(facts["from-today"]))


def _access_of(doctor: Address) -> str:
    """The question that grants, refusals and revocations of one doctor answer."""
    return f"access {doctor}"


def _check_end(until: int, now: int) -> None:
    if until <= now:
        raise BadDate(text="that day", why="it is already over.")
