"""The trace after a takeover: what is done in the network before is seen, and is recomputed."""

from __future__ import annotations

import pytest

from medrec.domain.entries import Action
from medrec.errors import AuditBroken, NodeDown, NoSuchGrant, UnknownPatient
from medrec.services import access_before, activity, looks, origins
from medrec.services.index import sync
from tests.support.anvil import anvil_node, deployed
from tests.support.takeover import Successor, away, clinic, cutting, successor
from tests.support.world import NOTES, world, write

__all__ = ["anvil_node", "clinic", "deployed", "successor", "world"]

pytestmark = pytest.mark.anvil


async def test_a_look_in_the_network_before_is_seen_here(successor: Successor) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    meyer = await successor.doctor(before.meyer)
    await write(ada, ada.me, "Mine, here")
    await sync(ada)
    # Later than all that was done here.
    await successor.world.pass_time(60)
    await origins.opened(meyer, ada.me, before.scan)
    trace = await activity.listed(ada)
    old = before.world.network
    last = trace.rows[0]
    assert (last.action, last.actor, last.record) == (Action.CONSULTED, meyer.me, before.scan)
    assert last.origin == old
    assert [row.time for row in trace.rows] == sorted((r.time for r in trace.rows), reverse=True)
    for network, place in ((None, ada), (old, ada.origins[0])):
        numbers = [row.number for row in trace.rows if row.origin == network]
        entries = await place.local.entries(subject=ada.me)
        assert numbers == list(range(len(entries), 0, -1))
    assert trace.missing is None
    [look] = [found for found in await looks.lately(ada) if found.who == meyer.me]
    assert look.records == 1
    changed = await looks.last_change(ada)
    assert changed is not None
    assert changed.who == ada.me
    # The same in the terminal's words.
    listed = await origins.trace(ada, ada.me)
    assert [(e.head, origin) for _, e, origin in listed][-1][1] == old
    assert len(listed) == len(trace.rows)
    with pytest.raises(UnknownPatient):
        await origins.trace(ada, meyer.me)


def test_chains_are_merged_by_time_and_each_keeps_its_order() -> None:
    """A look that is entered late tells the time at which it was."""
    before, here = [("a", 1), ("b", 5), ("late", 2), ("c", 9)], [("x", 4), ("y", 5), ("z", 7)]
    merged = origins.merged([before, here], lambda one: one[1])
    assert [name for name, _ in merged] == ["a", "x", "b", "late", "y", "z", "c"]
    assert origins.merged([here], lambda one: one[1]) == here


async def test_what_was_followed_is_shown_while_that_network_is_away(successor: Successor) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    await sync(ada)
    new = await activity.listed(away(ada, empty=True))
    assert new.missing is not None
    assert not new.kept
    assert all(row.origin is None for row in new.rows)
    whole = await activity.listed(ada)
    kept = await activity.listed(away(ada))
    assert kept.missing is not None
    assert kept.missing.network == before.world.network
    assert kept.kept
    assert kept.rows == whole.rows
    [checked] = await origins.checked_before(away(ada))
    assert isinstance(checked.error, NodeDown)
    assert checked.verified is None


async def test_a_history_of_before_that_is_cut_is_noticed(successor: Successor) -> None:
    ada = await successor.patient(successor.clinic.ada)
    await sync(ada)
    [checked] = await origins.checked_before(ada)
    assert checked.verified is not None
    assert checked.verified.entries == len(await ada.origins[0].local.entries(subject=ada.me))
    [checked] = await origins.checked_before(cutting(ada))
    assert isinstance(checked.error, AuditBroken)
    # On a computer that follows it for the first time, too: nothing of it is believed.
    bring = cutting(successor.bring(successor.clinic.ada))
    await sync(bring)
    trace = await activity.listed(bring)
    assert trace.missing is not None
    assert isinstance(trace.missing.error, AuditBroken)
    assert not trace.kept


async def test_who_has_no_access_anywhere_is_called_by_name(successor: Successor) -> None:
    ada = await successor.patient(successor.clinic.ada)
    okafor = await successor.doctor(successor.clinic.okafor)
    await successor.world.grant(ada, okafor, [NOTES])
    await sync(ada)
    await access_before.revoke(ada, okafor.me)
    with pytest.raises(NoSuchGrant, match="Gregory Okafor has no access"):
        await access_before.revoke(ada, okafor.me)
