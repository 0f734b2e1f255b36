// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILedger} from "../interfaces/ILedger.sol";
import {Actions} from "../libraries/Actions.sol";
import {Errors} from "../libraries/Errors.sol";
import {Word, Words} from "../libraries/Words.sol";
import {Accounts} from "./Accounts.sol";

/// @title Ledger: what ContractPatient and ContractDoctor call
abstract contract Ledger is Accounts {
    /// @inheritdoc ILedger
    function registerPatient(address patient) external returns (bool) {
        _requirePeer(CONTRACT_PATIENT);
        Word storage stored = _subjects[patient];
        if (stored.value != 0) revert Errors.AlreadyRegistered(patient);
        uint256 subject = _genesis(patient) | Words.PATIENT_ACTIVE;
        stored.value = _append(
            subject,
            patient,
            patient,
            _word(patient),
            Words.actionNow(Actions.PATIENT_REGISTERED),
            0
        );
        return true;
    }

    /// @inheritdoc ILedger
    function storeStatus(
        address patient,
        address actor,
        uint256 clear,
        uint256 set,
        bytes32 ref,
        uint256 meta,
        bytes32 digest
    ) external returns (bool) {
        _requirePeer(CONTRACT_PATIENT);
        Word storage stored = _subjects[patient];
        uint256 subject = stored.value;
        if (subject == 0 || patient == address(0)) revert Errors.NotRegistered(patient);
        if (subject & set & Words.IDENTITY_VERIFIED != 0) revert Errors.AlreadyRegistered(patient);
        uint256 turn = clear & Words.TURN_MASK;
        if ((subject ^ set) & turn != 0) {
            revert Errors.StaleState((subject & Words.TURN_MASK) >> Words.SUBJECT_TURN);
        }
        uint256 next = ((subject & turn) + (1 << Words.SUBJECT_TURN)) & turn;
        subject = (subject & ~clear) | (set & ~turn) | next;
        stored.value = _append(subject, patient, actor, ref, _now(meta), digest);
        return true;
    }

    /// @inheritdoc ILedger
    function logReplacement(
        address patient,
        address actor,
        address via,
        bytes32 ref,
        uint256 meta,
        bytes32 digest
    ) external returns (bool) {
        _requirePeer(CONTRACT_PATIENT);
        Word storage stored = _subjects[patient];
        uint256 subject = _append(stored.value, patient, actor, ref, _now(meta), digest);
        _store(stored, subject, patient, actor, via, ref);
        return true;
    }

    /// @inheritdoc ILedger
    function storeController(address patient, address wallet) external returns (bool) {
        _requirePeer(CONTRACT_PATIENT);
        _controllers[patient] = (block.timestamp << Words.CONTROLLER_SINCE) | uint160(wallet);
        _doctors[patient] |= Words.REPLACED;
        uint256 meta = Words.actionNow(Actions.REPLACEMENT_COMPLETED);
        Word storage stored = _subjects[patient];
        stored.value =
            _append(stored.value | Words.REPLACED, patient, wallet, _word(wallet), meta, 0);
        return true;
    }

    /// @inheritdoc ILedger
    function logRecord(
        address sender,
        address patient,
        address via,
        bytes32 recordId,
        uint256 meta,
        bytes32 digest
    ) external returns (address actor) {
        _requirePeer(CONTRACT_PATIENT);
        Word storage stored = _subjects[patient];
        uint256 subject = stored.value;
        _requireActive(patient, subject);
        actor = _recordActor(subject, sender, patient, via, meta);
        meta = _checkEpoch(subject, meta);
        subject = _append(subject, patient, actor, recordId, _now(meta), digest);
        _store(stored, subject, patient, actor, via, recordId);
    }

    /// @inheritdoc ILedger
    function storeDoctor(address doctor, uint256 word, address actor, uint256 meta, bytes32 digest)
        external
        returns (bool)
    {
        _requirePeer(CONTRACT_DOCTOR);
        _doctors[doctor] = word;
        _appendCommon(actor, _word(doctor), _now(meta), digest);
        return true;
    }

    /// @inheritdoc ILedger
    function storeGrant(
        address patient,
        address grantee,
        uint256 word,
        address actor,
        address via,
        uint256 meta,
        bytes32 digest
    ) external returns (bool) {
        _requirePeer(CONTRACT_DOCTOR);
        _grants[patient][grantee].value = word;
        bytes32 ref = _word(grantee);
        Word storage stored = _subjects[patient];
        uint256 subject = _append(stored.value, patient, actor, ref, _now(meta), digest);
        _store(stored, subject, patient, actor, via, ref);
        return true;
    }

    /// @inheritdoc ILedger
    function endGrants(
        address sender,
        address patient,
        address[] calldata grantees,
        uint32 expectedEpoch,
        bytes32 digest
    ) external returns (bool) {
        _requirePeer(CONTRACT_DOCTOR);
        (address actor, uint256 subject) =
            _inEpoch(sender, patient, Words.POWER_REVOKE, expectedEpoch);
        if (grantees.length == 0) revert Errors.NoGrant(address(0));
        if (expectedEpoch == type(uint32).max) revert Errors.BadEpoch(expectedEpoch);
        uint256 epoch = uint256(expectedEpoch) + 1;
        subject = _endAll(_withEpoch(subject, epoch), patient, actor, grantees, epoch, digest);
        if (actor != patient) {
            bytes32 ref = _word(grantees[grantees.length - 1]);
            subject = _appendVia(subject, patient, actor, patient, grantees.length, ref);
        }
        _subjects[patient].value = subject;
        return true;
    }

    /// @inheritdoc ILedger
    function storeEpoch(
        address sender,
        address patient,
        uint32 expectedEpoch,
        uint32 newEpoch,
        uint256 meta,
        bytes32 digest
    ) external returns (bool) {
        _requirePeer(CONTRACT_DOCTOR);
        (address actor, uint256 subject) =
            _inEpoch(sender, patient, Words.POWER_ROTATE, expectedEpoch);
        bytes32 ref = _word(patient);
        meta = _now(meta | (uint256(newEpoch) << Words.META_EPOCH));
        subject = _append(_withEpoch(subject, newEpoch), patient, actor, ref, meta, digest);
        _store(_subjects[patient], subject, patient, actor, patient, ref);
        return true;
    }

    /// @inheritdoc ILedger
    function patientSide(address sender, address patient, uint16 power, address grantee)
        external
        view
        returns (address actor, uint256 subject, uint256 delegation, uint256 grant, uint256 doctor)
    {
        subject = _subjects[patient].value;
        if (subject == 0) revert Errors.NotRegistered(patient);
        (actor, delegation) = _patientSide(subject, patient, sender, power);
        if (grantee != address(0)) {
            grant = _grants[patient][grantee].value;
            doctor = _doctors[grantee];
        }
    }

    /// @inheritdoc ILedger
    function granteeSide(address sender, address patient, address via)
        external
        view
        returns (address actor, uint256 subject, uint256 grant, uint256 doctor)
    {
        subject = _subjects[patient].value;
        if (subject == 0) revert Errors.NotRegistered(patient);
        actor = _actor(subject, patient, sender);
        (doctor,) = _granteeSide(sender, via, 0);
        grant = _grants[patient][via == address(0) ? sender : via].value;
    }

    /// @dev The author of an act on a record, checked; see ContractPatient for the rules.
    function _recordActor(
        uint256 subject,
        address sender,
        address patient,
        address via,
        uint256 meta
    ) private view returns (address actor) {
        uint256 slot = (meta >> Words.META_SLOT) & Words.MASK_8;
        uint256 bit = 1 << slot;
        if (meta >> Words.META_ACTION != Actions.RECORD_ANNOTATED) bit <<= Words.WRITE;
        if (via == patient) {
            uint256 given;
            (actor, given) = _patientSide(subject, patient, sender, Words.POWER_WRITE);
            _requireDelegateScope(given, slot, bit);
            return actor;
        }
        actor = _actor(subject, patient, sender);
        if (via == address(0) && actor == patient) return actor;
        (uint256 doctor, uint256 delegation) = _granteeSide(sender, via, Words.POWER_WRITE);
        address principal = via == address(0) ? sender : via;
        _requireVerified(principal, doctor);
        _requireGrant(_grants[patient][principal].value, principal, slot, bit);
        _requireDelegateScope(delegation, slot, bit);
    }

    /// @dev Reverts when there is a delegation and it does not open the bit; slot 0 needs none.
    function _requireDelegateScope(uint256 delegation, uint256 slot, uint256 bit) private pure {
        if (delegation != 0 && slot != 0 && delegation & bit == 0) {
            revert Errors.DelegateOutOfScope(uint32(delegation));
        }
    }

    /// @dev Creating and updating name the epoch; other acts are given the current one.
    function _checkEpoch(uint256 subject, uint256 meta) private pure returns (uint256) {
        uint256 current = Words.epochOf(subject);
        if (meta >> Words.META_ACTION > Actions.RECORD_UPDATED) {
            return meta | (current << Words.META_EPOCH);
        }
        if ((meta >> Words.META_EPOCH) & Words.MASK_32 != current) {
            revert Errors.StaleEpoch(uint32(current));
        }
        return meta;
    }

    /// @dev Who acts on the patient's side, in the epoch that was expected.
    function _inEpoch(address sender, address patient, uint16 power, uint32 expected)
        private
        view
        returns (address actor, uint256 subject)
    {
        subject = _subjects[patient].value;
        if (subject == 0) revert Errors.NotRegistered(patient);
        (actor,) = _patientSide(subject, patient, sender, power);
        uint32 current = Words.epochOf(subject);
        if (current != expected) revert Errors.StaleEpoch(current);
    }

    /// @dev Ends grants now, except those that have ended, with an entry for each.
    function _endAll(
        uint256 subject,
        address patient,
        address actor,
        address[] calldata grantees,
        uint256 epoch,
        bytes32 digest
    ) private returns (uint256) {
        uint256 meta = Words.actionNow(Actions.ACCESS_REVOKED) | (epoch << Words.META_EPOCH);
        for (uint256 i; i < grantees.length; ++i) {
            address grantee = grantees[i];
            uint256 ended = _endGrant(patient, grantee);
            subject = _append(subject, patient, actor, _word(grantee), meta | ended, digest);
        }
        return subject;
    }

    /// @dev Ends a grant now, unless it has ended; its scope and end, in their places in meta.
    function _endGrant(address patient, address grantee) private returns (uint256) {
        Word storage stored = _grants[patient][grantee];
        uint256 grant = stored.value;
        if (Words.grantSince(grant) == 0) revert Errors.NoGrant(grantee);
        uint256 end = Words.grantExpiry(grant);
        if (end > block.timestamp) {
            end = block.timestamp;
            stored.value =
                (grant & ~(Words.MASK_40 << Words.GRANT_EXPIRY)) | (end << Words.GRANT_EXPIRY);
        }
        return ((grant & Words.MASK_32) << Words.META_SCOPE) | (end << Words.META_EXPIRY);
    }

    function _withEpoch(uint256 subject, uint256 epoch) private pure returns (uint256) {
        return (subject & ~(Words.MASK_32 << Words.SUBJECT_EPOCH)) | (epoch << Words.SUBJECT_EPOCH);
    }
}
