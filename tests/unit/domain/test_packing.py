"""Words as they stand on chain: scopes, epochs, record ids, the meta word of an entry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrec.domain.categories import (
    GENERAL,
    GRANTABLE,
    SENSITIVE,
    Category,
    Permission,
    Scope,
    Slot,
)
from medrec.domain.entries import Action, AuditEntry, Meta
from medrec.domain.ids import (
    Address,
    ChainHead,
    Digest,
    Epoch,
    TxHash,
    address_bytes,
    new_record_id,
    record_creator,
    record_slot,
)
from medrec.domain.people import Grant

SOMEBODY = Address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
slots = st.frozensets(st.integers(1, 15).map(Slot))
halves = st.integers(0, 0xFFFF)


@given(slots, slots)
def test_scopes(read: frozenset[Slot], write: frozenset[Slot]):
    """Bit s reads, bit 16 + s writes; bits 0 and 16 are zero (CONTRACTS.md, Rules)."""
    scope = Scope(read, write)
    assert scope.packed < 1 << 32
    assert scope.packed & (1 | 1 << 16) == 0
    assert Scope.unpack(scope.packed) == scope
    for slot in range(1, 16):
        assert bool(scope.packed >> slot & 1) == (slot in read)
        assert bool(scope.packed >> (16 + slot) & 1) == (slot in write)


@pytest.mark.parametrize("slot", [0, 16, -1, 255])
def test_slots_outside_a_scope(slot: int):
    with pytest.raises(ValueError, match="1 to 15"):
        Scope(read=frozenset({Slot(slot)}))
    with pytest.raises(ValueError, match="1 to 15"):
        Scope(write=frozenset({Slot(slot)}))


@given(halves, halves)
def test_epochs(generation: int, index: int):
    epoch = Epoch(generation, index)
    assert epoch.packed == generation << 16 | index
    assert Epoch.unpack(epoch.packed) == epoch


@given(halves, halves, halves, halves)
def test_epochs_are_ordered_as_they_are_packed(a: int, b: int, c: int, d: int):
    one, two = Epoch(a, b), Epoch(c, d)
    assert (one < two) == (one.packed < two.packed)


@given(st.integers(0, 0xFFFF_FFFE))
def test_the_next_epoch_is_the_next_number(packed: int):
    """Index + 1 rolls into the next generation, as the contract's does."""
    assert Epoch.unpack(packed).next().packed == packed + 1


@pytest.mark.parametrize(("generation", "index"), [(-1, 0), (0, -1), (65_536, 0), (0, 65_536)])
def test_epochs_out_of_range(generation: int, index: int):
    with pytest.raises(ValueError, match="range"):
        Epoch(generation, index)


def test_there_is_no_epoch_after_the_last():
    with pytest.raises(ValueError, match="range"):
        Epoch(0xFFFF, 0xFFFF).next()


@given(st.integers(0, 15), st.binary(min_size=11, max_size=11))
def test_record_ids(slot: int, random: bytes):
    record = new_record_id(slot, SOMEBODY, random)
    assert len(record) == 32
    assert record_slot(record) == slot
    assert record_creator(record) == address_bytes(SOMEBODY)
    assert record[21:] == random


@pytest.mark.parametrize("size", [0, 10, 12])
def test_a_record_id_takes_eleven_random_bytes(size: int):
    with pytest.raises(ValueError, match="11"):
        new_record_id(1, SOMEBODY, bytes(size))


@given(
    st.integers(0, 0xFF),
    st.integers(0, 0xFF_FFFF_FFFF),
    st.integers(0, 0xFF),
    st.integers(0, 0xFF_FFFF),
    st.integers(0, 0xFFFF_FFFF),
    st.integers(0, 0xFFFF_FFFF),
    st.integers(0, 0xFF_FFFF_FFFF),
    st.integers(0, 0xFF),
)
def test_meta(
    action: int, time: int, slot: int, version: int, epoch: int, scope: int, expiry: int, kind: int
):
    """action8, time40, slot8, version24, epoch32, scope32, expiry40, kind8, right-aligned."""
    word = 0
    widths = [(action, 8), (time, 40), (slot, 8), (version, 24), (epoch, 32), (scope, 32)]
    for value, bits in [*widths, (expiry, 40), (kind, 8)]:
        word = word << bits | value
    expected = Meta(action, time, slot, version, Epoch.unpack(epoch), scope, expiry, kind)
    assert Meta.unpack(word) == expected
    entry = AuditEntry(
        subject=SOMEBODY,
        actor=SOMEBODY,
        ref=bytes(12) + address_bytes(SOMEBODY),
        meta_word=word,
        digest=Digest(bytes(32)),
        head=ChainHead(bytes(27)),
        block=1,
        log_index=0,
        transaction=TxHash(bytes(32)),
    )
    assert entry.meta == expected
    assert entry.action == action
    assert entry.ref_address == address_bytes(SOMEBODY)


def test_labels_of_actions_are_those_that_scripts_rely_on():
    labels = {action.label for action in Action}
    assert len(labels) == len(Action)
    assert {
        "registered",
        "identity-verified",
        "access-requested",
        "granted",
        "revoked",
        "record-created",
        "record-updated",
        "record-archived",
        "consulted",
        "key-rotated",
    } <= labels


def test_categories():
    assert len(Category) == 14
    assert set(GENERAL) | SENSITIVE == set(GRANTABLE)
    assert not set(GENERAL) & SENSITIVE
    assert Category.IDENTITY not in GRANTABLE
    permission = Permission(frozenset({Category.NOTES, Category.PROBLEMS}), frozenset())
    assert permission.names() == (["problems", "notes"], [])


@given(st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_grants_run_from_their_beginning_to_just_before_their_end(since: int, end: int, at: int):
    scope = Scope(frozenset({Slot(3)}), frozenset({Slot(4)}))
    grant = Grant(SOMEBODY, SOMEBODY, scope, since, end, Epoch(0, 0), 0, 1, False, 0)
    assert grant.live(at) == (since <= at < end)
    assert [slot for slot in range(16) if grant.reads(Slot(slot))] == [0, 3]
