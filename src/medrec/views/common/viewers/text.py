"""Text as it stands in a file."""

from __future__ import annotations

from PyQt6.QtWidgets import QPlainTextEdit, QWidget

from medrec.views.common.fonts import Type
from medrec.views.common.theme import set_look, set_type
from medrec.views.common.viewers.base import Viewer

LONGEST = 2_000_000
"""Characters that are shown; the file has them all."""


class TextViewer(Viewer):
    """Plain text, read only; lines are wrapped where somebody wants it.

    ``code``: its letters have one width.
    """

    def __init__(
        self, text: str, name: str = "", *, code: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(name, parent)
        self.editor = QPlainTextEdit()
        self.editor.setReadOnly(True)
        set_look(self.editor, "quiet", "true")
        set_type(self.editor, Type.CODE if code else Type.BODY)
        self.editor.setPlainText(text[:LONGEST])
        self.editor.setAccessibleName(name or self.tr("Text"))
        self.column.addWidget(self.editor, 1)
        self.bar.addStretch(1)
        if len(text) > LONGEST:
            told = self.tr("The first %1 characters are shown; save the file to see all.")
            self.note(told.replace("%1", f"{LONGEST:,}"))
        wrap = self.tool("wrap-text", self.tr("Wrap lines"))
        wrap.setCheckable(True)
        wrap.setChecked(True)
        wrap.toggled.connect(self._wrap)

    def _wrap(self, wrapped: bool) -> None:
        modes = QPlainTextEdit.LineWrapMode
        self.editor.setLineWrapMode(modes.WidgetWidth if wrapped else modes.NoWrap)
