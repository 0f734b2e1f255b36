"""What must be refused: one sentence, a code, exit 1, and nothing changed anywhere."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from medrec.chain.libraries import account_class
from tests.support.cli import DATA, Person, Refusal, at_once
from tests.support.devnet import DOCTOR, PATIENT, TestNetwork

FHIR = DATA / "fhir"
UNTIL = ["--until", "2099-12-31"]
PAPERS = {"given": "Paul", "family": "Novák", "birth_date": "1984-02-29", "id_number": "AB 12-34"}
NOBODY = "0x" + "11" * 20


@dataclass
class Ward:
    """A populated network. ``refuse`` runs what must be refused and looks that nothing changed."""

    network: TestNetwork
    admin: Person
    paul: Person
    quinn: Person
    dora: Person
    pending: Person
    suspended: Person
    expired: Person
    folder: Path
    prescription: str = ""
    diary: str = ""

    @property
    def people(self) -> Iterable[Person]:
        """Everybody."""
        return (
            self.admin, self.paul, self.quinn, self.dora,
            self.pending, self.suspended, self.expired,
        )  # fmt: skip

    def refuse(self, who: Person, *arguments: str | Path, **more: str) -> Refusal:
        """The refusal; the chain has no new transaction, the store no new file."""
        before = self.network.transactions(), set(self.network.blocks.rglob("*"))
        refused = who.refused(*arguments, **more)
        assert (self.network.transactions(), set(self.network.blocks.rglob("*"))) == before
        return refused

    def add(self, file: Path, category: str, whose: Person | None = None) -> list[str | Path]:
        """The command that adds a file to Paul's record, or to somebody else's."""
        return ["record", "add", (whose or self.paul).address, file, "--category", category]


@pytest.fixture(scope="module")
def ward(folder_network: TestNetwork, tmp_path_factory: pytest.TempPathFactory) -> Ward:
    network = folder_network
    names = ("dora", "pending", "suspended", "expired")
    paul, quinn, dora, pending, suspended, expired = at_once(
        *(partial(network.patient, name) for name in ("paul", "quinn")),
        *(partial(network.doctor, name, verified=False) for name in names),
    )
    admin, folder = network.admin, tmp_path_factory.mktemp("ward")
    ward = Ward(network, admin, paul, quinn, dora, pending, suspended, expired, folder)
    for doctor in (dora, suspended, expired):
        admin("admin", "verify-doctor", doctor.address)
    give = ("access", "grant")
    read = ["--read", "medications,vitals,notes", "--write", "medications,notes"]
    paul(*give, dora.address, *read, *UNTIL)
    paul(*give, ward.suspended.address, "--read", "vitals", "--write", "vitals", *UNTIL)
    ward.admin("admin", "suspend-doctor", ward.suspended.address)
    ward.admin.tells(PAPERS, "admin", "verify-identity", paul.address)
    ward.prescription = dora(*ward.add(FHIR / "prescription.json", "medications"))["record"]
    ward.diary = paul(*ward.add(FHIR / "blood-pressure.json", "laboratory"))["record"]
    ward.quinn(*give, ward.expired.address, "--read", "notes", "--write", "notes", *UNTIL)
    ward.quinn("access", "revoke", ward.expired.address)
    paul("status")
    return ward


@pytest.fixture(scope="module")
def later(ward: Ward) -> Ward:
    """When an access to Paul's notes has just ended, and his client has not been on line since."""
    started = time.monotonic()
    ward.paul("status")
    # Time enough for the grant, also on a busy machine.
    seconds = 10 + 4 * (time.monotonic() - started)
    # The chain's clock, where it is ahead: hardhat gives each block a second of its own.
    last = int(ward.network.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    soon = max(datetime.now(UTC), datetime.fromtimestamp(last, UTC)) + timedelta(seconds=seconds)
    notes = ["--read", "notes", "--write", "notes", "--until", soon.isoformat()]
    ward.paul("access", "grant", ward.expired.address, *notes)
    time.sleep(max(0.0, (soon - datetime.now(UTC)).total_seconds()) + 1)
    return ward


def test_wrong_password_or_key(ward: Ward) -> None:
    command = ("record", "list", ward.paul.address)
    wrong = {"MEDREC_PASSWORD": "correct horse battery stable"}
    assert ward.refuse(ward.dora, *command, **wrong).code == "WrongPasswordOrKey"
    other = {"MEDREC_KEY": ward.paul.key}
    assert ward.refuse(ward.dora, *command, **other).code == "WrongPasswordOrKey"
    for key in ("", "ABCD-EFGU"):
        assert ward.refuse(ward.dora, *command, MEDREC_KEY=key).code == "BadKeyFormat"


def test_without_terminal_or_environment_the_secret_is_asked_for_in_a_sentence(ward: Ward) -> None:
    stranger = Person(ward.dora.home, ward.dora.network, "dora", ward.dora.password)
    refused = stranger.refused("record", "list", ward.paul.address)
    assert refused.code == "SecretNeeded"
    assert "MEDREC_KEY" in refused.error


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("not-fhir.json", "NotFhir"),
        ("unknown-type.json", "NotFhir"),
        ("wrong-elements.json", "NotFhir"),
        ("truncated.json", "NotJson"),
        ("empty.json", "EmptyFile"),
        ("missing.json", "FileUnreadable"),
        (".", "FileUnreadable"),
    ],
)
def test_files_that_are_no_record(ward: Ward, tmp_path: Path, file: str, code: str) -> None:
    path = FHIR / file
    if file == "empty.json":
        path = tmp_path / file
        path.touch()
    refused = ward.refuse(ward.dora, *ward.add(path, "medications"))
    assert refused.code == code
    assert file == "." or file in refused.error
    update = ("record", "update", ward.paul.address, ward.prescription, path)
    assert ward.refuse(ward.dora, *update).code == code


def test_attachments_that_cannot_be_read(ward: Ward, tmp_path: Path) -> None:
    good = ward.add(FHIR / "prescription.json", "medications")
    missing = ward.refuse(ward.dora, *good, "--attach", tmp_path / "missing.pdf")
    assert missing.code == "FileUnreadable"
    twice = [tmp_path / "a" / "same.txt", tmp_path / "b" / "same.txt"]
    for path in twice:
        path.parent.mkdir()
        path.write_text("one of two")
    refused = ward.refuse(ward.dora, *good, "--attach", twice[0], "--attach", twice[1])
    assert refused.code != "Bug"


def test_registered_twice(ward: Ward) -> None:
    again = json.dumps({**PATIENT, "given": "Paul"})
    twice = ward.refuse(ward.paul, "patient", "register", "--from", "-", stdin=again)
    assert twice.code == "PatientExists"
    doctor = json.dumps({**DOCTOR, "given": "Dora"})
    twice = ward.refuse(ward.dora, "doctor", "register", "--from", "-", stdin=doctor)
    assert twice.code == "DoctorExists"


@pytest.mark.parametrize(
    "data",
    [
        "",
        "{",
        "[]",
        json.dumps({"given": "Q"}),
        json.dumps({**PATIENT, "given": "Quinn", "colour": "blue"}),
        json.dumps({**PATIENT, "given": 5}),
        json.dumps({**PATIENT, "given": ""}),
        json.dumps({**PATIENT, "given": "Quinn", "birth_date": "31.12.1999"}),
        json.dumps({**PATIENT, "given": "Quinn", "birth_date": "2999-01-01"}),
        json.dumps({**PATIENT, "given": "Quinn", "sex": "yes"}),
    ],
)
def test_personal_data_that_are_none(ward: Ward, data: str) -> None:
    refused = ward.refuse(ward.quinn, "patient", "update", "--from", "-", stdin=data)
    assert refused.code in {"BadFields", "NotJson", "InputRefused"}


def test_an_identity_that_is_another_patients(ward: Ward) -> None:
    claim = json.dumps({**PAPERS, "given": "Quinn"})
    command = ("admin", "verify-identity", ward.quinn.address, "--from", "-")
    assert ward.refuse(ward.admin, *command, stdin=claim).code == "IdentityTaken"
    again = ("admin", "verify-identity", ward.paul.address, "--from", "-")
    assert ward.refuse(ward.admin, *again, stdin=claim).code == "IdentityAlreadyVerified"


def test_a_doctor_who_is_not_verified(ward: Ward) -> None:
    ask = ("access", "request", ward.paul.address, "--read", "all", *UNTIL, "--reason", "x")
    assert ward.refuse(ward.pending, *ask).code == "DoctorNotVerified"
    grant = ("access", "grant", ward.pending.address, "--read", "vitals", *UNTIL)
    assert ward.refuse(ward.paul, *grant).code == "DoctorNotVerified"


def test_a_suspended_doctor_neither_reads_nor_writes(ward: Ward) -> None:
    who = ward.suspended
    write = ward.add(FHIR / "blood-pressure.json", "vitals")
    for command in (["record", "list", ward.paul.address], write):
        refused = ward.refuse(who, *command)
        assert refused.code == "DoctorNotVerified"
        assert "suspended" in refused.error
    may = who("access", "check", ward.paul.address, who.address)
    assert may == {"read": [], "write": []}


def test_a_doctor_without_access(ward: Ward) -> None:
    whose = ward.quinn.address
    write = ward.add(FHIR / "prescription.json", "medications", ward.quinn)
    for command in (["record", "list", whose], write):
        assert ward.refuse(ward.dora, *command).code == "NoAccess"


def test_a_category_that_was_not_shared(ward: Ward) -> None:
    write = ward.add(FHIR / "blood-pressure.json", "vitals")
    assert ward.refuse(ward.dora, *write).code == "CategoryNotShared"
    show = ("record", "show", ward.paul.address, ward.diary, "--output", ward.folder / "lab")
    assert ward.refuse(ward.dora, *show).code == "CategoryNotShared"
    assert not (ward.folder / "lab").exists()


def test_nobody_writes_after_the_revocation(ward: Ward) -> None:
    write = ward.add(FHIR / "prescription.json", "notes", ward.quinn)
    assert ward.refuse(ward.expired, *write).code == "AccessEnded"


def test_a_patient_does_not_rewrite_a_prescription_nor_a_doctor_a_diary(ward: Ward) -> None:
    rx = FHIR / "prescription.json"
    update = ("record", "update", ward.paul.address, ward.prescription, rx)
    assert ward.refuse(ward.paul, *update).code == "NotTheAuthorsKind"
    archive = ("record", "archive", ward.paul.address, ward.prescription, "--reason", "no")
    assert ward.refuse(ward.paul, *archive).code == "NotTheAuthorsKind"
    update = ("record", "update", ward.paul.address, ward.diary, rx)
    assert ward.refuse(ward.dora, *update).code == "NotTheAuthorsKind"


def test_a_stale_version(ward: Ward) -> None:
    update = ("record", "update", ward.paul.address, ward.prescription, FHIR / "prescription.json")
    assert ward.refuse(ward.dora, *update, "--base-version", "7").code == "StaleVersion"
    show = ("record", "show", ward.paul.address, ward.prescription, "--version", "7")
    assert ward.refuse(ward.paul, *show).code == "NoSuchVersion"


def test_an_unknown_patient_doctor_or_record(ward: Ward) -> None:
    file = FHIR / "prescription.json"
    listing: list[str | Path] = ["record", "list", NOBODY]
    for command in (listing, ["record", "add", NOBODY, file, "--category", "notes"]):
        assert ward.refuse(ward.dora, *command).code == "UnknownPatient"
    grant = ("access", "grant", NOBODY, "--read", "notes", *UNTIL)
    assert ward.refuse(ward.paul, *grant).code == "UnknownDoctor"
    show = ("record", "show", ward.paul.address, "ab" * 32)
    assert ward.refuse(ward.paul, *show).code == "NoSuchRecord"
    save = ["record", "save-attachment", ward.paul.address, ward.prescription, "none.pdf"]
    refused = ward.refuse(ward.paul, *save, "--output", ward.folder / "none.pdf")
    assert refused.code == "NoSuchAttachment"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["record", "list", "maria"], "BadAddress"),
        (["record", "list", "0x5AAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"], "BadAddress"),
        (["record", "show", NOBODY, "12"], "BadRecordId"),
        (["record", "add", NOBODY, str(FHIR), "--category", "teeth"], "BadCategory"),
        (["access", "grant", NOBODY, "--read", "teeth", *UNTIL], "BadCategory"),
        (["access", "grant", NOBODY, "--read", "all", "--until", "2020-01-01"], "BadDate"),
        (["access", "grant", NOBODY, "--read", "all", "--until", "tomorrow"], "BadDate"),
    ],
)
def test_words_that_cannot_be_understood(ward: Ward, arguments: list[str], code: str) -> None:
    assert ward.refuse(ward.dora, *arguments).code == code


def test_what_is_not_there_to_decline_or_revoke(ward: Ward) -> None:
    for verb, code in (("decline", "NothingToDecline"), ("revoke", "NoSuchGrant")):
        assert ward.refuse(ward.quinn, "access", verb, ward.dora.address).code == code


def test_a_fingerprint_that_differs(ward: Ward) -> None:
    ask = ("access", "request", ward.quinn.address, "--read", "all", *UNTIL, "--reason", "x")
    refused = ward.refuse(ward.dora, *ask, "--fingerprint", "ab" * 16)
    assert refused.code == "FingerprintDiffers"


def test_an_output_that_is_there_is_left_as_it_is(ward: Ward, tmp_path: Path) -> None:
    there = tmp_path / "there.json"
    there.write_text("mine")
    show = ("record", "show", ward.paul.address, ward.prescription, "--output", there)
    assert ward.refuse(ward.dora, *show).code == "FileExists"
    assert there.read_text() == "mine"
    nowhere = ("record", "show", ward.paul.address, ward.prescription, "--output")
    refused = ward.refuse(ward.dora, *nowhere, tmp_path / "no" / "where.json")
    assert refused.code == "FileUnreadable"


def test_only_the_administrator_administers(ward: Ward) -> None:
    for command in (
        ("admin", "verify-doctor", ward.pending.address),
        ("audit", "list", "--all"),
    ):
        assert ward.refuse(ward.dora, *command).code == "NotYours"


def test_a_doctor_is_refused_with_a_reason(ward: Ward) -> None:
    doctor = ward.network.doctor("fraud", verified=False)
    refuse = ("admin", "refuse-doctor", doctor.address)
    assert ward.admin.tells({"reason": "Not in the register."}, *refuse)["status"] == "refused"
    silent = ward.refuse(ward.admin, *refuse, "--from", "-", stdin='{"reason": " "}')
    assert silent.code == "NoReason"
    assert ward.admin("admin", "verify-doctor", doctor.address)["status"] == "verified"


def test_an_ended_access_opens_nothing(later: Ward) -> None:
    who, whose = later.expired, later.paul.address
    write = later.add(FHIR / "prescription.json", "notes")
    for command in (["record", "list", whose], write):
        assert later.refuse(who, *command).code == "AccessEnded"
    assert who("access", "check", whose, who.address) == {"read": [], "write": []}


def test_a_spoiled_slot_waits_for_the_patients_new_key(later: Ward) -> None:
    """Somebody whose access has ended holds the key of notes; nobody writes until it changes."""
    write = later.add(FHIR / "blood-pressure.json", "notes")
    assert later.refuse(later.dora, *write).code == "SlotSpoiled"
    later.paul("status")
    actions = [row["action"] for row in later.paul("audit", "list", later.paul.address)]
    assert actions[-1] == "key-rotated"
    record = later.dora(*write)["record"]
    assert record in later.network.created(later.paul)


def test_of_all_that_was_refused_nothing_waits(later: Ward) -> None:
    for person in (later.admin, later.paul, later.dora, later.expired):
        assert person("outbox", "list") == [], person.name


def test_secrets_are_in_no_output_and_in_no_file(later: Ward) -> None:
    accounts = account_class()
    accounts.enable_unaudited_hdwallet_features()
    for person in later.people:
        if not person.words:
            continue
        words = person.words.split()
        key = accounts.from_mnemonic(person.words).key
        told = [" ".join(words[:3]), person.key, person.key.replace("-", ""), key.hex()]
        for run in person.runs:
            if run.arguments[:2] == ("account", "new"):
                continue
            said = " ".join((*run.arguments, run.stdout, run.stderr))
            assert not [secret for secret in (*told, person.password) if secret in said]
        sealed = [secret.encode() for secret in (*told, person.password)] + [bytes(key)]
        for path in person.home.rglob("*"):
            content = path.read_bytes() if path.is_file() else b""
            assert not [secret for secret in sealed if secret in content], path
