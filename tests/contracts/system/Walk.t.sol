// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Test} from "../support/Test.sol";
import {Walk} from "../support/Walk.sol";

/// @dev Walks of forge's choosing, and one of a fixed seed that must have been everywhere.
contract WalkTest is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    Walk internal walk;

    function setUp() external {
        walk = new Walk();
        walk.setUp();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(walk);
    }

    function targetSelectors() external view returns (FuzzSelector[] memory targets) {
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(walk), _steps());
    }

    /// forge-config: default.invariant.runs = 8
    /// forge-config: default.invariant.depth = 80
    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_0_StateFollowsTheModel() external view {
        walk.check();
    }

    /// forge-config: default.invariant.runs = 8
    /// forge-config: default.invariant.depth = 80
    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_1_NobodyActsWithoutARight() external view {
        walk.checkPromise(1);
    }

    /// forge-config: default.invariant.runs = 8
    /// forge-config: default.invariant.depth = 80
    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_2_TheHeadIsTheRecomputedChain() external view {
        walk.checkPromise(2);
    }

    /// forge-config: default.invariant.runs = 8
    /// forge-config: default.invariant.depth = 80
    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_3_VersionsOnlyGrowByOne() external view {
        walk.checkPromise(3);
    }

    /// forge-config: default.invariant.runs = 8
    /// forge-config: default.invariant.depth = 80
    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_4_NobodyChangesAnotherKindsRecord() external view {
        walk.checkPromise(4);
    }

    /// forge-config: default.invariant.runs = 8
    /// forge-config: default.invariant.depth = 80
    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_5_AnEndedGrantNeverRevives() external view {
        walk.checkPromise(5);
    }

    /// forge-config: default.invariant.runs = 8
    /// forge-config: default.invariant.depth = 80
    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_6_TheEpochMovesAsItMay() external view {
        walk.checkPromise(6);
    }

    /// forge-config: default.invariant.runs = 8
    /// forge-config: default.invariant.depth = 80
    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_7_OneIdentityOnePatient() external view {
        walk.checkPromise(7);
    }

    /// forge-config: default.invariant.runs = 8
    /// forge-config: default.invariant.depth = 80
    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_8_AControllerChangesAfterTheDelay() external view {
        walk.checkPromise(8);
    }

    /// forge-config: default.fuzz.runs = 8
    function testFuzz_Walk_FollowsTheModel(uint256 seed) external {
        _go(seed, 120);
        walk.checkAll();
    }

    /// @dev One long walk, always the same: it has granted, let run out, written, revoked, rotated,
    /// acted by delegates, verified, vetoed and replaced, and has been refused all of it too.
    function test_Walk_HasBeenEverywhere() external {
        _go(20260101, 4000);
        walk.checkAll();
        string[16] memory steps = [
            "grant",
            "revoke",
            "rotate",
            "add",
            "update",
            "archive",
            "log",
            "log many",
            "annotate",
            "delegate",
            "identity",
            "replace",
            "complete",
            "veto",
            "doctor status",
            "delegated"
        ];
        for (uint256 i; i < steps.length; ++i) {
            assertTrue(walk.allowedCount(steps[i]) >= 2, string.concat(steps[i], " allowed"));
            if (i > 13) continue;
            assertTrue(walk.refusedCount(steps[i]) >= 5, string.concat(steps[i], " refused"));
        }
        assertTrue(walk.runOut() >= 5, "grants have run out");
        assertTrue(walk.delegatedActs() >= 20, "delegates have acted");
        _assertEntered();
    }

    /// @dev What the witness has read of each kind.
    function _assertEntered() private view {
        uint8[12] memory actions = [
            Actions.DELEGATE_SET,
            Actions.IDENTITY_RELEASED,
            Actions.REPLACEMENT_ANNOUNCED,
            Actions.REPLACEMENT_VETOED,
            Actions.REPLACEMENT_COMPLETED,
            Actions.RECORD_CREATED,
            Actions.RECORD_UPDATED,
            Actions.RECORD_ARCHIVED,
            Actions.ACCESS_GRANTED,
            Actions.ACCESS_REVOKED,
            Actions.KEYS_ROTATED,
            Actions.CONSULTED
        ];
        for (uint256 i; i < actions.length; ++i) {
            assertTrue(walk.counted(actions[i]) >= 2, "every kind of entry");
        }
    }

    function _go(uint256 seed, uint256 length) private {
        bytes4[] memory steps = _steps();
        for (uint256 i; i < length; ++i) {
            uint256 word = uint256(keccak256(abi.encode(seed, i)));
            (bool done, bytes memory answer) = address(walk)
                .call(abi.encodeWithSelector(steps[(word >> 248) % steps.length], word));
            if (done) continue;
            assembly ("memory-safe") {
                revert(add(answer, 0x20), mload(answer))
            }
        }
    }

    function _steps() private pure returns (bytes4[] memory steps) {
        steps = new bytes4[](18);
        steps[0] = Walk.stepWarp.selector;
        steps[1] = Walk.stepGrant.selector;
        steps[2] = Walk.stepRevoke.selector;
        steps[3] = Walk.stepRotate.selector;
        steps[4] = Walk.stepAdd.selector;
        steps[5] = Walk.stepUpdate.selector;
        steps[6] = Walk.stepArchive.selector;
        steps[7] = Walk.stepLog.selector;
        steps[8] = Walk.stepDoctorStatus.selector;
        steps[9] = Walk.stepPatientStatus.selector;
        steps[10] = Walk.stepDelegate.selector;
        steps[11] = Walk.stepIdentity.selector;
        steps[12] = Walk.stepReplace.selector;
        steps[13] = Walk.stepVeto.selector;
        steps[14] = Walk.stepComplete.selector;
        steps[15] = Walk.stepDelay.selector;
        steps[16] = Walk.stepLogMany.selector;
        steps[17] = Walk.stepAnnotate.selector;
    }
}
