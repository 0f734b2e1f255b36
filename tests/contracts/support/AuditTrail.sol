// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IContractAudit} from "../../../contracts/interfaces/IContractAudit.sol";
import {Test} from "./Test.sol";
import {Vm} from "./Vm.sol";

/// @notice An entry's meta word, built field by field from the layout in IContractAudit, without
/// the library that the contracts pack it with.
library MetaWord {
    function withTime(uint256 meta, uint256 time) internal pure returns (uint256) {
        return (meta & ~(uint256(type(uint40).max) << 144)) | (time << 144);
    }

    function slot(uint256 meta, uint8 value) internal pure returns (uint256) {
        return meta | (uint256(value) << 136);
    }

    function version(uint256 meta, uint256 value) internal pure returns (uint256) {
        return meta | (value << 112);
    }

    function epoch(uint256 meta, uint32 value) internal pure returns (uint256) {
        return meta | (uint256(value) << 80);
    }

    function scope(uint256 meta, uint32 value) internal pure returns (uint256) {
        return meta | (uint256(value) << 48);
    }

    function expiry(uint256 meta, uint40 value) internal pure returns (uint256) {
        return meta | (uint256(value) << 8);
    }

    function kind(uint256 meta, uint8 value) internal pure returns (uint256) {
        return meta | value;
    }
}

/// @notice Every AuditEntry that was emitted, with each subject's chain recomputed beside it.
abstract contract AuditTrail is Test {
    struct Entry {
        address subject;
        address actor;
        bytes32 ref;
        uint256 meta;
        bytes32 digest;
        bytes27 head;
    }

    uint8 internal constant ACTED_VIA = 50;

    IContractAudit internal audit;
    mapping(address subject => bytes27 head) private _heads;
    address[] private _known;

    /// @dev The entries since the last call, each checked against the recomputed chain, and the
    /// chain against the contract's head.
    function take() internal returns (Entry[] memory entries) {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 count;
        for (uint256 i; i < logs.length; ++i) {
            if (_isEntry(logs[i])) ++count;
        }
        entries = new Entry[](count);
        count = 0;
        for (uint256 i; i < logs.length; ++i) {
            if (_isEntry(logs[i])) entries[count++] = _decode(logs[i]);
        }
        for (uint256 i; i < count; ++i) {
            _extend(entries[i]);
        }
        for (uint256 i; i < count; ++i) {
            address subject = entries[i].subject;
            assertEq(audit.auditHead(subject), _heads[subject], "the contract's head");
        }
        witness(entries);
    }

    /// @dev Called with everything that was entered, in order, for whoever draws conclusions.
    function witness(Entry[] memory) internal virtual {}

    /// @dev Exactly one entry was written, with these words.
    function expectEntry(address subject, address actor, bytes32 ref, uint256 meta_, bytes32 digest)
        internal
    {
        Entry[] memory entries = take();
        assertEq(entries.length, 1, "one entry");
        same(entries[0], Entry(subject, actor, ref, meta_, digest, 0));
    }

    /// @dev An act by a delegate: one entry, followed by the one that names `via`.
    function expectEntryVia(
        address subject,
        address actor,
        bytes32 ref,
        uint256 meta_,
        bytes32 digest,
        address via
    ) internal {
        Entry[] memory entries = take();
        assertEq(entries.length, 2, "the act and its via");
        same(entries[0], Entry(subject, actor, ref, meta_, digest, 0));
        sameVia(entries[1], entries[0], via, 1);
    }

    /// @dev `entry` names the principal of the `count` entries before it, `act` being the last.
    function sameVia(Entry memory entry, Entry memory act, address via, uint256 count)
        internal
        view
    {
        uint256 meta_ = MetaWord.version(meta(ACTED_VIA), count);
        same(entry, Entry(act.subject, act.actor, word(via), meta_, act.ref, 0));
    }

    /// @dev All words are equal; the head has been checked by `take`.
    function same(Entry memory actual, Entry memory expected) internal pure {
        assertEq(actual.subject, expected.subject, "subject");
        assertEq(actual.actor, expected.actor, "actor");
        assertEq(actual.ref, expected.ref, "ref");
        assertEq(actual.meta, expected.meta, "meta");
        assertEq(actual.digest, expected.digest, "digest");
    }

    /// @dev Nothing was written: every chain stands where it stood. Forge records the logs of
    /// reverted calls too, so those are dropped.
    function expectNoEntry() internal {
        vm.getRecordedLogs();
        for (uint256 i; i < _known.length; ++i) {
            assertEq(audit.auditHead(_known[i]), _heads[_known[i]], "an unchanged head");
        }
    }

    /// @dev A meta word with the action and the block's time.
    function meta(uint8 action) internal view returns (uint256) {
        return (uint256(action) << 184) | (block.timestamp << 144);
    }

    /// @dev An address as a word.
    function word(address value) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(value)));
    }

    /// @dev The head of a subject's chain as these tests recomputed it.
    function trailHead(address subject) internal view returns (bytes27) {
        bytes27 head = _heads[subject];
        return head == 0 ? genesis(subject) : head;
    }

    /// @dev The head that a subject's chain begins with.
    function genesis(address subject) internal view returns (bytes27) {
        return
            bytes27(keccak256(abi.encode("medrec/audit/1", block.chainid, address(audit), subject)));
    }

    function _extend(Entry memory entry) private {
        bytes27 head = bytes27(
            keccak256(
                abi.encode(
                    trailHead(entry.subject),
                    entry.subject,
                    entry.actor,
                    entry.ref,
                    entry.meta,
                    entry.digest
                )
            )
        );
        assertEq(entry.head, head, "the entry's head follows from the chain");
        if (_heads[entry.subject] == 0) _known.push(entry.subject);
        _heads[entry.subject] = head;
    }

    function _isEntry(Vm.Log memory log) private view returns (bool) {
        return log.emitter == address(audit) && log.topics[0] == IContractAudit.AuditEntry.selector;
    }

    function _decode(Vm.Log memory log) private pure returns (Entry memory entry) {
        entry.subject = address(uint160(uint256(log.topics[1])));
        entry.actor = address(uint160(uint256(log.topics[2])));
        entry.ref = log.topics[3];
        (entry.meta, entry.digest, entry.head) = abi.decode(log.data, (uint256, bytes32, bytes27));
    }
}
