// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {IContractAudit} from "../interfaces/IContractAudit.sol";
import {IContractDoctor} from "../interfaces/IContractDoctor.sol";
import {IContractPatient} from "../interfaces/IContractPatient.sol";
import {Errors} from "../libraries/Errors.sol";
import {Words} from "../libraries/Words.sol";

/// @title Acting: a contract that is named as a delegate, and acts for people of its choice
/// @notice An example of what a delegate may be; migrations do not deploy it. MedRec's contracts see
/// this contract as the author and check its delegation; whom it lets act, and for how long, are its
/// own rules. They never call a delegate back, so nothing here can be entered again. People call
/// directly: this contract trusts no forwarder.
abstract contract Acting {
    /// @notice MedRec has no such act for a delegate.
    error NotAnAct(bytes4 selector);

    IContractAudit internal immutable AUDIT;
    IContractDoctor internal immutable DOCTORS;
    IContractPatient internal immutable PATIENTS;

    /// @param audit ContractAudit, which names the others.
    constructor(IContractAudit audit) {
        AUDIT = audit;
        DOCTORS = IContractDoctor(audit.contractDoctor());
        PATIENTS = IContractPatient(audit.contractPatient());
    }

    /// @notice ContractAudit, for which this delegate was made.
    function contractAudit() external view returns (address) {
        return address(AUDIT);
    }

    /// @dev A wallet that was lost or stolen, and replaced, acts for nobody: MedRec's contracts
    /// refuse it as a delegate and a doctor, but see this contract alone.
    function _requireOwnWallet() internal view {
        if (AUDIT.controllerOf(msg.sender) != msg.sender) {
            revert Errors.NotController(msg.sender, msg.sender);
        }
    }

    /// @dev Passes an act on, with this contract as its author; reverts as MedRec's contract does.
    /// Nobody grants to themselves this way either: ContractDoctor cannot see who called here.
    function _pass(address target, bytes calldata act) internal {
        if (bytes4(act) == IContractDoctor.grant.selector && _address(act, 1) == msg.sender) {
            revert Errors.SelfGrant(msg.sender);
        }
        // Both targets are MedRec's own and immutable; the selector has been looked at.
        (bool done, bytes memory answer) = target.call(act);
        if (!done) LowLevelCall.bubbleRevert(answer);
    }

    /// @dev The address among an act's arguments at a place, counted from 0; MedRec's contracts
    /// refuse one with bits above it. Reverts when the act is too short to have it.
    function _address(bytes calldata act, uint256 place) internal pure returns (address) {
        uint256 start = 4 + 32 * place;
        return address(uint160(uint256(bytes32(act[start:start + 32]))));
    }

    /// @dev An act of a grantee's side or on a record: its contract, and the power that it takes.
    /// Zero: none of them.
    function _recordAct(bytes4 selector) internal view returns (address target, uint16 power) {
        if (
            selector == IContractPatient.addRecord.selector
                || selector == IContractPatient.updateRecord.selector
                || selector == IContractPatient.archiveRecord.selector
                || selector == IContractPatient.annotate.selector
        ) return (address(PATIENTS), Words.POWER_WRITE);
        if (
            selector == IContractAudit.logConsultation.selector
                || selector == IContractAudit.logConsultations.selector
        ) return (address(AUDIT), Words.POWER_LOG);
        if (
            selector == IContractDoctor.requestAccess.selector
                || selector == IContractDoctor.withdrawRequest.selector
        ) return (address(DOCTORS), Words.POWER_WRITE);
    }

    /// @dev An act on the patient's side that no grantee has; otherwise as `_recordAct`.
    function _patientAct(bytes4 selector) internal view returns (address target, uint16 power) {
        if (selector == IContractPatient.hideRecord.selector) {
            return (address(PATIENTS), Words.POWER_WRITE);
        }
        if (selector == IContractPatient.replaceController.selector) {
            return (address(PATIENTS), Words.POWER_REPLACE);
        }
        if (
            selector == IContractDoctor.grant.selector
                || selector == IContractDoctor.declineRequest.selector
        ) return (address(DOCTORS), Words.POWER_GRANT);
        if (selector == IContractDoctor.revoke.selector) {
            return (address(DOCTORS), Words.POWER_REVOKE);
        }
        if (
            selector == IContractDoctor.rotateKeys.selector
                || selector == IContractDoctor.publishBundle.selector
        ) return (address(DOCTORS), Words.POWER_ROTATE);
    }
}
