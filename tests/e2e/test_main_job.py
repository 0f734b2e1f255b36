"""The main job end to end by the command line, over Kubo and over a folder."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

import pytest

from tests.e2e import story
from tests.e2e.story import ADVICE, Cast
from tests.support.devnet import TestNetwork
from tests.support.nodes import BLOCKS_COME_ALONE

RFC3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$")
ADDRESS = re.compile(r"^0x[0-9a-fA-F]{40}$")
GENERAL = {
    "problems", "medications", "allergies", "immunizations", "vitals", "laboratory", "imaging",
    "notes", "documents",
}  # fmt: skip
CHART = "0" * 64


@pytest.fixture(scope="module")
def introduced(network: TestNetwork, tmp_path_factory: pytest.TempPathFactory) -> Cast:
    return story.introduce(network, tmp_path_factory.mktemp("story"))


@pytest.fixture(scope="module")
def shared(introduced: Cast) -> Cast:
    story.share(introduced)
    return introduced


@pytest.fixture(scope="module")
def written(shared: Cast) -> Cast:
    story.write(shared)
    return shared


@pytest.fixture(scope="module")
def amended(written: Cast) -> Cast:
    story.amend(written)
    return written


@pytest.fixture(scope="module")
def reviewed(amended: Cast) -> Cast:
    story.review(amended)
    return amended


@pytest.fixture(scope="module")
def revoked(reviewed: Cast) -> Cast:
    story.revoke(reviewed)
    return reviewed


def test_the_devnet_says_where_everything_is(network: TestNetwork) -> None:
    document = network.document
    assert set(document) >= {"network", "rpc", "store", "admin"}
    assert set(document["admin"]) == {"name", "password", "key"}
    assert document["store"] == network.store
    assert network.file.is_file()
    assert network.block() > 0


def test_an_account_has_an_address_24_words_and_a_key(introduced: Cast) -> None:
    for person in (introduced.maria, introduced.osei):
        assert ADDRESS.match(person.address)
        assert len(person.words.split()) == 24
        assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", person.key)
    assert introduced.maria.address != introduced.osei.address


def test_a_patient_registers_and_keeps_own_data(introduced: Cast) -> None:
    shown = introduced.said["shown"]
    assert introduced.said["registered"]["patient"] == introduced.maria.address
    assert {name: shown[name] for name in story.MOVED} == story.MOVED
    assert shown["version"] == 2
    assert not shown["verified"]


def test_doctors_are_listed_with_their_standing(introduced: Cast) -> None:
    rows = {row["doctor"]: row for row in introduced.said["doctors"]}
    osei = rows[introduced.osei.address]
    assert {name: osei[name] for name in story.OSEI} == story.OSEI
    assert osei["status"] == "verified"
    assert introduced.said["osei registered"]["doctor"] == introduced.osei.address


def test_a_request_arrives_with_its_reason_and_no_one_else_reads_it(shared: Cast) -> None:
    rows = {row["doctor"]: row for row in shared.said["requests"]}
    assert set(rows) == {shared.osei.address, shared.lind.address}
    asked = rows[shared.osei.address]
    assert asked["reason"] == story.REASON
    assert set(asked["read"]) == GENERAL
    assert set(asked["write"]) == {"medications", "vitals"}


def test_what_is_granted_is_what_both_sides_see(shared: Cast) -> None:
    rows = shared.said["sharing"]
    assert len(rows) == 1
    assert set(rows[0]) >= {"doctor", "read", "write", "until"}
    assert rows[0]["doctor"] == shared.osei.address
    assert set(rows[0]["read"]) == GENERAL
    assert set(rows[0]["write"]) == {"medications", "vitals"}
    assert shared.said["osei may"] == {"read": rows[0]["read"], "write": rows[0]["write"]}
    assert shared.said["lind may"] == {"read": [], "write": []}


def test_until_a_date_is_the_end_of_that_day_here(shared: Cast) -> None:
    told = shared.said["sharing"][0]["until"]
    assert RFC3339.match(told)
    end = datetime.fromisoformat(told).astimezone()
    assert (end.date().isoformat(), end.hour, end.minute) == (story.UNTIL, 23, 59)


def test_a_written_record_says_where_it_is(written: Cast) -> None:
    document = written.said["written"]
    assert set(document) == {"record", "version", "cid", "digest", "transaction"}
    assert document["version"] == 1
    assert document["cid"].startswith("b")
    assert len(document["digest"].removeprefix("0x")) == 64
    receipt = written.network.rpc("eth_getTransactionReceipt", document["transaction"])
    assert receipt["status"] == "0x1"
    assert receipt["from"].lower() == written.osei.address.lower()


def test_the_list_has_the_record_for_patient_and_doctor(written: Cast) -> None:
    for said in ("chart", "maria's list"):
        rows = {row["record"]: row for row in written.said[said]}
        row = rows[written.said["written"]["record"]]
        assert set(row) >= {"record", "category", "title", "version", "author", "time"}
        assert (row["category"], row["title"]) == ("medications", "Lisinopril")
        assert (row["version"], row["author"]) == (1, written.osei.address)
        assert RFC3339.match(row["time"])


@pytest.mark.parametrize("reader", ["maria", "osei"])
def test_what_comes_back_is_byte_for_byte_what_went_in(written: Cast, reader: str) -> None:
    for name, came in (("prescription.json", "rx.json"), (ADVICE, "advice.txt")):
        read = (written.folder / f"{reader}-{came}").read_bytes()
        assert hashlib.sha256(read).hexdigest() == sha256(written.files[name])
    shown = written.said[f"{reader} show"]
    assert [part["name"] for part in shown["attachments"]] == [ADVICE, "strip.bin"]


def test_an_amendment_is_a_new_version_and_the_old_one_stays(amended: Cast) -> None:
    assert set(amended.said["amended"]) == {"record", "version", "cid", "digest", "transaction"}
    assert amended.said["amended"]["version"] == 2
    assert amended.said["amended"]["record"] == amended.said["written"]["record"]
    versions = amended.said["history"]
    assert all(set(row) == {"version", "author", "time", "digest"} for row in versions)
    assert [row["version"] for row in versions] == [1, 2]
    assert [row["digest"] for row in versions] == [
        amended.said[which]["digest"] for which in ("written", "amended")
    ]
    assert {row["author"] for row in versions} == {amended.osei.address}
    for version, name in (("1", "prescription.json"), ("2", "prescription-2.json")):
        assert (amended.folder / f"version-{version}.json").read_bytes() == amended.files[name]


def test_from_today_opens_what_is_new_and_not_the_history(amended: Cast) -> None:
    """Not even what was written on the same day: the keys change before such a grant."""
    assert (amended.folder / "lind-new.json").read_bytes() == amended.files["pressure.json"]
    assert amended.refused["lind old"].code == "NoKey"
    assert not (amended.folder / "lind-old.json").exists()


def test_the_audit_holds_every_action_in_order(reviewed: Cast) -> None:
    rows = reviewed.said["audit"]
    assert all(set(row) >= {"index", "action", "actor", "record", "time", "block"} for row in rows)
    assert [row["index"] for row in rows] == list(range(len(rows)))
    assert [row["block"] for row in rows] == sorted(row["block"] for row in rows)
    assert all(RFC3339.match(row["time"]) and ADDRESS.match(row["actor"]) for row in rows)
    actions = [row["action"] for row in rows if row["action"] != "consulted"]
    assert actions == [
        "registered", "record-created", "record-updated", "identity-verified",
        "access-requested", "access-requested", "granted", "request-declined",
        "record-created", "record-updated", "key-rotated", "granted", "record-created",
        "record-archived",
    ]  # fmt: skip


def test_each_look_of_a_doctor_is_in_the_audit_and_none_of_the_patient(reviewed: Cast) -> None:
    looks = [row for row in reviewed.said["audit"] if row["action"] == "consulted"]
    record, pressure = (reviewed.said[which]["record"] for which in ("written", "pressure"))
    osei, lind = reviewed.osei.address, reviewed.lind.address
    assert [(row["actor"], row["record"]) for row in looks] == [
        (osei, CHART), (osei, record), (osei, record), (lind, pressure),
    ]  # fmt: skip


def test_the_audit_of_one_record_holds_that_record_alone(reviewed: Cast) -> None:
    record = reviewed.said["written"]["record"]
    assert reviewed.said["audit of one"] == [
        row for row in reviewed.said["audit"] if row["record"] == record
    ]
    assert len(reviewed.said["audit of one"]) == 4


def test_the_audit_is_verified_against_the_chain(reviewed: Cast) -> None:
    verified = reviewed.said["verified"]
    assert set(verified) == {"verified", "entries", "head", "block"}
    assert verified["verified"] is True
    assert verified["entries"] == len(reviewed.said["audit"])
    assert verified["block"] >= reviewed.said["audit"][-1]["block"]


def test_the_administrator_sees_everything(reviewed: Cast) -> None:
    seen = [(row["actor"], row["action"], row["time"]) for row in reviewed.said["everything"]]
    for row in reviewed.said["audit"]:
        assert (row["actor"], row["action"], row["time"]) in seen
    assert len(seen) > len(reviewed.said["audit"])


def test_nothing_waits_and_the_state_is_shown(reviewed: Cast) -> None:
    assert reviewed.said["outbox"] == []
    status = reviewed.said["status"]
    assert (status["address"], status["role"]) == (reviewed.maria.address, "patient")
    assert (status["waiting"], status["drafts"]) == (0, 0)
    newest = max(row["block"] for row in reviewed.said["audit"])
    assert newest <= status["verified_up_to"] <= status["block"]
    # With a block period the chain goes on while the command reads.
    assert BLOCKS_COME_ALONE or status["verified_up_to"] == status["block"]


def test_after_the_revocation_nothing_new_can_be_read(revoked: Cast) -> None:
    assert revoked.refused["osei reads"].code == "AccessEnded"
    assert revoked.refused["osei lists"].code == "AccessEnded"
    assert not (revoked.folder / "stolen.txt").exists()
    assert revoked.said["osei may after"] == {"read": [], "write": []}
    assert [row["doctor"] for row in revoked.said["sharing after"]] == [revoked.lind.address]
    actions = [row["action"] for row in revoked.said["audit after"]]
    assert actions[-2:] == ["revoked", "record-created"]


def test_nothing_of_the_contents_is_readable_in_store_or_chain(revoked: Cast) -> None:
    secrets = [b"Lisinopril", b"lisinopril", b"L\xc3\xb3pez", b"Schwindelig", b"prescription"]
    for path in (revoked.network.home / "devnet").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [word for word in secrets if word in content], path


def test_the_time_of_a_look_is_when_it_happened(revoked: Cast) -> None:
    """Also on an idle chain, whose last block is old."""
    maria, lind = revoked.maria, revoked.lind
    last = revoked.network.rpc("eth_getBlockByNumber", "latest", False)
    # Hardhat gives each block a second of its own, and is ahead of the clock after many of them.
    then = int(last["timestamp"], 16) + 9
    wait = max(0, then - datetime.now(UTC).timestamp()) + 15
    assert story.until(lambda: datetime.now(UTC).timestamp() > then, wait)
    before = datetime.now(UTC)
    pressure = revoked.said["pressure"]["record"]
    lind("record", "show", maria.address, pressure)
    look = maria("audit", "list", maria.address, "--record", pressure)[-1]
    assert look["actor"] == lind.address
    assert (datetime.fromisoformat(look["time"]) - before).total_seconds() >= -1


def sha256(data: bytes) -> str:
    """The digest in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
