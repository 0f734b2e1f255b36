// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";
import {IContractDoctor} from "../../../contracts/interfaces/IContractDoctor.sol";

contract GrantTest is Fixture {
    using MetaWord for uint256;

    function test_Grant_New() external {
        _grant(ungranted, SCOPE, UNTIL, 0);
        expectEntry(patient, patient, word(ungranted), _meta(SCOPE, UNTIL, 0, 1), DIGEST);
        _assertGrant(ungranted, SCOPE, NOW, UNTIL, 0);
        _assertBefore(ungranted, 0, 0);
        IContractDoctor.Grant memory held = doctors.grantOf(patient, ungranted);
        assertEq(held.epoch, EPOCH, "epoch");
        assertEq(held.profileVersion, 1, "profile version");
    }

    function test_Grant_AnswersARequest() external {
        vm.prank(ungranted);
        doctors.requestAccess(patient, 0, DIGEST, NONE);
        _grant(ungranted, SCOPE, UNTIL, 0);
        _assertGrant(ungranted, SCOPE, NOW, UNTIL, 0);
    }

    /// @dev Identity alone: a scope of nothing is a grant too.
    function test_Grant_OfIdentityOnly() external {
        _grant(ungranted, 0, UNTIL, 0);
        _assertGrant(ungranted, 0, NOW, UNTIL, 0);
        assertTrue(doctors.isAuthorized(patient, ungranted, 0, false), "identity");
        assertFalse(doctors.isAuthorized(patient, ungranted, 1, false), "nothing else");
    }

    function test_Grant_EndsOneSecondFromNow() external {
        _grant(ungranted, SCOPE, NOW + 1, 0);
        assertTrue(doctors.isAuthorized(patient, ungranted, 1, true), "now");
        vm.warp(NOW + 1);
        assertFalse(doctors.isAuthorized(patient, ungranted, 1, true), "a second later");
    }

    function test_Grant_ExtendingKeepsSince() external {
        _grant(doctor, SCOPE, UNTIL + 1, 0);
        expectEntry(patient, patient, word(doctor), _meta(SCOPE, UNTIL + 1, 0, 1), DIGEST);
        _assertGrant(doctor, SCOPE, GRANTED, UNTIL + 1, 0);
        _grant(doctor, ALL_SLOTS, UNTIL + 1, 0);
        _assertGrant(doctor, ALL_SLOTS, GRANTED, UNTIL + 1, 0);
        _assertBefore(doctor, 0, 0);
        assertEq(doctors.grantOf(patient, doctor).epoch, EPOCH, "the epoch of the envelope");
    }

    function test_Grant_AfterTheEndKeepsTheOneBefore() external {
        _grant(expired, 0x3e, UNTIL, 0);
        _assertGrant(expired, 0x3e, NOW, UNTIL, 0);
        _assertBefore(expired, GRANTED, EXPIRED);
        _grant(revoked, SCOPE, NOW + 1 days, 0);
        _assertBefore(revoked, GRANTED, REVOKED);
        vm.warp(NOW + 2 days);
        _grant(revoked, SCOPE, UNTIL, 0);
        _assertBefore(revoked, NOW, NOW + 1 days);
        _grant(revoked, ALL_SLOTS, UNTIL, 0);
        _assertBefore(revoked, NOW, NOW + 1 days);
    }

    function test_Grant_SingleRecordsWidenToCategories() external {
        _grant(ungranted, 0x3e, UNTIL, 1);
        expectEntry(patient, patient, word(ungranted), _meta(0x3e, UNTIL, 1, 1), DIGEST);
        _assertGrant(ungranted, 0x3e, NOW, UNTIL, 1);
        _grant(ungranted, 0x3e, UNTIL, 0);
        _assertGrant(ungranted, 0x3e, NOW, UNTIL, 0);
    }

    /// @dev Narrowing without new keys would leave the keys of what was taken: revoke does both.
    function test_RevertWhen_ALiveGrantIsNarrowed() external {
        _refusedNarrowing(SCOPE & ~uint32(2), UNTIL, 0);
        _refusedNarrowing(SCOPE & ~uint32(0x20000), UNTIL, 0);
        _refusedNarrowing(0, UNTIL, 0);
        _refusedNarrowing(SCOPE, UNTIL - 1, 0);
        _refusedNarrowing(ALL_SLOTS, NOW + 1, 0);
        _grant(ungranted, 0x3e, UNTIL, 0);
        vm.expectRevert(abi.encodeWithSelector(Errors.NarrowingNeedsRevoke.selector, 0x3e, UNTIL));
        _grant(ungranted, 0x3e, UNTIL, 1);
    }

    function test_Grant_NarrowerAfterARevocation() external {
        endGrant(doctor);
        vm.prank(patient);
        doctors.grant(
            patient,
            doctor,
            profileOf(doctor),
            2,
            NOW + 1,
            0,
            EPOCH + 1,
            seenExpiry(patient, doctor),
            DIGEST
        );
        _assertGrant(doctor, 2, NOW, NOW + 1, 0);
        _assertBefore(doctor, GRANTED, NOW);
        assertEq(doctors.grantOf(patient, doctor).epoch, EPOCH + 1, "epoch");
    }

    function test_RevertWhen_TheScopeNamesSlotZero() external {
        uint32[3] memory scopes = [uint32(1), 0x00010000, 0xffffffff];
        for (uint256 i; i < scopes.length; ++i) {
            refuse(Errors.BadScope.selector, scopes[i]);
            _grant(ungranted, scopes[i], UNTIL, 0);
            refuse(Errors.BadScope.selector, scopes[i]);
            _grant(ungranted, scopes[i], UNTIL, 1);
        }
    }

    function test_RevertWhen_TheKindIsWrong() external {
        refuse(Errors.BadKind.selector, 2);
        _grant(ungranted, 0x3e, UNTIL, 2);
        refuse(Errors.BadKind.selector, 255);
        _grant(ungranted, 0x3e, UNTIL, 255);
        refuse(Errors.BadScope.selector, SCOPE);
        _grant(ungranted, SCOPE, UNTIL, 1);
    }

    function test_RevertWhen_TheExpiryIsNotInTheFuture() external {
        refuse(Errors.BadExpiry.selector, NOW);
        _grant(ungranted, SCOPE, NOW, 0);
        refuse(Errors.BadExpiry.selector, uint256(0));
        _grant(ungranted, SCOPE, 0, 0);
        refuse(Errors.BadExpiry.selector, NOW);
        _grant(doctor, SCOPE, NOW, 0);
    }

    /// @dev A relayed grant that was held back must not revive whom the patient revoked since.
    function test_RevertWhen_TheEpochIsNotTheCurrentOne() external {
        uint32[3] memory epochs = [EPOCH - 1, EPOCH + 1, EPOCH + 65536];
        for (uint256 i; i < epochs.length; ++i) {
            refuse(Errors.StaleEpoch.selector, EPOCH);
            vm.prank(patient);
            doctors.grant(
                patient,
                ungranted,
                profileOf(ungranted),
                SCOPE,
                UNTIL,
                0,
                epochs[i],
                seenExpiry(patient, ungranted),
                DIGEST
            );
        }
    }

    /// @dev Less was granted, or nothing more, after what a relay holds back: in the same epoch too.
    function test_RevertWhen_AnotherEndIsExpected() external {
        uint40[3] memory seen = [uint40(0), UNTIL - 1, UNTIL + 1];
        for (uint256 i; i < seen.length; ++i) {
            _refusedAfter(doctor, seen[i], UNTIL);
            _refusedAfter(expired, seen[i], EXPIRED);
        }
        _refusedAfter(ungranted, UNTIL, 0);
        _grant(ungranted, 2, NOW + 1 days, 0);
        take();
        _refusedAfter(ungranted, 0, NOW + 1 days);
        _assertGrant(ungranted, 2, NOW, NOW + 1 days, 0);
    }

    function test_RevertWhen_TheGranteeIsNotVerified() external {
        address[5] memory grantees = [stranger, pending, suspended, refused, otherPatient];
        uint8[5] memory status = [0, 1, 3, 4, 0];
        for (uint256 i; i < grantees.length; ++i) {
            refuse(Errors.NotVerified.selector, grantees[i], status[i]);
            _grant(grantees[i], SCOPE, UNTIL, 0);
        }
        refuse(Errors.NotVerified.selector, address(0), 0);
        _grant(address(0), SCOPE, UNTIL, 0);
    }

    function test_RevertWhen_TheProfileIsNotTheOneSeen() external {
        vm.expectRevert(
            abi.encodeWithSelector(Errors.ProfileChanged.selector, profileOf(ungranted))
        );
        vm.prank(patient);
        doctors.grant(
            patient,
            ungranted,
            profileOf(doctor),
            SCOPE,
            UNTIL,
            0,
            EPOCH,
            seenExpiry(patient, ungranted),
            DIGEST
        );
        bytes24 next = bytes24(keccak256("next"));
        vm.prank(verifier);
        doctors.setDoctorStatus(
            ungranted, next, seenVersion(ungranted), seenSince(ungranted), 2, DIGEST
        );
        vm.expectRevert(abi.encodeWithSelector(Errors.ProfileChanged.selector, next));
        _grant(ungranted, SCOPE, UNTIL, 0);
        vm.prank(patient);
        doctors.grant(
            patient, ungranted, next, SCOPE, UNTIL, 0, EPOCH, seenExpiry(patient, ungranted), DIGEST
        );
        assertEq(doctors.grantOf(patient, ungranted).profileVersion, 2, "profile version");
    }

    /// @dev A doctor's new key: old grants go on naming what the patient looked at.
    function test_Grant_NamesTheOldProfileUntilThePatientConfirms() external {
        bytes24 next = bytes24(NEXT_DIGEST);
        vm.prank(doctor);
        doctors.registerDoctor(1, NEXT_DIGEST);
        vm.prank(verifier);
        doctors.setDoctorStatus(doctor, next, seenVersion(doctor), seenSince(doctor), 2, DIGEST);
        IContractDoctor.Grant memory held = doctors.grantOf(patient, doctor);
        assertEq(held.profileVersion, 1, "as looked at");
        assertTrue(doctors.isAuthorized(patient, doctor, 2, true), "still in force");
        vm.startPrank(patient);
        vm.expectRevert(abi.encodeWithSelector(Errors.ProfileChanged.selector, next));
        doctors.grant(
            patient,
            doctor,
            profileOf(doctor),
            SCOPE,
            UNTIL,
            0,
            EPOCH,
            seenExpiry(patient, doctor),
            DIGEST
        );
        doctors.grant(
            patient, doctor, next, SCOPE, UNTIL, 0, EPOCH, seenExpiry(patient, doctor), DIGEST
        );
        vm.stopPrank();
        held = doctors.grantOf(patient, doctor);
        assertEq(held.profileVersion, 2, "confirmed");
        assertEq(held.since, GRANTED, "the same grant");
    }

    function test_RevertWhen_GrantingToOneself() external {
        refuse(Errors.SelfGrant.selector, patient);
        _grant(patient, SCOPE, UNTIL, 0);
        delegate(patient, ungranted, ALL_POWERS, DELEGATED_UNTIL);
        refuse(Errors.SelfGrant.selector, ungranted);
        _grantAs(ungranted, ungranted, 0x1e, NOW + 1 days);
    }

    function test_RevertWhen_ThePatientIsNotActive() external {
        for (uint8 status = 2; status < 5; ++status) {
            setPatient(status);
            refuse(Errors.PatientNotActive.selector, patient, status);
            _grant(ungranted, SCOPE, UNTIL, 0);
        }
        refuse(Errors.NotRegistered.selector, stranger);
        vm.prank(stranger);
        doctors.grant(
            stranger,
            doctor,
            profileOf(doctor),
            SCOPE,
            UNTIL,
            0,
            0,
            seenExpiry(stranger, doctor),
            DIGEST
        );
    }

    function test_Grant_ByADelegate() external {
        uint40 latest = NOW + MAX_GRANT;
        _grantAs(guardian, ungranted, DELEGATED, latest);
        expectEntryVia(
            patient, guardian, word(ungranted), _meta(DELEGATED, latest, 0, 1), DIGEST, patient
        );
        _assertGrant(ungranted, DELEGATED, NOW, latest, 0);
    }

    function test_RevertWhen_ADelegateGoesTooFar() external {
        uint40 latest = NOW + MAX_GRANT;
        refuse(Errors.DelegateOutOfScope.selector, DELEGATED);
        _grantAs(guardian, ungranted, DELEGATED | 0x20, latest);
        refuse(Errors.DelegateOutOfScope.selector, DELEGATED);
        _grantAs(guardian, ungranted, DELEGATED | 0x200000, latest);
        refuse(Errors.DelegateGrantTooLong.selector, latest);
        _grantAs(guardian, ungranted, DELEGATED, latest + 1);
        refuse(Errors.DelegateOutOfScope.selector, DELEGATED);
        _grantAs(guardian, doctor, SCOPE, UNTIL);
        refuse(Errors.DelegateLacksPower.selector, LOG, GRANT);
        _grantAs(aide, ungranted, DELEGATED, latest);
        refuse(Errors.DelegationEnded.selector, EXPIRED);
        _grantAs(former, ungranted, DELEGATED, latest);
        expectNoEntry();
    }

    function testFuzz_Grant_KeepsEveryField(uint32 scope, uint40 expiry, bool single) external {
        scope &= single ? 0xfffe : ALL_SLOTS;
        if (expiry <= NOW) expiry = NOW + 1;
        _grant(ungranted, scope, expiry, single ? 1 : 0);
        expectEntry(
            patient, patient, word(ungranted), _meta(scope, expiry, single ? 1 : 0, 1), DIGEST
        );
        _assertGrant(ungranted, scope, NOW, expiry, single ? 1 : 0);
    }

    function _grant(address grantee, uint32 scope, uint40 expiry, uint8 kind) private {
        vm.prank(patient);
        doctors.grant(
            patient,
            grantee,
            profileOf(grantee),
            scope,
            expiry,
            kind,
            EPOCH,
            seenExpiry(patient, grantee),
            DIGEST
        );
    }

    function _grantAs(address caller, address grantee, uint32 scope, uint40 expiry) private {
        vm.prank(caller);
        doctors.grant(
            patient,
            grantee,
            profileOf(grantee),
            scope,
            expiry,
            0,
            EPOCH,
            seenExpiry(patient, grantee),
            DIGEST
        );
    }

    function _refusedNarrowing(uint32 scope, uint40 expiry, uint8 kind) private {
        vm.expectRevert(abi.encodeWithSelector(Errors.NarrowingNeedsRevoke.selector, SCOPE, UNTIL));
        _grant(doctor, scope, expiry, kind);
    }

    function _refusedAfter(address grantee, uint40 seen, uint40 end) private {
        refuse(Errors.StaleState.selector, end);
        vm.prank(patient);
        doctors.grant(
            patient, grantee, profileOf(grantee), ALL_SLOTS, UNTIL + 1, 0, EPOCH, seen, DIGEST
        );
        expectNoEntry();
    }

    function _assertGrant(address grantee, uint32 scope, uint40 since, uint40 end, uint8 kind)
        private
        view
    {
        IContractDoctor.Grant memory held = doctors.grantOf(patient, grantee);
        assertEq(held.scope, scope, "scope");
        assertEq(held.since, since, "since");
        assertEq(held.expiry, end, "expiry");
        assertEq(held.kind, kind, "kind");
        assertFalse(held.requestOpen, "no open request");
    }

    function _assertBefore(address grantee, uint40 since, uint40 end) private view {
        IContractDoctor.Grant memory held = doctors.grantOf(patient, grantee);
        assertEq(held.prevSince, since, "since before");
        assertEq(held.prevExpiry, end, "expiry before");
    }

    function _meta(uint32 scope, uint40 expiry, uint8 kind, uint16 version)
        private
        view
        returns (uint256)
    {
        return meta(Actions.ACCESS_GRANTED).epoch(EPOCH).scope(scope).expiry(expiry).kind(kind)
            .version(version);
    }
}
