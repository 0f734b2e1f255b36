"""EIP-712: the digests of the statements in medrec.domain.typed.

The domain is {name "MedRec", version "1", chain id, contract}; every field is static, so a
statement's hash is one Keccak-256 over words. Source: https://eips.ethereum.org/EIPS/eip-712
"""

from __future__ import annotations

from collections.abc import Mapping

from medrec.chain.keccak import keccak256
from medrec.domain.ids import Address, address_bytes
from medrec.domain.typed import Credential, KeyBinding, Login, Statement

DOMAIN_NAME = "MedRec"
DOMAIN_VERSION = "1"

TYPES: Mapping[type[Statement], tuple[tuple[str, str, str], ...]] = {
    KeyBinding: (("bytes32", "key", "key"), ("uint32", "keyVersion", "key_version")),
    Login: (
        ("address", "id", "id"),
        ("bytes32", "challenge", "challenge"),
        ("uint40", "issuedAt", "issued_at"),
    ),
    Credential: (
        ("address", "holder", "holder"),
        ("bytes32", "profileDigest", "profile_digest"),
        ("bytes32", "encryptionKey", "encryption_key"),
        ("uint32", "keyVersion", "key_version"),
        ("uint40", "validUntil", "valid_until"),
    ),
}
"""For each statement its fields in signing order: Solidity type, name there, name here."""

_DOMAIN_TYPEHASH = keccak256(
    b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)


def encode_type(statement: type[Statement]) -> str:
    """The type as it is hashed: ``KeyBinding(bytes32 key,uint32 keyVersion)``."""
    fields = ",".join(f"{kind} {name}" for kind, name, _ in TYPES[statement])
    return f"{statement.__name__}({fields})"


def domain_separator(chain_id: int, contract: Address) -> bytes:
    """The 32-byte separator of a contract's domain."""
    return keccak256(
        _DOMAIN_TYPEHASH
        + keccak256(DOMAIN_NAME.encode())
        + keccak256(DOMAIN_VERSION.encode())
        + chain_id.to_bytes(32, "big")
        + address_bytes(contract).rjust(32, b"\0")
    )


def signing_digest(statement: Statement, chain_id: int, contract: Address) -> bytes:
    """The 32 bytes that are signed.

    Raises:
        ValueError: when a field does not fit its type.
    """
    cls = type(statement)
    struct = keccak256(encode_type(cls).encode()) + b"".join(
        _word(kind, getattr(statement, attribute)) for kind, _, attribute in TYPES[cls]
    )
    return keccak256(b"\x19\x01" + domain_separator(chain_id, contract) + keccak256(struct))


def _word(kind: str, value: object) -> bytes:
    if kind == "address" and isinstance(value, str):
        return address_bytes(Address(value)).rjust(32, b"\0")
    if kind == "bytes32" and isinstance(value, bytes) and len(value) == 32:
        return value
    if kind.startswith("uint") and isinstance(value, int) and 0 <= value < 1 << int(kind[4:]):
        return value.to_bytes(32, "big")
    raise ValueError(f"a field of the statement is not a {kind}")
