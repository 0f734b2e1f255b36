// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";
import {IContractAudit} from "../../../contracts/interfaces/IContractAudit.sol";
import {IContractDoctor} from "../../../contracts/interfaces/IContractDoctor.sol";
import {IContractPatient} from "../../../contracts/interfaces/IContractPatient.sol";
import {IUserAuthentication} from "../../../contracts/interfaces/IUserAuthentication.sol";
import {CallerRules} from "../support/CallerRules.sol";
import {Fixture} from "../support/Fixture.sol";
import {Relaying} from "../support/Relaying.sol";

/// @dev Every function that people call, through the forwarder: alone and in a batch as the signer;
/// with a forged suffix as nobody else; held back, not at all. test_matrix.py compares the
/// signatures with the ABIs, so that no function is forgotten.
contract RelayTest is CallerRules, Relaying {
    address internal forger = wallet("forger");

    function setUp() public override(CallerRules, Fixture) {
        CallerRules.setUp();
    }

    function test_UserAuthentication() external {
        bytes memory binding =
            signed(stranger, domain(address(users)), bindingHash(keyOf(stranger), 1));
        _row(
            "register(uint8,address,bytes32,bytes)",
            address(users),
            abi.encodeCall(IUserAuthentication.register, (1, relay, keyOf(stranger), binding)),
            stranger
        );
        _row(
            "rotateAuthenticator(address,address,address)",
            address(users),
            abi.encodeCall(
                IUserAuthentication.rotateAuthenticator,
                (patient, seenAuthenticator(patient), stranger)
            ),
            patient
        );
        binding = signed(patient, domain(address(users)), bindingHash(DIGEST, 2));
        _row(
            "rotateEncryptionKey(address,bytes32,uint32,bytes)",
            address(users),
            abi.encodeCall(IUserAuthentication.rotateEncryptionKey, (patient, DIGEST, 2, binding)),
            patient
        );
        _row("setVault(address,bytes32,bytes32)", address(users), _vault(patient), patient);
        _row(
            "setDelegate(address,address,uint32,uint16,uint32,uint40,uint40)",
            address(users),
            abi.encodeCall(
                IUserAuthentication.setDelegate,
                (patient, relay, 2, 63, 1, UNTIL, seenDelegation(patient, relay))
            ),
            patient
        );
        _row(
            "deactivate(address)",
            address(users),
            abi.encodeCall(IUserAuthentication.deactivate, (patient)),
            patient
        );
    }

    function test_ContractPatient_People() external {
        address to = address(patients);
        _row(
            "registerPatient()", to, abi.encodeCall(IContractPatient.registerPatient, ()), stranger
        );
        _row(
            "verifyIdentity(address,uint8,bytes32,bytes32)",
            to,
            abi.encodeCall(
                IContractPatient.verifyIdentity, (patient, seenTurn(patient), DIGEST, NEXT_DIGEST)
            ),
            registrar
        );
        _row(
            "releaseIdentity(address,uint8,bytes32,bytes32)",
            to,
            abi.encodeCall(
                IContractPatient.releaseIdentity, (verified, seenTurn(verified), COMMITMENT, DIGEST)
            ),
            registrar
        );
        _row(
            "setPatientStatus(address,uint8,uint8,bytes32)",
            to,
            abi.encodeCall(
                IContractPatient.setPatientStatus, (patient, seenTurn(patient), 4, DIGEST)
            ),
            registrar
        );
        _row(
            "setReplacementDelay(address,uint40,uint32)",
            to,
            abi.encodeCall(
                IContractPatient.setReplacementDelay, (patient, seenDelay(patient), 3 days)
            ),
            patient
        );
    }

    function test_ContractPatient_Replacement() external {
        address to = address(patients);
        bytes memory replace =
            abi.encodeCall(IContractPatient.replaceController, (patient, relayed));
        _row("replaceController(address,address)", to, replace, registrar);
        _row("replaceController(address,address)", to, replace, guardian);
        _row(
            "vetoReplacement(address,address)",
            to,
            abi.encodeCall(IContractPatient.vetoReplacement, (verified, relayed)),
            verified
        );
        vm.warp(NOW + 7 days);
        _row(
            "completeReplacement(address,address)",
            to,
            abi.encodeCall(IContractPatient.completeReplacement, (verified, relayed)),
            relayed
        );
    }

    /// @dev As the doctor, as the doctor's delegate, and as the patient's.
    function test_ContractPatient_Records() external {
        address[3] memory signers = [doctor, nurse, guardian];
        address[3] memory vias = [NONE, doctor, patient];
        for (uint256 i; i < 3; ++i) {
            _records(signers[i], vias[i]);
        }
        _row(
            "hideRecord(address,bytes32,uint8,bool)",
            address(patients),
            abi.encodeCall(
                IContractPatient.hideRecord,
                (patient, doctorRecord, seenFlags(patient, doctorRecord), true)
            ),
            patient
        );
    }

    function test_ContractDoctor() external {
        address to = address(doctors);
        _row(
            "registerDoctor(uint8,bytes32)",
            to,
            abi.encodeCall(IContractDoctor.registerDoctor, (0, DIGEST)),
            stranger
        );
        _row(
            "setDoctorStatus(address,bytes24,uint16,uint40,uint8,bytes32)",
            to,
            abi.encodeCall(
                IContractDoctor.setDoctorStatus,
                (pending, profileOf(pending), seenVersion(pending), seenSince(pending), 2, DIGEST)
            ),
            verifier
        );
        _row(
            "requestAccess(address,uint8,bytes32,address)",
            to,
            abi.encodeCall(IContractDoctor.requestAccess, (patient, 0, DIGEST, NONE)),
            ungranted
        );
        _row(
            "withdrawRequest(address,uint8,address)",
            to,
            abi.encodeCall(IContractDoctor.withdrawRequest, (patient, 1, NONE)),
            colleague
        );
        address[2] memory signers = [patient, guardian];
        for (uint256 i; i < 2; ++i) {
            _patientsSide(to, signers[i]);
        }
    }

    function test_ContractAudit() external {
        address to = address(audit);
        _row(
            "logConsultation(address,bytes32,uint40,bytes32,address)",
            to,
            abi.encodeCall(
                IContractAudit.logConsultation, (patient, doctorRecord, NOW, DIGEST, NONE)
            ),
            doctor
        );
        _row(
            "logConsultations(bytes)",
            to,
            abi.encodeCall(
                IContractAudit.logConsultations,
                (abi.encodePacked(doctor, patient, doctorRecord, NOW, DIGEST))
            ),
            nurse
        );
        _row(
            "anchorReceipts(bytes32,uint32,bytes32)",
            to,
            abi.encodeCall(IContractAudit.anchorReceipts, (DIGEST, 1, DIGEST)),
            doctor
        );
    }

    /// @dev Whoever hands a receipt in, its author is the doctor who signed or anchored it.
    function test_ContractAudit_Receipts() external {
        IContractAudit.Receipt memory receipt =
            IContractAudit.Receipt(patient, doctor, doctorRecord, NOW, DIGEST, NONE);
        bytes32 leaf = receiptHash(receipt);
        vm.prank(doctor);
        audit.anchorReceipts(leaf, 1, DIGEST);
        take();
        _row(
            "proveReceipt(bytes32,(address,address,bytes32,uint40,bytes32,address),bytes32[])",
            address(audit),
            abi.encodeCall(IContractAudit.proveReceipt, (leaf, receipt, new bytes32[](0))),
            patient,
            doctor
        );
        _row(
            "submitReceipt((address,address,bytes32,uint40,bytes32,address),bytes)",
            address(audit),
            abi.encodeCall(
                IContractAudit.submitReceipt,
                (receipt, signed(doctor, domain(address(audit)), leaf))
            ),
            patient,
            doctor
        );
    }

    /// @dev What names the state that its signer saw is refused once that state has passed, whoever
    /// moved it on and by whichever way, even within the deadline.
    function test_RevertWhen_TheStateHasMovedOn() external {
        bytes27 head = headOf(doctorRecord);
        ERC2771Forwarder.ForwardRequestData[6] memory held = [
            requestOf(patient, address(doctors), _grant(), 0),
            requestOf(
                guardian,
                address(doctors),
                abi.encodeCall(IContractDoctor.revoke, (patient, list(doctor), EPOCH, DIGEST)),
                0
            ),
            requestOf(
                verified,
                address(users),
                abi.encodeCall(
                    IUserAuthentication.rotateEncryptionKey,
                    (
                        verified,
                        DIGEST,
                        2,
                        signed(verified, domain(address(users)), bindingHash(DIGEST, 2))
                    )
                ),
                0
            ),
            requestOf(
                colleague,
                address(patients),
                abi.encodeCall(
                    IContractPatient.updateRecord,
                    (patient, doctorRecord, head, EPOCH, DIGEST, NONE)
                ),
                0
            ),
            requestOf(doctor, address(patients), _add(doctor, doctor, NONE), 0),
            requestOf(
                verifier,
                address(doctors),
                abi.encodeCall(
                    IContractDoctor.setDoctorStatus,
                    (
                        pending,
                        profileOf(pending),
                        seenVersion(pending),
                        seenSince(pending),
                        2,
                        DIGEST
                    )
                ),
                0
            )
        ];
        vm.prank(patient);
        doctors.rotateKeys(patient, EPOCH, EPOCH + 1, DIGEST);
        vm.prank(doctor);
        patients.updateRecord(patient, doctorRecord, head, EPOCH + 1, NEXT_DIGEST, NONE);
        bytes memory binding = signed(verified, domain(address(users)), bindingHash(NEXT_DIGEST, 2));
        vm.prank(verified);
        users.rotateEncryptionKey(verified, NEXT_DIGEST, 2, binding);
        vm.prank(pending);
        doctors.registerDoctor(1, NEXT_DIGEST);
        take();
        for (uint256 i; i < held.length; ++i) {
            vm.expectRevert();
            vm.prank(relay);
            forwarder.execute(held[i]);
        }
        expectNoEntry();
    }

    function _records(address signer, address via) private {
        address to = address(patients);
        address creator = via == NONE ? signer : via;
        bytes32 record = via == patient ? ownRecord : doctorRecord;
        bytes27 head = headOf(record);
        _row(
            "addRecord(address,bytes32,uint32,bytes32,address)",
            to,
            _add(creator, signer, via),
            signer
        );
        _row(
            "updateRecord(address,bytes32,bytes27,uint32,bytes32,address)",
            to,
            abi.encodeCall(
                IContractPatient.updateRecord, (patient, record, head, EPOCH, DIGEST, via)
            ),
            signer
        );
        _row(
            "archiveRecord(address,bytes32,bytes27,bytes32,address)",
            to,
            abi.encodeCall(IContractPatient.archiveRecord, (patient, record, head, DIGEST, via)),
            signer
        );
        _row(
            "annotate(address,bytes32,bytes27,uint8,bytes32,address)",
            to,
            abi.encodeCall(IContractPatient.annotate, (patient, record, head, 1, DIGEST, via)),
            signer
        );
    }

    function _patientsSide(address to, address signer) private {
        _row(
            "declineRequest(address,address,uint8)",
            to,
            abi.encodeCall(IContractDoctor.declineRequest, (patient, colleague, 1)),
            signer
        );
        _row(
            "grant(address,address,bytes24,uint32,uint40,uint8,uint32,uint40,bytes32)",
            to,
            _grant(),
            signer
        );
        _row(
            "revoke(address,address[],uint32,bytes32)",
            to,
            abi.encodeCall(IContractDoctor.revoke, (patient, list(doctor), EPOCH, DIGEST)),
            signer
        );
        _row(
            "rotateKeys(address,uint32,uint32,bytes32)",
            to,
            abi.encodeCall(IContractDoctor.rotateKeys, (patient, EPOCH, EPOCH + 1, DIGEST)),
            signer
        );
        _row(
            "publishBundle(address,uint32,bytes32)",
            to,
            abi.encodeCall(IContractDoctor.publishBundle, (patient, EPOCH, DIGEST)),
            signer
        );
    }

    function _row(string memory signature, address to, bytes memory data, address signer) private {
        _row(signature, to, data, signer, signer);
    }

    /// @dev One function, five ways; the state is left as it was.
    function _row(
        string memory signature,
        address to,
        bytes memory data,
        address signer,
        address author
    ) private {
        assertEq(bytes4(data), bytes4(keccak256(bytes(signature))), signature);
        uint256 state = vm.snapshotState();
        sendFor(signer, to, data);
        _authors(take(), author, signature);
        _back(state);
        state = vm.snapshotState();
        _inABatch(signature, to, data, signer, author);
        _back(state);
        state = vm.snapshotState();
        _forged(signature, to, data, signer);
        _back(state);
        state = vm.snapshotState();
        _tooLate(to, data, signer);
        _back(state);
        state = vm.snapshotState();
        _superseded(to, data, signer);
        _back(state);
        state = vm.snapshotState();
        _doneOtherwise(signature, to, data, signer);
        _back(state);
    }

    /// @dev Between the requests of two others.
    function _inABatch(
        string memory signature,
        address to,
        bytes memory data,
        address signer,
        address author
    ) private {
        ERC2771Forwarder.ForwardRequestData[] memory requests =
            new ERC2771Forwarder.ForwardRequestData[](3);
        requests[0] = requestOf(otherPatient, address(users), _vault(otherPatient), 0);
        requests[1] = requestOf(signer, to, data, 0);
        requests[2] = requestOf(revoked, address(users), _vault(revoked), 0);
        vm.prank(relay);
        forwarder.executeBatch(requests, payable(relay));
        Entry[] memory entries = take();
        assertEq(entries[0].actor, otherPatient, signature);
        assertEq(entries[entries.length - 1].actor, revoked, signature);
        assertTrue(entries.length > 2, signature);
        for (uint256 i = 1; i < entries.length - 1; ++i) {
            assertEq(entries[i].actor, author, signature);
        }
    }

    /// @dev The signer's address after the calldata, sent by a stranger: directly, and as the tail
    /// of a request that the stranger signed.
    function _forged(string memory signature, address to, bytes memory data, address signer)
        private
    {
        bytes memory tailed = abi.encodePacked(data, signer);
        uint256 state = vm.snapshotState();
        vm.prank(forger);
        (bool done,) = to.call(tailed);
        if (done) _nobodyIs(signer, signature);
        else expectNoEntry();
        _back(state);
        ERC2771Forwarder.ForwardRequestData[] memory requests =
            new ERC2771Forwarder.ForwardRequestData[](1);
        requests[0] = requestOf(forger, to, tailed, 0);
        vm.prank(relay);
        forwarder.executeBatch(requests, payable(relay));
        assertEq(forwarder.nonces(forger), 1, signature);
        if (audit.auditHead(patient) != trailHead(patient)) _nobodyIs(signer, signature);
    }

    function _nobodyIs(address signer, string memory signature) private {
        Entry[] memory entries = take();
        for (uint256 i; i < entries.length; ++i) {
            assertTrue(entries[i].actor != signer, signature);
        }
    }

    function _tooLate(address to, bytes memory data, address signer) private {
        ERC2771Forwarder.ForwardRequestData memory request = requestOf(signer, to, data, 0);
        vm.warp(block.timestamp + 1 hours + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                ERC2771Forwarder.ERC2771ForwarderExpiredRequest.selector, request.deadline
            )
        );
        vm.prank(relay);
        forwarder.execute(request);
        expectNoEntry();
    }

    /// @dev The signer has sent something else under the same nonce, by another relay.
    function _superseded(address to, bytes memory data, address signer) private {
        ERC2771Forwarder.ForwardRequestData memory held = requestOf(signer, to, data, 0);
        ERC2771Forwarder.ForwardRequestData[] memory requests =
            new ERC2771Forwarder.ForwardRequestData[](1);
        requests[0] = requestOf(signer, address(audit), "", 0);
        vm.prank(stranger);
        forwarder.executeBatch(requests, payable(stranger));
        assertEq(forwarder.nonces(signer), 1, "the nonce is used");
        vm.expectRevert();
        vm.prank(relay);
        forwarder.execute(held);
        expectNoEntry();
    }

    function _authors(Entry[] memory entries, address author, string memory signature)
        private
        pure
    {
        assertTrue(entries.length != 0, signature);
        for (uint256 i; i < entries.length; ++i) {
            assertEq(entries[i].actor, author, signature);
        }
    }

    /// @dev The signer has done it without a relay meanwhile: what was held back finds another state
    /// than it names. What may be done again adds nothing that was not signed.
    function _doneOtherwise(string memory signature, address to, bytes memory data, address signer)
        private
    {
        ERC2771Forwarder.ForwardRequestData memory held = requestOf(signer, to, data, 0);
        vm.prank(signer);
        (bool done,) = to.call(data);
        assertTrue(done, signature);
        take();
        if (_mayBeDoneAgain(bytes4(data))) return;
        vm.expectRevert();
        vm.prank(relay);
        forwarder.execute(held);
        expectNoEntry();
    }

    /// @dev The same note or look twice, the same bundle for the same epoch, the same approval of the
    /// same wallet.
    function _mayBeDoneAgain(bytes4 act) private pure returns (bool) {
        return act == IContractPatient.annotate.selector
            || act == IContractDoctor.publishBundle.selector
            || act == IContractAudit.logConsultation.selector
            || act == IContractAudit.logConsultations.selector
            || act == IContractPatient.replaceController.selector;
    }

    function _back(uint256 state) private {
        vm.revertToState(state);
        vm.getRecordedLogs();
    }

    function _vault(address id) private view returns (bytes memory) {
        return abi.encodeCall(IUserAuthentication.setVault, (id, seenVault(id), DIGEST));
    }

    function _add(address creator, address signer, address via)
        private
        view
        returns (bytes memory)
    {
        bytes32 record = recordId(1, creator, string(abi.encodePacked(signer)));
        return abi.encodeCall(IContractPatient.addRecord, (patient, record, EPOCH, DIGEST, via));
    }

    function _grant() private view returns (bytes memory) {
        return abi.encodeCall(
            IContractDoctor.grant,
            (
                patient,
                relayed,
                profileOf(relayed),
                2,
                NOW + 1 days,
                0,
                EPOCH,
                seenExpiry(patient, relayed),
                DIGEST
            )
        );
    }
}
