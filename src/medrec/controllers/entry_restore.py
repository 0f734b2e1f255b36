"""Bringing an account along: from its words, its private key or a keystore file."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.controllers.entry_signin import Credentials
from medrec.controllers.gate import Gate
from medrec.errors import AccountExists, MedRecError
from medrec.services.accounts import NewAccount
from medrec.services.new_account import Brought, Recognised, SecretKind
from medrec.views.common.entry.restore import RestorePage, Step
from medrec.workers.jobs import JobHandle, Jobs
from medrec.workers.notifier import JobNotifier


class RestoreController(QObject):
    """What is brought, a new password, a new key; then the account signs in from here."""

    made = pyqtSignal(object)
    """`Credentials` of the account, which signs in from here now."""
    left = pyqtSignal(str)
    """Left; the name of the account where it was written already, else empty."""

    def __init__(
        self,
        gate: Gate,
        jobs: Jobs,
        notifier: JobNotifier,
        page: RestorePage,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._gate = gate
        self._jobs = jobs
        self._notifier = notifier
        self._page = page
        self._found: Recognised | None = None
        self._written: Credentials | None = None
        self._running: JobHandle | None = None
        page.secretGiven.connect(self._on_secret)
        page.fileChosen.connect(self._on_file)
        page.passwordGiven.connect(lambda: page.show_step(Step.KEY))
        page.keyWritten.connect(self._on_key_written)
        page.retryAsked.connect(self._take_over)
        page.leaveAsked.connect(self.leave)

    def begin(self, kind: SecretKind) -> JobHandle:
        """Start from the first step."""
        self._forget()
        self._page.choose_kind(kind)
        job = self._jobs.start(
            self.tr("Looking for a keyring"), self._gate.keyring_exists, quiet=True
        )
        job.done.connect(self._page.set_keyring)
        return job

    def leave(self) -> None:
        """Forget everything that was typed."""
        if self._running is not None and self._running.state is None:
            self._running.cancel()
        name = self._written.name if self._written is not None else ""
        self._forget()
        self.left.emit(name)

    def _forget(self) -> None:
        self._found = None
        self._written = None
        self._running = None
        self._page.reset()

    def _on_file(self, path: str) -> None:
        async def read() -> str:
            return await self._gate.read_text(Path(path))

        job = self._jobs.start(self.tr("Reading the file"), read, quiet=True)
        job.done.connect(lambda text: self._page.set_file(Path(path).name, text))
        job.failed.connect(lambda error: self._page.show_secret_error(error.sentence))

    def _on_secret(self, brought: Brought, label: str) -> None:
        if self._running is not None and self._running.state is None:
            return
        if not label:
            self._page.show_name_error(self.tr("Give the account a name."))
            return
        self._page.set_busy(True)

        async def look() -> Recognised | MedRecError:
            try:
                await self._gate.check_label(label)
            except MedRecError as error:
                return error
            return await self._gate.recognise(brought)

        job = self._jobs.start(self.tr("Opening what you brought"), look, quiet=True)
        self._running = job
        job.done.connect(self._on_recognised)
        job.failed.connect(lambda error: self._page.show_secret_error(error.sentence))
        job.crashed.connect(
            lambda _: self._page.show_secret_error(self.tr("This could not be opened."))
        )
        job.ended.connect(lambda _: self._page.set_busy(False))

    def _on_recognised(self, found: Recognised | MedRecError) -> None:
        if isinstance(found, MedRecError):
            self._page.show_name_error(found.sentence)
            return
        self._found = found
        self._page.set_found(found.address, found.here, found.key)
        self._page.show_step(Step.PASSWORD)

    def _on_key_written(self, label: str, password: str, remember: bool) -> None:
        found = self._found
        if found is None or (self._running is not None and self._running.state is None):
            return
        self._page.set_busy(True)

        async def write() -> NewAccount:
            return await self._gate.bring_in(label, found, password)

        job = self._jobs.start(self.tr("Bringing the account here"), write, quiet=True)
        self._running = job
        job.done.connect(
            lambda made: self._on_written(Credentials(made.name, password, made.key, remember))
        )
        job.failed.connect(self._on_refused)
        job.crashed.connect(
            lambda _: self._page.show_trouble(self.tr("The account could not be written."))
        )
        job.ended.connect(lambda _: self._page.set_busy(False))

    def _on_refused(self, error: MedRecError) -> None:
        self._page.set_busy(False)
        if isinstance(error, AccountExists):
            self._page.show_name_error(error.sentence)
        else:
            self._page.show_trouble(error.sentence)

    def _on_written(self, credentials: Credentials) -> None:
        self._written = credentials
        self._page.show_step(Step.HERE)
        self._take_over()

    def _take_over(self) -> None:
        """Announce the new password and key, where the account was registered before."""
        written = self._written
        if written is None:
            return
        self._page.show_progress(self.tr("Opening the account"), 0, 0)

        async def announce() -> None:
            await self._gate.take_over(written.name, written.password, written.key, self._notifier)

        job = self._jobs.start(self.tr("Sign in from here"), announce, quiet=True)
        self._running = job
        job.progressed.connect(self._page.show_progress)
        job.done.connect(lambda _: self._finish(written))
        job.failed.connect(lambda error: self._page.show_waiting(error.sentence))
        job.crashed.connect(
            lambda _: self._page.show_waiting(self.tr("The network could not be told."))
        )

    def _finish(self, credentials: Credentials) -> None:
        self._forget()
        self.made.emit(credentials)
