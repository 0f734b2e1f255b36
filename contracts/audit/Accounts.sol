// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IContractPatient} from "../interfaces/IContractPatient.sol";
import {ILedger} from "../interfaces/ILedger.sol";
import {Actions} from "../libraries/Actions.sol";
import {Errors} from "../libraries/Errors.sol";
import {Word, Words} from "../libraries/Words.sol";
import {Peers} from "./Peers.sol";

/// @title Accounts: what UserAuthentication calls
abstract contract Accounts is Peers {
    /// @inheritdoc ILedger
    function logAccount(address sender, address id, uint256 meta, bytes32 digest, bool common)
        external
        returns (bool)
    {
        _requirePeer(USER_AUTHENTICATION);
        uint256 subject = _subjects[id].value;
        _requireController(subject, id, sender);
        _logAccount(subject != 0 && !common ? id : address(0), id, _word(id), meta, digest);
        return true;
    }

    /// @inheritdoc ILedger
    function storeDelegation(address sender, address id, address delegate, uint256 delegation)
        external
        returns (bool)
    {
        _requirePeer(USER_AUTHENTICATION);
        uint256 subject = _subjects[id].value;
        _requireController(subject, id, sender);
        if (delegate == id) revert Errors.SelfGrant(delegate);
        Word storage stored = _delegations[id][delegate];
        uint256 since = Words.delegationSince(stored.value);
        if (Words.delegationSince(delegation) != since) revert Errors.StaleState(since);
        delegation &= ~(Words.MASK_40 << Words.DELEGATE_SINCE);
        uint256 until = subject == 0 ? 0 : _replaceUntil(id, stored.value, delegation);
        stored.value = delegation | (until << Words.DELEGATE_REPLACE_UNTIL)
            | (block.timestamp << Words.DELEGATE_SINCE);
        uint256 meta = Words.action(Actions.DELEGATE_SET)
            | ((delegation & Words.MASK_32) << Words.META_SCOPE)
            | (uint256(Words.delegationExpiry(delegation)) << Words.META_EXPIRY);
        bytes32 digest = bytes32(
            (uint256(Words.powersOf(delegation)) << 192)
                | (uint256(Words.maxGrantOf(delegation)) << 160) | uint160(delegate)
        );
        if (subject != 0) _logAccount(id, id, _word(delegate), meta, digest);
        else _logAccount(address(0), id, _word(id), meta, digest);
        return true;
    }

    /// @dev Reverts unless the sender is the controller of an id, patient or not.
    function _requireController(uint256 subject, address id, address sender) private view {
        if (_actor(subject, id, sender) != id) revert Errors.NotController(id, sender);
    }

    /// @dev Until when a delegate keeps the power to replace that `next` takes away or shortens.
    function _replaceUntil(address patient, uint256 current, uint256 next)
        private
        view
        returns (uint256 until)
    {
        if (current == 0) return 0;
        until = Words.replaceUntilOf(current);
        if (Words.powersOf(current) & Words.POWER_REPLACE != 0) {
            uint256 expiry = Words.delegationExpiry(current);
            if (expiry > until) until = expiry;
        }
        if (until <= block.timestamp || _lapsed(patient, current)) return 0;
        uint256 latest =
            block.timestamp + IContractPatient(CONTRACT_PATIENT).replacementDelayOf(patient);
        if (until > latest) until = latest;
        if (
            Words.powersOf(next) & Words.POWER_REPLACE != 0 && Words.delegationExpiry(next) >= until
        ) return 0;
    }

    /// @dev Whether a delegation was set before the patient's wallet was replaced.
    function _lapsed(address patient, uint256 delegation) private view returns (bool) {
        return Words.delegationSince(delegation)
            <= uint40(_controllers[patient] >> Words.CONTROLLER_SINCE);
    }

    /// @dev An entry of an account, on its own chain or on the common one (subject 0).
    function _logAccount(address chain, address id, bytes32 ref, uint256 meta, bytes32 digest)
        private
    {
        Word storage stored = _subjects[chain];
        stored.value = _append(stored.value, chain, id, ref, _now(meta), digest);
    }
}
