// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {IContractAudit} from "../interfaces/IContractAudit.sol";
import {Actions, Reasons} from "../libraries/Actions.sol";
import {Errors} from "../libraries/Errors.sol";
import {Word, Words} from "../libraries/Words.sol";
import {Ledger} from "./Ledger.sol";

/// @title Consultations: who looked at what, and when
/// @notice A look is judged by the grants of the principal, by the time it was seen and the time it
/// is logged; the record itself is not looked up.
abstract contract Consultations is Ledger, ERC2771Context {
    /// @dev How long after the end of a grant a look may still be logged.
    uint256 internal constant LOGGING_PERIOD = 7 days;
    /// @dev How far a workstation's clock may run before the chain's.
    uint256 internal constant CLOCK_SKEW = 5 minutes;
    /// @dev patient20 recordId32 seenAt5 digest32
    uint256 internal constant PACKED_LOOK = 89;
    uint256 internal constant PACKED_VIA = 20;

    /// @dev The principal of a run of looks, whose standing is checked once.
    struct Run {
        address sender;
        address via;
        address principal;
        uint256 doctor;
        // The patient at hand: whom the next entries go to, as whom, under which grant.
        address patient;
        address actor;
        uint256 subject;
        uint256 grant;
        uint256 logged;
        bytes32 lastRef;
    }

    /// @inheritdoc IContractAudit
    function logConsultation(
        address patient,
        bytes32 recordId,
        uint40 seenAt,
        bytes32 digest,
        address via
    ) external {
        address sender = _msgSender();
        Word storage stored = _subjects[patient];
        uint256 subject = stored.value;
        _requireLook(
            subject,
            patient,
            via == address(0) ? sender : via,
            _principal(sender, via),
            recordId,
            seenAt,
            block.timestamp
        );
        sender = _actor(subject, patient, sender);
        uint256 meta = _lookMeta(Actions.CONSULTED, seenAt, recordId, subject);
        subject = _append(subject, patient, sender, recordId, meta, digest);
        _store(stored, subject, patient, sender, via, recordId);
    }

    /// @inheritdoc IContractAudit
    function logConsultations(bytes calldata packed) external {
        uint256 length = packed.length;
        if (length < PACKED_VIA + PACKED_LOOK || (length - PACKED_VIA) % PACKED_LOOK != 0) {
            revert Errors.BadPacked(length);
        }
        Run memory run;
        run.sender = _msgSender();
        run.actor = run.sender;
        // Nobody's address: its run is empty, as is the state before the first one.
        run.patient = address(type(uint160).max);
        run.via = address(bytes20(packed));
        run.principal = run.via == address(0) ? run.sender : run.via;
        run.doctor = _principal(run.sender, run.via);
        uint256 place;
        assembly ("memory-safe") {
            place := packed.offset
        }
        uint256 end = place + length;
        uint256 index;
        unchecked {
            for (place += PACKED_VIA; place < end; place += PACKED_LOOK) {
                _logPacked(run, place, index);
                ++index;
            }
        }
        _endRun(run);
    }

    /// @dev Enters the packed look at a place in calldata, or says why not. The caller has checked
    /// that it lies within the argument.
    function _logPacked(Run memory run, uint256 place, uint256 index) private {
        address patient;
        bytes32 recordId;
        uint256 seenAt;
        bytes32 digest;
        assembly ("memory-safe") {
            patient := shr(96, calldataload(place))
            recordId := calldataload(add(place, 20))
            seenAt := shr(216, calldataload(add(place, 52)))
            digest := calldataload(add(place, 57))
        }
        if (patient != run.patient) _beginRun(run, patient);
        uint256 subject = run.subject;
        uint8 reason =
            _refusal(subject, run.grant, run.doctor, uint256(recordId), seenAt, block.timestamp);
        if (reason != 0) {
            emit ConsultationSkipped(run.actor, patient, recordId, index, reason);
            return;
        }
        uint256 meta = _lookMeta(Actions.CONSULTED, seenAt, recordId, subject);
        run.subject = _append(subject, patient, run.actor, recordId, meta, digest);
        run.lastRef = recordId;
        unchecked {
            ++run.logged;
        }
    }

    /// @dev Ends a run and loads the patient of the next looks.
    function _beginRun(Run memory run, address patient) private {
        _endRun(run);
        uint256 subject = _subjects[patient].value;
        run.patient = patient;
        run.subject = subject;
        run.grant = _grants[patient][run.principal].value;
        run.logged = 0;
        run.actor = _actor(subject, patient, run.sender);
    }

    /// @dev Stores the head of the patient whose looks are at an end.
    function _endRun(Run memory run) private {
        uint256 logged = run.logged;
        if (logged == 0) return;
        uint256 subject = run.subject;
        address patient = run.patient;
        if (run.via != address(0)) {
            subject = _appendVia(subject, patient, run.actor, run.via, logged, run.lastRef);
        }
        _subjects[patient].value = subject;
    }

    /// @dev Reverts when a look of the principal's is refused.
    function _requireLook(
        uint256 subject,
        address patient,
        address principal,
        uint256 doctor,
        bytes32 recordId,
        uint256 seenAt,
        uint256 loggedAt
    ) internal view {
        uint8 reason = _refusal(
            subject, _grants[patient][principal].value, doctor, uint256(recordId), seenAt, loggedAt
        );
        if (reason != 0) revert Errors.ConsultationRefused(patient, recordId, reason);
    }

    /// @dev As in ERC2771Context, but the common case of a direct call first.
    function _msgSender() internal view override returns (address) {
        return isTrustedForwarder(msg.sender) ? ERC2771Context._msgSender() : msg.sender;
    }

    /// @dev The doctor's word of a verified principal, for the sender or by a delegation to log.
    function _principal(address sender, address via) internal view returns (uint256 doctor) {
        (doctor,) = _granteeSide(sender, via, Words.POWER_LOG);
        _requireVerified(via == address(0) ? sender : via, doctor);
    }

    /// @dev Why a look seen at `seenAt` and logged at `loggedAt` is refused; 0: it is not.
    function _refusal(
        uint256 subject,
        uint256 grant,
        uint256 doctor,
        uint256 recordId,
        uint256 seenAt,
        uint256 loggedAt
    ) internal pure returns (uint8) {
        if (subject == 0) return Reasons.NOT_REGISTERED;
        uint256 since = Words.grantSince(grant);
        if (since == 0) return Reasons.NO_GRANT;
        uint256 end = Words.grantExpiry(grant);
        if (seenAt < since) {
            since = uint40(grant >> Words.GRANT_PREV_SINCE);
            end = uint40(grant >> Words.GRANT_PREV_EXPIRY);
        }
        if (seenAt < since || seenAt >= end) return Reasons.OUTSIDE_GRANT;
        unchecked {
            if (loggedAt > end + LOGGING_PERIOD) return Reasons.TOO_LATE;
            if (seenAt > loggedAt + CLOCK_SKEW) return Reasons.IN_FUTURE;
        }
        if (seenAt < Words.doctorSince(doctor)) return Reasons.BEFORE_VERIFICATION;
        if (recordId >> Words.RECORD_SLOT >= Words.SLOTS) return Reasons.BAD_SLOT;
        return 0;
    }

    function _lookMeta(uint8 action, uint256 seenAt, bytes32 recordId, uint256 subject)
        internal
        pure
        returns (uint256)
    {
        return Words.action(action) | (seenAt << Words.META_TIME) | Words.metaSlot(recordId)
            | (uint256(Words.epochOf(subject)) << Words.META_EPOCH);
    }
}
