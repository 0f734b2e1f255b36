"""Who is who on chain: users, patients, doctors, grants and the heads of records."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from medrec.domain.categories import Scope, Slot
from medrec.domain.ids import Address, ChainHead, Digest, Epoch


class Role(IntEnum):
    """What a user registered as (UserAuthentication.register)."""

    PATIENT = 1
    DOCTOR = 2
    ADMINISTRATOR = 3
    DELEGATE = 4


class DoctorStatus(IntEnum):
    """A doctor's standing; only VERIFIED opens anything."""

    PENDING = 1
    VERIFIED = 2
    SUSPENDED = 3
    REFUSED = 4


class PatientStatus(IntEnum):
    """The three low bits of a patient's status."""

    ACTIVE = 1
    DECEASED = 2
    TRANSFERRED = 3
    ERASED = 4


@dataclass(frozen=True, slots=True)
class User:
    """A registered user: authenticator's address, X25519 key (32 bytes) and its version."""

    id: Address
    role: Role
    active: bool
    authenticator: Address
    encryption_key: bytes
    key_version: int
    vault: Digest


@dataclass(frozen=True, slots=True)
class Patient:
    """A registered patient: status, whether identity was verified, and the current key epoch.

    ``turn`` counts what registrars have done about status and identity, modulo 8.
    """

    id: Address
    status: PatientStatus
    verified: bool
    epoch: Epoch
    controller: Address
    turn: int


@dataclass(frozen=True, slots=True)
class Doctor:
    """A registered doctor; ``profile`` is the first 24 bytes of the profile's digest.

    ``turn`` counts the profiles that the doctor has registered, modulo 16.
    """

    id: Address
    status: DoctorStatus
    since: int
    profile: bytes
    profile_version: int
    turn: int


@dataclass(frozen=True, slots=True)
class Grant:
    """A patient's grant to a grantee; times in Unix seconds, live while since <= t < expiry.

    ``requests`` counts those that the grantee has made, modulo 128; the last may be open.
    """

    patient: Address
    grantee: Address
    scope: Scope
    since: int
    expiry: int
    epoch: Epoch
    kind: int
    profile_version: int
    request_open: bool
    requests: int

    def live(self, at: int) -> bool:
        """Whether the grant itself runs at ``at`` (the doctor's standing is another matter)."""
        return self.since <= at < self.expiry

    def reads(self, slot: Slot) -> bool:
        """Whether the scope opens the slot for reading; slot 0 always."""
        return slot == 0 or slot in self.scope.read


@dataclass(frozen=True, slots=True)
class RecordHead:
    """A record's head on chain: the 27-byte chain over all versions, and their number."""

    chain: ChainHead
    version: int
    archived: bool
    hidden: bool
