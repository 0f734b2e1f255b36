"""The files of a FolderStore: written atomically and durably, private to the user (blocking)."""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from medrec.domain.cid import MAX_BLOCK, digest_of, parse_cid
from medrec.domain.ids import Cid, Digest
from medrec.errors import StoreDown, StoreRefused

_MARKER = "medrec-store"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


class Files:
    """The folder's layout and how each file is read and written; mapped errors only.

    All methods raise StoreDown where the folder is no store, StoreRefused where the system says
    no (permission, disk full, a read error).
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._blocks = root / "blocks"
        self._pins = root / "pins"
        self._tmp = root / "tmp"

    def create(self) -> None:
        """Make the folders, mode 0700; the marker comes last."""
        with self._mapped():
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            for folder in (self._blocks, self._pins, self._tmp):
                folder.mkdir(exist_ok=True, mode=0o700)
            if not (self.root / _MARKER).exists():
                self._write(self.root / _MARKER, b"1\n")

    def has_block(self, digest: Digest) -> bool:
        """Whether there is a file for the block."""
        with self._mapped():
            return self._block(digest).is_file() or self._absent()

    def read_block(self, digest: Digest) -> bytes | None:
        """At most one byte more than a block may have; None where there is no file."""
        with self._mapped():
            try:
                with self._block(digest).open("rb") as file:
                    return file.read(MAX_BLOCK + 1)
            except FileNotFoundError:
                self._absent()
                return None

    def write_block(self, digest: Digest, data: bytes) -> None:
        """Write a block, unless a whole copy of it is there."""
        path = self._block(digest)
        with self._mapped():
            if not path.parent.is_dir():
                path.parent.mkdir(exist_ok=True, mode=0o700)
                _sync_folder(self._blocks)
            present = self.read_block(digest)
            if present is None or digest_of(present) != digest:
                self._write(path, data)
            else:
                # Whoever wrote it may have been killed before the folder was synced.
                _sync_folder(path.parent)

    def remove_block(self, digest: Digest) -> None:
        """Remove a block's file."""
        with self._mapped():
            self._block(digest).unlink(missing_ok=True)

    def block_sizes(self) -> dict[Digest, int]:
        """Every block's size in bytes, by digest."""
        with self._mapped():
            self._absent()
            return {
                Digest(bytes.fromhex(file.name)): file.stat().st_size
                for folder in self._blocks.iterdir()
                for file in folder.iterdir()
                if _is_digest(file.name)
            }

    def pins(self) -> list[Cid]:
        """Every pinned CID."""
        with self._mapped():
            self._absent()
            return [Cid(file.name) for file in self._pins.iterdir() if _is_cid(file.name)]

    def write_pin(self, cid: Cid) -> None:
        """Record a pin for good."""
        with self._mapped():
            self._write(self._pins / cid, b"")

    def remove_pin(self, cid: Cid) -> None:
        """Forget a pin for good; an unknown one is no error."""
        with self._mapped():
            self._absent()
            (self._pins / cid).unlink(missing_ok=True)
            _sync_folder(self._pins)

    @contextmanager
    def adding(self) -> Iterator[None]:
        """While blocks and pins are added: no process collects garbage."""
        with self._locked(fcntl.LOCK_SH):
            yield

    @contextmanager
    def collecting(self) -> Iterator[None]:
        """While garbage is collected: no process adds. What a killed one left half-written goes."""
        with self._locked(fcntl.LOCK_EX):
            with self._mapped():
                for leftover in self._tmp.iterdir():
                    leftover.unlink()
            yield

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        with self._mapped():
            self._absent()
            lock = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with self._mapped():
                fcntl.flock(lock, how)
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _mapped(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in _FULL:
                why = "there is no room left on its disk. Free some, then try again."
            elif error.errno in _FORBIDDEN:
                why = "this user may not read or write there. Ask who set it up."
            elif not (self.root / _MARKER).exists():
                raise StoreDown(location=self.root) from error
            else:
                why = f"its disk reports “{os.strerror(error.errno or errno.EIO)}”."
            raise StoreRefused(location=self.root, why=why) from error

    def _absent(self) -> bool:
        """False, when this is a store; for "it is not there" means nothing where no store is."""
        (self.root / _MARKER).stat()
        return False

    def _block(self, digest: Digest) -> Path:
        name = digest.hex()
        return self._blocks / name[:2] / name

    def _write(self, path: Path, data: bytes) -> None:
        handle, name = tempfile.mkstemp(dir=self._tmp)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(handle)
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _is_digest(name: str) -> bool:
    try:
        return len(bytes.fromhex(name)) == 32
    except ValueError:
        return False


def _is_cid(name: str) -> bool:
    try:
        parse_cid(name)
    except ValueError:
        return False
    return True
