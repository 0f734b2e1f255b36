"""Sharing as models: what is granted, asked, over, and who could be asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PyQt6.QtTest import QAbstractItemModelTester

from medrec.domain.categories import Permission
from medrec.errors import NodeDown, WaitsInOutbox
from medrec.models.patient.access import (
    DirectoryFilter,
    DirectoryModel,
    EndedModel,
    RequestsModel,
    SharesModel,
)
from medrec.models.rows import LoadState
from medrec.services import access
from medrec.services.access_overview import Change
from medrec.services.index import sync
from tests.support.anvil import anvil_node, deployed
from tests.support.liar import failing, lying
from tests.support.patient_desk import desk, settled
from tests.support.world import DAY, LABS, NOTES, World, world

__all__ = ["anvil_node", "deployed", "world"]


async def test_a_grant_comes_and_goes_with_what_is_confirmed(world: World):
    patient, doctor = await world.patient(), await world.doctor("raman")
    async with desk(patient) as session:
        shares, ended = SharesModel(session), EndedModel(session)
        testers = [QAbstractItemModelTester(model) for model in (shares, ended)]
        for model in (shares, ended):
            await model.reload().wait()
        assert shares.state is ended.state is LoadState.EMPTY
        await world.grant(session.context, doctor, [NOTES, LABS], [NOTES])
        await session.refresh()
        await settled(session)
        (row,) = shares.rows
        assert row == shares.find(doctor.me)
        assert row.permission == Permission(frozenset({NOTES, LABS}), frozenset({NOTES}))
        assert shares.index(0).data() == "Dr. Gregory Raman: read laboratory, notes; write notes"
        await world.revoke(session.context, doctor)
        await session.refresh()
        await settled(session)
        assert shares.rows == []
        assert [(e.doctor.short, e.revoked) for e in ended.rows] == [("Dr. Raman", True)]
        assert ended.index(0).data() == "Dr. Gregory Raman"
        del testers


async def test_what_waits_in_the_outbox_is_shown_as_waiting(world: World):
    patient, running, new = await world.patient(), await world.doctor("a"), await world.doctor("b")
    await world.grant(patient, running, [NOTES])
    await sync(patient)
    away = lying(patient.chain, send=failing(NodeDown(url="x")))
    async with desk(patient, chain=away) as session:
        shares = SharesModel(session)
        await shares.reload().wait()
        permission, end = Permission(frozenset({NOTES})), await world.now() + DAY
        with pytest.raises(WaitsInOutbox):
            await access.revoke(session.context, [running.me])
        session.outboxChanged.emit()
        await settled(session)
        assert [(row.pending, row.new) for row in shares.rows] == [(Change.REVOKE, False)]
        with pytest.raises(WaitsInOutbox):
            await access.grant(session.context, access.GrantDraft(new.me, permission, end))
        session.outboxChanged.emit()
        await settled(session)
        first, second = shares.rows
        assert (first.doctor.doctor, first.pending, first.new) == (new.me, Change.GRANT, True)
        assert first.permission == permission
        assert second.doctor.doctor == running.me


async def test_requests(world: World):
    patient, doctor = await world.patient(), await world.doctor("asking")
    await sync(doctor)
    wanted = Permission(frozenset({NOTES}))
    await access.request(doctor, patient.me, wanted, await world.now() + DAY, "A check")
    async with desk(patient) as session:
        requests = RequestsModel(session)
        tester = QAbstractItemModelTester(requests)
        await requests.reload().wait()
        assert requests.index(0).data() == "Dr. Gregory Asking: read notes. A check"
        assert requests.find(doctor.me) is not None
        await access.decline(session.context, doctor.me)
        await session.refresh()
        await settled(session)
        assert requests.state is LoadState.EMPTY
        assert requests.find(doctor.me) is None
        del tester


async def test_the_register_is_searched(world: World):
    patient = await world.patient()
    ada, bea = await world.doctor("ada"), await world.doctor("bea")
    async with desk(patient) as session:
        directory = DirectoryModel(session)
        shown = DirectoryFilter(directory)
        testers = [QAbstractItemModelTester(model) for model in (directory, shown)]
        await directory.reload().wait()
        names = [shown.index(i, 0).data() for i in range(shown.rowCount())]
        assert "Dr. Gregory Ada, Internal medicine" in names
        shown.set_text("bea INTERNAL")
        assert [shown.index(i, 0).data(DirectoryModel.ROW) for i in range(shown.rowCount())] == [
            next(row for row in directory.rows if row.doctor == bea.me)
        ]
        shown.set_text(ada.me[:12].upper())
        assert shown.rowCount() == 1
        shown.set_text("nobody at all")
        assert shown.rowCount() == 0
        del testers


async def test_a_failure_is_a_state_and_is_tried_again(world: World):
    patient = await world.patient()
    async with desk(patient) as session:
        honest = session.context
        session.context = replace(
            honest, chain=lying(honest.chain, head=failing(NodeDown(url="x")))
        )
        shares = SharesModel(session)
        await shares.reload().wait()
        assert shares.state is LoadState.FAILED
        assert isinstance(shares.error, NodeDown)
        session.context = honest
        await shares.reload().wait()
        assert shares.state is LoadState.EMPTY
