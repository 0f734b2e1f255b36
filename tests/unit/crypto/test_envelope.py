"""Envelopes: who opens them, what they give, and what they must never give."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrec.crypto import kdf
from medrec.crypto.boxes import seal_to
from medrec.crypto.codec import decode, encode
from medrec.crypto.envelope import Envelope, SlotKey, open_envelope, seal_envelope
from medrec.crypto.slots import slot_map
from medrec.domain.categories import GRANTABLE, IDENTITY_SLOT, Category, Slot
from medrec.domain.cid import Codec, cid_of
from medrec.domain.ids import Epoch, short_address
from medrec.errors import BadObject, LowOrderKey, NoKey
from tests.unit.crypto.builders import (
    CHAIN,
    CONTRACT,
    DOCTOR,
    DOCTOR_KEY,
    DOCTOR_ROOT,
    EPOCH,
    LOW_ORDER,
    OTHER,
    OTHER_KEY,
    PATIENT,
    PATIENT_ROOT,
    flipped,
    w_of,
)

SLOTS = slot_map(PATIENT_ROOT)
VITALS = SLOTS.slot(Category.VITALS)
NOTES = SLOTS.slot(Category.NOTES)
LABORATORY = SLOTS.slot(Category.LABORATORY)
EXPECTED: dict[str, Any] = {
    "chain_id": CHAIN,
    "contract": CONTRACT,
    "patient": PATIENT,
    "grantee": DOCTOR,
}


def state(category: Category, epoch: Epoch = EPOCH) -> tuple[Epoch, bytes]:
    return epoch, kdf.epoch_state(PATIENT_ROOT, category, epoch)


ENVELOPE = Envelope(
    CHAIN,
    CONTRACT,
    PATIENT,
    DOCTOR,
    1,
    EPOCH,
    cid_of(b"bundle", Codec.DAG_CBOR),
    {
        IDENTITY_SLOT: SlotKey(Category.IDENTITY, (state(Category.IDENTITY),)),
        VITALS: SlotKey(Category.VITALS, (state(Category.VITALS),)),
        NOTES: SlotKey(Category.NOTES, wraps={EPOCH: w_of(EPOCH, Category.NOTES)}),
        LABORATORY: SlotKey(Category.LABORATORY),
    },
)


def reopened(data: bytes, key: kdf.EncryptionKey = DOCTOR_KEY, **other: Any) -> Envelope:
    return open_envelope(data, key, **{**EXPECTED, **other})


def test_the_grantee_opens_it() -> None:
    opened = reopened(seal_envelope(ENVELOPE, DOCTOR_KEY.public))
    assert opened == ENVELOPE


def test_an_envelope_says_nothing_by_its_size() -> None:
    everything = {IDENTITY_SLOT: ENVELOPE.slots[IDENTITY_SLOT]}
    for category in GRANTABLE:
        older = (state(category, Epoch(0, 65535)), state(category, Epoch(1, 7)))
        everything[SLOTS.slot(category)] = SlotKey(category, older)
    least = {IDENTITY_SLOT: ENVELOPE.slots[IDENTITY_SLOT]}
    sizes = {
        len(seal_envelope(replace(ENVELOPE, slots=slots), DOCTOR_KEY.public))
        for slots in (least, ENVELOPE.slots, everything)
    }
    assert sizes == {4096}


def test_many_w_s_take_the_next_size_and_open() -> None:
    wraps = {Epoch(0, i): w_of(Epoch(0, i), Category.NOTES) for i in range(200)}
    slots = {**ENVELOPE.slots, NOTES: SlotKey(Category.NOTES, wraps=wraps)}
    data = seal_envelope(replace(ENVELOPE, slots=slots), DOCTOR_KEY.public)
    assert len(data) == 2 * 4096
    assert reopened(data).slots == slots


def test_a_state_gives_the_history_and_nothing_newer() -> None:
    for index in range(EPOCH.index + 1):
        epoch = Epoch(0, index)
        assert ENVELOPE.wrapping_key(VITALS, epoch) == w_of(epoch)
    for newer in (Epoch(0, EPOCH.index + 1), Epoch(0, 65535), Epoch(1, 0), Epoch(1, 3)):
        with pytest.raises(NoKey):
            ENVELOPE.wrapping_key(VITALS, newer)


def test_from_today_gives_its_epochs_and_no_other() -> None:
    assert ENVELOPE.wrapping_key(NOTES, EPOCH) == w_of(EPOCH, Category.NOTES)
    others = (Epoch(0, EPOCH.index - 1), Epoch(0, 0), Epoch(0, EPOCH.index + 1), Epoch(1, 0))
    for other in others:
        with pytest.raises(NoKey):
            ENVELOPE.wrapping_key(NOTES, other)


def test_from_today_holds_no_state_from_which_anything_follows() -> None:
    """Everything secret that the slot keeps, hashed either way, is no other epoch's W."""
    held = ENVELOPE.slots[NOTES]
    assert held.states == ()
    keys = {w.key for w in held.wraps.values()}
    reachable = set()
    for key in keys:
        hashed = key
        for _ in range(50):
            reachable.add(kdf.wrapping_key(hashed).key)
            hashed = kdf.older_state(hashed, Epoch(0, 1), Epoch(0, 0))
            reachable.add(hashed)
    wanted = {w_of(Epoch(0, i), Category.NOTES).key for i in range(20)} - keys
    assert not reachable & wanted


def test_a_later_generation_carries_the_last_states_before_it() -> None:
    slots = {
        **ENVELOPE.slots,
        VITALS: SlotKey(
            Category.VITALS,
            (state(Category.VITALS, Epoch(0, 9)), state(Category.VITALS, Epoch(1, 2))),
        ),
    }
    later = replace(ENVELOPE, epoch=Epoch(1, 2), slots=slots)
    opened = reopened(seal_envelope(later, DOCTOR_KEY.public))
    for epoch in (Epoch(0, 0), Epoch(0, 9), Epoch(1, 0), Epoch(1, 2)):
        assert opened.wrapping_key(VITALS, epoch) == w_of(epoch)
    for epoch in (Epoch(0, 10), Epoch(1, 3), Epoch(2, 0)):
        with pytest.raises(NoKey):
            opened.wrapping_key(VITALS, epoch)


def test_a_slot_that_may_only_be_written_has_a_name_and_no_key() -> None:
    assert ENVELOPE.slots_map().category(LABORATORY) is Category.LABORATORY
    with pytest.raises(NoKey):
        ENVELOPE.wrapping_key(LABORATORY, EPOCH)


def test_a_slot_that_was_not_granted_has_neither() -> None:
    mental = SLOTS.slot(Category.MENTAL)
    assert ENVELOPE.slots_map().category(mental) is None
    with pytest.raises(NoKey):
        ENVELOPE.wrapping_key(mental, EPOCH)


def test_nobody_else_opens_it() -> None:
    with pytest.raises(NoKey):
        reopened(seal_envelope(ENVELOPE, DOCTOR_KEY.public), OTHER_KEY)


@given(st.integers(0, 4096 * 8 - 1))
def test_a_flipped_bit_opens_nothing(bit: int) -> None:
    with pytest.raises(NoKey):
        reopened(flipped(seal_envelope(ENVELOPE, DOCTOR_KEY.public), bit))


@pytest.mark.parametrize(
    "other",
    [{"chain_id": 1}, {"contract": OTHER}, {"patient": OTHER}, {"grantee": OTHER}],
    ids=str,
)
def test_an_envelope_that_is_replayed_elsewhere(other: dict[str, Any]) -> None:
    with pytest.raises(BadObject, match="somebody or something else"):
        reopened(seal_envelope(ENVELOPE, DOCTOR_KEY.public), **other)


def test_an_envelope_of_another_key_version() -> None:
    second = kdf.encryption_key(DOCTOR_ROOT, 2)
    with pytest.raises(BadObject):
        reopened(seal_envelope(ENVELOPE, second.public), second)


def test_a_doctor_cannot_pass_an_envelope_on_as_another_s() -> None:
    """Whoever opens an envelope may seal it to somebody else; it still names the grantee."""
    passed_on = seal_envelope(ENVELOPE, OTHER_KEY.public)
    with pytest.raises(BadObject):
        reopened(passed_on, OTHER_KEY, grantee=OTHER)


@pytest.mark.parametrize("point", LOW_ORDER, ids=lambda point: point.hex()[:8])
def test_no_envelope_to_an_unsafe_key(point: bytes) -> None:
    with pytest.raises(LowOrderKey, match=short_address(DOCTOR)):
        seal_envelope(ENVELOPE, point)


@pytest.mark.parametrize(
    "slots",
    [
        {},
        {VITALS: SlotKey(Category.VITALS, (state(Category.VITALS),))},
        {IDENTITY_SLOT: SlotKey(Category.IDENTITY)},
        {IDENTITY_SLOT: SlotKey(Category.VITALS, (state(Category.VITALS),))},
        {**ENVELOPE.slots, Slot(15 if VITALS != 15 else 14): SlotKey(Category.VITALS)},
    ],
    ids=["nothing", "no identity", "no identity key", "another in slot 0", "twice"],
)
def test_an_envelope_that_cannot_be(slots: dict[Slot, SlotKey]) -> None:
    with pytest.raises(ValueError, match=r"identity|slot"):
        replace(ENVELOPE, slots=slots)


KEY = bytes(32)
ID = [0, "identity", [[3, KEY]], []]


@pytest.mark.parametrize(
    "slots",
    [
        [],
        [ID, ID],
        [ID, [5, "vitals", [], []], [4, "notes", [], []]],
        [ID, [16, "vitals", [], []]],
        [ID, [True, "vitals", [], []]],
        [ID, [5, "psychiatry", [], []]],
        [ID, [5, ["vitals"], [], []]],
        [ID, [5, "vitals", []]],
        [ID, [5, "vitals", [[3, bytes(31)]], []]],
        [ID, [5, "vitals", [[1 << 32, KEY]], []]],
        [ID, [5, "vitals", [[3, KEY], [3, KEY]], []]],
        [ID, [5, "vitals", [[2, KEY], [3, KEY]], []]],
        [ID, [5, "vitals", [], [[4, KEY], [3, KEY]]]],
        [ID, [5, "vitals", [3], []]],
        [ID, [5, "vitals", {}, []]],
        [ID, [5, "vitals", [], []], [6, "vitals", [], []]],
        [[0, "vitals", [[3, KEY]], []]],
        [[0, "identity", [], []]],
        "none",
    ],
    ids=repr,
)
def test_a_malformed_envelope(slots: object) -> None:
    fields: dict[str, object] = {
        "v": 1,
        "chain": CHAIN,
        "contract": CONTRACT,
        "patient": PATIENT,
        "grantee": DOCTOR,
        "keyVersion": 1,
        "epoch": EPOCH.packed,
        "bundle": None,
        "slots": [ID],
    }
    assert reopened(seal_to(DOCTOR_KEY.public, encode(fields), 4096)).bundle is None
    plain = encode({**fields, "slots": slots})
    assert decode(plain)
    with pytest.raises(BadObject):
        reopened(seal_to(DOCTOR_KEY.public, plain, 4096))


def test_keys_do_not_show() -> None:
    shown = repr(ENVELOPE)
    secrets = [state(Category.VITALS)[1], w_of(EPOCH, Category.NOTES).key]
    assert not any(repr(secret) in shown or secret.hex() in shown for secret in secrets)
