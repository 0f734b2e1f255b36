"""Categories that people choose, slots that stand on chain, and scopes over slots.

`Category` and `Slot` are different types on purpose: which slot holds which category is the
patient's secret, translated in one place (medrec.crypto.slots).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

Slot = NewType("Slot", int)
"""0..15; 0 is identity, 1..15 are each patient's own permutation of the other categories."""

SLOTS = 16
IDENTITY_SLOT = Slot(0)


class Category(StrEnum):
    """What a record is about (DESIGN.md section 3); the order is part of the key scheme."""

    IDENTITY = "identity"
    PROBLEMS = "problems"
    MEDICATIONS = "medications"
    ALLERGIES = "allergies"
    IMMUNIZATIONS = "immunizations"
    VITALS = "vitals"
    LABORATORY = "laboratory"
    IMAGING = "imaging"
    NOTES = "notes"
    DOCUMENTS = "documents"
    MENTAL = "mental"
    SEXUAL = "sexual"
    GENETIC = "genetic"
    SUBSTANCE = "substance"


SENSITIVE = frozenset({Category.MENTAL, Category.SEXUAL, Category.GENETIC, Category.SUBSTANCE})
GRANTABLE = tuple(c for c in Category if c is not Category.IDENTITY)
GENERAL = tuple(c for c in GRANTABLE if c not in SENSITIVE)


@dataclass(frozen=True, slots=True)
class Scope:
    """Slots that may be read and written; uint32 on chain: bit s reads, bit 16 + s writes."""

    read: frozenset[Slot] = frozenset()
    write: frozenset[Slot] = frozenset()

    def __post_init__(self) -> None:
        if any(not 1 <= s < SLOTS for s in self.read | self.write):
            raise ValueError("a scope covers slots 1 to 15")

    @classmethod
    def unpack(cls, packed: int) -> Scope:
        """The scope of its uint32 form."""
        return cls(
            frozenset(Slot(s) for s in range(1, SLOTS) if packed >> s & 1),
            frozenset(Slot(s) for s in range(1, SLOTS) if packed >> (16 + s) & 1),
        )

    @property
    def packed(self) -> int:
        """The uint32 that stands on chain."""
        return sum(1 << s for s in self.read) | sum(1 << (16 + s) for s in self.write)


@dataclass(frozen=True, slots=True)
class Permission:
    """The categories that somebody may read and write: a scope as people see it."""

    read: frozenset[Category] = frozenset()
    write: frozenset[Category] = frozenset()

    def names(self) -> tuple[list[str], list[str]]:
        """Both lists by name, in the order of `Category`."""
        return (
            [c.value for c in Category if c in self.read],
            [c.value for c in Category if c in self.write],
        )
