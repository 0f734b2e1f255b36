// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {
    IAccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Fixture} from "../support/Fixture.sol";

/// @dev The default admin is handed over in two steps with a delay; roles are given by it alone.
contract RolesTest is Fixture {
    address internal successor = wallet("successor");

    function test_Handover_InTwoStepsAfterTheDelay() external {
        _handover(IAccessControlDefaultAdminRules(address(patients)));
        _handover(IAccessControlDefaultAdminRules(address(doctors)));
    }

    function test_RevertWhen_TheHandoverIsAnothers() external {
        _refusedHandover(IAccessControlDefaultAdminRules(address(patients)));
        _refusedHandover(IAccessControlDefaultAdminRules(address(doctors)));
    }

    function test_Handover_MayBeCancelled() external {
        vm.startPrank(admin);
        patients.beginDefaultAdminTransfer(successor);
        patients.cancelDefaultAdminTransfer();
        vm.stopPrank();
        vm.warp(NOW + ADMIN_DELAY + 1);
        _refusedAcceptance(patients, successor);
        assertEq(patients.defaultAdmin(), admin, "the same admin");
    }

    function test_RevertWhen_TheAdminRoleIsGivenInOneStep() external {
        vm.startPrank(admin);
        vm.expectRevert(
            IAccessControlDefaultAdminRules.AccessControlEnforcedDefaultAdminRules.selector
        );
        patients.grantRole(bytes32(0), successor);
        vm.expectRevert(
            IAccessControlDefaultAdminRules.AccessControlEnforcedDefaultAdminRules.selector
        );
        doctors.revokeRole(bytes32(0), admin);
        vm.stopPrank();
    }

    function test_RevertWhen_RolesAreGivenByAnother() external {
        bytes32 registrars = patients.REGISTRAR_ROLE();
        bytes32 verifiers = doctors.VERIFIER_ROLE();
        address[5] memory others = [stranger, registrar, verifier, patient, doctor];
        for (uint256 i; i < others.length; ++i) {
            _refusedRole(others[i]);
            patients.grantRole(registrars, others[i]);
            _refusedRole(others[i]);
            patients.revokeRole(registrars, registrar);
            _refusedRole(others[i]);
            doctors.grantRole(verifiers, others[i]);
            _refusedRole(others[i]);
            doctors.revokeRole(verifiers, verifier);
        }
    }

    function test_RevokedRole_EndsAtOnce() external {
        bytes32 role = doctors.VERIFIER_ROLE();
        vm.prank(admin);
        doctors.revokeRole(role, verifier);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControl.AccessControlUnauthorizedAccount.selector, verifier, role
            )
        );
        setStatus(pending, 2);
    }

    /// @dev Registrars and verifiers are roles of two contracts: neither is the other.
    function test_Roles_AreApart() external view {
        assertFalse(patients.hasRole(patients.REGISTRAR_ROLE(), verifier), "no registrar");
        assertFalse(doctors.hasRole(doctors.VERIFIER_ROLE(), registrar), "no verifier");
        assertFalse(patients.hasRole(patients.REGISTRAR_ROLE(), admin), "not the admin");
        assertFalse(doctors.hasRole(doctors.VERIFIER_ROLE(), admin), "not the admin");
        assertTrue(patients.REGISTRAR_ROLE() != doctors.VERIFIER_ROLE(), "two roles");
    }

    function _handover(IAccessControlDefaultAdminRules administered) private {
        vm.warp(NOW);
        vm.prank(admin);
        administered.beginDefaultAdminTransfer(successor);
        assertEq(administered.defaultAdmin(), admin, "not yet");
        vm.warp(NOW + ADMIN_DELAY);
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControlDefaultAdminRules.AccessControlEnforcedDefaultAdminDelay.selector,
                NOW + ADMIN_DELAY
            )
        );
        vm.prank(successor);
        administered.acceptDefaultAdminTransfer();
        vm.warp(NOW + ADMIN_DELAY + 1);
        _refusedAcceptance(administered, stranger);
        vm.prank(successor);
        administered.acceptDefaultAdminTransfer();
        assertEq(administered.defaultAdmin(), successor, "the new admin");
        _refusedRole(admin);
        administered.beginDefaultAdminTransfer(admin);
    }

    function _refusedHandover(IAccessControlDefaultAdminRules administered) private {
        address[4] memory others = [stranger, registrar, verifier, patient];
        for (uint256 i; i < others.length; ++i) {
            _refusedRole(others[i]);
            administered.beginDefaultAdminTransfer(others[i]);
            _refusedRole(others[i]);
            administered.changeDefaultAdminDelay(0);
        }
    }

    function _refusedAcceptance(IAccessControlDefaultAdminRules administered, address caller)
        private
    {
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControlDefaultAdminRules.AccessControlInvalidDefaultAdmin.selector, caller
            )
        );
        vm.prank(caller);
        administered.acceptDefaultAdminTransfer();
    }

    function _refusedRole(address caller) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControl.AccessControlUnauthorizedAccount.selector, caller, bytes32(0)
            )
        );
        vm.prank(caller);
    }
}
