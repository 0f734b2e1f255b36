"""The networks that hold a record's versions, one over the other since a takeover."""

from __future__ import annotations

from collections.abc import Sequence

from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import Address, RecordId
from medrec.errors import NoSuchRecord
from medrec.services.context import Context
from medrec.services.keyring import Keys
from medrec.services.reading import RecordReader

Layer = tuple[Context, Sequence[AuditEntry]]
"""A network, and the entries of a record's versions there, checked against its head."""


async def layer_of(place: Context, patient: Address, record: RecordId) -> Layer | None:
    """A record's versions in a network whose index was followed; None where it has none.

    Raises:
        WrongRecordChain.
    """
    try:
        return place, (await bare(place, patient).history(record))[0]
    except NoSuchRecord:
        return None


def bare(place: Context, patient: Address) -> RecordReader:
    """A reader of what needs no key."""
    return RecordReader(place, patient, Keys(place, patient), None)


async def last_before(older: Sequence[Context], patient: Address, record: RecordId) -> Layer | None:
    """A record in the latest of some networks (the latest first) that holds it.

    Raises:
        WrongRecordChain.
    """
    for place in older:
        found = await layer_of(place, patient, record)
        if found is not None:
            return found
    return None


async def written_before(places: Sequence[Context], patient: Address, record: RecordId) -> int:
    """How many versions of a record the indexes of some networks hold."""
    actions = [Action.RECORD_CREATED, Action.RECORD_UPDATED]
    found = [
        await place.local.entries(subject=patient, ref=record, actions=actions) for place in places
    ]
    return sum(map(len, found))
