"""Patients, requests and looks as rows, on a real chain."""

from __future__ import annotations

from typing import Any

from PyQt6.QtTest import QAbstractItemModelTester

from medrec.domain.categories import Category, Permission
from medrec.domain.ids import short_address
from medrec.errors import NodeDown
from medrec.models.doctor.chart import ChartModels
from medrec.models.doctor.current import CurrentPatient
from medrec.models.doctor.patients import PatientsModel, RequestsModel, Shown
from medrec.models.rows import LoadState
from medrec.services import access
from medrec.services.index import sync
from medrec.services.my_patients import RequestState
from tests.support.anvil import anvil_node, deployed
from tests.support.liar import Lie, lying
from tests.support.patient_desk import desk, settled
from tests.support.world import DAY, NOTES, World, world, write

__all__ = ["anvil_node", "deployed", "world"]

TESTING = QAbstractItemModelTester.FailureReportingMode.Fatal
SOME = Permission(frozenset({NOTES}), frozenset())


async def test_chips_count_and_choose(world: World) -> None:
    doctor = await world.doctor()
    soon, later, waiting, over = [await world.patient(name) for name in "abcd"]
    now = await world.now()
    await world.grant(soon, doctor, read=[NOTES], until=now + 3 * DAY)
    await world.grant(later, doctor, read=[NOTES], until=now + 300 * DAY)
    await world.grant(over, doctor, read=[NOTES])
    await world.revoke(over, doctor)
    async with desk(doctor) as session:
        await access.request(session.context, waiting.me, SOME, now + DAY, "a visit")
        await sync(session.context)
        model = PatientsModel(session)
        QAbstractItemModelTester(model, TESTING, model)
        await model.reload().wait()
        assert {shown: model.count(shown) for shown in Shown} == {
            Shown.ALL: 3,
            Shown.SOON: 1,
            Shown.WAITING: 1,
            Shown.ENDED: 1,
        }
        assert {row.who.patient for row in model.rows} == {soon.me, later.me, waiting.me}
        model.show_only(Shown.SOON)
        assert [row.who.patient for row in model.rows] == [soon.me]
        assert model.rows[0].name == "Ada Lovelace"
        model.show_only(Shown.ALL, waiting.me[2:8])
        assert [row.name for row in model.rows] == [short_address(waiting.me)]
        model.show_only(Shown.ALL, "nobody")
        assert model.state is LoadState.EMPTY


async def test_a_doctor_who_waits_is_told_so(world: World) -> None:
    async with desk(await world.doctor(verified=False)) as session:
        model = PatientsModel(session)
        await model.reload().wait()
        assert model.state is LoadState.FAILED
        assert model.error is not None
        assert model.error.code == "DoctorNotVerified"


async def test_requests_open_and_answered(world: World) -> None:
    doctor = await world.doctor()
    asked, refused = await world.patient("a"), await world.patient("b")
    async with desk(doctor) as session:
        end = await world.now() + DAY
        for patient in (asked, refused):
            await access.request(session.context, patient.me, SOME, end, "a visit")
        await sync(refused)
        await access.decline(refused, doctor.me)
        await sync(session.context)
        model = RequestsModel(session)
        QAbstractItemModelTester(model, TESTING, model)
        await model.reload().wait()
        assert [row.patient for row in model.open] == [asked.me]
        assert [row.state for row in model.answered] == [RequestState.REFUSED]
        assert "a visit" in model.text(model.rows[0])


async def test_the_chosen_patient_is_shared_and_read_once(world: World) -> None:
    doctor, first, second = await world.doctor(), await world.patient("a"), await world.patient("b")
    for patient in (first, second):
        await world.grant(patient, doctor, read=[NOTES])
    async with desk(doctor) as session:
        current = CurrentPatient(session)
        changes: list[object] = []
        current.changed.connect(lambda: changes.append(current.patient))
        chart = current.choose(first.me)
        assert current.choose(first.me) is chart
        await settled(session)
        assert current.name == "Ada Lovelace"
        assert changes == [first.me, first.me]
        other = current.choose(second.me, "Ada")
        assert other is not chart
        await settled(session)
        assert changes[-1] == second.me
        current.clear()
        assert (current.patient, current.chart, current.name) == (None, None, "")


async def test_who_looked_and_wrote(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await write(patient, patient.me, "Diary")
    await world.grant(patient, doctor, read=[NOTES], write=[NOTES])
    async with desk(doctor) as session:
        current = CurrentPatient(session)
        chart = current.choose(patient.me)
        await settled(session)
        models = ChartModels(chart)
        QAbstractItemModelTester(models.looks, TESTING, models.looks)
        await models.looks.reload().wait()
        mine, theirs = sorted(models.looks.rows, key=lambda row: row.name, reverse=True)
        assert (mine.name, mine.look.listed) == ("you", True)
        assert (theirs.name, theirs.look.wrote) == (
            "Ada Lovelace",
            (Category.IDENTITY, Category.NOTES),
        )
        assert "wrote notes" in models.looks.text(theirs)
        assert (mine.face, theirs.face) == ("Dr. Gregory Doctor", "")
        await settled(session)


async def test_without_a_node_the_lists_stay_as_they_were(world: World) -> None:
    patient, asked, doctor = await world.patient(), await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES])
    away = False

    async def maybe(honest: Lie, *args: object) -> Any:
        if away:
            raise NodeDown(url="http://node")
        return await honest(*args)

    chain = lying(doctor.chain, head=maybe, doctor=maybe)
    async with desk(doctor, chain=chain) as session:
        end = await world.now() + DAY
        await access.request(session.context, asked.me, SOME, end, "a visit")
        await sync(session.context)
        people, requests = PatientsModel(session), RequestsModel(session)
        away = True
        for model in (people, requests):
            await model.reload().wait()
            assert model.state is LoadState.FAILED
        away = False
        for model in (people, requests):
            await model.reload().wait()
            assert model.state is LoadState.READY
        away = True
        for model in (people, requests):
            before = list(model.rows)
            await model.reload().wait()
            assert (model.state, model.rows) == (LoadState.READY, before)
        away = False
        await settled(session)
