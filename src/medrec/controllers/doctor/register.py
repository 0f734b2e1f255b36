"""Registering as a doctor: the public profile, which waits to be verified."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from medrec.clinical.patient import DoctorProfileFields
from medrec.controllers.registering import Registering
from medrec.controllers.shell import Shell
from medrec.models.session import Session
from medrec.services import doctors
from medrec.views.doctor.register import RegisterPage


class RegisterController(Registering):
    """Registers what the page was filled in with."""

    def __init__(
        self, session: Session, page: RegisterPage, shell: Shell, parent: QObject | None = None
    ) -> None:
        super().__init__(session, page, shell, doctors.REGISTER, parent)
        page.submitted.connect(self._register)

    def _register(self, fields: DoctorProfileFields) -> None:
        context = self._session.context
        self.begin(
            self.tr("Register as a doctor"),
            self.tr("Publishing your profile"),
            lambda: doctors.register(context, fields),
        )
