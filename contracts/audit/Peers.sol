// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Errors} from "../libraries/Errors.sol";
import {Word, Words} from "../libraries/Words.sol";
import {Rights} from "./Rights.sol";

/// @title Peers: the three contracts that may write, and how their acts are entered
abstract contract Peers is Rights {
    address internal immutable USER_AUTHENTICATION;
    address internal immutable CONTRACT_PATIENT;
    address internal immutable CONTRACT_DOCTOR;

    constructor(address authentication, address patient, address doctor) {
        if (authentication == address(0) || patient == address(0) || doctor == address(0)) {
            revert Errors.NotPeer(address(0));
        }
        USER_AUTHENTICATION = authentication;
        CONTRACT_PATIENT = patient;
        CONTRACT_DOCTOR = doctor;
    }

    function userAuthentication() external view returns (address) {
        return USER_AUTHENTICATION;
    }

    function contractPatient() external view returns (address) {
        return CONTRACT_PATIENT;
    }

    function contractDoctor() external view returns (address) {
        return CONTRACT_DOCTOR;
    }

    /// @dev Reverts unless the caller is the peer.
    function _requirePeer(address peer) internal view {
        if (msg.sender != peer) revert Errors.NotPeer(msg.sender);
    }

    /// @dev Stores a subject's word after an act, with an entry that names the principal of a
    /// delegate: `via` zero, or the actor itself, is no delegation.
    function _store(
        Word storage stored,
        uint256 subject,
        address id,
        address actor,
        address via,
        bytes32 ref
    ) internal {
        if (via != address(0) && via != actor) {
            subject = _appendVia(subject, id, actor, via, 1, ref);
        }
        stored.value = subject;
    }

    /// @dev An entry on the common chain.
    function _appendCommon(address actor, bytes32 ref, uint256 meta, bytes32 digest) internal {
        Word storage stored = _subjects[address(0)];
        stored.value = _append(stored.value, address(0), actor, ref, meta, digest);
    }

    function _now(uint256 meta) internal view returns (uint256) {
        return meta | (block.timestamp << Words.META_TIME);
    }

    function _word(address value) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(value)));
    }
}
