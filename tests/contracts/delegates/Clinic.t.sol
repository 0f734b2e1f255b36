// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Clinic} from "../../../contracts/delegates/Clinic.sol";
import {Acting} from "../../../contracts/delegates/Acting.sol";
import {IContractAudit} from "../../../contracts/interfaces/IContractAudit.sol";
import {IContractDoctor} from "../../../contracts/interfaces/IContractDoctor.sol";
import {IContractPatient} from "../../../contracts/interfaces/IContractPatient.sol";
import {IUserAuthentication} from "../../../contracts/interfaces/IUserAuthentication.sol";
import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";

/// @dev A house with staff: delegate of a doctor (`doctor`) and of a patient (`patient`).
contract ClinicTest is Fixture {
    using MetaWord for uint256;

    Clinic internal clinic;
    address internal manager = wallet("manager");
    address internal writer = wallet("writer");
    address internal desk = wallet("desk");
    bytes32 internal note = recordId(1, doctor, "by the clinic");

    event Acted(address indexed staff, bytes4 indexed selector, bytes32 act);
    event StaffSet(address indexed staff, uint16 powers, uint40 until);
    event ManagerOffered(address indexed to);
    event ManagerChanged(address indexed to);

    function setUp() public override {
        super.setUp();
        clinic = new Clinic(audit, manager);
        delegate(doctor, address(clinic), WRITE | LOG, DELEGATED_UNTIL);
        delegate(patient, address(clinic), ALL_POWERS, DELEGATED_UNTIL);
        vm.startPrank(manager);
        clinic.hire(writer, WRITE | LOG, NOW + 30 days);
        clinic.hire(desk, GRANT | REVOKE | ROTATE, NOW + 30 days);
        vm.stopPrank();
        take();
    }

    function test_Constructor() external {
        assertEq(clinic.contractAudit(), address(audit), "audit");
        assertEq(clinic.manager(), manager, "manager");
        vm.expectEmit(true, true, true, true);
        emit ManagerChanged(stranger);
        new Clinic(audit, stranger);
    }

    function test_Act_WritesByWayOfTheDoctor() external {
        bytes memory act = _add(note, doctor);
        vm.expectEmit(true, true, true, true, address(clinic));
        emit Acted(writer, IContractPatient.addRecord.selector, keccak256(act));
        _as(writer, act);
        expectEntryVia(
            patient,
            address(clinic),
            note,
            meta(Actions.RECORD_CREATED).slot(1).version(1).epoch(EPOCH),
            DIGEST,
            doctor
        );
        assertRecord(note, recordChain(0, address(clinic), EPOCH, DIGEST), 1, 0);
    }

    function test_Act_EveryActOnARecord() external {
        _as(writer, _add(note, doctor));
        bytes27 head = headOf(note);
        _as(
            writer,
            abi.encodeCall(
                IContractPatient.updateRecord, (patient, note, head, EPOCH, DIGEST, doctor)
            )
        );
        head = headOf(note);
        _as(
            writer,
            abi.encodeCall(IContractPatient.annotate, (patient, note, head, 1, DIGEST, doctor))
        );
        _as(
            writer,
            abi.encodeCall(IContractPatient.archiveRecord, (patient, note, head, DIGEST, doctor))
        );
        _as(
            writer,
            abi.encodeCall(
                IContractPatient.hideRecord, (patient, note, seenFlags(patient, note), true)
            )
        );
        assertRecord(note, head, 2, 7);
    }

    function test_Act_LooksByWayOfTheDoctor() external {
        _as(writer, _log(doctorRecord));
        bytes memory packed = abi.encodePacked(doctor, patient, doctorRecord, NOW, DIGEST);
        _as(writer, abi.encodeCall(IContractAudit.logConsultations, (packed)));
        Entry[] memory entries = take();
        assertEq(entries.length, 4, "two looks, each with its via");
        assertEq(entries[2].actor, address(clinic), "in bulk too");
    }

    function test_Act_OnThePatientsSide() external {
        _as(desk, _grant(ungranted, NOW + 1 days));
        assertTrue(doctors.isAuthorized(patient, ungranted, 1, false), "referred");
        vm.prank(colleague);
        doctors.requestAccess(patient, 0, DIGEST, NONE);
        _as(desk, abi.encodeCall(IContractDoctor.declineRequest, (patient, colleague, 1)));
        assertFalse(doctors.grantOf(patient, colleague).requestOpen, "declined");
        _as(desk, abi.encodeCall(IContractDoctor.publishBundle, (patient, EPOCH, DIGEST)));
        _as(desk, abi.encodeCall(IContractDoctor.rotateKeys, (patient, EPOCH, EPOCH + 1, DIGEST)));
        _as(
            desk,
            abi.encodeCall(IContractDoctor.revoke, (patient, list(ungranted), EPOCH + 1, DIGEST))
        );
        assertEq(doctors.epochOf(patient), EPOCH + 2, "rotated and revoked");
        assertFalse(doctors.isAuthorized(patient, ungranted, 1, false), "ended");
    }

    function test_Act_ReplacesWithARegistrar() external {
        address fresh = wallet("the new wallet");
        vm.prank(manager);
        clinic.hire(desk, REPLACE, NOW + 30 days);
        _as(desk, abi.encodeCall(IContractPatient.replaceController, (patient, fresh)));
        vm.prank(registrar);
        patients.replaceController(patient, fresh);
        assertEq(patients.patientOf(patient).pendingWallet, fresh, "announced");
    }

    /// @dev The clinic as a grantee of its own, verified like any doctor.
    function test_Enrol_AsAGrantee() external {
        vm.prank(manager);
        clinic.enrol(0, profileDigestOf(address(clinic)));
        setStatus(address(clinic), 2);
        _as(writer, abi.encodeCall(IContractDoctor.requestAccess, (patient, 0, DIGEST, NONE)));
        _as(writer, abi.encodeCall(IContractDoctor.withdrawRequest, (patient, 1, NONE)));
        open(address(clinic), SCOPE, UNTIL);
        bytes32 own = recordId(1, address(clinic), "own");
        _as(writer, _add(own, NONE));
        assertRecord(own, recordChain(0, address(clinic), EPOCH, DIGEST), 1, 0);
        bytes memory toItself = _grant(address(clinic), NOW + 1 days);
        _refuse(desk, toItself, abi.encodeWithSelector(Errors.SelfGrant.selector, clinic));
    }

    function test_RevertWhen_NotEnrolledByTheManager() external {
        refuse(Clinic.NotManager.selector, writer);
        vm.prank(writer);
        clinic.enrol(0, DIGEST);
    }

    /// @dev Somebody who left goes on trying: with the old act, a new one, and as whom not.
    function test_RevertWhen_StaffRemovedStillTries() external {
        _as(writer, _add(note, doctor));
        vm.expectEmit(true, true, true, true, address(clinic));
        emit StaffSet(writer, 0, 0);
        vm.prank(manager);
        clinic.dismiss(writer);
        take();
        bytes memory reason = abi.encodeWithSelector(Clinic.NotStaff.selector, writer, 0);
        _refuse(writer, _add(note, doctor), reason);
        _refuse(writer, _log(doctorRecord), reason);
        vm.prank(writer);
        refuse(Errors.NoDelegation.selector, doctor, writer);
        patients.addRecord(patient, recordId(1, doctor, "alone"), EPOCH, DIGEST, doctor);
        (uint16 powers, uint40 until) = clinic.staffOf(writer);
        assertEq(powers, 0, "nothing");
        assertEq(until, 0, "not any more");
    }

    function test_RevertWhen_TheContractRanOut() external {
        vm.warp(NOW + 30 days - 1);
        _as(writer, _add(note, doctor));
        vm.warp(NOW + 30 days);
        bytes memory reason =
            abi.encodeWithSelector(Clinic.NotStaff.selector, writer, NOW + 30 days);
        _refuse(writer, _add(recordId(1, doctor, "late"), doctor), reason);
        (uint16 powers, uint40 until) = clinic.staffOf(writer);
        assertEq(powers, WRITE | LOG, "what it was");
        assertEq(until, NOW + 30 days, "until when");
    }

    function test_RevertWhen_NotStaff() external {
        address[4] memory others = [stranger, manager, doctor, patient];
        for (uint256 i; i < others.length; ++i) {
            _refuse(
                others[i],
                _add(note, doctor),
                abi.encodeWithSelector(Clinic.NotStaff.selector, others[i], 0)
            );
        }
    }

    /// @dev ContractAudit sees the clinic alone: a suspended doctor must not hide in it.
    function test_RevertWhen_ASuspendedDoctorIsStaff() external {
        vm.startPrank(manager);
        clinic.hire(suspended, WRITE, NOW + 30 days);
        clinic.hire(refused, WRITE, NOW + 30 days);
        clinic.hire(pending, WRITE, NOW + 30 days);
        vm.stopPrank();
        _refuse(
            suspended,
            _add(note, doctor),
            abi.encodeWithSelector(Errors.NotVerified.selector, suspended, 3)
        );
        _refuse(
            refused,
            _add(note, doctor),
            abi.encodeWithSelector(Errors.NotVerified.selector, refused, 4)
        );
        _as(pending, _add(note, doctor));
    }

    /// @dev The stolen wallet of a nurse who has a new one: the clinic need not even know.
    function test_RevertWhen_TheStaffsWalletWasReplaced() external {
        vm.prank(writer);
        patients.registerPatient();
        delegate(writer, guardian, REPLACE, UNTIL);
        address fresh = wallet("the new wallet");
        vm.prank(registrar);
        patients.replaceController(writer, fresh);
        vm.prank(guardian);
        patients.replaceController(writer, fresh);
        vm.warp(NOW + 7 days);
        vm.prank(fresh);
        patients.completeReplacement(writer, fresh);
        _refuse(
            writer,
            _add(note, doctor),
            abi.encodeWithSelector(Errors.NotController.selector, writer, writer)
        );
    }

    function test_RevertWhen_TheStaffLacksThePower() external {
        bytes[5] memory acts = [
            _grant(ungranted, NOW + 1 days),
            abi.encodeCall(IContractDoctor.declineRequest, (patient, colleague, 1)),
            abi.encodeCall(IContractDoctor.revoke, (patient, list(doctor), EPOCH, DIGEST)),
            abi.encodeCall(IContractDoctor.rotateKeys, (patient, EPOCH, EPOCH + 1, DIGEST)),
            abi.encodeCall(IContractPatient.replaceController, (patient, stranger))
        ];
        uint16[5] memory needed = [GRANT, GRANT, REVOKE, ROTATE, REPLACE];
        for (uint256 i; i < acts.length; ++i) {
            _refuse(
                writer,
                acts[i],
                abi.encodeWithSelector(Clinic.StaffLacksPower.selector, WRITE | LOG, needed[i])
            );
        }
        uint16 held = GRANT | REVOKE | ROTATE;
        _refuse(
            desk,
            _add(note, doctor),
            abi.encodeWithSelector(Clinic.StaffLacksPower.selector, held, WRITE)
        );
        _refuse(
            desk,
            _log(doctorRecord),
            abi.encodeWithSelector(Clinic.StaffLacksPower.selector, held, LOG)
        );
    }

    /// @dev What binds the clinic binds its staff: nobody is hired into more than was delegated.
    function test_RevertWhen_BeyondTheDelegation() external {
        delegate(doctor, address(clinic), LOG, DELEGATED_UNTIL);
        _refuse(
            writer,
            _add(note, doctor),
            abi.encodeWithSelector(Errors.DelegateLacksPower.selector, LOG, WRITE)
        );
        uint40 latest = NOW + MAX_GRANT;
        _refuse(
            desk,
            _grant(ungranted, latest + 1),
            abi.encodeWithSelector(Errors.DelegateGrantTooLong.selector, latest)
        );
        delegate(doctor, address(clinic), WRITE, 0);
        _refuse(
            writer, _add(note, doctor), abi.encodeWithSelector(Errors.DelegationEnded.selector, 0)
        );
        _refuse(
            writer,
            _add(recordId(1, colleague, "x"), colleague),
            abi.encodeWithSelector(Errors.NoDelegation.selector, colleague, clinic)
        );
    }

    /// @dev A doctor at the desk would open the record to herself, in the clinic's name.
    function test_RevertWhen_StaffGrantsToThemselves() external {
        vm.prank(manager);
        clinic.hire(ungranted, GRANT, NOW + 30 days);
        _refuse(
            ungranted,
            _grant(ungranted, NOW + 1 days),
            abi.encodeWithSelector(Errors.SelfGrant.selector, ungranted)
        );
        vm.prank(ungranted);
        refuse(Errors.SelfGrant.selector, ungranted);
        clinic.act(abi.encodePacked(_grant(ungranted, NOW + 1 days), colleague));
    }

    /// @dev Whatever else MedRec or anybody offers is no act of a delegate's.
    function test_RevertWhen_ItIsNoAct() external {
        bytes[8] memory acts = [
            abi.encodeCall(
                IUserAuthentication.setDelegate,
                (
                    address(clinic),
                    writer,
                    DELEGATED,
                    ALL_POWERS,
                    1,
                    UNTIL,
                    seenDelegation(address(clinic), writer)
                )
            ),
            abi.encodeCall(IContractDoctor.registerDoctor, (0, DIGEST)),
            abi.encodeCall(IContractPatient.registerPatient, ()),
            abi.encodeCall(IContractPatient.vetoReplacement, (patient, stranger)),
            abi.encodeCall(IContractAudit.anchorReceipts, (DIGEST, 1, DIGEST)),
            abi.encodeCall(patients.grantRole, (bytes32(0), writer)),
            bytes(hex"b1"),
            bytes("")
        ];
        vm.prank(manager);
        clinic.hire(writer, ALL_POWERS, NOW + 30 days);
        for (uint256 i; i < acts.length; ++i) {
            _refuse(
                writer, acts[i], abi.encodeWithSelector(Acting.NotAnAct.selector, bytes4(acts[i]))
            );
        }
    }

    function test_Hire_SaysSo() external {
        vm.expectEmit(true, true, true, true, address(clinic));
        emit StaffSet(nurse, LOG, NOW + 1);
        vm.prank(manager);
        clinic.hire(nurse, LOG, NOW + 1);
    }

    function test_RevertWhen_HiredWrongly() external {
        vm.startPrank(manager);
        refuse(Errors.BadKind.selector, uint256(64));
        clinic.hire(nurse, 64, NOW + 1);
        refuse(Errors.BadExpiry.selector, uint256(NOW));
        clinic.hire(nurse, LOG, NOW);
        vm.stopPrank();
        refuse(Clinic.NotManager.selector, writer);
        vm.prank(writer);
        clinic.hire(writer, ALL_POWERS, UNTIL);
        refuse(Clinic.NotManager.selector, writer);
        vm.prank(writer);
        clinic.dismiss(desk);
    }

    function test_Accept_TheOfficeInTwoSteps() external {
        vm.expectEmit(true, true, true, true, address(clinic));
        emit ManagerOffered(desk);
        vm.prank(manager);
        clinic.offer(desk);
        assertEq(clinic.manager(), manager, "not yet");
        refuse(Clinic.NotManager.selector, writer);
        vm.prank(writer);
        clinic.accept();
        vm.expectEmit(true, true, true, true, address(clinic));
        emit ManagerChanged(desk);
        vm.prank(desk);
        clinic.accept();
        assertEq(clinic.manager(), desk, "taken up");
        assertEq(clinic.offeredTo(), NONE, "and used up");
        refuse(Clinic.NotManager.selector, manager);
        vm.prank(manager);
        clinic.hire(manager, ALL_POWERS, UNTIL);
        refuse(Clinic.NotManager.selector, desk);
        vm.prank(desk);
        clinic.accept();
    }

    function test_RevertWhen_TheOfficeIsOfferedByAnother() external {
        refuse(Clinic.NotManager.selector, writer);
        vm.prank(writer);
        clinic.offer(writer);
    }

    function testFuzz_Act_NobodyButStaff(address caller, bytes calldata act) external {
        vm.assume(caller != writer && caller != desk);
        vm.expectRevert(abi.encodeWithSelector(Clinic.NotStaff.selector, caller, 0));
        vm.prank(caller);
        clinic.act(act);
    }

    function _as(address caller, bytes memory act) private {
        vm.prank(caller);
        clinic.act(act);
    }

    function _refuse(address caller, bytes memory act, bytes memory reason) private {
        take();
        vm.expectRevert(reason);
        vm.prank(caller);
        clinic.act(act);
        expectNoEntry();
    }

    function _add(bytes32 record, address via) private view returns (bytes memory) {
        return abi.encodeCall(IContractPatient.addRecord, (patient, record, EPOCH, DIGEST, via));
    }

    function _log(bytes32 record) private view returns (bytes memory) {
        return
            abi.encodeCall(IContractAudit.logConsultation, (patient, record, NOW, DIGEST, doctor));
    }

    function _grant(address grantee, uint40 expiry) private view returns (bytes memory) {
        return abi.encodeCall(
            IContractDoctor.grant,
            (
                patient,
                grantee,
                profileOf(grantee),
                2,
                expiry,
                0,
                EPOCH,
                seenExpiry(patient, grantee),
                DIGEST
            )
        );
    }
}
