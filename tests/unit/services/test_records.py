"""The list of records: many, in their order, and each with its own fate."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from medrec.domain.ids import Cid
from medrec.errors import StoreDown
from medrec.services import records
from medrec.services.index import sync
from tests.support.liar import Lie, lying
from tests.support.world import Recorder, World, write


async def test_many_records_keep_their_order(world: World) -> None:
    patient = await world.patient()
    titles = [f"note {number}" for number in range(2 * records.AT_ONCE + 1)]
    for title in titles:
        await write(patient, patient.me, title)
    heard = Recorder()
    rows = await records.listed(replace(patient, notifier=heard), patient.me)
    assert [row.title for row in rows[1:]] == titles
    assert heard.said.count("Opening records") == len(rows)


async def test_a_store_that_goes_away_in_between_ends_the_list(world: World) -> None:
    patient = await world.patient()
    for number in range(records.AT_ONCE):
        await write(patient, patient.me, f"note {number}")
    await sync(patient)
    asked = 0

    async def get(honest: Lie, cid: Cid) -> Any:
        nonlocal asked
        asked += 1
        if asked > 5:
            raise StoreDown(location="the store")
        return await honest(cid)

    with pytest.raises(StoreDown):
        await records.listed(replace(patient, store=lying(patient.store, get=get)), patient.me)
