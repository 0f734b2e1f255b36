"""The administrator's models over real services."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from PyQt6.QtCore import QAbstractItemModel, Qt
from PyQt6.QtTest import QAbstractItemModelTester

from medrec.clinical.patient import IdentityClaim
from medrec.domain.ids import ZERO_ADDRESS
from medrec.domain.people import Role
from medrec.errors import NotYours, StoreDown
from medrec.models.admin.audit import AuditModel, Column
from medrec.models.admin.health import HealthModel
from medrec.models.admin.identity import IdentitiesModel
from medrec.models.admin.verification import VerificationModel
from medrec.models.rows import LoadState
from medrec.models.session import Session
from medrec.services import administration
from medrec.services.index import sync
from medrec.services.ledger import Sieve
from medrec.services.verification import Standing
from medrec.workers.jobs import Ended, Jobs
from medrec.workers.notifier import Bus
from tests.support.anvil import anvil_node, deployed
from tests.support.liar import failing, lying
from tests.support.world import NOTES, World, world, write

__all__ = ["anvil_node", "deployed", "world"]


@pytest.fixture
async def session(world: World) -> AsyncIterator[Session]:
    admin = world.admin
    await sync(admin)
    found = Session(admin, Jobs(), Bus())
    yield found
    await found.close()


def watched(model: QAbstractItemModel) -> QAbstractItemModelTester:
    return QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)


def state_of(model: AuditModel) -> LoadState:
    return model.state


async def test_doctors_by_standing(world: World, session: Session) -> None:
    doctor = await world.doctor("Solheim", verified=False)
    model = VerificationModel(session)
    kept = watched(model)
    await sync(session.context)
    assert await model.reload().wait() is Ended.DONE
    assert model.state is LoadState.READY
    row = model.find(doctor.me)
    assert row is not None
    assert row in model.rows
    before = model.counts[Standing.WAITING]
    assert before == len(model.rows)
    place = model.index(model.rows.index(row))
    assert model.data(place, Qt.ItemDataRole.AccessibleTextRole) == (
        "Dr. Gregory Solheim, Internal medicine"
    )
    heard: list[bool] = []
    model.countsChanged.connect(lambda: heard.append(True))
    await administration.verify_doctor(session.context, doctor.me)
    session.changed.emit("0x" + "1" * 40)
    assert model._query is not None
    assert model._query.state is Ended.DONE, "another subject is none of its concern"
    session.changed.emit(ZERO_ADDRESS)
    await model._query.wait()
    assert heard == [True]
    assert model.counts[Standing.WAITING] == before - 1
    assert row.address not in [r.address for r in model.rows]
    model.show_standing(Standing.VERIFIED)
    assert doctor.me in [r.address for r in model.rows]
    verified = model.find(doctor.me)
    assert verified is not None
    assert verified.decision is not None
    assert model.decider(verified.decision.by) == "you"
    model.show_standing(Standing.REFUSED)
    assert all(r.standing is Standing.REFUSED for r in model.rows)
    del kept


async def test_a_store_that_is_away(world: World) -> None:
    await world.doctor(verified=False)
    admin = world.admin
    await sync(admin)
    down = lying(admin.store, get=failing(StoreDown(location="here")))
    session = Session(replace(admin, store=down), Jobs(), Bus())
    model = VerificationModel(session)
    await model.reload().wait()
    assert model.state is LoadState.FAILED
    assert model.error is not None
    assert "here" in model.error.sentence
    await session.close()


async def test_identities_verified_lately(world: World, session: Session) -> None:
    patient = await world.patient()
    await sync(session.context)
    claim = IdentityClaim("Ada", "Lovelace", "1985-12-10", patient.me)
    await administration.verify_identity(session.context, patient.me, claim)
    model = IdentitiesModel(session)
    kept = watched(model)
    await model.reload().wait()
    assert model.rows[0].patient == patient.me
    assert model.text(model.rows[0]).endswith("verified by you")
    assert patient.me not in model.text(model.rows[0])
    del kept


async def test_the_audit_as_a_table(world: World, session: Session) -> None:
    patient, doctor = await world.patient(), await world.doctor("House")
    await world.grant(patient, doctor, [NOTES], [NOTES])
    await sync(session.context)
    model = AuditModel(session)
    kept = watched(model)
    await model.reload().wait()
    assert model.state is LoadState.READY
    assert [model.headerData(c, Qt.Orientation.Horizontal) for c in Column] == [
        "No.",
        "Who",
        "Did",
        "For",
        "When",
    ]
    top = [model.data(model.index(0, c)) for c in Column]
    assert top[1].startswith("Patient 0x")
    assert top[2] == "gave access"
    assert model.data(model.index(0, Column.WHO), Qt.ItemDataRole.ToolTipRole) == patient.me
    assert ("Dr. Gregory House", doctor.me) in model.people(Role.DOCTOR)
    assert any(who == patient.me for _, who in model.people(Role.PATIENT))
    # What comes anew is put on top: whoever reads on below is not disturbed.
    inserted: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda _p, a, b: inserted.append((a, b)))
    await write(doctor, patient.me, "one")
    await sync(session.context)
    session.changed.emit(patient.me)
    assert model._query is not None
    await model._query.wait()
    assert inserted == [(0, 0)]
    assert model.data(model.index(0, Column.DID)) == "wrote a record"
    assert model.data(model.index(0, Column.WHO)) == "Dr. Gregory House"
    model.set_sieve(Sieve(subject=patient.me))
    await model._query.wait()
    assert {row.entry.subject for row in model.rows} == {patient.me}
    model.sort(0, Qt.SortOrder.AscendingOrder)
    await model._query.wait()
    assert [row.place for row in model.rows] == list(range(len(model.rows)))
    model.set_sieve(Sieve(text="no such thing"))
    await model._query.wait()
    assert state_of(model) is LoadState.EMPTY
    del kept


async def test_nothing_is_read_while_nobody_looks(world: World, session: Session) -> None:
    model = AuditModel(session)
    await model.reload().wait()
    first = model._query
    model.set_seen(False)
    await world.patient()
    await sync(session.context)
    session.changed.emit("")
    assert model._query is first
    before = len(model.rows)
    model.set_seen(True)
    assert model._query is not None
    await model._query.wait()
    assert len(model.rows) > before
    again = model._query
    model.set_seen(True)
    assert model._query is again


async def test_the_sieve_that_was_chosen_last_counts(world: World, session: Session) -> None:
    patient = await world.patient()
    await sync(session.context)
    model = AuditModel(session)
    model.reload()
    model.set_sieve(Sieve(subject=patient.me))
    for _ in range(3):
        assert model._query is not None
        await model._query.wait()
        await asyncio.sleep(0)
    assert {row.entry.subject for row in model.rows} == {patient.me}


async def test_the_audit_is_not_for_everybody(world: World) -> None:
    patient = await world.patient()
    session = Session(patient, Jobs(), Bus())
    model = AuditModel(session)
    await model.reload().wait()
    assert model.state is LoadState.FAILED
    assert isinstance(model.error, NotYours)
    await session.close()


async def test_health(world: World, session: Session) -> None:
    model = HealthModel(session)
    heard: list[bool] = []
    model.changed.connect(lambda: heard.append(model.looking))
    handle = model.reload()
    assert model.reload() is handle, "one look at a time"
    await handle.wait()
    assert heard == [True, False]
    assert model.state is LoadState.READY
    assert model.health is not None
    assert model.health.problems == 0
    assert model.network is world.network
