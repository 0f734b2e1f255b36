"""What an open account is shown in: rail, top bar, and one page at a time."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PyQt6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from medrec.views.common.focus import focus_first
from medrec.views.common.shell.rail import Rail
from medrec.views.common.shell.topbar import TopBar

NARROW_BELOW = 1280
"""Pixels of width below which rail and top bar are short."""


class Workspace(QWidget):
    """Rail, top bar, and one page at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rail, self.topbar, self.pages = Rail(), TopBar(), QStackedWidget()
        self.pages.setObjectName("pages")
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.topbar)
        column.addWidget(self.pages, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(column, 1)
        self._narrow = False
        self._shortcut("Ctrl+K", self.topbar.search.setFocus)
        self._shortcut("F6", self._next_region)
        self._shortcut("F1", self.rail.helpAsked.emit)
        self._shortcut("Ctrl+L", self.rail.lockAsked.emit)

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """Become short or long with the window (Qt)."""
        super().resizeEvent(a0)
        self.set_narrow(self.width() < NARROW_BELOW)

    def set_narrow(self, narrow: bool) -> None:
        """Rail and top bar in their short or long form."""
        if narrow != self._narrow:
            self._narrow = narrow
            self.rail.set_narrow(narrow)
            self.topbar.set_narrow(narrow)

    def _shortcut(self, keys: str, slot: Callable[[], object]) -> None:
        QShortcut(QKeySequence(keys), self).activated.connect(slot)

    def _next_region(self) -> None:
        """F6: rail, top bar, content, and round again."""
        regions: list[QWidget] = [self.rail, self.topbar, self.pages]
        focused = self.focusWidget()
        here = next((n for n, w in enumerate(regions) if focused and w.isAncestorOf(focused)), -1)
        for step in range(1, 4):
            region = regions[(here + step) % 3]
            if region is self.rail:
                self.rail.focus_chosen()
                return
            if focus_first(region):
                return
