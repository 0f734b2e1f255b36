"""Jobs: one of four ends, each told once; progress reaches the job that caused it and no other."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from medrec.domain.ids import Address
from medrec.errors import NodeDown
from medrec.workers.jobs import Ended, JobHandle, Jobs
from medrec.workers.notifier import JobNotifier


class Heard:
    """Every signal of a job, in order."""

    def __init__(self, handle: JobHandle) -> None:
        self.said: list[tuple[str, Any]] = []
        handle.progressed.connect(lambda *at: self.said.append(("progressed", at)))
        handle.warned.connect(lambda text: self.said.append(("warned", text)))
        handle.done.connect(lambda result: self.said.append(("done", result)))
        handle.failed.connect(lambda error: self.said.append(("failed", error.code)))
        handle.cancelled.connect(lambda: self.said.append(("cancelled", None)))
        handle.crashed.connect(lambda error: self.said.append(("crashed", type(error))))
        handle.ended.connect(lambda how: self.said.append(("ended", how)))


async def test_a_job_returns_what_the_use_case_returned():
    jobs = Jobs()

    async def work() -> int:
        await asyncio.sleep(0)
        return 7

    handle = jobs.start("Count", work)
    heard = Heard(handle)
    assert jobs.running == [handle]
    assert await handle.wait() is Ended.DONE
    assert heard.said == [("done", 7), ("ended", Ended.DONE)]
    assert handle.result == 7
    assert jobs.running == []


async def test_rest_is_told_when_the_last_job_has_ended_and_began_no_other():
    jobs, rests, go_on = Jobs(), [], asyncio.Event()
    jobs.rested.connect(lambda: rests.append(jobs.running))
    first, other = (jobs.start(name, lambda: asyncio.sleep(0)) for name in ("First", "Other"))
    last: list[JobHandle] = []
    other.done.connect(lambda _: last.append(jobs.start("Last", go_on.wait)))
    await first.wait()
    await other.wait()
    assert rests == []
    go_on.set()
    await last[0].wait()
    assert rests == [[]]


async def test_a_refusal_is_a_failure_with_its_sentence():
    async def work() -> None:
        raise NodeDown(url="http://localhost", why="")

    handle = Jobs().start("Ask", work)
    heard = Heard(handle)
    assert await handle.wait() is Ended.FAILED
    assert heard.said == [("failed", "NodeDown"), ("ended", Ended.FAILED)]


async def test_a_defect_is_logged_with_its_trace_and_stops_nothing_else(
    caplog: pytest.LogCaptureFixture,
):
    jobs = Jobs()

    async def broken() -> None:
        raise ZeroDivisionError

    async def whole() -> str:
        await asyncio.sleep(0.01)
        return "well"

    with caplog.at_level(logging.ERROR, "medrec.workers.jobs"):
        first, second = jobs.start("Break", broken), jobs.start("Work", whole)
        heard = Heard(first)
        assert await first.wait() is Ended.CRASHED
        assert await second.wait() is Ended.DONE
    assert heard.said == [("crashed", ZeroDivisionError), ("ended", Ended.CRASHED)]
    assert caplog.records[0].exc_info is not None


async def test_a_job_can_be_cancelled_while_it_waits_and_before_it_began():
    jobs = Jobs()
    waits = jobs.start("Wait", lambda: asyncio.sleep(60))
    await asyncio.sleep(0)
    never = jobs.start("Never", lambda: asyncio.sleep(60))
    for handle in (waits, never):
        heard = Heard(handle)
        handle.cancel()
        assert await handle.wait() is Ended.CANCELLED
        await asyncio.sleep(0)
        assert heard.said == [("cancelled", None), ("ended", Ended.CANCELLED)]
    assert jobs.running == []


async def test_an_ended_job_cannot_be_cancelled():
    handle = Jobs().start("Nothing", lambda: asyncio.sleep(0))
    await handle.wait()
    handle.cancel()
    assert handle.state is Ended.DONE


async def test_progress_and_warnings_reach_the_job_that_caused_them():
    notifier, jobs = JobNotifier(), Jobs()
    unasked: list[str] = []
    notifier.bus.warned.connect(unasked.append)

    def work(name: str) -> Any:
        async def tell() -> None:
            notifier.progress(name, 1, 2)
            # A task that the use case starts belongs to the same job.
            await asyncio.gather(_later(notifier, name))

        return tell

    first, second = jobs.start("a", work("a")), jobs.start("b", work("b"))
    heard_first, heard_second = Heard(first), Heard(second)
    await first.wait()
    await second.wait()
    assert heard_first.said[:2] == [("progressed", ("a", 1, 2)), ("warned", "a later")]
    assert heard_second.said[:2] == [("progressed", ("b", 1, 2)), ("warned", "b later")]
    assert unasked == []
    notifier.warn("nobody's")
    notifier.progress("nobody's")
    assert unasked == ["nobody's"]


async def test_confirmed_changes_are_told_to_every_screen():
    notifier = JobNotifier()
    heard: list[tuple[str, str]] = []
    notifier.bus.changed.connect(lambda who, what: heard.append((who, what)))
    notifier.changed(Address("0x" + "11" * 20), "entries")
    assert heard == [("0x" + "11" * 20, "entries")]


async def test_closing_cancels_what_runs_and_waits_for_it():
    jobs, put_away = Jobs(), []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            put_away.append(True)

    handle = jobs.start("Long", work)
    await asyncio.sleep(0)
    await jobs.close()
    assert handle.state is Ended.CANCELLED
    assert put_away == [True]


async def test_nothing_is_begun_after_closing():
    jobs, begun = Jobs(), []

    async def work() -> None:
        begun.append(True)

    await jobs.close()
    handle = jobs.start("Late", work)
    assert await handle.wait() is Ended.CANCELLED
    assert begun == []


def test_a_timer_that_fires_after_the_loop_begins_nothing(qapp: object):
    jobs, begun = Jobs(), []

    async def work() -> None:
        begun.append(True)

    handle = jobs.start("Late", work)
    assert handle.state is Ended.CANCELLED
    assert jobs.running == []
    asyncio.run(asyncio.wait_for(jobs.close(), 10))
    assert begun == []


async def _later(notifier: JobNotifier, name: str) -> None:
    await asyncio.sleep(0)
    notifier.warn(f"{name} later")
