"""Registering as a patient: the data of the person, sealed as the first record."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from medrec.clinical.patient import Demographics
from medrec.controllers.registering import Registering
from medrec.controllers.shell import Shell
from medrec.models.session import Session
from medrec.services import patients
from medrec.views.patient.register import RegisterPage


class RegisterController(Registering):
    """Registers what the page was filled in with."""

    def __init__(
        self, session: Session, page: RegisterPage, shell: Shell, parent: QObject | None = None
    ) -> None:
        super().__init__(session, page, shell, patients.REGISTER, parent)
        page.submitted.connect(self._register)

    def _register(self, person: Demographics) -> None:
        context = self._session.context
        self.begin(
            self.tr("Register as a patient"),
            self.tr("Sealing your data"),
            lambda: patients.register(context, person),
        )
