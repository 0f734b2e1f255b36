"""A node that forges a whole history, consistently: every head recomputed, every answer fitting."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from medrec.chain.audit import genesis_head, next_head
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import (
    ZERO_ADDRESS,
    Address,
    ChainHead,
    Digest,
    Epoch,
    TxHash,
    address_bytes,
)
from medrec.domain.ports import Chain
from medrec.services.context import Context
from tests.support.liar import Lie, lying
from tests.support.world import World

Edit = Callable[[list[AuditEntry]], list[AuditEntry]]


def meta_word(
    action: int,
    time: int,
    *,
    slot: int = 0,
    version: int = 0,
    epoch: Epoch = Epoch(0, 0),  # noqa: B008 - frozen
    scope: int = 0,
    expiry: int = 0,
    kind: int = 0,
) -> int:
    """The packed word of an entry (CONTRACTS.md, Entries)."""
    word = action << 184 | time << 144 | slot << 136 | version << 112 | epoch.packed << 80
    return word | scope << 48 | expiry << 8 | kind


def retimed(entry: AuditEntry, by: int) -> AuditEntry:
    """The entry with another time."""
    time = entry.meta.time
    return replace(entry, meta_word=entry.meta_word ^ time << 144 ^ (time + by) << 144)


@dataclass
class Forgery:
    """The chain as the forger tells it."""

    chain_id: int
    audit: Address
    entries: list[AuditEntry] = field(default_factory=list)

    def rehash(self) -> None:
        """Give every entry the head that follows."""
        heads: dict[Address, ChainHead] = {}
        fitting = []
        for entry in sorted(self.entries, key=lambda e: (e.block, e.log_index)):
            start = genesis_head(self.chain_id, self.audit, entry.subject)
            heads[entry.subject] = next_head(heads.get(entry.subject, start), entry)
            fitting.append(replace(entry, head=heads[entry.subject]))
        self.entries = fitting

    def append(
        self,
        block: int,
        subject: Address,
        actor: Address,
        ref: bytes,
        meta: int,
        digest: bytes,
        transaction: bytes = b"",
    ) -> AuditEntry:
        """An invented entry at the end of a block."""
        last = max((e.log_index for e in self.entries if e.block == block), default=-1)
        self.entries.append(
            AuditEntry(
                subject=subject,
                actor=actor,
                ref=ref,
                meta_word=meta,
                digest=Digest(digest),
                head=ChainHead(bytes(27)),
                block=block,
                log_index=last + 1,
                transaction=TxHash(transaction or secrets.token_bytes(32)),
            )
        )
        self.rehash()
        return self.entries[-1]

    def node(self, honest: Chain, **lies: Lie) -> Chain:
        """A node that shows this history, and lies about more where asked to."""

        async def entries(_: Any, first: int, last: int) -> list[AuditEntry]:
            return [e for e in self.entries if first <= e.block <= last]

        async def audit_head(_: Any, subject: Address, block: int | None = None) -> ChainHead:
            own = [
                e.head
                for e in self.entries
                if e.subject == subject and (block is None or e.block <= block)
            ]
            return own[-1] if own else genesis_head(self.chain_id, self.audit, subject)

        return lying(honest, **{"entries": entries, "audit_head": audit_head, **lies})


async def forged(world: World, context: Context, edit: Edit = lambda entries: entries) -> Forgery:
    """The true history, edited and made consistent again."""
    head = await context.chain.head()
    true = await context.chain.entries(world.network.deployed_at, head.number)
    forgery = Forgery(world.network.chain_id, world.network.contracts["ContractAudit"], edit(true))
    forgery.rehash()
    return forgery


def doctor_verified(
    forgery: Forgery, block: int, time: int, doctor: Address, actor: Address, credential: Digest
) -> None:
    """Invent that a doctor was verified."""
    forgery.append(
        block,
        ZERO_ADDRESS,
        actor,
        bytes(12) + address_bytes(doctor),
        meta_word(Action.DOCTOR_STATUS_CHANGED, time, kind=2, version=1),
        credential,
    )


def doctor_announced(
    forgery: Forgery, block: int, time: int, doctor: Address, profile: Digest
) -> None:
    """Invent that a doctor announced a profile."""
    forgery.append(
        block,
        ZERO_ADDRESS,
        doctor,
        bytes(12) + address_bytes(doctor),
        meta_word(Action.DOCTOR_REGISTERED, time, kind=1, version=1),
        profile,
    )
