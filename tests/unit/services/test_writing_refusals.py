"""Writing is refused before anything is sealed, and leaves no draft, where that can be."""

from __future__ import annotations

import pytest

from medrec.clinical.patient import DoctorProfileFields
from medrec.domain.categories import Permission
from medrec.domain.cid import Codec, cid_from_digest
from medrec.domain.entries import Action
from medrec.domain.outbox import JobState
from medrec.errors import NotYours, RecordIsArchived, StaleVersion
from medrec.services import access, doctors, patients
from medrec.services.index import sync
from medrec.services.sources import in_memory
from medrec.services.trust import doctor_entries
from medrec.services.writing import add_record, amended, archive_record, update_record
from tests.support.world import LABS, NOTES, SOMEBODY, World, amend, draft, read, write

MORE = in_memory("note.txt", "text/plain", b"more")


async def test_an_amendment_made_from_an_older_version_overwrites_nothing(world: World) -> None:
    """Somebody writes between reading and writing: the base is the version that was read."""
    patient = await world.patient()
    written = await write(patient, patient.me, "one")
    mine = await amended(patient, patient.me, written.record, MORE, (), "mine")
    await amend(patient, patient.me, written.record, "theirs")
    with pytest.raises(StaleVersion):
        await update_record(patient, patient.me, written.record, mine)
    opened = await read(patient, patient.me, written.record)
    assert (opened.version, opened.manifest.title) == (2, "theirs")
    assert await patient.local.jobs([JobState.PENDING, JobState.DRAFT, JobState.FAILED]) == []


async def test_what_is_archived_is_refused_without_a_draft(world: World) -> None:
    patient = await world.patient()
    written = await write(patient, patient.me, "one")
    await archive_record(patient, patient.me, written.record, "by mistake")
    await sync(patient)
    with pytest.raises(RecordIsArchived):
        await archive_record(patient, patient.me, written.record, "again")
    with pytest.raises(RecordIsArchived):
        await amended(patient, patient.me, written.record, MORE, (), None)
    with pytest.raises(RecordIsArchived):
        await update_record(patient, patient.me, written.record, draft("two"))
    assert await patient.local.jobs([JobState.PENDING, JobState.DRAFT, JobState.FAILED]) == []


async def test_one_reader_without_a_good_credential_stops_no_direct_writing(world: World) -> None:
    patient, laboratory = await world.patient(), await world.doctor("lab")
    good, bad = await world.doctor("good"), await world.doctor("bad")
    for reader in (good, bad):
        await world.grant(patient, reader, [LABS])
    await world.grant(patient, laboratory, write=[LABS])
    changes = await doctor_entries(laboratory, bad.me, Action.DOCTOR_STATUS_CHANGED)
    world.block_file(cid_from_digest(changes[-1].digest, Codec.RAW)).unlink()
    await sync(laboratory)
    written = await add_record(laboratory, patient.me, draft("a result", LABS))
    for reader in (patient, good):
        assert (await read(reader, patient.me, written.record)).manifest.title == "a result"


async def test_a_role_that_cannot_is_told_so(world: World) -> None:
    patient, other, doctor = (
        await world.patient(),
        await world.patient("other"),
        await world.doctor(),
    )
    wanted, until = Permission(frozenset({NOTES})), await world.now() + 3600
    await sync(other)
    with pytest.raises(NotYours, match="not a doctor's"):
        await add_record(other, patient.me, draft("not mine to write"))
    with pytest.raises(NotYours, match="not a doctor's"):
        await access.request(other, patient.me, wanted, until, "x")
    with pytest.raises(NotYours):
        await patients.register(doctor, SOMEBODY)
    with pytest.raises(NotYours):
        await doctors.register(patient, DoctorProfileFields("A", "B", "C", "L-3"))
