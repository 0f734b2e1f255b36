"""Writing and reading records: parts, amendments, who may, what is refused before it is sealed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from medrec.clinical.reading import FHIR_JSON
from medrec.crypto.record import PartSource
from medrec.domain.categories import Category, Slot
from medrec.domain.entries import Action
from medrec.domain.ids import RecordId, record_slot
from medrec.domain.outbox import JobState
from medrec.errors import (
    AccessEnded,
    CategoryNotShared,
    DoctorNotVerified,
    EmptyFile,
    FileUnreadable,
    MedRecError,
    NoAccess,
    NoSuchAttachment,
    NoSuchRecord,
    NoSuchVersion,
    NotRegisteredYet,
    NotTheAuthorsKind,
    NotYours,
    RecordIsArchived,
    StaleVersion,
    UnknownPatient,
)
from medrec.services import records
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.reading import OpenedRecord, RecordReader
from medrec.services.sources import attachment, from_file, in_memory
from medrec.services.titles import suggested
from medrec.services.writing import Draft, add_record, amended, archive_record, update_record
from tests.support.fake_store import FakeStore
from tests.support.world import (
    HOUR,
    LABS,
    MENTAL,
    NOTES,
    Recorder,
    World,
    amend,
    draft,
    read,
    write,
)

SCAN = hashlib.shake_256(b"a scan").digest(2_500_000)


async def _pair(world: World) -> tuple[Context, Context]:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES, LABS], [NOTES])
    return patient, doctor


async def _open(
    context: Context, patient: Context, record: RecordId
) -> tuple[RecordReader, OpenedRecord]:
    await sync(context)
    reader = await RecordReader.open(context, patient.me)
    return reader, await reader.read(record)


async def test_parts_come_back_byte_for_byte(world: World, tmp_path: Path):
    patient, doctor = await _pair(world)
    scan = tmp_path / "scan.dcm"
    scan.write_bytes(SCAN)
    text = "Größe, Ωμέγα, نص, 病歴 — ".encode() * 1000
    parts = (
        in_memory("note.txt", "text/plain", text),
        attachment(scan),
        in_memory("empty.bin", "application/octet-stream", b""),
        in_memory("one.bin", "application/octet-stream", b"\x00"),
    )
    written = await add_record(doctor, patient.me, Draft(NOTES, "Größe 病歴", parts))
    for who in (patient, doctor):
        reader, opened = await _open(who, patient, written.record)
        assert opened.manifest.title == "Größe 病歴"
        assert (opened.version, opened.versions, opened.category) == (1, 1, NOTES)
        assert [part.name for part in opened.manifest.parts] == [
            "note.txt",
            "scan.dcm",
            "empty.bin",
            "one.bin",
        ]
        for part, expected in zip(opened.manifest.parts, (text, SCAN, b"", b"\x00"), strict=True):
            assert await reader.part_bytes(opened, part) == expected
            assert part.size == len(expected)
    assert opened.entry.actor == doctor.me
    assert record_slot(written.record) == patient.slots.slot(NOTES)


async def test_nothing_readable_is_in_the_store(world: World):
    patient, doctor = await _pair(world)
    secret = b"a sentence that must not be found"
    part = in_memory("name-of-the-file.txt", "text/x-unusual", secret * 50)
    await add_record(doctor, patient.me, Draft(NOTES, "title of the record", (part,)))
    for block in world.stored():
        for plain in (secret, b"name-of-the-file", b"text/x-unusual", b"title of the record"):
            assert plain not in block


async def test_amending_keeps_the_attachments_that_it_does_not_change(world: World, tmp_path: Path):
    patient, doctor = await _pair(world)
    scan = in_memory("scan.bin", "application/octet-stream", SCAN)
    other = in_memory("letter.txt", "text/plain", b"first letter")
    first = in_memory("note.txt", "text/plain", b"first")
    written = await add_record(doctor, patient.me, Draft(NOTES, "One", (first, scan, other)))
    before = len(world.stored())
    main = in_memory("note.txt", "text/plain", b"second")
    letter = in_memory("letter.txt", "text/plain", b"second letter")
    await sync(doctor)
    new = await amended(doctor, patient.me, written.record, main, [letter], None)
    assert new.title == "One"
    again = await update_record(doctor, patient.me, written.record, new)
    assert again.version == 2
    added = sum(len(block) for block in world.stored()) - len(SCAN)
    assert len(world.stored()) > before
    assert added < 700_000, "the scan was not stored again"

    reader, opened = await _open(patient, patient, written.record)
    assert [p.name for p in opened.manifest.parts] == ["note.txt", "scan.bin", "letter.txt"]
    contents = [await reader.part_bytes(opened, p) for p in opened.manifest.parts]
    assert contents == [b"second", SCAN, b"second letter"]
    old = await reader.read(written.record, 1)
    contents = [await reader.part_bytes(old, p) for p in old.manifest.parts]
    assert contents == [b"first", SCAN, b"first letter"]
    assert (old.version, old.versions) == (1, 2)


async def test_a_title_follows_the_file_that_it_was_taken_from(world: World):
    """“5 mg” must not stand over a prescription of 10 mg; what somebody chose stays."""
    patient = await world.patient()

    def dose(milligrams: int) -> PartSource:
        what = {"text": f"Amlodipine {milligrams} mg"}
        data = json.dumps(
            {
                "resourceType": "MedicationRequest",
                "status": "active",
                "intent": "order",
                "medicationCodeableConcept": what,
                "subject": {"display": "x"},
            }
        ).encode()
        return in_memory("dose.json", FHIR_JSON, data)

    def title(source: PartSource) -> str:
        with source.open() as file:
            return suggested(source.name, source.media_type, file.read())

    for given, after in ((title(dose(5)), title(dose(10))), ("My pills", "My pills")):
        written = await add_record(patient, patient.me, Draft(NOTES, given, (dose(5),)))
        new = dose(10)
        draft = await amended(patient, patient.me, written.record, new, (), None, title(new))
        assert draft.title == after
    assert "10 mg" in title(dose(10))


async def test_versions_by_several_doctors(world: World):
    patient, one, two = await world.patient(), await world.doctor("one"), await world.doctor("two")
    for doctor in (one, two):
        await world.grant(patient, doctor, [NOTES], [NOTES])
    written = await write(one, patient.me, "one")
    await amend(two, patient.me, written.record, "two")
    await amend(one, patient.me, written.record, "three")
    await sync(patient)
    history = await records.history(patient, patient.me, written.record)
    assert [e.actor for e in history] == [one.me, two.me, one.me]
    reader = await RecordReader.open(patient, patient.me)
    titles = [(await reader.read(written.record, n)).manifest.title for n in (1, 2, 3)]
    assert titles == ["one", "two", "three"]
    for version in (0, 4, -1):
        with pytest.raises(NoSuchVersion):
            await reader.read(written.record, version)
    with pytest.raises(StaleVersion):
        await update_record(two, patient.me, written.record, draft("late"), base_version=2)


async def test_who_may_not_write_is_told_before_anything_is_sealed(world: World):
    patient, reader, pending, stranger = (
        await world.patient(),
        await world.doctor("reader"),
        await world.doctor("pending", verified=False),
        await world.doctor("stranger"),
    )
    await world.grant(patient, reader, [NOTES])
    other = await world.patient("other")
    nobody = await world.person("nobody")
    before = len(world.stored())
    expected: list[tuple[Context, type[MedRecError]]] = [
        (reader, CategoryNotShared),
        (pending, DoctorNotVerified),
        (stranger, NoAccess),
        (other, NotYours),
        (nobody, NotRegisteredYet),
    ]
    for author, error in expected:
        with pytest.raises(error):
            await write(author, patient.me, "not allowed")
    with pytest.raises(UnknownPatient):
        await write(reader, stranger.me, "to a doctor")
    assert len(world.stored()) == before
    for author, _ in expected:
        assert isinstance(author.local, FakeStore)
        assert not author.local._blocks, "nothing was left in the spool"
        assert not await author.local.jobs([JobState.PENDING, JobState.DRAFT])


async def test_access_that_has_ended(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES], until=await world.now() + HOUR)
    written = await write(doctor, patient.me, "in time")
    await world.pass_time(2 * HOUR)
    with pytest.raises(AccessEnded):
        await write(doctor, patient.me, "too late")
    with pytest.raises(AccessEnded):
        await read(doctor, patient.me, written.record)


async def test_the_local_clock_counts_where_it_is_ahead(world: World):
    """An idle chain stands still: its time is that of the last block."""
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES], until=await world.now() + HOUR)
    world.clock.at = await world.now() + 2 * HOUR
    with pytest.raises(AccessEnded):
        await write(doctor, patient.me, "too late by the clock on the wall")


async def test_a_prescription_is_not_the_patients_nor_the_diary_the_doctors(world: World):
    patient, doctor = await _pair(world)
    doctors, own = (
        await write(doctor, patient.me, "prescription"),
        await write(patient, patient.me, "diary"),
    )
    for author, record in ((patient, doctors.record), (doctor, own.record)):
        await sync(author)
        with pytest.raises(NotTheAuthorsKind):
            await update_record(author, patient.me, record, draft("changed"))
        with pytest.raises(NotTheAuthorsKind):
            await archive_record(author, patient.me, record, "a reason")
        part = in_memory("x.txt", "text/plain", b"x")
        with pytest.raises(NotTheAuthorsKind):
            await amended(author, patient.me, record, part, [], None)
    assert (await read(patient, patient.me, doctors.record)).version == 1


async def test_archiving(world: World):
    patient, doctor = await _pair(world)
    written = await write(doctor, patient.me, "old")
    job = await archive_record(doctor, patient.me, written.record, "entered for somebody else")
    assert job.state is JobState.DONE
    opened = await read(patient, patient.me, written.record)
    assert opened.archived
    assert opened.manifest.title == "old", "archived is not gone"
    with pytest.raises(RecordIsArchived):
        await amend(doctor, patient.me, written.record, "after all")
    for block in world.stored():
        assert b"entered for somebody else" not in block


async def test_records_and_attachments_that_are_not_there(world: World):
    patient, doctor = await _pair(world)
    written = await write(patient, patient.me, "a note")
    unknown = RecordId(bytes(32))
    await sync(doctor)
    reader = await RecordReader.open(doctor, patient.me)
    with pytest.raises(NoSuchRecord):
        await reader.read(unknown)
    with pytest.raises(NoSuchRecord):
        await update_record(doctor, patient.me, unknown, draft("of nothing"))
    opened = await reader.read(written.record)
    assert reader.part(opened, "note.txt").name == "note.txt"
    with pytest.raises(NoSuchAttachment):
        reader.part(opened, "other.txt")


async def test_files_that_cannot_be_written(tmp_path: Path):
    with pytest.raises(FileUnreadable):
        from_file(tmp_path / "absent", "text/plain")
    empty = tmp_path / "empty"
    empty.touch()
    with pytest.raises(EmptyFile):
        attachment(empty)


async def test_a_file_torn_while_it_is_sealed_leaves_nothing(world: World, tmp_path: Path):
    patient, doctor = await _pair(world)
    file = tmp_path / "scan.bin"
    file.write_bytes(SCAN)
    source = attachment(file)
    file.write_bytes(SCAN[:1_000_000])
    parts = (in_memory("note.txt", "text/plain", b"a note"), source)
    before = len(world.stored())
    with pytest.raises(MedRecError):
        await add_record(doctor, patient.me, Draft(NOTES, "torn", parts))
    assert len(world.stored()) == before
    assert not await doctor.local.jobs([JobState.PENDING, JobState.DRAFT])


async def test_looks_are_logged_and_the_patients_own_are_not(world: World):
    patient, doctor = await _pair(world)
    written = await write(patient, patient.me, "a note")
    await sync(doctor)

    async def looks() -> list[tuple[bytes, bytes]]:
        await sync(patient)
        entries = await patient.local.entries(subject=patient.me, actions=[Action.CONSULTED])
        return [(e.ref, e.digest) for e in entries]

    await records.opened(patient, patient.me, written.record)
    await records.listed(patient, patient.me)
    assert await looks() == []
    _, opened = await records.opened(doctor, patient.me, written.record)
    assert await looks() == [(written.record, opened.entry.digest)]
    await records.listed(doctor, patient.me)
    assert (await looks())[1:] == [(bytes(32), bytes(32))]
    await sync(doctor)
    await records.listed(doctor, patient.me)
    assert len(await looks()) == 2, "the chart once an hour"
    await world.pass_time(HOUR + 1)
    await records.listed(doctor, patient.me)
    assert len(await looks()) == 3


async def test_a_look_that_cannot_be_logged_shows_nothing(world: World):
    patient, doctor = await _pair(world)
    written = await write(patient, patient.me, "a note")
    await sync(doctor)
    await world.rpc("anvil_setBalance", doctor.me, "0x0")
    with pytest.raises(MedRecError):
        await records.opened(doctor, patient.me, written.record)
    with pytest.raises(MedRecError):
        await records.listed(doctor, patient.me)


async def test_the_list_holds_what_may_be_read(world: World):
    patient, doctor = await _pair(world)
    await write(patient, patient.me, "a note")
    await write(patient, patient.me, "a result", LABS)
    await write(patient, patient.me, "a letter", MENTAL)
    await sync(patient)
    await sync(doctor)
    own = await records.listed(patient, patient.me)
    assert [row.title for row in own] == ["Personal data", "a note", "a result", "a letter"]
    theirs = await records.listed(doctor, patient.me)
    assert [row.title for row in theirs] == ["Personal data", "a note", "a result"]
    assert [row.category for row in theirs] == [Category.IDENTITY, NOTES, LABS]
    assert {row.author for row in theirs} == {patient.me}
    with pytest.raises(UnknownPatient):
        await records.listed(doctor, doctor.me)


async def test_progress_is_told(world: World):
    patient, doctor = await _pair(world)
    await write(doctor, patient.me, "a note")
    assert isinstance(doctor.notifier, Recorder)
    assert "Sealing" in doctor.notifier.said
    assert any("confirm" in said for said in doctor.notifier.said)


async def test_a_category_that_is_not_shared_is_named_where_it_is_known(world: World):
    patient, doctor = await _pair(world)
    letter = await write(patient, patient.me, "a letter", MENTAL)
    with pytest.raises(CategoryNotShared):
        await read(doctor, patient.me, letter.record)
    with pytest.raises(CategoryNotShared) as caught:
        await write(doctor, patient.me, "a result", LABS)
    assert caught.value.facts["category"] == "laboratory"
    with pytest.raises(CategoryNotShared):
        await write(doctor, patient.me, "of the person", Category.IDENTITY)


async def test_readers_know_the_slots_that_they_read(world: World):
    patient, doctor = await _pair(world)
    await sync(doctor)
    reader = await RecordReader.open(doctor, patient.me)
    may = {slot for slot in map(Slot, range(16)) if reader.readable(slot)}
    assert may == {Slot(0), patient.slots.slot(NOTES), patient.slots.slot(LABS)}
    own = await RecordReader.open(patient, patient.me)
    assert all(own.readable(Slot(slot)) for slot in range(16))
