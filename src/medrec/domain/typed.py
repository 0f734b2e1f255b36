"""Statements that wallets sign as EIP-712 typed data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from medrec.domain.ids import Address, Digest


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """A wallet's word that an X25519 key is its own (UserAuthentication.register)."""

    contract: ClassVar[str] = "UserAuthentication"
    key: bytes
    key_version: int


@dataclass(frozen=True, slots=True)
class Credential:
    """A verifier's (or registrar's) word that a holder has a profile and an encryption key.

    ``valid_until`` in Unix seconds. Signed in the domain of ContractDoctor.
    """

    contract: ClassVar[str] = "ContractDoctor"
    holder: Address
    profile_digest: Digest
    encryption_key: bytes
    key_version: int
    valid_until: int


@dataclass(frozen=True, slots=True)
class Login:
    """The fresh challenge that the authenticator signs (UserAuthentication.authenticateAt)."""

    contract: ClassVar[str] = "UserAuthentication"
    id: Address
    challenge: bytes
    issued_at: int


Statement = KeyBinding | Credential | Login
