"""Which slot holds which category: the only place where the two types meet.

Slot 0 is identity. The other 13 categories stand at a permutation of slots 1 to 15 that is keyed
by the patient's account root; two slots stay spare. A grantee knows only the entries that the
envelope names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from medrec.crypto.kdf import AccountRoot
from medrec.domain.categories import (
    GRANTABLE,
    IDENTITY_SLOT,
    SLOTS,
    Category,
    Permission,
    Scope,
    Slot,
)
from medrec.errors import NoKey


@dataclass(frozen=True, slots=True)
class SlotMap:
    """Categories and their slots, whole (the patient's own) or partial (a grantee's)."""

    by_category: Mapping[Category, Slot]

    def __post_init__(self) -> None:
        if len(set(self.by_category.values())) != len(self.by_category):
            raise ValueError("two categories in one slot")
        if self.by_category.get(Category.IDENTITY, IDENTITY_SLOT) != IDENTITY_SLOT or any(
            slot == IDENTITY_SLOT and category is not Category.IDENTITY
            for category, slot in self.by_category.items()
        ):
            raise ValueError("slot 0 is identity")

    def slot(self, category: Category) -> Slot:
        """The category's slot.

        Raises:
            NoKey: when this map does not know it.
        """
        try:
            return self.by_category[category]
        except KeyError:
            raise NoKey from None

    def category(self, slot: Slot) -> Category | None:
        """The slot's category; None when it is unknown here or spare."""
        return next((c for c, s in self.by_category.items() if s == slot), None)

    def __contains__(self, category: object) -> bool:
        return category in self.by_category

    def __iter__(self) -> Iterator[Category]:
        return iter(self.by_category)


def slot_map(root: AccountRoot) -> SlotMap:
    """The patient's own map of all 14 categories."""
    order = sorted(range(1, SLOTS), key=lambda s: root.derive("medrec/slots", bytes([s])))
    slots: dict[Category, Slot] = {Category.IDENTITY: IDENTITY_SLOT}
    slots.update(zip(GRANTABLE, map(Slot, order), strict=False))
    return SlotMap(slots)


def scope_of(permission: Permission, slots: SlotMap) -> Scope:
    """The scope on chain of a permission; identity, which every grant opens, stays outside.

    Raises:
        NoKey: when the map does not know one of the categories.
    """
    return Scope(
        frozenset(slots.slot(c) for c in permission.read if c is not Category.IDENTITY),
        frozenset(slots.slot(c) for c in permission.write if c is not Category.IDENTITY),
    )


def permission_of(scope: Scope, slots: SlotMap) -> Permission:
    """The categories that a scope covers, as far as the map knows them."""

    def known(covered: frozenset[Slot]) -> frozenset[Category]:
        return frozenset(c for c, s in slots.by_category.items() if s in covered)

    return Permission(known(scope.read), known(scope.write))
