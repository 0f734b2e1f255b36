"""Opening a sealed record: the manifest at once, each part block by block.

The caller fetches the blocks, so that asynchronous code can wait between them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator

from medrec.crypto.boxes import unpad
from medrec.crypto.manifest import Manifest, Part, decode_manifest
from medrec.crypto.root import Root, check_commitment
from medrec.crypto.stream import StreamOpener
from medrec.domain.ids import Cid
from medrec.errors import BadObject, Truncated

PIECE = 1 << 20
"""Bytes that inflating gives at a time."""


def open_manifest(
    root: Root, content_key: bytes, blocks: Callable[[Cid], bytes] | Iterable[bytes]
) -> Manifest:
    """The manifest; ``blocks`` gives those of ``root.body``, by CID or in order.

    Raises:
        KeyCommitmentWrong: before anything is decrypted.
        BlockChanged, SealBroken, Truncated, BadObject.
    """
    check_commitment(root, content_key)
    what = "the record"
    stream = StreamOpener(content_key, root.header, root.body, what)
    given = map(blocks, root.body) if callable(blocks) else blocks
    plain = b"".join(stream.feed(block) for block in given)
    stream.finish()
    manifest = decode_manifest(unpad(plain))
    if not manifest.blocks <= set(root.links):
        raise BadObject(why="the record has parts that its root does not link.")
    return manifest


class PartReader:
    """Opens one part: `feed` its blocks in order, then `finish`.

    What was given out before an error is genuine but incomplete: keep nothing until `finish`.
    """

    __slots__ = ("_inflater", "_part", "_produced", "_stored", "_stream", "_what")

    def __init__(self, part: Part) -> None:
        self._part = part
        self._what = f"“{part.name}”"
        self._stream = StreamOpener(part.key, part.header, part.blocks, self._what)
        self._inflater = zlib.decompressobj() if part.deflated else None
        self._stored = 0
        self._produced = 0

    def feed(self, block: bytes) -> bytes:
        """The original bytes that the next block holds.

        Raises:
            BlockChanged, SealBroken, Truncated.
            BadObject: also when it inflates to more than was declared.
        """
        return b"".join(self.pieces(block))

    def pieces(self, block: bytes) -> Iterator[bytes]:
        """As `feed`, in pieces of at most 1 MiB however much a block inflates to."""
        plain = self._stream.feed(block)
        data = plain[: self._part.stored - self._stored]
        if plain[len(data) :].strip(b"\x00"):
            raise BadObject(why=f"the padding of {self._what} is malformed.")
        self._stored += len(data)
        for piece in self._inflate(data):
            self._produced += len(piece)
            if self._produced > self._part.size:
                raise BadObject(why=f"{self._what} is larger than it says.")
            yield piece

    def finish(self) -> None:
        """Require that the part is complete.

        Raises:
            Truncated, BadObject.
        """
        self._stream.finish()
        if self._stored != self._part.stored:
            raise Truncated(what=self._what)
        inflated = self._inflater is None or self._inflater.eof
        if not inflated or self._produced != self._part.size:
            raise BadObject(why=f"{self._what} is not as large as it says.")

    def _inflate(self, data: bytes) -> Iterator[bytes]:
        if self._inflater is None:
            yield data
            return
        while True:
            most = min(PIECE, self._part.size - self._produced + 1)
            try:
                piece = self._inflater.decompress(data, most)
            except zlib.error as error:
                raise BadObject(why=f"{self._what} does not inflate.") from error
            if self._inflater.unused_data:
                raise BadObject(why=f"{self._what} goes on after its end.")
            data = self._inflater.unconsumed_tail
            yield piece
            if not data and len(piece) < most:
                return
