"""Titles: the one that a file suggests, and whether a record has no other."""

from __future__ import annotations

from medrec.clinical.reading import FHIR_JSON
from medrec.services.reading import OpenedRecord, RecordReader


def suggested(name: str, media_type: str, data: bytes) -> str:
    """The title that a file suggests: what its FHIR says, else its name."""
    if media_type != FHIR_JSON:
        return name
    from medrec.clinical.summary import title_of

    return title_of(data)


async def was_suggested(reader: RecordReader, opened: OpenedRecord) -> bool:
    """Whether the record's title was taken from its file, and not chosen by its author.

    Such a title follows the file: “Amlodipine 5 mg” must not stand over a prescription of 10 mg.
    """
    main = opened.manifest.parts[0]
    if main.media_type != FHIR_JSON:
        return opened.manifest.title == main.name
    data = await reader.part_bytes(opened, main)
    return opened.manifest.title == suggested(main.name, main.media_type, data)
