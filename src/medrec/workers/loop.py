"""The loop that draws the window and runs the jobs: qasync's, with turns of a bounded length."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from time import perf_counter
from typing import Any

import qasync
from PyQt6.QtCore import QTimerEvent

TURN = 0.004
"""Seconds after which callbacks that are due wait for the next turn, so that Qt may draw."""


class _Timer(qasync._SimpleTimer):  # type: ignore[misc] # qasync has no types
    """qasync's timers, which run callbacks only while the loop runs.

    Qt turns without it too (qasync's own last turn, a test that lets Qt draw): a task that went on
    then would find no running loop, and fail. Its timer stays, and fires again when the loop does.
    """

    def timerEvent(self, event: QTimerEvent | None) -> None:
        """Run what is due, or let it wait (Qt)."""
        if self._stopped or asyncio._get_running_loop() is not None:
            super().timerEvent(event)


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
        self._timer = _Timer()

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Run a callback in the next turn, after those that came before it."""
        handle = asyncio.Handle(callback, args, self, context=context)
        self._soon.append(handle)
        self._wake()
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> None:
        """Run a callback of another thread's in the next turn, in that thread's context.

        qasync forgets the context: what a sealing thread says would reach nobody's job.
        """
        super().call_soon_threadsafe((context or copy_context()).run, callback, *args)

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
