"""A patient's trace as people read it: who did what, to which part of the record, and when."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from medrec.chain.keccak import checksum
from medrec.crypto.slots import permission_of
from medrec.domain.categories import Category, Permission, Scope, Slot
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import Address, RecordId, record_slot
from medrec.domain.network import Network
from medrec.domain.times import rfc3339
from medrec.errors import FileUnreadable
from medrec.services.chart import known_titles
from medrec.services.context import Context
from medrec.services.origins import Missing, merged, origin_of, reached
from medrec.services.tables import csv_of
from medrec.store.files import write_over

ON_RECORDS = frozenset(
    {
        Action.RECORD_CREATED,
        Action.RECORD_UPDATED,
        Action.RECORD_ARCHIVED,
        Action.RECORD_HIDDEN,
        Action.RECORD_ANNOTATED,
        Action.CONSULTED,
    }
)


COLUMNS = ("entry", "time (UTC)", "who", "address", "what", "block", "network")

NOTHING = Permission()
NO_TITLES: Mapping[RecordId, str] = {}


class Kind(StrEnum):
    """What an entry is about, as it is filtered and counted."""

    LOOK = "look"
    WRITE = "write"
    ACCESS = "access"
    ACCOUNT = "account"


_LOOKS = range(Action.CONSULTED, Action.ACTED_VIA)
_WRITES = range(Action.RECORD_CREATED, Action.DOCTOR_REGISTERED)
_ACCESS = range(Action.ACCESS_REQUESTED, Action.CONSULTED)


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """One entry. ``number`` counts from 1 in the subject's chain; times in Unix seconds.

    ``category`` and ``record`` are None where the entry is about no record, or about the chart as
    a whole; ``title`` is the record's where this computer knows it; ``about`` is the other person
    where there is one; ``until`` is 0 without an end.
    """

    number: int
    time: int
    block: int
    actor: Address
    action: int
    kind: Kind
    record: RecordId | None = None
    category: Category | None = None
    version: int = 0
    about: Address | None = None
    permission: Permission = NOTHING
    until: int = 0
    title: str = ""
    origin: Network | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """Entries of this network and of those before, the newest first.

    ``missing`` is a network that could not be followed just now, and ``kept`` whether entries are
    shown of what could not be: as it was followed last.
    """

    rows: tuple[ActivityRow, ...]
    missing: Missing | None = None
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many entries a week or month has of each kind; ``start`` is its first day."""

    start: date
    looks: int = 0
    writes: int = 0
    access: int = 0

    @property
    def total(self) -> int:
        """All three."""
        return self.looks + self.writes + self.access


async def listed(context: Context) -> Trace:
    """The account's own trace, in every network that it was kept in."""
    places, missing = await reached(context)
    found: list[tuple[Context, list[AuditEntry]]] = []
    titles: dict[RecordId, str] = {}
    for place in (*reversed(context.origins), context):
        found.append((place, await place.local.entries(subject=place.me)))
        titles |= await known_titles(place)

    def rows() -> list[ActivityRow]:
        chains = [
            [
                row_of(place, number, entry, titles, origin_of(place, context))
                for number, entry in enumerate(entries, 1)
            ]
            for place, entries in found
        ]
        return merged(chains, lambda row: row.time)[::-1]

    # Ten thousand entries take a tenth of a second.
    unseen = context.origins[len(places) :]
    kept = any(entries for place, entries in found if place in unseen)
    return Trace(tuple(await asyncio.to_thread(rows)), missing, kept)


def row_of(
    context: Context,
    number: int,
    entry: AuditEntry,
    titles: Mapping[RecordId, str] = NO_TITLES,
    origin: Network | None = None,
) -> ActivityRow:
    """An entry of the account's own chain, read with the account's own slot map."""
    meta = entry.meta
    on_record = entry.action in ON_RECORDS and any(entry.ref)
    granted = entry.action == Action.ACCESS_GRANTED
    return ActivityRow(
        number=number,
        time=meta.time,
        block=entry.block,
        actor=entry.actor,
        action=entry.action,
        kind=kind_of(entry.action),
        record=RecordId(entry.ref) if on_record else None,
        category=context.slots.category(Slot(record_slot(RecordId(entry.ref))))
        if on_record
        else None,
        version=meta.version if on_record else 0,
        about=_about(entry),
        permission=_permission(context, meta.scope) if granted else NOTHING,
        until=meta.expiry if granted else 0,
        title=titles.get(RecordId(entry.ref), "") if on_record else "",
        origin=origin,
    )


def kind_of(action: int) -> Kind:
    """The kind of an action's number."""
    if action in _LOOKS:
        return Kind.LOOK
    if action in _WRITES:
        return Kind.WRITE
    return Kind.ACCESS if action in _ACCESS else Kind.ACCOUNT


def weeks(rows: Iterable[ActivityRow], count: int, today: date) -> list[Bucket]:
    """The last ``count`` weeks, from Monday on, with the current one last."""
    monday = today - timedelta(days=today.weekday())
    starts = [monday - timedelta(weeks=back) for back in reversed(range(count))]
    return _counted(rows, starts)


def months(rows: Iterable[ActivityRow], count: int, today: date) -> list[Bucket]:
    """The last ``count`` months, with the current one last."""
    starts = []
    for back in reversed(range(count)):
        whole = today.year * 12 + today.month - 1 - back
        starts.append(date(whole // 12, whole % 12 + 1, 1))
    return _counted(rows, starts)


def looks_by_person(rows: Iterable[ActivityRow]) -> list[tuple[Address, int]]:
    """Who looked how often, the most frequent first."""
    counts: dict[Address, int] = {}
    for row in rows:
        if row.kind is Kind.LOOK:
            counts[row.actor] = counts.get(row.actor, 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def save_csv(path: Path, rows: Sequence[tuple[ActivityRow, str, str]], network: str) -> None:
    """Write entries (with their actor's name and sentence) as CSV, for the user alone.

    ``network`` is what this one is called.

    Raises:
        FileUnreadable.
    """
    cells = (
        (
            n.number,
            rfc3339(n.time),
            who,
            n.actor,
            said,
            n.block,
            n.origin.name if n.origin else network,
        )
        for n, who, said in rows
    )
    try:
        write_over(path, csv_of(COLUMNS, cells))
    except OSError as error:
        raise FileUnreadable(name=path.name, why=f"{error.strerror}.") from error


def _where(row: ActivityRow, network: str) -> str:
    return network if row.origin is None else row.origin.name


def _counted(rows: Iterable[ActivityRow], starts: Sequence[date]) -> list[Bucket]:
    begins = [int(datetime(d.year, d.month, d.day).astimezone().timestamp()) for d in starts]
    counts = [dict.fromkeys(Kind, 0) for _ in starts]
    for row in rows:
        place = bisect_right(begins, row.time) - 1
        if place >= 0:
            counts[place][row.kind] += 1
    return [
        Bucket(start, found[Kind.LOOK], found[Kind.WRITE], found[Kind.ACCESS])
        for start, found in zip(starts, counts, strict=True)
    ]


def _permission(context: Context, scope: int) -> Permission:
    try:
        return permission_of(Scope.unpack(scope), context.slots)
    except ValueError:
        return NOTHING


def _about(entry: AuditEntry) -> Address | None:
    if entry.action in ON_RECORDS or not any(entry.ref) or any(entry.ref[:12]):
        return None
    other = checksum(entry.ref_address)
    return None if other == entry.actor else other
