"""A crash at any call of any gateway: the job goes on from its last row, with one effect."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from medrec.domain.entries import Action
from medrec.domain.ids import RecordId
from medrec.domain.outbox import Job, JobState
from medrec.services import access, doctors, patients
from medrec.services.access import GrantDraft
from medrec.services.consultations import log_look
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.reading import RecordReader
from medrec.services.rotation import rotate_if_spoiled
from medrec.services.work import outbox
from medrec.services.writing import add_record, archive_record, update_record
from medrec.store.database import open_database
from tests.support.crash import Crash, Fuse, fused
from tests.support.fake_store import FakeStore
from tests.support.world import DAY, HOUR, NOTES, SOMEBODY, World, draft, elsewhere, read, write

Command = Callable[[Context], Awaitable[object]]


@dataclass
class Case:
    """A command that is tried again and again, and how its effect is counted on the chain."""

    actor: Context
    subject: Context
    kind: str
    action: Action
    command: Command

    async def effects(self) -> int:
        """How often it happened, by the chain."""
        await sync(self.actor)
        entries = await self.actor.local.entries(
            subject=self.subject.me, actor=self.actor.me, actions=[self.action]
        )
        return len(entries)

    async def jobs(self) -> list[Job]:
        """Those of the command."""
        return [job for job in await self.actor.local.jobs() if job.kind == self.kind]

    async def counted(self) -> Fuse:
        """All calls that the command makes when nothing happens."""
        fuse = Fuse()
        await self.command(fused(self.actor, fuse))
        return fuse

    async def survives(self, fuse: Fuse) -> None:
        """Crash at the fuse, start again, and look: once where it was written down, else never."""
        before, known = await self.effects(), {job.id for job in await self.jobs()}
        # How often it looks for a confirmation differs: a run with fewer calls does not crash.
        with suppress(Crash):
            await self.command(fused(self.actor, fuse))
        saved = [job for job in await self.jobs() if job.id not in known]
        await outbox(self.actor).resume()
        ended = [job.state for job in await self.jobs() if job.id not in known]
        assert ended == [JobState.DONE] * len(saved), fuse
        assert await self.effects() == before + len(saved), fuse
        assert isinstance(self.actor.local, FakeStore)
        assert not self.actor.local._holds, "the spool is empty again"

    async def survives_everywhere(self) -> None:
        """Crash before the first call and after each that changes something."""
        fuse = await self.counted()
        await self.survives(Fuse(0))
        for at in fuse.changing():
            await self.survives(Fuse(at, after=True))


async def test_adding_a_record_survives_a_crash_at_every_call(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])

    async def add(context: Context) -> None:
        await add_record(context, patient.me, draft("a note"))

    case = Case(doctor, patient, "record-add", Action.RECORD_CREATED, add)
    await case.survives_everywhere()
    await sync(patient)
    reader = await RecordReader.open(patient, patient.me)
    created = await patient.local.entries(actor=doctor.me, actions=[Action.RECORD_CREATED])
    assert len(created) > 10
    for entry in created:
        opened = await reader.read(RecordId(entry.ref))
        assert opened.manifest.title == "a note"
        assert await reader.part_bytes(opened, opened.manifest.parts[0])


async def test_amending_survives_a_crash_at_every_call(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    written = await write(doctor, patient.me, "one")

    async def amend(context: Context) -> None:
        await update_record(context, patient.me, written.record, draft("next"))

    case = Case(doctor, patient, "record-update", Action.RECORD_UPDATED, amend)
    await case.survives_everywhere()
    opened = await read(patient, patient.me, written.record)
    assert opened.manifest.title == "next"
    assert opened.version == len(
        await patient.local.entries(
            ref=written.record, actions=[Action.RECORD_CREATED, Action.RECORD_UPDATED]
        )
    )


async def test_a_look_survives_a_crash_at_every_call(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    written = await write(doctor, patient.me, "one")
    opened = await read(doctor, patient.me, written.record)

    async def look(context: Context) -> None:
        await world.pass_time(1)
        await log_look(context, patient.me, written.record, opened.entry.digest)

    case = Case(doctor, patient, "consultation", Action.CONSULTED, look)
    await case.survives_everywhere()


async def test_a_grant_survives_a_crash_at_every_call(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await sync(patient)
    days = 1

    async def give(context: Context) -> None:
        nonlocal days
        days += 1
        until = await world.now() + days * DAY
        await access.grant(context, GrantDraft(doctor.me, NOTES_ONLY, until))

    case = Case(patient, patient, "access-grant", Action.ACCESS_GRANTED, give)
    await case.survives_everywhere()
    await write(patient, patient.me, "a note")
    await sync(doctor)
    reader = await RecordReader.open(doctor, patient.me)
    assert reader.keys.envelopes


NOTES_ONLY = access.Permission(frozenset({NOTES}))


async def test_a_rotation_survives_a_crash_at_every_call(world: World):
    patient, stays, leaves = (
        await world.patient(),
        await world.doctor("stays"),
        await world.doctor("leaves"),
    )
    await world.grant(patient, stays, [NOTES], until=await world.now() + 900 * DAY)

    async def rotate(context: Context) -> None:
        await world.grant(patient, leaves, [NOTES], until=await world.now() + HOUR)
        await world.pass_time(2 * HOUR)
        await sync(patient)
        assert await rotate_if_spoiled(context) is not None

    case = Case(patient, patient, "key-rotate", Action.KEYS_ROTATED, rotate)
    await case.survives_everywhere()
    written = await write(patient, patient.me, "after")
    assert (await read(stays, patient.me, written.record)).manifest.title == "after"


async def test_archiving_survives_a_crash_at_every_call(world: World):
    patient = await world.patient()

    async def archive(context: Context) -> None:
        written = await write(patient, patient.me, "old")
        await archive_record(context, patient.me, written.record, "no longer true")

    case = Case(patient, patient, "record-archive", Action.RECORD_ARCHIVED, archive)
    await case.survives_everywhere()


@pytest.mark.parametrize("role", ["patient", "doctor"])
async def test_registering_survives_a_crash_at_every_call(world: World, role: str):
    """Two or three transactions in one job: each is made once."""

    async def register(context: Context) -> None:
        if role == "patient":
            await patients.register(context, SOMEBODY)
        else:
            fields = doctors.DoctorProfileFields("Jane", "Smith", "Surgery", "L-1")
            await doctors.register(context, fields)

    fuse = Fuse()
    await register(fused(await world.person("counted"), fuse))
    for at in fuse.changing()[::2]:
        person = await world.person(role)
        with suppress(Crash):
            await register(fused(person, Fuse(at, after=True)))
        saved = await person.local.jobs()
        await outbox(person).resume()
        await sync(person)
        own = await person.local.entries(actor=person.me)
        actions = [e.action for e in own]
        assert len(actions) == len(set(actions)), fuse.names[at]
        if saved:
            assert len(actions) == (3 if role == "patient" else 2), fuse.names[at]
        else:
            assert not actions, fuse.names[at]
        if role == "patient" and saved:
            assert (await patients.show(person, person.me)).demographics == SOMEBODY


async def test_the_real_database_goes_on_after_a_crash(world: World, tmp_path: Path):
    """The same with SQLite: closed in the middle and opened again, as another process would."""
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    path, key = tmp_path / "db" / "own.db", bytes(range(32))
    calls = ["chain.prepare", "local.update_job", "chain.send", "store.put", "store.pin"]
    for n, name in enumerate(calls):
        machine = elsewhere(world, doctor, open_database(path, key))
        await sync(machine)
        fuse = Fuse()
        await add_record(fused(machine, fuse), patient.me, draft(f"counted {n}"))
        at = len(fuse.names) - 1 - fuse.names[::-1].index(name)
        with suppress(Crash):
            await add_record(fused(machine, Fuse(at)), patient.me, draft(f"crashed {n}"))
        await machine.local.close()
        again = elsewhere(world, doctor, open_database(path, key))
        await outbox(again).resume()
        assert {job.state for job in await again.local.jobs()} == {JobState.DONE}, name
        await again.local.close()
    await sync(patient)
    reader = await RecordReader.open(patient, patient.me)
    created = await patient.local.entries(actor=doctor.me, actions=[Action.RECORD_CREATED])
    titles = [(await reader.read(RecordId(e.ref))).manifest.title for e in created]
    assert sorted(titles) == sorted(
        f"{what} {n}" for what in ("counted", "crashed") for n in range(len(calls))
    )
