"""Work of some milliseconds that a widget asks for, in a thread; the newest asking wins.

For reading what is already in memory (parsing, decoding a picture). Whatever speaks with the
network or the disk is a job of the worker layer instead.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PyQt6.QtCore import QObject, QRunnable, QThreadPool, pyqtSignal

log = logging.getLogger(__name__)


class _Relay(QObject):
    """Carries a result from the thread to the widget's own."""

    ended = pyqtSignal(int, object, object)


class _Run(QRunnable):
    def __init__(self, relay: _Relay, number: int, work: Callable[[], object]) -> None:
        super().__init__()
        self._relay, self._number, self._work = relay, number, work

    def run(self) -> None:
        """Called by Qt in a thread."""
        try:
            self._relay.ended.emit(self._number, self._work(), None)
        except Exception as error:
            self._relay.ended.emit(self._number, None, error)


class Background(QObject):
    """The one thing that a widget is waiting for; `start` again drops what was asked before."""

    done = pyqtSignal(object)
    failed = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._relay = _Relay()
        self._relay.ended.connect(self._ended)

    def start(self, work: Callable[[], Any]) -> None:
        """Do ``work`` in a thread; `done` brings what it returns, `failed` what it raises."""
        self._number += 1
        pool = QThreadPool.globalInstance()
        if pool is not None:
            pool.start(_Run(self._relay, self._number, work))

    def drop(self) -> None:
        """Want nothing any more."""
        self._number += 1

    def _ended(self, number: int, result: object, error: object) -> None:
        if number != self._number:
            return
        if error is None:
            self.done.emit(result)
            return
        log.info("what a window asked for cannot be shown: %s", type(error).__name__)
        self.failed.emit(error)
