// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";
import {IContractAudit} from "../../../contracts/interfaces/IContractAudit.sol";
import {IContractDoctor} from "../../../contracts/interfaces/IContractDoctor.sol";
import {IContractPatient} from "../../../contracts/interfaces/IContractPatient.sol";
import {IUserAuthentication} from "../../../contracts/interfaces/IUserAuthentication.sol";
import {Actions} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {MetaWord} from "../support/AuditTrail.sol";
import {Relaying} from "../support/Relaying.sol";

/// @dev A clinic relays what its patients and doctors sign; the author stays who signed.
contract ForwarderTest is Relaying {
    using MetaWord for uint256;

    function test_Execute_NamesTheSignerInEachContract() external {
        sendFor(patient, address(patients), _addRecord(patient, "relayed"));
        assertEq(take()[0].actor, patient, "ContractPatient");
        sendFor(patient, address(doctors), _grant());
        assertEq(take()[0].actor, patient, "ContractDoctor");
        sendFor(
            patient,
            address(users),
            abi.encodeCall(IUserAuthentication.setVault, (patient, seenVault(patient), DIGEST))
        );
        assertEq(take()[0].actor, patient, "UserAuthentication");
        sendFor(
            doctor,
            address(audit),
            abi.encodeCall(
                IContractAudit.logConsultation, (patient, doctorRecord, NOW, DIGEST, NONE)
            )
        );
        expectEntry(
            patient, doctor, doctorRecord, meta(Actions.CONSULTED).slot(2).epoch(EPOCH), DIGEST
        );
    }

    function test_Execute_BulkAndReceiptsAndRoles() external {
        sendFor(
            doctor,
            address(audit),
            abi.encodeCall(
                IContractAudit.logConsultations,
                (abi.encodePacked(NONE, patient, doctorRecord, NOW, DIGEST))
            )
        );
        assertEq(take()[0].actor, doctor, "in bulk");
        sendFor(
            doctor,
            address(audit),
            abi.encodeCall(IContractAudit.anchorReceipts, (DIGEST, 3, DIGEST))
        );
        assertEq(take()[0].actor, doctor, "an anchor");
        sendFor(
            verifier,
            address(doctors),
            abi.encodeCall(
                IContractDoctor.setDoctorStatus,
                (pending, profileOf(pending), seenVersion(pending), seenSince(pending), 2, DIGEST)
            )
        );
        assertEq(take()[0].actor, verifier, "a verifier");
        sendFor(
            registrar,
            address(patients),
            abi.encodeCall(
                IContractPatient.verifyIdentity, (patient, seenTurn(patient), DIGEST, NEXT_DIGEST)
            )
        );
        assertEq(take()[0].actor, registrar, "a registrar");
    }

    function test_Execute_ADelegate() external {
        sendFor(
            nurse,
            address(patients),
            abi.encodeCall(
                IContractPatient.addRecord,
                (patient, recordId(1, doctor, "relayed"), EPOCH, DIGEST, doctor)
            )
        );
        Entry[] memory entries = take();
        assertEq(entries[0].actor, nurse, "the delegate");
        sameVia(entries[1], entries[0], doctor, 1);
    }

    /// @dev Without the forwarder an appended address is nothing but surplus calldata.
    function test_RevertWhen_TheSuffixIsForged() external {
        bytes memory call = abi.encodePacked(
            abi.encodeCall(IContractDoctor.revoke, (patient, list(doctor), EPOCH, DIGEST)), patient
        );
        vm.prank(stranger);
        (bool done, bytes memory answer) = address(doctors).call(call);
        assertFalse(done, "refused");
        assertEq(
            keccak256(answer),
            keccak256(abi.encodeWithSelector(Errors.NotController.selector, patient, stranger)),
            "as the stranger"
        );
        enrol(stranger, 1);
        take();
        vm.prank(stranger);
        (done,) = address(patients)
            .call(abi.encodePacked(abi.encodeCall(IContractPatient.registerPatient, ()), relay));
        assertTrue(done, "registered");
        assertEq(take()[0].actor, stranger, "the stranger, not the suffix");
        assertEq(patients.patientOf(relay).status, 0, "nobody else");
    }

    function test_RevertWhen_SignedBySomebodyElse() external {
        ERC2771Forwarder.ForwardRequestData memory request =
            requestOf(patient, address(doctors), _grant(), 0);
        request.signature = requestOf(stranger, address(doctors), _grant(), 0).signature;
        vm.expectRevert();
        vm.prank(relay);
        forwarder.execute(request);
        expectNoEntry();
    }

    function test_RevertWhen_Replayed() external {
        ERC2771Forwarder.ForwardRequestData memory request =
            requestOf(patient, address(patients), _addRecord(patient, "once"), 0);
        forwarder.execute(request);
        vm.expectRevert();
        forwarder.execute(request);
    }

    function test_RevertWhen_TooLate() external {
        ERC2771Forwarder.ForwardRequestData memory request =
            requestOf(patient, address(doctors), _grant(), 0);
        vm.warp(NOW + 1 hours + 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                ERC2771Forwarder.ERC2771ForwarderExpiredRequest.selector, NOW + 1 hours
            )
        );
        forwarder.execute(request);
    }

    /// @dev A grant that a relay held back past the revocation names an epoch that is over.
    function test_RevertWhen_AGrantIsHeldBack() external {
        open(ungranted, 2, UNTIL);
        ERC2771Forwarder.ForwardRequestData memory request =
            requestOf(patient, address(doctors), _grant(), 0);
        endGrant(ungranted);
        vm.expectRevert();
        forwarder.execute(request);
        assertFalse(doctors.isAuthorized(patient, ungranted, 1, false), "still revoked");
    }

    /// @dev The transaction succeeds although an inner call did not: success is our entry alone.
    function test_ExecuteBatch_OneBadCallLeavesTheOthers() external {
        ERC2771Forwarder.ForwardRequestData[] memory requests =
            new ERC2771Forwarder.ForwardRequestData[](3);
        requests[0] = requestOf(patient, address(patients), _addRecord(patient, "first"), 0);
        requests[1] = requestOf(stranger, address(doctors), _grant(), 0);
        requests[2] = requestOf(patient, address(patients), _addRecord(patient, "second"), 1);
        vm.prank(relay);
        forwarder.executeBatch(requests, payable(relay));
        Entry[] memory entries = take();
        assertEq(entries.length, 2, "the two good ones");
        assertEq(entries[0].ref, recordId(1, patient, "first"), "the first");
        assertEq(entries[1].ref, recordId(1, patient, "second"), "the second");
        assertEq(forwarder.nonces(stranger), 1, "the bad one's nonce is burned");
        assertFalse(doctors.isAuthorized(patient, ungranted, 1, false), "nothing granted");
    }

    function test_ExecuteBatch_SkipsWhatIsNotSigned() external {
        ERC2771Forwarder.ForwardRequestData[] memory requests =
            new ERC2771Forwarder.ForwardRequestData[](2);
        requests[0] = requestOf(patient, address(doctors), _grant(), 0);
        requests[0].signature = new bytes(65);
        requests[1] = requestOf(doctor, address(patients), _addRecord(doctor, "good"), 0);
        vm.prank(relay);
        forwarder.executeBatch(requests, payable(relay));
        Entry[] memory entries = take();
        assertEq(entries.length, 1, "the signed one");
        assertEq(entries[0].actor, doctor, "the doctor's");
        assertEq(forwarder.nonces(patient), 0, "the nonce is kept");
    }

    function test_RevertWhen_ABatchMustBeWhole() external {
        ERC2771Forwarder.ForwardRequestData[] memory requests =
            new ERC2771Forwarder.ForwardRequestData[](2);
        requests[0] = requestOf(patient, address(patients), _addRecord(patient, "first"), 0);
        requests[1] = requestOf(doctor, address(patients), _addRecord(doctor, "bad"), 7);
        vm.expectRevert();
        vm.prank(relay);
        forwarder.executeBatch(requests, payable(address(0)));
        expectNoEntry();
    }

    function test_IsTrustedForwarder_ThisOneAlone() external view {
        assertTrue(users.isTrustedForwarder(address(forwarder)), "users");
        assertTrue(patients.isTrustedForwarder(address(forwarder)), "patients");
        assertTrue(doctors.isTrustedForwarder(address(forwarder)), "doctors");
        assertFalse(users.isTrustedForwarder(relay), "not a relay");
        assertFalse(doctors.isTrustedForwarder(admin), "not the admin");
    }

    function _addRecord(address author, string memory salt) private view returns (bytes memory) {
        return abi.encodeCall(
            IContractPatient.addRecord, (patient, recordId(1, author, salt), EPOCH, DIGEST, NONE)
        );
    }

    function _grant() private view returns (bytes memory) {
        return abi.encodeCall(
            IContractDoctor.grant,
            (
                patient,
                ungranted,
                profileOf(ungranted),
                2,
                UNTIL,
                0,
                EPOCH,
                seenExpiry(patient, ungranted),
                DIGEST
            )
        );
    }
}
