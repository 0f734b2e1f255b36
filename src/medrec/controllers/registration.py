"""An account that is not registered yet: its one page, by the role that it was made for."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtWidgets import QWidget

from medrec.controllers.shell import PageSpec, Shell
from medrec.domain.people import Role
from medrec.models.session import Session
from medrec.services import administration
from medrec.views.common.registration import ChooseRolePage, WaitPage


def pages_for(wanted: Role | None) -> Callable[[Session, Shell], list[PageSpec]]:
    """The pages that register an account in a role; where none is known it is chosen first."""

    def pages(session: Session, shell: Shell) -> list[PageSpec]:
        specs = {
            Role.PATIENT: PageSpec(
                "patient", session.tr("Your details"), "id-card", lambda: _patient(session, shell)
            ),
            Role.DOCTOR: PageSpec(
                "doctor", session.tr("Your profile"), "stethoscope", lambda: _doctor(session, shell)
            ),
            Role.ADMINISTRATOR: PageSpec(
                "administrator",
                session.tr("Clinic office"),
                "building-2",
                lambda: _administrator(session, shell),
            ),
        }
        if wanted in specs:
            return [specs[wanted]]
        return [
            PageSpec("role", session.tr("Who you are"), "users", lambda: _choose(shell)),
            *specs.values(),
        ]

    return pages


def _choose(shell: Shell) -> QWidget:
    page = ChooseRolePage()
    page.chosen.connect(shell.go)
    return page


def _patient(session: Session, shell: Shell) -> QWidget:
    from medrec.controllers.patient.register import RegisterController
    from medrec.views.patient.register import RegisterPage

    page = RegisterPage()
    RegisterController(session, page, shell, page)
    return page


def _doctor(session: Session, shell: Shell) -> QWidget:
    from medrec.controllers.doctor.register import RegisterController
    from medrec.views.doctor.register import RegisterPage

    page = RegisterPage()
    RegisterController(session, page, shell, page)
    return page


def _administrator(session: Session, shell: Shell) -> QWidget:
    page = WaitPage()

    def register() -> None:
        handle = session.start(
            session.tr("Registering"), lambda: administration.register(session.context)
        )
        shell.follow(handle, session.tr("Registered"))

    page.asked.connect(register)
    return page
