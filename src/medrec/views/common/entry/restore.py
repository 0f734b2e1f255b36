"""Bring an account along: what you have, a password, a key, then sign in from here."""

from __future__ import annotations

from enum import IntEnum

from PyQt6.QtCore import QCoreApplication, Qt, pyqtSignal
from PyQt6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from medrec.domain.ids import short_address
from medrec.services.new_account import Brought, SecretKind
from medrec.views.common.buttons import Button, Kind, Size
from medrec.views.common.entry.keyfield import SecretField
from medrec.views.common.entry.notice import Notice
from medrec.views.common.entry.steps import KeyStep, NameField, PasswordStep
from medrec.views.common.entry.wizard import StepSpec, Wizard
from medrec.views.common.fields import Field, FieldKind, SegmentedControl
from medrec.views.common.fonts import Type
from medrec.views.common.labels import ElidedLabel, Label
from medrec.views.common.layout import boxed, hbox, vbox
from medrec.views.common.painting import Tone
from medrec.views.common.progress import ProgressBar

KINDS = (SecretKind.WORDS, SecretKind.KEY, SecretKind.KEYSTORE)


class Step(IntEnum):
    """The steps in order."""

    SECRET = 0
    PASSWORD = 1
    KEY = 2
    HERE = 3


class SecretStep(QWidget):
    """Words, private key or keystore file, and what the account is called."""

    fileAsked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kinds = SegmentedControl(
            [self.tr("24 words"), self.tr("Private key"), self.tr("Keystore file")]
        )
        self.words = Field(
            self.tr("Your words"),
            self.tr("In their order, with spaces between them. 12 words will do too."),
            kind=FieldKind.AREA,
            rows=3,
        )
        self.private_key = SecretField(
            self.tr("Private key"), self.tr("64 hexadecimal digits, with or without 0x.")
        )
        self.file = Button(self.tr("Choose a file"), Kind.SECONDARY, "folder-open")
        self.file_name = ElidedLabel(
            self.tr("No file chosen"), Type.SMALL, "text_2", Qt.TextElideMode.ElideMiddle
        )
        self.file_password = SecretField(self.tr("Password of the file"))
        self.name = NameField()
        self.trouble = Notice()
        self._keystore = ""
        chosen = hbox(self.file, self.file_name, spacing=12)
        chosen.setStretch(1, 1)
        self.words.editor.setMaximumHeight(110)
        self._kind = 0
        self._forms = [
            self.words,
            self.private_key,
            boxed(vbox(chosen, self.file_password, spacing=12)),
        ]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for each in (self.kinds, *self._forms, self.trouble, self.name):
            column.addWidget(each)
        self._on_kind(0)
        self._connect()

    def kind(self) -> SecretKind:
        """What is brought."""
        return KINDS[self._kind]

    def choose(self, kind: SecretKind) -> None:
        """Ask for another kind of secret."""
        self.kinds.set_current(KINDS.index(kind))
        self._on_kind(KINDS.index(kind))

    def brought(self) -> Brought:
        """What was typed or chosen."""
        kind = self.kind()
        if kind is SecretKind.WORDS:
            return Brought(kind, self.words.text())
        if kind is SecretKind.KEY:
            return Brought(kind, self.private_key.text())
        return Brought(kind, self._keystore, self.file_password.text())

    def set_file(self, name: str, text: str) -> None:
        """The keystore file that was chosen."""
        self._keystore = text
        self.file_name.setText(name)
        self.trouble.clear()
        self.file_password.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Forget everything that was typed."""
        self.words.set_text("")
        self.private_key.forget()
        self.file_password.forget()
        self._keystore = ""
        self.file_name.setText(self.tr("No file chosen"))
        self.name.set_text("")
        self.name.set_error("")
        self.trouble.clear()

    def _connect(self) -> None:
        self.kinds.changed.connect(self._on_kind)
        self.file.clicked.connect(self.fileAsked)
        for field in (self.words, self.private_key, self.file_password):
            field.edited.connect(lambda _: self.trouble.clear())
        self.name.edited.connect(lambda _: self.name.set_error(""))

    def _on_kind(self, number: int) -> None:
        self._kind = number
        for each, form in enumerate(self._forms):
            form.setVisible(each == number)
        self.trouble.clear()
        first = (self.words.editor, self.private_key.editor, self.file)[number]
        self.first = first
        first.setFocus(Qt.FocusReason.OtherFocusReason)


class HereStep(QWidget):
    """The account is written; the network hears that it signs in from here."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.again = Button(self.tr("Try again"), Kind.SECONDARY, "rotate-cw", Size.ROW)
        self.later = Button(self.tr("Later"), Kind.SECONDARY, size=Size.ROW)
        self.notice = Notice(self.again, self.later)
        self._stage = Label("", Type.BODY, "text_2")
        self._bar = ProgressBar()
        self._progress = boxed(vbox(self._stage, self._bar, spacing=12))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._progress)
        column.addWidget(self.notice)

    def show_progress(self, sentence: str, done: int, total: int) -> None:
        """Show a stage."""
        self.notice.clear()
        self._progress.show()
        self._stage.setText(sentence)
        self._bar.set_progress(done, total)

    def show_waiting(self, sentence: str) -> None:
        """The network was not told."""
        self._progress.hide()
        text = self.tr(
            "Your account is on this computer. Where it was registered before, it signs in from "
            "here only after the network was told: restore it once more if you leave now."
        )
        self.notice.say(f"{sentence} {text}", Tone.WARNING)
        self.again.setFocus(Qt.FocusReason.OtherFocusReason)


class RestorePage(Wizard):
    """Four steps; the account is written when the new key was written down."""

    secretGiven = pyqtSignal(object, str)
    """`Brought` and name."""
    fileChosen = pyqtSignal(str)
    passwordGiven = pyqtSignal()
    keyWritten = pyqtSignal(str, str, bool)
    """Name, password, and whether the keyring shall remember the key."""
    retryAsked = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_names(), parent)
        self.secret, self.password, self.here = SecretStep(), PasswordStep(), HereStep()
        self.key = KeyStep(
            self.tr("Should you lose it, bring your account along again as you do now.")
        )
        self.found = Notice()
        self._dialog: QFileDialog | None = None
        self._add_steps()
        self.goAsked.connect(self._on_go)
        self.backAsked.connect(lambda: self.show_step(Step(self.current - 1)))
        self.secret.fileAsked.connect(self._choose_file)
        self.here.again.clicked.connect(self.retryAsked)
        self.here.later.clicked.connect(self.leaveAsked)
        self.reset()

    def show_step(self, step: Step) -> None:
        """Show a step."""
        self.show_at(step)
        self.cancel.setVisible(step is not Step.HERE)

    def choose_kind(self, kind: SecretKind) -> None:
        """What the person said to bring."""
        self.secret.choose(kind)

    def set_keyring(self, exists: bool) -> None:
        """Whether there is a keyring that could remember the key."""
        self.key.set_keyring(exists)

    def set_file(self, name: str, text: str) -> None:
        """The keystore file that was chosen."""
        self.secret.set_file(name, text)

    def set_found(self, address: str, here: str, key: str) -> None:
        """What was brought opens this account; ``here`` is its name if it is here already."""
        self.key.set_key(key)
        short = short_address(address)
        text = self.tr("This opens the account {address}.").format(address=short)
        self.found.setToolTip(address)
        if here:
            more = self.tr(
                "It is on this computer already as “{name}”. That entry no longer signs in once "
                "this one does."
            ).format(name=here)
            self.found.say(f"{text} {more}", Tone.WARNING)
        else:
            self.found.say(text, Tone.SUCCESS)

    def show_secret_error(self, sentence: str) -> None:
        """What was brought does not open."""
        self.secret.trouble.say(sentence)

    def show_name_error(self, sentence: str) -> None:
        """The name cannot be used."""
        self.show_step(Step.SECRET)
        self.secret.name.set_error(sentence)
        self.secret.name.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_progress(self, sentence: str, done: int, total: int) -> None:
        """Show a stage of signing in from here."""
        self.here.show_progress(sentence, done, total)

    def show_waiting(self, sentence: str) -> None:
        """The network was not told."""
        self.here.show_waiting(sentence)

    def reset(self) -> None:
        """Forget everything and start again."""
        self.secret.forget()
        self.password.forget()
        self.key.forget()
        self.found.clear()
        self.set_busy(False)
        self.show_step(Step.SECRET)

    def _on_go(self) -> None:
        step = Step(self.current)
        if step is Step.SECRET:
            self.secretGiven.emit(self.secret.brought(), self.secret.name.name())
        elif step is Step.PASSWORD:
            if self.password.check():
                self.passwordGiven.emit()
        elif step is Step.KEY:
            self.keyWritten.emit(
                self.secret.name.name(), self.password.password(), self.key.remembers()
            )

    def _choose_file(self) -> None:
        self._dialog = QFileDialog(self, self.tr("Choose a keystore file"))
        self._dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._dialog.fileSelected.connect(self.fileChosen)
        self._dialog.open()

    def _password_step(self) -> QWidget:
        """The password below what was found."""
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.found)
        column.addWidget(self.password)
        held.setFocusProxy(self.password.first.line)
        return held

    def _add_steps(self) -> None:
        self.add(
            StepSpec(
                self.secret,
                self.tr("Bring your account along"),
                self.tr("Nothing of it leaves this computer."),
                self.tr("Continue"),
                first=lambda: self.secret.first,
            )
        )
        self.add(
            StepSpec(
                self._password_step(),
                self.tr("Choose a password"),
                self.tr("For this computer. It may be another one than elsewhere."),
                self.tr("Continue"),
            )
        )
        self.add(
            StepSpec(
                self.key,
                self.tr("Your new 8-character key"),
                self.tr("The key from elsewhere does not open the account here. This one does."),
                self.tr("I have written it down"),
            )
        )
        self.add(
            StepSpec(
                self.here,
                self.tr("Your account is here"),
                self.tr("The network hears that you sign in from this computer now."),
                "",
                back=False,
            )
        )


def _names() -> list[str]:
    def words(text: str) -> str:
        return QCoreApplication.translate("RestorePage", text)

    return [words("What you have"), words("Password"), words("Your key"), words("Sign in here")]
