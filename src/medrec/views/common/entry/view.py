"""The pages of the door, of which one is shown."""

from __future__ import annotations

from PyQt6.QtWidgets import QStackedWidget, QWidget

from medrec.views.common.entry.create import CreatePage
from medrec.views.common.entry.network import NetworkPage
from medrec.views.common.entry.restore import RestorePage
from medrec.views.common.entry.signin import SignInPage


class EntryView(QStackedWidget):
    """Sign-in, create, restore, network file."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sign_in, self.creation = SignInPage(), CreatePage()
        self.restore, self.network = RestorePage(), NetworkPage()
        for page in (self.sign_in, self.creation, self.restore, self.network):
            self.addWidget(page)

    def show_sign_in(self) -> None:
        """Show the sign-in."""
        self.setCurrentWidget(self.sign_in)

    def show_create(self) -> None:
        """Show the steps to a new account."""
        self.setCurrentWidget(self.creation)

    def show_restore(self) -> None:
        """Show the steps to bring an account along."""
        self.setCurrentWidget(self.restore)

    def show_network(self) -> None:
        """Show what a network file says."""
        self.setCurrentWidget(self.network)
