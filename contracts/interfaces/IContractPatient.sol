// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title ContractPatient: patients, their identity and wallet, and their records
/// @notice `via` names the principal whose right a delegate uses: zero for oneself, the patient
/// for a patient's delegate, else the grantee (a clinic, break-glass). Common reverts, in this
/// order: NotRegistered, PatientNotActive, NotController (also for `via` = patient without a
/// delegation); through `via`: NoDelegation, DelegationEnded, DelegateLacksPower; for a grantee:
/// NotVerified, NoGrant, GrantEnded, OutOfScope; last DelegateOutOfScope. A record's id is
/// slot8 | creator160 | random88, its creator the principal that adds it.
interface IContractPatient {
    /// @notice A registered patient. `status` 1 active, 2 deceased, 3 transferred, 4 erased, 0 not
    /// registered. `pendingWallet` is zero unless a replacement is announced, which may be completed
    /// at `readyAt`. `delayFrom`: from when the delay that was chosen last counts, zero when none was.
    /// `turn`: how often a registrar has set the status, modulo 8. Times in Unix seconds.
    struct Patient {
        uint8 status;
        bool verified;
        bool replaced;
        uint32 epoch;
        address controller;
        address pendingWallet;
        uint40 readyAt;
        bool vetoSpent;
        uint32 replacementDelay;
        uint40 delayFrom;
        uint8 turn;
    }

    /// @notice Register the caller as a patient. Reverts: AlreadyRegistered.
    function registerPatient() external;

    /// @notice A registrar has seen the patient's papers; the commitment is keyed and unique.
    /// `credentialDigest` is that of the registrar's public credential for the patient's key, by
    /// which a doctor's client finds it. `expectedTurn` is patientOf's present turn, which each
    /// act of a registrar's moves. Reverts: CommitmentTaken, AlreadyRegistered (verified already),
    /// NotRegistered, StaleState.
    function verifyIdentity(
        address patient,
        uint8 expectedTurn,
        bytes32 commitment,
        bytes32 credentialDigest
    ) external;

    /// @notice A registrar takes a verification back; `expectedTurn` is patientOf's present turn.
    /// Reverts: NotRegistered, StaleState.
    function releaseIdentity(
        address patient,
        uint8 expectedTurn,
        bytes32 commitment,
        bytes32 reasonDigest
    ) external;

    /// @notice A registrar sets the status: 1 active, 2 deceased, 3 transferred, 4 erased.
    /// `expectedTurn` is patientOf's present turn. Reverts: NotRegistered, BadStatus, StaleState.
    function setPatientStatus(
        address patient,
        uint8 expectedTurn,
        uint8 status,
        bytes32 reasonDigest
    ) external;

    /// @notice The controller chooses the delay of a replacement, 3 to 30 days in seconds (7 days
    /// until chosen); takes effect after the present delay. `expectedFrom` is patientOf's present
    /// delayFrom. Reverts: DelayOutOfRange, StaleState.
    function setReplacementDelay(address patient, uint40 expectedFrom, uint32 delay) external;

    /// @notice Approve that `wallet` replaces the patient's, as a registrar or as a delegate with
    /// the power to replace. When both (two callers) have approved the same wallet within 30 days,
    /// the replacement is announced; after a veto (`vetoSpent`) it takes a registrar and two
    /// delegates. An approval counts as long as its giver may give it, and not past a replacement.
    /// Approving it while it is announced: AlreadyRegistered.
    /// Reverts: NotController (wallet is zero, the id or its present controller; or the caller is
    /// neither registrar nor delegate), DelegationEnded, DelegateLacksPower, SelfGrant (one caller
    /// for both).
    function replaceController(address patient, address wallet) external;

    /// @notice The present controller stops an announced replacement, once; from then on
    /// replaceController takes two delegates, until a replacement is completed.
    /// Reverts: NothingPending, VetoSpent.
    function vetoReplacement(address patient, address wallet) external;

    /// @notice The new wallet takes over after the delay; delegations from before lapse.
    /// Reverts: NotController (the caller is not the wallet), NothingPending, TooEarly.
    function completeReplacement(address patient, address wallet) external;

    /// @notice Anchor the first version of a record: `digest` is sha2-256 of its root block.
    /// Reverts: BadSlot, RecordExists, StaleEpoch, WrongCreator.
    function addRecord(address patient, bytes32 recordId, uint32 epoch, bytes32 digest, address via)
        external;

    /// @notice Anchor the next version; the patient's side for what the patient created, holders of
    /// a live write grant for what doctors created.
    /// Reverts: RecordUnknown, RecordArchived, StaleHead, StaleEpoch, WrongCreator.
    function updateRecord(
        address patient,
        bytes32 recordId,
        bytes27 expectedHead,
        uint32 epoch,
        bytes32 digest,
        address via
    ) external;

    /// @notice Close a record, by its creator with a live write grant (or the patient, for the
    /// patient's own). Reverts: RecordUnknown, RecordArchived, StaleHead, WrongCreator.
    function archiveRecord(
        address patient,
        bytes32 recordId,
        bytes27 expectedHead,
        bytes32 reasonDigest,
        address via
    ) external;

    /// @notice The patient (or a delegate who may write) marks a record as hidden, or not.
    /// `expectedFlags` are recordHead's present flags. Reverts: RecordUnknown, StaleState.
    function hideRecord(address patient, bytes32 recordId, uint8 expectedFlags, bool hidden)
        external;

    /// @notice Attach a note to the version that was read; needs a grant that reads the slot. Also
    /// for archived records. Reverts: RecordUnknown, StaleHead.
    function annotate(
        address patient,
        bytes32 recordId,
        bytes27 expectedHead,
        uint8 kind,
        bytes32 digest,
        address via
    ) external;

    /// @notice A record's chain over all versions, their number, and flags (bit 0 archived, bit 1
    /// hidden, above them how often it was hidden or shown, modulo 64);
    /// zero when there is none. chain' = bytes27(keccak256(abi.encode(bytes27 chain, address
    /// author, uint32 epoch, bytes32 digest))), from zero, where the author is the entry's actor.
    function recordHead(address patient, bytes32 recordId)
        external
        view
        returns (bytes27 chain, uint24 version, uint8 flags);

    /// @notice The state of a patient; all zero when not registered.
    function patientOf(address patient) external view returns (Patient memory);

    /// @notice The patient who holds an identity commitment, or zero.
    function identityOf(bytes32 commitment) external view returns (address);

    /// @notice The patient's replacement delay in seconds, now.
    function replacementDelayOf(address patient) external view returns (uint32);

    /// @notice The role (AccessControlDefaultAdminRules) that registers identities.
    function REGISTRAR_ROLE() external view returns (bytes32);

    /// @notice The address of ContractAudit, for ever.
    function contractAudit() external view returns (address);
}
