"""Reading records: everything is checked before anything is shown, in DESIGN.md's order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from medrec.chain.audit import EMPTY_RECORD, next_record_chain
from medrec.crypto.record import (
    AsReader,
    Manifest,
    Part,
    PartReader,
    RecordContext,
    Root,
    content_key,
    open_manifest,
    read_root,
)
from medrec.domain.categories import Category, Slot
from medrec.domain.cid import Codec, cid_from_digest
from medrec.domain.entries import Action, AuditEntry
from medrec.domain.ids import Address, Cid, RecordId, record_slot
from medrec.domain.people import Grant, RecordHead
from medrec.errors import (
    Arriving,
    BadObject,
    BlockMissing,
    CategoryNotShared,
    NoSuchAttachment,
    NoSuchRecord,
    NoSuchVersion,
    UnknownPatient,
    WitnessDiffers,
    WrongRecordChain,
)
from medrec.services.authors import check_author
from medrec.services.context import Context
from medrec.services.index import unconfirmed
from medrec.services.keyring import Keys, keys_to
from medrec.services.resealing import with_own_key
from medrec.services.rights import live_grant


@dataclass(frozen=True, slots=True)
class OpenedRecord:
    """A version whose seal was opened and checked."""

    record: RecordId
    version: int
    versions: int
    category: Category
    entry: AuditEntry
    root: Root
    manifest: Manifest
    archived: bool


@dataclass(frozen=True)
class RecordReader:
    """Reads one patient's record with the keys that the account holds."""

    context: Context
    patient: Address
    keys: Keys
    grant: Grant | None

    @classmethod
    async def open(cls, context: Context, patient: Address) -> RecordReader:
        """A reader, where the account may read now.

        Raises:
            UnknownPatient, NoAccess, AccessEnded, DoctorNotVerified, Arriving.
        """
        if patient == context.me:
            if await context.chain.patient(patient) is None:
                raise UnknownPatient(patient=patient)
            return cls(context, patient, await keys_to(context, patient), None)
        grant = await live_grant(context, patient)
        return cls(context, patient, await keys_to(context, patient), grant)

    def readable(self, slot: Slot) -> bool:
        """Whether the account may read the slot."""
        return self.grant is None or self.grant.reads(slot)

    async def history(
        self, record: RecordId, head: RecordHead | None = None
    ) -> tuple[list[AuditEntry], RecordHead]:
        """The entries of all confirmed versions, checked against the record's head on chain.

        A ``head`` that was read from the chain just now spares a question, unless the record has
        been written on since.

        Raises:
            NoSuchRecord, WrongRecordChain.
        """
        entries = await self.context.local.entries(
            subject=self.patient,
            ref=record,
            actions=[Action.RECORD_CREATED, Action.RECORD_UPDATED],
        )
        if not entries:
            raise NoSuchRecord(record=record.hex())
        if head is None or len(entries) > head.version:
            head = await self.context.chain.record(self.patient, record)
        if head is None:
            raise WrongRecordChain()
        newer: list[AuditEntry] = []
        if len(entries) < head.version:
            shown = await unconfirmed(self.context, self.patient)
            newer = [e for e in shown if e.ref == record and e.action == Action.RECORD_UPDATED]
        chain = EMPTY_RECORD
        for entry in (*entries, *newer[: head.version - len(entries)]):
            chain = next_record_chain(chain, entry.actor, entry.meta.epoch, entry.digest)
        if chain != head.chain:
            raise WrongRecordChain()
        return entries, replace(head, version=len(entries))

    async def read(self, record: RecordId, version: int | None = None) -> OpenedRecord:
        """Open one version (the last when None).

        Raises:
            NoSuchRecord, NoSuchVersion, CategoryNotShared, NotWrittenBy, BadCredential,
            WrongRecordChain, Arriving, BlockChanged, KeyCommitmentWrong, SealBroken, Truncated,
            NoKey, WitnessDiffers.
        """
        slot = Slot(record_slot(record))
        history, head = await self.history(record)
        if not self.readable(slot):
            raise CategoryNotShared(category=self._name(slot))
        number = head.version if version is None else version
        if not 1 <= number <= len(history):
            raise NoSuchVersion(version=version, last=len(history))
        entry = history[number - 1]
        await check_author(self.context, entry)
        root = await self._root(entry)
        key = await self._content_key(root, self._bound(entry, record, number))
        manifest = open_manifest(root, key, [await self._block(cid) for cid in root.body])
        if not manifest.parts:
            raise BadObject(why="the record holds no file.")
        await self._check_witness(manifest)
        return OpenedRecord(
            record,
            number,
            head.version,
            self.keys.category(slot),
            entry,
            root,
            manifest,
            head.archived,
        )

    def part(self, opened: OpenedRecord, name: str) -> Part:
        """An attachment by its name.

        Raises:
            NoSuchAttachment.
        """
        for part in (*opened.manifest.parts[1:], opened.manifest.parts[0]):
            if part.name == name:
                return part
        known = ", ".join(p.name for p in opened.manifest.parts[1:]) or "none"
        raise NoSuchAttachment(name=name, known=known)

    async def stream(self, opened: OpenedRecord, part: Part) -> AsyncIterator[bytes]:
        """The plaintext of a part, a block at a time; ends only when the seal was whole.

        Raises:
            Arriving, BlockChanged, SealBroken, Truncated.
        """
        reader = PartReader(part)
        for done, cid in enumerate(part.blocks):
            if len(part.blocks) > 8:
                self.context.notifier.progress(f"Reading {part.name}", done, len(part.blocks))
            for piece in reader.pieces(await self._block(cid)):
                yield piece
        reader.finish()

    async def part_bytes(self, opened: OpenedRecord, part: Part) -> bytes:
        """The whole plaintext of a part. Raises as `stream`."""
        return b"".join([piece async for piece in self.stream(opened, part)])

    async def _root(self, entry: AuditEntry) -> Root:
        blob = await self._block(cid_from_digest(entry.digest, Codec.DAG_CBOR))
        return read_root(blob, entry.digest)

    async def _block(self, cid: Cid) -> bytes:
        try:
            return await self.context.store.get(cid)
        except BlockMissing as error:
            raise Arriving() from error

    async def _content_key(self, root: Root, bound: RecordContext) -> bytes:
        if root.direct:
            return await with_own_key(
                self.context, lambda key: content_key(root, bound, AsReader(key))
            )
        # The first key of a category takes 65,535 hashes.
        opener = await asyncio.to_thread(self.keys.wrapping_key, root.slot, root.epoch)
        return content_key(root, bound, opener)

    def _bound(self, entry: AuditEntry, record: RecordId, version: int) -> RecordContext:
        return RecordContext(
            chain_id=self.context.network.chain_id,
            contract=self.context.record_contract,
            patient=self.patient,
            record=record,
            version=version,
            slot=Slot(record_slot(record)),
            epoch=entry.meta.epoch,
            author=entry.actor,
        )

    async def _check_witness(self, manifest: Manifest) -> None:
        """Compare what the writer had verified with what this node shows."""
        witness = manifest.witness
        head = await self.context.chain.head()
        block = await self.context.chain.block(witness.block)
        if witness.block > head.number or block is None or block.hash != witness.block_hash:
            raise WitnessDiffers()
        tip = await self.context.local.tip(self.patient, witness.block)
        head_then = tip[1] if tip else await self.context.chain.genesis_head(self.patient)
        if head_then != witness.audit_head:
            raise WitnessDiffers()

    def _name(self, slot: Slot) -> str:
        category = self.keys.slots.category(slot)
        return category.value if category else "this category"
