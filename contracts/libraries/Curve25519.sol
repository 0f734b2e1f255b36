// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Curve25519: public keys that must not be used
/// @notice Source: the points of low order and their non-canonical forms in libsodium
/// (crypto_scalarmult/curve25519, has_small_order) and RFC 7748, section 6.1.
library Curve25519 {
    /// @dev The top bit of a u-coordinate (the last byte's, little-endian) is ignored by X25519.
    bytes32 private constant TOP_BIT = bytes32(uint256(0x80));

    bytes32 private constant ORDER_8_A =
        0xe0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800;
    bytes32 private constant ORDER_8_B =
        0x5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157;
    bytes32 private constant P_MINUS_1 =
        0xecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f;
    bytes32 private constant P = 0xedffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f;
    bytes32 private constant P_PLUS_1 =
        0xeeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f;
    bytes32 private constant ONE =
        0x0100000000000000000000000000000000000000000000000000000000000000;

    /// @dev Whether a key (32 bytes, little-endian) is a point of low order.
    function isLowOrder(bytes32 key) internal pure returns (bool) {
        bytes32 u = key & ~TOP_BIT;
        return u == 0 || u == ONE || u == ORDER_8_A || u == ORDER_8_B || u == P_MINUS_1 || u == P
            || u == P_PLUS_1;
    }
}
