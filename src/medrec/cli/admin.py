"""`medrec admin`: the administrator's acts."""

from __future__ import annotations

import click

from medrec.cli.inputs import address, people_data
from medrec.cli.output import emit
from medrec.cli.session import current, with_account
from medrec.cli.settings import Group
from medrec.clinical.patient import IdentityClaim
from medrec.domain.outbox import Job
from medrec.errors import BadFields
from medrec.services import administration
from medrec.services.context import Context

IDENTITY = ("given", "family", "birth_date", "id_number")


@click.group(cls=Group)
def command() -> None:
    """Verify, refuse and suspend doctors, verify identities."""


@command.command("verify-doctor")
@click.argument("doctor")
def verify_doctor(doctor: str) -> None:
    """Vouch for a doctor's announced profile with a signed credential; also reinstates."""
    who = address(doctor)

    async def work(context: Context) -> Job:
        return await administration.verify_doctor(context, who)

    vouched = with_account(work).result
    emit(
        current(),
        {"doctor": who, "status": "verified"},
        [
            f"Verified: {vouched['name']}, {vouched['specialty']}, licence {vouched['licence']}.",
            f"Account: {who}. If that is not whom you met, suspend the account.",
        ],
    )


@command.command("refuse-doctor")
@click.argument("doctor")
@click.option("--from", "source", help='JSON {"reason": ...}; - for standard input.')
def refuse_doctor(doctor: str, source: str | None) -> None:
    """Refuse a doctor; the reason is sealed to the doctor and the verifiers."""
    who = address(doctor)
    reason = _reason(source)

    async def work(context: Context) -> Job:
        return await administration.refuse_doctor(context, who, reason)

    with_account(work)
    emit(current(), {"doctor": who, "status": "refused"}, [f"{who} is refused."])


@command.command("suspend-doctor")
@click.argument("doctor")
@click.option("--from", "source", help='JSON {"reason": ...}; - for standard input.')
def suspend_doctor(doctor: str, source: str | None) -> None:
    """Suspend a doctor: nothing opens for them from now on."""
    who = address(doctor)
    reason = _reason(source) if source is not None else ""

    async def work(context: Context) -> Job:
        return await administration.suspend_doctor(context, who, reason)

    with_account(work)
    emit(current(), {"doctor": who, "status": "suspended"}, [f"{who} is suspended."])


def _reason(source: str | None) -> str:
    given = people_data(source, ("reason",))
    reason = given.get("reason", "")
    if not isinstance(reason, str) or set(given) - {"reason"}:
        raise BadFields(why="it must be one JSON object with reason, a text.")
    return reason


@command.command("verify-identity")
@click.argument("patient")
@click.option("--from", "source", help="JSON object with the data; - for standard input.")
def verify_identity(patient: str, source: str | None) -> None:
    """Bind an identity, checked on paper at the desk, to one patient."""
    who = address(patient)
    claim = IdentityClaim.of(people_data(source, IDENTITY))

    async def work(context: Context) -> Job:
        return await administration.verify_identity(context, who, claim)

    with_account(work)
    emit(current(), {"patient": who, "verified": True}, [f"The identity of {who} is verified."])
