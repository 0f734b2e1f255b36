"""The audit: listed from the index, and recomputed from the node when it is to be verified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medrec.chain.audit import first_wrong
from medrec.domain.entries import AuditEntry
from medrec.domain.ids import Address, ChainHead, RecordId
from medrec.errors import AuditBroken, HistoryForked, NotYours, UnknownPatient
from medrec.services.context import Context
from medrec.services.index import head_is, subject_name


@dataclass(frozen=True, slots=True)
class Verified:
    """A recomputed chain that holds: its length, head, and the block it was compared at."""

    entries: int
    head: ChainHead
    block: int


async def listed(
    context: Context, patient: Address, record: RecordId | None = None
) -> list[tuple[int, AuditEntry]]:
    """A patient's entries with their index in the chain; only a record's where one is given.

    Raises:
        UnknownPatient.
    """
    if await context.chain.patient(patient) is None:
        raise UnknownPatient(patient=patient)
    entries = await context.local.entries(subject=patient)
    numbered = list(enumerate(entries))
    return numbered if record is None else [(i, e) for i, e in numbered if e.ref == record]


async def everything(context: Context) -> list[tuple[int, AuditEntry]]:
    """Every entry of every subject, for an administrator.

    Raises:
        NotYours.
    """
    if context.me not in context.network.verifiers | context.network.registrars:
        raise NotYours(needed="an administrator's", hint="Name a patient instead of --all.")
    return list(enumerate(await context.local.entries()))


async def verify(context: Context, subject: Address) -> Verified:
    """Read a subject's entries from the node again and recompute the chain of heads.

    Raises:
        UnknownPatient.
        AuditBroken: with the index of the first entry that does not follow.
        HistoryForked: when what was verified before is not the beginning of what is shown now.
    """
    if await context.chain.patient(subject) is None:
        raise UnknownPatient(patient=subject)
    head = await context.chain.head()
    shown = await context.chain.entries(context.network.deployed_at, head.number)
    own = [e for e in shown if e.subject == subject]
    return await recomputed(context, subject, own, head.number)


async def recomputed(
    context: Context, subject: Address, entries: Sequence[AuditEntry], block: int
) -> Verified:
    """Compare what a node shows of a subject up to ``block`` with the head there, and the index.

    Raises:
        AuditBroken, HistoryForked: as `verify`.
    """
    name = subject_name(subject)
    start = await context.chain.genesis_head(subject)
    wrong = first_wrong(start, entries)
    if wrong is not None:
        raise AuditBroken(subject=name, index=wrong)
    computed = entries[-1].head if entries else start
    if not await head_is(context, subject, block, computed):
        raise AuditBroken(subject=name, index=len(entries))
    known = await context.local.entries(subject=subject)
    if [e.head for e in known] != [e.head for e in entries[: len(known)]]:
        raise HistoryForked(subject=name)
    return Verified(len(entries), computed, block)
