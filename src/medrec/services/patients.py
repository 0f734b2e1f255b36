"""Patients: registration with a sealed profile, its updates, and showing it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from medrec.clinical.patient import Demographics, from_fhir, to_fhir
from medrec.domain.calls import RegisterPatient
from medrec.domain.categories import Category
from medrec.domain.entries import Action
from medrec.domain.ids import Address, Epoch, RecordId, record_slot
from medrec.domain.outbox import Job, Step
from medrec.domain.people import Role
from medrec.errors import NoSuchRecord, NotRegisteredYet, NotYours, PatientExists, UnknownPatient
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.reading import RecordReader
from medrec.services.registration import register_step
from medrec.services.sources import in_memory
from medrec.services.wishes import Facts, Wish, fulfil
from medrec.services.work import Prepared, new_job
from medrec.services.writing import (
    Draft,
    WrittenRecord,
    prepare_add,
    prepare_update,
    seal_new,
    written,
)

PROFILE_TITLE = "Personal data"
REGISTER, UPDATE = "record-register", "patient-update"


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

    Without a network it waits; what is typed later takes its place.

    Raises:
        PatientExists, and whatever the outbox raises.
    """
    wish = Wish(REGISTER, "Register as a patient", asdict(demographics), REGISTER)
    return await fulfil(context, wish)


async def plan_register(context: Context, facts: Facts) -> Prepared:
    """The job that registers a patient. Raises as `register`."""
    draft = _draft(context, demographics_of(facts))
    if await context.chain.patient(context.me) is not None:
        # It may have been done on another computer, since this one last looked.
        await sync(context)
        if await profile_record(context, context.me) is not None:
            raise PatientExists()
        return await prepare_add(context, context.me, draft)
    steps: list[Step] = []
    user = await context.chain.user(context.me)
    if user is None:
        steps.append(await register_step(context, Role.PATIENT))
    elif user.role is not Role.PATIENT:
        raise NotYours(needed="free", hint="It is registered in another role.")
    steps.append(Step(RegisterPatient()))
    sealed = await seal_new(context, context.me, draft, Epoch(0, 0))
    steps.append(sealed.step)
    result: dict[str, str | int] = {"patient": context.me, "record": sealed.record.hex()}
    job = new_job(context, REGISTER, "Register as a patient", steps, result)
    return Prepared(job, sealed.blocks)


async def update(
    context: Context, demographics: Demographics, base_version: int | None = None
) -> WrittenRecord:
    """Write a new version of the patient's own data. Without a network it waits.

    ``base_version`` is the version that was changed.

    Raises:
        NotRegisteredYet, StaleVersion, and as `update_record`.
    """
    facts: dict[str, str | int] = asdict(demographics)
    if base_version is not None:
        facts["base"] = base_version
    wish = Wish(UPDATE, f"Amend “{PROFILE_TITLE}”", facts, UPDATE)
    return written(await fulfil(context, wish))


async def plan_update(context: Context, facts: Facts) -> Prepared:
    """The job that writes a patient's data anew. Raises as `update`."""
    record = await profile_record(context, context.me)
    if record is None:
        raise NotRegisteredYet(command="patient register")
    base = facts.get("base")
    draft = _draft(context, demographics_of(facts))
    version = None if base is None else int(base)
    return await prepare_update(context, context.me, record, draft, version)


def demographics_of(facts: Facts) -> Demographics:
    """The data that a wish was made of."""
    return Demographics(**{name: str(facts[name]) for name in Demographics.checks})


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
