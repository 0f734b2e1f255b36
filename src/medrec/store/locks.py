"""Locks between processes: flock on an empty file, which the system lets go when a process ends.

A lock belongs to an open file, so it also keeps two tasks of one process apart (flock(2)).
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from medrec.errors import OutboxBusy

_PAUSE = 0.05


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
    """Hold a lock file alone.

    Raises:
        OutboxBusy: when it was not free within ``wait`` seconds.
    """
    lock = FileLock(path)
    try:
        deadline = time.monotonic() + wait
        while not lock.take():
            if time.monotonic() >= deadline:
                raise OutboxBusy()
            await asyncio.sleep(_PAUSE)
        yield
    finally:
        lock.close()
