"""Registering, whatever the role: the job, and what the page says of it."""

from __future__ import annotations

from typing import Protocol

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.controllers.shell import Shell
from medrec.models.session import Session
from medrec.workers.jobs import Ended, JobHandle, Work


class Form(Protocol):
    """A page on which somebody registers."""

    def set_pending(self, sentence: str) -> None:
        """How far it is."""

    def set_registered(self) -> None:
        """It stands on the chain."""

    def set_waiting(self, sentence: str) -> None:
        """It goes out by itself later."""

    def set_failed(self, sentence: str) -> None:
        """It was refused; an empty sentence is a defect of the program."""


class Registering(QObject):
    """Starts a registration and shows how far it is."""

    registered = pyqtSignal()
    """The registration stands on the chain."""

    def __init__(
        self, session: Session, form: Form, shell: Shell, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._form, self._shell = session, form, shell

    def begin(self, title: str, first: str, work: Work) -> None:
        """Start it; ``first`` is said until the work tells of a stage."""
        handle = self._session.start(title, work)
        self._form.set_pending(first)
        handle.progressed.connect(lambda sentence, *_: self._form.set_pending(sentence))
        handle.ended.connect(lambda how: self._on_ended(handle, how))
        self._shell.follow(handle, done=self.tr("You are registered"))

    def _on_ended(self, handle: JobHandle, how: Ended) -> None:
        if how is Ended.DONE:
            self._form.set_registered()
            self.registered.emit()
        elif handle.waits:
            self._form.set_waiting(handle.sentence)
        else:
            self._form.set_failed(handle.sentence)
