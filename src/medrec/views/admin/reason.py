"""Why a doctor is refused or suspended: the second step of what cannot be undone in silence."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from medrec.views.common.buttons import Button, Kind
from medrec.views.common.dialogs import Dialog
from medrec.views.common.fields import Field, FieldKind
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label

LONGEST = 1_000
"""Characters of a reason, as `medrec.crypto.reasons` keeps them."""


class ReasonDialog(Dialog):
    """Asks for the reason; `given` brings it."""

    given = pyqtSignal(str)

    def __init__(
        self, parent: QWidget, title: str, text: str, action: str, label: str = ""
    ) -> None:
        super().__init__(parent, title, width=520)
        self.body.addWidget(Label(text, Type.BODY, "text_2", wrap=True))
        self.reason = Field(
            label or self.tr("Reason"),
            self.tr("Sealed: the doctor and this network's verifiers read it, nobody else."),
            kind=FieldKind.AREA,
            rows=3,
        )
        self.body.addWidget(self.reason)
        self.cancel = self.add_button(Button(self.tr("Cancel"), Kind.SECONDARY))
        self.do = self.add_button(Button(action, Kind.DANGER))
        self.first_focus = self.reason.editor
        self.cancel.clicked.connect(self.reject)
        self.do.clicked.connect(self._give)
        self.reason.edited.connect(lambda _: self._checked(False))

    def show_again(self, said: str, wrong: str) -> None:
        """Stand with what was typed and refused, and why."""
        self.reason.set_text(said)
        self.reason.set_error(wrong)

    def _give(self) -> None:
        if not self._checked(True):
            self.reason.editor.setFocus()
            return
        self.given.emit(self.reason.text().strip())
        self.accept()

    def _checked(self, all_of_it: bool) -> bool:
        text = self.reason.text().strip()
        if all_of_it and not text:
            self.reason.set_error(self.tr("Say why: the doctor reads it."))
        elif len(text) > LONGEST:
            self.reason.set_error(self.tr("At most %1 characters.").replace("%1", f"{LONGEST:,}"))
        else:
            self.reason.set_error("")
            return True
        return False
