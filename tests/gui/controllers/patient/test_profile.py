"""One's own data: shown when confirmed, saved as a new version."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from medrec.clinical.patient import IdentityClaim
from medrec.controllers.patient.profile import ProfileController
from medrec.errors import NodeDown
from medrec.models.session import Session
from medrec.services import administration, patients
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.work import outbox
from medrec.views.common.badges import Tone
from medrec.views.patient.profile import ProfilePage
from tests.support.anvil import anvil_node, deployed
from tests.support.liar import failing, lying
from tests.support.patient_desk import ShellThatListens, desk, settled
from tests.support.vaulted import vaulted
from tests.support.world import SOMEBODY, World, world

__all__ = ["anvil_node", "deployed", "world"]


class Seen:
    """The page in a window over a session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.window = QWidget()
        self.window.resize(1100, 800)
        self.page = ProfilePage()
        QVBoxLayout(self.window).addWidget(self.page)
        self.shell = ShellThatListens(self.window)
        self.controller = ProfileController(session, self.page, self.shell)
        self.window.show()


@pytest.fixture
async def zoe(world: World, tmp_path: Path) -> Context:
    """A registered patient with a vault."""
    made = vaulted(await world.person("zoe"), tmp_path)
    await patients.register(made.context, SOMEBODY)
    return made.context


@asynccontextmanager
async def profile(context: Context) -> AsyncIterator[Seen]:
    async with desk(context) as session:
        seen = Seen(session)
        await settled(session)
        yield seen
        seen.window.deleteLater()


async def test_what_is_confirmed_is_shown(world: World, zoe: Context):
    async with profile(zoe) as seen:
        page = seen.page
        assert page._name.text() == "Ada Lovelace"
        assert "Female" in page._facts.text()
        assert "born 10 Dec 1985" in page._facts.text()
        assert page.badge.text() == "Identity not verified"
        assert page.form.values["address"] == "12 St James's Square"
        assert not page.save.isEnabled(), "there is nothing to save"
        admin = world.admin
        await sync(admin)
        claim = IdentityClaim("Ada", "Lovelace", "1985-12-10", f"ID-{zoe.me}")
        await administration.verify_identity(admin, zoe.me, claim)
        await seen.session.refresh()
        await settled(seen.session)
        assert (page.badge.text(), page.badge.tone) == ("Identity verified", Tone.SUCCESS)


async def test_a_change_is_saved_as_a_new_version(zoe: Context):
    async with profile(zoe) as seen:
        page = seen.page
        page.form.texts["phone"].set_text("+41 21 555 01 02")
        assert page.save.isEnabled()
        page.save.click()
        assert page.save.busy
        await settled(seen.session)
        await seen.session.refresh()
        await settled(seen.session)
        assert seen.shell.toasts[-1][0] == "Saved to your record"
        assert not page.save.isEnabled()
        shown = await patients.show(seen.session.context, zoe.me)
        assert (shown.version, shown.demographics.phone) == (2, "+41 21 555 01 02")


async def test_what_is_wrong_is_said_and_nothing_is_saved(zoe: Context):
    async with profile(zoe) as seen:
        form = seen.page.form
        form.texts["birth_date"].set_text("yesterday")
        form.texts["family"].set_text("")
        seen.page.save.click()
        await settled(seen.session)
        assert form.texts["birth_date"].error.startswith("Birth date ")
        assert form.texts["family"].error.startswith("Family name ")
        assert not seen.shell.handles
        seen.page.discard.click()
        assert form.values["family"] == "Lovelace"
        assert form.texts["birth_date"].error == ""
        assert seen.page.discard.isHidden()


async def test_what_is_typed_stays_while_something_else_is_confirmed(zoe: Context):
    async with profile(zoe) as seen:
        seen.page.form.texts["phone"].set_text("+41")
        seen.controller.model.reload()
        await settled(seen.session)
        assert seen.page.form.values["phone"] == "+41"


async def test_without_a_node_it_waits_and_is_shown_as_waiting(zoe: Context):
    async with profile(zoe) as seen:
        honest = seen.session.context
        away = lying(honest.chain, send=failing(NodeDown(url="x")))
        seen.session.context = replace(honest, chain=away)
        seen.page.form.texts["phone"].set_text("+41 21 555 01 02")
        seen.page.save.click()
        await settled(seen.session)
        assert "Saved here" in seen.shell.toasts[-1][1]
        assert not seen.page.waits.isHidden()
        seen.session.context = honest
        await outbox(honest).resume()
        await seen.session.refresh()
        await settled(seen.session)
        assert seen.page.waits.isHidden()


async def test_what_cannot_be_read_can_be_tried_again(zoe: Context):
    async with desk(zoe) as session:
        honest = session.context
        away = lying(honest.chain, patient=failing(NodeDown(url="x")))
        session.context = replace(honest, chain=away)
        seen = Seen(session)
        await settled(session)
        assert seen.page.stack.currentWidget() is seen.page.stack.failed
        session.context = honest
        seen.page.stack.failed.button.click()
        await settled(session)
        assert seen.page.form.values["given"] == "Ada"
        seen.window.deleteLater()
