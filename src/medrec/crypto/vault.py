"""The vault: the account secret on disk, under a password and an 8-character key.

Argon2id (RFC 9106) over both gives 64 bytes: 32 open the vault, 32 become the authenticator's
secp256k1 secret. The salt lies only in the vault, so that nobody without the file can guess.

Before anything is derived the parameters must lie within [MODERATE, 8 passes and 1 GiB]; before
anything is decrypted the derived key must match the file's commitment. A vault that somebody
planted therefore neither weakens the derivation nor opens under several passwords, and login
signs nothing under a secret that did not open the file.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

import nacl.exceptions
from nacl import bindings, utils

from medrec.crypto import aead
from medrec.crypto.boxes import pad, unpad
from medrec.crypto.codec import decode, encode
from medrec.crypto.fields import Fields
from medrec.crypto.kdf import blake2b
from medrec.crypto.words import check_words, seed
from medrec.errors import (
    AccountError,
    BadKeyFormat,
    BadObject,
    BadPrivateKey,
    SealBroken,
    VaultDamaged,
    WrongPasswordOrKey,
)

KEY_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base32 (https://www.crockford.com/base32.html)."""

KEY_LENGTH = 8
SALT = bindings.crypto_pwhash_SALTBYTES
CONTENTS_SIZE = 1024
SECP256K1_ORDER = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
_READ_AS = str.maketrans("OIL", "011")
_HEADER = ("v", "kdf", "passes", "memory", "salt", "commit")


@dataclass(frozen=True, slots=True)
class KdfParams:
    """Argon2id's cost: passes over the memory, and the memory in bytes."""

    passes: int
    memory: int


MODERATE = KdfParams(3, 256 << 20)
COSTLIEST = KdfParams(8, 1 << 30)


class VaultKind(StrEnum):
    """What the account secret is."""

    WORDS = "words"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class VaultContents:
    """What a vault keeps: ``secret`` is the phrase in UTF-8, or a 32-byte private key."""

    kind: VaultKind
    secret: bytes = field(repr=False)
    name: str
    created: int = 0

    @classmethod
    def from_words(cls, words: str, name: str, created: int = 0) -> VaultContents:
        """An account of BIP-39 words.

        Raises:
            BadWords.
        """
        return cls(VaultKind.WORDS, check_words(words).encode(), name, created)

    @classmethod
    def from_key(cls, private_key: bytes, name: str, created: int = 0) -> VaultContents:
        """An account of a secp256k1 private key.

        Raises:
            BadPrivateKey: when it is not 32 bytes between 1 and the order of the group.
        """
        valid = len(private_key) == 32
        if not valid or not 0 < int.from_bytes(private_key, "big") < SECP256K1_ORDER:
            raise BadPrivateKey
        return cls(VaultKind.KEY, private_key, name, created)

    def account_secret(self) -> bytes:
        """The 64-byte seed of the words, or the private key: what the account root takes."""
        return seed(self.secret.decode()) if self.kind is VaultKind.WORDS else self.secret


@dataclass(frozen=True, slots=True)
class OpenedVault:
    """An open vault and the authenticator's secp256k1 secret (32 bytes)."""

    contents: VaultContents
    authenticator_secret: bytes = field(repr=False)


def new_key() -> str:
    """A new 8-character key as XXXX-XXXX: 40 bits of the system's CSPRNG."""
    key = "".join(secrets.choice(KEY_ALPHABET) for _ in range(KEY_LENGTH))
    return f"{key[:4]}-{key[4:]}"


def parse_key(text: str) -> str:
    """The key as XXXX-XXXX: any case, with or without dash and spaces, O as 0, I and L as 1.

    Raises:
        BadKeyFormat: when that does not leave eight characters of the alphabet.
    """
    typed = unicodedata.normalize("NFKC", text).upper().translate(_READ_AS)
    key = "".join(c for c in typed if not c.isspace() and unicodedata.category(c) != "Pd")
    if len(key) != KEY_LENGTH or any(c not in KEY_ALPHABET for c in key):
        raise BadKeyFormat
    return f"{key[:4]}-{key[4:]}"


def seal_vault(
    contents: VaultContents, password: str, key: str, params: KdfParams = MODERATE
) -> tuple[bytes, bytes]:
    """The vault's bytes, and the authenticator's secret (32 bytes, a valid secp256k1 scalar).

    Takes half a second and 256 MiB at MODERATE.

    Raises:
        BadKeyFormat: when ``key`` is not an 8-character key.
        AccountError: when the memory cannot be had.
    """
    salt = utils.random(SALT)
    vault_key, authenticator = _derive(password, key, salt, params)
    header: dict[str, object] = {
        "v": 1,
        "kdf": "argon2id13",
        "passes": params.passes,
        "memory": params.memory,
        "salt": salt,
        "commit": _commitment(vault_key),
    }
    plain = encode(
        {
            "kind": contents.kind.value,
            "secret": contents.secret,
            "name": contents.name,
            "created": contents.created,
        }
    )
    size = -(-(len(plain) + 1) // CONTENTS_SIZE) * CONTENTS_SIZE
    body = {**header, "box": aead.seal(vault_key, pad(plain, size), encode(header))}
    return encode({**body, "sum": _checksum(body)}), authenticator


def open_vault(vault: bytes, password: str, key: str) -> OpenedVault:
    """Open a vault.

    Raises:
        VaultDamaged: when the file was cut or changed, or asks for a cost out of bounds; this is
            found before anything is derived.
        WrongPasswordOrKey: when password or key is not the vault's.
        BadKeyFormat: when ``key`` is not an 8-character key.
        AccountError: when the memory cannot be had.
    """
    header, params, box = _read(vault)
    salt, commit = header["salt"], header["commit"]
    if not isinstance(salt, bytes) or not isinstance(commit, bytes):
        raise VaultDamaged(why="its header is malformed.")
    vault_key, authenticator = _derive(password, key, salt, params)
    if not hmac.compare_digest(_commitment(vault_key), commit):
        raise WrongPasswordOrKey
    try:
        plain = unpad(aead.unseal(vault_key, box, encode(header), "the account's file"))
        return OpenedVault(_contents(plain), authenticator)
    except (SealBroken, BadObject, ValueError) as error:
        raise VaultDamaged(why="its contents do not open.") from error


def _contents(plain: bytes) -> VaultContents:
    fields = Fields(decode(plain), ("kind", "secret", "name", "created"), "the vault")
    return VaultContents(
        VaultKind(fields.text("kind")),
        fields.raw("secret"),
        fields.text("name"),
        fields.integer("created"),
    )


def _read(vault: bytes) -> tuple[dict[str, object], KdfParams, bytes]:
    try:
        fields = Fields.decode(vault, {*_HEADER, "box", "sum"}, "the vault")
        header: dict[str, object] = {name: fields.value(name) for name in _HEADER}
        box, checksum = fields.raw("box"), fields.raw("sum", 16)
        params = KdfParams(fields.integer("passes"), fields.integer("memory"))
        fields.raw("salt", SALT)
        fields.raw("commit", 32)
        known = fields.text("kdf") == "argon2id13"
    except BadObject as error:
        raise VaultDamaged(why="it was cut or changed, or is no vault.") from error
    if not hmac.compare_digest(_checksum({**header, "box": box}), checksum):
        raise VaultDamaged(why="it was changed.")
    if not known or not (
        MODERATE.passes <= params.passes <= COSTLIEST.passes
        and MODERATE.memory <= params.memory <= COSTLIEST.memory
    ):
        raise VaultDamaged(why="it asks for a key derivation that is not allowed.")
    return header, params, box


def _derive(password: str, key: str, salt: bytes, params: KdfParams) -> tuple[bytes, bytes]:
    typed = unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass") + b"\x00"
    try:
        derived = bindings.crypto_pwhash_alg(
            64,
            typed + parse_key(key).replace("-", "").encode(),
            salt,
            params.passes,
            params.memory,
            bindings.crypto_pwhash_ALG_ARGON2ID13,
        )
    except (nacl.exceptions.RuntimeError, MemoryError) as error:
        raise AccountError(why="this computer has not enough free memory to open it.") from error
    return derived[:32], _scalar(derived[32:])


def _scalar(secret: bytes) -> bytes:
    """A secp256k1 scalar: hashed again in the one case in 2^128 that it is none."""
    counter = 0
    while True:
        scalar = blake2b(bytes([counter]), "medrec/authkey", key=secret)
        if 0 < int.from_bytes(scalar, "big") < SECP256K1_ORDER:
            return scalar
        counter += 1


def _commitment(vault_key: bytes) -> bytes:
    return blake2b(vault_key, "medrec/vault")


def _checksum(body: dict[str, object]) -> bytes:
    """Tells damage from a wrong password; protects nothing (anybody can compute it)."""
    return blake2b(encode(body), "medrec/vaultsum", size=16)
