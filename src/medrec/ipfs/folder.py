"""FolderStore: the same blocks with the same CIDs, in a folder.

<root>/medrec-store       marks the folder as a store; without it the store counts as down
<root>/lock               shared by those who add, exclusive for garbage collection
<root>/blocks/ab/<sha2-256 in hex>    as in Kubo, a block is found by its hash, not its codec
<root>/pins/<cid>         one empty file a pin
<root>/tmp/               what is being written
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

from medrec.domain.cid import Codec, parse_cid
from medrec.domain.ids import Cid
from medrec.domain.network import StoreConfig
from medrec.errors import BlockMissing
from medrec.ipfs.blocks import check_own_block, check_stored_block
from medrec.ipfs.files import Files
from medrec.ipfs.links import links_of


class FolderStore:
    """The ContentStore port over a folder made by `create`; file work is done in threads.

    Every method raises StoreDown where the folder is not there (a disk that is not mounted) and
    StoreRefused where the system lets us not read or write (permissions, a full disk).
    """

    def __init__(self, path: Path) -> None:
        self._files = Files(path)

    @classmethod
    def create(cls, path: Path) -> StoreConfig:
        """Make the folder a store, mode 0700, and say how a network file names it.

        Doing it again is harmless.

        Raises:
            StoreRefused: when the folder cannot be made.
        """
        Files(path).create()
        return StoreConfig(kind="folder", location=str(path))

    async def put(self, cid: Cid, data: bytes) -> None:
        """Store a block, on disk for good when this returns; a damaged copy is replaced.

        Raises:
            ValueError: when the CID is not the data's, or the block is over 1 MiB (our bug).
            StoreDown, StoreRefused.
        """
        await asyncio.to_thread(self._put, cid, data)

    async def get(self, cid: Cid) -> bytes:
        """The block, checked against its CID.

        Raises:
            BlockMissing, BlockChanged, StoreDown, StoreRefused.
        """
        return await asyncio.to_thread(self._get, cid)

    async def has(self, cid: Cid) -> bool:
        """Whether the folder holds the block; its bytes are not looked at."""
        _, digest = parse_cid(cid)
        return await asyncio.to_thread(self._files.has_block, digest)

    async def pin(self, cid: Cid) -> None:
        """Keep the block and everything that it links to, recursively.

        Raises:
            BlockMissing: names what is linked and not there.
            BlockChanged, BadObject: when a dag-cbor block on the way cannot be followed.
        """
        await asyncio.to_thread(self._pin, cid)

    async def unpin(self, cid: Cid) -> None:
        """Let go of a pin; unknown pins are no error."""
        parse_cid(cid)
        await asyncio.to_thread(self._files.remove_pin, cid)

    async def status(self) -> Mapping[str, str | int]:
        """For people: kind, location, blocks, bytes, pins."""
        return await asyncio.to_thread(self._status)

    async def collect_garbage(self) -> int:
        """Remove every block that no pin holds; returns how many.

        Raises:
            BlockMissing, BlockChanged, BadObject: when a pinned object is damaged; then nothing
                is removed, since what it links to cannot be known.
        """
        return await asyncio.to_thread(self._collect)

    async def close(self) -> None:
        """Nothing is held open between calls."""

    def _put(self, cid: Cid, data: bytes) -> None:
        check_own_block(cid, data)
        _, digest = parse_cid(cid)
        with self._files.adding():
            self._files.write_block(digest, data)

    def _get(self, cid: Cid) -> bytes:
        _, digest = parse_cid(cid)
        data = self._files.read_block(digest)
        if data is None:
            raise BlockMissing(cid=cid)
        check_stored_block(cid, data)
        return data

    def _pin(self, cid: Cid) -> None:
        with self._files.adding():
            self._reach(cid, set())
            self._files.write_pin(cid)

    def _reach(self, root: Cid, reached: set[bytes]) -> None:
        """Add to ``reached`` the digests of everything below ``root``, itself included."""
        seen: set[Cid] = set()
        waiting = [root]
        while waiting:
            cid = waiting.pop()
            if cid in seen:
                continue
            seen.add(cid)
            codec, digest = parse_cid(cid)
            reached.add(digest)
            if codec is Codec.DAG_CBOR:
                waiting += links_of(cid, self._get(cid))
            elif not self._files.has_block(digest):
                raise BlockMissing(cid=cid)

    def _status(self) -> dict[str, str | int]:
        sizes = self._files.block_sizes()
        return {
            "kind": "folder",
            "location": str(self._files.root),
            "blocks": len(sizes),
            "bytes": sum(sizes.values()),
            "pins": len(self._files.pins()),
        }

    def _collect(self) -> int:
        with self._files.collecting():
            kept: set[bytes] = set()
            for pin in self._files.pins():
                self._reach(pin, kept)
            loose = [digest for digest in self._files.block_sizes() if digest not in kept]
            for digest in loose:
                self._files.remove_block(digest)
            return len(loose)
