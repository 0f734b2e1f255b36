"""One signed-in account: what every model reads through and every controller acts through."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from medrec.domain.ids import ZERO_ADDRESS, Address, JobId
from medrec.domain.outbox import JobState
from medrec.domain.people import DoctorStatus, Role
from medrec.errors import IntegrityError, MedRecError, NetworkError
from medrec.services import drafts
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.names import names_of
from medrec.services.origins import reached
from medrec.services.standing import Standing, remembered, standing
from medrec.workers.jobs import Ended, JobHandle, Jobs, Work
from medrec.workers.notifier import Bus

STOP_AGAIN = 0.5
"""Seconds after which a follower that was told to stop is told again."""

FOLLOW_EVERY = 2.0
"""Seconds between two looks at the chain."""

LEAST_PAUSE = 0.2
"""Seconds between two looks that somebody asked for."""

PROGRESS_EVERY = 100
"""Milliseconds between two words of progress: nobody reads faster."""

MOST_REST = 2.0
"""Seconds of rest after a reading."""

LONGEST_READING = 5.0
"""Seconds that the end of a reading is waited for, looked at every `READ_LOOK` seconds."""
READ_LOOK = 0.05

UNENDED = (JobState.PENDING, JobState.DRAFT, JobState.FAILED)
TRY_EVERY = 20.0
"""Seconds between two tries to send what waits while the node answers."""

BEFORE_EVERY = 20.0
"""Seconds between two looks at the networks of before."""

RECENT = 200
"""Jobs of the outbox that are looked at for changes: the newest."""


class Session(QObject):
    """An account and its state on the network.

    ``online`` says whether the last look at the node succeeded, ``block`` up to where the audit
    chains were recomputed, ``alarm`` what did not match.
    """

    changed = pyqtSignal(str)
    """Address of the subject whose confirmed entries changed; empty for everything."""
    outboxChanged = pyqtSignal()
    stateChanged = pyqtSignal()

    def __init__(
        self, context: Context, jobs: Jobs, bus: Bus, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.context = context
        self.jobs = jobs
        self.role: Role | None = None
        self.status: DoctorStatus | None = None
        self.name = context.name
        self.title = context.called
        self.detail = ""
        self.online = True
        self.block = 0
        self.verified = False
        self.alarm: IntegrityError | None = None
        self._tips: list[object] = []
        self._outbox: Sequence[object] = ()
        self.shown_pending: frozenset[JobId] = frozenset()
        self._try_again = time.monotonic() + TRY_EVERY
        self._before: JobHandle | None = None
        self._before_again = time.monotonic() + BEFORE_EVERY
        self._names: dict[Address, str] = {}
        self._follower: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._last_works: list[Callable[[], Awaitable[object]]] = []
        self._untold: dict[str, None] = {}
        self._telling: JobHandle | None = None
        self._noting = False
        self._readers = 0
        self._told_at = self._read_at = 0.0
        self._progress = QTimer(self)
        self._progress.setSingleShot(True)
        self._progress.setInterval(PROGRESS_EVERY)
        self._progress.timeout.connect(self.outboxChanged)
        bus.changed.connect(self._on_changed)
        jobs.started.connect(self._on_started)

    @property
    def me(self) -> Address:
        """The account's id."""
        return self.context.me

    def start(self, title: str, work: Work, quiet: bool = False) -> JobHandle:
        """Begin a job."""
        return self.jobs.start(title, work, quiet=quiet)

    async def names(
        self, addresses: Iterable[Address], before: bool = False
    ) -> Mapping[Address, str]:
        """What people are called; a name that a verifier vouched for is kept for the session.

        With ``before`` the verifiers of the networks of before are asked too.
        """
        wanted = list(dict.fromkeys(addresses))
        missing = [who for who in wanted if who not in self._names]
        if missing:
            found = dict(await names_of(self.context, missing))
            for place in self.context.origins if before else ():
                unknown = [who for who, name in found.items() if name == who]
                found |= await names_of(place, unknown)
            # A plain address may become a name as soon as the network answers again.
            self._names.update({who: name for who, name in found.items() if name != who})
            return {who: self._names.get(who) or found[who] for who in wanted}
        return {who: self._names[who] for who in wanted}

    def face(self, who: Address) -> str:
        """The whole name behind “you”, for initials; empty for everybody else."""
        return self.title if who == self.me else ""

    def learn_name(self, who: Address, name: str) -> None:
        """Keep for the session what somebody's own record says that the person is called."""
        self._names[who] = name

    async def refresh(self) -> None:
        """Follow the chain once and look who the account is.

        Raises:
            MedRecError subclasses other than the network's and the trace's, which are state.
        """
        try:
            head = await sync(self.context)
            await self._look_at_own_entries()
        except NetworkError:
            before = await remembered(self.context)
            if before is not None:
                self._identify(before)
            self._set(online=False, verified=False)
            return
        except IntegrityError as error:
            self._set(online=True, verified=False, alarm=error)
            return
        self._set(online=True, verified=True, block=head.number, alarm=None)

    def follow(self) -> None:
        """Look at the chain every `FOLLOW_EVERY` seconds from now on."""
        if self._follower is None:
            self._follower = asyncio.get_running_loop().create_task(self._follow())

    def look_now(self) -> None:
        """Do not wait for the next look."""
        self._wake.set()

    def at_close(self, work: Callable[[], Awaitable[object]]) -> None:
        """Have something kept before the session closes, such as what was just typed."""
        self._last_works.append(work)

    async def close(self) -> None:
        """Stop following, cancel what runs; the outbox keeps what waits."""
        for work in self._last_works:
            with suppress(MedRecError):
                await work()
        if self._follower is not None:
            # A wait that ends in the same turn swallows the wish to stop: then it is said again.
            while not self._follower.done():
                self._follower.cancel()
                await asyncio.wait([self._follower], timeout=STOP_AGAIN)
            with suppress(asyncio.CancelledError):
                await self._follower
            self._follower = None
        await self.jobs.close()
        # Nobody looks at the outbox of a closed account.
        self._progress.stop()

    async def _follow(self) -> None:
        while True:
            self._wake.clear()
            was_online = self.online
            with suppress(MedRecError):
                await self.refresh()
                if self.online and (not was_online or time.monotonic() >= self._try_again):
                    await self._resume(told=not was_online)
                await self._look_at_outbox()
            self._look_before()
            await asyncio.sleep(LEAST_PAUSE)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), FOLLOW_EVERY)

    async def _resume(self, told: bool) -> None:
        """What waits goes out by itself: when the network is back, and from time to time.

        The store may have been away while the node was not.
        """
        self._try_again = time.monotonic() + TRY_EVERY
        pending = await self.context.local.jobs([JobState.PENDING])
        if pending or await drafts.any_waiting(self.context):
            title = self.tr("Sending what waited")
            sending = self.start(title, lambda: drafts.resume(self.context), quiet=not told)
            sending.ended.connect(self._on_sent)
        if told:
            self.changed.emit("")

    def _look_before(self) -> None:
        """Follow the networks of before, from time to time: what is done there is news as well."""
        running = self._before is not None and self._before.state is None
        if running or not self.context.origins or time.monotonic() < self._before_again:
            return
        self._before_again = time.monotonic() + BEFORE_EVERY
        title = self.tr("Following the network before")
        self._before = self.start(title, lambda: reached(self.context), quiet=True)

    def _on_sent(self, how: Ended) -> None:
        """Drafts may have gone that no job tells of."""
        self.outboxChanged.emit()

    async def _look_at_outbox(self) -> None:
        """Tell of jobs that came, moved or ended without an action of this window's."""
        jobs = await self.context.local.jobs(UNENDED)
        state = [(job.id, job.state, job.attempts, job.steps) for job in jobs[-RECENT:]]
        pending = {job.id for job in jobs if job.state is JobState.PENDING}
        # A job may have come and ended between two looks, and still be shown.
        if state != self._outbox or not self.shown_pending <= pending:
            self._outbox = state
            self.outboxChanged.emit()

    async def _look_at_own_entries(self) -> None:
        """Look who the account is, where its own chain or the common register has grown.

        Another program of the same account may have followed the chain first: then nobody told.
        """
        subjects = (self.me, ZERO_ADDRESS)
        tips: list[object] = [await self.context.local.tip(subject) for subject in subjects]
        if tips == self._tips:
            return
        self._identify(await standing(self.context))
        known, self._tips = self._tips, tips
        for subject, before, now in zip(subjects, known, tips, strict=False):
            if before != now:
                self._on_changed(subject)

    def _identify(self, who: Standing) -> None:
        now = (who.role, who.status, who.title, who.detail)
        if now != (self.role, self.status, self.title, self.detail):
            self.role, self.status, self.title, self.detail = now
            self.stateChanged.emit()

    def _set(self, *, online: bool, verified: bool, **more: object) -> None:
        new = {"online": online, "verified": verified, **more}
        if any(getattr(self, name) != value for name, value in new.items()):
            for name, value in new.items():
                setattr(self, name, value)
            self.stateChanged.emit()

    def _on_changed(self, subject: str, what: str = "") -> None:
        """Tell at once, or after a rest: while much changes, screens read a third of the time.

        The rest is a job, so that whoever waits for the jobs to end has seen the change.
        """
        self._untold[subject] = None
        if self._telling is not None and self._telling.state is None:
            return
        if self._rest() > 0:
            title = self.tr("Waiting before reading again")
            self._telling = self.start(title, self._tell_later, quiet=True)
        else:
            self._tell()

    async def _tell_later(self) -> None:
        rest = self._rest()
        while rest > 0:
            await asyncio.sleep(rest)
            rest = self._rest()
        self._tell()

    def _tell(self) -> None:
        subjects, self._untold = list(self._untold), {}
        self._told_at = self._read_at = time.monotonic()
        self._noting = True
        try:
            for subject in subjects:
                self.changed.emit(subject)
        finally:
            self._noting = False

    def _rest(self) -> float:
        """Seconds until it may be told of changes: what was told last has been read by then."""
        now = time.monotonic()
        if self._readers and now < self._told_at + LONGEST_READING:
            return READ_LOOK
        return self._read_at + min(2 * (self._read_at - self._told_at), MOST_REST) - now

    def _on_read(self) -> None:
        self._readers -= 1
        self._read_at = time.monotonic()

    def _on_started(self, handle: JobHandle) -> None:
        if handle.quiet:
            if self._noting:
                self._readers += 1
                handle.ended.connect(lambda _: self._on_read())
            return
        handle.progressed.connect(self._on_progress)
        handle.ended.connect(lambda _: self.outboxChanged.emit())
        handle.ended.connect(lambda _: self.look_now())
        self.outboxChanged.emit()

    def _on_progress(self) -> None:
        if not self._progress.isActive():
            self._progress.start()
