"""Widgets that appear as windows of their own: shown before they have a place in one."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtWidgets import QApplication, QWidget


class Strays(QObject):
    """Collects what is shown as a window though nobody meant it: it flashes and takes the keys."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.found: list[str] = []
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)

    def eventFilter(  # noqa: N802 - Qt names it
        self, watched: QObject | None, event: QEvent | None
    ) -> bool:
        """Qt's report."""
        shown = event is not None and event.type() is QEvent.Type.Show
        if shown and isinstance(watched, QWidget) and watched.isWindow():
            plain = watched.windowType() is Qt.WindowType.Window
            if plain and watched is not self._window:
                self.found.append(f"{type(watched).__name__} {watched.accessibleName()}".strip())
        return False
