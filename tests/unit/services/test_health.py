"""The look at network and store: what is away, behind or different is told, never raised."""

from __future__ import annotations

from dataclasses import replace

from medrec.domain.calls import RegisterPatient
from medrec.domain.entries import BlockRef
from medrec.domain.ids import ChainHead
from medrec.domain.network import NodeState
from medrec.domain.outbox import JobState, Step
from medrec.errors import NodeDown, StoreDown
from medrec.services import health
from medrec.services.health import NodeVerdict, compare
from medrec.services.index import sync
from medrec.services.work import new_job
from tests.support.liar import always, failing, lying
from tests.support.world import World


def node(number: int, *, in_use: bool = False, hashed: int = 1, audit: int = 1) -> NodeState:
    at = BlockRef(90, bytes([hashed]) * 32, 5)
    head = BlockRef(number, bytes(32), 6)
    return NodeState("http://n", in_use, 0.01, head, at, ChainHead(bytes([audit]) * 27))


def test_nodes_are_compared_with_the_one_in_use() -> None:
    away = NodeState("http://away", False, 5.0, problem="It does not answer.")
    states = [node(97), node(100, in_use=True), node(96), node(100, hashed=2), node(99, audit=2)]
    found = compare([*states, away])
    assert [n.verdict for n in found] == [
        NodeVerdict.AGREES,
        NodeVerdict.AGREES,
        NodeVerdict.BEHIND,
        NodeVerdict.DIFFERS,
        NodeVerdict.DIFFERS,
        NodeVerdict.AWAY,
    ]
    assert [n.behind for n in found] == [3, 0, 4, 0, 1, 0]
    assert compare([]) == ()
    assert [n.verdict for n in compare([away])] == [NodeVerdict.AWAY]


async def test_everything_is_well(world: World) -> None:
    admin = world.admin
    head = await sync(admin)
    await admin.local.add_job(new_job(admin, "x", "X", [Step(RegisterPatient())]), {})
    found = await health.look(admin)
    assert found.problems == 0
    assert found.head is not None
    assert found.head.number >= head.number
    assert found.verified == head.number
    assert [n.verdict for n in found.nodes] == [NodeVerdict.AGREES]
    assert {c.name for c in found.contracts} == set(admin.network.contracts)
    assert all(c.same for c in found.contracts)
    assert (found.store.kind, found.store.location) == ("folder", str(world.store_folder))
    assert found.store.blocks is not None
    assert found.outbox == {JobState.PENDING: 1}
    assert found.balance is not None
    assert found.balance > 0
    assert len(found.gaps) == min(found.head.number, health.GAPS)
    assert all(gap >= 0 for gap in found.gaps)


async def test_everything_is_away(world: World) -> None:
    admin = world.admin
    await sync(admin)
    down = NodeDown(url="http://n")
    chain = lying(
        admin.chain,
        nodes=always([NodeState("http://n", True, 0.4, problem=down.sentence)]),
        codes=failing(down),
        balance=failing(down),
        block=failing(down),
    )
    store = lying(admin.store, status=failing(StoreDown(location="there")))
    found = await health.look(replace(admin, chain=chain, store=store))
    assert found.head is None
    assert found.balance is None
    assert found.gaps == ()
    assert [c.same for c in found.contracts] == [None] * len(admin.network.contracts)
    assert "there" in found.store.problem
    assert found.problems == 2 + len(admin.network.contracts)


async def test_other_code_shows(world: World) -> None:
    admin = world.admin
    network = replace(
        admin.network, code_hashes={**admin.network.code_hashes, "ContractAudit": bytes(32)}
    )
    found = await health.look(replace(admin, network=network))
    assert [c.name for c in found.contracts if not c.same] == ["ContractAudit"]
    assert found.problems == 1
