"""Signing in: the chosen account, its key from the keyring, and every way it can go wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from medrec.controllers.gate import Gate, Opened
from medrec.domain.people import Role
from medrec.errors import (
    BadKeyFormat,
    IntegrityError,
    MedRecError,
    NetworkError,
    WrongPasswordOrKey,
)
from medrec.models.entry import AccountChoice, AccountsModel, key_complete
from medrec.services import administration
from medrec.views.common.entry.signin import SignInPage
from medrec.workers.jobs import Ended, JobHandle, Jobs
from medrec.workers.notifier import JobNotifier

T = TypeVar("T")

LOOK_EVERY = 10_000
"""Milliseconds between two looks at the network while the page is shown."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person signs in with; ``role`` is what a new account was made for."""

    name: str
    password: str = field(repr=False)
    key: str = field(repr=False)
    remember: bool = False
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of an account before anything is typed."""

    name: str
    password: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    invented: bool = False


class SignInController(QObject):
    """The sign-in page's intents as jobs."""

    opened = pyqtSignal(object, object)
    """`Opened` and the role that a new account was made for, or None."""
    noticed = pyqtSignal(str)
    """A sentence to show once the account is open."""

    def __init__(
        self,
        gate: Gate,
        jobs: Jobs,
        notifier: JobNotifier,
        page: SignInPage,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._gate = gate
        self._jobs = jobs
        self._notifier = notifier
        self._page = page
        self.model = AccountsModel(self)
        self._signing: JobHandle | None = None
        self._wanted = ""
        self._looking: JobHandle | None = None
        self._last: Credentials | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_EVERY)
        self._timer.timeout.connect(self.look)
        page.set_accounts(self.model)
        page.accountChosen.connect(self._on_chosen)
        page.signInAsked.connect(self._on_asked)
        page.offlineAsked.connect(self._on_offline)
        page.cancelAsked.connect(self.cancel)
        page.retryAsked.connect(self.look)

    def load(self, choose: str = "") -> JobHandle:
        """Read the accounts again and choose one: the given one, else the last, else the first."""
        self._timer.start()
        self.look()

        async def read() -> tuple[list[AccountChoice], bool, str]:
            found = await self._gate.accounts()
            last = choose or (await self._gate.preferences()).last_account
            return found, await self._gate.keyring_exists(), last

        return self._start(self.tr("Looking for accounts"), read, self._show)

    def leave(self) -> None:
        """The page is no longer shown: nothing of what was typed stays."""
        self._timer.stop()
        self._last = None
        self._wanted = ""
        self._page.clear_secrets()

    def look(self) -> None:
        """Ask the network's nodes how they are."""
        if self._looking is not None and self._looking.state is None:
            return
        self._looking = self._jobs.start(
            self.tr("Asking the network"), self._gate.network_state, quiet=True
        )
        self._looking.done.connect(self._page.set_network)
        self._looking.failed.connect(lambda error: self._page.set_network_error(error.sentence))

    def sign_in(self, credentials: Credentials, online: bool = True) -> JobHandle:
        """Open an account without blocking the window."""
        if self._signing is not None and self._signing.state is None:
            return self._signing
        self._last = credentials
        self._page.show_progress(self.tr("Opening the account"), 0, 0)

        async def work() -> tuple[Opened, bool]:
            return await self._open(credentials, online)

        self._signing = self._jobs.start(self.tr("Sign in"), work, quiet=True)
        self._signing.progressed.connect(self._page.show_progress)
        self._signing.warned.connect(self.noticed)
        self._signing.ended.connect(self._on_ended)
        return self._signing

    def cancel(self) -> None:
        """Stop signing in; nothing was changed."""
        if self._signing is not None:
            self._signing.cancel()

    async def _open(self, typed: Credentials, online: bool) -> tuple[Opened, bool]:
        gate = self._gate
        opened = await gate.unlock(typed.name, typed.password, typed.key, self._notifier, online)
        try:
            kept = await self._keep(typed)
            if online and typed.role is Role.ADMINISTRATOR:
                await self._register_administrator(opened)
        except BaseException:
            # Also when it was cancelled: an account that nobody shows must not stay open.
            await opened.close()
            raise
        return opened, kept

    async def _keep(self, typed: Credentials) -> bool:
        """Remember or forget the key; whether it is kept as wanted."""
        if typed.remember:
            return await self._gate.remember(typed.name, typed.key)
        if await self._gate.recall(typed.name) is not None:
            await self._gate.forget(typed.name)
        return True

    async def _register_administrator(self, opened: Opened) -> None:
        try:
            await administration.register(opened.context)
        except MedRecError as error:
            # It stays in the outbox, or the workspace says what the account may not do.
            self._notifier.warn(error.sentence)

    def _show(self, found: tuple[list[AccountChoice], bool, str]) -> None:
        rows, keyring, last = found
        self.model.set_rows(rows)
        self._page.set_keyring(keyring)
        names = [row.name for row in rows]
        if names:
            self._page.choose(last if last in names else names[0])
        else:
            self._page.choose("")

    def _on_chosen(self, name: str) -> None:
        self._wanted = name
        self._page.clear_secrets()
        if not name:
            return

        async def look_up() -> _Known:
            invented = await self._gate.invented(name)
            if invented is not None:
                return _Known(name, *invented, invented=True)
            return _Known(name, key=await self._gate.recall(name) or "")

        self._start(self.tr("Looking for the key"), look_up, self._on_known)

    def _on_known(self, known: _Known) -> None:
        # Somebody may have chosen another account, or begun to type, meanwhile.
        if known.name == self._wanted:
            self._page.offer(known.password, known.key, known.invented)

    def _on_offline(self, name: str, password: str, key: str, remember: bool) -> None:
        self._on_asked(name, password, key, remember, online=False)

    def _on_asked(
        self, name: str, password: str, key: str, remember: bool, online: bool = True
    ) -> None:
        if not password:
            self._page.show_password_error(self.tr("Type your password."))
        elif not key_complete(key):
            self._page.show_key_error(BadKeyFormat().sentence)
        else:
            role = self._last.role if self._last and self._last.name == name else None
            self.sign_in(Credentials(name, password, key, remember, role), online)

    def _on_ended(self, how: Ended) -> None:
        job = self._signing
        self._signing = None
        if job is None:
            return
        if how is Ended.DONE:
            opened, kept = job.result
            role = self._last.role if self._last is not None else None
            self.leave()
            self._page.show_idle()
            if not kept:
                self.noticed.emit(self.tr("The keyring did not keep the key. Type it next time."))
            self.opened.emit(opened, role)
        elif how is Ended.FAILED and isinstance(job.error, MedRecError):
            self._refused(job.error)
        elif how is Ended.CRASHED:
            self._page.show_trouble(self.tr("The account could not be opened. Try again."))
        else:
            self._page.show_idle()

    def _refused(self, error: MedRecError) -> None:
        if isinstance(error, WrongPasswordOrKey):
            self._page.show_refused(error.sentence)
        elif isinstance(error, BadKeyFormat):
            self._page.show_key_error(error.sentence)
        elif isinstance(error, NetworkError | IntegrityError):
            self._page.show_offline(error.sentence)
            self.look()
        else:
            self._page.show_trouble(error.sentence)

    def _start(
        self, title: str, work: Callable[[], Awaitable[T]], done: Callable[[T], None]
    ) -> JobHandle:
        job = self._jobs.start(title, work, quiet=True)
        job.done.connect(done)
        job.failed.connect(lambda error: self._page.show_trouble(error.sentence))
        return job
