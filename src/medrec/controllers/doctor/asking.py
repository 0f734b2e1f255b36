"""Asking patients for access, from whichever page it was wished."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QImage

from medrec.controllers.shell import Shell
from medrec.domain.categories import Category, Permission
from medrec.domain.outbox import Job
from medrec.errors import BadAddress, MedRecError
from medrec.models.doctor.ask import AskDraft
from medrec.models.doctor.current import CurrentPatient
from medrec.models.session import Session
from medrec.services import access, asked
from medrec.services.contact import read_contact
from medrec.views.doctor.ask import AskDialog
from medrec.workers.codes import texts_in
from medrec.workers.jobs import Ended, JobHandle

_ABOUT = {
    "BadAddress": "who",
    "UnknownPatient": "who",
    "BadCredential": "who",
    "FingerprintDiffers": "fingerprint",
}
"""Beside which field a refusal is told."""


class Asking(QObject):
    """Opens the dialog, reads what is put into it, and sends the request."""

    def __init__(self, session: Session, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shell = shell
        self.dialog: AskDialog | None = None

    def open(
        self, address: str = "", label: str = "", permission: Permission | None = None
    ) -> AskDialog:
        """Show the dialog, filled in as far as it is known already."""
        dialog = AskDialog(self._shell.window)
        dialog.contactEntered.connect(lambda text: self._read(dialog, text))
        dialog.imageGiven.connect(lambda image: self._read_image(dialog, image))
        dialog.submitted.connect(lambda draft: self._send(dialog, draft))
        dialog.finished.connect(lambda _: self._closed(dialog))
        self.dialog = dialog
        if address:
            dialog.prefill(address, label, permission)
        dialog.open()
        return dialog

    def open_for(self, current: CurrentPatient, category: Category) -> None:
        """Ask the patient that is chosen for what is open already and a category that is not."""
        chart = current.chart.chart if current.chart is not None else None
        if chart is None or chart.permission is None:
            return
        wanted = chart.permission.read | frozenset([category])
        permission = Permission(wanted, chart.permission.write)
        self.open(chart.patient, current.name, permission)

    def _read(self, dialog: AskDialog, text: str) -> None:
        try:
            dialog.set_contact(read_contact(text))
        except BadAddress as error:
            dialog.set_contact_error(error.sentence)

    def _read_image(self, dialog: AskDialog, image: QImage | Path) -> None:
        async def work() -> list[str]:
            return await texts_in(image)

        handle = self._session.start(self.tr("Reading the QR code"), work, quiet=True)

        def ended(how: Ended) -> None:
            if dialog is not self.dialog:
                return
            texts = handle.result if how is Ended.DONE else []
            if texts:
                self._read(dialog, " ".join(texts))
            else:
                dialog.set_contact_error(self.tr("No QR code was found in this image."))

        handle.ended.connect(ended)

    def _send(self, dialog: AskDialog, draft: AskDraft) -> None:
        context = self._session.context

        async def work() -> Job:
            if draft.label:
                await asked.set_label(context, draft.patient, draft.label)
            return await access.request(
                context,
                draft.patient,
                draft.permission,
                draft.until,
                draft.reason,
                draft.fingerprint,
            )

        handle = self._session.start(self.tr("Ask for access"), work)
        handle.ended.connect(lambda how: self._sent(dialog, handle, how))

    def _sent(self, dialog: AskDialog, handle: JobHandle, how: Ended) -> None:
        shown = dialog is self.dialog
        error = handle.error
        if how is Ended.DONE:
            self._shell.toast(
                self.tr("Asked"), self.tr("The patient finds your request under Sharing.")
            )
        elif handle.waits:
            self._shell.toast(handle.title, handle.sentence, "warning")
        elif shown:
            code = error.code if isinstance(error, MedRecError) else ""
            wrong = handle.sentence or self.tr("Something went wrong in MedRec itself.")
            dialog.set_error(wrong, _ABOUT.get(code, ""))
            return
        elif isinstance(error, MedRecError):
            self._shell.toast(handle.title, error.sentence, "danger")
        if shown:
            dialog.accept()

    def _closed(self, dialog: AskDialog) -> None:
        if dialog is self.dialog:
            self.dialog = None
