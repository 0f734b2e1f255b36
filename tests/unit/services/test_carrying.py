"""Writing on what lies in the network of before: amended here, archived there, asked about here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medrec.clinical.forms import FormKind
from medrec.clinical.reading import FHIR_JSON
from medrec.domain.outbox import JobState
from medrec.errors import ChainRefusal, MedRecError, NodeDown, StaleVersion
from medrec.services import carrying, corrections, drafts, origins, writing_again
from medrec.services.index import sync
from medrec.services.sources import in_memory
from tests.support.anvil import anvil_node, deployed
from tests.support.liar import failing, lying
from tests.support.takeover import Successor, clinic, contents, successor
from tests.support.world import NOTES, world

__all__ = ["anvil_node", "clinic", "deployed", "successor", "world"]

pytestmark = pytest.mark.anvil

NOTE = {"subjective": "Better.", "objective": "", "assessment": "", "plan": ""}


async def test_a_record_is_archived_where_it_lies(successor: Successor) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    meyer, okafor = await successor.doctor(before.meyer), await successor.doctor(before.okafor)
    for doctor in (meyer, okafor):
        await successor.world.grant(ada, doctor, [NOTES], [NOTES])
    # Nothing was opened by this machine yet.
    with pytest.raises(MedRecError) as refused:
        await carrying.archive(okafor, ada.me, before.notes, "Not mine.")
    assert isinstance(refused.value, ChainRefusal)
    with pytest.raises(StaleVersion):
        await carrying.archive(meyer, ada.me, before.notes, "A mistake.", 2)
    job = await carrying.archive(meyer, ada.me, before.notes, "A mistake.", 3)
    assert job.state is JobState.DONE
    await sync(ada)
    placed = await origins.opened(ada, ada.me, before.notes, 1)
    assert (placed.archived, placed.origin) == (True, before.world.network)
    # What was carried on is archived in this network, and counts as archived as a whole.
    text = in_memory("note.txt", "text/plain", b"Carried on.")
    await carrying.update(ada, ada.me, before.own, (text, (), None, None))
    await sync(ada)
    job = await carrying.archive(ada, ada.me, before.own, "Enough.", 2)
    assert job.state is JobState.DONE
    await sync(ada)
    assert (await origins.opened(ada, ada.me, before.own, 1)).archived
    assert (await ada.chain.record(ada.me, before.own)).archived  # type: ignore[union-attr]


async def test_archiving_what_lies_before_waits_for_no_node(successor: Successor) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    await sync(ada.origins[0])
    there = ada.origins[0]
    chain = lying(there.chain, check_network=failing(NodeDown(url="http://before")))
    away = replace(ada, origins=(replace(there, chain=chain),))
    with pytest.raises(NodeDown):
        await carrying.archive(away, ada.me, before.own, "Enough.")
    assert await ada.local.jobs([JobState.PENDING]) == []
    assert await there.local.jobs([JobState.PENDING]) == []


async def test_a_correction_names_the_record_where_it_lies(successor: Successor) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    await sync(ada)
    done = await corrections.ask(ada, before.notes, 2, "It was the left hand.")
    await sync(ada)
    placed = await origins.opened(ada, ada.me, done.record)
    assert placed.origin is None
    [data] = await contents(placed)
    asked = corrections.from_fhir(data)
    assert asked is not None
    assert (asked.record, asked.version, asked.author) == (before.notes, 2, before.meyer.me)
    chain_id, contract = before.world.network.place
    assert f"urn:eip155:{chain_id}:{contract}".encode() in data


async def test_a_draft_amends_a_record_of_before(successor: Successor) -> None:
    before = successor.clinic
    ada = await successor.patient(before.ada)
    meyer = await successor.doctor(before.meyer)
    await successor.world.grant(ada, meyer, [NOTES], [NOTES])
    found = await writing_again.to_amend(meyer, ada.me, before.notes)
    assert (found.version, found.title, found.form) == (3, "Third note", None)
    draft = drafts.draft_for(ada.me, "Ada", "Meyer", FormKind.NOTE, NOTES, NOTE)
    draft = replace(draft, record=found.record, base_version=found.version)
    sent = await drafts.send(meyer, draft)
    assert (sent.state, sent.version, sent.record) == (drafts.Sent.SENT, 4, before.notes)
    await sync(ada)
    placed = await origins.opened(ada, ada.me, before.notes)
    assert (placed.version, placed.versions, placed.origin) == (4, 4, None)
    assert placed.opened.manifest.parts[0].media_type == FHIR_JSON
    # Somebody who still looks at the version of before is told of the newer one.
    late = replace(draft, id=drafts.new_id(), texts={**NOTE, "subjective": "Worse."})
    kept = await drafts.send(meyer, late)
    assert kept.state is drafts.Sent.CONFLICT
    theirs = await drafts.theirs(meyer, kept.draft)
    assert (theirs.version, theirs.author) == (4, "you")
    again = await drafts.on_top(meyer, kept.draft, theirs.version)
    sent = await drafts.send(meyer, again)
    assert (sent.state, sent.version) == (drafts.Sent.SENT, 5)
