// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Peer} from "./base/Peer.sol";
import {IUserAuthentication} from "./interfaces/IUserAuthentication.sol";
import {Actions} from "./libraries/Actions.sol";
import {Curve25519} from "./libraries/Curve25519.sol";
import {Errors} from "./libraries/Errors.sol";
import {Words} from "./libraries/Words.sol";

/// @title UserAuthentication: who a user is
contract UserAuthentication is IUserAuthentication, Peer, EIP712 {
    bytes32 private constant KEY_BINDING_TYPE =
        keccak256("KeyBinding(bytes32 key,uint32 keyVersion)");
    bytes32 private constant LOGIN_TYPE =
        keccak256("Login(address id,bytes32 challenge,uint40 issuedAt)");

    /// @dev How long a login challenge holds, in seconds.
    uint256 private constant CHALLENGE_LIFETIME = 300;
    /// @dev Roles 1 to 4: patient, doctor, administrator, delegate.
    uint8 private constant ROLES = 4;

    /// @dev registeredAt40 | keyVersion32 | role8 | inactive8 | authenticator160, right-aligned.
    mapping(address id => uint256 word) private _users;
    mapping(address id => bytes32 key) private _keys;
    mapping(address id => bytes32 digest) private _vaults;

    uint256 private constant REGISTERED_AT = 208;
    uint256 private constant KEY_VERSION = 176;
    uint256 private constant ROLE = 168;
    uint256 private constant INACTIVE = 1 << 160;

    /// @param forwarder The ERC2771Forwarder.
    /// @param audit ContractAudit.
    constructor(address forwarder, address audit) Peer(forwarder, audit) EIP712("MedRec", "1") {}

    /// @inheritdoc IUserAuthentication
    function register(uint8 role, address authenticator, bytes32 key, bytes calldata keyBinding)
        external
    {
        address id = _msgSender();
        if (_users[id] != 0) revert Errors.AlreadyRegistered(id);
        if (role == 0 || role > ROLES) revert Errors.BadKind(role);
        if (authenticator == address(0)) revert Errors.BadSignature();
        _requireBinding(id, key, 1, keyBinding);
        _users[id] = (block.timestamp << REGISTERED_AT) | (1 << KEY_VERSION)
            | (uint256(role) << ROLE) | uint160(authenticator);
        _keys[id] = key;
        uint256 meta = Words.action(Actions.USER_REGISTERED) | (1 << Words.META_VERSION) | role;
        LEDGER.logAccount(id, id, meta, key, true);
    }

    /// @inheritdoc IUserAuthentication
    function rotateAuthenticator(address id, address expected, address authenticator) external {
        uint256 user = _activeUser(id);
        _requireState(uint160(user), uint160(expected));
        if (authenticator == address(0)) revert Errors.BadSignature();
        _users[id] = ((user >> 160) << 160) | uint160(authenticator);
        _log(id, Actions.AUTHENTICATOR_ROTATED, bytes32(uint256(uint160(authenticator))));
    }

    /// @inheritdoc IUserAuthentication
    function rotateEncryptionKey(address id, bytes32 key, uint32 keyVersion, bytes calldata binding)
        external
    {
        uint256 user = _activeUser(id);
        uint32 current = uint32(user >> KEY_VERSION);
        // The entry's version field has 24 bits.
        if (keyVersion != uint256(current) + 1 || keyVersion > Words.MASK_24) {
            revert Errors.KeyVersionMustFollow(current);
        }
        address sender = _msgSender();
        _requireBinding(sender, key, keyVersion, binding);
        _users[id] = user + (1 << KEY_VERSION);
        _keys[id] = key;
        uint256 meta = Words.action(Actions.ENCRYPTION_KEY_ROTATED)
            | (uint256(keyVersion) << Words.META_VERSION);
        LEDGER.logAccount(sender, id, meta, key, false);
    }

    /// @inheritdoc IUserAuthentication
    function setVault(address id, bytes32 expected, bytes32 digest) external {
        _activeUser(id);
        _requireState(uint256(_vaults[id]), uint256(expected));
        _vaults[id] = digest;
        _log(id, Actions.VAULT_SET, digest);
    }

    /// @inheritdoc IUserAuthentication
    function setDelegate(
        address id,
        address delegate,
        uint32 scope,
        uint16 powers,
        uint32 maxGrant,
        uint40 expiry,
        uint40 expectedSince
    ) external {
        if (scope & Words.SLOT_ZERO_BITS != 0) revert Errors.BadScope(scope);
        if (powers > Words.POWERS_ALL) revert Errors.BadKind(powers);
        if (expiry <= block.timestamp && expiry != 0) revert Errors.BadExpiry(expiry);
        uint256 delegation = (uint256(expiry) << Words.DELEGATE_EXPIRY)
            | (uint256(expectedSince) << Words.DELEGATE_SINCE)
            | (uint256(maxGrant) << Words.DELEGATE_MAX_GRANT)
            | (uint256(powers) << Words.DELEGATE_POWERS) | scope;
        LEDGER.storeDelegation(_msgSender(), id, delegate, delegation);
    }

    /// @inheritdoc IUserAuthentication
    function deactivate(address id) external {
        _users[id] = _activeUser(id) | INACTIVE;
        _log(id, Actions.USER_DEACTIVATED, 0);
    }

    /// @inheritdoc IUserAuthentication
    function authenticate(address id, bytes32 challenge, uint40 issuedAt, bytes calldata signature)
        external
        view
        returns (bool)
    {
        return _authenticates(id, challenge, issuedAt, signature, block.timestamp);
    }

    /// @inheritdoc IUserAuthentication
    function authenticateAt(
        address id,
        bytes32 challenge,
        uint40 issuedAt,
        bytes calldata signature,
        uint40 asOf
    ) external view returns (bool) {
        return _authenticates(id, challenge, issuedAt, signature, asOf);
    }

    /// @inheritdoc IUserAuthentication
    function getUser(address id) external view returns (User memory user) {
        uint256 word = _users[id];
        if (word == 0) return user;
        user.role = uint8(word >> ROLE);
        user.active = word & INACTIVE == 0;
        user.authenticator = address(uint160(word));
        user.key = _keys[id];
        user.keyVersion = uint32(word >> KEY_VERSION);
        user.vaultDigest = _vaults[id];
        user.registeredAt = uint40(word >> REGISTERED_AT);
    }

    /// @inheritdoc IUserAuthentication
    function delegateOf(address principal, address delegate)
        external
        view
        returns (Delegation memory delegation)
    {
        uint256 word = LEDGER.delegationWord(principal, delegate);
        if (word == 0) return delegation;
        delegation.expiry = Words.delegationExpiry(word);
        delegation.since = Words.delegationSince(word);
        delegation.maxGrant = Words.maxGrantOf(word);
        delegation.powers = Words.powersOf(word);
        delegation.scope = uint32(word);
        delegation.replaceUntil = Words.replaceUntilOf(word);
        uint40 since = uint40(LEDGER.controllerWord(principal) >> Words.CONTROLLER_SINCE);
        delegation.lapsed = delegation.since <= since;
    }

    /// @inheritdoc IUserAuthentication
    function controllerOf(address id) external view returns (address) {
        uint256 word = LEDGER.controllerWord(id);
        return word == 0 ? id : address(uint160(word));
    }

    /// @inheritdoc IUserAuthentication
    function domainSeparator() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @inheritdoc IUserAuthentication
    function contractAudit() external view returns (address) {
        return address(LEDGER);
    }

    /// @dev An entry on the account's chain; the ledger checks that the sender controls the id.
    function _log(address id, uint8 action, bytes32 digest) private {
        LEDGER.logAccount(_msgSender(), id, Words.action(action), digest, false);
    }

    /// @dev Reverts unless what is to be changed is as the signer saw it.
    function _requireState(uint256 current, uint256 expected) private pure {
        if (current != expected) revert Errors.StaleState(current);
    }

    /// @dev The word of a registered, active user.
    function _activeUser(address id) private view returns (uint256 user) {
        user = _users[id];
        if (user == 0 || user & INACTIVE != 0) revert Errors.NotUser(id);
    }

    /// @dev Reverts unless the wallet has signed the key, and the key is fit to seal to.
    function _requireBinding(address wallet, bytes32 key, uint32 keyVersion, bytes calldata binding)
        private
        view
    {
        if (Curve25519.isLowOrder(key)) revert Errors.LowOrderKey();
        bytes32 hash = keccak256(abi.encode(KEY_BINDING_TYPE, key, keyVersion));
        if (!_signed(wallet, hash, binding)) revert Errors.BadSignature();
    }

    function _authenticates(
        address id,
        bytes32 challenge,
        uint40 issuedAt,
        bytes calldata signature,
        uint256 time
    ) private view returns (bool) {
        uint256 user = _users[id];
        if (user == 0 || user & INACTIVE != 0) return false;
        if (time < issuedAt || time > issuedAt + CHALLENGE_LIFETIME) return false;
        bytes32 hash = keccak256(abi.encode(LOGIN_TYPE, id, challenge, issuedAt));
        return _signed(address(uint160(user)), hash, signature);
    }

    /// @dev Whether a 65-byte EIP-712 signature (low s) over a struct hash is the signer's.
    function _signed(address signer, bytes32 structHash, bytes calldata signature)
        private
        view
        returns (bool)
    {
        (address recovered, ECDSA.RecoverError failure,) =
            ECDSA.tryRecoverCalldata(_hashTypedDataV4(structHash), signature);
        return failure == ECDSA.RecoverError.NoError && recovered == signer;
    }
}
