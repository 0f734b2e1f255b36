"""A node that lies about the audit: entries, heads, blocks, records, the contracts themselves."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from medrec.domain.entries import AuditEntry, BlockRef
from medrec.domain.ids import Address, ChainHead, Digest, RecordId
from medrec.domain.people import RecordHead
from medrec.errors import (
    AuditBroken,
    HistoryForked,
    NodeRefused,
    WitnessDiffers,
    WrongChain,
    WrongCode,
    WrongRecordChain,
)
from medrec.services import audit, records
from medrec.services.context import Context
from medrec.services.index import sync
from tests.attack.forger import forged, retimed
from tests.support.liar import always, lying, lying_node
from tests.support.world import NOTES, World, amend, elsewhere, read, write

Edit = Callable[[list[AuditEntry]], list[AuditEntry]]


def _at(change: Callable[[AuditEntry], AuditEntry], index: int = -2) -> Edit:
    def edit(own: list[AuditEntry]) -> list[AuditEntry]:
        place = index % len(own)
        return [change(e) if i == place else e for i, e in enumerate(own)]

    return edit


def _swap_last(own: list[AuditEntry]) -> list[AuditEntry]:
    one, two = own[-2], own[-1]
    swapped = [
        replace(two, block=one.block, log_index=one.log_index),
        replace(one, block=two.block, log_index=two.log_index),
    ]
    return own[:-2] + swapped


def _invent(own: list[AuditEntry]) -> list[AuditEntry]:
    return [*own, replace(own[-1], log_index=own[-1].log_index + 1, digest=Digest(bytes(32)))]


EDITS: dict[str, Edit] = {
    "digest": _at(lambda e: replace(e, digest=Digest(secrets.token_bytes(32)))),
    "actor": _at(lambda e: replace(e, actor=Address("0x" + "11" * 20))),
    "time": _at(lambda e: retimed(e, -60)),
    "record": _at(lambda e: replace(e, ref=secrets.token_bytes(32))),
    "scope": _at(lambda e: replace(e, meta_word=e.meta_word ^ 1 << 48)),
    "left out": lambda own: own[:-2] + own[-1:],
    "the last left out": lambda own: own[:-1],
    "all left out": lambda own: [],
    "added": _invent,
    "reordered": _swap_last,
}


async def test_changed_entries_are_found_by_the_patient(world: World, subtests: pytest.Subtests):
    patient = await _with_history(world)
    for name, edit in EDITS.items():
        reader = _seeing(elsewhere(world, patient), _edited(patient.me, edit))
        with subtests.test(name):
            with pytest.raises(AuditBroken) as caught:
                await sync(reader)
            assert isinstance(caught.value.facts["index"], int)
            with pytest.raises(AuditBroken):
                await audit.verify(reader, patient.me)
    honest = elsewhere(world, patient)
    await sync(honest)
    assert (await audit.verify(honest, patient.me)).entries > 3


async def test_recomputed_heads_do_not_fit_the_contract(world: World, subtests: pytest.Subtests):
    """The node makes the entries consistent, but the head on the contract is the true one."""
    patient = await _with_history(world)
    for name, edit in EDITS.items():
        forgery = await forged(world, patient, _edited(patient.me, edit))
        node = lying(patient.chain, entries=_from(forgery.entries))
        reader = replace(elsewhere(world, patient), chain=node)
        with subtests.test(name):
            with pytest.raises(AuditBroken):
                await sync(reader)
            with pytest.raises(AuditBroken):
                await audit.verify(reader, patient.me)


async def test_whole_forged_history_differs_from_the_one_verified_before(
    world: World, subtests: pytest.Subtests
):
    """Every answer fits every other; only this machine's memory does not."""
    patient = await _with_history(world)
    await sync(patient)
    true = (await audit.verify(patient, patient.me)).entries
    for name, edit in EDITS.items():
        forgery = await forged(world, patient, _edited(patient.me, edit))
        liar = replace(patient, chain=forgery.node(patient.chain))
        with subtests.test(name):
            if name == "added":
                # Longer is not different; what a node invents at the end, the next one shows.
                assert (await audit.verify(liar, patient.me)).entries == true + 1
            else:
                with pytest.raises(HistoryForked):
                    await audit.verify(liar, patient.me)


async def test_doctor_does_not_read_or_write_over_a_cut_history(
    world: World, subtests: pytest.Subtests
):
    """Also where the node says nothing at all of the patient since some block."""
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    written = await write(patient, patient.me, "one")
    await sync(doctor)
    behind = deepcopy(doctor.local)
    await write(patient, patient.me, "two")
    await write(patient, patient.me, "three")
    await world.revoke(patient, await _another(world, patient))
    for name in ("left out", "digest", "all left out"):
        chain = lying(doctor.chain, entries=_later(EDITS[name], patient))
        liar = replace(doctor, chain=chain, local=deepcopy(behind))
        with subtests.test(name):
            with pytest.raises(AuditBroken):
                await read(liar, patient.me, written.record)
            with pytest.raises(AuditBroken):
                await write(liar, patient.me, "after")
            # An honest node is believed again, and what was left out is read after all.
            cured = replace(liar, chain=doctor.chain)
            assert (await read(cured, patient.me, written.record)).manifest.title == "one"
            await write(cured, patient.me, "after")


async def test_common_register_without_a_suspension_is_found(world: World):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES])
    await sync(patient)
    await world.suspend(doctor)

    async def without(honest: Any, first: int, last: int) -> list[AuditEntry]:
        return [e for e in await honest(first, last) if e.subject == patient.me]

    with pytest.raises(AuditBroken):
        await sync(replace(patient, chain=lying(patient.chain, entries=without)))
    await sync(patient)


async def test_shortened_chain_is_an_alarm(world: World):
    """A node that hides the last blocks, and with them what was verified before."""
    patient = await _with_history(world)
    await sync(patient)
    entries = await patient.local.entries(subject=patient.me)
    old = await patient.chain.block(entries[-1].block - 1)
    assert old is not None

    async def head(_: Any) -> BlockRef:
        return old

    async def block(honest: Any, number: int) -> BlockRef | None:
        found: BlockRef | None = await honest(number) if number <= old.number else None
        return found

    with pytest.raises(HistoryForked):
        await sync(replace(patient, chain=lying(patient.chain, head=head, block=block)))
    assert await patient.local.entries(subject=patient.me) == entries, "nothing was forgotten"
    await sync(patient)


async def test_another_history_across_two_syncs_is_an_alarm(world: World):
    """Other block hashes all the way down: no reorganisation is as deep as that."""
    patient = await _with_history(world)
    await sync(patient)
    known = await patient.local.entries(subject=patient.me)

    async def block(honest: Any, number: int) -> BlockRef | None:
        found = await honest(number)
        return None if found is None else replace(found, hash=bytes(32))

    async def head(honest: Any) -> BlockRef:
        return replace(await honest(), hash=bytes(32))

    with pytest.raises(HistoryForked):
        await sync(replace(patient, chain=lying(patient.chain, block=block, head=head)))
    assert await patient.local.entries(subject=patient.me) == known
    await sync(patient)


async def test_old_record_head_is_not_taken_for_the_newest(world: World):
    """The node answers with a record's head of yesterday: version 2 must not vanish."""
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    written = await write(doctor, patient.me, "one")
    old = await patient.chain.record(patient.me, written.record)
    assert old is not None
    await amend(doctor, patient.me, written.record, "two")
    lies: list[RecordHead] = [
        old,
        replace(old, version=2),
        replace(old, chain=ChainHead(secrets.token_bytes(27))),
    ]
    for lie in lies:
        liar = replace(patient, chain=lying(patient.chain, record=always(lie)))
        with pytest.raises(WrongRecordChain):
            await read(liar, patient.me, written.record)
    assert (await read(patient, patient.me, written.record)).manifest.title == "two"


async def test_one_wrong_record_does_not_hide_the_others(world: World):
    patient = await world.patient()
    wrong = await write(patient, patient.me, "wrong")
    await write(patient, patient.me, "right")
    await sync(patient)

    async def record(honest: Any, who: Address, which: RecordId) -> RecordHead:
        head: RecordHead = await honest(who, which)
        return head if which != wrong.record else replace(head, chain=ChainHead(bytes(27)))

    liar = replace(patient, chain=lying(patient.chain, record=record))
    rows = {row.record: row for row in await records.listed(liar, patient.me)}
    assert rows[wrong.record].title is None
    assert rows[wrong.record].why == WrongRecordChain().sentence
    assert "right" in {row.title for row in rows.values()}


async def test_forked_view_is_found_by_the_witness(world: World):
    """A fresh client is shown a consistent history without a look; the writer had seen it."""
    patient, doctor, curious = (
        await world.patient(),
        await world.doctor("doctor"),
        await world.doctor("curious"),
    )
    for each in (doctor, curious):
        await world.grant(patient, each, [NOTES], [NOTES])
    first = await write(patient, patient.me, "first")
    await sync(curious)
    await records.opened(curious, patient.me, first.record)
    written = await write(doctor, patient.me, "with a witness")

    def without_look(entries: list[AuditEntry]) -> list[AuditEntry]:
        return [e for e in entries if (e.subject, e.actor) != (patient.me, curious.me)]

    forgery = await forged(world, patient, without_look)
    fresh = replace(elsewhere(world, patient), chain=forgery.node(patient.chain))
    with pytest.raises(WitnessDiffers):
        await read(fresh, patient.me, written.record)
    assert (await read(elsewhere(world, patient), patient.me, written.record)).version == 1


@pytest.mark.parametrize("shown", [None, "another"])
async def test_witness_names_a_block_that_this_node_does_not_show(world: World, shown: str | None):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    written = await write(doctor, patient.me, "with a witness")
    fresh = elsewhere(world, patient)
    await sync(fresh)
    opened = await read(fresh, patient.me, written.record)

    async def block(honest: Any, number: int) -> BlockRef | None:
        if number != opened.manifest.witness.block:
            return await honest(number)  # type: ignore[no-any-return]
        return None if shown is None else replace(await honest(number), hash=bytes(32))

    liar = replace(fresh, chain=lying(fresh.chain, block=block))
    with pytest.raises(WitnessDiffers):
        await read(liar, patient.me, written.record)


async def test_other_chain_and_other_code_are_refused(world: World):
    url = world.node.url
    await world.chain().check_network()
    async with lying_node(url, eth_chainId=lambda _, result: "0x1") as liar:
        chain = world.chain(replace(world.network, rpc=(liar,)))
        with pytest.raises(WrongChain):
            await chain.check_network()
        with pytest.raises(WrongChain):
            await chain.head()
    for name, address in world.network.contracts.items():

        def code(params: Any, result: str, victim: str = address) -> str:
            changed = result[:-2] + ("00" if result[-2:] != "00" else "01")
            return changed if params[0] == victim else result

        async with lying_node(url, eth_getCode=code) as liar:
            with pytest.raises(WrongCode) as caught:
                await world.chain(replace(world.network, rpc=(liar,))).check_network()
            assert caught.value.facts["contract"] == name


async def test_logs_of_another_contract_or_malformed_are_refused(world: World):
    def foreign(_: Any, logs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**log, "address": "0x" + "22" * 20} for log in logs]

    def cut(_: Any, logs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{**log, "data": log["data"][:-64]} for log in logs]

    def unreadable(_: Any, logs: list[dict[str, Any]]) -> str:
        return "many"

    patient = await world.patient()
    for change in (foreign, cut, unreadable):
        async with lying_node(world.node.url, eth_getLogs=change) as liar:
            chain = world.chain(replace(world.network, rpc=(liar,)))
            with pytest.raises(NodeRefused):
                await sync(replace(elsewhere(world, patient), chain=chain))


async def _with_history(world: World) -> Context:
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    await write(doctor, patient.me, "one")
    await write(doctor, patient.me, "two")
    await sync(patient)
    return patient


async def _another(world: World, patient: Context) -> Context:
    doctor = await world.doctor("another")
    await world.grant(patient, doctor, [NOTES])
    return doctor


def _edited(subject: Address, edit: Edit) -> Edit:
    def all_edited(entries: list[AuditEntry]) -> list[AuditEntry]:
        own = [e for e in entries if e.subject == subject]
        return [e for e in entries if e.subject != subject] + (edit(own) if own else [])

    return all_edited


def _seeing(context: Context, edit: Edit) -> Context:
    async def entries(honest: Any, first: int, last: int) -> list[AuditEntry]:
        shown = edit(await honest(first, last))
        return sorted(shown, key=lambda e: (e.block, e.log_index))

    return replace(context, chain=lying(context.chain, entries=entries))


def _later(edit: Edit, patient: Context) -> Callable[..., Awaitable[Any]]:
    whole = _edited(patient.me, edit)

    async def entries(honest: Any, first: int, last: int) -> list[AuditEntry]:
        return whole(await honest(first, last))

    return entries


def _from(shown: list[AuditEntry]) -> Callable[..., Awaitable[Any]]:
    async def entries(_: Any, first: int, last: int) -> list[AuditEntry]:
        return [e for e in shown if first <= e.block <= last]

    return entries
