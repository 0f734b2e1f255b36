"""What a carried record says it goes on from, and whether the network of before shows that.

A record that is written on after a takeover names the version that it follows, and the record's
head then, in the sealed description of its first version in the new contracts. The author's
signature covers it; every reader compares it with the entries of before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from medrec.chain.audit import EMPTY_RECORD, next_record_chain
from medrec.domain.entries import AuditEntry
from medrec.domain.ids import Address, ChainHead, RecordId
from medrec.errors import NoKey, OriginDiffers, OriginUnknown
from medrec.services.layers import Layer
from medrec.services.reading import RecordReader

_REFERENCE = re.compile(
    r"Carried on from version ([1-9][0-9]{0,7}) of record ([0-9a-f]{64}) in the contract "
    r"(0x[0-9a-fA-F]{40}) on chain ([1-9][0-9]{0,19}), head ([0-9a-f]{54})\."
)


@dataclass(frozen=True, slots=True)
class Reference:
    """The version that a carried record goes on from: where it lies, and the record's head then."""

    chain_id: int
    contract: Address
    record: RecordId
    version: int
    head: ChainHead

    @property
    def note(self) -> str:
        """The reference as it stands in the sealed description, in words that people can read."""
        return (
            f"Carried on from version {self.version} of record {self.record.hex()} in the contract "
            f"{self.contract} on chain {self.chain_id}, head {self.head.hex()}."
        )

    @classmethod
    def of_note(cls, note: str) -> Reference | None:
        """The reference in a description, where it holds one."""
        found = _REFERENCE.fullmatch(note)
        if found is None:
            return None
        version, record, contract, chain_id, head = found.groups()
        return cls(
            int(chain_id),
            Address(contract),
            RecordId(bytes.fromhex(record)),
            int(version),
            ChainHead(bytes.fromhex(head)),
        )

    @classmethod
    def to_last(cls, layer: Layer, record: RecordId) -> Reference:
        """A reference to the last of a record's versions in a network."""
        place, entries = layer
        return cls(*place.network.place, record, len(entries), _head_after(entries))


async def named(reader: RecordReader, record: RecordId) -> Reference | None:
    """What the first version of a record in the reader's network says it goes on from.

    Raises:
        NoKey: it was shared from a later version on.
        As `RecordReader.read`.
    """
    return Reference.of_note((await reader.read(record, 1)).manifest.note)


async def check_reference(
    reader: RecordReader, record: RecordId, version: int, note: str, earlier: Layer | None
) -> None:
    """Compare what a record says it goes on from with what lies there.

    ``note`` is the description of the opened ``version``. ``earlier`` is the record in the latest
    network of before that holds it. Where there is none, only a first version is looked at: for any
    other one it would have to be fetched.

    Raises:
        OriginDiffers, OriginUnknown, and as `RecordReader.read`.
    """
    if version > 1 and earlier is None:
        return
    try:
        said = Reference.of_note(note) if version == 1 else await named(reader, record)
    except NoKey:
        # Shared from a later day on: the first version is not for this account's eyes.
        return
    if said is None and earlier is None:
        return
    if said is None or earlier is None:
        raise OriginDiffers() if said is None else OriginUnknown(contract=said.contract)
    place, entries = earlier
    if Reference.to_last((place, entries[: said.version]), record) != said:
        raise OriginDiffers()


def _head_after(entries: Sequence[AuditEntry]) -> ChainHead:
    chain = EMPTY_RECORD
    for entry in entries:
        chain = next_record_chain(chain, entry.actor, entry.meta.epoch, entry.digest)
    return chain
