from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medrec.clinical.media import Kind, medium
from medrec.clinical.reading import ClinicalFile, inspect_file
from medrec.errors import EmptyFile, InputRefused, NotFhir, NotJson
from tests.unit.clinical.support import harmless

OBSERVATION = b'{"resourceType": "Observation", "status": "final", "code": {"text": "Pulse"}}'


@pytest.mark.parametrize(
    ("name", "resource_type"),
    [
        ("blood-pressure.json", "Observation"),
        ("prescription.json", "MedicationRequest"),
        ("allergy.json", "AllergyIntolerance"),
        ("bundle.json", "Bundle"),
    ],
)
def test_our_samples_are_fhir(samples: Path, name: str, resource_type: str) -> None:
    data = (samples / name).read_bytes()
    before = hashlib.sha256(data).digest()
    found = inspect_file(name, data)
    assert found == ClinicalFile(Kind.FHIR, "application/fhir+json", resource_type)
    assert hashlib.sha256(data).digest() == before


@pytest.mark.parametrize("data", [b"", b" \r\n\t\n"])
@pytest.mark.parametrize("name", ["chart.json", "scan.pdf", "x"])
def test_nothing_in_it(name: str, data: bytes) -> None:
    with pytest.raises(EmptyFile, match="is empty"):
        inspect_file(name, data)


def test_a_cut_file(samples: Path) -> None:
    with pytest.raises(NotJson, match=r"truncated.json .*line 14, column 3"):
        inspect_file("truncated.json", (samples / "truncated.json").read_bytes())


@pytest.mark.parametrize("name", ["notes.json", "NOTES.JSON"])
def test_a_json_name_promises_json(name: str) -> None:
    with pytest.raises(NotJson):
        inspect_file(name, b"%PDF-1.7 not what the name says")


@pytest.mark.parametrize("name", ["chart", "chart.txt", "chart.dat"])
def test_what_begins_like_json_must_be_json(name: str) -> None:
    assert inspect_file(name, b"\n  " + OBSERVATION).resource_type == "Observation"
    with pytest.raises(NotJson):
        inspect_file(name, OBSERVATION[:-1])


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("not-fhir.json", "has no resourceType"),
        ("unknown-type.json", "“Prescription”"),
        ("wrong-elements.json", r"Bundle\.entry\[1\]\.resource\.status"),
    ],
)
def test_json_that_is_not_fhir(samples: Path, name: str, why: str) -> None:
    with pytest.raises(NotFhir, match=why):
        inspect_file(name, (samples / name).read_bytes())


@pytest.mark.parametrize("data", [b"[]", b'["Patient"]', b"[1, 2]"])
def test_a_list_is_not_fhir(data: bytes) -> None:
    with pytest.raises(NotFhir, match="not an object"):
        inspect_file("list.json", data)


def test_a_byte_order_mark_warns() -> None:
    found = inspect_file("chart.json", b"\xef\xbb\xbf" + OBSERVATION)
    assert found.resource_type == "Observation"
    assert len(found.warnings) == 1
    assert "byte order mark" in found.warnings[0]


@pytest.mark.parametrize(
    ("name", "data", "kind", "media_type"),
    [
        ("a", b"%PDF-1.4\n...%%EOF\n", Kind.PDF, "application/pdf"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"IEND\xaeB`\x82", Kind.IMAGE, "image/png"),
        ("a.jpeg", b"\xff\xd8\xff\xe0..", Kind.IMAGE, "image/jpeg"),
        ("a.dcm", bytes(128) + b"DICM\x02\x00", Kind.DICOM, "application/dicom"),
        ("a", bytes(128) + b"DICM\x02\x00", Kind.DICOM, "application/dicom"),
        ("a.dcm", b"\x08\x00\x05\x00CS", Kind.DICOM, "application/dicom"),
        (
            "a.xml",
            b'<?xml version="1.0"?>\n<ClinicalDocument xmlns="urn:hl7-org:v3">',
            Kind.CDA,
            "application/xml",
        ),
        ("a.xml", b"<note>hello</note>", Kind.XML, "application/xml"),
        ("a.htm", b"<!DOCTYPE html><html>", Kind.TEXT, "text/html"),
        ("a.txt", "Fièvre depuis hier".encode(), Kind.TEXT, "text/plain"),
        ("a.txt", "Fièvre depuis hier".encode("latin-1"), Kind.TEXT, "text/plain"),
        ("a.csv", b"day;pulse\n1;72\n", Kind.TEXT, "text/csv"),
        ("a.rtf", b"{\\rtf1\\ansi hello}", Kind.OTHER, "application/rtf"),
        ("a.hl7", b"MSH|^~\\&|LAB|", Kind.OTHER, "x-application/hl7-v2+er7"),
        (
            "a.docx",
            b"PK\x03\x04....",
            Kind.OTHER,
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        ("a.zip", b"PK\x03\x04....", Kind.OTHER, "application/zip"),
        ("a.bin", b"\x00\x01\x02", Kind.OTHER, "application/octet-stream"),
    ],
)
def test_other_documents(name: str, data: bytes, kind: Kind, media_type: str) -> None:
    assert inspect_file(name, data) == ClinicalFile(kind, media_type)


def test_the_beginning_of_a_file_is_enough_for_its_type() -> None:
    head = ("x" * 4095 + "é").encode()[:4096]
    assert medium("notes.txt", head).media_type == "text/plain"
    assert medium("letter", head).media_type == "text/plain"
    assert medium("chart.json", b'{"a": 1}').media_type == "application/json"


@pytest.mark.parametrize(
    ("name", "data", "warning"),
    [
        ("scan.pdf", b"\x00\x01 not a PDF", r"ends in .pdf, but it is not"),
        ("photo.png", b"\xff\xd8\xff\xe0", r"\(image/jpeg\)"),
        ("scan.pdf", b"%PDF-1.4 and then nothing", "no end mark"),
        ("a.png", b"\x89PNG\r\n\x1a\n....", "no end mark"),
        ("a.xml", b'<Patient xmlns="http://hl7.org/fhir"/>', "FHIR in XML"),
    ],
)
def test_odd_documents_warn(name: str, data: bytes, warning: str) -> None:
    found = inspect_file(name, data)
    assert len(found.warnings) == 1
    assert warning.replace("\\", "") in found.warnings[0] or warning in found.warnings[0]


def test_real_files_are_known(shared: Path) -> None:
    expected = {"ccda": {Kind.CDA}, "dicom": {Kind.DICOM}, "attachments": {Kind.PDF, Kind.IMAGE}}
    for folder, kinds in expected.items():
        files = sorted((shared / folder).iterdir())
        assert files
        for file in files:
            found = inspect_file(file.name, file.read_bytes())
            assert found.kind in kinds, file.name
            assert found.warnings == (), file.name


def outcome(name: str, data: bytes) -> tuple[tuple[str, ...], ClinicalFile | None]:
    """The sentences that a person would see, and the file unless it was refused."""
    try:
        found = inspect_file(name, data)
    except InputRefused as refusal:
        return (refusal.sentence,), None
    return found.warnings, found


@given(st.binary(max_size=300), st.sampled_from(["a", "a.json", "a.xml", "a.dcm", "a.txt"]))
@settings(max_examples=300, deadline=None)
def test_any_bytes_give_a_kind_or_our_refusal(data: bytes, name: str) -> None:
    sentences, found = outcome(name, data)
    assert all(map(harmless, sentences))
    assert found is None or found.media_type.count("/") == 1


@given(st.integers(0, len(OBSERVATION) - 1), st.binary(min_size=0, max_size=4))
@settings(max_examples=300, deadline=None)
def test_a_damaged_resource_gives_our_refusal_or_is_valid(at: int, instead: bytes) -> None:
    data = OBSERVATION[:at] + instead + OBSERVATION[at + 1 :]
    sentences, found = outcome("a.json", data)
    assert all(map(harmless, sentences))
    if found is not None:
        assert json.loads(data.decode("utf-8-sig"))["resourceType"] == found.resource_type


def test_importing_is_light() -> None:
    program = (
        "import sys\n"
        "import medrec.clinical.reading, medrec.clinical.validation, medrec.clinical.patient, "
        "medrec.clinical.summary\n"
        "medrec.clinical.reading.inspect_file('a.pdf', b'%PDF-1.4 %%EOF')\n"
        "assert not {'pydantic', 'fhir', 'fhir_core'} & set(sys.modules), 'heavy'\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
