"""Real processes of one account: two that drive at once, and one that is killed while it writes."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from medrec.chain.wallets import LocalWallet
from medrec.domain.entries import Action
from medrec.domain.ids import RecordId
from medrec.domain.outbox import JobState
from medrec.errors import NodeDown, WaitsInOutbox
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.reading import RecordReader
from medrec.services.work import outbox
from medrec.store.database import open_database
from tests.support.liar import failing, lying
from tests.support.world import World, write

ROOT = Path(__file__).resolve().parents[3]
KEY = bytes(range(32))

PROCESS = """
import asyncio, os, sys
from pathlib import Path
from medrec.chain.network_file import read_network
from medrec.services.index import sync
from medrec.services.work import outbox
from medrec.store.database import open_database
from tests.support.anvil import Deployed
from tests.support.world import World, write

def say(what):
    sys.stdout.write(f"{what}\\n")
    sys.stdout.flush()

async def main(role, network_file, folder):
    world = World(Deployed(None, read_network(Path(network_file)), None, Path()), Path(folder))
    local = open_database(Path(folder) / "db" / "own.db", bytes(range(32)))
    person = world.context("person", bytes.fromhex(os.environ["TEST_KEY"]), local)
    await sync(person)
    say("ready")
    sys.stdin.readline()
    if role == "resume":
        for job in await outbox(person).resume():
            say(f"ended {job.id} {job.state.value}")
    else:
        # As the program does at its start: a killed one may have signed what it did not send.
        await outbox(person).resume()
        for n in range(1000):
            await write(person, person.me, f"note {n}")
            say(f"written {n}")
    await local.close()
    await world.close()

asyncio.run(main(*sys.argv[1:]))
"""


@contextmanager
def process(world: World, person: Context, folder: Path, role: str) -> Iterator[subprocess.Popen]:  # type: ignore[type-arg]
    """Another process of the same account, which has followed the chain and waits for a line."""
    assert isinstance(person.wallet, LocalWallet)
    child = subprocess.Popen(
        [sys.executable, "-c", PROCESS, role, str(world.deployed.file), str(folder)],
        cwd=ROOT,
        env={"TEST_KEY": person.wallet._key.secret.hex(), "PATH": "/usr/bin:/bin"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        yield child
    finally:
        child.kill()
        child.communicate()


def go(child: subprocess.Popen) -> None:  # type: ignore[type-arg]
    """Let it begin."""
    assert child.stdin is not None
    child.stdin.write("go\n")
    child.stdin.flush()


async def titles(person: Context) -> list[str]:
    """Those of all the records, read back."""
    await sync(person)
    reader = await RecordReader.open(person, person.me)
    created = await person.local.entries(subject=person.me, actions=[Action.RECORD_CREATED])
    return [(await reader.read(RecordId(entry.ref))).manifest.title for entry in created]


@pytest.fixture
async def patient(world: World, tmp_path: Path) -> Context:
    return await world.patient(local=open_database(tmp_path / "db" / "own.db", KEY))


async def test_two_processes_that_resume_at_once(world: World, patient: Context, tmp_path: Path):
    """Each job is driven by one of them, or by one after the other: it is done once."""
    away = replace(patient, chain=lying(patient.chain, send=failing(NodeDown(url="x"))))
    for n in range(4):
        with pytest.raises(WaitsInOutbox):
            await write(away, patient.me, f"note {n}")
    with (
        process(world, patient, tmp_path, "resume") as one,
        process(world, patient, tmp_path, "resume") as two,
    ):
        go(one)
        go(two)
        said = [child.communicate(timeout=60)[0].splitlines() for child in (one, two)]
        assert (one.returncode, two.returncode) == (0, 0)
    ended = [line for lines in said for line in lines]
    assert ended
    assert all(line.endswith(" done") for line in ended)
    assert {job.state for job in await patient.local.jobs()} == {JobState.DONE}
    assert sorted(await titles(patient)) == ["Personal data", *(f"note {n}" for n in range(4))]
    await patient.local.close()


async def test_killed_while_it_writes(world: World, patient: Context, tmp_path: Path):
    """kill -9 at some moment: what was told is there, and what was saved is done, once."""
    told = 0
    for pause in (0.05, 0.2):
        with process(world, patient, tmp_path, "write") as child:
            assert child.stdout is not None
            go(child)
            assert child.stdout.readline() == "written 0\n"
            time.sleep(pause)
            child.kill()
            told += 1 + child.communicate()[0].count("written ")
    await sync(patient)
    await outbox(patient).resume()
    jobs = [job for job in await patient.local.jobs() if job.kind == "record-add"]
    assert {job.state for job in jobs} == {JobState.DONE}
    assert told <= len(jobs) <= told + 2
    assert len(await titles(patient)) == 1 + len(jobs)
    follow_up = await write(patient, patient.me, "after")
    assert follow_up.job.state is JobState.DONE
    await patient.local.close()
