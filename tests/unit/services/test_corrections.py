"""Asking the author for a correction."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from medrec.clinical.validation import check
from medrec.domain.categories import Category
from medrec.domain.ids import RecordId
from medrec.domain.outbox import JobState
from medrec.errors import InputRefused, NodeDown, WaitsInOutbox
from medrec.services import corrections, records
from medrec.services.index import sync
from medrec.services.reading import RecordReader
from medrec.services.wishes import waiting
from medrec.services.work import outbox
from tests.support.liar import failing, lying
from tests.support.world import LABS, Recorder, World, amend, write


async def test_the_author_reads_what_the_patient_asks_for(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[LABS], write=[LABS])
    panel = await write(doctor, patient.me, "Metabolic panel", LABS)
    await sync(patient)

    done = await corrections.ask(patient, panel.record, 1, " Potassium was 4.4, not 5.6. ")

    await sync(doctor)
    reader = await RecordReader.open(doctor, patient.me)
    opened = await reader.read(done.record)
    data = await reader.part_bytes(opened, opened.manifest.parts[0])
    assert opened.category is Category.LABORATORY
    assert opened.manifest.title == "Correction asked for: Metabolic panel"
    assert check(data)[0] == "Communication"
    asked = corrections.from_fhir(data)
    assert asked == corrections.Correction(
        panel.record, 1, doctor.me, "Metabolic panel", "Potassium was 4.4, not 5.6."
    )


async def test_one_s_own_record_is_amended_not_corrected(world: World) -> None:
    patient = await world.patient()
    mine = await write(patient, patient.me, "Diary")
    await sync(patient)
    with pytest.raises(InputRefused, match="amend it yourself"):
        await corrections.ask(patient, mine.record, 1, "Wrong day.")


@pytest.mark.parametrize(("text", "why"), [("  ", "say what"), ("x" * 4001, "longer than 4000")])
async def test_a_request_says_something_and_not_too_much(world: World, text: str, why: str) -> None:
    patient = await world.person("patient")
    with pytest.raises(InputRefused, match=why):
        await corrections.ask(patient, a_record(), 1, text)


async def test_it_names_the_version_that_it_is_about(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[Category.NOTES], write=[Category.NOTES])
    note = await write(doctor, patient.me, "Visit")
    await amend(doctor, patient.me, note.record, "Visit, amended")
    await sync(patient)
    done = await corrections.ask(patient, note.record, 1, "It was Tuesday.")
    await sync(patient)
    reader = await RecordReader.open(patient, patient.me)
    opened = await reader.read(done.record)
    asked = corrections.from_fhir(await reader.part_bytes(opened, opened.manifest.parts[0]))
    assert asked is not None
    assert (asked.version, asked.title) == (1, "Visit")


async def test_without_a_network_it_is_kept_and_asked_once(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[LABS], write=[LABS])
    panel = await write(doctor, patient.me, "Panel", LABS)
    await sync(patient)
    away = failing(NodeDown(url="http://nowhere"))
    offline = replace(patient, chain=lying(patient.chain, patient=away))
    with pytest.raises(WaitsInOutbox):
        await corrections.ask(offline, panel.record, 1, "It was 4.4.")
    await outbox(offline).resume()
    (kept,) = await waiting(patient, corrections.KIND)
    assert (kept.result["text"], kept.attempts) == ("It was 4.4.", 2)

    await asyncio.gather(outbox(patient).resume(), outbox(patient).resume())
    assert await waiting(patient, corrections.KIND) == []
    await sync(patient)
    titles = [row.title for row in await records.listed(patient, patient.me)]
    assert titles.count("Correction asked for: Panel") == 1


async def test_what_is_refused_later_is_told_and_kept(world: World) -> None:
    patient = await world.patient()
    heard = Recorder()
    context = replace(patient, notifier=heard)
    away = failing(NodeDown(url="http://nowhere"))
    offline = replace(context, chain=lying(patient.chain, patient=away))
    with pytest.raises(WaitsInOutbox):
        await corrections.ask(offline, a_record(), 1, "Wrong.")
    await outbox(context).resume()
    assert "was refused" in heard.warned[0]
    (kept,) = await waiting(context, corrections.KIND)
    assert (kept.state, kept.result["text"]) == (JobState.DRAFT, "Wrong.")


@pytest.mark.parametrize(
    "data",
    [
        b"no JSON",
        b"[]",
        b'{"resourceType":"Patient"}',
        b'{"resourceType":"Communication","status":"completed"}',
        json.dumps({"resourceType": "Communication", "about": [{"identifier": {}}]}).encode(),
    ],
)
def test_what_is_no_request_of_ours_is_none(data: bytes) -> None:
    assert corrections.from_fhir(data) is None


def a_record() -> RecordId:
    """A record id of nobody's."""
    return RecordId(bytes(32))
