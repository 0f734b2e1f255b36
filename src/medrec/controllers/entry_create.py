"""Creating an account: it is written only when its words and its key are known to be kept."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.controllers.entry_signin import Credentials
from medrec.controllers.gate import Gate
from medrec.domain.people import Role
from medrec.errors import AccountExists, MedRecError
from medrec.services.accounts import NewAccount
from medrec.services.new_account import AccountDraft
from medrec.views.common.entry.create import CreatePage, Step
from medrec.workers.jobs import JobHandle, Jobs


class CreateController(QObject):
    """The five steps from a name to an account."""

    made = pyqtSignal(object)
    """`Credentials` of the new account."""
    left = pyqtSignal()
    """Given up; nothing was written."""

    def __init__(
        self, gate: Gate, jobs: Jobs, page: CreatePage, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._gate = gate
        self._jobs = jobs
        self._page = page
        self._draft: AccountDraft | None = None
        self._writing: JobHandle | None = None
        page.whoGiven.connect(self._on_who)
        page.answersGiven.connect(self._on_answers)
        page.passwordGiven.connect(lambda: page.show_step(Step.KEY))
        page.keyWritten.connect(self._on_key_written)
        page.leaveAsked.connect(self.leave)

    def begin(self) -> JobHandle:
        """Start from the first step, with new words."""
        self._page.reset()

        async def keyring_and_draft() -> tuple[bool, AccountDraft]:
            return await self._gate.keyring_exists(), await self._gate.draft()

        job = self._jobs.start(self.tr("Drawing words"), keyring_and_draft, quiet=True)
        job.done.connect(self._on_drawn)
        return job

    def leave(self) -> None:
        """Forget words, key and password; nothing was written."""
        if self._writing is None:
            self._forget()
            self.left.emit()

    def _forget(self) -> None:
        self._draft = None
        self._page.reset()

    def _on_drawn(self, drawn: tuple[bool, AccountDraft]) -> None:
        keyring, draft = drawn
        self._draft = draft
        self._page.set_draft(draft.words, draft.asked, draft.key, keyring)

    def _on_who(self, role: Role, label: str) -> None:
        if not label:
            self._page.show_name_error(self.tr("Give the account a name."))
            return

        async def check() -> None:
            await self._gate.check_label(label)

        job = self._jobs.start(self.tr("Checking the name"), check, quiet=True)
        job.done.connect(lambda _: self._page.show_step(Step.WORDS))
        job.failed.connect(lambda error: self._page.show_name_error(error.sentence))

    def _on_answers(self, answers: list[str]) -> None:
        if self._draft is None:
            return
        wrong = self._draft.wrong(answers)
        if wrong:
            self._page.show_wrong_words(wrong)
        else:
            self._page.show_step(Step.PASSWORD)

    def _on_key_written(self, label: str, password: str, remember: bool) -> None:
        draft = self._draft
        if draft is None or self._writing is not None:
            return
        self._page.set_creating(True)

        async def write() -> NewAccount:
            return await self._gate.create(label, draft, password)

        job = self._jobs.start(self.tr("Creating the account"), write, quiet=True)
        self._writing = job
        role = self._page.role()
        job.done.connect(
            lambda made: self._on_made(Credentials(made.name, password, made.key, remember, role))
        )
        job.failed.connect(self._on_refused)
        job.crashed.connect(
            lambda _: self._page.show_trouble(
                self.tr("The account could not be written. Nothing was created. Try again.")
            )
        )
        job.ended.connect(self._on_written)

    def _on_refused(self, error: MedRecError) -> None:
        self._on_written()
        if isinstance(error, AccountExists):
            self._page.show_name_error(error.sentence)
        else:
            self._page.show_trouble(error.sentence)

    def _on_written(self) -> None:
        self._writing = None
        self._page.set_creating(False)

    def _on_made(self, credentials: Credentials) -> None:
        self._writing = None
        self._forget()
        self.made.emit(credentials)
