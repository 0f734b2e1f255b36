"""A node that is slow, and acts that somebody stops: the window lives, and what is left is said."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QAbstractButton

from medrec.views.common.record.timeline import TimelineView
from medrec.views.common.shell.popovers import OutboxPopover
from medrec.views.doctor.import_fhir import ImportPage
from medrec.workers.jobs import Ended, JobHandle
from tests.gui.e2e.acts import dialog_of, open_chart, row_of
from tests.gui.e2e.test_outages import Home, add_document, before, home
from tests.support.refusals import FHIR, Desk, Nothing, Ward, nothing_waits, shown
from tests.support.window import Window, click, press, texts

__all__ = ["before", "home"]

LATE = 0.4
"""Seconds that a slow node keeps each answer: a document takes a dozen of them."""
VERY_LATE = 1.5
TICKS = 10
"""Ticks of the window for each late answer; a window that never waits has some eighty."""
SEND = "eth_sendRawTransaction"
ENTRIES = 500
LARGE = 40_000_000
"""Bytes that take long enough to seal to be stopped on the way."""


class Ticks:
    """Counts the turns that a window gets to draw itself: one at most every 5 ms."""

    def __init__(self) -> None:
        self.count = 0
        self._timer = QTimer()
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        self.count += 1


@contextmanager
def slow(home: Home, seconds: float) -> Iterator[None]:
    """The node answers late."""
    home.gate.delay = seconds
    try:
        yield
    finally:
        home.gate.delay = 0.0


def note(folder: Path, name: str) -> Path:
    """A small document."""
    path = folder / name
    path.write_text("Slept well.")
    return path


async def running(window: Window) -> JobHandle:
    """The act that people see running."""

    def loud() -> list[JobHandle]:
        return [job for job in window.session.jobs.running if not job.quiet]

    await window.until(loud)
    return loud()[0]


async def stop(window: Window, job: JobHandle) -> None:
    """Press Stop in the outbox; it is said."""
    click(window.workspace.view.topbar.outbox)
    popover = await dialog_of(window, OutboxPopover)
    press(popover, f"Stop: {job.title}")
    await window.until(lambda: job.state is Ended.CANCELLED)
    popover.close()
    await window.said("Stopped")
    await window.said(job.title)


async def test_a_slow_node_leaves_the_window_alive_and_progress_is_said(home: Home, tmp_path: Path):
    window, known = home.window, home.network.created(home.person)
    await window.go("records")
    asked, said, bar = len(home.gate.passed), set(), window.workspace.view.topbar.outbox
    ticks = Ticks()
    with slow(home, LATE):
        await add_document(home, note(tmp_path, "slow.txt"))
        job = await running(window)
        job.progressed.connect(lambda sentence, *_: said.add(sentence))
        await window.until(lambda: any("Saving" in text for text in texts(bar)))
        await window.until(lambda: job.state is not None)
    answers = len(home.gate.passed) - asked
    assert job.state is Ended.DONE
    assert answers > TICKS
    assert ticks.count > TICKS * answers
    assert len(said) > 1, said
    assert all(said)
    await window.said("Saved to your record")
    await nothing_waits(window)
    assert len(home.network.created(home.person)) == len(known) + 1


async def test_stopped_before_it_is_sent_nothing_is_lost_and_it_happens_once(
    home: Home, tmp_path: Path
):
    window, known = home.window, home.network.created(home.person)
    await window.go("records")
    with slow(home, VERY_LATE):
        await add_document(home, note(tmp_path, "stopped.txt"))
        asked = len(home.gate.passed)
        job = await running(window)
        await window.until(lambda: len(home.gate.passed) > asked)
        await stop(window, job)
    await window.calm()
    assert home.network.created(home.person) == known
    # It stands in the list, and in the outbox, until somebody sends or drops it.
    view = window.page.findChild(TimelineView)
    await row_of(window, view, "stopped")
    click(window.workspace.view.topbar.outbox)
    popover = await dialog_of(window, OutboxPopover)
    press(popover, "Try again")
    await window.calm()
    popover.close()
    await nothing_waits(window)
    assert len(home.network.created(home.person)) == len(known) + 1


async def test_stopped_after_it_was_sent_it_happens_once_all_the_same(home: Home, tmp_path: Path):
    window, known = home.window, home.network.created(home.person)
    await window.go("records")
    with slow(home, VERY_LATE):
        await add_document(home, note(tmp_path, "too-late.txt"))
        job = await running(window)
        sent = home.gate.passed.count(SEND)
        await window.until(lambda: home.gate.passed.count(SEND) > sent)
        await stop(window, job)
    window.session.look_now()
    bar = window.workspace.view.topbar.outbox
    await window.until(lambda: len(home.network.created(home.person)) == len(known) + 1)
    window.session._try_again = 0.0
    await window.until(lambda: "All saved" in texts(bar), str(texts(bar)))
    await nothing_waits(window)
    assert len(home.network.created(home.person)) == len(known) + 1


async def test_a_large_upload_is_stopped_while_it_is_sealed(home: Home, tmp_path: Path):
    window, known = home.window, home.network.created(home.person)
    await window.go("records")
    path = tmp_path / "long-scan.txt"
    path.write_text(secrets.token_hex(LARGE // 2))
    block = home.network.block()
    await add_document(home, path)
    job = await running(window)
    sealing: list[int] = []
    job.progressed.connect(
        lambda sentence, done, _: sealing.append(done) if sentence == "Sealing" and done else None
    )
    await window.until(lambda: sealing or job.state)
    await stop(window, job)
    await window.calm()
    assert home.network.block() == block
    assert home.network.created(home.person) == known
    click(window.workspace.view.topbar.outbox)
    popover = await dialog_of(window, OutboxPopover)
    press(popover, "Try again")
    await window.calm()
    popover.close()
    await nothing_waits(window)
    assert len(home.network.created(home.person)) == len(known) + 1


async def test_looking_into_a_large_bundle_is_stopped(ward: Ward, desk: Desk, tmp_path: Path):
    window = await desk.sits(ward.dora)
    await open_chart(window, "Paul Novák")
    page = await window.go("import")
    assert isinstance(page, ImportPage)
    one = json.loads((FHIR / "blood-pressure.json").read_text(encoding="utf-8"))
    one.pop("id", None)
    path = tmp_path / "large.json"
    entries = [{"resource": one} for _ in range(ENTRIES)]
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    path.write_text(json.dumps(bundle), encoding="utf-8")
    nothing, ticks = Nothing(ward.network), Ticks()
    page.chosen.emit(path)
    await window.until(lambda: f"of {ENTRIES}" in page.sentence.text())
    assert ticks.count > TICKS
    click(next(b for b in page.reading.findChildren(QAbstractButton) if b.text() == "Stop"))
    await window.calm()
    assert shown("Nothing is read yet")
    assert not page.reading.isVisible()
    assert not page.save.isVisible()
    assert nothing.happened()
    await nothing_waits(window)
    page.chosen.emit(path)
    await window.until(lambda: page.preview is not None)
    assert page.model.rowCount() >= ENTRIES
    click(page.cancel)
