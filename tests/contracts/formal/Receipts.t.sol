// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IContractAudit} from "../../../contracts/interfaces/IContractAudit.sol";
import {AuditStub} from "./AuditStub.sol";
import {Layout} from "./Layout.sol";
import {Refusals} from "./Refusals.sol";

/// @title Proofs: receipts, as they are entered and when
contract ReceiptProof is AuditStub {
    bytes32 private constant TYPE = keccak256(
        "Receipt(address patient,address actor,bytes32 recordId,uint40 seenAt,bytes32 digest,address via)"
    );

    struct Times {
        uint40 seen;
        uint40 anchored;
        uint40 verified;
    }

    address private constant CLINIC = address(0xcc);
    /// @dev Where ContractAudit keeps them; see PatientProof.
    uint256 private constant GRANTS = 3;
    uint256 private constant DELEGATIONS = 4;
    uint256 private constant ANCHORS = 7;

    uint24 private _version;

    /// @dev ContractPatient's, which the audit asks for.
    function recordHead(address, bytes32) external view returns (bytes27, uint24, uint8) {
        return (0, _version, 0);
    }

    /// @notice A receipt with a signature is told with the time at which it was seen, its slot and the
    /// epoch, whoever hands it in; a delegate's names the principal beside it.
    function check_submittedReceiptMeta(
        uint256 word,
        uint256 grant,
        bytes32 id,
        uint40 seenAt,
        bytes32 digest,
        bool delegated,
        bytes32 r,
        uint40 time
    ) public {
        IContractAudit.Receipt memory receipt = _receipt(id, seenAt, digest, delegated);
        _case(word, grant, receipt, time);
        // Whom a signature recovers to is anybody, so that of the actor too is among them.
        bytes memory signature = abi.encodePacked(r, bytes32(uint256(1)), uint8(27));
        _contract.submitReceipt(receipt, signature);
        _assertEntered(43, word, receipt, time);
        assert(_contract.receiptUsed(_leaf(receipt)));
    }

    /// @notice An anchored receipt is told likewise, long after it was anchored.
    function check_provenReceiptMeta(
        uint256 word,
        uint256 grant,
        bytes32 id,
        uint40 seenAt,
        bytes32 digest,
        bool delegated,
        uint40 anchoredAt,
        uint40 time
    ) public {
        IContractAudit.Receipt memory receipt = _receipt(id, seenAt, digest, delegated);
        _case(word, grant, receipt, time);
        bytes32 root = _leaf(receipt);
        _anchor(root, anchoredAt);
        _contract.proveReceipt(root, receipt, new bytes32[](0));
        assert(anchoredAt != 0);
        _assertEntered(42, word, receipt, time);
        assert(_contract.receiptUsed(root));
    }

    /// @notice An anchored receipt is entered exactly when it was seen under one of the last two
    /// grants, since the doctor's verification and in time for the anchor, and speaks of a record that
    /// the grant opened, or of none; and once.
    function check_receiptIsEnteredExactly(
        uint256 word,
        uint256 grant,
        bytes32 id,
        Times memory times,
        uint24 version
    ) public {
        IContractAudit.Receipt memory receipt = _receipt(id, times.seen, 0, false);
        vm.assume(times.anchored != 0);
        _case(word, grant, receipt, times.anchored);
        uint256 doctor = (uint256(times.verified) << Layout.DOCTOR_SINCE) | 2;
        vm.store(address(_contract), _place(GRANTEE, DOCTORS), bytes32(doctor));
        _version = version;
        bytes32 root = _leaf(receipt);
        _anchor(root, times.anchored);
        bytes memory act = abi.encodeCall(_contract.proveReceipt, (root, receipt, new bytes32[](0)));
        (bool done,) = Refusals.tried(address(_contract), act);
        assert(done == (_isReadable(grant, id, times) && _wasGranted(grant, times)));
        (done,) = Refusals.tried(address(_contract), act);
        assert(!done);
    }

    /// @dev Whether the record, unless it is none, is there and was open to be read.
    function _isReadable(uint256 grant, bytes32 id, Times memory times)
        private
        view
        returns (bool)
    {
        uint256 slot = uint256(id) >> 248;
        bool present = times.seen >= Layout.field(grant, Layout.GRANT_SINCE, 40);
        bool open = !present || slot == 0 || Layout.field(grant, slot, 1) == 1;
        return slot < 16 && (id == 0 || (open && _version != 0));
    }

    /// @dev Under the present grant or, before it, under the one before.
    function _wasGranted(uint256 grant, Times memory times) private pure returns (bool) {
        uint256 since = Layout.field(grant, Layout.GRANT_SINCE, 40);
        uint256 end = Layout.field(grant, Layout.GRANT_EXPIRY, 40);
        if (since == 0) return false;
        if (times.seen < since) {
            since = Layout.field(grant, Layout.GRANT_PREV_SINCE, 40);
            end = Layout.field(grant, Layout.GRANT_PREV_EXPIRY, 40);
        }
        return times.seen >= since && times.seen < end && times.seen >= times.verified
            && times.anchored <= end + 7 days && times.seen <= uint256(times.anchored) + 5 minutes;
    }

    function _receipt(bytes32 id, uint40 seenAt, bytes32 digest, bool delegated)
        private
        pure
        returns (IContractAudit.Receipt memory receipt)
    {
        receipt.patient = PATIENT;
        receipt.actor = GRANTEE;
        receipt.recordId = id;
        receipt.seenAt = seenAt;
        receipt.digest = digest;
        receipt.via = delegated ? CLINIC : address(0);
    }

    /// @dev A verified principal with any grant, and, by `via`, a delegate who may log.
    function _case(uint256 word, uint256 grant, IContractAudit.Receipt memory receipt, uint40 time)
        private
    {
        address principal = receipt.via == address(0) ? receipt.actor : receipt.via;
        vm.store(address(_contract), _place(principal, DOCTORS), bytes32(uint256(2)));
        vm.store(address(_contract), _pair(PATIENT, principal, GRANTS), bytes32(grant));
        uint256 delegation = (uint256(2) << Layout.DELEGATION_POWERS)
            | (uint256(type(uint40).max) << Layout.DELEGATION_EXPIRY);
        vm.store(address(_contract), _pair(CLINIC, GRANTEE, DELEGATIONS), bytes32(delegation));
        vm.assume(time < type(uint40).max);
        _version = 1;
        _subject(word, time);
    }

    function _anchor(bytes32 root, uint40 time) private {
        uint256 anchor = (uint256(time) << Layout.ANCHORED_AT) | 1;
        bytes32 place = keccak256(abi.encode(root, _place(GRANTEE, ANCHORS)));
        vm.store(address(_contract), place, bytes32(anchor));
    }

    function _assertEntered(
        uint256 action,
        uint256 word,
        IContractAudit.Receipt memory receipt,
        uint40 time
    ) private view {
        uint256 meta = (action << Layout.META_ACTION)
            | (uint256(receipt.seenAt) << Layout.META_TIME)
            | ((uint256(receipt.recordId) >> 248) << Layout.META_SLOT)
            | (Layout.field(word, Layout.SUBJECT_EPOCH, 32) << Layout.META_EPOCH);
        uint256 head = _hash(word, GRANTEE, receipt.recordId, meta, receipt.digest);
        if (receipt.via != address(0)) {
            meta = _meta(50, time) | (uint256(1) << Layout.META_VERSION);
            head = _hash(head, GRANTEE, _ref(CLINIC), meta, receipt.recordId);
        }
        assert(_contract.subjectWord(PATIENT) == (head | (word & LOW)));
        assert(uint256(receipt.recordId) >> 248 < 16);
    }

    function _leaf(IContractAudit.Receipt memory receipt) private pure returns (bytes32) {
        return keccak256(
            abi.encode(
                TYPE,
                receipt.patient,
                receipt.actor,
                receipt.recordId,
                receipt.seenAt,
                receipt.digest,
                receipt.via
            )
        );
    }

    function _pair(address one, address other, uint256 mapping_) private pure returns (bytes32) {
        return keccak256(abi.encode(other, _place(one, mapping_)));
    }
}
