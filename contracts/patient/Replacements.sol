// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {AdministeredPeer} from "../base/AdministeredPeer.sol";
import {IContractPatient} from "../interfaces/IContractPatient.sol";
import {Actions} from "../libraries/Actions.sol";
import {Errors} from "../libraries/Errors.sol";
import {Words} from "../libraries/Words.sol";

/// @title Replacements: a lost or stolen wallet makes way for another
/// @notice A registrar and a delegate agree on the wallet; after the patient's delay, in which the
/// present controller may veto once, the new wallet takes over.
abstract contract Replacements is IContractPatient, AdministeredPeer {
    /// @inheritdoc IContractPatient
    bytes32 public constant REGISTRAR_ROLE = keccak256("REGISTRAR_ROLE");

    uint32 internal constant DELAY_LEAST = 3 days;
    uint32 internal constant DELAY_MOST = 30 days;
    uint32 internal constant DELAY_DEFAULT = 7 days;
    /// @dev How long an approval waits for the other, and an announced wallet may wait to take over.
    uint256 internal constant APPROVAL_LIFETIME = 30 days;

    uint256 private constant APPROVED_BY_REGISTRAR = 1;
    uint256 private constant APPROVED_BY_DELEGATE = 2;
    uint256 private constant ANNOUNCED = 3;

    struct Delay {
        uint32 current;
        uint32 next;
        uint40 nextFrom;
    }

    struct Approvals {
        address registrar;
        uint40 registrarAt;
        address delegate;
        uint40 delegateAt;
    }

    struct Pending {
        address wallet;
        uint40 readyAt;
        bool vetoSpent;
    }

    mapping(address patient => Delay) private _delays;
    mapping(address patient => mapping(address wallet => Approvals)) private _approvals;
    mapping(address patient => Pending) internal _pending;

    /// @inheritdoc IContractPatient
    function setReplacementDelay(address patient, uint32 delay) external {
        _requireController(patient);
        if (delay < DELAY_LEAST || delay > DELAY_MOST) revert Errors.DelayOutOfRange(delay);
        uint32 current = replacementDelayOf(patient);
        uint40 from = uint40(block.timestamp + current);
        _delays[patient] = Delay(current, delay, from);
        uint256 meta =
            Words.action(Actions.REPLACEMENT_DELAY_SET) | (uint256(from) << Words.META_EXPIRY);
        LEDGER.logReplacement(
            patient, patient, address(0), _word(patient), meta, bytes32(uint256(delay))
        );
    }

    /// @inheritdoc IContractPatient
    function replaceController(address patient, address wallet) external {
        address sender = _msgSender();
        if (wallet == address(0) || wallet == patient || wallet == _controllerOf(patient)) {
            revert Errors.NotController(patient, wallet);
        }
        if (_isPending(patient, wallet)) revert Errors.AlreadyRegistered(wallet);
        Approvals storage approvals = _approvals[patient][wallet];
        address via;
        if (hasRole(REGISTRAR_ROLE, sender)) {
            approvals.registrar = sender;
            approvals.registrarAt = uint40(block.timestamp);
        } else {
            _requireReplacer(patient, sender);
            approvals.delegate = sender;
            approvals.delegateAt = uint40(block.timestamp);
            via = patient;
        }
        uint256 meta = Words.action(Actions.REPLACEMENT_ANNOUNCED);
        if (_agreed(patient, approvals)) {
            uint40 readyAt = uint40(block.timestamp + replacementDelayOf(patient));
            delete _approvals[patient][wallet];
            _pending[patient].wallet = wallet;
            _pending[patient].readyAt = readyAt;
            meta |= (uint256(readyAt) << Words.META_EXPIRY) | ANNOUNCED;
        } else {
            meta |= via == address(0) ? APPROVED_BY_REGISTRAR : APPROVED_BY_DELEGATE;
        }
        LEDGER.logReplacement(patient, sender, via, _word(wallet), meta, 0);
    }

    /// @inheritdoc IContractPatient
    function vetoReplacement(address patient, address wallet) external {
        _requireController(patient);
        if (!_isPending(patient, wallet)) revert Errors.NothingPending();
        if (_pending[patient].vetoSpent) revert Errors.VetoSpent();
        _pending[patient] = Pending(address(0), 0, true);
        uint256 meta = Words.action(Actions.REPLACEMENT_VETOED);
        LEDGER.logReplacement(patient, patient, address(0), _word(wallet), meta, 0);
    }

    /// @inheritdoc IContractPatient
    function completeReplacement(address patient, address wallet) external {
        address sender = _msgSender();
        if (sender != wallet) revert Errors.NotController(patient, sender);
        if (!_isPending(patient, wallet)) revert Errors.NothingPending();
        uint40 readyAt = _pending[patient].readyAt;
        if (block.timestamp < readyAt) revert Errors.TooEarly(readyAt);
        delete _pending[patient];
        LEDGER.storeController(patient, wallet);
    }

    /// @inheritdoc IContractPatient
    function replacementDelayOf(address patient) public view returns (uint32) {
        Delay storage delay = _delays[patient];
        if (delay.nextFrom == 0) return DELAY_DEFAULT;
        return block.timestamp < delay.nextFrom ? delay.current : delay.next;
    }

    /// @dev The wallet that acts for a registered patient.
    function _controllerOf(address patient) internal view returns (address) {
        if (patient == address(0) || LEDGER.subjectWord(patient) == 0) {
            revert Errors.NotRegistered(patient);
        }
        uint256 word = LEDGER.controllerWord(patient);
        return word == 0 ? patient : address(uint160(word));
    }

    function _requireController(address patient) private view {
        address sender = _msgSender();
        if (sender != _controllerOf(patient)) revert Errors.NotController(patient, sender);
    }

    /// @dev Whether the wallet's replacement is announced and not forgotten since.
    function _isPending(address patient, address wallet) internal view returns (bool) {
        Pending storage pending = _pending[patient];
        return pending.wallet == wallet && pending.readyAt != 0
            && block.timestamp <= pending.readyAt + APPROVAL_LIFETIME;
    }

    /// @dev Whether an approval was given, and lately.
    function _isFresh(uint40 approvedAt) private view returns (bool) {
        return approvedAt != 0 && block.timestamp <= approvedAt + APPROVAL_LIFETIME;
    }

    /// @dev Whether two people have approved, lately, and both may still.
    function _agreed(address patient, Approvals storage approvals) private view returns (bool) {
        if (!_isFresh(approvals.registrarAt) || !_isFresh(approvals.delegateAt)) return false;
        if (!hasRole(REGISTRAR_ROLE, approvals.registrar)) return false;
        if (approvals.registrar == approvals.delegate) {
            revert Errors.SelfGrant(approvals.delegate);
        }
        _requireReplacer(patient, approvals.delegate);
        return true;
    }

    /// @dev Reverts unless a delegate holds the power to replace, or lost it less than the delay ago.
    function _requireReplacer(address patient, address delegate) private view {
        uint256 delegation = LEDGER.delegationWord(patient, delegate);
        if (delegation == 0) revert Errors.NotController(patient, delegate);
        if (LEDGER.doctorWord(delegate) & Words.REPLACED != 0) {
            revert Errors.NotController(delegate, delegate);
        }
        uint40 since = uint40(LEDGER.controllerWord(patient) >> Words.CONTROLLER_SINCE);
        if (Words.delegationSince(delegation) <= since) revert Errors.DelegationEnded(since);
        if (Words.replaceUntilOf(delegation) > block.timestamp) return;
        uint40 expiry = Words.delegationExpiry(delegation);
        if (expiry <= block.timestamp) revert Errors.DelegationEnded(expiry);
        uint16 powers = Words.powersOf(delegation);
        if (powers & Words.POWER_REPLACE == 0) {
            revert Errors.DelegateLacksPower(powers, Words.POWER_REPLACE);
        }
    }

    function _word(address value) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(value)));
    }
}
