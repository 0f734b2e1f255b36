"""Envelopes: what opens a patient's record to one grantee, sealed to the grantee's key.

For each slot of the grant an envelope names the category and gives either states (the history
too, by key regression) or only the wrapping keys W of single epochs ("from today"), from which
nothing older or newer follows. A slot that may only be written has no key at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from medrec.crypto.boxes import open_box, seal_to
from medrec.crypto.codec import Link, encode
from medrec.crypto.fields import Fields
from medrec.crypto.kdf import (
    KEY_SIZE,
    EncryptionKey,
    WrappingKey,
    older_state,
    wrapping_key,
)
from medrec.crypto.slots import SlotMap
from medrec.domain.categories import IDENTITY_SLOT, SLOTS, Category, Slot
from medrec.domain.ids import Address, Cid, Epoch
from medrec.errors import BadObject, NoKey

ENVELOPE_SIZE = 4096
_FIELDS = (
    "chain",
    "contract",
    "patient",
    "grantee",
    "keyVersion",
    "epoch",
    "bundle",
    "slots",
)


@dataclass(frozen=True, slots=True)
class SlotKey:
    """What a grantee holds of one slot.

    ``states`` has at most one state for each generation (a later generation's envelope carries
    the last states of the ones before); ``wraps`` has a W for each single epoch.
    """

    category: Category
    states: tuple[tuple[Epoch, bytes], ...] = field(default=(), repr=False)
    wraps: Mapping[Epoch, WrappingKey] = field(default_factory=dict, repr=False)

    def wrapping_key(self, epoch: Epoch) -> WrappingKey:
        """W of an epoch: by hashing down from a state, or as given.

        Raises:
            NoKey: when neither reaches the epoch.
        """
        for have, state in self.states:
            if have.generation == epoch.generation and have.index >= epoch.index:
                return wrapping_key(older_state(state, have, epoch))
        if epoch in self.wraps:
            return self.wraps[epoch]
        raise NoKey


@dataclass(frozen=True, slots=True)
class Envelope:
    """One grantee's keys to one patient's record, as of an epoch.

    ``bundle`` is the patient's latest bundle when it was made. Slot 0 is always there.
    """

    chain_id: int
    contract: Address
    patient: Address
    grantee: Address
    key_version: int
    epoch: Epoch
    bundle: Cid | None
    slots: Mapping[Slot, SlotKey]

    def __post_init__(self) -> None:
        identity = self.slots.get(IDENTITY_SLOT)
        if identity is None or not (identity.states or identity.wraps):
            raise ValueError("an envelope always holds the identity key")
        self.slots_map()

    def wrapping_key(self, slot: Slot, epoch: Epoch) -> WrappingKey:
        """W of a slot in an epoch.

        Raises:
            NoKey: when this envelope does not give it.
        """
        if slot not in self.slots:
            raise NoKey
        return self.slots[slot].wrapping_key(epoch)

    def slots_map(self) -> SlotMap:
        """The categories of the slots that this envelope names."""
        pairs = {key.category: slot for slot, key in self.slots.items()}
        if len(pairs) != len(self.slots):
            raise ValueError("one category in two slots")
        return SlotMap(pairs)


def seal_envelope(envelope: Envelope, public_key: bytes) -> bytes:
    """The envelope sealed to the grantee: 4,096 bytes, or the next multiple for many W's.

    Raises:
        LowOrderKey.
    """
    plain = encode(
        {
            "v": 1,
            "chain": envelope.chain_id,
            "contract": envelope.contract,
            "patient": envelope.patient,
            "grantee": envelope.grantee,
            "keyVersion": envelope.key_version,
            "epoch": envelope.epoch.packed,
            "bundle": None if envelope.bundle is None else Link(envelope.bundle),
            "slots": [_plain_slot(slot, envelope.slots[slot]) for slot in sorted(envelope.slots)],
        }
    )
    return seal_to(public_key, plain, ENVELOPE_SIZE, envelope.grantee)


def open_envelope(
    data: bytes,
    key: EncryptionKey,
    *,
    chain_id: int,
    contract: Address,
    patient: Address,
    grantee: Address,
) -> Envelope:
    """Open an envelope and see that it is the one expected here.

    Raises:
        NoKey: when it was not sealed to this key.
        BadObject: when it is malformed, or was made for another chain, contract, patient,
            grantee or key version.
    """
    fields = Fields.decode(open_box(key, data), _FIELDS, "the envelope")
    found = (
        fields.integer("chain"),
        fields.address("contract"),
        fields.address("patient"),
        fields.address("grantee"),
        fields.integer("keyVersion"),
    )
    if found != (chain_id, contract, patient, grantee, key.version):
        raise BadObject(why="the envelope was made for somebody or something else.")
    try:
        return Envelope(
            chain_id=chain_id,
            contract=contract,
            patient=patient,
            grantee=grantee,
            key_version=key.version,
            epoch=fields.epoch("epoch"),
            bundle=fields.optional_link("bundle"),
            slots=_slots(fields),
        )
    except ValueError as error:
        raise fields.bad("slots") from error


def _plain_slot(slot: Slot, key: SlotKey) -> list[object]:
    return [
        slot,
        key.category.value,
        [[epoch.packed, state] for epoch, state in sorted(key.states)],
        [[epoch.packed, key.wraps[epoch].key] for epoch in sorted(key.wraps)],
    ]


def _slots(fields: Fields) -> dict[Slot, SlotKey]:
    slots: dict[Slot, SlotKey] = {}
    for item in fields.items("slots"):
        if not isinstance(item, list) or len(item) != 4:
            raise fields.bad("slots")
        number, category, states, wraps = item
        if type(number) is not int or not max(slots, default=-1) < number < SLOTS:
            raise fields.bad("slots")
        kept = _epoch_keys(fields, states)
        if len({epoch.generation for epoch in kept}) != len(kept):
            raise fields.bad("slots")
        slots[Slot(number)] = SlotKey(
            Category(category),
            tuple(sorted(kept.items())),
            {epoch: WrappingKey(w) for epoch, w in _epoch_keys(fields, wraps).items()},
        )
    return slots


def _epoch_keys(fields: Fields, pairs: object) -> dict[Epoch, bytes]:
    """Pairs of epoch and 32-byte key, in ascending order of the epochs."""
    keys: dict[Epoch, bytes] = {}
    last = -1
    for pair in pairs if isinstance(pairs, list) else [None]:
        if not isinstance(pair, list) or len(pair) != 2:
            raise fields.bad("slots")
        packed, key = pair
        if type(packed) is not int or not last < packed <= 0xFFFF_FFFF:
            raise fields.bad("slots")
        if not isinstance(key, bytes) or len(key) != KEY_SIZE:
            raise fields.bad("slots")
        keys[Epoch.unpack(packed)] = key
        last = packed
    return keys
