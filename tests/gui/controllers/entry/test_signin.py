"""Signing in at the real door: a real vault, a real node, and each way it goes wrong."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from medrec.app import Place
from medrec.domain.people import Role
from medrec.store.demo import DemoPerson, write_demo
from medrec.store.keyring import OsKeyring
from tests.support.anvil import Deployed, anvil_node, deployed
from tests.support.door import PASSWORD, Door, click, door, write
from tests.support.keyring_backend import MemoryBackend, keyring_backend, no_keyring

__all__ = ["anvil_node", "deployed", "door", "keyring_backend", "no_keyring"]

NOBODY = ("http://127.0.0.1:9",)


async def test_password_and_key_open_the_account(
    door: Door, deployed: Deployed, keyring_backend: MemoryBackend, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    network = door.network(deployed)
    made = await door.account()
    await door.begin()
    page = door.view.sign_in
    assert door.view.currentWidget() is page
    assert page.accounts.name() == "amina"
    assert network.name in page.line.text()
    assert "block" in page.line.text()
    write(page.password.line, PASSWORD)
    write(page.key.line, made.key.replace("-", "").lower())
    assert page.key.text() == made.key
    page.remember.setChecked(True)
    QTest.keyClick(page.key.line, Qt.Key.Key_Return)
    assert page.submit.busy
    stages: list[str] = []
    door.jobs.running[-1].progressed.connect(lambda sentence, *_: stages.append(sentence))
    await door.until(lambda: door.opened)
    opened, role = door.opened[0]
    assert (opened.context.me, opened.online, role) == (made.address, True, None)
    assert "Following the chain" in stages
    assert (page.password.text(), page.key.text()) == ("", ""), "nothing typed stays"
    assert OsKeyring(door.home).recall("amina") == made.key
    assert PASSWORD not in caplog.text
    assert made.key not in caplog.text


async def test_the_key_comes_from_the_keyring_and_is_forgotten_if_wanted(
    door: Door, deployed: Deployed, keyring_backend: MemoryBackend
):
    door.network(deployed)
    made = await door.account()
    OsKeyring(door.home).remember("amina", made.key)
    await door.begin("amina")
    page = door.view.sign_in
    assert page.key.text() == made.key
    assert page.remember.isVisible()
    assert page.remember.isChecked()
    write(page.password.line, PASSWORD)
    page.remember.setChecked(False)
    click(page.submit)
    await door.until(lambda: door.opened)
    assert keyring_backend.kept == {}


async def test_without_a_keyring_nobody_is_asked_to_use_one(
    door: Door, deployed: Deployed, no_keyring: None
):
    door.network(deployed)
    await door.account()
    await door.begin()
    assert not door.view.sign_in.remember.isVisible()


async def test_what_is_wrong_is_said_in_place(door: Door, deployed: Deployed):
    door.network(deployed)
    made = await door.account()
    await door.begin()
    page = door.view.sign_in
    click(page.submit)
    assert page.password.error
    write(page.password.line, "another password")
    assert not page.password.error
    write(page.key.line, "K7QM")
    click(page.submit)
    assert "XXXX-XXXX" in page.key.error
    write(page.key.line, made.key)
    click(page.submit)
    await door.until(page.trouble.text)
    assert "do not fit together" in page.trouble.text()
    assert page.password.line.selectedText(), "what was typed can be typed over"
    assert page.key.key() == made.key
    assert not page.submit.busy
    assert not door.opened
    write(page.password.line, PASSWORD)
    assert not page.trouble.text()
    click(page.submit)
    await door.until(lambda: door.opened)


async def test_signing_in_can_be_cancelled(door: Door, deployed: Deployed):
    door.network(deployed)
    made = await door.account()
    await door.begin()
    page = door.view.sign_in
    write(page.password.line, PASSWORD)
    write(page.key.line, made.key)
    click(page.submit)
    click(page.cancel)
    await door.still()
    assert not door.opened
    assert not page.submit.busy
    assert page.password.text() == PASSWORD
    click(page.submit)
    await door.until(lambda: door.opened)


async def test_without_a_node_what_is_here_can_be_opened(door: Door, deployed: Deployed):
    door.network(deployed, rpc=NOBODY)
    made = await door.account()
    await door.begin()
    page = door.view.sign_in
    assert "No node answers" in page.line.text()
    write(page.password.line, PASSWORD)
    write(page.key.line, made.key)
    click(page.submit)
    await door.until(page.away.text)
    assert "does not answer" in page.away.text()
    click(page.again)
    await door.until(lambda: not page.submit.busy)
    assert page.away.text()
    click(page.offline)
    await door.until(lambda: door.opened)
    assert not door.opened[0][0].online


async def test_another_chain_is_told_before_and_after(door: Door, deployed: Deployed):
    door.network(deployed, chain_id=deployed.network.chain_id + 1)
    made = await door.account()
    await door.begin()
    page = door.view.sign_in
    assert "Ask your administrator" in page.line.text()
    write(page.password.line, PASSWORD)
    write(page.key.line, made.key)
    click(page.submit)
    await door.until(page.away.text)
    assert "the network file is for chain" in page.away.text()
    assert not door.opened


async def test_a_damaged_vault_is_told(door: Door, deployed: Deployed):
    door.network(deployed)
    made = await door.account()
    (door.home / "accounts" / "amina.vault").write_bytes(b"no vault")
    await door.begin()
    page = door.view.sign_in
    write(page.password.line, PASSWORD)
    write(page.key.line, made.key)
    click(page.submit)
    await door.until(page.trouble.text)
    assert "damaged" in page.trouble.text()


async def test_invented_people_are_ready_to_choose(
    door: Door, deployed: Deployed, keyring_backend: MemoryBackend
):
    door.network(deployed)
    mine, maria = await door.account("mine"), await door.account("maria")
    write_demo(door.home, {"maria": DemoPerson("Maria Lopez", "patient", PASSWORD, maria.key)})
    await door.begin()
    page = door.view.sign_in
    rows = page.accounts.model().rows
    assert [(row.label, row.role) for row in rows] == [
        ("Maria Lopez", Role.PATIENT),
        ("mine", None),
    ]
    assert page.accounts.name() == "maria"
    assert "invented" in page.note.text()
    assert (page.password.text(), page.key.text()) == (PASSWORD, maria.key)
    assert not page.remember.isVisible(), "the keyring is for real people"
    QTest.keyClick(page.accounts, Qt.Key.Key_Down)
    await door.still()
    assert page.accounts.name() == "mine"
    assert not page.note.text()
    assert (page.password.text(), page.key.text()) == ("", "")
    QTest.keyClick(page.accounts, Qt.Key.Key_Up)
    await door.still()
    click(page.submit)
    await door.until(lambda: door.opened)
    assert door.opened[0][0].context.me == maria.address != mine.address
    assert keyring_backend.kept == {}


async def test_locked_the_account_is_chosen_and_nothing_is_filled_in(
    door: Door, deployed: Deployed
):
    door.network(deployed)
    await door.account("amina")
    await door.account("zoe")
    door.controller.show_locked("zoe")
    await door.still()
    page = door.view.sign_in
    assert page.accounts.name() == "zoe"
    assert page.password.text() == ""
    assert page.password.line.hasFocus()
    door.controller.show_sign_in("amina")
    await door.still()
    assert page.accounts.name() == "amina"


async def test_after_locking_the_keyring_is_asked_again(
    door: Door, deployed: Deployed, keyring_backend: MemoryBackend
):
    door.network(deployed)
    made = await door.account()
    OsKeyring(door.home).remember("amina", made.key)
    await door.begin()
    page = door.view.sign_in
    write(page.password.line, PASSWORD)
    click(page.submit)
    await door.until(lambda: door.opened)
    assert page.key.text() == ""
    door.controller.show_locked("amina")
    await door.still()
    assert page.key.text() == made.key
    assert page.remember.isChecked()
    write(page.password.line, PASSWORD)
    click(page.submit)
    await door.until(lambda: len(door.opened) == 2)
    assert OsKeyring(door.home).recall("amina") == made.key


async def test_an_empty_home_offers_an_account(door: Door, deployed: Deployed):
    door.network(deployed)
    await door.begin()
    page = door.view.sign_in
    assert not page.password.isVisible()
    click(page.create_first)
    await door.still()
    assert door.view.currentWidget() is door.view.creation
    assert Place(door.home).network_path().is_file()


async def test_no_file_of_the_home_holds_a_secret(
    door: Door, deployed: Deployed, keyring_backend: MemoryBackend
):
    door.network(deployed)
    made = await door.account()
    await door.begin()
    page = door.view.sign_in
    write(page.password.line, PASSWORD)
    write(page.key.line, made.key)
    page.remember.setChecked(True)
    click(page.submit)
    await door.until(lambda: door.opened)
    for path in _files(door.home):
        data = path.read_bytes()
        assert PASSWORD.encode() not in data, path
        assert made.key.encode() not in data, path


def _files(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]
