"""Who did what in a patient's record lately, by person and day, out of the index alone.

It reads the local database only, so that it answers without a network too; those of the networks
of before, as far as they were followed, are read with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from medrec.domain.categories import Category, Slot
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import CHART, Address, RecordId, record_slot
from medrec.services.context import Context

WRITES = (Action.RECORD_CREATED, Action.RECORD_UPDATED, Action.RECORD_ARCHIVED)


@dataclass(frozen=True, slots=True)
class Look:
    """One person's day in the record: ``when`` is the last act, in Unix seconds.

    ``read`` are the categories read, ``records`` how many records; ``written`` is how many new
    records were written; ``listed`` says that the list of records was opened.
    """

    who: Address
    when: int
    read: tuple[Category, ...] = ()
    records: int = 0
    wrote: tuple[Category, ...] = ()
    amended: tuple[Category, ...] = ()
    archived: tuple[Category, ...] = ()
    listed: bool = False
    written: int = 0


@dataclass(frozen=True, slots=True)
class LastChange:
    """The last change of the record: who, when (Unix seconds)."""

    who: Address
    when: int


@dataclass
class _Day:
    when: int = 0
    read: dict[bytes, int] = field(default_factory=dict)
    acts: dict[int, list[int]] = field(default_factory=dict)
    listed: bool = False


async def lately(context: Context, most: int = 20) -> list[Look]:
    """What others did in the account's own record, newest first, at most ``most`` person-days."""
    entries = await read_and_written(context, context.me)
    return by_person_and_day((e for e in entries if e.actor != context.me), context.slots.category)[
        :most
    ]


async def last_change(context: Context) -> LastChange | None:
    """Who changed the record last; None before anything was written."""
    entries = await _everywhere(context, context.me, list(WRITES))
    # The latest; of one second the last in its chain, and the newer network's.
    last = sorted(entries, key=lambda entry: entry.meta.time)[-1:]
    return LastChange(last[0].actor, last[0].meta.time) if last else None


async def read_and_written(context: Context, patient: Address) -> list[AuditEntry]:
    """The looks at a patient's record and what was written in it, one network after the other."""
    return await _everywhere(context, patient, [Action.CONSULTED, *WRITES])


async def _everywhere(
    context: Context, patient: Address, actions: list[Action]
) -> list[AuditEntry]:
    found: list[AuditEntry] = []
    for place in (*reversed(context.origins), context):
        found += await place.local.entries(subject=patient, actions=actions)
    return found


def by_person_and_day(
    entries: Iterable[AuditEntry], category: Callable[[Slot], Category | None]
) -> list[Look]:
    """The looks of entries in the order of the chain, newest first; days are local ones."""
    days: dict[tuple[Address, date], _Day] = {}
    for entry in entries:
        when = entry.meta.time
        day = datetime.fromtimestamp(when).astimezone().date()
        _note(days.setdefault((entry.actor, day), _Day()), entry)
    found = [_look(who, day, category) for (who, _), day in days.items()]
    return sorted(found, key=lambda look: look.when, reverse=True)


def _note(day: _Day, entry: AuditEntry) -> None:
    day.when = max(day.when, entry.meta.time)
    slot = record_slot(RecordId(entry.ref))
    if entry.action != Action.CONSULTED:
        day.acts.setdefault(entry.action, []).append(slot)
    elif entry.ref == CHART:
        day.listed = True
    else:
        day.read[entry.ref] = slot


def _look(who: Address, day: _Day, category: Callable[[Slot], Category | None]) -> Look:
    def named(slots: Iterable[int]) -> tuple[Category, ...]:
        known = {category(Slot(slot)) for slot in slots}
        return tuple(c for c in Category if c in known)

    return Look(
        who=who,
        when=day.when,
        read=named(day.read.values()),
        records=len(day.read),
        wrote=named(day.acts.get(Action.RECORD_CREATED, ())),
        amended=named(day.acts.get(Action.RECORD_UPDATED, ())),
        archived=named(day.acts.get(Action.RECORD_ARCHIVED, ())),
        listed=day.listed,
        written=len(day.acts.get(Action.RECORD_CREATED, ())),
    )
