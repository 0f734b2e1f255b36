"""The main job of DESIGN.md section 1, told in chapters by the command line alone.

A chapter acts, keeps what the commands answered, and judges nothing: the tests do.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.support.cli import DATA, Outcome, Person, Refusal, at_once
from tests.support.devnet import TestNetwork

UNTIL = "2099-12-31"
REASON = "High blood pressure since spring; Hypertonie"
MARIA = {
    "given": "María José",
    "family": "López",
    "birth_date": "1971-05-12",
    "sex": "female",
    "address": "4 Mill Lane, Łódź",
    "phone": "+1 555 0100",
}
MOVED = {**MARIA, "address": "Calle Mayor 3, Ávila"}
PAPERS = {
    "given": "María José",
    "family": "López",
    "birth_date": "1971-05-12",
    "id_number": "X-4471-220",
}
OSEI = {"given": "Ama", "family": "Osei", "specialty": "Cardiology", "licence": "MED-20417"}
LIND = {"given": "Jon", "family": "Lind", "specialty": "Dermatology", "licence": "MED-31882"}
ADVICE = "Ratschläge – 建议.txt"


@dataclass
class Cast:
    """Who takes part, the files they bring, and what the program answered them."""

    network: TestNetwork
    admin: Person
    maria: Person
    osei: Person
    lind: Person
    folder: Path
    said: dict[str, Any] = field(default_factory=dict)
    refused: dict[str, Refusal] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def file(self, name: str, content: bytes) -> Path:
        """A file that somebody brings, in the folder of this story."""
        path = self.folder / name
        path.write_bytes(content)
        self.files[name] = content
        return path

    @property
    def outcomes(self) -> list[Outcome]:
        """Every run of every person so far."""
        people = (self.admin, self.maria, self.osei, self.lind)
        return [run for person in people for run in person.runs]


def introduce(network: TestNetwork, folder: Path) -> Cast:
    """Accounts; a patient and two doctors register; the administrator verifies them."""
    maria, osei, lind = at_once(
        *(partial(network.person, name) for name in ("maria", "osei", "lind"))
    )
    cast = Cast(network, network.admin, maria, osei, lind, folder)
    said = cast.said
    said["registered"], said["osei registered"], _ = at_once(
        partial(maria.tells, MARIA, "patient", "register"),
        partial(osei.tells, OSEI, "doctor", "register"),
        partial(lind.tells, LIND, "doctor", "register"),
    )
    said["updated"] = maria.tells(MOVED, "patient", "update")
    said["shown"] = maria("patient", "show")
    for doctor in (cast.osei, cast.lind):
        cast.admin("admin", "verify-doctor", doctor.address)
    said["identity"] = cast.admin.tells(PAPERS, "admin", "verify-identity", cast.maria.address)
    said["doctors"] = cast.osei("doctor", "list")
    return cast


def share(cast: Cast) -> None:
    """Both doctors ask; the patient grants one what they asked, and declines the other."""
    maria, osei, lind, said = cast.maria, cast.osei, cast.lind, cast.said
    asked = ["--until", UNTIL, "--reason", REASON]
    given = ["--read", "general", "--write", "medications,vitals"]
    fingerprint = said["shown"]["fingerprint"]
    osei("access", "request", maria.address, *given, *asked, "--fingerprint", fingerprint)
    lind("access", "request", maria.address, "--read", "all", "--write", "", *asked)
    said["requests"] = maria("access", "requests")
    said["granted"] = maria("access", "grant", osei.address, *given, "--until", UNTIL)
    said["declined"] = maria("access", "decline", lind.address)
    said["sharing"] = maria("access", "list")
    said["osei may"] = osei("access", "check", maria.address, osei.address)
    said["lind may"] = lind("access", "check", maria.address, lind.address)


def write(cast: Cast) -> None:
    """The doctor writes a prescription with an attachment; patient and doctor read it."""
    maria, osei, said = cast.maria, cast.osei, cast.said
    first = (DATA / "fhir" / "prescription.json").read_bytes().replace(b"\n", b"\r\n")
    rx = cast.file("prescription.json", first)
    advice = cast.file(ADVICE, ("Täglich messen. 每天测量。\n" * 90_000).encode())
    strip = cast.file("strip.bin", bytes(range(256)) * 4)
    medication = ["--category", "medications", "--title", "Lisinopril"]
    attached = ("--attach", advice, "--attach", strip)
    said["written"] = osei("record", "add", maria.address, rx, *medication, *attached)
    record = said["written"]["record"]
    said["chart"] = osei("record", "list", maria.address)
    osei("record", "list", maria.address)
    for who in (maria, osei):
        out = cast.folder / f"{who.name}-rx.json"
        said[f"{who.name} show"] = who("record", "show", maria.address, record, "--output", out)
        out = cast.folder / f"{who.name}-advice.txt"
        who("record", "save-attachment", maria.address, record, ADVICE, "--output", out)
    said["maria's list"] = maria("record", "list", maria.address)


def amend(cast: Cast) -> None:
    """The doctor amends; a second doctor is let in from today on; something new is written."""
    maria, osei, lind, said = cast.maria, cast.osei, cast.lind, cast.said
    record = said["written"]["record"]
    doubled = cast.files["prescription.json"].replace(b"10 MG", b"20 MG")
    better = cast.file("prescription-2.json", doubled)
    said["amended"] = osei("record", "update", maria.address, record, better)
    said["history"] = maria("record", "history", maria.address, record)
    for version in ("1", "2"):
        out = cast.folder / f"version-{version}.json"
        maria("record", "show", maria.address, record, "--version", version, "--output", out)
    today = ["--read", "medications,vitals", "--until", UNTIL, "--from-today"]
    maria("access", "grant", lind.address, *today)
    pressure = cast.file("pressure.json", (DATA / "fhir" / "blood-pressure.json").read_bytes())
    new = osei("record", "add", maria.address, pressure, "--category", "vitals")
    said["pressure"] = new
    out = cast.folder / "lind-new.json"
    lind("record", "show", maria.address, new["record"], "--output", out)
    old = cast.folder / "lind-old.json"
    cast.refused["lind old"] = lind.refused(
        "record", "show", maria.address, record, "--output", old
    )


def review(cast: Cast) -> None:
    """The patient sees who looked, verified; the administrator sees everything."""
    maria, osei, said = cast.maria, cast.osei, cast.said
    record = said["written"]["record"]
    said["archived"] = osei(
        "record", "archive", maria.address, said["pressure"]["record"], "--reason", "Wrong cuff"
    )
    said["audit"] = maria("audit", "list", maria.address)
    said["audit of one"] = maria("audit", "list", maria.address, "--record", record)
    said["verified"] = maria("audit", "verify", maria.address)
    said["everything"] = cast.admin("audit", "list", "--all")
    said["outbox"] = osei("outbox", "list")
    said["status"] = maria("status")


def revoke(cast: Cast) -> None:
    """The patient revokes and writes on; the doctor, who kept everything, tries to read."""
    maria, osei, said = cast.maria, cast.osei, cast.said
    said["revoked"] = maria("access", "revoke", osei.address)
    diary = cast.file("diary.txt", b"Felt dizzy in the morning. Schwindelig.\n")
    said["diary"] = maria("record", "add", maria.address, diary, "--category", "notes")
    out = cast.folder / "stolen.txt"
    reading = ("record", "show", maria.address, said["diary"]["record"], "--output", out)
    cast.refused["osei reads"] = osei.refused(*reading)
    cast.refused["osei lists"] = osei.refused("record", "list", maria.address)
    said["sharing after"] = maria("access", "list")
    said["osei may after"] = osei("access", "check", maria.address, osei.address)
    said["audit after"] = maria("audit", "list", maria.address)


def until(true: Callable[[], bool], seconds: float) -> bool:
    """Wait for something that comes about by itself."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
