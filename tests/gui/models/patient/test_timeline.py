"""The patient's timeline: records, and documents that wait on this computer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PyQt6.QtTest import QAbstractItemModelTester

from medrec.clinical.forms import FormKind
from medrec.domain.categories import Category
from medrec.errors import NodeDown
from medrec.models.chart import ChartModel
from medrec.models.patient.timeline import PatientTimeline
from medrec.models.session import Session
from medrec.models.timeline_row import Pending
from medrec.services import drafts
from medrec.services.chart import load
from medrec.services.drafts import SavedDraft, Sent
from medrec.services.index import sync
from tests.support.anvil import anvil_node, deployed
from tests.support.patient_desk import desk, settled
from tests.support.world import World, world, write

__all__ = ["anvil_node", "deployed", "world"]


class Away:
    """A chain whose node does not answer."""

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: object, **__: object) -> None:
            raise NodeDown(url="http://nowhere")

        return fail


def document(session: Session, path: Path) -> SavedDraft:
    return SavedDraft(
        drafts.new_id(),
        session.me,
        "Amina",
        "Amina",
        FormKind.DOCUMENT,
        Category.DOCUMENTS,
        {"file": str(path), "title": "Retinal photographs"},
    )


async def timeline(session: Session) -> PatientTimeline:
    chart = ChartModel(session, session.me)
    rows = PatientTimeline(chart)
    rows.tester = QAbstractItemModelTester(
        rows, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    chart.reload()
    await settled(session)
    rows.reload()
    await settled(session)
    return rows


async def test_a_document_that_waits_stands_on_top_and_becomes_a_record(
    world: World, qapp: object, tmp_path: Path
) -> None:
    patient = await world.patient()
    await write(patient, patient.me, "Visit")
    await sync(patient)
    await load(patient, patient.me)
    world.clock.at = await world.now()
    file = tmp_path / "retina.txt"
    file.write_text("left and right")
    async with desk(replace(patient, chain=Away())) as away:
        outcome = await drafts.send(away.context, document(away, file))
        assert outcome.state is Sent.WAITING
        rows = await timeline(away)
        first = rows.rows[0]
        assert (first.title, first.pending) == ("Retinal photographs", Pending.WAITING)
        assert [row.title for row in rows.rows[1:]] == ["Visit", "Personal data"]
        assert "does not answer" in first.why
    async with desk(patient) as session:
        await drafts.send_waiting(session.context)
        await session.refresh()
        rows = await timeline(session)
        titles = [(row.title, row.pending) for row in rows.rows]
        assert titles[0] == ("Retinal photographs", None)
        assert len(titles) == 3


async def test_a_document_whose_file_is_gone_says_so(
    world: World, qapp: object, tmp_path: Path
) -> None:
    async with desk(await world.patient()) as session:
        outcome = await drafts.send(session.context, document(session, tmp_path / "gone.pdf"))
        assert outcome.state is Sent.KEPT
        rows = await timeline(session)
        assert rows.rows[0].pending is Pending.NOT_SAVED
        assert "gone.pdf" in rows.rows[0].why
