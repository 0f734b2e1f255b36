"""Every entry of every subject, as an administrator reads it: filter, place, proof, file."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from medrec.chain.audit import next_head
from medrec.chain.keccak import checksum
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import ZERO_ADDRESS, Address, ChainHead
from medrec.domain.people import DoctorStatus, Role
from medrec.domain.times import rfc3339
from medrec.services import audit
from medrec.services.audit import Verified
from medrec.services.context import Context
from medrec.services.index import by_subject
from medrec.services.tables import save_csv

ON_RECORDS = frozenset(
    {
        Action.RECORD_CREATED,
        Action.RECORD_UPDATED,
        Action.RECORD_ARCHIVED,
        Action.RECORD_HIDDEN,
        Action.RECORD_ANNOTATED,
        Action.CONSULTED,
        Action.RECEIPT_PROVEN,
        Action.RECEIPT_SUBMITTED,
    }
)
"""Actions whose ``ref`` is a record."""

COLUMNS = (
    "entry",
    "time (UTC)",
    "action",
    "who",
    "who (address)",
    "subject",
    "place in the subject's chain",
    "about (address)",
    "record",
    "version",
    "block",
    "transaction",
    "head",
)

FAR = 1 << 40
"""Later than any time of an entry (Unix seconds in 40 bits)."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """An entry; ``number`` counts all from 1, ``place`` those of its subject from 0."""

    number: int
    place: int
    entry: AuditEntry

    @property
    def record(self) -> bytes:
        """The 32 bytes of the record that it is about; empty where it is about none."""
        on_record = self.entry.action in ON_RECORDS and any(self.entry.ref)
        return self.entry.ref if on_record else b""

    @property
    def about(self) -> Address | None:
        """Whom it names besides its actor and its subject."""
        entry = self.entry
        if entry.action in ON_RECORDS or not any(entry.ref) or any(entry.ref[:12]):
            return None
        other = checksum(entry.ref_address)
        return None if other in (entry.actor, entry.subject) else other


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands in its subject's chain.

    ``after`` is None for the newest; ``follows`` says whether the entry's head is what it and the
    head before give, computed anew.
    """

    before: ChainHead
    this: ChainHead
    after: ChainHead | None
    length: int
    follows: bool


_NOES = (Action.REQUEST_DECLINED, Action.REPLACEMENT_VETOED)


def says_no(entry: AuditEntry) -> bool:
    """Whether somebody refused something: a request, a doctor, a new wallet.

    What the contracts themselves refuse leaves no entry at all.
    """
    if entry.action == Action.DOCTOR_STATUS_CHANGED:
        return entry.meta.kind == DoctorStatus.REFUSED
    return entry.action in _NOES


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which entries are wanted; what is left empty asks for nothing.

    ``first`` and ``last`` are Unix seconds, both included; ``text`` is part of a record's id, of an
    address or of a transaction, in hexadecimal digits; ``refused`` wants only what `says_no`.
    """

    subject: Address | None = None
    actor: Address | None = None
    actions: frozenset[int] = frozenset()
    text: str = ""
    first: int = 0
    last: int = FAR
    refused: bool = False

    def takes(self, row: LedgerRow) -> bool:
        """Whether an entry is wanted."""
        entry = row.entry
        if self.subject is not None and entry.subject != self.subject:
            return False
        if self.actor is not None and self.actor not in (entry.actor, row.about):
            return False
        if self.actions and entry.action not in self.actions:
            return False
        if not self.first <= entry.meta.time <= self.last:
            return False
        if self.refused and not says_no(entry):
            return False
        return not self.text or self._found(row)

    def _found(self, row: LedgerRow) -> bool:
        wanted = self.text.strip().lower().removeprefix("0x")
        entry = row.entry
        texts = (
            entry.ref.hex(),
            entry.actor.lower(),
            entry.subject.lower(),
            entry.transaction.hex(),
        )
        return any(wanted in text for text in texts)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All entries in the order of the chain, and who the people in them registered as."""

    rows: tuple[LedgerRow, ...]
    chains: Mapping[Address, tuple[LedgerRow, ...]]
    starts: Mapping[Address, ChainHead]
    roles: Mapping[Address, Role]

    def place(self, row: LedgerRow) -> Place:
        """Where an entry of this ledger stands."""
        chain = self.chains[row.entry.subject]
        before = chain[row.place - 1].entry.head if row.place else self.starts[row.entry.subject]
        after = chain[row.place + 1].entry.head if row.place + 1 < len(chain) else None
        follows = next_head(before, row.entry) == row.entry.head
        return Place(before, row.entry.head, after, len(chain), follows)

    def people(self, role: Role) -> list[Address]:
        """Who registered in a role, in the order of registration."""
        return [who for who, known in self.roles.items() if known is role]


async def load(context: Context) -> Ledger:
    """Every entry that the index holds.

    Raises:
        NotYours: the account is no administrator's.
    """
    entries = [entry for _, entry in await audit.everything(context)]
    subjects = dict.fromkeys(entry.subject for entry in entries)
    starts = {who: await context.chain.genesis_head(who) for who in subjects}
    return await asyncio.to_thread(_arranged, entries, starts)


async def sieved(ledger: Ledger, sieve: Sieve, newest_first: bool = True) -> tuple[LedgerRow, ...]:
    """The entries that are wanted; the work is done in a thread."""
    return await asyncio.to_thread(_sieved, ledger, sieve, newest_first)


async def verify(context: Context, subject: Address) -> Verified:
    """Read a subject's entries, or the common register's, from the node again and recompute them.

    Raises:
        AuditBroken, HistoryForked.
    """
    head = await context.chain.head()
    shown = await context.chain.entries(context.network.deployed_at, head.number)
    own = [entry for entry in shown if entry.subject == subject]
    return await audit.recomputed(context, subject, own, head.number)


async def verify_all(context: Context) -> Verified:
    """The same for every subject at once; ``head`` is the common register's.

    Raises:
        AuditBroken, HistoryForked: of the first subject that does not hold.
    """
    head = await context.chain.head()
    shown = await context.chain.entries(context.network.deployed_at, head.number)
    chains = by_subject(shown)
    # What the index knows and the node shows no more must not go unnoticed.
    known = by_subject(await context.local.entries())
    subjects = list(dict.fromkeys([ZERO_ADDRESS, *chains, *known]))
    register = ChainHead(bytes(27))
    for done, subject in enumerate(subjects):
        context.notifier.progress("Verifying the audit", done, len(subjects))
        held = await audit.recomputed(context, subject, chains.get(subject, []), head.number)
        register = held.head if subject == ZERO_ADDRESS else register
    return Verified(len(shown), register, head.number)


async def export(path: Path, rows: Sequence[LedgerRow], names: Mapping[Address, str]) -> None:
    """Write entries as CSV; ``names`` are the people's, where they have any.

    Raises:
        FileExists, FileUnreadable.
    """
    await asyncio.to_thread(save_csv, path, COLUMNS, [_cells(row, names) for row in rows])


def action_name(action: int) -> str:
    """What an action is called in files."""
    try:
        return Action(action).label
    except ValueError:
        return f"action-{action}"


def _cells(row: LedgerRow, names: Mapping[Address, str]) -> Sequence[object]:
    entry = row.entry
    name = names.get(entry.actor, "")
    return (
        row.number,
        rfc3339(entry.meta.time),
        action_name(entry.action),
        "" if name == entry.actor else name,
        entry.actor,
        "register" if entry.subject == ZERO_ADDRESS else entry.subject,
        row.place,
        row.about or "",
        row.record.hex(),
        entry.meta.version if row.record else "",
        entry.block,
        f"0x{entry.transaction.hex()}",
        f"0x{entry.head.hex()}",
    )


def _arranged(entries: Sequence[AuditEntry], starts: Mapping[Address, ChainHead]) -> Ledger:
    rows: list[LedgerRow] = []
    chains: dict[Address, list[LedgerRow]] = {}
    roles: dict[Address, Role] = {}
    for number, entry in enumerate(entries, 1):
        chain = chains.setdefault(entry.subject, [])
        row = LedgerRow(number, len(chain), entry)
        chain.append(row)
        rows.append(row)
        role = _role(entry)
        if role is not None:
            roles[entry.actor] = role
    held = {who: tuple(chain) for who, chain in chains.items()}
    return Ledger(tuple(rows), held, starts, roles)


def _role(entry: AuditEntry) -> Role | None:
    if entry.action == Action.USER_REGISTERED:
        return Role(entry.meta.kind) if entry.meta.kind in tuple(Role) else None
    if entry.action == Action.DOCTOR_REGISTERED:
        return Role.DOCTOR
    return Role.PATIENT if entry.action == Action.PATIENT_REGISTERED else None


def _sieved(ledger: Ledger, sieve: Sieve, newest_first: bool) -> tuple[LedgerRow, ...]:
    rows = reversed(ledger.rows) if newest_first else iter(ledger.rows)
    return tuple(row for row in rows if sieve.takes(row))
