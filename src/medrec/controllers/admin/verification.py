"""Verifying, refusing, suspending and reinstating doctors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from PyQt6.QtCore import QObject

from medrec.controllers.shell import Count, Shell
from medrec.domain.outbox import Job
from medrec.models.admin.verification import VerificationModel
from medrec.models.admin.words import doctor_title
from medrec.models.session import Session
from medrec.services import administration
from medrec.services.verification import Candidate, Standing
from medrec.views.admin.verification import VerificationPage
from medrec.workers.jobs import Ended, JobHandle


class VerificationController(QObject):
    """A verifier's decisions, each a job."""

    def __init__(
        self,
        session: Session,
        page: VerificationPage,
        model: VerificationModel,
        shell: Shell,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._page, self._model, self._shell = session, page, model, shell
        self._deciding: JobHandle | None = None
        self._ask: Callable[[str], object] | None = None
        page.standingChosen.connect(model.show_standing)
        page.verifyAsked.connect(self._verify)
        page.refuseAsked.connect(self._refuse)
        page.suspendAsked.connect(self._suspend)
        model.reload()

    def _verify(self, row: Candidate) -> None:
        context = self._session.context
        again = row.standing is Standing.SUSPENDED
        self._decide(
            row,
            self.tr("Reinstate %1") if again else self.tr("Verify %1"),
            self.tr("%1 is reinstated") if again else self.tr("%1 is verified"),
            lambda: administration.verify_doctor(context, row.address, row.digest),
        )

    def _refuse(self, row: Candidate, reason: str) -> None:
        context = self._session.context
        self._decide(
            row,
            self.tr("Refuse %1"),
            self.tr("%1 is refused"),
            lambda: administration.refuse_doctor(context, row.address, reason),
            lambda wrong: self._page.ask_refusal(row, reason, wrong),
        )

    def _suspend(self, row: Candidate, reason: str) -> None:
        context = self._session.context
        self._decide(
            row,
            self.tr("Suspend %1"),
            self.tr("%1 is suspended"),
            lambda: administration.suspend_doctor(context, row.address, reason),
            lambda wrong: self._page.ask_suspension(row, reason, wrong),
        )

    def _decide(
        self,
        row: Candidate,
        title: str,
        done: str,
        work: Callable[[], Awaitable[Job]],
        ask: Callable[[str], object] | None = None,
    ) -> None:
        """Decide; ``ask`` asks for the reason again where the decision was refused."""
        name = doctor_title(row.name, row.address)
        handle = self._session.start(title.replace("%1", name), work)
        self._deciding, self._ask = handle, ask
        self._page.set_busy(True)
        # A method of ours, not a lambda: it is let go with the page when somebody signs out.
        handle.ended.connect(self._decided)
        self._shell.follow(handle, done.replace("%1", name))

    def _decided(self, how: Ended) -> None:
        self._page.set_busy(False)
        self._model.reload()
        handle = self._deciding
        if how is Ended.FAILED and handle is not None and not handle.waits and self._ask:
            self._ask(handle.sentence)


def count_waiting(model: VerificationModel, parent: QObject) -> Count:
    """How many doctors wait, for the rail."""
    count = Count(parent)
    model.countsChanged.connect(lambda: count.set(model.counts[Standing.WAITING]))
    return count
