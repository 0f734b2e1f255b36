"""Sharing after a takeover: access of before stands below what runs now, and is ended there."""

from __future__ import annotations

import asyncio

import pytest
from PyQt6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from medrec.controllers.patient.access import AccessController
from medrec.models import session as sessions
from medrec.models.session import Session
from medrec.services import origins
from medrec.views.patient.access import AccessPage
from medrec.views.patient.access_rows import ShareRow
from medrec.views.patient.revoke import RevokeDialog
from tests.support.anvil import anvil_node, deployed
from tests.support.patient_desk import ShellThatListens, desk, settled
from tests.support.takeover import Successor, away, clinic, successor
from tests.support.window import click, texts
from tests.support.world import NOTES, world

__all__ = ["anvil_node", "clinic", "deployed", "successor", "world"]

pytestmark = pytest.mark.anvil


class Sharing:
    """The page in a window, with the last dialog."""

    def __init__(self, session: Session, qtbot: QtBot) -> None:
        self.session = session
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.resize(1100, 900)
        self.page = AccessPage()
        layout = QVBoxLayout(self.window)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self.shell = ShellThatListens(self.window)
        self.controller = AccessController(session, self.page, self.shell)
        self.dialog: RevokeDialog | None = None
        self.controller.dialogOpened.connect(self._opened)
        self.window.show()

    def _opened(self, dialog: RevokeDialog) -> None:
        self.dialog = dialog

    async def settled(self) -> None:
        await self.session.refresh()
        await settled(self.session)

    def rows(self, before: bool) -> dict[str, ShareRow]:
        view = self.page.overview
        shown = view.before.rows if before else view.shares
        return {w.share.doctor.short: w for w in shown.widgets if isinstance(w, ShareRow)}

    async def revoke(self, row: ShareRow) -> list[str]:
        """Press Revoke and say yes; returns what the question said."""
        click(row.revoke)
        assert self.dialog is not None
        said = texts(self.dialog)
        click(self.dialog.revoke)
        await self.settled()
        return said


async def test_access_of_before_is_revoked_by_its_own_button_or_with_the_rest(
    successor: Successor, qtbot: QtBot
) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    meyer = await successor.doctor(before.meyer)
    await successor.world.grant(ada, meyer, [NOTES], [NOTES])
    name = before.world.network.name
    async with desk(ada) as session:
        at = Sharing(session, qtbot)
        await at.settled()
        assert list(at.rows(before=False)) == ["Dr. Meyer"]
        assert sorted(at.rows(before=True)) == ["Dr. Meyer", "Dr. Okafor"]
        assert "Access of before" in texts(at.page)
        row = at.rows(before=True)["Dr. Okafor"]
        assert not row.change.isVisible(), "what runs there is ended, and given here"
        said = await at.revoke(row)
        assert any(f"It ends in the network before, “{name}”, for what was" in t for t in said)
        assert list(at.rows(before=True)) == ["Dr. Meyer"]
        # The button of what runs now reaches every network, and says so before.
        said = await at.revoke(at.rows(before=False)["Dr. Meyer"])
        assert f"It ends in the network before, too: “{name}”." in said
        assert at.rows(before=False) == {}
        assert at.rows(before=True) == {}
        assert not at.page.overview.before.isVisible()
        grant = await ada.origins[0].chain.grant(ada.me, meyer.me)
        assert grant is not None
        assert not grant.live(await ada.time())


async def test_a_network_of_before_that_is_away_is_said_in_sharing(
    successor: Successor, qtbot: QtBot
) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    meyer = await successor.doctor(before.meyer)
    await successor.world.grant(ada, meyer, [NOTES], [NOTES])
    async with desk(away(ada)) as session:
        at = Sharing(session, qtbot)
        await at.settled()
        name = before.world.network.name
        assert any(f"“{name}”, may still run there" in t for t in texts(at.page))
        assert not at.page.overview.before.card.isVisible()
        await at.revoke(at.rows(before=False)["Dr. Meyer"])
        [told] = [text for _, text, tone in at.shell.toasts if tone == "danger"]
        assert told.startswith(f"The access has ended in this network, but “{name}”")
        assert at.rows(before=False) == {}


async def test_a_revocation_there_waits_and_goes_out_by_itself(
    successor: Successor, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "BEFORE_EVERY", 0.0)
    before = successor.clinic
    ada = await successor.patient(before.ada)
    meyer = await successor.doctor(before.meyer)
    await successor.world.grant(ada, meyer, [NOTES], [NOTES])
    await origins.follow(ada)
    there = ada.origins[0]
    async with desk(away(ada)) as session:
        at = Sharing(session, qtbot)
        await at.settled()
        await at.revoke(at.rows(before=False)["Dr. Meyer"])
        [told] = [text for _, text, tone in at.shell.toasts if tone == "danger"]
        assert "it ends by itself as soon as MedRec reaches that network" in told
        session.changed.emit("")
        await settled(session)
        said = " ".join(texts(at.page))
        assert "What you revoked ends there as soon as it is reached." in said
    async with desk(ada) as session:
        session.follow()

        async def over() -> bool:
            grant = await there.chain.grant(ada.me, meyer.me)
            return grant is not None and not grant.live(await ada.time())

        for _ in range(600):
            if await over():
                break
            await asyncio.sleep(0.05)
        assert await over()
