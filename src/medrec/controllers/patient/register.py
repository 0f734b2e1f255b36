"""Registering as a patient: the data of the person, sealed as the first record."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.clinical.patient import Demographics
from medrec.controllers.shell import Shell
from medrec.errors import MedRecError, WaitsInOutbox
from medrec.models.session import Session
from medrec.services import patients
from medrec.views.patient.register import RegisterPage
from medrec.workers.jobs import Ended, JobHandle


class RegisterController(QObject):
    """Starts the registration and shows how far it is."""

    registered = pyqtSignal()
    """The registration stands on the chain."""

    def __init__(
        self, session: Session, page: RegisterPage, shell: Shell, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._page = page
        self._shell = shell
        page.submitted.connect(self._register)

    def _register(self, person: Demographics) -> None:
        async def work() -> object:
            return await patients.register(self._session.context, person)

        handle = self._session.start(self.tr("Register as a patient"), work)
        self._page.set_pending(self.tr("Sealing your data"))
        handle.progressed.connect(lambda sentence, *_: self._page.set_pending(sentence))
        handle.ended.connect(lambda how: self._on_ended(handle, how))
        self._shell.follow(handle, done=self.tr("You are registered"))

    def _on_ended(self, handle: JobHandle, how: Ended) -> None:
        if how is Ended.DONE:
            self._page.set_registered()
            self.registered.emit()
        elif isinstance(handle.error, WaitsInOutbox):
            self._page.set_waiting(handle.error.sentence)
        elif isinstance(handle.error, MedRecError):
            self._page.set_failed(handle.error.sentence)
        else:
            self._page.set_failed("")
