"""Put and get of the two stores beside what the same disk and the same Kubo give without us.

Beside KuboStore stand bare aiohttp posts of the same blocks to the same node, four in flight and
unchecked; beside FolderStore a bare write and fsync of the same bytes, and a bare read with the
hash, without which a read is not one. Each figure is the best of three rounds, ours and bare in
turn.

Run it with ``python -m tests.bench.bench_store``.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from medrec.domain.cid import MAX_BLOCK
from medrec.domain.ports import ContentStore
from medrec.errors import ToolMissing
from medrec.ipfs.daemon import KuboDaemon
from medrec.ipfs.folder import FolderStore
from medrec.ipfs.open import open_store
from tests.support.blocks import Block, node, raw

BLOCKS = 96
ROUNDS = 3
IN_FLIGHT = 4
LINKS = 200

Step = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Row:
    """One line: what was measured, ours and the limit beside it, in ``unit``."""

    what: str
    ours: float
    limit: float | None
    unit: str = "MB/s"


def run() -> list[Row]:
    """Measure both stores; Kubo's rows are missing where there is no Kubo."""
    return asyncio.run(_measure())


def main() -> None:
    """Print the table."""
    rows = run()
    sys.stdout.write(f"{'store, blocks of 1 MiB':<34}{'ours':>10}{'limit':>10}{'share':>8}\n")
    for row in rows:
        limit, share = "", ""
        if row.limit is not None:
            limit, share = f"{row.limit:,.0f}", f"{row.ours / row.limit:.0%}"
        sys.stdout.write(f"{row.what:<34}{row.ours:>10,.0f}{limit:>10}{share:>8} {row.unit}\n")


async def _measure() -> list[Row]:
    blocks = [raw(MAX_BLOCK) for _ in range(BLOCKS)]
    with tempfile.TemporaryDirectory() as place:
        rows = await _folder_rows(Path(place), blocks)
        daemon = KuboDaemon(Path(place) / "kubo")
        try:
            await daemon.up()
        except ToolMissing as missing:
            sys.stdout.write(f"{missing.sentence}\n")
            return rows
        try:
            return rows + await _kubo_rows(daemon, blocks)
        finally:
            await daemon.down()


async def _folder_rows(place: Path, blocks: Sequence[Block]) -> list[Row]:
    bare = place / "bare"
    bare.mkdir()

    async def write() -> None:
        for number, block in enumerate(blocks):
            with (bare / str(number)).open("wb") as file:
                file.write(block.data)
                file.flush()
                os.fsync(file.fileno())

    async def read() -> None:
        for number in range(len(blocks)):
            hashlib.sha256((bare / str(number)).read_bytes()).digest()

    stores = iter(range(ROUNDS))
    store: ContentStore = FolderStore(place)

    async def put() -> None:
        # A new folder each round: putting what is there would only be read and compared.
        nonlocal store
        store = open_store(FolderStore.create(place / f"store{next(stores)}"))
        for block in blocks:
            await store.put(block.cid, block.data)

    async def get() -> None:
        for block in blocks:
            await store.get(block.cid)

    puts = await _compare("folder put (write, fsync)", put, write)
    return [puts, await _compare("folder get (read, sha-256)", get, read)]


async def _kubo_rows(daemon: KuboDaemon, blocks: Sequence[Block]) -> list[Row]:
    import aiohttp

    config = daemon.config()
    token = Path(config.token_file or "").read_text(encoding="ascii")
    store = open_store(config)
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(config.location, headers=headers) as session:
        flight = asyncio.Semaphore(IN_FLIGHT)

        async def post(block: Block) -> None:
            form = aiohttp.FormData()
            form.add_field("file", block.data, filename="block")
            async with flight, session.post("/api/v0/block/put", data=form) as response:
                await response.read()

        async def fetch(block: Block) -> None:
            url = f"/api/v0/block/get?arg={block.cid}&offline=true"
            async with flight, session.post(url) as response:
                await response.read()

        rows = [
            await _compare(
                "kubo put, 4 in flight",
                lambda: asyncio.gather(*(store.put(b.cid, b.data) for b in blocks)),
                lambda: asyncio.gather(*(post(b) for b in blocks)),
            ),
            await _compare(
                "kubo get, one at a time",
                lambda: _one_by_one(store.get(b.cid) for b in blocks),
                lambda: _one_by_one(fetch(b) for b in blocks),
            ),
        ]
    rows.append(Row(f"kubo pin of {LINKS} links", await _pin_ms(store), None, "ms"))
    await store.close()
    return rows


async def _one_by_one(steps: Iterable[Awaitable[object]]) -> None:
    for step in steps:
        await step


async def _pin_ms(store: ContentStore) -> float:
    leaves = [raw(1000) for _ in range(LINKS)]
    root = node([leaf.cid for leaf in leaves])
    for block in [*leaves, root]:
        await store.put(block.cid, block.data)
    return 1000 * await _seconds(lambda: store.pin(root.cid))


async def _compare(what: str, ours: Step, bare: Step) -> Row:
    best = [float("inf"), float("inf")]
    for _ in range(ROUNDS):
        for index, step in enumerate((ours, bare)):
            best[index] = min(best[index], await _seconds(step))
    megabytes = BLOCKS * MAX_BLOCK / 1e6
    return Row(what, megabytes / best[0], megabytes / best[1])


async def _seconds(step: Step) -> float:
    start = time.perf_counter()
    await step()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
