"""Who you are: what a new patient fills in once, sealed as the first record."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from medrec.clinical.patient import Demographics
from medrec.errors import BadFields
from medrec.views.common.badges import Tone
from medrec.views.common.banner import Banner
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Card
from medrec.views.common.fields import Choice, Field
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Page, boxed, hbox

WIDTH = 720


class RegisterPage(QWidget):
    """The form, and how far the registration is."""

    submitted = pyqtSignal(object)
    """`Demographics`, checked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = Page(
            self.tr("Your details"),
            self.tr("They become your first record: sealed, read only by whom you let."),
        )
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.page)
        self.banner: Banner | None = None
        self._make_fields()
        self.page.body.addWidget(self._card())
        self.page.body.addStretch(1)
        self.submit = Button(self.tr("Register"), Kind.PRIMARY, "check")
        self.submit.clicked.connect(self._submit)
        note = self.tr("Your name, birth date and address are never on the chain.")
        self.note = Label(note, Type.SMALL, "text_3")
        self.page.set_footer(boxed(hbox(self.note, None, self.submit)))

    def set_pending(self, stage: str) -> None:
        """The registration is under way."""
        self._lock(True)
        self.submit.set_busy(True, self.tr("Registering..."))
        self._say("", Tone.NEUTRAL)
        self.note.setText(stage)

    def set_waiting(self, sentence: str) -> None:
        """It is saved here and goes out when the network is back."""
        self._lock(True)
        self.submit.set_busy(False)
        self.submit.setEnabled(False)
        self._say(sentence, Tone.WARNING, "clock")
        self.note.setText(self.tr("Saved here, not yet shared."))

    def set_failed(self, sentence: str) -> None:
        """It was refused; the data stay in the form."""
        self._lock(False)
        self.submit.set_busy(False)
        self._say(sentence or self.tr("Something went wrong."), Tone.DANGER, "circle-alert")
        self.note.setText(self.tr("Nothing was saved. What you typed is still here."))

    def set_registered(self) -> None:
        """The registration is confirmed."""
        self._lock(True)
        self.submit.set_busy(False)
        self.submit.setEnabled(False)
        self._say(self.tr("You are registered."), Tone.SUCCESS, "shield-check")
        self.note.setText("")

    def _make_fields(self) -> None:
        self.given = Field(self.tr("Given name"))
        self.family = Field(self.tr("Family name"))
        self.birth_date = Field(
            self.tr("Birth date"), self.tr("Year, month, day"), placeholder="1985-12-10"
        )
        sexes = [
            (self.tr("Female"), "female"),
            (self.tr("Male"), "male"),
            (self.tr("Other"), "other"),
            (self.tr("I would rather not say"), "unknown"),
        ]
        self.sex = Choice(self.tr("Sex"), sexes, placeholder=self.tr("Choose"))
        self.address = Field(self.tr("Address (may stay empty)"))
        self.phone = Field(self.tr("Telephone (may stay empty)"))
        self._texts = {
            "given": self.given,
            "family": self.family,
            "birth_date": self.birth_date,
            "address": self.address,
            "phone": self.phone,
        }
        for name, field in self._texts.items():
            field.left.connect(lambda name=name: self._check(name, leaving=True))
            field.edited.connect(lambda _, field=field: field.set_error(""))
        self.sex.changed.connect(lambda _: self.sex.set_error(""))

    def _card(self) -> QWidget:
        card = Card(self.tr("About you"))
        card.setMaximumWidth(WIDTH)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.addWidget(self.given, 0, 0)
        grid.addWidget(self.family, 0, 1)
        grid.addWidget(self.birth_date, 1, 0)
        grid.addWidget(self.sex, 1, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.address, 2, 0, 1, 2)
        grid.addWidget(self.phone, 3, 0)
        card.body.addLayout(grid)
        return card

    def _check(self, name: str, leaving: bool = False) -> bool:
        """Whether a field holds what can be kept; an empty one is not blamed for being left."""
        value = str(self.sex.value() or "") if name == "sex" else self._texts[name].text()
        field = self.sex if name == "sex" else self._texts[name]
        if leaving and not value.strip():
            return True
        try:
            Demographics.checks[name](value.strip())
        except ValueError as wrong:
            field.set_error(self._sentence(name, str(wrong)))
            return False
        field.set_error("")
        return True

    def _sentence(self, name: str, why: str) -> str:
        if name == "sex":
            return self.tr("Choose one of these.")
        names = {
            "given": self.tr("The given name"),
            "family": self.tr("The family name"),
            "birth_date": self.tr("The birth date"),
            "address": self.tr("The address"),
            "phone": self.tr("The telephone number"),
        }
        return f"{names[name]} {why}."

    def _submit(self) -> None:
        wrong = [name for name in Demographics.checks if not self._check(name)]
        if wrong:
            field = self.sex if wrong[0] == "sex" else self._texts[wrong[0]]
            field.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        values = {name: field.text().strip() for name, field in self._texts.items()}
        try:
            person = Demographics(sex=str(self.sex.value()), **values)
        except BadFields as error:
            self._say(error.sentence, Tone.DANGER, "circle-alert")
            return
        self.submitted.emit(person)

    def _lock(self, locked: bool) -> None:
        for field in (*self._texts.values(), self.sex):
            field.setEnabled(not locked)
        self.submit.setEnabled(True)

    def _say(self, sentence: str, tone: Tone, icon: str = "") -> None:
        """What is to be known before anything else; nothing for no sentence."""
        if self.banner is not None:
            self.banner.hide()
            self.banner.deleteLater()
            self.banner = None
        if sentence:
            self.banner = Banner(sentence, tone, icon)
            self.banner.setMaximumWidth(WIDTH)
            self.page.body.insertWidget(0, self.banner)
