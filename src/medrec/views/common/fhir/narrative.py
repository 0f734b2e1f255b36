"""What an author wrote in words, laid out; it loads nothing and leads nowhere."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import QEvent, QSize, Qt, QUrl
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QWidget

from medrec.views.common.fonts import Type
from medrec.views.common.theme import set_look, set_type, theme_bus, tokens


class Narrative(QTextBrowser):
    """A narrative that `medrec.clinical.markup` made safe, as high as it needs to be."""

    def __init__(self, markup: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._markup = markup
        self.setFrameShape(QFrame.Shape.NoFrame)
        set_look(self, "plain", "true")
        set_type(self, Type.BODY)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setUndoRedoEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("In the author's words"))
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        document = self.document()
        if document is not None:
            document.setDocumentMargin(0)
        theme_bus.changed.connect(self._lay_out)
        self._lay_out()

    def loadResource(self, kind: int, name: QUrl) -> Any:
        """Qt's question: nothing is loaded, from nowhere."""
        return None

    def _lay_out(self) -> None:
        document, look = self.document(), tokens()
        if document is None:
            return
        # Latin words too stand at the leading edge, as every label of the page does.
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        option = document.defaultTextOption()
        option.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)
        document.setDefaultTextOption(option)
        document.setDefaultStyleSheet(
            f"body, p, li, td, th, div {{ color: {look.text}; }}"
            f"table {{ border-collapse: collapse; margin-top: 4px; margin-bottom: 8px; }}"
            f"td, th {{ border: 1px solid {look.border}; padding: 5px 8px; }}"
            f"th {{ background-color: {look.sunken}; color: {look.text_3}; font-weight: 600;"
            f" text-align: {'right' if mirrored else 'left'}; }}"
            f"h1, h2, h3, h4, h5, h6 {{ font-size: large; margin-top: 6px; }}"
        )
        self.setHtml(self._markup)
        self._fit()

    def changeEvent(self, event: QEvent | None) -> None:
        """Qt's report: the direction of reading may be another."""
        super().changeEvent(event)
        if event is not None and event.type() is QEvent.Type.LayoutDirectionChange:
            self._lay_out()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Qt's report: another width needs another height."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        document, viewport = self.document(), self.viewport()
        if document is None or viewport is None:
            return
        document.setTextWidth(viewport.width())
        bar = self.horizontalScrollBar()
        extra = 10 if bar is not None and bar.maximum() > 0 else 2
        height = round(document.size().height()) + extra
        if height != self.height():
            self.setFixedHeight(max(height, 20))

    def sizeHint(self) -> QSize:
        """Qt's question."""
        return QSize(320, self.height())
