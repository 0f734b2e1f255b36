"""The pages of the door, of which one is shown."""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

from PyQt6.QtWidgets import QStackedWidget, QWidget

from medrec.views.common.entry.create import CreatePage
from medrec.views.common.entry.network import NetworkPage
from medrec.views.common.entry.restore import RestorePage
from medrec.views.common.entry.signin import SignInPage

Page = TypeVar("Page", bound=QWidget)


class EntryView(QStackedWidget):
    """Sign-in, create, restore, network file; all but the first are built when they are wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sign_in = self._added(SignInPage())

    @cached_property
    def creation(self) -> CreatePage:
        """The steps to a new account."""
        return self._added(CreatePage())

    @cached_property
    def restore(self) -> RestorePage:
        """The steps to bring an account along."""
        return self._added(RestorePage())

    @cached_property
    def network(self) -> NetworkPage:
        """What a network file says."""
        return self._added(NetworkPage())

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

    def _added(self, page: Page) -> Page:
        self.addWidget(page)
        return page
