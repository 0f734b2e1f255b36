// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IContractPatient} from "../../../contracts/interfaces/IContractPatient.sol";
import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";

/// @dev The patient has said no once: from then on a registrar needs two delegates.
contract AfterVetoTest is Fixture {
    using MetaWord for uint256;

    uint40 internal constant DELAY = 7 days;
    address internal first = wallet("the wallet of the first attempt");
    address internal fresh = wallet("the new wallet");
    address internal sister = wallet("sister");
    address internal brother = wallet("brother");

    function setUp() public override {
        super.setUp();
        delegate(patient, sister, REPLACE, DELEGATED_UNTIL);
        delegate(patient, brother, REPLACE, DELEGATED_UNTIL);
        _approve(registrar, first);
        _approve(guardian, first);
        vm.prank(patient);
        patients.vetoReplacement(patient, first);
        take();
    }

    function test_ReplaceController_ARegistrarAndTwoDelegates() external {
        _approve(registrar, fresh);
        expectEntry(patient, registrar, word(fresh), _announced(0, 1), 0);
        _approve(guardian, fresh);
        expectEntryVia(patient, guardian, word(fresh), _announced(0, 2), 0, patient);
        _assertPending(NONE, "one delegate is not enough");
        _approve(sister, fresh);
        expectEntryVia(patient, sister, word(fresh), _announced(NOW + DELAY, 3), 0, patient);
        _assertPending(fresh, "agreed");
        IContractPatient.Patient memory person = patients.patientOf(patient);
        assertEq(person.readyAt, NOW + DELAY, "after the whole delay");
        assertTrue(person.vetoSpent, "still spent");
        vm.warp(NOW + DELAY);
        _complete(fresh);
        assertFalse(patients.patientOf(patient).vetoSpent, "a new wallet, a new veto");
    }

    function test_ReplaceController_TheRegistrarMayComeLast() external {
        _approve(guardian, fresh);
        _approve(sister, fresh);
        _assertPending(NONE, "two delegates are not enough");
        _approve(registrar, fresh);
        expectLast(registrar, _announced(NOW + DELAY, 3));
        _assertPending(fresh, "agreed");
    }

    /// @dev The attack that the rule is for: a registrar and one delegate who conspire.
    function test_RevertWhen_OneDelegateApprovesAgainAndAgain() external {
        _approve(registrar, fresh);
        _approve(guardian, fresh);
        _approve(guardian, fresh);
        _approve(registrar, fresh);
        _approve(guardian, fresh);
        _assertPending(NONE, "nor the same delegate twice");
        vm.warp(NOW + DELAY);
        refuse(Errors.NothingPending.selector);
        _complete(fresh);
    }

    function test_RevertWhen_TheTwoMeanTwoWallets() external {
        _approve(registrar, fresh);
        _approve(guardian, fresh);
        _approve(sister, stranger);
        _assertPending(NONE, "two wallets");
    }

    /// @dev The first one's approval is replaced once it counts no more: nobody blocks the others.
    function test_ReplaceController_ALapsedApprovalMakesRoom() external {
        _approve(registrar, fresh);
        _approve(guardian, fresh);
        delegate(patient, guardian, ALL_POWERS, uint40(block.timestamp + 1));
        vm.warp(NOW + DELAY);
        _approve(sister, fresh);
        _assertPending(NONE, "the guardian's counts no more");
        _approve(brother, fresh);
        _assertPending(fresh, "the sister's and the brother's do");
    }

    function test_ReplaceController_TheSecondLapses() external {
        _approve(registrar, fresh);
        _approve(guardian, fresh);
        vm.warp(NOW + 1);
        delegate(patient, sister, REPLACE, uint40(block.timestamp + 10));
        vm.warp(NOW + 2);
        vm.prank(admin);
        patients.revokeRole(keccak256("REGISTRAR_ROLE"), registrar);
        _approve(sister, fresh);
        _assertPending(NONE, "no registrar");
        vm.warp(NOW + DELAY + 1);
        vm.prank(admin);
        patients.grantRole(keccak256("REGISTRAR_ROLE"), registrar);
        _approve(registrar, fresh);
        _assertPending(NONE, "the sister's counts no more");
        _approve(brother, fresh);
        _assertPending(fresh, "in the sister's place");
    }

    function test_RevertWhen_TheSecondApprovalIsOld() external {
        _approve(guardian, fresh);
        _approve(sister, fresh);
        vm.warp(NOW + 1 days);
        _approve(guardian, fresh);
        vm.warp(NOW + 30 days + 1);
        _approve(registrar, fresh);
        _assertPending(NONE, "the sister's is over 30 days old");
        _approve(sister, fresh);
        _assertPending(fresh, "given again");
    }

    function test_RevertWhen_TheFirstApprovalIsOld() external {
        _approve(guardian, fresh);
        vm.warp(NOW + 1 days);
        _approve(sister, fresh);
        vm.warp(NOW + 30 days + 1);
        _approve(registrar, fresh);
        _assertPending(NONE, "the guardian's is over 30 days old");
        _approve(sister, fresh);
        _assertPending(NONE, "the sister alone, though both places are hers");
        _approve(brother, fresh);
        _assertPending(fresh, "two again");
    }

    /// @dev Three people, not two in three offices.
    function test_RevertWhen_TheSecondDelegateIsTheRegistrar() external {
        _approve(guardian, fresh);
        _approve(sister, fresh);
        bytes32 role = patients.REGISTRAR_ROLE();
        vm.prank(admin);
        patients.grantRole(role, sister);
        refuse(Errors.SelfGrant.selector, sister);
        _approve(sister, fresh);
        _assertPending(NONE, "not announced");
    }

    /// @dev Approvals are for the wallet that was there: they must not outlive its replacement.
    function test_RevertWhen_TheApprovalIsFromBeforeTheReplacement() external {
        _approve(registrar, stranger);
        _approve(registrar, fresh);
        _approve(guardian, fresh);
        _approve(sister, fresh);
        vm.warp(NOW + DELAY);
        _complete(fresh);
        vm.warp(NOW + DELAY + 1);
        vm.prank(fresh);
        users.setDelegate(
            patient, guardian, DELEGATED, REPLACE, 0, UNTIL, seenDelegation(patient, guardian)
        );
        _approve(guardian, stranger);
        _assertPending(NONE, "the registrar's is from before");
        _approve(registrar, stranger);
        _assertPending(stranger, "one delegate: the new wallet has its veto");
    }

    /// @dev What was approved beside another before a replacement does not count twice after it.
    function test_RevertWhen_ASecondApprovalIsLeftOver() external {
        _approve(guardian, stranger);
        _approve(sister, stranger);
        _approve(registrar, fresh);
        _approve(guardian, fresh);
        _approve(sister, fresh);
        vm.warp(NOW + DELAY);
        _complete(fresh);
        vm.warp(NOW + DELAY + 1);
        vm.startPrank(fresh);
        users.setDelegate(
            patient, guardian, DELEGATED, REPLACE, 0, UNTIL, seenDelegation(patient, guardian)
        );
        users.setDelegate(
            patient, sister, DELEGATED, REPLACE, 0, UNTIL, seenDelegation(patient, sister)
        );
        vm.stopPrank();
        _approve(guardian, first);
        _approve(registrar, first);
        vm.prank(fresh);
        patients.vetoReplacement(patient, first);
        _approve(guardian, stranger);
        _approve(registrar, stranger);
        _assertPending(NONE, "the sister's is from before");
        _approve(sister, stranger);
        _assertPending(stranger, "given again");
    }

    function expectLast(address actor, uint256 meta_) private {
        Entry[] memory entries = take();
        Entry memory last = entries[entries.length - 1];
        same(last, Entry(patient, actor, word(fresh), meta_, 0, 0));
    }

    function _assertPending(address wallet_, string memory what) private view {
        assertEq(patients.patientOf(patient).pendingWallet, wallet_, what);
    }

    function _approve(address caller, address to) private {
        vm.prank(caller);
        patients.replaceController(patient, to);
    }

    function _complete(address to) private {
        vm.prank(to);
        patients.completeReplacement(patient, to);
    }

    function _announced(uint40 readyAt, uint8 approvals) private view returns (uint256) {
        return meta(Actions.REPLACEMENT_ANNOUNCED).expiry(readyAt).kind(approvals);
    }
}
