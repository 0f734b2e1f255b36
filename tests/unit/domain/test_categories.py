"""Categories, scopes over slots, permissions by name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrec.domain.categories import (
    GENERAL,
    GRANTABLE,
    IDENTITY_SLOT,
    SENSITIVE,
    SLOTS,
    Category,
    Permission,
    Scope,
    Slot,
)

slots = st.frozensets(st.integers(1, 15).map(Slot))
categories = st.frozensets(st.sampled_from(Category))


def test_order_of_categories_is_that_of_the_key_scheme():
    """The order is derived from by every account: it never changes."""
    assert [c.value for c in Category] == [
        "identity", "problems", "medications", "allergies", "immunizations", "vitals",
        "laboratory", "imaging", "notes", "documents", "mental", "sexual", "genetic", "substance",
    ]  # fmt: skip


def test_each_category_but_identity_has_a_slot_to_be_permuted_into():
    assert len(GRANTABLE) == len(Category) - 1 <= SLOTS - 1
    assert Category.IDENTITY not in GRANTABLE
    assert IDENTITY_SLOT == 0


def test_general_leaves_out_what_is_sensitive():
    assert {Category.MENTAL, Category.SEXUAL, Category.GENETIC, Category.SUBSTANCE} == SENSITIVE
    assert set(GENERAL) | SENSITIVE == set(GRANTABLE)
    assert not set(GENERAL) & SENSITIVE


@given(slots, slots)
def test_scope_packs_into_32_bits_and_back(read: frozenset[Slot], write: frozenset[Slot]):
    scope = Scope(read, write)
    assert 0 <= scope.packed < 1 << 32
    assert scope.packed & 0x0001_0001 == 0, "the contract refuses bits 0 and 16"
    assert Scope.unpack(scope.packed) == scope


@pytest.mark.parametrize(
    ("scope", "packed"),
    [
        (Scope(), 0),
        (Scope(frozenset({Slot(1)})), 1 << 1),
        (Scope(frozenset(), frozenset({Slot(1)})), 1 << 17),
        (Scope(frozenset({Slot(15)}), frozenset({Slot(15)})), 1 << 15 | 1 << 31),
    ],
)
def test_bit_s_reads_and_bit_16_and_s_writes(scope: Scope, packed: int):
    assert scope.packed == packed


@given(st.integers(0, 0xFFFF_FFFF))
def test_bits_of_slot_0_are_not_part_of_a_scope(packed: int):
    assert Scope.unpack(packed).packed == packed & ~0x0001_0001


@pytest.mark.parametrize("slot", [-1, 0, 16, 31])
def test_scope_covers_slots_1_to_15(slot: int):
    with pytest.raises(ValueError, match="slots 1 to 15"):
        Scope(read=frozenset({Slot(slot)}))
    with pytest.raises(ValueError, match="slots 1 to 15"):
        Scope(write=frozenset({Slot(slot)}))


@given(categories, categories)
def test_permission_names_are_in_the_order_of_the_categories(
    read: frozenset[Category], write: frozenset[Category]
):
    names = Permission(read, write).names()
    order = [c.value for c in Category]
    for found, given_ in zip(names, (read, write), strict=True):
        assert found == sorted(found, key=order.index)
        assert {Category(name) for name in found} == given_


def test_permission_of_nothing_has_no_names():
    assert Permission().names() == ([], [])
