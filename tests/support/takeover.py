"""A clinic that was in use, and the network that takes over from it, in one process."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from medrec.chain.deploy import deploy
from medrec.chain.libraries import account_class
from medrec.chain.wallets import LocalWallet
from medrec.clinical.patient import DoctorProfileFields
from medrec.domain.entries import AuditEntry
from medrec.domain.ids import Address, RecordId
from medrec.domain.network import Network, StoreConfig
from medrec.errors import NodeDown
from medrec.services import doctors, origins, patients, records
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.sources import in_memory
from medrec.services.writing import Draft, add_record, archive_record
from tests.support.anvil import ETHER, AnvilNode, Deployed
from tests.support.fake_store import FakeStore
from tests.support.liar import Lie, failing, lying
from tests.support.world import LABS, NOTES, SOMEBODY, Recorder, World, amend, write

# Before a test module imports it by itself: see medrec.chain.libraries on the recursion limit.
account_class()

SCAN = secrets.token_bytes(2_500_000)
"""An attachment of three blocks."""


@dataclass
class Clinic:
    """What was there before: people, their records, and the bytes of each version."""

    world: World
    ada: Context
    ben: Context
    meyer: Context
    okafor: Context
    revoked: Context
    notes: RecordId
    scan: RecordId
    own: RecordId
    bens: RecordId
    written: dict[tuple[Address, RecordId, int], tuple[Address, list[bytes]]]


@dataclass
class Successor:
    """The new network, and how people come to it."""

    clinic: Clinic
    world: World

    @property
    def network(self) -> Network:
        return self.world.network

    def bring(self, person: Context, network: Network | None = None) -> Context:
        """The same person on a new machine that was given the new network file."""
        wallet = person.wallet
        assert isinstance(wallet, LocalWallet)
        here = self.world.context(person.name, wallet._key.secret)
        before = replace(
            person,
            chain=self.clinic.world.chain(),
            local=FakeStore(),
            notifier=Recorder(),
        )
        return replace(here, network=network or self.network, origins=(before,))

    async def _arrived(self, person: Context) -> Context:
        """With an ether: on another chain nobody has one yet."""
        context = self.bring(person)
        await context.chain.fund(context.me, ETHER)
        await sync(context)
        return context

    async def patient(self, person: Context) -> Context:
        """A patient who registered in the new contracts."""
        context = await self._arrived(person)
        await patients.register(context, SOMEBODY)
        return context

    async def doctor(self, person: Context) -> Context:
        """A doctor whom the administrator verified there too."""
        context = await self._arrived(person)
        fields = DoctorProfileFields("Gregory", person.name.title(), "Internal medicine", "L-1")
        await doctors.register(context, fields)
        await self.world.verify(context)
        return context


DOWN = failing(NodeDown(url="http://before"))


def away(person: Context, empty: bool = False) -> Context:
    """The person, whose node of before does not answer; ``empty`` on a machine new to it."""
    there = person.origins[0]
    cut = replace(there, chain=lying(there.chain, check_network=DOWN))
    return replace(person, origins=(replace(cut, local=FakeStore()) if empty else cut,))


def cutting(person: Context) -> Context:
    """The person, whose node of before leaves out the last entry about the person."""

    async def entries(honest: Lie, first: int, last: int) -> list[AuditEntry]:
        found: list[AuditEntry] = await honest(first, last)
        own = [entry for entry in found if entry.subject == person.me]
        return [entry for entry in found if entry not in own[-1:]]

    there = person.origins[0]
    return replace(person, origins=(replace(there, chain=lying(there.chain, entries=entries)),))


@pytest.fixture
async def clinic(world: World) -> Clinic:
    """Two patients, three doctors; records with versions, an attachment, one archived."""
    ada, ben, meyer, okafor, revoked = await asyncio.gather(
        world.patient("ada"),
        world.patient("ben"),
        *(world.doctor(name, verified=False) for name in ("meyer", "okafor", "revoked")),
    )
    for doctor in (meyer, okafor, revoked):
        await world.verify(doctor)
    for doctor in (meyer, okafor, revoked):
        await world.grant(ada, doctor, [NOTES, LABS], [NOTES, LABS])
    await world.grant(ben, okafor, [NOTES], [NOTES])
    notes = (await write(meyer, ada.me, "First note")).record
    await amend(meyer, ada.me, notes, "Second note")
    await amend(okafor, ada.me, notes, "Third note")
    await sync(meyer)
    scan = await add_record(meyer, ada.me, with_scan("A scan"))
    own = (await write(ada, ada.me, "My own note")).record
    bens = (await write(okafor, ben.me, "For Ben")).record
    await sync(okafor)
    await archive_record(okafor, ben.me, bens, "Written for the wrong person.")
    await world.revoke(ada, revoked)
    clinic = Clinic(world, ada, ben, meyer, okafor, revoked, notes, scan.record, own, bens, {})
    for patient, record, versions in (
        (ada, notes, 3),
        (ada, scan.record, 1),
        (ada, own, 1),
        (ben, bens, 1),
    ):
        await sync(patient)
        for version in range(1, versions + 1):
            reader, opened = await records.opened(patient, patient.me, record, version)
            parts = [await reader.part_bytes(opened, p) for p in opened.manifest.parts]
            clinic.written[patient.me, record, version] = opened.entry.actor, parts
    return clinic


@pytest.fixture
async def successor(clinic: Clinic, tmp_path: Path) -> AsyncIterator[Successor]:
    """The new contracts, announced by the old ones."""
    network, file = await take_over(clinic.world, tmp_path / "new")
    node, admin = clinic.world.node, clinic.world.deployed.admin
    found = World(Deployed(node, network, admin.on(network), file), tmp_path / "new")
    yield Successor(clinic, found)
    await found.close()


async def take_over(
    world: World,
    folder: Path,
    wallet: LocalWallet | None = None,
    node: AnvilNode | None = None,
) -> tuple[Network, Path]:
    """Deploy from the administrator's wallet, or from another one, on the same chain or another."""
    admin = wallet or world.deployed.admin
    file = folder / "network.toml"
    folder.mkdir()
    store = StoreConfig("folder", str(folder / "store"))
    network = await deploy(
        (node or world.node).url,
        admin,
        admin.address,
        store,
        file,
        "new",
        True,
        lambda _: None,
        world.network,
    )
    return network, file


def with_scan(title: str) -> Draft:
    """A record with an attachment of more than one block."""
    parts = (
        in_memory("note.txt", "text/plain", b"See the scan."),
        in_memory("scan.bin", "application/octet-stream", SCAN),
    )
    return Draft(NOTES, title, parts)


async def contents(placed: origins.Placed) -> list[bytes]:
    """Every part of an opened version."""
    return [await placed.reader.part_bytes(placed.opened, p) for p in placed.opened.manifest.parts]
