"""Where the services' progress, warnings and confirmed changes become Qt signals."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.domain.ids import Address


class Listener(Protocol):
    """Who hears what happens while one job runs."""

    def progress(self, sentence: str, done: int, total: int) -> None:
        """A stage has begun or moved."""

    def warn(self, sentence: str) -> None:
        """Something that a person should know though the work went on."""


LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)
"""The job to which the running task belongs; tasks that it starts inherit it."""


class Bus(QObject):
    """What every screen may hear of."""

    changed = pyqtSignal(str, str)
    """Address of the subject whose confirmed entries changed, and what changed."""
    warned = pyqtSignal(str)
    """A warning of work that no job of a screen asked for."""


class JobNotifier:
    """`medrec.domain.ports.Notifier` that speaks to the job in whose task it is called."""

    def __init__(self) -> None:
        self.bus = Bus()

    def progress(self, sentence: str, done: int = 0, total: int = 0) -> None:
        """Tell the running job's listeners."""
        listener = LISTENER.get()
        if listener is not None:
            listener.progress(sentence, done, total)

    def warn(self, sentence: str) -> None:
        """Tell the running job's listeners, or everybody where no job runs."""
        listener = LISTENER.get()
        if listener is not None:
            listener.warn(sentence)
        else:
            self.bus.warned.emit(sentence)

    def changed(self, subject: Address, what: str) -> None:
        """Tell every screen."""
        self.bus.changed.emit(subject, what)
