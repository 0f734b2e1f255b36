// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";
import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {IContractPatient} from "../../../contracts/interfaces/IContractPatient.sol";

contract IdentityTest is Fixture {
    using MetaWord for uint256;

    bytes32 internal constant COMMITMENT = keccak256("a keyed commitment");
    bytes32 internal constant CREDENTIAL = keccak256("the registrar's credential");
    bytes32 internal constant REASON = keccak256("the reason");

    function test_RegisterPatient_BeginsTheChain() external {
        enrol(stranger, 1);
        take();
        vm.prank(stranger);
        patients.registerPatient();
        expectEntry(stranger, stranger, word(stranger), meta(Actions.PATIENT_REGISTERED), 0);
        IContractPatient.Patient memory person = patients.patientOf(stranger);
        assertEq(person.status, 1, "active");
        assertFalse(person.verified, "not verified");
        assertFalse(person.replaced, "not replaced");
        assertEq(person.epoch, 0, "the first epoch");
        assertEq(person.controller, stranger, "controller");
        assertEq(person.pendingWallet, address(0), "nothing pending");
    }

    function test_RevertWhen_RegisteredTwice() external {
        refuse(Errors.AlreadyRegistered.selector, patient);
        vm.prank(patient);
        patients.registerPatient();
        expectNoEntry();
    }

    function test_PatientOf_IsZeroForNobody() external view {
        IContractPatient.Patient memory nobody = patients.patientOf(stranger);
        assertEq(nobody.status, 0, "status");
        assertEq(nobody.epoch, 0, "epoch");
        assertEq(nobody.controller, address(0), "controller");
        assertEq(audit.auditHead(stranger), genesis(stranger), "no chain");
    }

    function test_VerifyIdentity_BindsTheCredential() external {
        _verify(patient, COMMITMENT);
        expectEntry(patient, registrar, CREDENTIAL, meta(Actions.IDENTITY_VERIFIED), COMMITMENT);
        assertTrue(patients.patientOf(patient).verified, "verified");
        assertEq(patients.patientOf(patient).status, 1, "still active");
        assertEq(patients.patientOf(patient).epoch, EPOCH, "the epoch stays");
        assertEq(patients.identityOf(COMMITMENT), patient, "identity");
    }

    /// @dev One identity, one patient: a second record under another wallet is refused.
    function test_RevertWhen_CommitmentIsTaken() external {
        _verify(patient, COMMITMENT);
        refuse(Errors.CommitmentTaken.selector, patient);
        _verify(otherPatient, COMMITMENT);
        assertFalse(patients.patientOf(otherPatient).verified, "not verified");
    }

    function test_RevertWhen_VerifiedAlready() external {
        _verify(patient, COMMITMENT);
        refuse(Errors.AlreadyRegistered.selector, patient);
        _verify(patient, keccak256("another commitment"));
        assertEq(patients.identityOf(keccak256("another commitment")), address(0), "free");
    }

    function test_RevertWhen_VerifyingNobody() external {
        refuse(Errors.NotRegistered.selector, stranger);
        _verify(stranger, COMMITMENT);
        refuse(Errors.NotRegistered.selector, doctor);
        _verify(doctor, COMMITMENT);
        refuse(Errors.NotRegistered.selector, address(0));
        _verify(address(0), COMMITMENT);
        assertEq(patients.identityOf(COMMITMENT), address(0), "free");
    }

    function test_ReleaseIdentity_FreesTheCommitment() external {
        _verify(patient, COMMITMENT);
        take();
        _release(patient, COMMITMENT);
        expectEntry(patient, registrar, word(patient), meta(Actions.IDENTITY_RELEASED), REASON);
        assertFalse(patients.patientOf(patient).verified, "not verified");
        assertEq(patients.identityOf(COMMITMENT), address(0), "free");
        _verify(otherPatient, COMMITMENT);
        assertEq(patients.identityOf(COMMITMENT), otherPatient, "another's now");
    }

    function test_RevertWhen_ReleasingAnothersCommitment() external {
        _verify(patient, COMMITMENT);
        _verify(otherPatient, keccak256("another commitment"));
        refuse(Errors.NotRegistered.selector, patient);
        _release(patient, keccak256("another commitment"));
        refuse(Errors.NotRegistered.selector, patient);
        _release(patient, keccak256("nobody's commitment"));
        refuse(Errors.NotRegistered.selector, address(0));
        _release(address(0), keccak256("nobody's commitment"));
        assertEq(patients.identityOf(COMMITMENT), patient, "identity");
    }

    function test_SetPatientStatus_ChangesTheStatusAlone() external {
        _verify(patient, COMMITMENT);
        take();
        for (uint8 status = 4; status > 0; --status) {
            setPatient(status);
            expectEntry(
                patient,
                registrar,
                word(patient),
                meta(Actions.PATIENT_STATUS_CHANGED).kind(status),
                REASON_OF_STATUS
            );
            IContractPatient.Patient memory person = patients.patientOf(patient);
            assertEq(person.status, status, "status");
            assertTrue(person.verified, "still verified");
            assertEq(person.epoch, EPOCH, "the epoch stays");
        }
    }

    /// @dev A registrar's word that a relay holds back does not undo a later one.
    function test_RevertWhen_AnotherTurnOfTheStatusIsExpected() external {
        setPatient(2);
        setPatient(1);
        take();
        uint8[3] memory seen = [0, 1, 3];
        for (uint256 i; i < seen.length; ++i) {
            refuse(Errors.StaleState.selector, 2);
            vm.prank(registrar);
            patients.setPatientStatus(patient, seen[i], 2, REASON);
        }
        expectNoEntry();
    }

    /// @dev The eighth status begins again, and carries into nothing.
    function test_SetPatientStatus_CountsItsTurns() external {
        _verify(patient, COMMITMENT);
        for (uint256 i = 1; i < 9; ++i) {
            setPatient(uint8(i % 4) + 1);
            IContractPatient.Patient memory person = patients.patientOf(patient);
            assertEq(person.turn, (i + 1) % 8, "turn");
            assertEq(person.status, (i % 4) + 1, "status");
            assertTrue(person.verified, "still verified");
            assertFalse(person.replaced, "not replaced");
        }
        _release(patient, COMMITMENT);
        assertEq(patients.patientOf(patient).turn, 2, "a release is a turn");
        _verify(patient, COMMITMENT);
        assertEq(patients.patientOf(patient).turn, 3, "so is a verification");
        assertTrue(patients.patientOf(patient).verified, "verified");
    }

    /// @dev What was verified and released again is not verified once more by a request that a
    /// relay held back, nor a release repeated on what was verified anew.
    function test_RevertWhen_AnotherTurnOfTheIdentityIsExpected() external {
        _verify(patient, COMMITMENT);
        _release(patient, COMMITMENT);
        take();
        uint8[3] memory seen = [0, 1, 3];
        for (uint256 i; i < seen.length; ++i) {
            refuse(Errors.StaleState.selector, 2);
            vm.prank(registrar);
            patients.verifyIdentity(patient, seen[i], COMMITMENT, CREDENTIAL);
        }
        assertEq(patients.identityOf(COMMITMENT), address(0), "free");
        expectNoEntry();
        _verify(patient, COMMITMENT);
        take();
        for (uint256 i; i < 3; ++i) {
            refuse(Errors.StaleState.selector, 3);
            vm.prank(registrar);
            patients.releaseIdentity(patient, uint8(i), COMMITMENT, REASON);
        }
        assertTrue(patients.patientOf(patient).verified, "still verified");
        assertEq(patients.identityOf(COMMITMENT), patient, "still bound");
        expectNoEntry();
    }

    function test_RevertWhen_StatusIsUnknown() external {
        uint8[4] memory wrong = [0, 5, 8, 255];
        for (uint256 i; i < wrong.length; ++i) {
            refuse(Errors.BadStatus.selector, wrong[i]);
            setPatient(wrong[i]);
        }
        expectNoEntry();
    }

    function test_RevertWhen_StatusOfNobody() external {
        address[3] memory nobodies = [stranger, doctor, address(0)];
        for (uint256 i; i < nobodies.length; ++i) {
            refuse(Errors.NotRegistered.selector, nobodies[i]);
            vm.prank(registrar);
            patients.setPatientStatus(nobodies[i], seenTurn(nobodies[i]), 2, REASON);
        }
    }

    /// @dev Registering identities is the registrar's alone: not even the admin's or a verifier's.
    function test_RevertWhen_CallerIsNoRegistrar() external {
        address[5] memory others = [admin, verifier, patient, doctor, stranger];
        for (uint256 i; i < others.length; ++i) {
            _refusedRole(others[i]);
            patients.verifyIdentity(patient, seenTurn(patient), COMMITMENT, CREDENTIAL);
            _refusedRole(others[i]);
            patients.releaseIdentity(patient, seenTurn(patient), COMMITMENT, REASON);
            _refusedRole(others[i]);
            patients.setPatientStatus(patient, seenTurn(patient), 2, REASON);
        }
        expectNoEntry();
    }

    bytes32 private constant REASON_OF_STATUS = keccak256("reason");

    function _refusedRole(address caller) private {
        bytes32 role = patients.REGISTRAR_ROLE();
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessControl.AccessControlUnauthorizedAccount.selector, caller, role
            )
        );
        vm.prank(caller);
    }

    function _verify(address who, bytes32 commitment) private {
        vm.prank(registrar);
        patients.verifyIdentity(who, seenTurn(who), commitment, CREDENTIAL);
    }

    function _release(address who, bytes32 commitment) private {
        vm.prank(registrar);
        patients.releaseIdentity(who, seenTurn(who), commitment, REASON);
    }
}
