"""The drafts of the page: kept, listed, opened again, sent, and what became of them."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.controllers.shell import Shell
from medrec.domain.ids import Address
from medrec.models.session import Session
from medrec.services import drafts
from medrec.services.drafts import Outcome, SavedDraft, Sent, Theirs
from medrec.views.common import dates
from medrec.views.doctor.conflict import ConflictDialog, Row
from medrec.views.doctor.write import WritePage
from medrec.workers.jobs import Ended, JobHandle


class Drafts(QObject):
    """Every change of a draft is a job, one after the other."""

    chosen = pyqtSignal(object)
    """A `SavedDraft` to write on."""
    sentAway = pyqtSignal(object, bool)
    """The draft that was sent, and whether its form is free again."""

    def __init__(
        self, session: Session, page: WritePage, shell: Shell, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._page, self._shell = session, page, shell
        self._patient: Address | None = None
        self.dialog: ConflictDialog | None = None
        self.held: Callable[[], Collection[str]] = tuple
        """The ids of the drafts that stand in forms: those are not listed."""
        self._keeping: dict[str, SavedDraft] = {}
        self._closed = False
        session.at_close(self._flush)
        # A method of ours, not a lambda: it is let go with the page when somebody signs out.
        session.changed.connect(self._on_changed)

    def follow(self, patient: Address | None) -> None:
        """List the drafts about another patient."""
        self._patient = patient
        self._page.show_drafts([])
        self.reload()

    def reload(self) -> None:
        """Read the list again."""
        patient = self._patient
        if patient is None:
            return
        context = self._session.context
        job = self._quiet(lambda: drafts.listed(context, patient))
        job.done.connect(lambda found: self._show(patient, found))

    def _on_changed(self, _subject: str) -> None:
        self.reload()

    def keep(self, draft: SavedDraft) -> None:
        """Keep a draft, and say since when it is kept."""
        if self._closed:
            return
        context = self._session.context
        self._keeping[draft.id] = draft
        job = self._quiet(lambda: drafts.save(context, draft))
        job.done.connect(self._on_kept)
        job.failed.connect(
            lambda error: self._shell.toast(
                self.tr("The draft could not be kept"), error.sentence, "danger"
            )
        )

    def open(self, draft: str) -> None:
        """Go on with a draft; one that waits no longer goes out by itself."""
        context = self._session.context

        async def work() -> SavedDraft | None:
            found = await drafts.restore(context, draft)
            if found is not None and found.waiting:
                return await drafts.take_back(context, found)
            return found

        job = self._session.start(self.tr("Opening the draft"), work, quiet=True)
        self._shell.follow(job, on_done=self._on_opened)

    def drop(self, draft: str) -> None:
        """Forget a draft of the list."""
        context = self._session.context

        async def work() -> None:
            found = await drafts.restore(context, draft)
            if found is not None:
                await drafts.discard(context, found)

        job = self._session.start(self.tr("Dropping the draft"), work, quiet=True)
        self._shell.follow(job, on_done=lambda _: self._changed())

    def discard(self, draft: SavedDraft) -> None:
        """Forget the draft of a form."""
        context = self._session.context
        job = self._session.start(
            self.tr("Dropping the draft"), lambda: drafts.discard(context, draft), quiet=True
        )
        self._shell.follow(job, on_done=lambda _: self._changed())

    def send(self, draft: SavedDraft) -> JobHandle:
        """Write a draft to the record."""
        context = self._session.context
        self._keeping.pop(draft.id, None)
        job = self._session.start(self.tr("Saving"), lambda: drafts.send(context, draft))
        self._shell.follow(job, on_done=self._on_outcome)
        job.ended.connect(lambda how: self._on_ended(how, draft))
        return job

    def _changed(self) -> None:
        """What waits is another now, here and in the outbox."""
        self.reload()
        self._session.outboxChanged.emit()

    def _quiet(self, work: object) -> JobHandle:
        return self._session.start(self.tr("Drafts"), work, quiet=True)  # type: ignore[arg-type]

    def _show(self, patient: Address, found: list[SavedDraft]) -> None:
        if patient == self._patient:
            held = self.held()
            self._page.show_drafts([draft for draft in found if draft.id not in held])

    async def _flush(self) -> None:
        """The account is being locked: what was typed last is kept before the keys go."""
        self._closed = True
        for draft in list(self._keeping.values()):
            await drafts.save(self._session.context, draft)

    def _on_kept(self, draft: SavedDraft) -> None:
        held = self._keeping.get(draft.id)
        if held is not None and held.texts == draft.texts:
            del self._keeping[draft.id]
        words = self.tr("Draft kept on this computer, encrypted, {time}")
        self._page.show_status(words.format(time=dates.clock(draft.saved)))
        self.reload()

    def _on_opened(self, draft: SavedDraft | None) -> None:
        self._session.outboxChanged.emit()
        if draft is None:
            self.reload()
        elif draft.conflict:
            self._ask(draft)
        else:
            self.chosen.emit(draft)

    def _on_ended(self, how: Ended, draft: SavedDraft) -> None:
        if how is not Ended.DONE:
            # It stays a draft, and in its form.
            self.sentAway.emit(draft, False)
        self.reload()

    def _on_outcome(self, outcome: Outcome) -> None:
        draft = outcome.draft
        self.sentAway.emit(draft, outcome.state in (Sent.SENT, Sent.WAITING))
        if outcome.state is Sent.SENT:
            words = self.tr("In the record of {name}, version {n}.")
            self._shell.toast(
                self.tr("Saved"), words.format(name=draft.patient_name, n=outcome.version)
            )
            self._session.look_now()
        elif outcome.state is Sent.WAITING:
            self._shell.toast(
                self.tr("Saved here, not yet shared"),
                self.tr("It goes out by itself as soon as it can. {why}").format(
                    why=outcome.sentence
                ),
                "warning",
            )
        elif outcome.state is Sent.CONFLICT:
            self._ask(draft)
        else:
            self._shell.toast(self.tr("Not saved"), outcome.sentence, "danger")

    def _ask(self, draft: SavedDraft) -> None:
        """Read what the other one wrote, then let the author choose."""
        context = self._session.context
        job = self._session.start(
            self.tr("Opening the newer version"), lambda: drafts.theirs(context, draft), quiet=True
        )
        self._shell.follow(job, on_done=lambda found: self._compare(draft, found))

    def _compare(self, draft: SavedDraft, found: Theirs) -> None:
        dialog = ConflictDialog(self._shell.window, found, self._rows(draft, found))
        dialog.keepTheirs.connect(lambda: self._keep_theirs(draft))
        dialog.editMine.connect(lambda: self._edit_mine(draft, found.version))
        self.dialog = dialog
        dialog.open()

    def _rows(self, draft: SavedDraft, found: Theirs) -> list[Row]:
        if found.texts is None:
            return []
        rows = []
        for name, label in self._page.labels(draft.kind).items():
            mine, other = draft.texts.get(name, ""), found.texts.get(name, "")
            if mine or other:
                shown = [self._page.shown(draft.kind, name, text) for text in (mine, other)]
                rows.append((label, shown[0], shown[1]))
        return rows

    def _keep_theirs(self, draft: SavedDraft) -> None:
        self.sentAway.emit(draft, True)
        self.discard(draft)

    def _edit_mine(self, draft: SavedDraft, version: int) -> None:
        context = self._session.context
        # The form may still hold the draft that this one replaces.
        self.sentAway.emit(draft, True)
        job = self._session.start(
            self.tr("Opening the draft"), lambda: drafts.on_top(context, draft, version), quiet=True
        )
        self._shell.follow(job, on_done=self.chosen.emit)
        job.ended.connect(lambda _: self.reload())
