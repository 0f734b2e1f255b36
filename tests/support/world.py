"""Patients, doctors and an administrator in one process, on a real chain, without vaults.

Each person is a `Context` as the services see it: a private key instead of words and a vault (so no
Argon2), the real gateway to anvil, a FolderStore that all share, and a local store of their own.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from medrec.chain.gateway import Web3Chain
from medrec.chain.keccak import keccak256
from medrec.chain.wallets import LocalWallet, LocalWallets
from medrec.clinical.patient import Demographics, DoctorProfileFields
from medrec.crypto.kdf import account_root
from medrec.crypto.slots import slot_map
from medrec.domain.categories import Category, Permission
from medrec.domain.cid import parse_cid
from medrec.domain.ids import Address, Cid, RecordId
from medrec.domain.network import Network
from medrec.domain.ports import LocalStore
from medrec.ipfs.folder import FolderStore
from medrec.services import access, administration, doctors, patients
from medrec.services.access import GrantDraft
from medrec.services.context import Context
from medrec.services.index import sync
from medrec.services.reading import OpenedRecord, RecordReader
from medrec.services.rotation import rotate_if_spoiled
from medrec.services.sources import in_memory
from medrec.services.writing import Draft, WrittenRecord, add_record, update_record
from tests.support.anvil import ETHER, AnvilNode, Deployed
from tests.support.fake_store import FakeStore

MINUTE, HOUR, DAY = 60, 3600, 86_400
NOTES, LABS, MENTAL = Category.NOTES, Category.LABORATORY, Category.MENTAL

SOMEBODY = Demographics("Ada", "Lovelace", "1985-12-10", "female", "12 St James's Square", "")


@dataclass
class SettableClock:
    """A clock that stands at ``at``; at 0 it leaves the time to the chain."""

    at: int = 0

    def now(self) -> int:
        return self.at


@dataclass
class Recorder:
    """A Notifier that keeps what it heard."""

    said: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    changes: list[tuple[Address, str]] = field(default_factory=list)

    def progress(self, sentence: str, done: int = 0, total: int = 0) -> None:
        self.said.append(sentence)

    def warn(self, sentence: str) -> None:
        self.warned.append(sentence)

    def changed(self, subject: Address, what: str) -> None:
        self.changes.append((subject, what))


class World:
    """One test's people on the run's chain, with a store of the test's own."""

    def __init__(self, deployed: Deployed, folder: Path) -> None:
        self.deployed = deployed
        self.clock = SettableClock()
        self.store_folder = folder / "store"
        FolderStore.create(self.store_folder)
        self._chains: list[Web3Chain] = []

    @property
    def network(self) -> Network:
        return self.deployed.network

    @property
    def node(self) -> AnvilNode:
        return self.deployed.node

    @property
    def admin(self) -> Context:
        """The deployer: default admin, verifier and registrar."""
        return self.context("admin", self.deployed.admin._key.secret)

    def chain(self, network: Network | None = None) -> Web3Chain:
        """A gateway that the fixture closes."""
        chain = Web3Chain(network or self.network)
        self._chains.append(chain)
        return chain

    def context(self, name: str, key: bytes, local: LocalStore | None = None) -> Context:
        """A person's context; the same key again is the same person on another machine."""
        wallet = LocalWallet(key, self.network)
        root = account_root(key)
        return Context(
            me=wallet.address,
            name=name,
            network=self.network,
            chain=self.chain(),
            store=FolderStore(self.store_folder),
            local=local if local is not None else FakeStore(),
            wallet=wallet,
            wallets=LocalWallets(self.network),
            clock=self.clock,
            notifier=Recorder(),
            root=root,
            slots=slot_map(root),
            # Another secp256k1 key of the same person's: the vault would give it.
            authenticator=LocalWallet(keccak256(key), self.network).address,
        )

    async def person(self, name: str, local: LocalStore | None = None) -> Context:
        """Somebody new with an ether."""
        context = self.context(name, secrets.token_bytes(32), local)
        await context.chain.fund(context.me, ETHER)
        await sync(context)
        return context

    async def patient(self, name: str = "patient", local: LocalStore | None = None) -> Context:
        """A registered patient with a profile."""
        context = await self.person(name, local)
        await patients.register(context, SOMEBODY)
        return context

    async def doctor(self, name: str = "doctor", verified: bool = True) -> Context:
        """A registered doctor, verified where not said otherwise."""
        context = await self.person(name)
        fields = DoctorProfileFields("Gregory", name.title(), "Internal medicine", "L-1")
        await doctors.register(context, fields)
        if verified:
            await self.verify(context)
        return context

    async def verify(self, doctor: Context) -> None:
        """The administrator vouches for a doctor."""
        admin = self.admin
        await sync(admin)
        await administration.verify_doctor(admin, doctor.me)
        await sync(doctor)

    async def suspend(self, doctor: Context) -> None:
        """The administrator suspends a doctor."""
        admin = self.admin
        await sync(admin)
        await administration.suspend_doctor(admin, doctor.me)

    async def grant(
        self,
        patient: Context,
        doctor: Context,
        read: Iterable[Category] = (),
        write: Iterable[Category] = (),
        *,
        until: int | None = None,
        from_today: bool = False,
    ) -> None:
        """The patient gives access (for a day when not said otherwise), and the doctor hears."""
        await sync(patient)
        end = until if until is not None else await self.now() + DAY
        permission = Permission(frozenset(read), frozenset(write))
        await access.grant(patient, GrantDraft(doctor.me, permission, end, from_today))
        await sync(doctor)

    async def revoke(self, patient: Context, *doctors_: Context) -> None:
        """The patient revokes."""
        await sync(patient)
        await access.revoke(patient, [doctor.me for doctor in doctors_])

    async def rotate(self, patient: Context) -> None:
        """The patient's client comes on line and does what is due."""
        await sync(patient)
        assert await rotate_if_spoiled(patient) is not None

    async def now(self) -> int:
        """The time of the last block."""
        block = await self.rpc("eth_getBlockByNumber", "latest", False)
        return int(block["timestamp"], 16)

    async def pass_time(self, seconds: int) -> None:
        """Let the chain's time go on."""
        await self.rpc("evm_increaseTime", seconds)
        await self.rpc("evm_mine")

    async def restore(self, snapshot: str) -> None:
        """Go back to what `evm_snapshot` named.

        Anvil's clock goes back to the snapshot's block with it, and would stay behind for whoever
        comes after: it is set forward again.
        """
        assert await self.rpc("evm_revert", snapshot)
        behind = int(time.time()) - await self.now()
        if behind > 0:
            await self.rpc("evm_increaseTime", behind)

    async def rpc(self, method: str, *params: object) -> Any:
        """Ask the node itself."""
        if not self._chains:
            self.chain()
        return await self._chains[0]._rpc.request(method, *params)

    def block_file(self, cid: Cid) -> Path:
        """Where the store keeps a block."""
        _, digest = parse_cid(cid)
        name = digest.hex()
        return self.store_folder / "blocks" / name[:2] / name

    def stored(self) -> list[bytes]:
        """Every block in the store, as whoever reads its disk sees it."""
        files = (self.store_folder / "blocks").rglob("*")
        return [path.read_bytes() for path in files if path.is_file()]

    async def close(self) -> None:
        """Close every gateway."""
        for chain in self._chains:
            await chain.close()


def draft(title: str, category: Category = Category.NOTES, text: str = "") -> Draft:
    """A record of one part."""
    body = (text or f"The text of “{title}”.").encode()
    return Draft(category, title, (in_memory("note.txt", "text/plain", body),))


async def write(
    author: Context, patient: Address, title: str, category: Category = Category.NOTES
) -> WrittenRecord:
    """Add a record; the author has followed the chain first."""
    await sync(author)
    return await add_record(author, patient, draft(title, category))


async def amend(author: Context, patient: Address, record: RecordId, title: str) -> WrittenRecord:
    """Write the next version of a note."""
    await sync(author)
    return await update_record(author, patient, record, draft(title))


async def read(
    reader: Context, patient: Address, record: RecordId, version: int | None = None
) -> OpenedRecord:
    """Read through the application; the reader has followed the chain first."""
    await sync(reader)
    return await (await RecordReader.open(reader, patient)).read(record, version)


def elsewhere(world: World, person: Context, local: LocalStore | None = None) -> Context:
    """The same person on another machine: the same secrets, an empty local store."""
    fresh = local if local is not None else FakeStore()
    return replace(person, chain=world.chain(), local=fresh, notifier=Recorder())


@pytest.fixture
async def world(deployed: Deployed, tmp_path: Path) -> AsyncIterator[World]:
    """A world of the test's own people."""
    found = World(deployed, tmp_path)
    yield found
    await found.close()
