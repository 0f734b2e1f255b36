"""FolderStore's own promises: durable, private, and honest about its disk."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from medrec.domain.ids import Cid
from medrec.domain.network import StoreConfig
from medrec.errors import BlockChanged, BlockMissing, StoreDown, StoreRefused
from medrec.ipfs.folder import FolderStore
from tests.support.blocks import node, raw

_NOBODY = 65534

_FULL_DISK = """
import asyncio, resource, sys
from pathlib import Path
from medrec.domain.cid import Codec, cid_of
from medrec.errors import StoreRefused
from medrec.ipfs.folder import FolderStore

async def main():
    store = FolderStore(Path(sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
    data = bytes(20_000)
    try:
        await store.put(cid_of(data, Codec.RAW), data)
    except StoreRefused as refused:
        print(refused.sentence)

asyncio.run(main())
"""

_KILLED_WRITER = """
import asyncio, os, sys
from pathlib import Path
from medrec.domain.cid import Codec, cid_of
from medrec.ipfs.folder import FolderStore

os.fsync = lambda handle: os._exit(9)
data = b"half-written"
asyncio.run(FolderStore(Path(sys.argv[1])).put(cid_of(data, Codec.RAW), data))
"""

_WRITER = """
import asyncio, sys
from pathlib import Path
from medrec.domain.cid import Codec, cid_of
from medrec.errors import BlockMissing
from medrec.ipfs.folder import FolderStore

async def main():
    store = FolderStore(Path(sys.argv[1]))
    for number in range(100):
        data = number.to_bytes(4) * 100
        pinned = False
        while not pinned:
            await store.put(cid_of(data, Codec.RAW), data)
            try:
                await store.pin(cid_of(data, Codec.RAW))
                pinned = True
            except BlockMissing:
                print("collected between put and pin")

asyncio.run(main())
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "some" / "store"


@pytest.fixture
def store(root: Path) -> FolderStore:
    FolderStore.create(root)
    return FolderStore(root)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def run(script: str, root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, str(root)], capture_output=True, text=True, check=False
    )


@contextmanager
def without_rights(folder: Path) -> Iterator[None]:
    """As a user who may not enter the folder (root may enter anything, so it becomes nobody)."""
    mode = folder.stat().st_mode
    folder.chmod(0)
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(_NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(mode)


def test_says_how_a_network_file_names_it(root: Path) -> None:
    assert FolderStore.create(root) == StoreConfig("folder", str(root), None)


async def test_creating_again_keeps_what_is_there(store: FolderStore, root: Path) -> None:
    block = raw()
    await store.put(block.cid, block.data)
    FolderStore.create(root)
    assert await store.get(block.cid) == block.data


async def test_files_are_the_users_alone(store: FolderStore, root: Path) -> None:
    block = node()
    await store.put(block.cid, block.data)
    await store.pin(block.cid)
    assert {path.stat().st_mode & 0o777 for path in files_in(root)} == {0o600}
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}


async def test_names_say_nothing_but_hashes(store: FolderStore, root: Path) -> None:
    block = raw()
    await store.put(block.cid, block.data)
    stored = files_in(root / "blocks")
    assert [path.read_bytes() for path in stored] == [block.data]
    assert stored[0].parent.name == stored[0].name[:2]


async def test_pins_outlive_the_object(store: FolderStore, root: Path) -> None:
    block = raw()
    await store.put(block.cid, block.data)
    await store.pin(block.cid)
    again = FolderStore(root)
    assert (await again.status())["pins"] == 1
    assert await again.collect_garbage() == 0
    await again.unpin(block.cid)
    assert await store.collect_garbage() == 1


async def test_collecting_removes_nothing_while_a_pinned_root_is_damaged(
    store: FolderStore, root: Path
) -> None:
    leaf, loose = raw(), raw()
    top = node([leaf.cid])
    for block in (leaf, top, loose):
        await store.put(block.cid, block.data)
    await store.pin(top.cid)
    file = next(path for path in files_in(root / "blocks") if path.read_bytes() == top.data)
    file.write_bytes(top.data[:-1])
    with pytest.raises(BlockChanged):
        await store.collect_garbage()
    file.unlink()
    with pytest.raises(BlockMissing):
        await store.collect_garbage()
    assert await store.has(leaf.cid)
    assert await store.has(loose.cid)


async def test_a_folder_that_is_no_store_is_a_store_down(tmp_path: Path) -> None:
    block = raw()
    for place in (tmp_path, tmp_path / "not-mounted"):
        store = FolderStore(place)
        with pytest.raises(StoreDown, match=str(place)):
            await store.put(block.cid, block.data)
        with pytest.raises(StoreDown):
            await store.get(block.cid)
    assert list(tmp_path.iterdir()) == []


async def test_without_permission_it_says_so(store: FolderStore, root: Path) -> None:
    block = raw()
    await store.put(block.cid, block.data)
    with without_rights(root):
        for call in (store.get, store.has, store.pin, store.unpin):
            with pytest.raises(StoreRefused, match="may not read or write"):
                await call(block.cid)
        with pytest.raises(StoreRefused, match="may not read or write"):
            await store.put(block.cid, block.data)
        with pytest.raises(StoreRefused, match="may not read or write"):
            await store.status()
        with pytest.raises(StoreRefused):
            FolderStore.create(root / "inner")
    assert await store.get(block.cid) == block.data


async def test_a_full_disk_is_said_and_leaves_nothing_behind(
    store: FolderStore, root: Path
) -> None:
    before = files_in(root)
    done = run(_FULL_DISK, root)
    assert "no room left on its disk" in done.stdout, done.stderr
    lock = root / "lock"
    assert set(files_in(root)) == {*before, lock}
    assert (await store.status())["blocks"] == 0


async def test_a_writer_killed_before_the_sync_leaves_no_block(
    store: FolderStore, root: Path
) -> None:
    assert run(_KILLED_WRITER, root).returncode == 9
    assert (await store.status())["blocks"] == 0
    assert await store.collect_garbage() == 0
    assert files_in(root / "tmp") == []


async def test_collecting_beside_another_process_loses_no_pin(
    store: FolderStore, root: Path
) -> None:
    writer = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _WRITER, str(root)), stdout=asyncio.subprocess.DEVNULL
    )
    ended = asyncio.create_task(writer.wait())
    collections = 0
    while not ended.done():
        await store.collect_garbage()
        collections += 1
    assert await ended == 0
    assert collections > 1
    status = await store.status()
    assert (status["pins"], status["blocks"]) == (100, 100)


async def test_strange_files_in_the_folder_are_left_alone(store: FolderStore, root: Path) -> None:
    block = raw()
    await store.put(block.cid, block.data)
    shard = next((root / "blocks").iterdir())
    for stranger in (shard / "notes.txt", root / "pins" / "README"):
        stranger.write_text("x")
    assert (await store.status())["blocks"] == 1
    assert await store.collect_garbage() == 1
    assert (shard / "notes.txt").exists()


async def test_a_folder_in_the_place_of_a_block_is_refused(store: FolderStore, root: Path) -> None:
    block = raw()
    await store.put(block.cid, block.data)
    file = files_in(root / "blocks")[0]
    file.unlink()
    file.mkdir()
    with pytest.raises(StoreRefused, match="disk reports"):
        await store.get(block.cid)
    assert not await store.has(Cid(block.cid))
