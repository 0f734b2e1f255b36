"""Dialogs about one record: a correction asked for, archiving, a document that was not saved."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from medrec.models.record_page import RecordPage
from medrec.models.timeline_row import Pending, TimelineRow
from medrec.services.corrections import LONGEST
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.dialogs import Dialog
from medrec.views.common.fields import Field, FieldKind
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label


class _TextDialog(Dialog):
    """A question that is answered by some sentences."""

    given = pyqtSignal(str)
    """The answer; the dialog is closed by whoever takes it."""

    def __init__(
        self, parent: QWidget, title: str, text: str, label: str, action: str, longest: int
    ) -> None:
        super().__init__(parent, title, width=560)
        self._longest = longest
        self.body.addWidget(Label(text, Type.BODY, "text_2", wrap=True))
        self.field = Field(label, kind=FieldKind.AREA)
        self.body.addWidget(self.field)
        cancel = Button(self.tr("Cancel"), Kind.SECONDARY)
        self.action = Button(action, Kind.PRIMARY)
        cancel.clicked.connect(self.reject)
        self.action.clicked.connect(self._give)
        self.add_button(cancel)
        self.add_button(self.action)
        self.field.edited.connect(lambda _: self.field.set_error(""))

    def _give(self) -> None:
        said = self.field.text().strip()
        if not said:
            self.field.set_error(self._missing())
        elif len(said) > self._longest:
            longest = f"{self._longest:,}"
            self.field.set_error(self.tr("That is longer than {n} characters.").format(n=longest))
        else:
            self.given.emit(said)
            self.accept()
            return
        self.field.editor.setFocus()

    def _missing(self) -> str:
        return self.tr("Write something first.")


class CorrectionDialog(_TextDialog):
    """What should be corrected, addressed to who wrote it."""

    def __init__(self, parent: QWidget, page: RecordPage) -> None:
        version = page.version
        author = version.author if version is not None else self.tr("the author")
        super().__init__(
            parent,
            self.tr("Ask {author} for a correction?").format(author=author),
            self.tr(
                "Only its author can change a record. What you write here is sealed beside "
                "“{title}”, version {version}: whoever may read that may read this. "
                "{author} sees it with your record and can answer with a new version."
            ).format(title=page.title, version=page.shown, author=author),
            self.tr("What should be corrected"),
            self.tr("Ask for the correction"),
            LONGEST,
        )

    def _missing(self) -> str:
        return self.tr("Say what should be corrected.")


class SettleDialog(Dialog):
    """A document that could not be saved: why, and what may be done with it. Nothing is lost."""

    dropped = pyqtSignal()
    sent = pyqtSignal()

    def __init__(self, parent: QWidget, row: TimelineRow) -> None:
        conflict = row.pending is Pending.CONFLICT
        title = (
            self.tr("Somebody wrote a newer version of “{title}”")
            if conflict
            else self.tr("“{title}” is not saved yet")
        )
        super().__init__(parent, title.format(title=row.title), width=520)
        self.body.addWidget(Label(row.why, Type.BODY, "text_2", wrap=True))
        if conflict:
            both = self.tr("Both versions stay readable, whichever you choose.")
            self.body.addWidget(Label(both, Type.SMALL, "text_3", wrap=True))
        close = self.add_button(Button(self.tr("Later"), Kind.SECONDARY))
        keep = self.tr("Keep the newer one") if conflict else self.tr("Drop it")
        self.drop = self.add_button(Button(keep, Kind.DANGER_OUTLINE))
        again = self.tr("Put mine on top") if conflict else self.tr("Try again")
        self.send = self.add_button(Button(again, Kind.PRIMARY))
        close.clicked.connect(self.reject)
        self.drop.clicked.connect(self._drop)
        self.send.clicked.connect(self._send)

    def _drop(self) -> None:
        self.accept()
        self.dropped.emit()

    def _send(self) -> None:
        self.accept()
        self.sent.emit()


class ArchiveDialog(_TextDialog):
    """Why a record of one's own is put away."""

    LONGEST = 900

    def __init__(self, parent: QWidget, page: RecordPage) -> None:
        super().__init__(
            parent,
            self.tr("Archive “{title}”?").format(title=page.title),
            self.tr(
                "It stays readable, is marked as archived, and cannot be amended any more. "
                "The reason is kept sealed. An archived record cannot be taken back."
            ),
            self.tr("Why"),
            self.tr("Archive"),
            self.LONGEST,
        )

    def _missing(self) -> str:
        return self.tr("Say why it is archived.")
