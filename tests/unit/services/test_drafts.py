"""Drafts: kept, sent once, sent later by themselves, and never lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medrec.clinical.forms import FORMS, FormKind, reopened
from medrec.domain.categories import Category
from medrec.domain.ids import Cid
from medrec.domain.outbox import JobState
from medrec.domain.ports import ContentStore
from medrec.errors import CannotCancel, NodeDown, StoreDown
from medrec.services import drafts
from medrec.services.context import Context
from medrec.services.drafts import SavedDraft, Sent
from medrec.services.index import sync
from medrec.services.records import listed as records_listed
from medrec.services.records import opened
from tests.support.world import DAY, World

VITALS = Category.VITALS
TEXTS = {"pulse": "68", "temperature": "36.7"}


class Away:
    """A gateway of which nothing answers."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> object:
        async def refuse(*_: object, **__: object) -> None:
            raise self._error

        return refuse


def offline(context: Context) -> Context:
    return replace(context, chain=Away(NodeDown(url="http://node")))  # type: ignore[arg-type]


class Full:
    """A store that takes nothing more."""

    def __init__(self, store: ContentStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def put(self, cid: Cid, data: bytes) -> None:
        raise StoreDown(location="store")


def storeless(context: Context) -> Context:
    return replace(context, store=Full(context.store))


@pytest.fixture
async def people(world: World) -> tuple[Context, Context]:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[VITALS], write=[VITALS, Category.DOCUMENTS])
    world.clock.at = await world.now()
    return patient, doctor


def vitals(patient: Context, **changed: object) -> SavedDraft:
    base = drafts.draft_for(
        patient.me, "Ada Lovelace", "Dr. Gregory Doctor", FormKind.VITALS, VITALS, TEXTS
    )
    return replace(base, **changed)  # type: ignore[arg-type]


async def test_a_draft_is_kept_listed_restored_and_discarded(world: World) -> None:
    me = await world.person("me")
    world.clock.at = 1_800_000_000
    first = await drafts.save(me, vitals(me))
    assert await drafts.restore(me, first.id) == first
    world.clock.at += 5
    second = await drafts.save(me, vitals(me, texts={"pulse": "70"}))
    assert await drafts.listed(me) == [second, first]
    again = await drafts.save(me, replace(first, texts={"pulse": "71"}))
    assert {draft.id for draft in await drafts.listed(me, me.me)} == {again.id, second.id}
    await drafts.discard(me, first)
    assert [draft.id for draft in await drafts.listed(me)] == [second.id]
    assert await drafts.restore(me, first.id) is None
    assert not second.empty
    assert replace(second, texts={"pulse": " "}).empty
    assert "pulse" not in repr(second)


async def test_what_is_sent_is_a_record_and_no_draft_any_more(
    people: tuple[Context, Context],
) -> None:
    patient, doctor = people
    draft = await drafts.save(doctor, vitals(patient))
    done = await drafts.send(doctor, draft)
    assert (done.state, done.version) == (Sent.SENT, 1)
    assert await drafts.listed(doctor) == []
    await sync(patient)
    assert done.record is not None
    reader, record = await opened(patient, patient.me, done.record)
    again = reopened(await reader.part_bytes(record, record.manifest.parts[0]))
    assert again is not None
    assert again.texts["pulse"] == "68"
    assert (again.stamp.id, again.stamp.author) == (draft.resource, doctor.me)
    assert record.manifest.title == "Vitals: 68 bpm, 36.7 °C"


async def test_without_the_node_it_waits_and_goes_out_by_itself(
    people: tuple[Context, Context],
) -> None:
    patient, doctor = people
    waits = await drafts.send(offline(doctor), vitals(patient))
    assert (waits.state, waits.draft.waiting) == (Sent.WAITING, True)
    assert "does not answer" in waits.sentence
    assert await drafts.send_waiting(offline(doctor)) == []
    done = await drafts.resume(doctor)
    assert [outcome.state for outcome in done] == [Sent.SENT]
    assert await drafts.listed(doctor) == []


async def test_without_the_store_the_outbox_carries_it_and_it_stays_one_record(
    people: tuple[Context, Context],
) -> None:
    patient, doctor = people
    waits = await drafts.send(storeless(doctor), vitals(patient))
    assert waits.state is Sent.WAITING
    assert len(await doctor.local.jobs([JobState.PENDING])) == 1
    await drafts.resume(doctor)
    await drafts.resume(doctor)
    assert await drafts.listed(doctor) == []
    await sync(patient)
    found = [r for r in await records_listed(patient, patient.me) if r.category is VITALS]
    assert len(found) == 1


async def test_a_crash_after_the_confirmation_makes_no_second_record(
    people: tuple[Context, Context],
) -> None:
    patient, doctor = people
    draft = await drafts.save(doctor, vitals(patient))
    await drafts.send(doctor, draft)
    left = await drafts.save(doctor, replace(draft, waiting=True))
    again = await drafts.send(doctor, left)
    assert again.state is Sent.SENT
    assert await drafts.listed(doctor) == []
    await sync(patient)
    found = [r for r in await records_listed(patient, patient.me) if r.category is VITALS]
    assert [row.version for row in found] == [1]


async def test_a_waiting_draft_is_taken_back_and_changed(people: tuple[Context, Context]) -> None:
    patient, doctor = people
    waits = (await drafts.send(storeless(doctor), vitals(patient))).draft
    mine = await drafts.take_back(doctor, waits)
    assert not mine.waiting
    assert await doctor.local.jobs([JobState.PENDING]) == []
    done = await drafts.send(doctor, replace(mine, texts={"pulse": "72"}))
    assert done.state is Sent.SENT
    await sync(patient)
    assert done.record is not None
    _, record = await opened(patient, patient.me, done.record)
    assert record.manifest.title == "Vitals: 72 bpm"


async def test_what_is_being_sent_is_not_discarded(people: tuple[Context, Context]) -> None:
    patient, doctor = people
    draft = vitals(patient)
    await drafts.send(doctor, draft)
    job = (await doctor.local.jobs())[-1]
    await doctor.local.update_job(replace(job, state=JobState.PENDING))
    await drafts.save(doctor, draft)
    with pytest.raises(CannotCancel):
        await drafts.discard(doctor, draft)
    assert await drafts.restore(doctor, draft.id) is not None


async def test_access_ended_meanwhile_keeps_the_text(
    world: World, people: tuple[Context, Context]
) -> None:
    patient, doctor = people
    waits = (await drafts.send(offline(doctor), vitals(patient))).draft
    assert waits.waiting
    await world.revoke(patient, doctor)
    world.clock.at = await world.now()
    kept = await drafts.send_waiting(doctor)
    assert [outcome.state for outcome in kept] == [Sent.KEPT]
    assert kept[0].sentence.startswith("Not saved: Ada Lovelace ended your access at ")
    draft = (await drafts.listed(doctor))[0]
    assert (draft.waiting, draft.texts) == (False, TEXTS)
    assert draft.problem == kept[0].sentence
    assert doctor.notifier.warned == [draft.problem]  # type: ignore[attr-defined]
    assert await doctor.local.jobs([JobState.PENDING, JobState.DRAFT]) == []


async def test_access_that_ran_out(world: World, people: tuple[Context, Context]) -> None:
    patient, doctor = people
    await world.pass_time(2 * DAY)
    kept = await drafts.send(doctor, vitals(patient))
    assert kept.state is Sent.KEPT
    assert kept.sentence.startswith("Not saved: Your access to this patient ended")


async def test_a_category_that_may_not_be_written(people: tuple[Context, Context]) -> None:
    patient, doctor = people
    kept = await drafts.send(doctor, vitals(patient, category=Category.NOTES))
    assert (kept.state, kept.draft.waiting) == (Sent.KEPT, False)
    assert "does not cover notes" in kept.sentence


async def test_two_amendments_of_one_version(people: tuple[Context, Context]) -> None:
    patient, doctor = people
    record = (await drafts.send(doctor, vitals(patient))).record
    assert record is not None
    mine = vitals(patient, record=record, base_version=1, texts={"pulse": "70"})
    other = vitals(patient, record=record, base_version=1, texts={"pulse": "75"})
    assert (await drafts.send(doctor, other)).version == 2
    clash = await drafts.send(doctor, mine)
    assert (clash.state, clash.draft.conflict) == (Sent.CONFLICT, True)
    newer = await drafts.theirs(doctor, clash.draft)
    assert (newer.version, newer.title) == (2, "Vitals: 75 bpm")
    assert newer.texts is not None
    assert newer.texts["pulse"] == "75"
    again = await drafts.on_top(doctor, clash.draft, newer.version)
    assert (await drafts.send(doctor, again)).version == 3
    assert await drafts.listed(doctor) == []


async def test_a_cancelled_sending_stays_a_draft(people: tuple[Context, Context]) -> None:
    patient, doctor = people
    draft = vitals(patient)
    task = asyncio.ensure_future(drafts.send(doctor, draft))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    kept = await drafts.restore(doctor, draft.id)
    assert kept is not None
    assert kept.texts == TEXTS


async def test_a_document(people: tuple[Context, Context], tmp_path: Path) -> None:
    patient, doctor = people
    path = tmp_path / "letter.txt"
    path.write_text("Dear colleague")
    texts = {"file": str(path), "title": "Letter"}
    draft = vitals(patient, kind=FormKind.DOCUMENT, category=Category.DOCUMENTS, texts=texts)
    done = await drafts.send(doctor, draft)
    assert done.state is Sent.SENT
    path.unlink()
    gone = await drafts.send(doctor, replace(draft, id=drafts.new_id()))
    assert (gone.state, gone.draft.waiting) == (Sent.KEPT, False)


async def test_a_document_that_waits_is_sent_though_its_file_is_gone(
    people: tuple[Context, Context], tmp_path: Path
) -> None:
    patient, doctor = people
    path = tmp_path / "letter.txt"
    path.write_text("Dear colleague")
    draft = vitals(
        patient,
        kind=FormKind.DOCUMENT,
        category=Category.DOCUMENTS,
        texts={"file": str(path), "title": "Letter"},
    )
    assert (await drafts.send(offline(doctor), draft)).state is Sent.WAITING
    path.unlink()
    done = (await drafts.resume(doctor))[0]
    assert done.state is Sent.SENT
    await sync(patient)
    assert done.record is not None
    reader, record = await opened(patient, patient.me, done.record)
    main = record.manifest.parts[0]
    assert (main.name, main.media_type) == ("letter.txt", "text/plain")
    assert await reader.part_bytes(record, main) == b"Dear colleague"
    assert await doctor.local.items("draft files") == {}


async def test_a_form_with_errors_is_not_sent(people: tuple[Context, Context]) -> None:
    patient, doctor = people
    kept = await drafts.send(doctor, vitals(patient, texts={"pulse": "700"}))
    assert (kept.state, kept.draft.texts) == (Sent.KEPT, {"pulse": "700"})
    assert FORMS[FormKind.VITALS].check(kept.draft.texts, kept.draft.now).errors
