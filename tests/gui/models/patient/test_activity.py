"""The trace as a model: in words, filtered, ten thousand entries, and the alarm."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from PyQt6.QtTest import QAbstractItemModelTester

from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import ZERO_DIGEST, Address
from medrec.errors import AuditBroken
from medrec.models.patient import activity_words as words
from medrec.models.patient.activity import (
    ActivityFilter,
    ActivityModel,
    FilteredActivity,
    TraceModel,
    TraceState,
    since_weeks,
)
from medrec.services.activity import ActivityRow, Kind, kind_of
from medrec.services.alarm import Agreement
from medrec.services.consultations import log_chart_look, log_look
from medrec.services.index import sync
from tests.support.anvil import anvil_node, deployed
from tests.support.counting import counted
from tests.support.liar import lying
from tests.support.patient_desk import desk, settled, until
from tests.support.world import DAY, LABS, NOTES, World, world, write

__all__ = ["anvil_node", "deployed", "world"]

WHO, OTHER = Address("0x" + "11" * 20), Address("0x" + "22" * 20)


async def test_entries_in_plain_words(world: World):
    patient, doctor = await world.patient(), await world.doctor("raman")
    await world.grant(patient, doctor, [NOTES, LABS], [LABS], until=await world.now() + DAY)
    written = await write(doctor, patient.me, "Metabolic panel", LABS)
    await log_look(doctor, patient.me, written.record, ZERO_DIGEST)
    await log_chart_look(doctor, patient.me)
    await world.revoke(patient, doctor)
    async with desk(patient) as session:
        model = ActivityModel(session)
        tester = QAbstractItemModelTester(model)
        await model.reload().wait()
        said = [model.index(i).data() for i in range(model.rowCount())]
        assert said[0] == "You revoked access of Dr. Gregory Raman"
        assert said[1] == "Dr. Gregory Raman read the list of records"
        assert said[2] == "Dr. Gregory Raman read laboratory"
        assert said[3] == "Dr. Gregory Raman wrote laboratory"
        assert said[4].startswith("You gave access to Dr. Gregory Raman until ")
        assert said[-1] == "You registered" or "You made the account known" in said
        assert model.people[0] == (patient.me, "You")
        del tester


async def test_filtered_by_person_kind_record_and_time(world: World):
    patient, doctor = await world.patient(), await world.doctor("raman")
    await world.grant(patient, doctor, [NOTES], [NOTES])
    one = await write(doctor, patient.me, "one")
    await write(patient, patient.me, "two")
    async with desk(patient) as session:
        model = ActivityModel(session)
        shown = FilteredActivity(model)
        tester = QAbstractItemModelTester(shown)
        await model.reload().wait()
        shown.set_filter(ActivityFilter(kind=Kind.WRITE))
        assert shown.rowCount() == len(shown.shown) == 3
        shown.set_filter(ActivityFilter(kind=Kind.WRITE, actor=doctor.me))
        assert shown.rowCount() == 1
        shown.set_filter(ActivityFilter(actor=doctor.me))
        assert shown.rowCount() == 2, "what was done to the doctor too"
        shown.set_filter(ActivityFilter(record=one.record))
        assert shown.rowCount() == 1
        shown.set_filter(ActivityFilter(since=await world.now() + DAY))
        assert shown.rowCount() == 0
        del tester


def _rows(count: int) -> list[ActivityRow]:
    return [
        ActivityRow(
            number, 1_700_000_000 + number, number, WHO if number % 3 else OTHER,
            Action.CONSULTED if number % 2 else Action.RECORD_CREATED,
            kind_of(Action.CONSULTED if number % 2 else Action.RECORD_CREATED),
        )
        for number in range(count, 0, -1)
    ]  # fmt: skip


async def test_ten_thousand_entries(world: World, monkeypatch: pytest.MonkeyPatch):
    async with desk(await world.patient()) as session:
        model = ActivityModel(session)
        shown = FilteredActivity(model)
        model.set_rows(_rows(10_000))
        assert shown.rowCount() == 10_000
        looked_at = counted(monkeypatch, ActivityFilter, "passes")
        shown.set_filter(ActivityFilter(kind=Kind.LOOK, actor=WHO))
        assert shown.rowCount() == sum(1 for n in range(1, 10_001) if n % 2 and n % 3)
        assert looked_at.taken() == 10_000, "each once"
        # One more entry: the others are not drawn again.
        told: list[tuple[int, int]] = []
        model.rowsInserted.connect(lambda _, first, last: told.append((first, last)))
        model.modelReset.connect(lambda: told.append((-1, -1)))
        model.set_rows(_rows(10_001))
        assert told == [(0, 0)]
        assert looked_at.taken() == 1


def test_weeks_begin_on_monday():
    begin = datetime.fromtimestamp(since_weeks(2, date(2026, 11, 25))).astimezone()
    assert (begin.date(), begin.hour) == (date(2026, 11, 16), 0)


@pytest.mark.parametrize("action", list(Action))
def test_every_action_has_words(action: Action):
    row = ActivityRow(1, 0, 1, WHO, action, kind_of(action))
    assert words.verb(row)
    assert WHO in words.sentence(row, {})


def test_what_is_not_known_is_said():
    row = ActivityRow(1, 0, 1, WHO, 99, kind_of(99), about=OTHER)
    assert words.sentence(row, {WHO: "Somebody"}).startswith("Somebody did something that")
    assert words.day(2**40) == "the end of time"


async def test_verified_again_from_the_first_entry(world: World):
    patient = await world.patient()
    async with desk(patient) as session:
        trace = TraceModel(session)
        assert trace.state is TraceState.HOLDS
        assert trace.nodes == 1
        job = trace.verify()
        assert trace.state is TraceState.CHECKING
        assert trace.verify() is job, "once at a time"
        await job.wait()
        assert trace.state is TraceState.HOLDS
        assert trace.verified is not None
        assert trace.verified.entries == len(await patient.local.entries(subject=patient.me))


async def test_a_node_that_leaves_out_entries_is_an_alarm_with_both_sides(world: World):
    patient = await world.patient()
    await write(patient, patient.me, "one")
    await sync(patient)

    async def entries(honest: Any, first: int, last: int) -> list[AuditEntry]:
        found: list[AuditEntry] = await honest(first, last)
        own = [e for e in found if e.subject == patient.me]
        return [e for e in found if e not in own[-1:]]

    async with desk(patient) as session:
        honest = session.context
        session.context = replace(honest, chain=lying(honest.chain, entries=entries))
        trace = TraceModel(session)
        await trace.verify().wait()
        assert trace.state is TraceState.BROKEN
        assert isinstance(trace.alarm, AuditBroken)
        await until(lambda: trace.examination is not None)
        assert trace.examination is not None
        known = len(await patient.local.entries(subject=patient.me))
        assert trace.examination.mine.entries == known
        assert trace.examination.shown is not None
        assert trace.examination.shown.entries == known - 1
        assert [number for number, _ in trace.examination.missing] == [known]
        asking = trace.ask_nodes()
        assert asking is not None
        await asking.wait()
        await settled(session)
        assert [n.agreement for n in trace.examination.nodes] == [Agreement.AGREES]
        session.context = honest
        await trace.verify().wait()
        assert trace.state is TraceState.HOLDS
        assert trace.examination is None
        assert trace.ask_nodes() is None


async def test_the_sessions_alarm_is_the_traces(world: World):
    patient = await world.patient()
    async with desk(patient) as session:
        trace = TraceModel(session)
        told: list[TraceState] = []
        trace.changed.connect(lambda: told.append(trace.state))
        session.alarm = AuditBroken(subject=patient.me, index=2)
        session.verified = False
        session.stateChanged.emit()
        assert told[-1] is TraceState.BROKEN
        await until(lambda: trace.examination is not None)
        session.alarm = None
        session.stateChanged.emit()
        assert trace.state is TraceState.UNKNOWN
