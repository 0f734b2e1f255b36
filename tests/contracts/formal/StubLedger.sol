// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {Vm} from "../support/Vm.sol";

/// @title StubLedger: a ledger in any state whatever, which notes what it is told to store
/// @notice Proofs about ContractPatient, ContractDoctor and UserAuthentication put themselves in the
/// place of ContractAudit: what these contracts do to a word is then proved for every word, also for
/// those that the true ledger could never hold.
abstract contract StubLedger is ILedger {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    address internal constant FORWARDER = address(0xf0);

    /// @dev What the ledger holds, for every id and pair.
    uint256 internal _subject;
    uint256 internal _controller;
    uint256 internal _doctor;
    uint256 internal _grant;
    uint256 internal _delegation;

    /// @dev What it was told last.
    uint256 internal _word;
    uint256 internal _meta;
    uint32 internal _fromEpoch;
    uint32 internal _toEpoch;
    uint256 internal _cleared;
    uint256 internal _set;

    function logAccount(address, address, uint256 meta, bytes32, bool) external returns (bool) {
        _meta = meta;
        return true;
    }

    function storeDelegation(address, address, address, uint256 delegation)
        external
        returns (bool)
    {
        _word = delegation;
        return true;
    }

    function registerPatient(address) external pure returns (bool) {
        return true;
    }

    function storeStatus(
        address,
        address,
        uint256 clear,
        uint256 set,
        bytes32,
        uint256 meta,
        bytes32
    ) external returns (bool) {
        (_cleared, _set, _meta) = (clear, set, meta);
        return true;
    }

    function logReplacement(address, address, address, bytes32, uint256 meta, bytes32)
        external
        returns (bool)
    {
        _meta = meta;
        return true;
    }

    function storeController(address, address) external pure returns (bool) {
        return true;
    }

    function logRecord(address sender, address, address, bytes32, uint256 meta, bytes32)
        external
        returns (address actor)
    {
        _meta = meta;
        return sender;
    }

    function storeDoctor(address, uint256 word, address, uint256 meta, bytes32)
        external
        returns (bool)
    {
        _word = word;
        _meta = meta;
        return true;
    }

    function storeGrant(address, address, uint256 word, address, address, uint256 meta, bytes32)
        external
        returns (bool)
    {
        _word = word;
        _meta = meta;
        return true;
    }

    function endGrants(address, address, address[] calldata, uint32, bytes32)
        external
        pure
        returns (bool)
    {
        return true;
    }

    function storeEpoch(address, address, uint32 from, uint32 to, uint256 meta, bytes32)
        external
        returns (bool)
    {
        (_fromEpoch, _toEpoch, _meta) = (from, to, meta);
        return true;
    }

    function patientSide(address, address patient, uint16, address)
        external
        view
        returns (address, uint256, uint256, uint256, uint256)
    {
        return (patient, _subject, _delegation, _grant, _doctor);
    }

    function granteeSide(address sender, address, address)
        external
        view
        returns (address, uint256, uint256, uint256)
    {
        return (sender, _subject, _grant, _doctor);
    }

    function subjectWord(address) external view returns (uint256) {
        return _subject;
    }

    function controllerWord(address) external view returns (uint256) {
        return _controller;
    }

    function doctorWord(address) external view returns (uint256) {
        return _doctor;
    }

    function grantWord(address, address) external view returns (uint256) {
        return _grant;
    }

    function delegationWord(address, address) external view returns (uint256) {
        return _delegation;
    }
}
