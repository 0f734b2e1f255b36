"""A doctor's chart of 200 records: requests to the node, and milliseconds, opened and opened again.

Beside it stands a node that takes no batches, which is asked for each record's head by itself.
Run it with ``python -m tests.bench.bench_chart``.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

from medrec.chain import rpc
from medrec.services import chart
from medrec.services.consultations import log_chart_look
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.writing import add_record
from tests.bench.table import show
from tests.support.anvil import deploy_on, start_anvil, stop_anvil
from tests.support.gate import Gate, gate
from tests.support.world import NOTES, World, draft

RECORDS = 200


async def staged(world: World) -> tuple[Context, Context]:
    """A patient with the records, and a doctor who may read them."""
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, read=[NOTES])
    for number in range(RECORDS):
        await add_record(patient, patient.me, draft(f"Note {number}"))
    await sync(doctor)
    return patient, doctor


async def reading(reader: Context, patient: Context, node: Gate) -> tuple[int, float]:
    """How many requests a reading of the chart takes, and milliseconds."""
    before, start = len(node.passed), time.perf_counter()
    found = await chart.load(reader, patient.me)
    took = 1000 * (time.perf_counter() - start)
    assert len(found.records) == RECORDS + 1
    return len(node.passed) - before, took


async def measure(world: World) -> list[list[str]]:
    """The rows of the table."""
    patient, doctor = await staged(world)
    rows = []
    with gate(world.network.rpc[0]) as node:
        reader = replace(doctor, chain=world.chain(replace(world.network, rpc=(node.url,))))
        # The look is logged once an hour: it is no part of what is measured.
        await log_chart_look(reader, patient.me)
        for what in ("opened for the first time", "opened again"):
            asked, took = await reading(reader, patient, node)
            methods = Counter(node.passed[-asked:])
            rows.append([what, f"{asked}", f"{took:,.0f} ms", f"{methods['eth_call']}"])
        batch, rpc.BATCH = rpc.BATCH, 1
        asked, took = await reading(reader, patient, node)
        rows.append(["opened again, no batches", f"{asked}", f"{took:,.0f} ms", ""])
        rpc.BATCH = batch
    return rows


async def run(folder: Path) -> list[list[str]]:
    """Measure in a world of its own."""
    node = start_anvil()
    try:
        world = World(deploy_on(node, folder), folder)
        try:
            return await measure(world)
        finally:
            await world.close()
    finally:
        stop_anvil(node)


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(run(Path(folder)))
    show([f"chart of {RECORDS} records", "requests", "time", "eth_call"], rows)


if __name__ == "__main__":
    main()
