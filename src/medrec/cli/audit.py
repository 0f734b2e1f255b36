"""`medrec audit`: every action, and whether the trace holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from medrec.cli.inputs import address, record_id
from medrec.cli.output import emit, local_time, table, when
from medrec.cli.session import current, names, with_account
from medrec.cli.settings import Group
from medrec.clinical.text import clean
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import ZERO_ADDRESS, Address
from medrec.domain.network import Network
from medrec.services import audit, origins
from medrec.services.audit import Verified
from medrec.services.context import Context

Numbered = list[tuple[int, AuditEntry, Network | None]]

_ON_RECORDS = frozenset(
    {
        Action.RECORD_CREATED,
        Action.RECORD_UPDATED,
        Action.RECORD_ARCHIVED,
        Action.RECORD_HIDDEN,
        Action.RECORD_ANNOTATED,
        Action.CONSULTED,
    }
)


@click.group(cls=Group)
def command() -> None:
    """Every action, and whether the trace holds."""


@command.command("list")
@click.argument("patient", required=False)
@click.option("--record", help="Only what happened to this record.")
@click.option("--all", "every", is_flag=True, help="Every entry of everybody (administrator).")
def list_(patient: str | None, record: str | None, every: bool) -> None:
    """Who did what, and when."""
    if every == (patient is not None):
        raise click.UsageError("Name a patient, or use --all.")
    who = address(patient) if patient is not None else None
    which = record_id(record) if record is not None else None

    async def work(context: Context) -> tuple[Numbered, Mapping[Address, str]]:
        if who is None:
            found: Numbered = [(i, entry, None) for i, entry in await audit.everything(context)]
        else:
            found = await origins.trace(context, who, which)
        return found, await names(context, _people(found))

    rows, called = with_account(work)
    before = any(origin is not None for _, _, origin in rows)
    emit(
        current(),
        [
            _document(index, entry, every) | ({} if origin is None else {"origin": origin.name})
            for index, entry, origin in rows
        ],
        table(
            ["index", "time", "action", "actor", "about", *(["network of before"] * before)],
            [
                [str(i), local_time(e.meta.time), _label(e), called[e.actor], _about(e, called)]
                + [clean(origin.name) if origin is not None else ""] * before
                for i, e, origin in rows
            ],
        )
        or ["Nothing happened yet."],
    )


@command.command()
@click.argument("patient")
def verify(patient: str) -> None:
    """Recompute the whole chain of entries and compare it with the contract's head."""
    who = address(patient)

    async def work(context: Context) -> list[tuple[Network, Verified]]:
        return await origins.verify(context, who)

    (network, last), *before = with_account(work)
    emit(
        current(),
        {"verified": True, **_verified(last)}
        | ({"origins": [{"network": n.name, **_verified(v)} for n, v in before]} if before else {}),
        [
            f"Verified: {done.entries} entries, nothing left out, up to block {done.block}"
            + (f" of “{where.name}”." if before else ".")
            for where, done in ((network, last), *before)
        ],
    )


def _verified(done: Verified) -> dict[str, object]:
    return {"entries": done.entries, "head": "0x" + done.head.hex(), "block": done.block}


def _label(entry: AuditEntry) -> str:
    try:
        return Action(entry.action).label
    except ValueError:
        return f"action-{entry.action}"


def _document(index: int, entry: AuditEntry, every: bool) -> dict[str, object]:
    document: dict[str, object] = {
        "index": index,
        "action": _label(entry),
        "actor": entry.actor,
        "record": entry.ref.hex() if entry.action in _ON_RECORDS else None,
        "time": when(entry.meta.time),
        "block": entry.block,
    }
    if every:
        document["subject"] = None if entry.subject == ZERO_ADDRESS else entry.subject
    about = _person(entry)
    if about is not None:
        document["about"] = about
    return document


def _about(entry: AuditEntry, called: Mapping[Address, str]) -> str:
    if entry.action in _ON_RECORDS:
        version = f" version {entry.meta.version}" if entry.meta.version else ""
        return (entry.ref.hex() if any(entry.ref) else "the chart") + version
    person = _person(entry)
    return "" if person is None or person == entry.actor else called[person]


def _people(rows: Numbered) -> Iterator[Address]:
    for _, entry, _ in rows:
        yield entry.actor
        person = _person(entry)
        if person is not None:
            yield person


def _person(entry: AuditEntry) -> Address | None:
    """Whom the entry is about, where that is a person and not a record."""
    from medrec.chain.keccak import checksum

    if entry.action in _ON_RECORDS or not any(entry.ref) or any(entry.ref[:12]):
        return None
    return checksum(entry.ref_address)
