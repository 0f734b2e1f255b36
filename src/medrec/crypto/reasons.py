"""Why a doctor was refused or suspended: sealed to the doctor and to the network's verifiers.

A reason may name people, so it is no public text; its digest stands on chain where a verification
has its credential.
"""

from __future__ import annotations

from collections.abc import Iterable

from medrec.crypto.boxes import open_box, seal_to
from medrec.crypto.codec import decode, encode
from medrec.crypto.fields import Fields
from medrec.crypto.kdf import EncryptionKey
from medrec.domain.ids import Address
from medrec.errors import BadObject, NoKey

REASON_SIZE = 1024
"""A box has a multiple of so many bytes: the length of the text does not show."""

LONGEST = 1_000
"""Characters that a reason may have."""

READERS = 64
"""The most that a reason is sealed to."""


def encode_reason(doctor: Address, text: str, readers: Iterable[bytes]) -> bytes:
    """The object: one box for each reader's X25519 key, which must be safe (`is_low_order`).

    Raises:
        ValueError: when there are more than `READERS`, or the text is too long (our bug).
        LowOrderKey.
    """
    keys = list(dict.fromkeys(readers))
    if len(keys) > READERS or len(text) > LONGEST:
        raise ValueError("too many readers, or too long a reason")
    plain = encode({"v": 1, "doctor": doctor, "reason": text})
    return encode({"v": 1, "boxes": [seal_to(key, plain, REASON_SIZE) for key in keys]})


def open_reason(data: bytes, key: EncryptionKey, doctor: Address) -> str:
    """What was written about ``doctor``.

    Raises:
        NoKey: when no box opens with this key.
        BadObject: when it is malformed, or about somebody else.
    """
    boxes = Fields.decode(data, ("boxes",), "the reason").items("boxes")
    if len(boxes) > READERS:
        raise BadObject(why="it is sealed to more than may read it.")
    for box in boxes:
        if not isinstance(box, bytes):
            raise BadObject(why="“boxes” of the reason is malformed.")
        try:
            plain = open_box(key, box)
        except NoKey:
            continue
        return _text(plain, doctor)
    raise NoKey


def _text(plain: bytes, doctor: Address) -> str:
    fields = Fields(decode(plain), ("v", "doctor", "reason"), "the reason")
    if fields.integer("v") != 1 or fields.address("doctor") != doctor:
        raise BadObject(why="the reason is about somebody else.")
    return fields.text("reason")
