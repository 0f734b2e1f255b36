"""Secretstream in blocks."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl import bindings

from medrec.crypto.stream import CHUNK, CHUNK_OVERHEAD, StreamOpener, StreamSealer
from medrec.domain.cid import MAX_BLOCK, Codec, cid_of
from medrec.domain.ids import Cid
from medrec.errors import BadObject, BlockChanged, MedRecError, SealBroken, Truncated
from tests.unit.crypto.builders import flipped

KEY = bytes(range(32))


def seal(data: bytes, size: int | None = None, step: int = CHUNK) -> tuple[bytes, list[bytes]]:
    """Header and blocks of ``data``, written in steps."""
    blocks: list[bytes] = []
    cids: list[Cid] = []

    def emit(cid: Cid, block: bytes) -> None:
        assert cid == cid_of(block, Codec.RAW)
        blocks.append(block)
        cids.append(cid)

    sealer = StreamSealer(emit, KEY)
    for start in range(0, len(data), step):
        sealer.write(data[start : start + step])
    sealer.finish(len(data) if size is None else size)
    assert sealer.blocks == cids
    return sealer.header, blocks


def reopen(header: bytes, blocks: list[bytes], key: bytes = KEY) -> bytes:
    """The plaintext; the CIDs are those of the blocks as given."""
    cids = tuple(cid_of(block, Codec.RAW) for block in blocks)
    opener = StreamOpener(key, header, cids, "the part")
    data = b"".join([opener.feed(block) for block in blocks])
    opener.finish()
    return data


@pytest.mark.parametrize(
    "size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1, 3 * CHUNK - 1]
)
def test_every_sealed_chunk_is_one_block(size: int) -> None:
    data = os.urandom(size)
    header, blocks = seal(data)
    assert len(blocks) == max(1, -(-size // CHUNK))
    assert all(len(block) == MAX_BLOCK for block in blocks[:-1])
    assert sum(map(len, blocks)) == size + len(blocks) * CHUNK_OVERHEAD
    assert reopen(header, blocks) == data


@given(st.integers(0, 3 * CHUNK), st.integers(CHUNK // 9, 2 * CHUNK), st.integers(0, CHUNK + 9))
@settings(max_examples=25, deadline=None)
def test_how_it_is_written_does_not_matter(size: int, step: int, more: int) -> None:
    data = os.urandom(size)
    header, blocks = seal(data, size + more, step)
    assert len(blocks) == max(1, -(-(size + more) // CHUNK))
    assert reopen(header, blocks) == data + bytes(more)


def test_blocks_come_as_they_are_made() -> None:
    made: list[int] = []
    sealer = StreamSealer(lambda _cid, block: made.append(len(block)))
    sealer.write(bytes(CHUNK))
    assert made == []
    sealer.write(bytes(CHUNK))
    sealer.write(bytes(1))
    assert made == [MAX_BLOCK]


HEADER, BLOCKS = seal(os.urandom(2 * CHUNK + 100))


@given(st.integers(0, 2), st.integers(0, MAX_BLOCK * 8))
@settings(max_examples=40, deadline=None)
def test_a_flipped_bit_never_gives_plaintext(which: int, bit: int) -> None:
    changed = list(BLOCKS)
    changed[which] = flipped(changed[which], bit)
    with pytest.raises(SealBroken, match="the part"):
        reopen(HEADER, changed)


def test_a_block_that_is_not_the_one_that_was_sealed() -> None:
    opener = StreamOpener(KEY, HEADER, (cid_of(BLOCKS[0], Codec.RAW),), "the part")
    with pytest.raises(BlockChanged):
        opener.feed(flipped(BLOCKS[0], 7))


@pytest.mark.parametrize("kept", [1, 2])
def test_a_stream_cut_between_blocks(kept: int) -> None:
    with pytest.raises(Truncated):
        reopen(HEADER, BLOCKS[:kept])


def test_a_stream_that_was_not_read_to_its_end() -> None:
    cids = tuple(cid_of(block, Codec.RAW) for block in BLOCKS)
    opener = StreamOpener(KEY, HEADER, cids, "the part")
    for block in BLOCKS[:2]:
        opener.feed(block)
    with pytest.raises(Truncated):
        opener.finish()
    with pytest.raises(Truncated):
        StreamOpener(KEY, HEADER, (), "the part").finish()


@given(st.integers(0, MAX_BLOCK))
@settings(max_examples=30, deadline=None)
def test_a_cut_block_never_gives_plaintext(size: int) -> None:
    cut = BLOCKS[2][: size % len(BLOCKS[2])]
    with pytest.raises((SealBroken, BadObject)):
        reopen(HEADER, [*BLOCKS[:2], cut])
    with pytest.raises(MedRecError):
        reopen(HEADER, [BLOCKS[0][: size % MAX_BLOCK], *BLOCKS[1:]])


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 0, 2), (0, 2), (2,)])
def test_blocks_in_another_order(order: tuple[int, ...]) -> None:
    with pytest.raises((SealBroken, BadObject)):
        reopen(HEADER, [BLOCKS[i] for i in order])


def test_blocks_after_the_end() -> None:
    header, blocks = seal(bytes(CHUNK))
    with pytest.raises(BadObject, match="ends before"):
        reopen(header, [*blocks, blocks[0]])
    cids = (cid_of(blocks[0], Codec.RAW),)
    opener = StreamOpener(KEY, header, cids, "the part")
    opener.feed(blocks[0])
    with pytest.raises(BadObject, match="goes on"):
        opener.feed(blocks[0])


def test_another_key_and_another_header() -> None:
    with pytest.raises(SealBroken):
        reopen(HEADER, BLOCKS, bytes(32))
    with pytest.raises(SealBroken):
        reopen(bytes(24), BLOCKS)


@pytest.mark.parametrize(
    "tag",
    [
        bindings.crypto_secretstream_xchacha20poly1305_TAG_PUSH,
        bindings.crypto_secretstream_xchacha20poly1305_TAG_REKEY,
    ],
)
def test_tags_that_we_never_write(tag: int) -> None:
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    header = bindings.crypto_secretstream_xchacha20poly1305_init_push(state, KEY)
    block = bindings.crypto_secretstream_xchacha20poly1305_push(state, b"text", None, tag)
    with pytest.raises(BadObject):
        reopen(header, [block])


def test_an_early_block_of_less_than_a_whole_chunk() -> None:
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    header = bindings.crypto_secretstream_xchacha20poly1305_init_push(state, KEY)
    push = bindings.crypto_secretstream_xchacha20poly1305_push
    blocks = [push(state, b"a"), push(state, b"b", None, 3)]
    with pytest.raises(BadObject, match="size"):
        reopen(header, blocks)
