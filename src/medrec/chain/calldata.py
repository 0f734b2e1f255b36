"""The domain's calls as calldata: which contract, and the bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from medrec.chain.proxies.contract_audit import ContractAudit
from medrec.chain.proxies.contract_doctor import ContractDoctor
from medrec.chain.proxies.contract_patient import ContractPatient
from medrec.chain.proxies.user_authentication import UserAuthentication
from medrec.domain import calls
from medrec.domain.calls import Call

_BUILDERS: dict[type[Call], tuple[str, Callable[[Any], bytes]]] = {
    calls.RegisterUser: (
        "UserAuthentication",
        lambda c: UserAuthentication.register(c.role, c.authenticator, c.key, c.binding),
    ),
    calls.RotateAuthenticator: (
        "UserAuthentication",
        lambda c: UserAuthentication.rotate_authenticator(c.id, c.expected, c.authenticator),
    ),
    calls.RotateEncryptionKey: (
        "UserAuthentication",
        lambda c: UserAuthentication.rotate_encryption_key(c.id, c.key, c.key_version, c.binding),
    ),
    calls.Deactivate: ("UserAuthentication", lambda c: UserAuthentication.deactivate(c.id)),
    calls.RegisterPatient: ("ContractPatient", lambda _: ContractPatient.register_patient()),
    calls.VerifyIdentity: (
        "ContractPatient",
        lambda c: ContractPatient.verify_identity(c.patient, c.turn, c.commitment, c.credential),
    ),
    calls.AddRecord: (
        "ContractPatient",
        lambda c: ContractPatient.add_record(c.patient, c.record, c.epoch.packed, c.digest, c.via),
    ),
    calls.UpdateRecord: (
        "ContractPatient",
        lambda c: ContractPatient.update_record(
            c.patient, c.record, c.expected_head, c.epoch.packed, c.digest, c.via
        ),
    ),
    calls.ArchiveRecord: (
        "ContractPatient",
        lambda c: ContractPatient.archive_record(
            c.patient, c.record, c.expected_head, c.reason, c.via
        ),
    ),
    calls.RegisterDoctor: (
        "ContractDoctor",
        lambda c: ContractDoctor.register_doctor(c.turn, c.profile),
    ),
    calls.SetDoctorStatus: (
        "ContractDoctor",
        lambda c: ContractDoctor.set_doctor_status(
            c.doctor, c.profile, c.version, c.since, c.status, c.credential
        ),
    ),
    calls.RequestAccess: (
        "ContractDoctor",
        lambda c: ContractDoctor.request_access(c.patient, c.requests, c.request, c.via),
    ),
    calls.WithdrawRequest: (
        "ContractDoctor",
        lambda c: ContractDoctor.withdraw_request(c.patient, c.requests, c.via),
    ),
    calls.DeclineRequest: (
        "ContractDoctor",
        lambda c: ContractDoctor.decline_request(c.patient, c.doctor, c.requests),
    ),
    calls.GrantAccess: (
        "ContractDoctor",
        lambda c: ContractDoctor.grant(
            c.patient,
            c.grantee,
            c.profile,
            c.scope.packed,
            c.expiry,
            c.kind,
            c.expected_epoch.packed,
            c.expected_expiry,
            c.envelope,
        ),
    ),
    calls.RevokeAccess: (
        "ContractDoctor",
        lambda c: ContractDoctor.revoke(c.patient, c.grantees, c.expected_epoch.packed, c.bundle),
    ),
    calls.RotateKeys: (
        "ContractDoctor",
        lambda c: ContractDoctor.rotate_keys(
            c.patient, c.expected_epoch.packed, c.new_epoch.packed, c.bundle
        ),
    ),
    calls.LogConsultation: (
        "ContractAudit",
        lambda c: ContractAudit.log_consultation(c.patient, c.record, c.seen_at, c.digest, c.via),
    ),
}


def encode_call(call: Call) -> tuple[str, bytes]:
    """The name of the contract that the call goes to, and its calldata.

    Raises:
        eth_abi.exceptions.EncodingError: a value out of its type's range (our bug).
    """
    contract, build = _BUILDERS[type(call)]
    return contract, build(call)
