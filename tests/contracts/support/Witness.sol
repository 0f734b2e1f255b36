// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Fixture} from "./Fixture.sol";

/// @notice Somebody who reads the entries alone, from the first block on, and judges each act by
/// those before it: what a patient or an auditor can do who trusts no view function. Breaches are
/// counted by the number of the promise:
/// 1 nobody without a live grant or power ever wrote or logged;
/// 2 the audit head equals the recomputed chain;
/// 3 versions only grow, by one;
/// 4 nobody changes what another kind of author created;
/// 5 an ended grant never revives without a new grant in the current epoch;
/// 6 the epoch only moves by revoking (+ 1) and rotating (+ 1, or the next generation's first);
/// 7 one identity, one patient;
/// 8 a controller changes only after the delay, when those have agreed who must.
abstract contract Witness is Fixture {
    struct Span {
        uint40 start;
        uint40 end;
        uint32 scope;
    }

    struct Named {
        uint16 powers;
        uint32 scope;
        uint40 end;
        uint40 since;
    }

    struct Approval {
        address by;
        bool delegated;
        address wallet;
        uint40 time;
    }

    struct Wallet {
        address controller;
        uint40 since;
        address pending;
        uint40 readyAt;
        bool vetoed;
        uint32 delay;
        uint32 nextDelay;
        uint40 nextFrom;
    }

    mapping(uint256 promise_ => uint256) public breaches;
    mapping(uint8 action => uint256) public counted;
    uint256 public delegatedActs;
    uint256 public runOut;

    mapping(address subject => uint32) private _epoch;
    mapping(address subject => mapping(address grantee => Span[])) private _spans;
    mapping(address principal => mapping(address delegate => Named)) private _named;
    mapping(address doctor => uint8) private _status;
    mapping(address subject => mapping(bytes32 record => uint256)) private _version;
    mapping(address subject => bytes32[]) private _recordsOf;
    mapping(bytes32 commitment => address) private _holder;
    mapping(address subject => bytes32) private _commitment;
    mapping(address subject => Wallet) private _wallets;
    mapping(address subject => Approval[]) private _approvals;

    function witness(Entry[] memory entries) internal override {
        for (uint256 i; i < entries.length; ++i) {
            Entry memory entry = entries[i];
            uint8 action = uint8(entry.meta >> 184);
            ++counted[action];
            if (action == Actions.ACTED_VIA) {
                ++delegatedActs;
                continue;
            }
            _judge(entry, action, _viaOf(entries, i));
            _learn(entry, action);
        }
    }

    function check2(address[2] memory subjects) internal view {
        for (uint256 i; i < 2; ++i) {
            assertEq(audit.auditHead(subjects[i]), trailHead(subjects[i]), "(2) head");
        }
        assertEq(audit.auditHead(NONE), trailHead(NONE), "(2) common head");
    }

    function check3(address subject) internal view {
        for (uint256 i; i < _recordsOf[subject].length; ++i) {
            bytes32 id = _recordsOf[subject][i];
            (, uint24 version,) = patients.recordHead(subject, id);
            assertEq(version, _version[subject][id], "(3) version");
        }
    }

    /// @dev Whoever may read now was granted it, and the grant has neither ended nor been ended.
    function check5(address subject, address grantee) internal view {
        if (!doctors.isAuthorized(subject, grantee, 0, false)) return;
        assertTrue(
            _grantedAt(subject, grantee, uint40(block.timestamp), 1),
            "(5) a live grant is behind it"
        );
    }

    function check6(address subject) internal view {
        assertEq(doctors.epochOf(subject), _epoch[subject], "(6) epoch");
    }

    function check7(address subject) internal view {
        bytes32 commitment = _commitment[subject];
        assertTrue(
            patients.patientOf(subject).verified == (commitment != 0), "(7) verified with one"
        );
        if (commitment != 0) assertEq(patients.identityOf(commitment), subject, "(7) the holder");
    }

    function check8(address subject) internal view {
        address controller = _wallets[subject].controller;
        assertEq(
            users.controllerOf(subject), controller == NONE ? subject : controller, "(8) controller"
        );
    }

    /// @dev How many grants of a pair have run out by themselves.
    function countRunOut(address subject, address grantee, uint256 from, uint256 to) internal {
        Span[] storage spans = _spans[subject][grantee];
        if (spans.length == 0) return;
        uint40 end = spans[spans.length - 1].end;
        if (end > from && end <= to) ++runOut;
    }

    /// @dev The principal that the entry after it names, if it is about this one.
    function _viaOf(Entry[] memory entries, uint256 i) private pure returns (address) {
        for (uint256 k = i + 1; k < entries.length; ++k) {
            if (entries[k].subject != entries[i].subject) return NONE;
            uint8 action = uint8(entries[k].meta >> 184);
            if (action == Actions.ACTED_VIA) {
                return k - i <= uint24(entries[k].meta >> 112)
                    ? address(uint160(uint256(entries[k].ref)))
                    : NONE;
            }
            if (action != Actions.ACCESS_REVOKED && action != Actions.CONSULTED) return NONE;
        }
        return NONE;
    }

    function _judge(Entry memory entry, uint8 action, address via) private {
        if (!_isRightful(entry, action, via)) ++breaches[1];
        uint32 epoch = uint32(entry.meta >> 80);
        if (action >= Actions.RECORD_CREATED && action <= Actions.RECORD_ANNOTATED) {
            _judgeRecord(entry, action, via);
        }
        uint32 current = _epoch[entry.subject];
        if (action == Actions.ACCESS_GRANTED && epoch != current) ++breaches[5];
        bool moves = action == Actions.ACCESS_REVOKED || action == Actions.KEYS_ROTATED;
        bool carries = action >= Actions.RECORD_CREATED && action <= Actions.RECEIPT_SUBMITTED
            && entry.subject != NONE;
        if (carries && !moves && epoch != current) ++breaches[6];
        if (moves) {
            bool next = epoch == current + 1;
            bool generation = action == Actions.KEYS_ROTATED && epoch == ((current >> 16) + 1) << 16;
            if (!next && !generation) ++breaches[6];
        }
        if (action == Actions.IDENTITY_VERIFIED) {
            if (_holder[entry.digest] != NONE || _commitment[entry.subject] != 0) ++breaches[7];
        }
        if (action == Actions.REPLACEMENT_ANNOUNCED || action == Actions.REPLACEMENT_COMPLETED) {
            _judgeReplacement(entry, action);
        }
    }

    /// @dev The version follows, and the author is of the creator's side.
    function _judgeRecord(Entry memory entry, uint8 action, address via) private {
        uint256 before = _version[entry.subject][entry.ref];
        uint256 version = uint24(entry.meta >> 112);
        if (action == Actions.RECORD_CREATED && (before != 0 || version != 1)) ++breaches[3];
        if (action == Actions.RECORD_UPDATED && version != before + 1) ++breaches[3];
        if (action > Actions.RECORD_UPDATED && (version != before || before == 0)) ++breaches[3];
        address creator = address(uint160(uint256(entry.ref) >> 88));
        address principal = via == NONE ? entry.actor : via;
        bool same = (principal == entry.subject) == (creator == entry.subject);
        if (action == Actions.RECORD_UPDATED && !same) ++breaches[4];
        bool own = action == Actions.RECORD_CREATED || action == Actions.RECORD_ARCHIVED;
        if (own && principal != creator) ++breaches[4];
    }

    function _judgeReplacement(Entry memory entry, uint8 action) private {
        Wallet storage wallet_ = _wallets[entry.subject];
        address to = address(uint160(uint256(entry.ref)));
        uint40 time = uint40(entry.meta >> 144);
        if (action == Actions.REPLACEMENT_COMPLETED) {
            bool fits = wallet_.pending == to && time >= wallet_.readyAt && entry.actor == to;
            if (!fits) ++breaches[8];
            return;
        }
        if (uint8(entry.meta) != 3) return;
        if (uint40(entry.meta >> 8) != time + _delay(wallet_, time)) ++breaches[8];
        Approval[] storage approvals = _approvals[entry.subject];
        uint256 registrars = entry.actor == registrar ? 1 : 0;
        uint256 delegates = 1 - registrars;
        address other = entry.actor;
        for (uint256 i; i < approvals.length; ++i) {
            Approval storage approval = approvals[i];
            if (approval.wallet != to || approval.time + 30 days < time) continue;
            if (!approval.delegated) {
                registrars = 1;
            } else if (approval.by != other) {
                ++delegates;
                other = approval.by;
            }
        }
        if (registrars == 0 || delegates < (wallet_.vetoed ? 2 : 1)) ++breaches[8];
    }

    /// @dev (1): whether the author had the right, by the entries before.
    function _isRightful(Entry memory entry, uint8 action, address via)
        private
        view
        returns (bool)
    {
        uint32 bit = uint32(1) << uint8(entry.meta >> 136);
        if (action >= Actions.RECORD_CREATED && action <= Actions.RECORD_ANNOTATED) {
            bool reads = action == Actions.RECORD_ANNOTATED;
            bit = reads ? bit : bit << 16;
            if (action == Actions.RECORD_HIDDEN) bit = 0;
            return _mayWrite(entry, via, bit);
        }
        if (action == Actions.CONSULTED) {
            address principal = via == NONE ? entry.actor : via;
            if (via != NONE && !_holds(via, entry.actor, LOG, 0)) return false;
            return _status[principal] == 2
                && _grantedAt(entry.subject, principal, uint40(entry.meta >> 144), 1);
        }
        uint16 power;
        if (action == Actions.REQUEST_DECLINED || action == Actions.ACCESS_GRANTED) power = GRANT;
        if (action == Actions.ACCESS_REVOKED) power = REVOKE;
        if (action == Actions.KEYS_ROTATED || action == Actions.BUNDLE_PUBLISHED) power = ROTATE;
        if (power == 0 || entry.actor == entry.subject) return true;
        return via == entry.subject && _holds(via, entry.actor, power, 0);
    }

    function _mayWrite(Entry memory entry, address via, uint32 bit) private view returns (bool) {
        if (via == NONE && entry.actor == entry.subject) return true;
        if (via != NONE && !_holds(via, entry.actor, WRITE, bit)) return false;
        if (via == entry.subject) return true;
        address principal = via == NONE ? entry.actor : via;
        return bit != 0 && _status[principal] == 2
            && _grantedAt(entry.subject, principal, uint40(entry.meta >> 144), bit);
    }

    /// @dev Whether a delegation holds now, with the power and the bit (0, and slot 0's: any).
    function _holds(address principal, address delegate, uint16 power, uint32 bit)
        private
        view
        returns (bool)
    {
        Named storage named = _named[principal][delegate];
        bool open_ = bit & ~uint32(0x00010001) == 0 || named.scope & bit != 0;
        return named.end > block.timestamp && named.powers & power != 0 && open_
            && named.since > _wallets[principal].since;
    }

    /// @dev Whether a grant of the pair was live at a time and opened the bit (1: any grant).
    function _grantedAt(address subject, address grantee, uint40 time, uint32 bit)
        private
        view
        returns (bool)
    {
        Span[] storage spans = _spans[subject][grantee];
        for (uint256 i; i < spans.length; ++i) {
            bool live = spans[i].start <= time && time < spans[i].end;
            if (live && (bit == 1 || spans[i].scope & bit != 0)) return true;
        }
        return false;
    }

    function _delay(Wallet storage wallet_, uint40 time) private view returns (uint32) {
        if (wallet_.nextFrom == 0) return 7 days;
        return time < wallet_.nextFrom ? wallet_.delay : wallet_.nextDelay;
    }

    function _learn(Entry memory entry, uint8 action) private {
        address subject = entry.subject;
        address about = address(uint160(uint256(entry.ref)));
        uint40 time = uint40(entry.meta >> 144);
        if (action == Actions.DELEGATE_SET) {
            _named[entry.actor][address(uint160(uint256(entry.digest)))] = Named(
                uint16(uint256(entry.digest) >> 192),
                uint32(entry.meta >> 48),
                uint40(entry.meta >> 8),
                time
            );
        } else if (action == Actions.DOCTOR_REGISTERED || action == Actions.DOCTOR_STATUS_CHANGED) {
            _status[about] = uint8(entry.meta);
        } else if (action == Actions.RECORD_CREATED || action == Actions.RECORD_UPDATED) {
            if (action == Actions.RECORD_CREATED) _recordsOf[subject].push(entry.ref);
            _version[subject][entry.ref] = uint24(entry.meta >> 112);
        } else if (action == Actions.ACCESS_GRANTED) {
            _learnGrant(_spans[subject][about], entry.meta, time);
        } else if (action == Actions.ACCESS_REVOKED) {
            Span[] storage spans = _spans[subject][about];
            if (spans[spans.length - 1].end > time) spans[spans.length - 1].end = time;
            _epoch[subject] = uint32(entry.meta >> 80);
        } else if (action == Actions.KEYS_ROTATED) {
            _epoch[subject] = uint32(entry.meta >> 80);
        } else if (action == Actions.IDENTITY_VERIFIED) {
            (_holder[entry.digest], _commitment[subject]) = (subject, entry.digest);
        } else if (action == Actions.IDENTITY_RELEASED) {
            delete _holder[_commitment[subject]];
            delete _commitment[subject];
        } else {
            _learnReplacement(entry, action, about, time);
        }
    }

    function _learnGrant(Span[] storage spans, uint256 meta_, uint40 time) private {
        uint40 end = uint40(meta_ >> 8);
        uint32 scope = uint32(meta_ >> 48);
        uint256 length = spans.length;
        if (length == 0 || spans[length - 1].end <= time) spans.push(Span(time, end, scope));
        else (spans[length - 1].end, spans[length - 1].scope) = (end, scope);
    }

    function _learnReplacement(Entry memory entry, uint8 action, address to, uint40 time) private {
        Wallet storage wallet_ = _wallets[entry.subject];
        if (action == Actions.REPLACEMENT_DELAY_SET) {
            wallet_.delay = _delay(wallet_, time);
            wallet_.nextDelay = uint32(uint256(entry.digest));
            wallet_.nextFrom = uint40(entry.meta >> 8);
        } else if (action == Actions.REPLACEMENT_ANNOUNCED) {
            bool delegated = entry.actor != registrar;
            _approvals[entry.subject].push(Approval(entry.actor, delegated, to, time));
            if (uint8(entry.meta) != 3) return;
            (wallet_.pending, wallet_.readyAt) = (to, uint40(entry.meta >> 8));
            Approval[] storage approvals = _approvals[entry.subject];
            for (uint256 i; i < approvals.length; ++i) {
                if (approvals[i].wallet == to) approvals[i].time = 0;
            }
        } else if (action == Actions.REPLACEMENT_VETOED) {
            (wallet_.pending, wallet_.vetoed) = (NONE, true);
        } else if (action == Actions.REPLACEMENT_COMPLETED) {
            (wallet_.controller, wallet_.since) = (to, time);
            (wallet_.pending, wallet_.vetoed) = (NONE, false);
            delete _approvals[entry.subject];
        }
    }
}
