// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IContractPatient} from "../../../contracts/interfaces/IContractPatient.sol";
import {Layout} from "./Layout.sol";
import {PatientStub} from "./PatientStub.sol";

/// @title Proofs: the words of records, their entries, and what a status may touch
/// @notice When an act on a record is done at all is proved in PatientRules.t.sol.
contract PatientProof is PatientStub {
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

    /// @notice Hiding and showing move one bit of a record and the turn, and no other bit.
    function check_hidingMovesOneBitAndTheTurn(
        uint256 word,
        uint88 random,
        uint8 expected,
        bool hidden
    ) public {
        bytes32 id = _given(3, random, word);
        _contract.hideRecord(PATIENT, id, expected, hidden);
        uint256 counted = Layout.counted(word, Layout.RECORD_TURN, Layout.RECORD_TURN_BITS);
        assert(_record(id) == Layout.put(counted, 1, 1, hidden ? 1 : 0));
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
        assert(state.turn == Layout.field(subject, Layout.SUBJECT_TURN, Layout.SUBJECT_TURN_BITS));
        assert(state.epoch == Layout.field(subject, Layout.SUBJECT_EPOCH, 32));
        uint256 wallet = Layout.field(controller, 0, 160);
        assert(uint160(state.controller) == (controller == 0 ? uint160(PATIENT) : wallet));
    }

    /// @notice A registrar moves the status bits, to one of the four statuses, and names the turn of
    /// three bits; whatever else the turn is given, no other bit is touched.
    function check_statusTouchesItsBits(uint8 seenTurn, uint8 status) public {
        _contract.setPatientStatus(PATIENT, seenTurn, status, 0);
        uint256 turn = (uint256(seenTurn) % 8) << Layout.SUBJECT_TURN;
        assert(_cleared == 0x3f && _set == (turn | status));
        assert(_meta == ((uint256(13) << Layout.META_ACTION) | status));
    }

    /// @notice A registrar moves the bit of a verified identity, and names the turn of three bits;
    /// whatever else the turn is given, no other bit is touched.
    function check_identityTouchesItsBit(bytes32 commitment, uint8 seenTurn, bool released) public {
        uint256 turn = (uint256(seenTurn) % 8) << Layout.SUBJECT_TURN;
        _contract.verifyIdentity(PATIENT, seenTurn, commitment, 0);
        assert(_cleared == 0x38 && _set == (turn | 64));
        assert(_meta == uint256(11) << Layout.META_ACTION);
        if (released) {
            _contract.releaseIdentity(PATIENT, seenTurn, commitment, 0);
            assert(_cleared == 0x78 && _set == turn);
            assert(_meta == uint256(12) << Layout.META_ACTION);
        }
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
