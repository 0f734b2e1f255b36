"""What a file is, by its content, before it becomes a record or an attachment."""

from __future__ import annotations

from dataclasses import dataclass

from medrec.clinical import jsontext, media
from medrec.clinical.media import Kind
from medrec.clinical.text import clean
from medrec.errors import EmptyFile

FHIR_JSON = "application/fhir+json"
"""https://hl7.org/fhir/R4/http.html#mime-type"""

_BLANKS = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class ClinicalFile:
    """What was found out about a file.

    ``media_type`` goes into the manifest, ``resource_type`` is that of FHIR JSON (else None),
    ``warnings`` are sentences for the person who adds the file.
    """

    kind: Kind
    media_type: str
    resource_type: str | None = None
    warnings: tuple[str, ...] = ()


def looks_like_json(name: str, data: bytes) -> bool:
    """Whether the file has to be JSON: named so, or beginning with an object or a list."""
    if name.lower().endswith(".json"):
        return True
    start = data.removeprefix(jsontext.BOM).lstrip(_BLANKS)
    return start.startswith((b"{", b"[")) and not start.startswith(b"{\\rtf")


def inspect_file(name: str, data: bytes) -> ClinicalFile:
    """Decide by content what a file is; FHIR JSON is validated, which may take a second a MB.

    Call it in a thread: validation goes entry by entry and lets others run in between. The bytes
    are only read; what is stored is ``data`` itself.

    Raises:
        EmptyFile: no bytes, or nothing but blanks.
        NotJson: JSON by name or first character, but cut or broken.
        NotFhir: JSON that is not valid FHIR R4.
    """
    if not data.strip(_BLANKS):
        raise EmptyFile(name=clean(name))
    if not looks_like_json(name, data):
        found = media.medium(name, data)
        return ClinicalFile(found.kind, found.media_type, None, found.warnings)
    from medrec.clinical.validation import check

    resource_type, warnings = check(data, name)
    return ClinicalFile(Kind.FHIR, FHIR_JSON, resource_type, warnings)
