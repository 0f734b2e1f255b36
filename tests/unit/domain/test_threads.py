"""Waiting for what runs in a thread: cancelled, one waits until it has ended."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable

import pytest

from medrec.domain.threads import outlast


class Work:
    """Work in a thread that goes on until it is let go; it counts how often it is asked to stop."""

    def __init__(self, heeds: bool = False, fails: bool = False) -> None:
        self.begun, self.ended = threading.Event(), threading.Event()
        self.asked = 0
        self._go_on = threading.Event()
        self._heeds, self._fails = heeds, fails

    def start(self) -> asyncio.Future[str]:
        """In a thread of the loop's."""
        return asyncio.ensure_future(asyncio.to_thread(self._run))

    def let_go(self) -> None:
        """It ends now."""
        self._go_on.set()

    def stop(self) -> None:
        """It is asked to end, and does if it heeds that."""
        self.asked += 1
        if self._heeds:
            self.let_go()

    def _run(self) -> str:
        self.begun.set()
        self._go_on.wait(60)
        self.ended.set()
        if self._fails:
            raise ValueError("it failed")
        return "done"


async def begun(work: Work) -> asyncio.Task[str]:
    """The wait for work that runs."""
    waiting = asyncio.create_task(outlast(work.start(), work.stop))
    await asyncio.to_thread(work.begun.wait, 60)
    return waiting


async def turns(number: int = 20) -> None:
    """Let everybody go on who can."""
    for _ in range(number):
        await asyncio.sleep(0)


@pytest.fixture
async def unheard() -> Callable[[], list[str]]:
    """What the loop says of errors that nobody looked at."""
    said: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: said.append(told["message"]))

    def heard() -> list[str]:
        gc.collect()
        return said

    return heard


async def test_the_result_is_the_works_own() -> None:
    work = Work()
    waiting = await begun(work)
    assert not waiting.done()
    work.let_go()
    assert await waiting == "done"
    assert work.asked == 0


async def test_what_the_work_raises_is_raised() -> None:
    work = Work(fails=True)
    waiting = await begun(work)
    work.let_go()
    with pytest.raises(ValueError, match="it failed"):
        await waiting
    assert work.asked == 0


async def test_work_that_heeds_ends_early() -> None:
    work = Work(heeds=True)
    waiting = await begun(work)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert work.ended.is_set()
    assert work.asked == 1


async def test_work_that_does_not_heed_is_waited_for_however_often_one_is_cancelled() -> None:
    work = Work()
    waiting = await begun(work)
    for _ in range(3):
        waiting.cancel()
        await turns()
        assert not waiting.done()
    assert work.asked == 1
    assert not work.ended.is_set()
    work.let_go()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert work.ended.is_set()


async def test_work_that_fails_after_it_was_cancelled_is_let_go(
    unheard: Callable[[], list[str]],
) -> None:
    work = Work(heeds=True, fails=True)
    waiting = await begun(work)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    del waiting
    await turns()
    assert unheard() == []


async def test_work_that_was_cancelled_before_it_began_is_not_waited_for() -> None:
    work: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(outlast(work, work.cancel))
    await turns()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert work.cancelled()
