// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Errors} from "../../../contracts/libraries/Errors.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {Fixture} from "../support/Fixture.sol";

/// @dev The ledger's functions trust their caller with everything: each is one peer's alone.
contract PeersTest is Fixture {
    function test_RevertWhen_NotUserAuthentication() external {
        bytes[2] memory calls = [
            abi.encodeCall(ILedger.logAccount, (patient, patient, 1, DIGEST, false)),
            abi.encodeCall(ILedger.storeDelegation, (patient, patient, stranger, 1 << 200))
        ];
        for (uint256 i; i < calls.length; ++i) {
            _refusedBut(address(users), calls[i]);
        }
    }

    function test_RevertWhen_NotContractPatient() external {
        bytes[5] memory calls = [
            abi.encodeCall(ILedger.registerPatient, (stranger)),
            abi.encodeCall(ILedger.storeStatus, (patient, patient, 7, 2, DIGEST, 1, DIGEST)),
            abi.encodeCall(ILedger.logReplacement, (patient, patient, NONE, DIGEST, 1, DIGEST)),
            abi.encodeCall(ILedger.storeController, (patient, stranger)),
            abi.encodeCall(ILedger.logRecord, (patient, patient, NONE, ownRecord, 1 << 184, DIGEST))
        ];
        for (uint256 i; i < calls.length; ++i) {
            _refusedBut(address(patients), calls[i]);
        }
    }

    function test_RevertWhen_NotContractDoctor() external {
        bytes[4] memory calls = [
            abi.encodeCall(ILedger.storeDoctor, (stranger, 2, stranger, 1, DIGEST)),
            abi.encodeCall(
                ILedger.storeGrant, (patient, stranger, type(uint256).max, patient, NONE, 1, DIGEST)
            ),
            abi.encodeCall(ILedger.endGrants, (patient, patient, list(doctor), EPOCH, DIGEST)),
            abi.encodeCall(ILedger.storeEpoch, (patient, patient, EPOCH, 9, 1, DIGEST))
        ];
        for (uint256 i; i < calls.length; ++i) {
            _refusedBut(address(doctors), calls[i]);
        }
    }

    /// @dev Not even through the forwarder with a peer's address as the suffix.
    function test_RevertWhen_APeersAddressIsForwarded() external {
        bytes memory call = abi.encodePacked(
            abi.encodeCall(ILedger.storeController, (patient, stranger)), address(patients)
        );
        vm.prank(address(forwarder));
        (bool done, bytes memory answer) = address(audit).call(call);
        assertFalse(done, "refused");
        assertEq(
            keccak256(answer),
            keccak256(abi.encodeWithSelector(Errors.NotPeer.selector, address(forwarder))),
            "as the forwarder"
        );
    }

    function test_RevertWhen_WiredToNobody() external {
        bytes memory administered = abi.encode(forwarder, address(0), ADMIN_DELAY, admin);
        _refusedCreation(codeOf("UserAuthentication", abi.encode(forwarder, address(0))));
        _refusedCreation(codeOf("ContractPatient", administered));
        _refusedCreation(codeOf("ContractDoctor", administered));
        for (uint256 i; i < 3; ++i) {
            address[3] memory peers = [address(users), address(patients), address(doctors)];
            peers[i] = address(0);
            _refusedCreation(
                codeOf("ContractAudit", abi.encode(forwarder, peers[0], peers[1], peers[2]))
            );
        }
    }

    function test_Heads_BeginAtTheGenesis() external view {
        assertEq(audit.genesisHead(stranger), genesis(stranger), "a stranger's");
        assertEq(audit.genesisHead(address(0)), genesis(address(0)), "the common chain's");
        assertEq(audit.auditHead(stranger), genesis(stranger), "no chain yet");
        assertEq(audit.auditHead(doctor), genesis(doctor), "a doctor has none");
        assertEq(audit.auditHead(patient), trailHead(patient), "the patient's");
        assertEq(audit.auditHead(address(0)), trailHead(address(0)), "the common one");
        assertEq(audit.domainSeparator(), domain(address(audit)), "domain");
    }

    function _refusedCreation(bytes memory code) private {
        refuse(Errors.NotPeer.selector, address(0));
        create(code);
    }

    /// @dev Everybody but the peer is refused: people, the administrators, and the other peers.
    function _refusedBut(address peer, bytes memory call) private {
        address[10] memory callers = [
            stranger,
            patient,
            doctor,
            admin,
            verifier,
            address(forwarder),
            address(users),
            address(patients),
            address(doctors),
            address(audit)
        ];
        for (uint256 i; i < callers.length; ++i) {
            if (callers[i] == peer) continue;
            vm.prank(callers[i]);
            (bool done, bytes memory answer) = address(audit).call(call);
            assertFalse(done, "refused");
            assertEq(
                keccak256(answer),
                keccak256(abi.encodeWithSelector(Errors.NotPeer.selector, callers[i])),
                "NotPeer"
            );
        }
        expectNoEntry();
    }
}
