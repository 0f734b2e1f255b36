// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";
import {IContractPatient} from "../../../contracts/interfaces/IContractPatient.sol";

contract VetoTest is Fixture {
    using MetaWord for uint256;

    uint32 internal constant DELAY = 7 days;
    address internal thief = wallet("the thief's wallet");

    function test_VetoReplacement_Once() external {
        _announce(thief);
        vm.prank(patient);
        patients.vetoReplacement(patient, thief);
        expectEntry(patient, patient, word(thief), meta(Actions.REPLACEMENT_VETOED), 0);
        IContractPatient.Patient memory person = patients.patientOf(patient);
        assertEq(person.pendingWallet, address(0), "dropped");
        assertTrue(person.vetoSpent, "spent");
        vm.warp(NOW + DELAY);
        refuse(Errors.NothingPending.selector);
        vm.prank(thief);
        patients.completeReplacement(patient, thief);
    }

    /// @dev A thief who holds the wallet can veto too: but not for ever.
    function test_RevertWhen_TheVetoIsSpent() external {
        _announce(thief);
        vm.startPrank(patient);
        patients.vetoReplacement(patient, thief);
        vm.stopPrank();
        delegate(patient, nurse, REPLACE, UNTIL);
        _announce(stranger);
        vm.prank(nurse);
        patients.replaceController(patient, stranger);
        refuse(Errors.VetoSpent.selector);
        vm.prank(patient);
        patients.vetoReplacement(patient, stranger);
        vm.warp(NOW + DELAY);
        vm.prank(stranger);
        patients.completeReplacement(patient, stranger);
        assertFalse(patients.patientOf(patient).vetoSpent, "the new wallet has its own");
    }

    function test_RevertWhen_NothingIsPending() external {
        refuse(Errors.NothingPending.selector);
        vm.prank(patient);
        patients.vetoReplacement(patient, thief);
        refuse(Errors.NothingPending.selector);
        vm.prank(patient);
        patients.vetoReplacement(patient, address(0));
        _announce(thief);
        refuse(Errors.NothingPending.selector);
        vm.prank(patient);
        patients.vetoReplacement(patient, stranger);
    }

    function test_RevertWhen_VetoedByAnother() external {
        _announce(thief);
        address[5] memory others = [stranger, guardian, registrar, doctor, thief];
        for (uint256 i; i < others.length; ++i) {
            refuse(Errors.NotController.selector, patient, others[i]);
            vm.prank(others[i]);
            patients.vetoReplacement(patient, thief);
        }
        expectNoEntry();
    }

    function test_SetReplacementDelay_TakesEffectAfterTheDelay() external {
        _setDelay(patient, 3 days);
        expectEntry(
            patient,
            patient,
            word(patient),
            meta(Actions.REPLACEMENT_DELAY_SET).expiry(NOW + DELAY),
            bytes32(uint256(3 days))
        );
        assertEq(patients.replacementDelayOf(patient), DELAY, "not yet");
        vm.warp(NOW + DELAY - 1);
        assertEq(patients.replacementDelayOf(patient), DELAY, "not yet");
        vm.warp(NOW + DELAY);
        assertEq(patients.replacementDelayOf(patient), 3 days, "now");
        assertEq(patients.patientOf(patient).replacementDelay, 3 days, "now");
        _setDelay(patient, 30 days);
        vm.warp(NOW + DELAY + 3 days);
        assertEq(patients.replacementDelayOf(patient), 30 days, "after the shorter one");
    }

    /// @dev Shortening and announcing in one go must not save a thief any time.
    function test_SetReplacementDelay_DoesNotTouchWhatIsAnnounced() external {
        _announce(thief);
        _setDelay(patient, 3 days);
        assertEq(patients.patientOf(patient).readyAt, NOW + DELAY, "as announced");
        assertEq(patients.patientOf(patient).pendingWallet, thief, "as announced");
    }

    /// @dev A shorter delay that a relay holds back does not come after a longer one.
    function test_RevertWhen_AnotherDelayIsExpected() external {
        uint40[2] memory seen = [uint40(1), uint40(NOW)];
        for (uint256 i; i < seen.length; ++i) {
            refuse(Errors.StaleState.selector, uint256(0));
            vm.prank(patient);
            patients.setReplacementDelay(patient, seen[i], 3 days);
        }
        _setDelay(patient, 30 days);
        take();
        assertEq(patients.patientOf(patient).delayFrom, NOW + 7 days, "from");
        refuse(Errors.StaleState.selector, NOW + 7 days);
        vm.prank(patient);
        patients.setReplacementDelay(patient, 0, 3 days);
        expectNoEntry();
    }

    function test_RevertWhen_TheDelayIsOutOfRange() external {
        uint32[4] memory wrong = [0, 3 days - 1, 30 days + 1, type(uint32).max];
        for (uint256 i; i < wrong.length; ++i) {
            refuse(Errors.DelayOutOfRange.selector, wrong[i]);
            _setDelay(patient, wrong[i]);
        }
    }

    function test_RevertWhen_TheDelayIsAnothers() external {
        address[5] memory others = [stranger, guardian, registrar, doctor, otherPatient];
        for (uint256 i; i < others.length; ++i) {
            refuse(Errors.NotController.selector, patient, others[i]);
            _setDelay(others[i], 3 days);
        }
        refuse(Errors.NotRegistered.selector, stranger);
        vm.prank(stranger);
        patients.setReplacementDelay(stranger, seenDelay(stranger), 3 days);
    }

    function test_ReplaceController_ForgottenAfterThirtyDays() external {
        _announce(thief);
        vm.warp(NOW + DELAY + 30 days + 1);
        refuse(Errors.NothingPending.selector);
        vm.prank(thief);
        patients.completeReplacement(patient, thief);
        assertEq(patients.patientOf(patient).pendingWallet, address(0), "forgotten");
    }

    function test_CompleteReplacement_InTheLastSecond() external {
        _announce(thief);
        vm.warp(NOW + DELAY + 30 days);
        vm.prank(thief);
        patients.completeReplacement(patient, thief);
        assertEq(patients.patientOf(patient).controller, thief, "taken over");
    }

    function _announce(address to) private {
        vm.prank(registrar);
        patients.replaceController(patient, to);
        vm.prank(guardian);
        patients.replaceController(patient, to);
        take();
    }

    function _setDelay(address caller, uint32 delay) private {
        vm.prank(caller);
        patients.setReplacementDelay(patient, seenDelay(patient), delay);
    }
}
