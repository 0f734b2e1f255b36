"""Categories and slots."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrec.crypto.kdf import account_root
from medrec.crypto.slots import SlotMap, permission_of, scope_of, slot_map
from medrec.domain.categories import GRANTABLE, Category, Permission, Scope, Slot
from medrec.errors import NoKey
from tests.unit.crypto.builders import PATIENT_ROOT

WHOLE = slot_map(PATIENT_ROOT)
categories = st.frozensets(st.sampled_from(GRANTABLE))


def test_identity_is_slot_0_and_the_rest_is_spread_over_15() -> None:
    assert WHOLE.slot(Category.IDENTITY) == 0
    slots = [WHOLE.slot(category) for category in GRANTABLE]
    assert len(set(slots)) == 13
    assert all(1 <= slot <= 15 for slot in slots)


def test_both_ways() -> None:
    assert all(WHOLE.category(WHOLE.slot(category)) is category for category in Category)
    assert set(WHOLE) == set(Category)
    spare = [s for s in range(16) if WHOLE.category(Slot(s)) is None]
    assert len(spare) == 2


def test_every_patient_has_another_permutation_and_no_slot_is_favoured() -> None:
    maps = [slot_map(account_root(i.to_bytes(32, "big"))) for i in range(600)]
    assert len({tuple(m.by_category.items()) for m in maps}) == 600
    where = Counter(m.slot(Category.MENTAL) for m in maps)
    assert set(where) == set(range(1, 16))
    assert max(where.values()) < 3 * min(where.values())


@given(categories, categories)
def test_a_permission_survives_the_chain(
    read: frozenset[Category], write: frozenset[Category]
) -> None:
    permission = Permission(read, write)
    scope = Scope.unpack(scope_of(permission, WHOLE).packed)
    assert permission_of(scope, WHOLE) == permission


def test_identity_stays_outside_the_scope() -> None:
    everything = frozenset(Category)
    assert scope_of(Permission(everything, everything), WHOLE).packed & 0x0001_0001 == 0


def test_a_partial_map_translates_what_it_knows() -> None:
    partial = SlotMap({Category.IDENTITY: Slot(0), Category.VITALS: Slot(4)})
    assert permission_of(Scope(frozenset({Slot(4), Slot(9)})), partial) == Permission(
        frozenset({Category.VITALS})
    )
    assert Category.MENTAL not in partial
    assert partial.category(Slot(9)) is None
    with pytest.raises(NoKey):
        partial.slot(Category.MENTAL)
    with pytest.raises(NoKey):
        scope_of(Permission(frozenset({Category.MENTAL})), partial)


@pytest.mark.parametrize(
    "entries",
    [
        {Category.VITALS: Slot(4), Category.NOTES: Slot(4)},
        {Category.VITALS: Slot(0)},
        {Category.IDENTITY: Slot(3)},
    ],
    ids=["shared slot", "slot 0 taken", "identity moved"],
)
def test_a_map_that_cannot_be(entries: dict[Category, Slot]) -> None:
    with pytest.raises(ValueError, match="slot"):
        SlotMap(entries)
