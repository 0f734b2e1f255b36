"""How a job knows its own effect on the chain: by author and digest, never by a nonce alone."""

from __future__ import annotations

from medrec.domain.calls import (
    AddRecord,
    ArchiveRecord,
    Call,
    Deactivate,
    GrantAccess,
    LogConsultation,
    RegisterDoctor,
    RegisterPatient,
    RegisterUser,
    RequestAccess,
    RevokeAccess,
    RotateAuthenticator,
    RotateEncryptionKey,
    RotateKeys,
    SetDoctorStatus,
    UpdateRecord,
    VerifyIdentity,
)
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import Address, TxHash, address_bytes
from medrec.domain.outbox import Step
from medrec.domain.ports import LocalStore


async def find_effect(local: LocalStore, me: Address, step: Step) -> AuditEntry | None:
    """The confirmed entry that this step left, or None.

    An entry of the step's own transaction counts; so does one of the same author with the same
    content from another transaction (the same wallet on two machines, or a replaced fee).
    """
    entries = await local.entries(actor=me, actions=[_action(step.call)])
    if isinstance(step.call, RegisterDoctor):
        # A profile may be announced again after another one: only the last announcement counts.
        entries = entries[-1:]
    latest = _latest_about(step.call, entries)
    for entry in entries:
        if step.signed is not None and entry.transaction == TxHash(step.signed.hash):
            return entry
        if (latest is None or entry is latest) and _same(step.call, entry):
            return entry
    return None


def _latest_about(call: Call, entries: list[AuditEntry]) -> AuditEntry | None:
    """The last of our decisions about a doctor.

    Verified, suspended and verified again within one second: the credential is the same, and yet
    the second verification is an act of its own.
    """
    if not isinstance(call, SetDoctorStatus):
        return None
    who = address_bytes(call.doctor)
    return next((e for e in reversed(entries) if e.ref_address == who), None)


_ACTIONS: dict[str, Action] = {
    "RegisterUser": Action.USER_REGISTERED,
    "RotateAuthenticator": Action.AUTHENTICATOR_ROTATED,
    "RotateEncryptionKey": Action.ENCRYPTION_KEY_ROTATED,
    "Deactivate": Action.USER_DEACTIVATED,
    "RegisterPatient": Action.PATIENT_REGISTERED,
    "VerifyIdentity": Action.IDENTITY_VERIFIED,
    "AddRecord": Action.RECORD_CREATED,
    "UpdateRecord": Action.RECORD_UPDATED,
    "ArchiveRecord": Action.RECORD_ARCHIVED,
    "RegisterDoctor": Action.DOCTOR_REGISTERED,
    "SetDoctorStatus": Action.DOCTOR_STATUS_CHANGED,
    "RequestAccess": Action.ACCESS_REQUESTED,
    "WithdrawRequest": Action.REQUEST_WITHDRAWN,
    "DeclineRequest": Action.REQUEST_DECLINED,
    "GrantAccess": Action.ACCESS_GRANTED,
    "RevokeAccess": Action.ACCESS_REVOKED,
    "RotateKeys": Action.KEYS_ROTATED,
    "LogConsultation": Action.CONSULTED,
}


def _action(call: Call) -> Action:
    return _ACTIONS[type(call).__name__]


def _same(call: Call, entry: AuditEntry) -> bool:  # noqa: PLR0911, PLR0912 - one case a kind
    match call:
        case RegisterUser() | RegisterPatient() | Deactivate():
            return True
        case RotateEncryptionKey():
            return (entry.digest, entry.meta.version) == (call.key, call.key_version)
        case RegisterDoctor(_, profile):
            return entry.digest == profile
        case RotateAuthenticator(_, _, authenticator):
            return entry.digest[12:] == address_bytes(authenticator)
        case VerifyIdentity(patient, _, commitment):
            return entry.subject == patient and entry.digest == commitment
        case AddRecord() | UpdateRecord():
            return entry.ref == call.record and entry.digest == call.digest
        case SetDoctorStatus(doctor, _, _, _, status, credential):
            who = address_bytes(doctor)
            there = (entry.ref_address, entry.meta.kind, entry.digest)
            return there == (who, status, credential) and any(credential)
        case RequestAccess(patient, _, request):
            return entry.subject == patient and entry.digest == request
        case GrantAccess():
            return entry.subject == call.patient and entry.digest == call.envelope
        case ArchiveRecord(_, record, _, reason):
            return entry.ref == record and entry.digest == reason
        case RevokeAccess(patient, grantees, epoch, bundle):
            return (
                (entry.subject, entry.digest) == (patient, bundle)
                and entry.meta.epoch == epoch.next()
                and entry.ref_address in [address_bytes(grantee) for grantee in grantees]
            )
        case RotateKeys():
            return entry.subject == call.patient and entry.digest == call.bundle
        case LogConsultation(patient, record, seen_at, digest):
            look = (entry.subject, entry.ref, entry.meta.time, entry.digest)
            return look == (patient, bytes(record), seen_at, digest)
        case _:
            return False
