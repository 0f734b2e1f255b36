// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Refusals: acts that are tried, so that a proof can say when they are done and when not
/// @notice A proof that only looks at what an act has done holds as well where nothing is ever done.
/// "Done exactly when" does not.
library Refusals {
    /// @dev Whether an act is done, and what was answered.
    function tried(address target, bytes memory act) internal returns (bool, bytes memory) {
        return target.call(act);
    }

    /// @dev Whether the answer is StaleState(current).
    function isStale(bytes memory answer, uint256 current) internal pure returns (bool) {
        return
            keccak256(answer) == keccak256(abi.encodeWithSignature("StaleState(uint256)", current));
    }
}
