// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ContractPatient} from "../../../contracts/ContractPatient.sol";
import {StubLedger} from "./StubLedger.sol";

/// @title PatientStub: ContractPatient over a ledger in any state, with what it stores itself in any
/// state too
/// @notice Everybody here is the proof: registrar, creator of every record, and no patient.
abstract contract PatientStub is StubLedger {
    /// @dev Where ContractPatient keeps its mappings; were they elsewhere, nothing would be found and
    /// the proofs about what is done would end without a path.
    uint256 internal constant DELAYS = 3;
    uint256 internal constant PENDING = 5;
    uint256 internal constant RECORDS = 6;
    address internal constant PATIENT = address(0xaa);

    ContractPatient internal _contract;

    function setUp() public {
        _contract = new ContractPatient(FORWARDER, address(this), 1 days, address(this));
        _contract.grantRole(_contract.REGISTRAR_ROLE(), address(this));
    }

    /// @dev A record's id: slot8 | creator160 | random88.
    function _id(uint8 slot, uint88 random) internal view returns (bytes32) {
        return bytes32((uint256(slot) << 248) | (uint256(uint160(address(this))) << 88) | random);
    }

    /// @dev The id of a record that stands in any state whatever.
    function _given(uint8 slot, uint88 random, uint256 word) internal returns (bytes32 id) {
        vm.assume(word != 0);
        id = _id(slot, random);
        vm.store(address(_contract), _place(id), bytes32(word));
    }

    function _record(bytes32 id) internal view returns (uint256) {
        return uint256(vm.load(address(_contract), _place(id)));
    }

    function _place(bytes32 id) internal pure returns (bytes32) {
        return keccak256(abi.encode(id, keccak256(abi.encode(PATIENT, RECORDS))));
    }

    function _head(uint256 word) internal pure returns (bytes27) {
        return bytes27(bytes32(word));
    }

    /// @dev Puts what one of the mappings holds for the patient into any state.
    function _put(uint256 mapping_, uint256 word) internal {
        vm.store(address(_contract), keccak256(abi.encode(PATIENT, mapping_)), bytes32(word));
    }

    function _held(uint256 mapping_) internal view returns (uint256) {
        return uint256(vm.load(address(_contract), keccak256(abi.encode(PATIENT, mapping_))));
    }
}
