// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Fixture} from "../support/Fixture.sol";

contract IsAuthorizedTest is Fixture {
    function test_IsAuthorized_SlotBySlot() external view {
        for (uint8 slot = 1; slot < 16; ++slot) {
            bool read = slot <= 5;
            bool write = slot <= 3 || slot == 6;
            assertTrue(_now(doctor, slot, false) == read, "reading");
            assertTrue(_now(doctor, slot, true) == write, "writing");
        }
    }

    function testFuzz_IsAuthorized_AgreesWithTheScope(uint32 scope, uint8 slot, bool write)
        external
    {
        scope &= ALL_SLOTS;
        open(ungranted, scope, UNTIL);
        bool expected;
        if (slot == 0) expected = !write;
        else if (slot < 16) expected = scope >> (write ? slot + 16 : slot) & 1 == 1;
        assertTrue(_now(ungranted, slot, write) == expected, "the scope's bit");
    }

    function test_IsAuthorized_IdentityIsReadUnderEveryLiveGrant() external view {
        assertTrue(_now(doctor, 0, false), "reading identity");
        assertFalse(_now(doctor, 0, true), "writing identity");
        assertFalse(_now(expired, 0, false), "not after the end");
        assertFalse(_now(stranger, 0, false), "not without a grant");
    }

    function test_IsAuthorized_NotBeyondSlotFifteen() external view {
        assertFalse(_now(doctor, 16, false), "no slot 16");
        assertFalse(_now(doctor, 255, true), "no slot 255");
        assertFalse(_now(patient, 16, false), "not even for the patient");
    }

    function test_IsAuthorizedAt_FromSinceUntilBeforeTheEnd() external view {
        assertFalse(_at(doctor, GRANTED - 1), "before");
        assertTrue(_at(doctor, GRANTED), "since");
        assertTrue(_at(doctor, UNTIL - 1), "just before the end");
        assertFalse(_at(doctor, UNTIL), "the end");
        assertFalse(_at(doctor, type(uint40).max), "for ever after");
        assertTrue(_at(expired, EXPIRED - 1), "the expired one, before the end");
        assertFalse(_at(expired, EXPIRED), "the expired one, at the end");
        assertTrue(_at(revoked, REVOKED - 1), "the revoked one, before");
        assertFalse(_at(revoked, REVOKED), "the revoked one, then");
    }

    /// @dev An idle chain's last block is old: `at` lets a client ask for its own time.
    function test_IsAuthorized_AtTheBlocksTime() external {
        assertTrue(_now(doctor, 1, false), "now");
        vm.warp(UNTIL);
        assertFalse(_now(doctor, 1, false), "at the end");
    }

    function test_IsAuthorized_NotUnlessVerified() external {
        assertFalse(_now(suspended, 1, false), "suspended");
        assertFalse(_now(pending, 1, false), "pending");
        setStatus(suspended, 2);
        assertTrue(_now(suspended, 1, false), "reinstated");
        setStatus(doctor, 4);
        assertFalse(_now(doctor, 1, false), "refused");
    }

    function test_IsAuthorized_ThePatientAlwaysAndNoDelegate() external view {
        for (uint8 slot; slot < 16; ++slot) {
            assertTrue(_now(patient, slot, false), "reading");
            assertTrue(_now(patient, slot, true), "writing");
        }
        assertFalse(_now(guardian, 1, false), "a patient's delegate");
        assertFalse(_now(nurse, 1, false), "a doctor's delegate");
        assertFalse(_now(otherPatient, 1, false), "another patient");
    }

    function test_IsAuthorized_WritingNeedsAnActivePatient() external {
        setPatient(2);
        assertTrue(_now(doctor, 1, false), "reading goes on");
        assertFalse(_now(doctor, 1, true), "writing does not");
        assertFalse(_now(patient, 1, true), "nor the patient's");
    }

    function test_IsAuthorized_NobodyForAPatientWhoIsUnknown() external view {
        assertFalse(doctors.isAuthorized(stranger, stranger, 1, false), "oneself");
        assertFalse(doctors.isAuthorized(stranger, doctor, 1, false), "a doctor");
        assertFalse(doctors.isAuthorized(address(0), address(0), 1, false), "zero");
    }

    function test_GrantOf_IsZeroForNobody() external view {
        assertEq(doctors.grantOf(patient, stranger).since, 0, "since");
        assertEq(doctors.grantOf(patient, stranger).scope, 0, "scope");
        assertEq(doctors.epochOf(stranger), 0, "epoch");
    }

    function _now(address grantee, uint8 slot, bool write) private view returns (bool) {
        bool answer = doctors.isAuthorized(patient, grantee, slot, write);
        bool same = doctors.isAuthorizedAt(patient, grantee, slot, write, uint40(block.timestamp));
        assertTrue(answer == same, "both views agree");
        return answer;
    }

    function _at(address grantee, uint40 time) private view returns (bool) {
        return doctors.isAuthorizedAt(patient, grantee, 1, false, time);
    }
}
