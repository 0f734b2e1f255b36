"""Files out of the record: attachments opened inside or saved, a record's own file, everything."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from PyQt6.QtCore import QObject

from medrec.controllers.shell import Shell
from medrec.domain.ids import Address, RecordId
from medrec.models.record import RecordModel
from medrec.models.session import Session
from medrec.services import origins, saving
from medrec.services.saving import Saved
from medrec.views.common import file_dialogs
from medrec.views.patient.records import RecordsPage


class RecordFiles(QObject):
    """Every file leaves the record byte for byte, and only to where the person said."""

    def __init__(
        self,
        session: Session,
        page: RecordsPage,
        record: RecordModel,
        shell: Shell,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._page = page
        self._record = record
        self._shell = shell
        page.detail.attachmentOpened.connect(self.open)
        page.compare.attachmentOpened.connect(lambda version, name: self.open(name, version))
        page.detail.attachmentSaved.connect(self.save)
        page.detail.saveRequested.connect(lambda: self.save(""))
        page.file.saveRequested.connect(self.save)
        page.exportRequested.connect(self.export)

    def open(self, name: str, number: int | None = None) -> None:
        """Show an attachment inside the window; nothing is written to the disk.

        It is that of version ``number``, or of the version that is shown.
        """
        shown = self._record.page
        if shown is None:
            return
        record, patient = RecordId(bytes.fromhex(shown.record)), self._patient
        version = shown.shown if number is None else number

        async def work() -> tuple[str, bytes]:
            placed = await origins.opened(self._session.context, patient, record, version)
            part = placed.reader.part(placed.opened, name)
            return part.media_type, await placed.reader.part_bytes(placed.opened, part)

        handle = self._session.start(self.tr("Opening {name}").format(name=name), work)
        self._shell.follow(handle, on_done=lambda found: self._page.show_file(name, *found))

    def save(self, name: str) -> None:
        """Save an attachment, or the record's own file ("")."""
        shown = self._record.page
        if shown is None:
            return
        record, version = RecordId(bytes.fromhex(shown.record)), shown.shown
        file_dialogs.ask_save(
            self._shell.window,
            self.tr("Save the file"),
            name or shown.name,
            lambda path: self._save(record, version, name, path),
        )

    def export(self) -> None:
        """Save the last version of every record, with its attachments, into a new folder."""
        file_dialogs.ask_folder(
            self._shell.window, self.tr("Where to save your record"), self._save_all
        )

    @property
    def _patient(self) -> Address:
        return self._record.patient

    def _save(self, record: RecordId, version: int, name: str, path: Path) -> None:
        async def work() -> int:
            return await saving.save_part(
                self._session.context,
                self._patient,
                record,
                path,
                version=version,
                name=name or None,
            )

        handle = self._session.start(self.tr("Saving {name}").format(name=path.name), work)
        self._shell.follow(handle, on_done=lambda _: self._shell.toast(self.tr("Saved"), str(path)))

    def _save_all(self, folder: Path) -> None:
        day = datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H-%M")
        target = folder / self.tr("MedRec record {day}").format(day=day)

        async def work() -> Saved:
            return await saving.save_all(self._session.context, self._patient, target)

        handle = self._session.start(self.tr("Saving your record"), work)
        self._shell.follow(handle, on_done=lambda saved: self._saved_all(saved, target))

    def _saved_all(self, saved: Saved, target: Path) -> None:
        title = self.tr("{n} records saved").format(n=saved.records)
        said = [
            str(target),
            self.tr("These files are not sealed any more: whoever opens the folder reads them."),
        ]
        if saved.left_out:
            missing = self.tr("Not saved, because they could not be opened: {titles}")
            said.append(missing.format(titles=", ".join(saved.left_out)))
        tone = "warning" if saved.left_out else "success"
        self._shell.toast(title, "\n".join(said), tone=tone)
