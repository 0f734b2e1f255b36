"""Audit entries: the packed word of meta, the numbers and names of the actions."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrec.domain.entries import Action, AuditEntry, Meta
from medrec.domain.ids import Address, ChainHead, Digest, Epoch, TxHash

ACTIONS = Path(__file__).parents[3] / "contracts" / "libraries" / "Actions.sol"

# High bits first, right-aligned: CONTRACTS.md, Entries.
WIDTHS = {
    "action": 8,
    "time": 40,
    "slot": 8,
    "version": 24,
    "epoch": 32,
    "scope": 32,
    "expiry": 40,
    "kind": 8,
}

fields = st.fixed_dictionaries(
    {name: st.integers(0, (1 << width) - 1) for name, width in WIDTHS.items()}
)


def packed(values: dict[str, int]) -> int:
    """The word as the contract packs it."""
    word = 0
    for name, width in WIDTHS.items():
        word = word << width | values[name]
    return word


def entry(meta: int, ref: bytes = bytes(32)) -> AuditEntry:
    return AuditEntry(
        subject=Address("0x" + "11" * 20),
        actor=Address("0x" + "22" * 20),
        ref=ref,
        meta_word=meta,
        digest=Digest(bytes(32)),
        head=ChainHead(bytes(27)),
        block=1,
        log_index=0,
        transaction=TxHash(bytes(32)),
    )


@given(fields)
def test_meta_unpacks_into_its_fields(values: dict[str, int]):
    meta = Meta.unpack(packed(values))
    assert meta == Meta(**{**values, "epoch": Epoch.unpack(values["epoch"])})  # type: ignore[arg-type]
    assert entry(packed(values)).meta == meta
    assert entry(packed(values)).action == values["action"]


@given(fields, st.integers(1, (1 << 64) - 1))
def test_bits_above_the_fields_do_not_spill_into_them(values: dict[str, int], above: int):
    word = packed(values)
    assert Meta.unpack(above << 192 | word) == Meta.unpack(word)
    assert entry(above << 192 | word).action == values["action"]


@pytest.mark.parametrize("name", WIDTHS)
def test_full_field_does_not_touch_its_neighbours(name: str):
    values = dict.fromkeys(WIDTHS, 0) | {name: (1 << WIDTHS[name]) - 1}
    meta = Meta.unpack(packed(values))
    for other in WIDTHS:
        found = meta.epoch.packed if other == "epoch" else getattr(meta, other)
        assert found == values[other]


def test_numbers_are_those_of_the_contract():
    source = ACTIONS.read_text(encoding="utf-8")
    found = re.findall(r"uint8 internal constant (\w+) = (\d+);", source)
    contract = {name: int(number) for name, number in found if name in Action.__members__}
    assert contract == {action.name: action.value for action in Action}


def test_each_action_has_a_name_of_its_own():
    labels = [action.label for action in Action]
    assert len(labels) == len(set(labels))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", label) for label in labels)


@pytest.mark.parametrize(
    ("action", "label"),
    [
        (Action.PATIENT_REGISTERED, "registered"),
        (Action.IDENTITY_VERIFIED, "identity-verified"),
        (Action.ACCESS_REQUESTED, "access-requested"),
        (Action.ACCESS_GRANTED, "granted"),
        (Action.ACCESS_REVOKED, "revoked"),
        (Action.RECORD_CREATED, "record-created"),
        (Action.RECORD_UPDATED, "record-updated"),
        (Action.RECORD_ARCHIVED, "record-archived"),
        (Action.CONSULTED, "consulted"),
        (Action.KEYS_ROTATED, "key-rotated"),
    ],
)
def test_names_that_scripts_rely_on(action: Action, label: str):
    assert action.label == label


def test_address_in_ref_is_right_aligned():
    address = bytes(range(20))
    assert entry(0, bytes(12) + address).ref_address == address
