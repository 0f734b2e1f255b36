"""The whole desktop locks by itself: what was open is closed, and the account is chosen again."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu

from medrec.app import accounts_of
from medrec.chain.network_file import write_network
from medrec.controllers import entry_lock
from medrec.ipfs.folder import FolderStore
from medrec.store.preferences import read_preferences
from tests.support.anvil import Deployed, anvil_node, deployed
from tests.support.door import PASSWORD
from tests.support.keyring_backend import no_keyring
from tests.support.window import Window, click

__all__ = ["anvil_node", "deployed", "no_keyring"]


async def test_nobody_is_here_for_the_time_that_was_chosen(
    deployed: Deployed, tmp_path: Path, no_keyring: None, monkeypatch: pytest.MonkeyPatch
):
    home = tmp_path / "home"
    FolderStore.create(home / "store")
    write_network(home / "network.toml", deployed.network)
    window = Window(home)
    made = await accounts_of(window.gate.place).create("amina", PASSWORD)
    await accounts_of(window.gate.place).create("aaron", PASSWORD)
    await window.open()
    await window.sign_in("amina", PASSWORD, made.key)
    await window.signed_in()
    context = window.session.context
    leaving: list[bool] = []
    window.workspace.leaving.connect(lambda: leaving.append(True))
    _times(window)["After 5 minutes"].trigger()
    await window.until(lambda: read_preferences(home).lock_minutes == 5)
    times = _times(window)
    assert [text for text, action in times.items() if action.isChecked()] == ["After 5 minutes"]
    assert "Never" in times
    later = time.time() + 301
    with monkeypatch.context() as patched:
        patched.setattr(entry_lock.time, "time", lambda: later)
        window.desktop.idle.look()
    await window.until(lambda: window.desktop.session is None)
    assert leaving == [True], "drafts are kept first"
    assert window.main.stack.currentWidget() is window.desktop.door
    await window.until(lambda: not window.desktop._jobs.running)
    page = window.desktop.door.sign_in
    assert page.accounts.name() == "amina"
    assert page.password.text() == ""
    assert window.desktop.workspace is None
    await window.until(lambda: context.chain._rpc._session is None)
    await window.close()


def _times(window: Window) -> dict[str, QAction]:
    """The times of the identity's menu, which is closed again."""
    click(window.workspace.view.topbar.identity)
    menu = window.workspace.view.findChildren(QMenu)
    times = [each for each in menu if each.title() == "Lock when nobody is here"]
    found = {action.text(): action for each in times for action in each.actions()}
    for each in menu:
        each.close()
    return found
