"""Roots, and the three ways to a content key."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medrec.crypto import kdf
from medrec.crypto.codec import Link, decode, encode
from medrec.crypto.root import content_key, decode_root, encode_root, read_root
from medrec.crypto.wrapping import (
    AUTHOR_BOX,
    DIRECT_BOX,
    AsAuthor,
    AsReader,
    DirectKeys,
    Opener,
    RecordContext,
    wrap_content_key,
)
from medrec.domain.categories import Slot
from medrec.domain.cid import Codec, cid_from_digest, cid_of, digest_of
from medrec.domain.ids import Digest, Epoch, short_address
from medrec.errors import (
    BadObject,
    BlockChanged,
    IntegrityError,
    KeyCommitmentWrong,
    LowOrderKey,
    NoKey,
    SealBroken,
)
from tests.unit.crypto.builders import (
    CONTEXT,
    DOCTOR_KEY,
    LOW_ORDER,
    OTHER_CONTEXTS,
    OTHER_KEY,
    PATIENT,
    PATIENT_KEY,
    Sealed,
    flipped,
    opened,
    sealed,
    source,
    w_of,
)

DIRECT = DirectKeys(PATIENT_KEY.public, (OTHER_KEY.public,))
UNDER_W = sealed(source(b"text"))
DIRECTLY = sealed(source(b"text"), key=DIRECT)


@pytest.mark.parametrize("made", [UNDER_W, DIRECTLY], ids=["W", "direct"])
def test_a_root_survives_the_store(made: Sealed) -> None:
    root = read_root(made.record.root, made.record.digest)
    assert encode_root(root) == made.record.root
    assert root.direct == (made is DIRECTLY)
    assert made.record.cid == cid_from_digest(made.record.digest, Codec.DAG_CBOR)
    assert made.record.digest == digest_of(made.record.root)


def test_everyone_finds_the_same_content_key() -> None:
    under_w = {
        content_key(UNDER_W.root, CONTEXT, w_of()),
        content_key(UNDER_W.root, CONTEXT, AsAuthor(DOCTOR_KEY)),
    }
    direct = {
        content_key(DIRECTLY.root, CONTEXT, opener)
        for opener in (AsReader(PATIENT_KEY), AsReader(OTHER_KEY), AsAuthor(DOCTOR_KEY))
    }
    assert len(under_w) == len(direct) == 1
    assert under_w != direct


@pytest.mark.parametrize(
    "opener",
    [AsReader(PATIENT_KEY), AsAuthor(OTHER_KEY), AsAuthor(PATIENT_KEY)],
    ids=["a reader's key", "another author", "the patient as author"],
)
def test_no_other_key_opens_what_is_under_w(opener: Opener) -> None:
    with pytest.raises(NoKey):
        content_key(UNDER_W.root, CONTEXT, opener)


@pytest.mark.parametrize("opener", [w_of(), AsReader(DOCTOR_KEY)], ids=["W", "no reader"])
def test_no_other_key_opens_what_is_sealed_directly(opener: Opener) -> None:
    with pytest.raises(NoKey):
        content_key(DIRECTLY.root, CONTEXT, opener)


def test_another_w_opens_nothing() -> None:
    with pytest.raises(SealBroken):
        content_key(UNDER_W.root, CONTEXT, w_of(Epoch(0, 2)))


@pytest.mark.parametrize("name", OTHER_CONTEXTS)
def test_a_root_opens_only_where_it_belongs(name: str) -> None:
    """Swapped between chains, contracts, patients, records, versions, slots, epochs, authors."""
    other = OTHER_CONTEXTS[name]
    with pytest.raises(SealBroken):
        content_key(UNDER_W.root, other, w_of())
    for key in (PATIENT_KEY, OTHER_KEY):
        with pytest.raises(SealBroken):
            content_key(DIRECTLY.root, other, AsReader(key))


@pytest.mark.parametrize("name", ["slot", "epoch"])
def test_relabelling_a_root_does_not_move_it(name: str) -> None:
    """The attacker writes the other slot or epoch into the public part."""
    other: RecordContext = OTHER_CONTEXTS[name]
    for made, opener in ((UNDER_W, w_of()), (DIRECTLY, AsReader(PATIENT_KEY))):
        moved = replace(made.root, slot=other.slot, epoch=other.epoch)
        with pytest.raises(SealBroken):
            content_key(moved, other, opener)


def test_a_content_key_that_is_not_the_one_committed_to() -> None:
    lying = replace(UNDER_W.root, kc=bytes(32))
    for opener in (w_of(), AsAuthor(DOCTOR_KEY)):
        with pytest.raises(KeyCommitmentWrong):
            content_key(lying, CONTEXT, opener)
    exchanged = replace(UNDER_W.root, key=wrap_content_key(bytes(32), CONTEXT, w_of()))
    with pytest.raises(KeyCommitmentWrong):
        content_key(exchanged, CONTEXT, w_of())


@given(st.integers(0, 1 << 14))
@settings(deadline=None)
def test_a_flipped_bit_never_gives_another_text(bit: int) -> None:
    """Even where the digest was made to fit: the block is an author's, or the chain lies."""
    for made, opener in ((UNDER_W, w_of()), (DIRECTLY, AsReader(PATIENT_KEY))):
        honest = opened(made, opener)
        data = flipped(made.record.root, bit)
        with pytest.raises(BlockChanged):
            read_root(data, made.record.digest)
        record = replace(made.record, root=data, digest=digest_of(data))
        try:
            found = opened(replace(made, record=record), opener)
        except (IntegrityError, KeyError):
            continue
        assert found == honest


@given(st.integers(0, 1 << 12))
def test_a_cut_root_is_refused(size: int) -> None:
    data = UNDER_W.record.root[: size % len(UNDER_W.record.root)]
    with pytest.raises(BadObject):
        decode_root(data)


def test_a_root_that_is_another_block() -> None:
    with pytest.raises(BlockChanged, match="bafyre…"):
        read_root(UNDER_W.record.root, Digest(bytes(32)))


def test_boxes_are_padded_in_number() -> None:
    keys = [kdf.encryption_key(kdf.account_root(bytes([i]) * 32), 1).public for i in range(20)]
    counts = []
    for readers in range(20):
        key = wrap_content_key(
            bytes(32), CONTEXT, DirectKeys(PATIENT_KEY.public, tuple(keys[:readers]))
        )
        assert isinstance(key, tuple)
        assert {len(box) for box in key} == {DIRECT_BOX}
        counts.append(len(key))
    assert counts == [4] * 4 + [8] * 4 + [16] * 8 + [32] * 4


def test_the_patient_s_box_can_stand_anywhere() -> None:
    def place() -> int:
        made = sealed(key=DirectKeys(PATIENT_KEY.public)).root
        assert isinstance(made.key, tuple)
        for i, box in enumerate(made.key):
            try:
                content_key(replace(made, key=(box,)), CONTEXT, AsReader(PATIENT_KEY))
            except NoKey:
                continue
            return i
        raise AssertionError("no box for the patient")

    assert {place() for _ in range(60)} == {0, 1, 2, 3}


def test_one_bad_reader_s_key_does_not_stop_the_others() -> None:
    made = sealed(key=DirectKeys(PATIENT_KEY.public, (LOW_ORDER[0], b"short", OTHER_KEY.public)))
    assert opened(made, AsReader(OTHER_KEY)) == opened(made, AsReader(PATIENT_KEY))


def test_the_patient_s_and_the_author_s_key_must_be_good() -> None:
    with pytest.raises(LowOrderKey, match=short_address(PATIENT)):
        sealed(key=DirectKeys(LOW_ORDER[1]))
    with pytest.raises(LowOrderKey):
        sealed(author=LOW_ORDER[1])


def test_too_many_readers() -> None:
    readers = tuple(i.to_bytes(32, "little") for i in range(2, 1100))
    with pytest.raises(ValueError, match="too many"):
        wrap_content_key(bytes(32), CONTEXT, DirectKeys(PATIENT_KEY.public, readers))


def test_a_context_whose_record_is_in_another_slot() -> None:
    with pytest.raises(ValueError, match="slot"):
        replace(CONTEXT, slot=Slot(6))


RAW = cid_of(b"x", Codec.RAW)


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"epoch": 1 << 32},
        {"slot": 16},
        {"key": bytes(71)},
        {"key": []},
        {"key": [bytes(AUTHOR_BOX)]},
        {"key": [bytes(DIRECT_BOX), 1]},
        {"key": [bytes(DIRECT_BOX)] * 1025},
        {"kc": bytes(31)},
        {"ak": bytes(72)},
        {"header": bytes(23)},
        {"size": -1},
        {"body": []},
        {"body": [Link(RAW)]},
        {"body": [Link(RAW)] * 17, "links": [Link(RAW)]},
        {"links": []},
        {"links": [b"x"]},
        {"more": 1},
    ],
    ids=lambda changes: repr(changes)[:60],
)
def test_a_malformed_root(changes: dict[str, object]) -> None:
    fields = decode(UNDER_W.record.root)
    assert isinstance(fields, dict)
    with pytest.raises(BadObject):
        decode_root(encode({**fields, **changes}))


def test_links_are_sorted_and_without_doubles() -> None:
    fields = decode(UNDER_W.record.root)
    assert isinstance(fields, dict)
    for links in (fields["links"][::-1], fields["links"] * 2):
        with pytest.raises(BadObject):
            decode_root(encode({**fields, "links": links}))


def test_a_root_says_nothing_readable_and_its_keys_do_not_show() -> None:
    for word in (b"Blood", b"reading.json", b"json", b"home"):
        assert word not in UNDER_W.record.root
        assert not any(word in block for block in UNDER_W.blocks.values())
    assert repr(UNDER_W.root.key) not in repr(UNDER_W.root)
