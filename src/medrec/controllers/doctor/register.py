"""Registering as a doctor: the public profile, which waits to be verified."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.clinical.patient import DoctorProfileFields
from medrec.controllers.shell import Shell
from medrec.errors import MedRecError, WaitsInOutbox
from medrec.models.session import Session
from medrec.services import doctors
from medrec.views.doctor.register import RegisterPage
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

    def _register(self, fields: DoctorProfileFields) -> None:
        async def work() -> object:
            return await doctors.register(self._session.context, fields)

        handle = self._session.start(self.tr("Register as a doctor"), work)
        self._page.set_pending(self.tr("Publishing your profile"))
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
