"""Pages of records as the tests of their views need them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from medrec.domain.categories import Category
from medrec.models.record_page import (
    AttachmentLine,
    ComparePage,
    ReaderLine,
    RecordPage,
    VersionContents,
    VersionLine,
)

FHIR = "application/fhir+json"
TESSIER = "Dr. Jean-Marc Tessier"
VERSIONS = (
    VersionLine(1, TESSIER, 1_793_703_900, "1c709fe2" + 52 * "0" + "44a1", 1_171_902),
    VersionLine(2, TESSIER, 1_793_722_800, "8be402d6" + 52 * "0" + "f913", 1_172_377, "repeated"),
)


def panel(potassium: float) -> bytes:
    """A report with two results."""
    results = [
        {
            "resourceType": "Observation",
            "id": name,
            "code": {"text": name},
            "valueQuantity": {"value": value, "unit": "mmol/L"},
        }
        for name, value in (("Glucose", 7.4), ("Potassium", potassium))
    ]
    report: dict[str, Any] = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"text": "Metabolic panel"},
        "contained": results,
        "result": [{"reference": "#Glucose"}, {"reference": "#Potassium"}],
    }
    return json.dumps(report).encode()


def record_page(**changed: Any) -> RecordPage:
    """The page of a report in its second version, with everything allowed."""
    page = RecordPage(
        record="ab",
        title="Metabolic panel",
        category=Category.LABORATORY,
        versions=VERSIONS,
        shown=2,
        when=1_793_693_700,
        media_type=FHIR,
        data=panel(4.4),
        name="report.json",
        attachments=(AttachmentLine("lab-report-101.pdf", "application/pdf", 184_000),),
        readers=(ReaderLine("Dr. Lukas Meyer", 3, 1_793_722_800), ReaderLine("Dr. Raman", 1)),
        may_amend=True,
        may_archive=True,
        may_ask_correction=True,
    )
    return replace(page, **changed)


def compare_page(**changed: Any) -> ComparePage:
    """Both versions of that report."""
    files = (AttachmentLine("lab-report-100.pdf", "application/pdf", 181_000),)
    page = ComparePage(
        title="Metabolic panel",
        category=Category.LABORATORY,
        older=VersionContents(VERSIONS[0], FHIR, panel(5.6), files),
        newer=VersionContents(VERSIONS[1], FHIR, panel(4.4), current=True),
    )
    return replace(page, **changed)
