// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ContractAudit} from "../../../contracts/ContractAudit.sol";
import {Vm} from "../support/Vm.sol";
import {Layout} from "./Layout.sol";

/// @title Proofs: the words that ContractAudit keeps, and meta as it is hashed
/// @notice The proof stands in for all three peers. Where a head is compared, the whole entry is
/// proved with it: subject, actor, ref, every field of meta, and digest are what was hashed.
contract AuditProof {
    Vm private constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    address private constant FORWARDER = address(0xf0);
    address private constant PATIENT = address(0xaa);
    address private constant GRANTEE = address(0xbb);
    uint256 private constant LOW = type(uint40).max;
    uint256 private constant HEAD = ~LOW;
    /// @dev Where ContractAudit keeps them; see PatientProof.
    uint256 private constant SUBJECTS = 0;
    uint256 private constant CONTROLLERS = 1;
    uint256 private constant DOCTORS = 2;

    ContractAudit private _contract;
    uint32 private _delay;

    function setUp() public {
        _contract = new ContractAudit(FORWARDER, address(this), address(this), address(this));
    }

    /// @dev ContractPatient's, which the ledger asks for.
    function replacementDelayOf(address) external view returns (uint32) {
        return _delay;
    }

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

    /// @notice A status changes the bits that it names, in the low byte; the epoch stays.
    function check_statusMovesAlone(uint256 word, uint8 clear, uint8 set, uint40 time) public {
        _subject(word, time);
        uint256 given = uint256(13) << Layout.META_ACTION;
        _contract.storeStatus(PATIENT, GRANTEE, clear, set, 0, given, 0);
        uint256 head = _hash(word, GRANTEE, 0, _meta(13, time), 0);
        uint256 low = Layout.put(word & LOW, 0, 8, (word & 0xff & ~uint256(clear)) | set);
        assert(_contract.subjectWord(PATIENT) == (head | low));
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
        uint256 since = Layout.field(low, Layout.DELEGATION_SINCE, 40);
        vm.assume(since == 0);
        vm.warp(time);
        uint256 given = low | (uint256(expiry) << Layout.DELEGATION_EXPIRY);
        _contract.storeDelegation(PATIENT, PATIENT, GRANTEE, given);
        uint256 expected = given | (uint256(time) << Layout.DELEGATION_SINCE);
        assert(_contract.delegationWord(PATIENT, GRANTEE) == expected);
    }

    /// @notice A power to replace that is taken away is kept in replaceUntil, for the delay at most,
    /// and disturbs no other field.
    function check_powerToReplaceIsKept(
        uint256 word,
        uint128 next,
        uint40 expiry,
        uint40 until,
        uint32 delay,
        uint40 time
    ) public {
        vm.assume(Layout.field(next, Layout.DELEGATION_SINCE, 48) == 0);
        vm.assume(time > 1 && uint256(time) + delay <= LOW);
        _delay = delay;
        _subject(word, 1);
        uint256 first = (uint256(until) << Layout.DELEGATION_EXPIRY)
            | (uint256(32) << Layout.DELEGATION_POWERS);
        _contract.storeDelegation(PATIENT, PATIENT, GRANTEE, first);
        vm.warp(time);
        uint256 given = uint80(next) | (uint256(expiry) << Layout.DELEGATION_EXPIRY);
        _contract.storeDelegation(PATIENT, PATIENT, GRANTEE, given);
        uint256 latest = uint256(time) + delay;
        uint256 kept = until > latest ? latest : until;
        bool keptItself = Layout.field(next, 37, 1) == 1 && expiry >= kept;
        if (until <= time || keptItself) kept = 0;
        uint256 expected = given | (uint256(time) << Layout.DELEGATION_SINCE)
            | (kept << Layout.DELEGATION_REPLACE_UNTIL);
        assert(_contract.delegationWord(PATIENT, GRANTEE) == expected);
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

    /// @dev Puts a patient whose wallet acts itself into any state whatever but the status 0, which
    /// nobody has who is registered: a hash that ends in zeros could make the word 0 with it.
    function _subject(uint256 word, uint40 time) private {
        vm.assume(word & 7 != 0);
        vm.store(address(_contract), _place(PATIENT, SUBJECTS), bytes32(word));
        uint256 wallet = uint160(PATIENT);
        vm.store(address(_contract), _place(PATIENT, CONTROLLERS), bytes32(wallet));
        vm.warp(time);
    }

    function _place(address id, uint256 mapping_) private pure returns (bytes32) {
        return keccak256(abi.encode(id, mapping_));
    }

    function _meta(uint256 action, uint40 time) private pure returns (uint256) {
        return (action << Layout.META_ACTION) | (uint256(time) << Layout.META_TIME);
    }

    function _ref(address value) private pure returns (bytes32) {
        return bytes32(uint256(uint160(value)));
    }

    /// @dev The patient's next head, in its place.
    function _hash(uint256 word, address actor, bytes32 ref, uint256 meta, bytes32 digest)
        private
        pure
        returns (uint256)
    {
        return uint256(keccak256(abi.encode(word & HEAD, PATIENT, actor, ref, meta, digest))) & HEAD;
    }
}
