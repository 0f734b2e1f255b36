// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IContractAudit} from "../interfaces/IContractAudit.sol";
import {Errors} from "../libraries/Errors.sol";
import {Words} from "../libraries/Words.sol";
import {Acting} from "./Acting.sol";

/// @title Clinic: a house whose staff come and go, while patients and doctors name one delegate
/// @notice An example, not deployed by migrations. A doctor names the clinic once and its nurses
/// write by way of the doctor (`via` in the act); a patient names it and its desk grants, within the
/// delegation's scope and length; or the clinic is verified as a doctor itself and granted to
/// (`via` zero). A member of staff acts with the powers that the manager gave, which are those of a
/// delegation, until the day the manager named. MedRec's entries name the clinic; `Acted` here names
/// the member of staff.
/// @dev The manager can give nobody more than the clinic itself was given. A suspended or refused
/// doctor is refused as staff: ContractAudit sees the clinic alone and cannot tell.
contract Clinic is Acting {
    /// @notice Only the manager does this, or who was offered the office.
    error NotManager(address caller);
    /// @notice The caller does not work here, or not any more since `until`.
    error NotStaff(address caller, uint40 until);
    /// @notice The member of staff may do other things only.
    error StaffLacksPower(uint16 powers, uint16 needed);

    /// @notice A member of staff may do this until then; zero: has left.
    event StaffSet(address indexed staff, uint16 powers, uint40 until);
    /// @notice A member of staff has acted as the clinic; `act` is the keccak-256 of the call.
    event Acted(address indexed staff, bytes4 indexed selector, bytes32 act);
    /// @notice The manager's office was offered to somebody.
    event ManagerOffered(address indexed to);
    /// @notice The manager's office was taken up.
    event ManagerChanged(address indexed to);

    struct Staff {
        uint40 until;
        uint16 powers;
    }

    /// @notice Who hires and dismisses.
    address public manager;
    /// @notice Who may take the manager's office up.
    address public offeredTo;
    mapping(address member => Staff) private _staff;

    modifier onlyManager() {
        if (msg.sender != manager) revert NotManager(msg.sender);
        _;
    }

    /// @param audit ContractAudit.
    /// @param first The first manager.
    constructor(IContractAudit audit, address first) Acting(audit) {
        manager = first;
        emit ManagerChanged(first);
    }

    /// @notice Let somebody act as the clinic until `until` (Unix seconds), or change what they may.
    /// Reverts: NotManager, BadKind (unknown powers), BadExpiry (not in the future).
    function hire(address member, uint16 powers, uint40 until) external onlyManager {
        if (powers > Words.POWERS_ALL) revert Errors.BadKind(powers);
        if (until <= block.timestamp) revert Errors.BadExpiry(until);
        _staff[member] = Staff(until, powers);
        emit StaffSet(member, powers, until);
    }

    /// @notice Somebody leaves, at once. Reverts: NotManager.
    function dismiss(address member) external onlyManager {
        delete _staff[member];
        emit StaffSet(member, 0, 0);
    }

    /// @notice Register the clinic as a doctor, to be verified as others are.
    /// Reverts: NotManager, and as ContractDoctor.registerDoctor.
    function enrol(uint8 expectedTurn, bytes32 profileDigest) external onlyManager {
        DOCTORS.registerDoctor(expectedTurn, profileDigest);
    }

    /// @notice Offer the manager's office; zero takes the offer back. Reverts: NotManager.
    function offer(address to) external onlyManager {
        offeredTo = to;
        emit ManagerOffered(to);
    }

    /// @notice Take up the manager's office that was offered. Reverts: NotManager.
    function accept() external {
        if (msg.sender != offeredTo) revert NotManager(msg.sender);
        manager = msg.sender;
        offeredTo = address(0);
        emit ManagerChanged(msg.sender);
    }

    /// @notice Act as the clinic: `call` is a call of ContractPatient, ContractDoctor or
    /// ContractAudit that a delegate or a grantee may make.
    /// Reverts: NotStaff, NotController (the caller's wallet was replaced), NotVerified (the caller is a suspended or refused doctor), NotAnAct,
    /// StaffLacksPower, SelfGrant, and as the function called.
    function act(bytes calldata call) external {
        Staff memory staff = _staff[msg.sender];
        if (staff.until <= block.timestamp) revert NotStaff(msg.sender, staff.until);
        _requireOwnWallet();
        (,,, uint8 status,) = DOCTORS.doctorOf(msg.sender);
        if (status >= Words.DOCTOR_SUSPENDED) revert Errors.NotVerified(msg.sender, status);
        bytes4 selector = bytes4(call);
        (address target, uint16 power) = _recordAct(selector);
        if (target == address(0)) (target, power) = _patientAct(selector);
        if (target == address(0)) revert NotAnAct(selector);
        if (staff.powers & power == 0) revert StaffLacksPower(staff.powers, power);
        emit Acted(msg.sender, selector, keccak256(call));
        _pass(target, call);
    }

    /// @notice What a member of staff may do, and until when; zero: does not work here.
    function staffOf(address member) external view returns (uint16 powers, uint40 until) {
        Staff memory staff = _staff[member];
        return (staff.powers, staff.until);
    }
}
