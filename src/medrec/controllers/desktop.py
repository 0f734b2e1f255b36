"""The desktop: the door, one signed-in account at a time, and a window that is never stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QApplication

from medrec.controllers.entry import EntryController
from medrec.controllers.gate import Gate, Opened
from medrec.controllers.help import show_help
from medrec.controllers.shell import PageSpec
from medrec.controllers.workspace import WorkspaceController
from medrec.domain.people import Role
from medrec.errors import MedRecError
from medrec.models.session import Session
from medrec.views.common.shell.window import MainWindow
from medrec.views.common.theme import apply_theme
from medrec.views.common.tokens import Theme
from medrec.workers.jobs import Jobs
from medrec.workers.notifier import JobNotifier


class Desktop(QObject):
    """Ties the door, the session and the window together."""

    ended = pyqtSignal()
    """Everything is put away; the program may end."""

    def __init__(self, gate: Gate, window: MainWindow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._gate = gate
        self.window = window
        self.notifier = JobNotifier()
        self.session: Session | None = None
        self.workspace: WorkspaceController | None = None
        self._opened: Opened | None = None
        self._role: Role | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.entry = EntryController(gate, self.notifier, window, self)
        self.entry.opened.connect(self._on_opened)
        self.entry.lockAsked.connect(self.lock)
        window.closeAsked.connect(self.quit)
        self.notifier.bus.warned.connect(self._on_warning)

    def start(self) -> None:
        """Show the door."""
        self.entry.start()

    def lock(self) -> None:
        """Forget the keys and show the door, with the account chosen."""
        if self.session is not None:
            self._later(self._leave(locked=True))

    def sign_out(self) -> None:
        """Forget the keys and show the door."""
        self._later(self._leave(locked=False))

    def quit(self) -> None:
        """Put everything away, then end."""
        self._later(self._end())

    def _on_opened(self, opened: Opened) -> None:
        self._later(self._enter(opened))

    async def _enter(self, opened: Opened) -> None:
        """A session for the account that was opened, and the workspace of its role."""
        self._opened = opened
        session = Session(opened.context, Jobs(), self.notifier.bus, self)
        self.session = session
        session.online = opened.online
        try:
            await session.refresh()
        except MedRecError as error:
            self.window.toasts.show(error.sentence, sticky=True)
        if session.online:
            session.start(self.tr("Going on with what waited"), opened.catch_up, quiet=True)
        session.stateChanged.connect(self._on_state)
        self._build(session)
        session.follow()
        self.entry.signed_in(session)

    def _build(self, session: Session) -> None:
        """The workspace, anew when the account's role becomes known."""
        before, self._role = self.workspace, session.role
        workspace = WorkspaceController(session, self.window, self)
        workspace.lockAsked.connect(self.lock)
        workspace.signOutAsked.connect(self.sign_out)
        workspace.themeAsked.connect(self._set_theme)
        workspace.helpAsked.connect(lambda: show_help(self.window))
        workspace.set_pages(_pages_of(session)(session, workspace))
        self.workspace = workspace
        self.window.show_widget(workspace.view)
        if before is not None:
            before.deleteLater()

    def _on_state(self) -> None:
        session = self.session
        if session is not None and session.role is not self._role:
            self._build(session)

    def _set_theme(self, name: str) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, Theme(name) if name else None)
        self._later(self.entry.keep_theme(name or "system"))

    def _on_warning(self, sentence: str) -> None:
        if self.workspace is not None:
            self.workspace.toast(self.tr("Please note"), sentence, "warning")

    async def _leave(self, *, locked: bool) -> None:
        session, opened = self.session, self._opened
        if session is None:
            return
        self.entry.about_to_leave.emit()
        self.session = self._opened = None
        self._role = None
        self.entry.signed_out(session.name if locked else "")
        if self.workspace is not None:
            self.workspace.deleteLater()
            self.workspace = None
        await session.close()
        session.deleteLater()
        if opened is not None:
            await opened.close()

    async def _end(self) -> None:
        await self._leave(locked=False)
        await self.entry.close()
        self.ended.emit()

    def _later(self, work: object) -> None:
        """Run a coroutine of ours; its task is kept until it ends."""
        task = asyncio.get_running_loop().create_task(work)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _pages_of(session: Session) -> Callable[[Session, WorkspaceController], list[PageSpec]]:
    """The pages of the account's role; each role's screens are imported when they are needed."""
    if session.role is Role.PATIENT:
        from medrec.controllers.patient.workspace import pages
    elif session.role is Role.DOCTOR:
        from medrec.controllers.doctor.workspace import pages
    elif session.role is Role.ADMINISTRATOR:
        from medrec.controllers.admin.workspace import pages
    else:
        from medrec.controllers.registration import pages
    return pages
