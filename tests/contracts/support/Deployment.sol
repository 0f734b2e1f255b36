// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";
import {IContractAudit} from "../../../contracts/interfaces/IContractAudit.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {ContractAudit} from "../../../contracts/ContractAudit.sol";
import {ContractDoctor} from "../../../contracts/ContractDoctor.sol";
import {ContractPatient} from "../../../contracts/ContractPatient.sol";
import {UserAuthentication} from "../../../contracts/UserAuthentication.sol";
import {AuditTrail} from "./AuditTrail.sol";
import {Signing} from "./Signing.sol";

/// @notice The forwarder and the four contracts, deployed as migrations/chain deploys them: one
/// deployer, addresses predicted from its nonce, every peer read back.
abstract contract Deployment is AuditTrail, Signing {
    uint48 internal constant ADMIN_DELAY = 2 days;

    ERC2771Forwarder internal forwarder;
    UserAuthentication internal users;
    ContractPatient internal patients;
    ContractDoctor internal doctors;
    ILedger internal ledger;

    address internal admin = wallet("admin");
    address internal verifier = wallet("verifier");
    address internal registrar = wallet("registrar");

    function deploy() internal {
        vm.startPrank(admin);
        forwarder = new ERC2771Forwarder("MedRec Forwarder");
        uint256 nonce = vm.getNonce(admin);
        address[4] memory peers;
        for (uint256 i; i < 4; ++i) peers[i] = vm.computeCreateAddress(admin, nonce + i);
        audit = IContractAudit(
            address(new ContractAudit(address(forwarder), peers[1], peers[2], peers[3]))
        );
        users = new UserAuthentication(address(forwarder), peers[0]);
        patients = new ContractPatient(address(forwarder), peers[0], ADMIN_DELAY, admin);
        doctors = new ContractDoctor(address(forwarder), peers[0], ADMIN_DELAY, admin);
        patients.grantRole(patients.REGISTRAR_ROLE(), registrar);
        doctors.grantRole(doctors.VERIFIER_ROLE(), verifier);
        vm.stopPrank();
        ledger = ILedger(address(audit));
        _readBack();
    }

    function _readBack() private view {
        assertEq(audit.userAuthentication(), address(users), "users as predicted");
        assertEq(audit.contractPatient(), address(patients), "patients as predicted");
        assertEq(audit.contractDoctor(), address(doctors), "doctors as predicted");
        assertEq(users.contractAudit(), address(audit), "audit of users");
        assertEq(patients.contractAudit(), address(audit), "audit of patients");
        assertEq(doctors.contractAudit(), address(audit), "audit of doctors");
    }
}
