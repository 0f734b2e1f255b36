"""Help: the keys of the keyboard and what MedRec promises, in one window that holds nobody up."""

from __future__ import annotations

from PyQt6.QtCore import QCoreApplication
from PyQt6.QtWidgets import QWidget

from medrec.views.common.shell.help import HelpDialog


def show_help(window: QWidget) -> HelpDialog:
    """Open the help over a window."""
    dialog = HelpDialog(window, QCoreApplication.applicationVersion())
    dialog.open()
    return dialog
