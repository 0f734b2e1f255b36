"""Waiting in Qt's loop until something holds, or until nothing runs any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from medrec.workers.jobs import Jobs

PATIENCE = 30.0
"""Seconds after which a test gives up."""

CALM = 8
"""Turns of the loop without a job after which nothing more is expected."""


async def until(
    true: Callable[[], object], within: float = PATIENCE, why: Callable[[], object] = lambda: ""
) -> None:
    """Let the loop run until something holds."""
    end = asyncio.get_running_loop().time() + within
    while not true():
        if asyncio.get_running_loop().time() > end:
            raise AssertionError(f"it did not come to that in {within} s: {why()}")
        await asyncio.sleep(0.01)


async def still(jobs: Jobs) -> None:
    """Let the loop run until no job runs, for some turns."""
    quiet = 0

    def calm() -> bool:
        nonlocal quiet
        quiet = 0 if jobs.running else quiet + 1
        return quiet > CALM

    await until(calm, why=lambda: [job.title for job in jobs.running])
