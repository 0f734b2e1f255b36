// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {UserAuthentication} from "../../../contracts/UserAuthentication.sol";
import {IUserAuthentication} from "../../../contracts/interfaces/IUserAuthentication.sol";
import {Layout} from "./Layout.sol";
import {Refusals} from "./Refusals.sol";
import {StubLedger} from "./StubLedger.sol";

/// @title Proofs: the words of users and of delegations
contract UserProof is StubLedger {
    /// @dev Where UserAuthentication keeps its users and their vaults; see PatientProof.
    uint256 private constant USERS = 2;
    uint256 private constant VAULTS = 4;
    address private constant ID = address(0xaa);
    uint256 private constant KEY = 0x2b;

    UserAuthentication private _contract;

    function setUp() public {
        _contract = new UserAuthentication(FORWARDER, address(this));
    }

    /// @notice A delegation goes to the ledger with its four fields in their places, in that of since
    /// the one that the signer saw, and nothing in that of replaceUntil, which the ledger fills.
    function check_delegationIsPacked(
        uint32 scope,
        uint16 powers,
        uint32 maxGrant,
        uint40 expiry,
        uint40 seenSince,
        uint40 time
    ) public {
        vm.warp(time);
        _contract.setDelegate(ID, address(1), scope, powers, maxGrant, expiry, seenSince);
        assert(
            _word
                == uint256(scope) | (uint256(powers) << Layout.DELEGATION_POWERS)
                    | (uint256(maxGrant) << Layout.DELEGATION_MAX_GRANT)
                    | (uint256(seenSince) << Layout.DELEGATION_SINCE)
                    | (uint256(expiry) << Layout.DELEGATION_EXPIRY)
        );
    }

    /// @notice A delegation is set exactly when it leaves slot 0 out, names known powers and does not
    /// end in the past: zero ends it.
    function check_delegationIsSetExactly(
        uint32 scope,
        uint16 powers,
        uint40 expiry,
        uint40 seenSince,
        uint40 time
    ) public {
        vm.warp(time);
        (bool done,) = Refusals.tried(
            address(_contract),
            abi.encodeCall(
                UserAuthentication.setDelegate,
                (ID, address(1), scope, powers, 1 days, expiry, seenSince)
            )
        );
        assert(done == (scope & 0x10001 == 0 && powers < 64 && (expiry == 0 || expiry > time)));
    }

    /// @notice Every field of a delegation is read from its place.
    function check_delegationIsUnpacked(uint256 word, uint256 controller) public {
        vm.assume(word != 0);
        (_delegation, _controller) = (word, controller);
        IUserAuthentication.Delegation memory state = _contract.delegateOf(ID, address(1));
        assert(state.scope == Layout.field(word, 0, 32));
        assert(state.powers == Layout.field(word, Layout.DELEGATION_POWERS, 16));
        assert(state.maxGrant == Layout.field(word, Layout.DELEGATION_MAX_GRANT, 32));
        assert(state.since == Layout.field(word, Layout.DELEGATION_SINCE, 40));
        assert(state.expiry == Layout.field(word, Layout.DELEGATION_EXPIRY, 40));
        assert(state.replaceUntil == Layout.field(word, Layout.DELEGATION_REPLACE_UNTIL, 40));
        uint256 since = Layout.field(controller, Layout.CONTROLLER_SINCE, 40);
        assert(state.lapsed == (state.since <= since));
    }

    /// @notice The controller's wallet is read from its place.
    function check_controllerIsUnpacked(uint256 word) public {
        _controller = word;
        uint256 wallet = word == 0 ? uint160(ID) : Layout.field(word, 0, 160);
        assert(uint160(_contract.controllerOf(ID)) == wallet);
    }

    /// @notice Every field of a user is read from its place.
    function check_userIsUnpacked(uint256 word) public {
        _store(word);
        IUserAuthentication.User memory user = _contract.getUser(ID);
        assert(user.role == Layout.field(word, Layout.USER_ROLE, 8));
        assert(user.active == (Layout.field(word, Layout.USER_INACTIVE, 1) == 0));
        assert(uint160(user.authenticator) == Layout.field(word, 0, 160));
        assert(user.keyVersion == Layout.field(word, Layout.USER_KEY_VERSION, 32));
        assert(user.registeredAt == Layout.field(word, Layout.USER_REGISTERED_AT, 40));
    }

    /// @notice A new user's word, whatever the role and the authenticator.
    function check_newUserIsPacked(uint8 role, address authenticator, uint40 time, bytes32 r)
        public
    {
        vm.warp(time);
        vm.store(address(_contract), _place(address(this)), 0);
        // Whom a signature recovers to is anybody, so that of the caller's too is among them.
        bytes memory signature = abi.encodePacked(r, bytes32(uint256(1)), uint8(27));
        _contract.register(role, authenticator, bytes32(KEY), signature);
        uint256 word = uint256(vm.load(address(_contract), _place(address(this))));
        assert(
            word
                == uint256(uint160(authenticator)) | (uint256(role) << Layout.USER_ROLE)
                    | (uint256(1) << Layout.USER_KEY_VERSION)
                    | (uint256(time) << Layout.USER_REGISTERED_AT)
        );
        assert(
            _meta == (uint256(1) << Layout.META_ACTION) | (uint256(1) << Layout.META_VERSION) | role
        );
    }

    /// @notice Another authenticator changes its 160 bits, and no other.
    function check_authenticatorMovesAlone(uint256 word, address seen, address authenticator)
        public
    {
        _store(word);
        _contract.rotateAuthenticator(ID, seen, authenticator);
        assert(_load() == Layout.put(word, 0, 160, uint160(authenticator)));
        assert(_meta == uint256(2) << Layout.META_ACTION);
    }

    /// @notice The authenticator of an active user is changed exactly when the present one was seen.
    function check_authenticatorIsNamed(uint256 word, address seen, address authenticator) public {
        vm.store(address(_contract), _place(ID), bytes32(word));
        (bool done, bytes memory answer) = Refusals.tried(
            address(_contract),
            abi.encodeCall(UserAuthentication.rotateAuthenticator, (ID, seen, authenticator))
        );
        uint256 current = Layout.field(word, 0, 160);
        bool same = uint160(seen) == current;
        assert(done == (_isActive(word) && same && authenticator != address(0)));
        if (_isActive(word) && !same) assert(Refusals.isStale(answer, current));
    }

    /// @notice Another vault changes its digest, and nothing of the user's word.
    function check_vaultMovesAlone(uint256 word, bytes32 current, bytes32 seen, bytes32 digest)
        public
    {
        _store(word);
        vm.store(address(_contract), keccak256(abi.encode(ID, VAULTS)), current);
        _contract.setVault(ID, seen, digest);
        assert(_contract.getUser(ID).vaultDigest == digest);
        assert(_load() == word);
        assert(_meta == uint256(4) << Layout.META_ACTION);
    }

    /// @notice The vault of an active user is changed exactly when the present one was seen.
    function check_vaultIsNamed(uint256 word, bytes32 current, bytes32 seen, bytes32 digest)
        public
    {
        vm.store(address(_contract), _place(ID), bytes32(word));
        vm.store(address(_contract), keccak256(abi.encode(ID, VAULTS)), current);
        (bool done, bytes memory answer) = Refusals.tried(
            address(_contract), abi.encodeCall(UserAuthentication.setVault, (ID, seen, digest))
        );
        assert(done == (_isActive(word) && seen == current));
        if (_isActive(word) && seen != current) assert(Refusals.isStale(answer, uint256(current)));
    }

    /// @notice Another key moves the key's version by one, and no other bit.
    function check_keyVersionMovesAlone(uint256 word, uint32 version, bytes32 r) public {
        _store(word);
        bytes memory signature = abi.encodePacked(r, bytes32(uint256(1)), uint8(27));
        _contract.rotateEncryptionKey(ID, bytes32(KEY), version, signature);
        assert(version == Layout.field(word, Layout.USER_KEY_VERSION, 32) + 1);
        assert(_load() == Layout.put(word, Layout.USER_KEY_VERSION, 32, version));
        assert(version < 1 << 24);
        assert(
            _meta == (uint256(3) << Layout.META_ACTION) | (uint256(version) << Layout.META_VERSION)
        );
    }

    /// @notice Deactivating sets one bit of a user, and no other.
    function check_deactivatingSetsOneBit(uint256 word) public {
        _store(word);
        _contract.deactivate(ID);
        assert(_load() == Layout.put(word, Layout.USER_INACTIVE, 1, 1));
        assert(_meta == uint256(6) << Layout.META_ACTION);
        assert(Layout.field(word, Layout.USER_INACTIVE, 1) == 0);
    }

    function _isActive(uint256 word) private pure returns (bool) {
        return word != 0 && Layout.field(word, Layout.USER_INACTIVE, 1) == 0;
    }

    function _store(uint256 word) private {
        vm.assume(word != 0);
        vm.store(address(_contract), _place(ID), bytes32(word));
    }

    function _load() private view returns (uint256) {
        return uint256(vm.load(address(_contract), _place(ID)));
    }

    function _place(address id) private pure returns (bytes32) {
        return keccak256(abi.encode(id, USERS));
    }
}
