"""A node and a store together make up a record by a real doctor, sealed directly to the patient."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest

from medrec.chain.audit import EMPTY_RECORD, next_record_chain
from medrec.chain.calldata import encode_call
from medrec.chain.wallets import PreparedTransaction
from medrec.crypto.record import (
    DirectKeys,
    ManifestFields,
    RecordContext,
    SealedRecord,
    Witness,
    seal_record,
)
from medrec.domain.calls import AddRecord
from medrec.domain.categories import Category
from medrec.domain.entries import Action
from medrec.domain.ids import Address, Cid, RecordId, TxHash, new_record_id
from medrec.domain.people import RecordHead
from medrec.errors import BadObject, NotWrittenBy
from medrec.services import records
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.reading import RecordReader
from medrec.services.sources import in_memory
from medrec.services.writing import Draft, add_record
from tests.attack.forger import forged, meta_word
from tests.support.liar import lying
from tests.support.world import World, elsewhere, read, write

NOTES = Category.NOTES


async def _lie_in_the_store(
    world: World, patient: Context, author: Address
) -> tuple[RecordId, SealedRecord]:
    """A record that names ``author``, sealed to the patient by somebody who knows no secret."""
    slot = patient.slots.slot(NOTES)
    record = new_record_id(slot, author, secrets.token_bytes(11))
    known = await patient.chain.patient(patient.me)
    assert known is not None
    tip = await patient.local.tip(patient.me)
    assert tip is not None
    head = await patient.chain.head()
    context = RecordContext(
        chain_id=world.network.chain_id,
        contract=world.network.contracts["ContractPatient"],
        patient=patient.me,
        record=record,
        version=1,
        slot=slot,
        epoch=known.epoch,
        author=author,
    )
    fields = ManifestFields(
        "Stop all medication", head.time, Witness(head.number, head.hash, tip[1])
    )
    part = in_memory("note.txt", "text/plain", b"Stop all medication.")
    blocks: dict[Cid, bytes] = {}
    public = patient.key(1).public
    sealed = seal_record(context, fields, [part], DirectKeys(public), public, blocks.__setitem__)
    for cid, block in {**blocks, sealed.cid: sealed.root}.items():
        await patient.store.put(cid, block)
    return record, sealed


@pytest.mark.parametrize("transaction", ["none", "another of the doctor's", "the attacker's"])
async def test_a_record_that_its_author_never_signed_is_not_shown(
    world: World, transaction: str
) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    true = await write(doctor, patient.me, "true")
    await sync(patient)
    record, sealed = await _lie_in_the_store(world, patient, doctor.me)
    known = await patient.chain.patient(patient.me)
    assert known is not None
    call = AddRecord(patient.me, record, known.epoch, sealed.digest)
    forgery = await forged(world, patient)
    head = await patient.chain.head()
    meta = meta_word(Action.RECORD_CREATED, head.time, slot=record[0], version=1, epoch=known.epoch)
    shown = await _transaction(world, patient, transaction, call, true.record)
    forgery.append(head.number, patient.me, doctor.me, record, meta, sealed.digest, shown)
    chain = next_record_chain(EMPTY_RECORD, doctor.me, known.epoch, sealed.digest)

    async def record_head(honest: object, whose: Address, which: RecordId) -> RecordHead | None:
        if which == record:
            return RecordHead(chain, 1, archived=False, hidden=False)
        return await patient.chain.record(whose, which)

    node = forgery.node(patient.chain, record=record_head)
    victim = replace(elsewhere(world, patient), chain=node)
    await sync(victim)
    reader = await RecordReader.open(victim, patient.me)
    with pytest.raises(NotWrittenBy):
        await reader.read(record)
    assert await read(victim, patient.me, true.record)


async def _transaction(
    world: World, patient: Context, kind: str, call: AddRecord, written: RecordId
) -> TxHash:
    """The hash that the forged entry names."""
    if kind == "none":
        return TxHash(secrets.token_bytes(32))
    if kind == "another of the doctor's":
        entries = await patient.local.entries(ref=written)
        return entries[0].transaction
    attacker = await world.person("attacker")
    contract, data = encode_call(call)
    nonce = await attacker.chain.next_nonce(attacker.me)
    to = world.network.contracts[contract]
    made = PreparedTransaction(world.network.chain_id, nonce, to, data, 500_000, 10**11, 10**9)
    signed = attacker.wallet.sign_transaction(made)
    await attacker.chain.send(signed)
    return signed.hash


async def test_what_the_node_changes_in_a_true_transaction_is_found(world: World) -> None:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    written = await write(doctor, patient.me, "true")
    await sync(patient)
    entry = (await patient.local.entries(ref=written.record))[0]
    assert await patient.chain.wrote(entry)
    for other in (
        replace(entry, actor=patient.me),
        replace(entry, subject=doctor.me),
        replace(entry, ref=bytes([entry.ref[0]]) + secrets.token_bytes(31)),
        replace(entry, digest=secrets.token_bytes(32)),
        replace(entry, meta_word=entry.meta_word ^ 1 << 80),
        replace(entry, transaction=TxHash(secrets.token_bytes(32))),
    ):
        assert not await patient.chain.wrote(other)


async def test_every_record_is_asked_for_its_author(world: World) -> None:
    """Also the patient's own: a node must not put words into the patient's mouth."""
    patient = await world.patient()
    written = await write(patient, patient.me, "mine")

    async def unsigned(*_: object) -> bool:
        return False

    victim = replace(patient, chain=lying(patient.chain, wrote=unsigned))
    with pytest.raises(NotWrittenBy):
        await read(victim, patient.me, written.record)
    assert await read(patient, patient.me, written.record)


async def test_a_record_without_a_file_is_told_and_hides_no_other(world: World) -> None:
    patient = await world.patient()
    empty = await add_record(patient, patient.me, Draft(NOTES, "Nothing", ()))
    kept = await write(patient, patient.me, "kept")
    with pytest.raises(BadObject):
        await read(patient, patient.me, empty.record)
    rows = {row.record: row.title for row in await records.listed(patient, patient.me)}
    assert (rows[empty.record], rows[kept.record]) == (None, "kept")
