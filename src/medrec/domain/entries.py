"""Audit entries: what every action of every contract leaves behind (contract ContractAudit)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from medrec.domain.ids import Address, ChainHead, Digest, Epoch, TxHash


class Action(IntEnum):
    """The first byte of an entry's meta word (contracts/libraries/Actions.sol)."""

    USER_REGISTERED = 1
    AUTHENTICATOR_ROTATED = 2
    ENCRYPTION_KEY_ROTATED = 3
    VAULT_SET = 4
    DELEGATE_SET = 5
    USER_DEACTIVATED = 6
    PATIENT_REGISTERED = 10
    IDENTITY_VERIFIED = 11
    IDENTITY_RELEASED = 12
    PATIENT_STATUS_CHANGED = 13
    REPLACEMENT_DELAY_SET = 14
    REPLACEMENT_ANNOUNCED = 15
    REPLACEMENT_VETOED = 16
    REPLACEMENT_COMPLETED = 17
    RECORD_CREATED = 20
    RECORD_UPDATED = 21
    RECORD_ARCHIVED = 22
    RECORD_HIDDEN = 23
    RECORD_ANNOTATED = 24
    DOCTOR_REGISTERED = 30
    DOCTOR_STATUS_CHANGED = 31
    ACCESS_REQUESTED = 32
    REQUEST_WITHDRAWN = 33
    REQUEST_DECLINED = 34
    ACCESS_GRANTED = 35
    ACCESS_REVOKED = 36
    KEYS_ROTATED = 37
    BUNDLE_PUBLISHED = 38
    CONSULTED = 40
    RECEIPTS_ANCHORED = 41
    RECEIPT_PROVEN = 42
    RECEIPT_SUBMITTED = 43
    ACTED_VIA = 50

    @property
    def label(self) -> str:
        """The name that scripts and people see (``audit list``)."""
        return _LABELS.get(self, self.name.lower().replace("_", "-"))


_LABELS = {
    Action.USER_REGISTERED: "user-registered",
    Action.PATIENT_REGISTERED: "registered",
    Action.ACCESS_GRANTED: "granted",
    Action.ACCESS_REVOKED: "revoked",
    Action.KEYS_ROTATED: "key-rotated",
}


@dataclass(frozen=True, slots=True)
class Meta:
    """The packed word of an entry.

    From the high bits, right-aligned in 256: action 8 | time 40 | slot 8 | version 24 | epoch 32 |
    scope 32 | expiry 40 | kind 8. ``time`` and ``expiry`` are Unix seconds.
    """

    action: int
    time: int
    slot: int
    version: int
    epoch: Epoch
    scope: int
    expiry: int
    kind: int

    @classmethod
    def unpack(cls, word: int) -> Meta:
        """The fields of the uint256 ``meta``."""
        return cls(
            action=word >> 184 & 0xFF,
            time=word >> 144 & 0xFF_FFFF_FFFF,
            slot=word >> 136 & 0xFF,
            version=word >> 112 & 0xFF_FFFF,
            epoch=Epoch.unpack(word >> 80 & 0xFFFF_FFFF),
            scope=word >> 48 & 0xFFFF_FFFF,
            expiry=word >> 8 & 0xFF_FFFF_FFFF,
            kind=word & 0xFF,
        )


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One `AuditEntry` event, with the place where it stands on the chain.

    ``subject`` is the patient, or the zero address for the common chain of registrations;
    ``ref`` (32 bytes) is the record, the other party's address (right-aligned) or the via.
    """

    subject: Address
    actor: Address
    ref: bytes
    meta_word: int
    digest: Digest
    head: ChainHead
    block: int
    log_index: int
    transaction: TxHash

    @property
    def meta(self) -> Meta:
        """The unpacked meta word."""
        return Meta.unpack(self.meta_word)

    @property
    def action(self) -> int:
        """The action's number; see `Action`."""
        return self.meta_word >> 184 & 0xFF

    @property
    def ref_address(self) -> bytes:
        """The 20 bytes of the address that ``ref`` names, where it names one."""
        return self.ref[12:]


@dataclass(frozen=True, slots=True)
class BlockRef:
    """A block: its number, 32-byte hash, and time in Unix seconds."""

    number: int
    hash: bytes
    time: int
