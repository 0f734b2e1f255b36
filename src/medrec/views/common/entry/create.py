"""Create an account: who you are, your words, check, password, your key."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

from PyQt6.QtCore import QCoreApplication, Qt, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from medrec.domain.people import Role
from medrec.views.common.entry.roles import RoleChoice
from medrec.views.common.entry.steps import KeyStep, NameField, PasswordStep
from medrec.views.common.entry.wizard import WIDE, StepSpec, Wizard
from medrec.views.common.entry.words import WordsStep
from medrec.views.common.fields import Field
from medrec.views.common.layout import hbox


class Step(IntEnum):
    """The steps in order."""

    WHO = 0
    WORDS = 1
    CHECK = 2
    PASSWORD = 3
    KEY = 4


class WhoStep(QWidget):
    """A role, and what the account is called."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.roles = RoleChoice()
        self.name = NameField()
        self.name.setMaximumWidth(480)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(20)
        column.addWidget(self.roles)
        # In a row: a column would ask for its height at the whole width.
        row = hbox(self.name, None)
        row.setStretch(0, 9)
        column.addLayout(row)
        self.name.edited.connect(lambda _: self.name.set_error(""))


class CheckStep(QWidget):
    """Three of the words, typed from paper."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: list[Field] = []
        self.places: tuple[int, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    def ask(self, places: Sequence[int]) -> None:
        """Ask for the words at these places."""
        self.forget()
        self.places = tuple(places)
        for number, place in enumerate(places):
            if number == len(self.fields):
                field = Field(" ")
                field.edited.connect(lambda _, field=field: field.set_error(""))
                self.fields.append(field)
                self._column.addWidget(field)
            field = self.fields[number]
            field.set_label(self.tr("Word {place}").format(place=place))
        if self.fields:
            self.setFocusProxy(self.fields[0].editor)

    def answers(self) -> list[str]:
        """What was typed."""
        return [field.text() for field in self.fields]

    def show_wrong(self, places: Sequence[int]) -> None:
        """Say which words are not the ones that were shown."""
        wrong = [f for f, place in zip(self.fields, self.places, strict=True) if place in places]
        for field in wrong:
            field.set_error(self.tr("This is not the word that was shown. Look at your paper."))
        if wrong:
            wrong[0].editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Forget what was typed."""
        for field in self.fields:
            field.set_text("")
            field.set_error("")


class CreatePage(Wizard):
    """Five steps; the account is written at the end of the last."""

    whoGiven = pyqtSignal(object, str)
    """`Role` and name."""
    answersGiven = pyqtSignal(list)
    passwordGiven = pyqtSignal()
    keyWritten = pyqtSignal(str, str, bool)
    """Name, password, and whether the keyring shall remember the key."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_names(), parent)
        self.who, self.words = WhoStep(), WordsStep()
        self.check, self.secret = CheckStep(), PasswordStep()
        self.key = KeyStep(self.tr("Should you lose it, your 24 words open the account again."))
        self._add_steps()
        self.goAsked.connect(self._on_go)
        self.backAsked.connect(lambda: self.show_step(Step(self.current - 1)))
        self.reset()

    def role(self) -> Role:
        """Who the person is."""
        return self.who.roles.role()

    def show_step(self, step: Step) -> None:
        """Show a step."""
        self.show_at(step)

    def set_draft(
        self, words: Sequence[str], asked: Sequence[int], key: str, keyring: bool
    ) -> None:
        """New words and a new key."""
        self.words.grid.set_words(words)
        self.check.ask(asked)
        self.key.set_key(key)
        self.key.set_keyring(keyring)

    def reset(self) -> None:
        """Forget everything and start again."""
        self.who.name.set_text("")
        self.who.name.set_error("")
        self.who.roles.choose(Role.PATIENT)
        self.words.grid.set_words(())
        self.words.cover(False)
        self.check.forget()
        self.secret.forget()
        self.key.forget()
        self.set_creating(False)
        self.show_step(Step.WHO)

    def set_creating(self, busy: bool) -> None:
        """The account is being written."""
        self.set_busy(busy, self.tr("Creating…"))

    def show_name_error(self, sentence: str) -> None:
        """The name cannot be used."""
        self.show_step(Step.WHO)
        self.who.name.set_error(sentence)
        self.who.name.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_wrong_words(self, places: Sequence[int]) -> None:
        """Words that were typed are not the ones that were shown."""
        self.check.show_wrong(places)

    def _on_go(self) -> None:
        step = Step(self.current)
        if step is Step.WHO:
            self.whoGiven.emit(self.role(), self.who.name.name())
        elif step is Step.WORDS:
            self.words.cover(False)
            self.show_step(Step.CHECK)
        elif step is Step.CHECK:
            self.answersGiven.emit(self.check.answers())
        elif step is Step.PASSWORD:
            if self.secret.check():
                self.passwordGiven.emit()
        else:
            self.keyWritten.emit(self.who.name.name(), self.secret.password(), self.key.remembers())

    def _add_steps(self) -> None:
        self.add(
            StepSpec(
                self.who,
                self.tr("Who are you?"),
                self.tr("One account for each role: a doctor who is also a patient has two."),
                self.tr("Continue"),
                860,
                first=lambda: self.who.name.editor,
            )
        )
        self.add(
            StepSpec(
                self.words,
                self.tr("Write down your 24 words"),
                self.tr(
                    "They are shown once. On the next page you type three of them to show you "
                    "have them."
                ),
                self.tr("I have written them down"),
                WIDE,
            )
        )
        self.add(
            StepSpec(
                self.check,
                self.tr("Check your words"),
                self.tr("Type these three words from your paper."),
                self.tr("Check"),
            )
        )
        self._add_secrets()

    def _add_secrets(self) -> None:
        self.add(
            StepSpec(
                self.secret,
                self.tr("Choose a password"),
                self.tr("You type it each time you sign in. Nobody can give it back to you."),
                self.tr("Continue"),
            )
        )
        self.add(
            StepSpec(
                self.key,
                self.tr("Your 8-character key"),
                self.tr("Write it down beside your words."),
                self.tr("I have written it down"),
            )
        )


def _names() -> list[str]:
    def words(text: str) -> str:
        return QCoreApplication.translate("CreatePage", text)

    return [
        words("Who you are"),
        words("Your words"),
        words("Check"),
        words("Password"),
        words("Your key"),
    ]
