"""What every ContentStore does, on a folder and on a real Kubo."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from medrec.domain.cid import MAX_BLOCK, Codec, cid_of
from medrec.domain.ids import Cid
from medrec.domain.ports import ContentStore
from medrec.errors import (
    BadObject,
    BlockChanged,
    BlockMissing,
    MedRecError,
    StoreDown,
    StoreRefused,
)
from medrec.ipfs.daemon import KuboDaemon
from medrec.ipfs.folder import FolderStore
from medrec.ipfs.kubo import KuboStore
from medrec.ipfs.open import open_store
from tests.support.blocks import Block, cbor_of, link, node, node_of, raw, raw_of
from tests.support.kubo import block_file
from tests.support.waiting import PATIENCE


@dataclass(frozen=True)
class Rig:
    """A store under test, and what the world does to it."""

    store: ContentStore
    collect: Callable[[], Awaitable[int]]
    file_of: Callable[[Cid], Path]
    go_down: Callable[[], Awaitable[None]]


@pytest.fixture(params=["folder", pytest.param("kubo", marks=pytest.mark.kubo)])
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    if request.param == "folder":
        yield _folder_rig(tmp_path / "store")
        return
    daemon: KuboDaemon = request.getfixturevalue("kubo_daemon")
    store = open_store(await daemon.up())
    keeper = open_store(daemon.admin_config())
    assert isinstance(keeper, KuboStore)
    yield Rig(
        store=store,
        collect=keeper.collect_garbage,
        file_of=lambda cid: block_file(daemon, cid),
        go_down=daemon.down,
    )
    await store.close()
    await keeper.close()
    await daemon.up()


def _folder_rig(root: Path) -> Rig:
    FolderStore.create(root)
    store = FolderStore(root)

    def file_of(cid: Cid) -> Path:
        found = [file for file in root.glob("blocks/*/*") if _holds(file, cid)]
        return found[0]

    async def go_down() -> None:
        root.rename(root.with_name("taken-away"))

    return Rig(store, store.collect_garbage, file_of, go_down)


def _holds(file: Path, cid: Cid) -> bool:
    return cid in (cid_of(file.read_bytes(), codec) for codec in Codec)


async def _put(store: ContentStore, *blocks: Block) -> None:
    for block in blocks:
        await store.put(block.cid, block.data)


async def test_gives_back_what_was_put(rig: Rig) -> None:
    for block in (raw(), node()):
        assert not await rig.store.has(block.cid)
        await _put(rig.store, block)
        assert await rig.store.has(block.cid)
        assert await rig.store.get(block.cid) == block.data


@pytest.mark.parametrize("size", [0, 1, 65_535, 262_144, 262_145, MAX_BLOCK - 1, MAX_BLOCK])
async def test_takes_every_size_up_to_one_mebibyte(rig: Rig, size: int) -> None:
    block = raw(size)
    await _put(rig.store, block)
    assert await rig.store.get(block.cid) == block.data


async def test_refuses_more_than_one_mebibyte(rig: Rig) -> None:
    block = raw(MAX_BLOCK + 1)
    with pytest.raises(ValueError, match="over 1 MiB"):
        await _put(rig.store, block)
    assert not await rig.store.has(block.cid)


async def test_refuses_a_cid_that_is_not_the_datas(rig: Rig) -> None:
    one, other = raw(), raw()
    with pytest.raises(ValueError, match="CID"):
        await rig.store.put(one.cid, other.data)
    assert not await rig.store.has(one.cid)
    assert not await rig.store.has(other.cid)


@pytest.mark.parametrize(
    "cid",
    [
        "",
        "bafy",
        "../../etc/passwd",
        "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG",
        "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyk/",
        "BAFKREIHDWDCEFGH4DQKJV67UZCMW7OJEE6XEDZDETOJUZJEVTENXQUVYKU",
    ],
)
async def test_refuses_what_is_none_of_our_cids(rig: Rig, cid: str) -> None:
    named = Cid(cid)
    for call in (rig.store.get, rig.store.has, rig.store.pin, rig.store.unpin):
        with pytest.raises(ValueError, match="CID"):
            await call(named)
    with pytest.raises(ValueError, match="CID"):
        await rig.store.put(named, b"")


async def test_putting_again_is_harmless(rig: Rig) -> None:
    block = raw()
    await _put(rig.store, block, block)
    assert await rig.store.get(block.cid) == block.data


async def test_a_block_is_found_by_its_hash_under_either_codec(rig: Rig) -> None:
    block = node()
    await _put(rig.store, block)
    assert await rig.store.get(raw_of(block.data).cid) == block.data


async def test_many_puts_and_gets_at_once(rig: Rig) -> None:
    blocks = [raw(10_000 + number) for number in range(40)]
    same = raw(200_000)
    await asyncio.gather(*(_put(rig.store, block) for block in [*blocks, *[same] * 10]))
    read = await asyncio.gather(*(rig.store.get(block.cid) for block in [*blocks, same]))
    assert read == [block.data for block in [*blocks, same]]


async def test_a_missing_block_is_said_at_once_and_by_name(rig: Rig) -> None:
    block = raw()
    # A store that asks others for it does not come back.
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(BlockMissing) as missing:
            await rig.store.get(block.cid)
    assert missing.value.facts == {"cid": block.cid}
    assert not await rig.store.has(block.cid)


async def test_collecting_keeps_what_a_pin_reaches_and_removes_the_rest(rig: Rig) -> None:
    leaf, shared, loose = raw(), raw(), raw()
    inner = node([shared.cid])
    root = node([leaf.cid, inner.cid, shared.cid])
    lonely = node([loose.cid])
    await _put(rig.store, leaf, shared, loose, inner, root, lonely)
    await rig.store.pin(root.cid)
    assert await rig.collect() >= 2
    for kept in (leaf, shared, inner, root):
        assert await rig.store.get(kept.cid) == kept.data
    for gone in (loose, lonely):
        assert not await rig.store.has(gone.cid)


async def test_what_is_unpinned_goes_with_the_next_collection(rig: Rig) -> None:
    leaf = raw()
    root = node([leaf.cid])
    await _put(rig.store, leaf, root)
    await rig.store.pin(root.cid)
    await rig.store.pin(leaf.cid)
    await rig.store.unpin(root.cid)
    await rig.collect()
    assert not await rig.store.has(root.cid)
    assert await rig.store.has(leaf.cid)


async def test_pinning_and_unpinning_again_is_harmless(rig: Rig) -> None:
    block = raw()
    await _put(rig.store, block)
    for change in (rig.store.pin, rig.store.pin, rig.store.unpin, rig.store.unpin):
        await change(block.cid)
    await rig.store.unpin(raw().cid)


async def test_a_pin_names_the_missing_block(rig: Rig) -> None:
    leaf, absent = raw(), raw()
    inner = node([leaf.cid, absent.cid])
    root = node([leaf.cid, inner.cid])
    await _put(rig.store, leaf, inner, root)
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(BlockMissing) as missing:
            await rig.store.pin(root.cid)
    assert missing.value.facts == {"cid": absent.cid}
    await rig.collect()
    assert not await rig.store.has(root.cid)
    with pytest.raises(BlockMissing):
        await rig.store.pin(root.cid)


async def test_pins_a_root_of_many_links(rig: Rig) -> None:
    leaves = [raw(1000) for _ in range(200)]
    root = node([leaf.cid for leaf in leaves])
    await asyncio.gather(*(_put(rig.store, block) for block in [*leaves, root]))
    await rig.store.pin(root.cid)
    await rig.collect()
    assert all([await rig.store.has(leaf.cid) for leaf in leaves])


@pytest.mark.parametrize(
    "block",
    [
        node_of(b"\xff\xff"),
        node_of(b""),
        cbor_of({"link": link(raw().cid).__class__(42, b"\x00\x01\x55")}),
        cbor_of({"link": link(raw().cid).__class__(42, "text")}),
    ],
    ids=["no-cbor", "empty", "link-of-another-kind", "link-of-text"],
)
async def test_does_not_pin_what_cannot_be_followed(rig: Rig, block: Block) -> None:
    await _put(rig.store, block)
    with pytest.raises(BadObject):
        await rig.store.pin(block.cid)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:500] + bytes([data[500] ^ 1]) + data[501:],
        lambda data: data[:-1],
        lambda data: data + b"\x00",
        lambda data: bytes(len(data)),
        lambda data: data * 2000,
    ],
    ids=["flipped", "cut", "longer", "zeroed", "far-too-long"],
)
async def test_never_gives_back_a_block_that_was_changed_on_disk(
    rig: Rig, spoil: Callable[[bytes], bytes]
) -> None:
    block = raw(1000)
    await _put(rig.store, block)
    file = rig.file_of(block.cid)
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(BlockChanged) as changed:
        await rig.store.get(block.cid)
    assert changed.value.facts == {"cid": block.cid}
    await _put(rig.store, block)
    assert await rig.store.get(block.cid) == block.data, "putting it again repairs it"


async def test_an_emptied_block_is_changed_or_missing(rig: Rig) -> None:
    block = raw()
    await _put(rig.store, block)
    rig.file_of(block.cid).write_bytes(b"")
    with pytest.raises((BlockChanged, BlockMissing)):
        await rig.store.get(block.cid)


async def test_does_not_follow_a_root_that_was_changed_on_disk(rig: Rig) -> None:
    leaf, other = raw(), raw()
    root = node([leaf.cid])
    await _put(rig.store, leaf, other, root)
    rig.file_of(root.cid).write_bytes(node([other.cid]).data)
    with pytest.raises(BlockChanged):
        await rig.store.pin(root.cid)


async def test_what_is_there_stays_there_for_the_next_one(rig: Rig) -> None:
    block = raw()
    await _put(rig.store, block)
    await rig.store.close()
    assert await rig.store.get(block.cid) == block.data


async def test_says_what_it_is(rig: Rig) -> None:
    await _put(rig.store, raw(5000), raw(6000))
    status = await rig.store.status()
    assert status["kind"] in ("folder", "kubo")
    blocks, size = status["blocks"], status["bytes"]
    assert isinstance(blocks, int)
    assert isinstance(size, int)
    assert blocks >= 2
    assert size >= 11_000
    assert str(status["location"])


async def test_a_store_that_is_down_says_so_in_a_sentence_soon(rig: Rig) -> None:
    block = raw()
    await _put(rig.store, block)
    await rig.go_down()
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: rig.store.put(block.cid, block.data),
        lambda: rig.store.get(block.cid),
        lambda: rig.store.has(block.cid),
        lambda: rig.store.pin(block.cid),
        lambda: rig.store.unpin(block.cid),
        rig.store.status,
        rig.collect,
    ]
    for call in calls:
        with pytest.raises(StoreDown) as down:
            async with asyncio.timeout(PATIENCE):
                await call()
        assert "does not answer" in down.value.sentence
        assert "when it is back" in down.value.sentence


@pytest.mark.kubo
async def test_both_stores_hold_the_same_blocks_under_the_same_cids(
    kubo_daemon: KuboDaemon, tmp_path: Path
) -> None:
    kubo = open_store(await kubo_daemon.up())
    folder = open_store(FolderStore.create(tmp_path / "store"))
    leaves = [raw_of(b""), raw(1), raw(MAX_BLOCK)]
    root = node([leaf.cid for leaf in leaves])
    for store in (kubo, folder):
        await _put(store, *leaves, root)
        await store.pin(root.cid)
    for block in [*leaves, root]:
        assert await kubo.get(block.cid) == await folder.get(block.cid) == block.data
    assert block_file(kubo_daemon, root.cid).read_bytes() == root.data
    await kubo.close()
    await folder.close()


@pytest.mark.kubo
async def test_a_wrong_token_is_refused(kubo_daemon: KuboDaemon) -> None:
    location = (await kubo_daemon.up()).location
    block = raw()
    for token in ("guessed", None):
        store = KuboStore(location, token)
        for call in (store.get, store.has, store.pin, store.unpin):
            with pytest.raises(StoreRefused, match="token"):
                await call(block.cid)
        with pytest.raises(StoreRefused, match="token"):
            await store.put(block.cid, block.data)
        with pytest.raises(StoreRefused, match="token"):
            await store.status()
        await store.close()


@pytest.mark.kubo
async def test_a_users_token_is_good_for_no_more_than_a_user_needs(
    kubo_daemon: KuboDaemon,
) -> None:
    user = open_store(await kubo_daemon.up())
    assert isinstance(user, KuboStore)
    with pytest.raises(StoreRefused, match="token"):
        await user.collect_garbage()
    await user.close()


@pytest.mark.kubo
async def test_goes_on_after_kubo_was_started_again(kubo_daemon: KuboDaemon) -> None:
    store = open_store(await kubo_daemon.up())
    block = raw()
    await _put(store, block)
    await store.pin(block.cid)
    await kubo_daemon.down()
    with pytest.raises(MedRecError):
        await store.get(block.cid)
    assert await kubo_daemon.up() == kubo_daemon.config()
    assert await store.get(block.cid) == block.data
    await store.close()
