"""A job is stopped at every call that it makes: it ends done, with its effect once, and no rest.

Each run begins with the same chain, store and encrypted database; after the stop, another process
opens what is on disk and resumes. The calls are counted in a run that nothing stops, so that a new
one cannot be forgotten.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import apsw
import pytest

from medrec.chain.keccak import checksum, keccak256
from medrec.domain.calls import RotateAuthenticator
from medrec.domain.categories import Permission
from medrec.domain.entries import Action
from medrec.domain.ids import Cid
from medrec.domain.outbox import Job, JobState, Step
from medrec.errors import MedRecError, NodeDown, StoreDown, WaitsInOutbox
from medrec.ipfs.folder import FolderStore
from medrec.services import access, patients
from medrec.services.access import GrantDraft
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.work import new_job, outbox
from medrec.services.writing import add_record, archive_record
from medrec.store.database import SqliteStore, open_database
from tests.support.crash import Crash, Fuse, fused
from tests.support.world import DAY, NOTES, SOMEBODY, World, draft, write

KEY = bytes(range(32))


@dataclass
class CallFuse(Fuse):
    """Blows at the ``nth`` call of a name: how often the chain is polled differs."""

    call: str = ""
    nth: int = 0

    def strike(self, name: str) -> bool:
        self.names.append(name)
        return name == self.call and self.names.count(name) == self.nth


def fuse_at(names: list[str], at: int, after: bool = False) -> CallFuse:
    """A fuse at the call that stands there in a list of calls."""
    name = names[at]
    return CallFuse(after=after, call=name, nth=names[: at + 1].count(name))


Command = Callable[[Context], Awaitable[object]]


@dataclass
class Scene:
    """Where every run begins: the chain's snapshot, the files' copies, who acts, what is done."""

    world: World
    actor: Context
    command: Command
    files: Path
    snapshot: str = ""
    first: int = 0
    pins: frozenset[Cid] = frozenset()

    @property
    def database(self) -> Path:
        return self.files / "db"

    async def keep(self) -> None:
        """Remember this moment."""
        await sync(self.actor)
        self.first = (await self.actor.chain.head()).number + 1
        assert isinstance(self.actor.local, SqliteStore)
        await self.actor.local.close()
        self.pins = frozenset(self.pinned())
        for folder in (self.database, self.world.store_folder):
            shutil.copytree(folder, folder.with_suffix(".kept"))
        self.snapshot = await self.world.rpc("evm_snapshot")

    async def rewind(self) -> None:
        """Make everything as it was."""
        await self.world.restore(self.snapshot)
        self.snapshot = await self.world.rpc("evm_snapshot")
        for folder in (self.database, self.world.store_folder):
            shutil.rmtree(folder)
            shutil.copytree(folder.with_suffix(".kept"), folder)

    def opened(self) -> Context:
        """The actor in a process of its own."""
        local = open_database(self.database / "own.db", KEY)
        return replace(self.actor, local=local, store=FolderStore(self.world.store_folder))

    def pinned(self) -> set[Cid]:
        return set(FolderStore(self.world.store_folder)._files.pins())

    async def effects(self) -> list[Action]:
        """What the actor has done on the chain, in order."""
        head = await self.actor.chain.head()
        entries = await self.actor.chain.entries(self.first, head.number)
        return [Action(e.action) for e in entries if e.actor == self.actor.me]


async def undisturbed(scene: Scene) -> tuple[list[str], list[Action]]:
    """The names of all calls that the command makes, and what it leaves on the chain."""
    context, fuse = scene.opened(), Fuse()
    await scene.command(fused(context, fuse))
    effects = await scene.effects()
    await assert_clean(scene, context)
    return fuse.names, effects


async def stopped(scene: Scene, fuse: Fuse, effects: list[Action]) -> bool:
    """Stop the command at the fuse, go on in another process, and look; whether it was stopped."""
    await scene.rewind()
    context = scene.opened()
    known = len(await context.local.jobs())
    hit = False
    try:
        await scene.command(fused(context, fuse))
    except (Crash, MedRecError):
        hit = True
    await context.local.close()
    context = scene.opened()
    await sync(context)
    await outbox(context).resume()
    saved = (await context.local.jobs())[known:]
    assert [job.state for job in saved] == [JobState.DONE] * len(saved)
    if not saved:
        assert await scene.effects() == [], "nothing was promised, and nothing done"
        await scene.command(context)
    assert await scene.effects() == effects
    await assert_clean(scene, context)
    return hit


async def assert_clean(scene: Scene, context: Context) -> None:
    """What the job promised is in the store for good, no more is, and the next job goes through."""
    store = FolderStore(scene.world.store_folder)
    await store.collect_garbage()
    job = (await context.local.jobs())[-1]
    kept = {(step.after or step.before)[-1] for step in job.steps if step.after or step.before}
    assert scene.pinned() - scene.pins == kept
    assert all([await store.has(cid) for step in job.steps for cid in step.after])
    done = await follow_up(context)
    assert done.state is JobState.DONE
    assert isinstance(context.local, SqliteStore)
    await context.local.close()
    again = scene.opened()
    assert isinstance(again.local, SqliteStore)
    assert await again.local._read(_rest) == (0, 0, 0), "blocks, holds and nonces"
    await again.local.close()


async def follow_up(context: Context) -> Job:
    """A job after the one looked at: it waits for ever where that left a gap in the nonces."""
    other = checksum(keccak256(context.me.encode())[12:])
    user = await context.chain.user(context.me)
    assert user is not None
    step = Step(RotateAuthenticator(context.me, user.authenticator, other))
    return await outbox(context).submit(new_job(context, "test", "Next", [step]), {})


def _rest(db: apsw.Connection) -> tuple[int, ...]:
    tables = ("blocks", "holds", "nonces")
    return tuple(db.execute(f"SELECT count(*) FROM {name}").get for name in tables)  # noqa: S608


async def record_add(world: World, person: Context) -> Command:
    """A patient's own note, in parts."""
    await patients.register(person, SOMEBODY)

    async def command(context: Context) -> None:
        await add_record(context, context.me, draft("a note"))

    return command


async def access_grant(world: World, person: Context) -> Command:
    await patients.register(person, SOMEBODY)
    doctor = await world.doctor()
    until = await world.now() + DAY

    async def command(context: Context) -> None:
        permission = Permission(frozenset({NOTES}), frozenset({NOTES}))
        await access.grant(context, GrantDraft(doctor.me, permission, until))

    return command


async def access_revoke(world: World, person: Context) -> Command:
    """One goes, one stays and is given the new keys."""
    await patients.register(person, SOMEBODY)
    goes, stays = await world.doctor("goes"), await world.doctor("stays")
    for doctor in (goes, stays):
        await world.grant(person, doctor, [NOTES])

    async def command(context: Context) -> None:
        await access.revoke(context, [goes.me])

    return command


async def registration(world: World, person: Context) -> Command:
    """Three transactions: the user, the patient, the first record."""

    async def command(context: Context) -> None:
        await patients.register(context, SOMEBODY)

    return command


async def archiving(world: World, person: Context) -> Command:
    """A note of the person's own is put away."""
    await patients.register(person, SOMEBODY)
    note = await write(person, person.me, "a note")

    async def command(context: Context) -> None:
        await archive_record(context, context.me, note.record, "Written twice.")

    return command


SCENES = (record_add, access_grant, access_revoke, registration)
WISHES = (access_grant, access_revoke, registration, archiving)


@pytest.fixture(params=SCENES, ids=lambda scene: scene.__name__)
async def scene(request: pytest.FixtureRequest, world: World, tmp_path: Path):
    """Each job of the list, ready to begin; afterwards the chain is as it was."""
    async for found in _staged(request, world, tmp_path):
        yield found


@pytest.fixture(params=WISHES, ids=lambda scene: scene.__name__)
async def wished(request: pytest.FixtureRequest, world: World, tmp_path: Path):
    """Each wish of the list, made while no node answers; afterwards the chain is as it was."""
    async for found in _staged(request, world, tmp_path):
        yield found


async def _staged(
    request: pytest.FixtureRequest, world: World, tmp_path: Path
) -> AsyncIterator[Scene]:
    bare = await world.rpc("evm_snapshot")
    person = await world.person("actor", open_database(tmp_path / "db" / "own.db", KEY))
    found = Scene(world, person, await request.param(world, person), tmp_path)
    await found.keep()
    yield found
    await world.restore(bare)


async def test_process_ends_while_a_wish_goes_out(wished: Scene, subtests: pytest.Subtests):
    """Stopped after each change that the resuming process makes; the next one ends it, once."""
    scene = wished

    async def wish_and_resume(fuse: Fuse) -> None:
        await scene.rewind()
        context = scene.opened()
        with pytest.raises(WaitsInOutbox):
            await scene.command(replace(context, chain=away()))
        (kept,) = [job for job in await context.local.jobs() if job.is_wish]
        assert kept.state is JobState.PENDING
        await context.local.close()
        context = scene.opened()
        with suppress(Crash):
            await outbox(fused(context, fuse)).resume()
        await context.local.close()

    counted = Fuse()
    await wish_and_resume(counted)
    effects = await scene.effects()
    assert effects
    # A fuse at no call: nothing stops the first one.
    for at in [-1, *counted.changing()]:
        fuse = fuse_at(counted.names, at, after=True) if at >= 0 else Fuse()
        with subtests.test(getattr(fuse, "call", "none"), at=at):
            await wish_and_resume(fuse)
            context = scene.opened()
            await sync(context)
            await outbox(context).resume()
            jobs = await context.local.jobs()
            assert jobs[-1].state is JobState.DONE
            assert not jobs[-1].is_wish
            assert await scene.effects() == effects
            await assert_clean(scene, context)


def away() -> Any:
    """A chain of which no node answers."""

    class Away:
        def __getattr__(self, name: str) -> Any:
            async def fail(*_: object, **__: object) -> None:
                raise NodeDown(url="http://nowhere")

            return fail

    return Away()


async def test_process_ends(scene: Scene, subtests: pytest.Subtests):
    """Before its first call and after each call that changes something.

    Before any other call nothing else is on disk or on the chain than after the last change.
    """
    names, effects = await undisturbed(scene)
    changing = Fuse(names=names).changing()
    assert len(changing) > 10
    fuses = [fuse_at(names, 0), *(fuse_at(names, at, after=True) for at in changing)]
    for fuse in fuses:
        with subtests.test(fuse.call, nth=fuse.nth):
            assert await stopped(scene, fuse, effects)


@pytest.mark.parametrize("after", [False, True], ids=["question lost", "answer lost"])
async def test_node_or_store_is_away_for_a_moment(
    scene: Scene, after: bool, subtests: pytest.Subtests
):
    """At each call to them: the question does not arrive, or the answer does not come back.

    Of questions that change nothing, the first after each change: the others find the same.
    """
    names, effects = await undisturbed(scene)
    changing = set(Fuse(names=names).changing())
    asked = [at for at, name in enumerate(names) if name.startswith(("chain.", "store."))]
    if after:
        asked = [at for at in asked if at in changing]
    else:
        asked = [at for at in asked if at in changing or at - 1 in changing]
    for at in asked:
        fuse = fuse_at(names, at, after)
        fuse.error = (
            NodeDown(url="x") if fuse.call.startswith("chain.") else StoreDown(location="x")
        )
        with subtests.test(fuse.call, nth=fuse.nth):
            await stopped(scene, fuse, effects)


async def test_process_ends_again_while_it_goes_on(scene: Scene, subtests: pytest.Subtests):
    """Stopped, and stopped once more at each change of the resuming process."""
    names, effects = await undisturbed(scene)
    first = fuse_at(names, names.index("local.add_job"), after=True)

    async def resuming(fuse: Fuse) -> None:
        await scene.rewind()
        context = scene.opened()
        with suppress(Crash):
            await scene.command(fused(context, replace(first, names=[])))
        await context.local.close()
        context = scene.opened()
        with suppress(Crash):
            await outbox(fused(context, fuse)).resume()
        await context.local.close()

    counted = Fuse()
    await resuming(counted)
    for at in counted.changing():
        fuse = fuse_at(counted.names, at, after=True)
        with subtests.test(fuse.call, nth=fuse.nth):
            await resuming(fuse)
            context = scene.opened()
            await sync(context)
            await outbox(context).resume()
            assert [job.state for job in await context.local.jobs()][-1] is JobState.DONE
            assert await scene.effects() == effects
            await assert_clean(scene, context)
