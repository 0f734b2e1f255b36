"""How others find me: my address and my key's fingerprint, as a QR code and as text."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QWidget

from medrec.services.contact import Contact
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.clipboard import copy, copy_button
from medrec.views.common.dialogs import Dialog
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import hbox, vbox
from medrec.views.common.qr import QrCode


class ContactDialog(Dialog):
    """“My QR code”."""

    def __init__(self, parent: QWidget, contact: Contact, name: str) -> None:
        super().__init__(parent, "", width=520)
        self.set_title(self.tr("My QR code"))
        self.contact = contact
        text = self.tr(
            "Show it to whoever asks for access to your record, or send the text. It holds your "
            "address and the fingerprint of your key, nothing else about you."
        )
        self.body.addWidget(Label(text, Type.BODY, "text_2", wrap=True))
        self.code = QrCode(contact.text)
        self.body.addLayout(hbox(None, self.code, None))
        who = Label(name, Type.TITLE)
        who.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.body.addWidget(who)
        for label, value in (
            (self.tr("Address"), contact.address),
            (self.tr("Fingerprint of my key"), contact.spelled),
        ):
            line = hbox(
                Label(value, Type.CODE).selectable(), None, copy_button(value, self.tr("Copy"))
            )
            self.body.addLayout(vbox(Label(label, Type.SMALL, "text_2"), line, spacing=2))
        self.copy = self.add_button(Button(self.tr("Copy as text"), Kind.SECONDARY, "copy"))
        self.close_ = self.add_button(Button(self.tr("Close"), Kind.PRIMARY))
        self.copy.clicked.connect(lambda: copy(contact.text))
        self.close_.clicked.connect(self.accept)
