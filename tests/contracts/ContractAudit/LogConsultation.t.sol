// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions, Reasons} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";

contract LogConsultationTest is Fixture {
    using MetaWord for uint256;

    function test_LogConsultation_NowAndBefore() external {
        _log(doctor, NOW, NONE);
        expectEntry(patient, doctor, doctorRecord, _meta(NOW), DIGEST);
        _log(doctor, GRANTED, NONE);
        expectEntry(patient, doctor, doctorRecord, _meta(GRANTED), DIGEST);
        assertRecord(doctorRecord, recordChain(0, doctor, EPOCH, DIGEST), 1, 0);
    }

    /// @dev Record id 0 is the opening of the chart; the record itself is not looked up.
    function test_LogConsultation_OfTheChart() external {
        vm.prank(doctor);
        audit.logConsultation(patient, 0, NOW, 0, NONE);
        expectEntry(patient, doctor, 0, meta(Actions.CONSULTED).epoch(EPOCH), 0);
    }

    function testFuzz_LogConsultation_WithinTheGrant(uint40 seenAt) external {
        if (seenAt < GRANTED || seenAt > NOW + 5 minutes) {
            seenAt = GRANTED + seenAt % (NOW + 5 minutes - GRANTED);
        }
        _log(doctor, seenAt, NONE);
        expectEntry(patient, doctor, doctorRecord, _meta(seenAt), DIGEST);
    }

    function test_RevertWhen_SeenBeforeTheGrant() external {
        _refused(doctor, GRANTED - 1, Reasons.OUTSIDE_GRANT);
        _refused(doctor, 0, Reasons.OUTSIDE_GRANT);
        expectNoEntry();
    }

    function test_RevertWhen_SeenAtTheEndOrAfter() external {
        _log(expired, EXPIRED - 1, NONE);
        _refused(expired, EXPIRED, Reasons.OUTSIDE_GRANT);
        _refused(expired, NOW, Reasons.OUTSIDE_GRANT);
        _log(revoked, REVOKED - 1, NONE);
        _refused(revoked, REVOKED, Reasons.OUTSIDE_GRANT);
    }

    /// @dev Honest late logs are accepted for seven days after the end, the last second included.
    function test_RevertWhen_LoggedSevenDaysAfterTheEnd() external {
        vm.warp(EXPIRED + 7 days);
        _log(expired, EXPIRED - 1, NONE);
        vm.warp(EXPIRED + 7 days + 1);
        _refused(expired, EXPIRED - 1, Reasons.TOO_LATE);
    }

    function test_LogConsultation_OfTheGrantBefore() external {
        open(expired, SCOPE, UNTIL);
        take();
        _log(expired, EXPIRED - 1, NONE);
        expectEntry(patient, expired, doctorRecord, _meta(EXPIRED - 1), DIGEST);
        _refused(expired, EXPIRED, Reasons.OUTSIDE_GRANT);
        _refused(expired, NOW - 1, Reasons.OUTSIDE_GRANT);
        _refused(expired, GRANTED - 1, Reasons.OUTSIDE_GRANT);
        _log(expired, NOW, NONE);
        vm.warp(EXPIRED + 7 days + 1);
        _refused(expired, EXPIRED - 1, Reasons.TOO_LATE);
        _log(expired, NOW, NONE);
    }

    /// @dev Of three grants the first is forgotten.
    function test_RevertWhen_SeenUnderAGrantBeforeTheOneBefore() external {
        open(expired, SCOPE, NOW + 1 hours);
        vm.warp(NOW + 2 hours);
        open(expired, SCOPE, UNTIL);
        _log(expired, NOW, NONE);
        _refused(expired, EXPIRED - 1, Reasons.OUTSIDE_GRANT);
    }

    /// @dev A workstation's clock may run five minutes before the chain's.
    function test_RevertWhen_SeenInTheFuture() external {
        _log(doctor, NOW + 5 minutes, NONE);
        _refused(doctor, NOW + 5 minutes + 1, Reasons.IN_FUTURE);
        _refused(doctor, UNTIL - 1, Reasons.IN_FUTURE);
        _refused(doctor, type(uint40).max, Reasons.OUTSIDE_GRANT);
    }

    function test_RevertWhen_TheDoctorIsNotVerified() external {
        address[5] memory callers = [stranger, pending, suspended, refused, otherPatient];
        uint8[5] memory status = [0, 1, 3, 4, 0];
        for (uint256 i; i < callers.length; ++i) {
            refuse(Errors.NotVerified.selector, callers[i], status[i]);
            _log(callers[i], NOW, NONE);
        }
    }

    /// @dev A doctor reinstated after a suspension cannot log looks from before it.
    function test_RevertWhen_SeenBeforeTheReinstatement() external {
        setStatus(suspended, 2);
        _refused(suspended, NOW - 1, Reasons.BEFORE_VERIFICATION);
        _refused(suspended, GRANTED, Reasons.BEFORE_VERIFICATION);
        _log(suspended, NOW, NONE);
    }

    function test_RevertWhen_ThereWasNeverAGrant() external {
        _refused(ungranted, NOW, Reasons.NO_GRANT);
        vm.prank(ungranted);
        doctors.requestAccess(patient, 0, DIGEST, NONE);
        _refused(ungranted, NOW, Reasons.NO_GRANT);
        _refusedFor(stranger, doctor, Reasons.NOT_REGISTERED);
        _refusedFor(otherPatient, doctor, Reasons.NO_GRANT);
        _refusedFor(address(0), doctor, Reasons.NO_GRANT);
    }

    function test_RevertWhen_TheSlotDoesNotExist() external {
        bytes32 record = recordId(16, doctor, "no such slot");
        vm.expectRevert(
            abi.encodeWithSelector(
                Errors.ConsultationRefused.selector, patient, record, Reasons.BAD_SLOT
            )
        );
        vm.prank(doctor);
        audit.logConsultation(patient, record, NOW, DIGEST, NONE);
    }

    function test_LogConsultation_OfAPatientWhoIsNotActive() external {
        setPatient(2);
        take();
        _log(doctor, NOW, NONE);
        expectEntry(patient, doctor, doctorRecord, _meta(NOW), DIGEST);
    }

    function test_LogConsultation_ByTheDoctorsDelegate() external {
        _log(nurse, NOW, doctor);
        expectEntryVia(patient, nurse, doctorRecord, _meta(NOW), DIGEST, doctor);
    }

    function test_RevertWhen_TheDelegateMayNotLog() external {
        refuse(Errors.DelegateLacksPower.selector, ROTATE, LOG);
        _log(clerk, NOW, doctor);
        refuse(Errors.NoDelegation.selector, doctor, stranger);
        _log(stranger, NOW, doctor);
        refuse(Errors.NoDelegation.selector, doctor, doctor);
        _log(doctor, NOW, doctor);
        vm.warp(DELEGATED_UNTIL);
        refuse(Errors.DelegationEnded.selector, DELEGATED_UNTIL);
        _log(nurse, NOW, doctor);
    }

    function test_RevertWhen_EitherSideOfViaIsSuspended() external {
        delegate(doctor, suspended, LOG, DELEGATED_UNTIL);
        refuse(Errors.NotVerified.selector, suspended, 3);
        _log(suspended, NOW, doctor);
        delegate(suspended, nurse, LOG, DELEGATED_UNTIL);
        refuse(Errors.NotVerified.selector, suspended, 3);
        _log(nurse, NOW, suspended);
    }

    /// @dev The patient's own delegate looks as the patient would: that is not logged.
    function test_RevertWhen_LoggingAsThePatient() external {
        refuse(Errors.NotVerified.selector, patient, 0);
        _log(aide, NOW, patient);
        refuse(Errors.NotVerified.selector, patient, 0);
        _log(patient, NOW, NONE);
    }

    function _log(address caller, uint40 seenAt, address via) private {
        vm.prank(caller);
        audit.logConsultation(patient, doctorRecord, seenAt, DIGEST, via);
    }

    function _refused(address caller, uint40 seenAt, uint8 reason) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                Errors.ConsultationRefused.selector, patient, doctorRecord, reason
            )
        );
        _log(caller, seenAt, NONE);
    }

    function _refusedFor(address who, address caller, uint8 reason) private {
        vm.expectRevert(
            abi.encodeWithSelector(Errors.ConsultationRefused.selector, who, doctorRecord, reason)
        );
        vm.prank(caller);
        audit.logConsultation(who, doctorRecord, NOW, DIGEST, NONE);
    }

    function _meta(uint40 seenAt) private view returns (uint256) {
        return meta(Actions.CONSULTED).withTime(seenAt).slot(2).epoch(EPOCH);
    }
}
