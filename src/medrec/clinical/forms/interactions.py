"""Whether a recorded allergy forbids a medicine: by name, and by some well-known families.

It is a reminder, not a reference: what is not found here may still be dangerous, and the form
says so. Families: those that every prescriber learns by heart (beta-lactams, non-steroidal
anti-inflammatories, sulfonamides, opioids related to morphine, macrolides, statins, ACE
inhibitors, iodinated contrast).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_FAMILIES: dict[str, tuple[str, ...]] = {
    "penicillins": (
        "penicillin",
        "amoxicillin",
        "ampicillin",
        "flucloxacillin",
        "piperacillin",
        "benzylpenicillin",
        "phenoxymethylpenicillin",
        "augmentin",
        "co-amoxiclav",
    ),
    "cephalosporins": ("cephalosporin", "cefalexin", "cefuroxime", "ceftriaxone", "cefazolin"),
    "non-steroidal anti-inflammatories": (
        "nsaid",
        "ibuprofen",
        "naproxen",
        "diclofenac",
        "aspirin",
        "acetylsalicylic",
        "ketoprofen",
        "indometacin",
        "celecoxib",
    ),
    "sulfonamides": ("sulfonamide", "sulfa", "sulfamethoxazole", "co-trimoxazole", "cotrimoxazole"),
    "opioids": ("opioid", "morphine", "codeine", "oxycodone", "hydromorphone", "hydrocodone"),
    "macrolides": ("macrolide", "erythromycin", "clarithromycin", "azithromycin"),
    "statins": ("statin", "atorvastatin", "simvastatin", "rosuvastatin", "pravastatin"),
    "ACE inhibitors": ("ace inhibitor", "lisinopril", "enalapril", "ramipril", "perindopril"),
    "iodinated contrast": ("iodine", "iodinated", "iohexol", "iopamidol", "contrast"),
}
_ALSO = {"penicillins": ("cephalosporins",), "cephalosporins": ("penicillins",)}
_WORD = re.compile(r"[^\W\d_]{4,}")
_NO_NAMES = frozenset(
    {"allergy", "intolerance", "tablet", "tablets", "capsule", "oral", "acid", "sodium", "drug"}
    | {"solution", "injection", "unit", "units", "reaction", "product", "substance", "with"}
)


@dataclass(frozen=True, slots=True)
class Clash:
    """An allergy that stands against a medicine, and why: its name, or the family of both."""

    allergy: str
    why: str = ""


def clashes(medicine: str, allergies: Iterable[str]) -> list[Clash]:
    """The allergies, by the names of their substances, that stand against a medicine."""
    return [found for allergy in allergies if (found := _clash(medicine, allergy)) is not None]


def _clash(medicine: str, allergy: str) -> Clash | None:
    if _words(medicine) & _words(allergy):
        return Clash(allergy)
    ours, theirs = _families(medicine), _families(allergy)
    for family in sorted(theirs):
        if family in ours:
            return Clash(allergy, family)
        for related in _ALSO.get(family, ()):
            if related in ours:
                return Clash(allergy, f"{related}, related to {family}")
    return None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in folded if not unicodedata.combining(c))


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(_plain(text))) - _NO_NAMES


def _families(text: str) -> frozenset[str]:
    plain = _plain(text)
    return frozenset(
        family
        for family, names in _FAMILIES.items()
        if any(re.search(rf"\b{re.escape(name)}s?\b", plain) for name in names)
    )
