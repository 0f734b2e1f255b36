"""Attacks on sealed records by those who know most: authors, revoked readers, the store."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medrec.crypto import kdf
from medrec.crypto.envelope import Envelope, SlotKey
from medrec.crypto.kdf import key_commitment
from medrec.crypto.record import (
    AsAuthor,
    AsReader,
    DirectKeys,
    PartReader,
    RecordContext,
    content_key,
    open_manifest,
    open_pending_copy,
    pending_copy,
)
from medrec.crypto.root import Root, decode_root, encode_root
from medrec.crypto.stream import StreamOpener
from medrec.crypto.wrapping import author_box, wrap_content_key
from medrec.domain.categories import IDENTITY_SLOT, Category
from medrec.domain.cid import Codec, cid_of, digest_of
from medrec.domain.ids import Cid, Epoch
from medrec.errors import KeyCommitmentWrong, NoKey, SealBroken
from tests.unit.crypto.builders import (
    CHAIN,
    CONTEXT,
    CONTRACT,
    DOCTOR,
    DOCTOR_KEY,
    EPOCH,
    OTHER,
    OTHER_KEY,
    PATIENT,
    PATIENT_KEY,
    PATIENT_ROOT,
    SLOT,
    Sealed,
    opened,
    record_id,
    sealed,
    source,
    w_of,
)
from tests.unit.crypto.two_keys import colliding_block

TAKE_TWO = b"take two a day.".ljust(32)
TAKE_TEN = b"take ten a day.".ljust(32)


def test_one_ciphertext_does_open_under_two_keys_to_two_texts() -> None:
    """The attack is real: the AEAD alone would not notice."""
    header, block, one, other = colliding_block(TAKE_TWO, TAKE_TEN)
    cids = (cid_of(block, Codec.RAW),)
    first = StreamOpener(one, header, cids, "the record").feed(block)
    second = StreamOpener(other, header, cids, "the record").feed(block)
    assert first[:32] == TAKE_TWO
    assert second[32:64] == TAKE_TEN


def test_an_author_cannot_show_two_readers_two_texts() -> None:
    """One box gives the patient the first key, the other gives a reader the second."""
    header, block, one, other = colliding_block(TAKE_TWO, TAKE_TEN)
    cid = cid_of(block, Codec.RAW)
    boxes = [
        *wrap_content_key(one, CONTEXT, DirectKeys(PATIENT_KEY.public)),
        *wrap_content_key(other, CONTEXT, DirectKeys(OTHER_KEY.public)),
    ]
    assert all(isinstance(box, bytes) for box in boxes)
    lying = Root(
        epoch=EPOCH,
        slot=SLOT,
        key=tuple(box for box in boxes if isinstance(box, bytes)),
        kc=key_commitment(one),
        ak=author_box(one, DOCTOR_KEY.public, DOCTOR),
        header=header,
        size=1024,
        body=(cid,),
        links=(cid,),
    )
    root = decode_root(encode_root(lying))
    assert content_key(root, CONTEXT, AsReader(PATIENT_KEY)) == one
    with pytest.raises(KeyCommitmentWrong):
        content_key(root, CONTEXT, AsReader(OTHER_KEY))
    with pytest.raises(KeyCommitmentWrong):
        open_manifest(root, other, [block])


def everything_once_held(epoch: Epoch) -> Envelope:
    """All that a reader of the category can hold at an epoch: its state, thus the history."""
    state = (epoch, kdf.epoch_state(PATIENT_ROOT, Category.VITALS, epoch))
    identity = (epoch, kdf.epoch_state(PATIENT_ROOT, Category.IDENTITY, epoch))
    return Envelope(
        CHAIN,
        CONTRACT,
        PATIENT,
        OTHER,
        1,
        epoch,
        None,
        {
            IDENTITY_SLOT: SlotKey(Category.IDENTITY, (identity,)),
            SLOT: SlotKey(Category.VITALS, (state,), {epoch: w_of(epoch)}),
        },
    )


@pytest.mark.parametrize("later", [Epoch(0, 4), Epoch(0, 65535), Epoch(1, 0), Epoch(1, 3)])
def test_a_revoked_reader_with_every_key_reads_nothing_later(later: Epoch) -> None:
    kept = everything_once_held(EPOCH)
    before = sealed(source(b"before"))
    assert opened(before, kept.wrapping_key(SLOT, EPOCH)).parts
    context = replace(CONTEXT, epoch=later, version=2)
    after = sealed(source(b"after"), key=w_of(later), context=context)
    with pytest.raises(NoKey):
        kept.wrapping_key(SLOT, later)
    held = [kept.wrapping_key(SLOT, Epoch(0, i)) for i in range(EPOCH.index + 1)]
    held += [kdf.WrappingKey(kept.slots[slot].states[0][1]) for slot in kept.slots]
    for w in held:
        for claimed in (context, replace(context, epoch=EPOCH)):
            with pytest.raises(SealBroken):
                content_key(after.root, claimed, w)
    for opener in (AsReader(OTHER_KEY), AsAuthor(OTHER_KEY)):
        with pytest.raises(NoKey):
            content_key(after.root, context, opener)


def test_a_reader_revoked_before_a_direct_record_reads_nothing_of_it() -> None:
    made = sealed(source(b"after"), key=DirectKeys(PATIENT_KEY.public))
    with pytest.raises(NoKey):
        content_key(made.root, CONTEXT, AsReader(OTHER_KEY))
    with pytest.raises(NoKey):
        content_key(made.root, CONTEXT, everything_once_held(EPOCH).wrapping_key(SLOT, EPOCH))


def test_a_refused_transaction_leaves_nothing_to_the_revoked() -> None:
    """Sealed under the old epoch and refused as stale: only the pending copy was ever stored."""
    made = sealed(source(b"after"))
    copy = pending_copy(made.record.root, PATIENT_KEY.public, DOCTOR_KEY.public)
    with pytest.raises(NoKey):
        open_pending_copy(copy, OTHER_KEY)
    assert decode_root(open_pending_copy(copy, PATIENT_KEY)) == made.root


def test_a_doctor_cannot_pass_off_another_s_record_as_their_own() -> None:
    """The root is copied under the thief's name, slot and record, with an author's box."""
    for key, opener in (
        (w_of(), w_of()),
        (DirectKeys(PATIENT_KEY.public), AsReader(PATIENT_KEY)),
    ):
        made = sealed(source(b"a careful finding"), key=key)
        stolen = replace(made.root, ak=author_box(bytes(32), OTHER_KEY.public, OTHER))
        data = encode_root(stolen)
        record = replace(made.record, root=data, digest=digest_of(data))
        mine = RecordContext(
            CHAIN, CONTRACT, PATIENT, record_id(creator=OTHER), 1, SLOT, EPOCH, OTHER
        )
        with pytest.raises(SealBroken):
            opened(Sealed(record, made.blocks), opener, mine)


def test_the_store_cannot_exchange_the_parts_of_two_records() -> None:
    first, second = sealed(source(b"first")), sealed(source(b"second"))
    part = opened(first, w_of()).parts[0]
    other = opened(second, w_of()).parts[0]
    forged = replace(part, blocks=other.blocks)
    with pytest.raises(SealBroken):
        PartReader(forged).feed(second.blocks[other.blocks[0]])


def test_the_store_cannot_exchange_manifests() -> None:
    first, second = sealed(source(b"first")), sealed(source(b"second"))
    body: tuple[Cid, ...] = second.root.body
    swapped = replace(first.root, body=body, header=second.root.header)
    key = content_key(first.root, CONTEXT, w_of())
    with pytest.raises(SealBroken):
        open_manifest(swapped, key, second.blocks.__getitem__)
