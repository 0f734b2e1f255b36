"""The identity desk: finding the account, and vouching for the person behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from PyQt6.QtCore import QObject

from medrec.clinical.patient import IdentityClaim
from medrec.controllers.shell import Shell
from medrec.models.admin.identity import IdentitiesModel
from medrec.models.session import Session
from medrec.services import administration, identities
from medrec.services.contact import read_contact
from medrec.services.identities import DeskPatient
from medrec.views.admin.identity import IdentityPage
from medrec.workers.codes import read_code
from medrec.workers.jobs import Ended, JobHandle


class IdentityController(QObject):
    """A registrar's intents."""

    def __init__(
        self,
        session: Session,
        page: IdentityPage,
        model: IdentitiesModel,
        shell: Shell,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._page, self._model, self._shell = session, page, model, shell
        self._job: JobHandle | None = None
        page.contactEntered.connect(self._find)
        page.imageGiven.connect(self._read)
        page.verifyAsked.connect(self._verify)
        model.reload()

    def _find(self, text: str) -> None:
        async def work() -> DeskPatient:
            return await identities.find(self._session.context, read_contact(text))

        self._look(work)

    def _read(self, path: Path) -> None:
        async def work() -> DeskPatient:
            text = await read_code(path)
            return await identities.find(self._session.context, read_contact(text))

        self._look(work)

    def _look(self, work: Callable[[], Awaitable[DeskPatient]]) -> None:
        if not self._busy:
            self._job = self._session.start(self.tr("Looking for the patient"), work, quiet=True)
            self._page.set_busy(True)
            self._job.ended.connect(self._found)

    @property
    def _busy(self) -> bool:
        return self._job is not None and self._job.state is None

    def _found(self, how: Ended) -> None:
        handle = self._job
        self._page.set_busy(False)
        if handle is None:
            return
        if how is Ended.DONE:
            self._page.set_patient(handle.result)
        elif how is not Ended.CANCELLED:
            self._page.set_contact_error(self._sentence(handle))

    def _verify(self, patient: DeskPatient, claim: IdentityClaim) -> None:
        context = self._session.context
        if self._busy:
            return
        self._job = self._session.start(
            self.tr("Verify an identity"),
            lambda: administration.verify_identity(context, patient.address, claim),
        )
        self._page.set_busy(True)
        self._job.ended.connect(self._ended)

    def _ended(self, how: Ended) -> None:
        handle = self._job
        self._page.set_busy(False)
        if handle is None:
            return
        self._model.reload()
        if how is Ended.DONE:
            self._page.begin()
            self._shell.toast(
                self.tr("The identity is verified"),
                self.tr("It stands on the chain under your name."),
            )
        elif handle.waits:
            self._page.begin()
            self._shell.toast(handle.title, handle.sentence, "warning")
        elif how is not Ended.CANCELLED:
            self._page.set_refused(self._sentence(handle))

    def _sentence(self, handle: JobHandle) -> str:
        broken = self.tr("Something went wrong in MedRec itself. Nothing was changed.")
        return handle.sentence or broken
