// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Fixture} from "../support/Fixture.sol";
import {IUserAuthentication} from "../../../contracts/interfaces/IUserAuthentication.sol";

contract SetDelegateTest is Fixture {
    using MetaWord for uint256;

    address internal helper = wallet("helper");

    function test_SetDelegate_OnThePatientsChain() external {
        vm.prank(patient);
        users.setDelegate(
            patient,
            helper,
            DELEGATED,
            WRITE | GRANT,
            MAX_GRANT,
            DELEGATED_UNTIL,
            seenDelegation(patient, helper)
        );
        expectEntry(
            patient,
            patient,
            word(helper),
            meta(Actions.DELEGATE_SET).scope(DELEGATED).expiry(DELEGATED_UNTIL),
            _digest(helper, WRITE | GRANT, MAX_GRANT)
        );
        _assertDelegation(patient, WRITE | GRANT, DELEGATED_UNTIL);
    }

    function test_SetDelegate_OnTheCommonChainForADoctor() external {
        vm.prank(doctor);
        users.setDelegate(
            doctor,
            helper,
            DELEGATED,
            WRITE,
            MAX_GRANT,
            DELEGATED_UNTIL,
            seenDelegation(doctor, helper)
        );
        expectEntry(
            address(0),
            doctor,
            word(doctor),
            meta(Actions.DELEGATE_SET).scope(DELEGATED).expiry(DELEGATED_UNTIL),
            _digest(helper, WRITE, MAX_GRANT)
        );
        _assertDelegation(doctor, WRITE, DELEGATED_UNTIL);
    }

    /// @dev A clinic or a break-glass contract has no account of its own.
    function test_SetDelegate_ByAnIdThatIsNoUser() external {
        vm.prank(stranger);
        users.setDelegate(
            stranger, helper, DELEGATED, LOG, 0, DELEGATED_UNTIL, seenDelegation(stranger, helper)
        );
        _assertPowers(stranger, LOG);
    }

    function testFuzz_SetDelegate_KeepsEveryField(
        uint32 scope,
        uint16 powers,
        uint32 maxGrant,
        uint40 expiry
    ) external {
        scope &= ALL_SLOTS;
        powers &= ALL_POWERS;
        if (expiry <= NOW) expiry = NOW + 1;
        vm.prank(patient);
        users.setDelegate(
            patient, helper, scope, powers, maxGrant, expiry, seenDelegation(patient, helper)
        );
        expectEntry(
            patient,
            patient,
            word(helper),
            meta(Actions.DELEGATE_SET).scope(scope).expiry(expiry),
            _digest(helper, powers, maxGrant)
        );
        IUserAuthentication.Delegation memory held = users.delegateOf(patient, helper);
        assertEq(held.scope, scope, "scope");
        assertEq(held.powers, powers, "powers");
        assertEq(held.maxGrant, maxGrant, "longest grant");
        assertEq(held.expiry, expiry, "expiry");
        assertEq(held.since, NOW, "since");
    }

    function test_SetDelegate_TakesBackAtOnce() external {
        vm.prank(patient);
        users.setDelegate(patient, guardian, 0, 0, 0, 0, seenDelegation(patient, guardian));
        expectEntry(
            patient,
            patient,
            word(guardian),
            meta(Actions.DELEGATE_SET),
            bytes32(uint256(uint160(guardian)))
        );
        refuse(Errors.DelegationEnded.selector, uint256(0));
        vm.prank(guardian);
        doctors.rotateKeys(patient, EPOCH, EPOCH + 1, DIGEST);
    }

    /// @dev A thief must not clear the way before taking over the wallet.
    function test_SetDelegate_KeepsThePowerToReplaceForTheDelay() external {
        uint32 delay = patients.replacementDelayOf(patient);
        vm.prank(patient);
        users.setDelegate(patient, guardian, 0, 0, 0, 0, seenDelegation(patient, guardian));
        IUserAuthentication.Delegation memory held = users.delegateOf(patient, guardian);
        assertEq(held.replaceUntil, NOW + delay, "replaces until");
        vm.warp(NOW + delay - 1);
        vm.prank(guardian);
        patients.replaceController(patient, helper);
        take();
        vm.warp(NOW + delay);
        refuse(Errors.DelegationEnded.selector, uint256(0));
        vm.prank(guardian);
        patients.replaceController(patient, stranger);
    }

    /// @dev Taking the power twice must not take it sooner, nor hold it for ever.
    function test_SetDelegate_TakenTwiceEndsNoLater() external {
        uint32 delay = patients.replacementDelayOf(patient);
        vm.prank(patient);
        users.setDelegate(patient, guardian, 0, 0, 0, 0, seenDelegation(patient, guardian));
        vm.warp(NOW + 1 days);
        vm.prank(patient);
        users.setDelegate(
            patient, guardian, 0, WRITE, 0, DELEGATED_UNTIL, seenDelegation(patient, guardian)
        );
        assertEq(
            users.delegateOf(patient, guardian).replaceUntil, NOW + delay, "as first announced"
        );
    }

    function test_SetDelegate_ShorteningKeepsThePowerForTheDelay() external {
        uint32 delay = patients.replacementDelayOf(patient);
        delegate(patient, guardian, ALL_POWERS, NOW + 1);
        assertEq(users.delegateOf(patient, guardian).replaceUntil, NOW + delay, "replaces until");
    }

    function test_SetDelegate_LengtheningNeedsNoDelay() external {
        delegate(patient, guardian, REPLACE, DELEGATED_UNTIL + 1);
        assertEq(users.delegateOf(patient, guardian).replaceUntil, 0, "still held");
        assertEq(users.delegateOf(patient, guardian).expiry, DELEGATED_UNTIL + 1, "expiry");
    }

    function test_SetDelegate_NoPowerToReplaceNoDelay() external {
        vm.prank(patient);
        users.setDelegate(patient, aide, 0, 0, 0, 0, seenDelegation(patient, aide));
        assertEq(users.delegateOf(patient, aide).replaceUntil, 0, "nothing to keep");
        delegate(patient, former, 0, DELEGATED_UNTIL);
        assertEq(users.delegateOf(patient, former).replaceUntil, 0, "ended long ago");
    }

    /// @dev A delegation that a relay holds back does not come after it was taken back, nor after it
    /// was narrowed; for a patient as for another.
    function test_RevertWhen_AnotherDelegationIsExpected() external {
        address[2] memory principals = [patient, doctor];
        address[2] memory named = [guardian, nurse];
        for (uint256 i; i < 2; ++i) {
            uint40 seen = seenDelegation(principals[i], named[i]);
            _refusedSince(principals[i], named[i], 0, seen);
            _refusedSince(principals[i], named[i], seen - 1, seen);
            vm.prank(principals[i]);
            users.setDelegate(principals[i], named[i], 0, 0, 0, 0, seen);
            take();
            _refusedSince(principals[i], named[i], seen, NOW);
            _refusedSince(principals[i], named[i], 0, NOW);
            _refusedSince(principals[i], helper, NOW, 0);
        }
    }

    function test_RevertWhen_DelegateIsThePrincipal() external {
        refuse(Errors.SelfGrant.selector, patient);
        delegate(patient, patient, WRITE, DELEGATED_UNTIL);
    }

    function test_RevertWhen_ScopeNamesSlotZero() external {
        uint32[3] memory scopes = [uint32(1), 0x00010000, 0xffffffff];
        for (uint256 i; i < scopes.length; ++i) {
            refuse(Errors.BadScope.selector, scopes[i]);
            vm.prank(patient);
            users.setDelegate(
                patient,
                helper,
                scopes[i],
                WRITE,
                0,
                DELEGATED_UNTIL,
                seenDelegation(patient, helper)
            );
        }
        expectNoEntry();
    }

    function test_RevertWhen_PowersAreUnknown() external {
        refuse(Errors.BadKind.selector, 64);
        delegate(patient, helper, 64, DELEGATED_UNTIL);
        refuse(Errors.BadKind.selector, type(uint16).max);
        delegate(patient, helper, type(uint16).max, DELEGATED_UNTIL);
    }

    function test_RevertWhen_ExpiryIsNotInTheFuture() external {
        refuse(Errors.BadExpiry.selector, NOW);
        delegate(patient, helper, WRITE, NOW);
        refuse(Errors.BadExpiry.selector, 1);
        delegate(patient, helper, WRITE, 1);
        delegate(patient, helper, WRITE, NOW + 1);
    }

    function test_RevertWhen_NamedByAnother() external {
        address[4] memory others = [stranger, otherPatient, doctor, guardian];
        for (uint256 i; i < others.length; ++i) {
            refuse(Errors.NotController.selector, patient, others[i]);
            vm.prank(others[i]);
            users.setDelegate(
                patient,
                helper,
                DELEGATED,
                WRITE,
                0,
                DELEGATED_UNTIL,
                seenDelegation(patient, helper)
            );
        }
        expectNoEntry();
    }

    function test_DelegateOf_IsZeroForNobody() external view {
        IUserAuthentication.Delegation memory held = users.delegateOf(patient, stranger);
        assertEq(held.expiry, 0, "expiry");
        assertEq(held.since, 0, "since");
        assertFalse(held.lapsed, "nothing to lapse");
    }

    function _digest(address who, uint256 powers, uint256 maxGrant) private pure returns (bytes32) {
        return bytes32((powers << 192) | (maxGrant << 160) | uint256(uint160(who)));
    }

    function _assertPowers(address principal, uint16 powers) private view {
        assertEq(users.delegateOf(principal, helper).powers, powers, "powers");
    }

    function _refusedSince(address principal, address who, uint40 seen, uint40 since) private {
        refuse(Errors.StaleState.selector, since);
        vm.prank(principal);
        users.setDelegate(principal, who, DELEGATED, ALL_POWERS, 0, DELEGATED_UNTIL, seen);
        expectNoEntry();
    }

    function _assertDelegation(address principal, uint16 powers, uint40 expiry) private view {
        IUserAuthentication.Delegation memory held = users.delegateOf(principal, helper);
        assertEq(held.powers, powers, "powers");
        assertEq(held.scope, DELEGATED, "scope");
        assertEq(held.maxGrant, MAX_GRANT, "longest grant");
        assertEq(held.expiry, expiry, "expiry");
        assertEq(held.since, NOW, "since");
        assertEq(held.replaceUntil, 0, "replaces until");
        assertFalse(held.lapsed, "live");
    }
}
