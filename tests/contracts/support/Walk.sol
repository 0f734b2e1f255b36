// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IContractAudit} from "../../../contracts/interfaces/IContractAudit.sol";
import {IContractDoctor} from "../../../contracts/interfaces/IContractDoctor.sol";
import {IContractPatient} from "../../../contracts/interfaces/IContractPatient.sol";
import {IUserAuthentication} from "../../../contracts/interfaces/IUserAuthentication.sol";
import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Witness} from "./Witness.sol";

/// @notice A walk through the contracts beside a model of their rules: each step tries an act with
/// chosen arguments, good and bad, and reverts unless it was allowed exactly when the model allows
/// it, by the actor that the model names. Every entry's chain is recomputed on the way, and a
/// witness who reads the entries alone judges each of them.
contract Walk is Witness {
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

    struct Given {
        uint16 powers;
        uint40 end;
        uint40 since;
    }

    uint256 internal constant DOCTORS = 6;

    address[2] internal people;
    address[DOCTORS] internal staff;
    mapping(address subject => uint32) internal epochs;
    mapping(address subject => uint8) internal standing;
    mapping(address id => uint8) internal statuses;
    mapping(address id => uint40) internal statusSince;
    mapping(address subject => mapping(address grantee => Held)) internal held;
    mapping(address principal => mapping(address delegate => Given)) internal given;
    mapping(address subject => address) internal controllers;
    mapping(address subject => uint40) internal replacedAt;
    mapping(address subject => bytes32) internal commitments;
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
            (standing[people[i]], controllers[people[i]]) = (1, people[i]);
        }
        given[patient][guardian] = Given(ALL_POWERS, DELEGATED_UNTIL, GRANTED);
        given[doctor][nurse] = Given(WRITE | LOG, DELEGATED_UNTIL, GRANTED);
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
        uint256 from = block.timestamp;
        vm.warp(from + 1 + seed % 2 days);
        ++allowedCount["warp"];
        for (uint256 i; i < 2 * DOCTORS; ++i) {
            countRunOut(people[i % 2], staff[i / 2], from, block.timestamp);
        }
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
        address caller = seed >> 112 & 3 == 0 ? guardian : controllers[subject];
        bool may = _mayGrant(caller, subject, grantee, scope, end, kind) && epoch == epochs[subject];
        {
            uint40 before = held[subject][grantee].end;
            if (seed >> 120 & 7 == 0) before = uint40(seed >> 128);
            may = may && before == held[subject][grantee].end;
            bytes memory data = _granting(subject, grantee, scope, end, kind, epoch, before);
            _attempt("grant", caller, address(doctors), data, may, subject);
        }
        if (!may) return;
        Held storage grant = held[subject][grantee];
        if (grant.since == 0 || grant.end <= block.timestamp) {
            (grant.prevSince, grant.prevEnd) = (grant.since, grant.end);
            grant.since = uint40(block.timestamp);
        }
        (grant.end, grant.scope, grant.kind) = (end, scope, kind);
    }

    function _granting(
        address subject,
        address grantee,
        uint32 scope,
        uint40 end,
        uint8 kind,
        uint32 epoch,
        uint40 before
    ) private pure returns (bytes memory) {
        bytes24 profile = profileOf(grantee);
        return abi.encodeCall(
            IContractDoctor.grant,
            (subject, grantee, profile, scope, end, kind, epoch, before, DIGEST)
        );
    }

    function stepRevoke(uint256 seed) external {
        address subject = people[seed % 2];
        address grantee = staff[(seed >> 8) % DOCTORS];
        uint32 epoch = _epoch(subject, seed >> 16);
        address caller = _patientsSide(subject, seed >> 24);
        Held storage grant = held[subject][grantee];
        bool may = _acts(caller, subject, REVOKE) && epoch == epochs[subject] && grant.since != 0;
        bytes memory data =
            abi.encodeCall(IContractDoctor.revoke, (subject, list(grantee), epoch, DIGEST));
        _attempt("revoke", caller, address(doctors), data, may, subject);
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
        bool may = _acts(caller, subject, ROTATE) && epoch == epochs[subject] && fits;
        bytes memory data =
            abi.encodeCall(IContractDoctor.rotateKeys, (subject, epoch, next, DIGEST));
        _attempt("rotate", caller, address(doctors), data, may, subject);
        if (may) epochs[subject] = next;
    }

    /// @dev By the patient, a doctor, or the nurse by way of the doctor.
    function stepAdd(uint256 seed) external {
        address subject = people[seed % 2];
        (address caller, address via) = _author(subject, seed >> 8);
        address principal = via == NONE ? _actor(caller, subject) : via;
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
        _attempt("add", caller, address(patients), data, may, subject);
        if (may) {
            _remember(subject, creator, id, caller);
            written[written.length - 1].chain =
                recordChain(0, _actor(caller, subject), epoch, DIGEST);
        }
    }

    function stepUpdate(uint256 seed) external {
        Written storage record = written[seed % written.length];
        address subject = record.subject;
        (address caller, address via) = _author(subject, seed >> 8);
        uint32 epoch = _epoch(subject, seed >> 24);
        bytes27 head = seed >> 32 & 7 == 0 ? bytes27(0) : record.chain;
        bool own = (via == NONE ? _actor(caller, subject) : via) == subject;
        bool may = !record.archived && head == record.chain && epoch == epochs[subject]
            && own == (record.creator == subject)
            && _mayWrite(caller, via, subject, uint8(record.id[0]));
        bytes32 digest = keccak256(abi.encode(seed));
        bytes memory data = abi.encodeCall(
            IContractPatient.updateRecord, (subject, record.id, head, epoch, digest, via)
        );
        _attempt("update", caller, address(patients), data, may, subject);
        if (!may) return;
        record.chain = recordChain(record.chain, _actor(caller, subject), epoch, digest);
        ++record.version;
    }

    function stepArchive(uint256 seed) external {
        if (seed >> 128 & 3 != 0) return;
        Written storage record = written[seed % written.length];
        address subject = record.subject;
        (address caller, address via) = _author(subject, seed >> 8);
        address actor = _actor(caller, subject);
        bool may = !record.archived && (via == NONE ? actor : via) == record.creator
            && _mayWrite(caller, via, subject, uint8(record.id[0]));
        bytes memory data = abi.encodeCall(
            IContractPatient.archiveRecord, (subject, record.id, record.chain, DIGEST, via)
        );
        _attempt("archive", caller, address(patients), data, may, subject);
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
        _attempt("log", caller, address(audit), data, may, subject);
    }

    /// @dev Two looks at once, of which each is entered or skipped by itself.
    function stepLogMany(uint256 seed) external {
        address subject = people[seed % 2];
        (address caller, address via) = _author(subject, seed >> 8);
        uint40[2] memory seen;
        uint256 fit;
        for (uint256 i; i < 2; ++i) {
            seen[i] = uint40(block.timestamp - (seed >> (24 + 32 * i)) % 10 days);
            if (_mayLog(caller, via, subject, seen[i])) ++fit;
        }
        bool may = statuses[via == NONE ? caller : via] == 2
            && (via == NONE || _isNamed(via, caller, LOG));
        bytes memory packed = abi.encodePacked(via, subject, doctorRecord, seen[0], DIGEST);
        packed = abi.encodePacked(packed, subject, ownRecord, seen[1], DIGEST);
        uint256 before = counted[Actions.CONSULTED];
        bytes memory data = abi.encodeCall(IContractAudit.logConsultations, (packed));
        _attempt("log many", caller, address(audit), data, may, subject);
        assertEq(counted[Actions.CONSULTED], before + fit, "each by itself");
    }

    function stepAnnotate(uint256 seed) external {
        Written storage record = written[seed % written.length];
        (address caller, address via) = _author(record.subject, seed >> 8);
        bytes27 head = seed >> 32 & 7 == 0 ? bytes27(0) : record.chain;
        uint8 slot = uint8(record.id[0]);
        bool may =
            head == record.chain && _mayTouch(caller, via, record.subject, slot, uint32(1) << slot);
        bytes memory data = abi.encodeCall(
            IContractPatient.annotate, (record.subject, record.id, head, 1, DIGEST, via)
        );
        _attempt("annotate", caller, address(patients), data, may, record.subject);
    }

    function stepDoctorStatus(uint256 seed) external {
        if (seed >> 64 & 1 == 0) return;
        address id = staff[seed % DOCTORS];
        uint8 status = 2 + uint8(seed >> 8) % 3;
        if (seed >> 16 & 3 != 0) status = 2;
        bytes memory data = abi.encodeCall(
            IContractDoctor.setDoctorStatus,
            (id, profileOf(id), seenVersion(id), seenSince(id), status, DIGEST)
        );
        _attempt("doctor status", verifier, address(doctors), data, true, NONE);
        if (statuses[id] != status) statusSince[id] = uint40(block.timestamp);
        statuses[id] = status;
    }

    function stepPatientStatus(uint256 seed) external {
        address subject = people[seed % 2];
        uint8 status = seed >> 8 & 15 == 0 ? 2 : 1;
        bytes memory data = abi.encodeCall(
            IContractPatient.setPatientStatus, (subject, seenTurn(subject), status, DIGEST)
        );
        _attempt("patient status", registrar, address(patients), data, true, NONE);
        standing[subject] = status;
    }

    /// @dev A delegation is given, changed or taken back by the controller, or tried by another.
    function stepDelegate(uint256 seed) external {
        bool own = seed & 1 == 0;
        address principal = own ? people[seed >> 1 & 1] : doctor;
        address who = own ? (seed >> 2 & 1 == 0 ? guardian : aide) : nurse;
        uint16 powers = uint16(seed >> 8) % 64;
        if (seed >> 24 & 1 == 0) powers = own ? ALL_POWERS : WRITE | LOG;
        uint40 end = seed >> 32 & 7 == 0 ? 0 : uint40(block.timestamp + 1 + (seed >> 40) % 60 days);
        address rightful = own ? controllers[principal] : doctor;
        address caller = rightful;
        if (seed >> 72 & 7 == 0) caller = seed >> 80 & 1 == 0 ? who : people[seed >> 88 & 1];
        bool may = caller == rightful;
        bytes memory data = abi.encodeCall(
            IUserAuthentication.setDelegate,
            (principal, who, DELEGATED, powers, MAX_GRANT, end, seenDelegation(principal, who))
        );
        _attempt("delegate", caller, address(users), data, may, principal);
        if (may) given[principal][who] = Given(powers, end, uint40(block.timestamp));
    }

    /// @dev Three identities for two patients.
    function stepIdentity(uint256 seed) external {
        address subject = people[seed & 1];
        bytes32 commitment = keccak256(abi.encode("identity", (seed >> 8) % 3));
        address caller = seed >> 16 & 7 == 0 ? verifier : registrar;
        bool release = seed >> 24 & 1 == 0;
        bool taken = commitments[people[0]] == commitment || commitments[people[1]] == commitment;
        bool may =
            release ? commitments[subject] == commitment : !taken && commitments[subject] == 0;
        may = may && caller == registrar;
        uint8 turn = seenTurn(subject);
        bytes memory data = release
            ? abi.encodeCall(IContractPatient.releaseIdentity, (subject, turn, commitment, DIGEST))
            : abi.encodeCall(IContractPatient.verifyIdentity, (subject, turn, commitment, DIGEST));
        _attempt("identity", caller, address(patients), data, may, NONE);
        if (may) commitments[subject] = release ? bytes32(0) : commitment;
    }

    /// @dev Who may approve is left to the contract here; the witness judges what comes of it.
    function stepReplace(uint256 seed) external {
        address subject = people[seed & 1];
        address[4] memory callers = [registrar, guardian, aide, doctor];
        bytes memory data = abi.encodeCall(
            IContractPatient.replaceController, (subject, _nextWallet(subject, seed >> 16))
        );
        vm.recordLogs();
        vm.prank(callers[(seed >> 8) % 7 % 4]);
        (bool done,) = address(patients).call(data);
        ++(done ? allowedCount : refusedCount)["replace"];
        if (done) take();
        else expectNoEntry();
    }

    function stepVeto(uint256 seed) external {
        if (seed >> 32 & 3 != 0) return;
        address subject = people[seed & 1];
        IContractPatient.Patient memory person = patients.patientOf(subject);
        address caller = seed >> 8 & 3 == 0 ? subject : controllers[subject];
        bool may =
            caller == controllers[subject] && person.pendingWallet != NONE && !person.vetoSpent;
        bytes memory data =
            abi.encodeCall(IContractPatient.vetoReplacement, (subject, person.pendingWallet));
        _attempt("veto", caller, address(patients), data, may, subject);
    }

    /// @dev By the wallet announced, or by another, whenever.
    function stepComplete(uint256 seed) external {
        address subject = people[seed & 1];
        IContractPatient.Patient memory person = patients.patientOf(subject);
        address to = _nextWallet(subject, seed >> 16);
        address caller = seed >> 8 & 7 == 0 ? stranger : to;
        bool may = caller == to && person.pendingWallet == to && block.timestamp >= person.readyAt;
        bytes memory data = abi.encodeCall(IContractPatient.completeReplacement, (subject, to));
        _attempt("complete", caller, address(patients), data, may, subject);
        if (may) (controllers[subject], replacedAt[subject]) = (to, uint40(block.timestamp));
    }

    function stepDelay(uint256 seed) external {
        if (seed >> 64 & 7 != 0) return;
        address subject = people[seed & 1];
        uint32 delay = uint32(1 days + (seed >> 8) % 31 days);
        bool may = delay >= 3 days && delay <= 30 days;
        bytes memory data = abi.encodeCall(
            IContractPatient.setReplacementDelay, (subject, seenDelay(subject), delay)
        );
        _attempt("delay", controllers[subject], address(patients), data, may, subject);
    }

    function checkAll() external view {
        this.check();
        for (uint256 i = 1; i < 9; ++i) {
            this.checkPromise(i);
        }
    }

    /// @notice Promise 1 to 8 (see Witness) holds: no breach was witnessed, and the contracts'
    /// state is what follows from the entries alone.
    function checkPromise(uint256 number) external view {
        assertEq(breaches[number], 0, "no breach");
        if (number == 2) check2(people);
        for (uint256 p; p < people.length; ++p) {
            address subject = people[p];
            if (number == 3) check3(subject);
            if (number == 6) check6(subject);
            if (number == 7) check7(subject);
            if (number == 8) check8(subject);
            if (number != 5) continue;
            for (uint256 d; d < DOCTORS; ++d) {
                check5(subject, staff[d]);
            }
        }
    }

    /// @notice Compares the whole state with the model.
    function check() external view {
        for (uint256 p; p < people.length; ++p) {
            address subject = people[p];
            assertEq(doctors.epochOf(subject), epochs[subject], "epoch");
            assertEq(patients.patientOf(subject).controller, controllers[subject], "controller");
            assertTrue(
                patients.patientOf(subject).verified == (commitments[subject] != 0), "identity"
            );
            for (uint256 d; d < DOCTORS; ++d) {
                _checkGrant(subject, staff[d]);
            }
        }
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
        address subject
    ) private {
        address actor = _actor(caller, subject);
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
        if (!_acts(caller, subject, GRANT) || standing[subject] != 1 || statuses[grantee] != 2) {
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

    /// @dev Whether the caller is the patient's wallet, or a delegate with the power.
    function _acts(address caller, address subject, uint16 power) private view returns (bool) {
        return caller == controllers[subject] || _isNamed(subject, caller, power);
    }

    /// @dev Whether a delegation is in force. A patient's first wallet, once replaced, is nobody's.
    function _isNamed(address principal, address caller, uint16 power) private view returns (bool) {
        Given storage it = given[principal][caller];
        return block.timestamp < it.end && it.powers & power != 0
            && it.since > replacedAt[principal] && replacedAt[caller] == 0;
    }

    /// @dev The author in whose name the entries are.
    function _actor(address caller, address subject) private view returns (address) {
        return caller == controllers[subject] ? subject : caller;
    }

    function _mayWrite(address caller, address via, address subject, uint8 slot)
        private
        view
        returns (bool)
    {
        return _mayTouch(caller, via, subject, slot, uint32(1) << (16 + slot));
    }

    /// @dev Whether a record of the slot may be written, or read (by the bit) and annotated.
    function _mayTouch(address caller, address via, address subject, uint8 slot, uint32 bit)
        private
        view
        returns (bool)
    {
        if (standing[subject] != 1) return false;
        if ((via == NONE || via == subject) && caller == controllers[subject]) return true;
        if (caller == subject) return false;
        bool open_ = slot == 0 || DELEGATED & bit != 0;
        if (via != NONE && !(open_ && _isNamed(via, caller, WRITE))) return false;
        if (via == subject) return true;
        address principal = via == NONE ? caller : via;
        Held storage grant = held[subject][principal];
        return statuses[principal] == 2 && grant.since != 0 && block.timestamp < grant.end
            && (bit == 1 || grant.scope & bit != 0);
    }

    function _mayLog(address caller, address via, address subject, uint40 seenAt)
        private
        view
        returns (bool)
    {
        if (via != NONE && !_isNamed(via, caller, LOG)) return false;
        address principal = via == NONE ? caller : via;
        Held storage grant = held[subject][principal];
        if (statuses[principal] != 2 || grant.since == 0) return false;
        bool before = seenAt < grant.since;
        uint40 since = before ? grant.prevSince : grant.since;
        uint40 end = before ? grant.prevEnd : grant.end;
        return since <= seenAt && seenAt < end && block.timestamp <= end + 7 days
            && seenAt >= statusSince[principal];
    }

    /// @dev Who tries to write or log: the patient, a doctor, the nurse, somebody by a wrong via.
    function _author(address subject, uint256 seed) private view returns (address, address) {
        uint256 choice = seed % 18;
        if (choice < 3) return (controllers[subject], NONE);
        if (choice == 16) return (guardian, subject);
        if (choice == 17) return (subject, NONE);
        if (choice < 6) return (nurse, doctor);
        if (choice == 6) return (nurse, colleague);
        if (choice == 7) return (stranger, NONE);
        return (staff[(seed >> 8) % DOCTORS], NONE);
    }

    function _patientsSide(address subject, uint256 seed) private view returns (address) {
        uint256 choice = seed % 8;
        if (choice == 0) return doctor;
        if (choice == 1) return people[seed >> 8 & 1];
        return choice < 4 ? guardian : controllers[subject];
    }

    /// @dev The current epoch, mostly.
    function _epoch(address subject, uint256 seed) private view returns (uint32) {
        return epochs[subject] + (seed % 8 == 0 ? 1 : 0);
    }

    /// @dev The next wallet of a patient, mostly; sometimes another.
    function _nextWallet(address subject, uint256 seed) private returns (address) {
        string memory other = seed & 7 == 0 ? "other" : "next";
        return wallet(string(abi.encodePacked(other, subject, replacedAt[subject])));
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
