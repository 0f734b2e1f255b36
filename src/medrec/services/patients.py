"""Patients: registration with a sealed profile, its updates, and showing it."""

from __future__ import annotations

from dataclasses import dataclass

from medrec.clinical.patient import Demographics, from_fhir, to_fhir
from medrec.domain.calls import RegisterPatient
from medrec.domain.categories import Category
from medrec.domain.entries import Action
from medrec.domain.ids import Address, Epoch, RecordId, record_slot
from medrec.domain.outbox import Job, Step
from medrec.domain.people import Role
from medrec.errors import NoSuchRecord, NotRegisteredYet, NotYours, PatientExists, UnknownPatient
from medrec.services.context import Context
from medrec.services.reading import RecordReader
from medrec.services.registration import register_step
from medrec.services.sources import in_memory
from medrec.services.work import new_job, outbox
from medrec.services.writing import Draft, WrittenRecord, add_record, seal_new, update_record

PROFILE_TITLE = "Personal data"


@dataclass(frozen=True, slots=True)
class PatientProfile:
    """A patient's own data, as read back from the record."""

    patient: Address
    demographics: Demographics
    record: RecordId
    version: int
    verified: bool


async def register(context: Context, demographics: Demographics) -> Job:
    """Register the account as a patient, with its data sealed as the first record.

    Raises:
        PatientExists, and whatever the outbox raises.
    """
    if await context.chain.patient(context.me) is not None:
        if await profile_record(context, context.me) is not None:
            raise PatientExists()
        return await _add_profile(context, demographics)
    steps: list[Step] = []
    user = await context.chain.user(context.me)
    if user is None:
        steps.append(await register_step(context, Role.PATIENT))
    elif user.role is not Role.PATIENT:
        raise NotYours(needed="free", hint="It is registered in another role.")
    steps.append(Step(RegisterPatient()))
    sealed = await seal_new(context, context.me, _draft(context, demographics), Epoch(0, 0))
    steps.append(sealed.step)
    job = new_job(
        context,
        "record-register",
        "Register as a patient",
        steps,
        result={"patient": context.me, "record": sealed.record.hex()},
    )
    return await outbox(context).submit(job, sealed.blocks)


async def _add_profile(context: Context, demographics: Demographics) -> Job:
    written = await add_record(context, context.me, _draft(context, demographics))
    return written.job


async def update(context: Context, demographics: Demographics) -> WrittenRecord:
    """Write a new version of the patient's own data.

    Raises:
        NotRegisteredYet.
    """
    record = await profile_record(context, context.me)
    if record is None:
        raise NotRegisteredYet(command="patient register")
    return await update_record(context, context.me, record, _draft(context, demographics))


async def show(context: Context, patient: Address) -> PatientProfile:
    """Read a patient's own data (a doctor's look is logged by the caller).

    Raises:
        UnknownPatient, NoSuchRecord, and as `RecordReader.read`.
    """
    known = await context.chain.patient(patient)
    if known is None:
        if patient == context.me:
            raise NotRegisteredYet(command="patient register")
        raise UnknownPatient(patient=patient)
    record = await profile_record(context, patient)
    if record is None:
        raise NoSuchRecord(record="with personal data")
    reader = await RecordReader.open(context, patient)
    opened = await reader.read(record)
    data = await reader.part_bytes(opened, opened.manifest.parts[0])
    return PatientProfile(patient, from_fhir(data), record, opened.version, known.verified)


async def profile_record(context: Context, patient: Address) -> RecordId | None:
    """The first record of the identity slot that the patient created."""
    for entry in await context.local.entries(subject=patient, actions=[Action.RECORD_CREATED]):
        if record_slot(RecordId(entry.ref)) == 0 and entry.actor == patient:
            return RecordId(entry.ref)
    return None


def _draft(context: Context, demographics: Demographics) -> Draft:
    data = to_fhir(demographics, context.me)
    part = in_memory("patient.json", "application/fhir+json", data)
    return Draft(Category.IDENTITY, PROFILE_TITLE, (part,))
