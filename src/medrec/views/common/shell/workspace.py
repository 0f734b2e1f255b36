"""What an open account is shown in: rail, top bar, and one page at a time."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PyQt6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from medrec.views.common.badges import Tone
from medrec.views.common.banner import Banner
from medrec.views.common.focus import focus_first
from medrec.views.common.layout import MARGIN, boxed, hbox
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
        column.addWidget(self._news())
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

    def show_news(self, network: str) -> None:
        """Tell, above every page, that something follows the network; "" for nothing to tell."""
        text = self.tr(
            "The administrator of “%1” announces the network that follows it. Nothing changes by "
            "itself: ask at your clinic for the new network file, and open it when you have it."
        )
        self.news.set_text(text.replace("%1", network), self.tr("A new network is announced"))
        self._news_box.setVisible(bool(network))

    def _news(self) -> QWidget:
        """One notice at most; it goes when it is closed."""
        self.news = Banner("", Tone.ACCENT, "layers", self.tr("Open the new file"), closable=True)
        self.news.closed.connect(self._close_news)
        self._news_box = boxed(hbox(self.news))
        layout = self._news_box.layout()
        if layout is not None:
            layout.setContentsMargins(MARGIN, 12, MARGIN, 0)
        self._news_box.hide()
        return self._news_box

    def _close_news(self) -> None:
        self._news_box.hide()
        # The frame around it is what comes and goes.
        self.news.show()

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
