// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {
    IAccessControlDefaultAdminRules
} from "@openzeppelin/contracts/access/extensions/IAccessControlDefaultAdminRules.sol";
import {ERC2771Forwarder} from "@openzeppelin/contracts/metatx/ERC2771Forwarder.sol";
import {IContractAudit} from "../../../contracts/interfaces/IContractAudit.sol";
import {IContractDoctor} from "../../../contracts/interfaces/IContractDoctor.sol";
import {IContractPatient} from "../../../contracts/interfaces/IContractPatient.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IUserAuthentication} from "../../../contracts/interfaces/IUserAuthentication.sol";
import {AuditTrail} from "./AuditTrail.sol";
import {Signing} from "./Signing.sol";

interface IRelayed {
    function isTrustedForwarder(address forwarder) external view returns (bool);
}

interface IUsers is IUserAuthentication, IRelayed {}

interface IPatients is IContractPatient, IAccessControlDefaultAdminRules, IRelayed {}

interface IDoctors is IContractDoctor, IAccessControlDefaultAdminRules, IRelayed {
    function VERIFIER_ROLE() external view returns (bytes32);
}

/// @notice The forwarder and the four contracts, deployed as migrations/chain deploys them: one
/// deployer, addresses predicted from its nonce, every peer read back. They are taken from their
/// artifacts, so that a changed contract does not have every test compiled again.
abstract contract Deployment is AuditTrail, Signing {
    uint48 internal constant ADMIN_DELAY = 2 days;

    ERC2771Forwarder internal forwarder;
    IUsers internal users;
    IPatients internal patients;
    IDoctors internal doctors;
    ILedger internal ledger;

    address internal admin = wallet("admin");
    address internal verifier = wallet("verifier");
    address internal registrar = wallet("registrar");

    function deploy() internal {
        vm.startPrank(admin);
        forwarder = new ERC2771Forwarder("MedRec Forwarder");
        uint256 nonce = vm.getNonce(admin);
        address[4] memory peers;
        for (uint256 i; i < 4; ++i) {
            peers[i] = vm.computeCreateAddress(admin, nonce + i);
        }
        audit = IContractAudit(
            create(codeOf("ContractAudit", abi.encode(forwarder, peers[1], peers[2], peers[3])))
        );
        users = IUsers(create(codeOf("UserAuthentication", abi.encode(forwarder, peers[0]))));
        bytes memory administered = abi.encode(forwarder, peers[0], ADMIN_DELAY, admin);
        patients = IPatients(create(codeOf("ContractPatient", administered)));
        doctors = IDoctors(create(codeOf("ContractDoctor", administered)));
        patients.grantRole(patients.REGISTRAR_ROLE(), registrar);
        doctors.grantRole(doctors.VERIFIER_ROLE(), verifier);
        vm.stopPrank();
        ledger = ILedger(address(audit));
        _readBack();
    }

    /// @dev The creation code of one of our contracts, with its arguments.
    function codeOf(string memory name, bytes memory arguments)
        internal
        view
        returns (bytes memory)
    {
        return abi.encodePacked(vm.getCode(string.concat(name, ".sol:", name)), arguments);
    }

    /// @dev Creates a contract; reverts as its constructor does.
    function create(bytes memory code) internal returns (address made) {
        assembly ("memory-safe") {
            made := create(0, add(code, 0x20), mload(code))
            if iszero(made) {
                let answer := mload(0x40)
                returndatacopy(answer, 0, returndatasize())
                revert(answer, returndatasize())
            }
        }
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
