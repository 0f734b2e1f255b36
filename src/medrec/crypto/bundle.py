"""Bundles: what a revocation or rotation publishes for all who stay.

A DAG-CBOR object whose links (the new envelopes, the supplements, the bundle before) a recursive
pin follows, so that whoever keeps the latest bundle keeps the whole history of keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from medrec.crypto.codec import Link, encode
from medrec.crypto.fields import Fields
from medrec.domain.categories import SLOTS, Slot
from medrec.domain.ids import Address, Cid, Epoch
from medrec.errors import BadObject

_FIELDS = ("chain", "contract", "patient", "epoch", "previous", "envelopes", "supplements")
_SLOT = re.compile(r"0|[1-9][0-9]?")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A patient's new envelopes by grantee, and supplements by slot, as of an epoch."""

    chain_id: int
    contract: Address
    patient: Address
    epoch: Epoch
    previous: Cid | None
    envelopes: Mapping[Address, Cid]
    supplements: Mapping[Slot, Cid] = field(default_factory=dict)


def encode_bundle(bundle: Bundle) -> bytes:
    """The DAG-CBOR object whose sha2-256 stands on chain."""
    return encode(
        {
            "v": 1,
            "chain": bundle.chain_id,
            "contract": bundle.contract,
            "patient": bundle.patient,
            "epoch": bundle.epoch.packed,
            "previous": None if bundle.previous is None else Link(bundle.previous),
            "envelopes": {who: Link(cid) for who, cid in bundle.envelopes.items()},
            "supplements": {str(slot): Link(cid) for slot, cid in bundle.supplements.items()},
        }
    )


def decode_bundle(data: bytes, *, chain_id: int, contract: Address, patient: Address) -> Bundle:
    """The bundle of a patient on a chain.

    Raises:
        BadObject: when it is malformed, or of another chain, contract or patient.
    """
    fields = Fields.decode(data, _FIELDS, "the bundle")
    found = (fields.integer("chain"), fields.address("contract"), fields.address("patient"))
    if found != (chain_id, contract, patient):
        raise BadObject(why="the bundle is of somebody or something else.")
    return Bundle(
        chain_id=chain_id,
        contract=contract,
        patient=patient,
        epoch=fields.epoch("epoch"),
        previous=fields.optional_link("previous"),
        envelopes={
            fields.as_address("envelopes", who): fields.as_link("envelopes", cid)
            for who, cid in fields.mapping("envelopes").items()
        },
        supplements={
            _slot(fields, slot): fields.as_link("supplements", cid)
            for slot, cid in fields.mapping("supplements").items()
        },
    )


def _slot(fields: Fields, text: str) -> Slot:
    if not _SLOT.fullmatch(text) or int(text) >= SLOTS:
        raise fields.bad("supplements")
    return Slot(int(text))
