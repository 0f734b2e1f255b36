"""The writes of the four contracts as frozen data, as they wait in the outbox.

One class per state-changing function that MedRec sends; the chain gateway turns each into
calldata through the generated proxies. ``dump`` and ``load`` give the plain form that is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Union, get_args, get_type_hints

from medrec.domain.categories import Scope
from medrec.domain.ids import ZERO_ADDRESS, Address, ChainHead, Digest, Epoch, RecordId
from medrec.domain.people import DoctorStatus, Role


@dataclass(frozen=True, slots=True)
class RegisterUser:
    """UserAuthentication.register: role, authenticator, X25519 key and its binding (65 bytes)."""

    role: Role
    authenticator: Address
    key: bytes
    binding: bytes


@dataclass(frozen=True, slots=True)
class RotateAuthenticator:
    """UserAuthentication.rotateAuthenticator: a new password or 8-character key.

    ``expected`` is the present authenticator: refused once it is another.
    """

    id: Address
    expected: Address
    authenticator: Address


@dataclass(frozen=True, slots=True)
class RotateEncryptionKey:
    """UserAuthentication.rotateEncryptionKey: the next X25519 key and its binding (65 bytes)."""

    id: Address
    key: bytes
    key_version: int
    binding: bytes


@dataclass(frozen=True, slots=True)
class Deactivate:
    """UserAuthentication.deactivate: the end of an account, for ever."""

    id: Address


@dataclass(frozen=True, slots=True)
class RegisterPatient:
    """ContractPatient.registerPatient by the patient."""


@dataclass(frozen=True, slots=True)
class VerifyIdentity:
    """ContractPatient.verifyIdentity by a registrar; the commitment is keyed.

    ``turn`` is the patient's present one: refused once a registrar has acted since.
    ``credential`` is the digest of the registrar's public credential for the patient's key.
    """

    patient: Address
    turn: int
    commitment: Digest
    credential: Digest


@dataclass(frozen=True, slots=True)
class AddRecord:
    """ContractPatient.addRecord: the digest of the sealed root, under the named epoch."""

    patient: Address
    record: RecordId
    epoch: Epoch
    digest: Digest
    via: Address = ZERO_ADDRESS


@dataclass(frozen=True, slots=True)
class UpdateRecord:
    """ContractPatient.updateRecord: refused when ``expected_head`` is no longer the head."""

    patient: Address
    record: RecordId
    expected_head: ChainHead
    epoch: Epoch
    digest: Digest
    via: Address = ZERO_ADDRESS


@dataclass(frozen=True, slots=True)
class ArchiveRecord:
    """ContractPatient.archiveRecord with the digest of the (sealed) reason."""

    patient: Address
    record: RecordId
    expected_head: ChainHead
    reason: Digest
    via: Address = ZERO_ADDRESS


@dataclass(frozen=True, slots=True)
class RegisterDoctor:
    """ContractDoctor.registerDoctor with the digest of the public profile.

    ``turn`` is the doctor's present one, 0 at first: refused once another was registered.
    """

    turn: int
    profile: Digest


@dataclass(frozen=True, slots=True)
class SetDoctorStatus:
    """ContractDoctor.setDoctorStatus by a verifier; ``profile`` is the digest's first 24 bytes.

    ``version`` and ``since`` are the doctor's present ones: refused once they are others.
    """

    doctor: Address
    profile: bytes
    version: int
    since: int
    status: DoctorStatus
    credential: Digest


@dataclass(frozen=True, slots=True)
class RequestAccess:
    """ContractDoctor.requestAccess with the digest of the request sealed to the patient.

    ``requests`` is how many there were: refused once there was another.
    """

    patient: Address
    requests: int
    request: Digest
    via: Address = ZERO_ADDRESS


@dataclass(frozen=True, slots=True)
class WithdrawRequest:
    """ContractDoctor.withdrawRequest by the doctor who asked; ``requests`` names the open one."""

    patient: Address
    requests: int
    via: Address = ZERO_ADDRESS


@dataclass(frozen=True, slots=True)
class DeclineRequest:
    """ContractDoctor.declineRequest by the patient; ``requests`` names the open one."""

    patient: Address
    doctor: Address
    requests: int


@dataclass(frozen=True, slots=True)
class GrantAccess:
    """ContractDoctor.grant; ``expiry`` in Unix seconds, kind 0 categories, 1 single records.

    ``expected_expiry`` is the end of what was granted before, 0 where there was nothing: refused
    once it is another.
    """

    patient: Address
    grantee: Address
    profile: bytes
    scope: Scope
    expiry: int
    kind: int
    expected_epoch: Epoch
    expected_expiry: int
    envelope: Digest


@dataclass(frozen=True, slots=True)
class RevokeAccess:
    """ContractDoctor.revoke: ends the grants and starts the next epoch."""

    patient: Address
    grantees: tuple[Address, ...]
    expected_epoch: Epoch
    bundle: Digest


@dataclass(frozen=True, slots=True)
class RotateKeys:
    """ContractDoctor.rotateKeys: the next epoch without revoking anybody."""

    patient: Address
    expected_epoch: Epoch
    new_epoch: Epoch
    bundle: Digest


@dataclass(frozen=True, slots=True)
class LogConsultation:
    """ContractAudit.logConsultation: who looked at what, and when (Unix seconds)."""

    patient: Address
    record: RecordId
    seen_at: int
    digest: Digest
    via: Address = ZERO_ADDRESS


Call = Union[  # noqa: UP007 - enumerated at run time by `load`
    RegisterUser,
    RotateAuthenticator,
    RotateEncryptionKey,
    Deactivate,
    RegisterPatient,
    VerifyIdentity,
    AddRecord,
    UpdateRecord,
    ArchiveRecord,
    RegisterDoctor,
    SetDoctorStatus,
    RequestAccess,
    WithdrawRequest,
    DeclineRequest,
    GrantAccess,
    RevokeAccess,
    RotateKeys,
    LogConsultation,
]

_CLASSES: dict[str, type[Call]] = {cls.__name__: cls for cls in get_args(Call)}


def dump(call: Call) -> dict[str, object]:
    """The call as plain strings, bytes, integers and lists, with its class under ``call``."""
    plain: dict[str, object] = {"call": type(call).__name__}
    for field in fields(call):
        value = getattr(call, field.name)
        if isinstance(value, Epoch | Scope):
            value = value.packed
        elif isinstance(value, tuple):
            value = list(value)
        elif isinstance(value, int):
            value = int(value)
        plain[field.name] = value
    return plain


def load(plain: Mapping[str, object]) -> Call:
    """The call that `dump` wrote.

    Raises:
        KeyError: when the class is not one of ours or a field is missing.
    """
    name = str(plain["call"])
    hints = _hints(name)
    values: dict[str, Any] = {field: _restore(hints[field], plain[field]) for field in hints}
    return _CLASSES[name](**values)


@cache
def _hints(name: str) -> dict[str, object]:
    """The types of a call's fields: working them out takes longer than all the rest."""
    cls = _CLASSES[name]
    hints = get_type_hints(cls)
    return {f.name: hints[f.name] for f in fields(cls)}


def _restore(hint: object, value: object) -> object:
    if hint is Epoch and isinstance(value, int):
        return Epoch.unpack(value)
    if hint is Scope and isinstance(value, int):
        return Scope.unpack(value)
    if (hint is Role or hint is DoctorStatus) and isinstance(value, int):
        return hint(value)
    if isinstance(value, list):
        return tuple(value)
    return value
