"""Locks between processes: flock on an empty file, which the system lets go when a process ends.

A lock belongs to an open file, so it also keeps two tasks of one process apart (flock(2)). Tasks of
one loop queue up before it: a hundred that each looked every 50 ms would keep the loop busy.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from weakref import WeakKeyDictionary, WeakValueDictionary

from medrec.errors import OutboxBusy

_PAUSE = 0.05

_Turns = WeakValueDictionary[Path, asyncio.Lock]
_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, _Turns] = WeakKeyDictionary()


class FileLock:
    """An open lock file, mode 0600; not locked at first."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def take(self) -> bool:
        """Lock it for us alone, if nobody else holds it in any way."""
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def share(self) -> None:
        """Lock it together with others who share it; waits for one who has it alone."""
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def close(self) -> None:
        """Let go."""
        os.close(self._handle)


@asynccontextmanager
async def hold(path: Path, wait: float) -> AsyncIterator[None]:
    """Hold a lock file alone; tasks of one loop have it in the order in which they asked.

    Raises:
        OutboxBusy: when it was not free within ``wait`` seconds.
    """
    deadline = time.monotonic() + wait
    turn = await _own_turn(path, wait)
    try:
        lock = FileLock(path)
        try:
            while not lock.take():
                if time.monotonic() >= deadline:
                    raise OutboxBusy()
                await asyncio.sleep(_PAUSE)
            yield
        finally:
            lock.close()
    finally:
        turn.release()


async def _own_turn(path: Path, wait: float) -> asyncio.Lock:
    """The turn among the tasks of this loop, ours now."""
    turns = _turns.setdefault(asyncio.get_running_loop(), WeakValueDictionary())
    turn = turns.setdefault(path, asyncio.Lock())
    if not turn.locked():
        # At once, and without a timer that would live for the whole of ``wait``.
        await turn.acquire()
        return turn
    try:
        async with asyncio.timeout(wait):
            await turn.acquire()
    except TimeoutError as error:
        raise OutboxBusy() from error
    return turn
