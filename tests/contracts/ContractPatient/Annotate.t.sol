// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";

contract AnnotateTest is Fixture {
    using MetaWord for uint256;

    function test_HideRecord_SetsAndClearsTheFlag() external {
        bytes27 head = headOf(doctorRecord);
        _hide(patient, doctorRecord, true);
        expectEntry(patient, patient, doctorRecord, _hidden(1), 0);
        assertRecord(doctorRecord, head, 1, 6);
        _hide(patient, doctorRecord, false);
        expectEntry(patient, patient, doctorRecord, _hidden(0), 0);
        assertRecord(doctorRecord, head, 1, 8);
    }

    /// @dev The sixty-fourth change begins again, and carries into nothing.
    function test_HideRecord_CountsItsChanges() external {
        bytes27 head = headOf(doctorRecord);
        for (uint256 i = 1; i < 64; ++i) {
            _hide(patient, doctorRecord, true);
            assertRecord(doctorRecord, head, 1, uint8(i << 2) | 2);
        }
        _hide(patient, doctorRecord, true);
        assertRecord(doctorRecord, head, 1, 2);
    }

    /// @dev Hidden and shown again: an older request to hide it is refused all the same.
    function test_RevertWhen_OtherFlagsAreExpected() external {
        _hide(patient, doctorRecord, true);
        _hide(patient, doctorRecord, false);
        take();
        uint8[3] memory seen = [0, 6, 255];
        for (uint256 i; i < seen.length; ++i) {
            refuse(Errors.StaleState.selector, 8);
            vm.prank(patient);
            patients.hideRecord(patient, doctorRecord, seen[i], true);
        }
        expectNoEntry();
    }

    function test_HideRecord_KeepsTheArchivedFlag() external {
        bytes27 head = headOf(doctorRecord);
        vm.prank(doctor);
        patients.archiveRecord(patient, doctorRecord, head, DIGEST, NONE);
        _hide(patient, doctorRecord, true);
        assertRecord(doctorRecord, head, 1, 7);
        _hide(patient, doctorRecord, false);
        assertRecord(doctorRecord, head, 1, 9);
    }

    function test_HideRecord_ByADelegateWhoMayWrite() external {
        _hide(guardian, doctorRecord, true);
        expectEntryVia(patient, guardian, doctorRecord, _hidden(1), 0, patient);
    }

    function test_RevertWhen_HiddenByAnother() external {
        refuse(Errors.NotController.selector, patient, doctor);
        _hide(doctor, doctorRecord, true);
        refuse(Errors.NotController.selector, patient, stranger);
        _hide(stranger, doctorRecord, true);
        refuse(Errors.DelegateLacksPower.selector, LOG, WRITE);
        _hide(aide, doctorRecord, true);
        refuse(Errors.DelegationEnded.selector, EXPIRED);
        _hide(former, doctorRecord, true);
    }

    function test_RevertWhen_HidingAnUnknownRecord() external {
        bytes32 unknown = recordId(2, doctor, "unknown");
        refuse(Errors.RecordUnknown.selector, unknown);
        _hide(patient, unknown, true);
    }

    function testFuzz_Annotate_ChangesNoRecord(uint8 kind, bytes32 digest) external {
        bytes27 head = headOf(doctorRecord);
        vm.prank(colleague);
        patients.annotate(patient, doctorRecord, head, kind, digest, NONE);
        expectEntry(patient, colleague, doctorRecord, _annotated(2, kind), digest);
        assertRecord(doctorRecord, head, 1, 0);
    }

    function test_Annotate_ByThePatientAndTheirDelegate() external {
        _annotate(patient, doctorRecord, NONE);
        expectEntry(patient, patient, doctorRecord, _annotated(2, 7), NEXT_DIGEST);
        _annotate(guardian, doctorRecord, patient);
        expectEntryVia(patient, guardian, doctorRecord, _annotated(2, 7), NEXT_DIGEST, patient);
    }

    /// @dev Reading is enough: slots 4 and 5 are not the doctor's to write.
    function test_Annotate_ByAReader() external {
        bytes32 record = _ownRecordIn(4);
        _annotate(doctor, record, NONE);
        expectEntry(patient, doctor, record, _annotated(4, 7), NEXT_DIGEST);
    }

    /// @dev Identity lies open under every live grant.
    function test_Annotate_IdentityUnderAnyLiveGrant() external {
        bytes32 record = _ownRecordIn(0);
        open(ungranted, 0, UNTIL);
        take();
        _annotate(ungranted, record, NONE);
        expectEntry(patient, ungranted, record, _annotated(0, 7), NEXT_DIGEST);
    }

    function test_Annotate_AnArchivedRecord() external {
        bytes27 head = headOf(doctorRecord);
        vm.prank(doctor);
        patients.archiveRecord(patient, doctorRecord, head, DIGEST, NONE);
        take();
        _annotate(colleague, doctorRecord, NONE);
        expectEntry(patient, colleague, doctorRecord, _annotated(2, 7), NEXT_DIGEST);
    }

    /// @dev Slot 6 may be written, not read (a laboratory).
    function test_RevertWhen_TheSlotCannotBeRead() external {
        bytes32 record = recordId(6, doctor, "written, not read");
        vm.prank(doctor);
        patients.addRecord(patient, record, EPOCH, DIGEST, NONE);
        bytes27 head = headOf(record);
        vm.expectRevert(abi.encodeWithSelector(Errors.OutOfScope.selector, 6, SCOPE));
        _annotateAt(head, doctor, record, NONE);
        record = _ownRecordIn(9);
        head = headOf(record);
        vm.expectRevert(abi.encodeWithSelector(Errors.OutOfScope.selector, 9, SCOPE));
        _annotateAt(head, doctor, record, NONE);
    }

    function test_RevertWhen_AnnotatingAStaleOrUnknownRecord() external {
        bytes27 head = headOf(doctorRecord);
        refuse(Errors.StaleHead.selector, head);
        _annotateAt(bytes27(uint216(1)), doctor, doctorRecord, NONE);
        bytes32 unknown = recordId(2, doctor, "unknown");
        refuse(Errors.RecordUnknown.selector, unknown);
        _annotateAt(0, doctor, unknown, NONE);
    }

    function test_RevertWhen_AnnotatingForAPatientWhoIsNotActive() external {
        bytes27 head = headOf(doctorRecord);
        setPatient(4);
        refuse(Errors.PatientNotActive.selector, patient, 4);
        _annotateAt(head, doctor, doctorRecord, NONE);
        refuse(Errors.PatientNotActive.selector, patient, 4);
        _hide(patient, doctorRecord, true);
    }

    function _ownRecordIn(uint8 slot) private returns (bytes32 record) {
        record = recordId(slot, patient, "own, elsewhere");
        vm.prank(patient);
        patients.addRecord(patient, record, EPOCH, DIGEST, NONE);
        take();
    }

    function _hide(address caller, bytes32 record, bool hidden) private {
        vm.prank(caller);
        patients.hideRecord(patient, record, seenFlags(patient, record), hidden);
    }

    function _annotate(address caller, bytes32 record, address via) private {
        _annotateAt(headOf(record), caller, record, via);
    }

    function _annotateAt(bytes27 head, address caller, bytes32 record, address via) private {
        vm.prank(caller);
        patients.annotate(patient, record, head, 7, NEXT_DIGEST, via);
    }

    function _hidden(uint8 kind) private view returns (uint256) {
        return meta(Actions.RECORD_HIDDEN).slot(2).version(1).epoch(EPOCH).kind(kind);
    }

    function _annotated(uint8 slot, uint8 kind) private view returns (uint256) {
        return meta(Actions.RECORD_ANNOTATED).slot(slot).version(1).epoch(EPOCH).kind(kind);
    }
}
