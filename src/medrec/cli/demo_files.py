"""The files of the demo: real ones where they are to be found, else our own small ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from medrec.config import checkout_dir, resources_dir


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """A FHIR history to import, two versions of a prescription, and attachments."""

    history: Path
    prescriptions: tuple[Path, Path]
    attachments: tuple[Path, ...]


def find_files() -> DemoFiles:
    """Real clinical files from ../shared/data beside a checkout, where there are any."""
    own = resources_dir() / "demo"
    prescriptions = (own / "prescription-1.json", own / "prescription-2.json")
    checkout = checkout_dir()
    data = checkout.parent / "shared" / "data" if checkout else None
    if data is None or not data.is_dir():
        return DemoFiles(own / "first-visit.json", prescriptions, (own / "advice.txt",))
    bundles = sorted((data / "fhir" / "synthea_r4").glob("*.json"), key=_size)
    large = [path for path in bundles if _size(path) > 1_000_000]
    found = [data / "attachments" / "lab-report-101.pdf", data / "dicom" / "waveform_ecg.dcm"]
    attachments = tuple(path for path in found if path.is_file())
    return DemoFiles(
        (large or bundles or [own / "first-visit.json"])[0],
        prescriptions,
        attachments or (own / "advice.txt",),
    )


def _size(path: Path) -> int:
    return path.stat().st_size
