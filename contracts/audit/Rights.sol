// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILedger} from "../interfaces/ILedger.sol";
import {Errors} from "../libraries/Errors.sol";
import {Word, Words} from "../libraries/Words.sol";
import {AuditChain} from "./AuditChain.sol";

/// @title Rights: who acts for whom
/// @notice A patient whose wallet was replaced carries REPLACED in the subject's word, and the same
/// bit in the doctor's word of the same id, whether a doctor or not: the grantee's side reads the
/// doctor's word anyway, and so refuses a stolen first wallet there at no cost.
abstract contract Rights is AuditChain, ILedger {
    mapping(address id => uint256 word) internal _controllers;
    mapping(address doctor => uint256 word) internal _doctors;
    mapping(address patient => mapping(address grantee => Word)) internal _grants;
    mapping(address principal => mapping(address delegate => Word)) internal _delegations;

    /// @inheritdoc ILedger
    function subjectWord(address id) external view returns (uint256) {
        return _subjects[id].value;
    }

    /// @inheritdoc ILedger
    function controllerWord(address id) external view returns (uint256) {
        return _controllers[id];
    }

    /// @inheritdoc ILedger
    function doctorWord(address doctor) external view returns (uint256) {
        return _doctors[doctor];
    }

    /// @inheritdoc ILedger
    function grantWord(address patient, address grantee) external view returns (uint256) {
        return _grants[patient][grantee].value;
    }

    /// @inheritdoc ILedger
    function delegationWord(address principal, address delegate) external view returns (uint256) {
        return _delegations[principal][delegate].value;
    }

    /// @dev The wallet that acts for an id.
    function controllerOf(address id) external view returns (address) {
        uint256 word = _controllers[id];
        return word == 0 ? id : address(uint160(word));
    }

    /// @dev Reverts unless the patient is registered and active.
    function _requireActive(address patient, uint256 subject) internal pure {
        uint8 status = Words.statusOf(subject);
        if (status == Words.PATIENT_ACTIVE) return;
        if (subject == 0) revert Errors.NotRegistered(patient);
        revert Errors.PatientNotActive(patient, status);
    }

    /// @dev The patient's id for its controller, else the sender; the first wallet of a replaced
    /// patient is refused.
    function _actor(uint256 subject, address patient, address sender)
        internal
        view
        returns (address)
    {
        if (subject & Words.REPLACED == 0) return sender;
        if (sender == address(uint160(_controllers[patient]))) return patient;
        if (sender == patient) revert Errors.NotController(patient, sender);
        return sender;
    }

    /// @dev Reverts unless the delegation is live, not lapsed, and includes the power.
    function _requireDelegation(uint256 delegation, bool replaced, address principal, uint16 power)
        internal
        view
    {
        uint40 expiry = Words.delegationExpiry(delegation);
        if (expiry <= block.timestamp) revert Errors.DelegationEnded(expiry);
        if (replaced) _requireNotLapsed(delegation, principal);
        uint16 powers = Words.powersOf(delegation);
        if (powers & power != power) revert Errors.DelegateLacksPower(powers, power);
    }

    /// @dev Delegations that were set before the principal's wallet was replaced count no more.
    function _requireNotLapsed(uint256 delegation, address principal) internal view {
        uint40 since = uint40(_controllers[principal] >> Words.CONTROLLER_SINCE);
        if (Words.delegationSince(delegation) <= since) revert Errors.DelegationEnded(since);
    }

    /// @dev Who acts on the patient's side: the patient (delegation 0) or a delegate.
    function _patientSide(uint256 subject, address patient, address sender, uint16 power)
        internal
        view
        returns (address actor, uint256 delegation)
    {
        actor = _actor(subject, patient, sender);
        if (actor != patient) {
            delegation = _delegations[patient][sender].value;
            if (delegation == 0) revert Errors.NotController(patient, sender);
            if (_doctors[sender] & Words.REPLACED != 0) {
                revert Errors.NotController(sender, sender);
            }
            _requireDelegation(delegation, subject & Words.REPLACED != 0, patient, power);
        }
    }

    /// @dev The doctor's word of the principal on the grantee's side, and the delegation when the
    /// sender acts by `via`. A suspended doctor, or a replaced first wallet, is refused either way.
    function _granteeSide(address sender, address via, uint16 power)
        internal
        view
        returns (uint256 doctor, uint256 delegation)
    {
        uint256 own = _doctors[sender];
        if (own & Words.REPLACED != 0) revert Errors.NotController(sender, sender);
        if (via == address(0)) return (own, 0);
        delegation = _delegations[via][sender].value;
        if (delegation == 0) revert Errors.NoDelegation(via, sender);
        doctor = _doctors[via];
        _requireDelegation(delegation, doctor & Words.REPLACED != 0, via, power);
        uint8 status = Words.statusOf(own);
        if (status >= Words.DOCTOR_SUSPENDED) revert Errors.NotVerified(sender, status);
    }

    /// @dev Reverts unless the doctor is verified.
    function _requireVerified(address doctor, uint256 word) internal pure {
        uint8 status = Words.statusOf(word);
        if (status != Words.DOCTOR_VERIFIED) revert Errors.NotVerified(doctor, status);
    }

    /// @dev Reverts unless a grant is live and opens the bit (bit 0: slot 0 under any grant).
    function _requireGrant(uint256 grant, address grantee, uint256 slot, uint256 bit)
        internal
        view
    {
        if (Words.grantSince(grant) == 0) revert Errors.NoGrant(grantee);
        uint40 expiry = Words.grantExpiry(grant);
        if (expiry <= block.timestamp) revert Errors.GrantEnded(expiry);
        if (bit != 1 && grant & bit == 0) revert Errors.OutOfScope(uint8(slot), uint32(grant));
    }
}
