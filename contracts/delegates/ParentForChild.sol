// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IContractAudit} from "../interfaces/IContractAudit.sol";
import {Acting} from "./Acting.sol";

/// @title ParentForChild: parents act for their child until a date
/// @notice An example, not deployed by migrations. The child's id names this contract as its
/// delegate; each parent then acts for the child, within the delegation's scope and powers. From
/// `until` on nobody does, however long the delegation runs: the child is of age. A court (or
/// whoever the family was told of) takes a parent's place away, or names another; it cannot act for
/// the child itself.
contract ParentForChild is Acting {
    /// @notice The caller is not, or no longer, a parent.
    error NotParent(address caller);
    /// @notice The child is of age since `until`.
    error OfAge(uint40 until);
    /// @notice Only the court does this.
    error NotCourt(address caller);
    /// @notice The act is about somebody else than the child.
    error NotTheChild(address subject);

    /// @notice A parent may act for the child from now on, or not any more.
    event ParentSet(address indexed parent, bool acts);
    /// @notice A parent has acted for the child; `act` is the keccak-256 of the call.
    event Acted(address indexed parent, bytes4 indexed selector, bytes32 act);

    /// @notice The id of the child.
    address public immutable CHILD;
    /// @notice When the child is of age, in Unix seconds.
    uint40 public immutable UNTIL;
    /// @notice Who decides on the parents.
    address public immutable COURT;

    /// @notice Whether somebody is one of the parents.
    mapping(address parent => bool acts) public isParent;

    /// @param audit ContractAudit.
    /// @param child The child's id.
    /// @param until When the child is of age, in Unix seconds.
    /// @param court Who decides on the parents; zero: nobody does.
    /// @param parents The parents to begin with.
    constructor(
        IContractAudit audit,
        address child,
        uint40 until,
        address court,
        address[] memory parents
    ) Acting(audit) {
        CHILD = child;
        UNTIL = until;
        COURT = court;
        for (uint256 i; i < parents.length; ++i) {
            _setParent(parents[i], true);
        }
    }

    /// @notice The court names a parent, or takes the place away, at once. Reverts: NotCourt.
    function setParent(address parent, bool acts) external {
        if (msg.sender != COURT) revert NotCourt(msg.sender);
        _setParent(parent, acts);
    }

    /// @notice Act for the child: `call` is a call of ContractPatient or ContractDoctor on the
    /// patient's side (for a record with `via` = the child), whose subject is the child.
    /// Reverts: NotParent, NotController (the caller's wallet was replaced), OfAge, NotAnAct,
    /// NotTheChild, SelfGrant, and as the function called.
    function act(bytes calldata call) external {
        if (!isParent[msg.sender]) revert NotParent(msg.sender);
        _requireOwnWallet();
        if (block.timestamp >= UNTIL) revert OfAge(UNTIL);
        bytes4 selector = bytes4(call);
        (address target,) = _patientAct(selector);
        if (target == address(0)) {
            (target,) = _recordAct(selector);
            if (target != address(PATIENTS)) revert NotAnAct(selector);
        }
        address subject = _address(call, 0);
        if (subject != CHILD) revert NotTheChild(subject);
        emit Acted(msg.sender, selector, keccak256(call));
        _pass(target, call);
    }

    function _setParent(address parent, bool acts) private {
        isParent[parent] = acts;
        emit ParentSet(parent, acts);
    }
}
