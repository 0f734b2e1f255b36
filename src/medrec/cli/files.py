"""Writing what was read to a file of the user's: never over another, never by half."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from medrec.errors import FileExists, FileUnreadable


def refuse_existing(output: Path) -> None:
    """See to it that a file can be written there.

    Raises:
        FileExists, FileUnreadable.
    """
    if output.exists():
        raise FileExists(name=output.name)
    if not output.parent.is_dir():
        raise FileUnreadable(name=output.name, why="its folder does not exist.")


async def save(pieces: AsyncIterator[bytes], output: Path) -> None:
    """Write beside the target and rename, so that a broken seal leaves no half file.

    Raises:
        FileUnreadable, and whatever the pieces raise.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{output.name}.", dir=output.parent)
    except OSError as error:
        raise FileUnreadable(name=output.name, why=f"{error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "wb") as out:
            async for piece in pieces:
                await asyncio.to_thread(out.write, piece)
        await asyncio.to_thread(os.replace, name, output)
    except OSError as error:
        raise FileUnreadable(name=output.name, why=f"{error.strerror}.") from error
    finally:
        await asyncio.to_thread(Path(name).unlink, missing_ok=True)
