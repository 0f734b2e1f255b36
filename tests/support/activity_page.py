"""A patient's Activity on screen, over a session, without the window around it."""

from __future__ import annotations

from PyQt6.QtWidgets import QVBoxLayout, QWidget

from medrec.controllers.patient.activity import ActivityController
from medrec.models.session import Session
from medrec.views.patient.activity import ActivityPage
from tests.support.patient_desk import ShellThatListens


class Seen:
    """The page in a window over a session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.window = QWidget()
        self.window.resize(1100, 800)
        self.page = ActivityPage()
        layout = QVBoxLayout(self.window)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self.shell = ShellThatListens(self.window)
        self.controller = ActivityController(
            session,
            self.page,
            self.shell,  # type: ignore[arg-type]  # nobody leaves it
        )
        self.window.show()

    @property
    def said(self) -> list[str]:
        """The rows in words."""
        model = self.page.entries.list.model()
        assert model is not None
        return [model.index(i, 0).data() for i in range(model.rowCount())]
