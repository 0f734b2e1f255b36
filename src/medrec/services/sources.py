"""Where the bytes of a record's parts come from."""

from __future__ import annotations

import io
import stat
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from medrec.clinical.media import medium
from medrec.crypto.record import PartSource
from medrec.errors import EmptyFile, FileUnreadable, InputRefused

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


def attachments(paths: Iterable[Path]) -> list[PartSource]:
    """Files as attachments; each has a name of its own, by which it is found again.

    Raises:
        FileUnreadable, EmptyFile, InputRefused.
    """
    found = [attachment(path) for path in paths]
    if len({source.name for source in found}) < len(found):
        raise InputRefused(what="The attachments", why="two of them have the same name.")
    return found


def attachment(path: Path) -> PartSource:
    """Any file, as an attachment; its media type comes from its name and first bytes.

    Raises:
        FileUnreadable, EmptyFile.
    """
    source = from_file(path, "application/octet-stream")
    with source.open() as file:
        return replace(source, media_type=medium(path.name, file.read(HEAD)).media_type)


def beginning(path: Path) -> bytes | None:
    """The first `HEAD` bytes of a file; None where reading them would take them away (a pipe).

    Raises:
        FileUnreadable, EmptyFile.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
            return None
        if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
            raise FileUnreadable(name=path.name, why="it is a device, not a file.")
        with path.open("rb") as file:
            head = file.read(HEAD)
    except OSError as error:
        raise FileUnreadable(name=path.name, why=f"{error.strerror}.") from error
    if not head:
        raise EmptyFile(name=path.name)
    return head


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
