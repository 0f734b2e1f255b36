"""Archiving a record: why, before it is done."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from medrec.views.common.buttons import Button, Kind
from medrec.views.common.dialogs import Dialog
from medrec.views.common.fields import Field, FieldKind
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label


class ArchiveDialog(Dialog):
    """Asks for the reason; `given` with it."""

    given = pyqtSignal(str)

    def __init__(self, parent: QWidget | None, title: str) -> None:
        super().__init__(parent, "", width=520)
        self.set_title(self.tr("Archive “{title}”?").format(title=title))
        words = self.tr(
            "The record stays readable, marked as archived, and counts no more in the chart."
            " It cannot be changed afterwards."
        )
        self.body.addWidget(Label(words, Type.BODY, "text_2", wrap=True))
        self.reason = Field(
            self.tr("Reason"),
            self.tr("Kept sealed: only the patient reads it."),
            kind=FieldKind.AREA,
            rows=2,
        )
        self.body.addWidget(self.reason)
        self.cancel = self.add_button(Button(self.tr("Cancel"), Kind.SECONDARY))
        self.go = self.add_button(Button(self.tr("Archive"), Kind.DANGER))
        self.cancel.clicked.connect(self.reject)
        self.go.clicked.connect(self._done)
        self.first_focus = self.reason.editor

    def _done(self) -> None:
        reason = self.reason.text().strip()
        if not reason:
            self.reason.set_error(self.tr("Say why it is archived."))
            self.reason.editor.setFocus()
            return
        self.accept()
        self.given.emit(reason)
