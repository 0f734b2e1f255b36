"""The popovers of the top bar: what waits, what runs, what was found, in words and by keyboard."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from medrec.controllers.shell import PageSpec
from medrec.controllers.workspace import WorkspaceController
from medrec.domain.calls import RegisterPatient
from medrec.domain.ids import JobId
from medrec.domain.outbox import JobState, Step, StepState
from medrec.models.outbox import OutboxRow
from medrec.models.session import Session
from medrec.services.work import new_job
from medrec.views.common.buttons import IconButton
from medrec.views.common.shell.popovers import (
    Hit,
    NetworkPopover,
    OutboxPopover,
    SearchResults,
)
from medrec.views.common.shell.window import MainWindow
from medrec.workers.jobs import Ended, Jobs
from medrec.workers.notifier import JobNotifier
from tests.support.anvil import anvil_node, deployed
from tests.support.window import find, press, texts
from tests.support.world import World, world

__all__ = ["anvil_node", "deployed", "world"]


@pytest.fixture
async def workspace(world: World, qtbot: QtBot) -> Any:
    person = await world.person("somebody")
    notifier = JobNotifier()
    session = Session(replace(person, notifier=notifier), Jobs(), notifier.bus)
    window = MainWindow()
    qtbot.addWidget(window)
    made = WorkspaceController(session, window)
    window.show_widget(made.view)
    window.show()
    await made.outbox.reload().wait()
    yield made
    await session.close()
    window.may_close = True


async def popover(workspace: WorkspaceController) -> OutboxPopover:
    await workspace.outbox.reload().wait()
    workspace.view.topbar.outbox.click()
    found = workspace.view.findChild(OutboxPopover)
    assert found is not None
    return found


async def add(workspace: WorkspaceController, title: str, **changes: Any) -> Any:
    context = workspace.session.context
    state = changes.pop("step", StepState.PREPARED)
    made = new_job(context, "note", title, [replace(Step(RegisterPatient()), state=state)])
    return await context.local.add_job(replace(made, **changes), {})


async def test_an_empty_outbox_says_so(workspace: WorkspaceController):
    assert "Everything is saved and confirmed." in texts(await popover(workspace))


async def test_what_failed_is_said_in_plain_words_and_can_be_put_away(
    workspace: WorkspaceController,
):
    failed = await add(workspace, "A note", state=JobState.FAILED, error="Your access ended.")
    found = await popover(workspace)
    assert {"A note", "Your access ended."} <= set(texts(found))
    press(found, "Dismiss")
    for _ in range(50):
        await asyncio.sleep(0.01)
    job = await workspace.session.context.local.job(failed.id)
    assert job is not None
    assert job.state is JobState.CANCELLED
    assert "Everything is saved and confirmed." in texts(found)


async def test_what_was_sent_cannot_be_dropped(workspace: WorkspaceController):
    await add(workspace, "A grant", step=StepState.SIGNED)
    assert "Drop" not in texts(await popover(workspace))


async def test_what_runs_is_seen_and_can_be_stopped(workspace: WorkspaceController):
    session = workspace.session

    async def long() -> None:
        session.context.notifier.progress("Storing sealed blocks", 3, 8)
        await asyncio.sleep(60)

    handle = session.start("Import a file", long)
    await asyncio.sleep(0)
    found = await popover(workspace)
    assert {"Import a file", "Storing sealed blocks"} <= set(texts(found))
    assert "Saving 3 of 8" in texts(workspace.view.topbar.outbox)
    press(found, "Stop: Import a file")
    assert await handle.wait() is Ended.CANCELLED


async def test_search_finds_pages_and_what_finders_find(
    workspace: WorkspaceController, qtbot: QtBot
):
    shown: list[dict[str, object]] = []
    workspace.add_finder(
        lambda text: [Hit("Metformin 850 mg", "Medications", "pill", "x", {"a": 1})]
    )
    workspace.go = lambda key, **facts: shown.append({"key": key, **facts})  # type: ignore[method-assign]
    field = workspace.view.topbar.search
    qtbot.keyClicks(field, "metf")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert shown == [{"key": "x", "a": 1}]
    assert field.text() == ""


async def test_the_network_in_words(workspace: WorkspaceController):
    await workspace.session.refresh()
    workspace.view.topbar.network.click()
    found = workspace.view.findChild(NetworkPopover)
    assert found is not None
    network = workspace.session.context.network
    assert {network.name, "Verified", str(network.chain_id)} <= set(texts(found))


async def test_search_results_go_when_the_field_is_left(
    workspace: WorkspaceController, qtbot: QtBot
):
    workspace.add_finder(lambda text: [Hit("Metformin 850 mg", "Medications", "pill", "x")])
    field, results = workspace.view.topbar.search, workspace.view.findChild(SearchResults)
    assert results is not None
    field.setFocus()
    qtbot.keyClicks(field, "metf")
    assert results.isVisible()
    results.grab()
    workspace.view.topbar.outbox.setFocus()
    assert not results.isVisible()


async def test_the_outbox_is_as_high_as_what_stands_in_it(workspace: WorkspaceController):
    found = await popover(workspace)
    before = found.height()
    await add(workspace, "A note", state=JobState.FAILED, error="Your access ended.")
    await workspace.outbox.reload().wait()
    assert before < found.height()
    found.grab()


async def test_a_draft_that_was_refused_is_opened_from_the_outbox(
    workspace: WorkspaceController,
):
    facts: list[dict[str, object]] = []

    class Page(QWidget):
        def arrive(self, **given: object) -> None:
            facts.append(given)

    workspace.set_pages([PageSpec("write", "Write", "pen-line", Page)])
    row = OutboxRow(
        job_id=JobId(-1),
        title="Prescription",
        kind="draft",
        state=JobState.DRAFT,
        stage=StepState.PREPARED,
        done=0,
        total=4,
        created=0,
        error="Your access ended.",
        patient="0x01",
        draft="d1",
    )
    await workspace.outbox.reload().wait()
    workspace.outbox.set_rows([row])
    shown = OutboxPopover(workspace.outbox, workspace.view, can_open=True)
    shown.openAsked.connect(workspace._open_draft)
    shown.show_below(workspace.view.topbar.outbox)
    press(shown, "Open draft")
    assert facts == [{"draft": "d1", "patient": "0x01"}]


async def test_progress_moves_the_bar_and_leaves_the_buttons(workspace: WorkspaceController):
    session = workspace.session

    async def long() -> None:
        session.context.notifier.progress("Storing sealed blocks", 3, 8)
        await asyncio.sleep(60)

    handle = session.start("Import a file", long)
    await asyncio.sleep(0)
    found = await popover(workspace)
    stop = find(found, IconButton, "Stop: Import a file")
    handle.progress("Sending", 5, 8)
    found.fill()
    assert "Sending" in texts(found)
    assert find(found, IconButton, "Stop: Import a file") is stop
    handle.cancel()
    assert await handle.wait() is Ended.CANCELLED


async def test_the_keyboard_follows_to_another_page(
    workspace: WorkspaceController, qtbot: QtBot
) -> None:
    window = workspace.view.window()
    assert isinstance(window, MainWindow)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    made: dict[str, QLineEdit] = {}

    def build(key: str) -> QWidget:
        page = QWidget()
        made[key] = QLineEdit(page)
        return page

    keys = ("one", "two")
    workspace.set_pages([PageSpec(k, k, "user", lambda k=k: build(k)) for k in keys])
    made["one"].setFocus()
    workspace.go("two")
    assert made["two"].hasFocus()
    workspace.toast("Chart opened", tone="neutral")
    workspace.go("two")
    assert len(window.toasts.shown) == 1
    workspace.go("one")
    assert made["one"].hasFocus()
    assert window.toasts.shown == ()
