"""Secrets as they are typed, and the 8-character key shown large."""

from __future__ import annotations

from typing import cast

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QFont, QPainter, QPaintEvent
from PyQt6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from medrec.models.entry import key_complete, tidy_key
from medrec.views.common import theme
from medrec.views.common.fields import PasswordField
from medrec.views.common.fonts import Type, font
from medrec.views.common.painting import box

KEY_POINTS = 21
"""28 px at 96 dots per inch."""


class SecretField(PasswordField):
    """A secret that is forgotten when it was used."""

    @property
    def line(self) -> QLineEdit:
        """The editor."""
        return cast("QLineEdit", self.editor)

    def ask_again(self) -> None:
        """Put the focus here, with what was typed marked."""
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)
        self.line.selectAll()

    def forget(self) -> None:
        """Empty the field, what could be undone too."""
        self.line.setText("")
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.set_success("")


class KeyField(SecretField):
    """Takes a key as it is read from paper: any case, with or without dash."""

    completed = pyqtSignal()
    """The last character was typed."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(label, parent=parent)
        self.line.setMaxLength(40)
        self.line.textEdited.connect(self._on_edited)

    def key(self) -> str:
        """The key as far as it is typed, as XXXX-XXXX."""
        return tidy_key(self.text())

    def _on_edited(self, text: str) -> None:
        tidy = tidy_key(text)
        if tidy != text:
            before = len(tidy_key(text[: self.line.cursorPosition()]).replace("-", ""))
            self.line.setText(tidy)
            self.line.setCursorPosition(min(before + (before > 4), len(tidy)))
        if key_complete(tidy):
            self.completed.emit()


class LargeKey(QWidget):
    """The key to be written down, character by character."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        """The key."""
        return self._key

    def set_key(self, key: str) -> None:
        """Show a key; nothing where it is empty."""
        self._key = key
        # Read out character by character, as it has to be written.
        self.setAccessibleName(" ".join(key))
        self.update()

    def sizeHint(self) -> QSize:
        """One large line with room around it (Qt)."""
        return QSize(420, max(96, self.fontMetrics().height() * 4))

    def paintEvent(self, a0: QPaintEvent | None) -> None:
        """Draw the key (Qt)."""
        painter = QPainter(self)
        box(painter, self.rect(), 10, "sunken", "border")
        held = QFont(font(Type.CODE))
        scale = held.pointSizeF() / 9.75
        held.setPointSizeF(KEY_POINTS * scale)
        held.setWeight(QFont.Weight.Medium)
        painter.setFont(held)
        wide = 32.0 * scale
        left = self.width() / 2 - wide * len(self._key) / 2
        for number, letter in enumerate(self._key):
            spot = QRectF(left + number * wide, 0, wide, self.height())
            painter.setPen(theme.colour("text_3" if letter == "-" else "text"))
            painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, letter)
        painter.end()
