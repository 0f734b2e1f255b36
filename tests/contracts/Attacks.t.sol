// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IContractAudit} from "../../contracts/interfaces/IContractAudit.sol";
import {Errors} from "../../contracts/libraries/Errors.sol";
import {Fixture} from "./support/Fixture.sol";

/// @notice Ways round the rules that take more than one function to try.
contract AttacksTest is Fixture {
    address private newWallet = wallet("new wallet");

    /// @dev A guardian's stolen wallet must not go on acting for the child.
    function test_RevertWhen_AReplacedWalletActsAsAnothersDelegate() external {
        delegate(otherPatient, patient, ALL_POWERS, UNTIL);
        _replace();
        vm.prank(patient);
        refuse(Errors.NotController.selector, patient, patient);
        doctors.grant(
            otherPatient,
            doctor,
            profileOf(doctor),
            2,
            NOW + 1 days,
            0,
            0,
            seenExpiry(otherPatient, doctor),
            DIGEST
        );
        vm.prank(patient);
        refuse(Errors.NotController.selector, patient, patient);
        patients.replaceController(otherPatient, newWallet);
    }

    /// @dev A doctor who is a patient too: the stolen wallet loses the doctor's rights as well, and
    /// the new wallet takes them up as the id's delegate.
    function test_AReplacedWalletIsNoDoctorAnyMore() external {
        vm.prank(doctor);
        patients.registerPatient();
        delegate(doctor, guardian, REPLACE, UNTIL);
        _replace(doctor);
        bytes32 record = recordId(2, doctor, "by the thief");
        vm.prank(doctor);
        refuse(Errors.NotController.selector, doctor, doctor);
        patients.addRecord(patient, record, EPOCH, DIGEST, NONE);
        vm.prank(doctor);
        refuse(Errors.NotController.selector, doctor, doctor);
        audit.logConsultation(patient, record, uint40(block.timestamp), DIGEST, NONE);
        uint40 lapsed = uint40(block.timestamp);
        vm.warp(block.timestamp + 1);
        vm.prank(nurse);
        refuse(Errors.DelegationEnded.selector, lapsed);
        patients.addRecord(patient, record, EPOCH, DIGEST, doctor);
        vm.startPrank(newWallet);
        users.setDelegate(
            doctor, newWallet, DELEGATED, WRITE | LOG, 0, UNTIL, seenDelegation(doctor, newWallet)
        );
        patients.addRecord(patient, record, EPOCH, DIGEST, doctor);
        vm.stopPrank();
        assertRecord(record, recordChain(0, newWallet, EPOCH, DIGEST), 1, 0);
    }

    /// @dev Neither taking the power again and again, nor giving it back for a moment, moves the end
    /// of what is left of it.
    function test_TheTailOfThePowerToReplaceCannotBeCutShort() external {
        delegate(patient, guardian, 0, UNTIL);
        uint40 until = users.delegateOf(patient, guardian).replaceUntil;
        assertEq(until, NOW + 7 days, "the patient's delay");
        vm.warp(NOW + 1 days);
        delegate(patient, guardian, REPLACE, uint40(block.timestamp + 1));
        assertEq(users.delegateOf(patient, guardian).replaceUntil, until, "given for a moment");
        delegate(patient, guardian, 0, 0);
        assertEq(users.delegateOf(patient, guardian).replaceUntil, until, "removed");
        vm.prank(guardian);
        patients.replaceController(patient, newWallet);
        vm.warp(until);
        vm.prank(guardian);
        refuse(Errors.DelegationEnded.selector, uint256(0));
        patients.replaceController(patient, newWallet);
    }

    /// @dev A thief who asks for another delay first still meets the old one.
    function test_TheDelayCannotBeStretchedOrShortenedAtOnce() external {
        vm.startPrank(patient);
        patients.setReplacementDelay(patient, seenDelay(patient), 30 days);
        assertEq(patients.replacementDelayOf(patient), 7 days, "not yet");
        patients.setReplacementDelay(patient, seenDelay(patient), 3 days);
        assertEq(patients.replacementDelayOf(patient), 7 days, "nor by asking twice");
        vm.warp(block.timestamp + 7 days);
        assertEq(patients.replacementDelayOf(patient), 3 days, "the last one asked for");
        vm.stopPrank();
    }

    function test_OneSideAloneAnnouncesNothing() external {
        vm.prank(registrar);
        patients.replaceController(patient, newWallet);
        vm.prank(registrar);
        patients.replaceController(patient, newWallet);
        assertEq(patients.patientOf(patient).pendingWallet, NONE, "a registrar alone");
        delegate(otherPatient, guardian, REPLACE, UNTIL);
        vm.prank(guardian);
        patients.replaceController(otherPatient, newWallet);
        assertEq(patients.patientOf(otherPatient).pendingWallet, NONE, "for another patient");
        vm.prank(admin);
        patients.revokeRole(keccak256("REGISTRAR_ROLE"), registrar);
        vm.prank(guardian);
        patients.replaceController(patient, newWallet);
        assertEq(patients.patientOf(patient).pendingWallet, NONE, "nor one who was dismissed");
    }

    /// @dev The two halves of an agreement may lie 30 days apart at most.
    function test_AnOldApprovalCountsNoMore() external {
        vm.prank(registrar);
        patients.replaceController(patient, newWallet);
        vm.warp(block.timestamp + 30 days + 1);
        vm.prank(guardian);
        patients.replaceController(patient, newWallet);
        assertEq(patients.patientOf(patient).pendingWallet, NONE, "forgotten");
        vm.prank(registrar);
        patients.replaceController(patient, newWallet);
        assertEq(patients.patientOf(patient).pendingWallet, newWallet, "agreed");
    }

    /// @dev Subject 0 has a chain, but is nobody's record.
    function test_TheCommonChainIsNoPatient() external {
        vm.prank(doctor);
        refuse(Errors.PatientNotActive.selector, NONE, 7);
        doctors.requestAccess(NONE, 0, DIGEST, NONE);
        vm.prank(doctor);
        refuse(Errors.PatientNotActive.selector, NONE, 7);
        patients.addRecord(NONE, recordId(2, doctor, "x"), 0, DIGEST, NONE);
        vm.prank(doctor);
        refuse(Errors.NotController.selector, NONE, doctor);
        doctors.revoke(NONE, list(doctor), 0, DIGEST);
        vm.startPrank(registrar);
        refuse(Errors.NotRegistered.selector, NONE);
        patients.verifyIdentity(NONE, seenTurn(NONE), DIGEST, DIGEST);
        refuse(Errors.NotRegistered.selector, NONE);
        patients.setPatientStatus(NONE, seenTurn(NONE), 1, DIGEST);
        refuse(Errors.NotRegistered.selector, NONE);
        patients.releaseIdentity(NONE, seenTurn(NONE), DIGEST, DIGEST);
        refuse(Errors.NotRegistered.selector, NONE);
        patients.replaceController(NONE, newWallet);
        vm.stopPrank();
        assertEq(patients.patientOf(NONE).status, 0, "not registered");
        assertFalse(doctors.isAuthorized(NONE, NONE, 0, false), "nothing to read");
    }

    /// @dev The delegate of a delegate is nobody's.
    function test_RevertWhen_DelegationsAreChained() external {
        delegate(nurse, stranger, ALL_POWERS, UNTIL);
        delegate(guardian, stranger, ALL_POWERS, UNTIL);
        bytes32 record = recordId(2, doctor, "chained");
        vm.prank(stranger);
        refuse(Errors.NoDelegation.selector, doctor, stranger);
        patients.addRecord(patient, record, EPOCH, DIGEST, doctor);
        vm.prank(stranger);
        refuse(Errors.NotVerified.selector, nurse, uint256(0));
        patients.addRecord(patient, record, EPOCH, DIGEST, nurse);
        vm.prank(stranger);
        refuse(Errors.NotController.selector, patient, stranger);
        doctors.revoke(patient, list(doctor), EPOCH, DIGEST);
    }

    /// @dev One look is entered once, whichever way it comes.
    function test_RevertWhen_AReceiptIsBothSubmittedAndProven() external {
        IContractAudit.Receipt memory receipt =
            IContractAudit.Receipt(patient, doctor, doctorRecord, NOW - 1, DIGEST, NONE);
        bytes32 leaf = receiptHash(receipt);
        vm.prank(doctor);
        audit.anchorReceipts(leaf, 1, DIGEST);
        audit.submitReceipt(receipt, signed(doctor, domain(address(audit)), leaf));
        assertTrue(audit.receiptUsed(leaf), "used");
        refuse(Errors.AlreadySubmitted.selector, leaf);
        audit.proveReceipt(leaf, receipt, new bytes32[](0));
    }

    /// @dev Anchoring somebody else's root first takes nothing from them, and proves nothing.
    function test_ARootIsItsAnchorersOwn() external {
        IContractAudit.Receipt memory receipt =
            IContractAudit.Receipt(patient, doctor, doctorRecord, NOW - 1, DIGEST, NONE);
        bytes32 leaf = receiptHash(receipt);
        vm.prank(colleague);
        audit.anchorReceipts(leaf, 1, DIGEST);
        refuse(Errors.BadSignature.selector);
        audit.proveReceipt(leaf, receipt, new bytes32[](0));
        vm.prank(doctor);
        audit.anchorReceipts(leaf, 1, DIGEST);
        vm.warp(NOW + 365 days + 30 days);
        audit.proveReceipt(leaf, receipt, new bytes32[](0));
        assertEq(take().length, 3, "two anchors and the look, proven long after");
    }

    function _replace() private {
        _replace(patient);
    }

    function _replace(address id) private {
        vm.prank(registrar);
        patients.replaceController(id, newWallet);
        vm.prank(guardian);
        patients.replaceController(id, newWallet);
        vm.warp(block.timestamp + 7 days);
        vm.prank(newWallet);
        patients.completeReplacement(id, newWallet);
    }
}
