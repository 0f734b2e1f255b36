"""The door: signing in, new accounts, accounts brought along, and the network."""

from __future__ import annotations

from functools import cached_property

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.controllers.entry_create import CreateController
from medrec.controllers.entry_network import NetworkController
from medrec.controllers.entry_restore import RestoreController
from medrec.controllers.entry_signin import Credentials, SignInController
from medrec.controllers.gate import Gate, Opened
from medrec.domain.network import Network
from medrec.services.new_account import SecretKind
from medrec.views.common.entry.view import EntryView
from medrec.workers.jobs import JobHandle, Jobs
from medrec.workers.notifier import JobNotifier

__all__ = ["Credentials", "EntryController", "Gate", "Opened"]


class EntryController(QObject):
    """Which page of the door is shown, and what an account needs to be opened."""

    opened = pyqtSignal(object, object)
    """`Opened`, and the `Role` that a new account was made for (None otherwise)."""
    noticed = pyqtSignal(str)
    """A sentence to show once the account is open."""

    def __init__(
        self,
        gate: Gate,
        jobs: Jobs,
        notifier: JobNotifier,
        view: EntryView,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._gate = gate
        self._jobs = jobs
        self._notifier = notifier
        self._view = view
        self._sign_in = SignInController(gate, jobs, notifier, view.sign_in, self)
        self._connect()

    def begin(self, choose: str = "") -> JobHandle:
        """Show the sign-in, or ask for a network file where none was opened yet."""
        job = self._jobs.start(self.tr("Reading the network file"), self._gate.network, quiet=True)
        job.done.connect(lambda network: self._on_network(network, choose))
        job.failed.connect(lambda error: self._on_bad_network(error.sentence))
        return job

    def show_locked(self, name: str) -> None:
        """Show the sign-in with the account that was locked."""
        self._view.sign_in.set_locked(True)
        self._show_sign_in(name)

    def show_sign_in(self, name: str = "") -> None:
        """Show the sign-in after somebody has signed out."""
        self._view.sign_in.set_locked(False)
        self._show_sign_in(name)

    def _connect(self) -> None:
        page = self._view.sign_in
        page.createAsked.connect(self._on_create)
        page.restoreAsked.connect(lambda: self._on_restore(SecretKind.WORDS))
        page.importAsked.connect(lambda: self._on_restore(SecretKind.KEYSTORE))
        page.networkAsked.connect(self.show_network)
        self._sign_in.opened.connect(self.opened)
        self._sign_in.noticed.connect(self.noticed)

    # Made with their pages when somebody wants them: most people only sign in.

    @cached_property
    def _create(self) -> CreateController:
        made = CreateController(self._gate, self._jobs, self._view.creation, self)
        made.made.connect(self._on_made)
        made.left.connect(self._show_sign_in)
        return made

    @cached_property
    def _restore(self) -> RestoreController:
        made = RestoreController(self._gate, self._jobs, self._notifier, self._view.restore, self)
        made.made.connect(self._on_made)
        made.left.connect(self._show_sign_in)
        return made

    @cached_property
    def _network(self) -> NetworkController:
        made = NetworkController(self._gate, self._jobs, self._view.network, self)
        made.used.connect(self._show_sign_in)
        made.left.connect(self._show_sign_in)
        return made

    def _show_sign_in(self, name: str = "") -> None:
        self._view.show_sign_in()
        self._sign_in.load(name)

    def _on_network(self, network: Network | None, choose: str) -> None:
        if network is None:
            self._network.begin(first=True)
            self._view.show_network()
        else:
            self._show_sign_in(choose)

    def _on_bad_network(self, sentence: str) -> None:
        self._network.begin(first=True)
        self._view.network.show_error(sentence)
        self._view.show_network()

    def _on_create(self) -> None:
        self._sign_in.leave()
        self._create.begin()
        self._view.show_create()

    def _on_restore(self, kind: SecretKind) -> None:
        self._sign_in.leave()
        self._restore.begin(kind)
        self._view.show_restore()

    def show_network(self) -> None:
        """Ask for another network file; who thinks better of it is back at the sign-in."""
        self._sign_in.leave()
        self._network.begin()
        self._view.show_network()

    def _on_made(self, credentials: Credentials) -> None:
        """A new account is signed in at once, with what was just typed."""
        self._view.show_sign_in()
        job = self._sign_in.load(credentials.name)
        # The page chooses the account first, which clears what is typed there.
        job.ended.connect(lambda _: self._sign_in_anew(credentials))

    def _sign_in_anew(self, credentials: Credentials) -> None:
        self._view.sign_in.fill(credentials.password, credentials.key, credentials.remember)
        self._sign_in.sign_in(credentials)
