"""The pages of an administrator."""

from __future__ import annotations

from PyQt6.QtWidgets import QWidget

from medrec.controllers.admin.audit import AuditController
from medrec.controllers.admin.health import HealthController
from medrec.controllers.admin.identity import IdentityController
from medrec.controllers.admin.verification import VerificationController, count_waiting
from medrec.controllers.security import security_page
from medrec.controllers.shell import PageSpec, Shell
from medrec.models.admin.audit import AuditModel
from medrec.models.admin.health import HealthModel
from medrec.models.admin.identity import IdentitiesModel
from medrec.models.admin.verification import VerificationModel
from medrec.models.admin.words import doctor_title
from medrec.models.session import Session
from medrec.services import administration
from medrec.views.admin.audit import AuditPage
from medrec.views.admin.health import HealthPage
from medrec.views.admin.identity import IdentityPage
from medrec.views.admin.verification import VerificationPage
from medrec.views.common.shell.popovers import Hit


def pages(session: Session, shell: Shell) -> list[PageSpec]:
    """Verification, identity desk, audit, network; an account that is new registers by itself."""
    if session.role is None:
        context = session.context
        handle = session.start(
            session.tr("Register as an administrator"), lambda: administration.register(context)
        )
        shell.follow(handle)
    doctors = VerificationModel(session, session)
    waiting = count_waiting(doctors, session)
    doctors.reload()
    add_finder = getattr(shell, "add_finder", None)
    if callable(add_finder):
        add_finder(lambda text: found(doctors, text))
    return [
        PageSpec(
            "verification",
            session.tr("Verification"),
            "badge-check",
            lambda: _verification(session, doctors, shell),
            waiting,
        ),
        PageSpec(
            "identity", session.tr("Identity desk"), "id-card", lambda: _identity(session, shell)
        ),
        PageSpec("audit", session.tr("Audit explorer"), "history", lambda: _audit(session, shell)),
        PageSpec(
            "network", session.tr("Network & storage"), "server", lambda: _health(session, shell)
        ),
        security_page(session, shell),
    ]


def found(model: VerificationModel, text: str) -> list[Hit]:
    """The doctors that a search finds; each leads to its place in the register."""
    return [
        Hit(
            doctor_title(row.name, row.address),
            row.specialty,
            "badge-check",
            "verification",
            {"doctor": row.address},
        )
        for row in model.search(text)
    ]


def _verification(session: Session, model: VerificationModel, shell: Shell) -> QWidget:
    page = VerificationPage(model)
    VerificationController(session, page, model, shell, page)
    return page


def _identity(session: Session, shell: Shell) -> QWidget:
    model = IdentitiesModel(session)
    page = IdentityPage(model)
    model.setParent(page)
    IdentityController(session, page, model, shell, page)
    return page


def _audit(session: Session, shell: Shell) -> QWidget:
    model = AuditModel(session)
    page = AuditPage(model)
    model.setParent(page)
    AuditController(session, page, model, shell, page)
    return page


def _health(session: Session, shell: Shell) -> QWidget:
    model = HealthModel(session)
    page = HealthPage(model)
    model.setParent(page)
    HealthController(page, model, shell, page)
    return page
