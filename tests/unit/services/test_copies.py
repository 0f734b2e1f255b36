"""While the store is away people write for others with what was seen there before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medrec.clinical.forms import FormKind
from medrec.clinical.patient import IdentityClaim
from medrec.domain.categories import Category, Permission
from medrec.domain.entries import Action
from medrec.domain.outbox import JobState
from medrec.errors import AccessEnded, BlockChanged, DoctorNotVerified, StoreDown, WaitsInOutbox
from medrec.services import access, administration, copies, drafts
from medrec.services.access import GrantDraft
from medrec.services.context import Context
from medrec.services.drafts import Sent
from medrec.services.index import sync
from medrec.services.keyring import keys_to
from medrec.services.work import outbox
from medrec.services.writing import add_record
from tests.support.liar import failing, lying
from tests.support.world import DAY, NOTES, World, draft, elsewhere, read, write

TEXTS = {"pulse": "68"}


def storeless(context: Context) -> Context:
    """The same person, whose store does not answer."""
    down = failing(StoreDown(location="the store"))
    return replace(context, store=lying(context.store, get=down, put=down, pin=down, unpin=down))


async def pair(world: World) -> tuple[Context, Context]:
    """A patient whose identity is verified, and a doctor who has written once."""
    patient, doctor, admin = await world.patient(), await world.doctor(), world.admin
    await sync(admin)
    claim = IdentityClaim("Ada", "Lovelace", "1985-12-10", f"AB {patient.me}")
    await administration.verify_identity(admin, patient.me, claim)
    await world.grant(patient, doctor, [NOTES], [NOTES, Category.VITALS])
    await write(doctor, patient.me, "Seen before")
    return patient, doctor


async def test_a_doctor_s_record_waits_sealed_and_goes_out_once(world: World) -> None:
    patient, doctor = await pair(world)
    with pytest.raises(WaitsInOutbox, match="Saved here, not yet shared: The store"):
        await add_record(storeless(doctor), patient.me, draft("A visit"))
    (job,) = await doctor.local.jobs([JobState.PENDING])
    assert job.kind == "record-add"
    assert not job.is_wish, "sealed already"
    await outbox(storeless(doctor)).resume()
    await outbox(doctor).resume()
    await outbox(doctor).resume()
    await sync(patient)
    created = await patient.local.entries(actor=doctor.me, actions=[Action.RECORD_CREATED])
    assert len(created) == 2
    assert (await read(patient, patient.me, job.steps[0].call.record)).manifest.title == "A visit"  # type: ignore[union-attr]  # it adds a record


async def test_what_was_seen_counts_no_longer_than_the_chain_says(world: World) -> None:
    patient, doctor = await pair(world)
    await world.revoke(patient, doctor)
    await sync(doctor)
    with pytest.raises(AccessEnded):
        await add_record(storeless(doctor), patient.me, draft("Too late"))
    await world.suspend(doctor)
    await sync(patient)
    grant = GrantDraft(doctor.me, Permission(frozenset({NOTES})), await world.now() + DAY)
    with pytest.raises(DoctorNotVerified):
        await access.grant(storeless(patient), grant)


async def test_what_was_never_seen_here_waits_as_a_draft(world: World) -> None:
    patient, doctor = await pair(world)
    fresh = elsewhere(world, doctor)
    await sync(fresh)
    with pytest.raises(StoreDown):
        await add_record(storeless(fresh), patient.me, draft("Vitals", Category.VITALS))
    note = drafts.draft_for(
        patient.me, "Ada Lovelace", "Dr. G", FormKind.VITALS, Category.VITALS, TEXTS
    )
    sent = await drafts.send(storeless(fresh), note)
    assert (sent.state, sent.draft.texts) == (Sent.WAITING, TEXTS)
    assert [one.texts for one in await drafts.listed(fresh)] == [TEXTS]
    await drafts.resume(fresh)
    await drafts.resume(fresh)
    await sync(patient)
    created = await patient.local.entries(actor=doctor.me, actions=[Action.RECORD_CREATED])
    assert len(created) == 2


async def test_a_store_that_answers_wrongly_is_no_store_that_is_away(world: World) -> None:
    patient, doctor = await pair(world)
    assert await doctor.local.items(copies.SPACE)
    wrong = failing(BlockChanged(cid="x"))
    with pytest.raises(BlockChanged):
        await keys_to(replace(doctor, store=lying(doctor.store, get=wrong)), patient.me)
