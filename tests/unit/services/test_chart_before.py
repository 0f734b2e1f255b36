"""The chart after a takeover: records of before are in it, read where they lie."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest

from medrec.domain.categories import Category
from medrec.domain.entries import Action
from medrec.domain.ids import CHART
from medrec.errors import AuditBroken, MedRecError, NodeDown, OriginDenies, StoreDown
from medrec.services import access_before, carrying, chart, origins
from medrec.services.chart import Chart, ChartRecord
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.references import Reference
from medrec.services.sources import in_memory
from medrec.services.writing import Draft, add_record
from tests.support.anvil import anvil_node, deployed
from tests.support.liar import always, failing, lying
from tests.support.takeover import Clinic, Successor, clinic, successor
from tests.support.world import DAY, NOTES, SOMEBODY, draft, world, write

__all__ = ["anvil_node", "clinic", "deployed", "successor", "world"]

pytestmark = pytest.mark.anvil


def of(found: Chart, record: bytes) -> ChartRecord:
    """The record of that id."""
    entry = found.record(record.hex())
    assert entry is not None
    return entry


def without(person: Context, **lies: object) -> Context:
    """The person, whose node of before does not answer, or lies."""
    before = person.origins[0]
    chain = lying(before.chain, **lies)  # type: ignore[arg-type]
    return replace(person, origins=(replace(before, chain=chain),))


async def test_a_patients_chart_holds_what_was_written_before(successor: Successor) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    meyer = await successor.doctor(before.meyer)
    await successor.world.grant(ada, meyer, [NOTES], [NOTES])
    await write(ada, ada.me, "Written after")
    text = in_memory("note.txt", "text/plain", b"Carried on.")
    await carrying.update(meyer, ada.me, before.notes, (text, (), "Fourth note", None))
    await sync(ada)

    found = await chart.load(ada, ada.me)

    name = before.world.network.name
    assert found.missing is None
    assert found.demographics == SOMEBODY
    notes, scan, own = (of(found, r) for r in (before.notes, before.scan, before.own))
    assert (notes.row.title, notes.version, notes.origin) == ("Fourth note", 4, "")
    assert (scan.row.title, scan.version, scan.origin, scan.attachments) == ("A scan", 1, name, 1)
    assert (own.row.title, own.preview) == ("My own note", "The text of “My own note”.")
    after = [r.row.title for r in found.records if not r.origin]
    assert after[-2:] == ["Written after", "Fourth note"]
    # The profile of each network is a record of its own.
    assert sum(r.row.category is Category.IDENTITY for r in found.records) == 2


async def test_a_doctors_chart_follows_the_rights_of_each_network(successor: Successor) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    meyer = await successor.doctor(before.meyer)
    # Access in the network of before alone: it is read, and nothing is written in this one.
    found = await chart.load(meyer, ada.me)
    assert of(found, before.scan).origin == before.world.network.name
    assert found.permission is not None
    assert NOTES in found.permission.read
    assert not found.permission.write
    [look] = await meyer.origins[0].local.entries(
        subject=ada.me, actor=meyer.me, ref=CHART, actions=[Action.CONSULTED]
    )
    assert look.actor == meyer.me
    # In both: what may be written is what this one lets.
    soon = await successor.world.now() + DAY // 2
    await successor.world.grant(ada, meyer, [NOTES], [NOTES], until=soon)
    new = (await write(ada, ada.me, "In the new contracts")).record
    await sync(meyer)
    found = await chart.load(meyer, ada.me)
    assert of(found, new).origin == ""
    assert of(found, before.notes).version == 3
    assert found.permission is not None
    assert found.permission.write == {NOTES}
    assert (found.until, found.ends) == (soon, soon)
    # Revoked in both, he reads nothing; who was revoked before never does.
    await sync(ada)
    await access_before.revoke(ada, meyer.me)
    await sync(meyer)
    revoked = await successor.doctor(before.revoked)
    for doctor in (meyer, revoked):
        with pytest.raises(MedRecError) as refused:
            await chart.load(doctor, ada.me)
        assert refused.value.code in ("NoAccess", "AccessEnded")


async def test_a_network_of_before_that_is_away_is_told_of(successor: Successor) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    meyer = await successor.doctor(before.meyer)
    await successor.world.grant(ada, meyer, [NOTES], [NOTES])
    new = (await write(ada, ada.me, "In the new contracts")).record
    await sync(ada)
    await sync(meyer)
    down = failing(NodeDown(url="http://before"))
    # Nothing was read here yet: nothing is shown of it, and that is said.
    found = await chart.load(without(ada, check_network=down), ada.me)
    assert found.record(before.own.hex()) is None
    assert found.missing is not None
    assert (found.missing.network, found.missing_kept) == (before.world.network, False)
    assert isinstance(found.missing.error, NodeDown)
    # Read once, one's own records are shown as they were.
    await chart.load(ada, ada.me)
    found = await chart.load(without(ada, check_network=down), ada.me)
    assert of(found, before.notes).row.title == "Third note"
    assert (found.missing_kept, found.stale_since) == (True, None)
    # Somebody else's are not kept; work in this network goes on.
    found = await chart.load(without(meyer, check_network=down), ada.me)
    assert found.record(before.notes.hex()) is None
    assert of(found, new).row.title == "In the new contracts"
    assert found.missing is not None
    # Its store alone is away.
    lost = replace(meyer.origins[0], store=lying(meyer.store, get=failing(StoreDown(location="x"))))
    found = await chart.load(replace(meyer, origins=(lost,)), ada.me)
    assert found.missing is not None
    assert isinstance(found.missing.error, StoreDown)
    # A denial is no absence: what was kept is not shown either.
    found = await chart.load(without(ada, announces=always(False)), ada.me)
    assert found.record(before.notes.hex()) is None
    assert found.missing is not None
    assert isinstance(found.missing.error, OriginDenies)
    # A node that hides entries.
    hiding = without(meyer, entries=always([]))
    hiding = replace(hiding, origins=(replace(hiding.origins[0], local=type(ada.local)()),))
    found = await chart.load(hiding, ada.me)
    assert found.missing is not None
    assert isinstance(found.missing.error, AuditBroken)


async def test_what_does_not_go_on_from_its_origin_says_nothing(successor: Successor) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    entries = [entry for entry, _ in await origins.history(ada, ada.me, before.own)]
    good = Reference.to_last((ada.origins[0], entries), before.own)
    wrong = replace(good, head=type(good.head)(secrets.token_bytes(27)))
    parts = draft("Not what it says").parts
    said = Draft(NOTES, "Not what it says", parts, note=wrong.note)
    await add_record(ada, ada.me, said, before.own)
    await sync(ada)
    row = of(await chart.load(ada, ada.me), before.own).row
    assert row.title is None
    assert "does not go on from what the network of before shows" in row.why
    [placed] = [p for p in await origins.listed(ada, ada.me) if p.row.record == before.own]
    assert (placed.row.title, placed.row.why) == (None, row.why)
    # Also when it was written on since: the first version in a network names its origin.
    text = in_memory("note.txt", "text/plain", b"More.")
    await carrying.update(ada, ada.me, before.own, (text, (), "More", None))
    await sync(ada)
    found = of(await chart.load(ada, ada.me), before.own)
    assert (found.row.title, found.version) == (None, 3)


async def test_a_carried_record_waits_for_its_origin(successor: Successor, clinic: Clinic) -> None:
    """It cannot be compared while the network of before is away; others open as ever."""
    ada = await successor.patient(clinic.ada)
    text = in_memory("note.txt", "text/plain", b"Carried on.")
    await carrying.update(ada, ada.me, clinic.own, (text, (), "Mine", None))
    new = (await write(ada, ada.me, "In the new contracts")).record
    await sync(ada)
    away = without(ada, check_network=failing(NodeDown(url="http://before")))
    for version in (None, 1, 2):
        with pytest.raises(NodeDown):
            await origins.opened(away, ada.me, clinic.own, version)
    with pytest.raises(NodeDown):
        await origins.opened(away, ada.me, clinic.notes)
    assert (await origins.opened(away, ada.me, new)).version == 1
    done = await carrying.update(away, ada.me, new, (text, (), None, None), 1)
    assert done.version == 2
    assert (await origins.opened(ada, ada.me, clinic.own)).version == 2
