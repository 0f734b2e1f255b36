// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ERC2771Context} from "@openzeppelin/contracts/metatx/ERC2771Context.sol";
import {ILedger} from "../interfaces/ILedger.sol";
import {Errors} from "../libraries/Errors.sol";

/// @title Peer: what the three contracts in front of ContractAudit share
abstract contract Peer is ERC2771Context {
    ILedger internal immutable LEDGER;

    /// @param forwarder The ERC2771Forwarder.
    /// @param audit ContractAudit.
    constructor(address forwarder, address audit) ERC2771Context(forwarder) {
        if (audit == address(0)) revert Errors.NotPeer(audit);
        LEDGER = ILedger(audit);
    }

    /// @dev As in ERC2771Context, but the common case of a direct call first.
    function _msgSender() internal view virtual override returns (address) {
        return isTrustedForwarder(msg.sender) ? ERC2771Context._msgSender() : msg.sender;
    }
}
