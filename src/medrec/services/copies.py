"""Small objects of the store, kept on this computer for when the store is away.

Envelopes and bundles (ciphertext), profiles and credentials (public): what somebody needs to write
for others. Whether they count is asked of the chain each time, wherever they come from. Records are
not among them.
"""

from __future__ import annotations

from medrec.domain.ids import Cid
from medrec.errors import StoreDown, StoreRefused
from medrec.services.context import Context

SPACE = "copies"


async def fetch(context: Context, cid: Cid) -> bytes:
    """The object: from the store, or as it was seen there before where no store answers.

    Raises:
        BlockMissing, BlockChanged: as the store says.
        StoreDown, StoreRefused: it was never seen on this computer.
    """
    try:
        data = await context.store.get(cid)
    except (StoreDown, StoreRefused):
        known = await context.local.get(SPACE, cid)
        if known is None:
            raise
        return known
    if await context.local.get(SPACE, cid) is None:
        await context.local.put(SPACE, cid, data)
    return data
