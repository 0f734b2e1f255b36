"""The workspace of one signed-in account: pages, top bar, popovers, and how jobs end in words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QKeyEvent
from PyQt6.QtWidgets import QWidget

from medrec.controllers.shell import PageSpec
from medrec.domain.ids import Address
from medrec.domain.people import Role
from medrec.models.announcement import AnnouncementModel
from medrec.models.outbox import OutboxModel, OutboxRow
from medrec.models.session import Session
from medrec.views.common.badges import Badge, Tone
from medrec.views.common.menu import Menu
from medrec.views.common.shell.popovers import Hit, NetworkPopover, OutboxPopover, SearchResults
from medrec.views.common.shell.topbar import NetworkState, OutboxState
from medrec.views.common.shell.window import MainWindow
from medrec.views.common.shell.workspace import Workspace
from medrec.views.common.theme import calm, chosen, theme_bus
from medrec.workers.jobs import Ended, JobHandle

MOST_HITS = 12
LOCK_TIMES = (2, 5, 10, 30, 0)
"""Minutes to choose from; 0 never locks by itself."""

WRITE = "write"
"""The page that drafts are opened on, where the role has one."""

ACCOUNT_PAGES = ("profile", "security")
"""Pages of the person that the identity's menu leads to as well, where the role has them."""


class WorkspaceController(QObject):
    """`medrec.controllers.shell.Shell` over the one window."""

    lockAsked = pyqtSignal()
    signOutAsked = pyqtSignal()
    lockTimeAsked = pyqtSignal(int)
    """Minutes of idle time after which it locks by itself; 0 for never."""
    helpAsked = pyqtSignal()
    networkAsked = pyqtSignal()
    """Sign out, to open another network file."""
    leaving = pyqtSignal()
    """The account is about to close: keep what is unsaved."""

    def __init__(self, session: Session, window: MainWindow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._window = window
        self.lock_minutes = 0
        self.news = AnnouncementModel(session, self)
        self.told: set[frozenset[Address]] = set()
        """Announcements that the person has closed; they are told again at the next start."""
        self.view = Workspace()
        self.outbox = OutboxModel(session, self)
        self._specs: dict[str, PageSpec] = {}
        self._pages: dict[str, QWidget] = {}
        self._finders: list[Callable[[str], Sequence[Hit]]] = []
        self._results = SearchResults(self.view)
        self._results.chosen.connect(self._on_hit)
        self._connect()
        self.outbox.reload()

    @property
    def window(self) -> QWidget:
        """The parent of dialogs."""
        return self._window

    def set_pages(self, specs: Sequence[PageSpec]) -> None:
        """The role's pages; the first is shown."""
        for spec in specs:
            self._specs[spec.key] = spec
            item = self.view.rail.add(spec.key, spec.text, spec.icon)
            if spec.count is not None:
                spec.count.changed.connect(item.set_count)
                item.set_count(spec.count.value)
        if specs:
            self.go(specs[0].key)

    def add_finder(self, finder: Callable[[str], Sequence[Hit]]) -> None:
        """Let the search look somewhere more."""
        self._finders.append(finder)

    def go(self, key: str, **facts: object) -> None:
        """Show a page, built on its first visit."""
        if key not in self._specs:
            return
        if key not in self._pages:
            page = self._specs[key].build()
            self._pages[key] = page
            self.view.pages.addWidget(page)
        page = self._pages[key]
        if page is not self.view.pages.currentWidget():
            self._window.toasts.pass_by()
        self.view.pages.setCurrentWidget(page)
        self.view.rail.select(key)
        arrive = getattr(page, "arrive", None)
        if arrive is not None and facts:
            arrive(**facts)

    def toast(
        self,
        title: str,
        text: str = "",
        tone: str = "success",
        action: str = "",
        on_action: Callable[[], None] | None = None,
    ) -> None:
        """Say something in passing."""
        self._window.toasts.show(
            title,
            text,
            tone=Tone(tone),
            action=action,
            on_action=on_action,
            sticky=tone == Tone.DANGER,
        )

    def follow(
        self, handle: JobHandle, done: str = "", on_done: Callable[[Any], None] | None = None
    ) -> JobHandle:
        """Say how a job ended, once."""

        def ended(how: Ended) -> None:
            if how is Ended.DONE:
                if on_done is not None:
                    on_done(handle.result)
                if done:
                    self.toast(done)
            elif how is Ended.FAILED:
                self.toast(handle.title, handle.sentence, "warning" if handle.waits else "danger")
            elif how is Ended.CRASHED:
                self.toast(
                    handle.title, self.tr("Something went wrong in MedRec itself."), "danger"
                )
            elif how is Ended.CANCELLED:
                self.toast(self.tr("Stopped"), handle.title, "neutral")

        handle.warned.connect(lambda sentence: self.toast(handle.title, sentence, "warning"))
        handle.ended.connect(ended)
        return handle

    def eventFilter(self, a0: QObject | None, a1: QEvent | None) -> bool:
        """Arrows, Enter and Escape in the search field; results go when it is left (Qt)."""
        if a1 is not None and a1.type() is QEvent.Type.FocusOut:
            self._results.hide()
        if isinstance(a1, QKeyEvent) and a1.type() is QEvent.Type.KeyPress:
            key = a1.key()
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._results.step(1 if key == Qt.Key.Key_Down else -1)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._results.choose_current()
                return True
            if key == Qt.Key.Key_Escape:
                self._results.hide()
                return True
        return super().eventFilter(a0, a1)

    def _connect(self) -> None:
        session, view = self.session, self.view
        session.stateChanged.connect(self._show_state)
        session.outboxChanged.connect(self._show_outbox)
        session.jobs.started.connect(self._on_started)
        self.outbox.loaded.connect(self._show_outbox)
        view.rail.chosen.connect(self.go)
        view.rail.lockAsked.connect(self.lockAsked)
        view.rail.helpAsked.connect(self.helpAsked)
        view.topbar.outbox.clicked.connect(self._open_outbox)
        view.topbar.network.clicked.connect(self._open_network)
        view.topbar.identity.clicked.connect(self._open_identity)
        view.topbar.search.textChanged.connect(self._search)
        view.topbar.search.installEventFilter(self)
        self.news.changed.connect(self._show_news)
        view.news.closed.connect(self._close_news)
        view.news.acted.connect(self.networkAsked)
        self._show_state()

    def _show_state(self) -> None:
        session = self.session
        state = NetworkState(
            session.online, session.block, session.verified, session.alarm is not None
        )
        self.view.topbar.network.show_state(state)
        self.view.topbar.identity.show_person(session.title, self._role())

    def _show_news(self) -> None:
        found = self.news.contracts
        told = not found or found in self.told
        self.view.show_news("" if told else self.session.context.network.name)

    def _close_news(self) -> None:
        self.told.add(self.news.contracts)

    def _role(self) -> str:
        names = {
            Role.PATIENT: self.tr("Patient"),
            Role.DOCTOR: self.session.detail or self.tr("Doctor"),
            Role.ADMINISTRATOR: self.tr("Administrator"),
            Role.DELEGATE: self.tr("Delegate"),
        }
        if self.session.role is None:
            return self.tr("Not registered yet")
        return names[self.session.role]

    def _on_started(self, handle: JobHandle) -> None:
        # Methods, not lambdas: the session may outlive this workspace.
        if not handle.quiet:
            handle.ended.connect(self._on_ended)
        self._show_outbox()

    def _on_ended(self, how: Ended) -> None:
        """A draft goes after the job that carried it, and nothing else would tell of that."""
        self.outbox.reload()

    def _show_outbox(self) -> None:
        running = [job for job in self.session.jobs.running if not job.quiet]
        done = sum(job.stage[1] for job in running if job.stage[2])
        total = sum(job.stage[2] for job in running if job.stage[2])
        if running and not total:
            total = len(running)
        state = OutboxState(self.outbox.waiting, self.outbox.failed, done, total)
        self.view.topbar.outbox.show_state(state)

    def _open_outbox(self) -> None:
        self.outbox.reload()
        popover = OutboxPopover(self.outbox, self.view, can_open=WRITE in self._specs)
        popover.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        popover.retryAsked.connect(self._retry)
        popover.cancelAsked.connect(self._cancel)
        popover.dropAsked.connect(self._cancel)
        popover.stopAsked.connect(self.outbox.stop)
        popover.openAsked.connect(self._open_draft)
        # Progress of what runs is shown where it is looked at; the model tells only of its rows.
        self.session.outboxChanged.connect(popover.fill)
        popover.show_below(self.view.topbar.outbox)

    def _open_draft(self, row: OutboxRow) -> None:
        for popover in self.view.findChildren(OutboxPopover):
            popover.close()
        self.go(WRITE, draft=row.draft, **({"patient": row.patient} if row.patient else {}))

    def _retry(self, job: int) -> None:
        self.follow(
            self.session.start(self.tr("Trying again"), self.outbox.again(job)), self.tr("Done")
        )

    def _cancel(self, job: int) -> None:
        self.follow(
            self.session.start(self.tr("Dropping"), self.outbox.dropping(job)), self.tr("Dropped")
        )

    def _open_network(self) -> None:
        session, network = self.session, self.session.context.network
        badge, sentence = Badge(self.tr("Verified"), Tone.SUCCESS, "shield-check"), ""
        if session.alarm is not None:
            badge = Badge(self.tr("Does not match"), Tone.DANGER, "triangle-alert")
            sentence = session.alarm.sentence
        elif not session.online:
            badge = Badge(self.tr("Offline"), Tone.DANGER, "wifi-off")
            sentence = self.tr(
                "No node answers. What was read stays readable; what you write waits."
            )
        elif not session.verified:
            badge = Badge(self.tr("Checking"), Tone.WARNING, "clock")
        facts = [("", sentence)] if sentence else []
        facts += [
            (self.tr("Verified up to block"), f"{session.block:,}"),
            (self.tr("Chain"), str(network.chain_id)),
            (self.tr("Nodes"), "\n".join(network.rpc)),
            (self.tr("Store"), f"{network.store.kind}: {network.store.location}"),
        ]
        popover = NetworkPopover(network.name, facts, badge, self.view)
        popover.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        popover.show_below(self.view.topbar.network)

    def _open_identity(self) -> None:
        menu = Menu(self.view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key in ACCOUNT_PAGES:
            if key in self._specs:
                spec = self._specs[key]
                menu.add(spec.text, partial(self.go, key), spec.icon)
        menu.add(self.tr("Copy my address"), self._copy_address, "copy")
        menu.addSeparator()
        looks = menu.add_menu(self.tr("Look"), "sun-moon")
        now = chosen()
        for name, text in self._themes():
            looks.add_choice(text, partial(theme_bus.themeAsked.emit, name), name == now)
        looks.addSeparator()
        less = partial(theme_bus.calmAsked.emit, not calm())
        looks.add_choice(self.tr("Less motion"), less, calm())
        times = menu.add_menu(self.tr("Lock when nobody is here"), "clock")
        for minutes in LOCK_TIMES:
            text = self.tr("After %n minutes", "", minutes) if minutes else self.tr("Never")
            ask = partial(self.lockTimeAsked.emit, minutes)
            times.add_choice(text, ask, minutes == self.lock_minutes)
        menu.addSeparator()
        menu.add(self.tr("Lock"), self.lockAsked.emit, "lock")
        menu.add(self.tr("Sign out"), self.signOutAsked.emit, "log-out")
        menu.open_below(self.view.topbar.identity)

    def _themes(self) -> list[tuple[str, str]]:
        return [
            ("", self.tr("As the system")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
            ("contrast", self.tr("High contrast")),
        ]

    def _copy_address(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.session.me)
            self.toast(self.tr("Your address is copied"), self.session.me)

    def _search(self, text: str) -> None:
        wanted = text.strip().casefold()
        if not wanted:
            self._results.hide()
            return
        hits = [
            Hit(spec.text, self.tr("Page"), spec.icon, spec.key)
            for spec in self._specs.values()
            if wanted in spec.text.casefold()
        ]
        for finder in self._finders:
            hits.extend(finder(wanted))
        self._results.show_hits(hits[:MOST_HITS], self.view.topbar.search)

    def _on_hit(self, hit: Hit) -> None:
        self.view.topbar.search.clear()
        self.go(hit.key, **hit.facts)
