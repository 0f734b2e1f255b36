"""`medrec doctor`: register as a doctor, and the register of doctors."""

from __future__ import annotations

import click

from medrec.cli.inputs import people_data
from medrec.cli.output import emit, table
from medrec.cli.session import current, with_account
from medrec.cli.settings import Group
from medrec.clinical.patient import DoctorProfileFields
from medrec.services import doctors
from medrec.services.context import Context
from medrec.services.doctors import RegisteredDoctor

FIELDS = ("given", "family", "specialty", "licence")


@click.group(cls=Group)
def command() -> None:
    """Register as a doctor; the register."""


@command.command()
@click.option("--from", "source", help="JSON object with the data; - for standard input.")
def register(source: str | None) -> None:
    """Register with a public profile; an administrator verifies it."""
    fields = DoctorProfileFields.of(people_data(source, FIELDS))

    async def work(context: Context) -> str:
        await doctors.register(context, fields)
        return context.me

    address = with_account(work)
    emit(
        current(),
        {"doctor": address, "status": "pending"},
        [f"Registered as {address}. An administrator has to verify you before you can ask."],
    )


@command.command()
@click.option("--from", "source", help="JSON object with the data; - for standard input.")
def update(source: str | None) -> None:
    """Announce a changed profile; it counts when an administrator has verified it."""
    fields = DoctorProfileFields.of(people_data(source, FIELDS))

    async def work(context: Context) -> str:
        await doctors.update(context, fields)
        return context.me

    address = with_account(work)
    emit(current(), {"doctor": address}, ["Announced. An administrator has to verify it."])


@command.command("list")
def list_() -> None:
    """Every registered doctor."""

    async def work(context: Context) -> list[RegisteredDoctor]:
        return await doctors.listed(context)

    found = with_account(work)
    emit(
        current(),
        [_document(row) for row in found],
        table(["doctor", "name", "specialty", "licence", "status"], [_row(r) for r in found])
        or ["No doctor is registered yet."],
    )


def _document(row: RegisteredDoctor) -> dict[str, object]:
    profile = row.profile
    return {
        "doctor": row.doctor.id,
        "given": profile.given if profile else None,
        "family": profile.family if profile else None,
        "specialty": profile.specialty if profile else None,
        "licence": profile.licence if profile else None,
        "status": row.doctor.status.name.lower(),
    }


def _row(row: RegisteredDoctor) -> list[str]:
    profile = row.profile
    texts = [profile.display_name, profile.specialty, profile.licence] if profile else ["?"] * 3
    return [row.doctor.id, *texts, row.doctor.status.name.lower()]
