"""Asking a patient for access: whom, what, until when, why."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QDate, QDateTime, QTime, pyqtSignal
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QWidget

from medrec.domain.categories import GENERAL, Category, Permission
from medrec.models.doctor.ask import AskDraft
from medrec.services.contact import Contact
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.choices import SegmentedControl
from medrec.views.common.dialogs import Dialog
from medrec.views.common.drop import DropTarget
from medrec.views.common.fields import LABEL_GAP, DateField, Field, FieldKind
from medrec.views.common.file_dialogs import ask_files
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import boxed, hbox, spacer, vbox
from medrec.views.common.matrix import CategoryMatrix

USUAL = Permission(frozenset({*GENERAL, Category.IDENTITY}), frozenset())
MONTHS = (1, 3, 12)
_SHORTEST_REASON = 3


class AskDialog(Dialog):
    """The request, filled in; it says what it wants by signals and shows what it is told."""

    contactEntered = pyqtSignal(str)
    """A text that should hold an address: answer with `set_contact` or `set_contact_error`."""
    imageGiven = pyqtSignal(object)
    """A `QImage` or the `Path` of one, which should hold a QR code: answer likewise."""
    submitted = pyqtSignal(object)
    """The `AskDraft`."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent, "", width=740)
        self.set_title(self.tr("Ask for access"))
        self.contact: Contact | None = None
        self.who = Field(
            self.tr("Patient"),
            self.tr("The patient finds it under Sharing."),
            placeholder=self.tr("Address, or the text of the QR code"),
            kind=FieldKind.CODE,
        )
        self.image = Button(self.tr("QR image"), Kind.SECONDARY, "qr-code")
        self.paste = Button(self.tr("Paste"), Kind.SECONDARY, "clipboard")
        self.fingerprint = Field(
            self.tr("Key fingerprint"),
            self.tr("As the patient reads it to you; in the QR code."),
            kind=FieldKind.CODE,
        )
        self.label = Field(
            self.tr("What you call this patient"),
            self.tr("Stays on this computer."),
        )
        self._make_choices()
        self._fill_body()
        self.cancel = self.add_button(Button(self.tr("Cancel"), Kind.SECONDARY))
        self.send = self.add_button(Button(self.tr("Ask for access"), Kind.PRIMARY, "send"))
        self.first_focus = self.who.editor
        self._drop = DropTarget(self._panel, self.tr("Drop the image of a QR code"))
        self._connect()
        self._preset(1)

    def _make_choices(self) -> None:
        self.matrix = CategoryMatrix(USUAL, editable=True)
        self.what_error = Label("", Type.CAPTION, "danger_text")
        self.what_error.hide()
        self.end = SegmentedControl(
            [self.tr("1 month"), self.tr("3 months"), self.tr("1 year"), self.tr("Date")], 1
        )
        self.day = DateField(self.tr("Until the end of"))
        self.reason = Field(
            self.tr("Reason"),
            self.tr("The patient reads it. It is stored sealed."),
            kind=FieldKind.AREA,
            rows=2,
        )
        self.trouble = Label("", Type.SMALL, "danger_text", wrap=True)
        self.trouble.hide()

    def _fill_body(self) -> None:
        for button in (self.image, self.paste):
            button.setMinimumHeight(self.who.editor.sizeHint().height())
        # Beside the field itself, not beside its label.
        label = spacer(1, self.who.label.sizeHint().height() + LABEL_GAP)
        row = hbox(self.who, vbox(label, boxed(hbox(self.image, self.paste)), None, spacing=0))
        row.setStretch(0, 1)
        self.body.addLayout(row)
        pair = hbox(self.fingerprint, self.label, spacing=16)
        pair.setStretch(0, 1)
        pair.setStretch(1, 1)
        self.body.addLayout(pair)
        self.body.addWidget(Label(self.tr("What you ask to read and write"), Type.SMALL_STRONG))
        self.body.addWidget(self.matrix)
        self.body.addWidget(self.what_error)
        self.body.addWidget(Label(self.tr("Until when"), Type.SMALL_STRONG))
        self.body.addLayout(hbox(self.end, self.day, None, spacing=16))
        self.body.addWidget(self.reason)
        # Beside the buttons: it is seen wherever the content is scrolled to.
        self.foot.insertWidget(0, self.trouble, 1)

    def _connect(self) -> None:
        self.cancel.clicked.connect(self.reject)
        self.send.clicked.connect(self._submit)
        self.end.changed.connect(self._preset)
        self.who.left.connect(self._entered)
        self.who.edited.connect(lambda _: self._forget())
        self.paste.clicked.connect(self._paste)
        self.image.clicked.connect(
            lambda: ask_files(self, self.tr("Image of a QR code"), self._files)
        )
        self._drop.dropped.connect(self._files)
        self.matrix.changed.connect(lambda _: self.what_error.hide())
        self.reason.edited.connect(lambda _: self.reason.set_error(""))

    def prefill(self, address: str, label: str = "", permission: Permission | None = None) -> None:
        """Ask somebody who was asked before."""
        self.who.set_text(address)
        self.label.set_text(label)
        if permission is not None:
            self.matrix.set_permission(permission)
        self._entered()

    def set_contact(self, contact: Contact) -> None:
        """The address that was found, with the fingerprint that came along."""
        self.who.set_text(contact.address)
        self.contact = contact
        self.who.set_error("")
        if contact.fingerprint:
            self.fingerprint.set_text(contact.spelled)
            self.who.set_success(self.tr("Read from the code, with the key's fingerprint."))

    def set_contact_error(self, sentence: str) -> None:
        """No address was found."""
        self.contact = None
        self.who.set_error(sentence)

    def set_busy(self, busy: bool) -> None:
        """Whether the request is under way."""
        self.send.set_busy(busy, self.tr("Asking"))
        if busy:
            self.trouble.hide()

    def set_error(self, sentence: str, about: str = "") -> None:
        """Why it was refused; ``about`` is "who", "fingerprint" or nothing in particular."""
        self.set_busy(False)
        field = {"who": self.who, "fingerprint": self.fingerprint}.get(about)
        if field is not None:
            field.set_error(sentence)
            field.editor.setFocus()
            self.reveal(field)
            return
        self.trouble.setText(sentence)
        self.trouble.show()

    def until(self) -> int:
        """The end of the day that was chosen, where the doctor is, in Unix seconds."""
        last = QDateTime(self.day.date(), QTime(23, 59, 59))
        return last.toSecsSinceEpoch()

    def _preset(self, choice: int) -> None:
        chosen = choice == len(MONTHS)
        self.day.setEnabled(chosen)
        today = QDate.currentDate()
        self.day.set_range(today, today.addYears(10))
        if not chosen:
            self.day.set_date(today.addMonths(MONTHS[choice]))

    def _forget(self) -> None:
        if self.contact is not None and self.who.text().strip() != self.contact.address:
            self.contact = None

    def _entered(self) -> None:
        if self.contact is None and self.who.text().strip():
            self.contactEntered.emit(self.who.text())

    def _paste(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is None:
            return
        image = clipboard.image()
        if not image.isNull():
            self.imageGiven.emit(image)
            return
        self.who.set_text(" ".join(clipboard.text().split()))
        self.contact = None
        self._entered()

    def _files(self, paths: list[Path]) -> None:
        if paths:
            self.imageGiven.emit(paths[0])

    def _submit(self) -> None:
        self._entered()
        wrong: QWidget | None = None
        permission = self.matrix.permission
        if len(self.reason.text().strip()) < _SHORTEST_REASON:
            self.reason.set_error(self.tr("Say why you ask: the patient decides by it."))
            wrong = self.reason.editor
        if not (permission.read - {Category.IDENTITY}) | permission.write:
            self.what_error.setText(self.tr("Choose at least one category."))
            self.what_error.show()
            wrong = self.matrix
        if self.contact is None:
            if not self.who.error:
                self.who.set_error(self.tr("Whom do you ask?"))
            wrong = self.who.editor
        if wrong is not None or self.contact is None:
            if wrong is not None:
                wrong.setFocus()
            return
        self.set_busy(True)
        given = "".join(self.fingerprint.text().split())
        self.submitted.emit(
            AskDraft(
                patient=self.contact.address,
                permission=permission,
                until=self.until(),
                reason=self.reason.text().strip(),
                fingerprint=given or None,
                label=self.label.text().strip(),
            )
        )
