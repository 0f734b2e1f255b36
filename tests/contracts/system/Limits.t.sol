// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

import {Errors} from "../../../contracts/libraries/Errors.sol";
import {Fixture} from "../support/Fixture.sol";

/// @dev Counters at the end of their fields, which nobody could reach in a test by counting: a
/// counter that ran over would change its neighbour in the same word.
contract LimitsTest is Fixture {
    function test_RevertWhen_ARecordHasItsLastVersion() external {
        bytes27 head = headOf(ownRecord);
        uint256 last = uint256(bytes32(head)) | (uint256(type(uint24).max) << 8);
        bytes32 place = _recordPlace();
        vm.store(address(patients), place, bytes32(last - (1 << 8)));
        vm.startPrank(patient);
        patients.updateRecord(patient, ownRecord, head, EPOCH, NEXT_DIGEST, NONE);
        head = recordChain(head, patient, EPOCH, NEXT_DIGEST);
        assertRecord(ownRecord, head, type(uint24).max, 0);
        refuse(Errors.RecordArchived.selector, ownRecord);
        patients.updateRecord(patient, ownRecord, head, EPOCH, NEXT_DIGEST, NONE);
        vm.stopPrank();
        assertRecord(ownRecord, head, type(uint24).max, 0);
    }

    function test_RevertWhen_AProfileHasItsLastVersion() external {
        uint256 doctorWord = ledger.doctorWord(pending);
        bytes32 place = _place(address(audit), pending, bytes32(doctorWord));
        uint256 last = (doctorWord & ~(uint256(type(uint16).max) << 48)) | (0xfffe << 48);
        vm.store(address(audit), place, bytes32(last));
        vm.startPrank(pending);
        doctors.registerDoctor(1, DIGEST);
        vm.expectRevert(abi.encodeWithSelector(Errors.ProfileChanged.selector, bytes24(DIGEST)));
        doctors.registerDoctor(2, NEXT_DIGEST);
        vm.stopPrank();
        (bytes24 profile, uint16 version,, uint8 status,) = doctors.doctorOf(pending);
        assertEq(profile, bytes24(DIGEST), "profile");
        assertEq(version, type(uint16).max, "version");
        assertEq(status, 1, "status");
    }

    /// @dev An entry's version has 24 bits, so a key's has no more.
    function test_RevertWhen_AKeyHasItsLastVersion() external {
        bytes32 place = _userPlace();
        uint256 user = uint256(vm.load(address(users), place));
        uint256 last = (user & ~(uint256(type(uint32).max) << 176)) | (0xffffff << 176);
        vm.store(address(users), place, bytes32(last));
        assertEq(users.getUser(patient).keyVersion, 0xffffff, "the last version");
        bytes memory binding =
            signed(patient, domain(address(users)), bindingHash(DIGEST, 0x1000000));
        refuse(Errors.KeyVersionMustFollow.selector, 0xffffff);
        vm.prank(patient);
        users.rotateEncryptionKey(patient, DIGEST, 0x1000000, binding);
    }

    function test_Grant_TheLastSecondOfItsType() external {
        open(ungranted, ALL_SLOTS, type(uint40).max);
        assertEq(doctors.grantOf(patient, ungranted).expiry, type(uint40).max, "expiry");
        assertEq(doctors.grantOf(patient, ungranted).since, NOW, "since");
        vm.prank(ungranted);
        audit.logConsultation(patient, doctorRecord, NOW, DIGEST, NONE);
        assertEq(take().length, 2, "the grant and the look");
    }

    function _recordPlace() private view returns (bytes32) {
        bytes32 value = bytes32(uint256(bytes32(headOf(ownRecord))) | (1 << 8));
        for (uint256 slot; slot < 32; ++slot) {
            bytes32 inner = keccak256(abi.encode(patient, slot));
            bytes32 place = keccak256(abi.encode(ownRecord, inner));
            if (vm.load(address(patients), place) == value) return place;
        }
        assertTrue(false, "where the record lies");
        return 0;
    }

    function _userPlace() private view returns (bytes32) {
        uint256 value = (uint256(BEGIN) << 208) | (1 << 176) | (1 << 168)
            | uint160(users.getUser(patient).authenticator);
        return _place(address(users), patient, bytes32(value));
    }

    /// @dev Where a mapping of the contract keeps this value for this address.
    function _place(address target, address key, bytes32 value) private view returns (bytes32) {
        for (uint256 slot; slot < 32; ++slot) {
            bytes32 place = keccak256(abi.encode(key, slot));
            if (vm.load(target, place) == value) return place;
        }
        assertTrue(false, "where the word lies");
        return 0;
    }
}
