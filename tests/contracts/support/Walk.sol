// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IContractAudit} from "../../../contracts/interfaces/IContractAudit.sol";
import {IContractDoctor} from "../../../contracts/interfaces/IContractDoctor.sol";
import {IContractPatient} from "../../../contracts/interfaces/IContractPatient.sol";
import {Fixture} from "./Fixture.sol";

/// @notice A walk through the contracts beside a model of their rules: each step tries an act with
/// chosen arguments, good and bad, and reverts unless it was allowed exactly when the model allows
/// it, by the actor that the model names. Every entry's chain is recomputed on the way.
contract Walk is Fixture {
    struct Held {
        uint40 since;
        uint40 end;
        uint40 prevSince;
        uint40 prevEnd;
        uint32 scope;
        uint8 kind;
    }

    struct Written {
        address subject;
        address creator;
        bytes32 id;
        bytes27 chain;
        uint24 version;
        bool archived;
    }

    uint256 internal constant DOCTORS = 6;

    address[2] internal people;
    address[DOCTORS] internal staff;
    mapping(address subject => uint32) internal epochs;
    mapping(address subject => uint8) internal standing;
    mapping(address id => uint8) internal statuses;
    mapping(address id => uint40) internal statusSince;
    mapping(address subject => mapping(address grantee => Held)) internal held;
    Written[] internal written;

    /// @notice How often each kind of step was allowed and refused.
    mapping(string step => uint256) public allowedCount;
    mapping(string step => uint256) public refusedCount;

    function setUp() public override {
        super.setUp();
        people = [patient, otherPatient];
        staff = [doctor, colleague, ungranted, expired, revoked, suspended];
        epochs[patient] = EPOCH;
        for (uint256 i; i < people.length; ++i) {
            standing[people[i]] = 1;
        }
        for (uint256 i; i < DOCTORS; ++i) {
            statuses[staff[i]] = staff[i] == suspended ? 3 : 2;
            statusSince[staff[i]] = staff[i] == suspended ? REVOKED : BEGIN;
            if (staff[i] == ungranted) continue;
            uint40 end = UNTIL;
            if (staff[i] == expired) end = EXPIRED;
            if (staff[i] == revoked) end = REVOKED;
            held[patient][staff[i]] = Held(GRANTED, end, 0, 0, SCOPE, 0);
        }
        _remember(patient, patient, ownRecord, patient);
        _remember(patient, doctor, doctorRecord, doctor);
    }

    function stepWarp(uint256 seed) external {
        vm.warp(block.timestamp + 1 + seed % 2 days);
        ++allowedCount["warp"];
    }

    /// @dev By the patient, or by the guardian (whose delegation is bounded in scope and length).
    function stepGrant(uint256 seed) external {
        address subject = people[seed % 2];
        address grantee = staff[(seed >> 8) % DOCTORS];
        uint32 scope = uint32(seed >> 16) & (seed >> 48 & 3 == 0 ? 0xffffffff : DELEGATED);
        uint40 end = uint40(block.timestamp + (seed >> 56) % 40 days);
        uint8 kind = uint8(seed >> 96) % 8 == 0 ? 1 : 0;
        if (kind == 1) scope &= 0xffff;
        uint32 epoch = _epoch(subject, seed >> 104);
        address caller = seed >> 112 & 3 == 0 ? guardian : subject;
        bool may = _mayGrant(caller, subject, grantee, scope, end, kind) && epoch == epochs[subject];
        bytes memory data = abi.encodeCall(
            IContractDoctor.grant,
            (subject, grantee, profileOf(grantee), scope, end, kind, epoch, DIGEST)
        );
        _attempt("grant", caller, address(doctors), data, may, caller);
        if (!may) return;
        Held storage grant = held[subject][grantee];
        if (grant.since == 0 || grant.end <= block.timestamp) {
            (grant.prevSince, grant.prevEnd) = (grant.since, grant.end);
            grant.since = uint40(block.timestamp);
        }
        (grant.end, grant.scope, grant.kind) = (end, scope, kind);
    }

    function stepRevoke(uint256 seed) external {
        address subject = people[seed % 2];
        address grantee = staff[(seed >> 8) % DOCTORS];
        uint32 epoch = _epoch(subject, seed >> 16);
        address caller = _patientsSide(subject, seed >> 24);
        Held storage grant = held[subject][grantee];
        bool may = _acts(caller, subject) && epoch == epochs[subject] && grant.since != 0;
        bytes memory data =
            abi.encodeCall(IContractDoctor.revoke, (subject, list(grantee), epoch, DIGEST));
        _attempt("revoke", caller, address(doctors), data, may, caller);
        if (!may) return;
        if (grant.end > block.timestamp) grant.end = uint40(block.timestamp);
        ++epochs[subject];
    }

    function stepRotate(uint256 seed) external {
        address subject = people[seed % 2];
        uint32 epoch = _epoch(subject, seed >> 8);
        uint32 next = seed >> 16 & 3 == 0 ? ((epoch >> 16) + 1) << 16 : epoch + 1;
        if (seed >> 24 & 7 == 0) next += 1;
        address caller = _patientsSide(subject, seed >> 32);
        bool fits = next == epoch + 1 || next == ((epoch >> 16) + 1) << 16;
        bool may = _acts(caller, subject) && epoch == epochs[subject] && fits;
        bytes memory data =
            abi.encodeCall(IContractDoctor.rotateKeys, (subject, epoch, next, DIGEST));
        _attempt("rotate", caller, address(doctors), data, may, caller);
        if (may) epochs[subject] = next;
    }

    /// @dev By the patient, a doctor, or the nurse by way of the doctor.
    function stepAdd(uint256 seed) external {
        address subject = people[seed % 2];
        (address caller, address via) = _author(subject, seed >> 8);
        address principal = via == NONE ? caller : via;
        address creator = seed >> 24 & 7 == 0 ? people[seed >> 32 & 1] : principal;
        uint8 slot = uint8(seed >> 40) % 17;
        bytes32 id = bytes32(
            (uint256(slot) << 248) | (uint256(uint160(creator)) << 88) | uint88(seed >> 48) % 64
        );
        uint32 epoch = _epoch(subject, seed >> 136);
        bool may = slot < 16 && creator == principal && epoch == epochs[subject]
            && _find(subject, id) == written.length && _mayWrite(caller, via, subject, slot);
        bytes memory data =
            abi.encodeCall(IContractPatient.addRecord, (subject, id, epoch, DIGEST, via));
        _attempt("add", caller, address(patients), data, may, caller);
        if (may) {
            _remember(subject, creator, id, caller);
            written[written.length - 1].chain = recordChain(0, caller, epoch, DIGEST);
        }
    }

    function stepUpdate(uint256 seed) external {
        Written storage record = written[seed % written.length];
        address subject = record.subject;
        (address caller, address via) = _author(subject, seed >> 8);
        uint32 epoch = _epoch(subject, seed >> 24);
        bytes27 head = seed >> 32 & 7 == 0 ? bytes27(0) : record.chain;
        bool own = (via == NONE ? caller : via) == subject;
        bool may = !record.archived && head == record.chain && epoch == epochs[subject]
            && own == (record.creator == subject)
            && _mayWrite(caller, via, subject, uint8(record.id[0]));
        bytes32 digest = keccak256(abi.encode(seed));
        bytes memory data = abi.encodeCall(
            IContractPatient.updateRecord, (subject, record.id, head, epoch, digest, via)
        );
        _attempt("update", caller, address(patients), data, may, caller);
        if (!may) return;
        record.chain = recordChain(record.chain, caller, epoch, digest);
        ++record.version;
    }

    function stepArchive(uint256 seed) external {
        if (seed >> 128 & 3 != 0) return;
        Written storage record = written[seed % written.length];
        address subject = record.subject;
        (address caller, address via) = _author(subject, seed >> 8);
        bool may = !record.archived && (via == NONE ? caller : via) == record.creator
            && _mayWrite(caller, via, subject, uint8(record.id[0]));
        bytes memory data = abi.encodeCall(
            IContractPatient.archiveRecord, (subject, record.id, record.chain, DIGEST, via)
        );
        _attempt("archive", caller, address(patients), data, may, caller);
        if (may) record.archived = true;
    }

    function stepLog(uint256 seed) external {
        address subject = people[seed % 2];
        (address caller, address via) = _author(subject, seed >> 8);
        uint40 seenAt = uint40(block.timestamp - (seed >> 24) % 10 days);
        bool may = _mayLog(caller, via, subject, seenAt);
        bytes memory data = abi.encodeCall(
            IContractAudit.logConsultation, (subject, doctorRecord, seenAt, DIGEST, via)
        );
        _attempt("log", caller, address(audit), data, may, caller);
    }

    function stepDoctorStatus(uint256 seed) external {
        if (seed >> 64 & 1 == 0) return;
        address id = staff[seed % DOCTORS];
        uint8 status = 2 + uint8(seed >> 8) % 3;
        if (seed >> 16 & 3 != 0) status = 2;
        bytes memory data =
            abi.encodeCall(IContractDoctor.setDoctorStatus, (id, profileOf(id), status, DIGEST));
        _attempt("doctor status", verifier, address(doctors), data, true, verifier);
        if (statuses[id] != status) statusSince[id] = uint40(block.timestamp);
        statuses[id] = status;
    }

    function stepPatientStatus(uint256 seed) external {
        address subject = people[seed % 2];
        uint8 status = seed >> 8 & 15 == 0 ? 2 : 1;
        bytes memory data =
            abi.encodeCall(IContractPatient.setPatientStatus, (subject, status, DIGEST));
        _attempt("patient status", registrar, address(patients), data, true, registrar);
        standing[subject] = status;
    }

    /// @notice Compares the whole state with the model.
    function check() external view {
        for (uint256 p; p < people.length; ++p) {
            address subject = people[p];
            assertEq(doctors.epochOf(subject), epochs[subject], "epoch");
            assertEq(audit.auditHead(subject), trailHead(subject), "head");
            assertEq(patients.patientOf(subject).controller, subject, "controller");
            for (uint256 d; d < DOCTORS; ++d) {
                _checkGrant(subject, staff[d]);
            }
        }
        assertEq(audit.auditHead(address(0)), trailHead(address(0)), "common head");
        for (uint256 i; i < written.length; ++i) {
            (bytes27 chain, uint24 version, uint8 flags) =
                patients.recordHead(written[i].subject, written[i].id);
            assertEq(chain, written[i].chain, "record's chain");
            assertEq(version, written[i].version, "version");
            assertEq(flags, written[i].archived ? 1 : 0, "flags");
        }
    }

    function _checkGrant(address subject, address grantee) private view {
        Held memory model = held[subject][grantee];
        IContractDoctor.Grant memory grant = doctors.grantOf(subject, grantee);
        assertEq(grant.since, model.since, "since");
        assertEq(grant.expiry, model.end, "end");
        assertEq(grant.scope, model.scope, "scope");
        assertEq(grant.kind, model.kind, "kind");
        assertEq(grant.prevSince, model.prevSince, "since before");
        assertEq(grant.prevExpiry, model.prevEnd, "end before");
        bool live = model.since != 0 && block.timestamp < model.end && statuses[grantee] == 2;
        assertTrue(doctors.isAuthorized(subject, grantee, 0, false) == live, "identity");
    }

    function _attempt(
        string memory step,
        address caller,
        address target,
        bytes memory data,
        bool may,
        address actor
    ) private {
        vm.recordLogs();
        vm.prank(caller);
        (bool done,) = target.call(data);
        assertTrue(done == may, string.concat(step, may ? ": refused" : ": allowed"));
        ++(done ? allowedCount : refusedCount)[step];
        if (!done) return expectNoEntry();
        Entry[] memory entries = take();
        for (uint256 i; i < entries.length; ++i) {
            assertEq(entries[i].actor, actor, "actor");
        }
        if (entries.length > 1) ++allowedCount["delegated"];
    }

    function _mayGrant(
        address caller,
        address subject,
        address grantee,
        uint32 scope,
        uint40 end,
        uint8 kind
    ) private view returns (bool) {
        if (!_acts(caller, subject) || standing[subject] != 1 || statuses[grantee] != 2) {
            return false;
        }
        if (scope & 0x00010001 != 0 || end <= block.timestamp) return false;
        if (caller == guardian) {
            if (scope & ~DELEGATED != 0 || end > block.timestamp + MAX_GRANT) return false;
        }
        Held storage grant = held[subject][grantee];
        if (grant.since == 0 || grant.end <= block.timestamp) return true;
        return grant.scope & ~scope == 0 && end >= grant.end && grant.kind >= kind;
    }

    /// @dev Whether the caller is the patient, or the guardian of the first one.
    function _acts(address caller, address subject) private view returns (bool) {
        if (caller == subject) return true;
        return caller == guardian && subject == patient && block.timestamp < DELEGATED_UNTIL;
    }

    function _mayWrite(address caller, address via, address subject, uint8 slot)
        private
        view
        returns (bool)
    {
        if (standing[subject] != 1) return false;
        if (via == NONE && caller == subject) return true;
        uint32 bit = uint32(1) << (16 + slot);
        if (via != NONE && !_viaHolds(caller, via, bit)) return false;
        address principal = via == NONE ? caller : via;
        Held storage grant = held[subject][principal];
        return statuses[principal] == 2 && grant.since != 0 && block.timestamp < grant.end
            && grant.scope & bit != 0;
    }

    function _mayLog(address caller, address via, address subject, uint40 seenAt)
        private
        view
        returns (bool)
    {
        if (via != NONE && !_viaHolds(caller, via, 0)) return false;
        address principal = via == NONE ? caller : via;
        Held storage grant = held[subject][principal];
        if (statuses[principal] != 2 || grant.since == 0) return false;
        bool before = seenAt < grant.since;
        uint40 since = before ? grant.prevSince : grant.since;
        uint40 end = before ? grant.prevEnd : grant.end;
        return since <= seenAt && seenAt < end && block.timestamp <= end + 7 days
            && seenAt >= statusSince[principal];
    }

    /// @dev The nurse's delegation by the doctor, to write and to log.
    function _viaHolds(address caller, address via, uint32 bit) private view returns (bool) {
        return caller == nurse && via == doctor && block.timestamp < DELEGATED_UNTIL
            && (bit == 0 || DELEGATED & bit != 0);
    }

    /// @dev Who tries to write or log: the patient, a doctor, the nurse, somebody by a wrong via.
    function _author(address subject, uint256 seed) private view returns (address, address) {
        uint256 choice = seed % 16;
        if (choice < 3) return (subject, NONE);
        if (choice < 6) return (nurse, doctor);
        if (choice == 6) return (nurse, colleague);
        if (choice == 7) return (stranger, NONE);
        return (staff[(seed >> 8) % DOCTORS], NONE);
    }

    function _patientsSide(address subject, uint256 seed) private view returns (address) {
        uint256 choice = seed % 8;
        if (choice == 0) return doctor;
        if (choice == 1) return people[seed >> 8 & 1];
        return choice < 4 ? guardian : subject;
    }

    /// @dev The current epoch, mostly.
    function _epoch(address subject, uint256 seed) private view returns (uint32) {
        return epochs[subject] + (seed % 8 == 0 ? 1 : 0);
    }

    function _find(address subject, bytes32 id) private view returns (uint256 place) {
        while (place < written.length) {
            if (written[place].subject == subject && written[place].id == id) break;
            ++place;
        }
    }

    function _remember(address subject, address creator, bytes32 id, address author) private {
        bytes27 chain = recordChain(0, author, EPOCH, DIGEST);
        written.push(Written(subject, creator, id, chain, 1, false));
    }
}
