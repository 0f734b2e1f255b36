"""Asking the author for a correction."""

from __future__ import annotations

import json

import pytest

from medrec.clinical.validation import check
from medrec.domain.categories import Category
from medrec.domain.ids import RecordId
from medrec.errors import InputRefused
from medrec.services import corrections
from medrec.services.index import sync
from medrec.services.reading import RecordReader
from tests.support.world import LABS, World, amend, write


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
