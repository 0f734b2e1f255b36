// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ContractAudit} from "../../../contracts/ContractAudit.sol";
import {Vm} from "../support/Vm.sol";
import {Layout} from "./Layout.sol";

/// @title AuditStub: ContractAudit with its words in any state
/// @notice The proof stands in for all three peers.
abstract contract AuditStub {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    address internal constant FORWARDER = address(0xf0);
    address internal constant PATIENT = address(0xaa);
    address internal constant GRANTEE = address(0xbb);
    uint256 internal constant LOW = type(uint40).max;
    uint256 internal constant HEAD = ~LOW;
    /// @dev Where ContractAudit keeps them; see PatientProof.
    uint256 internal constant SUBJECTS = 0;
    uint256 internal constant CONTROLLERS = 1;
    uint256 internal constant DOCTORS = 2;

    ContractAudit internal _contract;
    uint32 internal _delay;

    function setUp() public {
        _contract = new ContractAudit(FORWARDER, address(this), address(this), address(this));
    }

    /// @dev ContractPatient's, which the ledger asks for.
    function replacementDelayOf(address) external view returns (uint32) {
        return _delay;
    }

    /// @dev Puts a patient whose wallet acts itself into any state whatever but the status 0, which
    /// nobody has who is registered: a hash that ends in zeros could make the word 0 with it.
    function _subject(uint256 word, uint40 time) internal {
        vm.assume(word & 7 != 0);
        vm.store(address(_contract), _place(PATIENT, SUBJECTS), bytes32(word));
        uint256 wallet = uint160(PATIENT);
        vm.store(address(_contract), _place(PATIENT, CONTROLLERS), bytes32(wallet));
        vm.warp(time);
    }

    function _place(address id, uint256 mapping_) internal pure returns (bytes32) {
        return keccak256(abi.encode(id, mapping_));
    }

    function _meta(uint256 action, uint40 time) internal pure returns (uint256) {
        return (action << Layout.META_ACTION) | (uint256(time) << Layout.META_TIME);
    }

    function _ref(address value) internal pure returns (bytes32) {
        return bytes32(uint256(uint160(value)));
    }

    /// @dev The patient's next head, in its place.
    function _hash(uint256 word, address actor, bytes32 ref, uint256 meta, bytes32 digest)
        internal
        pure
        returns (uint256)
    {
        return uint256(keccak256(abi.encode(word & HEAD, PATIENT, actor, ref, meta, digest))) & HEAD;
    }
}
