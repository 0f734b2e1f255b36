"""Sealed boxes and padding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrec.crypto.boxes import (
    BOX_OVERHEAD,
    open_box,
    open_exact,
    pad,
    padme,
    seal_exact,
    seal_to,
    unpad,
)
from medrec.domain.ids import short_address
from medrec.errors import BadObject, LowOrderKey, NoKey
from tests.unit.crypto.builders import DOCTOR, DOCTOR_KEY, LOW_ORDER, PATIENT_KEY, flipped


@given(st.integers(0, 1 << 50))
def test_padme_is_an_upper_class_with_little_waste(size: int) -> None:
    padded = padme(size)
    assert size <= padded <= size * 1.12 + 1
    assert padme(padded) == padded


def test_padme_leaves_few_classes() -> None:
    assert len({padme(size) for size in range(1 << 20, 1 << 21)}) == 33


def test_padme_of_the_paper() -> None:
    assert [padme(n) for n in (0, 1, 2, 9, 100, 1000)] == [0, 1, 2, 10, 104, 1024]


@given(st.binary(max_size=100), st.integers(1, 200))
def test_padding_is_undone(data: bytes, more: int) -> None:
    padded = pad(data, len(data) + more)
    assert len(padded) == len(data) + more
    assert unpad(padded) == data


def test_padding_needs_room() -> None:
    with pytest.raises(ValueError, match="room"):
        pad(b"four", 4)


@pytest.mark.parametrize("data", [b"", b"\x00\x00", b"abc", b"abc\x00"])
def test_what_was_never_padded(data: bytes) -> None:
    with pytest.raises(BadObject):
        unpad(data)


@given(st.binary(max_size=3000))
def test_a_box_opens_and_hides_its_size(data: bytes) -> None:
    box = seal_to(DOCTOR_KEY.public, data, 1024)
    assert len(box) % 1024 == 0
    assert len(box) - len(data) <= 1024 + BOX_OVERHEAD + 1
    assert open_box(DOCTOR_KEY, box) == data


def test_the_largest_that_fits_and_the_next() -> None:
    most = 1024 - BOX_OVERHEAD - 1
    assert len(seal_to(DOCTOR_KEY.public, bytes(most), 1024)) == 1024
    assert len(seal_to(DOCTOR_KEY.public, bytes(most + 1), 1024)) == 2048


def test_somebody_else_opens_nothing() -> None:
    with pytest.raises(NoKey):
        open_box(PATIENT_KEY, seal_to(DOCTOR_KEY.public, b"secret", 256))


@given(st.integers(0, 256 * 8 - 1))
def test_a_flipped_bit_anywhere_opens_nothing(bit: int) -> None:
    box = seal_to(DOCTOR_KEY.public, b"secret", 256)
    with pytest.raises(NoKey):
        open_box(DOCTOR_KEY, flipped(box, bit))


@given(st.integers(0, 255))
def test_a_cut_box_opens_nothing(size: int) -> None:
    with pytest.raises(NoKey):
        open_box(DOCTOR_KEY, seal_to(DOCTOR_KEY.public, b"secret", 256)[:size])


@pytest.mark.parametrize("key", [*LOW_ORDER, bytes(31), b""], ids=lambda key: key.hex()[:8])
def test_nothing_is_sealed_to_an_unsafe_key(key: bytes) -> None:
    with pytest.raises(LowOrderKey, match=short_address(DOCTOR)):
        seal_to(key, b"secret", 256, DOCTOR)
    with pytest.raises(LowOrderKey):
        seal_exact(key, b"secret")


@pytest.mark.parametrize("key", LOW_ORDER, ids=lambda key: key.hex()[:8])
def test_a_box_with_an_unsafe_ephemeral_key_does_not_open(key: bytes) -> None:
    with pytest.raises(NoKey):
        open_exact(DOCTOR_KEY, key + bytes(64))


def test_a_box_without_padding_is_malformed() -> None:
    with pytest.raises(BadObject):
        open_box(DOCTOR_KEY, seal_exact(DOCTOR_KEY.public, b"secret"))
