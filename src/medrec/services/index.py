"""The index: every audit entry, copied into the local database and checked against the heads.

A reorganisation rolls back to the last block that both sides know; a subject whose recomputed
chain does not give the head on the chain is an alarm, not a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from medrec.chain.audit import next_head
from medrec.domain.entries import AuditEntry, BlockRef
from medrec.domain.ids import ZERO_ADDRESS, Address, ChainHead
from medrec.errors import AuditBroken, HistoryForked
from medrec.services.context import Context

RANGE = 5_000
"""Blocks asked for at once; the gateway halves it where a node allows less."""

DEEPEST_REORGANISATION = 64
"""Blocks. A history that changes further back than this is an alarm."""


async def sync(context: Context) -> BlockRef:
    """Follow the chain to its confirmed head; returns that block.

    Raises:
        AuditBroken: when entries do not give the heads on chain.
        HistoryForked: when the chain differs from what was verified, deeper than any honest
            reorganisation.
    """
    async with context.local.exclusive("index"):
        return await _follow(context)


async def _follow(context: Context) -> BlockRef:
    head = await context.chain.head()
    target = await _confirmed(context, head)
    start = await _common_block(context, head) + 1
    while start <= target.number:
        last = min(start + RANGE - 1, target.number)
        upto = target if last == target.number else await _block(context, last)
        entries = await context.chain.entries(start, last)
        await _verify(context, entries, upto.number)
        if last == target.number:
            await _nothing_left_out(context, entries, upto.number)
        await context.local.append_entries(entries, upto)
        for subject in {e.subject for e in entries}:
            context.notifier.changed(subject, "entries")
        start = last + 1
    return target


async def _confirmed(context: Context, head: BlockRef) -> BlockRef:
    number = max(head.number - (context.network.confirmations - 1), 0)
    return head if number == head.number else await _block(context, number)


async def _block(context: Context, number: int) -> BlockRef:
    block = await context.chain.block(number)
    if block is None:
        raise HistoryForked(subject="the chain")
    return block


async def _common_block(context: Context, head: BlockRef) -> int:
    """The last indexed block that the node still has; rolls the index back to it."""
    points = await context.local.checkpoints()
    if not points:
        return context.network.deployed_at - 1
    if head.number < points[0].number and await _entries_above(context, head.number):
        raise HistoryForked(subject="the chain")
    for point in points:
        known = head if point.number == head.number else await context.chain.block(point.number)
        if known is not None and known.hash == point.hash:
            if point is not points[0]:
                await context.local.roll_back(point.number)
            return point.number
        if points[0].number - point.number > DEEPEST_REORGANISATION:
            break
    raise HistoryForked(subject="the chain")


async def _verify(context: Context, entries: Sequence[AuditEntry], block: int) -> None:
    for subject, own in by_subject(entries).items():
        count, head = await _tip(context, subject)
        wrong = first_wrong(own, head)
        if wrong is not None:
            raise AuditBroken(subject=subject_name(subject), index=count + wrong)
        if await context.chain.audit_head(subject, block) != own[-1].head:
            raise AuditBroken(subject=subject_name(subject), index=count + len(own))


async def _nothing_left_out(context: Context, entries: Sequence[AuditEntry], block: int) -> None:
    """A node that shows none of the account's own new entries, or of the register's, is found."""
    for subject in {context.me, ZERO_ADDRESS} - {e.subject for e in entries}:
        count, head = await _tip(context, subject)
        if await context.chain.audit_head(subject, block) != head:
            raise AuditBroken(subject=subject_name(subject), index=count)


async def check_subject(context: Context, subject: Address) -> None:
    """See to it that the index holds all of a subject's entries up to its last block.

    What a node had left out is read again and added, where it gives the head on the chain.

    Raises:
        AuditBroken, HistoryForked.
    """
    points = await context.local.checkpoints()
    if not points:
        return
    _, known = await _tip(context, subject)
    shown = await context.chain.audit_head(subject, points[0].number)
    if shown == known:
        return
    async with context.local.exclusive("index"):
        last = points[0].number
        entries = await context.chain.entries(context.network.deployed_at, last)
        own = [e for e in entries if e.subject == subject]
        wrong = first_wrong(own, await context.chain.genesis_head(subject))
        if wrong is not None or not own or own[-1].head != shown:
            index = len(own) if wrong is None else wrong
            raise AuditBroken(subject=subject_name(subject), index=index)
        before = await context.local.entries(subject=subject)
        if [e.head for e in before] != [e.head for e in own[: len(before)]]:
            raise HistoryForked(subject=subject_name(subject))
        await context.local.append_entries(own, points[0])


async def unconfirmed(context: Context, subject: Address) -> list[AuditEntry]:
    """A subject's entries that the node shows above the index, not confirmed yet.

    Raises:
        AuditBroken: when they do not follow what was verified.
    """
    points = await context.local.checkpoints()
    first = points[0].number + 1 if points else context.network.deployed_at
    head = await context.chain.head()
    entries = await context.chain.entries(first, head.number) if first <= head.number else []
    own = [e for e in entries if e.subject == subject]
    count, known = await _tip(context, subject)
    wrong = first_wrong(own, known)
    if wrong is not None:
        raise AuditBroken(subject=subject_name(subject), index=count + wrong)
    return own


async def _tip(context: Context, subject: Address) -> tuple[int, ChainHead]:
    found = await context.local.tip(subject)
    return found or (0, await context.chain.genesis_head(subject))


async def _entries_above(context: Context, block: int) -> bool:
    return any(entry.block > block for entry in await context.local.entries())


def by_subject(entries: Iterable[AuditEntry]) -> dict[Address, list[AuditEntry]]:
    """The entries of each subject, in order."""
    found: dict[Address, list[AuditEntry]] = {}
    for entry in entries:
        found.setdefault(entry.subject, []).append(entry)
    return found


def first_wrong(entries: Sequence[AuditEntry], head: ChainHead) -> int | None:
    """The index of the first entry whose head does not follow from ``head``; None if all do."""
    for index, entry in enumerate(entries):
        head = next_head(head, entry)
        if head != entry.head:
            return index
    return None


def subject_name(subject: Address) -> str:
    """How a sentence names a subject."""
    return "the common register" if subject == ZERO_ADDRESS else subject
