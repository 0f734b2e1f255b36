"""Drafts in the outbox: those that no job carries, sent again or dropped by their id."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medrec.clinical.forms import FormKind
from medrec.domain.categories import Category
from medrec.errors import KeptAsDraft, WaitsInOutbox
from medrec.services import draft_outbox, drafts
from medrec.services.context import Context
from medrec.services.drafts import SavedDraft, Sent
from tests.support.world import World
from tests.unit.services.test_drafts import offline, storeless

VITALS = Category.VITALS


@pytest.fixture
async def people(world: World) -> tuple[Context, Context]:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[VITALS], write=[VITALS])
    world.clock.at = await world.now()
    return patient, doctor


def about(patient: Context) -> SavedDraft:
    return drafts.draft_for(patient.me, "Ada", "", FormKind.VITALS, VITALS, {"pulse": "70"})


async def test_it_is_told_once_whoever_carries_it(people: tuple[Context, Context]) -> None:
    patient, doctor = people
    await drafts.save(doctor, about(patient))
    assert await draft_outbox.unsent(doctor) == []
    alone = (await drafts.send(offline(doctor), about(patient))).draft
    carried = (await drafts.send(storeless(doctor), about(patient))).draft
    assert carried.waiting
    assert [draft.id for draft in await draft_outbox.unsent(doctor)] == [alone.id]


async def test_it_is_sent_again(people: tuple[Context, Context]) -> None:
    patient, doctor = people
    waits = (await drafts.send(offline(doctor), about(patient))).draft
    with pytest.raises(WaitsInOutbox):
        await draft_outbox.send_again(offline(doctor), waits.id)
    done = await draft_outbox.send_again(doctor, waits.id)
    assert done is not None
    assert done.state is Sent.SENT
    assert await draft_outbox.send_again(doctor, waits.id) is None


async def test_what_is_refused_says_why_and_can_be_dropped(people: tuple[Context, Context]) -> None:
    patient, doctor = people
    draft = await drafts.save(doctor, replace(about(patient), category=Category.NOTES))
    with pytest.raises(KeptAsDraft, match="does not cover notes"):
        await draft_outbox.send_again(doctor, draft.id)
    assert [found.id for found in await draft_outbox.unsent(doctor)] == [draft.id]
    await draft_outbox.drop(doctor, draft.id)
    await draft_outbox.drop(doctor, draft.id)
    assert await drafts.listed(doctor) == []


def test_a_title_without_a_form() -> None:
    made = about(type("P", (), {"me": "0x" + "1" * 40})())  # type: ignore[arg-type]
    assert draft_outbox.title_of(made) == "Vitals: 70 bpm"
    assert draft_outbox.title_of(replace(made, texts={"pulse": "700"})) == "Vitals"
    file = replace(made, kind=FormKind.DOCUMENT, texts={"file": "/tmp/letter.pdf"})
    assert draft_outbox.title_of(file) == "letter.pdf"
