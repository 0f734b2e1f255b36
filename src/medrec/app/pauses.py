"""The garbage collector, kept from stopping the window.

A full collection looks at everything that lives, for a tenth of a second, and nothing else runs
meanwhile. While the program loads, next to nothing is garbage, and nobody looks. What was loaded
and the screens of an open account live on, so they are set apart: at sign-in, and every half minute
what has come since. They are looked at when the account is closed, and then nobody waits.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from medrec.controllers.desktop import Desktop

EVERY = 30
"""Seconds between two looks at what has come."""

MOST = 2_000_000
"""Objects that may be set apart in an open account before they are looked at after all."""


def collect_seldom() -> None:
    """Look at everything that lives after 1.4 million new objects instead of 70,000.

    Reading a file of 4 MB makes 300,000, none of them garbage: it stopped the window four times.
    """
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, 200)


def load_unlooked() -> None:
    """Begin to load: nothing is looked at until `loaded`, which spares a twentieth of the start."""
    gc.disable()


def loaded() -> None:
    """The program is loaded: set it apart, and look at what comes from now on."""
    gc.freeze()
    gc.enable()


def spare_pauses(desktop: Desktop) -> Apart:
    """Set apart what lives while an account of the desktop is open."""
    apart = Apart(desktop)
    desktop.entered.connect(apart.begin)
    desktop.left.connect(apart.end)
    return apart


class Apart(QObject):
    """The objects that a full collection leaves out."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._most = 0
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY * 1000)
        self._timer.timeout.connect(self.settle)

    def begin(self) -> None:
        """An account was opened: what lives now stays."""
        gc.freeze()
        self._most = gc.get_freeze_count() + MOST
        self._timer.start()

    def settle(self) -> None:
        """Set apart what has come and is no garbage of the last moments."""
        if gc.get_freeze_count() > self._most:
            # An account that is open for days: one pause in hours instead of memory without end.
            self._sweep()
            self._most = gc.get_freeze_count() + MOST
        else:
            gc.collect(1)
            gc.freeze()

    def end(self) -> None:
        """The account is closed: look at everything."""
        self._timer.stop()
        self._sweep()

    def _sweep(self) -> None:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
