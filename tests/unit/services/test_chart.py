"""The chart: opened once, with its facts, kept for its owner, and never opened unseen."""

from __future__ import annotations

import gc
import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from medrec.domain.categories import Category
from medrec.domain.entries import Action
from medrec.domain.ids import CHART, Address, Cid, RecordId
from medrec.domain.outbox import JobState
from medrec.errors import (
    AccessEnded,
    NoAccess,
    NodeDown,
    StoreDown,
    WaitsInOutbox,
    WrongRecordChain,
)
from medrec.services import chart, contents
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.sources import in_memory
from medrec.services.writing import Draft, WrittenRecord, add_record, archive_record
from tests.support.gate import Gate, gate
from tests.support.liar import Lie, lying
from tests.support.world import DAY, LABS, NOTES, SOMEBODY, World, amend, write

ALLERGY = {
    "resourceType": "AllergyIntolerance",
    "code": {"text": "Penicillin"},
    "patient": {"reference": "Patient/1"},
    "reaction": [{"manifestation": [{"text": "anaphylaxis"}], "severity": "severe"}],
}


async def add(
    author: Context, patient: Context, resource: dict[str, Any], category: Category
) -> WrittenRecord:
    data = json.dumps(resource).encode()
    part = in_memory("record.json", "application/fhir+json", data)
    await sync(author)
    return await add_record(author, patient.me, Draft(category, "A record", (part,)))


def pulse(value: int, when: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "effectiveDateTime": when,
        "valueQuantity": {"value": value, "unit": "/min"},
    }


def counting(context: Context, asked: Counter[str]) -> Context:
    async def get(honest: Lie, cid: Cid) -> Any:
        asked["blocks"] += 1
        return await honest(cid)

    return replace(context, store=lying(context.store, get=get))


def away(context: Context) -> Context:
    """The same account, whose node does not answer any more."""

    async def down(honest: Lie, *args: object) -> Any:
        raise NodeDown(url="http://node")

    return replace(context, chain=lying(context.chain, patient=down, head=down, record=down))


async def test_a_patient_reads_facts_of_all_records(world: World) -> None:
    patient = await world.patient()
    await add(patient, patient, ALLERGY, Category.ALLERGIES)
    await add(patient, patient, pulse(120, "2024-05-01"), Category.VITALS)
    await write(patient, patient.me, "Diary")
    await sync(patient)

    found = await chart.load(patient, patient.me)

    assert found.demographics == SOMEBODY
    assert [a.title for a in found.facts.allergies] == ["Penicillin"]
    assert found.facts.series[0].last.flag == "high"
    assert found.allergies_reviewed == found.records[1].row.time
    assert found.records[2].when == 1_714_521_600
    assert found.records[2].preview == "120 /min"
    assert found.records[3].preview == "The text of “Diary”."
    assert (found.closed, found.until, found.stale_since) == (frozenset(), None, None)
    assert found.record(found.records[3].row.record.hex()) == found.records[3]
    assert found.record("00") is None


async def test_an_archived_record_says_nothing_any_more(world: World) -> None:
    patient = await world.patient()
    done = await add(patient, patient, ALLERGY, Category.ALLERGIES)
    await sync(patient)
    await archive_record(patient, patient.me, done.record, "a mistake")
    await sync(patient)
    found = await chart.load(patient, patient.me)
    assert found.facts.allergies == ()
    assert found.records[1].facts.allergies


async def test_a_doctors_look_is_logged_before_anything_is_opened(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await add(patient, patient, ALLERGY, Category.ALLERGIES)
    await world.grant(patient, doctor, read=[LABS, NOTES], write=[NOTES])
    await sync(doctor)

    found = await chart.load(doctor, patient.me)

    looks = await doctor.local.entries(actor=doctor.me, ref=CHART, actions=[Action.CONSULTED])
    assert len(looks) == 1
    assert found.facts.allergies == ()
    assert Category.ALLERGIES in found.closed
    assert LABS not in found.closed
    assert found.permission is not None
    assert found.permission.write == {NOTES}
    assert found.until is not None


async def test_a_look_that_cannot_be_logged_opens_nothing(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES])
    asked: Counter[str] = Counter()

    async def down(honest: Lie, *args: object, **more: object) -> Any:
        raise NodeDown(url="http://node")

    cut = replace(doctor, chain=lying(doctor.chain, prepare=down))
    with pytest.raises(WaitsInOutbox):
        await chart.load(counting(cut, asked), patient.me)
    assert not contents.shelf(cut)._kept


async def test_what_was_opened_is_not_fetched_again(world: World) -> None:
    patient = await world.patient()
    await write(patient, patient.me, "Diary")
    await sync(patient)
    asked: Counter[str] = Counter()
    same = counting(patient, asked)
    await chart.load(same, patient.me)
    first = asked["blocks"]
    assert first
    await chart.load(same, patient.me)
    assert asked["blocks"] == first


async def test_an_amendment_is_opened(world: World) -> None:
    patient = await world.patient()
    done = await write(patient, patient.me, "Diary")
    await sync(patient)
    await chart.load(patient, patient.me)
    await amend(patient, patient.me, done.record, "Diary, corrected")
    await sync(patient)
    found = await chart.load(patient, patient.me)
    assert [(r.row.title, r.row.version) for r in found.records[1:]] == [("Diary, corrected", 2)]


async def test_ones_own_chart_is_read_without_a_network(world: World) -> None:
    patient = await world.patient()
    await add(patient, patient, ALLERGY, Category.ALLERGIES)
    await sync(patient)
    before = await chart.load(patient, patient.me)

    offline = away(patient)
    found = await chart.load(offline, patient.me)

    assert found.stale_since
    assert replace(found, stale_since=None) == before


async def test_nothing_is_kept_of_a_chart_never_opened(world: World) -> None:
    patient = await world.patient()
    with pytest.raises(NodeDown):
        await chart.load(away(patient), patient.me)


async def test_the_store_alone_may_be_away(world: World) -> None:
    patient = await world.patient()
    await sync(patient)
    await chart.load(patient, patient.me)
    await write(patient, patient.me, "Diary")
    await sync(patient)

    async def get(honest: Lie, cid: Cid) -> Any:
        raise StoreDown(location="the store")

    cut = replace(patient, store=lying(patient.store, get=get))
    found = await chart.load(cut, patient.me)
    assert found.stale_since
    assert len(found.records) == 1


async def test_a_doctor_keeps_nothing_on_disk_and_reads_nothing_later(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await write(patient, patient.me, "Diary")
    await world.grant(patient, doctor, read=[NOTES], until=await world.now() + DAY)
    await sync(doctor)
    await chart.load(doctor, patient.me)
    assert await doctor.local.items("chart") == {}
    with pytest.raises(NodeDown):
        await chart.load(away(doctor), patient.me)
    await world.pass_time(2 * DAY)
    with pytest.raises(AccessEnded):
        await chart.load(doctor, patient.me)


async def test_a_stranger_opens_no_chart(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await sync(doctor)
    with pytest.raises(NoAccess):
        await chart.load(doctor, patient.me)


async def test_the_memory_goes_with_the_account(world: World) -> None:
    patient = await world.patient()
    await sync(patient)
    same = replace(patient)
    await chart.load(same, patient.me)
    kept = contents.shelf(same)
    assert kept._kept
    del same
    gc.collect()
    assert not kept._kept


def test_memory_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MEMORY", 5100)
    shelf = contents.Shelf()
    one = contents.Contents(b"d" * 32, "t", 1, "", "n", "text/plain", 9, b"x" * 1500)  # type: ignore[arg-type]
    keys: list[Any] = [("0x1", b"r", number) for number in range(3)]
    for key in keys:
        shelf.keep(key, one)
    assert [shelf.find(key, one.digest) is not None for key in keys] == [False, True, True]


async def test_a_look_that_waits_is_not_logged_again_and_again(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES])
    away = True

    async def down(honest: Lie, *args: object, **more: object) -> Any:
        if away:
            raise NodeDown(url="http://node")
        return await honest(*args, **more)

    cut = replace(doctor, chain=lying(doctor.chain, prepare=down))
    for _ in range(3):
        with pytest.raises(WaitsInOutbox):
            await chart.load(cut, patient.me)
    assert len(await cut.local.jobs([JobState.PENDING])) == 1
    away = False
    await chart.load(cut, patient.me)
    await sync(cut)
    looks = await cut.local.entries(actor=doctor.me, ref=CHART, actions=[Action.CONSULTED])
    assert len(looks) == 1


async def test_reading_a_chart_again_asks_no_more_for_more_records(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES])
    for number in range(3):
        await write(patient, patient.me, f"Note {number}")
    with gate(world.network.rpc[0]) as node:
        watched = replace(doctor, chain=world.chain(replace(world.network, rpc=(node.url,))))
        few = await _requests(watched, patient, node, 4)
        for number in range(3, 28):
            await write(patient, patient.me, f"Note {number}")
        many = await _requests(watched, patient, node, 29)
    assert many == few


async def _requests(reader: Context, patient: Context, node: Gate, records: int) -> int:
    """How many requests a second reading of the chart takes."""
    await sync(reader)
    await chart.load(reader, patient.me)
    before = len(node.passed)
    assert len((await chart.load(reader, patient.me)).records) == records
    return len(node.passed) - before


async def test_every_head_is_compared_at_every_reading(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES])
    note = await write(patient, patient.me, "Note")
    await write(patient, patient.me, "Another")
    await sync(doctor)
    await chart.load(doctor, patient.me)

    async def forged(honest: Lie, who: Address, records: list[RecordId]) -> Any:
        heads = await honest(who, records)
        return heads | {note.record: replace(heads[note.record], chain=bytes(27))}

    liar = replace(doctor, chain=lying(doctor.chain, records=forged))
    found = {record.row.record: record for record in (await chart.load(liar, patient.me)).records}
    assert found[note.record].row.title is None
    assert found[note.record].row.why == WrongRecordChain().sentence
    assert [record.row.title for record in found.values()].count("Another") == 1


async def test_a_record_written_on_between_two_questions_is_no_alarm(world: World) -> None:
    patient = await world.patient()
    note = await write(patient, patient.me, "Note")
    await sync(patient)

    async def overtaken(honest: Lie, who: Address, records: list[RecordId]) -> Any:
        heads = await honest(who, records)
        await amend(patient, patient.me, note.record, "Note, amended")
        await sync(patient)
        return heads

    reader = replace(patient, chain=lying(patient.chain, records=overtaken))
    (row,) = [r.row for r in (await chart.load(reader, patient.me)).records if r.row.version > 1]
    assert (row.title, row.why) == ("Note, amended", "")
