"""A store that swaps, cuts, flips, empties or withholds: for each kind of object that MedRec keeps.

The blocks are changed on the store's own disk, under the real FolderStore.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from medrec.crypto.bundle import decode_bundle
from medrec.domain.categories import Permission
from medrec.domain.cid import Codec, cid_from_digest
from medrec.domain.entries import Action
from medrec.domain.ids import Cid, Digest, RecordId
from medrec.errors import Arriving, BlockChanged, BlockMissing, MedRecError
from medrec.services import access
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.reading import RecordReader
from medrec.services.sources import in_memory
from medrec.services.trust import vouched_doctor
from medrec.services.work import outbox
from medrec.services.writing import Draft, add_record
from tests.support.liar import lying
from tests.support.world import DAY, NOTES, World, write

BIG = hashlib.shake_256(b"a scan").digest(1_500_000)
"""Two blocks of a part: it does not deflate."""

Use = Callable[[], Awaitable[object]]


@dataclass
class Target:
    """One stored object, and the use of it that must notice."""

    cid: Cid
    use: Use


@dataclass
class Scene:
    """People with one object of each kind between them."""

    patient: Context
    doctor: Context
    record: RecordId
    targets: dict[str, Target]


async def test_what_the_store_changes_is_noticed(world: World, subtests: pytest.Subtests):
    scene = await _scene(world)
    other = world.block_file(scene.targets["other"].cid).read_bytes()
    tampers: dict[str, Callable[[bytes], bytes]] = {
        "a bit flipped": lambda block: block[:-1] + bytes([block[-1] ^ 1]),
        "the first bit flipped": lambda block: bytes([block[0] ^ 1]) + block[1:],
        "cut": lambda block: block[:-1],
        "cut in half": lambda block: block[: len(block) // 2],
        "emptied": lambda block: b"",
        "made longer": lambda block: block + b"\x00",
        "another valid block": lambda block: other,
    }
    for kind, target in scene.targets.items():
        await target.use()
        for how, tamper in tampers.items():
            if how == "another valid block" and kind == "other":
                continue
            with (
                subtests.test(f"{kind}: {how}"),
                _changed(world, target.cid, tamper),
                pytest.raises(BlockChanged),
            ):
                await target.use()
        await target.use()


async def test_what_the_store_withholds_is_said_to_be_missing(
    world: World, subtests: pytest.Subtests
):
    scene = await _scene(world)
    for kind, target in scene.targets.items():
        with (
            subtests.test(kind),
            _withheld(world, target.cid),
            pytest.raises((Arriving, BlockMissing)),
        ):
            await target.use()
        await target.use()


async def test_a_gateway_that_does_not_check_is_not_enough_to_cheat_with_a_root(world: World):
    """The root is compared with the digest on chain once more, whatever the store's client says."""
    scene = await _scene(world)
    other = await write(scene.patient, scene.patient.me, "other")
    opened = await _read(scene.patient, scene.patient, other.record)
    swapped = await scene.patient.store.get(cid_from_digest(opened.entry.digest, Codec.DAG_CBOR))

    async def get(honest: Any, cid: Cid) -> bytes:
        return swapped if cid == scene.targets["root"].cid else await honest(cid)

    liar = replace(scene.patient, store=lying(scene.patient.store, get=get))
    with pytest.raises(BlockChanged):
        await _read(liar, scene.patient, scene.record)


async def test_one_request_that_cannot_be_read_hides_no_other(world: World):
    """A doctor who asks with a digest of nothing must not stop the patient's list of requests."""
    patient, good, bad = (
        await world.patient(),
        await world.doctor("good"),
        await world.doctor("bad"),
    )
    for doctor in (bad, good):
        await access.request(doctor, patient.me, _notes(), await world.now() + DAY, "a reason")
    await sync(patient)
    (asked,) = await patient.local.entries(actor=bad.me, actions=[Action.ACCESS_REQUESTED])
    cid = cid_from_digest(asked.digest, Codec.RAW)
    with _withheld(world, cid):
        assert good.me in [row.doctor for row in await access.requests(patient)]
    with _changed(world, cid, lambda block: block[:-1]):
        assert good.me in [row.doctor for row in await access.requests(patient)]
    assert {row.doctor for row in await access.requests(patient)} == {good.me, bad.me}


async def test_revoking_waits_for_no_store(world: World):
    """Nobody can keep a patient from revoking: not by taking the store, nor one profile away."""
    patient, gone, stays = (
        await world.patient(),
        await world.doctor("gone"),
        await world.doctor("stays"),
    )
    for doctor in (gone, stays):
        await world.grant(patient, doctor, [NOTES], [NOTES])
    hidden = world.store_folder.with_name("hidden")
    world.store_folder.rename(hidden)
    with contextlib.suppress(MedRecError):
        await access.revoke(patient, [gone.me])
    held = await patient.chain.grant(patient.me, gone.me)
    assert held is not None
    assert not held.live(await world.now() + 1), "revoked, store or no store"

    hidden.rename(world.store_folder)
    await outbox(patient).resume()
    written = await write(patient, patient.me, "after")
    await sync(stays)
    assert (await _read(stays, patient, written.record)).manifest.title == "after"


async def test_a_missing_profile_of_one_reader_stops_no_revocation(world: World):
    patient, gone, stays = (
        await world.patient(),
        await world.doctor("gone"),
        await world.doctor("stays"),
    )
    for doctor in (gone, stays):
        await world.grant(patient, doctor, [NOTES], [NOTES])
    (announced,) = await patient.local.entries(actor=stays.me, actions=[Action.DOCTOR_REGISTERED])
    with _withheld(world, cid_from_digest(announced.digest, Codec.RAW)):
        await access.revoke(patient, [gone.me])
    written = await write(patient, patient.me, "after")
    await sync(stays)
    assert (await _read(stays, patient, written.record)).manifest.title == "after"


async def _scene(world: World) -> Scene:
    """A record by a doctor with a large attachment, read under a bundle's envelope."""
    patient, doctor, leaver, asker = (
        await world.patient(),
        await world.doctor("doctor"),
        await world.doctor("leaver"),
        await world.doctor("asker"),
    )
    await world.grant(patient, doctor, [NOTES], [NOTES])
    await world.grant(patient, leaver, [NOTES])
    await world.revoke(patient, leaver)
    await sync(doctor)
    parts = (
        in_memory("note.txt", "text/plain", b"A note."),
        in_memory("scan.bin", "application/octet-stream", BIG),
    )
    written = await add_record(doctor, patient.me, Draft(NOTES, "A note", parts))
    await access.request(asker, patient.me, _notes(), await world.now() + DAY, "a reason")
    other = await write(patient, patient.me, "other")
    for person in (patient, doctor):
        await sync(person)
    opened = await (await RecordReader.open(patient, patient.me)).read(written.record)

    async def read_all(reader: Context, record: RecordId) -> None:
        found = await RecordReader.open(reader, patient.me)
        it = await found.read(record)
        for part in it.manifest.parts:
            await found.part_bytes(it, part)

    async def as_doctor() -> None:
        await read_all(doctor, written.record)

    async def as_patient() -> None:
        await read_all(patient, written.record)

    async def other_record() -> None:
        await read_all(patient, other.record)

    async def vouch() -> None:
        await vouched_doctor(patient, doctor.me)

    async def requests() -> None:
        entry = (await patient.local.entries(actor=asker.me, actions=[Action.ACCESS_REQUESTED]))[0]
        await patient.store.get(cid_from_digest(entry.digest, Codec.RAW))

    bundle = await _digest(patient, Action.ACCESS_REVOKED, ref=leaver)
    profile = await _digest(patient, Action.DOCTOR_REGISTERED, actor=doctor)
    credential = await _digest(patient, Action.DOCTOR_STATUS_CHANGED, ref=doctor)
    request = await _digest(patient, Action.ACCESS_REQUESTED, actor=asker)
    bundle_cid = cid_from_digest(bundle, Codec.DAG_CBOR)
    envelopes = decode_bundle(
        await patient.store.get(bundle_cid),
        chain_id=world.network.chain_id,
        contract=patient.doctor_contract,
        patient=patient.me,
    ).envelopes
    scan = opened.manifest.parts[1]
    other_entry = (await patient.local.entries(ref=other.record, actions=[Action.RECORD_CREATED]))[
        0
    ]
    targets = {
        "root": Target(cid_from_digest(opened.entry.digest, Codec.DAG_CBOR), as_patient),
        "body": Target(opened.root.body[0], as_patient),
        "part": Target(scan.blocks[-1], as_patient),
        "envelope": Target(envelopes[doctor.me], as_doctor),
        "bundle": Target(bundle_cid, as_doctor),
        "profile": Target(cid_from_digest(profile, Codec.RAW), vouch),
        "credential": Target(cid_from_digest(credential, Codec.RAW), vouch),
        "credential of an author": Target(cid_from_digest(credential, Codec.RAW), as_patient),
        "request": Target(cid_from_digest(request, Codec.RAW), requests),
        "other": Target(cid_from_digest(other_entry.digest, Codec.DAG_CBOR), other_record),
    }
    assert len(scan.blocks) > 1
    return Scene(patient, doctor, written.record, targets)


async def _digest(
    context: Context, action: Action, *, ref: Context | None = None, actor: Context | None = None
) -> Digest:
    wanted = None if ref is None else bytes(12) + bytes.fromhex(ref.me[2:])
    entries = await context.local.entries(
        ref=wanted, actor=actor.me if actor else None, actions=[action]
    )
    return entries[-1].digest


async def _read(reader: Context, patient: Context, record: RecordId) -> Any:
    return await (await RecordReader.open(reader, patient.me)).read(record)


def _notes() -> Permission:
    return Permission(frozenset({NOTES}))


@contextlib.contextmanager
def _changed(world: World, cid: Cid, tamper: Callable[[bytes], bytes]) -> Iterator[None]:
    path = world.block_file(cid)
    true = path.read_bytes()
    _write(path, tamper(true))
    try:
        yield
    finally:
        _write(path, true)


@contextlib.contextmanager
def _withheld(world: World, cid: Cid) -> Iterator[None]:
    path = world.block_file(cid)
    hidden = path.with_name(path.name + ".hidden")
    path.rename(hidden)
    try:
        yield
    finally:
        hidden.rename(path)


def _write(path: Path, data: bytes) -> None:
    path.chmod(0o600)
    path.write_bytes(data)
