"""Networks for the end-to-end tests: `medrec devnet` itself, on free ports, taken down at the end.

One network a store for the whole run: people are cheap, networks are not. A test that stops a node
or damages a store starts a network of its own.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from medrec.app import Place, session
from medrec.cli.output import TerminalNotifier
from medrec.domain.entries import Action
from medrec.errors import ToolMissing
from medrec.ipfs.daemon import KuboDaemon
from medrec.ipfs.program import find_program
from medrec.loopback import free_port
from medrec.services import administration
from tests.support.cli import Person, medrec
from tests.support.nodes import NODE, hardhat

PATIENT = {
    "family": "Novák",
    "birth_date": "1984-02-29",
    "sex": "other",
    "address": "Dlouhá 5, Praha",
    "phone": "+420 555 010 203",
}
DOCTOR = {"family": "Okafor", "specialty": "General practice", "licence": "MED-10001"}


@dataclass
class TestNetwork:
    """A devnet that runs, and the people on it."""

    __test__ = False

    home: Path
    port: int
    store: str
    document: dict[str, Any] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    counted: dict[int, int] = field(default_factory=dict)
    """How many transactions a block has, by its number."""

    @property
    def file(self) -> Path:
        """The network file."""
        return Path(self.document["network"])

    @property
    def kubo(self) -> KuboDaemon:
        """The network's own Kubo, where it has one."""
        return KuboDaemon(self.home / "devnet" / "kubo")

    @property
    def blocks(self) -> Path:
        """Where a folder store keeps its blocks, by sha2-256."""
        return self.home / "devnet" / "blocks" / "blocks"

    def up(self) -> dict[str, Any]:
        """Start it, or go on; of a network on hardhat only the store can have stopped."""
        if NODE == "hardhat":
            if self.store == "kubo":
                asyncio.run(self.kubo.up())
            return self.document
        arguments = ["devnet", "up", "--store", self.store, "--port", str(self.port)]
        if NODE == "geth":
            arguments += ["--node", "geth"]
        self.document = medrec(*arguments, "--home", self.home, "--json").document
        return self.document

    def down(self) -> None:
        """Stop it."""
        assert medrec("devnet", "down", "--home", self.home, "--json").document

    def person(self, name: str) -> Person:
        """Somebody new, with an account in a home of their own."""
        home = self.home.parent / f"{self.home.name}-{len(self.people)}-{name}"
        found = Person(home, self.file, name).make_account()
        self.people.append(found)
        return found

    @property
    def admin(self) -> Person:
        """The devnet's administrator, in the devnet's own home."""
        who = self.document["admin"]
        return Person(self.home, self.file, who["name"], who["password"], who["key"])

    def patient(self, name: str) -> Person:
        """A new person who is registered as a patient."""
        found = self.person(name)
        found.tells({**PATIENT, "given": name.capitalize()}, "patient", "register")
        return found

    def doctor(self, name: str, verified: bool = True) -> Person:
        """A new person who is registered as a doctor."""
        found = self.person(name)
        found.tells({**DOCTOR, "given": name.capitalize()}, "doctor", "register")
        if verified:
            self.admin("admin", "verify-doctor", found.address)
        return found

    def rpc(self, method: str, *params: object) -> Any:
        """Ask the node itself."""
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        request = urllib.request.Request(  # noqa: S310
            self.document["rpc"], json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            answer = json.load(response)
        return answer["result"]

    def created(self, patient: Person) -> list[str]:
        """The records of a patient that were created, as the node's own log has them.

        meta of an AuditEntry: action8 time40 slot8 version24 epoch32 scope32 expiry40 kind8.
        """
        audit = tomllib.loads(self.file.read_text(encoding="utf-8"))["contracts"]["ContractAudit"]
        subject = "0x" + patient.address[2:].lower().rjust(64, "0")
        wanted = {"address": audit, "fromBlock": "0x0", "topics": [None, subject]}
        return [
            log["topics"][3].removeprefix("0x")
            for log in self.rpc("eth_getLogs", wanted)
            if int(log["data"][2:66], 16) >> 184 == Action.RECORD_CREATED
        ]

    def block(self) -> int:
        """The number of the last block; anvil makes one for each transaction and no other."""
        return int(self.rpc("eth_blockNumber"), 16)

    def transactions(self) -> int:
        """How many transactions the chain has; some nodes make blocks without any."""
        for number in range(len(self.counted), self.block() + 1):
            found = self.rpc("eth_getBlockTransactionCountByNumber", hex(number))
            self.counted[number] = int(found, 16)
        return sum(self.counted.values())


@contextmanager
def running(home: Path, store: str) -> Iterator[TestNetwork]:
    """A devnet of its own, stopped at the end."""
    if store == "kubo":
        try:
            find_program()
        except ToolMissing as missing:
            pytest.skip(missing.sentence)
    if NODE == "hardhat":
        with on_hardhat(home, store) as found:
            yield found
        return
    network = TestNetwork(home, free_port(), store)
    try:
        network.up()
        yield network
    finally:
        network.down()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def on_hardhat(home: Path, store: str) -> Iterator[TestNetwork]:
    """hardhat, and what `medrec deploy` makes on it: as on a network that is not our devnet."""
    network = TestNetwork(home, free_port(), store)
    chain_id = 31_337_000 + secrets.randbelow(1_000)
    with hardhat(network.port, chain_id):
        place: list[str | Path] = ["--store-folder", home / "devnet" / "blocks"]
        if store == "kubo":
            at = asyncio.run(network.kubo.up())
            place = ["--store-url", at.location, "--store-token-file", str(at.token_file)]
        try:
            admin = Person(home, None, "admin").make_account()
            file = home / "devnet" / "network.toml"
            file.parent.mkdir(exist_ok=True)
            rpc = f"http://127.0.0.1:{network.port}"
            admin("deploy", "--rpc", rpc, "--output", file, "--funded", *place)
            asyncio.run(_register(Place(home, file), admin))
            secret = {"name": admin.name, "password": admin.password, "key": admin.key}
            network.document = {
                "network": str(file), "rpc": rpc, "store": store, "admin": secret,
            }  # fmt: skip
            yield network
        finally:
            asyncio.run(network.kubo.down())
            shutil.rmtree(home, ignore_errors=True)


async def _register(place: Place, admin: Person) -> None:
    """What `medrec devnet up` does last: the administrator can sign in."""
    opened = session(place, admin.name, admin.password, admin.key, TerminalNotifier())
    async with opened as context:
        await administration.register(context)


@pytest.fixture(scope="session")
def kubo_network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestNetwork]:
    """A shared network over a private Kubo."""
    with running(tmp_path_factory.mktemp("net") / "kubo", "kubo") as found:
        yield found


@pytest.fixture(scope="session")
def folder_network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestNetwork]:
    """A shared network over a folder, which is the quickest to start."""
    with running(tmp_path_factory.mktemp("net") / "folder", "folder") as found:
        yield found


@pytest.fixture(scope="session", params=["kubo", "folder"])
def network(request: pytest.FixtureRequest) -> TestNetwork:
    """The shared network of each store in turn."""
    found: TestNetwork = request.getfixturevalue(f"{request.param}_network")
    return found
