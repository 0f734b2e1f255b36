"""Access of before: seen, ended everywhere or there alone, and never quietly left running."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medrec.domain.outbox import JobState
from medrec.errors import (
    AccessEndsLater,
    AccessRunsBefore,
    MedRecError,
    NoSuchGrant,
    OriginDenies,
    WaitsInOutbox,
    WrongChain,
)
from medrec.services import access, access_before, origins
from medrec.services.access_before import SharesBefore
from medrec.services.context import Context
from medrec.services.index import sync
from tests.support.anvil import anvil_node, deployed
from tests.support.liar import failing, lying
from tests.support.takeover import DOWN, Successor, away, clinic, successor
from tests.support.world import NOTES, world

__all__ = ["anvil_node", "clinic", "deployed", "successor", "world"]

pytestmark = pytest.mark.anvil


async def live(context: Context, doctor: Context) -> bool:
    """Whether the contracts say that the doctor has access."""
    grant = await context.chain.grant(context.me, doctor.me)
    return grant is not None and grant.live(await context.time())


async def test_what_runs_in_the_network_before_is_seen_and_ended_there_alone(
    successor: Successor,
) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    meyer = await successor.doctor(before.meyer)
    await successor.world.grant(ada, meyer, [NOTES], [NOTES])
    found = await access_before.shares_before(ada)
    assert found.missing is None
    shown = {row.share.doctor.name: row.origin for row in found.rows}
    old = before.world.network
    assert shown == {"Dr. Gregory Meyer": old, "Dr. Gregory Okafor": old}
    await access_before.revoke_before(ada, meyer.me, old)
    assert not await live(ada.origins[0], meyer)
    assert await live(ada, meyer)
    left = (await access_before.shares_before(ada)).rows
    assert [row.share.doctor.doctor for row in left] == [before.okafor.me]
    with pytest.raises(NoSuchGrant):
        await access_before.revoke_before(ada, meyer.me, old)


async def test_a_network_that_is_away_leaves_no_access_running_quietly(
    successor: Successor,
) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    meyer = await successor.doctor(before.meyer)
    await successor.world.grant(ada, meyer, [NOTES], [NOTES])
    await sync(ada)
    # A machine that has never seen the network of before cannot know.
    new = away(ada, empty=True)
    assert (await access_before.shares_before(new)).missing is not None
    with pytest.raises(AccessRunsBefore, match=f"“{before.world.network.name}”"):
        await access_before.revoke(new, meyer.me)
    assert not await live(ada, meyer)
    assert await live(ada.origins[0], meyer)
    # One that has seen it knows who may still have access there.
    assert (await access_before.shares_before(ada)).missing is None
    assert (await access_before.shares_before(away(ada))).missing is not None
    for _ in range(2):
        with pytest.raises(AccessEndsLater, match=f"In “{before.world.network.name}”"):
            await access_before.revoke(away(ada), meyer.me)
    assert (await access_before.shares_before(away(ada))).ending
    assert len(await ada.origins[0].local.jobs([JobState.PENDING])) == 1
    assert await live(ada.origins[0], meyer)
    # As soon as that network is followed again it ends there, without being asked for.
    assert (await origins.reached(ada))[1] is None
    assert not await live(ada.origins[0], meyer)
    assert not (await access_before.shares_before(away(ada))).ending
    with pytest.raises(NoSuchGrant):
        await access_before.revoke(ada, meyer.me)
    with pytest.raises(NoSuchGrant):
        await access_before.revoke(away(ada), meyer.me)
    # Where nothing runs there any more, its absence is nothing to tell.
    await access.revoke(ada.origins[0], [before.okafor.me])
    await sync(ada.origins[0])
    assert await access_before.shares_before(away(ada)) == SharesBefore()


@pytest.mark.parametrize(
    "error", [WrongChain(expected=1, found=2), OriginDenies(name="the old one")]
)
async def test_nothing_waits_for_a_network_that_is_not_the_one_of_before(
    successor: Successor, error: MedRecError
) -> None:
    """What does not pass by itself needs a person."""
    ada = await successor.patient(successor.clinic.ada)
    await origins.follow(ada)
    there = ada.origins[0]
    wrong = replace(there, chain=lying(there.chain, check_network=failing(error)))
    with pytest.raises(AccessRunsBefore):
        await access_before.revoke(replace(ada, origins=(wrong,)), successor.clinic.meyer.me)
    assert not await there.local.jobs([JobState.PENDING])
    assert await live(there, successor.clinic.meyer)


async def test_a_revocation_that_waits_here_is_done_there(successor: Successor) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    meyer = await successor.doctor(before.meyer)
    await successor.world.grant(ada, meyer, [NOTES], [NOTES])
    await sync(ada)
    cut = replace(ada, chain=lying(ada.chain, grant=DOWN))
    with pytest.raises(WaitsInOutbox):
        await access_before.revoke(cut, meyer.me)
    assert await live(ada, meyer)
    assert not await live(ada.origins[0], meyer)
