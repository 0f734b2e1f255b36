// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";
import {IContractPatient} from "../../contracts/interfaces/IContractPatient.sol";
import {Actions} from "../../contracts/libraries/Actions.sol";
import {Errors} from "../../contracts/libraries/Errors.sol";
import {Fixture} from "./support/Fixture.sol";

/// @notice The main job from an empty chain, and what the patient sees of it afterwards.
contract FlowTest is Fixture {
    bytes32 private constant REQUEST = keccak256("a sealed request");
    bytes32 private constant BUNDLE = keccak256("a bundle");

    function setUp() public override {
        vm.recordLogs();
        vm.warp(BEGIN);
        deploy();
        take();
    }

    function test_TheMainJobFromRegistrationToRevocation() external {
        _register();
        _requestAndGrant();
        bytes32 record = _writeAmendAndLook();
        _revoke(record);
        _checkTheTrail();
        bytes27 head = headOf(record);
        vm.prank(patient);
        vm.expectRevert(abi.encodeWithSelector(Errors.WrongCreator.selector, doctor, patient));
        patients.updateRecord(patient, record, head, 1, NEXT_DIGEST, NONE);
    }

    /// @dev A relay pays: the patient's and the doctor's signatures alone decide.
    function test_TheMainJobThroughTheForwarder() external {
        _register();
        _relay(
            doctor,
            address(doctors),
            abi.encodeCall(doctors.requestAccess, (patient, 0, REQUEST, NONE))
        );
        bytes memory grant = abi.encodeCall(
            doctors.grant,
            (
                patient,
                doctor,
                profileOf(doctor),
                SCOPE,
                UNTIL,
                0,
                0,
                seenExpiry(patient, doctor),
                DIGEST
            )
        );
        _relay(patient, address(doctors), grant);
        bytes32 record = recordId(2, doctor, "relayed");
        _relay(
            doctor,
            address(patients),
            abi.encodeCall(patients.addRecord, (patient, record, 0, DIGEST, NONE))
        );
        _relay(
            doctor,
            address(audit),
            abi.encodeCall(
                audit.logConsultation, (patient, record, uint40(block.timestamp), DIGEST, NONE)
            )
        );
        Entry[] memory entries = take();
        Entry memory look = entries[entries.length - 1];
        assertEq(look.actor, doctor, "the signer is the actor");
        assertRecord(record, recordChain(0, doctor, 0, DIGEST), 1, 0);
        assertEq(doctors.grantOf(patient, doctor).requestOpen ? 1 : 0, 0, "the request is answered");
    }

    /// @dev The wallet is stolen; a registrar and the guardian bring in another.
    function test_AStolenWalletIsReplaced() external {
        _register();
        delegate(patient, guardian, REPLACE, UNTIL);
        delegate(patient, aide, REPLACE, UNTIL);
        address wallet_ = wallet("new wallet");
        vm.prank(registrar);
        patients.replaceController(patient, wallet_);
        vm.prank(guardian);
        patients.replaceController(patient, wallet_);
        IContractPatient.Patient memory state = patients.patientOf(patient);
        assertEq(state.pendingWallet, wallet_, "announced");
        vm.prank(patient);
        patients.vetoReplacement(patient, wallet_);
        _announceAgain(wallet_);
        vm.warp(block.timestamp + 7 days);
        vm.prank(wallet_);
        patients.completeReplacement(patient, wallet_);
        assertEq(users.controllerOf(patient), wallet_, "the new wallet acts for the id");
        _actAsReplaced(wallet_);
    }

    function _register() private {
        enrolPatient(patient);
        enrolDoctor(doctor);
        vm.prank(registrar);
        patients.verifyIdentity(patient, 0, keccak256("commitment"), keccak256("credential"));
        vm.prank(doctor);
        vm.expectRevert(abi.encodeWithSelector(Errors.NotVerified.selector, doctor, 1));
        doctors.requestAccess(patient, 0, REQUEST, NONE);
        setStatus(doctor, 2);
    }

    function _requestAndGrant() private {
        vm.prank(doctor);
        doctors.requestAccess(patient, 0, REQUEST, NONE);
        assertTrue(doctors.grantOf(patient, doctor).requestOpen, "the request is open");
        assertFalse(doctors.isAuthorized(patient, doctor, 2, false), "a request opens nothing");
        open(doctor, SCOPE, UNTIL);
        assertTrue(doctors.isAuthorized(patient, doctor, 2, true), "slot 2 may be written");
        assertFalse(doctors.isAuthorized(patient, doctor, 9, false), "slot 9 is closed");
        assertFalse(doctors.isAuthorizedAt(patient, doctor, 2, false, UNTIL), "the end is the end");
    }

    function _writeAmendAndLook() private returns (bytes32 record) {
        record = recordId(2, doctor, "note");
        vm.prank(doctor);
        patients.addRecord(patient, record, 0, DIGEST, NONE);
        bytes27 first = recordChain(0, doctor, 0, DIGEST);
        assertRecord(record, first, 1, 0);
        vm.prank(doctor);
        patients.updateRecord(patient, record, first, 0, NEXT_DIGEST, NONE);
        assertRecord(record, recordChain(first, doctor, 0, NEXT_DIGEST), 2, 0);
        vm.prank(doctor);
        audit.logConsultation(patient, record, uint40(block.timestamp), DIGEST, NONE);
    }

    function _revoke(bytes32 record) private {
        vm.warp(BEGIN + 1 days);
        vm.prank(patient);
        doctors.revoke(patient, list(doctor), 0, BUNDLE);
        assertEq(doctors.epochOf(patient), 1, "a new epoch");
        bytes27 head = headOf(record);
        vm.prank(doctor);
        refuse(Errors.GrantEnded.selector, block.timestamp);
        patients.updateRecord(patient, record, head, 1, DIGEST, NONE);
    }

    /// @dev `take` has recomputed the chain; here the order of what happened.
    function _checkTheTrail() private {
        Entry[] memory entries = take();
        uint8[8] memory expected = [
            Actions.PATIENT_REGISTERED,
            Actions.IDENTITY_VERIFIED,
            Actions.ACCESS_REQUESTED,
            Actions.ACCESS_GRANTED,
            Actions.RECORD_CREATED,
            Actions.RECORD_UPDATED,
            Actions.CONSULTED,
            Actions.ACCESS_REVOKED
        ];
        uint256 found;
        for (uint256 i; i < entries.length; ++i) {
            if (entries[i].subject != patient) continue;
            assertEq(entries[i].meta >> 184, expected[found], "the patient's entries in order");
            ++found;
        }
        assertEq(found, expected.length, "the patient's entries");
        assertEq(entries.length, expected.length + 4, "and those of the common chain");
    }

    function _announceAgain(address wallet_) private {
        vm.prank(guardian);
        patients.replaceController(patient, wallet_);
        vm.prank(registrar);
        patients.replaceController(patient, wallet_);
        assertEq(patients.patientOf(patient).pendingWallet, NONE, "two delegates are needed now");
        vm.prank(aide);
        patients.replaceController(patient, wallet_);
        vm.prank(patient);
        refuse(Errors.VetoSpent.selector);
        patients.vetoReplacement(patient, wallet_);
        vm.prank(wallet_);
        refuse(Errors.TooEarly.selector, block.timestamp + 7 days);
        patients.completeReplacement(patient, wallet_);
    }

    function _actAsReplaced(address wallet_) private {
        bytes32 record = recordId(2, patient, "diary");
        vm.prank(patient);
        refuse(Errors.NotController.selector, patient, patient);
        patients.addRecord(patient, record, 0, DIGEST, NONE);
        vm.prank(patient);
        refuse(Errors.NotController.selector, patient, patient);
        doctors.registerDoctor(0, DIGEST);
        vm.prank(guardian);
        refuse(Errors.DelegationEnded.selector, block.timestamp);
        patients.addRecord(patient, record, 0, DIGEST, patient);
        vm.prank(wallet_);
        patients.addRecord(patient, record, 0, DIGEST, NONE);
        assertRecord(record, recordChain(0, patient, 0, DIGEST), 1, 0);
    }

    /// @dev Sends a call as `signer` signed it, through a stranger.
    function _relay(address signer, address to, bytes memory data) private {
        ERC2771Forwarder.ForwardRequestData memory request = ERC2771Forwarder.ForwardRequestData({
            from: signer,
            to: to,
            value: 0,
            gas: 500_000,
            deadline: uint48(block.timestamp + 1 hours),
            data: data,
            signature: ""
        });
        request.signature = _signRequest(request);
        vm.prank(stranger);
        forwarder.execute(request);
    }

    function _signRequest(ERC2771Forwarder.ForwardRequestData memory request)
        private
        view
        returns (bytes memory)
    {
        bytes32 requestType = keccak256(
            "ForwardRequest(address from,address to,uint256 value,uint256 gas,uint256 nonce,uint48 deadline,bytes data)"
        );
        bytes32 hash = keccak256(
            abi.encode(
                requestType,
                request.from,
                request.to,
                request.value,
                request.gas,
                forwarder.nonces(request.from),
                request.deadline,
                keccak256(request.data)
            )
        );
        (, string memory name,,,,,) = forwarder.eip712Domain();
        bytes32 separator = keccak256(
            abi.encode(
                DOMAIN_TYPE,
                keccak256(bytes(name)),
                keccak256("1"),
                block.chainid,
                address(forwarder)
            )
        );
        return signed(request.from, separator, hash);
    }
}
