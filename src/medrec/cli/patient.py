"""`medrec patient`: register as a patient, keep one's own data."""

from __future__ import annotations

import click

from medrec.cli.inputs import people_data
from medrec.cli.output import emit
from medrec.cli.session import current, with_account
from medrec.cli.settings import Group
from medrec.clinical.patient import Demographics
from medrec.domain.outbox import Job
from medrec.services import patients
from medrec.services.context import Context
from medrec.services.patients import PatientProfile
from medrec.services.writing import WrittenRecord

FIELDS = ("given", "family", "birth_date", "sex", "address", "phone")


@click.group(cls=Group)
def command() -> None:
    """Register as a patient; own data."""


@command.command()
@click.option("--from", "source", help="JSON object with the data; - for standard input.")
def register(source: str | None) -> None:
    """Register: your data are sealed as the first entry of your record."""
    demographics = Demographics.of(people_data(source, FIELDS))

    async def work(context: Context) -> tuple[str, Job]:
        return context.me, await patients.register(context, demographics)

    address, job = with_account(work)
    emit(
        current(),
        {"patient": address, "record": job.result.get("record", "")},
        [f"Registered. Your address, which doctors need to ask you: {address}"],
    )


@command.command()
@click.option("--from", "source", help="JSON object with the data; - for standard input.")
def update(source: str | None) -> None:
    """Change your data; the version before stays in your record."""
    demographics = Demographics.of(people_data(source, FIELDS))

    async def work(context: Context) -> WrittenRecord:
        return await patients.update(context, demographics)

    done = with_account(work)
    emit(
        current(),
        {"record": done.record.hex(), "version": done.version},
        [f"Saved as version {done.version}."],
    )


@command.command()
def show() -> None:
    """Show your data, your address and the fingerprint of your key."""

    async def work(context: Context) -> tuple[PatientProfile, str]:
        from medrec.crypto.kdf import fingerprint
        from medrec.services.resealing import own_key_version

        profile = await patients.show(context, context.me)
        return profile, fingerprint(context.key(await own_key_version(context)).public)

    profile, print_ = with_account(work)
    data = {name: getattr(profile.demographics, name) for name in FIELDS}
    lines = [
        f"{name.replace('_', ' ').capitalize():12} {value}".rstrip() for name, value in data.items()
    ]
    verified = "verified at the desk" if profile.verified else "not verified yet"
    lines += [
        "",
        f"Identity     {verified}",
        f"Account      {profile.patient}",
        f"Fingerprint  {print_}",
    ]
    emit(
        current(),
        {
            "patient": profile.patient,
            **data,
            "version": profile.version,
            "verified": profile.verified,
            "fingerprint": print_,
        },
        lines,
    )
