"""The questions around what opens an account: each asks for the password and the key again."""

from __future__ import annotations

from itertools import pairwise

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtWidgets import QSizePolicy, QStackedWidget, QWidget

from medrec.errors import BadKeyFormat, MedRecError, WeakPassword
from medrec.views.common.badges import Tone
from medrec.views.common.banner import Banner
from medrec.views.common.buttons import Button, Kind
from medrec.views.common.cards import Icon
from medrec.views.common.choices import Check
from medrec.views.common.dialogs import Dialog
from medrec.views.common.entry.keyfield import KeyField, LargeKey, SecretField
from medrec.views.common.entry.words import WordGrid
from medrec.views.common.fields import Field
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.layout import boxed, hbox, vbox

_POLICY = QSizePolicy.Policy
SHOWN = 60
"""Seconds for which the words are seen."""


class UnlockDialog(Dialog):
    """Password and key, before something is shown or written."""

    unlocked = pyqtSignal(str, str)
    """Password and key, as they were typed; the dialog stays until it is told how it went."""

    def __init__(
        self, parent: QWidget, title: str, text: str, action: str, width: int = 480
    ) -> None:
        super().__init__(parent, title, width=width)
        self.text = Label(text, Type.BODY, "text_2", wrap=True)
        self.body.addWidget(self.text)
        self.password = SecretField(self.tr("Password"))
        self.key = KeyField(self.tr("8-character key"))
        self.body.addWidget(self.password)
        self.body.addWidget(self.key)
        self.cancel = self.add_button(Button(self.tr("Cancel"), Kind.SECONDARY))
        self.go = self.add_button(Button(action, Kind.PRIMARY))
        self.cancel.clicked.connect(self.reject)
        self.go.clicked.connect(self._go)
        self.password.line.returnPressed.connect(self.key.line.setFocus)
        self.key.line.returnPressed.connect(self.go.click)
        self.first_focus = self.password.line
        self.finished.connect(lambda _: self.forget())

    def forget(self) -> None:
        """Keep nothing of what was typed."""
        self.password.forget()
        self.key.forget()

    def set_busy(self, busy: bool) -> None:
        """While the vault is opened."""
        self.go.set_busy(busy, self.tr("Opening"))

    def refuse(self, error: MedRecError) -> None:
        """Say why it did not open."""
        self.set_busy(False)
        field = self.key if isinstance(error, BadKeyFormat) else self.password
        field.set_error(error.sentence)
        field.ask_again()

    def _go(self) -> None:
        self.password.set_error("")
        self.key.set_error("")
        if not self.password.text():
            self.password.set_error(self.tr("Type your password."))
            self.password.ask_again()
            return
        self.set_busy(True)
        self.unlocked.emit(self.password.text(), self.key.text())


class ReplaceKeyDialog(UnlockDialog):
    """A new encryption key: what it does, what it does not."""

    def __init__(self, parent: QWidget, doctor: bool) -> None:
        super().__init__(parent, "", "", "")
        self.set_title(self.tr("Replace your encryption key?"))
        self.text.setText(
            self.tr(
                "From now on others seal to the new key. What was sealed to the old one still "
                "opens. QR codes and fingerprints that you gave out no longer fit."
            )
        )
        if doctor:
            text = self.tr(
                "Until an administrator has verified the new key and each patient has given you "
                "access again, nothing more is sealed to you."
            )
            self.body.insertWidget(1, Banner(text, Tone.WARNING))
        honest = self.tr(
            "The new key comes from the same words. It does not help against somebody who has your "
            "words: make a new account then, and close this one."
        )
        self.body.addWidget(Label(honest, Type.SMALL, "text_2", wrap=True))
        self.go.setText(self.tr("Replace"))
        self.go.set_kind(Kind.DANGER)


class CloseDialog(UnlockDialog):
    """The end of an account: said honestly, and typed out before it can be."""

    def __init__(self, parent: QWidget, name: str, patient: bool) -> None:
        super().__init__(parent, "", "", "", width=560)
        self._name = name
        self.set_title(self.tr("Close this account for ever?"))
        self.text.setText(
            self.tr(
                "Every access to your record ends and new keys are made; after that the account "
                "signs in nowhere."
            )
            if patient
            else self.tr(
                "After that the account signs in nowhere, and nothing more is sealed to you."
            )
        )
        text = self.tr(
            "It deletes nothing: entries stay on the network, records stay sealed where they are. "
            "What somebody has read or copied cannot be taken back. Export first what you want to "
            "keep. Nobody can open the account again."
        )
        self.body.insertWidget(1, Banner(text, Tone.WARNING))
        self.typed = Field(self.tr("Type “{name}” to confirm").format(name=name))
        self.body.addWidget(self.typed)
        self.key.line.returnPressed.disconnect()
        self.key.line.returnPressed.connect(self.typed.editor.setFocus)
        self.go.setText(self.tr("Close the account"))
        self.go.set_kind(Kind.DANGER)

    def _go(self) -> None:
        self.typed.set_error("")
        if self.typed.text().strip().casefold() != self._name.casefold():
            self.typed.set_error(self.tr("Type the name as it stands above."))
            self.typed.editor.setFocus()
            return
        super()._go()


class WordsDialog(Dialog):
    """The words, for a minute."""

    def __init__(self, parent: QWidget, words: str, seconds: int = SHOWN) -> None:
        super().__init__(parent, "", width=640)
        self.set_title(self.tr("Your words"))
        text = self.tr(
            "Whoever has these words has your account. See to it that nobody looks over your "
            "shoulder, and write them on paper, never into a file."
        )
        self.body.addWidget(Banner(text, Tone.WARNING))
        self.grid = WordGrid()
        self.grid.set_words(words.split())
        self.grid.setMinimumHeight(self.grid.minimumSizeHint().height())
        self.body.addWidget(self.grid)
        self._left = seconds
        self._said = Label("", Type.SMALL, "text_3")
        self.add_leading(self._said)
        self.hide_ = self.add_button(Button(self.tr("Hide them"), Kind.SECONDARY))
        self.hide_.clicked.connect(self.accept)
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._tick)
        self._clock.start()
        self.finished.connect(lambda _: self._forget())
        self._say()

    def _tick(self) -> None:
        self._left -= 1
        self._say()
        if self._left <= 0:
            self.accept()

    def _say(self) -> None:
        self._said.setText(self.tr("Hidden again in {seconds} s").format(seconds=self._left))

    def _forget(self) -> None:
        self._clock.stop()
        self.grid.set_words(())


class PasswordDialog(Dialog):
    """A new password with a new key: first what opens now, then the key to be written down."""

    asked = pyqtSignal(str, str, str)
    """The password and key that open now, and the new password."""
    confirmed = pyqtSignal()
    """The new key is written down."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "", width=560)
        self.set_title(self.tr("Change password and key"))
        self._pages = QStackedWidget()
        self._pages.addWidget(self._first())
        self._pages.addWidget(self._second())
        self.body.addWidget(self._pages)
        self.cancel = self.add_button(Button(self.tr("Cancel"), Kind.SECONDARY))
        self.go = self.add_button(Button(self.tr("Continue"), Kind.PRIMARY))
        self.cancel.clicked.connect(self.reject)
        self.go.clicked.connect(self._go)
        self.first_focus = self.password.line
        self.finished.connect(lambda _: self.forget())

    def _first(self) -> QWidget:
        self.password = SecretField(self.tr("Password now"))
        self.key = KeyField(self.tr("8-character key now"))
        self.new = SecretField(self.tr("New password"), self.tr("8 characters or more"))
        self.again = SecretField(self.tr("New password again"))
        fields = (self.password, self.key, self.new, self.again)
        for field, following in pairwise(fields):
            field.line.returnPressed.connect(following.line.setFocus)
        self.again.line.returnPressed.connect(self._go)
        text = self.tr(
            "You get a new 8-character key too. The old password and key go on until the network "
            "has confirmed the change."
        )
        return boxed(vbox(Label(text, Type.BODY, "text_2", wrap=True), *fields, spacing=10))

    def _second(self) -> QWidget:
        self.new_key = LargeKey()
        self.written = Check(self.tr("I have written it down"))
        text = self.tr(
            "This is your new 8-character key. Together with the new password it opens your "
            "account. It is shown only now."
        )
        honest = self.tr(
            "Whoever kept an old file of this account with its old password and key can still "
            "open that file; it no longer signs in."
        )
        note = hbox(Icon("info", 16), Label(honest, Type.SMALL, "text_2", wrap=True), spacing=10)
        note.setStretch(1, 1)
        return boxed(
            vbox(
                Label(text, Type.BODY, "text_2", wrap=True),
                self.new_key,
                self.written,
                note,
                None,
                spacing=14,
            )
        )

    @property
    def showing_key(self) -> bool:
        """Whether the new key is shown."""
        return self._pages.currentIndex() == 1

    def show_key(self, key: str) -> None:
        """Show the new key; the passwords are forgotten."""
        self.go.set_busy(False)
        self._forget_typed()
        self.new_key.set_key(key)
        self._pages.setCurrentIndex(1)
        first = self._pages.widget(0)
        if first is not None:
            # The dialog is as high as what it shows.
            first.setSizePolicy(_POLICY.Preferred, _POLICY.Ignored)
        self.go.setText(self.tr("Change now"))
        self.written.setFocus()

    def refuse(self, error: MedRecError) -> None:
        """Say why nothing could be prepared."""
        self.go.set_busy(False)
        field: SecretField = self.password
        if isinstance(error, BadKeyFormat):
            field = self.key
        elif isinstance(error, WeakPassword):
            field = self.new
        field.set_error(error.sentence)
        field.ask_again()

    def forget(self) -> None:
        """Keep nothing of what was typed or shown."""
        self._forget_typed()
        self.new_key.set_key("")

    def _forget_typed(self) -> None:
        for field in (self.password, self.key, self.new, self.again):
            field.forget()

    def _go(self) -> None:
        if self.showing_key:
            if self.written.isChecked():
                self.confirmed.emit()
                self.accept()
            else:
                self.written.setFocus()
            return
        for field in (self.password, self.key, self.new, self.again):
            field.set_error("")
        if self.new.text() != self.again.text():
            self.again.set_error(self.tr("The two are not the same."))
            self.again.ask_again()
            return
        self.go.set_busy(True, self.tr("Making the new key"))
        self.asked.emit(self.password.text(), self.key.text(), self.new.text())
