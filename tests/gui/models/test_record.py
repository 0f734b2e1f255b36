"""One record's page: ready, another version, arriving, denied, wrong, without a network."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from medrec.domain.categories import Category
from medrec.domain.cid import Codec, cid_from_digest
from medrec.domain.ids import RecordId
from medrec.errors import NodeDown
from medrec.models.record import RecordModel
from medrec.models.record_opening import Known
from medrec.models.record_page import CheckName, ComparePage, PageState
from medrec.models.session import Session
from medrec.services.chart import load
from medrec.services.index import sync
from medrec.services.records import opened
from medrec.services.sources import in_memory
from medrec.services.writing import Draft, add_record, archive_record
from tests.support.anvil import anvil_node, deployed
from tests.support.patient_desk import desk, settled
from tests.support.world import LABS, NOTES, World, amend, world, write

__all__ = ["anvil_node", "deployed", "world"]


def known(record: RecordId, category: Category = NOTES) -> Known:
    return Known(record, "Visit", category, 1_700_000_000, 1)


async def show(session: Session, patient: Any, wish: Known, version: int | None = None) -> Any:
    model = RecordModel(session, patient)
    states: list[PageState] = []
    model.changed.connect(lambda: states.append(model.page.state if model.page else None))
    model.open(wish, version)
    await settled(session)
    model.states = states
    return model


async def test_a_record_of_two_versions_opens_at_the_last(world: World, qapp: object) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES], write=[NOTES])
    note = await write(doctor, patient.me, "Visit")
    await amend(doctor, patient.me, note.record, "Visit, amended")
    await opened(doctor, patient.me, note.record)
    async with desk(patient) as session:
        model = await show(session, patient.me, known(note.record))
        page = model.page
        assert model.states == [PageState.LOADING, PageState.READY]
        assert (page.title, page.shown, page.latest) == ("Visit, amended", 2, 2)
        assert page.data == "The text of “Visit, amended”.".encode()
        assert [line.author for line in page.versions] == ["Dr. Gregory Doctor"] * 2
        assert (page.readers[0].name, page.readers[0].face) == ("Dr. Gregory Doctor", "")
        assert page.versions[0].face == ""
        assert (page.may_amend, page.may_ask_correction) == (False, True)

        model.open(known(note.record), 1)
        await settled(session)
        assert (model.page.title, model.page.shown) == ("Visit", 1)

        heard: list[ComparePage] = []
        model.compared.connect(heard.append)
        model.compare(1, 2)
        await settled(session)
        assert heard[0].older.data != heard[0].newer.data
        assert heard[0].newer.current


async def test_one_s_own_record_may_be_amended_and_archived(world: World, qapp: object) -> None:
    patient = await world.patient()
    parts = (in_memory("a.txt", "text/plain", b"a"), in_memory("b.bin", "application/x", b"bb"))
    await sync(patient)
    mine = await add_record(patient, patient.me, Draft(Category.DOCUMENTS, "Mine", parts))
    async with desk(patient) as session:
        model = await show(session, patient.me, known(mine.record))
        assert model.page.may_amend
        assert not model.page.may_ask_correction
        assert [(a.name, a.size) for a in model.page.attachments] == [("b.bin", 2)]
        await archive_record(session.context, patient.me, mine.record, "Wrong file")
        await session.refresh()
        await settled(session)
        assert model.page.archived
        assert not model.page.may_amend


async def test_contents_that_are_not_there_yet_are_arriving(
    world: World, qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("medrec.models.record.AGAIN_AFTER", 50)
    patient = await world.patient()
    note = await write(patient, patient.me, "Visit")
    await sync(patient)
    entry = (await patient.local.entries(ref=note.record))[0]
    block = world.block_file(cid_from_digest(entry.digest, Codec.DAG_CBOR))
    kept = block.read_bytes()
    block.unlink()
    async with desk(patient) as session:
        model = await show(session, patient.me, known(note.record))
        assert model.page.state is PageState.ARRIVING
        block.write_bytes(kept)
        model.reload()
        await settled(session)
        assert model.page.state is PageState.READY


async def test_a_changed_block_shows_nothing_but_the_check_that_failed(
    world: World, qapp: object
) -> None:
    patient = await world.patient()
    note = await write(patient, patient.me, "Visit")
    await sync(patient)
    entry = (await patient.local.entries(ref=note.record))[0]
    block = world.block_file(cid_from_digest(entry.digest, Codec.DAG_CBOR))
    block.write_bytes(block.read_bytes()[:-1] + b"\x00")
    async with desk(patient) as session:
        model = await show(session, patient.me, known(note.record))
        page = model.page
        assert page.state is PageState.BROKEN
        assert page.data == b""
        assert [c.name for c in page.checks if c.passed is False] == [CheckName.CONTENTS]
        assert "was changed or damaged" in page.trouble


async def test_a_category_that_is_not_shared_is_denied_in_its_sentence(
    world: World, qapp: object
) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES])
    panel = await write(patient, patient.me, "Panel", LABS)
    async with desk(doctor) as session:
        model = await show(session, patient.me, known(panel.record, LABS))
        assert model.page.state is PageState.DENIED
        assert model.page.trouble
        assert model.page.data == b""


class Away:
    """A chain whose node does not answer."""

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: object, **__: object) -> None:
            raise NodeDown(url="http://nowhere")

        return fail


async def test_what_was_opened_before_is_read_without_a_network(world: World, qapp: object) -> None:
    patient = await world.patient()
    note = await write(patient, patient.me, "Visit")
    await sync(patient)
    await load(patient, patient.me)
    other = await write(patient, patient.me, "Never opened")
    await sync(patient)
    async with desk(replace(patient, chain=Away())) as session:
        assert not session.online
        model = await show(session, patient.me, known(note.record))
        assert model.page.state is PageState.READY
        assert model.page.data == "The text of “Visit”.".encode()
        model.open(known(other.record))
        await settled(session)
        assert model.page.state is PageState.FAILED
        assert "does not answer" in model.page.trouble


async def test_closing_shows_nothing(world: World, qapp: object) -> None:
    patient = await world.patient()
    note = await write(patient, patient.me, "Visit")
    async with desk(patient) as session:
        model = await show(session, patient.me, known(note.record))
        model.close()
        assert model.page is None
        assert model.compare(1, 2) is None
        model.reload()
        assert session.jobs.running == []


async def test_a_page_tells_when_it_happened_not_when_it_was_written(
    world: World, qapp: object
) -> None:
    patient = await world.patient()
    weight = (
        b'{"resourceType": "Observation", "status": "final", "code": {"text": "Weight"},'
        b' "effectiveDateTime": "2019-05-04T09:40:00Z",'
        b' "valueQuantity": {"value": 71.4, "unit": "kg"}}'
    )
    main = in_memory("weight.json", "application/fhir+json", weight)
    made = await add_record(patient, patient.me, Draft(Category.VITALS, "Weight", (main,)))
    async with desk(patient) as session:
        page = (await show(session, patient.me, known(made.record, Category.VITALS))).page
        assert page.when == int(datetime(2019, 5, 4, 9, 40, tzinfo=UTC).timestamp())
