"""The outbox as rows: what waits, how far it is, and what needs the person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PyQt6.QtTest import QAbstractItemModelTester

from medrec.clinical.forms import FormKind
from medrec.domain.calls import RegisterPatient
from medrec.domain.categories import Category
from medrec.domain.ids import Address
from medrec.domain.outbox import JobState, Step, StepState
from medrec.errors import CannotCancel, MedRecError
from medrec.models.outbox import OutboxModel, outbox_row
from medrec.models.session import Session
from medrec.services import drafts
from medrec.services.work import new_job, outbox
from medrec.workers.jobs import Jobs
from medrec.workers.notifier import JobNotifier
from tests.support.anvil import anvil_node, deployed
from tests.support.world import SettableClock, World, world

__all__ = ["anvil_node", "deployed", "world"]

PREPARED, DONE = StepState.PREPARED, StepState.DONE


def job(context: Any, title: str, *states: StepState, state: JobState = JobState.PENDING) -> Any:
    steps = [replace(Step(RegisterPatient()), state=each) for each in states]
    return replace(new_job(context, "record-add", title, steps), state=state)


@pytest.fixture
async def session(world: World, qapp: object) -> Any:
    person = await world.person("somebody")
    notifier = JobNotifier()
    made = Session(replace(person, notifier=notifier), Jobs(), notifier.bus)
    yield made
    await made.close()


async def test_what_has_not_ended_well_is_shown_and_what_is_done_is_not(session: Session):
    local = session.context.local
    model = OutboxModel(session)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
    for title, state in zip("abcde", JobState, strict=True):
        await local.add_job(job(session.context, title, PREPARED, state=state), {})
    await model.reload().wait()
    assert [(row.title, row.state) for row in model.rows] == [
        ("a", JobState.PENDING),
        ("c", JobState.FAILED),
        ("e", JobState.DRAFT),
    ]
    assert (model.waiting, model.failed) == (1, 2)


async def test_a_change_of_the_outbox_reads_it_again(session: Session):
    model = OutboxModel(session)
    await model.reload().wait()
    saved = await session.context.local.add_job(job(session.context, "a", PREPARED), {})
    session.outboxChanged.emit()
    await session.jobs.running[0].wait()
    assert [row.job_id for row in model.rows] == [saved.id]


@pytest.mark.parametrize(
    ("states", "done", "total", "stage", "cancellable"),
    [
        ((PREPARED,), 0, 4, PREPARED, True),
        ((StepState.SIGNED,), 2, 4, StepState.SIGNED, False),
        ((DONE, PREPARED), 4, 8, PREPARED, False),
        ((DONE, DONE), 8, 8, DONE, False),
    ],
)
def test_how_far_a_job_is(
    states: tuple[StepState, ...], done: int, total: int, stage: StepState, cancellable: bool
):
    class Someone:
        me = Address("0x" + "22" * 20)

        clock = SettableClock(1)

    row = outbox_row(job(Someone, "a", *states))
    assert (row.done, row.total, row.stage, row.cancellable) == (done, total, stage, cancellable)


async def test_a_failed_job_is_put_away_and_a_sent_one_is_not(session: Session):
    context = session.context
    failed = await context.local.add_job(
        job(context, "a", StepState.SIGNED, state=JobState.FAILED), {}
    )
    sent = await context.local.add_job(job(context, "b", StepState.SIGNED), {})
    assert (await outbox(context).cancel(failed.id)).state is JobState.CANCELLED
    with pytest.raises(CannotCancel):
        await outbox(context).cancel(sent.id)


async def test_a_row_says_in_words_what_is_the_matter(session: Session):
    model = OutboxModel(session)
    row = replace(outbox_row(job(session.context, "Note", PREPARED)), error="It rains.")
    assert model.text(row) == "Note: It rains."
    assert model.text(replace(row, error="")) == "Note: 0 of 4"


async def test_drafts_that_wait_or_were_refused_are_rows_too(session: Session):
    context = session.context
    model = OutboxModel(session)
    me = context.me
    about = drafts.draft_for(
        me, "Ada Lovelace", "", FormKind.VITALS, Category.VITALS, {"pulse": "70"}
    )
    await drafts.save(context, about)
    await drafts.save(context, replace(about, id="w", waiting=True, problem="No node answers."))
    file = {"file": "/tmp/letter.pdf"}
    refused = replace(about, id="r", kind=FormKind.DOCUMENT, texts=file, problem="Not saved.")
    await drafts.save(context, refused)
    await model.reload().wait()
    assert {(row.title, row.state, row.error) for row in model.rows} == {
        ("Vitals: 70 bpm", JobState.PENDING, "No node answers."),
        ("letter.pdf", JobState.DRAFT, "Not saved."),
    }
    assert (model.waiting, model.failed) == (1, 1)
    number = next(row.job_id for row in model.rows if row.draft == "r")
    assert number < 0
    await model.dropping(number)()
    await model.reload().wait()
    assert [row.draft for row in model.rows] == ["w"]
    with pytest.raises(MedRecError):
        await model.again(model.rows[0].job_id)()


async def test_a_job_that_came_and_ended_between_two_looks_is_not_shown_for_ever(
    session: Session,
):
    local = session.context.local
    model = OutboxModel(session)
    await session._look_at_outbox()
    saved = await local.add_job(job(session.context, "A look", PREPARED), {})
    await model.reload().wait()
    assert model.waiting == 1
    await local.update_job(replace(saved, state=JobState.DONE))
    await session._look_at_outbox()
    for handle in session.jobs.running:
        await handle.wait()
    assert model.waiting == 0
