"""Writing what was read to a file of the user's: never over another, never by half."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from medrec.clinical.text import clean
from medrec.domain.ids import Address, RecordId
from medrec.errors import FileExists, FileUnreadable, IntegrityError
from medrec.services import origins
from medrec.services.context import Context


@dataclass(frozen=True, slots=True)
class Saved:
    """What `save_all` wrote: records, files, and the titles of what could not be opened."""

    records: int
    files: int
    left_out: tuple[str, ...] = ()


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
        FileUnreadable, NoSuchAttachment, and as `medrec.services.origins.opened`.
    """
    placed = await origins.opened(context, patient, record, version)
    reader, opened = placed.reader, placed.opened
    part = opened.manifest.parts[0] if name is None else reader.part(opened, name)
    await save(reader.stream(opened, part), output)
    return part.size


async def save_all(context: Context, patient: Address, folder: Path) -> Saved:
    """Write the last version of every record, with its attachments, byte for byte.

    Each record has a folder of its own in ``folder``, numbered in the order of the records. The
    folder is made where it is not there. A record that cannot be opened keeps no other from being
    saved.

    Raises:
        FileUnreadable: the folder cannot be made, or holds something already; NetworkError
        subclasses.
    """
    await asyncio.to_thread(_empty_folder, folder)
    rows = [placed.row for placed in await origins.listed(context, patient)]
    followed = (context.origins, None)
    files, left_out = 0, []
    for number, row in enumerate(rows, 1):
        title = row.title or row.category.value
        context.notifier.progress(f"Saving {clean(title, 60)}", number - 1, len(rows))
        try:
            placed = await origins.opened(context, patient, row.record, followed=followed)
            reader, opened = placed.reader, placed.opened
            own = folder / f"{number:04d} {_file_name(title)}"
            await asyncio.to_thread(own.mkdir)
            for part in opened.manifest.parts:
                await save(reader.stream(opened, part), own / _file_name(part.name))
                files += 1
        except IntegrityError:
            left_out.append(title)
    return Saved(len(rows) - len(left_out), files, tuple(left_out))


def _empty_folder(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
        if any(folder.iterdir()):
            raise FileUnreadable(name=folder.name, why="the folder holds something already.")
    except OSError as error:
        raise FileUnreadable(name=folder.name, why=f"{error.strerror}.") from error


def _file_name(text: str) -> str:
    """A name that every file system takes, and that leads nowhere else."""
    kept = "".join("_" if c in '/\\:*?"<>|' else c for c in clean(text, 80))
    return kept.strip(". ") or "record"
