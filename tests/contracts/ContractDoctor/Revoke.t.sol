// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";
import {IContractDoctor} from "../../../contracts/interfaces/IContractDoctor.sol";

contract RevokeTest is Fixture {
    using MetaWord for uint256;

    function test_Revoke_EndsTheGrantAndStartsAnEpoch() external {
        _revoke(patient, list(doctor), EPOCH);
        expectEntry(patient, patient, word(doctor), _meta(NOW), DIGEST);
        IContractDoctor.Grant memory held = doctors.grantOf(patient, doctor);
        assertEq(held.expiry, NOW, "ends now");
        assertEq(held.since, GRANTED, "since stays");
        assertEq(held.scope, SCOPE, "scope stays");
        assertEq(doctors.epochOf(patient), EPOCH + 1, "the next epoch");
        assertFalse(doctors.isAuthorized(patient, doctor, 1, false), "no right");
        assertTrue(doctors.isAuthorized(patient, colleague, 1, false), "the others stay");
    }

    function test_Revoke_SeveralAtOnceIsOneEpoch() external {
        _revoke(patient, list(doctor, colleague), EPOCH);
        Entry[] memory entries = take();
        assertEq(entries.length, 2, "one entry for each");
        same(entries[0], Entry(patient, patient, word(doctor), _meta(NOW), DIGEST, 0));
        same(entries[1], Entry(patient, patient, word(colleague), _meta(NOW), DIGEST, 0));
        assertEq(doctors.epochOf(patient), EPOCH + 1, "one epoch");
    }

    function test_Revoke_OneThatHasEndedKeepsItsEnd() external {
        _revoke(patient, list(expired), EPOCH);
        expectEntry(patient, patient, word(expired), _meta(EXPIRED), DIGEST);
        assertEq(doctors.grantOf(patient, expired).expiry, EXPIRED, "its end");
        assertEq(doctors.epochOf(patient), EPOCH + 1, "an epoch all the same");
    }

    function test_Revoke_OneNamedTwice() external {
        _revoke(patient, list(doctor, doctor), EPOCH);
        Entry[] memory entries = take();
        assertEq(entries.length, 2, "one entry for each");
        same(entries[0], Entry(patient, patient, word(doctor), _meta(NOW), DIGEST, 0));
        same(entries[1], Entry(patient, patient, word(doctor), _meta(NOW), DIGEST, 0));
        assertEq(doctors.grantOf(patient, doctor).expiry, NOW, "ends once");
    }

    function test_Revoke_OneThatIsSuspendedOrDeactivated() external {
        vm.prank(doctor);
        users.deactivate(doctor);
        _revoke(patient, list(suspended, doctor), EPOCH);
        assertEq(doctors.grantOf(patient, suspended).expiry, NOW, "ends");
        assertEq(doctors.grantOf(patient, doctor).expiry, NOW, "ends");
    }

    function test_Revoke_MayLeaveTheBundleForLater() external {
        vm.prank(patient);
        doctors.revoke(patient, list(doctor), EPOCH, 0);
        expectEntry(patient, patient, word(doctor), _meta(NOW), 0);
    }

    /// @dev The dead, the moved and the erased can still shut doors; nobody opens new ones.
    function test_Revoke_WhenThePatientIsNotActive() external {
        setPatient(2);
        take();
        _revoke(patient, list(doctor), EPOCH);
        expectEntry(patient, patient, word(doctor), _meta(NOW), DIGEST);
        assertEq(doctors.grantOf(patient, doctor).expiry, NOW, "ends");
    }

    function test_Revoke_ByADelegate() external {
        _revoke(guardian, list(doctor, colleague), EPOCH);
        Entry[] memory entries = take();
        assertEq(entries.length, 3, "one for each, and the via");
        same(entries[0], Entry(patient, guardian, word(doctor), _meta(NOW), DIGEST, 0));
        same(entries[1], Entry(patient, guardian, word(colleague), _meta(NOW), DIGEST, 0));
        sameVia(entries[2], entries[1], patient, 2);
    }

    function test_RevertWhen_RevokedByAnother() external {
        address[5] memory others = [stranger, doctor, otherPatient, registrar, admin];
        for (uint256 i; i < others.length; ++i) {
            refuse(Errors.NotController.selector, patient, others[i]);
            _revoke(others[i], list(doctor), EPOCH);
        }
        refuse(Errors.DelegateLacksPower.selector, LOG, REVOKE);
        _revoke(aide, list(doctor), EPOCH);
        refuse(Errors.DelegationEnded.selector, EXPIRED);
        _revoke(former, list(doctor), EPOCH);
        expectNoEntry();
    }

    function test_RevertWhen_ThePatientIsUnknown() external {
        vm.startPrank(stranger);
        refuse(Errors.NotRegistered.selector, stranger);
        doctors.revoke(stranger, list(doctor), 0, DIGEST);
        refuse(Errors.NotRegistered.selector, stranger);
        doctors.rotateKeys(stranger, 0, 1, DIGEST);
        refuse(Errors.NotRegistered.selector, stranger);
        doctors.publishBundle(stranger, 0, DIGEST);
        refuse(Errors.NotController.selector, address(0), stranger);
        doctors.revoke(address(0), list(doctor), 0, DIGEST);
        refuse(Errors.NotController.selector, address(0), stranger);
        doctors.rotateKeys(address(0), 0, 1, DIGEST);
        vm.stopPrank();
        expectNoEntry();
    }

    function test_RevertWhen_NobodyIsNamed() external {
        refuse(Errors.NoGrant.selector, address(0));
        _revoke(patient, new address[](0), EPOCH);
    }

    /// @dev One unknown grantee refuses the whole act: no epoch, and no end for the others.
    function test_RevertWhen_AGranteeNeverHadAGrant() external {
        refuse(Errors.NoGrant.selector, ungranted);
        _revoke(patient, list(ungranted), EPOCH);
        vm.prank(ungranted);
        doctors.requestAccess(patient, 0, DIGEST, NONE);
        refuse(Errors.NoGrant.selector, ungranted);
        _revoke(patient, list(doctor, ungranted), EPOCH);
        assertEq(doctors.grantOf(patient, doctor).expiry, UNTIL, "still live");
        assertEq(doctors.epochOf(patient), EPOCH, "the same epoch");
    }

    /// @dev Two devices must not revoke past each other.
    function test_RevertWhen_TheEpochIsStale() external {
        _revoke(patient, list(doctor), EPOCH);
        refuse(Errors.StaleEpoch.selector, EPOCH + 1);
        _revoke(patient, list(colleague), EPOCH);
        refuse(Errors.StaleEpoch.selector, EPOCH + 1);
        _revoke(patient, list(colleague), EPOCH + 2);
    }

    function test_Revoke_RollsIntoTheNextGeneration() external {
        _setEpoch(0x0000ffff);
        _revoke(patient, list(doctor), 0x0000ffff);
        assertEq(doctors.epochOf(patient), 0x00010000, "generation 1, index 0");
    }

    /// @dev The very last epoch cannot be left: better refused than begun again from zero.
    function test_RevertWhen_NoEpochIsLeft() external {
        _setEpoch(type(uint32).max);
        vm.expectRevert();
        _revoke(patient, list(doctor), type(uint32).max);
        assertEq(doctors.epochOf(patient), type(uint32).max, "unchanged");
    }

    function test_RotateKeys_ToTheNextEpoch() external {
        _rotate(patient, EPOCH, EPOCH + 1);
        uint256 expected = meta(Actions.KEYS_ROTATED).epoch(EPOCH + 1);
        expectEntry(patient, patient, word(patient), expected, DIGEST);
        assertEq(doctors.epochOf(patient), EPOCH + 1, "epoch");
        assertTrue(doctors.isAuthorized(patient, doctor, 1, true), "grants live on");
    }

    function test_RotateKeys_ToTheNextGeneration() external {
        _rotate(patient, EPOCH, 0x00010000);
        uint256 expected = meta(Actions.KEYS_ROTATED).epoch(0x00010000);
        expectEntry(patient, patient, word(patient), expected, DIGEST);
        _rotate(patient, 0x00010000, 0x00010001);
        _rotate(patient, 0x00010001, 0x00020000);
        assertEq(doctors.epochOf(patient), 0x00020000, "generation 2");
    }

    function test_RevertWhen_RotatedElsewhere() external {
        uint32[7] memory wrong =
            [EPOCH, 0, EPOCH + 2, 0x00010001, 0x00020000, 0x0000ffff, type(uint32).max];
        for (uint256 i; i < wrong.length; ++i) {
            refuse(Errors.BadEpoch.selector, wrong[i]);
            _rotate(patient, EPOCH, wrong[i]);
        }
        refuse(Errors.StaleEpoch.selector, EPOCH);
        _rotate(patient, 0, EPOCH);
        refuse(Errors.StaleEpoch.selector, EPOCH);
        _rotate(patient, EPOCH + 1, EPOCH + 2);
    }

    function test_RevertWhen_NoEpochIsLeftToRotateTo() external {
        _setEpoch(type(uint32).max);
        refuse(Errors.BadEpoch.selector, uint256(0));
        _rotate(patient, type(uint32).max, 0);
    }

    function test_RotateKeys_ByADelegate() external {
        _rotate(guardian, EPOCH, EPOCH + 1);
        uint256 expected = meta(Actions.KEYS_ROTATED).epoch(EPOCH + 1);
        expectEntryVia(patient, guardian, word(patient), expected, DIGEST, patient);
        refuse(Errors.DelegateLacksPower.selector, LOG, ROTATE);
        _rotate(aide, EPOCH + 1, EPOCH + 2);
        refuse(Errors.NotController.selector, patient, clerk);
        _rotate(clerk, EPOCH + 1, EPOCH + 2);
    }

    function test_PublishBundle_OfTheCurrentEpoch() external {
        _publish(patient, EPOCH);
        uint256 expected = meta(Actions.BUNDLE_PUBLISHED).epoch(EPOCH);
        expectEntry(patient, patient, word(patient), expected, DIGEST);
        assertEq(doctors.epochOf(patient), EPOCH, "unchanged");
        _publish(guardian, EPOCH);
        expectEntryVia(patient, guardian, word(patient), expected, DIGEST, patient);
    }

    function test_RevertWhen_PublishedForAnotherEpochOrByAnother() external {
        refuse(Errors.StaleEpoch.selector, EPOCH);
        _publish(patient, EPOCH - 1);
        refuse(Errors.StaleEpoch.selector, EPOCH);
        _publish(patient, EPOCH + 1);
        refuse(Errors.NotController.selector, patient, doctor);
        _publish(doctor, EPOCH);
        refuse(Errors.DelegateLacksPower.selector, LOG, ROTATE);
        _publish(aide, EPOCH);
        expectNoEntry();
    }

    /// @dev Puts the patient into an epoch that would take thousands of revocations to reach.
    function _setEpoch(uint32 epoch) private {
        bytes32 slot = keccak256(abi.encode(patient, uint256(0)));
        uint256 subject = uint256(vm.load(address(audit), slot));
        assertEq(subject, ledger.subjectWord(patient), "where the subject's word lies");
        uint256 mask = ~(uint256(type(uint32).max) << 8);
        vm.store(address(audit), slot, bytes32((subject & mask) | (uint256(epoch) << 8)));
        assertEq(doctors.epochOf(patient), epoch, "set");
    }

    function _revoke(address caller, address[] memory grantees, uint32 epoch) private {
        vm.prank(caller);
        doctors.revoke(patient, grantees, epoch, DIGEST);
    }

    function _rotate(address caller, uint32 epoch, uint32 next) private {
        vm.prank(caller);
        doctors.rotateKeys(patient, epoch, next, DIGEST);
    }

    function _publish(address caller, uint32 epoch) private {
        vm.prank(caller);
        doctors.publishBundle(patient, epoch, DIGEST);
    }

    function _meta(uint40 end) private view returns (uint256) {
        return meta(Actions.ACCESS_REVOKED).epoch(EPOCH + 1).scope(SCOPE).expiry(end);
    }
}
