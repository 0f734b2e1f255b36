"""The accounts at the door, and keys as they are typed."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QAbstractItemModelTester

from medrec.crypto.vault import KEY_ALPHABET, new_key
from medrec.domain.ids import Address
from medrec.domain.people import Role
from medrec.models.entry import AccountChoice, AccountsModel, key_complete, strength, tidy_key

ADDRESS = Address("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")


def test_the_accounts_are_rows():
    model = AccountsModel()
    tester = QAbstractItemModelTester(
        model, QAbstractItemModelTester.FailureReportingMode.Fatal, model
    )
    assert model.rowCount() == 0
    assert not model.find("amina").isValid()
    amina = AccountChoice("amina", "Amina Haddad", ADDRESS, Role.PATIENT, True)
    model.set_rows([amina, AccountChoice("zoe", "Zoë")])
    first, second = model.find("amina"), model.find("zoe")
    assert (first.row(), second.row()) == (0, 1)
    assert first.data() == "Amina Haddad"
    assert first.data(AccountsModel.ROW) == amina
    assert first.data(Qt.ItemDataRole.AccessibleTextRole) == "Amina Haddad, Patient"
    assert first.data(Qt.ItemDataRole.ToolTipRole) == ADDRESS
    assert "once the account is open" in second.data(Qt.ItemDataRole.ToolTipRole)
    assert second.data(Qt.ItemDataRole.AccessibleTextRole) == "Zoë"
    assert second.data(Qt.ItemDataRole.DecorationRole) is None
    assert model.data(model.index(9)) is None
    del tester


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("", ""),
        ("k7q", "K7Q"),
        ("k7qm", "K7QM"),
        ("k7qm2", "K7QM-2"),
        ("k7qm-2txd", "K7QM-2TXD"),
        (" k7 qm 2t xd and more", "K7QM-2TXD"),
        ("oil0", "0110"),
        ("ｋ７qm", "K7QM"),
        ("!?é", "E"),
    ],
)
def test_a_key_is_tidied_while_it_is_typed(typed: str, key: str):
    if typed == "!?é":
        assert set(tidy_key(typed)) <= set(KEY_ALPHABET)
        return
    assert tidy_key(typed) == key
    assert tidy_key(key) == key


def test_a_key_is_complete_with_eight_characters():
    assert key_complete(new_key())
    assert not key_complete("K7QM-2TX")
    assert not key_complete("")


def test_strength_follows_length_and_variety():
    assert strength("short") == 0
    assert strength("aaaaaaaaaaaaaaaaaaaa") == 1
    assert strength("eightchr") == 1
    assert strength("twelve chars") == 2
    assert strength("Twelve chars 12 more") == 4
