"""How a job knows its own effect on the chain: by author and digest, never by a nonce alone."""

from __future__ import annotations

from medrec.domain.calls import (
    AddRecord,
    Call,
    GrantAccess,
    LogConsultation,
    RegisterDoctor,
    RegisterPatient,
    RegisterUser,
    RequestAccess,
    RevokeAccess,
    RotateAuthenticator,
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
    for entry in await local.entries(actor=me, actions=[_action(step.call)]):
        if step.signed is not None and entry.transaction == TxHash(step.signed.hash):
            return entry
        if _same(step.call, entry):
            return entry
    return None


_ACTIONS: dict[str, Action] = {
    "RegisterUser": Action.USER_REGISTERED,
    "RotateAuthenticator": Action.AUTHENTICATOR_ROTATED,
    "RegisterPatient": Action.PATIENT_REGISTERED,
    "VerifyIdentity": Action.IDENTITY_VERIFIED,
    "AddRecord": Action.RECORD_CREATED,
    "UpdateRecord": Action.RECORD_UPDATED,
    "ArchiveRecord": Action.RECORD_ARCHIVED,
    "RegisterDoctor": Action.DOCTOR_REGISTERED,
    "SetDoctorStatus": Action.DOCTOR_STATUS_CHANGED,
    "RequestAccess": Action.ACCESS_REQUESTED,
    "DeclineRequest": Action.REQUEST_DECLINED,
    "GrantAccess": Action.ACCESS_GRANTED,
    "RevokeAccess": Action.ACCESS_REVOKED,
    "RotateKeys": Action.KEYS_ROTATED,
    "LogConsultation": Action.CONSULTED,
}


def _action(call: Call) -> Action:
    return _ACTIONS[type(call).__name__]


def _same(call: Call, entry: AuditEntry) -> bool:  # noqa: PLR0911 - one line for each kind
    match call:
        case RegisterUser():
            return True
        case RegisterPatient():
            return True
        case RegisterDoctor(profile):
            return entry.digest == profile
        case RotateAuthenticator(_, authenticator):
            return entry.digest[12:] == address_bytes(authenticator)
        case VerifyIdentity(patient, commitment):
            return entry.subject == patient and entry.digest == commitment
        case AddRecord() | UpdateRecord():
            return entry.ref == call.record and entry.digest == call.digest
        case SetDoctorStatus(doctor, _, status, credential):
            return (
                entry.ref_address == address_bytes(doctor)
                and entry.meta.kind == status
                and entry.digest == credential
                and any(credential)
            )
        case RequestAccess(patient, request):
            return entry.subject == patient and entry.digest == request
        case GrantAccess():
            return entry.subject == call.patient and entry.digest == call.envelope
        case RevokeAccess() | RotateKeys():
            return entry.subject == call.patient and entry.digest == call.bundle
        case LogConsultation(patient, record, seen_at):
            return entry.subject == patient and entry.ref == record and entry.meta.time == seen_at
        case _:
            return False
