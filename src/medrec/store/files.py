"""Private files: modes, and writes that are on the disk or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def make_private_dir(path: Path) -> None:
    """The folder, and those above it that are missing, for the user alone (mode 0700)."""
    if path.is_dir():
        return
    make_private_dir(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)


def sync_dir(path: Path) -> None:
    """Make the names in a folder outlive a power cut (fsync(2))."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, mode 0600, whole or not at all.

    Raises:
        FileExistsError: when it is there; it is left as it is.
        OSError.
    """
    temporary = _write_beside(path, data)
    try:
        # Unlike a rename, a link never takes another file's place.
        os.link(temporary, path)
    finally:
        temporary.unlink()
    sync_dir(path.parent)


def write_over(path: Path, data: bytes) -> None:
    """Replace a file's contents, mode 0600, whole or not at all.

    Raises:
        OSError.
    """
    temporary = _write_beside(path, data)
    try:
        temporary.replace(path)
    except OSError:
        temporary.unlink()
        raise
    sync_dir(path.parent)


def _write_beside(path: Path, data: bytes) -> Path:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        temporary.unlink()
        raise
    return temporary
