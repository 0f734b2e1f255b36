"""A record that is to be amended: in its form again, where one of ours wrote it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from medrec.clinical.forms import Reopened, reopened
from medrec.clinical.reading import FHIR_JSON
from medrec.domain.categories import Category
from medrec.domain.ids import Address, RecordId, address_bytes, record_creator
from medrec.errors import NotTheAuthorsKind, RecordIsArchived
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.origins import opened

LARGEST = 1_000_000
"""Bytes beyond which nothing of ours was written in a form."""


@dataclass(frozen=True, slots=True)
class ToAmend:
    """The last version of a record; ``form`` is None where a new file has to replace it."""

    record: RecordId
    version: int
    category: Category
    title: str
    form: Reopened | None


async def to_amend(context: Context, patient: Address, record: RecordId) -> ToAmend:
    """Read a record to write its next version; a doctor's look is logged.

    Raises:
        NotTheAuthorsKind, RecordIsArchived, and as `origins.opened`.
    """
    by_patient = record_creator(record) == address_bytes(patient)
    if by_patient and context.me != patient:
        raise NotTheAuthorsKind(creator="the patient", who="the patient")
    await sync(context)
    placed = await opened(context, patient, record)
    reader, found = placed.reader, placed.opened
    if placed.archived:
        raise RecordIsArchived()
    main = found.manifest.parts[0]
    form = None
    if main.media_type == FHIR_JSON and main.size <= LARGEST:
        data = await reader.part_bytes(found, main)
        form = await asyncio.to_thread(reopened, data)
    return ToAmend(record, placed.version, found.category, found.manifest.title, form)
