"""Importing on a real chain: looked into, stopped, saved byte for byte, waiting."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from medrec.clinical import validation
from medrec.clinical.reading import FHIR_JSON
from medrec.controllers.doctor.import_fhir import ImportController
from medrec.domain.categories import Category
from medrec.domain.imports import EntryState
from medrec.models.doctor.current import CurrentPatient
from medrec.models.session import Session
from medrec.services import looking
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.records import listed as records_of
from medrec.services.records import opened
from medrec.views.doctor.import_fhir import ImportPage
from tests.support.anvil import anvil_node, deployed
from tests.support.counting import counted
from tests.support.patient_desk import ShellThatListens, desk, settled
from tests.support.world import World, world

__all__ = ["anvil_node", "deployed", "world"]

ADA = {
    "resourceType": "Patient",
    "name": [{"family": "Lovelace", "given": ["Ada"]}],
    "birthDate": "1985-12-10",
}


def bundle(path: Path, *resources: dict[str, object]) -> Path:
    entries = [{"resource": resource} for resource in resources]
    made = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    path.write_text(json.dumps(made, indent=1))
    return path


def observation(value: object = 80) -> dict[str, object]:
    quantity = {"value": value, "unit": "kg"}
    code = {"text": "Body weight"}
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": code,
        "valueQuantity": quantity,
    }


@dataclass
class Desk:
    """A doctor at the page, and the patient at home."""

    patient: Context
    session: Session
    page: ImportPage
    controller: ImportController
    shell: ShellThatListens


@asynccontextmanager
async def at_work(world: World, qtbot: QtBot) -> AsyncIterator[Desk]:
    patient, doctor = await world.patient(), await world.doctor("house")
    kinds = [Category.DOCUMENTS, Category.VITALS]
    await world.grant(patient, doctor, read=kinds, write=kinds)
    world.clock.at = int(time.time())
    async with desk(doctor) as session:
        current = CurrentPatient(session)
        page = ImportPage(current)
        qtbot.addWidget(page)
        page.resize(1064, 744)
        shell = ShellThatListens(page)
        controller = ImportController(session, page, shell, current, page)
        page.show()
        current.choose(patient.me)
        await settled(session)
        yield Desk(patient, session, page, controller, shell)
        await settled(session)


async def test_a_file_is_looked_into_and_saved_whole(
    world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    path = bundle(tmp_path / "visit.json", ADA, observation(), observation(81))
    async with at_work(world, qtbot) as d:
        d.page.chosen.emit(path)
        assert d.page.reading.isVisible()
        await settled(d.session)
        assert d.page.preview is not None
        assert d.page.counts[EntryState.READY].figure.text() == "3"
        assert d.page.whose.verdict.text() == "The same name and birth date"
        assert d.page.model.rowCount() == 3
        d.page.title.set_text("Visit")
        d.page.save.click()
        await settled(d.session)
        assert d.shell.toasts[0][0] == "Imported"
        assert d.page.preview is None
        await sync(d.patient)
        row = (await records_of(d.patient, d.patient.me))[-1]
        reader, found = await opened(d.patient, d.patient.me, row.record)
        main = found.manifest.parts[0]
        assert (found.manifest.title, main.media_type) == ("Visit", FHIR_JSON)
        assert await reader.part_bytes(found, main) == path.read_bytes()


async def test_another_persons_file_is_compared_first(
    world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    path = bundle(tmp_path / "visit.json", ADA | {"birthDate": "1990-01-01"}, observation())
    async with at_work(world, qtbot) as d:
        d.page.chosen.emit(path)
        await settled(d.session)
        assert d.page.whose.doubtful
        d.page.save.click()
        assert d.page.whose.error.text()
        assert not d.session.jobs.running
        d.page.whose.anyway.setChecked(True)
        d.page.save.click()
        await settled(d.session)
        assert d.shell.toasts[0][0] == "Imported"


async def test_what_is_not_fhir_is_kept_as_a_document(
    world: World, qtbot: QtBot, tmp_path: Path
) -> None:
    path = bundle(tmp_path / "visit.json", ADA, observation("eighty"))
    async with at_work(world, qtbot) as d:
        d.page.chosen.emit(path)
        await settled(d.session)
        assert d.page.counts[EntryState.REFUSED].figure.text() == "1"
        assert d.page.save.text() == "Keep as a document"
        d.page.save.click()
        await settled(d.session)
        await sync(d.patient)
        row = (await records_of(d.patient, d.patient.me))[-1]
        _, found = await opened(d.patient, d.patient.me, row.record)
        assert found.manifest.parts[0].media_type == "application/json"


async def test_looking_can_be_stopped(world: World, qtbot: QtBot, tmp_path: Path) -> None:
    path = bundle(tmp_path / "large.json", *[observation() for _ in range(3000)])
    async with at_work(world, qtbot) as d:
        job = d.controller.look(path)
        await asyncio.sleep(0.2)
        d.page.cancelAsked.emit()
        await job.wait()
        assert d.page.preview is None
        assert not d.page.reading.isVisible()
        assert d.page.other.isVisible()


async def test_a_file_that_cannot_be_read(world: World, qtbot: QtBot, tmp_path: Path) -> None:
    async with at_work(world, qtbot) as d:
        d.page.chosen.emit(tmp_path / "nothing.json")
        await settled(d.session)
        assert d.page.other.title == "This file cannot be read"


async def test_access_that_ended_meanwhile(world: World, qtbot: QtBot, tmp_path: Path) -> None:
    path = bundle(tmp_path / "visit.json", ADA, observation())
    async with at_work(world, qtbot) as d:
        d.page.chosen.emit(path)
        await settled(d.session)
        await world.revoke(d.patient, d.session.context)
        d.page.save.click()
        await settled(d.session)
        assert ("Not saved", "danger") in {(title, tone) for title, _, tone in d.shell.toasts}
        assert d.page.preview is not None


@pytest.mark.parametrize("large", [1 << 30, 0], ids=["thread", "process"])
async def test_a_large_file_leaves_the_loop_alive(
    world: World, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr(looking, "LARGE", large)
    judged = counted(monkeypatch, validation, "_judge")
    path = bundle(tmp_path / "large.json", ADA, *[observation() for _ in range(2000)])
    async with at_work(world, qtbot) as d:
        job = d.controller.look(path)
        turn, told = 0, []
        job.progressed.connect(lambda *_: told.append(turn))
        while job.state is None:
            turn += 1
            await asyncio.sleep(0)
        assert d.page.model.rowCount() == 2001
        assert len(told) > 3
        assert len(set(told)) == len(told), "the loop had turns between all that was told"
        assert judged.beside if large else judged.number == 0, "who draws does not judge"
