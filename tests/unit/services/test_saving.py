"""Parts of a record, written to a file of the user's."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path

import pytest

from medrec.domain.categories import Category
from medrec.domain.cid import Codec, cid_from_digest
from medrec.errors import FileUnreadable, StoreDown
from medrec.services.index import sync
from medrec.services.saving import save_all, save_part
from medrec.services.sources import in_memory
from medrec.services.writing import Draft, add_record
from tests.support.liar import Lie, lying
from tests.support.world import World, write


async def test_the_record_s_file_and_an_attachment_come_back_byte_for_byte(
    world: World, tmp_path: Path
) -> None:
    patient = await world.patient()
    scan = secrets.token_bytes(3 << 20)
    parts = (
        in_memory("letter.txt", "text/plain", b"Dear Sir\r\n"),
        in_memory("scan.bin", "application/octet-stream", scan),
    )
    await sync(patient)
    draft = Draft(Category.DOCUMENTS, "Letter", parts)
    written = await add_record(patient, patient.me, draft)
    await sync(patient)

    own, attached = tmp_path / "letter.txt", tmp_path / "scan.bin"
    own.write_bytes(b"an older file, which the person chose to replace")
    assert await save_part(patient, patient.me, written.record, own) == 10
    await save_part(patient, patient.me, written.record, attached, version=1, name="scan.bin")

    assert own.read_bytes() == b"Dear Sir\r\n"
    assert attached.read_bytes() == scan


async def test_what_does_not_arrive_whole_leaves_the_file_as_it_was(
    world: World, tmp_path: Path
) -> None:
    patient = await world.patient()
    part = in_memory("a.bin", "application/octet-stream", secrets.token_bytes(3 << 20))
    await sync(patient)
    written = await add_record(patient, patient.me, Draft(Category.DOCUMENTS, "A", (part,)))
    await sync(patient)
    target = tmp_path / "a.bin"
    target.write_bytes(b"before")
    asked = 0

    async def get(honest: Lie, cid: object) -> object:
        nonlocal asked
        asked += 1
        if asked > 4:
            raise StoreDown(location="the store")
        return await honest(cid)

    away = replace(patient, store=lying(patient.store, get=get))
    with pytest.raises(StoreDown):
        await save_part(away, patient.me, written.record, target)
    assert target.read_bytes() == b"before"
    assert list(tmp_path.glob(".a.bin*")) == []


async def test_a_folder_that_is_not_there_is_told(world: World, tmp_path: Path) -> None:
    patient = await world.patient()
    part = in_memory("a.txt", "text/plain", b"a")
    await sync(patient)
    written = await add_record(patient, patient.me, Draft(Category.DOCUMENTS, "A", (part,)))
    await sync(patient)
    with pytest.raises(FileUnreadable):
        await save_part(patient, patient.me, written.record, tmp_path / "no" / "a.txt")


async def test_every_record_is_saved_in_a_folder_of_its_own(world: World, tmp_path: Path) -> None:
    patient = await world.patient()
    await write(patient, patient.me, "../Visit: 3/4")
    broken = await write(patient, patient.me, "Broken")
    await sync(patient)
    entry = (await patient.local.entries(ref=broken.record))[0]
    world.block_file(cid_from_digest(entry.digest, Codec.DAG_CBOR)).unlink()

    out = tmp_path / "out"
    saved = await save_all(patient, patient.me, out)

    assert (saved.records, saved.files, len(saved.left_out)) == (2, 2, 1)
    assert (out / "0001 Personal data" / "patient.json").is_file()
    text = (out / "0002 _Visit_ 3_4" / "note.txt").read_text()
    assert text == "The text of “../Visit: 3/4”."


async def test_nothing_is_saved_into_a_folder_that_holds_something(
    world: World, tmp_path: Path
) -> None:
    patient = await world.patient()
    (tmp_path / "mine").touch()
    with pytest.raises(FileUnreadable, match="holds something"):
        await save_all(patient, patient.me, tmp_path)
    with pytest.raises(FileUnreadable):
        await save_all(patient, patient.me, tmp_path / "mine")
