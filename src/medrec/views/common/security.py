"""Security of one account: words, password and key, keyring, keystore, devices."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QCoreApplication, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QWidget

from medrec.models.security import SecurityState
from medrec.views.common import dates
from medrec.views.common.appearance import AppearanceCard
from medrec.views.common.badges import Badge, Tone
from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.cards import Card
from medrec.views.common.choices import Check
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import Divider, Page, vbox
from medrec.views.common.tiles import IconTile


class SecurityRow(QWidget):
    """One subject: icon, title, a sentence, what can be done."""

    def __init__(
        self,
        icon: str,
        title: str,
        text: str,
        controls: Sequence[QWidget],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text = Label(text, Type.SMALL, "text_2", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 12, 16, 12)
        row.setSpacing(14)
        row.addWidget(IconTile(icon, "text_2", "sunken", 36))
        row.addLayout(vbox(None, Label(title, Type.ROW_STRONG), self._text, None, spacing=2), 1)
        for control in controls:
            row.addWidget(control)

    def set_text(self, text: str) -> None:
        """Another sentence."""
        self._text.setText(text)

    @property
    def text(self) -> str:
        """The sentence."""
        return self._text.text()


class SecurityCard(Card):
    """What opens the account, and what can be done about it; the same for every role."""

    wordsAsked = pyqtSignal()
    changeAsked = pyqtSignal()
    rememberAsked = pyqtSignal(bool)
    """Whether the keyring is to keep the key from now on."""
    keystoreAsked = pyqtSignal()
    replaceAsked = pyqtSignal()
    """A new encryption key is wanted."""
    closeAsked = pyqtSignal()
    """The account is to be closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("SecurityCard", "Security"), parent=parent)
        self.words = Button(self.tr("Show"), Kind.SECONDARY, size=Size.ROW)
        self.words.setAccessibleName(self.tr("Show my words"))
        self.change = Button(self.tr("Change"), Kind.SECONDARY, size=Size.ROW)
        self.change.setAccessibleName(self.tr("Change password and key"))
        self.keystore = Button(self.tr("Export"), Kind.SECONDARY, size=Size.ROW)
        self.keystore.setAccessibleName(self.tr("Export a keystore file"))
        self.replace = Button(self.tr("Replace"), Kind.DANGER_OUTLINE, size=Size.ROW)
        self.replace.setAccessibleName(self.tr("Replace the encryption key"))
        self.key_waits = Badge(self.tr("Waiting"), Tone.WARNING, "clock")
        self.key_waits.hide()
        self.close_ = Button(self.tr("Close"), Kind.DANGER_OUTLINE, size=Size.ROW)
        self.close_.setAccessibleName(self.tr("Close my account"))
        self.remember = Check("")
        self.remember.setAccessibleName(self.tr("Remember the key on this computer"))
        self.waits = Badge(self.tr("Waiting"), Tone.WARNING, "clock")
        self.waits.hide()
        self._rows()
        self.words.clicked.connect(self.wordsAsked)
        self.change.clicked.connect(self.changeAsked)
        self.keystore.clicked.connect(self.keystoreAsked)
        self.remember.clicked.connect(self.rememberAsked)
        self.replace.clicked.connect(self.replaceAsked)
        self.close_.clicked.connect(self.closeAsked)

    def _rows(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.setContentsMargins(1, 16, 1, 4)
        self.head.setContentsMargins(19, 0, 19, 0)
        self.body.setSpacing(0)
        words = self.tr("Whoever has them has the account. They restore it on any computer.")
        keystore = self.tr("The wallet alone, as a file that other programs open with a password.")
        self._words = SecurityRow("notebook-pen", self.tr("Your words"), words, [self.words])
        self.password = SecurityRow(
            "key-round",
            self.tr("Password and 8-character key"),
            "",
            [self.waits, self.change],
        )
        self.keyring = SecurityRow(
            "monitor", self.tr("Key remembered on this computer"), "", [self.remember]
        )
        self._keystore = SecurityRow(
            "file-down", self.tr("Keystore file"), keystore, [self.keystore]
        )
        self.devices = SecurityRow("shield-check", self.tr("Your computers"), "", [])
        self.encryption = SecurityRow(
            "refresh-cw", self.tr("Encryption key"), "", [self.key_waits, self.replace]
        )
        self.closing = SecurityRow("log-out", self.tr("Close the account"), "", [self.close_])
        self._lay_out()
        self.show_state(SecurityState())

    def _lay_out(self) -> None:
        self._lines: dict[SecurityRow, Divider] = {}
        for row in (
            self._words,
            self.password,
            self.keyring,
            self._keystore,
            self.encryption,
            self.devices,
            self.closing,
        ):
            self._lines[row] = Divider()
            self.body.addWidget(self._lines[row])
            self.body.addWidget(row)
        self.body.addStretch(1)

    def show_state(self, state: SecurityState) -> None:
        """Say what is known."""
        self.password.set_text(self._changed(state))
        self.waits.setVisible(state.change_waits)
        self.change.setEnabled(not state.change_waits)
        self.remember.setChecked(state.remembered)
        self.remember.setEnabled(state.keyring)
        self.keyring.set_text(
            self.tr("In the system's keyring, only for you. The password is still asked for.")
            if state.keyring
            else self.tr("This computer has no keyring that could keep it.")
        )
        self.devices.set_text(self._devices(state))
        self.encryption.set_text(self._encryption(state))
        self.key_waits.setVisible(state.key_waits)
        known = state.registered_at is not None and not state.closed
        self.replace.setEnabled(known and not state.key_waits)
        self.close_.setEnabled(known)
        self.closing.set_text(
            self.tr("It is closed. What you wrote stays.")
            if state.closed
            else self.tr("For ever. Access ends; entries and sealed records stay.")
        )

    def set_closable(self, closable: bool) -> None:
        """Whether accounts of this role can be closed from here."""
        self.closing.setVisible(closable)
        self._lines[self.closing].setVisible(closable)

    def _encryption(self, state: SecurityState) -> str:
        if state.key_waits:
            return self.tr("A new key waits in the outbox; until then the present one counts.")
        if state.replaced_at:
            when = dates.day(state.replaced_at[-1])
            return self.tr(
                "Replaced on {day}. Older ones still open what was sealed to them."
            ).format(day=when)
        return self.tr("What others seal for you. Replace it if you think that somebody copied it.")

    def _changed(self, state: SecurityState) -> str:
        if state.change_waits:
            return self.tr("A change waits in the outbox; until it is through the old ones go on.")
        if state.changed_at:
            when = dates.day(state.changed_at[-1])
            return self.tr("Changed on {day}. Changing gives you a new key.").format(day=when)
        return self.tr("Never changed. Changing gives you a new key.")

    def _devices(self, state: SecurityState) -> str:
        parts = []
        if state.registered_at is not None:
            day = dates.day(state.registered_at)
            parts.append(self.tr("Registered on {day}.").format(day=day))
        if state.changed_at:
            times = len(state.changed_at)
            once = self.tr("Password and key were changed once.")
            often = self.tr("Password and key were changed {count} times.").format(count=times)
            parts.append(once if times == 1 else often)
        parts.append(
            self.tr(
                "Nobody counts your computers: each that has your file opens with your password "
                "and key. After a change only the new ones sign in; whoever kept an old file with "
                "its old password can still open that file."
            )
        )
        return " ".join(parts)


class SecurityPage(Page):
    """The security of an account as a page of its own, for doctors and administrators."""

    contactAsked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.contact = Button("", Kind.SECONDARY, "qr-code")
        super().__init__("", "", self.contact, parent=parent)
        self.set_title(self.tr("Security"))
        self.set_subtitle(self.tr("Your account lives on this computer. Your words restore it."))
        self.contact.setText(self.tr("Show my address"))
        self.contact.clicked.connect(self.contactAsked)
        self.security = SecurityCard()
        self.security.set_title(self.tr("What opens your account"))
        self.body.addWidget(self.security)
        self.appearance = AppearanceCard()
        self.body.addWidget(self.appearance)
        self.body.addStretch(1)
