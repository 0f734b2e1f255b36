"""Real clinical files through the whole of MedRec over Kubo: what comes out is what went in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.cli import SHARED_DATA, Person, at_once
from tests.support.devnet import TestNetwork

BUNDLE = "fhir/synthea_r4/Mariana_Acuña_788b0163-5674-4344-9b36-2bd260c84204.json"
IMAGE = "dicom/693_J2KR.dcm"
REPORT = "attachments/lab-report-101.pdf"
IMPERFECT = "fhir/ips/US_Interoperability_Institute_Rose Cox Burnett-IPS.json"

pytestmark = pytest.mark.skipif(
    not SHARED_DATA.is_dir(), reason=f"the clinical files are not there ({SHARED_DATA})"
)


@dataclass(frozen=True)
class Clinic:
    """A patient, a doctor who may write everything, and a folder for what is saved."""

    patient: Person
    doctor: Person
    folder: Path


@pytest.fixture(scope="module")
def clinic(kubo_network: TestNetwork, tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    patient, doctor = at_once(
        partial(kubo_network.patient, "rosa"), partial(kubo_network.doctor, "emeka")
    )
    everything = ["--read", "all", "--write", "all", "--until", "2099-12-31"]
    patient("access", "grant", doctor.address, *everything)
    return Clinic(patient, doctor, tmp_path_factory.mktemp("saved"))


@pytest.fixture(scope="module")
def imported(clinic: Clinic) -> dict[str, Any]:
    """A Synthea bundle of 2 MB with a DICOM image and a PDF attached."""
    attached = ("--attach", SHARED_DATA / IMAGE, "--attach", SHARED_DATA / REPORT)
    command = ("record", "add", clinic.patient.address, SHARED_DATA / BUNDLE)
    document: dict[str, Any] = clinic.doctor(*command, "--category", "notes", *attached)
    return document


def test_a_bundle_of_over_a_megabyte_comes_back_byte_for_byte(
    clinic: Clinic, imported: dict[str, Any]
) -> None:
    saved = clinic.folder / "bundle.json"
    assert (SHARED_DATA / BUNDLE).stat().st_size > 1_000_000
    show = ("record", "show", clinic.patient.address, imported["record"], "--output", saved)
    shown = clinic.patient(*show)
    assert digest(saved) == digest(SHARED_DATA / BUNDLE)
    assert shown["file"] == {
        "name": Path(BUNDLE).name,
        "type": "application/fhir+json",
        "bytes": saved.stat().st_size,
    }
    assert [(part["name"], part["type"]) for part in shown["attachments"]] == [
        (Path(IMAGE).name, "application/dicom"),
        (Path(REPORT).name, "application/pdf"),
    ]


@pytest.mark.parametrize("name", [IMAGE, REPORT], ids=["dicom", "pdf"])
def test_an_attachment_comes_back_byte_for_byte(
    clinic: Clinic, imported: dict[str, Any], name: str
) -> None:
    saved = clinic.folder / f"saved-{Path(name).name}"
    save = ["record", "save-attachment", clinic.patient.address, imported["record"]]
    document = clinic.patient(*save, Path(name).name, "--output", saved)
    assert digest(saved) == digest(SHARED_DATA / name)
    assert document["bytes"] == saved.stat().st_size


@pytest.mark.parametrize(("name", "category"), [(IMAGE, "imaging"), (REPORT, "laboratory")])
def test_a_file_that_is_no_fhir_is_a_record_of_its_own(
    clinic: Clinic, name: str, category: str
) -> None:
    whose = clinic.patient.address
    added = clinic.doctor("record", "add", whose, SHARED_DATA / name, "--category", category)
    saved = clinic.folder / f"alone-{Path(name).name}"
    shown = clinic.doctor("record", "show", whose, added["record"], "--output", saved)
    assert digest(saved) == digest(SHARED_DATA / name)
    assert (shown["category"], shown["title"]) == (category, Path(name).name)


def test_an_imperfect_summary_is_accepted_with_notes(clinic: Clinic) -> None:
    whose = clinic.patient.address
    command = ("record", "add", whose, SHARED_DATA / IMPERFECT, "--category", "documents")
    done = clinic.doctor.run(*command)
    saved = clinic.folder / "summary.json"
    clinic.patient("record", "show", whose, done.document["record"], "--output", saved)
    assert digest(saved) == digest(SHARED_DATA / IMPERFECT)
    assert "not in this Bundle" in done.stderr
    assert all(line.startswith("Note: ") for line in done.stderr.splitlines())


def test_the_chart_reads_like_one(clinic: Clinic, imported: dict[str, Any]) -> None:
    """Without --output and --json a person sees a summary in words, not JSON or bytes."""
    done = clinic.patient.in_words("record", "show", clinic.patient.address, imported["record"])
    assert done.status == 0
    assert Path(IMAGE).name in done.stdout
    assert "resourceType" not in done.stdout
    assert len(done.stdout.splitlines()) > 20


def digest(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
