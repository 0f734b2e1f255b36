"""What a patient writes: documents, new versions, archiving, and asking for a correction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PyQt6.QtCore import QObject

from medrec.clinical.forms import FormKind
from medrec.controllers.shell import Shell
from medrec.domain.ids import RecordId
from medrec.domain.imports import AddDocument, FilePreview
from medrec.domain.outbox import Job
from medrec.models.record import RecordModel
from medrec.models.record_page import RecordPage
from medrec.models.session import Session
from medrec.models.timeline_row import TimelineRow
from medrec.services import carrying, corrections, drafts, importing
from medrec.services.drafts import Outcome, SavedDraft, Sent
from medrec.services.writing import WrittenRecord
from medrec.views.common.add_document import AddDocumentDialog
from medrec.views.common.dialogs import Dialog
from medrec.views.patient.record_dialogs import ArchiveDialog, CorrectionDialog, SettleDialog
from medrec.views.patient.records import RecordsPage
from medrec.workers.jobs import Ended, JobHandle


class RecordWriting(QObject):
    """Every wish is kept here before it is said to be saved; it waits while the network is away."""

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
        self.dialog: Dialog | None = None
        page.addRequested.connect(lambda: self.add([]))
        page.filesDropped.connect(self.add)
        page.detail.correctionRequested.connect(self.ask_correction)
        page.detail.amendRequested.connect(self.amend)
        page.detail.archiveRequested.connect(self.archive)

    def add(self, paths: Sequence[Path]) -> None:
        """Ask what a file is, then add it; several files one after the other."""
        dialog = AddDocumentDialog(self._shell.window, path=paths[0] if paths else None)
        dialog.added.connect(self._add)
        rest = list(paths[1:])
        if rest:
            dialog.finished.connect(lambda _: self.add(rest))
        self._ask(dialog)

    def amend(self) -> None:
        """Ask for the file that becomes the next version of the record that is shown."""
        shown = self._record.page
        if shown is None or not shown.may_amend:
            return
        dialog = AddDocumentDialog(
            self._shell.window, categories=[shown.category], chosen=shown.category
        )
        dialog.set_title(self.tr("A new version of “{title}”").format(title=shown.title))
        dialog.title.set_text(shown.title)
        dialog.added.connect(lambda wish: self._add(wish, shown))
        self._ask(dialog)

    def archive(self) -> None:
        """Ask why, then archive the record that is shown."""
        shown = self._record.page
        if shown is None or not shown.may_archive:
            return
        self._ask_archive(shown)

    def _ask_archive(self, shown: RecordPage, said: str = "", wrong: str = "") -> None:
        dialog = ArchiveDialog(self._shell.window, shown)
        dialog.given.connect(lambda reason: self._archive(shown, reason))
        self._ask_text(dialog, said, wrong)

    def ask_correction(self) -> None:
        """Ask what is wrong, then write it down for the record's author."""
        shown = self._record.page
        if shown is None or not shown.may_ask_correction:
            return
        self._ask_correction(shown)

    def _ask_correction(self, shown: RecordPage, said: str = "", wrong: str = "") -> None:
        dialog = CorrectionDialog(self._shell.window, shown)
        dialog.given.connect(lambda text: self._correct(shown, text))
        self._ask_text(dialog, said, wrong)

    def _ask_text(self, dialog: ArchiveDialog | CorrectionDialog, said: str, wrong: str) -> None:
        """Ask; what was refused stands in it again, with the reason."""
        dialog.field.set_text(said)
        dialog.field.set_error(wrong)
        self.dialog = dialog
        dialog.open()

    def settle(self, row: TimelineRow) -> None:
        """A document that was not saved: say why, then do what the person chooses."""
        if not (isinstance(row.key, tuple) and row.key[0] == "draft"):
            return
        name = str(row.key[1])
        dialog = SettleDialog(self._shell.window, row)
        dialog.sent.connect(lambda: self._send_again(name, row))
        dialog.dropped.connect(lambda: self._drop(name, row))
        self.dialog = dialog
        dialog.open()

    def _send_again(self, name: str, row: TimelineRow) -> None:
        context = self._session.context

        async def work() -> Outcome | None:
            draft = await drafts.restore(context, name)
            if draft is not None and draft.conflict:
                newer = await drafts.theirs(context, draft)
                draft = await drafts.on_top(context, draft, newer.version)
            return await drafts.send(context, draft) if draft is not None else None

        self._follow(self._session.start(self.tr("Add “{title}”").format(title=row.title), work))

    def _drop(self, name: str, row: TimelineRow) -> None:
        context = self._session.context

        async def work() -> None:
            draft = await drafts.restore(context, name)
            if draft is not None:
                await drafts.discard(context, draft)

        handle = self._session.start(self.tr("Drop “{title}”").format(title=row.title), work)
        self._shell.follow(handle, done=self.tr("Dropped"))

    def _ask(self, dialog: AddDocumentDialog) -> None:
        self.dialog = dialog
        dialog.finished.connect(lambda _: self._let_go(dialog))
        dialog.looked.connect(lambda path: self._look(dialog, path))
        if dialog.area.path is not None:
            self._look(dialog, dialog.area.path)
        dialog.open()

    def _let_go(self, dialog: AddDocumentDialog) -> None:
        """What is still being looked into has nobody to be told to any more."""
        if self.dialog is dialog:
            self.dialog = None

    def _look(self, dialog: AddDocumentDialog, path: Path) -> None:
        async def work() -> FilePreview:
            return await importing.preview(self._session.context, path)

        handle = self._session.start(self.tr("Looking into the file"), work, quiet=True)

        def ended(how: Ended) -> None:
            if dialog is not self.dialog:
                return
            if how is Ended.DONE:
                dialog.show_preview(handle.result)
            elif how is Ended.FAILED:
                dialog.show_error(handle.sentence)

        handle.ended.connect(ended)

    def _add(self, wish: AddDocument, amended: RecordPage | None = None) -> None:
        session = self._session
        draft = SavedDraft(
            id=drafts.new_id(),
            patient=session.me,
            patient_name=session.title,
            author_name=session.title,
            kind=FormKind.DOCUMENT,
            category=wish.category,
            texts={
                "file": str(wish.path),
                "title": wish.title,
                "plain": "yes" if wish.plain else "",
            },
            record=RecordId(bytes.fromhex(amended.record)) if amended is not None else None,
            base_version=amended.latest if amended is not None else None,
        )

        async def work() -> Outcome:
            return await drafts.send(session.context, draft)

        title = wish.title or wish.path.name
        self._follow(session.start(self.tr("Add “{title}”").format(title=title), work))

    def _follow(self, handle: JobHandle) -> None:
        self._shell.follow(handle, on_done=lambda outcome: self._ended(handle.title, outcome))

    def _ended(self, title: str, outcome: Outcome | None) -> None:
        if outcome is None:
            return
        if outcome.state is Sent.SENT:
            self._shell.toast(self.tr("Saved to your record"), outcome.draft.texts.get("title", ""))
        elif outcome.state is Sent.WAITING:
            waits = self.tr("Saved here, not yet shared. It goes out by itself.")
            self._shell.toast(title, waits, tone="warning")
        else:
            self._shell.toast(title, outcome.sentence, tone="danger")
        self._session.outboxChanged.emit()

    def _archive(self, shown: RecordPage, reason: str) -> None:
        record = RecordId(bytes.fromhex(shown.record))

        async def work() -> Job:
            context = self._session.context
            return await carrying.archive(context, self._session.me, record, reason, shown.latest)

        def ask(wrong: str) -> None:
            self._ask_archive(shown, reason, wrong)

        handle = self._session.start(self.tr("Archive “{title}”").format(title=shown.title), work)
        self._shell.follow(handle, done=self.tr("Archived"))
        handle.ended.connect(lambda how: self._if_refused(handle, how, ask))

    def _correct(self, shown: RecordPage, text: str) -> None:
        record = RecordId(bytes.fromhex(shown.record))

        async def work() -> WrittenRecord:
            return await corrections.ask(self._session.context, record, shown.shown, text)

        def ask(wrong: str) -> None:
            self._ask_correction(shown, text, wrong)

        handle = self._session.start(self.tr("Ask for a correction"), work)
        self._shell.follow(handle, done=self.tr("Asked: the author sees it with your record"))
        handle.ended.connect(lambda how: self._if_refused(handle, how, ask))

    def _if_refused(self, handle: JobHandle, how: Ended, ask: Callable[[str], None]) -> None:
        """What was typed is not lost with a refusal; what waits is in the outbox."""
        if how is Ended.FAILED and not handle.waits:
            ask(handle.sentence)
