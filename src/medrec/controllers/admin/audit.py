"""Looking through the audit, recomputing it, and taking it along as a file."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject

from medrec.controllers.shell import Shell
from medrec.domain.ids import ZERO_ADDRESS, Address
from medrec.errors import IntegrityError, MedRecError
from medrec.models.admin.audit import AuditModel
from medrec.models.session import Session
from medrec.services import ledger
from medrec.services.audit import Verified
from medrec.services.ledger import Sieve
from medrec.views.admin.audit import AuditPage
from medrec.workers.jobs import Ended, JobHandle


class AuditController(QObject):
    """An administrator's intents."""

    def __init__(
        self,
        session: Session,
        page: AuditPage,
        model: AuditModel,
        shell: Shell,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._page, self._model, self._shell = session, page, model, shell
        self._job: JobHandle | None = None
        self._subject: Address | None = None
        page.sieveChanged.connect(self._sieve)
        page.verifyAsked.connect(self._verify)
        page.exportAsked.connect(self._export)
        model.reload()

    def _sieve(self, sieve: Sieve) -> None:
        self._model.set_sieve(sieve)

    def _verify(self, subject: Address | None) -> None:
        context = self._session.context

        async def work() -> Verified:
            if subject is None:
                return await ledger.verify_all(context)
            return await ledger.verify(context, subject)

        if self._job is not None and self._job.state is None:
            return
        self._subject = subject
        self._job = self._session.start(self.tr("Verify the audit"), work)
        self._page.set_busy(True)
        self._job.ended.connect(self._verified)

    def _verified(self, how: Ended) -> None:
        handle, subject = self._job, self._subject
        self._page.set_busy(False)
        if handle is None:
            return
        if how is Ended.DONE:
            found: Verified = handle.result
            text = self.tr("%1 entries verified, block %2")
            if subject is not None:
                text = self._whose(subject) + self.tr(": %1 entries verified, block %2")
            text = text.replace("%1", f"{found.entries:,}").replace("%2", f"{found.block:,}")
            self._page.set_verified(text)
        elif isinstance(handle.error, IntegrityError):
            self._page.set_broken(self.tr("The audit does not hold"), handle.error.sentence)
        elif isinstance(handle.error, MedRecError):
            self._shell.toast(handle.title, handle.error.sentence, "danger")
        elif how is Ended.CRASHED:
            self._shell.toast(
                handle.title, self.tr("Something went wrong in MedRec itself."), "danger"
            )

    def _whose(self, subject: Address) -> str:
        return self.tr("The register") if subject == ZERO_ADDRESS else self._model.person(subject)

    def _export(self, path: Path) -> None:
        rows, names = self._model.rows, self._model.names
        title = self.tr("Export the audit")
        handle = self._session.start(title, lambda: ledger.export(path, rows, names))
        done = self.tr("%1 entries are written to %2")
        done = done.replace("%1", f"{len(rows):,}").replace("%2", path.name)
        self._shell.follow(handle, done)
