// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions, Reasons} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";
import {IContractAudit} from "../../../contracts/interfaces/IContractAudit.sol";

contract ReceiptsTest is Fixture {
    using MetaWord for uint256;

    bytes32 internal constant LEAVES = keccak256("where the leaves lie");

    function test_SubmitReceipt_ByAnybody() external {
        IContractAudit.Receipt memory receipt = _receipt(doctor, NOW, NONE);
        _submit(stranger, receipt, doctor);
        expectEntry(patient, doctor, doctorRecord, _meta(Actions.RECEIPT_SUBMITTED), DIGEST);
        assertTrue(audit.receiptUsed(receiptHash(receipt)), "used");
    }

    function test_SubmitReceipt_OfADelegate() external {
        _submit(stranger, _receipt(nurse, NOW, doctor), nurse);
        expectEntryVia(
            patient, nurse, doctorRecord, _meta(Actions.RECEIPT_SUBMITTED), DIGEST, doctor
        );
    }

    function test_RevertWhen_SubmittedTwice() external {
        IContractAudit.Receipt memory receipt = _receipt(doctor, NOW, NONE);
        _submit(stranger, receipt, doctor);
        refuse(Errors.AlreadySubmitted.selector, receiptHash(receipt));
        _submit(doctor, receipt, doctor);
    }

    /// @dev Nobody can put a look into somebody's mouth.
    function test_RevertWhen_TheSignatureIsNotTheActors() external {
        refuse(Errors.BadSignature.selector);
        _submit(stranger, _receipt(doctor, NOW, NONE), colleague);
        refuse(Errors.BadSignature.selector);
        _submit(doctor, _receipt(doctor, NOW, NONE), patient);
        IContractAudit.Receipt memory receipt = _receipt(doctor, NOW, NONE);
        bytes memory signature = signed(doctor, domain(address(audit)), receiptHash(receipt));
        receipt.digest = NEXT_DIGEST;
        refuse(Errors.BadSignature.selector);
        audit.submitReceipt(receipt, signature);
        refuse(Errors.BadSignature.selector);
        audit.submitReceipt(receipt, "");
        receipt.actor = address(0);
        refuse(Errors.BadSignature.selector);
        audit.submitReceipt(receipt, new bytes(65));
        expectNoEntry();
    }

    function test_RevertWhen_SignedForAnotherContract() external {
        IContractAudit.Receipt memory receipt = _receipt(doctor, NOW, NONE);
        bytes memory signature = signed(doctor, domain(address(users)), receiptHash(receipt));
        refuse(Errors.BadSignature.selector);
        audit.submitReceipt(receipt, signature);
    }

    function test_RevertWhen_TheActorHadNoRightThen() external {
        _refusedReceipt(ungranted, NOW, Reasons.NO_GRANT);
        _refusedReceipt(doctor, GRANTED - 1, Reasons.OUTSIDE_GRANT);
        _refusedReceipt(expired, EXPIRED, Reasons.OUTSIDE_GRANT);
        _refusedReceipt(revoked, REVOKED, Reasons.OUTSIDE_GRANT);
        refuse(Errors.NotVerified.selector, stranger, 0);
        _submit(stranger, _receipt(stranger, NOW, NONE), stranger);
        refuse(Errors.NotVerified.selector, suspended, 3);
        _submit(suspended, _receipt(suspended, NOW, NONE), suspended);
        refuse(Errors.NoDelegation.selector, doctor, colleague);
        _submit(colleague, _receipt(colleague, NOW, doctor), colleague);
        vm.warp(EXPIRED + 7 days + 1);
        _refusedReceipt(expired, EXPIRED - 1, Reasons.TOO_LATE);
    }

    /// @dev A look at what was never there, or not to be seen, cannot be proven.
    function test_RevertWhen_TheRecordIsUnknown() external {
        IContractAudit.Receipt memory receipt = _receipt(doctor, NOW, NONE);
        receipt.recordId = recordId(2, doctor, "never written");
        refuse(Errors.RecordUnknown.selector, receipt.recordId);
        _submit(doctor, receipt, doctor);
        receipt.patient = otherPatient;
        receipt.recordId = doctorRecord;
        open(otherPatient, doctor, SCOPE, UNTIL);
        refuse(Errors.RecordUnknown.selector, doctorRecord);
        _submit(doctor, receipt, doctor);
        (bytes32 root, bytes32[] memory proof) = _tree(receipt);
        _anchor(doctor, root, 2);
        refuse(Errors.RecordUnknown.selector, doctorRecord);
        audit.proveReceipt(root, receipt, proof);
        assertFalse(audit.receiptUsed(receiptHash(receipt)), "not used up");
    }

    function test_RevertWhen_TheGrantDoesNotOpenTheSlot() external {
        IContractAudit.Receipt memory receipt = _receipt(doctor, NOW, NONE);
        receipt.recordId = recordId(9, patient, "closed");
        vm.prank(patient);
        patients.addRecord(patient, receipt.recordId, EPOCH, DIGEST, NONE);
        refuse(Errors.OutOfScope.selector, 9, SCOPE);
        _submit(doctor, receipt, doctor);
        receipt.recordId = recordId(6, doctor, "written, not read");
        vm.prank(doctor);
        patients.addRecord(patient, receipt.recordId, EPOCH, DIGEST, NONE);
        refuse(Errors.OutOfScope.selector, 6, SCOPE);
        _submit(doctor, receipt, doctor);
        receipt.actor = nurse;
        receipt.via = doctor;
        refuse(Errors.OutOfScope.selector, 6, SCOPE);
        _submit(nurse, receipt, nurse);
    }

    /// @dev Who the patient is, is read under every live grant; the chart is no record.
    function test_SubmitReceipt_OfIdentityAndOfTheChart() external {
        IContractAudit.Receipt memory receipt = _receipt(doctor, NOW, NONE);
        receipt.recordId = recordId(0, patient, "name and birth");
        vm.prank(patient);
        patients.addRecord(patient, receipt.recordId, EPOCH, DIGEST, NONE);
        take();
        _submit(doctor, receipt, doctor);
        receipt.recordId = 0;
        _submit(doctor, receipt, doctor);
        assertEq(take().length, 2, "both");
    }

    /// @dev The scope of the grant before is not kept; its time is.
    function test_SubmitReceipt_OfTheGrantBefore() external {
        endGrant(doctor);
        vm.warp(NOW + 1 days);
        open(doctor, 1 << 9, UNTIL);
        take();
        _submit(doctor, _receipt(doctor, NOW - 1, NONE), doctor);
        assertEq(take().length, 1, "under the grant before");
        refuse(Errors.OutOfScope.selector, 2, 1 << 9);
        _submit(doctor, _receipt(doctor, NOW + 1 days, NONE), doctor);
    }

    /// @dev A refused receipt is not used up: it may be right later.
    function test_SubmitReceipt_AfterARefusal() external {
        IContractAudit.Receipt memory receipt = _receipt(doctor, NOW + 1 hours, NONE);
        _refusedReceipt(doctor, NOW + 1 hours, Reasons.IN_FUTURE);
        assertFalse(audit.receiptUsed(receiptHash(receipt)), "not used");
        vm.warp(NOW + 1 hours);
        _submit(stranger, receipt, doctor);
        assertTrue(audit.receiptUsed(receiptHash(receipt)), "used");
    }

    function test_AnchorReceipts_OnTheCommonChain() external {
        _anchor(doctor, DIGEST, 1000);
        expectEntry(address(0), doctor, DIGEST, meta(Actions.RECEIPTS_ANCHORED).scope(1000), LEAVES);
        (uint40 anchoredAt, uint32 count) = audit.anchorOf(doctor, DIGEST);
        assertEq(anchoredAt, NOW, "anchored at");
        assertEq(count, 1000, "count");
        (anchoredAt, count) = audit.anchorOf(colleague, DIGEST);
        assertEq(anchoredAt, 0, "nobody else's");
    }

    /// @dev Anchors are each doctor's own: nobody blocks another's root by running ahead.
    function test_AnchorReceipts_TheSameRootByTwo() external {
        _anchor(colleague, DIGEST, 1);
        _anchor(doctor, DIGEST, 2);
        (, uint32 count) = audit.anchorOf(doctor, DIGEST);
        assertEq(count, 2, "the doctor's own");
    }

    function test_RevertWhen_AnchoredTwiceOrByNobody() external {
        _anchor(doctor, DIGEST, 1);
        refuse(Errors.AlreadyAnchored.selector, DIGEST);
        _anchor(doctor, DIGEST, 2);
        address[4] memory callers = [stranger, pending, suspended, patient];
        uint8[4] memory status = [0, 1, 3, 0];
        for (uint256 i; i < callers.length; ++i) {
            refuse(Errors.NotVerified.selector, callers[i], status[i]);
            _anchor(callers[i], NEXT_DIGEST, 1);
        }
    }

    function test_ProveReceipt_OutOfAnAnchoredRoot() external {
        IContractAudit.Receipt memory receipt = _receipt(doctor, NOW, NONE);
        (bytes32 root, bytes32[] memory proof) = _tree(receipt);
        _anchor(doctor, root, 2);
        take();
        vm.prank(stranger);
        audit.proveReceipt(root, receipt, proof);
        expectEntry(patient, doctor, doctorRecord, _meta(Actions.RECEIPT_PROVEN), DIGEST);
        refuse(Errors.AlreadySubmitted.selector, receiptHash(receipt));
        audit.proveReceipt(root, receipt, proof);
        refuse(Errors.AlreadySubmitted.selector, receiptHash(receipt));
        _submit(doctor, receipt, doctor);
    }

    /// @dev What was anchored in time may be proven late: the anchor is when it was logged.
    function test_ProveReceipt_LongAfterTheAnchor() external {
        IContractAudit.Receipt memory receipt = _receipt(expired, EXPIRED - 1, NONE);
        (bytes32 root, bytes32[] memory proof) = _tree(receipt);
        vm.warp(EXPIRED + 7 days);
        _anchor(expired, root, 2);
        vm.warp(EXPIRED + 300 days);
        audit.proveReceipt(root, receipt, proof);
        assertTrue(audit.receiptUsed(receiptHash(receipt)), "used");
    }

    function test_RevertWhen_AnchoredTooLate() external {
        IContractAudit.Receipt memory receipt = _receipt(expired, EXPIRED - 1, NONE);
        (bytes32 root, bytes32[] memory proof) = _tree(receipt);
        vm.warp(EXPIRED + 7 days + 1);
        _anchor(expired, root, 2);
        vm.expectRevert(
            abi.encodeWithSelector(
                Errors.ConsultationRefused.selector, patient, doctorRecord, Reasons.TOO_LATE
            )
        );
        audit.proveReceipt(root, receipt, proof);
    }

    function test_RevertWhen_TheProofIsNot() external {
        IContractAudit.Receipt memory receipt = _receipt(doctor, NOW, NONE);
        (bytes32 root, bytes32[] memory proof) = _tree(receipt);
        refuse(Errors.BadSignature.selector);
        audit.proveReceipt(root, receipt, proof);
        _anchor(colleague, root, 2);
        refuse(Errors.BadSignature.selector);
        audit.proveReceipt(root, receipt, proof);
        _anchor(doctor, root, 2);
        refuse(Errors.BadSignature.selector);
        audit.proveReceipt(root, receipt, new bytes32[](0));
        proof[0] = DIGEST;
        refuse(Errors.BadSignature.selector);
        audit.proveReceipt(root, receipt, proof);
    }

    function _receipt(address actor, uint40 seenAt, address via)
        private
        view
        returns (IContractAudit.Receipt memory)
    {
        return IContractAudit.Receipt(patient, actor, doctorRecord, seenAt, DIGEST, via);
    }

    function _submit(address caller, IContractAudit.Receipt memory receipt, address signer)
        private
    {
        bytes memory signature = signed(signer, domain(address(audit)), receiptHash(receipt));
        vm.prank(caller);
        audit.submitReceipt(receipt, signature);
    }

    function _refusedReceipt(address actor, uint40 seenAt, uint8 reason) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                Errors.ConsultationRefused.selector, patient, doctorRecord, reason
            )
        );
        _submit(stranger, _receipt(actor, seenAt, NONE), actor);
    }

    function _anchor(address caller, bytes32 root, uint32 count) private {
        vm.prank(caller);
        audit.anchorReceipts(root, count, LEAVES);
    }

    /// @dev A tree of the receipt and one other leaf (sorted pairs).
    function _tree(IContractAudit.Receipt memory receipt)
        private
        pure
        returns (bytes32 root, bytes32[] memory proof)
    {
        bytes32 leaf = receiptHash(receipt);
        proof = new bytes32[](1);
        proof[0] = keccak256("another leaf");
        root = leaf < proof[0]
            ? keccak256(abi.encode(leaf, proof[0]))
            : keccak256(abi.encode(proof[0], leaf));
    }

    function _meta(uint8 action) private view returns (uint256) {
        return meta(action).slot(2).epoch(EPOCH);
    }
}
