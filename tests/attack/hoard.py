"""What somebody holds who threw nothing away: every key, block and chain entry they ever saw.

`Hoard.titles` is the set of titles that they can read with all of it, outside the application: no
contract, no client and no good manners stand in the way, only keys.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product

from medrec.crypto import aead
from medrec.crypto.boxes import open_exact
from medrec.crypto.envelope import Envelope, open_envelope
from medrec.crypto.kdf import EncryptionKey, blake2b, encryption_key, wrapping_key
from medrec.crypto.record import (
    AsAuthor,
    AsReader,
    Opener,
    RecordContext,
    Root,
    content_key,
    decode_root,
    open_manifest,
    open_pending_copy,
)
from medrec.domain.calls import AddRecord, UpdateRecord
from medrec.domain.categories import Slot
from medrec.domain.cid import digest_of, parse_cid
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import Address, Cid, RecordId, record_slot
from medrec.domain.outbox import Job
from medrec.errors import MedRecError, NoKey
from medrec.services.context import Context
from tests.support.world import World

STEPS = 8
"""How far states are hashed on; tests stay within a few epochs."""

LABELS = ("medrec/epoch", "medrec/wrap", "medrec/category", "medrec/commit")


@dataclass
class Hoard:
    """The whole store and chain, as the attacker sees them, beside the attacker's own keys."""

    me: Address
    patient: Address
    chain_id: int
    contracts: dict[str, Address]
    keys: list[EncryptionKey]
    entries: list[AuditEntry]
    blocks: dict[bytes, bytes] = field(default_factory=dict)
    extra_contexts: list[RecordContext] = field(default_factory=list)
    _derived: list[bytes] = field(default_factory=list)

    @classmethod
    async def of(cls, world: World, who: Context, patient: Context, *seen: Job) -> Hoard:
        """Everything there is now; ``seen`` are transactions that never made it onto the chain."""
        head = await who.chain.head()
        hoard = cls(
            me=who.me,
            patient=patient.me,
            chain_id=world.network.chain_id,
            contracts=dict(world.network.contracts),
            keys=[encryption_key(who.root, version) for version in (1, 2)],
            entries=await who.chain.entries(world.network.deployed_at, head.number),
        )
        hoard.keep(world.stored())
        for job in seen:
            hoard.extra_contexts += hoard._contexts_of(job)
        return hoard

    def keep(self, blocks: Iterable[bytes]) -> None:
        """Remember blocks, also those that the store may lose later."""
        self.blocks |= {digest_of(block): block for block in blocks}

    def titles(self) -> set[str]:
        """Every title that opens."""
        found = set()
        for root in self.roots():
            for key in self._content_keys(root):
                with suppress(MedRecError, KeyError):
                    found.add(open_manifest(root, key, self._block).title)
        return found

    def roots(self) -> list[Root]:
        """The roots in the store, and those inside pending copies that open."""
        found = []
        for block in list(self.blocks.values()):
            with suppress(MedRecError):
                found.append(decode_root(block))
            for key in self.keys:
                with suppress(MedRecError):
                    found.append(decode_root(open_pending_copy(block, key)))
        return found

    def envelopes(self) -> list[Envelope]:
        """Every envelope that opens with the own keys, whoever it says it is from."""
        subjects = {e.subject for e in self.entries}
        found = []
        for block, key in product(self.blocks.values(), self.keys):
            try:
                open_exact(key, block)
            except NoKey:
                continue
            for patient in subjects:
                with suppress(MedRecError):
                    found.append(
                        open_envelope(
                            block,
                            key,
                            chain_id=self.chain_id,
                            contract=self.contracts["ContractDoctor"],
                            patient=patient,
                            grantee=self.me,
                        )
                    )
        return found

    def _content_keys(self, root: Root) -> Iterator[bytes]:
        for context in self._contexts(root):
            for opener in self._openers():
                with suppress(MedRecError):
                    yield content_key(root, context, opener)
            if isinstance(root.key, bytes):
                associated = context.associated_data()
                for secret in self._secrets():
                    with suppress(MedRecError):
                        yield aead.unseal(secret, root.key, associated, "the record")

    def _openers(self) -> Iterator[Opener]:
        for key in self.keys:
            yield AsReader(key)
            yield AsAuthor(key)

    def _secrets(self) -> list[bytes]:
        """Each state and W, and whatever hashing them in any way gives."""
        if not self._derived:
            given = set()
            for envelope in self.envelopes():
                for slot in envelope.slots.values():
                    given |= {state for _, state in slot.states}
                    given |= {w.key for w in slot.wraps.values()}
            self._derived = sorted({secret for start in given for secret in _hashed(start)})
        return self._derived

    def _contexts(self, root: Root) -> Iterator[RecordContext]:
        versions: dict[bytes, int] = {}
        for entry in self.entries:
            if entry.action not in (Action.RECORD_CREATED, Action.RECORD_UPDATED):
                continue
            version = versions[entry.ref] = versions.get(entry.ref, 0) + 1
            if entry.meta.epoch == root.epoch and record_slot(RecordId(entry.ref)) == root.slot:
                yield self._context(entry.subject, RecordId(entry.ref), version, entry.actor, root)
        for context in self.extra_contexts:
            if (context.slot, context.epoch) == (root.slot, root.epoch):
                yield context

    def _context(
        self, patient: Address, record: RecordId, version: int, author: Address, root: Root
    ) -> RecordContext:
        return RecordContext(
            chain_id=self.chain_id,
            contract=self.contracts["ContractPatient"],
            patient=patient,
            record=record,
            version=version,
            slot=root.slot,
            epoch=root.epoch,
            author=author,
        )

    def _contexts_of(self, job: Job) -> Iterator[RecordContext]:
        for step in job.steps:
            if isinstance(step.call, AddRecord | UpdateRecord):
                yield RecordContext(
                    chain_id=self.chain_id,
                    contract=self.contracts["ContractPatient"],
                    patient=step.call.patient,
                    record=step.call.record,
                    version=int(job.result["version"]),
                    slot=Slot(record_slot(step.call.record)),
                    epoch=step.call.epoch,
                    author=job.account,
                )

    def _block(self, cid: Cid) -> bytes:
        _, digest = parse_cid(cid)
        if digest not in self.blocks:
            raise NoKey
        return self.blocks[digest]


def _hashed(secret: bytes) -> Iterator[bytes]:
    """The secret, W of it, and both hashed on and on under every label that the scheme uses."""
    yield secret
    yield wrapping_key(secret).key
    for label in LABELS:
        current = secret
        for _ in range(STEPS):
            current = blake2b(current, label)
            yield current
            yield wrapping_key(current).key
    yield hashlib.sha256(secret).digest()
