"""Writing what was read to a file of the user's: never over another, never by half."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from medrec.domain.ids import Address, RecordId
from medrec.errors import FileExists, FileUnreadable
from medrec.services import records
from medrec.services.context import Context


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


async def save_part(
    context: Context,
    patient: Address,
    record: RecordId,
    output: Path,
    *,
    version: int | None = None,
    name: str | None = None,
) -> int:
    """Write a part of a record, byte for byte; the record's own file where no ``name`` is given.

    A file that is there is replaced, and only when the whole part has arrived. A doctor's look is
    logged first. Returns the part's size in bytes.

    Raises:
        FileUnreadable, NoSuchAttachment, and as `medrec.services.records.opened`.
    """
    reader, opened = await records.opened(context, patient, record, version)
    part = opened.manifest.parts[0] if name is None else reader.part(opened, name)
    await save(reader.stream(opened, part), output)
    return part.size
