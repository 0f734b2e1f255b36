"""The trace as people read it."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from medrec.chain.gateway import Web3Chain
from medrec.chain.wallets import LocalWallet
from medrec.domain.calls import LogConsultation
from medrec.domain.categories import Permission
from medrec.domain.entries import Action
from medrec.domain.ids import ZERO_DIGEST, Address
from medrec.errors import FileUnreadable
from medrec.services import activity
from medrec.services.activity import ActivityRow, Bucket, Kind
from medrec.services.chart import load
from medrec.services.consultations import log_chart_look, log_look
from medrec.services.index import sync
from tests.support.anvil import submit
from tests.support.world import DAY, LABS, NOTES, World, write

WHO = Address("0x" + "11" * 20)


def _row(day: date, action: Action = Action.CONSULTED, who: Address = WHO) -> ActivityRow:
    noon = int(datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp())
    return ActivityRow(1, noon, 1, who, action, activity.kind_of(action))


async def test_a_trace_in_words(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    until = await world.now() + DAY
    await world.grant(patient, doctor, [NOTES, LABS], [NOTES], until=until)
    written = await write(doctor, patient.me, "a note")
    await log_look(doctor, patient.me, written.record, ZERO_DIGEST)
    await log_chart_look(doctor, patient.me)
    await world.revoke(patient, doctor)
    await sync(patient)
    rows = (await activity.listed(patient)).rows
    assert [row.number for row in rows] == list(range(len(rows), 0, -1))
    by_action = {row.action: row for row in rows}
    revoked, granted = by_action[Action.ACCESS_REVOKED], by_action[Action.ACCESS_GRANTED]
    assert (revoked.actor, revoked.about, revoked.kind) == (patient.me, doctor.me, Kind.ACCESS)
    assert granted.permission == Permission(frozenset({NOTES, LABS}), frozenset({NOTES}))
    assert granted.until == until
    chart, look = (row for row in rows if row.kind is Kind.LOOK)
    assert (chart.record, chart.category) == (None, None)
    assert (look.record, look.category, look.actor) == (written.record, NOTES, doctor.me)
    wrote = next(row for row in rows if row.kind is Kind.WRITE)
    assert (wrote.category, wrote.version, wrote.about) == (NOTES, 1, None)
    assert activity.looks_by_person(rows) == [(doctor.me, 2)]


async def test_records_are_called_by_the_title_that_this_computer_knows(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    written = await write(doctor, patient.me, "Visit on Monday")
    await sync(patient)
    assert {row.title for row in (await activity.listed(patient)).rows} == {""}
    await load(patient, patient.me)
    titles = {row.record: row.title for row in (await activity.listed(patient)).rows if row.record}
    assert titles[written.record] == "Visit on Monday"
    assert set(titles.values()) == {"Visit on Monday", "Personal data"}
    assert not any(row.title for row in (await activity.listed(patient)).rows if row.record is None)


async def test_a_look_that_is_entered_late_stands_where_it_was_entered(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    written = await write(doctor, patient.me, "a note")
    seen = await world.now()
    await world.pass_time(60)
    await write(patient, patient.me, "another")
    look = LogConsultation(patient.me, written.record, seen, ZERO_DIGEST)
    assert isinstance(doctor.chain, Web3Chain)
    assert isinstance(doctor.wallet, LocalWallet)
    await submit(doctor.chain, look, doctor.wallet)
    await sync(patient)
    last, before, *_ = (await activity.listed(patient)).rows
    assert (last.action, before.action) == (Action.CONSULTED, Action.RECORD_CREATED)
    assert last.time < before.time
    assert last.number == before.number + 1


def test_every_action_has_a_kind():
    kinds = {action: activity.kind_of(action) for action in Action}
    assert kinds[Action.RECEIPT_SUBMITTED] is Kind.LOOK
    assert kinds[Action.RECORD_ANNOTATED] is Kind.WRITE
    assert kinds[Action.DOCTOR_REGISTERED] is Kind.ACCOUNT
    assert kinds[Action.BUNDLE_PUBLISHED] is Kind.ACCESS
    assert kinds[Action.ACTED_VIA] is Kind.ACCOUNT
    assert activity.kind_of(200) is Kind.ACCOUNT


def test_counted_by_week():
    today = date(2026, 11, 25)
    rows = [
        _row(date(2026, 11, 25)),
        _row(date(2026, 11, 23), Action.RECORD_CREATED),
        _row(date(2026, 11, 22)),
        _row(date(2026, 11, 16), Action.ACCESS_GRANTED),
        _row(date(2026, 11, 16), Action.USER_REGISTERED),
        _row(date(2026, 1, 1)),
    ]
    assert activity.weeks(rows, 3, today) == [
        Bucket(date(2026, 11, 9)),
        Bucket(date(2026, 11, 16), looks=1, access=1),
        Bucket(date(2026, 11, 23), looks=1, writes=1),
    ]


def test_counted_by_month_over_the_new_year():
    rows = [_row(date(2025, 12, 31)), _row(date(2026, 2, 1), Action.RECORD_UPDATED)]
    found = activity.months(rows, 4, date(2026, 2, 11))
    assert [bucket.start for bucket in found] == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]
    assert [bucket.total for bucket in found] == [0, 1, 0, 1]


def test_a_table_for_other_programs(tmp_path: Path):
    path = tmp_path / "activity.csv"
    row = _row(date(2026, 2, 1))
    activity.save_csv(path, [(row, "=HYPERLINK(1)", "read notes")], "St. Anna")
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, line = csv.reader(file)
    assert head[2] == "who"
    assert line[2] == "'=HYPERLINK(1)", "no formula in a spreadsheet"
    assert line[1] == "2026-02-01T12:00:00Z"
    assert (head[-1], line[-1]) == ("network", "St. Anna")
    with pytest.raises(FileUnreadable):
        activity.save_csv(tmp_path / "nowhere" / "a.csv", [], "St. Anna")
