// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {AdministeredPeer} from "./base/AdministeredPeer.sol";
import {IContractDoctor} from "./interfaces/IContractDoctor.sol";
import {Actions} from "./libraries/Actions.sol";
import {Errors} from "./libraries/Errors.sol";
import {Words} from "./libraries/Words.sol";

/// @title ContractDoctor: doctors, requests, grants, revocation and key epochs
contract ContractDoctor is IContractDoctor, AdministeredPeer {
    /// @inheritdoc IContractDoctor
    bytes32 public constant VERIFIER_ROLE = keccak256("VERIFIER_ROLE");

    /// @param forwarder The ERC2771Forwarder.
    /// @param audit ContractAudit.
    /// @param adminDelay Seconds that a handover of the default admin takes.
    /// @param admin The first default admin, who names the verifiers.
    constructor(address forwarder, address audit, uint48 adminDelay, address admin)
        AdministeredPeer(forwarder, audit, adminDelay, admin)
    {}

    /// @inheritdoc IContractDoctor
    function registerDoctor(uint8 expectedTurn, bytes32 profileDigest) external {
        address doctor = _msgSender();
        uint256 word = LEDGER.doctorWord(doctor);
        if (word & Words.REPLACED != 0) revert Errors.NotController(doctor, doctor);
        uint8 status = Words.statusOf(word);
        uint256 turn = word & Words.DOCTOR_TURN_MASK;
        if (turn >> Words.DOCTOR_TURN != expectedTurn) {
            revert Errors.StaleState(turn >> Words.DOCTOR_TURN);
        }
        if (word == 0) {
            word = (1 << Words.DOCTOR_VERSION) | (block.timestamp << Words.DOCTOR_SINCE)
                | Words.DOCTOR_PENDING;
            word = _withProfile(word, bytes24(profileDigest));
        } else if (status == Words.DOCTOR_PENDING) {
            word = _moveProfile(word, bytes24(profileDigest));
        }
        word &= ~Words.DOCTOR_TURN_MASK;
        word |= (turn + (1 << Words.DOCTOR_TURN)) & Words.DOCTOR_TURN_MASK;
        uint256 meta = Words.action(Actions.DOCTOR_REGISTERED) | _metaDoctor(word);
        LEDGER.storeDoctor(doctor, word, doctor, meta, profileDigest);
    }

    /// @inheritdoc IContractDoctor
    function setDoctorStatus(
        address doctor,
        bytes24 profile,
        uint16 expectedVersion,
        uint40 expectedSince,
        uint8 status,
        bytes32 credentialDigest
    ) external onlyRole(VERIFIER_ROLE) {
        uint256 word = LEDGER.doctorWord(doctor);
        uint8 current = Words.statusOf(word);
        if (current == 0) revert Errors.NotRegistered(doctor);
        if (status < Words.DOCTOR_VERIFIED || status > Words.DOCTOR_REFUSED) {
            revert Errors.BadStatus(status);
        }
        if (current == Words.DOCTOR_PENDING && profile != Words.profileOf(word)) {
            revert Errors.ProfileChanged(Words.profileOf(word));
        }
        _requireSeen(word, expectedVersion, expectedSince);
        if (status == Words.DOCTOR_VERIFIED) word = _moveProfile(word, profile);
        if (status != current) {
            word &= ~((Words.MASK_40 << Words.DOCTOR_SINCE) | Words.STATUS_MASK);
            word |= (block.timestamp << Words.DOCTOR_SINCE) | status;
        }
        uint256 meta = Words.action(Actions.DOCTOR_STATUS_CHANGED) | _metaDoctor(word);
        LEDGER.storeDoctor(doctor, word, _msgSender(), meta, credentialDigest);
    }

    /// @inheritdoc IContractDoctor
    function requestAccess(
        address patient,
        uint8 expectedRequests,
        bytes32 requestDigest,
        address via
    ) external {
        address sender = _msgSender();
        (address actor, uint256 subject, uint256 current, uint256 doctor) =
            LEDGER.granteeSide(sender, patient, via);
        _requireActive(patient, subject);
        address principal = via == address(0) ? sender : via;
        if (principal == patient || actor == patient) revert Errors.SelfGrant(patient);
        _requireVerified(principal, doctor);
        if (current & Words.REQUEST_OPEN != 0) revert Errors.RequestOpen();
        _requireRequests(current, expectedRequests);
        LEDGER.storeGrant(
            patient,
            principal,
            _openRequest(current),
            actor,
            via,
            Words.action(Actions.ACCESS_REQUESTED) | _metaEpoch(subject),
            requestDigest
        );
    }

    /// @inheritdoc IContractDoctor
    function withdrawRequest(address patient, uint8 expectedRequests, address via) external {
        address sender = _msgSender();
        (address actor, uint256 subject, uint256 current,) =
            LEDGER.granteeSide(sender, patient, via);
        LEDGER.storeGrant(
            patient,
            via == address(0) ? sender : via,
            _closeRequest(current, expectedRequests),
            actor,
            via,
            Words.action(Actions.REQUEST_WITHDRAWN) | _metaEpoch(subject),
            0
        );
    }

    /// @inheritdoc IContractDoctor
    function declineRequest(address patient, address doctor, uint8 expectedRequests) external {
        (address actor, uint256 subject,, uint256 current,) =
            LEDGER.patientSide(_msgSender(), patient, Words.POWER_GRANT, doctor);
        LEDGER.storeGrant(
            patient,
            doctor,
            _closeRequest(current, expectedRequests),
            actor,
            patient,
            Words.action(Actions.REQUEST_DECLINED) | _metaEpoch(subject),
            0
        );
    }

    /// @inheritdoc IContractDoctor
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
    ) external {
        // In the layout of a grant, which has room for what the stack has not.
        uint256 order = scope | (uint256(expiry) << Words.GRANT_EXPIRY)
            | (uint256(kind) << Words.GRANT_KIND) | (uint256(expectedEpoch) << Words.GRANT_EPOCH)
            | (uint256(expectedExpiry) << Words.GRANT_PREV_EXPIRY);
        _grant(patient, grantee, profile, order, envelopeDigest);
    }

    /// @inheritdoc IContractDoctor
    function revoke(
        address patient,
        address[] calldata grantees,
        uint32 expectedEpoch,
        bytes32 bundleDigest
    ) external {
        LEDGER.endGrants(_msgSender(), patient, grantees, expectedEpoch, bundleDigest);
    }

    /// @inheritdoc IContractDoctor
    function rotateKeys(
        address patient,
        uint32 expectedEpoch,
        uint32 newEpoch,
        bytes32 bundleDigest
    ) external {
        uint256 meta = Words.action(Actions.KEYS_ROTATED);
        LEDGER.storeEpoch(_msgSender(), patient, expectedEpoch, newEpoch, meta, bundleDigest);
        uint256 next = uint256(expectedEpoch) + 1;
        uint256 nextGeneration = ((uint256(expectedEpoch) >> 16) + 1) << 16;
        if (newEpoch != next && newEpoch != nextGeneration) revert Errors.BadEpoch(newEpoch);
    }

    /// @inheritdoc IContractDoctor
    function publishBundle(address patient, uint32 epoch, bytes32 bundleDigest) external {
        uint256 meta = Words.action(Actions.BUNDLE_PUBLISHED);
        LEDGER.storeEpoch(_msgSender(), patient, epoch, epoch, meta, bundleDigest);
    }

    /// @inheritdoc IContractDoctor
    function isAuthorized(address patient, address grantee, uint8 slot, bool write)
        external
        view
        returns (bool)
    {
        return isAuthorizedAt(patient, grantee, slot, write, uint40(block.timestamp));
    }

    /// @inheritdoc IContractDoctor
    function isAuthorizedAt(address patient, address grantee, uint8 slot, bool write, uint40 asOf)
        public
        view
        returns (bool)
    {
        uint256 subject = LEDGER.subjectWord(patient);
        if (subject == 0 || patient == address(0) || slot >= Words.SLOTS) return false;
        if (write && Words.statusOf(subject) != Words.PATIENT_ACTIVE) return false;
        if (grantee == patient) return true;
        if (Words.statusOf(LEDGER.doctorWord(grantee)) != Words.DOCTOR_VERIFIED) return false;
        uint256 current = LEDGER.grantWord(patient, grantee);
        if (Words.grantSince(current) == 0) return false;
        if (asOf < Words.grantSince(current) || asOf >= Words.grantExpiry(current)) return false;
        if (slot == 0) return !write;
        return current & (1 << (write ? slot + Words.WRITE : slot)) != 0;
    }

    /// @inheritdoc IContractDoctor
    function doctorOf(address doctor)
        external
        view
        returns (bytes24 profile, uint16 profileVersion, uint40 since, uint8 status, uint8 turn)
    {
        uint256 word = LEDGER.doctorWord(doctor);
        return (
            Words.profileOf(word),
            Words.profileVersionOf(word),
            Words.doctorSince(word),
            Words.statusOf(word),
            uint8((word & Words.DOCTOR_TURN_MASK) >> Words.DOCTOR_TURN)
        );
    }

    /// @inheritdoc IContractDoctor
    function grantOf(address patient, address grantee) external view returns (Grant memory state) {
        uint256 word = LEDGER.grantWord(patient, grantee);
        state.scope = uint32(word);
        state.since = Words.grantSince(word);
        state.expiry = Words.grantExpiry(word);
        state.epoch = uint32(word >> Words.GRANT_EPOCH);
        state.kind = Words.grantKind(word);
        state.profileVersion = uint16(word >> Words.GRANT_VERSION);
        state.prevSince = uint40(word >> Words.GRANT_PREV_SINCE);
        state.prevExpiry = uint40(word >> Words.GRANT_PREV_EXPIRY);
        state.requestOpen = word & Words.REQUEST_OPEN != 0;
        state.requests = Words.requestsOf(word);
    }

    /// @inheritdoc IContractDoctor
    function epochOf(address patient) external view returns (uint32) {
        return Words.epochOf(LEDGER.subjectWord(patient));
    }

    /// @inheritdoc IContractDoctor
    function contractAudit() external view returns (address) {
        return address(LEDGER);
    }

    /// @dev Gives or extends a grant; `order` is its word without profile version and since, and with
    /// the expected end of what was granted before in the place of prevExpiry.
    function _grant(
        address patient,
        address grantee,
        bytes24 profile,
        uint256 order,
        bytes32 digest
    ) private {
        (address actor, uint256 current, uint256 version) =
            _checkParties(patient, grantee, profile, order);
        LEDGER.storeGrant(
            patient,
            grantee,
            _renewed(order | (version << Words.GRANT_VERSION), current),
            actor,
            patient,
            _metaGrant(order, version),
            digest
        );
    }

    /// @dev What a grant must fulfil whatever was granted before.
    function _checkParties(address patient, address grantee, bytes24 profile, uint256 order)
        private
        view
        returns (address actor, uint256 current, uint256 version)
    {
        address sender = _msgSender();
        uint256 subject;
        uint256 delegation;
        uint256 doctor;
        (actor, subject, delegation, current, doctor) =
            LEDGER.patientSide(sender, patient, Words.POWER_GRANT, grantee);
        _requireActive(patient, subject);
        if (grantee == patient || grantee == sender) revert Errors.SelfGrant(grantee);
        _checkOrder(order, Words.epochOf(subject));
        _requireVerified(grantee, doctor);
        if (profile != Words.profileOf(doctor)) {
            revert Errors.ProfileChanged(Words.profileOf(doctor));
        }
        if (delegation != 0) _checkDelegate(order, delegation);
        version = Words.profileVersionOf(doctor);
    }

    /// @dev What a grant must fulfil whoever gives it to whom.
    function _checkOrder(uint256 order, uint32 epoch) private view {
        uint32 scope = uint32(order);
        if (scope & Words.SLOT_ZERO_BITS != 0) revert Errors.BadScope(scope);
        uint8 kind = Words.grantKind(order);
        if (kind != Words.KIND_CATEGORIES) {
            if (kind != Words.KIND_RECORDS) revert Errors.BadKind(kind);
            if (scope & Words.WRITE_BITS != 0) revert Errors.BadScope(scope);
        }
        uint40 expiry = Words.grantExpiry(order);
        if (expiry <= block.timestamp) revert Errors.BadExpiry(expiry);
        if (uint32(order >> Words.GRANT_EPOCH) != epoch) revert Errors.StaleEpoch(epoch);
    }

    /// @dev A delegate grants within its own scope, and for a limited time.
    function _checkDelegate(uint256 order, uint256 delegation) private view {
        if (uint32(order) & ~uint32(delegation) != 0) {
            revert Errors.DelegateOutOfScope(uint32(delegation));
        }
        uint256 latest = block.timestamp + Words.maxGrantOf(delegation);
        if (Words.grantExpiry(order) > latest) {
            revert Errors.DelegateGrantTooLong(uint40(latest));
        }
    }

    /// @dev The grant's new word: a live one is widened and keeps since and what was before it; one
    /// that has ended is kept as the one before.
    function _renewed(uint256 order, uint256 current) private view returns (uint256) {
        uint256 since = Words.grantSince(current);
        uint256 end = Words.grantExpiry(current);
        if (uint40(order >> Words.GRANT_PREV_EXPIRY) != end) revert Errors.StaleState(end);
        order |= current & Words.REQUESTS_MASK;
        if (since == 0 || end <= block.timestamp) {
            // The expected end is the end of what was before, and in its place already.
            return
                order | (block.timestamp << Words.GRANT_SINCE) | (since << Words.GRANT_PREV_SINCE);
        }
        bool narrower = uint32(current) & ~uint32(order) != 0 || Words.grantExpiry(order) < end
            || Words.grantKind(current) < Words.grantKind(order);
        if (narrower) revert Errors.NarrowingNeedsRevoke(uint32(current), uint40(end));
        return (order & ~Words.GRANT_PREV_MASK) | (since << Words.GRANT_SINCE)
            | (current & Words.GRANT_PREV_MASK);
    }

    function _requireActive(address patient, uint256 subject) private pure {
        uint8 status = Words.statusOf(subject);
        if (status != Words.PATIENT_ACTIVE) revert Errors.PatientNotActive(patient, status);
    }

    function _requireVerified(address doctor, uint256 word) private pure {
        uint8 status = Words.statusOf(word);
        if (status != Words.DOCTOR_VERIFIED) revert Errors.NotVerified(doctor, status);
    }

    /// @dev Opens the next request; the count of them begins again after 127.
    function _openRequest(uint256 current) private pure returns (uint256) {
        unchecked {
            // Only the count is added to: it has the highest bits, and runs over into none.
            return (current + (1 << Words.REQUESTS)) | Words.REQUEST_OPEN;
        }
    }

    /// @dev Closes the open request, which must be the one that was looked at.
    function _closeRequest(uint256 current, uint8 expected) private pure returns (uint256) {
        if (current & Words.REQUEST_OPEN == 0) revert Errors.NoRequest();
        _requireRequests(current, expected);
        return current & ~Words.REQUEST_OPEN;
    }

    function _requireRequests(uint256 current, uint8 expected) private pure {
        uint8 requests = Words.requestsOf(current);
        if (requests != expected) revert Errors.StaleState(requests);
    }

    /// @dev Reverts unless the doctor's status and profile are as the verifier saw them.
    function _requireSeen(uint256 word, uint16 version, uint40 since) private pure {
        if (Words.profileVersionOf(word) != version || Words.doctorSince(word) != since) {
            revert Errors.StaleState(uint56(word >> Words.DOCTOR_SINCE));
        }
    }

    /// @dev Takes up another profile under the next version, which must not wrap round.
    function _moveProfile(uint256 word, bytes24 profile) private pure returns (uint256) {
        if (profile == Words.profileOf(word)) return word;
        uint256 version = uint256(Words.profileVersionOf(word)) + 1;
        if (version > Words.MASK_16) revert Errors.ProfileChanged(Words.profileOf(word));
        return _withProfile(word + (1 << Words.DOCTOR_VERSION), profile);
    }

    function _withProfile(uint256 word, bytes24 profile) private pure returns (uint256) {
        return (word & type(uint64).max) | uint256(bytes32(profile));
    }

    function _metaDoctor(uint256 word) private pure returns (uint256) {
        return (uint256(Words.profileVersionOf(word)) << Words.META_VERSION) | Words.statusOf(word);
    }

    function _metaGrant(uint256 order, uint256 version) private pure returns (uint256) {
        return Words.action(Actions.ACCESS_GRANTED) | (version << Words.META_VERSION)
            | (uint256(uint32(order >> Words.GRANT_EPOCH)) << Words.META_EPOCH)
            | (uint256(uint32(order)) << Words.META_SCOPE)
            | (uint256(Words.grantExpiry(order)) << Words.META_EXPIRY) | Words.grantKind(order);
    }

    function _metaEpoch(uint256 subject) private pure returns (uint256) {
        return uint256(Words.epochOf(subject)) << Words.META_EPOCH;
    }
}
