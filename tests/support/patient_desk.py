"""A patient's desktop without its window: a session over a world's person, and a shell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from PyQt6.QtWidgets import QWidget

from medrec.models.session import Session
from medrec.services.context import Context
from medrec.workers.jobs import Ended, JobHandle, Jobs
from medrec.workers.notifier import JobNotifier
from tests.support.waiting import until

__all__ = ["ShellThatListens", "desk", "settled", "until"]


@asynccontextmanager
async def desk(context: Context, **changes: Any) -> AsyncIterator[Session]:
    """The person's session, followed up to now; what runs is stopped at the end."""
    notifier = JobNotifier()
    origins = tuple(replace(place, notifier=notifier) for place in context.origins)
    told = replace(context, notifier=notifier, origins=origins, **changes)
    session = Session(told, Jobs(), notifier.bus)
    await session.refresh()
    yield session
    await session.close()


@dataclass
class ShellThatListens:
    """`medrec.controllers.shell.Shell` that keeps what it was asked for."""

    window: QWidget
    went: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    toasts: list[tuple[str, str, str]] = field(default_factory=list)
    handles: list[JobHandle] = field(default_factory=list)

    def toast(
        self,
        title: str,
        text: str = "",
        tone: str = "success",
        action: str = "",
        on_action: Callable[[], None] | None = None,
    ) -> None:
        self.toasts.append((title, text, tone))

    def go(self, key: str, **facts: object) -> None:
        self.went.append((key, facts))

    def follow(
        self, handle: JobHandle, done: str = "", on_done: Callable[[Any], None] | None = None
    ) -> JobHandle:
        self.handles.append(handle)

        def ended(how: Ended) -> None:
            if how is Ended.DONE:
                if on_done is not None:
                    on_done(handle.result)
                self.toasts.append((done, "", "success"))
            else:
                sentence = getattr(handle.error, "sentence", "")
                self.toasts.append((handle.title, sentence, "danger"))

        handle.ended.connect(ended)
        return handle


async def settled(session: Session) -> None:
    """Let every job that runs come to its end, and what it starts."""
    for _ in range(50):
        running = session.jobs.running
        if not running:
            await asyncio.sleep(0)
            if not session.jobs.running:
                return
        for handle in running:
            await handle.wait()
        await asyncio.sleep(0)
