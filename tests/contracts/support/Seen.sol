// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Words} from "../../../contracts/libraries/Words.sol";
import {Deployment} from "./Deployment.sol";

/// @notice The state that an act has to name, as a signer sees it. It is read from storage, so that
/// a test may ask for it between vm.prank and the act.
abstract contract Seen is Deployment {
    // Slots of the mappings, as `forge inspect` gives them.
    uint256 private constant SUBJECTS = 0;
    uint256 private constant DOCTORS_WORDS = 2;
    uint256 private constant GRANTS = 3;
    uint256 private constant DELEGATIONS = 4;
    uint256 private constant USERS = 2;
    uint256 private constant VAULTS = 4;
    uint256 private constant DELAYS = 3;
    uint256 private constant RECORDS = 6;

    /// @dev How often registrars have set the patient's status or identity.
    function seenTurn(address id) internal view returns (uint8) {
        uint256 subject = _word(address(audit), _at(id, SUBJECTS));
        return uint8((subject & Words.TURN_MASK) >> Words.SUBJECT_TURN);
    }

    /// @dev How often a doctor has registered a profile.
    function seenProfiles(address id) internal view returns (uint8) {
        return uint8((_doctor(id) & Words.DOCTOR_TURN_MASK) >> Words.DOCTOR_TURN);
    }

    function seenVersion(address id) internal view returns (uint16) {
        return Words.profileVersionOf(_doctor(id));
    }

    function seenSince(address id) internal view returns (uint40) {
        return Words.doctorSince(_doctor(id));
    }

    function seenRequests(address id, address grantee) internal view returns (uint8) {
        return Words.requestsOf(_grantWord(id, grantee));
    }

    function seenExpiry(address id, address grantee) internal view returns (uint40) {
        return Words.grantExpiry(_grantWord(id, grantee));
    }

    function seenDelegation(address principal, address who) internal view returns (uint40) {
        bytes32 slot = _at(who, uint256(_at(principal, DELEGATIONS)));
        return Words.delegationSince(_word(address(audit), slot));
    }

    function seenAuthenticator(address id) internal view returns (address) {
        return address(uint160(_word(address(users), _at(id, USERS))));
    }

    function seenVault(address id) internal view returns (bytes32) {
        return bytes32(_word(address(users), _at(id, VAULTS)));
    }

    /// @dev From when the delay chosen last counts; it lies above current32 and next32.
    function seenDelay(address id) internal view returns (uint40) {
        return uint40(_word(address(patients), _at(id, DELAYS)) >> 64);
    }

    function seenFlags(address id, bytes32 record) internal view returns (uint8) {
        bytes32 slot = keccak256(abi.encode(record, _at(id, RECORDS)));
        return uint8(_word(address(patients), slot));
    }

    function _grantWord(address id, address grantee) private view returns (uint256) {
        return _word(address(audit), _at(grantee, uint256(_at(id, GRANTS))));
    }

    function _doctor(address id) private view returns (uint256) {
        return _word(address(audit), _at(id, DOCTORS_WORDS));
    }

    function _word(address target, bytes32 slot) private view returns (uint256) {
        return uint256(vm.load(target, slot));
    }

    function _at(address key, uint256 slot) private pure returns (bytes32) {
        return keccak256(abi.encode(key, slot));
    }
}
