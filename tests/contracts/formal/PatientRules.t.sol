// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ContractPatient} from "../../../contracts/ContractPatient.sol";
import {Layout} from "./Layout.sol";
import {PatientStub} from "./PatientStub.sol";
import {Refusals} from "./Refusals.sol";

/// @title Proofs: when ContractPatient does an act on a record, and when it does not
/// @notice As in DoctorRules.t.sol; the ledger, which lets everything pass here, has rules of its own.
contract PatientRulesProof is PatientStub {
    /// @notice A record is hidden or shown exactly when it exists and its flags were seen.
    function check_hidingNamesTheFlags(uint256 word, uint88 random, uint8 expected, bool hidden)
        public
    {
        bytes32 id = _id(3, random);
        vm.store(address(_contract), _place(id), bytes32(word));
        (bool done, bytes memory answer) = Refusals.tried(
            address(_contract),
            abi.encodeCall(ContractPatient.hideRecord, (PATIENT, id, expected, hidden))
        );
        uint256 flags = Layout.field(word, 0, 8);
        assert(done == (word != 0 && expected == flags));
        if (word != 0 && expected != flags) assert(Refusals.isStale(answer, flags));
    }

    /// @notice A record is created exactly when its slot is one of sixteen and the id is free.
    function check_recordIsCreatedExactly(uint256 word, uint8 slot, uint88 random, uint32 epoch)
        public
    {
        bytes32 id = _id(slot, random);
        vm.store(address(_contract), _place(id), bytes32(word));
        (bool done,) = Refusals.tried(
            address(_contract),
            abi.encodeCall(ContractPatient.addRecord, (PATIENT, id, epoch, 0, address(0)))
        );
        assert(done == (word == 0 && slot < 16));
    }

    /// @notice A record is amended exactly when it is there, not archived, its head was seen, and the
    /// last version is not spent.
    function check_recordIsAmendedExactly(
        uint256 word,
        uint88 random,
        bytes27 seenHead,
        uint32 epoch
    ) public {
        bytes32 id = _given(3, random, word);
        (bool done,) = Refusals.tried(
            address(_contract),
            abi.encodeCall(
                ContractPatient.updateRecord, (PATIENT, id, seenHead, epoch, 0, address(0))
            )
        );
        bool spent = Layout.field(word, Layout.RECORD_VERSION, 24) == type(uint24).max;
        assert(done == (word & 1 == 0 && seenHead == _head(word) && !spent));
    }

    /// @notice A record is archived exactly once, and when its head was seen.
    function check_recordIsArchivedExactly(uint256 word, uint88 random, bytes27 seenHead) public {
        bytes32 id = _given(3, random, word);
        (bool done,) = Refusals.tried(
            address(_contract),
            abi.encodeCall(ContractPatient.archiveRecord, (PATIENT, id, seenHead, 0, address(0)))
        );
        assert(done == (word & 1 == 0 && seenHead == _head(word)));
    }

    /// @notice A note is written exactly when the record's head was seen, also of an archived one.
    function check_noteIsWrittenExactly(uint256 word, uint88 random, bytes27 seenHead) public {
        bytes32 id = _given(3, random, word);
        (bool done,) = Refusals.tried(
            address(_contract),
            abi.encodeCall(ContractPatient.annotate, (PATIENT, id, seenHead, 1, 0, address(0)))
        );
        assert(done == (seenHead == _head(word)));
    }

    /// @notice A registrar sets a status exactly when it is one of four; the turn is the ledger's to
    /// compare.
    function check_statusIsSetExactly(uint8 seenTurn, uint8 status) public {
        (bool done,) = Refusals.tried(
            address(_contract),
            abi.encodeCall(ContractPatient.setPatientStatus, (PATIENT, seenTurn, status, 0))
        );
        assert(done == (status >= 1 && status <= 4));
    }
}
