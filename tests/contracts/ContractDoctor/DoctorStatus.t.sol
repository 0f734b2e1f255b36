// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";

contract DoctorStatusTest is Fixture {
    using MetaWord for uint256;

    bytes32 internal constant PROFILE = keccak256("the next profile");
    bytes32 internal constant CREDENTIAL = keccak256("credential");

    function test_RegisterDoctor_IsPending() external {
        enrol(stranger, 2);
        take();
        _register(stranger, PROFILE);
        expectEntry(
            address(0),
            stranger,
            word(stranger),
            meta(Actions.DOCTOR_REGISTERED).kind(1).version(1),
            PROFILE
        );
        _assertDoctor(stranger, bytes24(PROFILE), 1, NOW, 1);
    }

    function test_RegisterDoctor_ReplacesWhilePending() external {
        _register(pending, PROFILE);
        expectEntry(
            address(0),
            pending,
            word(pending),
            meta(Actions.DOCTOR_REGISTERED).kind(1).version(2),
            PROFILE
        );
        _assertDoctor(pending, bytes24(PROFILE), 2, BEGIN, 1);
    }

    function test_RegisterDoctor_TheSameAgainIsTheSameVersion() external {
        _register(pending, profileDigestOf(pending));
        _assertDoctor(pending, profileOf(pending), 1, BEGIN, 1);
    }

    /// @dev Once judged, a new profile is announced and nothing else until a verifier takes it up.
    function test_RegisterDoctor_AnnouncesLater() external {
        address[3] memory judged = [doctor, suspended, refused];
        uint8[3] memory status = [2, 3, 4];
        for (uint256 i; i < judged.length; ++i) {
            (bytes24 profile, uint16 version, uint40 since,,) = doctors.doctorOf(judged[i]);
            _register(judged[i], PROFILE);
            expectEntry(
                address(0),
                judged[i],
                word(judged[i]),
                meta(Actions.DOCTOR_REGISTERED).kind(status[i]).version(version),
                PROFILE
            );
            _assertDoctor(judged[i], profile, version, since, status[i]);
        }
    }

    /// @dev What was announced later stays announced, whatever a relay holds back.
    function test_RevertWhen_AnotherRegistrationIsExpected() external {
        _register(doctor, PROFILE);
        take();
        uint8[4] memory seen = [0, 1, 3, 18];
        for (uint256 i; i < seen.length; ++i) {
            refuse(Errors.StaleState.selector, 2);
            vm.prank(doctor);
            doctors.registerDoctor(seen[i], DIGEST);
        }
        refuse(Errors.StaleState.selector, uint256(0));
        vm.prank(stranger);
        doctors.registerDoctor(1, DIGEST);
        expectNoEntry();
    }

    /// @dev The sixteenth registration begins again, and carries into nothing.
    function test_RegisterDoctor_CountsRegistrations() external {
        for (uint256 i = 2; i < 17; ++i) {
            _register(doctor, PROFILE);
            (,,,, uint8 turn) = doctors.doctorOf(doctor);
            assertEq(turn, i % 16, "turn");
            _assertDoctor(doctor, profileOf(doctor), 1, BEGIN, 2);
        }
    }

    function test_SetDoctorStatus_Verifies() external {
        vm.prank(verifier);
        doctors.setDoctorStatus(
            pending, profileOf(pending), seenVersion(pending), seenSince(pending), 2, CREDENTIAL
        );
        expectEntry(
            address(0),
            verifier,
            word(pending),
            meta(Actions.DOCTOR_STATUS_CHANGED).kind(2).version(1),
            CREDENTIAL
        );
        _assertDoctor(pending, profileOf(pending), 1, NOW, 2);
    }

    function test_SetDoctorStatus_SinceMovesOnlyWithTheStatus() external {
        setStatus(doctor, 2);
        _assertDoctor(doctor, profileOf(doctor), 1, BEGIN, 2);
        setStatus(doctor, 3);
        _assertDoctor(doctor, profileOf(doctor), 1, NOW, 3);
        vm.warp(NOW + 1 hours);
        setStatus(doctor, 3);
        _assertDoctor(doctor, profileOf(doctor), 1, NOW, 3);
        setStatus(doctor, 2);
        _assertDoctor(doctor, profileOf(doctor), 1, NOW + 1 hours, 2);
    }

    function test_SetDoctorStatus_TakesUpAnAnnouncedProfile() external {
        _register(doctor, PROFILE);
        take();
        vm.prank(verifier);
        doctors.setDoctorStatus(
            doctor, bytes24(PROFILE), seenVersion(doctor), seenSince(doctor), 2, CREDENTIAL
        );
        expectEntry(
            address(0),
            verifier,
            word(doctor),
            meta(Actions.DOCTOR_STATUS_CHANGED).kind(2).version(2),
            CREDENTIAL
        );
        _assertDoctor(doctor, bytes24(PROFILE), 2, BEGIN, 2);
    }

    function test_SetDoctorStatus_SuspendingKeepsTheStoredProfile() external {
        vm.prank(verifier);
        doctors.setDoctorStatus(
            doctor, bytes24(PROFILE), seenVersion(doctor), seenSince(doctor), 3, CREDENTIAL
        );
        _assertDoctor(doctor, profileOf(doctor), 1, NOW, 3);
        vm.prank(verifier);
        doctors.setDoctorStatus(
            doctor, bytes24(PROFILE), seenVersion(doctor), seenSince(doctor), 4, CREDENTIAL
        );
        _assertDoctor(doctor, profileOf(doctor), 1, NOW, 4);
    }

    /// @dev A pending doctor must not change the profile while the verifier looks at another.
    function test_RevertWhen_ThePendingProfileWasReplaced() external {
        _register(pending, PROFILE);
        for (uint8 status = 2; status < 5; ++status) {
            vm.expectRevert(
                abi.encodeWithSelector(Errors.ProfileChanged.selector, bytes24(PROFILE))
            );
            setStatus(pending, status);
        }
    }

    /// @dev A verification that a relay holds back must not undo a suspension, nor bring an older
    /// profile back.
    function test_RevertWhen_AnotherStatusIsExpected() external {
        uint256 seen = (uint256(1) << 40) | BEGIN;
        refuse(Errors.StaleState.selector, seen);
        _judge(doctor, 1, BEGIN - 1);
        refuse(Errors.StaleState.selector, seen);
        _judge(doctor, 0, BEGIN);
        refuse(Errors.StaleState.selector, seen);
        _judge(doctor, 2, BEGIN);
        setStatus(doctor, 3);
        refuse(Errors.StaleState.selector, (uint256(1) << 40) | NOW);
        _judge(doctor, 1, BEGIN);
        _assertDoctor(doctor, profileOf(doctor), 1, NOW, 3);
    }

    function test_RevertWhen_StatusOfNobody() external {
        address[4] memory nobodies = [stranger, patient, nurse, address(0)];
        for (uint256 i; i < nobodies.length; ++i) {
            refuse(Errors.NotRegistered.selector, nobodies[i]);
            setStatus(nobodies[i], 2);
        }
        expectNoEntry();
    }

    function test_RevertWhen_StatusCannotBeSet() external {
        uint8[5] memory wrong = [0, 1, 5, 130, 255];
        for (uint256 i; i < wrong.length; ++i) {
            refuse(Errors.BadStatus.selector, wrong[i]);
            setStatus(doctor, wrong[i]);
        }
        expectNoEntry();
    }

    function test_RevertWhen_CallerIsNoVerifier() external {
        bytes32 role = doctors.VERIFIER_ROLE();
        address[6] memory others = [admin, registrar, doctor, pending, patient, stranger];
        for (uint256 i; i < others.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(
                    IAccessControl.AccessControlUnauthorizedAccount.selector, others[i], role
                )
            );
            vm.prank(others[i]);
            doctors.setDoctorStatus(
                pending, profileOf(pending), seenVersion(pending), seenSince(pending), 2, CREDENTIAL
            );
        }
        expectNoEntry();
    }

    function test_DoctorOf_IsZeroForNobody() external view {
        _assertDoctor(stranger, 0, 0, 0, 0);
    }

    function _judge(address id, uint16 version, uint40 since) private {
        vm.prank(verifier);
        doctors.setDoctorStatus(id, profileOf(id), version, since, 2, CREDENTIAL);
    }

    function _register(address id, bytes32 digest) private {
        vm.prank(id);
        doctors.registerDoctor(seenProfiles(id), digest);
    }

    function _assertDoctor(address id, bytes24 profile, uint16 version, uint40 since, uint8 status)
        private
        view
    {
        (bytes24 aProfile, uint16 aVersion, uint40 aSince, uint8 aStatus,) = doctors.doctorOf(id);
        assertEq(aProfile, profile, "profile");
        assertEq(aVersion, version, "profile version");
        assertEq(aSince, since, "since");
        assertEq(aStatus, status, "status");
    }
}
