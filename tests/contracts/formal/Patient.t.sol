// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ContractPatient} from "../../../contracts/ContractPatient.sol";
import {IContractPatient} from "../../../contracts/interfaces/IContractPatient.sol";
import {Layout} from "./Layout.sol";
import {StubLedger} from "./StubLedger.sol";

/// @title Proofs: the words of records, their entries, and what a status may touch
contract PatientProof is StubLedger {
    /// @dev Where ContractPatient keeps its records; were it elsewhere, no record would be found and
    /// every proof would end without a path.
    uint256 private constant RECORDS = 6;
    address private constant PATIENT = address(0xaa);

    ContractPatient private _contract;

    function setUp() public {
        _contract = new ContractPatient(FORWARDER, address(this), 1 days, address(this));
        _contract.grantRole(_contract.REGISTRAR_ROLE(), address(this));
    }

    /// @notice A new record is version 1 with no flags, under the chain of its first author.
    function check_newRecordIsPacked(uint8 slot, uint88 random, uint32 epoch, bytes32 digest)
        public
    {
        bytes32 id = _id(slot, random);
        _contract.addRecord(PATIENT, id, epoch, digest, address(0));
        assert(_record(id) == (_chain(0, epoch, digest) | (1 << Layout.RECORD_VERSION)));
        assert(slot < 16);
        assert(
            _meta
                == (uint256(20) << Layout.META_ACTION) | (uint256(slot) << Layout.META_SLOT)
                    | (uint256(1) << Layout.META_VERSION) | (uint256(epoch) << Layout.META_EPOCH)
        );
    }

    /// @notice An update moves the version by one and the chain, and keeps the flags; the version
    /// never runs into the chain.
    function check_updatedRecordIsPacked(uint256 word, uint88 random, uint32 epoch, bytes32 digest)
        public
    {
        bytes32 id = _given(3, random, word);
        _contract.updateRecord(PATIENT, id, _head(word), epoch, digest, address(0));
        uint256 version = Layout.field(word, Layout.RECORD_VERSION, 24);
        assert(version < type(uint24).max && word & 1 == 0);
        uint256 chain = _chain(word & ~uint256(type(uint40).max), epoch, digest);
        assert(_record(id) == (chain | ((version + 1) << Layout.RECORD_VERSION) | (word & 0xff)));
        assert(
            _meta
                == (uint256(21) << Layout.META_ACTION) | (uint256(3) << Layout.META_SLOT)
                    | ((version + 1) << Layout.META_VERSION) | (uint256(epoch) << Layout.META_EPOCH)
        );
    }

    /// @notice Archiving sets one bit of a record, and no other.
    function check_archivingSetsOneBit(uint256 word, uint88 random) public {
        bytes32 id = _given(3, random, word);
        _contract.archiveRecord(PATIENT, id, _head(word), 0, address(0));
        assert(word & 1 == 0 && _record(id) == (word | 1));
        _assertRecordMeta(22, word, 0);
    }

    /// @notice Hiding and showing move one bit of a record, and no other.
    function check_hidingMovesOneBit(uint256 word, uint88 random, bool hidden) public {
        bytes32 id = _given(3, random, word);
        _contract.hideRecord(PATIENT, id, hidden);
        assert(_record(id) == Layout.put(word, 1, 1, hidden ? 1 : 0));
        _assertRecordMeta(23, word, hidden ? 1 : 0);
    }

    /// @notice A note leaves the record as it was; its kind and nothing else is added to the entry.
    function check_noteTouchesNothing(uint256 word, uint88 random, uint8 kind) public {
        bytes32 id = _given(3, random, word);
        _contract.annotate(PATIENT, id, _head(word), kind, 0, address(0));
        assert(_record(id) == word);
        _assertRecordMeta(24, word, kind);
    }

    /// @notice Every field of a record is read from its place.
    function check_recordIsUnpacked(uint256 word, uint88 random) public {
        bytes32 id = _given(3, random, word);
        (bytes27 chain, uint24 version, uint8 flags) = _contract.recordHead(PATIENT, id);
        assert(uint216(chain) == Layout.field(word, Layout.HEAD, 216));
        assert(version == Layout.field(word, Layout.RECORD_VERSION, 24));
        assert(flags == Layout.field(word, 0, 8));
    }

    /// @notice Every field of a patient is read from its place.
    function check_patientIsUnpacked(uint256 subject, uint256 controller) public {
        vm.assume(subject != 0);
        (_subject, _controller) = (subject, controller);
        IContractPatient.Patient memory state = _contract.patientOf(PATIENT);
        assert(state.status == Layout.field(subject, 0, 3));
        assert(state.verified == (Layout.field(subject, 6, 1) == 1));
        assert(state.replaced == (Layout.field(subject, 7, 1) == 1));
        assert(state.epoch == Layout.field(subject, Layout.SUBJECT_EPOCH, 32));
        uint256 wallet = Layout.field(controller, 0, 160);
        assert(uint160(state.controller) == (controller == 0 ? uint160(PATIENT) : wallet));
    }

    /// @notice A registrar moves the status bits, to one of the four statuses.
    function check_statusTouchesItsBits(uint8 status) public {
        _contract.setPatientStatus(PATIENT, status, 0);
        assert(_cleared == 7 && _set == status && status >= 1 && status <= 4);
        assert(_meta == ((uint256(13) << Layout.META_ACTION) | status));
    }

    /// @notice A registrar moves the bit of a verified identity, and no other.
    function check_identityTouchesItsBit(bytes32 commitment, bool released) public {
        _contract.verifyIdentity(PATIENT, commitment, 0);
        assert(_cleared == 0 && _set == 64 && _meta == uint256(11) << Layout.META_ACTION);
        if (released) {
            _contract.releaseIdentity(PATIENT, commitment, 0);
            assert(_cleared == 64 && _set == 0 && _meta == uint256(12) << Layout.META_ACTION);
        }
    }

    /// @notice The entry of another delay tells from when it holds.
    function check_delayMeta(uint32 delay, uint32 time) public {
        _subject = 1;
        _controller = uint160(address(this));
        vm.warp(time);
        _contract.setReplacementDelay(PATIENT, delay);
        uint256 from = uint256(time) + 7 days;
        assert(_meta == ((uint256(14) << Layout.META_ACTION) | (from << Layout.META_EXPIRY)));
        assert(delay >= 3 days && delay <= 30 days);
    }

    /// @notice An approval's entry tells whose it is; by two together, from when the wallet may act.
    function check_replacementMeta(address wallet, uint32 time, uint40 until, bool both) public {
        vm.assume(time > 0);
        _subject = 1;
        _delegation = (uint256(until) << Layout.DELEGATION_EXPIRY)
            | (uint256(1) << Layout.DELEGATION_SINCE) | (uint256(32) << Layout.DELEGATION_POWERS);
        vm.warp(time);
        if (both) _approve(address(0xdd), wallet);
        if (both) assert(_meta == ((uint256(15) << Layout.META_ACTION) | 2));
        _contract.replaceController(PATIENT, wallet);
        uint256 expected = (uint256(15) << Layout.META_ACTION) | (both ? 3 : 1);
        if (both) expected |= (uint256(time) + 7 days) << Layout.META_EXPIRY;
        assert(_meta == expected);
    }

    function _approve(address delegate, address wallet) private {
        vm.prank(delegate);
        _contract.replaceController(PATIENT, wallet);
    }

    /// @dev A record's id: slot8 | creator160 | random88.
    function _id(uint8 slot, uint88 random) private view returns (bytes32) {
        return bytes32((uint256(slot) << 248) | (uint256(uint160(address(this))) << 88) | random);
    }

    /// @dev The id of a record that stands in any state whatever.
    function _given(uint8 slot, uint88 random, uint256 word) private returns (bytes32 id) {
        vm.assume(word != 0);
        id = _id(slot, random);
        vm.store(address(_contract), _place(id), bytes32(word));
    }

    function _record(bytes32 id) private view returns (uint256) {
        return uint256(vm.load(address(_contract), _place(id)));
    }

    function _place(bytes32 id) private pure returns (bytes32) {
        return keccak256(abi.encode(id, keccak256(abi.encode(PATIENT, RECORDS))));
    }

    function _head(uint256 word) private pure returns (bytes27) {
        return bytes27(bytes32(word));
    }

    function _chain(uint256 before, uint32 epoch, bytes32 digest) private view returns (uint256) {
        bytes32 hash = keccak256(abi.encode(before, address(this), epoch, digest));
        return (uint256(hash) >> Layout.HEAD) << Layout.HEAD;
    }

    /// @dev The entry tells slot 3, the record's version as it stands, and the kind.
    function _assertRecordMeta(uint256 action, uint256 word, uint256 kind) private view {
        uint256 version = Layout.field(word, Layout.RECORD_VERSION, 24);
        assert(
            _meta
                == (action << Layout.META_ACTION) | (uint256(3) << Layout.META_SLOT)
                    | (version << Layout.META_VERSION) | kind
        );
    }
}
