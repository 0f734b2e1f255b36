"""A doctor's public profile: filled in once to register, announced again when it changes."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from medrec.clinical.patient import DoctorProfileFields
from medrec.errors import BadFields
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Card
from medrec.views.common.entry.notice import Notice
from medrec.views.common.fields import Field
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Page, boxed, hbox
from medrec.views.common.painting import Tone

WIDTH = 720


class ProfileForm(QWidget):
    """Name, specialty and licence, each checked when it is left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields = {
            "given": Field(self.tr("Given name")),
            "family": Field(self.tr("Family name")),
            "specialty": Field(self.tr("Specialty"), placeholder=self.tr("General practice")),
            "licence": Field(
                self.tr("Licence number"), self.tr("As it stands on your licence to practise.")
            ),
        }
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for number, (name, field) in enumerate(self.fields.items()):
            grid.addWidget(field, *divmod(number, 2), Qt.AlignmentFlag.AlignTop)
            field.left.connect(lambda name=name: self._check(name, leaving=True))
            field.edited.connect(lambda _, field=field: field.set_error(""))
        self.setFocusProxy(self.fields["given"].editor)

    def set_texts(self, given: str, family: str, specialty: str, licence: str) -> None:
        """Fill the form in."""
        texts = {"given": given, "family": family, "specialty": specialty, "licence": licence}
        for name, text in texts.items():
            self.fields[name].set_text(text)

    def profile(self) -> DoctorProfileFields | None:
        """The profile, or None with the errors shown and the focus in the first wrong field."""
        wrong = [name for name in self.fields if not self._check(name)]
        if wrong:
            self.fields[wrong[0]].editor.setFocus(Qt.FocusReason.OtherFocusReason)
            return None
        try:
            return DoctorProfileFields(**{n: f.text().strip() for n, f in self.fields.items()})
        except BadFields as error:
            self.fields["given"].set_error(error.sentence)
            return None

    def _check(self, name: str, leaving: bool = False) -> bool:
        field = self.fields[name]
        text = field.text().strip()
        if leaving and not text:
            return True
        try:
            DoctorProfileFields.checks[name](text)
        except ValueError as wrong:
            names = {
                "given": self.tr("The given name"),
                "family": self.tr("The family name"),
                "specialty": self.tr("The specialty"),
                "licence": self.tr("The licence number"),
            }
            field.set_error(f"{names[name]} {wrong}.")
            return False
        field.set_error("")
        return True


class RegisterPage(QWidget):
    """The form, and how far the registration is."""

    submitted = pyqtSignal(object)
    """`DoctorProfileFields`, checked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = Page(
            self.tr("Your profile"),
            self.tr("Patients see it before they let you read. An administrator verifies it."),
        )
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.page)
        self.notice = Notice()
        self.notice.setMaximumWidth(WIDTH)
        self.form = ProfileForm()
        card = Card(self.tr("About you"))
        card.setMaximumWidth(WIDTH)
        card.body.addWidget(self.form)
        self.page.body.addWidget(self.notice)
        self.page.body.addWidget(card)
        self.page.body.addStretch(1)
        self.submit = Button(self.tr("Register"), Kind.PRIMARY, "check")
        self.submit.clicked.connect(self._submit)
        self.note = Label("", Type.SMALL, "text_3")
        self.page.set_footer(boxed(hbox(self.note, None, self.submit)))
        self.setFocusProxy(self.form.fields["given"].editor)
        self._rest()

    def fill(self, facts: Mapping[str, str | int]) -> None:
        """Show what was typed before; facts of other names are left out."""
        self.form.set_texts(*(str(facts[name]) for name in self.form.fields))

    def set_pending(self, stage: str) -> None:
        """The registration is under way."""
        self.form.setEnabled(False)
        self.submit.set_busy(True, self.tr("Registering..."))
        self.notice.clear()
        self.note.setText(stage)

    def set_waiting(self, sentence: str) -> None:
        """It is saved here and goes out when the network is back."""
        self.submit.set_busy(False)
        self.submit.setEnabled(False)
        self.notice.say(sentence, Tone.WARNING)
        self.note.setText(self.tr("Saved here, not yet shared."))

    def set_failed(self, sentence: str) -> None:
        """It was refused; what was typed stays in the form."""
        self.form.setEnabled(True)
        self.submit.set_busy(False)
        self.notice.say(sentence or self.tr("Something went wrong."))
        self.note.setText(self.tr("Nothing was saved. What you typed is still here."))

    def set_registered(self) -> None:
        """The registration is confirmed."""
        self.submit.set_busy(False)
        self.submit.setEnabled(False)
        self.notice.say(
            self.tr("You are registered. Now an administrator verifies you."), Tone.SUCCESS
        )
        self.note.setText("")

    def _rest(self) -> None:
        self.note.setText(self.tr("Name, specialty and licence become public and stay so."))

    def _submit(self) -> None:
        profile = self.form.profile()
        if profile is not None:
            self.submitted.emit(profile)
