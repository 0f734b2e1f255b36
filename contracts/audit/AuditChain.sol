// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IContractAudit} from "../interfaces/IContractAudit.sol";
import {Actions} from "../libraries/Actions.sol";
import {Word, Words} from "../libraries/Words.sol";

/// @title AuditChain: a hash chain of entries for each subject
abstract contract AuditChain is IContractAudit {
    mapping(address id => Word) internal _subjects;

    constructor() {
        _subjects[address(0)].value = _genesis(address(0)) | Words.COMMON_CHAIN;
    }

    /// @inheritdoc IContractAudit
    function auditHead(address subject) external view returns (bytes27) {
        uint256 word = _subjects[subject].value;
        return bytes27(bytes32(word == 0 ? _genesis(subject) : word));
    }

    /// @inheritdoc IContractAudit
    function genesisHead(address subject) external view returns (bytes27) {
        return bytes27(bytes32(_genesis(subject)));
    }

    /// @dev The first head of a subject, in its place in the subject's word.
    function _genesis(address subject) internal view returns (uint256) {
        return uint256(
            keccak256(abi.encode("medrec/audit/1", block.chainid, address(this), subject))
        ) & Words.HEAD_MASK;
    }

    /// @dev Emits an entry and returns the subject's word with the new head; the caller stores it.
    /// Memory: head, subject, actor, ref, meta, digest are hashed; meta, digest, new head emitted.
    function _append(
        uint256 word,
        address subject,
        address actor,
        bytes32 ref,
        uint256 meta,
        bytes32 digest
    ) internal returns (uint256 next) {
        bytes32 topic = AuditEntry.selector;
        uint256 mask = Words.HEAD_MASK;
        assembly ("memory-safe") {
            // Inline assembly must not trust the high bits of addresses.
            subject := shr(96, shl(96, subject))
            actor := shr(96, shl(96, actor))
            let pointer := mload(0x40)
            mstore(pointer, and(word, mask))
            mstore(add(pointer, 0x20), subject)
            mstore(add(pointer, 0x40), actor)
            mstore(add(pointer, 0x60), ref)
            mstore(add(pointer, 0x80), meta)
            mstore(add(pointer, 0xa0), digest)
            let head := and(keccak256(pointer, 0xc0), mask)
            mstore(add(pointer, 0xc0), head)
            log4(add(pointer, 0x80), 0x60, topic, subject, actor, ref)
            next := or(head, and(word, not(mask)))
        }
    }

    /// @dev The entry that names the principal of `count` entries just appended.
    function _appendVia(
        uint256 word,
        address subject,
        address actor,
        address via,
        uint256 count,
        bytes32 ref
    ) internal returns (uint256) {
        return _append(
            word,
            subject,
            actor,
            bytes32(uint256(uint160(via))),
            Words.actionNow(Actions.ACTED_VIA) | (count << Words.META_VERSION),
            ref
        );
    }
}
