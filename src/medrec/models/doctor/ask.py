"""A request for access as a doctor fills it in."""

from __future__ import annotations

from dataclasses import dataclass

from medrec.domain.categories import Permission
from medrec.domain.ids import Address


@dataclass(frozen=True, slots=True)
class AskDraft:
    """Whom, for what, until when (Unix seconds), and why.

    ``fingerprint`` is what the patient gave of the key, None where nothing was given; ``label``
    is what the doctor calls the patient on this computer.
    """

    patient: Address
    permission: Permission
    until: int
    reason: str
    fingerprint: str | None = None
    label: str = ""
