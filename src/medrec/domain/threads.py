"""Waiting for what runs in a thread, which nothing but itself can end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def outlast(work: asyncio.Future[T], stop: Callable[[], object]) -> T:
    """The result of a thread's work; where it is cancelled, it ends only when the work has.

    ``stop`` is called once at a cancellation, and asks the work to end early. What the work returns
    or raises then is let go.

    Raises:
        Whatever the work raises.
    """
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        stop()
        while not work.done():
            # Cancelled once more, it still waits: a thread left behind would go on by itself.
            with suppress(asyncio.CancelledError):
                await asyncio.wait([work])
        if not work.cancelled():
            # Looked at, an error of the work is not told of as one that nobody heard.
            work.exception()
        raise
