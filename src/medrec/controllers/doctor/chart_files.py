"""Files out of a chart, and records that are archived."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject

from medrec.controllers.shell import Shell
from medrec.domain.ids import Address, RecordId
from medrec.domain.outbox import Job
from medrec.models.record_page import RecordPage
from medrec.models.session import Session
from medrec.services import origins, saving
from medrec.services.carrying import archive
from medrec.views.common import file_dialogs
from medrec.views.doctor.archive import ArchiveDialog
from medrec.views.doctor.chart import ChartPage
from medrec.workers.jobs import Ended


class ChartFiles(QObject):
    """Every file leaves the record byte for byte, and only to where the doctor said."""

    def __init__(
        self, session: Session, page: ChartPage, shell: Shell, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._page = page
        self._shell = shell
        self.dialog: ArchiveDialog | None = None

    def open(self, name: str, of_version: int | None = None) -> None:
        """Show an attachment inside the window; nothing is written to the disk."""
        found = self._shown()
        if found is None:
            return
        patient, shown = found
        record, version = RecordId(bytes.fromhex(shown.record)), of_version or shown.shown

        async def work() -> tuple[str, bytes]:
            placed = await origins.opened(self._session.context, patient, record, version)
            part = placed.reader.part(placed.opened, name)
            return part.media_type, await placed.reader.part_bytes(placed.opened, part)

        handle = self._session.start(self.tr("Opening {name}").format(name=name), work)
        self._shell.follow(handle, on_done=lambda got: self._page.show_file(name, *got))

    def save(self, name: str) -> None:
        """Save an attachment, or the record's own file ("")."""
        found = self._shown()
        if found is None:
            return
        patient, shown = found
        file_dialogs.ask_save(
            self._shell.window,
            self.tr("Save the file"),
            name or shown.name,
            lambda path: self._save(patient, shown, name, path),
        )

    def archive(self) -> None:
        """Ask why, then archive the record that is shown."""
        found = self._shown()
        if found is None or not found[1].may_archive:
            return
        self._ask_archive(*found)

    def _ask_archive(
        self, patient: Address, shown: RecordPage, said: str = "", wrong: str = ""
    ) -> None:
        """Ask; what was refused stands in it again, with the reason."""
        dialog = ArchiveDialog(self._shell.window, shown.title)
        dialog.given.connect(lambda reason: self._archive(patient, shown, reason))
        dialog.reason.set_text(said)
        dialog.reason.set_error(wrong)
        self.dialog = dialog
        dialog.open()

    def _shown(self) -> tuple[Address, RecordPage] | None:
        models = self._page.models
        if models is None or models.record.page is None:
            return None
        return models.chart.patient, models.record.page

    def _save(self, patient: Address, shown: RecordPage, name: str, path: Path) -> None:
        record, version = RecordId(bytes.fromhex(shown.record)), shown.shown

        async def work() -> int:
            return await saving.save_part(
                self._session.context, patient, record, path, version=version, name=name or None
            )

        handle = self._session.start(self.tr("Saving {name}").format(name=path.name), work)
        self._shell.follow(handle, on_done=lambda _: self._shell.toast(self.tr("Saved"), str(path)))

    def _archive(self, patient: Address, shown: RecordPage, reason: str) -> None:
        record = RecordId(bytes.fromhex(shown.record))

        async def work() -> Job:
            context = self._session.context
            return await archive(context, patient, record, reason, shown.latest)

        title = self.tr("Archive “{title}”").format(title=shown.title)
        handle = self._shell.follow(self._session.start(title, work), done=self.tr("Archived"))

        def ended(how: Ended) -> None:
            if how is Ended.FAILED and not handle.waits:
                self._ask_archive(patient, shown, reason, handle.sentence)

        handle.ended.connect(ended)
