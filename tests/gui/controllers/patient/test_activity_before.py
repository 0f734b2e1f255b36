"""Activity after a takeover: one trace of every network, and what of it is amiss."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from medrec.models import session as sessions
from medrec.models.patient.activity import TraceState
from medrec.services import origins
from tests.support.activity_page import Seen
from tests.support.anvil import anvil_node, deployed
from tests.support.patient_desk import desk, settled, until
from tests.support.takeover import Successor, away, clinic, cutting, successor
from tests.support.window import texts
from tests.support.world import world

__all__ = ["anvil_node", "clinic", "deployed", "successor", "world"]

pytestmark = pytest.mark.anvil


async def test_a_look_there_comes_on_top_by_itself(
    successor: Successor, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sessions, "BEFORE_EVERY", 0.0)
    before = successor.clinic
    name = before.world.network.name
    ada = await successor.patient(before.ada)
    meyer = await successor.doctor(before.meyer)
    async with desk(ada) as session:
        at = Seen(session)
        qtbot.addWidget(at.window)
        await settled(session)
        assert at.page.before.isHidden()
        assert any(text.endswith(f"in the network before, {name}") for text in at.said)
        here = at.controller.entries.here
        assert 0 < here < len(at.said)
        session.follow()
        await successor.world.pass_time(60)
        await origins.opened(meyer, ada.me, before.scan)
        look = f"Dr. Gregory Meyer read notes, in the network before, {name}"
        await until(lambda: look in at.said)
        assert at.said[0] == look
        shown = at.controller.entries
        assert shown.hint(shown.rows[0]) == f"In the network before, “{name}”"
        assert not shown.hint(next(row for row in shown.rows if row.origin is None))
        assert f"{here:,} entries since you registered" in " ".join(texts(at.page.trace))
        table = tmp_path / "activity.csv"
        at.controller.save_table(table)
        await settled(session)
        last = table.read_text(encoding="utf-8-sig").splitlines()[1]
        assert last.endswith(f",{name}")


async def test_verify_again_recomputes_the_network_before(
    successor: Successor, qtbot: QtBot
) -> None:
    ada = await successor.patient(successor.clinic.ada)
    name = successor.clinic.world.network.name
    async with desk(ada) as session:
        at = Seen(session)
        qtbot.addWidget(at.window)
        await settled(session)
        at.controller.verify()
        await settled(session)
        entries = len(at.said) - at.controller.entries.here
        said = " ".join(texts(at.page.trace))
        assert f"“{name}”, the network before: {entries} entries hold, up to block" in said
        assert at.shell.toasts[-1][0] == "Verified"


async def test_what_is_away_or_broken_there_is_said(successor: Successor, qtbot: QtBot) -> None:
    ada = await successor.patient(successor.clinic.ada)
    name = successor.clinic.world.network.name
    async with desk(away(ada, empty=True)) as session:
        at = Seen(session)
        qtbot.addWidget(at.window)
        await settled(session)
        assert at.page.before.missing.isVisible()
        assert "is not shown now" in at.page.before.missing.text()
        assert not at.page.before.broken.isVisible()
    await origins.follow(ada)
    async with desk(away(ada)) as session:
        at = Seen(session)
        qtbot.addWidget(at.window)
        await settled(session)
        assert "is shown as it was when it could be followed last" in at.page.before.missing.text()
    async with desk(cutting(ada)) as session:
        at = Seen(session)
        qtbot.addWidget(at.window)
        await settled(session)
        assert at.page.before.isHidden(), "nothing new is asked for"
        at.controller.verify()
        await settled(session)
        assert at.page.before.broken.isVisible()
        assert f"“{name}”, shows of you does not hold" in at.page.before.broken.text()
        assert not at.page.before.missing.isVisible()
        assert at.controller.trace.state is TraceState.HOLDS, "this network's own"
