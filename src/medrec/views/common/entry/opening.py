"""What stands in the window until the door is there: the door's own pane, and nothing to press."""

from __future__ import annotations

from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from medrec.views.common.entry.hero import HeroPane, pane_width
from medrec.views.common.theme import ground


class OpeningPage(QWidget):
    """The hero pane where the sign-in will have it, over the window's ground."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        ground(self, "window")
        self.setAccessibleName(self.tr("MedRec opens"))
        self.hero = HeroPane()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.hero)
        row.addStretch(1)

    def resizeEvent(self, a0: QResizeEvent | None) -> None:
        """As wide as at the sign-in (Qt)."""
        super().resizeEvent(a0)
        self.hero.setFixedWidth(pane_width(self.width()))
