"""Epochs in their order and packed form; what a record id holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrec.domain.ids import (
    CHART,
    ZERO_ADDRESS,
    ZERO_DIGEST,
    Address,
    Epoch,
    address_bytes,
    address_word,
    new_record_id,
    record_creator,
    record_slot,
)

SOMEBODY = Address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
words = st.integers(0, 0xFFFF)
epochs = st.builds(Epoch, words, words)


@given(epochs)
def test_epoch_packs_into_32_bits_and_back(epoch: Epoch):
    assert 0 <= epoch.packed < 1 << 32
    assert Epoch.unpack(epoch.packed) == epoch


@given(st.integers(0, 0xFFFF_FFFF))
def test_every_uint32_is_an_epoch(packed: int):
    assert Epoch.unpack(packed).packed == packed


@given(epochs, epochs)
def test_order_of_epochs_is_that_of_their_packed_forms(one: Epoch, two: Epoch):
    assert (one < two) == (one.packed < two.packed)


@pytest.mark.parametrize(
    ("epoch", "after"),
    [
        (Epoch(0, 0), Epoch(0, 1)),
        (Epoch(3, 0xFFFE), Epoch(3, 0xFFFF)),
        (Epoch(3, 0xFFFF), Epoch(4, 0)),
    ],
)
def test_next_epoch_rolls_into_the_next_generation(epoch: Epoch, after: Epoch):
    assert epoch.next() == after
    assert epoch < epoch.next()


def test_there_is_no_epoch_after_the_last():
    with pytest.raises(ValueError, match="out of range"):
        Epoch(0xFFFF, 0xFFFF).next()


@pytest.mark.parametrize(
    ("generation", "index"), [(-1, 0), (0, -1), (0x1_0000, 0), (0, 0x1_0000), (1 << 40, 0)]
)
def test_epoch_out_of_range_is_refused(generation: int, index: int):
    with pytest.raises(ValueError, match="out of range"):
        Epoch(generation, index)


def test_number_wider_than_an_epoch_is_refused():
    with pytest.raises(ValueError, match="out of range"):
        Epoch.unpack(1 << 32)


@given(st.integers(0, 15), st.binary(min_size=11, max_size=11))
def test_record_id_holds_slot_creator_and_randomness(slot: int, random: bytes):
    record = new_record_id(slot, SOMEBODY, random)
    assert len(record) == 32
    assert record_slot(record) == slot
    assert record_creator(record) == address_bytes(SOMEBODY)
    assert record.endswith(random)


@pytest.mark.parametrize("size", [0, 10, 12, 32])
def test_record_id_takes_eleven_random_bytes(size: int):
    with pytest.raises(ValueError, match="11 random bytes"):
        new_record_id(1, SOMEBODY, bytes(size))


@pytest.mark.parametrize("slot", [-1, 256])
def test_record_id_takes_a_byte_of_slot(slot: int):
    with pytest.raises(ValueError, match="range"):
        new_record_id(slot, SOMEBODY, bytes(11))


def test_address_bytes_do_not_depend_on_the_spelling():
    assert address_bytes(SOMEBODY) == address_bytes(Address(SOMEBODY.lower()))
    assert len(address_bytes(SOMEBODY)) == 20
    assert address_bytes(ZERO_ADDRESS) == bytes(20)


def test_zeros_have_their_widths():
    assert (len(ZERO_DIGEST), len(CHART)) == (32, 32)
    assert not any(ZERO_DIGEST)
    assert not any(CHART)


def test_an_address_stands_at_the_right_of_its_word() -> None:
    address = Address("0x" + "Ab" * 20)
    assert address_word(address) == bytes(12) + b"\xab" * 20
