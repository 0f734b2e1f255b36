"""Where the bytes of a record's parts come from."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

from medrec.crypto.record import PartSource
from medrec.errors import EmptyFile, FileUnreadable


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
