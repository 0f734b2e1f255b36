// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {AuditStub} from "./AuditStub.sol";
import {Layout} from "./Layout.sol";
import {Refusals} from "./Refusals.sol";

/// @title Proofs: the words that ContractAudit keeps, and meta as it is hashed
/// @notice Where a head is compared, the whole entry is proved with it: subject, actor, ref, every
/// field of meta, and digest are what was hashed. Receipts are in Receipts.t.sol.
contract AuditProof is AuditStub {
    /// @notice A patient begins in epoch 0, active, with the first entry's head.
    function check_newSubjectIsPacked(uint40 time) public {
        vm.warp(time);
        uint256 genesis = uint256(bytes32(_contract.genesisHead(PATIENT)));
        _contract.registerPatient(PATIENT);
        uint256 meta = _meta(10, time);
        uint256 head = _hash(genesis, PATIENT, _ref(PATIENT), meta, 0);
        assert(_contract.subjectWord(PATIENT) == (head | 1));
    }

    /// @notice A new epoch changes the epoch of a subject, and the head; status bits stay.
    function check_epochMovesAlone(
        uint256 word,
        uint32 from,
        uint32 to,
        bytes32 digest,
        uint40 time
    ) public {
        _subject(word, time);
        uint256 given = uint256(37) << Layout.META_ACTION;
        _contract.storeEpoch(PATIENT, PATIENT, from, to, given, digest);
        assert(from == Layout.field(word, Layout.SUBJECT_EPOCH, 32));
        uint256 meta = _meta(37, time) | (uint256(to) << Layout.META_EPOCH);
        uint256 head = _hash(word, PATIENT, _ref(PATIENT), meta, digest);
        uint256 low = Layout.put(word & LOW, Layout.SUBJECT_EPOCH, 32, to);
        assert(_contract.subjectWord(PATIENT) == (head | low));
    }

    /// @notice Revoking ends the grant now unless it had ended, changes no other bit of it, and
    /// moves the epoch by exactly one: into the next generation from the last index, round never.
    function check_revoking(uint256 word, uint256 grant, uint32 from, bytes32 digest, uint40 time)
        public
    {
        vm.warp(time);
        _contract.storeGrant(PATIENT, GRANTEE, grant, PATIENT, address(0), 0, 0);
        _subject(word, time);
        address[] memory grantees = new address[](1);
        grantees[0] = GRANTEE;
        _contract.endGrants(PATIENT, PATIENT, grantees, from, digest);
        uint256 epoch = Layout.field(word, Layout.SUBJECT_EPOCH, 32);
        assert(from == epoch && epoch < type(uint32).max);
        uint256 end = Layout.field(grant, Layout.GRANT_EXPIRY, 40);
        if (end > time) end = time;
        uint256 ended = Layout.put(grant, Layout.GRANT_EXPIRY, 40, end);
        assert(_contract.grantWord(PATIENT, GRANTEE) == ended);
        uint256 meta = _meta(36, time) | ((epoch + 1) << Layout.META_EPOCH)
            | (Layout.field(grant, 0, 32) << Layout.META_SCOPE) | (end << Layout.META_EXPIRY);
        uint256 head = _hash(word, PATIENT, _ref(GRANTEE), meta, digest);
        uint256 low = Layout.put(word & LOW, Layout.SUBJECT_EPOCH, 32, epoch + 1);
        assert(_contract.subjectWord(PATIENT) == (head | low));
    }

    /// @notice A status changes the bits that it names, in the low byte; the epoch stays. Where it
    /// names the turn, the turn that is there was seen, and goes on by one.
    function check_statusMovesAlone(
        uint256 word,
        uint8 clear,
        uint8 set,
        bool counting,
        uint40 time
    ) public {
        _statusCase(word, clear, counting, time);
        uint256 given = uint256(13) << Layout.META_ACTION;
        _contract.storeStatus(PATIENT, GRANTEE, clear, set, 0, given, 0);
        uint256 head = _hash(word, GRANTEE, 0, _meta(13, time), 0);
        uint256 byte_ = (word & 0xff & ~uint256(clear)) | set;
        if (counting) {
            uint256 next = Layout.counted(word, Layout.SUBJECT_TURN, Layout.SUBJECT_TURN_BITS);
            byte_ = (byte_ & ~uint256(0x38)) | (next & 0x38);
        }
        uint256 low = Layout.put(word & LOW, 0, 8, byte_);
        assert(_contract.subjectWord(PATIENT) == (head | low));
    }

    /// @notice A status is stored exactly when the turn was seen, where it names one, and an identity
    /// that it verifies was not verified.
    function check_statusNamesTheTurn(
        uint256 word,
        uint8 clear,
        uint8 set,
        bool counting,
        uint40 time
    ) public {
        _statusCase(word, clear, counting, time);
        (bool done, bytes memory answer) = Refusals.tried(
            address(_contract),
            abi.encodeCall(_contract.storeStatus, (PATIENT, GRANTEE, clear, set, 0, 0, 0))
        );
        uint256 turn = Layout.field(word, Layout.SUBJECT_TURN, Layout.SUBJECT_TURN_BITS);
        bool seen =
            !counting || Layout.field(set, Layout.SUBJECT_TURN, Layout.SUBJECT_TURN_BITS) == turn;
        bool twice = Layout.field(word & set, 6, 1) == 1;
        assert(done == (seen && !twice));
        if (!twice && !seen) assert(Refusals.isStale(answer, turn));
    }

    /// @notice A replacement stores wallet and time, and sets one bit of the subject's and one of
    /// the doctor's word.
    function check_controllerIsPacked(uint256 word, uint256 doctor, address wallet, uint40 time)
        public
    {
        _subject(word, time);
        vm.store(address(_contract), _place(PATIENT, DOCTORS), bytes32(doctor));
        _contract.storeController(PATIENT, wallet);
        uint256 expected = uint160(wallet) | (uint256(time) << Layout.CONTROLLER_SINCE);
        assert(_contract.controllerWord(PATIENT) == expected);
        assert(expected == 0 || _contract.controllerOf(PATIENT) == wallet);
        assert(_contract.doctorWord(PATIENT) == (doctor | 0x80));
        uint256 head = _hash(word, wallet, _ref(wallet), _meta(17, time), 0);
        assert(_contract.subjectWord(PATIENT) == (head | (word & LOW) | 0x80));
    }

    /// @notice A doctor's word is stored as it is given, and told on the common chain.
    function check_doctorIsStored(uint256 doctor, bytes32 digest, uint40 time) public {
        vm.warp(time);
        uint256 before = _contract.subjectWord(address(0));
        uint256 given = uint256(30) << Layout.META_ACTION;
        _contract.storeDoctor(GRANTEE, doctor, GRANTEE, given, digest);
        assert(_contract.doctorWord(GRANTEE) == doctor);
        uint256 meta = _meta(30, time);
        bytes32 hash =
            keccak256(abi.encode(before & HEAD, address(0), GRANTEE, _ref(GRANTEE), meta, digest));
        assert(_contract.subjectWord(address(0)) == ((uint256(hash) & HEAD) | (before & LOW)));
    }

    /// @notice A grant's word is stored as it is given; acting by `via` adds an entry of one.
    function check_grantIsStored(uint256 word, uint256 grant, bool delegated, uint40 time) public {
        _subject(word, time);
        address via = delegated ? address(0xcc) : address(0);
        uint256 given = uint256(35) << Layout.META_ACTION;
        _contract.storeGrant(PATIENT, GRANTEE, grant, PATIENT, via, given, 0);
        assert(_contract.grantWord(PATIENT, GRANTEE) == grant);
        uint256 head = _hash(word, PATIENT, _ref(GRANTEE), _meta(35, time), 0);
        if (delegated) {
            uint256 meta = _meta(50, time) | (uint256(1) << Layout.META_VERSION);
            head = _hash(head, PATIENT, _ref(via), meta, _ref(GRANTEE));
        }
        assert(_contract.subjectWord(PATIENT) == (head | (word & LOW)));
    }

    /// @notice The first delegation of a pair gets its time; its other fields stay as given.
    function check_delegationIsStored(uint120 low, uint40 expiry, uint40 time) public {
        vm.warp(time);
        uint256 given = low | (uint256(expiry) << Layout.DELEGATION_EXPIRY);
        _contract.storeDelegation(PATIENT, PATIENT, GRANTEE, given);
        // None was there to be seen.
        assert(Layout.field(low, Layout.DELEGATION_SINCE, 40) == 0);
        uint256 expected = given | (uint256(time) << Layout.DELEGATION_SINCE);
        assert(_contract.delegationWord(PATIENT, GRANTEE) == expected);
    }

    /// @notice A delegation is stored exactly when it was seen since when the one before holds.
    function check_delegationNamesTheOneBefore(uint40 since, uint160 next, uint40 time) public {
        vm.warp(since);
        _contract.storeDelegation(PATIENT, PATIENT, GRANTEE, 1);
        vm.warp(time);
        (bool done, bytes memory answer) = Refusals.tried(
            address(_contract),
            abi.encodeCall(_contract.storeDelegation, (PATIENT, PATIENT, GRANTEE, next))
        );
        bool seen = Layout.field(next, Layout.DELEGATION_SINCE, 40) == since;
        assert(done == seen);
        if (!seen) assert(Refusals.isStale(answer, since));
    }

    /// @notice A power to replace that is taken away is kept in replaceUntil, for the delay at most,
    /// and disturbs no other field.
    function check_powerToReplaceIsKept(
        uint256 word,
        uint160 next,
        uint40 until,
        uint40 since,
        uint32 delay,
        uint40 time
    ) public {
        vm.assume(since > 0 && time > since && uint256(time) + delay <= LOW);
        _delay = delay;
        _subject(word, since);
        uint256 first = (uint256(until) << Layout.DELEGATION_EXPIRY)
            | (uint256(32) << Layout.DELEGATION_POWERS);
        _contract.storeDelegation(PATIENT, PATIENT, GRANTEE, first);
        vm.warp(time);
        _contract.storeDelegation(PATIENT, PATIENT, GRANTEE, next);
        uint256 latest = uint256(time) + delay;
        uint256 kept = until > latest ? latest : until;
        bool keptItself = Layout.field(next, 37, 1) == 1
            && Layout.field(next, Layout.DELEGATION_EXPIRY, 40) >= kept;
        if (until <= time || keptItself) kept = 0;
        uint256 expected = Layout.put(next, Layout.DELEGATION_SINCE, 40, time)
            | (kept << Layout.DELEGATION_REPLACE_UNTIL);
        assert(_contract.delegationWord(PATIENT, GRANTEE) == expected);
        assert(Layout.field(next, Layout.DELEGATION_SINCE, 40) == since);
    }

    /// @notice A look is told with the time at which it was seen, its slot, and the epoch; the
    /// subject keeps every bit but the head.
    function check_lookMeta(uint256 word, bytes32 id, uint40 seenAt, bytes32 digest, uint40 time)
        public
    {
        vm.warp(time);
        uint256 always =
            (uint256(type(uint40).max) << Layout.GRANT_EXPIRY) | (uint256(1) << Layout.GRANT_SINCE);
        _contract.storeGrant(PATIENT, address(this), always, PATIENT, address(0), 0, 0);
        vm.store(address(_contract), _place(address(this), DOCTORS), bytes32(uint256(2)));
        vm.assume(Layout.field(word, 7, 1) == 0);
        _subject(word, time);
        _contract.logConsultation(PATIENT, id, seenAt, digest, address(0));
        assert(uint256(id) >> 248 < 16 && seenAt <= uint256(time) + 300);
        uint256 meta = (uint256(40) << Layout.META_ACTION) | (uint256(seenAt) << Layout.META_TIME)
            | ((uint256(id) >> 248) << Layout.META_SLOT)
            | (Layout.field(word, Layout.SUBJECT_EPOCH, 32) << Layout.META_EPOCH);
        uint256 head = _hash(word, address(this), id, meta, digest);
        assert(_contract.subjectWord(PATIENT) == (head | (word & LOW)));
    }

    /// @notice A look of many is unpacked from its 89 bytes, and told as one alone.
    function check_packedLookMeta(
        uint256 word,
        bytes32 id,
        uint40 seenAt,
        bytes32 digest,
        uint40 time
    ) public {
        uint256 always = (uint256(type(uint40).max) << Layout.GRANT_EXPIRY)
            | (uint256(1) << Layout.GRANT_SINCE);
        _contract.storeGrant(PATIENT, address(this), always, PATIENT, address(0), 0, 0);
        vm.store(address(_contract), _place(address(this), DOCTORS), bytes32(uint256(2)));
        vm.assume(Layout.field(word, 7, 1) == 0);
        vm.assume(seenAt > 0 && seenAt < type(uint40).max);
        vm.assume(seenAt <= uint256(time) + 300 && uint256(id) >> 248 < 16);
        _subject(word, time);
        _contract.logConsultations(abi.encodePacked(address(0), PATIENT, id, seenAt, digest));
        uint256 meta = (uint256(40) << Layout.META_ACTION) | (uint256(seenAt) << Layout.META_TIME)
            | ((uint256(id) >> 248) << Layout.META_SLOT)
            | (Layout.field(word, Layout.SUBJECT_EPOCH, 32) << Layout.META_EPOCH);
        uint256 head = _hash(word, address(this), id, meta, digest);
        assert(_contract.subjectWord(PATIENT) == (head | (word & LOW)));
    }

    /// @notice A delegation's entry tells scope and expiry, and in its digest the powers, the longest
    /// grant and the delegate.
    function check_delegationMeta(
        uint256 word,
        uint32 scope,
        uint16 powers,
        uint32 maxGrant,
        uint40 expiry,
        uint40 time
    ) public {
        _subject(word, time);
        uint256 given = uint256(scope) | (uint256(powers) << Layout.DELEGATION_POWERS)
            | (uint256(maxGrant) << Layout.DELEGATION_MAX_GRANT)
            | (uint256(expiry) << Layout.DELEGATION_EXPIRY);
        _contract.storeDelegation(PATIENT, PATIENT, GRANTEE, given);
        uint256 meta = _meta(5, time) | (uint256(scope) << Layout.META_SCOPE)
            | (uint256(expiry) << Layout.META_EXPIRY);
        bytes32 digest = bytes32(abi.encodePacked(bytes6(0), powers, maxGrant, GRANTEE));
        uint256 head = _hash(word, PATIENT, _ref(GRANTEE), meta, digest);
        assert(_contract.subjectWord(PATIENT) == (head | (word & LOW)));
    }

    /// @notice An anchor's entry, on the common chain, tells how many receipts it stands for.
    function check_anchorMeta(bytes32 root, uint32 count, bytes32 digest, uint40 time) public {
        vm.warp(time);
        vm.store(address(_contract), _place(address(this), DOCTORS), bytes32(uint256(2)));
        uint256 before = _contract.subjectWord(address(0));
        _contract.anchorReceipts(root, count, digest);
        uint256 meta = _meta(41, time) | (uint256(count) << Layout.META_SCOPE);
        bytes32 hash =
            keccak256(abi.encode(before & HEAD, address(0), address(this), root, meta, digest));
        assert(_contract.subjectWord(address(0)) == ((uint256(hash) & HEAD) | (before & LOW)));
    }

    /// @notice An anchor keeps its time and count.
    function check_anchorIsPacked(bytes32 root, uint32 count, uint40 time) public {
        vm.warp(time);
        vm.store(address(_contract), _place(address(this), DOCTORS), bytes32(uint256(2)));
        _contract.anchorReceipts(root, count, 0);
        (uint40 anchoredAt, uint32 counted) = _contract.anchorOf(address(this), root);
        assert(anchoredAt == time && counted == count);
    }

    /// @notice A head is the subject's word without its low 40 bits.
    function check_headIsUnpacked(uint256 word) public {
        _subject(word, 1);
        assert(uint256(bytes32(_contract.auditHead(PATIENT))) == word & HEAD);
    }

    /// @dev A status that names the whole turn or nothing of it.
    function _statusCase(uint256 word, uint8 clear, bool counting, uint40 time) private {
        vm.assume(clear & 0x38 == (counting ? 0x38 : 0));
        _subject(word, time);
    }
}
