"""kill -9 in the middle of writes: what was acknowledged is there, and nothing is there by half."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from medrec.domain.outbox import JobState, StepState
from medrec.store.database import open_database
from tests.support.local_data import DOCTOR, block_ref, entry, sealed, some_bytes

ROOT = Path(__file__).resolve().parents[3]
PER_BATCH = 5

WRITER = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from medrec.domain.outbox import JobState, Step, StepState
from medrec.store.database import open_database
from tests.support.local_data import (
    DOCTOR, block_ref, entry, every_call, new_job, sealed, signed, some_bytes,
)

def say(what, n):
    sys.stdout.write(f"{what} {n}\\n")
    sys.stdout.flush()

async def main(path):
    store = open_database(Path(path), some_bytes("key"))
    start = len(await store.jobs())
    for n in range(start, 10_000):
        body, root = sealed(("body", n), 200_000), sealed(("root", n), 1_000)
        await store.spool(None, dict([body]))
        step = Step(every_call()[4], before=(body[0], root[0]))
        job = await store.add_job(new_job(step, title=str(n)), dict([root]))
        say("added", n)
        nonce = await store.reserve_nonce(job.id, DOCTOR, 0)
        step = replace(step, state=StepState.SIGNED, signed=signed(nonce))
        await store.update_job(replace(job, steps=(step,)))
        say("signed", n)
        await store.append_entries([entry(n, i) for i in range(5)], block_ref(n))
        say("indexed", n)
        if n % 2:
            await store.update_job(replace(job, steps=(step,), state=JobState.DONE))
            say("done", n)

asyncio.run(main(sys.argv[1]))
"""


def write_until_killed(path: Path, seconds: float) -> dict[str, int]:
    """The last acknowledged number of each kind, as the process said it before its end."""
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline()]
        time.sleep(seconds)
        child.kill()
        lines += child.stdout.readlines()
    said: dict[str, int] = {}
    for line in lines:
        match line.split():
            case [what, number] if number.isdigit():
                said[what] = int(number)
    return said


@pytest.mark.parametrize("seconds", [0.011, 0.053, 0.107, 0.231])
async def test_what_was_acknowledged_outlives_a_kill(tmp_path: Path, seconds: float) -> None:
    path = tmp_path / "local.db"
    for _ in range(2):
        said = write_until_killed(path, seconds)
        assert "added" in said
        store = open_database(path, some_bytes("key"))
        jobs = await store.jobs()
        assert [job.title for job in jobs] == [str(n) for n in range(len(jobs))]
        assert said["added"] + 1 <= len(jobs) <= said["added"] + 2
        for n, job in enumerate(jobs):
            body, root = sealed(("body", n), 200_000), sealed(("root", n), 1_000)
            kept = [await store.spooled(cid) for cid in (body[0], root[0])]
            ended = job.state is JobState.DONE
            assert kept == ([None, None] if ended else [body[1], root[1]])
        if "signed" in said:
            assert jobs[said["signed"]].steps[0].state is StepState.SIGNED
        if "done" in said:
            assert jobs[said["done"]].state is JobState.DONE
        points = await store.checkpoints()
        last = points[0].number if points else -1
        assert last >= said.get("indexed", -1)
        entries = await store.entries()
        # A number was skipped where the job was written and the kill came before the index.
        assert len(entries) == PER_BATCH * len({row.block for row in entries})
        assert all(row == entry(row.block, row.log_index) for row in entries)
        assert max((row.block for row in entries), default=-1) == last
        assert {point.number for point in points} <= {row.block for row in entries}
        assert all(point == block_ref(point.number) for point in points)
        pending = [job for job in jobs if job.state is JobState.PENDING]
        taken = {job.steps[0].signed.nonce for job in pending if job.steps[0].signed is not None}
        for job in pending:
            if job.steps[0].signed is None:
                assert await store.reserve_nonce(job.id, DOCTOR, 0) not in taken
        await store.close()
