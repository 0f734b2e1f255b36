"""A new account in five steps: nothing is written before words and key are known to be kept."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from medrec.domain.people import Role
from medrec.store import vaults
from medrec.store.keyring import OsKeyring
from medrec.views.common.entry.create import CreatePage, Step
from tests.support.anvil import Deployed, anvil_node, deployed
from tests.support.door import PASSWORD, Door, click, door, write
from tests.support.keyring_backend import MemoryBackend, keyring_backend, no_keyring

__all__ = ["anvil_node", "deployed", "door", "keyring_backend", "no_keyring"]


async def test_five_steps_make_an_account_and_sign_it_in(
    door: Door, deployed: Deployed, keyring_backend: MemoryBackend
):
    door.network(deployed)
    page = await _begin(door)
    page.who.roles.cards[Role.DOCTOR].click()
    await _to_words(door, page, "Dr. Lukas Meyer")
    words = page.words.grid.words()
    assert len(words) == 24
    assert not page.key.key.isVisible()
    click(page.go)
    _answer(page, words)
    click(page.go)
    assert page.current == Step.PASSWORD
    write(page.secret.first.line, PASSWORD)
    write(page.secret.second.line, PASSWORD)
    click(page.go)
    assert page.current == Step.KEY
    key = page.key.key.text()
    assert _vaults(door.home) == [], "nothing is written before the key is written down"
    assert page.key.remember.isChecked()
    click(page.go)
    await door.until(lambda: door.opened)
    opened, role = door.opened[0]
    assert role is Role.DOCTOR
    assert opened.context.name == "dr-lukas-meyer"
    assert OsKeyring(door.home).recall("dr-lukas-meyer") == key
    assert door.view.sign_in.accounts.model().rows[0].label == "Dr. Lukas Meyer"
    assert page.words.grid.words() == ()
    assert (page.key.key.text(), page.secret.password()) == ("", "")
    found = await door.gate.accounts()
    assert [(row.label, row.address) for row in found] == [("Dr. Lukas Meyer", opened.context.me)]


async def test_the_steps_are_built_when_somebody_wants_them_and_once(
    door: Door, deployed: Deployed, no_keyring: None
):
    door.network(deployed)
    await door.account()
    await door.begin()
    assert door.view.count() == 1
    click(door.view.sign_in.new)
    page = door.view.currentWidget()
    assert isinstance(page, CreatePage)
    assert door.view.count() == 2
    QTest.keyClick(page, Qt.Key.Key_Escape)
    await door.still()
    assert door.view.currentWidget() is door.view.sign_in
    click(door.view.sign_in.new)
    assert door.view.currentWidget() is page
    assert door.view.count() == 2


async def test_without_a_node_the_new_account_can_be_opened_all_the_same(
    door: Door, deployed: Deployed, no_keyring: None
):
    door.network(deployed, rpc=("http://127.0.0.1:9",))
    page = await _begin(door)
    page.who.roles.cards[Role.PATIENT].click()
    await _to_key(door, page, "Amina")
    click(page.go)
    await door.until(door.view.sign_in.away.text)
    assert door.view.sign_in.password.text() == PASSWORD, "nobody types it again"
    click(door.view.sign_in.offline)
    await door.until(lambda: door.opened)
    opened, role = door.opened[0]
    assert not opened.online
    assert role is Role.PATIENT
    assert door.view.sign_in.password.text() == ""


async def test_an_administrator_is_registered_at_once(
    door: Door, deployed: Deployed, no_keyring: None
):
    door.network(deployed)
    page = await _begin(door)
    page.who.roles.cards[Role.ADMINISTRATOR].click()
    await _to_words(door, page, "Office")
    click(page.go)
    _answer(page, page.words.grid.words())
    click(page.go)
    write(page.secret.first.line, PASSWORD)
    write(page.secret.second.line, PASSWORD)
    click(page.go)
    assert not page.key.remember.isVisible(), "there is no keyring"
    click(page.go)
    await door.until(lambda: door.opened)
    opened, _ = door.opened[0]
    user = await opened.context.chain.user(opened.context.me)
    assert user is not None
    assert user.role is Role.ADMINISTRATOR


async def test_wrong_words_are_told_one_by_one(door: Door, deployed: Deployed):
    door.network(deployed)
    page = await _begin(door)
    await _to_words(door, page, "Amina")
    words = page.words.grid.words()
    click(page.go)
    _answer(page, words)
    write(page.check.fields[0].editor, "zebra")
    write(page.check.fields[2].editor, "")
    click(page.go)
    assert page.current == Step.CHECK
    assert [bool(field.error) for field in page.check.fields] == [True, False, True]
    assert page.check.fields[0].editor.hasFocus()
    _answer(page, words)
    assert not any(field.error for field in page.check.fields)
    click(page.go)
    assert page.current == Step.PASSWORD


async def test_a_weak_or_mistyped_password_goes_no_further(door: Door, deployed: Deployed):
    door.network(deployed)
    page = await _begin(door)
    await _to_words(door, page, "Amina")
    click(page.go)
    _answer(page, page.words.grid.words())
    click(page.go)
    click(page.go)
    assert page.current == Step.PASSWORD
    write(page.secret.first.line, "short")
    click(page.go)
    assert "Too short" in page.secret.strength.text()
    write(page.secret.first.line, PASSWORD)
    write(page.secret.second.line, PASSWORD[:-1])
    click(page.go)
    assert "not the same" in page.secret.second.error
    assert page.current == Step.PASSWORD
    write(page.secret.second.line, PASSWORD)
    click(page.go)
    assert page.current == Step.KEY


async def test_a_name_is_needed_and_must_be_free(door: Door, deployed: Deployed):
    door.network(deployed)
    await door.account("amina")
    await door.begin()
    click(door.view.sign_in.new)
    await door.still()
    page = door.view.creation
    click(page.go)
    assert page.who.name.error
    write(page.who.name.editor, "Amina")
    click(page.go)
    await door.still()
    assert "already an account" in page.who.name.error
    assert page.current == Step.WHO
    write(page.who.name.editor, "Amina at work")
    assert not page.who.name.error
    click(page.go)
    await door.until(lambda: page.current == Step.WORDS)


async def test_giving_up_leaves_nothing(door: Door, deployed: Deployed):
    door.network(deployed)
    page = await _begin(door)
    await _to_words(door, page, "Amina")
    first = page.words.grid.words()
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert page.current == Step.WHO
    assert page.who.name.name() == "Amina"
    click(page.cancel)
    await door.still()
    assert door.view.currentWidget() is door.view.sign_in
    assert page.words.grid.words() == ()
    assert _vaults(door.home) == []
    click(door.view.sign_in.create_first)
    await door.still()
    assert page.who.name.name() == ""
    assert page.words.grid.words() != first, "words that were given up are never shown again"


async def test_the_words_can_be_covered(door: Door, deployed: Deployed):
    door.network(deployed)
    page = await _begin(door)
    await _to_words(door, page, "Amina")
    grid = page.words.grid
    assert grid.words()[0] in grid.accessibleName()
    click(page.words.hide_words)
    assert grid.covered
    assert grid.accessibleName() == ""
    click(page.words.hide_words)
    assert not grid.covered


async def test_a_disk_that_takes_nothing_is_told_and_can_be_tried_again(
    door: Door, deployed: Deployed, no_keyring: None, monkeypatch: pytest.MonkeyPatch
):
    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    door.network(deployed)
    page = await _begin(door)
    await _to_key(door, page, "Amina")
    with monkeypatch.context() as patched:
        patched.setattr(vaults, "write_new", full)
        click(page.go)
        await door.still()
    assert "No space left" in page.trouble.text()
    assert page.current == Step.KEY
    assert not page.go.busy
    click(page.go)
    await door.until(lambda: door.opened)


async def test_a_name_that_was_taken_meanwhile_is_asked_for_again(
    door: Door, deployed: Deployed, no_keyring: None
):
    door.network(deployed)
    page = await _begin(door)
    await _to_key(door, page, "Amina")
    key = page.key.key.text()
    await door.account("amina")
    click(page.go)
    await door.still()
    assert page.current == Step.WHO
    assert "already an account" in page.who.name.error
    assert page.key.key.text() == key, "the words that were written down stay the account's"


async def _begin(door: Door) -> CreatePage:
    await door.begin()
    click(door.view.sign_in.create_first)
    await door.still()
    return door.view.creation


async def _to_words(door: Door, page: CreatePage, name: str) -> None:
    write(page.who.name.editor, name)
    click(page.go)
    await door.until(lambda: page.current == Step.WORDS)


async def _to_key(door: Door, page: CreatePage, name: str) -> None:
    await _to_words(door, page, name)
    click(page.go)
    _answer(page, page.words.grid.words())
    click(page.go)
    write(page.secret.first.line, PASSWORD)
    write(page.secret.second.line, PASSWORD)
    click(page.go)
    assert page.current == Step.KEY


def _answer(page: CreatePage, words: tuple[str, ...]) -> None:
    for field, place in zip(page.check.fields, page.check.places, strict=True):
        assert str(place) in field.label.text()
        write(field.editor, words[place - 1])


def _vaults(home: Path) -> list[Path]:
    return list(home.rglob("*.vault"))
