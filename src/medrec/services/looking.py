"""FHIR files looked at so that the window stays alive: large ones in a process of their own."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from medrec.clinical.reading import inspect_file

if TYPE_CHECKING:
    from medrec.clinical.apart import Apart
    from medrec.clinical.look import Step

LARGE = 512 << 10
"""Bytes above which a process of its own is worth its start, which takes half a second."""

SLICE = 0.05
"""Seconds of validation between two looks at the loop: progress is told, a cancel is heard."""

_log = logging.getLogger("medrec")


async def looked_at(name: str, data: bytes) -> AsyncGenerator[list[Step], None]:
    """The steps of `medrec.clinical.look`, some at a time; they may begin anew on the way.

    Raises:
        NotJson, NotFhir.
    """
    from medrec.clinical import apart
    from medrec.clinical.look import look

    if len(data) > LARGE:
        try:
            async with _apart(apart.LOOK, name, data) as child:
                while (found := await asyncio.to_thread(child.steps)) is not None:
                    yield found
                return
        except apart.ApartLost:
            _log.warning("The process that looks at files was lost: it is done here")
    steps, more = look(name, data), True
    while more:
        some, more = await asyncio.to_thread(_some, steps)
        yield some


async def check(name: str, data: bytes) -> None:
    """Refuse what cannot be saved as it is.

    Raises:
        EmptyFile, NotJson, NotFhir.
    """
    from medrec.clinical import apart

    if len(data) > LARGE:
        try:
            async with _apart(apart.CHECK, name, data) as child:
                while await asyncio.to_thread(child.steps) is not None:
                    continue
                return
        except apart.ApartLost:
            _log.warning("The process that checks files was lost: it is done here")
    await asyncio.to_thread(inspect_file, name, data)


@asynccontextmanager
async def _apart(work: str, name: str, data: bytes) -> AsyncIterator[Apart]:
    from medrec.clinical.apart import Apart

    child = Apart(work, name, data)
    try:
        yield child
    finally:
        # At once, also where the one who waits is told to stop a second time.
        child.end()
        await asyncio.to_thread(child.close)


def _some(steps: Iterator[Step]) -> tuple[list[Step], bool]:
    """The steps of the next `SLICE`, and whether there may be more."""
    found: list[Step] = []
    end = time.monotonic() + SLICE
    for step in steps:
        found.append(step)
        # The thread that draws the window comes first.
        time.sleep(0)
        if time.monotonic() > end:
            return found, True
    return found, False
