"""What is told when a node shows another history: both sides, what is missing, who agrees."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medrec.domain.entries import AuditEntry
from medrec.domain.ids import ZERO_ADDRESS
from medrec.errors import AuditBroken, FileUnreadable, HistoryForked, NodeDown
from medrec.services import alarm
from medrec.services.alarm import Agreement
from medrec.services.context import Context
from medrec.services.index import subject_name, sync
from tests.support.liar import failing, lying
from tests.support.world import NOTES, World, write


def _without_last(patient: Context, count: int) -> Context:
    async def entries(honest: Any, first: int, last: int) -> list[AuditEntry]:
        found: list[AuditEntry] = await honest(first, last)
        own = [e for e in found if e.subject == patient.me]
        return [e for e in found if e not in own[-count:]]

    return replace(patient, chain=lying(patient.chain, entries=entries))


async def test_what_a_node_leaves_out_is_named(world: World, tmp_path: Path):
    patient, doctor = await world.patient(), await world.doctor()
    await world.grant(patient, doctor, [NOTES], [NOTES])
    await write(doctor, patient.me, "a secret title")
    await sync(patient)
    known = await patient.local.entries(subject=patient.me)
    liar = _without_last(patient, 2)
    found = await alarm.examine(liar, HistoryForked(subject=patient.me))
    assert found.mine == alarm.Side(len(known), known[-1].head)
    assert found.shown is not None
    assert found.shown.entries == len(known) - 2
    assert [number for number, _ in found.missing] == [len(known) - 1, len(known)]
    path = tmp_path / "report.json"
    await alarm.save_report(path, liar, found)
    document = json.loads(path.read_text())
    assert document["this computer"]["last head"] == "0x" + known[-1].head.hex()
    assert len(document["entries that the network does not show"]) == 2
    assert "secret" not in path.read_text()
    with pytest.raises(FileUnreadable):
        await alarm.save_report(tmp_path / "nowhere" / "r.json", liar, found)


async def test_a_changed_entry_and_all_after_it_do_not_match(world: World):
    patient = await world.patient()
    for title in ("one", "two"):
        await write(patient, patient.me, title)
    await sync(patient)
    count = len(await patient.local.entries(subject=patient.me))

    async def entries(honest: Any, first: int, last: int) -> list[AuditEntry]:
        found: list[AuditEntry] = await honest(first, last)
        own = [e for e in found if e.subject == patient.me]
        return [replace(e, block=e.block, digest=bytes(32)) if e is own[1] else e for e in found]

    liar = replace(patient, chain=lying(patient.chain, entries=entries))
    found = await alarm.examine(liar, AuditBroken(subject=patient.me, index=1))
    assert [number for number, _ in found.missing] == list(range(2, count + 1))


async def test_without_a_node_there_is_one_side(world: World):
    patient = await world.patient()
    away = replace(patient, chain=lying(patient.chain, head=failing(NodeDown(url="x"))))
    await sync(patient)
    found = await alarm.examine(away, HistoryForked(subject="the chain"))
    assert found.shown is None
    assert found.missing == ()


async def test_the_common_register_has_its_own_trace(world: World):
    patient = await world.patient()
    await world.doctor()
    await sync(patient)
    error = AuditBroken(subject=subject_name(ZERO_ADDRESS), index=3)
    found = await alarm.examine(patient, error)
    assert found.subject == ZERO_ADDRESS
    assert found.missing == ()


async def test_each_node_is_asked_by_itself(world: World):
    patient = await world.patient()
    await sync(patient)
    network = replace(patient.network, rpc=("honest", "lying", "silent"))
    asked = replace(patient, network=network)

    def opened(one: Any) -> Any:
        (url,) = one.rpc
        chain = world.chain()
        if url == "lying":
            return _without_last(replace(patient, chain=chain), 1).chain
        return lying(chain, head=failing(NodeDown(url=url))) if url == "silent" else chain

    error = HistoryForked(subject=patient.me)
    found = await alarm.ask_nodes(asked, await alarm.examine(asked, error), opened)
    assert [(n.url, n.agreement) for n in found.nodes] == [
        ("honest", Agreement.AGREES),
        ("lying", Agreement.DIFFERS),
        ("silent", Agreement.SILENT),
    ]


async def test_by_default_the_networks_own_nodes_are_asked(world: World):
    patient = await world.patient()
    await sync(patient)
    error = HistoryForked(subject=patient.me)
    found = await alarm.ask_nodes(patient, await alarm.examine(patient, error))
    assert [node.agreement for node in found.nodes] == [Agreement.AGREES]
