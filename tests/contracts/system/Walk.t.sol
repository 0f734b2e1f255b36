// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

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

    /// forge-config: default.invariant.runs = 24
    /// forge-config: default.invariant.depth = 60
    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_StateFollowsTheModel() external view {
        walk.check();
    }

    /// forge-config: default.fuzz.runs = 8
    function testFuzz_Walk_FollowsTheModel(uint256 seed) external {
        _go(seed, 120);
        walk.check();
    }

    function test_Walk_HasBeenEverywhere() external {
        _go(20260101, 1500);
        walk.check();
        string[10] memory steps = [
            "warp",
            "grant",
            "revoke",
            "rotate",
            "add",
            "update",
            "archive",
            "log",
            "doctor status",
            "delegated"
        ];
        for (uint256 i; i < steps.length; ++i) {
            assertTrue(walk.allowedCount(steps[i]) >= 5, string.concat(steps[i], " allowed"));
        }
        for (uint256 i = 1; i < 8; ++i) {
            assertTrue(walk.refusedCount(steps[i]) >= 5, string.concat(steps[i], " refused"));
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
        steps = new bytes4[](10);
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
    }
}
