"""Sealing a record version: parts, manifest, root; sealing the root again for a later epoch."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from nacl import utils

from medrec.crypto.boxes import pad, padme
from medrec.crypto.kdf import EncryptionKey, key_commitment
from medrec.crypto.manifest import (
    MAX_PARTS,
    MAX_SIZE,
    ManifestFields,
    Part,
    PartSource,
    encode_manifest,
)
from medrec.crypto.root import MOST_BODY_BLOCKS, Root, check_commitment, encode_root
from medrec.crypto.stream import CHUNK, STREAM_KEY, Emit, StreamSealer
from medrec.crypto.wrapping import (
    RecordContext,
    WrapTo,
    author_box,
    open_author_box,
    wrap_content_key,
)
from medrec.domain.cid import Codec, cid_from_digest, digest_of
from medrec.domain.ids import Cid, Digest
from medrec.errors import FileUnreadable, InputRefused

LEAST_STREAM = 1024
"""The smallest class that we seal: below it, Padmé would tell "negative" from "positive"."""

_SAMPLE = 1 << 16
_DEFLATE_LEVEL = 4


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """A sealed version: its root block, whose ``digest`` goes on chain.

    ``blocks`` are those handed to ``emit`` now, in order; ``links`` all that the root links to,
    kept parts included.
    """

    root: bytes = field(repr=False)
    cid: Cid
    digest: Digest
    blocks: tuple[Cid, ...]
    links: tuple[Cid, ...]


def seal_record(
    context: RecordContext,
    fields: ManifestFields,
    parts: Sequence[PartSource | Part],
    key: WrapTo,
    author_key: bytes,
    emit: Emit,
) -> SealedRecord:
    """Seal a version under a fresh content key.

    Each block goes to ``emit(cid, block)`` as soon as it is sealed, so that memory stays flat
    for any size; the root comes last, in the result. A `Part` is carried on as it is.

    Raises:
        FileUnreadable: when a part cannot be read, or has another size than it said.
        InputRefused: when the record is too large (8 GiB or 1,000 parts).
        LowOrderKey: for the author's or the patient's key.
    """
    if len(parts) > MAX_PARTS or sum(part.size for part in parts) > MAX_SIZE:
        raise InputRefused(what="The record", why="it has over 8 GiB or over 1,000 parts.")
    content_key = utils.random(STREAM_KEY)
    wrapped = wrap_content_key(content_key, context, key)
    own = author_box(content_key, author_key, context.author)
    emitted: list[Cid] = []

    def emit_and_note(cid: Cid, block: bytes) -> None:
        emit(cid, block)
        emitted.append(cid)

    sealed = tuple(
        part if isinstance(part, Part) else _seal_part(part, emit_and_note) for part in parts
    )
    body, size = _seal_body(encode_manifest(fields, sealed), content_key, emit_and_note)
    root = Root(
        epoch=context.epoch,
        slot=context.slot,
        key=wrapped,
        kc=key_commitment(content_key),
        ak=own,
        header=body.header,
        size=padme(size + sum(part.stored for part in sealed)),
        body=tuple(body.blocks),
        links=tuple(sorted({*body.blocks, *(cid for part in sealed for cid in part.blocks)})),
    )
    return _finished(root, tuple(emitted))


def _seal_body(manifest: bytes, content_key: bytes, emit: Emit) -> tuple[StreamSealer, int]:
    """The sealed manifest, and the size that it was padded to."""
    body = StreamSealer(emit, content_key)
    size = _class_of(len(manifest) + 1)
    if size > MOST_BODY_BLOCKS * CHUNK:
        raise InputRefused(what="The record", why="the names of its parts are too long.")
    for chunk in _chunks(pad(manifest, size)):
        body.write(chunk)
    body.finish(size)
    return body, size


def rewrap(root: Root, own_key: EncryptionKey, context: RecordContext, key: WrapTo) -> SealedRecord:
    """The same body under a new root, for the epoch (or slot holders) of ``context``.

    For the author, whose transaction was refused as stale: nothing but the root is sealed again.

    Raises:
        NoKey: when ``own_key`` is not the author's.
        KeyCommitmentWrong: when the root is not in order.
        LowOrderKey.
    """
    content_key = open_author_box(root.ak, own_key)
    check_commitment(root, content_key)
    renewed = replace(
        root,
        epoch=context.epoch,
        slot=context.slot,
        key=wrap_content_key(content_key, context, key),
        ak=author_box(content_key, own_key.public, context.author),
    )
    return _finished(renewed, ())


def _finished(root: Root, emitted: tuple[Cid, ...]) -> SealedRecord:
    data = encode_root(root)
    digest = digest_of(data)
    return SealedRecord(
        root=data,
        cid=cid_from_digest(digest, Codec.DAG_CBOR),
        digest=digest,
        blocks=emitted,
        links=root.links,
    )


def _seal_part(source: PartSource, emit: Emit) -> Part:
    sealer = StreamSealer(emit)
    changed = FileUnreadable(name=source.name, why="it changed while it was read.")
    size = 0
    deflater: zlib._Compress | None = None
    for number, chunk in enumerate(_read(source)):
        if number == 0 and _worth_deflating(chunk):
            deflater = zlib.compressobj(_DEFLATE_LEVEL)
        size += len(chunk)
        if size > source.size:
            raise changed
        sealer.write(chunk if deflater is None else deflater.compress(chunk))
    if deflater is not None:
        sealer.write(deflater.flush())
    if size != source.size:
        raise changed
    stored = sealer.written
    sealer.finish(_class_of(stored))
    return Part(
        name=source.name,
        media_type=source.media_type,
        size=size,
        stored=stored,
        deflated=deflater is not None,
        key=sealer.key,
        header=sealer.header,
        blocks=tuple(sealer.blocks),
    )


def _read(source: PartSource) -> Iterator[bytes]:
    try:
        with source.open() as file:
            while chunk := _read_full(file):
                yield chunk
    except OSError as error:
        raise FileUnreadable(name=source.name, why="it could not be read.") from error


def _read_full(file: BinaryIO) -> bytes:
    """A whole chunk, also from a source that reads short; less only at the end."""
    chunk = file.read(CHUNK)
    if not chunk or len(chunk) == CHUNK:
        return chunk
    pieces = bytearray(chunk)
    while more := file.read(CHUNK - len(pieces)):
        pieces += more
    return bytes(pieces)


def _worth_deflating(chunk: bytes) -> bool:
    sample = chunk[:_SAMPLE]
    return len(zlib.compress(sample, 1)) < 0.9 * len(sample)


def _class_of(size: int) -> int:
    return max(padme(size), LEAST_STREAM)


def _chunks(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), CHUNK):
        yield data[start : start + CHUNK]
