// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {AdministeredPeer} from "./base/AdministeredPeer.sol";
import {IContractPatient} from "./interfaces/IContractPatient.sol";
import {Actions} from "./libraries/Actions.sol";
import {Errors} from "./libraries/Errors.sol";
import {Word, Words} from "./libraries/Words.sol";
import {Replacements} from "./patient/Replacements.sol";

/// @title ContractPatient: patients, their identity and wallet, and their records
contract ContractPatient is Replacements {
    mapping(address patient => mapping(bytes32 recordId => Word)) private _records;
    mapping(bytes32 commitment => address patient) private _identities;

    /// @param forwarder The ERC2771Forwarder.
    /// @param audit ContractAudit.
    /// @param adminDelay Seconds that a handover of the default admin takes.
    /// @param admin The first default admin, who names the registrars.
    constructor(address forwarder, address audit, uint48 adminDelay, address admin)
        AdministeredPeer(forwarder, audit, adminDelay, admin)
    {}

    /// @inheritdoc IContractPatient
    function registerPatient() external {
        LEDGER.registerPatient(_msgSender());
    }

    /// @inheritdoc IContractPatient
    function verifyIdentity(
        address patient,
        uint8 expectedTurn,
        bytes32 commitment,
        bytes32 credentialDigest
    ) external onlyRole(REGISTRAR_ROLE) {
        address holder = _identities[commitment];
        if (holder != address(0)) revert Errors.CommitmentTaken(holder);
        _identities[commitment] = patient;
        uint256 meta = Words.action(Actions.IDENTITY_VERIFIED);
        LEDGER.storeStatus(
            patient,
            _msgSender(),
            Words.TURN_MASK,
            Words.IDENTITY_VERIFIED | _turn(expectedTurn),
            credentialDigest,
            meta,
            commitment
        );
    }

    /// @inheritdoc IContractPatient
    function releaseIdentity(
        address patient,
        uint8 expectedTurn,
        bytes32 commitment,
        bytes32 reasonDigest
    ) external onlyRole(REGISTRAR_ROLE) {
        if (_identities[commitment] != patient) {
            revert Errors.NotRegistered(patient);
        }
        delete _identities[commitment];
        uint256 meta = Words.action(Actions.IDENTITY_RELEASED);
        LEDGER.storeStatus(
            patient,
            _msgSender(),
            Words.IDENTITY_VERIFIED | Words.TURN_MASK,
            _turn(expectedTurn),
            _word(patient),
            meta,
            reasonDigest
        );
    }

    /// @inheritdoc IContractPatient
    function setPatientStatus(
        address patient,
        uint8 expectedTurn,
        uint8 status,
        bytes32 reasonDigest
    ) external onlyRole(REGISTRAR_ROLE) {
        if (status == 0 || status > Words.PATIENT_ERASED) {
            revert Errors.BadStatus(status);
        }
        uint256 meta = Words.action(Actions.PATIENT_STATUS_CHANGED) | status;
        LEDGER.storeStatus(
            patient,
            _msgSender(),
            Words.STATUS_MASK | Words.TURN_MASK,
            status | _turn(expectedTurn),
            _word(patient),
            meta,
            reasonDigest
        );
    }

    /// @inheritdoc IContractPatient
    function addRecord(address patient, bytes32 recordId, uint32 epoch, bytes32 digest, address via)
        external
    {
        Word storage stored = _records[patient][recordId];
        uint256 slot = uint256(recordId) >> Words.RECORD_SLOT;
        if (slot >= Words.SLOTS) revert Errors.BadSlot(uint8(slot));
        if (stored.value != 0) revert Errors.RecordExists(recordId);
        uint256 meta = Words.action(Actions.RECORD_CREATED) | (1 << Words.META_VERSION)
            | (uint256(epoch) << Words.META_EPOCH);
        address actor = _log(patient, via, recordId, meta, digest);
        _requireCreator(recordId, via == address(0) ? actor : via);
        stored.value = _chain(0, actor, epoch, digest) | (1 << Words.RECORD_VERSION);
    }

    /// @inheritdoc IContractPatient
    function updateRecord(
        address patient,
        bytes32 recordId,
        bytes27 expectedHead,
        uint32 epoch,
        bytes32 digest,
        address via
    ) external {
        Word storage stored = _records[patient][recordId];
        uint256 record = _openRecord(stored.value, recordId, expectedHead);
        uint256 version = ((record >> Words.RECORD_VERSION) & Words.MASK_24) + 1;
        // The last of 16,777,215 versions: the next would run into the chain's bits.
        if (version > Words.MASK_24) revert Errors.RecordArchived(recordId);
        uint256 meta = Words.action(Actions.RECORD_UPDATED) | (version << Words.META_VERSION)
            | (uint256(epoch) << Words.META_EPOCH);
        address actor = _log(patient, via, recordId, meta, digest);
        _requireSide(patient, recordId, via == address(0) ? actor : via);
        stored.value = _chain(record, actor, epoch, digest) | (version << Words.RECORD_VERSION)
            | (record & Words.MASK_8);
    }

    /// @inheritdoc IContractPatient
    function archiveRecord(
        address patient,
        bytes32 recordId,
        bytes27 expectedHead,
        bytes32 reasonDigest,
        address via
    ) external {
        Word storage stored = _records[patient][recordId];
        uint256 record = _openRecord(stored.value, recordId, expectedHead);
        uint256 meta = Words.action(Actions.RECORD_ARCHIVED) | _metaVersion(record);
        address actor = _log(patient, via, recordId, meta, reasonDigest);
        _requireCreator(recordId, via == address(0) ? actor : via);
        stored.value = record | Words.RECORD_ARCHIVED;
    }

    /// @inheritdoc IContractPatient
    function hideRecord(address patient, bytes32 recordId, uint8 expectedFlags, bool hidden)
        external
    {
        Word storage stored = _records[patient][recordId];
        uint256 record = stored.value;
        if (record == 0) revert Errors.RecordUnknown(recordId);
        if (uint8(record) != expectedFlags) revert Errors.StaleState(uint8(record));
        uint256 flag = SafeCast.toUint(hidden);
        uint256 meta = Words.action(Actions.RECORD_HIDDEN) | _metaVersion(record) | flag;
        _log(patient, patient, recordId, meta, 0);
        unchecked {
            // The turn begins again after 63; what it would carry into is masked away.
            flag = ((record + (1 << Words.RECORD_TURN)) & Words.RECORD_TURN_MASK) | (flag << 1);
        }
        stored.value = (record & ~(Words.RECORD_HIDDEN | Words.RECORD_TURN_MASK)) | flag;
    }

    /// @inheritdoc IContractPatient
    function annotate(
        address patient,
        bytes32 recordId,
        bytes27 expectedHead,
        uint8 kind,
        bytes32 digest,
        address via
    ) external {
        uint256 record = _records[patient][recordId].value;
        if (record == 0) revert Errors.RecordUnknown(recordId);
        _requireHead(record, expectedHead);
        uint256 meta = Words.action(Actions.RECORD_ANNOTATED) | _metaVersion(record) | kind;
        _log(patient, via, recordId, meta, digest);
    }

    /// @inheritdoc IContractPatient
    function recordHead(address patient, bytes32 recordId)
        external
        view
        returns (bytes27 chain, uint24 version, uint8 flags)
    {
        uint256 record = _records[patient][recordId].value;
        return (bytes27(bytes32(record)), uint24(record >> Words.RECORD_VERSION), uint8(record));
    }

    /// @inheritdoc IContractPatient
    function patientOf(address patient) external view returns (Patient memory state) {
        uint256 subject = LEDGER.subjectWord(patient);
        if (subject == 0 || patient == address(0)) return state;
        state.status = Words.statusOf(subject);
        state.verified = subject & Words.IDENTITY_VERIFIED != 0;
        state.replaced = subject & Words.REPLACED != 0;
        state.epoch = Words.epochOf(subject);
        state.controller = _controllerOf(patient);
        Pending storage pending = _pending[patient];
        state.vetoSpent = pending.vetoSpent;
        state.replacementDelay = replacementDelayOf(patient);
        state.delayFrom = _delays[patient].nextFrom;
        state.turn = uint8((subject & Words.TURN_MASK) >> Words.SUBJECT_TURN);
        if (_isPending(patient, pending.wallet)) {
            state.pendingWallet = pending.wallet;
            state.readyAt = pending.readyAt;
        }
    }

    /// @inheritdoc IContractPatient
    function identityOf(bytes32 commitment) external view returns (address) {
        return _identities[commitment];
    }

    /// @inheritdoc IContractPatient
    function contractAudit() external view returns (address) {
        return address(LEDGER);
    }

    /// @dev Checks the right to an act and enters it; returns the author.
    function _log(address patient, address via, bytes32 recordId, uint256 meta, bytes32 digest)
        private
        returns (address)
    {
        return LEDGER.logRecord(
            _msgSender(), patient, via, recordId, meta | Words.metaSlot(recordId), digest
        );
    }

    /// @dev A record that may be changed, unchanged since it was read.
    function _openRecord(uint256 record, bytes32 recordId, bytes27 expectedHead)
        private
        pure
        returns (uint256)
    {
        if (record == 0) revert Errors.RecordUnknown(recordId);
        if (record & Words.RECORD_ARCHIVED != 0) revert Errors.RecordArchived(recordId);
        _requireHead(record, expectedHead);
        return record;
    }

    function _requireHead(uint256 record, bytes27 expectedHead) private pure {
        bytes27 head = bytes27(bytes32(record));
        if (head != expectedHead) revert Errors.StaleHead(head);
    }

    /// @dev The turn that a registrar saw, in its place; whatever else it is given is cut off.
    function _turn(uint8 expected) private pure returns (uint256) {
        return (uint256(expected) << Words.SUBJECT_TURN) & Words.TURN_MASK;
    }

    /// @dev Reverts unless the principal is the creator in the record's id.
    function _requireCreator(bytes32 recordId, address principal) private pure {
        address creator = _creator(recordId);
        if (creator != principal) revert Errors.WrongCreator(creator, principal);
    }

    /// @dev Reverts unless the principal is on the creator's side: the patient, or the doctors.
    function _requireSide(address patient, bytes32 recordId, address principal) private pure {
        address creator = _creator(recordId);
        if ((creator == patient) != (principal == patient)) {
            revert Errors.WrongCreator(creator, principal);
        }
    }

    function _creator(bytes32 recordId) private pure returns (address) {
        return address(uint160(uint256(recordId) >> Words.RECORD_CREATOR));
    }

    /// @dev The chain over all versions, in its place in the record's word: the hash of
    /// abi.encode(chain, author, epoch, digest), without allocating memory.
    function _chain(uint256 record, address author, uint32 epoch, bytes32 digest)
        private
        pure
        returns (uint256 chain)
    {
        uint256 mask = Words.HEAD_MASK;
        assembly ("memory-safe") {
            let pointer := mload(0x40)
            mstore(pointer, and(record, mask))
            mstore(add(pointer, 0x20), shr(96, shl(96, author)))
            mstore(add(pointer, 0x40), and(epoch, 0xffffffff))
            mstore(add(pointer, 0x60), digest)
            chain := and(keccak256(pointer, 0x80), mask)
        }
    }

    /// @dev The version of a record, in its place in meta.
    function _metaVersion(uint256 record) private pure returns (uint256) {
        return ((record >> Words.RECORD_VERSION) & Words.MASK_24) << Words.META_VERSION;
    }
}
