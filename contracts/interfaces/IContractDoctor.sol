// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title ContractDoctor: doctors, requests, grants, revocation and key epochs
/// @notice Scope: uint32 over slots, bit s read and bit 16 + s write, bits 0 and 16 zero; slot 0 is
/// open under every live grant. The patient's side is the controller or a delegate of the patient
/// with the power named; anybody else: NotController, DelegationEnded, DelegateLacksPower.
interface IContractDoctor {
    /// @notice The grant slot of a pair, live while since <= now < expiry. prevSince and prevExpiry
    /// are the grant's before. `kind` 0 categories, 1 single records. `epoch` is the one in which
    /// the envelope was sealed, `profileVersion` the one that the patient saw. `requests`: how many
    /// the grantee has made, modulo 128; the last of them may be open.
    struct Grant {
        uint32 scope;
        uint40 since;
        uint40 expiry;
        uint32 epoch;
        uint8 kind;
        uint16 profileVersion;
        uint40 prevSince;
        uint40 prevExpiry;
        bool requestOpen;
        uint8 requests;
    }

    /// @notice Register the caller with the digest of the public profile; again while pending: the
    /// profile is replaced; later: announced, for a verifier to take up by `setDoctorStatus`.
    /// `expectedTurn` is doctorOf's present turn, zero at first.
    /// Reverts: NotController (the caller is a patient's replaced wallet), StaleState.
    function registerDoctor(uint8 expectedTurn, bytes32 profileDigest) external;

    /// @notice A verifier sets the status: 2 verified, 3 suspended, 4 refused. `profile` (first 24
    /// bytes of the digest) must be the stored one while pending; verifying takes it up, suspending
    /// and refusing keep what is stored. `since` moves only when the status changes. What is expected
    /// is doctorOf's present profileVersion and since.
    /// Reverts: NotRegistered, BadStatus, ProfileChanged, StaleState (of both, version16 | since40).
    function setDoctorStatus(
        address doctor,
        bytes24 profile,
        uint16 expectedVersion,
        uint40 expectedSince,
        uint8 status,
        bytes32 credentialDigest
    ) external;

    /// @notice A verified doctor (or, by `via`, any live delegate of one) asks for access.
    /// `expectedRequests` is how many the grant slot counts at present.
    /// Reverts: NotRegistered, PatientNotActive, SelfGrant, NotVerified, RequestOpen, StaleState.
    function requestAccess(
        address patient,
        uint8 expectedRequests,
        bytes32 requestDigest,
        address via
    ) external;

    /// @notice Take the request back; needs no verification. `expectedRequests` is the open one's
    /// number. Reverts: NoRequest, StaleState.
    function withdrawRequest(address patient, uint8 expectedRequests, address via) external;

    /// @notice The patient's side (power grant) declines. `expectedRequests` is the open one's
    /// number. Reverts: NoRequest, StaleState.
    function declineRequest(address patient, address doctor, uint8 expectedRequests) external;

    /// @notice The patient's side (power grant) opens slots to a verified doctor until `expiry`; a
    /// live grant is extended. An open request is answered by it. `expectedExpiry` is the end of what
    /// was granted before, as grantOf gives it; zero when there was nothing.
    /// Reverts, in this order: NotRegistered, NotController and delegation errors,
    /// PatientNotActive, SelfGrant, BadScope, BadKind, BadExpiry, StaleEpoch, NotVerified,
    /// ProfileChanged, DelegateOutOfScope, DelegateGrantTooLong, StaleState, NarrowingNeedsRevoke.
    function grant(
        address patient,
        address grantee,
        bytes24 profile,
        uint32 scope,
        uint40 expiry,
        uint8 kind,
        uint32 expectedEpoch,
        uint40 expectedExpiry,
        bytes32 envelopeDigest
    ) external;

    /// @notice The patient's side (power revoke) ends grants and starts the next epoch.
    /// Digest 0: the bundle follows. Reverts: NoGrant (also for an empty list), StaleEpoch.
    function revoke(
        address patient,
        address[] calldata grantees,
        uint32 expectedEpoch,
        bytes32 bundleDigest
    ) external;

    /// @notice The patient's side (power rotate) starts the next epoch (index + 1, or the next
    /// generation at index 0). Reverts: StaleEpoch, BadEpoch.
    function rotateKeys(
        address patient,
        uint32 expectedEpoch,
        uint32 newEpoch,
        bytes32 bundleDigest
    ) external;

    /// @notice The patient's side (power rotate) publishes the bundle of the current epoch.
    /// Reverts: StaleEpoch.
    function publishBundle(address patient, uint32 epoch, bytes32 bundleDigest) external;

    /// @notice Whether a grantee may read (or write) a slot, at the block's time.
    function isAuthorized(address patient, address grantee, uint8 slot, bool write)
        external
        view
        returns (bool);

    /// @notice As `isAuthorized`, at the time `asOf`. True for the patient itself; a delegate is
    /// judged by its principal. Writing needs an active patient; slot 0 is read under every live
    /// grant and written on the patient's side only.
    function isAuthorizedAt(address patient, address grantee, uint8 slot, bool write, uint40 asOf)
        external
        view
        returns (bool);

    /// @notice A doctor's profile (first 24 bytes of its digest), version, time of the status,
    /// status (0 unknown, 1 pending, 2 verified, 3 suspended, 4 refused), and turn: how often the
    /// doctor has registered a profile, modulo 16.
    function doctorOf(address doctor)
        external
        view
        returns (bytes24 profile, uint16 profileVersion, uint40 since, uint8 status, uint8 turn);

    /// @notice The grant slot of a pair; all zero when there was never anything.
    function grantOf(address patient, address grantee) external view returns (Grant memory);

    /// @notice The patient's key epoch: generation16 | index16.
    function epochOf(address patient) external view returns (uint32);

    /// @notice The role (AccessControlDefaultAdminRules) that verifies doctors.
    function VERIFIER_ROLE() external view returns (bytes32);

    /// @notice The address of ContractAudit, for ever.
    function contractAudit() external view returns (address);
}
