"""XChaCha20-Poly1305 with a random nonce in front (draft-irtf-cfrg-xchacha-03)."""

from __future__ import annotations

import nacl.exceptions
from nacl import bindings, utils

from medrec.errors import SealBroken

NONCE = bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
TAG = bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES
OVERHEAD = NONCE + TAG


def seal(key: bytes, plaintext: bytes, associated: bytes) -> bytes:
    """Nonce (24 bytes), ciphertext and tag (16): 40 bytes more than the plaintext."""
    nonce = utils.random(NONCE)
    return nonce + bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        plaintext, associated, nonce, key
    )


def unseal(key: bytes, sealed: bytes, associated: bytes, what: str) -> bytes:
    """The plaintext of `seal`.

    Raises:
        SealBroken: naming ``what``, when key, bytes or associated data are not those of sealing.
    """
    if len(sealed) < OVERHEAD:
        raise SealBroken(what=what)
    try:
        return bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            sealed[NONCE:], associated, sealed[:NONCE], key
        )
    except nacl.exceptions.CryptoError as error:
        raise SealBroken(what=what) from error
