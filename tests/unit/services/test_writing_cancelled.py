"""A person stops while a large file is being sealed: its thread ends with the act."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from typing import BinaryIO

import pytest

from medrec.crypto.record import PartSource
from medrec.domain.ids import Cid
from medrec.domain.outbox import JobId
from medrec.services.writing import Draft, add_record
from tests.support.fake_store import FakeStore
from tests.support.world import NOTES, World

SIZE = 4_000_000


class HeldStore(FakeStore):
    """Keeps sealed blocks only once it may."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = asyncio.Event()
        self.may = asyncio.Event()

    async def spool(self, job: JobId | None, blocks: Mapping[Cid, bytes]) -> None:
        self.asked.set()
        await self.may.wait()
        await super().spool(job, blocks)


class Scan:
    """A large file; whoever reads it closes it at the end."""

    def __init__(self) -> None:
        self.files: list[BinaryIO] = []

    def open(self) -> BinaryIO:
        self.files.append(io.BytesIO(bytes(SIZE)))
        return self.files[-1]


async def test_the_thread_that_seals_has_ended_before_the_act_has(world: World):
    store = HeldStore()
    store.may.set()
    patient = await world.patient(local=store)
    store.may.clear()
    store.asked.clear()
    before = await patient.local.jobs()
    scan = Scan()
    part = PartSource("scan.dcm", "application/dicom", SIZE, scan.open)
    act = asyncio.create_task(add_record(patient, patient.me, Draft(NOTES, "Scan", (part,))))
    await store.asked.wait()

    act.cancel()
    await asyncio.sleep(0)
    act.cancel()
    assert not (await asyncio.wait([act], timeout=0.2))[0], "the thread still holds a block"
    store.may.set()
    with pytest.raises(asyncio.CancelledError):
        await act

    assert scan.files
    assert all(file.closed for file in scan.files)
    assert await patient.local.jobs() == before
