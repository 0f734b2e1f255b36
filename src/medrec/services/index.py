"""The index: every audit entry, copied into the local database and checked against the heads.

A reorganisation rolls back to the last block that both sides know; a subject whose recomputed
chain does not give the head on the chain is an alarm, not a row.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from medrec.chain.audit import first_wrong
from medrec.domain.entries import AuditEntry, BlockRef
from medrec.domain.ids import ZERO_ADDRESS, Address, ChainHead
from medrec.errors import AuditBroken, HistoryForked, MedRecError
from medrec.services.context import Context

RANGE = 5_000
"""Blocks asked for at once; the gateway halves it where a node allows less."""

DEEPEST_REORGANISATION = 64
"""Blocks. A history that changes further back than this is an alarm."""

HELD = 20_000
"""Entries kept in memory until they have been compared with the heads on chain."""

LOOKS = 3
"""How often the chain is read again when it was reorganised while it was read."""

HEAD_ASKED = (0, 0.02, 0.2)
"""Seconds to wait before each question about a head, until one answer is the expected one."""

UNCHECKED = ("index", "unchecked")
"""Local space and key: the block above which entries have not been compared yet."""

Tip = tuple[int, ChainHead]
"""How many entries a subject has, and the head after the last."""


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
    await _drop_unchecked(context)
    for _ in range(LOOKS):
        head = await context.chain.head()
        target = await _confirmed(context, head)
        base = await _common_block(context, head)
        if base >= target.number:
            return target
        try:
            subjects = await _walk(context, base, target)
        except MedRecError as error:
            await _drop_unchecked(context)
            if isinstance(error, AuditBroken) and await _replaced(context, target):
                continue
            raise
        for subject in subjects:
            context.notifier.changed(subject, "entries")
        return target
    raise HistoryForked(subject="the chain")


async def _replaced(context: Context, block: BlockRef) -> bool:
    """Whether the chain was reorganised while it was read."""
    return await context.chain.block(block.number) != block


async def _walk(context: Context, base: int, target: BlockRef) -> set[Address]:
    """Read what came after ``base``, and compare it with the heads at ``target`` alone.

    A pruned node has no older states. What must be put down before the comparison, so that
    memory stays flat, is marked as unchecked until then. Returns the subjects of the entries.
    """
    tips: dict[Address, Tip] = {}
    held: list[AuditEntry] = []
    for first in range(base + 1, target.number + 1, RANGE):
        last = min(first + RANGE - 1, target.number)
        found = await context.chain.entries(first, last)
        await _follow_heads(context, found, tips)
        held += found
        if len(held) >= HELD and last < target.number:
            await context.local.put(*UNCHECKED, str(base).encode())
            await context.local.append_entries(held, await _block(context, last))
            held = []
    subjects = set(tips)
    await _compare(context, tips, target.number)
    await context.local.append_entries(held, target)
    await context.local.delete(*UNCHECKED)
    await _anchor(context, base, target)
    return subjects


async def _anchor(context: Context, base: int, target: BlockRef) -> None:
    """Leave a checkpoint that an honest reorganisation of the newest blocks does not reach."""
    first = context.network.deployed_at - 1
    number = max(target.number - DEEPEST_REORGANISATION, first, 0)
    if number > base or base == first:
        await context.local.append_entries([], await _block(context, number))


async def _drop_unchecked(context: Context) -> None:
    """Forget the entries of a walk that ended before they were compared."""
    marked = await context.local.get(*UNCHECKED)
    if marked is not None:
        await context.local.roll_back(int(marked))
        await context.local.delete(*UNCHECKED)


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
        if points[0].number - point.number >= DEEPEST_REORGANISATION:
            break
    raise HistoryForked(subject="the chain")


async def _follow_heads(
    context: Context, entries: Sequence[AuditEntry], tips: dict[Address, Tip]
) -> None:
    """Check that each subject's entries follow from its tip, and move the tips on."""
    for subject, own in by_subject(entries).items():
        count, head = tips.get(subject) or await _tip(context, subject)
        wrong = first_wrong(head, own)
        if wrong is not None:
            raise AuditBroken(subject=subject_name(subject), index=count + wrong)
        tips[subject] = count + len(own), own[-1].head


async def _compare(context: Context, tips: Mapping[Address, Tip], block: int) -> None:
    """Compare tips with the heads on chain.

    Also those of the account and of the register, of which a node may have shown nothing.
    """
    for subject in {*tips, context.me, ZERO_ADDRESS}:
        count, head = tips.get(subject) or await _tip(context, subject)
        if not await head_is(context, subject, block, head):
            raise AuditBroken(subject=subject_name(subject), index=count)


async def head_is(context: Context, subject: Address, block: int, expected: ChainHead) -> bool:
    """Whether a subject's head after ``block`` is the expected one, on the chain.

    Asked again where it differs, a little later: while a block is made, a node may answer for that
    one instead of the newest that it had named (anvil does), which would be a false alarm.
    """
    for pause in HEAD_ASKED:
        await asyncio.sleep(pause)
        if await context.chain.audit_head(subject, block) == expected:
            return True
    return False


async def check_subject(context: Context, subject: Address) -> None:
    """See to it that the index holds all of a subject's entries up to its last block.

    What a node had left out is read again and added, where it gives the head on the chain.

    Raises:
        AuditBroken, HistoryForked.
    """
    points = await context.local.checkpoints()
    if not points:
        return
    last = points[0].number
    _, known = await _tip(context, subject)
    if await head_is(context, subject, last, known):
        return
    async with context.local.exclusive("index"):
        shown = await context.chain.audit_head(subject, last)
        entries = await context.chain.entries(context.network.deployed_at, last)
        own = [e for e in entries if e.subject == subject]
        wrong = first_wrong(await context.chain.genesis_head(subject), own)
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
    wrong = first_wrong(known, own)
    if wrong is not None:
        raise AuditBroken(subject=subject_name(subject), index=count + wrong)
    return own


async def _tip(context: Context, subject: Address) -> Tip:
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


def subject_name(subject: Address) -> str:
    """How a sentence names a subject."""
    return "the common register" if subject == ZERO_ADDRESS else subject
