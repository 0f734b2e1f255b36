// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {BreakGlass} from "../../../contracts/delegates/BreakGlass.sol";
import {Clinic} from "../../../contracts/delegates/Clinic.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {Fixture} from "../support/Fixture.sol";

/// @dev A contract that acts for people names the state too: what its caller saw, or what is there.
contract HeldBackTest is Fixture {
    function test_Enrol_AClinicNamesTheTurnThatItsManagerSaw() external {
        address manager = wallet("manager");
        bytes32 next = keccak256("another profile");
        Clinic clinic = new Clinic(audit, manager);
        vm.startPrank(manager);
        clinic.enrol(0, DIGEST);
        clinic.enrol(1, next);
        (bytes24 profile,,,, uint8 turn) = doctors.doctorOf(address(clinic));
        assertEq(bytes32(profile), bytes32(bytes24(next)), "profile");
        assertEq(uint256(turn), 2, "turn");
        vm.expectRevert(abi.encodeWithSelector(Errors.StaleState.selector, 2));
        clinic.enrol(1, DIGEST);
        vm.stopPrank();
    }

    /// @dev An emergency after one that is still open, and after one that has ended.
    function test_Open_AnEmergencyAfterAnother() external {
        BreakGlass glass = new BreakGlass(audit, ungranted);
        delegate(ungranted, doctor, LOG, UNTIL);
        delegate(ungranted, colleague, LOG, UNTIL);
        delegate(patient, address(glass), GRANT, UNTIL);
        vm.prank(patient);
        glass.arrange(patient, profileOf(ungranted), 0x1e, 10 minutes, 1 hours, DIGEST);
        uint40[3] memory pauses = [uint40(0), 10 minutes, 2 hours];
        for (uint256 i; i < pauses.length; ++i) {
            vm.warp(block.timestamp + pauses[i]);
            uint40 readyAt = uint40(block.timestamp + 10 minutes);
            vm.prank(doctor);
            glass.ask(patient, DIGEST);
            vm.prank(colleague);
            glass.confirm(patient);
            vm.warp(readyAt);
            vm.prank(doctor);
            glass.open(patient);
            assertEq(doctors.grantOf(patient, ungranted).expiry, readyAt + 1 hours, "the end");
        }
    }
}
