"""The door of the desktop on a real home and a real network, driven by clicks and keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget

from medrec.app import Place, accounts_of
from medrec.app.gate import HomeGate
from medrec.chain.network_file import write_network
from medrec.controllers.entry import EntryController, Opened
from medrec.domain.network import Network
from medrec.domain.people import Role
from medrec.ipfs.folder import FolderStore
from medrec.services.accounts import NewAccount
from medrec.views.common.entry.view import EntryView
from medrec.workers.jobs import Jobs
from medrec.workers.notifier import JobNotifier
from tests.support.anvil import Deployed
from tests.support.qtest import QTest
from tests.support.waiting import still, until
from tests.support.window import click, type_into

__all__ = ["Door", "click", "door", "write"]

PASSWORD = "correct horse battery"


class Door:
    """A home, the pages of its door, and what was opened there."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.gate = HomeGate(Place(home))
        self.jobs = Jobs()
        self.view = EntryView()
        self.view.resize(1280, 800)
        self.view.show()
        self.controller = EntryController(self.gate, self.jobs, JobNotifier(), self.view)
        self.opened: list[tuple[Opened, Role | None]] = []
        self.noticed: list[str] = []
        self.controller.opened.connect(lambda opened, role: self.opened.append((opened, role)))
        self.controller.noticed.connect(self.noticed.append)

    def network(self, deployed: Deployed, **changes: object) -> Network:
        """Put a network file into the home."""
        self.home.mkdir(exist_ok=True, parents=True)
        store = FolderStore.create(self.home / "store")
        network = replace(deployed.network, store=store, **changes)  # type: ignore[arg-type]
        write_network(self.home / "network.toml", network)
        return network

    async def account(self, name: str = "amina") -> NewAccount:
        """An account in the home."""
        return await accounts_of(self.gate.place).create(name, PASSWORD)

    async def begin(self, choose: str = "") -> None:
        """Show the door as the program's start does, and wait until it is still."""
        self.controller.begin(choose)
        await self.still()

    async def still(self) -> None:
        """Wait until no job runs, for some turns of the loop."""
        await still(self.jobs)

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until something holds."""
        await until(true)

    async def close(self) -> None:
        """Close what was opened."""
        await self.jobs.close()
        for opened, _ in self.opened:
            await opened.close()
        self.view.close()
        self.view.deleteLater()


def write(editor: QWidget, text: str) -> None:
    """Type a text, instead of what is there; an empty one clears the field."""
    type_into(editor, text)
    if not text:
        QTest.keyClick(editor, Qt.Key.Key_Delete)


@pytest.fixture
async def door(tmp_path: Path, qapp: object) -> AsyncIterator[Door]:
    """The door of an empty home."""
    made = Door(tmp_path / "home")
    yield made
    await made.close()
