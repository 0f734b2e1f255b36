"""What the sign-in screen shows: the accounts of this computer, and keys as they are typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from PyQt6.QtCore import QModelIndex

from medrec.crypto.vault import KEY_ALPHABET, KEY_LENGTH
from medrec.domain.ids import Address
from medrec.domain.people import Role
from medrec.models.listing import ListModel
from medrec.services.accounts import LEAST_PASSWORD

_READ_AS = str.maketrans("OIL", "011")


@dataclass(frozen=True, slots=True)
class AccountChoice:
    """An account of this computer.

    ``role`` is known only of the demo's invented people: nothing about others lies on the disk.
    """

    name: str
    label: str
    address: Address | None = None
    role: Role | None = None
    invented: bool = False


class AccountsModel(ListModel[AccountChoice]):
    """The accounts of this computer, in the order in which they are given."""

    def set_rows(self, rows: Sequence[AccountChoice]) -> None:
        """Show these accounts."""
        if list(rows) != self.rows:
            self.replace(rows)

    def find(self, name: str) -> QModelIndex:
        """Where an account stands; an invalid index where it does not."""
        numbers = (number for number, row in enumerate(self.rows) if row.name == name)
        return self.index(next(numbers, -1))

    def label(self, row: AccountChoice) -> str:
        """What the account is called here."""
        return row.label

    def text(self, row: AccountChoice) -> str:
        """What the account is called, and its role where it is known."""
        return ", ".join(filter(None, (row.label, self.role_text(row))))

    def hint(self, row: AccountChoice) -> str:
        """The address."""
        return row.address or self.tr("The address is known once the account is open")

    def role_text(self, row: AccountChoice) -> str:
        """An account's role in words; empty where it is not known."""
        return (
            {
                Role.PATIENT: self.tr("Patient"),
                Role.DOCTOR: self.tr("Doctor"),
                Role.ADMINISTRATOR: self.tr("Administrator"),
            }.get(row.role, "")
            if row.role
            else ""
        )


def tidy_key(text: str) -> str:
    """An 8-character key as far as it is typed, as XXXX-XXXX: O is 0, I and L are 1."""
    typed = unicodedata.normalize("NFKC", text).upper().translate(_READ_AS)
    kept = "".join(c for c in typed if c in KEY_ALPHABET)[:KEY_LENGTH]
    half = KEY_LENGTH // 2
    return kept if len(kept) <= half else f"{kept[:half]}-{kept[half:]}"


def key_complete(text: str) -> bool:
    """Whether a tidied key has all its characters."""
    return len(text.replace("-", "")) == KEY_LENGTH


def strength(password: str) -> int:
    """How well a password would stand, from 0 (too short) to 4, by its length and its variety.

    A hint for people: beside it stand the 40 bits of the 8-character key and a slow derivation.
    """
    if len(password) < LEAST_PASSWORD:
        return 0
    if len(set(password)) <= len(password) // 3:
        return 1
    kinds = (str.islower, str.isupper, str.isdigit, lambda c: not c.isalnum())
    variety = sum(any(kind(c) for c in password) for kind in kinds)
    return min(4, 1 + (len(password) >= 12) + (len(password) >= 16) + (variety >= 3))
