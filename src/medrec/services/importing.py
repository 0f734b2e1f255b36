"""Files that become records: looked at entry by entry, then kept byte for byte."""

from __future__ import annotations

import asyncio
import hashlib
import time
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from medrec.clinical import media
from medrec.clinical.patient import Demographics
from medrec.clinical.reading import FHIR_JSON, looks_like_json
from medrec.crypto.record import PartSource
from medrec.domain.categories import Category
from medrec.domain.ids import Address, RecordId
from medrec.domain.imports import AddDocument, FilePreview, ImportEntry
from medrec.errors import InputRefused
from medrec.services.context import Context
from medrec.services.looking import check, looked_at
from medrec.services.sources import beginning, from_file, in_memory, read_file
from medrec.services.titles import suggested
from medrec.services.writing import Draft, WrittenRecord, add_record, amended, update_record

if TYPE_CHECKING:
    from medrec.clinical.look import Ended

PLAIN_JSON = "application/json"


async def preview(context: Context, path: Path, patient: Demographics | None = None) -> FilePreview:
    """What is in a file; ``patient`` is whom it should be about. Nothing is saved.

    FHIR that is not valid is described, not refused: `FilePreview.refused` says so.

    Raises:
        FileUnreadable, EmptyFile.
    """
    began = time.monotonic()
    context.notifier.progress(f"Reading {path.name}")
    head = await asyncio.to_thread(beginning, path)
    if head is not None and not looks_like_json(path.name, head):
        found = await asyncio.to_thread(_other_file, path, head)
    else:
        found = await _fhir(context, path, patient)
    return replace(found, seconds=time.monotonic() - began)


def _other_file(path: Path, head: bytes) -> FilePreview:
    size, digest, end = 0, hashlib.sha256(), b""
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            size += len(piece)
            digest.update(piece)
            end = (end + piece)[-media.END :]
    kind = media.medium(path.name, head, end)
    imaging = kind.kind is media.Kind.DICOM
    category = Category.IMAGING if imaging else Category.DOCUMENTS
    return FilePreview(
        path=path,
        size=size,
        digest=digest.digest(),
        kind=kind.kind.value,
        media_type=kind.media_type,
        title=path.stem,
        category=category,
        warnings=kind.warnings,
    )


async def _fhir(context: Context, path: Path, patient: Demographics | None) -> FilePreview:
    from medrec.clinical import jsontext
    from medrec.clinical.look import Begun, Ended

    data = await asyncio.to_thread(read_file, path)
    seen = FilePreview(
        path=path,
        size=len(data),
        digest=hashlib.sha256(data).digest(),
        kind=media.Kind.FHIR.value,
        media_type=FHIR_JSON,
        title=path.stem,
        category=Category.DOCUMENTS,
    )
    found: dict[int, ImportEntry] = {}
    total = 0
    try:
        async with aclosing(looked_at(path.name, data)) as looking:
            async for steps in looking:
                for step in steps:
                    if isinstance(step, Begun):
                        total = step.total
                    elif isinstance(step, Ended):
                        seen = _whole(seen, step, patient)
                    else:
                        found[step.index] = step
                context.notifier.progress("Checking the entries", min(len(found), total), total)
    except InputRefused as error:
        return replace(seen, refusal=error.sentence)
    marked = seen.resource_type and data.startswith(jsontext.BOM)
    warnings = (jsontext.BOM_WARNING,) if marked else ()
    entries = tuple(found[index] for index in sorted(found))
    return replace(seen, entries=entries, warnings=warnings)


def _whole(seen: FilePreview, step: Ended, patient: Demographics | None) -> FilePreview:
    from medrec.clinical.entries import whose

    return replace(
        seen,
        resource_type=step.resource_type,
        title=step.title,
        category=step.category,
        people=step.people,
        whose=whose(step.people, patient),
    )


async def add_file(context: Context, patient: Address, order: AddDocument) -> WrittenRecord:
    """Add a file as one record, byte for byte.

    Raises:
        FileUnreadable, EmptyFile, NotJson, NotFhir, and as `writing.add_record`.
    """
    main, title = await main_part(context, order)
    return await add_record(context, patient, Draft(order.category, title, (main,)))


async def amend_with_file(
    context: Context,
    patient: Address,
    record: RecordId,
    order: AddDocument,
    base_version: int | None = None,
) -> WrittenRecord:
    """Make a file the next version of a record; its attachments stay.

    Raises:
        As `add_file`, and as `writing.update_record`.
    """
    main, suggestion = await main_part(context, order)
    draft = await amended(context, patient, record, main, (), order.title or None, suggestion)
    return await update_record(context, patient, record, draft, base_version)


async def main_part(context: Context, order: AddDocument) -> tuple[PartSource, str]:
    """The file as the main part of a record, and a title; JSON must be FHIR, or be called plain.

    Raises:
        FileUnreadable, EmptyFile, NotJson, NotFhir.
    """
    path = order.path
    context.notifier.progress(f"Checking {path.name}")
    head = await asyncio.to_thread(beginning, path)
    if head is not None and not looks_like_json(path.name, head):
        kind = media.medium(path.name, head)
        main = await asyncio.to_thread(from_file, path, kind.media_type)
        return main, order.title or path.name
    return await part_of(order, await asyncio.to_thread(read_file, path))


async def part_of(order: AddDocument, data: bytes) -> tuple[PartSource, str]:
    """A file whose bytes are at hand as the main part of a record, and a title.

    Raises:
        NotJson, NotFhir.
    """
    name = order.path.name
    if not looks_like_json(name, data):
        return in_memory(name, media.medium(name, data).media_type, data), order.title or name
    if order.plain:
        return in_memory(name, PLAIN_JSON, data), order.title or name
    if not order.digest or hashlib.sha256(data).digest() != order.digest:
        await check(name, data)
    title = order.title or await asyncio.to_thread(suggested, name, FHIR_JSON, data)
    return in_memory(name, FHIR_JSON, data), title
