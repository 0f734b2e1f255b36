// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Acting} from "../../../contracts/delegates/Acting.sol";
import {ParentForChild} from "../../../contracts/delegates/ParentForChild.sol";
import {IContractAudit} from "../../../contracts/interfaces/IContractAudit.sol";
import {IContractDoctor} from "../../../contracts/interfaces/IContractDoctor.sol";
import {IContractPatient} from "../../../contracts/interfaces/IContractPatient.sol";
import {IUserAuthentication} from "../../../contracts/interfaces/IUserAuthentication.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {Fixture} from "../support/Fixture.sol";

/// @dev The child is `patient`, whose delegation runs far beyond the day it is of age.
contract ParentForChildTest is Fixture {
    uint40 internal constant OF_AGE = NOW + 60 days;
    ParentForChild internal family;
    address internal mother = wallet("mother");
    address internal father = wallet("father");
    address internal court = wallet("court");

    event ParentSet(address indexed parent, bool acts);
    event Acted(address indexed parent, bytes4 indexed selector, bytes32 act);

    function setUp() public override {
        super.setUp();
        family = new ParentForChild(audit, patient, OF_AGE, court, list(mother, father));
        delegate(patient, address(family), ALL_POWERS, UNTIL);
        take();
    }

    function test_Constructor() external {
        assertEq(family.CHILD(), patient, "child");
        assertEq(family.UNTIL(), OF_AGE, "of age");
        assertEq(family.COURT(), court, "court");
        assertEq(family.contractAudit(), address(audit), "audit");
        assertTrue(family.isParent(mother) && family.isParent(father), "both");
        vm.expectEmit(true, true, true, true);
        emit ParentSet(mother, true);
        new ParentForChild(audit, patient, OF_AGE, court, list(mother));
    }

    function test_Act_EitherParentGrants() external {
        bytes memory act = _grant(patient, ungranted, DELEGATED);
        vm.expectEmit(true, true, true, true, address(family));
        emit Acted(mother, IContractDoctor.grant.selector, keccak256(act));
        _as(mother, act);
        Entry[] memory entries = take();
        assertEq(entries[0].actor, address(family), "the family");
        sameVia(entries[1], entries[0], patient, 1);
        assertTrue(doctors.isAuthorized(patient, ungranted, 1, true), "granted");
        _as(
            father,
            abi.encodeCall(IContractDoctor.revoke, (patient, list(ungranted), EPOCH, DIGEST))
        );
        assertFalse(doctors.isAuthorized(patient, ungranted, 1, false), "revoked");
    }

    function test_Act_WritesTheDiary() external {
        bytes32 record = recordId(1, patient, "diary");
        _as(mother, _add(record));
        bytes27 head = recordChain(0, address(family), EPOCH, DIGEST);
        assertRecord(record, head, 1, 0);
        _as(
            father,
            abi.encodeCall(
                IContractPatient.updateRecord, (patient, record, head, EPOCH, NEXT_DIGEST, patient)
            )
        );
        head = headOf(record);
        _as(
            mother,
            abi.encodeCall(IContractPatient.annotate, (patient, record, head, 1, DIGEST, patient))
        );
        _as(
            mother,
            abi.encodeCall(IContractPatient.archiveRecord, (patient, record, head, DIGEST, patient))
        );
        _as(
            father,
            abi.encodeCall(
                IContractPatient.hideRecord, (patient, record, seenFlags(patient, record), true)
            )
        );
        assertRecord(record, head, 2, 7);
    }

    /// @dev The day before and the day itself, with a delegation that goes on.
    function test_RevertWhen_TheChildIsOfAge() external {
        vm.warp(OF_AGE - 1);
        _as(mother, _add(recordId(1, patient, "the last")));
        take();
        vm.warp(OF_AGE);
        bytes memory reason = abi.encodeWithSelector(ParentForChild.OfAge.selector, OF_AGE);
        _refuse(mother, _add(recordId(1, patient, "late")), reason);
        _refuse(father, _grant(patient, ungranted, DELEGATED), reason);
        bytes memory replace = abi.encodeCall(IContractPatient.replaceController, (patient, mother));
        _refuse(mother, replace, reason);
        vm.warp(UNTIL);
        _refuse(mother, _add(recordId(1, patient, "later")), reason);
        assertTrue(family.isParent(mother), "a parent for ever, but not for this");
    }

    /// @dev The child need not wait: it takes its word back, or brings in a wallet of its own.
    function test_RevertWhen_TheChildTakesItBack() external {
        delegate(patient, address(family), 0, 0);
        _refuse(
            mother,
            _add(recordId(1, patient, "late")),
            abi.encodeWithSelector(Errors.DelegationEnded.selector, 0)
        );
    }

    function test_Act_TheChildsFirstOwnWallet() external {
        address own = wallet("the child's own wallet");
        _as(mother, abi.encodeCall(IContractPatient.replaceController, (patient, own)));
        vm.prank(registrar);
        patients.replaceController(patient, own);
        vm.warp(NOW + 7 days);
        vm.prank(own);
        patients.completeReplacement(patient, own);
        take();
        _refuse(
            mother,
            _add(recordId(1, patient, "late")),
            abi.encodeWithSelector(Errors.DelegationEnded.selector, NOW + 7 days)
        );
    }

    function test_RevertWhen_NotAParent() external {
        address[5] memory others = [stranger, court, patient, guardian, doctor];
        for (uint256 i; i < others.length; ++i) {
            _refuse(
                others[i],
                _add(recordId(1, patient, "x")),
                abi.encodeWithSelector(ParentForChild.NotParent.selector, others[i])
            );
        }
    }

    function test_RevertWhen_TheParentsWalletWasReplaced() external {
        vm.prank(mother);
        patients.registerPatient();
        delegate(mother, guardian, REPLACE, UNTIL);
        address fresh = wallet("the new wallet");
        vm.prank(registrar);
        patients.replaceController(mother, fresh);
        vm.prank(guardian);
        patients.replaceController(mother, fresh);
        vm.warp(NOW + 7 days);
        vm.prank(fresh);
        patients.completeReplacement(mother, fresh);
        _refuse(
            mother,
            _add(recordId(1, patient, "x")),
            abi.encodeWithSelector(Errors.NotController.selector, mother, mother)
        );
    }

    function test_SetParent_TheCourtTakesThePlaceAway() external {
        vm.expectEmit(true, true, true, true, address(family));
        emit ParentSet(father, false);
        vm.prank(court);
        family.setParent(father, false);
        _refuse(
            father,
            _add(recordId(1, patient, "x")),
            abi.encodeWithSelector(ParentForChild.NotParent.selector, father)
        );
        _as(mother, _add(recordId(1, patient, "x")));
        vm.prank(court);
        family.setParent(guardian, true);
        _as(guardian, _add(recordId(1, patient, "y")));
    }

    function test_RevertWhen_AnotherSetsAParent() external {
        address[4] memory others = [mother, patient, stranger, registrar];
        for (uint256 i; i < others.length; ++i) {
            refuse(ParentForChild.NotCourt.selector, others[i]);
            vm.prank(others[i]);
            family.setParent(others[i], true);
        }
    }

    /// @dev Another patient who named the same contract, by mistake or tricked, is not the child.
    function test_RevertWhen_TheSubjectIsSomebodyElse() external {
        delegate(otherPatient, address(family), ALL_POWERS, UNTIL);
        take();
        _refuse(
            mother,
            _grant(otherPatient, ungranted, DELEGATED),
            abi.encodeWithSelector(ParentForChild.NotTheChild.selector, otherPatient)
        );
        _refuse(
            mother,
            abi.encodeCall(
                IContractPatient.addRecord,
                (otherPatient, recordId(1, otherPatient, "x"), 0, DIGEST, otherPatient)
            ),
            abi.encodeWithSelector(ParentForChild.NotTheChild.selector, otherPatient)
        );
    }

    /// @dev An address with dirty upper bits is the child to nobody.
    function test_RevertWhen_TheSubjectIsDirty() external {
        bytes memory act = _add(recordId(1, patient, "dirty"));
        act[4] = 0x01;
        _refuse(mother, act, "");
    }

    function test_RevertWhen_TheActIsCutShort() external {
        bytes memory selector = abi.encodePacked(IContractPatient.addRecord.selector);
        _refuse(mother, selector, "");
        _refuse(mother, abi.encodePacked(selector, uint256(uint160(patient))), "");
    }

    /// @dev A parent who is a doctor gets no grant of her own this way.
    function test_RevertWhen_AParentGrantsToThemselves() external {
        vm.prank(court);
        family.setParent(ungranted, true);
        _refuse(
            ungranted,
            _grant(patient, ungranted, DELEGATED),
            abi.encodeWithSelector(Errors.SelfGrant.selector, ungranted)
        );
    }

    function test_RevertWhen_BeyondTheDelegation() external {
        _refuse(
            mother,
            _grant(patient, ungranted, 1 << 9),
            abi.encodeWithSelector(Errors.DelegateOutOfScope.selector, DELEGATED)
        );
        delegate(patient, address(family), GRANT, UNTIL);
        take();
        _refuse(
            mother,
            _add(recordId(1, patient, "x")),
            abi.encodeWithSelector(Errors.DelegateLacksPower.selector, GRANT, WRITE)
        );
    }

    function test_RevertWhen_ItIsNoActOfAParents() external {
        bytes[7] memory acts = [
            abi.encodeCall(
                IContractAudit.logConsultation, (patient, doctorRecord, NOW, DIGEST, patient)
            ),
            abi.encodeCall(IContractAudit.logConsultations, (abi.encodePacked(patient))),
            abi.encodeCall(IContractDoctor.requestAccess, (patient, 0, DIGEST, patient)),
            abi.encodeCall(IContractPatient.vetoReplacement, (patient, stranger)),
            abi.encodeCall(
                IContractPatient.setReplacementDelay, (patient, seenDelay(patient), 3 days)
            ),
            abi.encodeCall(
                IUserAuthentication.setDelegate,
                (patient, mother, 2, ALL_POWERS, 1, UNTIL, seenDelegation(patient, mother))
            ),
            bytes("")
        ];
        for (uint256 i; i < acts.length; ++i) {
            _refuse(
                mother, acts[i], abi.encodeWithSelector(Acting.NotAnAct.selector, bytes4(acts[i]))
            );
        }
    }

    function testFuzz_Act_NeverOnceOfAge(uint40 later, uint256 seed) external {
        vm.warp(uint256(OF_AGE) + later);
        bytes memory act =
            seed % 2 == 0 ? _add(bytes32(seed)) : _grant(patient, ungranted, uint32(seed >> 8));
        _refuse(
            seed % 3 == 0 ? mother : father,
            act,
            abi.encodeWithSelector(ParentForChild.OfAge.selector, OF_AGE)
        );
    }

    function _as(address caller, bytes memory act) private {
        vm.prank(caller);
        family.act(act);
    }

    function _refuse(address caller, bytes memory act, bytes memory reason) private {
        take();
        vm.expectRevert(reason);
        vm.prank(caller);
        family.act(act);
        expectNoEntry();
    }

    function _add(bytes32 record) private view returns (bytes memory) {
        return abi.encodeCall(IContractPatient.addRecord, (patient, record, EPOCH, DIGEST, patient));
    }

    function _grant(address subject, address grantee, uint32 scope)
        private
        view
        returns (bytes memory)
    {
        return abi.encodeCall(
            IContractDoctor.grant,
            (
                subject,
                grantee,
                profileOf(grantee),
                scope,
                NOW + 1 days,
                0,
                EPOCH,
                seenExpiry(subject, grantee),
                DIGEST
            )
        );
    }
}
