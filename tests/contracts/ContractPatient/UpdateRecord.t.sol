// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";

contract UpdateRecordTest is Fixture {
    using MetaWord for uint256;

    function test_UpdateRecord_ByThePatient() external {
        bytes27 head = headOf(ownRecord);
        _update(patient, ownRecord, head, EPOCH, NONE);
        expectEntry(patient, patient, ownRecord, _meta(2, 2), NEXT_DIGEST);
        assertRecord(ownRecord, recordChain(head, patient, EPOCH, NEXT_DIGEST), 2, 0);
    }

    function test_UpdateRecord_ByTheCreator() external {
        bytes27 head = headOf(doctorRecord);
        _update(doctor, doctorRecord, head, EPOCH, NONE);
        expectEntry(patient, doctor, doctorRecord, _meta(2, 2), NEXT_DIGEST);
        assertRecord(doctorRecord, recordChain(head, doctor, EPOCH, NEXT_DIGEST), 2, 0);
    }

    /// @dev Doctors with a live write grant amend what doctors created, in their own name.
    function test_UpdateRecord_ByAColleague() external {
        bytes27 head = headOf(doctorRecord);
        _update(colleague, doctorRecord, head, EPOCH, NONE);
        expectEntry(patient, colleague, doctorRecord, _meta(2, 2), NEXT_DIGEST);
        assertRecord(doctorRecord, recordChain(head, colleague, EPOCH, NEXT_DIGEST), 2, 0);
    }

    function test_UpdateRecord_VersionsGrowByOneAcrossEpochs() external {
        bytes27 head = headOf(doctorRecord);
        assertEq(head, recordChain(0, doctor, EPOCH, DIGEST), "the first version");
        for (uint32 i; i < 4; ++i) {
            uint32 epoch = EPOCH + i;
            _update(i % 2 == 0 ? doctor : colleague, doctorRecord, head, epoch, NONE);
            head = recordChain(head, i % 2 == 0 ? doctor : colleague, epoch, NEXT_DIGEST);
            assertRecord(doctorRecord, head, uint24(i) + 2, 0);
            vm.prank(patient);
            doctors.rotateKeys(patient, epoch, epoch + 1, DIGEST);
        }
        take();
    }

    function test_UpdateRecord_KeepsTheHiddenFlag() external {
        vm.prank(patient);
        patients.hideRecord(patient, doctorRecord, seenFlags(patient, doctorRecord), true);
        bytes27 head = headOf(doctorRecord);
        _update(doctor, doctorRecord, head, EPOCH, NONE);
        assertRecord(doctorRecord, recordChain(head, doctor, EPOCH, NEXT_DIGEST), 2, 6);
    }

    /// @dev A prescription is not the patient's to rewrite, nor the diary the doctor's.
    function test_RevertWhen_TheOtherSideCreatedIt() external {
        bytes27 head = headOf(doctorRecord);
        refuse(Errors.WrongCreator.selector, doctor, patient);
        _update(patient, doctorRecord, head, EPOCH, NONE);
        head = headOf(ownRecord);
        refuse(Errors.WrongCreator.selector, patient, doctor);
        _update(doctor, ownRecord, head, EPOCH, NONE);
        refuse(Errors.WrongCreator.selector, patient, doctor);
        _update(nurse, ownRecord, head, EPOCH, doctor);
        head = headOf(doctorRecord);
        refuse(Errors.WrongCreator.selector, doctor, patient);
        _update(guardian, doctorRecord, head, EPOCH, patient);
        expectNoEntry();
    }

    function test_RevertWhen_TheHeadIsStale() external {
        bytes27 head = headOf(doctorRecord);
        _update(doctor, doctorRecord, head, EPOCH, NONE);
        bytes27 current = headOf(doctorRecord);
        refuse(Errors.StaleHead.selector, current);
        _update(colleague, doctorRecord, head, EPOCH, NONE);
        refuse(Errors.StaleHead.selector, current);
        _update(colleague, doctorRecord, 0, EPOCH, NONE);
        assertRecord(doctorRecord, current, 2, 0);
    }

    function test_RevertWhen_TheEpochIsStale() external {
        bytes27 head = headOf(ownRecord);
        refuse(Errors.StaleEpoch.selector, EPOCH);
        _update(patient, ownRecord, head, EPOCH - 1, NONE);
        refuse(Errors.StaleEpoch.selector, EPOCH);
        _update(patient, ownRecord, head, EPOCH + 1, NONE);
        head = headOf(doctorRecord);
        endGrant(colleague);
        refuse(Errors.StaleEpoch.selector, EPOCH + 1);
        _update(doctor, doctorRecord, head, EPOCH, NONE);
    }

    function test_RevertWhen_TheRecordIsUnknown() external {
        bytes32 unknown = recordId(2, doctor, "unknown");
        refuse(Errors.RecordUnknown.selector, unknown);
        _update(doctor, unknown, 0, EPOCH, NONE);
        refuse(Errors.RecordUnknown.selector, doctorRecord);
        vm.prank(otherPatient);
        patients.updateRecord(otherPatient, doctorRecord, 0, 0, DIGEST, NONE);
    }

    function test_RevertWhen_TheRecordIsArchived() external {
        bytes27 head = headOf(doctorRecord);
        vm.prank(doctor);
        patients.archiveRecord(patient, doctorRecord, head, DIGEST, NONE);
        refuse(Errors.RecordArchived.selector, doctorRecord);
        _update(doctor, doctorRecord, head, EPOCH, NONE);
    }

    function test_RevertWhen_ThePatientIsNotActive() external {
        bytes27 own = headOf(ownRecord);
        bytes27 theirs = headOf(doctorRecord);
        setPatient(2);
        refuse(Errors.PatientNotActive.selector, patient, 2);
        _update(patient, ownRecord, own, EPOCH, NONE);
        refuse(Errors.PatientNotActive.selector, patient, 2);
        _update(doctor, doctorRecord, theirs, EPOCH, NONE);
    }

    function test_UpdateRecord_ByDelegates() external {
        bytes27 head = headOf(ownRecord);
        _update(guardian, ownRecord, head, EPOCH, patient);
        expectEntryVia(patient, guardian, ownRecord, _meta(2, 2), NEXT_DIGEST, patient);
        assertRecord(ownRecord, recordChain(head, guardian, EPOCH, NEXT_DIGEST), 2, 0);
        head = headOf(doctorRecord);
        _update(nurse, doctorRecord, head, EPOCH, doctor);
        expectEntryVia(patient, nurse, doctorRecord, _meta(2, 2), NEXT_DIGEST, doctor);
    }

    /// @dev What a doctor created while the grant lived stays the doctors', after it too.
    function test_UpdateRecord_AfterTheCreatorWasRevoked() external {
        endGrant(doctor);
        bytes27 head = headOf(doctorRecord);
        refuse(Errors.GrantEnded.selector, NOW);
        _update(doctor, doctorRecord, head, EPOCH + 1, NONE);
        _update(colleague, doctorRecord, head, EPOCH + 1, NONE);
        assertRecord(doctorRecord, recordChain(head, colleague, EPOCH + 1, NEXT_DIGEST), 2, 0);
    }

    function test_ArchiveRecord_AddsNoVersion() external {
        bytes27 head = headOf(doctorRecord);
        _archive(doctor, doctorRecord, head, NONE);
        uint256 expected = meta(Actions.RECORD_ARCHIVED).slot(2).version(1).epoch(EPOCH);
        expectEntry(patient, doctor, doctorRecord, expected, NEXT_DIGEST);
        assertRecord(doctorRecord, head, 1, 1);
        head = headOf(ownRecord);
        _archive(patient, ownRecord, head, NONE);
        expectEntry(patient, patient, ownRecord, expected, NEXT_DIGEST);
        assertRecord(ownRecord, head, 1, 1);
    }

    function test_ArchiveRecord_ByDelegatesOfTheCreator() external {
        uint256 expected = meta(Actions.RECORD_ARCHIVED).slot(2).version(1).epoch(EPOCH);
        _archive(nurse, doctorRecord, headOf(doctorRecord), doctor);
        expectEntryVia(patient, nurse, doctorRecord, expected, NEXT_DIGEST, doctor);
        _archive(guardian, ownRecord, headOf(ownRecord), patient);
        expectEntryVia(patient, guardian, ownRecord, expected, NEXT_DIGEST, patient);
    }

    function test_RevertWhen_ArchivedByAnybodyButTheCreator() external {
        bytes27 head = headOf(doctorRecord);
        refuse(Errors.WrongCreator.selector, doctor, colleague);
        _archive(colleague, doctorRecord, head, NONE);
        refuse(Errors.WrongCreator.selector, doctor, patient);
        _archive(patient, doctorRecord, head, NONE);
        head = headOf(ownRecord);
        refuse(Errors.WrongCreator.selector, patient, doctor);
        _archive(doctor, ownRecord, head, NONE);
        expectNoEntry();
    }

    function test_RevertWhen_ArchivedWithoutALiveGrant() external {
        bytes27 head = headOf(doctorRecord);
        endGrant(doctor);
        refuse(Errors.GrantEnded.selector, NOW);
        _archive(doctor, doctorRecord, head, NONE);
        setStatus(doctor, 3);
        refuse(Errors.NotVerified.selector, doctor, 3);
        _archive(doctor, doctorRecord, head, NONE);
    }

    function test_RevertWhen_ArchivedTwiceOrStaleOrUnknown() external {
        bytes27 head = headOf(doctorRecord);
        refuse(Errors.StaleHead.selector, head);
        _archive(doctor, doctorRecord, bytes27(uint216(1)), NONE);
        _archive(doctor, doctorRecord, head, NONE);
        refuse(Errors.RecordArchived.selector, doctorRecord);
        _archive(doctor, doctorRecord, head, NONE);
        bytes32 unknown = recordId(2, doctor, "unknown");
        refuse(Errors.RecordUnknown.selector, unknown);
        _archive(doctor, unknown, 0, NONE);
    }

    function _update(address caller, bytes32 record, bytes27 head, uint32 epoch, address via)
        private
    {
        vm.prank(caller);
        patients.updateRecord(patient, record, head, epoch, NEXT_DIGEST, via);
    }

    function _archive(address caller, bytes32 record, bytes27 head, address via) private {
        vm.prank(caller);
        patients.archiveRecord(patient, record, head, NEXT_DIGEST, via);
    }

    function _meta(uint8 slot, uint24 version) private view returns (uint256) {
        return meta(Actions.RECORD_UPDATED).slot(slot).version(version).epoch(EPOCH);
    }
}
