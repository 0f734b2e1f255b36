"""How the network and the store are: nodes side by side, contracts, what waits, what is left."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

from medrec.domain.entries import BlockRef
from medrec.domain.ids import Address
from medrec.domain.network import NodeState
from medrec.domain.outbox import JobState
from medrec.errors import MedRecError
from medrec.services.context import Context

T = TypeVar("T")

BEHIND = 3
"""Blocks by which a node may lag: they do not hear of a block in the same moment."""

GAPS = 24
"""Blocks whose distances in time are looked at."""


class NodeVerdict(StrEnum):
    """What is said of a node beside the others."""

    AGREES = "agrees"
    BEHIND = "behind"
    DIFFERS = "differs"
    """It shows another block, or another audit, than the node in use at the same height."""
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class NodeHealth:
    """A node's answer with how it compares; ``behind`` in blocks."""

    state: NodeState
    verdict: NodeVerdict
    behind: int = 0


@dataclass(frozen=True, slots=True)
class ContractHealth:
    """A contract of the network file; ``same`` None where its code could not be asked for."""

    name: str
    address: Address
    same: bool | None


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """The content store; ``blocks`` and ``size`` (bytes) only where it answers."""

    kind: str
    location: str
    blocks: int | None = None
    size: int | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """One look at everything; ``at`` in Unix seconds.

    ``verified`` is the block up to which the audit chains were recomputed; ``gaps`` the seconds
    between the newest blocks, oldest first; ``balance`` in wei, None where nobody told;
    ``outbox`` counts jobs by state.
    """

    at: int
    head: BlockRef | None
    verified: int
    nodes: tuple[NodeHealth, ...]
    contracts: tuple[ContractHealth, ...]
    store: StoreHealth
    outbox: Mapping[JobState, int] = field(default_factory=dict)
    balance: int | None = None
    gaps: tuple[int, ...] = ()

    @property
    def problems(self) -> int:
        """How many things are not as they should be; a node that lags is no problem of ours."""
        wrong = (NodeVerdict.AWAY, NodeVerdict.DIFFERS)
        return (
            sum(node.verdict in wrong for node in self.nodes)
            + sum(contract.same is not True for contract in self.contracts)
            + bool(self.store.problem)
        )


async def look(context: Context) -> Health:
    """Ask everything once. What is away is told in the answer: nothing is raised for it."""
    states, codes, store, balance = await asyncio.gather(
        context.chain.nodes(),
        _or_none(context.chain.codes()),
        _store(context),
        _or_none(context.chain.balance(context.me)),
    )
    nodes = compare(states)
    head = max((s.head for s in states if s.head), key=lambda b: b.number, default=None)
    points = await context.local.checkpoints()
    return Health(
        at=max(context.clock.now(), head.time if head is not None else 0),
        head=head,
        verified=points[0].number if points else 0,
        nodes=nodes,
        contracts=_contracts(context, codes),
        store=store,
        outbox=Counter(job.state for job in await context.local.jobs()),
        balance=balance,
        gaps=await _gaps(context, head),
    )


def compare(states: list[NodeState]) -> tuple[NodeHealth, ...]:
    """Each node beside the one in use (or the first that answers), at a height all have."""
    answering = [s for s in states if s.head is not None]
    highest = max((s.head.number for s in answering if s.head), default=0)
    reference = next((s for s in answering if s.in_use), answering[0] if answering else None)
    return tuple(_verdict(state, reference, highest) for state in states)


def _verdict(state: NodeState, reference: NodeState | None, highest: int) -> NodeHealth:
    if state.head is None or reference is None or state.problem:
        return NodeHealth(state, NodeVerdict.AWAY)
    behind = highest - state.head.number
    shown = (state.compared, state.audit)
    if shown != (reference.compared, reference.audit):
        return NodeHealth(state, NodeVerdict.DIFFERS, behind)
    lags = behind > BEHIND
    return NodeHealth(state, NodeVerdict.BEHIND if lags else NodeVerdict.AGREES, behind)


def _contracts(context: Context, codes: Mapping[str, bytes] | None) -> tuple[ContractHealth, ...]:
    network = context.network
    return tuple(
        ContractHealth(
            name, at, None if codes is None else codes.get(name) == network.code_hashes.get(name)
        )
        for name, at in network.contracts.items()
    )


async def _store(context: Context) -> StoreHealth:
    config = context.network.store
    try:
        status = await context.store.status()
    except MedRecError as error:
        return StoreHealth(config.kind, config.location, problem=error.sentence)
    blocks, size = status.get("blocks"), status.get("bytes")
    return StoreHealth(
        kind=str(status.get("kind", config.kind)),
        location=str(status.get("location", config.location)),
        blocks=blocks if isinstance(blocks, int) else None,
        size=size if isinstance(size, int) else None,
    )


async def _gaps(context: Context, head: BlockRef | None) -> tuple[int, ...]:
    if head is None:
        return ()
    first = max(head.number - GAPS, 0)
    asked = (context.chain.block(number) for number in range(first, head.number + 1))
    found = await asyncio.gather(*asked, return_exceptions=True)
    times = [block.time for block in found if isinstance(block, BlockRef)]
    if len(times) != len(found):
        return ()
    return tuple(later - earlier for earlier, later in pairwise(times))


async def _or_none(asked: Awaitable[T]) -> T | None:
    try:
        return await asked
    except MedRecError:
        return None
