// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {
    AccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/AccessControlDefaultAdminRules.sol";
import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {Context} from "@openzeppelin/contracts/utils/Context.sol";
import {Peer} from "./Peer.sol";

/// @title AdministeredPeer: a peer with roles
/// @notice The default admin grants roles; it is handed over in two steps, after a delay.
abstract contract AdministeredPeer is Peer, AccessControlDefaultAdminRules {
    /// @param forwarder The ERC2771Forwarder.
    /// @param audit ContractAudit.
    /// @param adminDelay Seconds between the start of a handover of the admin and its acceptance.
    /// @param admin The first default admin.
    constructor(address forwarder, address audit, uint48 adminDelay, address admin)
        Peer(forwarder, audit)
        AccessControlDefaultAdminRules(adminDelay, admin)
    {}

    function _msgSender() internal view override(Context, Peer) returns (address) {
        return Peer._msgSender();
    }

    function _msgData() internal view override(Context, ERC2771Context) returns (bytes calldata) {
        return ERC2771Context._msgData();
    }

    function _contextSuffixLength()
        internal
        view
        override(Context, ERC2771Context)
        returns (uint256)
    {
        return ERC2771Context._contextSuffixLength();
    }
}
