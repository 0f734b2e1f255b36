"""Locking: after idle time, or at once. What was open is closed and its keys are forgotten."""

from __future__ import annotations

import time

from PyQt6.QtCore import QEvent, QObject, QTimer, pyqtSignal

IDLE_MINUTES = 10
LOOK_EVERY = 5_000
"""Milliseconds between two looks at the clock."""

_INPUT = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TouchUpdate,
        QEvent.Type.TabletPress,
        QEvent.Type.TabletMove,
        QEvent.Type.InputMethod,
    }
)


class IdleLock(QObject):
    """Watches for idle time while it is armed.

    The clock is the wall's: a computer that slept comes back locked.
    """

    aboutToLock = pyqtSignal()
    """Keep what is unsaved: the account closes when every slot has returned."""
    locked = pyqtSignal()
    """Close the account and show the sign-in."""

    def __init__(
        self, application: QObject, minutes: int = IDLE_MINUTES, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._application = application
        self._minutes = minutes
        self._last = time.time()
        self._armed = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(self.look)

    @property
    def armed(self) -> bool:
        """Whether an account is open that could be locked."""
        return self._armed

    def set_minutes(self, minutes: int) -> None:
        """The idle time in minutes; 0 never locks by itself."""
        self._minutes = max(0, minutes)
        self._last = time.time()

    def arm(self) -> None:
        """An account was opened."""
        if not self._armed:
            self._armed = True
            self._application.installEventFilter(self)
            self._timer.start()
        self._last = time.time()

    def disarm(self) -> None:
        """The account was closed."""
        if self._armed:
            self._armed = False
            self._application.removeEventFilter(self)
            self._timer.stop()

    def lock(self) -> None:
        """Lock now, where an account is open."""
        if self._armed:
            self.disarm()
            self.aboutToLock.emit()
            self.locked.emit()

    def look(self) -> None:
        """Lock where the idle time is over."""
        if self._minutes and abs(time.time() - self._last) >= self._minutes * 60:
            self.lock()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Notice that somebody is there; what comes too late locks instead (Qt)."""
        if event is not None and event.type() in _INPUT:
            self.look()
            self._last = time.time()
        return False
