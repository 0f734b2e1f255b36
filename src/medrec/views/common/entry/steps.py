"""Steps that creating and restoring share: a name, a password, the key."""

from __future__ import annotations

from typing import cast

from PyQt6.QtCore import QCoreApplication, QRectF, QSize
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from medrec.models.entry import strength
from medrec.services.accounts import LEAST_PASSWORD, LONGEST_LABEL
from medrec.views.common.entry.keyfield import LargeKey, SecretField
from medrec.views.common.fields import Check, Field
from medrec.views.common.fonts import Type
from medrec.views.common.labels import Label
from medrec.views.common.painting import box


class NameField(Field):
    """What an account is called on this computer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            QCoreApplication.translate("NameField", "Name of the account"),
            QCoreApplication.translate(
                "NameField", "Seen on this computer only, to choose the account by."
            ),
            parent=parent,
        )
        cast("QLineEdit", self.editor).setMaxLength(LONGEST_LABEL)

    def name(self) -> str:
        """The name without blanks around it."""
        return " ".join(self.text().split())


class Strength(QWidget):
    """Four parts of a bar and a word."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = -1
        self._word = Label("", Type.CAPTION, "text_3")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 10, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._word)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """The word."""
        return self._word.text()

    def set_password(self, password: str) -> None:
        """Judge a password; nothing is kept of it."""
        self._level = strength(password) if password else -1
        words = [
            self.tr("Too short: at least {least} characters").format(least=LEAST_PASSWORD),
            self.tr("Weak: longer is better than stranger"),
            self.tr("Fair"),
            self.tr("Good"),
            self.tr("Strong"),
        ]
        self._word.setText(words[self._level] if password else "")
        self.update()

    def sizeHint(self) -> QSize:
        """The bar and one line (Qt)."""
        return QSize(200, 12 + max(16, self._word.fontMetrics().height()))

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the bar (Qt)."""
        painter = QPainter(self)
        colours = ["danger", "warning", "warning", "success", "success"]
        wide = (self.width() - 3 * 4) / 4
        for part in range(4):
            lit = self._level > 0 and part < self._level
            colour = colours[self._level] if lit else "border_2"
            box(painter, QRectF(part * (wide + 4), 0, wide, 4), 2, colour)
        painter.end()


class PasswordStep(QWidget):
    """A password, twice."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.first = SecretField(self.tr("Password"))
        self.first.hide_foot()
        self.second = SecretField(self.tr("The same password again"))
        self.strength = Strength()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.first)
        column.addWidget(self.strength)
        column.addSpacing(8)
        column.addWidget(self.second)
        self.setFocusProxy(self.first.line)
        self.first.edited.connect(self._on_edited)
        self.second.edited.connect(lambda _: self.second.set_error(""))

    def password(self) -> str:
        """The password."""
        return self.first.text()

    def check(self) -> bool:
        """Whether it is long enough and twice the same; says so where it is not."""
        if len(self.password()) < LEAST_PASSWORD:
            self.strength.set_password(self.password() or " ")
            self.first.line.setFocus()
            return False
        if self.password() != self.second.text():
            self.second.set_error(self.tr("This is not the same password. Type it again."))
            self.second.ask_again()
            return False
        return True

    def forget(self) -> None:
        """Forget what was typed."""
        self.first.forget()
        self.second.forget()
        self.strength.set_password("")

    def _on_edited(self, text: str) -> None:
        self.strength.set_password(text)
        self.second.set_error("")


class KeyStep(QWidget):
    """The 8-character key, to be written down; ``lost`` says what helps where it is lost."""

    def __init__(self, lost: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = LargeKey()
        self.remember = Check(self.tr("Remember in the keyring"))
        self.remember.setVisible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self.key)
        text = self.tr(
            "With your password it opens the account on this computer. It is shown only now."
        )
        column.addWidget(Label(f"{text} {lost}", Type.BODY, "text_2", wrap=True))
        column.addWidget(self.remember)

    def set_key(self, key: str) -> None:
        """Show a key."""
        self.key.set_key(key)

    def set_keyring(self, exists: bool) -> None:
        """Whether there is a keyring that could remember the key."""
        self.remember.setVisible(exists)
        self.remember.setChecked(exists)

    def remembers(self) -> bool:
        """Whether the keyring shall remember the key."""
        return not self.remember.isHidden() and self.remember.isChecked()

    def forget(self) -> None:
        """Show no key."""
        self.key.set_key("")
