"""Security with a real vault and a real chain: words, password, key, keyring, keystore."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from medrec.controllers.security import SecurityController, security_page
from medrec.domain.people import Role
from medrec.errors import AccountClosed, NodeDown, WrongPasswordOrKey
from medrec.models.session import Session
from medrec.services import patients
from medrec.views.common.contact import ContactDialog
from medrec.views.common.dialogs import Dialog
from medrec.views.common.security import SecurityPage
from medrec.views.common.security_dialogs import (
    CloseDialog,
    PasswordDialog,
    ReplaceKeyDialog,
    UnlockDialog,
    WordsDialog,
)
from tests.support.anvil import anvil_node, deployed
from tests.support.liar import failing, lying
from tests.support.patient_desk import ShellThatListens, desk, settled, until
from tests.support.vaulted import KEY, PASSWORD, Vaulted, vaulted
from tests.support.window import texts
from tests.support.world import SOMEBODY, World, world

__all__ = ["anvil_node", "deployed", "world"]

NEW = "another staple entirely"
WORDS = "test test test test test test test test test test test junk"
D = TypeVar("D", bound=Dialog)


class Seen:
    """A security page in a window over a session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.window = QWidget()
        self.window.resize(1100, 800)
        self.page = SecurityPage()
        layout = QVBoxLayout(self.window)
        layout.addWidget(self.page)
        self.card = self.page.security
        self.shell = ShellThatListens(self.window)
        self.controller = SecurityController(session, self.card, self.shell)
        self.page.contactAsked.connect(self.controller.show_contact)
        self.dialogs: list[Dialog] = []
        self.controller.dialogOpened.connect(self.dialogs.append)
        self.window.show()

    def last(self, kind: type[D]) -> D:
        found = self.dialogs[-1]
        assert isinstance(found, kind)
        return found

    async def unlock(self, password: str, key: str) -> UnlockDialog:
        dialog = self.last(UnlockDialog)
        dialog.password.set_text(password)
        dialog.key.set_text(key)
        dialog.go.click()
        await settled(self.session)
        return dialog


@asynccontextmanager
async def security(found: Vaulted) -> AsyncIterator[Seen]:
    async with desk(found.context) as session:
        seen = Seen(session)
        await settled(session)
        yield seen
        seen.window.deleteLater()


@pytest.fixture
async def zoe(world: World, tmp_path: Path) -> Vaulted:
    """A registered patient with a vault."""
    made = vaulted(await world.person("zoe"), tmp_path)
    await patients.register(made.context, SOMEBODY)
    return made


async def test_password_and_key_are_changed(zoe: Vaulted, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    async with security(zoe) as seen:
        assert "Never changed" in seen.card.password.text
        assert "Registered on" in seen.card.devices.text
        seen.card.change.click()
        dialog = seen.last(PasswordDialog)
        fields = (dialog.password, dialog.key, dialog.new, dialog.again)
        for field, text in zip(fields, (PASSWORD, KEY, NEW, NEW), strict=True):
            field.set_text(text)
        dialog.go.click()
        assert dialog.go.busy
        await settled(seen.session)
        assert dialog.showing_key
        key = dialog.new_key.text()
        assert [field.text() for field in fields] == ["", "", "", ""]
        dialog.go.click()
        assert dialog.isVisible(), "not before the key is written down"
        dialog.written.setChecked(True)
        dialog.go.click()
        await settled(seen.session)
        assert seen.shell.toasts[-1][0] == "Password and key are changed"
        await seen.session.refresh()
        await settled(seen.session)
        assert "Changed on" in seen.card.password.text
        assert "changed once" in seen.card.devices.text
        assert dialog.new_key.text() == ""
    await zoe.sign_in(NEW, key)
    with pytest.raises(WrongPasswordOrKey):
        await zoe.sign_in(PASSWORD, KEY)
    assert not [s for s in (PASSWORD, NEW, key) if s in caplog.text]


async def test_what_is_wrong_is_said_at_its_field(zoe: Vaulted):
    async with security(zoe) as seen:
        seen.card.change.click()
        dialog = seen.last(PasswordDialog)
        cases = (
            (("wrong password", KEY, NEW, NEW), dialog.password, "do not fit together"),
            ((PASSWORD, "ABC", NEW, NEW), dialog.key, "not an 8-character key"),
            ((PASSWORD, KEY, "short", "short"), dialog.new, "too short"),
            ((PASSWORD, KEY, NEW, NEW + "x"), dialog.again, "not the same"),
        )
        for texts, field, sentence in cases:
            for each, text in zip(
                (dialog.password, dialog.key, dialog.new, dialog.again), texts, strict=True
            ):
                each.set_text(text)
            dialog.go.click()
            await settled(seen.session)
            assert sentence in field.error
            assert not dialog.showing_key
        dialog.reject()
        assert dialog.password.text() == ""
    await zoe.sign_in(PASSWORD, KEY)


async def test_without_a_node_the_change_waits(zoe: Vaulted):
    async with security(zoe) as seen:
        honest = seen.session.context
        away = lying(honest.chain, send=failing(NodeDown(url="x")))
        seen.session.context = replace(honest, chain=away)
        seen.card.change.click()
        dialog = seen.last(PasswordDialog)
        for field, text in zip(
            (dialog.password, dialog.key, dialog.new, dialog.again),
            (PASSWORD, KEY, NEW, NEW),
            strict=True,
        ):
            field.set_text(text)
        dialog.go.click()
        await settled(seen.session)
        key = dialog.new_key.text()
        dialog.written.setChecked(True)
        dialog.go.click()
        await settled(seen.session)
        assert "Saved here" in seen.shell.toasts[-1][1]
        assert not seen.card.waits.isHidden()
        assert not seen.card.change.isEnabled()
        assert "the old ones go on" in seen.card.password.text
    await zoe.sign_in(PASSWORD, KEY)
    await zoe.sign_in(NEW, key)


async def test_words_are_behind_password_and_key_for_a_minute(world: World, tmp_path: Path):
    person = vaulted(await world.person("zoe"), tmp_path, WORDS)
    async with security(person) as seen:
        seen.card.words.click()
        dialog = await seen.unlock("wrong password", KEY)
        assert "do not fit together" in dialog.password.error
        assert not dialog.go.busy
        await seen.unlock(PASSWORD, KEY)
        shown = seen.last(WordsDialog)
        assert shown.grid.words() == tuple(WORDS.split())
        for _ in range(59):
            shown._tick()
        assert shown.isVisible()
        assert shown._said.text() == "Hidden again in 1 s"
        shown._tick()
        assert not shown.isVisible()
        assert shown.grid.words() == ()


async def test_an_account_of_a_private_key_has_no_words(zoe: Vaulted):
    async with security(zoe) as seen:
        seen.card.words.click()
        await seen.unlock(PASSWORD, KEY)
        assert seen.shell.toasts[-1][0] == "This account has no words"


async def test_the_key_is_remembered_or_not(zoe: Vaulted):
    async with security(zoe) as seen:
        assert not seen.card.remember.isChecked()
        seen.card.remember.click()
        assert not seen.card.remember.isChecked(), "not before it opened the account"
        await seen.unlock(PASSWORD, KEY)
        assert zoe.ring.kept == {"zoe": KEY}
        assert seen.card.remember.isChecked()
        seen.card.remember.click()
        await settled(seen.session)
        assert zoe.ring.kept == {}
        assert not seen.card.remember.isChecked()


async def test_a_computer_without_a_keyring_says_so(zoe: Vaulted):
    zoe.ring.broken = True
    async with security(zoe) as seen:
        assert not seen.card.remember.isEnabled()
        assert "no keyring" in seen.card.keyring.text


async def test_the_keystore_is_exported(zoe: Vaulted, tmp_path: Path):
    path = tmp_path / "zoe.json"
    async with security(zoe) as seen:
        seen.controller.save_keystore(path)
        await seen.unlock(PASSWORD, "WXYZ-6789")
        assert not path.exists()
        await seen.unlock(PASSWORD, KEY)
        assert json.loads(path.read_text())["version"] == 3
        assert seen.shell.toasts[-1] == ("The keystore is saved", "zoe.json", "success")


async def test_the_encryption_key_is_replaced_with_what_it_does_said(zoe: Vaulted):
    async with security(zoe) as seen:
        assert "if you think that somebody copied it" in seen.card.encryption.text
        seen.card.replace.click()
        dialog = await seen.unlock(PASSWORD, "WXYZ-6789")
        said = " ".join(texts(dialog))
        assert "It does not help against somebody who has your words" in said
        assert "administrator" not in said
        assert dialog.password.error, "a wrong key replaces nothing"
        await seen.unlock(PASSWORD, KEY)
        assert seen.shell.toasts[-1][0] == "Others seal to your new key from now on"
        await seen.session.refresh()
        await settled(seen.session)
        assert seen.card.encryption.text.startswith("Replaced on")
        user = await zoe.context.chain.user(zoe.context.me)
        assert user is not None
        assert (user.key_version, user.encryption_key) == (2, zoe.context.key(2).public)


async def test_without_a_network_no_key_is_replaced(zoe: Vaulted):
    away = lying(zoe.context.chain, user=failing(NodeDown(url="http://nowhere")))
    async with security(zoe) as seen:
        seen.session.context = replace(seen.session.context, chain=away)
        seen.card.replace.click()
        await seen.unlock(PASSWORD, KEY)
        assert "does not answer" in seen.shell.toasts[-1][1]
        assert seen.card.encryption.text.startswith("What others seal")


async def test_an_account_is_closed_once_its_name_is_typed(zoe: Vaulted):
    async with security(zoe) as seen:
        assert seen.session.title == "Ada Lovelace"
        seen.card.close_.click()
        dialog = seen.last(CloseDialog)
        assert "It deletes nothing" in " ".join(texts(dialog))
        await seen.unlock(PASSWORD, KEY)
        assert dialog.typed.error
        assert dialog.isVisible()
        user = await zoe.context.chain.user(zoe.context.me)
        assert user is not None
        assert user.active
        dialog.typed.set_text("ada lovelace ")
        await seen.unlock(PASSWORD, KEY)
        assert seen.shell.toasts[-1][0].startswith("The account is closed.")
        await seen.session.refresh()
        await settled(seen.session)
        assert seen.card.closing.text == "It is closed. What you wrote stays."
        assert not seen.card.close_.isEnabled()
        assert not seen.card.replace.isEnabled()
    with pytest.raises(AccountClosed):
        await zoe.sign_in(PASSWORD, KEY)


async def test_a_doctor_reads_what_a_new_key_costs_and_an_administrator_closes_nothing(
    world: World, tmp_path: Path
):
    async with security(vaulted(await world.person("office"), tmp_path)) as seen:
        assert not seen.card.closing.isVisible()
        seen.session.role = Role.DOCTOR
        seen.card.replaceAsked.emit()
        assert "access again" in " ".join(texts(seen.last(ReplaceKeyDialog)))


async def test_every_role_has_it_as_a_page_of_its_own(zoe: Vaulted):
    async with desk(zoe.context) as session:
        window = QWidget()
        shell = ShellThatListens(window)
        page = security_page(session, shell).build()
        assert isinstance(page, SecurityPage)
        page.setParent(window)
        await settled(session)
        assert "Registered on" in page.security.devices.text
        page.contact.click()
        await until(lambda: window.findChildren(ContactDialog))
        window.deleteLater()


async def test_ones_own_address_is_shown(zoe: Vaulted):
    async with security(zoe) as seen:
        seen.page.contact.click()
        await until(lambda: seen.dialogs)
        assert seen.last(ContactDialog).contact.address == zoe.context.me
