"""`medrec access`: asked for, granted, declined, revoked, listed."""

from __future__ import annotations

from collections.abc import Mapping

import click

from medrec.cli.inputs import address, end_of_day, permission
from medrec.cli.output import emit, until_both, when
from medrec.cli.session import current, names, with_account
from medrec.cli.settings import Group
from medrec.clinical.text import clean
from medrec.domain.categories import Permission
from medrec.domain.ids import Address
from medrec.domain.network import Network
from medrec.domain.outbox import Job
from medrec.errors import InputRefused
from medrec.services import access, access_before
from medrec.services.access import AccessRow, GrantDraft, RequestRow
from medrec.services.context import Context

Rows = list[tuple[AccessRow, Network | None]]


@click.group(cls=Group)
def command() -> None:
    """Who may see and write what, until when."""


@command.command()
@click.argument("patient")
@click.option("--read", required=True, help="Categories to read: names, general, all.")
@click.option("--write", default="", help="Categories to write: names, general, all.")
@click.option("--until", required=True, help="Last day, YYYY-MM-DD.")
@click.option("--reason", required=True, help="Why; sealed to the patient.")
@click.option("--fingerprint", help="Fingerprint of the patient's key, from the patient.")
def request(
    patient: str, read: str, write: str, until: str, reason: str, fingerprint: str | None
) -> None:
    """Ask a patient for access."""
    who, wanted, end = address(patient), _some(permission(read, write)), end_of_day(until)
    if not reason.strip():
        raise InputRefused(what="The reason", why="the patient needs one to decide.")

    async def work(context: Context) -> Job:
        return await access.request(context, who, wanted, end, reason, fingerprint)

    with_account(work)
    emit(
        current(),
        {"patient": who, **_lists(wanted), "until": when(end)},
        [f"Asked {who}, until {until_both(end)}. The patient decides."],
    )


@command.command()
@click.argument("doctor")
@click.option("--read", default="", help="Categories to read: names, general, all.")
@click.option("--write", default="", help="Categories to write: names, general, all.")
@click.option("--until", required=True, help="Last day, YYYY-MM-DD.")
@click.option("--from-today", is_flag=True, help="Only what is written from now on.")
def grant(doctor: str, read: str, write: str, until: str, from_today: bool) -> None:
    """Give a doctor access."""
    who, given, end = address(doctor), _some(permission(read, write)), end_of_day(until)
    draft = GrantDraft(who, given, end, from_today)

    async def work(context: Context) -> Job:
        return await access.grant(context, draft)

    with_account(work)
    history = "what is written from now on" if from_today else "the history too"
    emit(
        current(),
        {"doctor": who, **_lists(given), "until": when(end)},
        [f"{who} has access until {until_both(end)}: {history}."],
    )


@command.command()
@click.argument("doctor")
def decline(doctor: str) -> None:
    """Turn a doctor's request down."""
    who = address(doctor)

    async def work(context: Context) -> Job:
        return await access.decline(context, who)

    with_account(work)
    emit(current(), {"doctor": who, "declined": True}, [f"Declined the request of {who}."])


@command.command()
@click.argument("doctor")
def revoke(doctor: str) -> None:
    """End a doctor's access now; what is written from now on they cannot decrypt."""
    who = address(doctor)

    async def work(context: Context) -> None:
        await access_before.revoke(context, who)

    with_account(work)
    emit(
        current(),
        {"doctor": who, "revoked": True},
        [
            f"{who} has no access any more. What is written from now on they cannot decrypt.",
            "What they could already read cannot be unread.",
        ],
    )


@command.command("list")
def list_() -> None:
    """Running access: a patient sees who, a doctor sees to whom."""

    async def work(context: Context) -> tuple[str, Rows, Mapping[Address, str]]:
        found = await access_before.access_listed(context)
        people = (who for row, _ in found for who in (row.patient, row.doctor))
        return context.me, found, await names(context, people)

    me, rows, called = with_account(work)
    documents = [
        _row_document(row, me) | ({} if origin is None else {"origin": origin.name})
        for row, origin in rows
    ]
    lines = [line for row, origin in rows for line in _row_lines(row, me, called, origin)]
    emit(current(), documents, lines or ["Nobody has access now."])


@command.command()
def requests() -> None:
    """The requests that wait for the patient's answer."""

    async def work(context: Context) -> list[RequestRow]:
        return await access.requests(context)

    rows = with_account(work)
    emit(
        current(),
        [
            {
                "doctor": row.doctor,
                "name": row.name,
                **_lists(row.request.permission),
                "until": when(row.request.until),
                "reason": row.request.reason,
            }
            for row in rows
        ],
        _request_lines(rows) or ["Nobody waits for an answer."],
    )


@command.command()
@click.argument("patient")
@click.argument("doctor")
def check(patient: str, doctor: str) -> None:
    """What a doctor may read and write now."""
    whose, who = address(patient), address(doctor)

    async def work(context: Context) -> Permission:
        return await access.check(context, whose, who)

    found = with_account(work)
    read, write = found.names()
    emit(
        current(),
        _lists(found),
        [f"reads:  {', '.join(read) or 'nothing'}", f"writes: {', '.join(write) or 'nothing'}"],
    )


def _some(given: Permission) -> Permission:
    if not given.read and not given.write:
        raise InputRefused(
            what="The list of categories", why="name at least one in --read or --write."
        )
    return given


def _lists(given: Permission) -> dict[str, list[str]]:
    read, write = given.names()
    return {"read": read, "write": write}


def _row_document(row: AccessRow, me: str) -> dict[str, object]:
    document: dict[str, object] = {
        "doctor": row.doctor,
        **_lists(row.permission),
        "until": when(row.until),
    }
    if row.patient != me:
        document["patient"] = row.patient
    return document


def _row_lines(
    row: AccessRow, me: str, called: Mapping[Address, str], origin: Network | None
) -> list[str]:
    other = row.doctor if row.patient == me else row.patient
    name = called[other]
    return [
        name if other in name else f"{name} ({other})",
        *_permission_lines(row.permission),
        f"  until:  {until_both(row.until)}",
        *([] if origin is None else [f"  in the network of before: {clean(origin.name)}"]),
        "",
    ]


def _permission_lines(given: Permission) -> list[str]:
    read, write = given.names()
    return [
        f"  reads:  {', '.join(read) or 'nothing'}",
        f"  writes: {', '.join(write) or 'nothing'}",
    ]


def _request_lines(rows: list[RequestRow]) -> list[str]:
    lines: list[str] = []
    for row in rows:
        read, write = row.request.permission.names()
        lines += [
            f"{clean(row.name) or 'Unknown'} ({row.doctor})",
            f"  wants to read:  {', '.join(read) or 'nothing'}",
            f"  wants to write: {', '.join(write) or 'nothing'}",
            f"  until:          {until_both(row.request.until)}",
            f"  because:        {clean(row.request.reason)}",
            "",
        ]
    return lines
