"""A doctor's patients after a takeover: who let the doctor read before is found, and marked."""

from __future__ import annotations

import pytest

from medrec.services import chart, my_patients
from medrec.services.index import sync
from medrec.services.my_patients import AccessState, MyPatients
from tests.support.anvil import anvil_node, deployed
from tests.support.takeover import Successor, away, clinic, successor
from tests.support.world import LABS, NOTES, world

__all__ = ["anvil_node", "clinic", "deployed", "successor", "world"]

pytestmark = pytest.mark.anvil


async def test_access_of_before_counts_where_none_is_open_here(successor: Successor) -> None:
    before = successor.clinic
    meyer, okafor = await successor.doctor(before.meyer), await successor.doctor(before.okafor)
    revoked = await successor.doctor(before.revoked)
    # Ada has not registered in the new contracts yet, and is read all the same.
    name = before.world.network.name
    [row] = (await my_patients.listed(meyer)).rows
    assert (row.patient, row.state, row.origin) == (before.ada.me, AccessState.RUNNING, name)
    assert (row.name, row.permission.read >= {NOTES, LABS}) == ("Ada Lovelace", True)
    assert not row.permission.write
    assert (await chart.load(meyer, row.patient)).record(before.notes.hex()) is not None
    assert {row.patient for row in (await my_patients.listed(okafor)).rows} == {
        before.ada.me,
        before.ben.me,
    }
    assert await my_patients.listed(revoked) == MyPatients()
    # What runs here comes first.
    ada = await successor.patient(before.ada)
    await successor.world.grant(ada, meyer, [NOTES], [NOTES])
    [row] = (await my_patients.listed(meyer)).rows
    assert (row.origin, row.permission.read, row.permission.write) == ("", {NOTES}, {NOTES})
    # And where it ended here, it still runs there.
    await successor.world.revoke(ada, meyer)
    [row] = (await my_patients.listed(meyer)).rows
    assert (row.state, row.origin) == (AccessState.RUNNING, name)


async def test_a_network_of_before_that_is_away_hides_nobody_of_this_one(
    successor: Successor,
) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    okafor = await successor.doctor(before.okafor)
    await successor.world.grant(ada, okafor, [NOTES])
    # A computer that has never followed that network cannot know who is there;
    shown = await my_patients.listed(away(okafor))
    assert [row.patient for row in shown.rows] == [ada.me]
    assert shown.missing is not None
    assert shown.missing.network == before.world.network
    # to one that has, Ben is missing, whom nothing but that network lists;
    await sync(okafor.origins[0])
    assert (await my_patients.listed(away(okafor))).missing is not None
    # and where everybody is listed, nothing is to be told.
    await successor.world.grant(await successor.patient(before.ben), okafor, [NOTES])
    await sync(okafor)
    shown = await my_patients.listed(away(okafor))
    assert {row.patient for row in shown.rows} == {ada.me, before.ben.me}
    assert shown.missing is None
