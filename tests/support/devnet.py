"""Networks for the end-to-end tests: `medrec devnet` itself, on free ports, taken down at the end.

One network a store for the whole run: people are cheap, networks are not. A test that stops a node
or damages a store starts a network of its own.
"""

from __future__ import annotations

import json
import shutil
import socket
import tomllib
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from medrec.domain.entries import Action
from medrec.errors import ToolMissing
from medrec.ipfs.program import find_program
from tests.support.cli import Person, medrec

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

    @property
    def file(self) -> Path:
        """The network file."""
        return Path(self.document["network"])

    @property
    def blocks(self) -> Path:
        """Where a folder store keeps its blocks, by sha2-256."""
        return self.home / "devnet" / "blocks" / "blocks"

    def up(self) -> dict[str, Any]:
        """Start it, or go on."""
        arguments = ("devnet", "up", "--store", self.store, "--port", str(self.port))
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
        """The number of the last block; the node makes one for each transaction and no other."""
        return int(self.rpc("eth_blockNumber"), 16)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(home: Path, store: str) -> Iterator[TestNetwork]:
    """A devnet of its own, stopped at the end."""
    if store == "kubo":
        try:
            find_program()
        except ToolMissing as missing:
            pytest.skip(missing.sentence)
    network = TestNetwork(home, free_port(), store)
    try:
        network.up()
        yield network
    finally:
        network.down()
        shutil.rmtree(home, ignore_errors=True)


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
