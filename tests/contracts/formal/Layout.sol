// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Layout: where each field lies, written down a second time
/// @notice The proofs compare the contracts with this and never with contracts/libraries/Words.sol:
/// a shift that is wrong there must not be wrong here too. `low` is a field's lowest bit, `bits` its
/// width.
library Layout {
    // subject: head216 | epoch32 | replaced1 | verified1 | turn3 | status3
    uint256 internal constant SUBJECT_TURN = 3;
    uint256 internal constant SUBJECT_TURN_BITS = 3;
    uint256 internal constant SUBJECT_EPOCH = 8;
    uint256 internal constant HEAD = 40;
    uint256 internal constant HEAD_BITS = 216;
    // controller: since40 | address160
    uint256 internal constant CONTROLLER_SINCE = 160;
    // doctor: profile192 | profileVersion16 | since40 | replaced1 | turn4 | status3
    uint256 internal constant DOCTOR_TURN = 3;
    uint256 internal constant DOCTOR_TURN_BITS = 4;
    uint256 internal constant DOCTOR_PROFILE = 64;
    uint256 internal constant DOCTOR_VERSION = 48;
    uint256 internal constant DOCTOR_SINCE = 8;
    // grant: requests7 | requestOpen1 | prevExpiry40 | prevSince40 | profileVersion16 | kind8 |
    // epoch32 | expiry40 | since40 | scope32
    uint256 internal constant GRANT_REQUESTS = 249;
    uint256 internal constant GRANT_REQUESTS_BITS = 7;
    uint256 internal constant GRANT_REQUEST_OPEN = 248;
    uint256 internal constant GRANT_PREV_EXPIRY = 208;
    uint256 internal constant GRANT_PREV_SINCE = 168;
    uint256 internal constant GRANT_VERSION = 152;
    uint256 internal constant GRANT_KIND = 144;
    uint256 internal constant GRANT_EPOCH = 112;
    uint256 internal constant GRANT_EXPIRY = 72;
    uint256 internal constant GRANT_SINCE = 32;
    // delegation: replaceUntil40 | expiry40 | since40 | maxGrant32 | powers16 | scope32
    uint256 internal constant DELEGATION_REPLACE_UNTIL = 160;
    uint256 internal constant DELEGATION_EXPIRY = 120;
    uint256 internal constant DELEGATION_SINCE = 80;
    uint256 internal constant DELEGATION_MAX_GRANT = 48;
    uint256 internal constant DELEGATION_POWERS = 32;
    // record: chain216 | 8 free | version24 | turn6 | hidden1 | archived1
    uint256 internal constant RECORD_VERSION = 8;
    uint256 internal constant RECORD_TURN = 2;
    uint256 internal constant RECORD_TURN_BITS = 6;
    // delay: 152 free | nextFrom40 | next32 | current32
    uint256 internal constant DELAY_FROM = 64;
    uint256 internal constant DELAY_NEXT = 32;
    // pending: 48 free | vetoSpent8 | readyAt40 | wallet160
    uint256 internal constant PENDING_READY_AT = 160;
    uint256 internal constant PENDING_VETO_SPENT = 200;
    // user: registeredAt40 | keyVersion32 | role8 | inactive8 | authenticator160, right-aligned
    uint256 internal constant USER_REGISTERED_AT = 208;
    uint256 internal constant USER_KEY_VERSION = 176;
    uint256 internal constant USER_ROLE = 168;
    uint256 internal constant USER_INACTIVE = 160;
    // anchor: anchoredAt40 | count32, right-aligned
    uint256 internal constant ANCHORED_AT = 32;
    // meta: action8 | time40 | slot8 | version24 | epoch32 | scope32 | expiry40 | kind8
    uint256 internal constant META_ACTION = 184;
    uint256 internal constant META_TIME = 144;
    uint256 internal constant META_SLOT = 136;
    uint256 internal constant META_VERSION = 112;
    uint256 internal constant META_EPOCH = 80;
    uint256 internal constant META_SCOPE = 48;
    uint256 internal constant META_EXPIRY = 8;

    /// @dev A field of a word.
    function field(uint256 word, uint256 low, uint256 bits) internal pure returns (uint256) {
        return (word >> low) & ((1 << bits) - 1);
    }

    /// @dev The word with one field put anew, and nothing else touched.
    function put(uint256 word, uint256 low, uint256 bits, uint256 value)
        internal
        pure
        returns (uint256)
    {
        return (word & ~(((1 << bits) - 1) << low)) | (value << low);
    }

    /// @dev The word with a counter put forward by one, round to zero after its last value, and
    /// nothing else touched.
    function counted(uint256 word, uint256 low, uint256 bits) internal pure returns (uint256) {
        uint256 next = field(word, low, bits) + 1;
        return put(word, low, bits, next == 1 << bits ? 0 : next);
    }
}
