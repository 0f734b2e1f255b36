"""Where the clinical samples lie."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def samples() -> Path:
    """Our own small FHIR files."""
    return ROOT / "tests" / "data" / "fhir"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real clinical files beside the checkout; tests that need them are skipped without."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the shared clinical files (../shared/data) are not on this machine")
    return folder
