"""An administrator's desk over a world's people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from medrec.chain.libraries import account_class
from medrec.models.session import Session
from tests.support.anvil import anvil_node, deployed
from tests.support.patient_desk import ShellThatListens, desk
from tests.support.world import World, world

__all__ = ["anvil_node", "deployed", "world"]

account_class()


@dataclass
class Office:
    """The administrator's session, and what the window heard."""

    session: Session
    shell: Any

    async def follow(self) -> None:
        """Hear of what others did meanwhile."""
        await self.session.refresh()


@pytest.fixture
async def office(world: World, qtbot: QtBot) -> AsyncIterator[Office]:
    """The administrator's office on the world's chain."""
    window = QWidget()
    qtbot.addWidget(window)
    async with desk(world.admin) as session:
        yield Office(session, ShellThatListens(window))
