"""One line of a record's contents, for a list."""

from __future__ import annotations

from medrec.clinical import jsontext
from medrec.clinical.headlines import headline
from medrec.clinical.names import Names, type_of
from medrec.clinical.overview import counts, resources_of
from medrec.clinical.reading import FHIR_JSON
from medrec.clinical.text import clean
from medrec.errors import NotFhir, NotJson

LONGEST = 160
"""Characters of a preview."""


def preview_of(media_type: str, data: bytes) -> str:
    """What a record says, on one line; empty where that cannot be said in a line."""
    if media_type.startswith("text/plain"):
        return clean(data[: 8 * LONGEST].decode("utf-8", "replace"), LONGEST)
    if media_type != FHIR_JSON:
        return ""
    try:
        value = jsontext.decode(data)
    except (NotJson, NotFhir):
        return ""
    if type_of(value) == "Bundle":
        return clean(counts(resources_of(value)), LONGEST)
    line = headline(value, Names(value))
    return clean(", ".join(part for part in (line.value, line.flag) if part), LONGEST)
