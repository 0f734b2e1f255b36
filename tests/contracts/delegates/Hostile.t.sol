// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {BreakGlass} from "../../../contracts/delegates/BreakGlass.sol";
import {Clinic} from "../../../contracts/delegates/Clinic.sol";
import {IContractAudit} from "../../../contracts/interfaces/IContractAudit.sol";
import {IContractDoctor} from "../../../contracts/interfaces/IContractDoctor.sol";
import {IContractPatient} from "../../../contracts/interfaces/IContractPatient.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {Fixture} from "../support/Fixture.sol";

/// @dev A contract that, whenever it is called, calls back what it was told to; and that does
/// several things in one transaction.
contract Hostile {
    address private _target;
    bytes private _act;
    uint256 public entered;
    bytes public answer;

    struct Step {
        address target;
        bytes act;
    }

    function load(address target, bytes calldata act) external {
        (_target, _act) = (target, act);
    }

    /// @dev One after the other in one transaction; whether each was done.
    function all(Step[] calldata steps) external returns (bool[] memory done) {
        done = new bool[](steps.length);
        for (uint256 i; i < steps.length; ++i) {
            (done[i], answer) = steps[i].target.call(steps[i].act);
        }
    }

    receive() external payable {
        _enter();
    }

    fallback() external payable {
        _enter();
    }

    function _enter() private {
        ++entered;
        if (_target == address(0)) return;
        (, answer) = _target.call(_act);
    }
}

/// @dev A hostile contract as a delegate, a doctor, a clinician and a member of staff: nothing of
/// MedRec's ever calls it, and one transaction opens no gap between two checks.
contract HostileTest is Fixture {
    Hostile internal hostile;
    address internal bad;

    function setUp() public override {
        super.setUp();
        hostile = new Hostile();
        bad = address(hostile);
        hostile.load(
            address(doctors),
            abi.encodeCall(IContractDoctor.revoke, (patient, list(doctor), EPOCH, DIGEST))
        );
        delegate(patient, bad, ALL_POWERS, DELEGATED_UNTIL);
        delegate(doctor, bad, ALL_POWERS, DELEGATED_UNTIL);
        vm.prank(bad);
        doctors.registerDoctor(0, profileDigestOf(bad));
        setStatus(bad, 2);
        take();
    }

    /// @dev It would answer if it were called: the trap is set.
    function test_TheTrapIsSet() external {
        (bool done,) = bad.call("");
        assertTrue(done, "called");
        assertEq(hostile.entered(), 1, "entered");
        assertEq(doctors.epochOf(patient), EPOCH + 1, "and it did revoke");
    }

    function test_NothingCallsADelegateBack() external {
        vm.prank(patient);
        doctors.grant(
            patient, bad, profileOf(bad), SCOPE, UNTIL, 0, EPOCH, seenExpiry(patient, bad), DIGEST
        );
        vm.startPrank(bad);
        doctors.grant(
            patient,
            ungranted,
            profileOf(ungranted),
            2,
            NOW + 1,
            0,
            EPOCH,
            seenExpiry(patient, ungranted),
            DIGEST
        );
        patients.addRecord(patient, recordId(1, patient, "x"), EPOCH, DIGEST, patient);
        patients.addRecord(patient, recordId(1, doctor, "x"), EPOCH, DIGEST, doctor);
        patients.addRecord(patient, recordId(1, bad, "x"), EPOCH, DIGEST, NONE);
        audit.logConsultation(patient, doctorRecord, NOW, DIGEST, doctor);
        audit.logConsultations(abi.encodePacked(doctor, patient, doctorRecord, NOW, DIGEST));
        doctors.requestAccess(otherPatient, 0, DIGEST, NONE);
        doctors.withdrawRequest(otherPatient, 1, NONE);
        doctors.rotateKeys(patient, EPOCH, EPOCH + 1, DIGEST);
        doctors.revoke(patient, list(bad, ungranted), EPOCH + 1, DIGEST);
        patients.replaceController(patient, bad);
        vm.stopPrank();
        vm.prank(registrar);
        patients.replaceController(patient, bad);
        vm.warp(NOW + 7 days);
        vm.prank(bad);
        patients.completeReplacement(patient, bad);
        setStatus(bad, 3);
        assertEq(hostile.entered(), 0, "never called");
        take();
    }

    /// @dev In one transaction: revoked, it writes; the epoch over, it grants; all of it refused.
    function test_OneTransactionOpensNoGap() external {
        open(bad, SCOPE, UNTIL);
        take();
        Hostile.Step[] memory steps = new Hostile.Step[](5);
        steps[0] = Hostile.Step(
            address(doctors),
            abi.encodeCall(IContractDoctor.revoke, (patient, list(bad), EPOCH, DIGEST))
        );
        steps[1] = Hostile.Step(address(patients), _add(EPOCH, NONE));
        steps[2] = Hostile.Step(address(patients), _add(EPOCH + 1, NONE));
        steps[3] = Hostile.Step(
            address(doctors),
            abi.encodeCall(
                IContractDoctor.grant,
                (
                    patient,
                    ungranted,
                    profileOf(ungranted),
                    2,
                    NOW + 1,
                    0,
                    EPOCH,
                    seenExpiry(patient, ungranted),
                    DIGEST
                )
            )
        );
        steps[4] = Hostile.Step(
            address(audit),
            abi.encodeCall(
                IContractAudit.logConsultation, (patient, doctorRecord, NOW, DIGEST, NONE)
            )
        );
        bool[] memory done = hostile.all(steps);
        assertTrue(done[0], "revoking itself is its right");
        for (uint256 i = 1; i < 5; ++i) {
            assertFalse(done[i], "refused");
        }
        Entry[] memory entries = take();
        assertEq(entries.length, 2, "the revocation and its via");
        assertFalse(doctors.isAuthorized(patient, ungranted, 1, false), "nothing granted");
    }

    /// @dev Revoked and granted again in one transaction: a grant to itself it cannot make.
    function test_RevertWhen_ItGrantsToItself() external {
        Hostile.Step[] memory steps = new Hostile.Step[](1);
        steps[0] = Hostile.Step(
            address(doctors),
            abi.encodeCall(
                IContractDoctor.grant,
                (
                    patient,
                    bad,
                    profileOf(bad),
                    2,
                    NOW + 1,
                    0,
                    EPOCH,
                    seenExpiry(patient, bad),
                    DIGEST
                )
            )
        );
        assertFalse(hostile.all(steps)[0], "refused");
        assertEq(
            keccak256(hostile.answer()),
            keccak256(abi.encodeWithSelector(Errors.SelfGrant.selector, bad)),
            "as itself"
        );
    }

    /// @dev As a clinician of the desk: asks, confirms and opens in one transaction.
    function test_BreakGlassInOneTransaction() external {
        BreakGlass glass = new BreakGlass(audit, ungranted);
        delegate(ungranted, bad, LOG, UNTIL);
        delegate(ungranted, doctor, LOG, UNTIL);
        delegate(patient, address(glass), GRANT, UNTIL);
        vm.prank(patient);
        glass.arrange(patient, profileOf(ungranted), 2, 10 minutes, 1 days, DIGEST);
        take();
        Hostile.Step[] memory steps = new Hostile.Step[](3);
        steps[0] = Hostile.Step(address(glass), abi.encodeCall(glass.ask, (patient, DIGEST)));
        steps[1] = Hostile.Step(address(glass), abi.encodeCall(glass.confirm, (patient)));
        steps[2] = Hostile.Step(address(glass), abi.encodeCall(glass.open, (patient)));
        bool[] memory done = hostile.all(steps);
        assertTrue(done[0] && !done[1] && !done[2], "it may ask, and no more");
        vm.prank(doctor);
        glass.confirm(patient);
        vm.warp(NOW + 10 minutes);
        steps[0] = steps[2];
        done = hostile.all(steps);
        assertTrue(done[0] && !done[1] && !done[2], "opened once");
        assertEq(take().length, 2, "one grant and its via");
        assertEq(hostile.entered(), 0, "never called");
    }

    /// @dev As staff: acts by the clinic, through which it cannot reach back into itself.
    function test_ClinicCallsNobodyBack() external {
        Clinic clinic = new Clinic(audit, bad);
        delegate(doctor, address(clinic), WRITE, UNTIL);
        take();
        vm.prank(bad);
        clinic.hire(bad, ALL_POWERS, UNTIL);
        Hostile.Step[] memory steps = new Hostile.Step[](3);
        steps[0] = Hostile.Step(address(clinic), abi.encodeCall(clinic.act, (_add(EPOCH, doctor))));
        steps[1] = Hostile.Step(address(clinic), abi.encodeCall(clinic.dismiss, (bad)));
        steps[2] = steps[0];
        bool[] memory done = hostile.all(steps);
        assertTrue(done[0] && done[1] && !done[2], "dismissed is dismissed");
        assertEq(take().length, 2, "one record and its via");
        assertEq(hostile.entered(), 0, "never called");
    }

    function _add(uint32 epoch, address via) private view returns (bytes memory) {
        address creator = via == NONE ? bad : via;
        return abi.encodeCall(
            IContractPatient.addRecord,
            (patient, recordId(1, creator, "in one"), epoch, DIGEST, via)
        );
    }
}
