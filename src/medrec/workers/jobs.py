"""Jobs: one per user action, with progress, cancel and four end states.

A job runs as a task of the loop that also draws the window. The use cases that it awaits put heavy
work into threads, so that the window stays alive; here nothing is computed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import copy_context
from enum import StrEnum
from itertools import count
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.errors import MedRecError, StillWaiting, WaitsInOutbox
from medrec.workers.notifier import LISTENER

Work = Callable[[], Awaitable[Any]]
"""A use case, ready to be awaited."""

_log = logging.getLogger(__name__)


class Ended(StrEnum):
    """How a job ended."""

    DONE = "done"
    FAILED = "failed"
    """Ours to explain: a `MedRecError` with its sentence."""
    CANCELLED = "cancelled"
    CRASHED = "crashed"
    """A defect of the program; logged with its trace."""


class JobHandle(QObject):
    """One action of a person's while it runs, and how it ended."""

    progressed = pyqtSignal(str, int, int)
    """Sentence, done and total; a total of 0 cannot be counted."""
    warned = pyqtSignal(str)
    done = pyqtSignal(object)
    """What the use case returned."""
    failed = pyqtSignal(object)
    """The `MedRecError`."""
    cancelled = pyqtSignal()
    crashed = pyqtSignal(object)
    """The exception, logged already."""
    ended = pyqtSignal(object)
    """`Ended`; always the last signal."""

    def __init__(
        self, title: str, quiet: bool, number: int = 0, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.number = number
        self.title = title
        self.quiet = quiet
        self.state: Ended | None = None
        self.result: Any = None
        self.error: Exception | None = None
        self.stage = ("", 0, 0)
        self._task: asyncio.Task[None] | None = None

    @property
    def waits(self) -> bool:
        """Whether it stands in the outbox and goes out by itself: no failure for the person."""
        return isinstance(self.error, WaitsInOutbox | StillWaiting)

    @property
    def sentence(self) -> str:
        """What a failure says to the person; "" for a defect of the program, or no failure."""
        return self.error.sentence if isinstance(self.error, MedRecError) else ""

    def cancel(self) -> None:
        """Stop the work at its next await; what was written down stays in the outbox."""
        if self._task is not None and self.state is None:
            self._task.cancel()

    async def wait(self) -> Ended:
        """The end of the job, whatever it is."""
        if self._task is not None:
            await asyncio.wait([self._task])
        return self.state or Ended.CANCELLED

    def progress(self, sentence: str, done: int, total: int) -> None:
        """Hear of a stage (`medrec.workers.notifier.Listener`)."""
        self.stage = (sentence, done, total)
        self.progressed.emit(sentence, done, total)

    def warn(self, sentence: str) -> None:
        """Hear of a warning (`medrec.workers.notifier.Listener`)."""
        self.warned.emit(sentence)

    def _run(self, work: Work) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            # A timer that fires after the loop: the program is ending, nothing is begun any more.
            self._end(Ended.CANCELLED)
            return
        context = copy_context()
        context.run(LISTENER.set, self)
        self._task = loop.create_task(self._drive(work), context=context)
        # Cancelled before its first step, the task never enters `_drive`.
        self._task.add_done_callback(self._never_began)

    async def _drive(self, work: Work) -> None:
        try:
            self.result = await work()
        except asyncio.CancelledError:
            self._end(Ended.CANCELLED)
        except MedRecError as error:
            self.error = error
            self._end(Ended.FAILED)
        except Exception as error:  # the one place where a defect of ours becomes an end state
            _log.exception("A job crashed: %s", type(error).__name__)
            self.error = error
            self._end(Ended.CRASHED)
        else:
            self._end(Ended.DONE)

    def _never_began(self, task: asyncio.Task[None]) -> None:
        if self.state is None:
            self._end(Ended.CANCELLED)

    def _end(self, how: Ended) -> None:
        self.state = how
        if how is Ended.DONE:
            self.done.emit(self.result)
        elif how is Ended.FAILED:
            self.failed.emit(self.error)
        elif how is Ended.CRASHED:
            self.crashed.emit(self.error)
        else:
            self.cancelled.emit()
        self.ended.emit(how)


class Jobs(QObject):
    """Starts jobs and keeps them until they end."""

    started = pyqtSignal(object)
    """The `JobHandle` of an action that has just begun."""
    rested = pyqtSignal()
    """The last job that ran has ended, and no other was begun at its end."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: list[JobHandle] = []
        self._numbers = count(1)
        self._closed = False

    @property
    def running(self) -> list[JobHandle]:
        """The jobs that have not ended, in the order in which they were begun."""
        return list(self._running)

    def start(self, title: str, work: Work, *, quiet: bool = False) -> JobHandle:
        """Begin a job; signals come from the next turn of the loop on.

        ``quiet`` marks a query that nobody needs to be told of.
        """
        handle = JobHandle(title, quiet, next(self._numbers), self)
        self._running.append(handle)
        handle.ended.connect(lambda _: self._forget(handle))
        handle._run(work)
        if self._closed:
            # A model that hears of the end of another job may still ask: nothing is begun any more.
            handle.cancel()
        self.started.emit(handle)
        return handle

    async def close(self) -> None:
        """Cancel what still runs, and wait for it; what is started from now on never begins."""
        self._closed = True
        while self._running:
            for handle in self.running:
                handle.cancel()
                await handle.wait()

    def _forget(self, handle: JobHandle) -> None:
        self._running.remove(handle)
        handle.setParent(None)
        if not self._running:
            self.rested.emit()
