"""What a contract refused with, as the sentence that the user reads.

One rule for each custom error of our ABIs (and OpenZeppelin's in them), from the decoded error and
the call that was refused to a `medrec.errors.ChainRefusal`; a test proves that none is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from medrec import errors as ours
from medrec.chain.keccak import keccak256
from medrec.chain.proxies import errors as theirs
from medrec.domain import calls
from medrec.domain.calls import Call
from medrec.domain.ids import Address
from medrec.domain.times import told
from medrec.errors import ChainRefusal

DOCTOR_STATUS = {
    0: "not registered",
    1: "not verified yet",
    2: "verified",
    3: "suspended",
    4: "refused",
}
PATIENT_STATUS = {1: "active", 2: "deceased", 3: "transferred", 4: "erased"}
POWERS = {1: "write", 2: "log", 4: "grant", 8: "revoke", 16: "rotate keys", 32: "replace a wallet"}
ROLES = {
    keccak256(b"VERIFIER_ROLE"): "a verifier of doctors",
    keccak256(b"REGISTRAR_ROLE"): "a registrar of patients",
    bytes(32): "the administrator",
}
NO_GRANT = 2
REASONS = {
    1: "the patient is not registered.",
    3: "your access did not run at that time; it may have ended.",
    4: "your access ended more than seven days ago.",
    5: "its time lies in the future. Check this computer's clock.",
    6: "it lies before your present verification.",
    7: "there is no such category slot.",
}
"""contracts/libraries/Actions.sol, Reasons; NO_GRANT has a class of its own."""

Rule = Callable[[Any, Call | None], ChainRefusal]


def refusal(error: theirs.ContractError, call: Call | None = None) -> ChainRefusal:
    """The error as ours; ``call`` is what was refused, where the sentence depends on it."""
    rule = RULES.get(type(error))
    if rule is None:
        return ChainRefusal(error=type(error).__name__)
    return rule(error, call)


def refusal_of(data: bytes, call: Call | None = None) -> ChainRefusal:
    """The refusal in revert data."""
    return refusal(theirs.decode_error(data), call)


def _registered(error: theirs.AlreadyRegistered, call: Call | None) -> ChainRefusal:
    if isinstance(call, calls.RegisterPatient):
        return ours.PatientExists(id=error.id)
    if isinstance(call, calls.VerifyIdentity):
        return ours.IdentityAlreadyVerified(patient=error.id)
    return ours.AccountRegistered(id=error.id)


def _commitment(error: theirs.CommitmentTaken, call: Call | None) -> ChainRefusal:
    """The same papers for the same patient again are no conflict."""
    if isinstance(call, calls.VerifyIdentity) and call.patient == error.patient:
        return ours.IdentityAlreadyVerified(patient=error.patient)
    return ours.IdentityTaken(patient=error.patient)


def _no_grant(error: theirs.NoGrant, call: Call | None) -> ChainRefusal:
    if isinstance(call, calls.RevokeAccess):
        return ours.NothingToRevoke(grantee=error.grantee)
    return ours.NoAccess(grantee=error.grantee)


def _wrong_creator(error: theirs.WrongCreator, call: Call | None) -> ChainRefusal:
    patient: Address | None = getattr(call, "patient", None)
    if isinstance(call, calls.UpdateRecord) and error.creator != patient:
        who = "a doctor with access"
    else:
        who = "the patient" if error.creator == patient else "its author"
    return ours.NotTheAuthorsKind(creator=error.creator, principal=error.principal, who=who)


def _consultation(error: theirs.ConsultationRefused, call: Call | None) -> ChainRefusal:
    if error.reason == NO_GRANT:
        return ours.NoAccess(patient=error.patient)
    why = REASONS.get(error.reason, f"reason {error.reason}.")
    return ours.ConsultationNotLogged(why=why, reason=error.reason, patient=error.patient)


def _lacks_power(error: theirs.DelegateLacksPower, call: Call | None) -> ChainRefusal:
    missing = error.needed & ~error.powers
    names = [name for bit, name in POWERS.items() if missing & bit]
    return ours.DelegationTooWeak(needed=", ".join(names) or str(error.needed))


RULES: dict[type[theirs.ContractError], Rule] = {
    theirs.AlreadyRegistered: _registered,
    theirs.NoGrant: _no_grant,
    theirs.WrongCreator: _wrong_creator,
    theirs.ConsultationRefused: _consultation,
    theirs.DelegateLacksPower: _lacks_power,
    theirs.NotPeer: lambda e, _: ours.PeerOnly(caller=e.caller),
    theirs.NotRegistered: lambda e, _: ours.NobodyRegistered(id=e.id),
    theirs.PatientNotActive: lambda e, _: ours.PatientInactive(
        patient=e.patient, status=PATIENT_STATUS.get(e.status, f"status {e.status}")
    ),
    theirs.NotController: lambda e, _: ours.NotTheController(patient=e.patient, caller=e.caller),
    theirs.NoDelegation: lambda e, _: ours.NoSuchDelegation(
        principal=e.principal, delegate=e.delegate
    ),
    theirs.DelegationEnded: lambda e, _: ours.DelegationOver(ended=told(e.expiry)),
    theirs.DelegateOutOfScope: lambda e, _: ours.DelegationTooNarrow(scope=e.scope),
    theirs.DelegateGrantTooLong: lambda e, _: ours.DelegationTooShort(latest=told(e.latest)),
    theirs.GrantEnded: lambda e, _: ours.AccessEnded(ended=told(e.expiry), expiry=e.expiry),
    theirs.OutOfScope: lambda e, _: ours.CategoryNotShared(
        category=f"this category (slot {e.slot})", slot=e.slot, scope=e.scope
    ),
    theirs.NotVerified: lambda e, _: ours.DoctorNotVerified(
        doctor=f"The doctor {e.doctor}", status=DOCTOR_STATUS.get(e.status, f"status {e.status}")
    ),
    theirs.StaleEpoch: lambda e, _: ours.EpochStale(current=e.current),
    theirs.StaleState: lambda e, _: ours.StateMoved(current=e.current),
    theirs.StaleHead: lambda e, _: ours.VersionConflict(head=e.head.hex()),
    theirs.BadSlot: lambda e, _: ours.SlotOutOfRange(slot=e.slot),
    theirs.BadScope: lambda e, _: ours.ScopeRefused(scope=e.scope),
    theirs.BadExpiry: lambda e, _: ours.EndRefused(end=told(e.expiry), expiry=e.expiry),
    theirs.BadEpoch: lambda e, _: ours.EpochRefused(epoch=e.epoch),
    theirs.BadKind: lambda e, _: ours.KindRefused(kind=e.kind),
    theirs.BadStatus: lambda e, _: ours.StatusRefused(status=e.status),
    theirs.BadPacked: lambda e, _: ours.BatchRefused(length=e.length),
    theirs.NarrowingNeedsRevoke: lambda e, _: ours.NarrowingRefused(
        until=told(e.expiry), scope=e.scope, expiry=e.expiry
    ),
    theirs.ProfileChanged: lambda e, _: ours.ProfileMoved(profile=e.profile.hex()),
    theirs.RecordExists: lambda e, _: ours.RecordIdTaken(record=e.record_id.hex()),
    theirs.RecordUnknown: lambda e, _: ours.RecordNotFound(record=e.record_id.hex()),
    theirs.RecordArchived: lambda e, _: ours.RecordIsArchived(record=e.record_id.hex()),
    theirs.RequestOpen: lambda *_: ours.RequestIsOpen(),
    theirs.NoRequest: lambda *_: ours.NoOpenRequest(),
    theirs.CommitmentTaken: _commitment,
    theirs.AlreadyAnchored: lambda e, _: ours.ReceiptsAnchored(root=e.root.hex()),
    theirs.AlreadySubmitted: lambda e, _: ours.ReceiptUsed(receipt=e.receipt.hex()),
    theirs.BadSignature: lambda *_: ours.SignatureRefused(),
    theirs.LowOrderKey: lambda *_: ours.KeyRefused(),
    theirs.KeyVersionMustFollow: lambda e, _: ours.KeyVersionRefused(current=e.current),
    theirs.NotUser: lambda e, _: ours.UserInactive(id=e.id),
    theirs.DelayOutOfRange: lambda e, _: ours.DelayRefused(delay=e.delay),
    theirs.VetoSpent: lambda *_: ours.VetoUsed(),
    theirs.NothingPending: lambda *_: ours.NoReplacement(),
    theirs.TooEarly: lambda e, _: ours.ReplacementTooEarly(ready=told(e.ready_at)),
    theirs.SelfGrant: lambda e, _: ours.OwnGrant(grantee=e.grantee),
    # OpenZeppelin 5.7: AccessControlDefaultAdminRules, ERC2771Forwarder, utilities.
    theirs.AccessControlUnauthorizedAccount: lambda e, _: ours.RoleMissing(
        account=e.account, role=ROLES.get(e.needed_role, e.needed_role.hex())
    ),
    theirs.AccessControlBadConfirmation: lambda *_: ours.RoleHandoverRefused(
        why="a role can be given up for oneself only."
    ),
    theirs.AccessControlEnforcedDefaultAdminDelay: lambda e, _: ours.RoleHandoverRefused(
        why=f"it is possible from {told(e.schedule)} on."
    ),
    theirs.AccessControlEnforcedDefaultAdminRules: lambda *_: ours.RoleHandoverRefused(
        why="begin the handover first; the new administrator accepts it."
    ),
    theirs.AccessControlInvalidDefaultAdmin: lambda e, _: ours.RoleHandoverRefused(
        why=f"{e.default_admin} cannot be the administrator."
    ),
    theirs.ERC2771ForwarderExpiredRequest: lambda e, _: ours.RelayRefused(
        why=f"it was good until {told(e.deadline)}."
    ),
    theirs.ERC2771ForwarderInvalidSigner: lambda e, _: ours.RelayRefused(
        why=f"it is not signed by {e.from_}."
    ),
    theirs.ERC2771ForwarderMismatchedValue: lambda *_: ours.RelayRefused(
        why="it carries another amount than it names."
    ),
    theirs.ERC2771ForwarderNoRefundReceiver: lambda *_: ours.RelayRefused(
        why="one of its batch is not valid."
    ),
    theirs.ERC2771UntrustfulTarget: lambda e, _: ours.RelayRefused(
        why=f"{e.target} does not trust the forwarder."
    ),
    theirs.InvalidAccountNonce: lambda *_: ours.RelayRefused(why="its nonce was used."),
    theirs.FailedCall: lambda *_: ours.ContractFault(why="a call failed"),
    theirs.InsufficientBalance: lambda *_: ours.ContractFault(why="a balance is too low"),
    theirs.InvalidShortString: lambda *_: ours.ContractFault(why="a string is not valid"),
    theirs.StringTooLong: lambda *_: ours.ContractFault(why="a string is too long"),
    theirs.SafeCastOverflowedUintDowncast: lambda *_: ours.ContractFault(
        why="a number is too large"
    ),
    # Solidity's own.
    theirs.Error: lambda e, _: ours.ContractFault(why=e.reason),
    theirs.Panic: lambda e, _: ours.ContractFault(why=f"panic {e.code:#04x}"),
    theirs.UnknownError: lambda e, _: ours.ContractFault(why=f"0x{e.data[:4].hex()}"),
}
