"""A file of a record, opened inside the window: who it belongs to, a way back, a way to save it."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QKeySequence, QShortcut
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from medrec.views.common.buttons import Button, IconButton, Kind
from medrec.views.common.cards import Card
from medrec.views.common.layout import Page, clear
from medrec.views.common.viewers import viewer_for


class FilePage(QWidget):
    """Shows one file at a time; nothing of it is written to the disk."""

    backRequested = pyqtSignal()
    saveRequested = pyqtSignal(str)
    """The name of the file that is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = ""
        self.viewer: QWidget | None = None
        self.save = Button(self.tr("Save"), Kind.SECONDARY, "download")
        self.save.clicked.connect(self._save)
        self.page = Page("", "", self.save, scroll=False)
        self.back = IconButton("arrow-left", self.tr("Back to the record"), 36)
        self.back.clicked.connect(self.backRequested)
        self.page.set_lead(self.back)
        self._card = Card()
        self._card.set_padding(12, 12)
        self.page.body.addWidget(self._card, 1)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.page)
        escape = QShortcut(QKeySequence("Esc"), self)
        escape.activated.connect(self.backRequested)

    def show_file(self, title: str, name: str, media_type: str, data: bytes) -> None:
        """Show a file of the record called ``title``."""
        self.close_file()
        self.name = name
        self.page.set_title(name)
        self.page.set_subtitle(title)
        self.viewer = viewer_for(media_type, name, data)
        self._card.body.addWidget(self.viewer, 1)
        self.back.setFocus()

    def close_file(self) -> None:
        """Let go of what is shown."""
        clear(self._card.body)
        self.viewer = None

    def _save(self) -> None:
        self.saveRequested.emit(self.name)
