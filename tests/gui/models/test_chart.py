"""The chart and its timeline as models: what they read, when they tell, how they filter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PyQt6.QtTest import QAbstractItemModelTester

from medrec.domain.calls import AddRecord, LogConsultation
from medrec.domain.categories import Category, Slot
from medrec.domain.ids import ZERO_DIGEST, Epoch, RecordId
from medrec.domain.outbox import Job, JobState, Step, StepState
from medrec.errors import AccessEnded, NodeDown
from medrec.models.chart import ChartModel, TimelineFilter, TimelineModel, pending_row
from medrec.models.rows import LoadState
from medrec.models.timeline_row import Pending
from medrec.services.index import sync
from tests.support.anvil import anvil_node, deployed
from tests.support.charts import DAY, OTHER, PATIENT, QuietSession, chart, record
from tests.support.counting import counted
from tests.support.liar import Lie, lying
from tests.support.patient_desk import desk, settled, until
from tests.support.world import NOTES, World, world, write

__all__ = ["anvil_node", "deployed", "world"]

TESTING = QAbstractItemModelTester.FailureReportingMode.Fatal


def shown(session: QuietSession, *records: Any) -> ChartModel:
    """A chart model that has read these records."""
    model = ChartModel(session, PATIENT)
    model.chart = chart(records)
    model.names = {PATIENT: "Amina Haddad", OTHER: "Dr. Raman"}
    model.state = LoadState.READY
    return model


def job(**more: Any) -> Job:
    call = AddRecord(PATIENT, RecordId(bytes([5]) + bytes(31)), Epoch(0, 0), ZERO_DIGEST)
    step = Step(call, state=more.pop("step", StepState.PREPARED))
    made = Job(None, PATIENT, "record-add", "Add a note", 9, (step,))  # type: ignore[arg-type]
    return replace(made, **more)


async def test_a_doctor_reads_and_the_patient_has_a_name(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await write(patient, patient.me, "Diary")
    await world.grant(patient, doctor, read=[NOTES])
    async with desk(doctor) as session:
        model = ChartModel(session, patient.me)
        await model.reload().wait()
        assert model.state is LoadState.READY
        assert model.chart is not None
        assert model.names[patient.me] == "Ada Lovelace"
        timeline = TimelineModel(model)
        QAbstractItemModelTester(timeline, TESTING, timeline)
        assert [row.title for row in timeline.rows] == ["Diary", "Personal data"]
        assert timeline.rows[0].author == "Ada Lovelace"


async def test_what_is_confirmed_later_appears(world: World) -> None:
    patient = await world.patient()
    async with desk(patient) as session:
        model = ChartModel(session, patient.me)
        await model.reload().wait()
        timeline = TimelineModel(model)
        inserted: list[int] = []
        timeline.rowsInserted.connect(lambda _parent, first, _last: inserted.append(first))
        await write(session.context, patient.me, "Diary")
        await sync(session.context)
        session.changed.emit(patient.me)
        await settled(session)
        assert inserted == [0]
        assert timeline.rows[0].title == "Diary"


async def test_an_unwatched_chart_of_a_doctors_is_not_read_again(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES])
    async with desk(doctor) as session:
        model = ChartModel(session, patient.me)
        await model.reload().wait()
        model.watch(False)
        session.changed.emit(patient.me)
        assert not session.jobs.running
        model.watch(True)
        assert session.jobs.running
        await settled(session)


async def test_without_a_node_the_chart_stays_and_says_so(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES])
    away = False

    async def maybe(honest: Lie, *args: object) -> Any:
        if away:
            raise NodeDown(url="http://node")
        return await honest(*args)

    async with desk(doctor, chain=lying(doctor.chain, patient=maybe)) as session:
        model = ChartModel(session, patient.me)
        await model.reload().wait()
        away = True
        await model.reload().wait()
        assert model.chart is not None
        assert (model.stale, model.state) == (True, LoadState.READY)
        away = False
        await model.reload().wait()
        assert not model.stale
        await settled(session)


async def test_access_that_ends_takes_the_chart_away(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await write(patient, patient.me, "Diary")
    await world.grant(patient, doctor, read=[NOTES])
    async with desk(doctor) as session:
        model = ChartModel(session, patient.me)
        await model.reload().wait()
        timeline = TimelineModel(model)
        assert timeline.rows
        await world.revoke(patient, doctor)
        await sync(session.context)
        await model.reload().wait()
        assert model.chart is None
        assert model.state is LoadState.FAILED
        assert model.error is not None
        assert isinstance(model.error, AccessEnded) or "access" in model.error.sentence
        assert timeline.rows == []
        assert (timeline.state, timeline.error) == (LoadState.FAILED, model.error)
        await settled(session)


async def test_the_newest_is_on_top_and_filters_agree(qapp: object) -> None:
    session = QuietSession()
    old = record(1, "Blood count", Category.LABORATORY, 400 * DAY, author=OTHER)
    new = record(2, "Visit", Category.NOTES, 900 * DAY, preview="Cough for a week")
    timeline = TimelineModel(shown(session, old, new))
    QAbstractItemModelTester(timeline, TESTING, timeline)
    assert [row.title for row in timeline.rows] == ["Visit", "Blood count"]
    assert timeline.years == [1972, 1971]
    assert timeline.authors == [(PATIENT, "Amina Haddad"), (OTHER, "Dr. Raman")]
    assert timeline.counts == {Category.LABORATORY: 1, Category.NOTES: 1}
    for wanted, titles in (
        (TimelineFilter(year=1971), ["Blood count"]),
        (TimelineFilter(categories=frozenset({Category.NOTES})), ["Visit"]),
        (TimelineFilter(author=OTHER), ["Blood count"]),
        (TimelineFilter(text="cough WEEK"), ["Visit"]),
        (TimelineFilter(text="raman"), ["Blood count"]),
        (TimelineFilter(year=1971, text="visit"), []),
    ):
        timeline.set_filter(wanted)
        assert [row.title for row in timeline.rows] == titles
    assert timeline.state is LoadState.EMPTY
    assert timeline.total == 2


async def test_ten_thousand_rows_are_filtered_in_one_go(
    qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = QuietSession()
    timeline = TimelineModel(shown(session, *(record(n) for n in range(1, 10_001))))
    QAbstractItemModelTester(timeline, TESTING, timeline)
    assert timeline.rowCount() == 10_000
    looked_at = counted(monkeypatch, TimelineFilter, "passes")
    told = []
    for signal in (timeline.modelReset, timeline.rowsInserted, timeline.rowsRemoved):
        signal.connect(lambda *_: told.append(timeline.rowCount()))
    timeline.set_filter(TimelineFilter(text="record 123"))
    assert looked_at.number == 10_000, "each once"
    assert len(told) == 1, "not row by row"
    assert timeline.rowCount() == sum("123" in str(n) for n in range(1, 10_001))


async def test_what_waits_in_the_outbox_stands_on_top(qapp: object) -> None:
    session = QuietSession()
    await session.context.local.add_job(job(), {})
    timeline = TimelineModel(shown(session, record(1)))
    await timeline.reload().wait()
    assert [row.pending for row in timeline.rows] == [Pending.SAVING, None]
    assert timeline.text(timeline.rows[0]).startswith("Add a note")


@pytest.mark.parametrize(
    ("made", "pending"),
    [
        (job(), Pending.SAVING),
        (job(step=StepState.SIGNED), Pending.CONFIRMING),
        (job(error="The node is away."), Pending.WAITING),
        (job(state=JobState.DRAFT, error_code="VersionConflict"), Pending.CONFLICT),
        (job(state=JobState.DRAFT, error_code="AccessEnded"), Pending.NOT_SAVED),
        (job(state=JobState.FAILED), Pending.NOT_SAVED),
    ],
)
def test_how_far_a_job_is(made: Job, pending: Pending) -> None:
    row = pending_row(made, PATIENT, {Slot(5): Category.NOTES})
    assert row is not None
    assert (row.pending, row.category) == (pending, Category.NOTES)


def test_another_patients_jobs_and_other_jobs_are_no_rows() -> None:
    assert pending_row(job(), OTHER, {}) is None
    look = Step(LogConsultation(PATIENT, RecordId(bytes(32)), 1, ZERO_DIGEST))
    assert pending_row(job(steps=(look,)), PATIENT, {}) is None


async def test_the_end_of_the_access_is_not_slept_through(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    end = await world.now() + 100
    await world.grant(patient, doctor, read=[NOTES], until=end)
    async with desk(doctor) as session:
        world.clock.at = end - 50
        model = ChartModel(session, patient.me)
        await model.reload().wait()
        assert model.chart is not None
        assert 40_000 < model._end.remainingTime() <= 51_000
        world.clock.at = end + 1
        await world.pass_time(200)
        model.watch(True)
        model._end.start(0)
        await until(lambda: model.state is LoadState.FAILED)
        assert model.error is not None
        assert model.error.code == "AccessEnded"
        assert model.chart is None
        await settled(session)
