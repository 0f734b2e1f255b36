"""The loop that draws the window and runs the jobs: qasync's, with turns of a bounded length."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context
from time import perf_counter
from typing import Any

import qasync

TURN = 0.004
"""Seconds after which callbacks that are due wait for the next turn, so that Qt may draw."""


class WindowLoop(qasync.QEventLoop):  # type: ignore[misc] # qasync has no types
    """`qasync.QEventLoop` whose callbacks run some at a time.

    qasync starts a timer of Qt for each callback, and Qt runs all timers that are due before it
    draws again: a hundred jobs that go on at once hold the window up. Here one timer runs all
    callbacks of a turn, in the order in which they came, until the turn is over.
    """

    def __init__(self, *arguments: Any, **more: Any) -> None:
        self._soon: deque[asyncio.Handle] = deque()
        self._due = False
        super().__init__(*arguments, **more)

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Run a callback in the next turn, after those that came before it."""
        handle = asyncio.Handle(callback, args, self, context=context)
        self._soon.append(handle)
        self._wake()
        return handle

    def _wake(self) -> None:
        if not self._due:
            self._due = True
            super().call_soon(self._turn)

    def _turn(self) -> None:
        """Run what is due now; what is added meanwhile has the next turn."""
        self._due = False
        end = perf_counter() + TURN
        try:
            for _ in range(len(self._soon)):
                handle = self._soon.popleft()
                if not handle.cancelled():
                    handle._run()
                if perf_counter() >= end:
                    break
        finally:
            if self._soon:
                self._wake()
