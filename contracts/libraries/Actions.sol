// SPDX-License-Identifier: GPL-3.0-or-later
pragma solidity 0.8.37;

/// @title Actions: the first byte of an audit entry's meta word
/// @notice What the other words of `AuditEntry` carry. `subject` is the patient's id, or zero for
/// the common chain; `time` (in meta) is the block's unless said otherwise; what is not named is
/// zero. "Account chain": the id's own chain when it is a registered patient (ref as named), else
/// subject 0 with ref = id. Addresses in `ref` and `digest` are right-aligned.
///
/// | no | action | subject | ref | digest | further fields of meta |
/// | --- | --- | --- | --- | --- | --- |
/// | 1 | USER_REGISTERED | 0 | id | X25519 key | kind = role, version = keyVersion (1) |
/// | 2 | AUTHENTICATOR_ROTATED | account | id | new authenticator | |
/// | 3 | ENCRYPTION_KEY_ROTATED | account | id | X25519 key | version = keyVersion |
/// | 4 | VAULT_SET | account | id | digest of the sealed vault | |
/// | 5 | DELEGATE_SET | account | delegate (patient's chain) or id (subject 0) | powers16, maxGrant32, delegate160, right-aligned | scope, expiry |
/// | 6 | USER_DEACTIVATED | account | id | | |
/// | 10 | PATIENT_REGISTERED | patient | patient | | |
/// | 11 | IDENTITY_VERIFIED | patient | credential digest | commitment | |
/// | 12 | IDENTITY_RELEASED | patient | patient | reason | |
/// | 13 | PATIENT_STATUS_CHANGED | patient | patient | reason | kind = status |
/// | 14 | REPLACEMENT_DELAY_SET | patient | patient | delay in seconds | expiry = when it takes effect |
/// | 15 | REPLACEMENT_ANNOUNCED | patient | wallet | | expiry = when it may be completed, kind = approvals (1 registrar, 2 delegate, 3 enough: announced) |
/// | 16 | REPLACEMENT_VETOED | patient | wallet | | |
/// | 17 | REPLACEMENT_COMPLETED | patient | wallet | | |
/// | 20 | RECORD_CREATED | patient | recordId | root digest | slot, version 1, epoch |
/// | 21 | RECORD_UPDATED | patient | recordId | root digest | slot, version, epoch |
/// | 22 | RECORD_ARCHIVED | patient | recordId | reason | slot, version, epoch |
/// | 23 | RECORD_HIDDEN | patient | recordId | | slot, version, epoch, kind = 1 hidden, 0 shown |
/// | 24 | RECORD_ANNOTATED | patient | recordId | annotation | slot, version, epoch, kind |
/// | 30 | DOCTOR_REGISTERED | 0 | doctor | whole profile digest | kind = status, version = profileVersion (both as they stand afterwards) |
/// | 31 | DOCTOR_STATUS_CHANGED | 0 | doctor | credential digest | kind = status, version = profileVersion |
/// | 32 | ACCESS_REQUESTED | patient | doctor (principal) | request digest | epoch |
/// | 33 | REQUEST_WITHDRAWN | patient | doctor (principal) | | epoch |
/// | 34 | REQUEST_DECLINED | patient | doctor | | epoch |
/// | 35 | ACCESS_GRANTED | patient | grantee | envelope digest | epoch, scope, expiry, kind, version = profileVersion |
/// | 36 | ACCESS_REVOKED | patient | grantee | bundle digest | epoch = new epoch, scope, expiry = the grant's end |
/// | 37 | KEYS_ROTATED | patient | patient | bundle digest | epoch = new epoch |
/// | 38 | BUNDLE_PUBLISHED | patient | patient | bundle digest | epoch |
/// | 40 | CONSULTED | patient | recordId | digest | time = seenAt, slot, epoch |
/// | 41 | RECEIPTS_ANCHORED | 0 | Merkle root | digest of the leaves | scope = count |
/// | 42 | RECEIPT_PROVEN | patient | recordId | digest | time = seenAt, slot, epoch |
/// | 43 | RECEIPT_SUBMITTED | patient | recordId | digest | time = seenAt, slot, epoch |
/// | 50 | ACTED_VIA | as the act | via | ref of the act's last entry | version = number of entries just before it that it covers |
///
/// An act of a delegate, for a patient or by `via`, is followed at once by ACTED_VIA with the same
/// subject and actor; `via` is the principal (the patient, for a patient's delegate).
library Actions {
    uint8 internal constant USER_REGISTERED = 1;
    uint8 internal constant AUTHENTICATOR_ROTATED = 2;
    uint8 internal constant ENCRYPTION_KEY_ROTATED = 3;
    uint8 internal constant VAULT_SET = 4;
    uint8 internal constant DELEGATE_SET = 5;
    uint8 internal constant USER_DEACTIVATED = 6;

    uint8 internal constant PATIENT_REGISTERED = 10;
    uint8 internal constant IDENTITY_VERIFIED = 11;
    uint8 internal constant IDENTITY_RELEASED = 12;
    uint8 internal constant PATIENT_STATUS_CHANGED = 13;
    uint8 internal constant REPLACEMENT_DELAY_SET = 14;
    uint8 internal constant REPLACEMENT_ANNOUNCED = 15;
    uint8 internal constant REPLACEMENT_VETOED = 16;
    uint8 internal constant REPLACEMENT_COMPLETED = 17;

    uint8 internal constant RECORD_CREATED = 20;
    uint8 internal constant RECORD_UPDATED = 21;
    uint8 internal constant RECORD_ARCHIVED = 22;
    uint8 internal constant RECORD_HIDDEN = 23;
    uint8 internal constant RECORD_ANNOTATED = 24;

    uint8 internal constant DOCTOR_REGISTERED = 30;
    uint8 internal constant DOCTOR_STATUS_CHANGED = 31;
    uint8 internal constant ACCESS_REQUESTED = 32;
    uint8 internal constant REQUEST_WITHDRAWN = 33;
    uint8 internal constant REQUEST_DECLINED = 34;
    uint8 internal constant ACCESS_GRANTED = 35;
    uint8 internal constant ACCESS_REVOKED = 36;
    uint8 internal constant KEYS_ROTATED = 37;
    uint8 internal constant BUNDLE_PUBLISHED = 38;

    uint8 internal constant CONSULTED = 40;
    uint8 internal constant RECEIPTS_ANCHORED = 41;
    uint8 internal constant RECEIPT_PROVEN = 42;
    uint8 internal constant RECEIPT_SUBMITTED = 43;

    uint8 internal constant ACTED_VIA = 50;
}

/// @title Reasons why a look cannot be logged (ConsultationRefused, ConsultationSkipped)
library Reasons {
    /// @dev The patient is not registered.
    uint8 internal constant NOT_REGISTERED = 1;
    /// @dev The patient has never granted anything to the principal.
    uint8 internal constant NO_GRANT = 2;
    /// @dev seenAt lies in neither of the last two grants: since <= seenAt < end.
    uint8 internal constant OUTSIDE_GRANT = 3;
    /// @dev More than seven days after the end of the grant.
    uint8 internal constant TOO_LATE = 4;
    /// @dev seenAt lies over five minutes after the block's time.
    uint8 internal constant IN_FUTURE = 5;
    /// @dev seenAt lies before the doctor's present verification (a suspension lies between).
    uint8 internal constant BEFORE_VERIFICATION = 6;
    /// @dev The record id names a slot above 15.
    uint8 internal constant BAD_SLOT = 7;
}
