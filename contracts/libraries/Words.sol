// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @dev A word of state behind a storage pointer, so that its slot is hashed once.
struct Word {
    uint256 value;
}

/// @title Words: how the state is packed
/// @notice Fields from the high bits down; every field is named with its lowest bit and its mask.
///
/// subject:    head216 | epoch32 | status8 (0-2 status, 3-5 turn of the status, 6 identity verified,
///             7 wallet replaced)
/// controller: since40 | address160
/// doctor:     profile192 | profileVersion16 | since40 | status8 (0-2 status, 3-6 turn of the
///             registration, 7 wallet replaced)
/// grant:      requests7 | requestOpen1 | prevExpiry40 | prevSince40 | profileVersion16 | kind8 | epoch32 |
///             expiry40 | since40 | scope32
/// delegation: replaceUntil40 | expiry40 | since40 | maxGrant32 | powers16 | scope32
/// record:     chain216 | 8 free | version24 | flags8 (0 archived, 1 hidden, 2-7 turn of hiding)
/// meta:       action8 | time40 | slot8 | version24 | epoch32 | scope32 | expiry40 | kind8
library Words {
    uint256 internal constant MASK_8 = 0xff;
    uint256 internal constant MASK_16 = 0xffff;
    uint256 internal constant MASK_24 = 0xffffff;
    uint256 internal constant MASK_32 = 0xffffffff;
    uint256 internal constant MASK_40 = 0xffffffffff;

    // subject
    uint256 internal constant HEAD_MASK = ~uint256(0xffffffffff);
    uint256 internal constant SUBJECT_EPOCH = 8;
    uint256 internal constant STATUS_MASK = 0x07;
    /// @dev How often registrars have set the status or the identity, modulo 8.
    uint256 internal constant SUBJECT_TURN = 3;
    uint256 internal constant TURN_MASK = 0x38;
    uint256 internal constant IDENTITY_VERIFIED = 0x40;
    uint256 internal constant REPLACED = 0x80;

    uint8 internal constant PATIENT_ACTIVE = 1;
    uint8 internal constant PATIENT_DECEASED = 2;
    uint8 internal constant PATIENT_TRANSFERRED = 3;
    uint8 internal constant PATIENT_ERASED = 4;
    /// @dev The status of subject 0, which is no patient.
    uint8 internal constant COMMON_CHAIN = 7;

    // controller
    uint256 internal constant CONTROLLER_SINCE = 160;

    // doctor
    uint256 internal constant DOCTOR_PROFILE = 64;
    uint256 internal constant DOCTOR_VERSION = 48;
    uint256 internal constant DOCTOR_SINCE = 8;
    /// @dev How often the doctor has registered a profile, modulo 16.
    uint256 internal constant DOCTOR_TURN = 3;
    uint256 internal constant DOCTOR_TURN_MASK = 0x78;

    uint8 internal constant DOCTOR_PENDING = 1;
    uint8 internal constant DOCTOR_VERIFIED = 2;
    uint8 internal constant DOCTOR_SUSPENDED = 3;
    uint8 internal constant DOCTOR_REFUSED = 4;

    // grant
    uint256 internal constant REQUEST_OPEN = 1 << 248;
    /// @dev How many requests the grantee has made, modulo 128.
    uint256 internal constant REQUESTS = 249;
    uint256 internal constant REQUESTS_MASK = uint256(0x7f) << 249;
    uint256 internal constant GRANT_PREV_EXPIRY = 208;
    uint256 internal constant GRANT_PREV_SINCE = 168;
    uint256 internal constant GRANT_VERSION = 152;
    uint256 internal constant GRANT_KIND = 144;
    uint256 internal constant GRANT_EPOCH = 112;
    uint256 internal constant GRANT_EXPIRY = 72;
    uint256 internal constant GRANT_SINCE = 32;
    /// @dev prevExpiry and prevSince, in their place.
    uint256 internal constant GRANT_PREV_MASK = ((1 << 80) - 1) << 168;

    uint8 internal constant KIND_CATEGORIES = 0;
    uint8 internal constant KIND_RECORDS = 1;

    // delegation
    uint256 internal constant DELEGATE_REPLACE_UNTIL = 160;
    uint256 internal constant DELEGATE_EXPIRY = 120;
    uint256 internal constant DELEGATE_SINCE = 80;
    uint256 internal constant DELEGATE_MAX_GRANT = 48;
    uint256 internal constant DELEGATE_POWERS = 32;

    uint16 internal constant POWER_WRITE = 1;
    uint16 internal constant POWER_LOG = 2;
    uint16 internal constant POWER_GRANT = 4;
    uint16 internal constant POWER_REVOKE = 8;
    uint16 internal constant POWER_ROTATE = 16;
    uint16 internal constant POWER_REPLACE = 32;
    uint16 internal constant POWERS_ALL = 63;

    // record
    uint256 internal constant RECORD_VERSION = 8;
    uint256 internal constant RECORD_ARCHIVED = 1;
    uint256 internal constant RECORD_HIDDEN = 2;
    /// @dev How often the patient's side has said whether it is hidden, modulo 64.
    uint256 internal constant RECORD_TURN = 2;
    uint256 internal constant RECORD_TURN_MASK = 0xfc;
    uint256 internal constant RECORD_SLOT = 248;
    uint256 internal constant RECORD_CREATOR = 88;

    // meta
    uint256 internal constant META_ACTION = 184;
    uint256 internal constant META_TIME = 144;
    uint256 internal constant META_SLOT = 136;
    uint256 internal constant META_VERSION = 112;
    uint256 internal constant META_EPOCH = 80;
    uint256 internal constant META_SCOPE = 48;
    uint256 internal constant META_EXPIRY = 8;

    // scopes
    uint256 internal constant SLOTS = 16;
    uint256 internal constant WRITE = 16;
    /// @dev Bits 0 and 16: slot 0 lies outside every scope.
    uint32 internal constant SLOT_ZERO_BITS = 0x00010001;
    uint32 internal constant WRITE_BITS = 0xffff0000;

    function epochOf(uint256 subject) internal pure returns (uint32) {
        return uint32(subject >> SUBJECT_EPOCH);
    }

    function statusOf(uint256 word) internal pure returns (uint8) {
        return uint8(word & STATUS_MASK);
    }

    function profileOf(uint256 doctor) internal pure returns (bytes24) {
        return bytes24(bytes32(doctor));
    }

    function profileVersionOf(uint256 doctor) internal pure returns (uint16) {
        return uint16(doctor >> DOCTOR_VERSION);
    }

    function doctorSince(uint256 doctor) internal pure returns (uint40) {
        return uint40(doctor >> DOCTOR_SINCE);
    }

    function grantSince(uint256 grant) internal pure returns (uint40) {
        return uint40(grant >> GRANT_SINCE);
    }

    function grantExpiry(uint256 grant) internal pure returns (uint40) {
        return uint40(grant >> GRANT_EXPIRY);
    }

    function grantKind(uint256 grant) internal pure returns (uint8) {
        return uint8(grant >> GRANT_KIND);
    }

    function requestsOf(uint256 grant) internal pure returns (uint8) {
        return uint8(grant >> REQUESTS);
    }

    function delegationExpiry(uint256 delegation) internal pure returns (uint40) {
        return uint40(delegation >> DELEGATE_EXPIRY);
    }

    function delegationSince(uint256 delegation) internal pure returns (uint40) {
        return uint40(delegation >> DELEGATE_SINCE);
    }

    function maxGrantOf(uint256 delegation) internal pure returns (uint32) {
        return uint32(delegation >> DELEGATE_MAX_GRANT);
    }

    function powersOf(uint256 delegation) internal pure returns (uint16) {
        return uint16(delegation >> DELEGATE_POWERS);
    }

    function replaceUntilOf(uint256 delegation) internal pure returns (uint40) {
        return uint40(delegation >> DELEGATE_REPLACE_UNTIL);
    }

    /// @dev The slot of a record id, in its place in meta.
    function metaSlot(bytes32 recordId) internal pure returns (uint256) {
        return (uint256(recordId) >> RECORD_SLOT) << META_SLOT;
    }

    function action(uint8 number) internal pure returns (uint256) {
        return uint256(number) << META_ACTION;
    }

    /// @dev The first byte of meta, in its place, with the block's time.
    function actionNow(uint8 number) internal view returns (uint256) {
        return (uint256(number) << META_ACTION) | (block.timestamp << META_TIME);
    }
}
