// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ContractDoctor} from "../../../contracts/ContractDoctor.sol";
import {IContractDoctor} from "../../../contracts/interfaces/IContractDoctor.sol";
import {Layout} from "./Layout.sol";
import {StubLedger} from "./StubLedger.sol";

/// @title Proofs: the words of doctors and grants, and the epoch's step
/// @notice When an act is done at all is proved in DoctorRules.t.sol.
contract DoctorProof is StubLedger {
    ContractDoctor private _contract;

    function setUp() public {
        _contract = new ContractDoctor(FORWARDER, address(this), 1 days, address(this));
        _contract.grantRole(_contract.VERIFIER_ROLE(), address(this));
    }

    /// @notice Every field of a new grant is what was asked for; the grant before is kept, and how
    /// often access was asked for.
    function check_newGrantIsPacked(
        uint256 current,
        uint256 doctor,
        uint256 subject,
        uint32 scope,
        uint40 expiry,
        uint8 kind,
        uint40 time
    ) public {
        uint256 end = Layout.field(current, Layout.GRANT_EXPIRY, 40);
        uint256 since = Layout.field(current, Layout.GRANT_SINCE, 40);
        vm.assume(since == 0 || end <= time);
        _give(current, doctor, subject, scope, expiry, kind, time);
        uint256 expected = _order(doctor, subject, scope, expiry, kind)
            | (uint256(time) << Layout.GRANT_SINCE) | (since << Layout.GRANT_PREV_SINCE)
            | (end << Layout.GRANT_PREV_EXPIRY);
        assert(_word == expected | _requests(current));
    }

    /// @notice A live grant that is extended keeps since and the grant before, and is only widened.
    function check_liveGrantIsPacked(
        uint256 current,
        uint256 doctor,
        uint256 subject,
        uint32 scope,
        uint40 expiry,
        uint8 kind,
        uint40 time
    ) public {
        uint256 end = Layout.field(current, Layout.GRANT_EXPIRY, 40);
        uint256 since = Layout.field(current, Layout.GRANT_SINCE, 40);
        vm.assume(since != 0 && end > time);
        _give(current, doctor, subject, scope, expiry, kind, time);
        uint256 before = Layout.field(current, Layout.GRANT_PREV_SINCE, 80);
        uint256 expected = _order(doctor, subject, scope, expiry, kind)
            | (since << Layout.GRANT_SINCE) | (before << Layout.GRANT_PREV_SINCE);
        assert(_word == expected | _requests(current));
        assert(uint32(current) & ~scope == 0 && expiry >= end);
    }

    /// @notice A grant's entry tells version, epoch, scope, expiry and kind.
    function check_grantMeta(
        uint256 doctor,
        uint256 subject,
        uint32 scope,
        uint40 expiry,
        uint8 kind,
        uint40 time
    ) public {
        _give(0, doctor, subject, scope, expiry, kind, time);
        uint256 expected = (uint256(35) << Layout.META_ACTION)
            | (Layout.field(doctor, Layout.DOCTOR_VERSION, 16) << Layout.META_VERSION)
            | (Layout.field(subject, Layout.SUBJECT_EPOCH, 32) << Layout.META_EPOCH)
            | (uint256(scope) << Layout.META_SCOPE) | (uint256(expiry) << Layout.META_EXPIRY) | kind;
        assert(_meta == expected);
    }

    /// @notice Every field of a grant is read from its place, whatever the other fields hold.
    function check_grantIsUnpacked(uint256 word) public {
        _grant = word;
        IContractDoctor.Grant memory state = _contract.grantOf(address(1), address(2));
        assert(state.scope == Layout.field(word, 0, 32));
        assert(state.since == Layout.field(word, Layout.GRANT_SINCE, 40));
        assert(state.expiry == Layout.field(word, Layout.GRANT_EXPIRY, 40));
        assert(state.epoch == Layout.field(word, Layout.GRANT_EPOCH, 32));
        assert(state.kind == Layout.field(word, Layout.GRANT_KIND, 8));
        assert(state.profileVersion == Layout.field(word, Layout.GRANT_VERSION, 16));
        assert(state.prevSince == Layout.field(word, Layout.GRANT_PREV_SINCE, 40));
        assert(state.prevExpiry == Layout.field(word, Layout.GRANT_PREV_EXPIRY, 40));
        assert(state.requestOpen == (Layout.field(word, Layout.GRANT_REQUEST_OPEN, 1) == 1));
        assert(
            state.requests == Layout.field(word, Layout.GRANT_REQUESTS, Layout.GRANT_REQUESTS_BITS)
        );
    }

    /// @notice Asking sets one bit of the grant's word and counts the request, and touches no other
    /// bit.
    function check_requestCountsAndSetsOneBit(
        uint256 current,
        uint256 subject,
        uint256 doctor,
        uint8 expected
    ) public {
        (_grant, _subject, _doctor) = (current, subject, doctor);
        _contract.requestAccess(address(1), expected, bytes32(uint256(1)), address(0));
        assert(Layout.field(current, Layout.GRANT_REQUEST_OPEN, 1) == 0);
        uint256 counted = Layout.counted(current, Layout.GRANT_REQUESTS, Layout.GRANT_REQUESTS_BITS);
        assert(_word == Layout.put(counted, Layout.GRANT_REQUEST_OPEN, 1, 1));
        uint256 epoch = Layout.field(subject, Layout.SUBJECT_EPOCH, 32);
        assert(_meta == ((uint256(32) << Layout.META_ACTION) | (epoch << Layout.META_EPOCH)));
    }

    /// @notice Withdrawing and declining clear that bit, and no other.
    function check_closingClearsOneBit(
        uint256 current,
        uint256 subject,
        uint8 expected,
        bool declined
    ) public {
        (_grant, _subject) = (current, subject);
        if (declined) _contract.declineRequest(address(1), address(2), expected);
        else _contract.withdrawRequest(address(1), expected, address(0));
        assert(Layout.field(current, Layout.GRANT_REQUEST_OPEN, 1) == 1);
        assert(_word == Layout.put(current, Layout.GRANT_REQUEST_OPEN, 1, 0));
        uint256 epoch = Layout.field(subject, Layout.SUBJECT_EPOCH, 32);
        uint256 action = declined ? 34 : 33;
        assert(_meta == ((action << Layout.META_ACTION) | (epoch << Layout.META_EPOCH)));
    }

    /// @notice A doctor's first word: pending, since now, at the first turn.
    function check_registeredDoctorIsPacked(uint8 expected, bytes32 profile, uint40 time) public {
        vm.warp(time);
        _contract.registerDoctor(expected, profile);
        assert(
            _word
                == ((uint256(profile) >> Layout.DOCTOR_PROFILE) << Layout.DOCTOR_PROFILE)
                    | (uint256(1) << Layout.DOCTOR_VERSION) | (uint256(time) << Layout.DOCTOR_SINCE)
                    | (uint256(1) << Layout.DOCTOR_TURN) | 1
        );
    }

    /// @notice A doctor who registers again changes profile and version, only while pending, and the
    /// turn always; no other bit.
    function check_profileMovesAlone(uint256 word, uint8 expected, bytes32 profile, uint40 time)
        public
    {
        vm.assume(word != 0);
        _doctor = word;
        vm.warp(time);
        _contract.registerDoctor(expected, profile);
        uint256 version = Layout.field(word, Layout.DOCTOR_VERSION, 16);
        uint256 given = uint256(profile) >> Layout.DOCTOR_PROFILE;
        uint256 next = Layout.counted(word, Layout.DOCTOR_TURN, Layout.DOCTOR_TURN_BITS);
        if (word & 7 == 1 && given != word >> Layout.DOCTOR_PROFILE) {
            assert(version < type(uint16).max);
            next = Layout.put(next, Layout.DOCTOR_PROFILE, 192, given);
            next = Layout.put(next, Layout.DOCTOR_VERSION, 16, version + 1);
        }
        assert(_word == next);
        _assertDoctorMeta(30);
    }

    /// @notice A verifier changes status and since together, the profile only as announced, and no
    /// other bit: a replaced wallet stays marked, and the doctor's turn is the doctor's.
    function check_statusMovesAlone(
        uint256 word,
        bytes24 profile,
        uint16 seenVersion,
        uint40 seenSince,
        uint8 status,
        uint40 time
    ) public {
        _doctor = word;
        vm.warp(time);
        _contract.setDoctorStatus(address(1), profile, seenVersion, seenSince, status, 0);
        assert(status >= 2 && status <= 4);
        uint256 given = uint256(bytes32(profile)) >> Layout.DOCTOR_PROFILE;
        uint256 expected = word;
        if (status == 2 && given != word >> Layout.DOCTOR_PROFILE) {
            uint256 version = Layout.field(word, Layout.DOCTOR_VERSION, 16);
            assert(version < type(uint16).max);
            expected = Layout.put(expected, Layout.DOCTOR_PROFILE, 192, given);
            expected = Layout.put(expected, Layout.DOCTOR_VERSION, 16, version + 1);
        }
        if (status != word & 7) {
            expected = Layout.put(expected, Layout.DOCTOR_SINCE, 40, time);
            expected = Layout.put(expected, 0, 3, status);
        }
        assert(_word == expected);
        _assertDoctorMeta(31);
    }

    /// @notice Every field of a doctor is read from its place.
    function check_doctorIsUnpacked(uint256 word) public {
        _doctor = word;
        (bytes24 profile, uint16 version, uint40 since, uint8 status, uint8 turn) =
            _contract.doctorOf(address(1));
        assert(uint256(bytes32(profile)) == (word >> 64) << 64);
        assert(version == Layout.field(word, Layout.DOCTOR_VERSION, 16));
        assert(since == Layout.field(word, Layout.DOCTOR_SINCE, 40));
        assert(status == Layout.field(word, 0, 3));
        assert(turn == Layout.field(word, Layout.DOCTOR_TURN, Layout.DOCTOR_TURN_BITS));
    }

    /// @notice The epoch goes on by one or to the start of the next generation; never down, never
    /// round, and from a generation's last index nowhere but to the next generation.
    function check_epochStep(uint32 from, uint32 to) public {
        _contract.rotateKeys(address(1), from, to, 0);
        assert(_fromEpoch == from && _toEpoch == to);
        assert(_meta == uint256(37) << Layout.META_ACTION);
        assert(to > from);
        uint256 generation = from >> 16;
        bool next = uint256(to) == uint256(from) + 1;
        bool rolled = uint256(to) == (generation + 1) * 65_536;
        assert(next || rolled);
        if (from & 0xffff == 0xffff) assert(to & 0xffff == 0 && to >> 16 == generation + 1);
        else assert(rolled || (to >> 16 == generation && to & 0xffff == (from & 0xffff) + 1));
    }

    /// @notice A bundle is published for the epoch as it is, and moves it nowhere.
    function check_bundleKeepsTheEpoch(uint32 epoch) public {
        _contract.publishBundle(address(1), epoch, 0);
        assert(_fromEpoch == epoch && _toEpoch == epoch);
        assert(_meta == uint256(38) << Layout.META_ACTION);
    }

    /// @notice The epoch is read from the subject's word.
    function check_epochIsUnpacked(uint256 word) public {
        _subject = word;
        assert(_contract.epochOf(address(1)) == Layout.field(word, Layout.SUBJECT_EPOCH, 32));
    }

    /// @dev How often access was asked for, in its place.
    function _requests(uint256 current) private pure returns (uint256) {
        return Layout.field(current, Layout.GRANT_REQUESTS, Layout.GRANT_REQUESTS_BITS)
            << Layout.GRANT_REQUESTS;
    }

    function _give(
        uint256 current,
        uint256 doctor,
        uint256 subject,
        uint32 scope,
        uint40 expiry,
        uint8 kind,
        uint40 time
    ) private {
        (_grant, _doctor, _subject) = (current, doctor, subject);
        vm.warp(time);
        bytes24 profile = bytes24(bytes32(doctor));
        uint32 epoch = uint32(Layout.field(subject, Layout.SUBJECT_EPOCH, 32));
        uint40 end = uint40(Layout.field(current, Layout.GRANT_EXPIRY, 40));
        _contract.grant(address(1), address(2), profile, scope, expiry, kind, epoch, end, 0);
    }

    /// @dev What a grant takes from the order and from the doctor's and the subject's words.
    function _order(uint256 doctor, uint256 subject, uint32 scope, uint40 expiry, uint8 kind)
        private
        pure
        returns (uint256)
    {
        return scope | (uint256(expiry) << Layout.GRANT_EXPIRY)
            | (uint256(kind) << Layout.GRANT_KIND)
            | (Layout.field(subject, Layout.SUBJECT_EPOCH, 32) << Layout.GRANT_EPOCH)
            | (Layout.field(doctor, Layout.DOCTOR_VERSION, 16) << Layout.GRANT_VERSION);
    }

    /// @dev The entry tells version and status as they stand afterwards.
    function _assertDoctorMeta(uint256 action) private view {
        uint256 version = Layout.field(_word, Layout.DOCTOR_VERSION, 16);
        uint256 told = (action << Layout.META_ACTION) | (version << Layout.META_VERSION);
        assert(_meta == (told | (_word & 7)));
    }
}
