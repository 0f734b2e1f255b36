// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";

contract AddRecordTest is Fixture {
    using MetaWord for uint256;

    function test_AddRecord_ByThePatientInEverySlot() external {
        for (uint8 slot; slot < 16; ++slot) {
            bytes32 record = recordId(slot, patient, "new");
            _add(patient, record, EPOCH, NONE);
            expectEntry(patient, patient, record, _meta(slot), DIGEST);
            assertRecord(record, recordChain(0, patient, EPOCH, DIGEST), 1, 0);
        }
    }

    function test_AddRecord_ByADoctorInTheSlotsGranted() external {
        uint8[4] memory slots = [1, 2, 3, 6];
        for (uint256 i; i < slots.length; ++i) {
            bytes32 record = recordId(slots[i], doctor, "new");
            _add(doctor, record, EPOCH, NONE);
            expectEntry(patient, doctor, record, _meta(slots[i]), DIGEST);
            assertRecord(record, recordChain(0, doctor, EPOCH, DIGEST), 1, 0);
        }
    }

    /// @dev Slots 4 and 5 are read only, 7 and on are closed; identity is the patient's to write.
    function test_RevertWhen_TheSlotIsNotGranted() external {
        uint8[5] memory slots = [0, 4, 5, 7, 15];
        for (uint256 i; i < slots.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(Errors.OutOfScope.selector, slots[i], SCOPE));
            _add(doctor, recordId(slots[i], doctor, "new"), EPOCH, NONE);
        }
        expectNoEntry();
    }

    function test_RevertWhen_TheSlotDoesNotExist() external {
        uint8[3] memory slots = [16, 32, 255];
        for (uint256 i; i < slots.length; ++i) {
            refuse(Errors.BadSlot.selector, slots[i]);
            _add(patient, recordId(slots[i], patient, "new"), EPOCH, NONE);
            refuse(Errors.BadSlot.selector, slots[i]);
            _add(doctor, recordId(slots[i], doctor, "new"), EPOCH, NONE);
        }
    }

    function test_RevertWhen_TheEpochIsNotTheCurrentOne() external {
        uint32[3] memory epochs = [0, EPOCH + 1, EPOCH + 65536];
        for (uint256 i; i < epochs.length; ++i) {
            refuse(Errors.StaleEpoch.selector, EPOCH);
            _add(patient, recordId(1, patient, "new"), epochs[i], NONE);
            refuse(Errors.StaleEpoch.selector, EPOCH);
            _add(doctor, recordId(1, doctor, "new"), epochs[i], NONE);
        }
    }

    /// @dev Nobody takes another's id by running ahead of the transaction.
    function test_RevertWhen_TheIdNamesAnotherCreator() external {
        refuse(Errors.WrongCreator.selector, patient, doctor);
        _add(doctor, recordId(2, patient, "new"), EPOCH, NONE);
        refuse(Errors.WrongCreator.selector, doctor, patient);
        _add(patient, recordId(2, doctor, "new"), EPOCH, NONE);
        refuse(Errors.WrongCreator.selector, colleague, doctor);
        _add(doctor, recordId(2, colleague, "new"), EPOCH, NONE);
        expectNoEntry();
    }

    function test_RevertWhen_TheRecordExists() external {
        refuse(Errors.RecordExists.selector, ownRecord);
        _add(patient, ownRecord, EPOCH, NONE);
        refuse(Errors.RecordExists.selector, doctorRecord);
        _add(doctor, doctorRecord, EPOCH, NONE);
        bytes27 head = headOf(doctorRecord);
        vm.prank(doctor);
        patients.archiveRecord(patient, doctorRecord, head, DIGEST, NONE);
        refuse(Errors.RecordExists.selector, doctorRecord);
        _add(doctor, doctorRecord, EPOCH, NONE);
    }

    /// @dev The same id may stand in two patients' records: each is a word of its own.
    function test_AddRecord_ChainsArePerPatient() external {
        bytes32 record = recordId(1, doctor, "twice");
        open(otherPatient, doctor, SCOPE, UNTIL);
        _add(doctor, record, EPOCH, NONE);
        vm.prank(doctor);
        patients.addRecord(otherPatient, record, 0, DIGEST, NONE);
        (, uint24 version,) = patients.recordHead(otherPatient, record);
        assertEq(version, 1, "the other's own first version");
    }

    function test_RevertWhen_ThePatientIsNotActive() external {
        for (uint8 status = 2; status < 5; ++status) {
            setPatient(status);
            refuse(Errors.PatientNotActive.selector, patient, status);
            _add(patient, recordId(1, patient, "new"), EPOCH, NONE);
            refuse(Errors.PatientNotActive.selector, patient, status);
            _add(doctor, recordId(1, doctor, "new"), EPOCH, NONE);
        }
    }

    function test_RevertWhen_ThePatientIsUnknown() external {
        refuse(Errors.NotRegistered.selector, stranger);
        vm.prank(doctor);
        patients.addRecord(stranger, recordId(1, doctor, "new"), 0, DIGEST, NONE);
        vm.expectRevert();
        vm.prank(doctor);
        patients.addRecord(address(0), recordId(1, doctor, "new"), 0, DIGEST, NONE);
    }

    function test_RevertWhen_TheGrantIsOfSingleRecords() external {
        vm.prank(patient);
        doctors.grant(
            patient,
            ungranted,
            profileOf(ungranted),
            0x3e,
            UNTIL,
            1,
            EPOCH,
            seenExpiry(patient, ungranted),
            DIGEST
        );
        vm.expectRevert(abi.encodeWithSelector(Errors.OutOfScope.selector, 2, 0x3e));
        _add(ungranted, recordId(2, ungranted, "new"), EPOCH, NONE);
    }

    /// @dev The end itself is outside: since <= now < expiry.
    function test_RevertWhen_TheGrantEndsNow() external {
        vm.warp(UNTIL - 1);
        _add(doctor, recordId(1, doctor, "in time"), EPOCH, NONE);
        vm.warp(UNTIL);
        refuse(Errors.GrantEnded.selector, UNTIL);
        _add(doctor, recordId(1, doctor, "late"), EPOCH, NONE);
    }

    function test_AddRecord_ByThePatientsDelegate() external {
        bytes32 record = recordId(2, patient, "delegated");
        _add(guardian, record, EPOCH, patient);
        expectEntryVia(patient, guardian, record, _meta(2), DIGEST, patient);
        assertRecord(record, recordChain(0, guardian, EPOCH, DIGEST), 1, 0);
    }

    function test_AddRecord_ThePatientViaThemselves() external {
        bytes32 record = recordId(2, patient, "via self");
        _add(patient, record, EPOCH, patient);
        expectEntry(patient, patient, record, _meta(2), DIGEST);
    }

    /// @dev Identity lies outside every scope: the patient's side writes it, nobody else.
    function test_AddRecord_IdentityByThePatientsDelegate() external {
        bytes32 record = recordId(0, patient, "identity");
        _add(guardian, record, EPOCH, patient);
        expectEntryVia(patient, guardian, record, _meta(0), DIGEST, patient);
        vm.expectRevert(abi.encodeWithSelector(Errors.OutOfScope.selector, 0, SCOPE));
        _add(nurse, recordId(0, doctor, "identity"), EPOCH, doctor);
    }

    function test_RevertWhen_ThePatientsDelegateMayNot() external {
        refuse(Errors.WrongCreator.selector, guardian, patient);
        _add(guardian, recordId(2, guardian, "own name"), EPOCH, patient);
        refuse(Errors.DelegateLacksPower.selector, LOG, WRITE);
        _add(aide, recordId(2, patient, "new"), EPOCH, patient);
        refuse(Errors.DelegationEnded.selector, EXPIRED);
        _add(former, recordId(2, patient, "new"), EPOCH, patient);
        refuse(Errors.DelegateOutOfScope.selector, DELEGATED);
        _add(guardian, recordId(5, patient, "new"), EPOCH, patient);
        refuse(Errors.NotController.selector, patient, stranger);
        _add(stranger, recordId(2, patient, "new"), EPOCH, patient);
        expectNoEntry();
    }

    function test_AddRecord_ByTheDoctorsDelegate() external {
        bytes32 record = recordId(2, doctor, "delegated");
        _add(nurse, record, EPOCH, doctor);
        expectEntryVia(patient, nurse, record, _meta(2), DIGEST, doctor);
        assertRecord(record, recordChain(0, nurse, EPOCH, DIGEST), 1, 0);
    }

    function test_RevertWhen_TheDoctorsDelegateMayNot() external {
        refuse(Errors.WrongCreator.selector, nurse, doctor);
        _add(nurse, recordId(2, nurse, "own name"), EPOCH, doctor);
        refuse(Errors.DelegateLacksPower.selector, ROTATE, WRITE);
        _add(clerk, recordId(2, doctor, "new"), EPOCH, doctor);
        refuse(Errors.NoDelegation.selector, doctor, stranger);
        _add(stranger, recordId(2, doctor, "new"), EPOCH, doctor);
        refuse(Errors.NoDelegation.selector, colleague, nurse);
        _add(nurse, recordId(2, colleague, "new"), EPOCH, colleague);
        vm.expectRevert(abi.encodeWithSelector(Errors.OutOfScope.selector, 4, SCOPE));
        _add(nurse, recordId(4, doctor, "new"), EPOCH, doctor);
        refuse(Errors.DelegateOutOfScope.selector, DELEGATED);
        _add(nurse, recordId(6, doctor, "new"), EPOCH, doctor);
        expectNoEntry();
    }

    /// @dev A principal who is suspended cannot write through others, nor a suspended delegate.
    function test_RevertWhen_SuspendedOnEitherSideOfVia() external {
        delegate(colleague, suspended, WRITE, DELEGATED_UNTIL);
        refuse(Errors.NotVerified.selector, suspended, 3);
        _add(suspended, recordId(2, colleague, "new"), EPOCH, colleague);
        delegate(suspended, nurse, WRITE, DELEGATED_UNTIL);
        refuse(Errors.NotVerified.selector, suspended, 3);
        _add(nurse, recordId(2, suspended, "new"), EPOCH, suspended);
    }

    /// @dev No chains: the nurse's own delegate is nobody to the doctor.
    function test_RevertWhen_DelegationIsChained() external {
        delegate(nurse, stranger, WRITE, DELEGATED_UNTIL);
        refuse(Errors.NoDelegation.selector, doctor, stranger);
        _add(stranger, recordId(2, doctor, "new"), EPOCH, doctor);
        refuse(Errors.NotVerified.selector, nurse, 0);
        _add(stranger, recordId(2, nurse, "new"), EPOCH, nurse);
    }

    function _add(address caller, bytes32 record, uint32 epoch, address via) private {
        vm.prank(caller);
        patients.addRecord(patient, record, epoch, DIGEST, via);
    }

    function _meta(uint8 slot) private view returns (uint256) {
        return meta(Actions.RECORD_CREATED).slot(slot).version(1).epoch(EPOCH);
    }
}
