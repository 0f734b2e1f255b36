"""The new contracts stand on another chain: everything written on the old one opens after it.

The administrator's first transactions on both chains make contracts at the same addresses, so that
nothing but the chain's number tells the two networks apart.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from medrec.chain.network_file import read_network
from medrec.errors import AccessEnded, OriginDenies, OriginDiffers
from medrec.services import access_before, carrying, chart, origins
from medrec.services.index import sync
from medrec.services.references import Reference
from medrec.services.sources import in_memory
from medrec.services.writing import Draft, add_record
from tests.support.anvil import AnvilNode, Deployed, anvil_node, deploy_on, fresh_node
from tests.support.takeover import SCAN, Clinic, Successor, clinic, contents, take_over
from tests.support.world import NOTES, World, draft

__all__ = ["anvil_node", "clinic"]

pytestmark = pytest.mark.anvil

OTHER_CHAIN = 424_242


@pytest.fixture
def deployed(anvil_node: AnvilNode, tmp_path: Path) -> Deployed:
    """The old network, by an administrator who has done nothing else."""
    return deploy_on(anvil_node, tmp_path)


@pytest.fixture
async def world(deployed: Deployed, tmp_path: Path) -> AsyncIterator[World]:
    found = World(deployed, tmp_path / "old")
    yield found
    await found.close()


@pytest.fixture
def other_node(tmp_path: Path) -> Iterator[AnvilNode]:
    with fresh_node(tmp_path / "other", OTHER_CHAIN) as node:
        yield node


@pytest.fixture
async def moved(clinic: Clinic, other_node: AnvilNode, tmp_path: Path) -> AsyncIterator[Successor]:
    """The clinic of the old chain, and its successor on the other one."""
    network, file = await take_over(clinic.world, tmp_path / "new", node=other_node)
    admin = clinic.world.deployed.admin
    found = World(Deployed(other_node, network, admin.on(network), file), tmp_path / "new")
    yield Successor(clinic, found)
    await found.close()


async def test_a_populated_chain_is_carried_over_and_every_record_opens(moved: Successor) -> None:
    clinic = moved.clinic
    old, new = clinic.world.network, moved.network
    assert (old.chain_id, new.chain_id) == (31337, OTHER_CHAIN)
    assert dict(old.contracts) == dict(new.contracts)
    assert read_network(moved.world.deployed.file).origins == (old,)
    # Who has not followed is told, although the announcement hides which chain it is.
    await sync(clinic.ada)
    assert set(await origins.announced(clinic.ada)) == set(new.contracts.values())

    ada, ben = await moved.patient(clinic.ada), await moved.patient(clinic.ben)
    people = {ada.me: ada, ben.me: ben}
    assert len(clinic.written) == 6
    for (patient, record, version), (author, parts) in clinic.written.items():
        placed = await origins.opened(people[patient], patient, record, version)
        assert await contents(placed) == parts
        assert (placed.opened.entry.actor, placed.origin) == (author, old)
    shown = {r.row.record: r for r in (await chart.load(ada, ada.me)).records}
    assert {clinic.notes, clinic.scan, clinic.own} < shown.keys()
    assert (shown[clinic.notes].version, shown[clinic.notes].origin) == (3, old.name)
    assert [n for n, _ in await origins.verify(ada, ada.me)] == [new, old]


async def test_work_goes_on_and_access_ends_on_both_chains(moved: Successor) -> None:
    clinic = moved.clinic
    ada = await moved.patient(clinic.ada)
    meyer, revoked = await moved.doctor(clinic.meyer), await moved.doctor(clinic.revoked)
    await moved.world.grant(ada, meyer, [NOTES], [NOTES])
    text = in_memory("note.txt", "text/plain", b"The scan again.")
    done = await carrying.update(meyer, ada.me, clinic.scan, (text, (), None, None))
    assert (done.record, done.version) == (clinic.scan, 2)
    await sync(ada)
    placed = await origins.opened(ada, ada.me, clinic.scan)
    assert (placed.origin, await contents(placed)) == (None, [b"The scan again.", SCAN])
    history = await origins.history(ada, ada.me, clinic.scan)
    assert [origin for _, origin in history] == [clinic.world.network, None]
    with pytest.raises(AccessEnded):
        await origins.opened(revoked, ada.me, clinic.notes)
    await access_before.revoke(ada, meyer.me)
    await sync(meyer)
    for record in (clinic.scan, clinic.notes):
        with pytest.raises(AccessEnded):
            await origins.opened(meyer, ada.me, record)


async def test_the_same_addresses_on_another_chain_are_not_meant(moved: Successor) -> None:
    """Only the chain's number differs: in the file, and in what a record says it goes on from."""
    clinic = moved.clinic
    ada = await moved.patient(clinic.ada)
    elsewhere = replace(ada, network=replace(moved.network, chain_id=OTHER_CHAIN + 1))
    with pytest.raises(OriginDenies):
        await origins.listed(elsewhere, ada.me)
    # A file that names the new chain as the old one's origin: the new contracts announce nothing.
    back = replace(clinic.ada, origins=(replace(ada, origins=()),))
    with pytest.raises(OriginDenies):
        await origins.listed(back, ada.me)
    entries = [entry for entry, _ in await origins.history(ada, ada.me, clinic.own)]
    good = Reference.to_last((ada.origins[0], entries), clinic.own)
    wrong = replace(good, chain_id=OTHER_CHAIN)
    assert wrong.contract == moved.network.contracts["ContractPatient"]
    said = Draft(NOTES, "Not so", draft("Not so").parts, note=wrong.note)
    await add_record(ada, ada.me, said, clinic.own)
    await sync(ada)
    with pytest.raises(OriginDiffers):
        await origins.opened(ada, ada.me, clinic.own)
