// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {BreakGlass} from "../../../contracts/delegates/BreakGlass.sol";
import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";

/// @dev `ungranted` is the emergency desk; `colleague` and `doctor` are its clinicians.
contract BreakGlassTest is Fixture {
    using MetaWord for uint256;

    uint32 internal constant WAIT = 30 minutes;
    uint32 internal constant LENGTH = 1 days;
    uint32 internal constant READ = 0x0000001e;
    bytes32 internal constant REASON = keccak256("unconscious");
    BreakGlass internal glass;
    address internal desk;
    address internal one;
    address internal two;

    event Arranged(
        address indexed patient, bytes24 profile, uint32 scope, uint32 wait, uint32 duration
    );
    event Asked(address indexed patient, address indexed clinician, bytes32 reasonDigest);
    event Confirmed(address indexed patient, address indexed clinician, uint40 readyAt);
    event Vetoed(address indexed patient);
    event Opened(address indexed patient, address indexed clinician, uint40 expiry);

    function setUp() public override {
        super.setUp();
        (desk, one, two) = (ungranted, doctor, colleague);
        glass = new BreakGlass(audit, desk);
        delegate(desk, one, WRITE | LOG, UNTIL);
        delegate(desk, two, LOG, UNTIL);
        delegate(patient, address(glass), GRANT, UNTIL);
        _arrange(WAIT, LENGTH);
        endGrant(doctor);
        take();
    }

    function test_Open_TwoCliniciansAndTheTimer() external {
        vm.expectEmit(true, true, true, true, address(glass));
        emit Asked(patient, one, REASON);
        _ask(one);
        vm.warp(NOW + 10 minutes);
        uint40 readyAt = NOW + 10 minutes + WAIT;
        vm.expectEmit(true, true, true, true, address(glass));
        emit Confirmed(patient, two, readyAt);
        _confirm(two);
        expectNoEntry();
        vm.warp(readyAt);
        vm.expectEmit(true, true, true, true, address(glass));
        emit Opened(patient, two, readyAt + LENGTH);
        _open(two);
        expectEntryVia(
            patient,
            address(glass),
            word(desk),
            meta(Actions.ACCESS_GRANTED).version(1).epoch(2).scope(READ).expiry(readyAt + LENGTH),
            DIGEST,
            patient
        );
        _look(one, readyAt);
        assertFalse(doctors.isAuthorized(patient, one, 1, false), "not granted to one's own name");
        vm.warp(readyAt + LENGTH);
        assertFalse(doctors.isAuthorized(patient, desk, 1, false), "ends by itself");
    }

    function test_Constructor() external view {
        assertEq(glass.DESK(), desk, "desk");
        (bytes24 profile, uint32 scope, uint32 wait, bytes32 envelope, uint32 duration) =
            glass.arrangementOf(patient);
        assertEq(profile, profileOf(desk), "profile");
        assertEq(scope, READ, "scope");
        assertEq(wait, WAIT, "wait");
        assertEq(envelope, DIGEST, "envelope");
        assertEq(duration, LENGTH, "duration");
    }

    function test_Arrange_SaysSo() external {
        vm.expectEmit(true, true, true, true, address(glass));
        emit Arranged(patient, profileOf(desk), READ, 10 minutes, 0);
        _arrange(10 minutes, 0);
        refuse(BreakGlass.NotArranged.selector, patient);
        _ask(one);
    }

    function test_RevertWhen_ArrangedWrongly() external {
        uint32[3] memory wrong = [uint32(10 minutes) - 1, uint32(1 days) + 1, 0];
        for (uint256 i; i < wrong.length; ++i) {
            refuse(BreakGlass.WaitOutOfRange.selector, wrong[i]);
            _arrange(wrong[i], LENGTH);
        }
        _arrange(1 days, LENGTH);
        address[4] memory others = [stranger, one, guardian, desk];
        for (uint256 i; i < others.length; ++i) {
            refuse(Errors.NotController.selector, patient, others[i]);
            vm.prank(others[i]);
            glass.arrange(patient, profileOf(desk), READ, WAIT, LENGTH, DIGEST);
        }
    }

    /// @dev The whole point: one clinician cannot do it, whatever he calls himself.
    function test_RevertWhen_OneClinicianAlone() external {
        _ask(one);
        refuse(BreakGlass.OneClinicianAlone.selector, one);
        _confirm(one);
        vm.warp(NOW + WAIT);
        refuse(Errors.NothingPending.selector);
        _open(one);
        refuse(BreakGlass.EmergencyPending.selector, one);
        _ask(one);
        refuse(BreakGlass.EmergencyPending.selector, one);
        _ask(two);
        vm.prank(one);
        refuse(Errors.NotController.selector, patient, one);
        doctors.grant(
            patient,
            desk,
            profileOf(desk),
            READ,
            NOW + 1 days,
            0,
            2,
            seenExpiry(patient, desk),
            DIGEST
        );
        expectNoEntry();
    }

    /// @dev He would make a second clinician of himself: only the desk names clinicians, and the
    /// office verifies doctors.
    function test_RevertWhen_TheSecondIsNoClinician() external {
        _ask(one);
        address[6] memory others = [stranger, nurse, pending, suspended, desk, patient];
        delegate(desk, pending, LOG, UNTIL);
        delegate(desk, suspended, LOG, UNTIL);
        delegate(desk, nurse, LOG, UNTIL);
        delegate(one, stranger, ALL_POWERS, UNTIL);
        for (uint256 i; i < others.length; ++i) {
            refuse(BreakGlass.NotClinician.selector, others[i]);
            _confirm(others[i]);
            refuse(BreakGlass.NotClinician.selector, others[i]);
            _ask(others[i]);
        }
    }

    function test_RevertWhen_TheClinicianLacksThePowerOrTheTime() external {
        delegate(desk, two, WRITE, UNTIL);
        _ask(one);
        refuse(BreakGlass.NotClinician.selector, two);
        _confirm(two);
        delegate(desk, two, LOG, NOW + 1);
        vm.warp(NOW + 1);
        refuse(BreakGlass.NotClinician.selector, two);
        _confirm(two);
    }

    function test_RevertWhen_TheTimerIsNotOver() external {
        _ask(one);
        _confirm(two);
        refuse(Errors.TooEarly.selector, NOW + WAIT);
        _open(one);
        vm.warp(NOW + WAIT - 1);
        refuse(Errors.TooEarly.selector, NOW + WAIT);
        _open(two);
        vm.warp(NOW + WAIT);
        _open(one);
        assertTrue(doctors.isAuthorized(patient, desk, 1, false), "open");
    }

    /// @dev Neither confirming again nor a shorter timer moves what is running.
    function test_RevertWhen_ConfirmedTwice() external {
        _ask(one);
        _confirm(two);
        refuse(Errors.NothingPending.selector);
        _confirm(two);
        refuse(Errors.NothingPending.selector);
        _confirm(one);
        refuse(BreakGlass.EmergencyPending.selector, one);
        _ask(two);
    }

    function test_RevertWhen_Vetoed() external {
        _ask(one);
        _confirm(two);
        vm.expectEmit(true, true, true, true, address(glass));
        emit Vetoed(patient);
        vm.prank(patient);
        glass.veto(patient);
        vm.warp(NOW + WAIT);
        refuse(Errors.NothingPending.selector);
        _open(one);
        refuse(Errors.NothingPending.selector);
        _confirm(two);
        expectNoEntry();
        _ask(two);
        _confirm(one);
        refuse(Errors.TooEarly.selector, NOW + 2 * WAIT);
        _open(one);
    }

    /// @dev At the last moment, and before anybody confirmed.
    function test_Veto_AtAnyTime() external {
        _ask(one);
        vm.prank(patient);
        glass.veto(patient);
        refuse(Errors.NothingPending.selector);
        _confirm(two);
        _ask(one);
        _confirm(two);
        vm.warp(NOW + WAIT + 1 days);
        vm.prank(patient);
        glass.veto(patient);
        refuse(Errors.NothingPending.selector);
        _open(one);
    }

    function test_RevertWhen_VetoedByAnother() external {
        refuse(Errors.NothingPending.selector);
        vm.prank(patient);
        glass.veto(patient);
        _ask(one);
        address[5] memory others = [stranger, one, two, guardian, desk];
        for (uint256 i; i < others.length; ++i) {
            refuse(Errors.NotController.selector, patient, others[i]);
            vm.prank(others[i]);
            glass.veto(patient);
        }
    }

    function test_RevertWhen_NotConfirmedWithinTheHour() external {
        _ask(one);
        vm.warp(NOW + 1 hours + 1);
        refuse(Errors.NothingPending.selector);
        _confirm(two);
        _ask(two);
        _confirm(one);
    }

    function test_Confirm_AtTheEndOfTheHour() external {
        _ask(one);
        vm.warp(NOW + 1 hours);
        _confirm(two);
    }

    /// @dev What was ready and left must not lie in wait.
    function test_RevertWhen_NotOpenedWithinADay() external {
        _ask(one);
        _confirm(two);
        vm.warp(NOW + WAIT + 1 days + 1);
        refuse(Errors.NothingPending.selector);
        _open(one);
        _ask(one);
        _confirm(two);
        vm.warp(block.timestamp + WAIT + 1 days);
        _open(two);
    }

    function test_RevertWhen_OpenedByAThird() external {
        delegate(desk, expired, LOG, UNTIL);
        _ask(one);
        _confirm(two);
        vm.warp(NOW + WAIT);
        refuse(BreakGlass.NotClinician.selector, expired);
        _open(expired);
        refuse(BreakGlass.NotClinician.selector, stranger);
        _open(stranger);
    }

    /// @dev Removed from the desk, or suspended, while the timer ran: neither of the two may open.
    function test_RevertWhen_AClinicianIsRemovedMeanwhile() external {
        _ask(one);
        _confirm(two);
        vm.warp(NOW + WAIT);
        delegate(desk, one, 0, 0);
        refuse(BreakGlass.NotClinician.selector, one);
        _open(one);
        refuse(BreakGlass.NotClinician.selector, one);
        _open(two);
        delegate(desk, one, LOG, UNTIL);
        setStatus(two, 3);
        refuse(BreakGlass.NotClinician.selector, two);
        _open(two);
        refuse(BreakGlass.NotClinician.selector, two);
        _open(one);
    }

    function test_RevertWhen_ThePatientNamedNobody() external {
        refuse(BreakGlass.NotArranged.selector, otherPatient);
        vm.prank(one);
        glass.ask(otherPatient, REASON);
    }

    /// @dev The delegation bounds what was arranged, and taking it back ends everything.
    function test_RevertWhen_BeyondTheDelegation() external {
        _ready();
        delegate(patient, address(glass), 0, 0);
        refuse(Errors.DelegationEnded.selector, uint256(0));
        _open(one);
        vm.prank(patient);
        users.setDelegate(
            patient,
            address(glass),
            2,
            GRANT,
            LENGTH,
            UNTIL,
            seenDelegation(patient, address(glass))
        );
        refuse(Errors.DelegateOutOfScope.selector, uint256(2));
        _open(one);
        vm.prank(patient);
        users.setDelegate(
            patient,
            address(glass),
            READ,
            GRANT,
            LENGTH - 1,
            UNTIL,
            seenDelegation(patient, address(glass))
        );
        refuse(Errors.DelegateGrantTooLong.selector, block.timestamp + LENGTH - 1);
        _open(one);
        vm.prank(patient);
        users.setDelegate(
            patient,
            address(glass),
            READ,
            GRANT,
            LENGTH,
            UNTIL,
            seenDelegation(patient, address(glass))
        );
        _open(one);
    }

    /// @dev The desk's key was exchanged since the patient looked: no grant to an unseen profile.
    function test_RevertWhen_TheDeskHasAnotherProfile() external {
        _ready();
        bytes24 other = bytes24(NEXT_DIGEST);
        vm.prank(verifier);
        doctors.setDoctorStatus(desk, other, seenVersion(desk), seenSince(desk), 2, DIGEST);
        vm.expectRevert(abi.encodeWithSelector(Errors.ProfileChanged.selector, other));
        _open(one);
    }

    function test_Arrange_DropsWhatIsPending() external {
        _ready();
        _arrange(WAIT, LENGTH);
        refuse(Errors.NothingPending.selector);
        _open(one);
    }

    /// @dev After a replacement the delegation has lapsed, and the new wallet has the veto.
    function test_RevertWhen_TheWalletWasReplaced() external {
        address fresh = wallet("the new wallet");
        vm.prank(registrar);
        patients.replaceController(patient, fresh);
        vm.prank(guardian);
        patients.replaceController(patient, fresh);
        vm.warp(NOW + 7 days);
        vm.prank(fresh);
        patients.completeReplacement(patient, fresh);
        _ask(one);
        refuse(Errors.NotController.selector, patient, patient);
        vm.prank(patient);
        glass.veto(patient);
        _confirm(two);
        vm.warp(NOW + 7 days + WAIT);
        refuse(Errors.DelegationEnded.selector, NOW + 7 days);
        _open(one);
        vm.prank(fresh);
        glass.veto(patient);
    }

    /// @dev Still a verified doctor of the desk by name; but the wallet is a thief's.
    function test_RevertWhen_TheCliniciansWalletWasReplaced() external {
        vm.prank(two);
        patients.registerPatient();
        delegate(two, guardian, REPLACE, UNTIL);
        address fresh = wallet("the new wallet");
        vm.prank(registrar);
        patients.replaceController(two, fresh);
        vm.prank(guardian);
        patients.replaceController(two, fresh);
        vm.warp(NOW + 7 days);
        vm.prank(fresh);
        patients.completeReplacement(two, fresh);
        _ask(one);
        refuse(BreakGlass.NotClinician.selector, two);
        _confirm(two);
    }

    /// @dev Opened once is opened: the same two must ask again for more.
    function test_RevertWhen_OpenedTwice() external {
        _ready();
        _open(one);
        refuse(Errors.NothingPending.selector);
        _open(two);
    }

    /// @dev A desk that lost its wallet: whom it named before counts no more.
    function test_RevertWhen_TheDesksDelegationsLapsed() external {
        vm.prank(desk);
        patients.registerPatient();
        delegate(desk, guardian, REPLACE, UNTIL);
        address fresh = wallet("the desk's new wallet");
        vm.prank(registrar);
        patients.replaceController(desk, fresh);
        vm.prank(guardian);
        patients.replaceController(desk, fresh);
        vm.warp(NOW + 7 days);
        vm.prank(fresh);
        patients.completeReplacement(desk, fresh);
        refuse(BreakGlass.NotClinician.selector, one);
        _ask(one);
    }

    /// @dev Whatever the order and the times: no grant without two people, the timer and no veto.
    function testFuzz_Open_NeverWithoutTheRest(uint256 seed) external {
        address asker;
        address confirmer;
        uint256 readyAt;
        for (uint256 i; i < 32; ++i) {
            uint256 step = uint256(keccak256(abi.encode(seed, i)));
            vm.warp(block.timestamp + step % 15 minutes);
            address caller = step >> 64 & 1 == 0 ? one : two;
            uint256 choice = (step >> 32) % 8;
            if (choice < 2 && _tries(caller, glass.ask.selector)) {
                (asker, confirmer) = (caller, NONE);
            } else if (choice < 5 && _tries(caller, glass.confirm.selector)) {
                (confirmer, readyAt) = (caller, block.timestamp + WAIT);
            } else if (choice == 5 && _tries(patient, glass.veto.selector)) {
                (asker, confirmer) = (NONE, NONE);
            } else if (choice > 5 && _tries(caller, glass.open.selector)) {
                assertTrue(asker != NONE && confirmer != NONE, "asked, confirmed, no veto");
                assertTrue(asker != confirmer, "two people");
                assertTrue(block.timestamp >= readyAt, "after the timer");
                (asker, confirmer) = (NONE, NONE);
            }
        }
    }

    function _tries(address caller, bytes4 selector) private returns (bool done) {
        vm.prank(caller);
        (done,) = address(glass).call(abi.encodeWithSelector(selector, patient, REASON));
    }

    function _look(address clinician, uint40 seenAt) private {
        bytes32 record = recordId(2, doctor, "doctor's");
        vm.prank(clinician);
        audit.logConsultation(patient, record, seenAt, DIGEST, desk);
        expectEntryVia(
            patient, clinician, record, meta(Actions.CONSULTED).slot(2).epoch(2), DIGEST, desk
        );
    }

    function _ready() private {
        _ask(one);
        _confirm(two);
        vm.warp(block.timestamp + WAIT);
    }

    function _arrange(uint32 wait, uint32 length) private {
        vm.prank(patient);
        glass.arrange(patient, profileOf(desk), READ, wait, length, DIGEST);
    }

    function _ask(address caller) private {
        vm.prank(caller);
        glass.ask(patient, REASON);
    }

    function _confirm(address caller) private {
        vm.prank(caller);
        glass.confirm(patient);
    }

    function _open(address caller) private {
        vm.prank(caller);
        glass.open(patient);
    }
}
