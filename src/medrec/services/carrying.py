"""Writing on what lies in a network of before: a next version here, or an archiving there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from medrec.crypto.record import KeptPart, PartSource
from medrec.domain.ids import Address, RecordId, address_bytes, record_creator
from medrec.domain.outbox import Job
from medrec.errors import NotTheAuthorsKind, StaleVersion
from medrec.services import writing
from medrec.services.context import Context
from medrec.services.layers import written_before
from medrec.services.origins import follow, layers_of
from medrec.services.references import Reference
from medrec.services.writing import Draft, WrittenRecord

Amendment = tuple[PartSource, Sequence[PartSource], str | None, str | None]
"""A new main file, new attachments, a title, and what the file suggests as one."""


async def update(
    context: Context,
    patient: Address,
    record: RecordId,
    file: Amendment,
    base_version: int | None = None,
    mark: str = "",
) -> WrittenRecord:
    """Write the next version in this network; a record of before is carried on into it.

    A carried record keeps its id, which names its author: only that author carries it on. ``mark``
    is as `Draft.mark`.

    Raises:
        StaleVersion, and as `follow`, `writing.amended` and `writing.update_record`.
    """
    layers = await layers_of(context, patient, record)
    place, entries = layers[-1]
    last = sum(len(own) for _, own in layers)
    if base_version is not None and base_version != last:
        raise StaleVersion(last=last, base=base_version)
    draft = replace(await writing.amended(place, patient, record, *file), mark=mark)
    if draft.base_version != len(entries):
        raise StaleVersion(last=last + 1, base=last)
    if place is context:
        done = await writing.update_record(context, patient, record, draft)
        return replace(done, version=last + 1)
    if record_creator(record) != address_bytes(context.me):
        raise NotTheAuthorsKind(creator="another doctor", who="that doctor")
    await _bring(place, context, draft)
    draft = replace(draft, note=Reference.to_last(layers[-1], record).note)
    return replace(await writing.add_record(context, patient, draft, record), version=last + 1)


async def archive(
    context: Context,
    patient: Address,
    record: RecordId,
    reason: str,
    base_version: int | None = None,
) -> Job:
    """Archive a record where its last version lies, by the rights there.

    Only in this network does it wait while nobody answers.

    Raises:
        As `writing.archive_record`, and as `follow` for a record of before.
    """
    places = (context, *context.origins)
    counts = [await written_before([place], patient, record) for place in places]
    if context.origins and not counts[0]:
        # It lies in one of those, whose index may not have been followed here yet.
        await follow(context)
        counts = [await written_before([place], patient, record) for place in places]
    at = next((at for at, count in enumerate(counts) if count), 0)
    base = None if base_version is None else base_version - sum(counts[at + 1 :])
    return await writing.archive_record(places[at], patient, record, reason, base)


async def _bring(place: Context, context: Context, draft: Draft) -> None:
    """Put the sealed attachments that an amendment keeps into this network's store."""
    if place.network.store == context.network.store:
        return
    for part in draft.parts:
        for cid in part.blocks if isinstance(part, KeptPart) else ():
            await context.store.put(cid, await place.store.get(cid))
