"""Sealing and opening a record, beside bare libsodium secretstream on the same bytes."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from typing import TypeVar

from nacl import bindings

from medrec.crypto.kdf import account_root, encryption_key, epoch_state, wrapping_key
from medrec.crypto.record import (
    ManifestFields,
    PartReader,
    PartSource,
    RecordContext,
    Witness,
    content_key,
    open_manifest,
    read_root,
    seal_record,
)
from medrec.domain.categories import Category, Slot
from medrec.domain.ids import Address, ChainHead, Cid, Epoch, RecordId
from tests.bench.table import show

SIZE = 64 << 20
CHUNK = (1 << 20) - 17
T = TypeVar("T")
PATIENT = Address("0x" + "11" * 20)


def main() -> None:
    """Print MB/s of both, random bytes (a scan) and text (deflated)."""
    noise = os.urandom(SIZE)
    text = (b'{"resourceType": "Observation", "status": "final"}\n' * (SIZE // 51 + 1))[:SIZE]
    bare_seal, bare_open = _libsodium(noise)
    rows = []
    for name, data in (("random bytes", noise), ("FHIR text, deflated", text)):
        seal, opened = _ours(data)
        rows += [
            (f"seal, {name}", f"{seal:,.0f}", f"{bare_seal:,.0f}", f"{seal / bare_seal:.2f}"),
            (f"open, {name}", f"{opened:,.0f}", f"{bare_open:,.0f}", f"{opened / bare_open:.2f}"),
        ]
    show(["64 MiB in MB/s", "MedRec", "secretstream alone", "ratio"], rows)


def _ours(data: bytes) -> tuple[float, float]:
    root = account_root(bytes(64))
    epoch = Epoch(0, 0)
    w = wrapping_key(epoch_state(root, Category.IMAGING, epoch))
    context = RecordContext(
        31337, PATIENT, PATIENT, RecordId(bytes([7]) + bytes(31)), 1, Slot(7), epoch, PATIENT
    )
    fields = ManifestFields("scan", 0, Witness(1, bytes(32), ChainHead(bytes(27))))
    source = PartSource("scan.dcm", "application/dicom", len(data), lambda: io.BytesIO(data))
    blocks: dict[Cid, bytes] = {}
    author = encryption_key(root, 1).public
    sealed, seconds = _timed(
        lambda: seal_record(context, fields, [source], w, author, blocks.__setitem__)
    )

    def read() -> int:
        opened = read_root(sealed.root, sealed.digest)
        manifest = open_manifest(opened, content_key(opened, context, w), blocks.__getitem__)
        reader = PartReader(manifest.parts[0])
        total = sum(len(reader.feed(blocks[cid])) for cid in manifest.parts[0].blocks)
        reader.finish()
        return total

    total, opening = _timed(read)
    if total != len(data):
        raise RuntimeError("what came back is not what went in")
    return len(data) / seconds / 1e6, len(data) / opening / 1e6


def _libsodium(data: bytes) -> tuple[float, float]:
    key = os.urandom(32)

    def seal() -> tuple[bytes, list[bytes]]:
        state = bindings.crypto_secretstream_xchacha20poly1305_state()
        header = bindings.crypto_secretstream_xchacha20poly1305_init_push(state, key)
        return header, [
            bindings.crypto_secretstream_xchacha20poly1305_push(state, data[i : i + CHUNK])
            for i in range(0, len(data), CHUNK)
        ]

    (header, chunks), sealing = _timed(seal)

    def read() -> None:
        state = bindings.crypto_secretstream_xchacha20poly1305_state()
        bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, header, key)
        for chunk in chunks:
            bindings.crypto_secretstream_xchacha20poly1305_pull(state, chunk)

    _, opening = _timed(read)
    return len(data) / sealing / 1e6, len(data) / opening / 1e6


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


if __name__ == "__main__":
    main()
