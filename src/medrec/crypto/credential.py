"""Credentials: without a valid one nothing is ever sealed to anybody's key.

A verifier signs for doctors, a registrar for patients (EIP-712 over
`medrec.domain.typed.Credential`; who signed is recovered by the chain package).
"""

from __future__ import annotations

from enum import StrEnum

from medrec.crypto.codec import encode
from medrec.crypto.fields import Fields
from medrec.crypto.kdf import is_low_order
from medrec.domain.ids import Address
from medrec.domain.typed import Credential
from medrec.errors import BadCredential, BadObject, KeyWentBack, LowOrderKey

_FIELDS = ("holder", "profile", "key", "keyVersion", "validUntil", "signature", "role")
SIGNATURE = 65
ON_CHAIN = 24
"""Bytes of a profile's digest that ContractDoctor keeps."""


class SignerRole(StrEnum):
    """In which role the signer vouches."""

    VERIFIER = "verifier"
    REGISTRAR = "registrar"


def encode_credential(
    statement: Credential, signature: bytes, role: SignerRole = SignerRole.VERIFIER
) -> bytes:
    """The public DAG-CBOR object whose sha2-256 stands on chain."""
    return encode(
        {
            "v": 1,
            "holder": statement.holder,
            "profile": statement.profile_digest,
            "key": statement.encryption_key,
            "keyVersion": statement.key_version,
            "validUntil": statement.valid_until,
            "signature": signature,
            "role": role.value,
        }
    )


def decode_credential(
    data: bytes, role: SignerRole = SignerRole.VERIFIER
) -> tuple[Credential, bytes]:
    """The statement and its signature (65 bytes), neither checked yet.

    Raises:
        BadObject: also when it was signed in another role than ``role``.
    """
    fields = Fields.decode(data, _FIELDS, "the credential")
    if fields.text("role") != role.value:
        raise BadObject(why=f"the credential is not a {role.value}'s.")
    statement = Credential(
        holder=fields.address("holder"),
        profile_digest=fields.digest("profile"),
        encryption_key=fields.raw("key", 32),
        key_version=fields.integer("keyVersion"),
        valid_until=fields.integer("validUntil"),
    )
    return statement, fields.raw("signature", SIGNATURE)


def check_credential(
    statement: Credential,
    signer: Address | None,
    trusted: frozenset[Address],
    *,
    holder: Address,
    profile_digest: bytes,
    encryption_key: bytes,
    key_version: int,
    at: int,
    seen_version: int = 0,
) -> None:
    """Compare a credential with what the chain shows of its holder.

    ``signer`` is who signed (None: nobody), ``trusted`` the verifiers or registrars of the
    network file; ``profile_digest`` is 32 bytes, or the first 24 as the chain keeps them;
    ``encryption_key`` and ``key_version`` are those on chain; ``at`` in Unix seconds;
    ``seen_version`` is the highest version of the holder's key that was ever seen here.

    Raises:
        BadCredential: saying why.
        KeyWentBack: when the chain shows an older key than was seen or vouched for.
        LowOrderKey: when the key is not safe to seal to.
    """
    if signer is None or signer not in trusted:
        raise BadCredential(holder=holder, why="nobody that this network trusts signed it.")
    if statement.holder != holder:
        raise BadCredential(holder=holder, why="it is somebody else's.")
    if key_version < max(seen_version, statement.key_version):
        raise KeyWentBack(holder=holder)
    if statement.key_version != key_version:
        raise BadCredential(holder=holder, why="it is for an older key.")
    if statement.encryption_key != encryption_key:
        raise BadCredential(holder=holder, why="it is for another key than the network shows.")
    if not _same_profile(statement.profile_digest, profile_digest):
        raise BadCredential(holder=holder, why="it is for another profile.")
    if at > statement.valid_until:
        raise BadCredential(holder=holder, why="it has expired.")
    if is_low_order(encryption_key):
        raise LowOrderKey(holder=holder)


def _same_profile(vouched: bytes, shown: bytes) -> bool:
    return len(shown) in (ON_CHAIN, 32) and vouched[: len(shown)] == shown
