// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ContractDoctor} from "../../../contracts/ContractDoctor.sol";
import {Layout} from "./Layout.sol";
import {Refusals} from "./Refusals.sol";
import {StubLedger} from "./StubLedger.sol";

/// @title Proofs: when ContractDoctor does an act, and when it does not
/// @notice "Exactly when" says both: nothing else is let through, and nothing that is right is
/// refused. An act whose signer saw another state is refused with the state as it is.
contract DoctorRulesProof is StubLedger {
    struct Order {
        bytes24 profile;
        uint32 scope;
        uint40 expiry;
        uint8 kind;
        uint32 epoch;
        uint40 seenEnd;
    }

    ContractDoctor private _contract;

    function setUp() public {
        _contract = new ContractDoctor(FORWARDER, address(this), 1 days, address(this));
        _contract.grantRole(_contract.VERIFIER_ROLE(), address(this));
    }

    /// @notice A doctor registers exactly when the wallet was not replaced, the turn was seen, and the
    /// last version of a pending profile is not spent.
    function check_registeringNamesTheTurn(uint256 word, uint8 expected, bytes32 profile) public {
        _doctor = word;
        (bool done, bytes memory answer) = Refusals.tried(
            address(_contract), abi.encodeCall(ContractDoctor.registerDoctor, (expected, profile))
        );
        uint256 turn = Layout.field(word, Layout.DOCTOR_TURN, Layout.DOCTOR_TURN_BITS);
        bool own = Layout.field(word, 7, 1) == 0;
        bool moves = word & 7 == 1
            && uint256(profile) >> Layout.DOCTOR_PROFILE != word >> Layout.DOCTOR_PROFILE;
        bool spent = Layout.field(word, Layout.DOCTOR_VERSION, 16) == type(uint16).max;
        assert(done == (own && expected == turn && !(moves && spent)));
        if (own && expected != turn) assert(Refusals.isStale(answer, turn));
    }

    /// @notice A verifier's decision is taken exactly when version and since were seen, and the
    /// profile too while the doctor is pending.
    function check_statusNamesWhatWasSeen(
        uint256 word,
        bytes24 profile,
        uint16 version,
        uint40 since,
        uint8 status
    ) public {
        _doctor = word;
        (bool done, bytes memory answer) = Refusals.tried(
            address(_contract),
            abi.encodeCall(
                ContractDoctor.setDoctorStatus, (address(1), profile, version, since, status, 0)
            )
        );
        bool same =
            uint256(bytes32(profile)) >> Layout.DOCTOR_PROFILE == word >> Layout.DOCTOR_PROFILE;
        bool asked = word & 7 != 0 && status >= 2 && status <= 4;
        bool profiled = word & 7 != 1 || same;
        // since40 and version16 lie side by side.
        uint256 state = Layout.field(word, Layout.DOCTOR_SINCE, 56);
        bool seen = (uint256(version) << 40) | since == state;
        bool spent = Layout.field(word, Layout.DOCTOR_VERSION, 16) == type(uint16).max;
        bool taken = asked && profiled && seen && !(status == 2 && !same && spent);
        assert(done == taken);
        if (asked && !profiled) {
            bytes24 current = bytes24(bytes32(word));
            bytes memory refusal = abi.encodeWithSignature("ProfileChanged(bytes24)", current);
            assert(keccak256(answer) == keccak256(refusal));
        }
        if (asked && profiled && !seen) assert(Refusals.isStale(answer, state));
    }

    /// @notice A verified doctor asks an active patient exactly when no request is open and their
    /// number was seen.
    function check_askingNamesTheRequests(
        uint256 current,
        uint256 subject,
        uint256 doctor,
        uint8 expected
    ) public {
        (_grant, _subject, _doctor) = (current, subject, doctor);
        (bool done, bytes memory answer) = Refusals.tried(
            address(_contract),
            abi.encodeCall(ContractDoctor.requestAccess, (address(1), expected, 0, address(0)))
        );
        bool free = subject & 7 == 1 && doctor & 7 == 2
            && Layout.field(current, Layout.GRANT_REQUEST_OPEN, 1) == 0;
        uint256 requests = _requests(current);
        assert(done == (free && expected == requests));
        if (free && expected != requests) assert(Refusals.isStale(answer, requests));
    }

    /// @notice A request is withdrawn or declined exactly when it is open and is the one that was
    /// seen.
    function check_closingNamesTheRequest(uint256 current, uint8 expected, bool declined) public {
        _grant = current;
        (bool done, bytes memory answer) = Refusals.tried(
            address(_contract),
            declined
                ? abi.encodeCall(ContractDoctor.declineRequest, (address(1), address(2), expected))
                : abi.encodeCall(ContractDoctor.withdrawRequest, (address(1), expected, address(0)))
        );
        bool open = Layout.field(current, Layout.GRANT_REQUEST_OPEN, 1) == 1;
        uint256 requests = _requests(current);
        assert(done == (open && expected == requests));
        if (open && expected != requests) assert(Refusals.isStale(answer, requests));
    }

    /// @notice Access is given exactly when the order is sound, patient and doctor are as they must
    /// be, a delegate stays within its own bounds, the end of what was given before was seen, and a
    /// live grant is not narrowed.
    function check_grantIsGivenExactly(
        uint256 current,
        uint256 doctor,
        uint256 subject,
        uint256 delegation,
        Order memory order,
        uint40 time
    ) public {
        (_grant, _doctor, _subject, _delegation) = (current, doctor, subject, delegation);
        vm.warp(time);
        (bool done, bytes memory answer) = Refusals.tried(address(_contract), _call(order));
        bool right = _isSound(order, time) && _isBounded(delegation, order, time)
            && subject & 7 == 1 && doctor & 7 == 2
            && Layout.field(subject, Layout.SUBJECT_EPOCH, 32) == order.epoch
            && uint256(bytes32(order.profile)) >> Layout.DOCTOR_PROFILE
                == doctor >> Layout.DOCTOR_PROFILE;
        uint256 end = Layout.field(current, Layout.GRANT_EXPIRY, 40);
        bool seen = order.seenEnd == end;
        assert(done == (right && seen && _isWidened(current, order, time)));
        if (right && !seen) assert(Refusals.isStale(answer, end));
    }

    /// @notice The keys rotate exactly when the epoch goes on by one or to the next generation.
    function check_rotatedExactlyByAStep(uint32 from, uint32 to) public {
        (bool done,) = Refusals.tried(
            address(_contract), abi.encodeCall(ContractDoctor.rotateKeys, (address(1), from, to, 0))
        );
        uint256 generation = (uint256(from) / 65_536 + 1) * 65_536;
        assert(done == (uint256(to) == uint256(from) + 1 || uint256(to) == generation));
    }

    function _call(Order memory order) private pure returns (bytes memory) {
        return abi.encodeCall(
            ContractDoctor.grant,
            (
                address(1),
                address(2),
                order.profile,
                order.scope,
                order.expiry,
                order.kind,
                order.epoch,
                order.seenEnd,
                0
            )
        );
    }

    function _isSound(Order memory order, uint40 time) private pure returns (bool) {
        return order.scope & 0x10001 == 0 && order.expiry > time
            && (order.kind == 0 || (order.kind == 1 && order.scope >> 16 == 0));
    }

    function _isBounded(uint256 delegation, Order memory order, uint40 time)
        private
        pure
        returns (bool)
    {
        if (delegation == 0) return true;
        uint256 longest = Layout.field(delegation, Layout.DELEGATION_MAX_GRANT, 32);
        return order.scope & ~delegation == 0 && order.expiry <= uint256(time) + longest;
    }

    function _isWidened(uint256 current, Order memory order, uint40 time)
        private
        pure
        returns (bool)
    {
        uint256 end = Layout.field(current, Layout.GRANT_EXPIRY, 40);
        bool live = Layout.field(current, Layout.GRANT_SINCE, 40) != 0 && end > time;
        return !live
            || (uint32(current) & ~order.scope == 0
                && order.expiry >= end
                && Layout.field(current, Layout.GRANT_KIND, 8) >= order.kind);
    }

    function _requests(uint256 current) private pure returns (uint256) {
        return Layout.field(current, Layout.GRANT_REQUESTS, Layout.GRANT_REQUESTS_BITS);
    }
}
