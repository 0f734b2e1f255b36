"""Figures of the local database: 20,000 entries appended and queried, and the spool's throughput.

Run it with ``python -m tests.bench.bench_store_local``.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from medrec.domain.entries import Action
from medrec.domain.outbox import JobState
from medrec.store.database import SqliteStore, open_database
from tests.support.local_data import DOCTOR, OTHER, PATIENT, block_ref, entry, new_job, sealed

ENTRIES = 20_000
BATCH = 2_000
SUBJECTS = (PATIENT, DOCTOR, OTHER)
MIB = 1 << 20

T = TypeVar("T")


async def timed(work: Awaitable[T]) -> tuple[T, float]:
    """What the work gives, and the seconds it took."""
    start = time.perf_counter()
    result = await work
    return result, time.perf_counter() - start


def show(what: str, figure: str) -> None:
    """One line of the table."""
    sys.stdout.write(f"  {what:<44} {figure}\n")


async def index_figures(store: SqliteStore) -> None:
    """Append and query entries."""
    rows = [
        entry(n, 0, subject=SUBJECTS[n % 3], ref=(n % 500).to_bytes(32, "big"),
              action=Action.RECORD_CREATED if n % 10 else Action.ACCESS_GRANTED)
        for n in range(ENTRIES)
    ]  # fmt: skip
    start = time.perf_counter()
    for first in range(0, ENTRIES, BATCH):
        await store.append_entries(rows[first : first + BATCH], block_ref(first + BATCH - 1))
    seconds = time.perf_counter() - start
    show(f"append {ENTRIES} entries in batches of {BATCH}", f"{ENTRIES / seconds:,.0f}/s")
    found, seconds = await timed(store.entries())
    show("read them all", f"{len(found) / seconds:,.0f}/s")
    found, seconds = await timed(store.entries(subject=PATIENT))
    show(f"one subject: {len(found)} entries", f"{seconds * 1e3:.1f} ms")
    found, seconds = await timed(store.entries(subject=PATIENT, ref=(3).to_bytes(32, "big")))
    show(f"one record: {len(found)} entries", f"{seconds * 1e3:.2f} ms")
    found, seconds = await timed(
        store.entries(subject=PATIENT, actions=[int(Action.ACCESS_GRANTED)])
    )
    show(f"one subject's grants: {len(found)} entries", f"{seconds * 1e3:.1f} ms")
    _, seconds = await timed(store.append_entries([entry(ENTRIES)], block_ref(ENTRIES)))
    show("append one entry, on the disk", f"{seconds * 1e3:.2f} ms")


async def spool_figures(store: SqliteStore, folder: Path) -> None:
    """Blocks of 1 MiB into the spool and out, beside plain files with fsync."""
    blocks = dict(sealed(n, MIB) for n in range(32))
    job, seconds = await timed(store.add_job(new_job(), blocks))
    show("spool 32 blocks of 1 MiB with their job", f"{32 / seconds:,.0f} MiB/s")
    start = time.perf_counter()
    for cid, data in blocks.items():
        if await store.spooled(cid) != data:
            raise RuntimeError("a block came back changed")
    show("read them", f"{32 / (time.perf_counter() - start):,.0f} MiB/s")
    _, seconds = await timed(store.update_job(replace(job, state=JobState.DONE)))
    show("end the job", f"{seconds * 1e3:.1f} ms")
    start = time.perf_counter()
    with (folder / "plain").open("wb") as file:
        for data in blocks.values():
            file.write(data)
        file.flush()
        os.fsync(file.fileno())
    show(
        "the same bytes in a plain file, one fsync",
        f"{32 / (time.perf_counter() - start):,.0f} MiB/s",
    )


async def run() -> None:
    """All figures."""
    sys.stdout.write("Local database (encrypted, synchronous FULL)\n")
    with tempfile.TemporaryDirectory() as name:
        path, key = Path(name) / "local.db", os.urandom(32)
        start = time.perf_counter()
        store = open_database(path, key)
        show("make it", f"{(time.perf_counter() - start) * 1e3:.1f} ms")
        await index_figures(store)
        await spool_figures(store, Path(name))
        await store.close()
        start = time.perf_counter()
        store = open_database(path, key)
        show("open it again", f"{(time.perf_counter() - start) * 1e3:.1f} ms")
        show("its size", f"{path.stat().st_size / MIB:.1f} MiB")
        await store.close()


def main() -> None:
    """Print the figures."""
    asyncio.run(run())


if __name__ == "__main__":
    main()
