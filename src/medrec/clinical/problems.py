"""What validation finds, and FHIR R4's own words where the R4B models lack them.

The R4B (4.3.0) models of fhir.resources 8.3 were compared, element by element, with the R4 (4.0.1)
models of fhir.resources 6.4: besides what stands here they differ only in elements that R4B
added (such as ActivityDefinition.subjectCanonical, Extension.valueRatioRange), which pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from medrec.clinical.text import clean


class Severity(StrEnum):
    """An error refuses the file, a warning is told to the person who adds it."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a path such as ``Bundle.entry[12].resource.code.coding[0].system``.

    Made by `error` and `warning`, which make names and values out of the file safe to show.
    """

    severity: Severity
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path} {self.message}"


def error(path: str, message: str) -> Problem:
    """A problem for which the file is refused."""
    return Problem(Severity.ERROR, clean(path, 160), clean(message, 240))


def warning(path: str, message: str) -> Problem:
    """A problem that real files have, and that keeps nobody from using them."""
    return Problem(Severity.WARNING, clean(path, 160), clean(message, 240))


UNMODELLED = frozenset(
    {
        # In R4 (4.0.1), gone in R4B (4.3.0).
        "EffectEvidenceSynthesis",
        "MedicinalProduct",
        "MedicinalProductAuthorization",
        "MedicinalProductContraindication",
        "MedicinalProductIndication",
        "MedicinalProductIngredient",
        "MedicinalProductInteraction",
        "MedicinalProductManufactured",
        "MedicinalProductPackaged",
        "MedicinalProductPharmaceutical",
        "MedicinalProductUndesirableEffect",
        "RiskEvidenceSynthesis",
        "SubstanceNucleicAcid",
        "SubstancePolymer",
        "SubstanceProtein",
        "SubstanceReferenceInformation",
        "SubstanceSourceMaterial",
        "SubstanceSpecification",
        # In both, rewritten between them.
        "Evidence",
        "EvidenceVariable",
    }
)
"""R4 resource types that the R4B models cannot judge: accepted with a warning."""

NOT_IN_R4 = frozenset(
    {
        "AdministrableProductDefinition",
        "Citation",
        "ClinicalUseDefinition",
        "EvidenceReport",
        "Ingredient",
        "ManufacturedItemDefinition",
        "MedicinalProductDefinition",
        "NutritionProduct",
        "PackagedProductDefinition",
        "RegulatedAuthorization",
        "SubscriptionStatus",
        "SubscriptionTopic",
        "SubstanceDefinition",
    }
)
"""Resource types that R4B added: accepted with a warning."""

DROPPED_ELEMENTS = frozenset(
    {
        "defaultValueMeta",
        "fixedMeta",
        "patternMeta",
        "valueMeta",
    }
)
"""Elements that R4 allows and the R4B models do not know."""

_OBSERVATION_STATUS = frozenset(
    {
        "registered",
        "preliminary",
        "final",
        "amended",
        "corrected",
        "cancelled",
        "entered-in-error",
        "unknown",
    }
)
_ENCOUNTER_STATUS = frozenset(
    {
        "planned",
        "arrived",
        "triaged",
        "in-progress",
        "onleave",
        "finished",
        "cancelled",
        "entered-in-error",
        "unknown",
    }
)

CODES: dict[tuple[str, str], frozenset[str]] = {
    ("DetectedIssue", "status"): _OBSERVATION_STATUS,
    ("DeviceUdiCarrier", "entryType"): frozenset(
        {
            "barcode",
            "rfid",
            "manual",
            "card",
            "self-reported",
            "unknown",
        }
    ),
    ("DeviceUseStatement", "status"): frozenset(
        {
            "active",
            "completed",
            "entered-in-error",
            "intended",
            "stopped",
            "on-hold",
        }
    ),
    ("DiagnosticReport", "status"): frozenset(
        {
            "registered",
            "partial",
            "preliminary",
            "final",
            "amended",
            "corrected",
            "appended",
            "cancelled",
            "entered-in-error",
            "unknown",
        }
    ),
    ("Encounter", "status"): _ENCOUNTER_STATUS,
    ("EncounterStatusHistory", "status"): _ENCOUNTER_STATUS,
    ("Observation", "status"): _OBSERVATION_STATUS,
    ("Quantity", "comparator"): frozenset({"<", "<=", ">=", ">"}),
    ("RiskAssessment", "status"): _OBSERVATION_STATUS,
    ("SupplyRequest", "status"): frozenset(
        {
            "draft",
            "active",
            "suspended",
            "cancelled",
            "completed",
            "entered-in-error",
            "unknown",
        }
    ),
    ("Task", "status"): frozenset(
        {
            "draft",
            "requested",
            "received",
            "accepted",
            "rejected",
            "ready",
            "cancelled",
            "in-progress",
            "on-hold",
            "failed",
            "completed",
            "entered-in-error",
        }
    ),
}
"""Required value sets of R4 that the models abbreviate ("final | amended +") or leave out."""
