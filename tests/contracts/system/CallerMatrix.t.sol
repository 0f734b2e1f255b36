// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {CallerRules} from "../support/CallerRules.sol";
import {IContractAudit} from "../../../contracts/interfaces/IContractAudit.sol";
import {IContractDoctor} from "../../../contracts/interfaces/IContractDoctor.sol";
import {IContractPatient} from "../../../contracts/interfaces/IContractPatient.sol";
import {IUserAuthentication} from "../../../contracts/interfaces/IUserAuthentication.sol";

/// @dev Every state-changing function, called by everybody who should not: what each is told.
/// test_matrix.py compares the signatures with the ABIs, so that no function is forgotten.
contract CallerMatrixTest is CallerRules {
    function test_UserAuthentication() external {
        _row(
            "register(uint8,address,bytes32,bytes)",
            address(users),
            abi.encodeCall(IUserAuthentication.register, (1, stranger, DIGEST, new bytes(65))),
            Rule.Newcomer
        );
        _row(
            "rotateAuthenticator(address,address,address)",
            address(users),
            abi.encodeCall(
                IUserAuthentication.rotateAuthenticator,
                (patient, seenAuthenticator(patient), stranger)
            ),
            Rule.Controller
        );
        _row(
            "setVault(address,bytes32,bytes32)",
            address(users),
            abi.encodeCall(IUserAuthentication.setVault, (patient, seenVault(patient), DIGEST)),
            Rule.Controller
        );
        _row(
            "setDelegate(address,address,uint32,uint16,uint32,uint40,uint40)",
            address(users),
            abi.encodeCall(
                IUserAuthentication.setDelegate,
                (patient, relayed, 2, 63, 1, UNTIL, seenDelegation(patient, relayed))
            ),
            Rule.Controller
        );
        _row(
            "deactivate(address)",
            address(users),
            abi.encodeCall(IUserAuthentication.deactivate, (patient)),
            Rule.Controller
        );
    }

    /// @dev Each with a binding that the caller has signed: a key of one's own for the patient.
    function test_UserAuthentication_Keys() external {
        address[19] memory everybody = callers();
        for (uint256 i; i < everybody.length; ++i) {
            if (everybody[i] == address(forwarder)) continue; // It has no key to sign with.
            bytes memory binding =
                signed(everybody[i], domain(address(users)), bindingHash(DIGEST, 2));
            _cell(
                "rotateEncryptionKey(address,bytes32,uint32,bytes)",
                address(users),
                abi.encodeCall(
                    IUserAuthentication.rotateEncryptionKey, (patient, DIGEST, 2, binding)
                ),
                Rule.Controller,
                everybody[i]
            );
        }
    }

    function test_ContractPatient_People() external {
        _row(
            "registerPatient()",
            address(patients),
            abi.encodeCall(IContractPatient.registerPatient, ()),
            Rule.NewPatient
        );
        _row(
            "verifyIdentity(address,uint8,bytes32,bytes32)",
            address(patients),
            abi.encodeCall(
                IContractPatient.verifyIdentity, (patient, seenTurn(patient), DIGEST, NEXT_DIGEST)
            ),
            Rule.Registrar
        );
        _row(
            "releaseIdentity(address,uint8,bytes32,bytes32)",
            address(patients),
            abi.encodeCall(
                IContractPatient.releaseIdentity, (verified, seenTurn(verified), COMMITMENT, DIGEST)
            ),
            Rule.Registrar
        );
        _row(
            "setPatientStatus(address,uint8,uint8,bytes32)",
            address(patients),
            abi.encodeCall(
                IContractPatient.setPatientStatus, (patient, seenTurn(patient), 4, DIGEST)
            ),
            Rule.Registrar
        );
        _row(
            "setReplacementDelay(address,uint40,uint32)",
            address(patients),
            abi.encodeCall(
                IContractPatient.setReplacementDelay, (patient, seenDelay(patient), 3 days)
            ),
            Rule.Controller
        );
        _row(
            "replaceController(address,address)",
            address(patients),
            abi.encodeCall(IContractPatient.replaceController, (patient, relayed)),
            Rule.Replacer
        );
        _row(
            "vetoReplacement(address,address)",
            address(patients),
            abi.encodeCall(IContractPatient.vetoReplacement, (verified, relayed)),
            Rule.ControllerOfVerified
        );
        _row(
            "completeReplacement(address,address)",
            address(patients),
            abi.encodeCall(IContractPatient.completeReplacement, (verified, relayed)),
            Rule.ControllerOfVerified
        );
    }

    /// @dev Each record function three times: as a grantee, by way of the doctor, as the patient.
    function test_ContractPatient_Records() external {
        Rule[3] memory rules = [Rule.Writer, Rule.ViaDoctor, Rule.PatientWriter];
        address[3] memory vias = [NONE, doctor, patient];
        bytes27 head = headOf(doctorRecord);
        for (uint256 i; i < 3; ++i) {
            address creator = i == 2 ? patient : doctor;
            bytes32 fresh = recordId(1, creator, "matrix");
            bytes32 record = i == 2 ? ownRecord : doctorRecord;
            if (i == 2) head = headOf(ownRecord);
            _row(
                "addRecord(address,bytes32,uint32,bytes32,address)",
                address(patients),
                abi.encodeCall(
                    IContractPatient.addRecord, (patient, fresh, EPOCH, DIGEST, vias[i])
                ),
                rules[i]
            );
            _row(
                "updateRecord(address,bytes32,bytes27,uint32,bytes32,address)",
                address(patients),
                abi.encodeCall(
                    IContractPatient.updateRecord, (patient, record, head, EPOCH, DIGEST, vias[i])
                ),
                rules[i]
            );
            _row(
                "archiveRecord(address,bytes32,bytes27,bytes32,address)",
                address(patients),
                abi.encodeCall(
                    IContractPatient.archiveRecord, (patient, record, head, DIGEST, vias[i])
                ),
                rules[i]
            );
            _row(
                "annotate(address,bytes32,bytes27,uint8,bytes32,address)",
                address(patients),
                abi.encodeCall(
                    IContractPatient.annotate, (patient, record, head, 1, DIGEST, vias[i])
                ),
                i == 0 ? Rule.Reader : rules[i]
            );
        }
        _row(
            "hideRecord(address,bytes32,uint8,bool)",
            address(patients),
            abi.encodeCall(
                IContractPatient.hideRecord,
                (patient, doctorRecord, seenFlags(patient, doctorRecord), true)
            ),
            Rule.PatientWriter
        );
    }

    function test_ContractDoctor_DoctorsSide() external {
        _row(
            "registerDoctor(uint8,bytes32)",
            address(doctors),
            abi.encodeCall(IContractDoctor.registerDoctor, (0, DIGEST)),
            Rule.NewDoctor
        );
        _row(
            "setDoctorStatus(address,bytes24,uint16,uint40,uint8,bytes32)",
            address(doctors),
            abi.encodeCall(
                IContractDoctor.setDoctorStatus,
                (pending, profileOf(pending), seenVersion(pending), seenSince(pending), 2, DIGEST)
            ),
            Rule.Verifier
        );
        _row(
            "requestAccess(address,uint8,bytes32,address)",
            address(doctors),
            abi.encodeCall(IContractDoctor.requestAccess, (patient, 0, DIGEST, NONE)),
            Rule.Requester
        );
        _row(
            "withdrawRequest(address,uint8,address)",
            address(doctors),
            abi.encodeCall(IContractDoctor.withdrawRequest, (patient, 1, NONE)),
            Rule.NoRequest
        );
    }

    function test_ContractDoctor_PatientsSide() external {
        _row(
            "declineRequest(address,address,uint8)",
            address(doctors),
            abi.encodeCall(IContractDoctor.declineRequest, (patient, colleague, 1)),
            Rule.PatientGranter
        );
        _row(
            "grant(address,address,bytes24,uint32,uint40,uint8,uint32,uint40,bytes32)",
            address(doctors),
            abi.encodeCall(
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
            ),
            Rule.PatientGranter
        );
        _row(
            "revoke(address,address[],uint32,bytes32)",
            address(doctors),
            abi.encodeCall(IContractDoctor.revoke, (patient, list(doctor), EPOCH, DIGEST)),
            Rule.PatientRevoker
        );
        _row(
            "rotateKeys(address,uint32,uint32,bytes32)",
            address(doctors),
            abi.encodeCall(IContractDoctor.rotateKeys, (patient, EPOCH, EPOCH + 1, DIGEST)),
            Rule.PatientRotator
        );
        _row(
            "publishBundle(address,uint32,bytes32)",
            address(doctors),
            abi.encodeCall(IContractDoctor.publishBundle, (patient, EPOCH, DIGEST)),
            Rule.PatientRotator
        );
    }

    function test_ContractAudit() external {
        _row(
            "logConsultation(address,bytes32,uint40,bytes32,address)",
            address(audit),
            abi.encodeCall(
                IContractAudit.logConsultation, (patient, doctorRecord, NOW, DIGEST, NONE)
            ),
            Rule.Logger
        );
        _row(
            "logConsultation(address,bytes32,uint40,bytes32,address)",
            address(audit),
            abi.encodeCall(
                IContractAudit.logConsultation, (patient, doctorRecord, NOW, DIGEST, doctor)
            ),
            Rule.LoggerViaDoctor
        );
        _row(
            "logConsultations(bytes)",
            address(audit),
            abi.encodeCall(
                IContractAudit.logConsultations,
                (abi.encodePacked(NONE, patient, doctorRecord, NOW, DIGEST))
            ),
            Rule.Verified
        );
        _row(
            "anchorReceipts(bytes32,uint32,bytes32)",
            address(audit),
            abi.encodeCall(IContractAudit.anchorReceipts, (DIGEST, 1, DIGEST)),
            Rule.Verified
        );
        IContractAudit.Receipt memory receipt =
            IContractAudit.Receipt(patient, doctor, doctorRecord, NOW, DIGEST, NONE);
        _row(
            "proveReceipt(bytes32,(address,address,bytes32,uint40,bytes32,address),bytes32[])",
            address(audit),
            abi.encodeCall(IContractAudit.proveReceipt, (DIGEST, receipt, new bytes32[](0))),
            Rule.Unsigned
        );
        _row(
            "submitReceipt((address,address,bytes32,uint40,bytes32,address),bytes)",
            address(audit),
            abi.encodeCall(IContractAudit.submitReceipt, (receipt, new bytes(65))),
            Rule.Unsigned
        );
    }
}
