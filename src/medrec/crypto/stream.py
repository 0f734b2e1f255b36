"""Secretstream (libsodium's XChaCha20-Poly1305) in chunks that make blocks of 1 MiB.

https://doc.libsodium.org/secret-key_cryptography/secretstream. Each sealed chunk is one raw
block; the last, and only the last, carries the final tag.
"""

from __future__ import annotations

from collections.abc import Callable

import nacl.exceptions
from nacl import bindings, utils

from medrec.domain.cid import MAX_BLOCK, Codec, cid_of
from medrec.domain.ids import Cid
from medrec.errors import BadObject, BlockChanged, SealBroken, Truncated

CHUNK_OVERHEAD = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
CHUNK = MAX_BLOCK - CHUNK_OVERHEAD
HEADER = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
STREAM_KEY = bindings.crypto_secretstream_xchacha20poly1305_KEYBYTES
_MESSAGE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_FINAL = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_ZEROS = bytes(CHUNK)

Emit = Callable[[Cid, bytes], None]


class StreamSealer:
    """Seals what is written, and hands over each block as soon as it is full."""

    __slots__ = ("_buffer", "_emit", "_held", "_state", "blocks", "header", "key", "written")

    def __init__(self, emit: Emit, key: bytes | None = None) -> None:
        self.key = utils.random(STREAM_KEY) if key is None else key
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        self.header = bindings.crypto_secretstream_xchacha20poly1305_init_push(
            self._state, self.key
        )
        self._emit = emit
        self._buffer = bytearray()
        self._held: bytes | None = None
        self.blocks: list[Cid] = []
        self.written = 0

    def write(self, data: bytes) -> None:
        """Add plaintext; whole chunks pass without being copied together."""
        self.written += len(data)
        if not self._buffer and len(data) == CHUNK:
            self._hold(data)
            return
        self._buffer += data
        while len(self._buffer) >= CHUNK:
            chunk = bytes(memoryview(self._buffer)[:CHUNK])
            del self._buffer[:CHUNK]
            self._hold(chunk)

    def finish(self, size: int) -> None:
        """Fill up with zeros to ``size`` bytes of plaintext and end the stream."""
        while self.written < size:
            self.write(_ZEROS[: min(CHUNK - len(self._buffer), size - self.written)])
        if self._buffer or self._held is None:
            self._hold(bytes(self._buffer))
        self._flush(_FINAL)

    def _hold(self, chunk: bytes) -> None:
        """Keep a chunk back until it is known whether it is the last."""
        if self._held is not None:
            self._flush(_MESSAGE)
        self._held = chunk

    def _flush(self, tag: int) -> None:
        block = bindings.crypto_secretstream_xchacha20poly1305_push(
            self._state, self._held or b"", None, tag
        )
        cid = cid_of(block, Codec.RAW)
        self.blocks.append(cid)
        self._emit(cid, block)


class StreamOpener:
    """Opens blocks one at a time, in order, each checked against its CID."""

    __slots__ = ("_blocks", "_done", "_state", "_what")

    def __init__(self, key: bytes, header: bytes, blocks: tuple[Cid, ...], what: str) -> None:
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(self._state, header, key)
        self._blocks = blocks
        self._done = 0
        self._what = what

    def feed(self, block: bytes) -> bytes:
        """The plaintext of the next block.

        Raises:
            BlockChanged: when it is not the block that was sealed.
            SealBroken: when it does not open.
            Truncated: when it is the last block and does not end the stream.
            BadObject: when the stream ends early or the block has a wrong size.
        """
        if self._done == len(self._blocks):
            raise BadObject(why=f"{self._what} goes on after its end.")
        cid = self._blocks[self._done]
        if cid_of(block, Codec.RAW) != cid:
            raise BlockChanged(cid=cid)
        last = self._done == len(self._blocks) - 1
        if not CHUNK_OVERHEAD <= len(block) <= MAX_BLOCK or (not last and len(block) != MAX_BLOCK):
            raise BadObject(why=f"a block of {self._what} has a wrong size.")
        try:
            plain, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(self._state, block)
        except nacl.exceptions.CryptoError as error:
            raise SealBroken(what=self._what) from error
        if last and tag == _MESSAGE:
            raise Truncated(what=self._what)
        if tag != (_FINAL if last else _MESSAGE):
            raise BadObject(why=f"{self._what} ends before its last block.")
        self._done += 1
        return plain

    def finish(self) -> None:
        """Require that the final block was fed.

        Raises:
            Truncated.
        """
        if self._done < len(self._blocks) or not self._blocks:
            raise Truncated(what=self._what)
