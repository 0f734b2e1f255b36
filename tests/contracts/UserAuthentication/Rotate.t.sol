// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";
import {IUserAuthentication} from "../../../contracts/interfaces/IUserAuthentication.sol";

contract RotateTest is Fixture {
    using MetaWord for uint256;

    address internal fresh = wallet("a fresh authenticator");
    bytes32 internal constant KEY = keccak256("the next X25519 key");

    function test_RotateAuthenticator_OnThePatientsChain() external {
        vm.prank(patient);
        users.rotateAuthenticator(patient, seenAuthenticator(patient), fresh);
        expectEntry(
            patient, patient, word(patient), meta(Actions.AUTHENTICATOR_ROTATED), word(fresh)
        );
        assertEq(users.getUser(patient).authenticator, fresh, "authenticator");
        assertEq(users.getUser(patient).keyVersion, 1, "the rest stays");
    }

    function test_RotateAuthenticator_OnTheCommonChainForADoctor() external {
        vm.prank(doctor);
        users.rotateAuthenticator(doctor, seenAuthenticator(doctor), fresh);
        expectEntry(
            address(0), doctor, word(doctor), meta(Actions.AUTHENTICATOR_ROTATED), word(fresh)
        );
    }

    function test_RevertWhen_AuthenticatorIsZero() external {
        refuse(Errors.BadSignature.selector);
        vm.prank(patient);
        users.rotateAuthenticator(patient, seenAuthenticator(patient), address(0));
    }

    function test_RevertWhen_AuthenticatorOfNobody() external {
        refuse(Errors.NotUser.selector, stranger);
        vm.prank(stranger);
        users.rotateAuthenticator(stranger, seenAuthenticator(stranger), fresh);
    }

    function test_RevertWhen_AuthenticatorRotatedByADelegate() external {
        refuse(Errors.NotController.selector, patient, guardian);
        vm.prank(guardian);
        users.rotateAuthenticator(patient, seenAuthenticator(patient), fresh);
    }

    /// @dev A password that was changed again stays so, whatever a relay holds back.
    function test_RevertWhen_AnotherAuthenticatorIsExpected() external {
        address present = authenticatorOf(patient);
        address[3] memory seen = [fresh, address(0), patient];
        for (uint256 i; i < seen.length; ++i) {
            refuse(Errors.StaleState.selector, uint160(present));
            vm.prank(patient);
            users.rotateAuthenticator(patient, seen[i], fresh);
        }
        expectNoEntry();
    }

    function test_RotateEncryptionKey_RaisesTheVersion() external {
        _rotateKey(patient, KEY, 2, patient);
        expectEntry(
            patient, patient, word(patient), meta(Actions.ENCRYPTION_KEY_ROTATED).version(2), KEY
        );
        IUserAuthentication.User memory user = users.getUser(patient);
        assertEq(user.key, KEY, "key");
        assertEq(user.keyVersion, 2, "version");
        assertEq(user.authenticator, authenticatorOf(patient), "the rest stays");
        assertEq(user.registeredAt, BEGIN, "the rest stays");
        _rotateKey(patient, keyOf(patient), 3, patient);
        assertEq(users.getUser(patient).keyVersion, 3, "version");
    }

    /// @dev A replayed old version would bring a stolen key back.
    function test_RevertWhen_KeyVersionDoesNotFollow() external {
        refuse(Errors.KeyVersionMustFollow.selector, 1);
        _rotateKey(patient, KEY, 1, patient);
        refuse(Errors.KeyVersionMustFollow.selector, 1);
        _rotateKey(patient, KEY, 3, patient);
        refuse(Errors.KeyVersionMustFollow.selector, 1);
        _rotateKey(patient, KEY, 0, patient);
        refuse(Errors.KeyVersionMustFollow.selector, 1);
        _rotateKey(patient, KEY, type(uint32).max, patient);
    }

    function test_RevertWhen_RotatedKeyIsOfLowOrder() external {
        refuse(Errors.LowOrderKey.selector);
        _rotateKey(patient, bytes32(0), 2, patient);
        refuse(Errors.LowOrderKey.selector);
        _rotateKey(patient, bytes32(uint256(0x80)), 2, patient);
    }

    function test_RevertWhen_BindingIsAnothers() external {
        refuse(Errors.BadSignature.selector);
        _rotateKey(patient, KEY, 2, stranger);
    }

    function test_RevertWhen_BindingIsForAnotherVersion() external {
        bytes memory binding = signed(patient, domain(address(users)), bindingHash(KEY, 3));
        refuse(Errors.BadSignature.selector);
        vm.prank(patient);
        users.rotateEncryptionKey(patient, KEY, 2, binding);
    }

    function test_RevertWhen_KeyRotatedByAStranger() external {
        bytes memory binding = signed(stranger, domain(address(users)), bindingHash(KEY, 2));
        refuse(Errors.NotController.selector, patient, stranger);
        vm.prank(stranger);
        users.rotateEncryptionKey(patient, KEY, 2, binding);
    }

    function test_RevertWhen_KeyOfNobody() external {
        refuse(Errors.NotUser.selector, stranger);
        _rotateKey(stranger, KEY, 1, stranger);
    }

    function test_SetVault_SaysWhereItLies() external {
        vm.prank(patient);
        users.setVault(patient, seenVault(patient), DIGEST);
        expectEntry(patient, patient, word(patient), meta(Actions.VAULT_SET), DIGEST);
        assertEq(users.getUser(patient).vaultDigest, DIGEST, "vault");
    }

    function test_SetVault_OnTheCommonChainForADoctor() external {
        vm.prank(doctor);
        users.setVault(doctor, seenVault(doctor), DIGEST);
        expectEntry(address(0), doctor, word(doctor), meta(Actions.VAULT_SET), DIGEST);
    }

    /// @dev An older vault does not come back over a newer one.
    function test_RevertWhen_AnotherVaultIsExpected() external {
        refuse(Errors.StaleState.selector, uint256(0));
        vm.prank(patient);
        users.setVault(patient, DIGEST, NEXT_DIGEST);
        vm.prank(patient);
        users.setVault(patient, 0, DIGEST);
        take();
        refuse(Errors.StaleState.selector, uint256(DIGEST));
        vm.prank(patient);
        users.setVault(patient, 0, NEXT_DIGEST);
        expectNoEntry();
    }

    function test_RevertWhen_VaultOfAnother() external {
        refuse(Errors.NotController.selector, patient, stranger);
        vm.prank(stranger);
        users.setVault(patient, seenVault(patient), DIGEST);
        refuse(Errors.NotUser.selector, stranger);
        vm.prank(stranger);
        users.setVault(stranger, seenVault(stranger), DIGEST);
    }

    function _rotateKey(address id, bytes32 key, uint32 version, address signer) private {
        bytes memory binding = signed(signer, domain(address(users)), bindingHash(key, version));
        vm.prank(id);
        users.rotateEncryptionKey(id, key, version, binding);
    }
}
