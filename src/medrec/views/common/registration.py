"""What an account sees that has not registered in a role yet."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QWidget

from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Card
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Page, hbox


class ChooseRolePage(Page):
    """Patient, doctor, or the clinic's office."""

    chosen = pyqtSignal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent=parent)
        self.set_title(self.tr("Who you are"))
        self.set_subtitle(
            self.tr("This account is not registered yet. An account has one role, for ever.")
        )
        for key, title, text in self._roles():
            card = Card(title)
            card.body.addWidget(Label(text, Type.BODY, "text_2", wrap=True))
            button = Button(self.tr("Register"), Kind.SECONDARY)
            button.setAccessibleName(self.tr("Register: {role}").format(role=title))
            button.clicked.connect(lambda _, key=key: self.chosen.emit(key))
            card.body.addLayout(hbox(None, button))
            self.body.addWidget(card)
        self.body.addStretch(1)

    def _roles(self) -> list[tuple[str, str, str]]:
        return [
            ("patient", self.tr("Patient"), self.tr("You own your record and say who reads it.")),
            (
                "doctor",
                self.tr("Doctor"),
                self.tr("You read and write what patients let you, once you are verified."),
            ),
            (
                "administrator",
                self.tr("Clinic office"),
                self.tr("You verify doctors and papers, if the network file names you."),
            ),
        ]


class WaitPage(Page):
    """The clinic's office registers with one press: there is nothing to fill in."""

    asked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "", parent=parent)
        self.set_title(self.tr("Clinic office"))
        self.set_subtitle(
            self.tr("What this account may do is said by the network file that everybody uses.")
        )
        card = Card(self.tr("Register this account"))
        card.body.addWidget(
            Label(self.tr("Nothing about you is published but the address."), wrap=True)
        )
        button = Button(self.tr("Register"), Kind.PRIMARY)
        button.clicked.connect(self.asked)
        card.body.addLayout(hbox(button, None))
        self.body.addWidget(card)
        self.body.addStretch(1)
