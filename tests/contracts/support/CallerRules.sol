// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {IAccessControl} from "@openzeppelin/contracts/access/IAccessControl.sol";
import {Reasons} from "../../../contracts/libraries/Actions.sol";
import {Errors} from "../../../contracts/libraries/Errors.sol";
import {Fixture} from "./Fixture.sol";

/// @notice Who may call what, and what everybody else is told. The callers are the patient, a doctor
/// with a live grant, and all those who hold no right over the patient, or a wrong one; the forwarder
/// speaks in its own name, as if it had signed.
abstract contract CallerRules is Fixture {
    enum Rule {
        NewDoctor,
        Newcomer,
        NewPatient,
        Registrar,
        Verifier,
        Controller,
        ControllerOfVerified,
        Replacer,
        PatientWriter,
        PatientGranter,
        PatientRevoker,
        PatientRotator,
        Writer,
        Reader,
        ViaDoctor,
        LoggerViaDoctor,
        Logger,
        Verified,
        Requester,
        NoRequest,
        Unsigned
    }

    bytes32 internal constant COMMITMENT = keccak256("the commitment of the verified patient");

    /// @dev A verified doctor without a grant, as whom nobody calls.
    address internal relayed = wallet("another doctor");
    /// @dev A patient with an identity, and a replacement by `relayed` announced.
    address internal verified = wallet("verified patient");

    function setUp() public virtual override {
        super.setUp();
        enrolDoctor(relayed);
        setStatus(relayed, 2);
        enrolPatient(verified);
        vm.prank(registrar);
        patients.verifyIdentity(verified, 0, COMMITMENT, DIGEST);
        delegate(verified, patient, REPLACE, UNTIL);
        vm.prank(registrar);
        patients.replaceController(verified, relayed);
        vm.prank(patient);
        patients.replaceController(verified, relayed);
        vm.prank(colleague);
        doctors.requestAccess(patient, 0, DIGEST, NONE);
        take();
    }

    function callers() internal view returns (address[19] memory) {
        return [
            stranger,
            otherPatient,
            pending,
            suspended,
            refused,
            ungranted,
            expired,
            revoked,
            guardian,
            aide,
            former,
            nurse,
            clerk,
            registrar,
            verifier,
            admin,
            patient,
            doctor,
            address(forwarder)
        ];
    }

    /// @dev Calls as everybody, and compares what they are told.
    function _row(string memory signature, address target, bytes memory data, Rule rule) internal {
        address[19] memory everybody = callers();
        for (uint256 i; i < everybody.length; ++i) {
            _cell(signature, target, data, rule, everybody[i]);
        }
    }

    /// @dev Calls as one of them, and leaves the state as it was.
    function _cell(
        string memory signature,
        address target,
        bytes memory data,
        Rule rule,
        address caller
    ) internal {
        assertEq(bytes4(data), bytes4(keccak256(bytes(signature))), signature);
        bytes memory expected = _refusal(rule, caller);
        if (caller == address(forwarder)) data = abi.encodePacked(data, caller);
        uint256 state = vm.snapshotState();
        vm.prank(caller);
        (bool done, bytes memory answer) = target.call(data);
        string memory what = string.concat(signature, " by ", _name(caller));
        assertTrue(done == (expected.length == 0), what);
        if (!done) {
            assertEq(keccak256(answer), keccak256(expected), what);
            expectNoEntry();
        }
        vm.revertToState(state);
        vm.getRecordedLogs();
    }

    /// @dev What a caller is told; nothing: the call is theirs to make.
    function _refusal(Rule rule, address caller) private view returns (bytes memory) {
        if (rule == Rule.NewDoctor) {
            uint8 turn = seenProfiles(caller);
            if (turn == 0) return "";
            return abi.encodeWithSelector(Errors.StaleState.selector, turn);
        }
        if (rule == Rule.Newcomer) return _newcomer(caller);
        if (rule == Rule.NewPatient) {
            if (caller != otherPatient && caller != patient) return "";
            return _with(Errors.AlreadyRegistered.selector, caller);
        }
        if (rule == Rule.Registrar) {
            return caller == registrar ? bytes("") : _noRole(caller, patients.REGISTRAR_ROLE());
        }
        if (rule == Rule.Verifier) {
            return caller == verifier ? bytes("") : _noRole(caller, doctors.VERIFIER_ROLE());
        }
        if (rule == Rule.Controller) {
            return caller == patient ? bytes("") : _notController(patient, caller);
        }
        if (rule == Rule.ControllerOfVerified) return _notController(verified, caller);
        if (rule == Rule.Unsigned) return abi.encodePacked(Errors.BadSignature.selector);
        if (rule == Rule.NoRequest) return abi.encodePacked(Errors.NoRequest.selector);
        if (rule <= Rule.PatientRotator) return _patientsSide(rule, caller);
        if (rule == Rule.ViaDoctor) return _viaDoctor(caller, WRITE);
        if (rule == Rule.LoggerViaDoctor) return _viaDoctor(caller, LOG);
        return _grantee(rule, caller);
    }

    function _newcomer(address caller) private view returns (bytes memory) {
        if (users.getUser(caller).role != 0) {
            return _with(Errors.AlreadyRegistered.selector, caller);
        }
        return abi.encodePacked(Errors.BadSignature.selector);
    }

    function _patientsSide(Rule rule, address caller) private view returns (bytes memory) {
        if (caller == guardian || (caller == patient && rule != Rule.Replacer)) return "";
        if (rule == Rule.Replacer && caller == registrar) return "";
        if (caller == former) {
            return abi.encodeWithSelector(Errors.DelegationEnded.selector, EXPIRED);
        }
        if (caller != aide) return _notController(patient, caller);
        uint16 power = WRITE;
        if (rule == Rule.Replacer) power = REPLACE;
        if (rule == Rule.PatientGranter) power = GRANT;
        if (rule == Rule.PatientRevoker) power = REVOKE;
        if (rule == Rule.PatientRotator) power = ROTATE;
        return abi.encodeWithSelector(Errors.DelegateLacksPower.selector, LOG, power);
    }

    function _viaDoctor(address caller, uint16 power) private view returns (bytes memory) {
        if (caller == nurse) return "";
        if (caller == clerk) {
            return abi.encodeWithSelector(Errors.DelegateLacksPower.selector, ROTATE, power);
        }
        return abi.encodeWithSelector(Errors.NoDelegation.selector, doctor, caller);
    }

    function _grantee(Rule rule, address caller) private view returns (bytes memory) {
        if (caller == doctor) return "";
        if (caller == patient) {
            if (rule == Rule.Reader) return "";
            if (rule == Rule.Requester) return _with(Errors.SelfGrant.selector, patient);
            if (rule == Rule.Writer) {
                return abi.encodeWithSelector(Errors.WrongCreator.selector, doctor, patient);
            }
        }
        if (caller == ungranted || caller == expired || caller == revoked) {
            if (rule == Rule.Verified || rule == Rule.Requester) return "";
            if (rule == Rule.Logger) {
                uint8 reason = caller == ungranted ? Reasons.NO_GRANT : Reasons.OUTSIDE_GRANT;
                return abi.encodeWithSelector(
                    Errors.ConsultationRefused.selector, patient, doctorRecord, reason
                );
            }
            if (caller == ungranted) return _with(Errors.NoGrant.selector, caller);
            uint40 end = caller == expired ? EXPIRED : REVOKED;
            return abi.encodeWithSelector(Errors.GrantEnded.selector, end);
        }
        (,,, uint8 status,) = doctors.doctorOf(caller);
        return abi.encodeWithSelector(Errors.NotVerified.selector, caller, status);
    }

    function _notController(address id, address caller) private pure returns (bytes memory) {
        return abi.encodeWithSelector(Errors.NotController.selector, id, caller);
    }

    function _noRole(address caller, bytes32 role) private pure returns (bytes memory) {
        return abi.encodeWithSelector(
            IAccessControl.AccessControlUnauthorizedAccount.selector, caller, role
        );
    }

    function _with(bytes4 selector, address about) private pure returns (bytes memory) {
        return abi.encodeWithSelector(selector, about);
    }

    function _name(address caller) private view returns (string memory) {
        string[19] memory names = [
            "stranger",
            "another patient",
            "pending doctor",
            "suspended doctor",
            "refused doctor",
            "doctor without a grant",
            "expired grantee",
            "revoked grantee",
            "guardian",
            "delegate without the power",
            "former delegate",
            "nurse",
            "clerk",
            "registrar",
            "verifier",
            "admin",
            "patient",
            "doctor",
            "forwarder"
        ];
        address[19] memory everybody = callers();
        for (uint256 i; i < names.length; ++i) {
            if (everybody[i] == caller) return names[i];
        }
        return "";
    }
}
