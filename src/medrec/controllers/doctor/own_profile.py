"""A doctor's own profile: shown with its standing, announced anew when it changes."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from medrec.clinical.patient import DoctorProfileFields
from medrec.controllers.shell import Shell
from medrec.models.doctor.own_profile import OwnProfileModel
from medrec.models.session import Session
from medrec.services import doctors
from medrec.views.doctor.own_profile import OwnProfilePage


class OwnProfileController(QObject):
    """Reads the profile when the page is first shown, and announces a new one."""

    def __init__(
        self, session: Session, page: OwnProfilePage, shell: Shell, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._page = page
        self._shell = shell
        self.model = OwnProfileModel(session, self)
        self.model.changed.connect(self._show)
        page.retried.connect(self.model.reload)
        page.announced.connect(self._announce)
        self.model.reload()

    def _show(self) -> None:
        sentence = self.model.error.sentence if self.model.error is not None else ""
        self._page.show_state(self.model.state, self.model.profile, sentence)

    def _announce(self, fields: DoctorProfileFields) -> None:
        async def work() -> object:
            return await doctors.update(self._session.context, fields)

        handle = self._session.start(self.tr("Announce a profile"), work)
        self._page.set_busy(True)
        handle.ended.connect(lambda _: self._page.set_busy(False))
        self._shell.follow(handle, done=self.tr("Announced. It counts once it is verified."))
