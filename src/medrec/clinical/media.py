"""What a file is, by its first bytes, then by its name (RFC 6838 media types)."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath

OCTETS = "application/octet-stream"
PDF = "application/pdf"
DICOM = "application/dicom"
XML = "application/xml"
FHIR_XML = "application/fhir+xml"

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", PDF),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (128, b"DICM", DICOM),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/wav"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "application/ogg"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"MSH|", "x-application/hl7-v2+er7"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"PK\x03\x04", "application/zip"),
)

_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_IN_ZIP = {
    ".docx": _OPEN_XML + "wordprocessingml.document",
    ".xlsx": _OPEN_XML + "spreadsheetml.sheet",
    ".pptx": _OPEN_XML + "presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}
_IN_TEXT = {
    ".csv": "text/csv",
    ".htm": "text/html",
    ".html": "text/html",
    ".json": "application/json",
    ".md": "text/markdown",
    ".svg": "image/svg+xml",
    ".xml": XML,
}
_PROMISED = {
    ".dcm": DICOM,
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".pdf": PDF,
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
}
_CDA = re.compile(rb"<(?:\w+:)?ClinicalDocument[\s>]")
_IN_FHIR = re.compile(rb"""<\w+[^<>]*xmlns=["']http://hl7\.org/fhir["']""")
_XML = re.compile(rb"<\?xml|<!DOCTYPE\s+(?!html)|<[A-Za-z_][\w.:-]*[\s/>]", re.IGNORECASE)
_HTML = re.compile(rb"<!DOCTYPE\s+html|<html[\s>]", re.IGNORECASE)
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")
_HEAD = 4096
_BOM = b"\xef\xbb\xbf"


class Kind(StrEnum):
    """What a person would call the file."""

    FHIR = "fhir"
    CDA = "cda"
    DICOM = "dicom"
    PDF = "pdf"
    IMAGE = "image"
    SOUND = "sound"
    FILM = "film"
    TEXT = "text"
    XML = "xml"
    OTHER = "other"


END = 2048
"""Bytes of the end of a file that its warnings look at."""


@dataclass(frozen=True, slots=True)
class Medium:
    """A file's kind and media type, and what is odd about it."""

    kind: Kind
    media_type: str
    warnings: tuple[str, ...] = ()


def medium(name: str, data: bytes, end: bytes | None = None) -> Medium:
    """The media type of a file; `OCTETS` where nothing fits.

    The first 4096 bytes are enough for the type; the warnings look at the end as well: give the
    last `END` bytes as ``end`` where ``data`` is only the beginning.
    """
    suffix = PurePath(name.lower()).suffix
    found = _by_magic(data, suffix) or _by_text(data, suffix) or _by_name(data, suffix)
    media_type = found or OCTETS
    kind = _kind(media_type, data)
    odd = _oddities(suffix, media_type, data if end is None else end)
    return Medium(kind, media_type, tuple(odd))


def _kind(media_type: str, data: bytes) -> Kind:
    if media_type == XML and _CDA.search(data[:_HEAD]):
        return Kind.CDA
    named = {XML: Kind.XML, FHIR_XML: Kind.XML, PDF: Kind.PDF, DICOM: Kind.DICOM}
    families = {"image": Kind.IMAGE, "audio": Kind.SOUND, "video": Kind.FILM, "text": Kind.TEXT}
    return named.get(media_type) or families.get(media_type.partition("/")[0], Kind.OTHER)


def _by_magic(data: bytes, suffix: str) -> str | None:
    for offset, magic, media_type in _MAGIC:
        if data.startswith(magic, offset):
            if media_type == "application/zip":
                return _IN_ZIP.get(suffix, media_type)
            return media_type
    return None


def _by_text(data: bytes, suffix: str) -> str | None:
    if not _CONTROLS.isdisjoint(data[:_HEAD]):
        return None
    try:
        # The beginning of a file may end inside a character.
        getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return None
    head = data.removeprefix(_BOM)[:_HEAD].lstrip()
    if _HTML.match(head):
        return "text/html"
    if _XML.match(head):
        return _xml(head, suffix)
    return _IN_TEXT.get(suffix, "text/plain") if suffix != ".xml" else "text/plain"


def _xml(head: bytes, suffix: str) -> str:
    if _IN_FHIR.search(head):
        return FHIR_XML
    return _IN_TEXT.get(suffix, XML)


def _by_name(data: bytes, suffix: str) -> str | None:
    # A DICOM file may lack the preamble (PS3.10 readers accept it): group 0002 or 0008 first.
    if suffix == ".dcm" and data[:2] in {b"\x02\x00", b"\x08\x00"}:
        return DICOM
    if suffix in {".txt", ".csv", ".md", ".xml"} and _CONTROLS.isdisjoint(data):
        return _IN_TEXT.get(suffix, "text/plain")
    return None


def _oddities(suffix: str, media_type: str, end: bytes) -> list[str]:
    odd = []
    promised = _PROMISED.get(suffix)
    if promised and promised != media_type:
        odd.append(f"Its name ends in {suffix}, but it is not of that kind ({media_type}).")
    if media_type == PDF and b"%%EOF" not in end[-END:]:
        odd.append("The PDF has no end mark: it may be cut.")
    if media_type == "image/png" and b"IEND" not in end[-64:]:
        odd.append("The PNG has no end mark: it may be cut.")
    if media_type == FHIR_XML:
        odd.append("It is FHIR in XML: kept as a document, its contents are not checked.")
    return odd
