"""The desktop: the door, one signed-in account at a time, and a window that is never stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtWidgets import QApplication

from medrec.controllers.entry import EntryController
from medrec.controllers.entry_lock import IdleLock
from medrec.controllers.gate import Gate, Opened
from medrec.domain.ids import Address
from medrec.domain.people import Role
from medrec.errors import MedRecError
from medrec.store.preferences import Preferences
from medrec.views.common.badges import Tone
from medrec.views.common.entry.view import EntryView
from medrec.views.common.shell.window import MainWindow
from medrec.views.common.theme import apply_theme, set_calm, theme_bus
from medrec.views.common.tokens import Theme
from medrec.workers.jobs import Jobs
from medrec.workers.notifier import JobNotifier

if TYPE_CHECKING:
    from medrec.controllers.shell import PageSpec
    from medrec.controllers.workspace import WorkspaceController
    from medrec.models.session import Session

SYSTEM = "system"
_log = logging.getLogger(__name__)


class Desktop(QObject):
    """Ties the door, the session and the window together.

    What only an open account needs is imported when one is opened.
    """

    ended = pyqtSignal()
    """Everything is put away; the program may end."""
    entered = pyqtSignal()
    """A workspace is shown."""
    left = pyqtSignal()
    """The account is closed."""
    rested = pyqtSignal()
    """Nothing runs at the door any more."""

    def __init__(self, gate: Gate, window: MainWindow, app: QApplication) -> None:
        super().__init__(window)
        self._gate, self._app = gate, app
        self.window = window
        self.notifier = JobNotifier()
        self.session: Session | None = None
        self.workspace: WorkspaceController | None = None
        self._opened: Opened | None = None
        self._preferences = Preferences()
        self._role: Role | None = None
        self._wanted: Role | None = None
        self._told: set[frozenset[Address]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._jobs = Jobs(self)
        self._jobs.rested.connect(self.rested)
        self.door = EntryView()
        self.entry = EntryController(gate, self._jobs, self.notifier, self.door, self)
        self.idle = IdleLock(app, parent=self)
        self.entry.opened.connect(self._on_opened)
        self.entry.noticed.connect(self._on_warning)
        self.idle.locked.connect(self.lock)
        window.closeAsked.connect(self.quit)
        self.notifier.bus.warned.connect(self._on_warning)
        theme_bus.themeAsked.connect(self._set_theme)
        theme_bus.calmAsked.connect(self._set_less_motion)

    def start(self, preferences: Preferences) -> None:
        """Show the door."""
        self._preferences = preferences
        self.idle.set_minutes(preferences.lock_minutes)
        self.window.show_widget(self.door)
        self.entry.begin(preferences.last_account)

    def lock(self) -> None:
        """Forget the keys and show the door, with the account chosen."""
        if self.session is not None:
            self._later(self._leave(locked=True))

    def sign_out(self) -> None:
        """Forget the keys and show the door."""
        self._later(self._leave(locked=False))

    def _open_network(self) -> None:
        """Forget the keys and ask for a network file."""
        self._later(self._leave(locked=False, to_network=True))

    def quit(self) -> None:
        """Put everything away, then end."""
        self._later(self._end())

    def _on_opened(self, opened: Opened, wanted: Role | None) -> None:
        self._wanted = wanted
        self._later(self._enter(opened))

    async def _enter(self, opened: Opened) -> None:
        """A session for the account that was opened, and the workspace of its role."""
        from medrec.models.session import Session

        self._opened = opened
        session = Session(opened.context, Jobs(), self.notifier.bus, self)
        self.session = session
        session.online = opened.online
        try:
            await session.refresh()
        except MedRecError as error:
            self._on_warning(error.sentence)
        self._build(session)
        session.stateChanged.connect(self._on_state)
        session.follow()
        if session.online:
            session.start(self.tr("Going on with what waited"), opened.catch_up, quiet=True)
        self.idle.arm()
        await self._keep(last_account=session.name)
        self.entered.emit()

    def _build(self, session: Session) -> None:
        """The workspace, anew when the account's role becomes known."""
        from medrec.controllers.workspace import WorkspaceController

        before, self._role = self.workspace, session.role
        workspace = WorkspaceController(session, self.window, self)
        workspace.lockAsked.connect(self.idle.lock)
        workspace.signOutAsked.connect(self.sign_out)
        workspace.networkAsked.connect(self._open_network)
        workspace.told = self._told
        workspace.lock_minutes = self._preferences.lock_minutes
        workspace.lockTimeAsked.connect(self._set_lock_minutes)
        workspace.helpAsked.connect(self._show_help)
        self.workspace = workspace
        workspace.set_pages(_pages_of(session, self._wanted)(session, workspace))
        self.window.show_widget(workspace.view)
        if session.online:
            workspace.news.look()
        if before is not None:
            self._drop(before)

    def _show_help(self) -> None:
        from medrec.controllers.help import show_help

        show_help(self.window)

    def _drop(self, workspace: WorkspaceController) -> None:
        self.window.drop_widget(workspace.view)
        workspace.deleteLater()

    def _on_state(self) -> None:
        session = self.session
        if session is not None and session.role is not self._role:
            self._build(session)

    def _set_theme(self, name: str) -> None:
        apply_theme(self._app, Theme(name) if name else None)
        self._later(self._keep(theme=name or SYSTEM))

    def _set_less_motion(self, less: bool) -> None:
        set_calm(less)
        self._later(self._keep(less_motion=less))

    def _set_lock_minutes(self, minutes: int) -> None:
        self.idle.set_minutes(minutes)
        if self.workspace is not None:
            self.workspace.lock_minutes = minutes
        self._later(self._keep(lock_minutes=minutes))

    async def _keep(self, **settings: object) -> None:
        """Remember settings; one that cannot be written is no reason to stop."""
        held = {name: getattr(self._preferences, name) for name in Preferences.__slots__}
        self._preferences = Preferences(**{**held, **settings})
        try:
            await self._gate.set_preferences(self._preferences)
        except MedRecError as error:
            self._on_warning(error.sentence)

    def _on_warning(self, sentence: str) -> None:
        self.window.toasts.show(self.tr("Please note"), sentence, tone=Tone.WARNING)

    async def _leave(self, *, locked: bool, to_network: bool = False) -> None:
        session, opened, workspace = self.session, self._opened, self.workspace
        if session is None or workspace is None:
            return
        workspace.leaving.emit()
        self.idle.disarm()
        self.session = self._opened = self.workspace = None
        self._role = None
        self.window.show_widget(self.door)
        if locked:
            self.entry.show_locked(session.name)
        else:
            self.entry.show_sign_in(session.name)
        if to_network:
            self.entry.show_network()
        self._drop(workspace)
        await session.close()
        session.deleteLater()
        if opened is not None:
            await opened.close()
        self.left.emit()

    async def _end(self) -> None:
        await self._leave(locked=False)
        await self._jobs.close()
        self.ended.emit()

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine of ours; its task is kept until it ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._put_by)

    def _put_by(self, task: asyncio.Task[None]) -> None:
        """A defect here must not leave the person before a window in which nothing happens."""
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            _log.error("The desktop made a mistake: %s", type(error).__name__, exc_info=error)
            self.window.toasts.show(
                self.tr("Something went wrong in MedRec itself."),
                self.tr("Nothing you saved is lost. Close MedRec and open it again."),
                tone=Tone.DANGER,
                sticky=True,
            )


def _pages_of(
    session: Session, wanted: Role | None
) -> Callable[[Session, WorkspaceController], list[PageSpec]]:
    """The pages of the account's role; each role's screens are imported when they are needed."""
    if session.role is Role.PATIENT:
        from medrec.controllers.patient.workspace import pages
    elif session.role is Role.DOCTOR:
        from medrec.controllers.doctor.workspace import pages
    elif session.role is Role.ADMINISTRATOR:
        from medrec.controllers.admin.workspace import pages
    else:
        from medrec.controllers.registration import pages_for

        return pages_for(wanted)
    return pages
