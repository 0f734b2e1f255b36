"""What the overview reads: requests, looks, the last change, the chart."""

from __future__ import annotations

from typing import Any

from medrec.domain.categories import Category, Permission
from medrec.errors import NodeDown
from medrec.models.chart import ChartModel
from medrec.models.patient.overview import OverviewModel
from medrec.models.rows import LoadState
from medrec.models.session import Session
from medrec.services import access, records
from medrec.services.index import sync
from tests.support.anvil import anvil_node, deployed
from tests.support.patient_desk import desk, settled
from tests.support.world import DAY, LABS, World, world, write

__all__ = ["anvil_node", "deployed", "world"]


async def overview(session: Session) -> OverviewModel:
    model = OverviewModel(session, ChartModel(session, session.me))
    model.chart.reload()
    model.reload()
    await settled(session)
    return model


async def test_a_new_patient_has_an_empty_record(world: World, qapp: object) -> None:
    async with desk(await world.patient()) as session:
        model = await overview(session)
        assert model.state is LoadState.EMPTY
        assert model.lately.looks == ()
        assert model.lately.requests == ()
        assert model.lately.changed_by == "you"


async def test_requests_looks_and_the_last_change(world: World, qapp: object) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[LABS], write=[LABS])
    panel = await write(doctor, patient.me, "Panel", LABS)
    await records.opened(doctor, patient.me, panel.record)
    await access.request(
        doctor,
        patient.me,
        Permission(frozenset({Category.NOTES}), frozenset()),
        await world.now() + DAY,
        "To see the letters.",
    )
    async with desk(patient) as session:
        model = await overview(session)
        assert model.state is LoadState.READY
        assert [row.name for row in model.lately.looks] == ["Dr. Gregory Doctor"]
        assert model.lately.looks[0].look.wrote == (LABS,)
        assert model.lately.changed_by == "Dr. Gregory Doctor"
        (request,) = model.lately.requests
        assert (request.doctor, request.specialty) == (doctor.me, "Internal medicine")
        assert request.reason == "To see the letters."


async def test_what_changes_on_the_chain_is_read_again(world: World, qapp: object) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[LABS], write=[LABS])
    async with desk(patient) as session:
        model = await overview(session)
        told: list[int] = []
        model.changed.connect(lambda: told.append(model.records))
        await write(doctor, patient.me, "Panel", LABS)
        await session.refresh()
        await settled(session)
        assert told[-1] == 1
        assert model.state is LoadState.READY


async def test_without_a_network_the_last_requests_stay(world: World, qapp: object) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    wish = Permission(frozenset({Category.NOTES}), frozenset())
    await sync(doctor)
    await access.request(doctor, patient.me, wish, await world.now() + DAY, "")
    async with desk(patient) as session:
        model = await overview(session)
        before = model.lately.requests
        assert len(before) == 1

        async def away(*_: object, **__: object) -> Any:
            raise NodeDown(url="http://nowhere")

        session.context.chain.grant = away  # type: ignore[method-assign]
        model.reload()
        await settled(session)
        assert model.lately.requests == before
        assert model.error is None
