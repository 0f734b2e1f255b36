// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "./AuditTrail.sol";
import {Seen} from "./Seen.sol";

/// @notice The people of the tests, and the state in which each test finds them: `patient` in
/// epoch 1 with live grants to `doctor` and `colleague`, an ended one to `expired`, a revoked one
/// to `revoked`, one to `suspended` whose status was taken since; `pending`, `refused` and
/// `ungranted` never had any. The patient's delegates: `guardian` with every power, `aide` with the
/// power to log alone, `former` whose delegation has ended. The doctor's delegates: `nurse` (write
/// and log) and `clerk` (rotate alone).
abstract contract Fixture is Seen {
    using MetaWord for uint256;

    uint40 internal constant BEGIN = 1_900_000_000;
    uint40 internal constant GRANTED = BEGIN + 1 hours;
    uint40 internal constant EXPIRED = BEGIN + 5 hours;
    uint40 internal constant REVOKED = BEGIN + 1 days;
    uint40 internal constant NOW = BEGIN + 2 days;
    uint40 internal constant UNTIL = BEGIN + 365 days;
    uint40 internal constant DELEGATED_UNTIL = BEGIN + 100 days;
    uint32 internal constant MAX_GRANT = 30 days;
    uint32 internal constant EPOCH = 1;

    /// @dev Slots 1 to 5 may be read, 1 to 3 and 6 written (6: written without being read).
    uint32 internal constant SCOPE = 0x004e003e;
    uint32 internal constant ALL_SLOTS = 0xfffefffe;
    /// @dev What a delegate may be given: slots 1 to 4, both ways.
    uint32 internal constant DELEGATED = 0x001e001e;
    uint16 internal constant WRITE = 1;
    uint16 internal constant LOG = 2;
    uint16 internal constant GRANT = 4;
    uint16 internal constant REVOKE = 8;
    uint16 internal constant ROTATE = 16;
    uint16 internal constant REPLACE = 32;
    uint16 internal constant ALL_POWERS = 63;

    bytes32 internal constant DIGEST = keccak256("a sealed root");
    bytes32 internal constant NEXT_DIGEST = keccak256("the next sealed root");
    address internal constant NONE = address(0);

    address internal patient = wallet("patient");
    address internal otherPatient = wallet("other patient");
    address internal doctor = wallet("doctor");
    address internal colleague = wallet("colleague");
    address internal ungranted = wallet("ungranted doctor");
    address internal pending = wallet("pending doctor");
    address internal suspended = wallet("suspended doctor");
    address internal refused = wallet("refused doctor");
    address internal expired = wallet("expired grantee");
    address internal revoked = wallet("revoked grantee");
    address internal guardian = wallet("guardian");
    address internal aide = wallet("aide");
    address internal former = wallet("former delegate");
    address internal nurse = wallet("nurse");
    address internal clerk = wallet("clerk");
    address internal stranger = wallet("stranger");

    bytes32 internal ownRecord = recordId(2, patient, "own");
    bytes32 internal doctorRecord = recordId(2, doctor, "doctor's");

    function setUp() public virtual {
        vm.recordLogs();
        vm.warp(BEGIN);
        deploy();
        _enrolPatients();
        _enrolDoctors();
        vm.warp(GRANTED);
        _grantAll();
        _delegateAll();
        vm.warp(REVOKED);
        endGrant(revoked);
        setStatus(suspended, 3);
        _writeRecords();
        vm.warp(NOW);
        take();
        vm.recordLogs();
    }

    function enrol(address id, uint8 role) internal {
        bytes32 key = keyOf(id);
        bytes memory binding = signed(id, domain(address(users)), bindingHash(key, 1));
        vm.prank(id);
        users.register(role, authenticatorOf(id), key, binding);
    }

    function enrolPatient(address id) internal {
        enrol(id, 1);
        vm.prank(id);
        patients.registerPatient();
    }

    function enrolDoctor(address id) internal {
        enrol(id, 2);
        vm.prank(id);
        doctors.registerDoctor(seenProfiles(id), profileDigestOf(id));
    }

    function setStatus(address id, uint8 status) internal {
        vm.prank(verifier);
        doctors.setDoctorStatus(
            id, profileOf(id), seenVersion(id), seenSince(id), status, keccak256("credential")
        );
    }

    /// @dev The patient grants under the current epoch.
    function open(address grantee, uint32 scope, uint40 expiry) internal {
        open(patient, grantee, scope, expiry);
    }

    /// @dev Somebody's own record is opened under its current epoch.
    function open(address owner, address grantee, uint32 scope, uint40 expiry) internal {
        uint32 epoch = doctors.epochOf(owner);
        uint40 before = seenExpiry(owner, grantee);
        vm.prank(owner);
        doctors.grant(owner, grantee, profileOf(grantee), scope, expiry, 0, epoch, before, DIGEST);
    }

    function endGrant(address grantee) internal {
        uint32 epoch = doctors.epochOf(patient);
        vm.prank(patient);
        doctors.revoke(patient, list(grantee), epoch, DIGEST);
    }

    function delegate(address principal, address who, uint16 powers, uint40 expiry) internal {
        vm.prank(principal);
        users.setDelegate(
            principal, who, DELEGATED, powers, MAX_GRANT, expiry, seenDelegation(principal, who)
        );
    }

    /// @dev Makes the patient deceased, or whatever the status says.
    function setPatient(uint8 status) internal {
        vm.prank(registrar);
        patients.setPatientStatus(patient, seenTurn(patient), status, keccak256("reason"));
    }

    function list(address one) internal pure returns (address[] memory grantees) {
        grantees = new address[](1);
        grantees[0] = one;
    }

    function list(address one, address two) internal pure returns (address[] memory grantees) {
        grantees = new address[](2);
        (grantees[0], grantees[1]) = (one, two);
    }

    function recordId(uint8 slot, address creator, string memory salt)
        internal
        pure
        returns (bytes32)
    {
        uint256 random = uint88(uint256(keccak256(bytes(salt))));
        return bytes32((uint256(slot) << 248) | (uint256(uint160(creator)) << 88) | random);
    }

    /// @dev A record's chain after a version (IContractPatient.recordHead).
    function recordChain(bytes27 chain, address author, uint32 epoch, bytes32 digest)
        internal
        pure
        returns (bytes27)
    {
        return bytes27(keccak256(abi.encode(chain, author, epoch, digest)));
    }

    function headOf(bytes32 record) internal view returns (bytes27 head) {
        (head,,) = patients.recordHead(patient, record);
    }

    function assertRecord(bytes32 record, bytes27 head, uint24 version, uint8 flags) internal view {
        (bytes27 actual, uint24 actualVersion, uint8 actualFlags) =
            patients.recordHead(patient, record);
        assertEq(actual, head, "the record's chain");
        assertEq(actualVersion, version, "version");
        assertEq(actualFlags, flags, "flags");
    }

    function keyOf(address id) internal pure returns (bytes32) {
        return keccak256(abi.encode("X25519", id));
    }

    function authenticatorOf(address id) internal returns (address) {
        return wallet(string(abi.encodePacked("authenticator", id)));
    }

    function profileDigestOf(address id) internal pure returns (bytes32) {
        return keccak256(abi.encode("profile", id));
    }

    function profileOf(address id) internal pure returns (bytes24) {
        return bytes24(profileDigestOf(id));
    }

    function refuse(bytes4 selector) internal {
        vm.expectRevert(abi.encodePacked(selector));
    }

    function refuse(bytes4 selector, address about) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, about));
    }

    function refuse(bytes4 selector, uint256 value) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, value));
    }

    function refuse(bytes4 selector, address about, uint256 value) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, about, value));
    }

    function refuse(bytes4 selector, address about, address caller) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, about, caller));
    }

    function refuse(bytes4 selector, uint256 one, uint256 two) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, one, two));
    }

    function refuse(bytes4 selector, bytes32 value) internal {
        vm.expectRevert(abi.encodeWithSelector(selector, value));
    }

    function _enrolPatients() private {
        enrolPatient(patient);
        enrolPatient(otherPatient);
    }

    function _enrolDoctors() private {
        address[7] memory verified =
            [doctor, colleague, ungranted, suspended, expired, revoked, refused];
        for (uint256 i; i < verified.length; ++i) {
            enrolDoctor(verified[i]);
            setStatus(verified[i], verified[i] == refused ? 4 : 2);
        }
        enrolDoctor(pending);
    }

    function _grantAll() private {
        open(doctor, SCOPE, UNTIL);
        open(colleague, SCOPE, UNTIL);
        open(suspended, SCOPE, UNTIL);
        open(expired, SCOPE, EXPIRED);
        open(revoked, SCOPE, UNTIL);
    }

    function _delegateAll() private {
        delegate(patient, guardian, ALL_POWERS, DELEGATED_UNTIL);
        delegate(patient, aide, LOG, DELEGATED_UNTIL);
        delegate(patient, former, ALL_POWERS, EXPIRED);
        delegate(doctor, nurse, WRITE | LOG, DELEGATED_UNTIL);
        delegate(doctor, clerk, ROTATE, DELEGATED_UNTIL);
    }

    function _writeRecords() private {
        vm.prank(patient);
        patients.addRecord(patient, ownRecord, EPOCH, DIGEST, NONE);
        vm.prank(doctor);
        patients.addRecord(patient, doctorRecord, EPOCH, DIGEST, NONE);
    }
}
