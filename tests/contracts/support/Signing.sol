// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IContractAudit} from "../../../contracts/interfaces/IContractAudit.sol";
import {Test} from "./Test.sol";

/// @notice Wallets with known keys, and the EIP-712 statements that MedRec's users sign.
abstract contract Signing is Test {
    bytes32 internal constant DOMAIN_TYPE = keccak256(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    );
    bytes32 internal constant BINDING_TYPE = keccak256("KeyBinding(bytes32 key,uint32 keyVersion)");
    bytes32 internal constant LOGIN_TYPE =
        keccak256("Login(address id,bytes32 challenge,uint40 issuedAt)");
    bytes32 internal constant RECEIPT_TYPE = keccak256(
        "Receipt(address patient,address actor,bytes32 recordId,uint40 seenAt,bytes32 digest,address via)"
    );

    mapping(address wallet => uint256 key) internal keys;

    /// @dev A wallet whose private key follows from its name.
    function wallet(string memory name) internal returns (address account) {
        uint256 key = uint256(keccak256(bytes(name))) >> 1;
        account = vm.addr(key);
        keys[account] = key;
        vm.label(account, name);
    }

    /// @dev The domain separator of one of the four contracts (EIP-712).
    function domain(address verifyingContract) internal view returns (bytes32) {
        return keccak256(
            abi.encode(
                DOMAIN_TYPE, keccak256("MedRec"), keccak256("1"), block.chainid, verifyingContract
            )
        );
    }

    /// @dev The signature of a struct hash in a domain, as r, s, v.
    function signed(address signer, bytes32 separator, bytes32 structHash)
        internal
        view
        returns (bytes memory)
    {
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", separator, structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(keys[signer], digest);
        return abi.encodePacked(r, s, v);
    }

    function bindingHash(bytes32 key, uint32 version) internal pure returns (bytes32) {
        return keccak256(abi.encode(BINDING_TYPE, key, version));
    }

    function loginHash(address id, bytes32 challenge, uint40 issuedAt)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(LOGIN_TYPE, id, challenge, issuedAt));
    }

    function receiptHash(IContractAudit.Receipt memory receipt) internal pure returns (bytes32) {
        return keccak256(
            abi.encode(
                RECEIPT_TYPE,
                receipt.patient,
                receipt.actor,
                receipt.recordId,
                receipt.seenAt,
                receipt.digest,
                receipt.via
            )
        );
    }
}
