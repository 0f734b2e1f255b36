// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {AdministeredPeer} from "../base/AdministeredPeer.sol";
import {IContractPatient} from "../interfaces/IContractPatient.sol";
import {Actions} from "../libraries/Actions.sol";
import {Errors} from "../libraries/Errors.sol";
import {Words} from "../libraries/Words.sol";

/// @title Replacements: a lost or stolen wallet makes way for another
/// @notice A registrar and a delegate agree on the wallet; after the patient's delay, in which the
/// present controller may veto once, the new wallet takes over. After the veto the registrar needs
/// two delegates: a thief who holds the wallet cannot veto for ever, and one delegate who conspires
/// with a registrar cannot go on where the patient has said no.
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

    /// @dev `second` is written, and read, after a veto only.
    struct Approvals {
        address registrar;
        uint40 registrarAt;
        address delegate;
        uint40 delegateAt;
        address second;
        uint40 secondAt;
    }

    struct Pending {
        address wallet;
        uint40 readyAt;
        bool vetoSpent;
    }

    mapping(address patient => Delay) internal _delays;
    mapping(address patient => mapping(address wallet => Approvals)) private _approvals;
    mapping(address patient => Pending) internal _pending;

    /// @inheritdoc IContractPatient
    function setReplacementDelay(address patient, uint40 expectedFrom, uint32 delay) external {
        _requireController(patient);
        uint40 present = _delays[patient].nextFrom;
        if (present != expectedFrom) revert Errors.StaleState(present);
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
            _approveAsDelegate(patient, approvals, sender);
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

    /// @dev Enters a delegate's approval. After a veto there is room for two: one that counts stays.
    function _approveAsDelegate(address patient, Approvals storage approvals, address sender)
        private
    {
        bytes memory refusal = _replacerRefusal(patient, sender);
        if (refusal.length != 0) LowLevelCall.bubbleRevert(refusal);
        address first = approvals.delegate;
        bool beside = _pending[patient].vetoSpent && first != sender
            && _delegateCounts(patient, first, approvals.delegateAt);
        if (beside) {
            approvals.second = sender;
            approvals.secondAt = uint40(block.timestamp);
        } else {
            approvals.delegate = sender;
            approvals.delegateAt = uint40(block.timestamp);
        }
    }

    /// @dev Whether those who have to agree have approved, and may still: a registrar and a delegate,
    /// after a veto a registrar and two delegates; each of them another.
    function _agreed(address patient, Approvals storage approvals) private view returns (bool) {
        address registrar = approvals.registrar;
        address first = approvals.delegate;
        if (!_isFresh(patient, approvals.registrarAt)) return false;
        if (!hasRole(REGISTRAR_ROLE, registrar)) return false;
        if (!_delegateCounts(patient, first, approvals.delegateAt)) return false;
        if (registrar == first) revert Errors.SelfGrant(first);
        if (!_pending[patient].vetoSpent) return true;
        address second = approvals.second;
        if (second == first) return false;
        if (!_delegateCounts(patient, second, approvals.secondAt)) return false;
        if (registrar == second) revert Errors.SelfGrant(second);
        return true;
    }

    /// @dev Whether a delegate's approval was given lately, by one who may replace still.
    function _delegateCounts(address patient, address delegate, uint40 approvedAt)
        private
        view
        returns (bool)
    {
        return _isFresh(patient, approvedAt) && _replacerRefusal(patient, delegate).length == 0;
    }

    /// @dev Whether an approval was given lately, and to replace the present wallet.
    function _isFresh(address patient, uint40 approvedAt) private view returns (bool) {
        return
            approvedAt > _controllerSince(patient)
                && block.timestamp <= approvedAt + APPROVAL_LIFETIME;
    }

    /// @dev Since when the patient's present wallet acts; zero: from the first.
    function _controllerSince(address patient) private view returns (uint40) {
        return uint40(LEDGER.controllerWord(patient) >> Words.CONTROLLER_SINCE);
    }

    /// @dev Why a delegate may not replace; nothing when it holds the power, or lost it less than the
    /// delay ago.
    function _replacerRefusal(address patient, address delegate)
        private
        view
        returns (bytes memory)
    {
        uint256 delegation = LEDGER.delegationWord(patient, delegate);
        if (delegation == 0) return _notController(patient, delegate);
        if (LEDGER.doctorWord(delegate) & Words.REPLACED != 0) {
            return _notController(delegate, delegate);
        }
        uint40 since = _controllerSince(patient);
        if (Words.delegationSince(delegation) <= since) return _ended(since);
        if (Words.replaceUntilOf(delegation) > block.timestamp) return "";
        uint40 expiry = Words.delegationExpiry(delegation);
        if (expiry <= block.timestamp) return _ended(expiry);
        uint16 powers = Words.powersOf(delegation);
        if (powers & Words.POWER_REPLACE != 0) return "";
        return
            abi.encodeWithSelector(Errors.DelegateLacksPower.selector, powers, Words.POWER_REPLACE);
    }

    function _notController(address patient, address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(Errors.NotController.selector, patient, caller);
    }

    function _ended(uint40 expiry) private pure returns (bytes memory) {
        return abi.encodeWithSelector(Errors.DelegationEnded.selector, expiry);
    }

    function _word(address value) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(value)));
    }
}
