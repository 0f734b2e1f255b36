"""Node away, store away, blocks changed, wrong networks: nothing is lost and nothing done twice."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import DATA, Person, medrec
from tests.support.devnet import TestNetwork, running
from tests.support.gate import Gate, gate
from tests.support.nodes import STATE_STAYS

NOTE = DATA / "fhir" / "blood-pressure.json"
SEND = "eth_sendRawTransaction"


@dataclass
class Place:
    """A network of its own, a gate before its node, and a patient who comes by the gate."""

    network: TestNetwork
    gate: Gate
    patient: Person

    @property
    def add(self) -> tuple[str | Path, ...]:
        """The command that writes a record."""
        return ("record", "add", self.patient.address, NOTE, "--category", "vitals")

    def created(self) -> list[str]:
        """The records that the chain knows."""
        return self.network.created(self.patient)

    def readable(self, record: str, folder: Path) -> bool:
        """Whether the record comes back as it was written."""
        out = folder / f"{record}.json"
        self.patient("record", "show", self.patient.address, record, "--output", out)
        return out.read_bytes() == NOTE.read_bytes()


@contextmanager
def settled(home: Path, store: str) -> Iterator[Place]:
    """A patient on a network of its own."""
    with running(home, store) as network, gate(network.document["rpc"]) as before:
        patient = network.patient("olga")
        patient.network = changed(network.file, network.document["rpc"], before.url, "gate.toml")
        yield Place(network, before, patient)


@pytest.fixture(scope="module")
def folder_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with settled(tmp_path_factory.mktemp("outage") / "folder", "folder") as found:
        yield found


@pytest.fixture(scope="module")
def kubo_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with settled(tmp_path_factory.mktemp("outage") / "kubo", "kubo") as found:
        yield found


@pytest.fixture(params=["kubo", "folder"])
def each_place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(f"{request.param}_place")
    return found


@pytest.fixture
def place(folder_place: Place) -> Place:
    """Where it does not matter which store it is."""
    return folder_place


def changed(file: Path, old: str, new: str, name: str) -> Path:
    """A copy of a network file in which something else stands."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    copy = file.with_name(name)
    copy.write_text(text.replace(old, new), encoding="utf-8")
    return copy


def test_node_gone_while_sending_then_retry_sends_exactly_once(
    place: Place, tmp_path: Path
) -> None:
    known = place.created()
    place.gate.deaf_to = {SEND}
    refused = place.patient.refused(*place.add)
    assert refused.code == "WaitsInOutbox"
    assert "medrec outbox retry" in refused.error
    (job,) = place.patient("outbox", "list")
    assert (job["state"], job["code"]) == ("pending", "NodeDown")
    place.gate.deaf_to = set()
    (done,) = place.patient("outbox", "retry")
    assert (done["job"], done["state"]) == (job["job"], "done")
    assert place.patient("outbox", "retry") == []
    assert place.patient.refused("outbox", "cancel", str(job["job"])).code == "CannotCancel"
    (record,) = [record for record in place.created() if record not in known]
    assert place.readable(record, tmp_path)


def test_node_gone_just_after_it_took_the_transaction(place: Place) -> None:
    known = place.created()
    place.gate.silent_after = {SEND}
    first = place.patient.run(*place.add)
    place.gate.silent_after = set()
    sent = place.gate.passed.count(SEND)
    if first.status:
        assert first.refusal.code == "WaitsInOutbox"
        place.patient("outbox", "retry")
    assert len(place.created()) == len(known) + 1
    assert place.gate.passed.count(SEND) == sent
    assert place.patient("outbox", "list") == []


def test_node_down_refuses_and_what_waits_is_still_listed(place: Place) -> None:
    before = place.network.transactions()
    with node_away(place):
        refused = place.patient.refused(*place.add)
        assert refused.code == "NodeDown"
        assert place.gate.url in refused.error
        assert place.patient("outbox", "list") == []
    assert place.network.transactions() == before
    assert place.patient("audit", "verify", place.patient.address)["verified"] is True


def test_store_down_keeps_it_here_and_retry_shares_it(each_place: Place, tmp_path: Path) -> None:
    place = each_place
    known = place.created()
    sent = place.network.transactions()
    with store_away(place.network):
        refused = place.patient.refused(*place.add)
        assert (refused.code, refused.error.split(":")[0]) == (
            "WaitsInOutbox", "Saved here, not yet shared",
        )  # fmt: skip
        assert place.network.transactions() == sent
        (job,) = place.patient("outbox", "list")
        assert (job["state"], job["code"]) == ("pending", "StoreDown")
        assert place.patient.refused("outbox", "retry").code == "WaitsInOutbox"
        assert place.created() == known
    (done,) = place.patient("outbox", "retry")
    assert (done["job"], done["state"]) == (job["job"], "done")
    (record,) = [record for record in place.created() if record not in known]
    assert place.readable(record, tmp_path)


def test_what_waits_can_be_cancelled_and_is_gone(place: Place) -> None:
    known = place.created()
    with store_away(place.network):
        assert place.patient.refused(*place.add).code == "WaitsInOutbox"
        (job,) = place.patient("outbox", "list")
        cancelled = place.patient("outbox", "cancel", str(job["job"]))
        assert cancelled["state"] == "cancelled"
    assert place.patient("outbox", "retry") == []
    assert place.created() == known
    assert place.patient.refused("outbox", "cancel", "4711").code == "NoSuchJob"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("chain_id = ", "chain_id = 1", "WrongChain"),
        ('ContractAudit = "0x', None, "WrongCode"),
        ('ContractPatient = "0x', None, "WrongCode"),
    ],
)
def test_a_network_file_for_another_chain_or_with_other_code(
    place: Place, field: str, value: str | None, code: str
) -> None:
    """Another chain id; and, in the hashes, the code of another contract."""
    lines = place.network.file.read_text(encoding="utf-8").splitlines()
    at = [number for number, line in enumerate(lines) if line.startswith(field)][-1]
    lines[at] = value or lines[at][: len(field)] + "ab" * 32 + '"'
    other = place.network.file.with_name("other.toml")
    other.write_text("\n".join(lines) + "\n", encoding="utf-8")
    stranger = Person(
        place.patient.home, other, place.patient.name, place.patient.password, place.patient.key
    )
    sent = place.network.transactions()
    assert stranger.refused(*place.add).code == code
    assert place.network.transactions() == sent
    assert place.patient("outbox", "list") == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "BadNetworkFile"),
        (b"chain_id = 1", "BadNetworkFile"),
        (b"not toml = = ", "BadNetworkFile"),
        (b"\x00\xff", "BadNetworkFile"),
        (None, "FileUnreadable"),
    ],
)
def test_a_file_that_is_no_network_file(
    place: Place, tmp_path: Path, content: bytes | None, code: str
) -> None:
    file = tmp_path / "network.toml"
    if content is not None:
        file.write_bytes(content)
    person = Person(
        place.patient.home, file, place.patient.name, place.patient.password, place.patient.key
    )
    assert person.refused("status").code == code


def test_a_block_that_was_changed_on_disk_shows_nothing(place: Place, tmp_path: Path) -> None:
    """Each block of the record in turn; only the sealed copy for the way there is never read."""
    before = set(place.network.blocks.rglob("*"))
    record = place.patient(*place.add)["record"]
    show = ("record", "show", place.patient.address, record, "--output")
    told = []
    fresh = [path for path in place.network.blocks.rglob("*") if path.is_file()]
    for path in sorted(set(fresh) - before):
        whole = path.read_bytes()
        path.chmod(0o600)
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        out = tmp_path / path.name
        outcome = place.patient.run(*show, out)
        assert out.exists() == (outcome.status == 0)
        told += [outcome.refusal.code] if outcome.status else []
        path.write_bytes(whole)
    assert set(told) == {"BlockChanged"}
    assert len(told) >= 2
    assert place.readable(record, tmp_path)


@contextmanager
def node_away(place: Place) -> Iterator[None]:
    """The node is stopped; one whose chain would be lost cannot be reached instead."""
    place.gate.closed = not STATE_STAYS
    if STATE_STAYS:
        place.network.down()
    try:
        yield
    finally:
        place.gate.closed = False
        place.network.up()


@contextmanager
def store_away(network: TestNetwork) -> Iterator[None]:
    """The store is gone while the node runs on: Kubo killed, or the folder moved."""
    folder = network.home / "devnet" / "blocks"
    aside = folder.with_name("blocks-elsewhere")
    if network.store == "kubo":
        os.kill(kubo_process(network), signal.SIGKILL)
    else:
        folder.rename(aside)
    try:
        yield
    finally:
        if network.store == "folder":
            aside.rename(folder)
        network.up()


def kubo_process(network: TestNetwork) -> int:
    """The process of the network's Kubo, as the devnet tells it."""
    status: Any = medrec("devnet", "status", "--home", network.home, "--json").document
    return int(status["store"]["pid"])
