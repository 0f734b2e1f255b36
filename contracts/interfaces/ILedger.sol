// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title ILedger: what the peers call on ContractAudit
/// @notice ContractAudit holds every word that decides a right, so that an act crosses one contract
/// boundary. The state-changing functions revert with NotPeer for everybody but the contract named;
/// a peer is trusted to have applied its rules. `sender` is the peer's ERC-2771 sender, `meta` an
/// entry's meta word without the time. Words are packed as in the library Words.
interface ILedger {
    /// @notice UserAuthentication: an entry on the id's account chain by its controller
    /// (common: on subject 0 even for a patient).
    function logAccount(address sender, address id, uint256 meta, bytes32 digest, bool common)
        external
        returns (bool);

    /// @notice UserAuthentication: store a delegation (expiry40 | expectedSince40 | maxGrant32 |
    /// powers16 | scope32) by the controller of `id`, with its entry. Reverts: NotController,
    /// SelfGrant, StaleState (the stored one is since another time than expected).
    function storeDelegation(address sender, address id, address delegate, uint256 delegation)
        external
        returns (bool);

    /// @notice ContractPatient: start the chain of a patient.
    function registerPatient(address patient) external returns (bool);

    /// @notice ContractPatient: change bits of a patient's status byte, with an entry. Where `clear`
    /// has the turn, `set` has the expected one, and the next is stored. Reverts: NotRegistered,
    /// AlreadyRegistered (verified already), StaleState.
    function storeStatus(
        address patient,
        address actor,
        uint256 clear,
        uint256 set,
        bytes32 ref,
        uint256 meta,
        bytes32 digest
    ) external returns (bool);

    /// @notice ContractPatient: an entry on the patient's chain about a replacement.
    /// `via`: the patient when a delegate acted, else zero.
    function logReplacement(
        address patient,
        address actor,
        address via,
        bytes32 ref,
        uint256 meta,
        bytes32 digest
    ) external returns (bool);

    /// @notice ContractPatient: `wallet` acts for the patient from now on.
    function storeController(address patient, address wallet) external returns (bool);

    /// @notice ContractPatient: check the right to an act on a record, and enter it. Creating and
    /// updating check meta's epoch; other acts take the current one.
    /// @return actor The author: the patient's id for its controller, else the sender.
    function logRecord(
        address sender,
        address patient,
        address via,
        bytes32 recordId,
        uint256 meta,
        bytes32 digest
    ) external returns (address actor);

    /// @notice ContractDoctor: store a doctor's word, with an entry on subject 0 (ref = doctor).
    function storeDoctor(address doctor, uint256 word, address actor, uint256 meta, bytes32 digest)
        external
        returns (bool);

    /// @notice ContractDoctor: store the grant of a pair, with an entry (ref = grantee) and one that
    /// names `via` unless it is zero.
    function storeGrant(
        address patient,
        address grantee,
        uint256 word,
        address actor,
        address via,
        uint256 meta,
        bytes32 digest
    ) external returns (bool);

    /// @notice ContractDoctor: the patient's side (power revoke) ends grants now and starts the next
    /// epoch, one entry for each grantee. Reverts: NotRegistered, NotController and delegation
    /// errors, StaleEpoch, NoGrant, BadEpoch (after the last one).
    function endGrants(
        address sender,
        address patient,
        address[] calldata grantees,
        uint32 expectedEpoch,
        bytes32 digest
    ) external returns (bool);

    /// @notice ContractDoctor: the patient's side (power rotate) sets the epoch, with an entry (ref =
    /// patient; meta names the action). Reverts: NotRegistered, NotController and delegation errors,
    /// StaleEpoch.
    function storeEpoch(
        address sender,
        address patient,
        uint32 expectedEpoch,
        uint32 newEpoch,
        uint256 meta,
        bytes32 digest
    ) external returns (bool);

    /// @notice The patient's side: who acts, and on which words.
    /// @return actor The patient for its controller, else the delegate, whose delegation is given.
    function patientSide(address sender, address patient, uint16 power, address grantee)
        external
        view
        returns (
            address actor,
            uint256 subject,
            uint256 delegation,
            uint256 grantWord,
            uint256 doctorWord
        );

    /// @notice The grantee's side: who acts, and on which words. `via` zero: for oneself. Checks the
    /// delegation, not the principal's verification.
    function granteeSide(address sender, address patient, address via)
        external
        view
        returns (address actor, uint256 subject, uint256 grantWord, uint256 doctorWord);

    /// @notice A subject's word; zero: not registered.
    function subjectWord(address id) external view returns (uint256);

    /// @notice A replaced patient's controller; zero: the id itself.
    function controllerWord(address id) external view returns (uint256);

    /// @notice A doctor's word.
    function doctorWord(address doctor) external view returns (uint256);

    /// @notice The grant of a pair.
    function grantWord(address patient, address grantee) external view returns (uint256);

    /// @notice The delegation of a pair.
    function delegationWord(address principal, address delegate) external view returns (uint256);
}
