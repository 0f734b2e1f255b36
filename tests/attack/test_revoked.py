"""Those whose access has ended, or never reached so far, with everything that they ever saw."""

from __future__ import annotations

from dataclasses import replace

import pytest

from medrec.domain.categories import Category
from medrec.domain.ids import Address, JobId
from medrec.domain.outbox import JobState
from medrec.errors import (
    AccessEnded,
    CategoryNotShared,
    DoctorNotVerified,
    MedRecError,
    NoAccess,
    NodeDown,
    SlotSpoiled,
    WaitsInOutbox,
)
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.keyring import keys_to
from medrec.services.work import outbox
from tests.attack.hoard import Hoard
from tests.support.liar import failing, lying
from tests.support.world import HOUR, LABS, MENTAL, NOTES, World, amend, elsewhere, read, write


async def test_revoked_doctor_with_everything_reads_nothing_written_later(world: World):
    patient, gone, stays = (
        await world.patient(),
        await world.doctor("gone"),
        await world.doctor("stays"),
    )
    for doctor in (gone, stays):
        await world.grant(patient, doctor, [NOTES, LABS], [NOTES])
    before = await write(stays, patient.me, "before")
    hoarded = world.stored()
    await world.revoke(patient, gone)
    await write(stays, patient.me, "after, by a doctor")
    await write(patient, patient.me, "after, by the patient", Category.LABORATORY)
    await amend(stays, patient.me, before.record, "after, an amendment")

    hoard = await Hoard.of(world, gone, patient)
    hoard.keep(hoarded)
    assert hoard.envelopes(), "the doctor still has the envelopes of before"
    assert hoard.titles() == {"before", "Personal data"}

    mine = await Hoard.of(world, stays, patient)
    mine.keep(hoarded)
    assert mine.titles() == {
        "Personal data",
        "before",
        "after, by a doctor",
        "after, by the patient",
        "after, an amendment",
    }


async def test_revoked_doctors_application_refuses_too(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    before = await write(doctor, patient.me, "before")
    assert (await read(doctor, patient.me, before.record)).manifest.title == "before"
    await world.revoke(patient, doctor)
    with pytest.raises(AccessEnded):
        await read(doctor, patient.me, before.record)
    with pytest.raises(AccessEnded):
        await write(doctor, patient.me, "after")


async def test_revoked_twice_between_grants_reads_no_gap(world: World):
    """Granted, revoked, granted from today, revoked: what was written in between stays shut."""
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES])
    await write(patient, patient.me, "first time")
    await world.revoke(patient, doctor)
    await write(patient, patient.me, "in between")
    await world.grant(patient, doctor, [NOTES], from_today=True)
    await write(patient, patient.me, "second time")
    await world.revoke(patient, doctor)
    await write(patient, patient.me, "after")

    hoard = await Hoard.of(world, doctor, patient)
    assert hoard.titles() == {"Personal data", "first time", "second time"}


async def test_expired_doctor_reads_nothing_written_after_the_rotation(world: World):
    patient, gone, stays = (
        await world.patient(),
        await world.doctor("gone"),
        await world.doctor("stays"),
    )
    await world.grant(patient, gone, [NOTES], until=await world.now() + HOUR)
    await world.grant(patient, stays, [NOTES], [NOTES])
    await write(stays, patient.me, "before")
    await world.pass_time(2 * HOUR)

    with pytest.raises(SlotSpoiled):
        await write(stays, patient.me, "while the expired one holds a current key")
    await world.rotate(patient)
    await write(stays, patient.me, "after")

    assert (await Hoard.of(world, gone, patient)).titles() == {"Personal data", "before"}
    assert "after" in (await Hoard.of(world, stays, patient)).titles()


async def test_patients_own_writing_rotates_first(world: World):
    patient, gone = await world.patient(), await world.doctor()
    await world.grant(patient, gone, [NOTES], until=await world.now() + HOUR)
    await write(patient, patient.me, "before")
    await world.pass_time(2 * HOUR)
    await write(patient, patient.me, "after")
    assert (await Hoard.of(world, gone, patient)).titles() == {"Personal data", "before"}


async def test_access_that_ends_while_the_job_waits_gets_nothing(world: World):
    """A job that waits for days must not publish under a key that an expired doctor holds."""
    patient, gone, stays = (
        await world.patient(),
        await world.doctor("gone"),
        await world.doctor("stays"),
    )
    await world.grant(patient, gone, [NOTES], until=await world.now() + HOUR)
    await world.grant(patient, stays, [NOTES], [NOTES])
    waiting = await sealed_and_waiting(stays, patient.me, "after")
    await world.pass_time(2 * HOUR)

    with pytest.raises(SlotSpoiled):
        await outbox(stays).retry(waiting)
    assert "after" not in (await Hoard.of(world, gone, patient)).titles()
    await world.rotate(patient)
    await sync(stays)
    done = await outbox(stays).retry(waiting)
    assert done.state is JobState.DONE
    assert "after" not in (await Hoard.of(world, gone, patient)).titles()
    assert "after" in (await Hoard.of(world, stays, patient)).titles()


async def test_suspended_doctor_reads_nothing_written_after_the_rotation(world: World):
    patient, gone, stays = (
        await world.patient(),
        await world.doctor("gone"),
        await world.doctor("stays"),
    )
    for doctor in (gone, stays):
        await world.grant(patient, doctor, [NOTES], [NOTES])
    before = await write(stays, patient.me, "before")
    await world.suspend(gone)

    with pytest.raises(DoctorNotVerified):
        await read(gone, patient.me, before.record)
    with pytest.raises(SlotSpoiled):
        await write(stays, patient.me, "while the suspended one holds a current key")
    await world.rotate(patient)
    await write(stays, patient.me, "after")
    assert (await Hoard.of(world, gone, patient)).titles() == {"Personal data", "before"}
    assert "after" in (await Hoard.of(world, stays, patient)).titles()


async def test_from_today_opens_nothing_written_before(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    before = await write(patient, patient.me, "before")
    await world.grant(patient, doctor, [NOTES], from_today=True)
    after = await write(patient, patient.me, "after")

    hoard = await Hoard.of(world, doctor, patient)
    assert hoard.titles() == {"Personal data", "after"}
    assert (await read(doctor, patient.me, after.record)).manifest.title == "after"
    with pytest.raises(MedRecError):
        await read(doctor, patient.me, before.record)


async def test_from_today_stays_so_through_rotations(world: World):
    patient, doctor, other = (
        await world.patient(),
        await world.doctor("today"),
        await world.doctor("other"),
    )
    await write(patient, patient.me, "before")
    await world.grant(patient, doctor, [NOTES], from_today=True)
    await world.grant(patient, other, [NOTES])
    await write(patient, patient.me, "after")
    await world.revoke(patient, other)
    await write(patient, patient.me, "later")
    assert (await Hoard.of(world, doctor, patient)).titles() == {"Personal data", "after", "later"}


async def test_from_today_stays_so_when_the_patient_comes_back_from_words(world: World):
    """The patient's local database is lost; the next rotation must not open the history."""
    patient, doctor, other = (
        await world.patient(),
        await world.doctor("today"),
        await world.doctor("other"),
    )
    await write(patient, patient.me, "before")
    await world.grant(patient, doctor, [NOTES], from_today=True)
    await world.grant(patient, other, [NOTES])
    await write(patient, patient.me, "after")
    restored = elsewhere(world, patient)
    await world.revoke(restored, other)
    later = await write(restored, patient.me, "later")

    hoard = await Hoard.of(world, doctor, patient)
    assert hoard.titles() == {"Personal data", "after", "later"}
    assert (await read(doctor, patient.me, later.record)).manifest.title == "later"


async def test_category_added_from_today_opens_nothing_written_before(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], from_today=True)
    await write(patient, patient.me, "a note")
    await write(patient, patient.me, "an older result", LABS)
    await world.grant(patient, doctor, [NOTES, LABS], from_today=True)
    await write(patient, patient.me, "a newer result", LABS)
    hoard = await Hoard.of(world, doctor, patient)
    assert hoard.titles() == {"Personal data", "a note", "a newer result"}


async def test_one_category_opens_no_other(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES])
    await write(patient, patient.me, "a note")
    secret = await write(patient, patient.me, "a psychiatrist's letter", MENTAL)

    assert (await Hoard.of(world, doctor, patient)).titles() == {"Personal data", "a note"}
    with pytest.raises(CategoryNotShared):
        await read(doctor, patient.me, secret.record)
    with pytest.raises(CategoryNotShared):
        await write(doctor, patient.me, "no right to write")
    slots = (await keys_to(doctor, patient.me)).slots
    assert set(slots.by_category) == {Category.IDENTITY, NOTES}, "no other slot is told"


async def test_write_only_doctor_reads_only_what_they_wrote(world: World):
    patient, laboratory, reader = (
        await world.patient(),
        await world.doctor("laboratory"),
        await world.doctor("reader"),
    )
    await world.grant(patient, laboratory, [], [LABS])
    await world.grant(patient, reader, [LABS], [LABS])
    await write(patient, patient.me, "the patient's own", LABS)
    await write(reader, patient.me, "the reader's", LABS)
    written = await write(laboratory, patient.me, "the laboratory's", LABS)

    hoard = await Hoard.of(world, laboratory, patient)
    assert hoard.titles() == {"Personal data", "the laboratory's"}
    with pytest.raises(CategoryNotShared):
        await read(laboratory, patient.me, written.record)
    for allowed in (patient, reader):
        opened = await read(allowed, patient.me, written.record)
        assert opened.manifest.title == "the laboratory's"


async def test_directly_sealed_is_shut_to_the_revoked(world: World):
    patient, laboratory, gone = (
        await world.patient(),
        await world.doctor("laboratory"),
        await world.doctor("gone"),
    )
    await world.grant(patient, laboratory, [], [LABS])
    await world.grant(patient, gone, [LABS])
    await write(laboratory, patient.me, "before", LABS)
    await world.revoke(patient, gone)
    await write(laboratory, patient.me, "after", LABS)
    assert (await Hoard.of(world, gone, patient)).titles() == {"Personal data", "before"}


async def test_other_grantees_envelopes_and_strangers(world: World):
    patient, doctor, stranger = (
        await world.patient(),
        await world.doctor("doctor"),
        await world.doctor("stranger"),
    )
    await world.grant(patient, doctor, [NOTES])
    written = await write(patient, patient.me, "a note")
    assert (await Hoard.of(world, stranger, patient)).titles() == set()
    assert "a note" in (await Hoard.of(world, doctor, patient)).titles()
    with pytest.raises(NoAccess):
        await read(stranger, patient.me, written.record)


async def test_stale_transaction_leaves_nothing_for_the_revoked(world: World):
    """Sealed and stored under the old key, then another doctor is revoked before it is mined."""
    patient, gone, writer = (
        await world.patient(),
        await world.doctor("gone"),
        await world.doctor("writer"),
    )
    for doctor in (gone, writer):
        await world.grant(patient, doctor, [NOTES], [NOTES])
    await write(writer, patient.me, "before")
    waiting = await sealed_and_waiting(writer, patient.me, "raced")
    hoarded = world.stored()
    seen = await writer.local.job(waiting)
    assert seen is not None
    await world.revoke(patient, gone)

    hoard = await Hoard.of(world, gone, patient, seen)
    assert "raced" not in hoard.titles()
    done = await outbox(writer).retry(waiting)
    assert done.state is JobState.DONE
    after = await Hoard.of(world, gone, patient, seen, done)
    after.keep(hoarded)
    assert after.titles() == {"Personal data", "before"}
    assert "raced" in (await Hoard.of(world, writer, patient)).titles()
    created = await writer.chain.entries(
        world.network.deployed_at, (await writer.chain.head()).number
    )
    record = bytes.fromhex(str(done.result["record"]))
    assert len([e for e in created if e.ref == record]) == 1, "once, not twice"


async def test_author_revoked_while_the_job_waits_keeps_a_draft(world: World):
    patient, writer = await world.patient(), await world.doctor()
    await world.grant(patient, writer, [NOTES], [NOTES])
    waiting = await sealed_and_waiting(writer, patient.me, "too late")
    await world.revoke(patient, writer)
    with pytest.raises(AccessEnded):
        await outbox(writer).retry(waiting)
    kept = await writer.local.job(waiting)
    assert kept is not None
    assert kept.state is JobState.DRAFT
    assert "too late" not in (await Hoard.of(world, patient, patient)).titles() - {"too late"}


async def sealed_and_waiting(author: Context, patient: Address, title: str) -> JobId:
    """A record whose transaction is signed and that no node took."""
    cut_off = replace(author, chain=lying(author.chain, send=failing(NodeDown(url="the node"))))
    with pytest.raises(WaitsInOutbox):
        await write(cut_off, patient, title)
    (job,) = await author.local.jobs([JobState.PENDING])
    return job.id
