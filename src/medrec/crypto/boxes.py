"""Sealing to an X25519 key (NaCl SealedBox), and padding that hides sizes.

Padmé: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with
PURBs", PETS 2019, section 4.
"""

from __future__ import annotations

import nacl.exceptions
from nacl import bindings

from medrec.crypto.kdf import EncryptionKey, is_low_order
from medrec.errors import BadObject, LowOrderKey, NoKey

BOX_OVERHEAD = bindings.crypto_box_SEALBYTES
_PAD_MARK = b"\x80"


def padme(size: int) -> int:
    """The Padmé class of a size: at most 12 % more, and O(log log size) bits leak."""
    if size < 2:
        return size
    exponent = size.bit_length() - 1
    mask = (1 << exponent - exponent.bit_length()) - 1
    return (size + mask) & ~mask


def pad(data: bytes, size: int) -> bytes:
    """``data``, the mark 0x80 and zeros to ``size`` bytes (ISO/IEC 7816-4)."""
    if len(data) >= size:
        raise ValueError("no room for the padding")
    return (data + _PAD_MARK).ljust(size, b"\x00")


def unpad(padded: bytes) -> bytes:
    """What `pad` was given.

    Raises:
        BadObject: when there is no padding.
    """
    data = padded.rstrip(b"\x00")
    if not data.endswith(_PAD_MARK):
        raise BadObject(why="its padding is malformed.")
    return data[:-1]


def seal_exact(public_key: bytes, plaintext: bytes, holder: str = "the recipient") -> bytes:
    """SealedBox without padding: 48 bytes more than the plaintext.

    Raises:
        LowOrderKey: naming ``holder``.
    """
    if is_low_order(public_key):
        raise LowOrderKey(holder=holder)
    return bindings.crypto_box_seal(plaintext, public_key)


def open_exact(key: EncryptionKey, data: bytes) -> bytes:
    """The plaintext of `seal_exact`.

    Raises:
        NoKey: when it was not sealed to this key, or was changed.
    """
    if len(data) < BOX_OVERHEAD:
        raise NoKey
    try:
        return bindings.crypto_box_seal_open(data, key.public, key.secret)
    except nacl.exceptions.CryptoError as error:
        raise NoKey from error


def seal_to(
    public_key: bytes, plaintext: bytes, pad_to: int, holder: str = "the recipient"
) -> bytes:
    """SealedBox of the padded plaintext; the result has a multiple of ``pad_to`` bytes.

    Raises:
        LowOrderKey: naming ``holder``.
    """
    least = len(plaintext) + len(_PAD_MARK) + BOX_OVERHEAD
    size = -(-least // pad_to) * pad_to
    return seal_exact(public_key, pad(plaintext, size - BOX_OVERHEAD), holder)


def open_box(key: EncryptionKey, data: bytes) -> bytes:
    """The plaintext of `seal_to`.

    Raises:
        NoKey: when it was not sealed to this key, or was changed.
        BadObject: when it opens to something unpadded.
    """
    return unpad(open_exact(key, data))
