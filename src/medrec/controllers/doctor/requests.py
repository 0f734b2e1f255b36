"""The requests' intents: withdraw one, ask again, drop one that was not sent, open a chart."""

from __future__ import annotations

from PyQt6.QtCore import QObject

from medrec.controllers.doctor.asking import Asking
from medrec.controllers.shell import Shell
from medrec.domain.outbox import Job
from medrec.models.session import Session
from medrec.services import access
from medrec.services.my_patients import MyRequest
from medrec.services.work import outbox
from medrec.views.common.dialogs import Dialog, confirm
from medrec.views.doctor.requests import RequestsPage


class RequestsController(QObject):
    """Each intent becomes a job; the list changes when the chain has confirmed it."""

    def __init__(
        self,
        session: Session,
        page: RequestsPage,
        asking: Asking,
        shell: Shell,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._page = page
        self._asking = asking
        self._shell = shell
        self.dialog: Dialog | None = None
        page.askRequested.connect(asking.open)
        page.withdrawRequested.connect(self._ask_withdraw)
        page.cancelRequested.connect(self._cancel)
        page.chartRequested.connect(lambda r: shell.go("chart", patient=r.patient, name=r.name))
        page.againRequested.connect(self._again)
        page.model.reload()

    def _again(self, request: MyRequest) -> None:
        permission = request.asked.permission if request.asked is not None else None
        self._asking.open(request.patient, request.name, permission)

    def _ask_withdraw(self, request: MyRequest) -> None:
        name = request.name or self.tr("the patient")
        self.dialog = confirm(
            self._shell.window,
            self.tr("Withdraw your request?"),
            self.tr(
                "Your request to {name} is taken back. It stays in the patient's trace. You may"
                " ask again."
            ).format(name=name),
            self.tr("Withdraw"),
        )
        self.dialog.accepted.connect(lambda: self._withdraw(request))

    def _withdraw(self, request: MyRequest) -> None:
        async def work() -> Job:
            return await access.withdraw(self._session.context, request.patient)

        handle = self._session.start(self.tr("Withdraw a request"), work)
        self._shell.follow(handle, done=self.tr("Withdrawn"))

    def _cancel(self, request: MyRequest) -> None:
        job = request.job
        if job is None:
            return

        async def work() -> Job:
            return await outbox(self._session.context).cancel(job)

        handle = self._session.start(self.tr("Drop a request"), work)
        self._shell.follow(handle, done=self.tr("Dropped"))
        handle.ended.connect(lambda _: self._page.model.reload())
