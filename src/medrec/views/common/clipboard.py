"""Copying: one button that says that it did."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication, QTimer
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QWidget

from medrec.views.common.buttons import IconButton

_SAID = 1500


def copy(text: str) -> None:
    """Put a text into the clipboard."""
    clipboard = QGuiApplication.clipboard()
    if clipboard is not None:
        clipboard.setText(text)


def copy_button(text: str, name: str = "", parent: QWidget | None = None) -> IconButton:
    """A button that copies a text: an address, a digest. `name` says what it copies."""
    words = name or QCoreApplication.translate("Clipboard", "Copy")
    button = IconButton("copy", words, 28, parent=parent)
    back = QTimer(button)
    back.setSingleShot(True)
    back.setInterval(_SAID)
    back.timeout.connect(lambda: button.set_icon("copy", words))

    def do() -> None:
        copy(text)
        button.set_icon("check", QCoreApplication.translate("Clipboard", "Copied"))
        back.start()

    button.clicked.connect(do)
    return button
