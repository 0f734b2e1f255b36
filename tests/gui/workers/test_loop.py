"""The loop's turns: in order, of a bounded length, and over in good order."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication

from medrec.workers import loop as loops
from medrec.workers.loop import WindowLoop


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[WindowLoop]:
    """A loop of its own over the one application."""
    made = WindowLoop(qapp, already_running=False, set_running_loop=False)
    yield made
    made.close()
    asyncio.set_event_loop(None)


def test_callbacks_run_in_the_order_in_which_they_came(loop: WindowLoop):
    seen: list[int] = []

    async def work() -> None:
        for number in range(50):
            loop.call_soon(seen.append, number)
        cancelled = loop.call_soon(seen.append, -1)
        cancelled.cancel()
        await asyncio.sleep(0.01)

    loop.run_until_complete(work())
    assert seen == list(range(50))


def test_qt_has_its_turn_while_many_callbacks_wait(
    loop: WindowLoop, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(loops, "TURN", 0.0)
    seen: list[str] = []
    timer = QTimer()
    timer.timeout.connect(lambda: seen.append("qt"))

    async def work() -> None:
        timer.start(1)
        for _ in range(20):
            loop.call_soon(lambda: (time.sleep(0.002), seen.append("ours")))
        last = loop.create_future()
        loop.call_soon(last.set_result, None)
        await last
        timer.stop()

    loop.run_until_complete(work())
    assert "qt" in seen[: seen.index("ours") + 10]


def test_what_raises_stops_nothing_and_is_told(loop: WindowLoop):
    told: list[object] = []
    loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
    error = ValueError("once")

    def fail() -> None:
        raise error

    async def work() -> str:
        loop.call_soon(fail)
        await asyncio.sleep(0.01)
        return "on"

    assert loop.run_until_complete(work()) == "on"
    assert told == [error]


def test_a_callback_runs_in_the_context_that_it_was_given(loop: WindowLoop):
    name: contextvars.ContextVar[str] = contextvars.ContextVar("name", default="nobody")
    context = contextvars.copy_context()
    context.run(name.set, "somebody")
    seen: list[str] = []

    async def work() -> None:
        loop.call_soon(lambda: seen.append(name.get()), context=context)
        await asyncio.to_thread(loop.call_soon_threadsafe, lambda: seen.append("thread"))
        await asyncio.sleep(0.01)

    loop.run_until_complete(work())
    assert seen == ["somebody", "thread"]


def test_what_a_thread_has_done_in_the_loop_keeps_the_thread_s_context(loop: WindowLoop):
    whose: contextvars.ContextVar[str] = contextvars.ContextVar("whose", default="nobody's")
    seen: list[str] = []

    async def tell() -> None:
        seen.append(whose.get())

    def in_thread() -> None:
        asyncio.run_coroutine_threadsafe(tell(), loop).result(10)

    async def work() -> None:
        whose.set("the job's")
        await asyncio.to_thread(in_thread)

    async def begin() -> None:
        await asyncio.create_task(work())

    loop.run_until_complete(begin())
    assert seen == ["the job's"]


def test_no_task_goes_on_while_qt_turns_without_the_loop(loop: WindowLoop, qapp: QApplication):
    came: list[asyncio.AbstractEventLoop] = []
    tasks: list[asyncio.Task[None]] = []

    async def follower() -> None:
        for _ in range(3):
            await asyncio.sleep(0)
            came.append(asyncio.get_running_loop())
            await asyncio.sleep(0.001)

    async def begin() -> None:
        tasks.append(asyncio.create_task(follower()))

    loop.run_until_complete(begin())
    before = len(came)
    for _ in range(5):
        time.sleep(0.002)
        qapp.processEvents()
    assert len(came) == before
    loop.run_until_complete(tasks[0])
    assert came == [loop] * 3
