"""When the history on the network does not match: what is known here, what is shown there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from medrec.chain.audit import first_wrong
from medrec.domain.entries import AuditEntry
from medrec.domain.ids import ZERO_ADDRESS, Address, ChainHead
from medrec.domain.network import Network
from medrec.domain.ports import Chain
from medrec.domain.times import rfc3339
from medrec.errors import (
    AuditBroken,
    FileUnreadable,
    HistoryForked,
    IntegrityError,
    MedRecError,
)
from medrec.services.audit import Verified, verify
from medrec.services.context import Context
from medrec.services.index import subject_name
from medrec.store.files import write_over

OpenChain = Callable[[Network], Chain]


class Agreement(StrEnum):
    """What a node says, compared with what was verified on this computer."""

    AGREES = "agrees"
    DIFFERS = "differs"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Side:
    """A trace as one side has it: its entries and its last head, None where it names none."""

    entries: int
    head: ChainHead | None


@dataclass(frozen=True, slots=True)
class NodeAnswer:
    """One of the network's nodes and what it says."""

    url: str
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Examination:
    """Both sides of a trace. ``shown`` is None where the node did not answer.

    ``missing`` are the entries, with their numbers from 1, that were verified here and are not, or
    not any more, what the network shows.
    """

    subject: Address
    why: str
    mine: Side
    shown: Side | None
    missing: tuple[tuple[int, AuditEntry], ...]
    at: int
    nodes: tuple[NodeAnswer, ...] = ()
    better: str = ""
    """A node that agrees with this computer and is not the one in use; empty where there is none.
    """


async def examine(context: Context, error: IntegrityError) -> Examination:
    """Compare what this computer verified with what the node shows now; never an alarm itself."""
    subject = context.me
    if error.facts.get("subject") == subject_name(ZERO_ADDRESS):
        subject = ZERO_ADDRESS
    known = await context.local.entries(subject=subject)
    mine = Side(len(known), known[-1].head if known else None)
    shown: Side | None = None
    missing: tuple[tuple[int, AuditEntry], ...] = ()
    with suppress(MedRecError):
        entries, head = await _shown(context, subject)
        shown = Side(len(entries), head)
        heads = {entry.head for entry in entries[: _sound(known, entries)]}
        missing = tuple((n, e) for n, e in enumerate(known, 1) if e.head not in heads)
    return Examination(subject, error.sentence, mine, shown, missing, context.clock.now())


async def ask_nodes(
    context: Context, found: Examination, open_chain: OpenChain | None = None
) -> Examination:
    """Ask each of the network's nodes by itself whether it agrees with this computer.

    Where one agrees that is not in use, the work can go on with it: see `use_better`.
    """
    opened = open_chain or _gateway
    answers = []
    for done, url in enumerate(context.network.rpc):
        context.notifier.progress("Asking the network's nodes", done, len(context.network.rpc))
        answers.append(NodeAnswer(url, await _agreement(context, url, opened)))
    in_use = context.chain.node
    agreeing = (a.url for a in answers if a.agreement is Agreement.AGREES and a.url != in_use)
    return replace(found, nodes=tuple(answers), better=next(agreeing, ""))


async def use_better(context: Context, found: Examination) -> Verified:
    """Go on with the node that agrees, once it has shown the whole trace again.

    The choice holds until the account is closed; the network file is its administrator's.

    Raises:
        UnknownPatient, AuditBroken, HistoryForked: as `verify`; then the node in use stays.
        ValueError: when no node agreed.
    """
    before = context.chain.node
    context.chain.use_node(found.better)
    try:
        return await verify(context, context.me)
    except MedRecError:
        context.chain.use_node(before)
        raise


async def save_report(path: Path, context: Context, found: Examination) -> None:
    """Write both heads and the missing entries down; no medical contents, no keys.

    Raises:
        FileUnreadable.
    """
    try:
        await asyncio.to_thread(write_over, path, _report(context, found).encode())
    except OSError as error:
        raise FileUnreadable(name=path.name, why=f"{error.strerror}.") from error


async def _shown(context: Context, subject: Address) -> tuple[list[AuditEntry], ChainHead]:
    head = await context.chain.head()
    entries = await context.chain.entries(context.network.deployed_at, head.number)
    own = [entry for entry in entries if entry.subject == subject]
    return own, await context.chain.audit_head(subject, head.number)


def _sound(known: list[AuditEntry], shown: list[AuditEntry]) -> int:
    """How many of the entries shown follow from each other as those known here do."""
    if not known or not shown or shown[0] != known[0]:
        return 0
    wrong = first_wrong(shown[0].head, shown[1:])
    return len(shown) if wrong is None else wrong + 1


async def _agreement(context: Context, url: str, opened: OpenChain) -> Agreement:
    chain = opened(replace(context.network, rpc=(url,)))
    try:
        await chain.check_network()
        await verify(replace(context, chain=chain), context.me)
    except (AuditBroken, HistoryForked):
        return Agreement.DIFFERS
    except MedRecError:
        return Agreement.SILENT
    finally:
        await chain.close()
    return Agreement.AGREES


def _gateway(network: Network) -> Chain:
    from medrec.chain.gateway import Web3Chain

    return Web3Chain(network)


def _report(context: Context, found: Examination) -> str:
    document = {
        "report": "MedRec: the history on the network does not match",
        "made": rfc3339(found.at),
        "network": {"name": context.network.name, "chain id": context.network.chain_id},
        "audit contract": context.network.contracts["ContractAudit"],
        "subject": subject_name(found.subject),
        "why": found.why,
        "this computer": _side(found.mine),
        "the network": None if found.shown is None else _side(found.shown),
        "nodes": [{"url": node.url, "says": node.agreement.value} for node in found.nodes],
        "entries that the network does not show": [
            {
                "entry": number,
                "block": entry.block,
                "time": rfc3339(entry.meta.time),
                "action": entry.action,
                "actor": entry.actor,
                "head": "0x" + entry.head.hex(),
                "transaction": "0x" + entry.transaction.hex(),
            }
            for number, entry in found.missing
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _side(side: Side) -> dict[str, object]:
    return {
        "entries": side.entries,
        "last head": None if side.head is None else "0x" + side.head.hex(),
    }
