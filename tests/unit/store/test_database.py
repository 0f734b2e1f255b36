"""The encrypted file: what lies on the disk, who can open it, what happens when it is damaged."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from medrec.domain.outbox import JobState, Step
from medrec.errors import DatabaseBusy, DatabaseDamaged, DatabaseUnwritable
from medrec.store import connection as connection_module
from medrec.store.connection import connect
from medrec.store.database import SqliteStore, open_database
from tests.support.local_data import (
    DOCTOR,
    PATIENT,
    block_ref,
    entry,
    every_call,
    full_job,
    new_job,
    sealed,
    some_bytes,
)

KEY = some_bytes("key")
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "data" / "local.db"


async def fill(store: SqliteStore) -> None:
    await store.append_entries([entry(n) for n in range(50)], block_ref(50))
    await store.put("profiles", "PLAINTEXTKEY", b"PLAINTEXTVALUE" * 10)
    await store.add_job(replace(full_job(), title="PLAINTEXTTITLE"), dict([sealed(1, 20_000)]))


def files(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


async def test_it_comes_back_after_closing(path: Path) -> None:
    store = open_database(path, KEY)
    await fill(store)
    jobs, entries = await store.jobs(), await store.entries()
    await store.close()
    again = open_database(path, KEY)
    assert await again.jobs() == jobs
    assert await again.entries() == entries
    assert await again.checkpoints() == [block_ref(50)]
    assert await again.get("profiles", "PLAINTEXTKEY") == b"PLAINTEXTVALUE" * 10
    cid, data = sealed(1, 20_000)
    assert await again.spooled(cid) == data
    await again.close()


async def test_nothing_readable_lies_on_the_disk(path: Path) -> None:
    store = open_database(path, KEY)
    await fill(store)
    while_open = files(path)
    await store.close()
    after = files(path)
    assert f"{path.name}-wal" in while_open, "the log is looked at too"
    needles = [
        b"PLAINTEXT", b"SQLite format", b"entries", PATIENT.encode(), DOCTOR.encode(),
        bytes.fromhex(PATIENT[2:]), sealed(1, 20_000)[1][:64], entry(3).digest, KEY,
        KEY.hex().encode(),
    ]  # fmt: skip
    for name, data in [*while_open.items(), *after.items()]:
        for needle in needles:
            assert needle not in data, (name, needle)


async def test_files_are_the_users_alone(path: Path) -> None:
    old = os.umask(0)
    try:
        store = open_database(path, KEY)
        await fill(store)
        async with store.exclusive():
            modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    finally:
        os.umask(old)
    assert set(modes.values()) == {0o600}
    assert len(modes) == 5, "the database, its log and index, two locks"
    assert [p.stat().st_mode & 0o777 for p in (path.parent, path.parents[1])] == [0o700, 0o700]
    await store.close()


def test_its_repr_shows_no_secret(path: Path) -> None:
    store = open_database(path, KEY)
    assert KEY.hex() not in repr(store) + str(vars(store))
    asyncio.run(store.close())


async def made(path: Path) -> bytes:
    store = open_database(path, KEY)
    await fill(store)
    await store.close()
    return path.read_bytes()


async def test_a_wrong_key_opens_nothing_and_changes_nothing(path: Path) -> None:
    before = await made(path)
    with pytest.raises(DatabaseDamaged) as caught:
        open_database(path, some_bytes("another key"))
    assert "does not open" in caught.value.sentence
    assert path.read_bytes() == before
    store = open_database(path, KEY)
    assert len(await store.jobs()) == 1
    await store.close()


@pytest.mark.parametrize("damage", ["empty", "garbage", "cut short", "header", "first page"])
async def test_a_damaged_file_is_told_and_left_as_it_is(path: Path, damage: str) -> None:
    whole = await made(path)
    broken = {
        "empty": b"",
        "garbage": os.urandom(len(whole)),
        "cut short": whole[:5000],
        "header": bytes([whole[0] ^ 1]) + whole[1:],
        "first page": whole[:200] + bytes([whole[200] ^ 1]) + whole[201:],
    }[damage]
    path.write_bytes(broken)
    with pytest.raises(DatabaseDamaged):
        open_database(path, KEY)
    assert path.read_bytes() == broken


async def test_a_flipped_bit_in_any_page_is_found_by_who_reads_it(path: Path) -> None:
    whole = await made(path)
    found = 0
    for offset in range(4096 + 100, len(whole), 4096):
        path.write_bytes(whole[:offset] + bytes([whole[offset] ^ 4]) + whole[offset + 1 :])
        try:
            store = open_database(path, KEY)
        except DatabaseDamaged:
            found += 1
            continue
        try:
            await read_everything(store)
        except DatabaseDamaged:
            found += 1
        finally:
            await store.close()
    pages = len(whole) // 4096 - 1
    # What is left are pages that no query touches: freed ones and the map for shrinking.
    assert found >= pages * 3 // 4


async def read_everything(store: SqliteStore) -> None:
    await store.entries()
    for field in ({"subject": PATIENT}, {"actor": DOCTOR}, {"ref": bytes(32)}, {"actions": [40]}):
        await store.entries(**field)
    await store.checkpoints()
    await store.items("profiles")
    await store.jobs()
    await store.spooled(sealed(1, 20_000)[0])


async def test_a_row_that_is_not_ours_is_told(path: Path) -> None:
    await made(path)
    db = connect(path, KEY)
    db.execute("UPDATE jobs SET body = x'a0'")
    db.close()
    store = open_database(path, KEY)
    with pytest.raises(DatabaseDamaged, match="job 1"):
        await store.jobs()
    await store.close()


async def test_an_unfinished_creation_is_begun_again(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.with_name(path.name + ".new").write_bytes(os.urandom(5000))
    path.with_name(path.name + ".new-wal").write_bytes(os.urandom(500))
    store = open_database(path, KEY)
    assert await store.jobs() == []
    assert not path.with_name(path.name + ".new").exists()
    await store.close()


def test_a_file_where_the_folder_should_be_is_told(path: Path) -> None:
    path.parent.parent.mkdir(parents=True)
    path.parent.write_bytes(b"")
    with pytest.raises(DatabaseUnwritable):
        open_database(path, KEY)


# --- two at once -------------------------------------------------------------------------------

WRITER = """
import asyncio, sys
from pathlib import Path
from medrec.store.database import open_database
from tests.support.local_data import new_job, sealed, some_bytes

async def main(path, name):
    store = open_database(Path(path), some_bytes("key"))
    print("open", flush=True)
    for n in range(30):
        job = await store.add_job(new_job(title=f"{name} {n}"), dict([sealed((name, n))]))
        await store.reserve_nonce(job.id, job.account, 0)
    await store.close()

asyncio.run(main(*sys.argv[1:]))
"""

HOLDER = """
import asyncio, sys
from pathlib import Path
from medrec.store.database import open_database
from tests.support.local_data import some_bytes

async def main(path):
    async with open_database(Path(path), some_bytes("key")).exclusive():
        print("held", flush=True)
        await asyncio.sleep(60)

asyncio.run(main(sys.argv[1]))
"""


def run_python(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


async def test_processes_that_open_a_new_database_at_once_lose_nothing(path: Path) -> None:
    children = [run_python(WRITER, str(path), name) for name in ("a", "b", "c")]
    for child in children:
        child.communicate(timeout=60)
        assert child.returncode == 0
    store = open_database(path, KEY)
    titles = [job.title for job in await store.jobs()]
    assert sorted(titles) == sorted(f"{name} {n}" for name in "abc" for n in range(30))
    assert None not in [await store.spooled(sealed((t[0], int(t[2:])))[0]) for t in titles]
    last = await store.add_job(new_job(), {})
    assert await store.reserve_nonce(last.id, DOCTOR, 0) == 90, "each job had a nonce of its own"
    await store.close()


async def test_who_drives_the_outbox_in_another_process_is_waited_for(path: Path) -> None:
    from medrec.errors import OutboxBusy

    store = open_database(path, KEY)
    child = run_python(HOLDER, str(path))
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    with pytest.raises(OutboxBusy):
        async with store.exclusive(wait=0.2):
            pytest.fail("two processes drive at once")
    child.kill()
    child.communicate()
    async with store.exclusive(wait=5):
        pass
    await store.close()


async def test_a_database_held_too_long_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "BUSY_MS", 100)
    store = open_database(path, KEY)
    other = connect(path, KEY)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseBusy):
        await store.put("a", "b", b"c")
    assert await store.get("a", "b") is None, "readers do not wait"
    other.execute("ROLLBACK")
    await store.put("a", "b", b"c")
    other.close()
    await store.close()


# --- cancelled calls ---------------------------------------------------------------------------


async def test_a_cancelled_call_has_ended_when_it_says_so(path: Path) -> None:
    store = open_database(path, KEY)
    blocks = dict(sealed(n, 1 << 20) for n in range(8))
    writing = asyncio.create_task(store.add_job(new_job(), blocks))
    await asyncio.sleep(0.005)
    writing.cancel()
    await asyncio.sleep(0)
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    other = connect(path, KEY)
    jobs = other.execute("SELECT count(*) FROM jobs").get
    assert other.execute("SELECT count(*) FROM blocks").get == 8 * jobs
    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    other.close()
    await store.close()


async def test_a_call_cancelled_before_its_turn_does_nothing(path: Path) -> None:
    store = open_database(path, KEY)
    first = store._thread.submit(time.sleep, 0.2)
    waiting = asyncio.create_task(store.put("a", "b", b"c"))
    await asyncio.sleep(0.01)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not first.done()
    assert await store.get("a", "b") is None
    await store.close()


async def test_the_loop_goes_on_while_the_disk_is_slow(path: Path) -> None:
    store = open_database(path, KEY)
    writing = asyncio.create_task(store.spool(None, dict(sealed(n, 1 << 20) for n in range(16))))
    turns = 0
    while not writing.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns > 10
    await writing
    await store.close()


# --- what a crash left -------------------------------------------------------------------------


async def test_blocks_of_a_job_that_never_came_are_swept_when_nothing_waits(path: Path) -> None:
    store = open_database(path, KEY)
    (orphan, data), (needed, more) = sealed("orphan"), sealed("needed")
    await store.spool(None, {orphan: data})
    job = await store.add_job(new_job(Step(every_call()[0], before=(needed,))), {needed: more})
    await store.close()

    store = open_database(path, KEY)
    assert await store.spooled(orphan) == data, "a job is under way"
    await store.update_job(replace(job, state=JobState.DONE))
    await store.spool(None, {orphan: data})
    second = open_database(path, KEY)
    assert await second.spooled(orphan) == data, "its process is still there"
    await second.close()
    await store.close()

    store = open_database(path, KEY)
    assert await store.spooled(orphan) is None
    await store.close()


async def test_the_file_shrinks_again_after_a_large_job(path: Path) -> None:
    store = open_database(path, KEY)
    job = await store.add_job(new_job(), dict(sealed(n, 1 << 20) for n in range(10)))
    await store.update_job(replace(job, state=JobState.DONE))
    await store.close()
    large = path.stat().st_size
    await open_database(path, KEY).close()
    assert large > 10 << 20
    assert path.stat().st_size < 1 << 20


async def test_wrong_sql_stays_a_bug(path: Path) -> None:
    store = open_database(path, KEY)
    with pytest.raises(apsw.SQLError):
        await store._write(lambda db: db.execute("SELECT nothing FROM nowhere"))
    assert await store.jobs() == []
    await store.close()
