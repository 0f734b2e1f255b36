// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";

contract AuthenticateTest is Fixture {
    bytes32 internal constant CHALLENGE = keccak256("a fresh challenge");

    function test_Authenticate_TheAuthenticatorsSignature() external {
        assertTrue(users.authenticate(patient, CHALLENGE, NOW, _login(patient, NOW)), "now");
        assertTrue(_at(NOW, NOW), "as it begins");
        assertTrue(_at(NOW, NOW + 300), "as it ends");
    }

    function test_Authenticate_NotTooOldNorOfTheFuture() external {
        assertFalse(_at(NOW, NOW + 301), "too old");
        assertFalse(_at(NOW, NOW - 1), "of the future");
        bytes memory login = _login(patient, NOW);
        vm.warp(NOW + 301);
        assertFalse(users.authenticate(patient, CHALLENGE, NOW, login), "too old by now");
    }

    /// @dev The sum of issuedAt and the validity must not wrap.
    function test_Authenticate_TimesAtTheEdgeOfTheirType() external {
        assertFalse(_at(type(uint40).max, NOW), "far future");
        assertTrue(_at(type(uint40).max, type(uint40).max), "the last second");
        assertFalse(_at(0, type(uint40).max), "the first second is long ago");
    }

    function test_Authenticate_NotAnothersSignature() external {
        bytes memory login = signed(
            authenticatorOf(otherPatient),
            domain(address(users)),
            loginHash(patient, CHALLENGE, NOW)
        );
        assertFalse(users.authenticate(patient, CHALLENGE, NOW, login), "another's authenticator");
        login = signed(patient, domain(address(users)), loginHash(patient, CHALLENGE, NOW));
        assertFalse(users.authenticate(patient, CHALLENGE, NOW, login), "the wallet itself");
    }

    function test_Authenticate_NotAnotherStatement() external {
        bytes memory login = _login(patient, NOW);
        assertFalse(
            users.authenticate(patient, keccak256("another"), NOW, login), "another challenge"
        );
        assertFalse(users.authenticate(patient, CHALLENGE, NOW - 1, login), "another time");
        assertFalse(users.authenticate(otherPatient, CHALLENGE, NOW, login), "another id");
        login = signed(
            authenticatorOf(patient), domain(address(patients)), loginHash(patient, CHALLENGE, NOW)
        );
        assertFalse(users.authenticate(patient, CHALLENGE, NOW, login), "another contract");
    }

    function test_Authenticate_NotASignature() external view {
        assertFalse(users.authenticate(patient, CHALLENGE, NOW, ""), "empty");
        assertFalse(users.authenticate(patient, CHALLENGE, NOW, new bytes(65)), "zeros");
        assertFalse(users.authenticate(stranger, CHALLENGE, NOW, new bytes(65)), "nobody");
        assertFalse(users.authenticate(stranger, CHALLENGE, NOW, ""), "nobody, empty");
    }

    function test_Authenticate_NotTheOldAuthenticator() external {
        address fresh = wallet("fresh");
        bytes memory old = _login(patient, NOW);
        vm.prank(patient);
        users.rotateAuthenticator(patient, seenAuthenticator(patient), fresh);
        assertFalse(users.authenticate(patient, CHALLENGE, NOW, old), "the old one");
        bytes memory login =
            signed(fresh, domain(address(users)), loginHash(patient, CHALLENGE, NOW));
        assertTrue(users.authenticate(patient, CHALLENGE, NOW, login), "the new one");
    }

    function test_Deactivate_EndsTheAccount() external {
        vm.prank(patient);
        users.deactivate(patient);
        expectEntry(patient, patient, word(patient), meta(Actions.USER_DEACTIVATED), 0);
        assertFalse(users.getUser(patient).active, "inactive");
        assertFalse(users.authenticate(patient, CHALLENGE, NOW, _login(patient, NOW)), "no login");
    }

    function test_Deactivate_OnTheCommonChainForADoctor() external {
        vm.prank(doctor);
        users.deactivate(doctor);
        expectEntry(address(0), doctor, word(doctor), meta(Actions.USER_DEACTIVATED), 0);
    }

    function test_RevertWhen_Deactivated() external {
        vm.startPrank(patient);
        users.deactivate(patient);
        vm.stopPrank();
        bytes memory binding = signed(patient, domain(address(users)), bindingHash(DIGEST, 2));
        vm.startPrank(patient);
        refuse(Errors.NotUser.selector, patient);
        users.deactivate(patient);
        refuse(Errors.NotUser.selector, patient);
        users.rotateAuthenticator(patient, seenAuthenticator(patient), stranger);
        refuse(Errors.NotUser.selector, patient);
        users.setVault(patient, seenVault(patient), DIGEST);
        refuse(Errors.NotUser.selector, patient);
        users.rotateEncryptionKey(patient, DIGEST, 2, binding);
        vm.stopPrank();
    }

    function test_RevertWhen_DeactivatingAnother() external {
        refuse(Errors.NotController.selector, patient, stranger);
        vm.prank(stranger);
        users.deactivate(patient);
        refuse(Errors.NotUser.selector, stranger);
        vm.prank(stranger);
        users.deactivate(stranger);
    }

    function _at(uint40 issuedAt, uint40 asOf) private returns (bool) {
        return users.authenticateAt(patient, CHALLENGE, issuedAt, _login(patient, issuedAt), asOf);
    }

    function _login(address id, uint40 issuedAt) private returns (bytes memory) {
        return
            signed(authenticatorOf(id), domain(address(users)), loginHash(id, CHALLENGE, issuedAt));
    }
}
