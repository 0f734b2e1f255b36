"""What opens the account: when password and key were changed, and what is remembered where."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PyQt6.QtCore import QObject, pyqtSignal

from medrec.domain.ids import ZERO_ADDRESS
from medrec.errors import MedRecError
from medrec.models.session import Session
from medrec.services import closing, credentials, own_keys
from medrec.services.credentials import Credentials
from medrec.workers.jobs import Ended, JobHandle, Work


@dataclass(frozen=True, slots=True)
class SecurityState:
    """Times in Unix seconds; ``registered_at`` is None before the registration is confirmed."""

    registered_at: int | None = None
    changed_at: tuple[int, ...] = ()
    remembered: bool = False
    keyring: bool = False
    """Whether this computer has a keyring."""
    change_waits: bool = False
    """Whether a change of password waits in the outbox."""
    replaced_at: tuple[int, ...] = ()
    """When the encryption key was replaced."""
    key_waits: bool = False
    """Whether a replaced encryption key waits in the outbox."""
    closed: bool = False


class SecurityModel(QObject):
    """The state of one account's security; `changed` after every reading."""

    changed = pyqtSignal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.state = SecurityState()
        self.error: MedRecError | None = None
        self._job: JobHandle | None = None
        self._again = False
        session.changed.connect(self._on_changed)
        session.outboxChanged.connect(self._follow)

    def reload(self) -> JobHandle:
        """Read all of it again; while it is being read, once more afterwards."""
        return self._start(self._read)

    def _start(self, read: Work) -> JobHandle:
        if self._job is not None and self._job.state is None:
            self._again = True
            return self._job
        self._job = self.session.start(self.tr("Reading"), read, quiet=True)
        self._job.ended.connect(self._on_ended)
        return self._job

    async def _read(self) -> SecurityState:
        mine = Credentials.of(self.session.context)
        keyring, remembered = await mine.keyring_exists(), await mine.remembered()
        return replace(await self._read_trace(), keyring=keyring, remembered=remembered)

    async def _read_trace(self) -> SecurityState:
        """Without the keyring, which may ask its person at every look."""
        context = self.session.context
        return replace(
            self.state,
            registered_at=await credentials.registered_at(context),
            changed_at=tuple(await credentials.changed_at(context)),
            change_waits=await credentials.change_waits(context),
            replaced_at=tuple(await own_keys.replaced_at(context)),
            key_waits=await own_keys.replacement_waits(context),
            closed=await closing.is_closed(context),
        )

    def _on_changed(self, subject: str) -> None:
        if subject in ("", self.session.me, ZERO_ADDRESS):
            self._follow()

    def _follow(self) -> None:
        if self._job is not None:
            self._start(self._read_trace)

    def _on_ended(self, how: Ended) -> None:
        job = self._job
        if job is None:
            return
        if how is Ended.DONE:
            self.state, self.error = job.result, None
        elif isinstance(job.error, MedRecError):
            self.error = job.error
        self.changed.emit()
        if self._again:
            self._again = False
            self.reload()
