// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";
import {IUserAuthentication} from "../../../contracts/interfaces/IUserAuthentication.sol";

contract RegisterTest is Fixture {
    using MetaWord for uint256;

    address internal newcomer = wallet("newcomer");
    bytes32 internal constant KEY = keccak256("X25519 of the newcomer");

    function test_Register_StoresTheUser() external {
        _register(1, KEY, _binding(newcomer, KEY, 1));
        expectEntry(
            address(0),
            newcomer,
            word(newcomer),
            meta(Actions.USER_REGISTERED).version(1).kind(1),
            KEY
        );
        IUserAuthentication.User memory user = users.getUser(newcomer);
        assertEq(user.role, 1, "role");
        assertTrue(user.active, "active");
        assertEq(user.authenticator, authenticatorOf(newcomer), "authenticator");
        assertEq(user.key, KEY, "key");
        assertEq(user.keyVersion, 1, "key version");
        assertEq(user.vaultDigest, bytes32(0), "vault");
        assertEq(user.registeredAt, NOW, "registered at");
    }

    function testFuzz_Register_AcceptsFourRolesOnly(uint8 role) external {
        if (role == 0 || role > 4) refuse(Errors.BadKind.selector, role);
        _register(role, KEY, _binding(newcomer, KEY, 1));
    }

    function test_RevertWhen_RegisteredAlready() external {
        bytes memory binding = _binding(patient, KEY, 1);
        refuse(Errors.AlreadyRegistered.selector, patient);
        vm.prank(patient);
        users.register(1, authenticatorOf(patient), KEY, binding);
        expectNoEntry();
    }

    function test_RevertWhen_DeactivatedUserRegistersAgain() external {
        vm.prank(ungranted);
        users.deactivate(ungranted);
        bytes memory binding = _binding(ungranted, KEY, 1);
        refuse(Errors.AlreadyRegistered.selector, ungranted);
        vm.prank(ungranted);
        users.register(2, authenticatorOf(ungranted), KEY, binding);
    }

    function test_RevertWhen_AuthenticatorIsZero() external {
        bytes memory binding = _binding(newcomer, KEY, 1);
        refuse(Errors.BadSignature.selector);
        vm.prank(newcomer);
        users.register(1, address(0), KEY, binding);
    }

    /// @dev Somebody's key, replayed under another account, would make others seal to a key that
    /// its holder never chose for that account.
    function test_RevertWhen_BindingIsAnothersSignature() external {
        _refused(KEY, _binding(stranger, KEY, 1));
    }

    function test_RevertWhen_BindingIsForAnotherKey() external {
        _refused(KEY, _binding(newcomer, keccak256("another key"), 1));
    }

    function test_RevertWhen_BindingIsForAnotherVersion() external {
        _refused(KEY, _binding(newcomer, KEY, 2));
    }

    function test_RevertWhen_BindingIsForAnotherContract() external {
        bytes memory binding = signed(newcomer, domain(address(patients)), bindingHash(KEY, 1));
        _refused(KEY, binding);
    }

    function test_RevertWhen_BindingIsForAnotherChain() external {
        uint256 here = block.chainid;
        vm.chainId(here + 1);
        bytes memory binding = _binding(newcomer, KEY, 1);
        vm.chainId(here);
        _refused(KEY, binding);
    }

    function test_RevertWhen_BindingIsNotASignature() external {
        _refused(KEY, "");
        _refused(KEY, new bytes(65));
        _refused(KEY, new bytes(64));
        _refused(KEY, abi.encodePacked(_binding(newcomer, KEY, 1), uint8(0)));
    }

    /// @dev The other s of a signature verifies in ecrecover too: refused, as by OpenZeppelin.
    function test_RevertWhen_BindingIsMalleable() external {
        bytes memory binding = _binding(newcomer, KEY, 1);
        (bytes32 r, bytes32 s, uint8 v) = _split(binding);
        uint256 order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141;
        bytes32 high = bytes32(order - uint256(s));
        _refused(KEY, abi.encodePacked(r, high, v == 27 ? uint8(28) : uint8(27)));
    }

    /// @dev The twelve encodings of the points of small order on Curve25519 and its twist, which
    /// libsodium refuses (crypto_scalarmult_curve25519, has_small_order), each also with the top
    /// bit that X25519 ignores (RFC 7748 section 5).
    function test_RevertWhen_KeyIsOfLowOrder() external {
        bytes32[7] memory low = [
            bytes32(0),
            bytes32(uint256(1) << 248),
            0xe0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800,
            0x5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157,
            0xecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f,
            0xedffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f,
            0xeeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f
        ];
        for (uint256 i; i < low.length; ++i) {
            _refusedKey(low[i]);
            _refusedKey(low[i] | bytes32(uint256(0x80)));
        }
        expectNoEntry();
    }

    /// @dev Neighbours of the refused ones are keys like any other.
    function test_Register_AcceptsTheNeighbours() external {
        uint256 before = uint256(0xebffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f);
        _register(1, bytes32(before), _binding(newcomer, bytes32(before), 1));
        assertEq(users.getUser(newcomer).key, bytes32(before), "key");
    }

    function test_DomainSeparator_IsOurs() external view {
        assertEq(users.domainSeparator(), domain(address(users)), "domain");
    }

    function test_GetUser_IsZeroForNobody() external view {
        IUserAuthentication.User memory user = users.getUser(stranger);
        assertEq(user.role, 0, "role");
        assertFalse(user.active, "active");
        assertEq(user.keyVersion, 0, "key version");
    }

    function _register(uint8 role, bytes32 key, bytes memory binding) private {
        address authenticator = authenticatorOf(newcomer);
        vm.prank(newcomer);
        users.register(role, authenticator, key, binding);
    }

    function _refused(bytes32 key, bytes memory binding) private {
        address authenticator = authenticatorOf(newcomer);
        refuse(Errors.BadSignature.selector);
        vm.prank(newcomer);
        users.register(1, authenticator, key, binding);
    }

    function _refusedKey(bytes32 key) private {
        bytes memory binding = _binding(newcomer, key, 1);
        address authenticator = authenticatorOf(newcomer);
        refuse(Errors.LowOrderKey.selector);
        vm.prank(newcomer);
        users.register(1, authenticator, key, binding);
    }

    function _binding(address signer, bytes32 key, uint32 version)
        private
        view
        returns (bytes memory)
    {
        return signed(signer, domain(address(users)), bindingHash(key, version));
    }

    function _split(bytes memory signature) private pure returns (bytes32 r, bytes32 s, uint8 v) {
        assembly ("memory-safe") {
            r := mload(add(signature, 0x20))
            s := mload(add(signature, 0x40))
            v := byte(0, mload(add(signature, 0x60)))
        }
    }
}
