"""The profile's intents: own data saved; security is its own controller's."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from medrec.clinical.patient import Demographics
from medrec.controllers.security import SecurityController
from medrec.controllers.shell import Shell
from medrec.models.patient.profile import ProfileModel
from medrec.models.session import Session
from medrec.services import patients
from medrec.views.patient.profile import ProfilePage
from medrec.workers.jobs import Ended, JobHandle


class ProfileController(QObject):
    """Reads one's own data when they are first shown, and saves what was changed."""

    def __init__(
        self, session: Session, page: ProfilePage, shell: Shell, parent: QObject | None = None
    ) -> None:
        super().__init__(parent or page)
        self._session, self._page, self._shell = session, page, shell
        self.model = ProfileModel(session, self)
        self.security = SecurityController(session, page.security, shell, self)
        self.model.changed.connect(self._show)
        page.saved.connect(self._save)
        page.retried.connect(self.model.reload)
        page.contactAsked.connect(self.security.show_contact)
        page.stack.set_state("loading")
        self.model.reload()

    def _show(self) -> None:
        if self.model.data is not None:
            self._page.show_data(self.model.data)
        elif self.model.error is not None:
            self._page.show_failed(self.model.error.sentence)

    def _save(self, person: Demographics) -> None:
        context, data = self._session.context, self.model.data
        base = data.profile.version if data is not None else None
        job = self._session.start(
            self.tr("Saving your data"), lambda: patients.update(context, person, base)
        )
        self._page.set_busy(True)
        job.ended.connect(lambda how: self._saved(job, how, person))
        self._shell.follow(job, self.tr("Saved to your record"))

    def _saved(self, job: JobHandle, how: Ended, person: Demographics) -> None:
        self._page.set_busy(False)
        if how is Ended.DONE or job.waits:
            self._page.set_saved(person)
        self.model.reload()
