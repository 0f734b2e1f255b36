"""Who you are: what a new patient fills in once, sealed as the first record."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from medrec.clinical.patient import Demographics
from medrec.views.common.badges import Tone
from medrec.views.common.banner import Banner
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Card
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Page, boxed, hbox
from medrec.views.patient.person_form import PersonForm

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
        self.form = PersonForm()
        card = Card(self.tr("About you"))
        card.setMaximumWidth(WIDTH)
        card.body.addWidget(self.form)
        self.page.body.addWidget(card)
        self.page.body.addStretch(1)
        self.submit = Button(self.tr("Register"), Kind.PRIMARY, "check")
        self.submit.clicked.connect(self._submit)
        note = self.tr("Your name, birth date and address are never on the chain.")
        self.note = Label(note, Type.SMALL, "text_3")
        self.page.set_footer(boxed(hbox(self.note, None, self.submit)))

    def fill(self, facts: Mapping[str, str | int]) -> None:
        """Show what was typed before; facts of other names are left out."""
        names = Demographics.checks
        self.form.show_person(Demographics(**{name: str(facts[name]) for name in names}))

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

    def _submit(self) -> None:
        person = self.form.person()
        if person is not None:
            self.submitted.emit(person)

    def _lock(self, locked: bool) -> None:
        self.form.setEnabled(not locked)
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
