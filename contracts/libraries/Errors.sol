// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Errors of MedRec's contracts
/// @notice Every refusal, with the arguments that a screen needs to explain it.
library Errors {
    /// @notice A function for the contracts among themselves was called by somebody else.
    error NotPeer(address caller);
    /// @notice The id is not registered as what the function needs (patient, doctor), or the
    /// identity commitment to release is not the patient's.
    error NotRegistered(address id);
    /// @notice The id is registered already, or the patient's identity is verified already.
    error AlreadyRegistered(address id);
    /// @notice The patient is deceased, transferred or erased (see Words.PATIENT_*).
    error PatientNotActive(address patient, uint8 status);
    /// @notice The caller does not act for this id: neither its controller nor its delegate.
    error NotController(address patient, address caller);
    /// @notice The principal named by `via` has never named the caller as a delegate.
    error NoDelegation(address principal, address delegate);
    /// @notice The delegation has ended, or lapsed with the replacement of its principal's wallet.
    error DelegationEnded(uint40 expiry);
    /// @notice The delegation does not include the power needed.
    error DelegateLacksPower(uint16 powers, uint16 needed);
    /// @notice The act goes beyond the slots of the delegation.
    error DelegateOutOfScope(uint32 scope);
    /// @notice A delegate's grant may end at `latest` at most.
    error DelegateGrantTooLong(uint40 latest);
    /// @notice The patient has never granted anything to the grantee.
    error NoGrant(address grantee);
    /// @notice The grant has ended.
    error GrantEnded(uint40 expiry);
    /// @notice The grant does not open the slot for this act.
    error OutOfScope(uint8 slot, uint32 scope);
    /// @notice The doctor is not verified: 0 unknown, 1 pending, 3 suspended, 4 refused.
    error NotVerified(address doctor, uint8 status);
    /// @notice The patient's key epoch has moved on.
    error StaleEpoch(uint32 current);
    /// @notice What the act would change has changed since it was looked at: `current` is the state
    /// that the function asks for, as it is now.
    error StaleState(uint256 current);
    /// @notice The record has changed since it was read.
    error StaleHead(bytes27 head);
    /// @notice The record's creator (in its id) is on the other side, or somebody else.
    error WrongCreator(address creator, address principal);
    /// @notice There are only slots 0 to 15.
    error BadSlot(uint8 slot);
    /// @notice Scope bits 0 and 16 are zero, and single-record grants have no write bits.
    error BadScope(uint32 scope);
    /// @notice The end lies in the past.
    error BadExpiry(uint40 expiry);
    /// @notice Keys go on to the next epoch or to the start of the next generation only.
    error BadEpoch(uint32 epoch);
    /// @notice No such kind of grant, role of a user, or set of delegate's powers.
    error BadKind(uint256 kind);
    /// @notice No such status, or not one that may be set.
    error BadStatus(uint8 status);
    /// @notice The packed consultations do not have 20 + n x 89 bytes with n >= 1.
    error BadPacked(uint256 length);
    /// @notice A live grant can only be widened; to narrow it, revoke it first.
    error NarrowingNeedsRevoke(uint32 scope, uint40 expiry);
    /// @notice The doctor's profile is another than the one that was looked at.
    error ProfileChanged(bytes24 profile);
    /// @notice A record of this id exists for the patient.
    error RecordExists(bytes32 recordId);
    /// @notice The patient has no record of this id.
    error RecordUnknown(bytes32 recordId);
    /// @notice The record is archived.
    error RecordArchived(bytes32 recordId);
    /// @notice A request of this doctor to this patient is open already.
    error RequestOpen();
    /// @notice No request of this doctor to this patient is open.
    error NoRequest();
    /// @notice The identity is another registered patient's.
    error CommitmentTaken(address patient);
    /// @notice The look cannot be logged; see Reasons.
    error ConsultationRefused(address patient, bytes32 recordId, uint8 reason);
    /// @notice The root of receipts was anchored before.
    error AlreadyAnchored(bytes32 root);
    /// @notice The receipt was proven or submitted before.
    error AlreadySubmitted(bytes32 receipt);
    /// @notice The signature (or the Merkle proof) is not that of the account it should be from.
    error BadSignature();
    /// @notice The X25519 key has low order: anybody could read what is sealed to it.
    error LowOrderKey();
    /// @notice The next key version is `current` + 1.
    error KeyVersionMustFollow(uint32 current);
    /// @notice Not a registered, active user.
    error NotUser(address id);
    /// @notice The delay of a replacement is 3 to 30 days.
    error DelayOutOfRange(uint32 delay);
    /// @notice The one veto has been used.
    error VetoSpent();
    /// @notice No replacement by this wallet has been announced.
    error NothingPending();
    /// @notice The delay has not passed yet.
    error TooEarly(uint40 readyAt);
    /// @notice Nobody grants to, or requests from, themselves.
    error SelfGrant(address grantee);
}
