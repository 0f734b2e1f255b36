// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title UserAuthentication: who a user is
/// @notice Authenticator, encryption key, vault and delegates of an id. `id` is the address of a
/// person's first wallet; every function but `register` is called by the id's controller (the id
/// itself, or, for a patient, the wallet that replaced it), else NotController(id, caller).
/// EIP-712 domain: name "MedRec", version "1", chain id, this contract.
interface IUserAuthentication {
    /// @notice A registered user. `role` 1 patient, 2 doctor, 3 administrator, 4 delegate; 0 is
    /// nobody. `key` is the X25519 key; `keyVersion` begins at 1; `registeredAt` in Unix seconds.
    struct User {
        uint8 role;
        bool active;
        address authenticator;
        bytes32 key;
        uint32 keyVersion;
        bytes32 vaultDigest;
        uint40 registeredAt;
    }

    /// @notice A delegation, live while now < expiry. `powers`: write 1, log 2, grant 4, revoke 8,
    /// rotate 16, replace 32. `maxGrant`: seconds that a delegate's grant may last. `replaceUntil`:
    /// until when a power to replace that was taken away still holds. `lapsed`: it was set before
    /// the replacement of the principal's wallet and counts no more.
    struct Delegation {
        uint40 expiry;
        uint40 since;
        uint32 maxGrant;
        uint16 powers;
        uint32 scope;
        uint40 replaceUntil;
        bool lapsed;
    }

    /// @notice Register the caller. `keyBinding` is the caller's EIP-712 signature over
    /// KeyBinding(bytes32 key,uint32 keyVersion) with keyVersion 1.
    /// Reverts: AlreadyRegistered, BadKind (role not 1..4), LowOrderKey, BadSignature (also for a
    /// zero authenticator).
    function register(uint8 role, address authenticator, bytes32 key, bytes calldata keyBinding)
        external;

    /// @notice Replace the address that the password and 8-character key lead to; `expected` is the
    /// present one. Reverts: NotUser, NotController, StaleState, BadSignature (zero address).
    function rotateAuthenticator(address id, address expected, address authenticator) external;

    /// @notice Replace the encryption key. `keyVersion` is the present one + 1; `binding` is the
    /// calling wallet's signature over KeyBinding(key, keyVersion).
    /// Reverts: NotUser, NotController, KeyVersionMustFollow, LowOrderKey, BadSignature.
    function rotateEncryptionKey(address id, bytes32 key, uint32 keyVersion, bytes calldata binding)
        external;

    /// @notice Say where the sealed vault lies: the digest of its root block. `expected` is the
    /// present one, zero before the first. Reverts: NotUser, NotController, StaleState.
    function setVault(address id, bytes32 expected, bytes32 digest) external;

    /// @notice Name, change or (expiry 0) remove a delegate of `id`; `id` need not be a user.
    /// Taking the power to replace from a patient's delegate takes effect after the patient's
    /// replacement delay. `expectedSince` is `since` of the present delegation, zero before the first:
    /// what was decided later is not undone by an older request. Reverts: NotController, SelfGrant
    /// (the delegate is the id), BadScope (bit 0 or 16), BadKind (powers above 63), BadExpiry
    /// (neither 0 nor in the future), StaleState.
    function setDelegate(
        address id,
        address delegate,
        uint32 scope,
        uint16 powers,
        uint32 maxGrant,
        uint40 expiry,
        uint40 expectedSince
    ) external;

    /// @notice End the account for ever; rights on chain are revoked by their own functions.
    /// Reverts: NotUser, NotController.
    function deactivate(address id) external;

    /// @notice Whether `signature` is the authenticator's over
    /// Login(address id,bytes32 challenge,uint40 issuedAt), at the block's time; an active user's,
    /// with issuedAt <= now <= issuedAt + 300.
    function authenticate(address id, bytes32 challenge, uint40 issuedAt, bytes calldata signature)
        external
        view
        returns (bool);

    /// @notice As `authenticate`, at the time `asOf`: an idle chain's last block is old.
    function authenticateAt(
        address id,
        bytes32 challenge,
        uint40 issuedAt,
        bytes calldata signature,
        uint40 asOf
    ) external view returns (bool);

    /// @notice The user of an id; all zero when not registered.
    function getUser(address id) external view returns (User memory);

    /// @notice The delegation of `principal` to `delegate`; all zero when there is none.
    function delegateOf(address principal, address delegate)
        external
        view
        returns (Delegation memory);

    /// @notice The wallet that acts for `id`: the id itself unless it was replaced.
    function controllerOf(address id) external view returns (address);

    /// @notice The EIP-712 domain separator.
    function domainSeparator() external view returns (bytes32);

    /// @notice The address of ContractAudit, for ever.
    function contractAudit() external view returns (address);
}
