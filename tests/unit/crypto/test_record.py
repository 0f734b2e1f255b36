"""Sealed records: written, read, amended, sealed again."""

from __future__ import annotations

import io
import os
import tracemalloc
import zlib
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medrec.crypto.boxes import padme
from medrec.crypto.record import (
    AsAuthor,
    AsReader,
    DirectKeys,
    Part,
    PartReader,
    PartSource,
    content_key,
    open_manifest,
    open_pending_copy,
    pending_copy,
    read_root,
    rewrap,
    seal_record,
)
from medrec.crypto.stream import CHUNK, StreamSealer
from medrec.domain.cid import MAX_BLOCK, Codec, cid_of, digest_of
from medrec.domain.ids import Cid, Epoch
from medrec.errors import (
    BadObject,
    BlockChanged,
    FileUnreadable,
    InputRefused,
    KeyCommitmentWrong,
    LowOrderKey,
    MedRecError,
    NoKey,
    SealBroken,
    Truncated,
)
from tests.unit.crypto.builders import (
    CONTEXT,
    DOCTOR_KEY,
    FIELDS,
    LOW_ORDER,
    OTHER_KEY,
    PATIENT_KEY,
    Sealed,
    flipped,
    opened,
    read_part,
    sealed,
    source,
    w_of,
)

BIG = os.urandom(2 * CHUNK + 12345)


@given(st.lists(st.binary(max_size=3000), max_size=4))
@settings(max_examples=30, deadline=None)
def test_what_went_in_comes_out(contents: list[bytes]) -> None:
    made = sealed(*(source(data, f"part {i}") for i, data in enumerate(contents)))
    manifest = opened(made, w_of())
    assert (manifest.title, manifest.note) == (FIELDS.title, FIELDS.note)
    assert (manifest.created, manifest.witness) == (FIELDS.created, FIELDS.witness)
    assert [read_part(part, made.blocks) for part in manifest.parts] == contents
    assert [part.name for part in manifest.parts] == [f"part {i}" for i in range(len(contents))]


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, len(BIG)])
@pytest.mark.parametrize("fill", ["random", "text"])
def test_sizes_around_a_block(size: int, fill: str) -> None:
    data = BIG[:size] if fill == "random" else (b'{"value": 12.5, "unit": "mmol/l"}' * 99999)[:size]
    made = sealed(source(data))
    part = opened(made, w_of()).parts[0]
    assert read_part(part, made.blocks) == data
    assert part.deflated == (fill == "text" and size > 1)
    assert all(len(block) <= MAX_BLOCK for block in made.blocks.values())


def test_the_root_links_every_block_and_is_given_last() -> None:
    made = sealed(source(BIG), source(b"small"))
    assert set(made.record.links) == set(made.blocks) == set(made.root.links)
    assert made.record.blocks == tuple(made.blocks)
    assert set(made.root.body) <= set(made.root.links)
    assert made.record.cid not in made.blocks


def test_the_same_text_twice_shares_nothing() -> None:
    first, second = sealed(source(b"text")), sealed(source(b"text"))
    assert not set(first.blocks) & set(second.blocks)
    assert content_key(first.root, CONTEXT, w_of()) != content_key(second.root, CONTEXT, w_of())


def test_short_texts_have_one_size() -> None:
    sizes = {
        tuple(sorted(map(len, sealed(source(text)).blocks.values())))
        for text in (b"positive", b"negative", b"", b"x" * 700)
    }
    assert len(sizes) == 1


def test_sizes_are_padded() -> None:
    for size in (5000, 100_000, 700_000):
        made = sealed(source(BIG[:size]))
        part = opened(made, w_of()).parts[0]
        stored = sum(len(made.blocks[cid]) - 17 for cid in part.blocks)
        assert stored == padme(size)
        assert made.root.size == padme(made.root.size) >= size


def test_reading_from_a_source_that_reads_short(tmp_path: Path) -> None:
    class Short(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 100_000))

    made = sealed(PartSource("a", "b", len(BIG), partial(Short, BIG)))
    assert read_part(opened(made, w_of()).parts[0], made.blocks) == BIG
    path = tmp_path / "big"
    path.write_bytes(BIG)
    made = sealed(PartSource("a", "b", len(BIG), lambda: path.open("rb", buffering=0)))
    assert read_part(opened(made, w_of()).parts[0], made.blocks) == BIG


@pytest.mark.parametrize("size", [0, 3, 5, 10_000_000])
def test_a_file_that_changed_meanwhile(size: int) -> None:
    with pytest.raises(FileUnreadable, match="changed"):
        sealed(PartSource("note.txt", "text/plain", size, partial(io.BytesIO, b"four")))


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    def gone() -> BinaryIO:
        return (tmp_path / "gone").open("rb")

    with pytest.raises(FileUnreadable, match=r"note\.txt"):
        sealed(PartSource("note.txt", "text/plain", 4, gone))


def test_what_is_too_large_is_refused_before_it_is_read() -> None:
    def never() -> BinaryIO:
        raise AssertionError("it was opened")

    with pytest.raises(InputRefused):
        sealed(PartSource("film", "video/mp4", (8 << 30) + 1, never))
    with pytest.raises(InputRefused):
        sealed(*[PartSource("x", "y", 0, never)] * 1001)


def test_names_that_would_make_a_record_that_nobody_can_read() -> None:
    parts = [PartSource("n" * 60_000, "x", 0, partial(io.BytesIO, b""))] * 300
    with pytest.raises(InputRefused, match="names"):
        sealed(*parts)
    with pytest.raises(InputRefused, match="Unicode"):
        sealed(source(b"text", "scan\udce9.pdf"))


def test_memory_stays_flat_for_a_large_file() -> None:
    class Zeros(io.RawIOBase):
        left = 64 * CHUNK

        def read(self, size: int = -1, /) -> bytes:
            size = min(size, self.left)
            self.left -= size
            return os.urandom(size)

    seen = 0

    def emit(_cid: Cid, block: bytes) -> None:
        nonlocal seen
        seen += len(block)

    big = PartSource("film", "video/mp4", 64 * CHUNK, Zeros)  # type: ignore[arg-type]
    tracemalloc.start()
    try:
        seal_record(CONTEXT, FIELDS, [big], w_of(), DOCTOR_KEY.public, emit)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seen > 64 * CHUNK
    assert peak < 12 * MAX_BLOCK


def test_an_amendment_keeps_a_part_without_sealing_it_again() -> None:
    first = sealed(source(b"old", "text"), source(BIG, "scan"))
    kept = opened(first, w_of()).parts[1]
    context = replace(CONTEXT, version=2, epoch=Epoch(0, 4))
    blocks: dict[Cid, bytes] = {}
    record = seal_record(
        context,
        FIELDS,
        [source(b"new", "text"), kept],
        w_of(Epoch(0, 4)),
        DOCTOR_KEY.public,
        blocks.__setitem__,
    )
    second = Sealed(record, {**first.blocks, **blocks})
    manifest = opened(second, w_of(Epoch(0, 4)), context)
    assert not set(record.blocks) & set(first.blocks)
    assert set(kept.blocks) < set(record.links)
    assert [read_part(part, second.blocks) for part in manifest.parts] == [b"new", BIG]
    assert manifest.parts[1] == kept


def test_the_author_seals_again_for_a_later_epoch() -> None:
    first = sealed(source(b"text"))
    later = replace(CONTEXT, epoch=Epoch(1, 0))
    record = rewrap(first.root, DOCTOR_KEY, later, w_of(Epoch(1, 0)))
    again = Sealed(record, first.blocks)
    assert record.blocks == ()
    assert record.links == first.record.links
    assert record.digest != first.record.digest
    assert opened(again, w_of(Epoch(1, 0)), later) == opened(first, w_of())
    assert opened(again, AsAuthor(DOCTOR_KEY), later) == opened(first, w_of())
    with pytest.raises(SealBroken):
        content_key(again.root, later, w_of())


def test_sealing_again_can_change_the_form() -> None:
    first = sealed(source(b"text"))
    direct = DirectKeys(PATIENT_KEY.public, (OTHER_KEY.public,))
    made = Sealed(rewrap(first.root, DOCTOR_KEY, CONTEXT, direct), first.blocks)
    assert opened(made, AsReader(OTHER_KEY)) == opened(first, w_of())


def test_only_the_author_seals_again() -> None:
    root = sealed(source(b"text")).root
    with pytest.raises(NoKey):
        rewrap(root, OTHER_KEY, CONTEXT, w_of())
    with pytest.raises(KeyCommitmentWrong):
        rewrap(replace(root, kc=bytes(32)), DOCTOR_KEY, CONTEXT, w_of())


def test_a_pending_copy_is_for_patient_and_author_alone() -> None:
    made = sealed(source(BIG))
    copy = pending_copy(made.record.root, PATIENT_KEY.public, DOCTOR_KEY.public)
    assert made.record.root not in copy
    for key in (PATIENT_KEY, DOCTOR_KEY):
        root = open_pending_copy(copy, key)
        assert read_root(root, made.record.digest) == made.root
    with pytest.raises(NoKey):
        open_pending_copy(copy, OTHER_KEY)
    with pytest.raises(LowOrderKey):
        pending_copy(made.record.root, LOW_ORDER[0], DOCTOR_KEY.public)


PENDING = pending_copy(sealed(source(b"text")).record.root, PATIENT_KEY.public, DOCTOR_KEY.public)


@given(st.integers(0, 1 << 14))
def test_a_changed_pending_copy_never_gives_another_root(bit: int) -> None:
    honest = open_pending_copy(PENDING, PATIENT_KEY)
    try:
        assert open_pending_copy(flipped(PENDING, bit), PATIENT_KEY) == honest
    except (BadObject, NoKey, SealBroken):
        return


@given(st.integers(0, 1 << 12))
def test_a_cut_pending_copy_is_refused(size: int) -> None:
    with pytest.raises(BadObject):
        open_pending_copy(PENDING[: size % len(PENDING)], PATIENT_KEY)


# --- opening, attacked --------------------------------------------------------------------------


def test_a_manifest_under_another_content_key_is_refused_before_it_is_opened() -> None:
    made = sealed(source(b"text"))

    def never(_: Cid) -> bytes:
        raise AssertionError("a block was asked for")

    with pytest.raises(KeyCommitmentWrong):
        open_manifest(made.root, bytes(32), never)


def test_manifest_blocks_that_are_missing_changed_or_too_many() -> None:
    made = sealed(source(b"text"))
    key = content_key(made.root, CONTEXT, w_of())
    body = [made.blocks[cid] for cid in made.root.body]
    with pytest.raises(Truncated):
        open_manifest(made.root, key, [])
    with pytest.raises(BlockChanged):
        open_manifest(made.root, key, [flipped(body[0], 99)])
    with pytest.raises(BadObject):
        open_manifest(made.root, key, [*body, *body])
    assert open_manifest(made.root, key, body) == opened(made, w_of())


def test_a_part_that_the_root_does_not_link_would_not_be_pinned() -> None:
    made = sealed(source(b"text"))
    bare = replace(made.root, links=made.root.body)
    with pytest.raises(BadObject, match="link"):
        open_manifest(bare, content_key(bare, CONTEXT, w_of()), made.blocks.__getitem__)


@given(st.integers(0, 3), st.integers(0, MAX_BLOCK * 8))
@settings(max_examples=30, deadline=None)
def test_a_flipped_bit_in_any_block_is_found(which: int, bit: int) -> None:
    part = opened(LARGE, w_of()).parts[0]
    blocks = [LARGE.blocks[cid] for cid in part.blocks]
    which %= len(blocks)
    reader = PartReader(part)
    for block in blocks[:which]:
        reader.feed(block)
    with pytest.raises(BlockChanged):
        reader.feed(flipped(blocks[which], bit))


LARGE = sealed(source(BIG))


@given(st.integers(0, 2))
def test_a_part_cut_between_blocks_is_not_finished(count: int) -> None:
    part = opened(LARGE, w_of()).parts[0]
    reader = PartReader(part)
    for cid in part.blocks[:count]:
        reader.feed(LARGE.blocks[cid])
    with pytest.raises(Truncated):
        reader.finish()


def crafted(plain: bytes, *, size: int, stored: int | None = None, deflated: bool = True) -> bytes:
    """What a reader gives for a part that an ill-meaning author sealed."""
    blocks: list[bytes] = []
    sealer = StreamSealer(lambda _cid, block: blocks.append(block))
    sealer.write(plain)
    sealer.finish(len(plain))
    length = len(plain) if stored is None else stored
    part = Part(
        "scan", "x", size, length, deflated, sealer.key, sealer.header, tuple(sealer.blocks)
    )
    return read_part(part, blocks)


BOMB = zlib.compress(bytes(200 << 20), 9)


def test_a_decompression_bomb_stops_at_the_declared_size() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(BadObject, match="larger"):
            crafted(BOMB, size=1000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 << 20


def test_what_inflates_a_lot_comes_in_pieces() -> None:
    data = bytes(50 << 20)
    made = sealed(source(data))
    part = opened(made, w_of()).parts[0]
    assert len(part.blocks) == 1
    pieces = [len(piece) for piece in PartReader(part).pieces(made.blocks[part.blocks[0]])]
    assert sum(pieces) == len(data)
    assert max(pieces) <= 1 << 20


@pytest.mark.parametrize(
    ("plain", "size", "stored"),
    [
        (zlib.compress(b"text"), 5, None),
        (zlib.compress(b"text"), 3, None),
        (zlib.compress(b"text")[:-1], 4, None),
        (zlib.compress(b"text") + b"more", 4, None),
        (zlib.compress(b"text") + b"more", 4, len(zlib.compress(b"text"))),
        (b"this is not deflated", 4, None),
        (b"", 0, None),
    ],
    ids=["smaller", "larger", "unfinished", "goes on", "padding", "not deflated", "empty"],
)
def test_a_part_that_lies_about_itself(plain: bytes, size: int, stored: int | None) -> None:
    with pytest.raises(BadObject):
        crafted(plain, size=size, stored=stored)


def test_a_part_shorter_than_declared() -> None:
    with pytest.raises(Truncated):
        crafted(b"text", size=9, stored=9, deflated=False)
    with pytest.raises(BadObject, match="padding"):
        crafted(b"text and more", size=4, stored=4, deflated=False)
    assert crafted(b"text\x00\x00", size=4, stored=4, deflated=False) == b"text"


def test_deflate_that_ends_at_a_block_s_edge() -> None:
    """Pending output must come out even when the input is all consumed."""
    data = os.urandom(1000) * 5000
    made = sealed(source(data))
    part = opened(made, w_of()).parts[0]
    assert part.deflated
    assert read_part(part, made.blocks) == data


def test_nothing_is_raised_but_our_own_errors() -> None:
    made = sealed(source(b"text"))
    part = opened(made, w_of()).parts[0]
    for block in (b"", b"x", bytes(17), bytes(MAX_BLOCK), bytes(MAX_BLOCK + 1)):
        forged = replace(part, blocks=(cid_of(block, Codec.RAW),))
        with pytest.raises(MedRecError):
            read_part(forged, [block])
    assert digest_of(made.record.root) == made.record.digest
