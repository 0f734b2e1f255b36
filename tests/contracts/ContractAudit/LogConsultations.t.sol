// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions, Reasons} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";
import {IContractAudit} from "../../../contracts/interfaces/IContractAudit.sol";
import {Vm} from "../support/Vm.sol";

contract LogConsultationsTest is Fixture {
    using MetaWord for uint256;

    uint40 internal constant LOGGED = NOW + 1 hours;

    function setUp() public override {
        super.setUp();
        open(otherPatient, doctor, SCOPE, UNTIL);
        vm.warp(LOGGED);
        take();
    }

    function test_LogConsultations_OfOnePatient() external {
        bytes memory packed = abi.encodePacked(NONE, _look(patient, 1), _look(patient, 2));
        _log(doctor, abi.encodePacked(packed, _look(patient, 3)));
        Entry[] memory entries = take();
        assertEq(entries.length, 3, "three looks");
        for (uint8 i; i < 3; ++i) {
            _sameLook(entries[i], patient, doctor, i + 1);
        }
    }

    function test_LogConsultations_OfSeveralPatients() external {
        bytes memory packed = abi.encodePacked(NONE, _look(patient, 1), _look(otherPatient, 2));
        _log(doctor, abi.encodePacked(packed, _look(otherPatient, 3)));
        Entry[] memory entries = take();
        assertEq(entries.length, 3, "three looks");
        _sameLook(entries[0], patient, doctor, 1);
        _sameLook(entries[1], otherPatient, doctor, 2);
        _sameLook(entries[2], otherPatient, doctor, 3);
    }

    /// @dev Patients who are not adjacent cost more, and nothing is lost.
    function test_LogConsultations_OfPatientsInTurn() external {
        bytes memory packed = abi.encodePacked(NONE, _look(patient, 1), _look(otherPatient, 2));
        packed = abi.encodePacked(packed, _look(patient, 3), _look(otherPatient, 4));
        _log(doctor, packed);
        Entry[] memory entries = take();
        assertEq(entries.length, 4, "four looks");
        for (uint8 i; i < 4; ++i) {
            _sameLook(entries[i], i % 2 == 0 ? patient : otherPatient, doctor, i + 1);
        }
    }

    function test_LogConsultations_SkipsWhatIsRefused() external {
        bytes memory packed = abi.encodePacked(
            NONE,
            _look(stranger, 1),
            _lookAt(patient, 2, GRANTED - 1),
            _look(patient, 3),
            _lookAt(patient, 4, LOGGED + 5 minutes + 1)
        );
        packed = abi.encodePacked(packed, _look(patient, 16), _look(otherPatient, 5));
        packed = abi.encodePacked(packed, _look(address(0), 1));
        _log(doctor, packed);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 7, "an event for each");
        _sameSkip(logs[0], stranger, 1, 0, Reasons.NOT_REGISTERED);
        _sameSkip(logs[1], patient, 2, 1, Reasons.OUTSIDE_GRANT);
        _sameSkip(logs[3], patient, 4, 3, Reasons.IN_FUTURE);
        _sameSkip(logs[4], patient, 16, 4, Reasons.BAD_SLOT);
        _sameSkip(logs[6], address(0), 1, 6, Reasons.NO_GRANT);
        assertEq(
            audit.auditHead(patient), _headAfter(patient, 3, EPOCH), "the one that was allowed"
        );
        assertEq(audit.auditHead(otherPatient), _headAfter(otherPatient, 5, 0), "the other's");
    }

    function test_LogConsultations_ByADelegate() external {
        bytes memory packed =
            abi.encodePacked(doctor, _look(patient, 1), _lookAt(patient, 2, GRANTED - 1));
        _log(nurse, abi.encodePacked(packed, _look(patient, 3), _look(otherPatient, 4)));
        Entry[] memory entries = take();
        assertEq(entries.length, 5, "three looks, two vias");
        _sameLook(entries[0], patient, nurse, 1);
        _sameLook(entries[1], patient, nurse, 3);
        sameVia(entries[2], entries[1], doctor, 2);
        _sameLook(entries[3], otherPatient, nurse, 4);
        sameVia(entries[4], entries[3], doctor, 1);
    }

    function test_LogConsultations_AllSkippedWritesNothing() external {
        _log(ungranted, abi.encodePacked(NONE, _look(patient, 1), _look(otherPatient, 1)));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 2, "two are skipped");
        assertEq(audit.auditHead(patient), trailHead(patient), "an unchanged head");
    }

    function test_RevertWhen_ThePrincipalIsNotVerified() external {
        bytes memory packed = abi.encodePacked(NONE, _look(patient, 1));
        address[4] memory callers = [stranger, pending, suspended, otherPatient];
        uint8[4] memory status = [0, 1, 3, 0];
        for (uint256 i; i < callers.length; ++i) {
            refuse(Errors.NotVerified.selector, callers[i], status[i]);
            _log(callers[i], packed);
        }
        packed = abi.encodePacked(doctor, _look(patient, 1));
        refuse(Errors.NoDelegation.selector, doctor, stranger);
        _log(stranger, packed);
        refuse(Errors.DelegateLacksPower.selector, ROTATE, LOG);
        _log(clerk, packed);
        expectNoEntry();
    }

    function testFuzz_RevertWhen_TheLengthIsWrong(uint16 length) external {
        length = length % 600;
        if (length > 20 && (length - 20) % 89 == 0) ++length;
        refuse(Errors.BadPacked.selector, length);
        _log(doctor, new bytes(length));
    }

    function test_LogConsultations_OfThirty() external {
        bytes memory packed = abi.encodePacked(NONE);
        for (uint8 i; i < 30; ++i) {
            packed = abi.encodePacked(packed, _look(patient, i % 16));
        }
        _log(doctor, packed);
        assertEq(take().length, 30, "thirty looks");
    }

    function _log(address caller, bytes memory packed) private {
        vm.prank(caller);
        audit.logConsultations(packed);
    }

    function _look(address who, uint8 slot) private view returns (bytes memory) {
        return _lookAt(who, slot, LOGGED - slot);
    }

    function _lookAt(address who, uint8 slot, uint40 seenAt) private view returns (bytes memory) {
        return abi.encodePacked(who, recordId(slot, doctor, "seen"), seenAt, DIGEST);
    }

    function _sameLook(Entry memory entry, address who, address actor, uint8 slot) private view {
        uint32 epoch = who == patient ? EPOCH : 0;
        same(
            entry,
            Entry(
                who,
                actor,
                recordId(slot, doctor, "seen"),
                meta(Actions.CONSULTED).withTime(LOGGED - slot).slot(slot).epoch(epoch),
                DIGEST,
                0
            )
        );
    }

    function _sameSkip(Vm.Log memory log, address who, uint8 slot, uint256 index, uint8 reason)
        private
        view
    {
        assertEq(log.topics[0], IContractAudit.ConsultationSkipped.selector, "skipped");
        assertEq(log.topics[1], word(doctor), "actor");
        assertEq(log.topics[2], word(who), "patient");
        (bytes32 record, uint256 place, uint8 why) = abi.decode(log.data, (bytes32, uint256, uint8));
        assertEq(record, recordId(slot, doctor, "seen"), "record");
        assertEq(place, index, "place");
        assertEq(why, reason, "reason");
    }

    function _headAfter(address who, uint8 slot, uint32 epoch) private view returns (bytes27) {
        return bytes27(
            keccak256(
                abi.encode(
                    trailHead(who),
                    who,
                    doctor,
                    recordId(slot, doctor, "seen"),
                    meta(Actions.CONSULTED).withTime(LOGGED - slot).slot(slot).epoch(epoch),
                    DIGEST
                )
            )
        );
    }
}
