// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";
import {IContractDoctor} from "../../../contracts/interfaces/IContractDoctor.sol";

contract RequestTest is Fixture {
    using MetaWord for uint256;

    function test_RequestAccess_Opens() external {
        _request(ungranted, NONE);
        expectEntry(patient, ungranted, word(ungranted), _meta(Actions.ACCESS_REQUESTED), DIGEST);
        IContractDoctor.Grant memory held = doctors.grantOf(patient, ungranted);
        assertTrue(held.requestOpen, "open");
        assertEq(held.since, 0, "no grant yet");
        assertFalse(doctors.isAuthorized(patient, ungranted, 0, false), "no right yet");
    }

    function test_RequestAccess_BesideALiveGrant() external {
        _request(doctor, NONE);
        IContractDoctor.Grant memory held = doctors.grantOf(patient, doctor);
        assertTrue(held.requestOpen, "open");
        assertEq(held.scope, SCOPE, "the grant stays");
        assertEq(held.since, GRANTED, "the grant stays");
        assertEq(held.expiry, UNTIL, "the grant stays");
        assertTrue(doctors.isAuthorized(patient, doctor, 1, true), "still authorized");
    }

    function test_RequestAccess_ByADelegateOfTheDoctor() external {
        _request(clerk, doctor);
        expectEntryVia(
            patient, clerk, word(doctor), _meta(Actions.ACCESS_REQUESTED), DIGEST, doctor
        );
        assertTrue(doctors.grantOf(patient, doctor).requestOpen, "the doctor's request");
    }

    function test_RevertWhen_TheDoctorIsNotVerified() external {
        refuse(Errors.NotVerified.selector, pending, 1);
        _request(pending, NONE);
        refuse(Errors.NotVerified.selector, suspended, 3);
        _request(suspended, NONE);
        refuse(Errors.NotVerified.selector, refused, 4);
        _request(refused, NONE);
        refuse(Errors.NotVerified.selector, stranger, 0);
        _request(stranger, NONE);
        refuse(Errors.NotVerified.selector, otherPatient, 0);
        _request(otherPatient, NONE);
        expectNoEntry();
    }

    function test_RevertWhen_RequestingViaAnother() external {
        refuse(Errors.NoDelegation.selector, doctor, stranger);
        _request(stranger, doctor);
        delegate(suspended, nurse, WRITE, DELEGATED_UNTIL);
        refuse(Errors.NotVerified.selector, suspended, 3);
        _request(nurse, suspended);
        delegate(doctor, suspended, WRITE, DELEGATED_UNTIL);
        refuse(Errors.NotVerified.selector, suspended, 3);
        _request(suspended, doctor);
        vm.warp(DELEGATED_UNTIL);
        refuse(Errors.DelegationEnded.selector, DELEGATED_UNTIL);
        _request(clerk, doctor);
    }

    function test_RevertWhen_ThePatientIsUnknownOrNotActive() external {
        refuse(Errors.NotRegistered.selector, stranger);
        vm.prank(doctor);
        doctors.requestAccess(stranger, 0, DIGEST, NONE);
        setPatient(2);
        refuse(Errors.PatientNotActive.selector, patient, 2);
        _request(doctor, NONE);
        vm.expectRevert();
        vm.prank(doctor);
        doctors.requestAccess(address(0), 0, DIGEST, NONE);
    }

    /// @dev The patient is a doctor too: still nobody grants to themselves.
    function test_RevertWhen_RequestingFromOneself() external {
        _makeDoctor(patient);
        refuse(Errors.SelfGrant.selector, patient);
        _request(patient, NONE);
        delegate(doctor, patient, WRITE, DELEGATED_UNTIL);
        refuse(Errors.SelfGrant.selector, patient);
        _request(patient, doctor);
        delegate(patient, nurse, WRITE, DELEGATED_UNTIL);
        refuse(Errors.SelfGrant.selector, patient);
        _request(nurse, patient);
    }

    function test_RevertWhen_RequestedTwice() external {
        _request(ungranted, NONE);
        refuse(Errors.RequestOpen.selector);
        _request(ungranted, NONE);
        _request(doctor, NONE);
        refuse(Errors.RequestOpen.selector);
        _request(clerk, doctor);
    }

    /// @dev Asked, declined: an older request is not asked again by who holds it back.
    function test_RevertWhen_AnotherCountOfRequestsIsExpected() external {
        _request(ungranted, NONE);
        _decline(patient, ungranted);
        take();
        uint8[3] memory seen = [0, 2, 129];
        for (uint256 i; i < seen.length; ++i) {
            refuse(Errors.StaleState.selector, 1);
            vm.prank(ungranted);
            doctors.requestAccess(patient, seen[i], DIGEST, NONE);
        }
        expectNoEntry();
    }

    /// @dev The answer to an older request does not close the next one.
    function test_RevertWhen_AnotherRequestIsClosed() external {
        _request(ungranted, NONE);
        _withdraw(ungranted, NONE);
        _request(ungranted, NONE);
        take();
        refuse(Errors.StaleState.selector, 2);
        vm.prank(ungranted);
        doctors.withdrawRequest(patient, 1, NONE);
        refuse(Errors.StaleState.selector, 2);
        vm.prank(patient);
        doctors.declineRequest(patient, ungranted, 1);
        expectNoEntry();
        _decline(patient, ungranted);
        assertFalse(doctors.grantOf(patient, ungranted).requestOpen, "closed");
    }

    /// @dev The hundred and twenty-eighth request begins again, and carries into nothing.
    function test_RequestAccess_CountsRequests() external {
        for (uint256 i = 1; i < 129; ++i) {
            _request(doctor, NONE);
            assertEq(doctors.grantOf(patient, doctor).requests, i % 128, "requests");
            _withdraw(doctor, NONE);
            _assertGrantStays();
        }
    }

    /// @dev Neither a grant nor a revocation begins the count anew.
    function test_Grant_KeepsTheCountOfRequests() external {
        _request(ungranted, NONE);
        open(ungranted, SCOPE, UNTIL);
        assertEq(doctors.grantOf(patient, ungranted).requests, 1, "after a new grant");
        open(ungranted, ALL_SLOTS, UNTIL);
        assertEq(doctors.grantOf(patient, ungranted).requests, 1, "after a wider one");
        endGrant(ungranted);
        open(ungranted, SCOPE, UNTIL);
        assertEq(doctors.grantOf(patient, ungranted).requests, 1, "after the next");
        refuse(Errors.StaleState.selector, 1);
        vm.prank(ungranted);
        doctors.requestAccess(patient, 0, DIGEST, NONE);
    }

    function test_WithdrawRequest_LeavesTheGrant() external {
        _request(doctor, NONE);
        take();
        _withdraw(doctor, NONE);
        expectEntry(patient, doctor, word(doctor), _meta(Actions.REQUEST_WITHDRAWN), 0);
        _assertGrantStays();
        _request(doctor, NONE);
        take();
        _withdraw(nurse, doctor);
        expectEntryVia(patient, nurse, word(doctor), _meta(Actions.REQUEST_WITHDRAWN), 0, doctor);
    }

    function test_WithdrawRequest_NeedsNoVerification() external {
        _request(ungranted, NONE);
        setStatus(ungranted, 3);
        _withdraw(ungranted, NONE);
        assertFalse(doctors.grantOf(patient, ungranted).requestOpen, "closed");
    }

    function test_RevertWhen_NothingToWithdraw() external {
        address[4] memory callers = [doctor, ungranted, stranger, revoked];
        for (uint256 i; i < callers.length; ++i) {
            refuse(Errors.NoRequest.selector);
            _withdraw(callers[i], NONE);
        }
        _request(ungranted, NONE);
        refuse(Errors.NoDelegation.selector, ungranted, stranger);
        _withdraw(stranger, ungranted);
        refuse(Errors.NotRegistered.selector, stranger);
        vm.prank(doctor);
        doctors.withdrawRequest(stranger, 1, NONE);
    }

    function test_DeclineRequest_LeavesTheGrant() external {
        _request(doctor, NONE);
        take();
        _decline(patient, doctor);
        expectEntry(patient, patient, word(doctor), _meta(Actions.REQUEST_DECLINED), 0);
        _assertGrantStays();
        refuse(Errors.NoRequest.selector);
        _decline(patient, doctor);
    }

    function test_DeclineRequest_ByADelegateWhoMayGrant() external {
        _request(ungranted, NONE);
        take();
        _decline(guardian, ungranted);
        expectEntryVia(
            patient, guardian, word(ungranted), _meta(Actions.REQUEST_DECLINED), 0, patient
        );
    }

    function test_RevertWhen_DeclinedByAnother() external {
        _request(ungranted, NONE);
        refuse(Errors.NotController.selector, patient, stranger);
        _decline(stranger, ungranted);
        refuse(Errors.NotController.selector, patient, doctor);
        _decline(doctor, ungranted);
        refuse(Errors.DelegateLacksPower.selector, LOG, GRANT);
        _decline(aide, ungranted);
        refuse(Errors.DelegationEnded.selector, EXPIRED);
        _decline(former, ungranted);
        refuse(Errors.NoRequest.selector);
        _decline(patient, doctor);
        assertTrue(doctors.grantOf(patient, ungranted).requestOpen, "still open");
    }

    /// @dev A revocation does not answer a request, nor does it stop a new one.
    function test_RequestAccess_SurvivesARevocation() external {
        _request(doctor, NONE);
        endGrant(doctor);
        assertTrue(doctors.grantOf(patient, doctor).requestOpen, "still open");
        _request(revoked, NONE);
        assertFalse(doctors.isAuthorized(patient, revoked, 1, false), "a request is no right");
    }

    function _assertGrantStays() private view {
        IContractDoctor.Grant memory held = doctors.grantOf(patient, doctor);
        assertFalse(held.requestOpen, "closed");
        assertEq(held.scope, SCOPE, "scope");
        assertEq(held.since, GRANTED, "since");
        assertEq(held.expiry, UNTIL, "expiry");
    }

    function _makeDoctor(address id) private {
        vm.prank(id);
        doctors.registerDoctor(0, profileDigestOf(id));
        setStatus(id, 2);
    }

    function _request(address caller, address via) private {
        uint8 seen = seenRequests(patient, via == NONE ? caller : via);
        vm.prank(caller);
        doctors.requestAccess(patient, seen, DIGEST, via);
    }

    function _withdraw(address caller, address via) private {
        uint8 seen = seenRequests(patient, via == NONE ? caller : via);
        vm.prank(caller);
        doctors.withdrawRequest(patient, seen, via);
    }

    function _decline(address caller, address requester) private {
        uint8 seen = seenRequests(patient, requester);
        vm.prank(caller);
        doctors.declineRequest(patient, requester, seen);
    }

    function _meta(uint8 action) private view returns (uint256) {
        return meta(action).epoch(EPOCH);
    }
}
