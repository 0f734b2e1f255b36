"""Where the bytes of a record's parts come from."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from medrec.clinical.media import medium
from medrec.crypto.record import PartSource
from medrec.errors import EmptyFile, FileUnreadable

HEAD = 4096
"""Bytes that are enough to tell a file's media type."""


def in_memory(name: str, media_type: str, data: bytes) -> PartSource:
    """A part whose bytes are at hand."""

    def opener() -> BinaryIO:
        return io.BytesIO(data)

    return PartSource(name, media_type, len(data), opener)


def from_file(path: Path, media_type: str) -> PartSource:
    """A part that is streamed from a file.

    Raises:
        FileUnreadable, EmptyFile.
    """
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError as error:
        raise FileUnreadable(name=path.name, why=f"{error.strerror}.") from error
    if size == 0:
        raise EmptyFile(name=path.name)

    def opener() -> BinaryIO:
        return path.open("rb")

    return PartSource(path.name, media_type, size, opener)


def attachment(path: Path) -> PartSource:
    """Any file, as an attachment; its media type comes from its name and first bytes.

    Raises:
        FileUnreadable, EmptyFile.
    """
    source = from_file(path, "application/octet-stream")
    with source.open() as file:
        return replace(source, media_type=medium(path.name, file.read(HEAD)).media_type)


def read_file(path: Path) -> bytes:
    """A whole file.

    Raises:
        FileUnreadable, EmptyFile.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileUnreadable(name=path.name, why=f"{error.strerror}.") from error
    if not data:
        raise EmptyFile(name=path.name)
    return data
