// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";
import {IContractPatient} from "../../../contracts/interfaces/IContractPatient.sol";

contract ReplacementTest is Fixture {
    using MetaWord for uint256;

    uint32 internal constant DELAY = 7 days;
    address internal fresh = wallet("the new wallet");

    function test_ReplaceController_RegistrarThenDelegate() external {
        _approve(registrar, fresh);
        expectEntry(patient, registrar, word(fresh), _announced(0, 1), 0);
        assertEq(patients.patientOf(patient).pendingWallet, address(0), "one is not enough");
        _approve(guardian, fresh);
        expectEntryVia(patient, guardian, word(fresh), _announced(NOW + DELAY, 3), 0, patient);
        IContractPatient.Patient memory person = patients.patientOf(patient);
        assertEq(person.pendingWallet, fresh, "pending");
        assertEq(person.readyAt, NOW + DELAY, "ready");
        assertEq(person.controller, patient, "not yet");
    }

    function test_ReplaceController_DelegateThenRegistrar() external {
        _approve(guardian, fresh);
        expectEntryVia(patient, guardian, word(fresh), _announced(0, 2), 0, patient);
        _approve(registrar, fresh);
        expectEntry(patient, registrar, word(fresh), _announced(NOW + DELAY, 3), 0);
    }

    function test_RevertWhen_OneOfThemIsMissing() external {
        _approve(registrar, fresh);
        _approve(registrar, fresh);
        assertEq(patients.patientOf(patient).pendingWallet, address(0), "registrar twice");
        _approve(guardian, stranger);
        assertEq(patients.patientOf(patient).pendingWallet, address(0), "two wallets");
        vm.warp(NOW + DELAY);
        refuse(Errors.NothingPending.selector);
        _complete(fresh);
    }

    function test_RevertWhen_TheApproverMayNot() external {
        refuse(Errors.NotController.selector, patient, stranger);
        _approve(stranger, fresh);
        refuse(Errors.NotController.selector, patient, doctor);
        _approve(doctor, fresh);
        refuse(Errors.NotController.selector, patient, patient);
        _approve(patient, fresh);
        refuse(Errors.NotController.selector, patient, admin);
        _approve(admin, fresh);
        refuse(Errors.DelegateLacksPower.selector, LOG, REPLACE);
        _approve(aide, fresh);
        refuse(Errors.DelegationEnded.selector, EXPIRED);
        _approve(former, fresh);
        expectNoEntry();
    }

    function test_RevertWhen_TheWalletCannotBe() external {
        refuse(Errors.NotController.selector, patient, address(0));
        _approve(registrar, address(0));
        refuse(Errors.NotController.selector, patient, patient);
        _approve(registrar, patient);
        refuse(Errors.NotRegistered.selector, stranger);
        vm.prank(registrar);
        patients.replaceController(stranger, fresh);
        refuse(Errors.NotRegistered.selector, address(0));
        vm.prank(registrar);
        patients.replaceController(address(0), fresh);
        _announce(fresh);
        refuse(Errors.AlreadyRegistered.selector, fresh);
        _approve(registrar, fresh);
    }

    /// @dev An approval is for now: it must not lie in wait for the other half for ever.
    function test_RevertWhen_TheApprovalIsOld() external {
        _approve(registrar, fresh);
        vm.warp(NOW + 30 days + 1);
        _approve(guardian, fresh);
        assertEq(patients.patientOf(patient).pendingWallet, address(0), "forgotten");
    }

    function test_ReplaceController_InTheApprovalsLastSecond() external {
        _approve(registrar, fresh);
        vm.warp(NOW + 30 days);
        _approve(guardian, fresh);
        assertEq(patients.patientOf(patient).pendingWallet, fresh, "announced");
    }

    /// @dev A registrar who is no more must not take part in a replacement.
    function test_RevertWhen_TheRegistrarIsNoMore() external {
        _approve(registrar, fresh);
        bytes32 role = patients.REGISTRAR_ROLE();
        vm.prank(admin);
        patients.revokeRole(role, registrar);
        _approve(guardian, fresh);
        assertEq(patients.patientOf(patient).pendingWallet, address(0), "not announced");
    }

    /// @dev Nor a delegate who lost the power since; who approves next is told nothing of it.
    function test_RevertWhen_TheDelegateIsNoMore() external {
        _approve(guardian, fresh);
        delegate(patient, guardian, ALL_POWERS, NOW + 1 days);
        vm.warp(NOW + DELAY);
        _approve(registrar, fresh);
        assertEq(patients.patientOf(patient).pendingWallet, address(0), "not announced");
        expectLastKind(1);
    }

    function expectLastKind(uint8 kind) internal {
        Entry[] memory entries = take();
        assertEq(entries[entries.length - 1].meta & 0xff, kind, "an approval alone");
    }

    /// @dev Two people, not one in two offices.
    function test_RevertWhen_OneCallerIsBoth() external {
        _approve(guardian, fresh);
        bytes32 role = patients.REGISTRAR_ROLE();
        vm.prank(admin);
        patients.grantRole(role, guardian);
        refuse(Errors.SelfGrant.selector, guardian);
        _approve(guardian, fresh);
        assertEq(patients.patientOf(patient).pendingWallet, address(0), "not announced");
    }

    function test_CompleteReplacement_AfterTheDelay() external {
        _announce(fresh);
        vm.warp(NOW + DELAY - 1);
        refuse(Errors.TooEarly.selector, NOW + DELAY);
        _complete(fresh);
        vm.warp(NOW + DELAY);
        _complete(fresh);
        expectEntry(patient, fresh, word(fresh), meta(Actions.REPLACEMENT_COMPLETED), 0);
        IContractPatient.Patient memory person = patients.patientOf(patient);
        assertEq(person.controller, fresh, "controller");
        assertTrue(person.replaced, "replaced");
        assertEq(person.pendingWallet, address(0), "nothing pending");
        assertEq(person.status, 1, "still active");
        assertEq(person.epoch, EPOCH, "the epoch stays");
        assertEq(users.controllerOf(patient), fresh, "users agree");
        assertEq(audit.controllerOf(patient), fresh, "audit agrees");
    }

    function test_RevertWhen_CompletedByAnother() external {
        _announce(fresh);
        vm.warp(NOW + DELAY);
        refuse(Errors.NotController.selector, patient, stranger);
        vm.prank(stranger);
        patients.completeReplacement(patient, fresh);
        refuse(Errors.NothingPending.selector);
        _complete(stranger);
        _complete(fresh);
        refuse(Errors.NothingPending.selector);
        _complete(fresh);
    }

    function test_CompleteReplacement_TheFirstWalletIsOut() external {
        _replace();
        vm.startPrank(patient);
        refuse(Errors.NotController.selector, patient, patient);
        patients.addRecord(patient, recordId(1, patient, "stolen"), EPOCH, DIGEST, NONE);
        refuse(Errors.NotController.selector, patient, patient);
        patients.addRecord(patient, recordId(1, patient, "stolen"), EPOCH, DIGEST, patient);
        refuse(Errors.NotController.selector, patient, patient);
        patients.setReplacementDelay(patient, seenDelay(patient), 3 days);
        refuse(Errors.NotController.selector, patient, patient);
        doctors.revoke(patient, list(doctor), EPOCH, DIGEST);
        refuse(Errors.NotController.selector, patient, patient);
        doctors.rotateKeys(patient, EPOCH, EPOCH + 1, DIGEST);
        refuse(Errors.NotController.selector, patient, patient);
        doctors.registerDoctor(0, DIGEST);
        refuse(Errors.NotController.selector, patient, patient);
        doctors.grant(
            patient,
            ungranted,
            profileOf(ungranted),
            2,
            UNTIL,
            0,
            EPOCH,
            seenExpiry(patient, ungranted),
            DIGEST
        );
        refuse(Errors.NotController.selector, patient, patient);
        users.setVault(patient, seenVault(patient), DIGEST);
        refuse(Errors.NotController.selector, patient, patient);
        users.rotateAuthenticator(patient, seenAuthenticator(patient), stranger);
        refuse(Errors.NotController.selector, patient, patient);
        users.setDelegate(patient, stranger, 2, 1, 0, UNTIL, seenDelegation(patient, stranger));
        refuse(Errors.NotController.selector, patient, patient);
        users.deactivate(patient);
        vm.stopPrank();
        expectNoEntry();
    }

    function test_CompleteReplacement_TheNewWalletActsAsThePatient() external {
        _replace();
        bytes32 record = recordId(1, patient, "new");
        vm.prank(fresh);
        patients.addRecord(patient, record, EPOCH, DIGEST, NONE);
        expectEntry(
            patient,
            patient,
            record,
            meta(Actions.RECORD_CREATED).slot(1).version(1).epoch(EPOCH),
            DIGEST
        );
        assertRecord(record, recordChain(0, patient, EPOCH, DIGEST), 1, 0);
        vm.prank(fresh);
        users.setVault(patient, seenVault(patient), DIGEST);
        expectEntry(patient, patient, word(patient), meta(Actions.VAULT_SET), DIGEST);
        vm.prank(fresh);
        doctors.revoke(patient, list(doctor), EPOCH, DIGEST);
        assertEq(take()[0].actor, patient, "as the patient");
    }

    /// @dev The key binding is the calling wallet's: the first one may be the thief's.
    function test_CompleteReplacement_TheNewWalletBindsKeys() external {
        _replace();
        bytes memory binding = signed(fresh, domain(address(users)), bindingHash(DIGEST, 2));
        vm.prank(fresh);
        users.rotateEncryptionKey(patient, DIGEST, 2, binding);
        binding = signed(patient, domain(address(users)), bindingHash(NEXT_DIGEST, 3));
        refuse(Errors.BadSignature.selector);
        vm.prank(fresh);
        users.rotateEncryptionKey(patient, NEXT_DIGEST, 3, binding);
    }

    function test_CompleteReplacement_LapsesEveryDelegation() external {
        _replace();
        assertTrue(users.delegateOf(patient, guardian).lapsed, "lapsed");
        refuse(Errors.DelegationEnded.selector, NOW + DELAY);
        vm.prank(guardian);
        doctors.rotateKeys(patient, EPOCH, EPOCH + 1, DIGEST);
        refuse(Errors.DelegationEnded.selector, NOW + DELAY);
        _approve(guardian, stranger);
        vm.warp(NOW + DELAY + 1);
        vm.prank(fresh);
        users.setDelegate(
            patient,
            guardian,
            DELEGATED,
            ALL_POWERS,
            MAX_GRANT,
            UNTIL,
            seenDelegation(patient, guardian)
        );
        assertFalse(users.delegateOf(patient, guardian).lapsed, "named anew");
        vm.prank(guardian);
        doctors.rotateKeys(patient, EPOCH, EPOCH + 1, DIGEST);
    }

    function test_RevertWhen_TheNewWalletGrantsToItself() external {
        enrolDoctor(fresh);
        setStatus(fresh, 2);
        _replace();
        refuse(Errors.SelfGrant.selector, fresh);
        vm.prank(fresh);
        doctors.grant(
            patient, fresh, profileOf(fresh), 2, UNTIL, 0, EPOCH, seenExpiry(patient, fresh), DIGEST
        );
    }

    /// @dev What the lost wallet was as a doctor, or as another's delegate, is lost with it.
    function test_CompleteReplacement_TheFirstWalletIsNobodysDelegate() external {
        delegate(doctor, patient, WRITE | LOG, DELEGATED_UNTIL);
        _replace();
        refuse(Errors.NotController.selector, patient, patient);
        vm.prank(patient);
        audit.logConsultation(patient, doctorRecord, NOW, DIGEST, doctor);
        refuse(Errors.NotController.selector, patient, patient);
        vm.prank(patient);
        doctors.requestAccess(otherPatient, 0, DIGEST, doctor);
    }

    /// @dev Nor does it act on the side of another patient who named it.
    function test_CompleteReplacement_TheFirstWalletIsNoGuardian() external {
        delegate(otherPatient, patient, ALL_POWERS, DELEGATED_UNTIL);
        _replace();
        refuse(Errors.NotController.selector, patient, patient);
        vm.prank(patient);
        doctors.rotateKeys(otherPatient, 0, 1, DIGEST);
        refuse(Errors.NotController.selector, patient, patient);
        vm.prank(patient);
        patients.replaceController(otherPatient, stranger);
    }

    /// @dev The patient was a doctor too: whom the lost wallet named acts no more for either.
    function test_CompleteReplacement_LapsesTheDoctorsDelegations() external {
        vm.prank(patient);
        doctors.registerDoctor(0, profileDigestOf(patient));
        setStatus(patient, 2);
        open(otherPatient, patient, SCOPE, UNTIL);
        delegate(patient, nurse, WRITE | LOG, DELEGATED_UNTIL);
        _replace();
        vm.startPrank(nurse);
        refuse(Errors.DelegationEnded.selector, NOW + DELAY);
        patients.addRecord(otherPatient, recordId(1, patient, "late"), 0, DIGEST, patient);
        refuse(Errors.DelegationEnded.selector, NOW + DELAY);
        audit.logConsultation(otherPatient, doctorRecord, NOW, DIGEST, patient);
        vm.stopPrank();
        refuse(Errors.NotController.selector, patient, patient);
        vm.prank(patient);
        patients.addRecord(otherPatient, recordId(1, patient, "late"), 0, DIGEST, NONE);
        setStatus(patient, 3);
        setStatus(patient, 2);
        refuse(Errors.NotController.selector, patient, patient);
        vm.prank(patient);
        patients.addRecord(otherPatient, recordId(1, patient, "late"), 0, DIGEST, NONE);
    }

    function test_RevertWhen_ADoctorIsMadeOfAReplacedPatient() external {
        _replace();
        refuse(Errors.NotRegistered.selector, patient);
        setStatus(patient, 2);
        (,,, uint8 status,) = doctors.doctorOf(patient);
        assertEq(status, 0, "no doctor");
    }

    function _announce(address to) internal {
        _approve(registrar, to);
        _approve(guardian, to);
        take();
    }

    function _replace() internal {
        _announce(fresh);
        vm.warp(NOW + DELAY);
        _complete(fresh);
        take();
    }

    function _approve(address caller, address to) internal {
        vm.prank(caller);
        patients.replaceController(patient, to);
    }

    function _complete(address to) internal {
        vm.prank(to);
        patients.completeReplacement(patient, to);
    }

    function _announced(uint40 readyAt, uint8 approvals) internal view returns (uint256) {
        return meta(Actions.REPLACEMENT_ANNOUNCED).expiry(readyAt).kind(approvals);
    }
}
