"""A reason is read by those it is sealed to, about the one it is about."""

from __future__ import annotations

import pytest

from medrec.crypto.codec import encode
from medrec.crypto.kdf import EncryptionKey, account_root, encryption_key
from medrec.crypto.reasons import LONGEST, READERS, encode_reason, open_reason
from medrec.domain.ids import Address
from medrec.errors import BadObject, LowOrderKey, NoKey

DOCTOR, OTHER = Address("0x" + "11" * 20), Address("0x" + "22" * 20)


def key(seed: int) -> EncryptionKey:
    return encryption_key(account_root(bytes([seed]) * 32), 1)


def test_each_reader_opens_it_and_nobody_else() -> None:
    data = encode_reason(DOCTOR, "Why\nnot", [key(1).public, key(2).public, key(1).public])
    assert [open_reason(data, key(n), DOCTOR) for n in (1, 2)] == ["Why\nnot"] * 2
    with pytest.raises(NoKey):
        open_reason(data, key(3), DOCTOR)
    assert b"Why" not in data


def test_it_is_about_one_doctor() -> None:
    data = encode_reason(DOCTOR, "Why", [key(1).public])
    with pytest.raises(BadObject):
        open_reason(data, key(1), OTHER)


def test_what_is_not_a_reason() -> None:
    for wrong in (b"", encode({"v": 2, "boxes": []}), encode({"v": 1, "boxes": ["a"]})):
        with pytest.raises(BadObject):
            open_reason(wrong, key(1), DOCTOR)
    with pytest.raises(BadObject):
        open_reason(encode({"v": 1, "boxes": [b""] * (READERS + 1)}), key(1), DOCTOR)


def test_our_own_bugs() -> None:
    with pytest.raises(ValueError, match="too"):
        encode_reason(DOCTOR, "x" * (LONGEST + 1), [])
    with pytest.raises(LowOrderKey):
        encode_reason(DOCTOR, "x", [bytes(32)])
