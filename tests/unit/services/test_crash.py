"""Jobs that test_outbox_crashes.py leaves out, stopped after every call that changes something."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from medrec.domain.entries import Action
from medrec.domain.outbox import Job, JobState
from medrec.services import doctors
from medrec.services.consultations import log_look
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.rotation import rotate_if_spoiled
from medrec.services.work import outbox
from medrec.services.writing import archive_record, update_record
from tests.support.crash import Crash, Fuse, fused
from tests.support.fake_store import FakeStore
from tests.support.world import DAY, HOUR, NOTES, World, draft, read, write

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


async def test_registering_a_doctor_survives_a_crash_at_every_call(world: World):
    """Two transactions in one job: each is made once."""

    async def register(context: Context) -> None:
        fields = doctors.DoctorProfileFields("Jane", "Smith", "Surgery", "L-1")
        await doctors.register(context, fields)

    fuse = Fuse()
    await register(fused(await world.person("counted"), fuse))
    for at in fuse.changing():
        person = await world.person("doctor")
        with suppress(Crash):
            await register(fused(person, Fuse(at, after=True)))
        saved = await person.local.jobs()
        await outbox(person).resume()
        await sync(person)
        own = [Action(e.action) for e in await person.local.entries(actor=person.me)]
        expected = [Action.USER_REGISTERED, Action.DOCTOR_REGISTERED] if saved else []
        assert own == expected, fuse.names[at]
